"""Calls of functions and BAPIs: only those on the list, and no change without a commit."""

from collections.abc import Iterator

import pytest

from erp_resources.errors import AccessDenied, InvalidQuery
from erp_resources.pool import PoolSettings
from erp_resources.sandbox.sap.users import User
from erp_resources.sap.functions import BapiMessage, messages
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.sap.systems import USER, SapSystem, running

FUNCTIONS = [
    "STFC_CONNECTION", "STFC_STRUCTURE", "BAPI_USER_GET_DETAIL", "BAPI_USER_LOCK",
    "RFC_RAISE_ERROR", "Z_NOT_THERE", "RFC_READ_TABLE",
]  # fmt: skip


@pytest.fixture
def connector(sap: SapSystem) -> Iterator[SapConnector]:
    one = PoolSettings(min_size=1, max_size=1)
    with sap.resource(functions=FUNCTIONS, pool=one).connector() as connector:
        yield connector


def is_locked(connector: SapConnector, user: str) -> bool:
    found = connector.call("BAPI_USER_GET_DETAIL", USERNAME=user)
    return bool(found["ISLOCKED"]["LOCAL_LOCK"] == "L")


def test_a_function_returns_plain_values(connector: SapConnector) -> None:
    assert connector.call("STFC_CONNECTION", REQUTEXT="Grüße 東京")["ECHOTEXT"] == "Grüße 東京"
    found = connector.call("BAPI_USER_GET_DETAIL", USERNAME="WRITER")
    assert found["LOGONDATA"]["CLASS"] == "SALES"
    assert found["LOGONDATA"]["GLTGB"] == "99991231"
    assert found["PROFILES"] == [
        {"BAPIPROF": "Z_SALES", "BAPIPTEXT": "", "BAPITYPE": "S", "BAPIAKTPS": "A"}
    ]


def test_execute_calls_a_function_with_pairs(connector: SapConnector) -> None:
    rows = connector.execute("STFC_CONNECTION", [("REQUTEXT", "hello")])
    assert dict(rows)["ECHOTEXT"] == "hello"


def test_a_typed_table_of_any_function_is_a_frame(connector: SapConnector) -> None:
    row = {"RFCCHAR4": "ABCD", "RFCINT4": -7, "RFCDATE": "20240229"}
    found = connector.read_rows("STFC_STRUCTURE", "RFCTABLE", IMPORTSTRUCT=row, RFCTABLE=[row])
    assert found["RFCCHAR4"].to_list()[0] == "ABCD"
    assert found["RFCDATE"].to_list()[0].isoformat() == "2024-02-29"


@pytest.mark.parametrize("function", ["BAPI_USER_UNLOCK", "RFC_PING", "stfc_connection", ""])
def test_a_function_that_is_not_on_the_list_is_not_called(
    sap: SapSystem, connector: SapConnector, function: str
) -> None:
    connector.connect()
    calls = sap.server.counters["calls"]
    for call in (connector.call, lambda name: connector.read_rows(name, "T")):
        with pytest.raises(AccessDenied, match="setting `functions`"):
            call(function)
    assert sap.server.counters["calls"] == calls


def test_nothing_is_callable_unless_it_is_listed(sap: SapSystem) -> None:
    with sap.resource().connector() as connector, pytest.raises(AccessDenied):
        connector.call("STFC_CONNECTION")


def test_without_a_commit_a_change_is_rolled_back(connector: SapConnector) -> None:
    connector.call("BAPI_USER_LOCK", USERNAME="WRITER")
    assert not is_locked(connector, "WRITER")


def test_a_commit_is_made_on_the_connection_of_the_change(
    sap: SapSystem, connector: SapConnector
) -> None:
    found = connector.call("BAPI_USER_LOCK", commit=True, USERNAME="WRITER")
    assert [str(message) for message in messages(found)] == ["S 01/187: User WRITER locked"]
    assert is_locked(connector, "WRITER")
    assert sap.calls("BAPI_TRANSACTION_COMMIT") == 1


def test_a_bapi_that_says_error_is_an_error_and_commits_nothing(
    sap: SapSystem, connector: SapConnector
) -> None:
    with pytest.raises(InvalidQuery, match="E 01/124: User NOBODY does not exist") as raised:
        connector.call("BAPI_USER_LOCK", commit=True, USERNAME="NOBODY")
    assert raised.value.code == "01/124"
    assert sap.calls("BAPI_TRANSACTION_COMMIT") == 0
    assert sap.calls("BAPI_TRANSACTION_ROLLBACK") == 1


def test_a_warning_is_no_error(connector: SapConnector) -> None:
    connector.call("BAPI_USER_LOCK", commit=True, USERNAME="WRITER")
    found = connector.call("BAPI_USER_LOCK", commit=True, USERNAME="WRITER")
    assert [message.type for message in messages(found)] == ["W"]


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({}, []),
        ({"RETURN": ""}, []),
        ({"RETURN": {"TYPE": ""}}, []),
        ({"RETURN": [{"TYPE": "A", "ID": "X", "NUMBER": "001", "MESSAGE": "m"}]}, ["A X/001: m"]),
        ({"RETURN": {"TYPE": "E", "CODE": "X001", "MESSAGE": "m"}}, ["E /X001: m"]),
    ],
)
def test_return_is_a_structure_or_a_table_or_something_else(
    outputs: dict[str, object], expected: list[str]
) -> None:
    assert [str(message) for message in messages(outputs)] == expected
    assert all(BapiMessage(kind, "", "", "").is_failure for kind in "EAX")
    assert not any(BapiMessage(kind, "", "", "").is_failure for kind in "SWI")


def test_a_function_that_does_not_exist_or_is_called_wrongly_is_told(
    connector: SapConnector,
) -> None:
    with pytest.raises(InvalidQuery, match="FU_NOT_FOUND"):
        connector.call("Z_NOT_THERE")
    with pytest.raises(InvalidQuery, match="STFC_CONNECTION"):
        connector.call("STFC_CONNECTION", NO_SUCH_PARAMETER="x")
    with pytest.raises(InvalidQuery, match="STFC_CONNECTION"):
        connector.call("STFC_CONNECTION", REQUTEXT=object())


def test_a_function_that_the_user_may_not_call_is_denied(sap: SapSystem) -> None:
    user = User(USER, denied_functions=frozenset({"STFC_CONNECTION"}))
    with (
        running(sap.database, None, user) as system,
        system.resource(functions=FUNCTIONS).connector() as connector,
        pytest.raises(AccessDenied, match="S_RFC"),
    ):
        connector.call("STFC_CONNECTION", REQUTEXT="x")
