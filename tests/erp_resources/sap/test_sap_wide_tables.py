"""Tables wider than a line, and tables that change meanwhile: whole rows, or no rows."""

from collections.abc import Callable, Iterator

import polars as pl
import pyarrow as pa
import pytest

from erp_resources.connector import TableQuery
from erp_resources.errors import SourceBusy
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap import interfaces
from erp_resources.sap.connection import SapSession
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD
from tests.erp_resources.sap.systems import SapSystem, running

ROWS = 40
WIDE_COLUMNS = [f"TEXT{place}" for place in range(4)]


@pytest.fixture
def wide() -> Iterator[Database]:
    """A table whose rows take two lines."""
    columns = (
        Column("MANDT", "CLNT(3)"),
        Column("ID", "NUMC(4)"),
        Column("AEDAT", "DATS"),
        *(Column(name, "CHAR(200)") for name in WIDE_COLUMNS),
    )
    numbers = range(ROWS)
    rows = {
        "MANDT": ["100"] * ROWS,
        "ID": [f"{number:04d}" for number in numbers],
        "AEDAT": ["20240101"] * ROWS,
        **{name: [f"{name} of {number}" for number in numbers] for name in WIDE_COLUMNS},
    }
    database = Database()
    database.load(Table("SAP", "ZWIDE", columns, ("MANDT", "ID")), pa.table(rows))
    yield database
    database.close()


def read(system: SapSystem, **settings: int) -> pl.DataFrame:
    with system.resource(**settings).connector() as connector:
        return connector.scan(TableQuery(connector.describe("SAP", "ZWIDE"))).collect()


def after_calls(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], object]) -> None:
    """Do something after each call that returned lines of the wide table."""
    original, calls = SapSession.read_lines, []

    def read_lines(self: SapSession, *arguments: object, **named: object) -> object:
        package = original(self, *arguments, **named)  # type: ignore[arg-type]
        if "ZWIDE" in str(named["about"]):
            calls.append(package)
            act(len(calls))
        return package

    monkeypatch.setattr(SapSession, "read_lines", read_lines)


def change_at(turn: int, call: int, system: SapSystem, sql: str) -> None:
    if call == turn:
        system.write("ZWIDE", sql)


@pytest.mark.parametrize("page_rows", [7, 1000])
@pytest.mark.parametrize("installation", [OLD, ANY_ORDER])
def test_groups_of_columns_make_whole_rows(
    wide: Database, installation: Installation, page_rows: int
) -> None:
    with running(wide, installation) as system:
        rows = read(system, page_rows=page_rows).sort("ID")
    assert rows.height == ROWS
    for name in WIDE_COLUMNS:
        assert rows[name].to_list() == [f"{name} of {number}" for number in range(ROWS)]


def test_groups_of_sorted_pages_make_whole_rows(
    wide: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interfaces, "STRINGS", "NO_ET_DATA")  # a function that sorts, in lines only
    with running(wide, Installation()) as system:
        rows = read(system, page_rows=7)
        assert system.calls("RFC_READ_TABLE") < 20, "no page is torn and read again"
    assert rows["ID"].to_list() == [f"{number:04d}" for number in range(ROWS)]
    assert rows["TEXT3"].to_list() == [f"TEXT3 of {number}" for number in range(ROWS)]


def test_a_limit_reads_whole_rows_as_well(wide: Database) -> None:
    with running(wide, OLD) as system, system.resource().connector() as connector:
        frame = connector.scan(TableQuery(connector.describe("SAP", "ZWIDE")))
        assert frame.head(3).collect().height == 3
        before = system.calls("RFC_READ_TABLE")
        assert frame.head(0).collect().height == 0
        assert system.calls("RFC_READ_TABLE") == before, "to SAP no rows would mean all"
        assert frame.select("TEXT3").head(3).collect().height == 3


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM {} WHERE ID = '0007'",
        "UPDATE {} SET ID = '9999' WHERE ID = '0007'",
        "UPDATE {} SET AEDAT = '20240102', TEXT0 = 'n', TEXT3 = 'n' WHERE ID = '0007'",
    ],
    ids=["a row goes", "a row gets another key", "a row is changed"],
)
def test_a_torn_page_is_read_again(
    wide: Database, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    with running(wide, OLD) as system:
        after_calls(
            monkeypatch, lambda calls: system.write("ZWIDE", change) if calls == 1 else None
        )
        rows = read(system)
        assert system.calls("RFC_READ_TABLE") >= 6
    changed = rows.filter(pl.col("TEXT0") == "n")
    assert changed["TEXT3"].to_list() == ["n"] * changed.height, "no row is half old, half new"


def test_a_table_that_changes_all_the_time_is_busy(
    wide: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(wide, OLD) as system:
        after_calls(
            monkeypatch,
            lambda calls: system.write("ZWIDE", f"DELETE FROM {{}} WHERE ID = '{calls:04d}'"),
        )
        with pytest.raises(SourceBusy, match=r"SAP\.ZWIDE changed while .* 2 groups .* 3 times"):
            read(system)


def test_pages_taken_for_sorted_have_to_agree_with_the_count(
    wide: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(wide, OLD) as system, system.resource(page_rows=7).connector() as connector:
        frame = connector.scan(TableQuery(connector.describe("SAP", "ZWIDE"), ("ID", "TEXT0")))
        gone = "DELETE FROM {} WHERE ID = '0001'"

        after_calls(monkeypatch, lambda call: change_at(2, call, system, gone))
        with pytest.raises(SourceBusy, match="40 rows were read, 40 counted"):
            frame.collect()
        before = system.calls("RFC_READ_TABLE")
        assert frame.collect().height == ROWS - 1
        needed = ROWS // 7 + 1
        assert system.calls("RFC_READ_TABLE") - before > needed, "the order is not relied on again"
