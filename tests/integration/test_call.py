"""``erp call``: functions of an SAP system from the command line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.project import HAS_SAP, PROJECT, Finished, erp, sandbox

ALLOWED = '["BAPI_USER_GET_DETAIL", "STFC_CONNECTION"]'

pytestmark = pytest.mark.skipif(not HAS_SAP, reason="SAP is read by C++, which is not built")


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Where the systems of a sandbox of this module's own listen."""
    with sandbox(tmp_path_factory.mktemp("sandbox")) as ports:
        yield ports


def call(home: Path, ports: dict[str, int], *arguments: str, system: str = "sap") -> Finished:
    variables = {f"ERP_SANDBOX_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    return erp("call", system, *arguments, home=home, ERP_SAP_FUNCTIONS=ALLOWED, **variables)


def test_a_bapi_answers_with_its_outputs_as_json(tmp_path: Path, ports: dict[str, int]) -> None:
    finished = call(tmp_path, ports, "STFC_CONNECTION", "REQUTEXT=Grüße = 東京")
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["ECHOTEXT"] == "Grüße = 東京"


def test_the_documented_line_tells_of_a_user(tmp_path: Path, ports: dict[str, int]) -> None:
    text = (PROJECT / "docs" / "sap.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^erp call sap (.*)$", text, re.MULTILINE)
    finished = call(tmp_path, ports, *line.split())
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["ADDRESS"]["E_MAIL"] == "muellera@example.com"


def test_an_error_in_return_is_an_error_of_the_command(
    tmp_path: Path, ports: dict[str, int]
) -> None:
    finished = call(tmp_path, ports, "BAPI_USER_GET_DETAIL", "USERNAME=NOBODY")
    assert finished.returncode == 1
    assert "sap: BAPI_USER_GET_DETAIL: E 01/124: User NOBODY does not exist" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["RFC_READ_TABLE", "QUERY_TABLE=T001"], "not on the list of functions"),
        (["STFC_CONNECTION", "REQUTEXT"], "'REQUTEXT' is no parameter; write it as NAME=VALUE"),
        (["STFC_CONNECTION", "REQUTEXT={no"], "the value of REQUTEXT is no JSON"),
        (["STFC_CONNECTION", "NO_SUCH=1"], "NO_SUCH"),
    ],
)
def test_what_cannot_be_called_is_refused_in_a_sentence(
    tmp_path: Path, ports: dict[str, int], arguments: list[str], said: str
) -> None:
    finished = call(tmp_path, ports, *arguments)
    assert finished.returncode == 1
    assert said in finished.stderr
    assert "Traceback" not in finished.stderr


def test_only_sap_has_functions(tmp_path: Path, ports: dict[str, int]) -> None:
    finished = call(tmp_path, ports, "F", system="oracle")
    assert finished.returncode == 1
    assert "oracle: functions can be called in SAP systems only" in finished.stderr
