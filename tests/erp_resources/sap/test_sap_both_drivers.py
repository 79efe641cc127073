"""Both drivers tell the same of what goes wrong, and stop at deadlines."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp_resources.connector import TableQuery
from erp_resources.errors import (
    DeadlineExceeded,
    InvalidQuery,
    LoginRefused,
    SourceBusy,
    TableNotFound,
)
from erp_resources.retry import ATTEMPTS
from erp_resources.sap.drivers import DriverName
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.sap import tables
from tests.erp_resources.sap.systems import USER, RemoteSystem, resource, running_apart

FUNCTIONS = [
    "STFC_CONNECTION", "Z_NOT_THERE", "STFC_STRUCTURE", "BAPI_USER_GET_DETAIL", "BAPI_USER_LOCK",
    "BAPI_USER_UNLOCK",
]  # fmt: skip


@pytest.fixture(scope="module")
def system() -> Iterator[RemoteSystem]:
    with running_apart(tables.load) as running_system:
        yield running_system


@pytest.fixture
def connector(system: RemoteSystem, driver: DriverName) -> Iterator[SapConnector]:
    given = {"functions": FUNCTIONS, "call_timeout": 2.0, "amounts": "stored"}
    with resource(system.system_number, driver, **given).connector() as connector:
        yield connector


def test_a_function_returns_plain_values(connector: SapConnector) -> None:
    row = {"RFCINT4": -7, "RFCDATE": "20240229", "RFCFLOAT": 0.5, "RFCHEX3": b"\1\2\3"}
    found = connector.call("STFC_STRUCTURE", IMPORTSTRUCT=row)["ECHOSTRUCT"]
    assert {name: found[name] for name in row} == row


def test_a_change_stays_only_if_it_is_committed(connector: SapConnector) -> None:
    def state() -> str:
        found = connector.call("BAPI_USER_GET_DETAIL", USERNAME="WRITER")
        return str(found["ISLOCKED"]["LOCAL_LOCK"])

    connector.call("BAPI_USER_LOCK", USERNAME="WRITER")
    assert state() == "U"
    connector.call("BAPI_USER_LOCK", commit=True, USERNAME="WRITER")
    assert state() == "L"
    connector.call("BAPI_USER_UNLOCK", commit=True, USERNAME="WRITER")
    assert state() == "U"


def test_wrong_calls_are_invalid_queries(connector: SapConnector) -> None:
    with pytest.raises(InvalidQuery, match="FU_NOT_FOUND") as raised:
        connector.call("Z_NOT_THERE")
    assert raised.value.code == "FU_NOT_FOUND"
    for wrong in ({"NO_SUCH_PARAMETER": "x"}, {"REQUTEXT": object()}):
        with pytest.raises(InvalidQuery, match="function 'STFC_CONNECTION'"):
            connector.call("STFC_CONNECTION", **wrong)
    assert connector.call("STFC_CONNECTION", REQUTEXT="x")["ECHOTEXT"] == "x"


def test_a_table_that_is_not_there_is_not_found(connector: SapConnector) -> None:
    with pytest.raises(TableNotFound, match="sap: table 'ZNOT_THERE': NOT_FOUND") as raised:
        connector.describe("SAP", "ZNOT_THERE")
    assert raised.value.code == "NOT_FOUND"


def test_a_refused_logon_is_refused(system: RemoteSystem, driver: DriverName) -> None:
    with (
        resource(system.system_number, driver, password="wrong").connector() as connector,
        pytest.raises(LoginRefused, match="Name or password is incorrect"),
    ):
        connector.ping()


def test_a_call_that_hangs_is_cancelled(system: RemoteSystem, connector: SapConnector) -> None:
    query = TableQuery(connector.describe("SAP", "T001"), ("BUKRS",))
    system.arm("hang", at="execute", seconds=15.0, times=ATTEMPTS)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no answer within 2\.0 s"):
        connector.scan(query).collect()
    assert time.monotonic() - began < 20.0
    assert connector.scan(query).collect().height == 4


def test_a_dump_is_told_and_ends_the_connection(
    system: RemoteSystem, connector: SapConnector
) -> None:
    query = TableQuery(connector.describe("SAP", "T001"), ("BUKRS",))
    text = "TIME_OUT: Time limit exceeded."
    system.arm("error", at="execute", code=3, text=text, times=ATTEMPTS)
    with pytest.raises(SourceBusy, match=r"TIME_OUT: Time limit exceeded; try again later"):
        connector.scan(query).collect()
    assert connector.scan(query).collect().height == 4
    assert connector.pool.stats()["connections_num"] == 2


@pytest.mark.parametrize("fault", ["error", "hang", "drop"])
def test_a_connection_that_died_leaves_no_session_behind(
    system: RemoteSystem, connector: SapConnector, fault: str
) -> None:
    query = TableQuery(connector.describe("SAP", "T001"), ("BUKRS",))
    assert eventually(lambda: system.sessions(USER) == 1), "the other tests have logged off"
    gc.disable()  # else it might end what nobody has ended
    try:
        system.arm(fault, at="execute", code=3, text="TIME_OUT: x", seconds=4.0, times=2)
        assert connector.scan(query).collect().height == 4
        assert eventually(lambda: system.sessions(USER) == 1)
    finally:
        gc.enable()


def test_a_destination_of_an_ini_file_leads_to_the_system(
    system: RemoteSystem, driver: DriverName, tmp_path: Path
) -> None:
    (tmp_path / "sapnwrfc.ini").write_text(
        f"DEST=HQ\nASHOST=127.0.0.1\nSYSNR={system.system_number}\nCLIENT=100\n"
    )
    given = {"host": "", "client": "", "destination": "HQ", "ini_path": str(tmp_path)}
    with resource("", driver, **given).connector() as connector:
        assert connector.ping() > 0
