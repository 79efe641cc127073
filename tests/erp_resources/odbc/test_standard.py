"""What the standard dialect makes of types and values, and of a real PostgreSQL."""

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest

from erp_resources.connector import Column, Filter
from erp_resources.errors import InvalidQuery, UnsupportedType
from erp_resources.odbc.standard import LONGEST_BUFFERED, StandardDialect
from tests.erp_resources.odbc.conftest import Connect, query, read
from tests.erp_resources.postgresql import Database

DIALECT = StandardDialect()


def test_a_database_without_a_dialect_is_read_by_the_standard(
    pg: Database, connector_on: Connect, t: str
) -> None:
    pg.write(
        f"CREATE TABLE {t} (id integer PRIMARY KEY, a numeric(15,2), s varchar(9), at timestamp)"
    )
    pg.write(f"INSERT INTO {t} VALUES (1, 1.25, 'Ä', '2024-02-29 12:00:00.5')")
    connector = connector_on(dialect="standard")
    source = query(connector, filters=(Filter("a", "=", Decimal("1.25")),))
    frame = connector.scan(source).collect()
    assert frame.rows() == [(1, Decimal("1.25"), "Ä", datetime(2024, 2, 29, 12, 0, 0, 500000))]
    assert source.source.primary_key == ("id",)
    assert t in connector.list_tables("public")
    assert connector.control_totals(source, sums=["a"]).sums == {"a": Decimal("1.25")}
    with connector.read_point() as point:
        assert not point.is_moment
    with pytest.raises(InvalidQuery, match="by schedule"):
        connector.change_mark(source)


def test_a_decimal_of_decimals_only_has_room_for_its_zero(
    pg: Database, connector_on: Connect, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x numeric(3,3), y numeric(3,5))")
    pg.write(f"INSERT INTO {t} VALUES (0, -0.00999), (-0.999, 0)")
    frame = read(connector_on(dialect="standard"))
    assert frame.schema == {"x": pl.Decimal(3, 3), "y": pl.Decimal(5, 5)}
    assert frame.rows() == [
        (Decimal("0.000"), Decimal("-0.00999")),
        (Decimal("-0.999"), Decimal("0.00000")),
    ]


def test_a_time_of_day_is_not_cut_off_to_find_a_day(
    pg: Database, connector_on: Connect, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x date)")
    pg.write(f"INSERT INTO {t} VALUES ('2024-01-01')")
    connector = connector_on(dialect="standard")

    def found(value: str | date) -> int:
        return read(connector, filters=(Filter("x", "=", value),)).height

    assert found("2024-01-01") == found(date(2024, 1, 1)) == found(datetime(2024, 1, 1)) == 1
    assert found(datetime(2024, 1, 1, 12)) == found("2024-01-01T00:00:00.000001") == 0


@pytest.mark.parametrize(
    ("declared", "expression", "landed"),
    [
        ("DECIMAL(15,2)", '"C"', pa.decimal128(15, 2)),
        ("DECIMAL(3,3)", 'CAST("C" AS DECIMAL(4,3))', pa.decimal128(3, 3)),
        ("DECIMAL(5,-2)", 'CAST("C" AS DECIMAL(7,0))', pa.int64()),
        ("DECIMAL(17,-2)", 'CAST("C" AS DECIMAL(19,0))', pa.decimal128(19, 0)),
    ],
)
def test_a_decimal_is_asked_for_as_arrow_odbc_can_take_it(
    declared: str, expression: str, landed: pa.DataType
) -> None:
    (fetched,) = DIALECT.fetched(Column("C", declared))
    assert (fetched.expression, fetched.landed) == (expression, landed)


def test_the_longest_value_is_asked_for_only_beyond_a_declared_length() -> None:
    (short,) = DIALECT.fetched(Column("C", f"VARCHAR({LONGEST_BUFFERED})"))
    (long,) = DIALECT.fetched(Column("C", f"WVARCHAR({LONGEST_BUFFERED + 1})"))
    assert (short.unbounded, long.unbounded) == (None, "text")


def test_more_decimals_than_the_lake_has_are_refused() -> None:
    with pytest.raises(UnsupportedType, match=r"NUMERIC\(50,39\) with 39 decimals.*cast in a view"):
        DIALECT.fetched(Column("C", "NUMERIC(50,39)"))
    (widest,) = DIALECT.fetched(Column("C", "NUMERIC(50,38)"))
    assert widest.landed == pa.decimal128(38, 38)
