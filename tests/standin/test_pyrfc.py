"""Unmodified pyrfc runs on the stand-in and the sandbox's server: values, and classes of errors."""

from collections.abc import Iterator

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.named_faults import SAP_FAULTS
from erp_resources.sandbox.sap.server import SapServer
from erp_resources.sandbox.sap.users import User
from tests.erp_resources.sandbox.sap.tables import load
from tests.standin import build
from tests.standin.pyrfc_client import PyrfcClient, PyrfcError, pyrfc_client

PASSWORD = "Secret-1"


@pytest.fixture(scope="module")
def client() -> Iterator[PyrfcClient]:
    with pyrfc_client(build.pyrfc(), build.standin()) as running:
        yield running


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults(SAP_FAULTS)


@pytest.fixture(scope="module")
def sap(faults: Faults) -> Iterator[SapServer]:
    database = Database()
    load(database)
    engine = SapEngine(database, {"READER": User("READER")}, Installation())
    with SapServer(engine.log_on, {"READER": PASSWORD}, faults=faults) as running:
        yield running
    database.close()


@pytest.fixture
def logon(sap: SapServer) -> dict[str, str]:
    return {
        "ashost": "127.0.0.1",
        "sysnr": sap.system_number,
        "client": "100",
        "user": "READER",
        "passwd": PASSWORD,
        "lang": "EN",
    }


@pytest.fixture
def connected(client: PyrfcClient, faults: Faults, logon: dict[str, str]) -> PyrfcClient:
    faults.clear()
    client("open", **logon)
    return client


def read_table(client: PyrfcClient, table: str, *fields: str, **parameters: object) -> list[str]:
    """The lines of RFC_READ_TABLE."""
    answer = client(
        "call",
        "RFC_READ_TABLE",
        QUERY_TABLE=table,
        FIELDS=[{"FIELDNAME": field} for field in fields],
        **parameters,
    )
    return [row["WA"] for row in answer["DATA"]]


def test_it_pings_and_learns_where_it_is(connected: PyrfcClient) -> None:
    connected("ping")
    attributes = connected("get_connection_attributes")
    assert (attributes["user"], attributes["client"]) == ("READER", "100")
    assert (attributes["language"], attributes["isoLanguage"]) == ("E", "EN")


def test_text_goes_out_and_comes_back(connected: PyrfcClient) -> None:
    text = "Hällo SAP 株 😀"
    assert connected("call", "STFC_CONNECTION", REQUTEXT=text)["ECHOTEXT"] == text


def test_a_structure_goes_out_and_comes_back(connected: PyrfcClient) -> None:
    sent = {"RFCCHAR4": "bcde", "RFCINT1": 127, "RFCINT4": -2, "RFCDATE": "20121003"}
    answer = connected("call", "STFC_STRUCTURE", IMPORTSTRUCT=sent, RFCTABLE=[sent])
    assert {name: answer["ECHOSTRUCT"][name] for name in sent} == sent


def test_lines_of_a_table_are_read(connected: PyrfcClient) -> None:
    lines = read_table(connected, "T001", "BUKRS", "WAERS", OPTIONS=[{"TEXT": "WAERS = 'EUR'"}])
    assert sorted(lines) == ["0001EUR", "1000EUR"]


def test_a_field_may_be_a_bare_name(connected: PyrfcClient) -> None:
    answer = connected("call", "RFC_READ_TABLE", QUERY_TABLE="T001", FIELDS=["BUKRS"])
    assert [field["FIELDNAME"] for field in answer["FIELDS"]] == ["BUKRS"]


def test_a_table_that_nobody_wants_stays_empty(connected: PyrfcClient) -> None:
    answer = connected("call", "RFC_READ_TABLE", {"not_requested": ["DATA"]}, QUERY_TABLE="T001")
    assert "DATA" not in answer or answer["DATA"] == []


@pytest.mark.parametrize(
    ("function", "parameters", "kind", "code", "key"),
    [
        ("Z_NOPE", {}, "ABAPApplicationError", 5, "FU_NOT_FOUND"),
        ("RFC_PING", {"NOPE": "x"}, "ExternalRuntimeError", 20, "RFC_INVALID_PARAMETER"),
        (
            "RFC_READ_TABLE",
            {"QUERY_TABLE": "NOPE"},
            "ABAPApplicationError",
            5,
            "TABLE_NOT_AVAILABLE",
        ),
        (
            "STFC_CONNECTION",
            {"REQUTEXT": "x" * 256},
            "ExternalRuntimeError",
            22,
            "RFC_CONVERSION_FAILURE",
        ),
    ],
)
def test_an_error_has_pyrfcs_class_and_saps_key(
    connected: PyrfcClient,
    function: str,
    parameters: dict[str, str],
    kind: str,
    code: int,
    key: str,
) -> None:
    with pytest.raises(PyrfcError) as raised:
        connected("call", function, **parameters)
    error = raised.value
    assert (error.kind, error.code, error.key) == (kind, code, key)
    connected("ping")


def test_a_wrong_password_is_a_logon_error(client: PyrfcClient, logon: dict[str, str]) -> None:
    with pytest.raises(PyrfcError) as raised:
        client("open", **{**logon, "passwd": "wrong"})
    assert (raised.value.kind, raised.value.key) == ("LogonError", "RFC_LOGON_FAILURE")


def test_a_host_that_is_not_there_is_a_communication_error(
    client: PyrfcClient, logon: dict[str, str]
) -> None:
    with pytest.raises(PyrfcError) as raised:
        client("open", **{**logon, "ashost": "no-such-host.invalid"})
    error = raised.value
    assert (error.kind, error.key) == ("CommunicationError", "RFC_COMMUNICATION_FAILURE")


def test_after_a_dump_pyrfc_has_connected_anew(connected: PyrfcClient) -> None:
    with pytest.raises(PyrfcError) as raised:
        connected("call", "RFC_RAISE_ERROR", METHOD="3")
    assert (raised.value.kind, raised.value.code) == ("ABAPRuntimeError", 3)
    connected("ping")


def test_a_call_is_canceled_when_its_time_is_over(connected: PyrfcClient, faults: Faults) -> None:
    faults.arm("hang", at="execute")
    with pytest.raises(PyrfcError) as raised:
        connected("call", "RFC_PING", {"timeout": 1})
    assert (raised.value.kind, raised.value.code) == ("CommunicationError", 7)
    assert raised.value.key == "RFC_CANCELED"
    assert len(raised.value.message) == 511  # what pyrfc copies, with a zero, whatever there is


def test_a_dropped_connection_is_a_communication_error(
    connected: PyrfcClient, faults: Faults
) -> None:
    faults.arm("drop", at="execute")
    with pytest.raises(PyrfcError) as raised:
        connected("call", "RFC_PING")
    assert (raised.value.kind, raised.value.code) == ("CommunicationError", 1)
