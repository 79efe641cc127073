"""``erp doctor`` says of each system what works, what does not, and what to do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp_resources.sandbox.landscape import ORACLE
from tests.integration.project import HAS_SAP, Finished, erp, sandbox

WRONG = "not-the-password-canary"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the Oracle of a sandbox of this module's own, which the others are found in."""
    with (
        sandbox(tmp_path_factory.mktemp("sandbox")) as ports,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ERP_SANDBOX_SQLSERVER_PORT", str(ports["sqlserver"]))
        patch.setenv("ERP_SANDBOX_SAP_PORT", str(ports["sap"]))
        patch.setenv("ERP_SAP_MODE", "sandbox" if HAS_SAP else "off")
        yield ports["oracle"]


def doctor(home: Path, port: int, **changes: str) -> Finished:
    """Examine a real Oracle, which here is the sandbox's server at an address of its own."""
    account = {"HOST": ORACLE.host, "SERVICE": ORACLE.service, "USER": ORACLE.user}
    settings = account | {"PASSWORD": ORACLE.password, "PORT": str(port), "MODE": "real"} | changes
    return erp("doctor", home=home, **{f"ERP_ORACLE_{k}": v for k, v in settings.items()})


def test_a_system_that_answers_shows_its_mode_and_its_read_point(tmp_path: Path, port: int) -> None:
    finished = doctor(tmp_path, port)
    assert finished.returncode == 0, finished.stderr
    assert "real" in finished.stdout
    assert "read point scn" in finished.stdout
    assert "FreeTDS (odbcinst.ini)" in finished.stdout


def test_a_wrong_password_is_named_and_shown_nowhere(tmp_path: Path, port: int) -> None:
    finished = doctor(tmp_path, port, PASSWORD=WRONG)
    assert finished.returncode == 1
    assert "ORA-01017" in finished.stdout
    assert WRONG not in finished.stdout + finished.stderr


def test_a_server_that_is_down_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        finished = doctor(tmp_path, closed.getsockname()[1])
    assert finished.returncode == 1
    assert "check that listener and database are up" in finished.stdout


def test_a_driver_that_is_missing_is_named_with_what_installs_it(tmp_path: Path, port: int) -> None:
    finished = erp(
        "doctor",
        home=tmp_path,
        ERP_SANDBOX_ORACLE_PORT=str(port),
        ERP_SQLSERVER_DRIVER="ODBC Driver 99 for SQL Server",
    )
    assert finished.returncode == 1
    for part in ("ODBC Driver 99 for SQL Server", "tdsodbc", "extra 'sqlserver'"):
        assert part in finished.stdout


def test_a_wrong_setting_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    finished = erp("doctor", home=tmp_path, ERP_ORACLE_MODE="reel")
    assert finished.returncode == 1
    assert "ERP_ORACLE_MODE" in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr
