"""The statements of extraction, answered by the sandbox's T-SQL engine to both real drivers."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from erp_resources.connector import Column, Filter, ForeignKey, TableQuery
from erp_resources.errors import InvalidQuery, ValueDoesNotFit
from erp_resources.sandbox import catalog
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.datatypes import arrow_schema
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sqlserver.reader import SqlServerConnector
from tests.erp_resources.sqlserver.canned import connected

D, T = Decimal, datetime
LONG = "Länge " * 100
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
INSTANT = T(2024, 6, 1, 10, tzinfo=UTC)
# Each column: its type, T-SQL of its value, and the value (and its companions') in the lake.
COLUMNS: dict[str, tuple[str, str, list[Any]]] = {
    "flag": ("bit", "1", [True]),
    "small": ("tinyint", "255", [255]),
    "count": ("int", "-2147483648", [-(2**31)]),
    "recid": ("bigint", "9223372036854775807", [2**63 - 1]),
    "amount": ("decimal(28,12)", "-1234.000000000001", [D("-1234.000000000001")]),
    "share": ("decimal(5,5)", "-0.99999", [D("-0.99999")]),
    "price": ("money", "922337203685477.5807", [D("922337203685477.5807")]),
    "rate": ("float", "0.1E0", [0.1]),
    "code": ("char(4)", "'ab'", ["ab  "]),
    "name": ("nvarchar(60)", "N'O''Brien 東京 Ü'", ["O'Brien 東京 Ü"]),
    "memo": ("nvarchar(max)", f"N'{LONG}'", [LONG]),
    "hash": ("varbinary(8)", "0x00FF", [b"\x00\xff"]),
    "born": ("date", "'0001-01-01'", [date(1, 1, 1)]),
    "moved": ("datetime", "'2024-02-29T12:00:00.007'", [T(2024, 2, 29, 12, 0, 0, 7000)]),
    "seen": ("datetime2(6)", "'2024-02-29T12:00:00.123456'", [T(2024, 2, 29, 12, 0, 0, 123_456)]),
    "sent": ("datetimeoffset(0)", "'2024-06-01T15:30:00+05:30'", [INSTANT, 330]),
    "until": ("time(3)", "'23:59:59.999'", ["23:59:59.999"]),
    "id": ("uniqueidentifier", f"'{GUID.lower()}'", [GUID]),
    "a]b; é?": ("nvarchar(10)", "N'x'", ["x"]),
}  # fmt: skip
FILTERS: dict[str, Any] = {
    **{name: values[0] for name, (_, _, values) in COLUMNS.items()},
    "hash": "0x00FF",
    "memo": LONG,
}
MIXED = catalog.Table(
    "dbo",
    "Mixed",
    tuple(catalog.Column(name, kind, name != "recid") for name, (kind, *_) in COLUMNS.items()),
    ("recid",),
)
LINES = catalog.Table(
    "dbo",
    "LINES",
    (catalog.Column("ID", "bigint", nullable=False), catalog.Column("MIXED", "bigint")),
    ("ID",),
    foreign_keys=(catalog.ForeignKey(("MIXED",), "dbo", "Mixed"),),
)


@contextlib.contextmanager
def sandbox(driver: str, user: str = "reader", **options: Any) -> Iterator[SqlServerConnector]:
    database = Database()
    for table in (MIXED, LINES):
        database.load(table, arrow_schema(table).empty_table())
    users = {
        "reader": User("reader", may_write=False, may_view_state=False),
        "writer": User("writer"),
    }
    engine = SqlServerEngine(database, users, name="AX", **options)
    session = engine.session("writer", "AX")
    names = ", ".join(f"[{name.replace(']', ']]')}]" for name in COLUMNS)
    values = ", ".join(sql for _, sql, _ in COLUMNS.values())
    for _ in session.execute(f"INSERT INTO dbo.Mixed ({names}) VALUES ({values})"):
        pass
    with connected(driver, lambda _, name: engine.session(user, name)) as connector:
        yield connector


@pytest.fixture(params=["microsoft", "freetds"], scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[SqlServerConnector]:
    """One sandbox for the tests that only read."""
    from tests.erp_resources.sqlserver.conftest import driver_named

    with sandbox(driver_named(request.param)) as connector:
        yield connector


def test_every_type_is_described_and_read(shared: SqlServerConnector) -> None:
    table = shared.describe("DBO", "mixed")
    assert {column.name: column.type for column in table.columns} == {
        name: kind for name, (kind, *_) in COLUMNS.items()
    }
    (row,) = shared.scan(TableQuery(table)).collect().rows()
    assert list(row) == [value for _, _, values in COLUMNS.values() for value in values]


@pytest.mark.parametrize("name", FILTERS)
def test_each_column_can_be_filtered_by_the_value_that_it_landed_as(
    shared: SqlServerConnector, name: str
) -> None:
    table = shared.describe("dbo", "Mixed")
    for operator, rows in (("=", 1), ("<>", 0), ("is null", 0)):
        value = None if operator == "is null" else FILTERS[name]
        query = TableQuery(table, ("recid",), (Filter(name, operator, value),))  # type: ignore[arg-type]  # of Operator
        assert shared.scan(query).collect().height == rows, operator
        assert shared.control_totals(query).rows == rows, operator


def test_numbers_are_summed_exactly(shared: SqlServerConnector) -> None:
    table = shared.describe("dbo", "Mixed")
    names = ["count", "recid", "amount", "share", "price"]
    totals = shared.control_totals(TableQuery(table), sums=names)
    assert totals.sums == {name: D(COLUMNS[name][2][0]) for name in names}
    empty = TableQuery(table, filters=(Filter("count", "=", 0),))
    assert shared.control_totals(empty, sums=names).sums == dict.fromkeys(names, D(0))


def test_what_has_no_exact_sum_is_refused(shared: SqlServerConnector) -> None:
    with pytest.raises(InvalidQuery, match="'rate'"):
        shared.control_totals(TableQuery(shared.describe("dbo", "Mixed")), sums=["rate"])


def test_tables_and_foreign_keys_are_in_the_catalogue(shared: SqlServerConnector) -> None:
    assert shared.list_tables("dbo") == ["LINES", "Mixed"]
    table = shared.describe("dbo", "LINES")
    assert table.foreign_keys == (ForeignKey(("MIXED",), "dbo", "Mixed", ("recid",)),)


def test_a_look_at_the_connection_tells_product_and_driver(shared: SqlServerConnector) -> None:
    (found,) = shared.examine()
    assert re.fullmatch(r"Microsoft SQL Server [\d.]+ through lib(msodbcsql|tdsodbc)\S* \S+", found)


def test_it_warns_of_rights_beyond_reading_and_of_missing_snapshots(driver: str) -> None:
    with sandbox(driver, user="writer", allow_snapshot_isolation=False) as connector:
        _, snapshots, rights = connector.examine()
    assert "SET ALLOW_SNAPSHOT_ISOLATION ON" in snapshots
    assert rights == (
        "warning: the account can do more than read: DELETE in the whole database, "
        "INSERT in the whole database, UPDATE in the whole database"
    )


def test_a_column_that_is_wider_than_the_catalogue_says_stops_the_read(
    shared: SqlServerConnector,
) -> None:
    now = shared.describe("dbo", "Mixed")
    then = replace(now, columns=(Column("recid", "bigint"), Column("count", "smallint")))
    with pytest.raises(ValueDoesNotFit, match=r"dbo\.Mixed\.count.*erp catalog refresh"):
        shared.scan(TableQuery(then)).collect()


def test_a_text_that_outgrew_the_catalogue_is_not_cut(shared: SqlServerConnector) -> None:
    then = replace(shared.describe("dbo", "Mixed"), columns=(Column("memo", "nvarchar(2)"),))
    with pytest.raises(ValueDoesNotFit, match="erp catalog refresh"):
        shared.scan(TableQuery(then)).collect()


def test_a_database_without_snapshot_isolation_is_read_by_statements(driver: str) -> None:
    with (
        sandbox(driver, allow_snapshot_isolation=False) as connector,
        connector.read_point() as point,
    ):
        assert not point.is_moment
        query = TableQuery(connector.describe("dbo", "Mixed"), ("recid",))
        assert connector.scan(query, point).collect().height == 1
