"""A real PostgreSQL through psqlODBC: its types value by value, its catalogue."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from erp_resources.connector import Filter
from erp_resources.errors import (
    AccessDenied,
    InvalidQuery,
    TableNotFound,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources.odbc.conftest import query, read
from tests.erp_resources.postgresql import READER, Database


@pytest.mark.parametrize(
    ("declared", "literal", "expected", "landed"),
    [
        ("smallint", "-32768", -32768, pl.Int16),
        ("integer", "2147483647", 2147483647, pl.Int32),
        ("bigint", "-9223372036854775808", -(2**63), pl.Int64),
        ("boolean", "true", True, pl.Boolean),
        ("real", "1.1", 1.100000023841858, pl.Float32),
        ("double precision", "1.123456789012345", 1.123456789012345, pl.Float64),
        ("double precision", "5e-324", 5e-324, pl.Float64),
        ("double precision", "'-Infinity'", -math.inf, pl.Float64),
        ("numeric(18,0)", "999999999999999999", 999999999999999999, pl.Int64),
        ("numeric(18,4)", "-99999999999999.9999", Decimal("-99999999999999.9999"), None),
        ("numeric(38,38)", f"0.{'9' * 38}", Decimal(f"0.{'9' * 38}"), pl.Decimal(38, 38)),
        ("numeric(60,2)", "12345.67", Decimal("12345.67"), pl.Decimal(38, 2)),
        ("numeric(3,3)", "0", Decimal("0.000"), pl.Decimal(3, 3)),
        ("numeric(3,3)", "-0.999", Decimal("-0.999"), pl.Decimal(3, 3)),
        ("numeric(3,5)", "-0.00999", Decimal("-0.00999"), pl.Decimal(5, 5)),
        ("numeric(5,-2)", "-9999949", -9999900, pl.Int64),
        ("numeric(20,-2)", f"{'9' * 20}00", Decimal(f"{'9' * 20}00"), pl.Decimal(22, 0)),
        ("numeric", "1.25", Decimal("1.25"), pl.Decimal(38, 2)),
        ("numeric", f"-0.{'9' * 38}", Decimal(f"-0.{'9' * 38}"), pl.Decimal(38, 38)),
        ("numeric", "-1e37", Decimal("-1e37"), pl.Decimal(38, 0)),
        ("date", "'0001-01-01'", date(1, 1, 1), pl.Date),
        ("date", "'9999-12-31'", date(9999, 12, 31), pl.Date),
        ("timestamp", "'0001-01-01'", datetime(1, 1, 1), pl.Datetime("us")),
        (
            "timestamp(3)",
            "'9999-12-31 23:59:59.999'",
            datetime(9999, 12, 31, 23, 59, 59, 999000),
            pl.Datetime("us"),
        ),
        (
            "timestamptz",
            "'2024-03-31 02:59:59.123456+05:30'",
            datetime(2024, 3, 30, 21, 29, 59, 123456, tzinfo=UTC),
            pl.Datetime("us", "UTC"),
        ),
        ("time", "'12:34:56.789012'", "12:34:56.789012", pl.String),
        ("timetz", "'12:34:56.789012+05:30:15'", "12:34:56.789012+05:30:15", pl.String),
        ("interval", "'1 mon -2 days 03:04:05.6'", "1 mon -2 days +03:04:05.6", pl.String),
        ("text", "'Ünïcödé 東京 😀'", "Ünïcödé 東京 😀", pl.String),
        ("text", "''", "", pl.String),
        ("varchar(3)", "'😀😀😀'", "😀😀😀", pl.String),
        ("varchar", "repeat('ä😀', 20000)", "ä😀" * 20000, pl.String),
        ("char(4)", "'ab'", "ab  ", pl.String),
        ("name", "'pg_class'", "pg_class", pl.String),
        (
            "uuid",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            pl.String,
        ),
        ("jsonb", """'{"a": [1, "ä"]}'""", '{"a": [1, "ä"]}', pl.String),
        ("json", """'{"a":1}'""", '{"a":1}', pl.String),
        ("xml", "'<a/>'", "<a/>", pl.String),
        ("inet", "'10.0.0.1/8'", "10.0.0.1/8", pl.String),
        ("integer[]", "'{1,NULL,3}'", "{1,NULL,3}", pl.String),
        ("bytea", "decode(repeat('00ff', 150000), 'hex')", b"\0\xff" * 150000, pl.Binary),
    ],
)
def test_a_value_arrives_exactly_and_so_does_its_absence(  # noqa: PLR0913, PLR0917 - one a column
    pg: Database,
    connector: OdbcConnector,
    t: str,
    declared: str,
    literal: str,
    expected: object,
    landed: pl.DataType | None,
) -> None:
    pg.write(f"CREATE TABLE {t} (x {declared})")
    pg.write(f"INSERT INTO {t} VALUES ({literal}), (NULL)")
    column = read(connector)["x"]
    assert column.to_list() == [expected, None]
    assert landed is None or column.dtype == landed


@pytest.mark.parametrize(
    ("declared", "literal"),
    [
        ("numeric(15,2)", "'NaN'"),
        ("numeric", "'Infinity'"),
        ("numeric", "1e38"),
        ("numeric", "1e39"),
        ("numeric", "1e300"),
        ("numeric(60,2)", "1e57"),
        ("numeric(300,0)", "1e299"),
        ("numeric(3,3)", "'NaN'"),
        ("date", "'infinity'"),
        ("date", "'0044-03-15 BC'"),
        ("date", "'10000-01-01'"),
        ("timestamp", "'-infinity'"),
        ("timestamp", "'0044-03-15 12:00:00 BC'"),
        ("timestamptz", "'infinity'"),
    ],
)
def test_what_the_lake_cannot_hold_is_refused_with_its_key(
    pg: Database, connector: OdbcConnector, t: str, declared: str, literal: str
) -> None:
    pg.write(f"CREATE TABLE {t} (id integer PRIMARY KEY, x {declared})")
    pg.write(f"INSERT INTO {t} VALUES (7, NULL), (8, {literal})")
    with pytest.raises(ValueDoesNotFit, match=r"^pg: public\.t\.x holds .* where \{'id': 8\}"):
        read(connector)


def test_a_number_of_hundreds_of_digits_is_shown_by_its_first(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (id integer PRIMARY KEY, x numeric)")
    pg.write(f"INSERT INTO {t} VALUES (7, 1.5)")
    known = query(connector)
    for unfit in ("1e300", "1e-300", f"1.5{'0' * 200}1"):
        pg.write(f"DELETE FROM {t} WHERE id = 8")
        pg.write(f"INSERT INTO {t} VALUES (8, {unfit})")
        with pytest.raises(ValueDoesNotFit, match=r"x holds [\d.]{96}\.\.\. where \{'id': 8\}"):
            connector.scan(known).collect()


@pytest.mark.parametrize("declared", ["numeric(50,39)", "numeric"])
def test_more_decimals_than_the_lake_has_are_refused(
    pg: Database, connector: OdbcConnector, t: str, declared: str
) -> None:
    pg.write(f"CREATE TABLE {t} (id integer, x {declared})")
    pg.write(f"INSERT INTO {t} VALUES (1, 0.{'1' * 39})")
    with pytest.raises(
        UnsupportedType, match=r"^pg: column 'x' .* with 39 decimals, .*leave it out"
    ):
        read(connector)
    assert read(connector, columns=("id",)).height == 1


@pytest.mark.parametrize("declared", ["money", "point", "int4range", "lsn_pair"])
def test_a_type_that_no_mapping_knows_is_refused_with_a_remedy(
    pg: Database, connector: OdbcConnector, t: str, declared: str
) -> None:
    pg.write("DROP TYPE IF EXISTS lsn_pair")
    pg.write("CREATE TYPE lsn_pair AS (a integer, b integer)")
    pg.write(f"CREATE TABLE {t} (id integer, x {declared})")
    with pytest.raises(UnsupportedType, match=r"^pg: column 'x' .*leave it out"):
        read(connector)
    assert read(connector, columns=("id",)).height == 0


def test_domains_are_their_base_types_and_enumerations_text(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write("DROP DOMAIN IF EXISTS amount; DROP TYPE IF EXISTS mood")
    pg.write("CREATE DOMAIN amount AS numeric(9,3)")
    pg.write("CREATE TYPE mood AS ENUM ('good', 'bad')")
    pg.write(f"CREATE TABLE {t} (a amount, m mood)")
    pg.write(f"INSERT INTO {t} VALUES (1.5, 'bad')")
    frame = read(connector, filters=(Filter("m", "=", "bad"),))
    assert frame.schema == {"a": pl.Decimal(9, 3), "m": pl.String}
    assert frame.rows() == [(Decimal("1.500"), "bad")]


@pytest.mark.parametrize("name", ["Ärger 東京", "x😀y", 'q"[]; DROP TABLE t; --', "back\\slash Ä"])
def test_any_name_is_quoted_and_never_pasted(
    pg: Database, connector: OdbcConnector, name: str
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    pg.write(f"CREATE TABLE {quoted} ({quoted} integer)")
    pg.write(f"INSERT INTO {quoted} VALUES (5), (6)")
    found = read(connector, name, filters=(Filter(name, "=", 5),))
    assert found.to_dicts() == [{name: 5}]
    assert name in connector.list_tables("public")


def test_a_column_whose_type_changed_since_the_catalogue_is_refused(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    old = query(connector)
    pg.write(f"ALTER TABLE {t} ALTER x TYPE bigint")
    pg.write(f"INSERT INTO {t} VALUES (123456789012)")
    with pytest.raises(ValueDoesNotFit, match=r"x is now int64.*int32.*catalog refresh"):
        connector.scan(old).collect()


def test_the_catalogue_tells_keys_references_sizes_and_texts(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write("DROP TABLE IF EXISTS parent CASCADE")
    pg.write("CREATE TABLE parent (a integer, b integer, PRIMARY KEY (b, a))")
    pg.write(
        f"CREATE TABLE {t} (x integer NOT NULL, y integer, z timestamp(3) with time zone,"
        " FOREIGN KEY (y, x) REFERENCES parent (b, a))"
    )
    pg.write(f"COMMENT ON COLUMN {t}.x IS 'the x'")
    parent, child = connector.describe("public", "parent"), connector.describe("public", t)
    assert parent.primary_key == ("b", "a")
    assert parent.rows is None, "never analyzed"
    (key,) = child.foreign_keys
    assert (key.columns, key.schema, key.table, key.referred) == (
        ("y", "x"),
        "public",
        "parent",
        ("b", "a"),
    )
    assert [column.type for column in child.columns] == [
        "integer",
        "integer",
        "timestamp(3) with time zone",
    ]
    assert child.column("x").comment == "the x"
    assert not child.column("x").nullable


def test_of_two_tables_the_forbidden_one_fails_and_the_other_lands(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    pg.write("DROP TABLE IF EXISTS secret")
    pg.write("CREATE TABLE secret (x integer)")
    known = query(connector, "secret")
    pg.write(f"REVOKE SELECT ON secret FROM {READER}")
    with pytest.raises(TableNotFound, match=r"public\.secret.*GRANT SELECT"):
        connector.describe("public", "secret")
    with pytest.raises(AccessDenied, match=r"public\.secret"):
        connector.scan(known).collect()
    assert read(connector).height == 0


def test_sums_are_exact_beyond_a_doubles_digits(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (n numeric(38,10), b bigint, d double precision)")
    pg.write(
        f"INSERT INTO {t} SELECT 12345678901234567890.0000000001, 9223372036854775807, 1"
        " FROM generate_series(1, 3)"
    )
    totals = connector.control_totals(query(connector), sums=["n", "b"])
    assert totals.sums["n"] == Decimal("37037036703703703670.0000000003")
    assert totals.sums["b"] == 3 * (2**63 - 1)
    with pytest.raises(InvalidQuery, match="has no exact sum"):
        connector.control_totals(query(connector), sums=["d"])
