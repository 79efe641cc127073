"""``erp doctor`` says of each system what works, what does not, and what to do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp_resources.sandbox.landscape import ORACLE
from tests.integration.project import HAS_SAP, Finished, erp, sandbox
from tests.standin.build import standin

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
    assert ("driver native, NW RFC SDK 7.50 patch level" in finished.stdout) == HAS_SAP


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


def sap_doctor(home: Path, **settings: str) -> Finished:
    """Examine SAP alone: a real system, of which nobody asks unless its driver is there."""
    given = {"MODE": "real", "HOST": "127.0.0.1", "SYSTEM_NUMBER": "00", "CLIENT": "100"}
    account = {"USER": "READER", "PASSWORD": WRONG}
    variables = {f"ERP_SAP_{name}": value for name, value in (given | account | settings).items()}
    path = {"PYTHONPATH": str(home)}
    return erp(
        "doctor", home=home, ERP_ORACLE_MODE="off", ERP_SQLSERVER_MODE="off", **variables, **path
    )


@pytest.mark.skipif(not HAS_SAP, reason="the RFC reader is not built")
def test_an_sdk_that_is_missing_is_named_with_where_it_comes_from(tmp_path: Path) -> None:
    finished = sap_doctor(tmp_path, LIBRARY="/nowhere/libsapnwrfc.so")
    assert finished.returncode == 1
    for part in ("/nowhere/libsapnwrfc.so", "download the NW RFC SDK 7.50 from SAP", "`library`"):
        assert part in finished.stdout


def test_a_native_reader_that_was_not_built_is_told_with_what_builds_it(tmp_path: Path) -> None:
    hidden = "import sys\nsys.modules['erp_rfc._core'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hidden)
    finished = sap_doctor(tmp_path)
    assert finished.returncode == 1
    for part in ("the native RFC reader is not built", "g++", "the driver 'pyrfc'"):
        assert part in finished.stdout


def test_pyrfc_that_is_missing_is_told_with_the_extra_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['pyrfc'] = None\n")
    finished = sap_doctor(tmp_path, DRIVER="pyrfc", LIBRARY=str(standin()))
    assert finished.returncode == 1
    for part in ("pyrfc is not usable", "the extra 'sap'", "Cython below 3.1"):
        assert part in finished.stdout


@pytest.mark.skipif(not HAS_SAP, reason="the RFC reader is not built")
def test_the_sdk_is_told_though_the_system_is_down(tmp_path: Path) -> None:
    finished = sap_doctor(tmp_path, LIBRARY=str(standin()), HOST="127.0.0.2")
    assert finished.returncode == 1
    assert "driver native, NW RFC SDK 7.50 patch level" in finished.stdout
    assert "sap       FAILED: sap: 127.0.0.2" in finished.stdout
    assert WRONG not in finished.stdout + finished.stderr
