"""The whole sandbox in this process: faults by name and business days, as connectors see them."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import cast

import polars as pl
import pytest

import erp_rfc
from erp_resources.connector import ChangeMark, Connector, TableQuery, TableSchema
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    LoginRefused,
    SettingsError,
    SnapshotTooOld,
    SourceBusy,
    SourceUnavailable,
    TransientError,
)
from erp_resources.odbc import drivers
from erp_resources.oracle import OracleResource
from erp_resources.sandbox.control import Answer, Arm, Clear, Status, Tick
from erp_resources.sandbox.faults import FaultName
from erp_resources.sandbox.landscape import ORACLE, SAP, SQLSERVER
from erp_resources.sandbox.serve import Landscape
from erp_resources.sap import SapResource
from erp_resources.settings import SandboxSettings
from erp_resources.sqlserver import SqlServerResource
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.test_ax_tick import TICKED as AX_TICKED
from tests.erp_resources.sandbox.test_ebs_tick import TICKED as EBS_TICKED
from tests.standin.build import standin

LARGEST = {
    "oracle": "INV.MTL_MATERIAL_TRANSACTIONS",
    "sqlserver": "dbo.GENERALJOURNALACCOUNTENTRY",
    "sap": "SAP.BSEG",
}
SMALLEST = {"oracle": "GL.GL_LEDGERS", "sqlserver": "dbo.LEDGER", "sap": "SAP.T001"}
RECEIPTS = {"oracle": "AR.AR_CASH_RECEIPTS_ALL", "sqlserver": "dbo.CUSTTRANS", "sap": "SAP.BKPF"}
TICKED = {"oracle": EBS_TICKED, "sqlserver": AX_TICKED}
"""Of systems that tell what moved."""
COMPANIES = {"oracle": 2, "sqlserver": 2, "sap": 3}
"""Rows of the smallest table."""
CLASSES: dict[FaultName, tuple[type[ErpError], ...]] = {
    "drop": (ConnectionLost,),
    # What does not answer the driver's break either is lost.
    "hang": (ConnectionLost, DeadlineExceeded),
    "deadlock": (SourceBusy,),
    "login-refused": (LoginRefused,),
    "fetch-error": (SourceUnavailable, SourceBusy),
    "snapshot-too-old": (SnapshotTooOld,),
    "disk-full": (SourceBusy,),
}
WITHOUT_MOMENTS: dict[FaultName, tuple[type[ErpError], ...]] = {"snapshot-too-old": (SourceBusy,)}
"""What it means to SAP, where no snapshot is a reader's."""


@pytest.fixture(scope="module")
def landscape() -> Iterator[Landscape]:
    with Landscape(SandboxSettings(oracle_port=0, sqlserver_port=0, sap_port=0)) as running:
        yield running


def oracle(port: int) -> AbstractContextManager[Connector]:
    resource = OracleResource(
        mode="sandbox",
        host=ORACLE.host,
        port=port,
        service=ORACLE.service,
        user=ORACLE.user,
        password=ORACLE.password,
        call_timeout=4.0,
    )
    return cast("AbstractContextManager[Connector]", resource.connector())


def sqlserver(port: int) -> AbstractContextManager[Connector]:
    resource = SqlServerResource(
        mode="sandbox",
        host=SQLSERVER.host,
        port=port,
        database=SQLSERVER.database,
        user=SQLSERVER.user,
        password=SQLSERVER.password,
        encrypt="no",
        call_timeout=4.0,
    )
    return cast("AbstractContextManager[Connector]", resource.connector())


def sap(port: int) -> AbstractContextManager[Connector]:
    resource = SapResource(
        mode="sandbox",
        library=str(standin()),
        host=SAP.host,
        system_number=f"{port % 100:02d}",
        client=SAP.client,
        user=SAP.user,
        password=SAP.password,
        call_timeout=4.0,
    )
    return cast("AbstractContextManager[Connector]", resource.connector())


CONNECT = {"oracle": oracle, "sqlserver": sqlserver, "sap": sap}


def read(connector: Connector, table: str) -> pl.DataFrame:
    """All rows of ``SCHEMA.TABLE``."""
    return connector.scan(TableQuery(connector.describe(*table.split(".")))).collect()


@pytest.fixture(params=sorted(CONNECT))
def system(request: pytest.FixtureRequest) -> str:
    """The key of each system in turn."""
    if request.param == "sqlserver":
        try:
            drivers.find("SQL Server")
        except SettingsError as error:
            pytest.skip(str(error))
    if request.param == "sap" and (problem := erp_rfc.import_problem()) is not None:
        pytest.skip(f"the RFC reader is not built: {problem}")
    return str(request.param)


@pytest.fixture
def connector(landscape: Landscape, system: str) -> Iterator[Connector]:
    """A connector with no session yet, to a system without a fault."""
    with CONNECT[system](landscape.ports[system]) as earlier:
        earlier.describe(*SMALLEST[system].split("."))  # pyodbc asks for types once a process
    with CONNECT[system](landscape.ports[system]) as connector:
        yield connector
    landscape.execute(Clear())


@pytest.mark.parametrize("name", CLASSES)
def test_each_fault_is_the_error_that_it_means(
    landscape: Landscape, system: str, connector: Connector, name: FaultName
) -> None:
    landscape.execute(Arm(name=name, system=system))
    classes = CLASSES | (WITHOUT_MOMENTS if system == "sap" else {})
    with pytest.raises(classes[name]):
        read(connector, LARGEST[system])


def test_slow_is_no_error(landscape: Landscape, system: str, connector: Connector) -> None:
    landscape.execute(Arm(name="slow", times=2, seconds=0.05))
    assert read(connector, SMALLEST[system]).height == COMPANIES[system]


def test_a_fault_waits_for_its_rows(
    landscape: Landscape, system: str, connector: Connector
) -> None:
    landscape.execute(Arm(name="fetch-error", system=system, after_rows=500, times=None))
    assert read(connector, SMALLEST[system]).height == COMPANIES[system]
    with pytest.raises(TransientError):
        read(connector, LARGEST[system])


def test_a_fault_of_one_system_leaves_the_others_alone(landscape: Landscape) -> None:
    landscape.execute(Arm(name="drop", system="oracle", times=None))
    assert landscape.systems["oracle"].faults.armed()
    assert not landscape.systems["sqlserver"].faults.armed()
    landscape.execute(Clear(system="oracle"))
    assert not landscape.systems["oracle"].faults.armed()


def test_an_unknown_system_has_no_faults(landscape: Landscape) -> None:
    known = ", ".join(landscape.systems)
    with pytest.raises(ValueError, match=f"no system is called 'baan'; there are {known}"):
        landscape.execute(Arm(name="drop", system="baan"))


def test_the_status_counts_sessions_and_names_what_is_armed(
    landscape: Landscape, system: str, connector: Connector
) -> None:
    connector.ping()
    landscape.execute(Arm(name="disk-full", times=None))

    server = landscape.systems[system].server

    def status() -> Mapping[str, Answer]:
        found = landscape.status()[system]
        assert isinstance(found, Mapping)
        return found

    # Sessions of the tests before may still be ending.
    assert eventually(lambda: status()["sessions"] == len(server.sessions) > 0)
    assert status()["port"] == landscape.ports[system]
    assert status()["armed"] == ["disk-full at execute, until cleared"]
    assert eventually(lambda: landscape.execute(Status()) == landscape.status())


def test_all_companies_live_on_the_same_day(landscape: Landscape) -> None:
    assert len({system.business.today for system in landscape.systems.values()}) == 1


def test_a_business_day_moves_the_change_marks_of_its_tables_and_of_no_others(
    landscape: Landscape, system: str, connector: Connector
) -> None:
    if system not in TICKED:
        pytest.skip("this system does not tell what moved")
    before = marks(landscape, system, connector)
    landscape.execute(Tick())
    after = marks(landscape, system, connector)
    moved = {name for name, mark in after.items() if mark != before[name]}
    assert moved - {"GL_PERIODS"} == TICKED[system]


def marks(landscape: Landscape, system: str, connector: Connector) -> dict[str, ChangeMark]:
    """What the sensor compares, by table."""
    found = {}
    for schema, table in landscape.systems[system].database.tables:
        source = connector.describe(schema, table)
        bare = TableSchema(schema, table, source.columns, source.primary_key)
        found[table] = connector.change_mark(TableQuery(bare))
    return found


def test_a_read_at_an_earlier_point_does_not_see_the_day(
    landscape: Landscape, system: str, connector: Connector
) -> None:
    schema, table = RECEIPTS[system].split(".")
    query = TableQuery(connector.describe(schema, table))
    with connector.read_point() as point:
        before = connector.control_totals(query, point).rows
        landscape.execute(Tick())
        if point.is_moment:
            assert connector.control_totals(query, point).rows == before
    assert connector.control_totals(query).rows > before
