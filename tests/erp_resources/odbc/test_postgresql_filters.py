"""Filters on a real PostgreSQL: values neither rounded nor cut, and those of its own."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from erp_resources.connector import Filter
from erp_resources.errors import InvalidQuery, ValueDoesNotFit
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources.odbc.conftest import Connect, query, read
from tests.erp_resources.postgresql import READER, Database


def test_text_in_a_parameter_keeps_every_letter(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x text)")
    pg.write(f"INSERT INTO {t} VALUES (?), ('?')", "東京 😀")
    assert read(connector, filters=(Filter("x", "=", "東京 😀"),)).rows() == [("東京 😀",)]


@pytest.mark.parametrize(
    ("declared", "literal", "value", "found"),
    [
        ("numeric(9,2)", "0.06", Decimal("0.055"), 0),
        ("numeric(9,2)", "0.06", Decimal("0.060"), 1),
        ("varchar(3)", "'abc'", "abcdef", 0),
        ("timestamp(0)", "'2024-01-01 00:00:00'", datetime(2024, 1, 1, 0, 0, 0, 400000), 0),
        ("date", "'2024-01-01'", date(2024, 1, 1), 1),
        ("date", "'2024-01-01'", "2024-01-01", 1),
        ("date", "'2024-01-01'", datetime(2024, 1, 1, 12), 0),
        ("timestamp", "'2024-01-01 00:00:00'", date(2024, 1, 1), 1),
        ("timestamp", "'2024-01-01 00:00:00.123456'", "2024-01-01T00:00:00.123456", 1),
        ("timestamptz", "'2024-01-01 10:00+00'", "2024-01-01 10:00", 1),
        (
            "timestamptz",
            "'2024-01-01 10:00+00'",
            datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            1,
        ),
        ("integer", "5", 5, 1),
        ("integer", "5", Decimal("5.5"), 0),
        ("integer", "5", 2**63, 0),
        ("bigint", "-9223372036854775808", -(2**63), 1),
        ("double precision", "0.1", 0.1, 1),
        ("double precision", "5e-324", 5e-324, 1),
        ("double precision", "1.7976931348623157e308", 1.7976931348623157e308, 1),
        ("real", "0.1", 0.1, 1),
        ("real", "0.1", 0.10000000149011612, 1),
        ("time(0)", "'12:00:00'", "11:59:59.6", 0),
        ("time(0)", "'12:00:00'", "12:00:00", 1),
        ("boolean", "true", "true", 1),
        ("char(5)", "'ab'", "ab", 1),
    ],
)
def test_a_filters_value_is_neither_rounded_nor_cut(  # noqa: PLR0913, PLR0917 - one a column
    pg: Database,
    connector: OdbcConnector,
    t: str,
    declared: str,
    literal: str,
    value: Any,
    found: int,
) -> None:
    pg.write(f"CREATE TABLE {t} (x {declared})")
    pg.write(f"INSERT INTO {t} VALUES ({literal})")
    assert read(connector, filters=(Filter("x", "=", value),)).height == found


def test_a_value_that_is_no_number_is_refused_before_anything_is_sent(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    with pytest.raises(InvalidQuery, match="'1 OR 1=1' is no number"):
        connector.scan(query(connector, filters=(Filter("x", "=", "1 OR 1=1"),)))


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("numeric", math.nan),
        ("numeric(9,2)", Decimal("NaN")),
        ("double precision", "NaN"),
        ("numeric", math.inf),
        ("real", -math.inf),
        ("double precision", Decimal("Infinity")),
        ("date", "infinity"),
        ("timestamp", "-infinity"),
        ("timestamptz", "Infinity"),
    ],
)
def test_what_is_beyond_all_numbers_and_times_can_be_filtered_out(
    pg: Database, connector: OdbcConnector, t: str, declared: str, value: Any
) -> None:
    pg.write(f"CREATE TABLE {t} (id integer, x {declared})")
    finite = "1" if declared.startswith(("numeric", "double", "real")) else "'2024-01-01'"
    pg.write(f"INSERT INTO {t} VALUES (1, '{value}'), (2, {finite})")
    assert read(connector, columns=("id",), filters=(Filter("x", "=", value),)).rows() == [(1,)]
    assert read(connector, filters=(Filter("x", "<>", value),))["id"].to_list() == [2]


@pytest.mark.parametrize("value", [math.nan, "-inf", Decimal("Infinity")])
def test_no_integer_is_not_finite(
    pg: Database, connector: OdbcConnector, t: str, value: Any
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    pg.write(f"INSERT INTO {t} VALUES (1)")
    assert read(connector, filters=(Filter("x", "=", value),)).height == 0
    assert read(connector, filters=(Filter("x", "<>", value),)).height == 1


def test_a_number_beyond_all_doubles_is_not_taken_for_infinity(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x double precision)")
    pg.write(f"INSERT INTO {t} VALUES ('Infinity')")
    with pytest.raises(ValueDoesNotFit, match="out of range"):
        read(connector, filters=(Filter("x", "=", Decimal("1e400")),))


@pytest.mark.parametrize(
    ("declared", "value", "said"),
    [
        ("integer", "five", "'five' is no number that a integer can hold"),
        ("numeric(9,2)", date(2024, 1, 1), "is no number"),
        ("numeric", Decimal("sNaN"), "is no number"),
        ("numeric", Decimal("1E+1000000"), "is no number"),
        ("double precision", Decimal("1E-1000000"), "is no number"),
        ("date", math.nan, "nan is no date"),
        ("timestamp", "inf", "'inf' is no date"),
        ("date", "31.12.2024", "'31.12.2024' is no date"),
        ("date", "today", "'today' is no date"),
        ("date", 20241231, "20241231 is no date"),
        ("timestamp", "2024-01-01T00:00:00.1234567", "is no date"),
        ("timestamp", "2024-01-01T00:00:00,1234567", "is no date"),
        ("date", datetime(2024, 1, 1, tzinfo=UTC), "has a time zone and a date has none"),
        ("timestamp", "2024-01-01T00:00:00+01:00", "has a time zone and a timestamp"),
        ("timestamp", "2024-01-01T00:00:00Z", "has a time zone and a timestamp"),
    ],
)
def test_a_value_that_no_row_can_hold_is_refused_before_anything_is_sent(
    pg: Database, connector: OdbcConnector, t: str, declared: str, value: Any, said: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x {declared})")
    with pytest.raises(InvalidQuery, match=rf"^pg: filter on 'x': .*{said}"):
        connector.scan(query(connector, filters=(Filter("x", "=", value),)))


@pytest.fixture
def elsewhere(pg: Database) -> Iterator[None]:
    """The reading account has settings of its own in this database."""
    role = f"ALTER ROLE {READER} IN DATABASE {pg.name}"
    settings = {"TimeZone": "Asia/Kolkata", "IntervalStyle": "iso_8601", "DateStyle": "German"}
    for name, value in settings.items():
        pg.write(f"{role} SET {name} TO '{value}'")
    yield
    pg.write(f"{role} RESET ALL")


@pytest.mark.usefixtures("elsewhere")
def test_the_settings_of_a_role_change_no_value_and_no_filter(
    pg: Database, connector_on: Connect, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (at timestamptz, since interval, day date)")
    row = "'2024-01-01 10:00+00', '1 mon -2 days 03:04:05', '2024-02-01'"
    pg.write(f"INSERT INTO {t} VALUES ({row})")
    connector = connector_on()
    expected = [(datetime(2024, 1, 1, 10, tzinfo=UTC), "1 mon -2 days +03:04:05", date(2024, 2, 1))]
    for value in ("2024-01-01T10:00:00", datetime(2024, 1, 1, 10), "2024-01-01T11:00:00+01:00"):
        assert read(connector, filters=(Filter("at", "=", value),)).rows() == expected
