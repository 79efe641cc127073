"""A real PostgreSQL through psqlODBC: its types value by value, its catalogue, its moments."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import (
    AccessDenied,
    ErpError,
    InvalidQuery,
    TableNotFound,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.odbc.batches import BATCH_BYTES, Limits, Request, batches
from erp_resources.odbc.dialect import Statement
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources.odbc.conftest import Connect
from tests.erp_resources.postgresql import READER, Database


@pytest.fixture
def t(pg: Database) -> str:
    """The name of a table that a test may create."""
    pg.write("DROP TABLE IF EXISTS t CASCADE")
    return "t"


def query(connector: OdbcConnector, table: str = "t", **options: Any) -> TableQuery:
    return TableQuery(connector.describe("public", table), **options)


def read(connector: OdbcConnector, table: str = "t", **options: Any) -> pl.DataFrame:
    return connector.scan(query(connector, table, **options)).collect()


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
        ("numeric", "1.25", Decimal("1.25"), pl.Decimal(38, 2)),
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
        (
            "timestamptz",
            "'2024-01-01 10:00+00'",
            datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            1,
        ),
        ("integer", "5", 5, 1),
        ("integer", "5", Decimal("5.5"), 0),
        ("double precision", "0.1", 0.1, 1),
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


def test_a_column_whose_type_changed_since_the_catalogue_is_refused(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    old = query(connector)
    pg.write(f"ALTER TABLE {t} ALTER x TYPE bigint")
    pg.write(f"INSERT INTO {t} VALUES (123456789012)")
    with pytest.raises(ValueDoesNotFit, match=r"x is now int64.*int32.*catalog refresh"):
        connector.scan(old).collect()


def test_wide_declarations_do_not_swell_the_buffers(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    columns = ", ".join(f"x{number} varchar(4000)" for number in range(5))
    pg.write(f"CREATE TABLE {t} ({columns})")
    pg.write(f"INSERT INTO {t} SELECT 'a' FROM generate_series(1, 5000)")
    text = f"SELECT * FROM {t}"
    request = Request(Statement(text), lambda described: described, 10.0, limits=Limits(4000))
    with connector.pool.connection() as session:
        heights = [batch.num_rows for batch in batches(session, request)]
    assert sum(heights) == 5000
    assert max(heights) * 5 * 2 * 4000 <= BATCH_BYTES
    assert read(connector).height == 5000


def test_rows_keep_their_order_over_many_batches(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer, s text)")
    pg.write(f"INSERT INTO {t} SELECT i, repeat('z', i % 50) FROM generate_series(1, 45000) i")
    frame = read(connector)
    assert frame["x"].to_list() == list(range(1, 45001))
    assert frame["s"].str.len_chars().to_list() == [i % 50 for i in range(1, 45001)]


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


def test_an_error_that_somebody_keeps_holds_no_lock(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    pg.write(f"INSERT INTO {t} VALUES (1), (0)")
    kept = []
    for expression in ("1 / x", "CAST(x AS bigint)"):
        request = Request(Statement(f"SELECT {expression} AS x FROM {t}"), refuse_bigints, 10.0)
        with connector.pool.connection() as session, pytest.raises(ErpError) as raised:
            list(batches(session, request))
        kept.append(raised)
    pg.write("SET lock_timeout = 5000")
    pg.write(f"DROP TABLE {t}")
    assert [error.type for error in kept] == [InvalidQuery, ValueDoesNotFit]


def refuse_bigints(described: pa.Schema) -> pa.Schema:
    if described.field(0).type == pa.int64():
        raise ValueDoesNotFit("too big")
    return described


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


@pytest.mark.parametrize("dialect", ["standard"])
def test_a_database_without_a_dialect_is_read_by_the_standard(
    pg: Database, connector_on: Connect, t: str, dialect: str
) -> None:
    pg.write(
        f"CREATE TABLE {t} (id integer PRIMARY KEY, a numeric(15,2), s varchar(9), at timestamp)"
    )
    pg.write(f"INSERT INTO {t} VALUES (1, 1.25, 'Ä', '2024-02-29 12:00:00.5')")
    connector = connector_on(dialect=dialect)
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


def test_arrow_odbc_itself_still_squeezes_what_we_refuse(
    connector: OdbcConnector,
) -> None:
    """Why ``expect_fit`` exists: should this change one day, it can go."""
    narrow = lambda described: pa.schema([("x", pa.int32())])  # noqa: E731, ARG005
    request = Request(Statement("SELECT CAST(123456789012 AS bigint) AS x"), narrow, 10.0)
    with connector.pool.connection() as session:
        (batch,) = batches(session, request)
    assert batch.to_pydict() == {"x": [-1097262572]}
