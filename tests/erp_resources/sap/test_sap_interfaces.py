"""A function that a transport changes while the process lives is not read by its old interface."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pytest

from erp_resources.connector import TableQuery
from erp_resources.deadline import Deadline
from erp_resources.errors import InvalidQuery
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.protocol import Message
from erp_resources.sap import drivers
from erp_resources.sap.connection import Interfaces, SapSession, close, connect
from erp_resources.sap.dialing import Dialer
from erp_resources.sap.drivers import DriverName
from erp_resources.sap.parameters import LogonParams
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.sap.systems import (
    RemoteSystem,
    library,
    resource,
    running_apart,
)
from tests.standin.echo_server import echo_server

TYPED = "Z_ERP_READ_ZSTOCK"
WITH_TYPED = Installation("TRN", typed_tables=frozenset({"ZSTOCK"}))
WITHOUT = Installation("TRN")
"""The same system: its ID is what the SDK keeps interfaces by."""

ROWS = {
    "MANDT": ["100"] * 3,
    "ID": ["01", "02", "03"],
    "PLACE": ["left", "mid", "right"],
    "NAME": ["bolt", "nut", "saw"],
}


def load_old(database: Database) -> None:
    """The table as it was."""
    _load(database, "MANDT", "ID", "NAME")


def load_new(database: Database) -> None:
    """The table with a field that a transport has put into its midst."""
    _load(database, "MANDT", "ID", "PLACE", "NAME")


def _load(database: Database, *names: str) -> None:
    types = {"MANDT": "CLNT(3)", "ID": "NUMC(2)", "PLACE": "CHAR(7)", "NAME": "CHAR(4)"}
    columns = tuple(Column(name, types[name]) for name in names)
    table = Table("SAP", "ZSTOCK", columns, ("MANDT", "ID"))
    database.load(table, pa.table({name: ROWS[name] for name in names}))


class History(NamedTuple):
    """One system, at three times."""

    before: RemoteSystem
    after: RemoteSystem
    removed: RemoteSystem


@pytest.fixture(scope="module")
def system() -> Iterator[History]:
    """A system before and after a transport, and after another one that removed the function."""
    with (
        running_apart(load_old, WITH_TYPED) as before,
        running_apart(load_new, WITH_TYPED) as after,
        running_apart(load_new, WITHOUT) as removed,
    ):
        yield History(before, after, removed)


def stock(connector: SapConnector) -> pl.DataFrame:
    """The table, read as a catalogue of today describes it."""
    found: pl.DataFrame = connector.scan(TableQuery(connector.describe("SAP", "ZSTOCK"))).collect()
    return found


def test_a_field_that_a_transport_adds_is_read_by_the_next_connector(
    system: History, driver: DriverName
) -> None:
    with resource(system.before.system_number, driver).connector() as connector:
        assert stock(connector).columns == ["MANDT", "ID", "NAME"]
    with resource(system.after.system_number, driver).connector() as connector:
        assert stock(connector).to_dict(as_series=False) == ROWS


def test_a_function_that_a_transport_removes_is_done_without(
    system: History, driver: DriverName
) -> None:
    with resource(system.before.system_number, driver).connector() as connector:
        stock(connector)
    with resource(system.removed.system_number, driver, functions=[TYPED]).connector() as connector:
        assert stock(connector).to_dict(as_series=False) == ROWS
        with pytest.raises(InvalidQuery, match="FU_NOT_FOUND"):
            connector.call(TYPED)


def test_a_function_that_is_called_has_the_interface_of_today(
    system: History, driver: DriverName
) -> None:
    for then, names in ((system.before, ["MANDT", "ID", "NAME"]), (system.after, list(ROWS))):
        with resource(then.system_number, driver, functions=[TYPED]).connector() as connector:
            assert connector.read_rows(TYPED, "ROWS").columns == names
            assert list(connector.call(TYPED)["ROWS"][0]) == names


def test_an_interface_is_asked_for_once_by_all_connections_of_a_connector() -> None:
    driver = drivers.load("native", library("native"), "sap")
    with echo_server() as server:
        params = LogonParams("sap", {"ASHOST": "127.0.0.1", "SYSNR": server.system_number})
        for asked in (1, 2):
            interfaces = Interfaces()
            for _ in range(2):
                session = connect(
                    Dialer(driver, params, 10.0), 10.0, interfaces, Deadline.after(10)
                )
                use_twice(session)
                close(session)
            assert server.requests.count(Message.DESCRIBE) == asked


def use_twice(session: SapSession) -> None:
    for number in range(2):
        found = session.call("Z_ECHO", {"I_INT4": number}, ["E_INT4"])
        assert found == {"E_INT4": number}
    assert session.describe("Z_ECHO").name == "Z_ECHO"


def test_reads_go_on_while_other_connectors_ask_anew(system: History, driver: DriverName) -> None:
    way = resource(system.after.system_number, driver)
    with way.connector() as connector, ThreadPoolExecutor(3) as threads:
        query = TableQuery(connector.describe("SAP", "ZSTOCK"))
        reads = [threads.submit(lambda: connector.scan(query).collect()) for _ in range(60)]
        for _ in range(10):
            with way.connector() as other:
                assert other.scan(query).collect().height == 3
        found = [read.result().to_dict(as_series=False) for read in reads]
    assert found == [ROWS] * 60
