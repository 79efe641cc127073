"""SQL Server's types, one by one: what is selected, asked for and landed."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from erp_resources.connector import Column
from erp_resources.errors import InvalidQuery, UnsupportedType
from erp_resources.sqlserver.dialect import SqlServerDialect
from erp_resources.sqlserver.types import fetched, quoted

US, TEXT, BYTES = pa.timestamp("us"), pa.large_string(), pa.large_binary()
AS_THEY_ARE = [
    ("bit", pa.bool_()),
    ("tinyint", pa.int16()),
    ("smallint", pa.int16()),
    ("int", pa.int32()),
    ("bigint", pa.int64()),
    ("decimal", pa.decimal128(18, 0)),
    ("decimal(28,12)", pa.decimal128(28, 12)),
    ("numeric(38,37)", pa.decimal128(38, 37)),
    ("money", pa.decimal128(19, 4)),
    ("smallmoney", pa.decimal128(10, 4)),
    ("float", pa.float64()),
    ("float(53)", pa.float64()),
    ("float(24)", pa.float32()),
    ("real", pa.float32()),
    ("char(5)", TEXT),
    ("varchar(8000)", TEXT),
    ("nchar(5)", TEXT),
    ("nvarchar(4000)", TEXT),
    ("binary(16)", BYTES),
    ("varbinary(16)", BYTES),
    ("timestamp", BYTES),
    ("date", pa.date32()),
    ("smalldatetime", US),
    ("datetime", US),
    ("datetime2(0)", US),
    ("datetime2(6)", US),
]
CONVERTED = [
    ("decimal(5,5)", "CONVERT(varchar(9), [C])", pa.decimal128(5, 5), None),
    ("text", "CAST([C] AS varchar(max))", TEXT, "text"),
    ("ntext", "CAST([C] AS nvarchar(max))", TEXT, "text"),
    ("xml", "CAST([C] AS nvarchar(max))", TEXT, "text"),
    ("varchar(max)", "[C]", TEXT, "text"),
    ("nvarchar(max)", "[C]", TEXT, "text"),
    ("varbinary(max)", "[C]", BYTES, "binary"),
    ("image", "CAST([C] AS varbinary(max))", BYTES, "binary"),
    ("time(3)", "CONVERT(varchar(16), [C], 121)", TEXT, None),
    ("uniqueidentifier", "CONVERT(char(36), [C])", TEXT, None),
    ("hierarchyid", "[C].ToString()", TEXT, "text"),
]


@pytest.mark.parametrize(("spelling", "arrow"), AS_THEY_ARE, ids=[row[0] for row in AS_THEY_ARE])
def test_a_type_with_an_exact_counterpart_is_read_as_it_is(
    spelling: str, arrow: pa.DataType
) -> None:
    (column,) = fetched(Column("C", spelling))
    assert (column.name, column.expression, column.unbounded) == ("C", "[C]", None)
    assert column.landed == arrow


@pytest.mark.parametrize(
    ("spelling", "sql", "arrow", "unbounded"), CONVERTED, ids=[row[0] for row in CONVERTED]
)
def test_a_type_that_a_driver_would_cut_is_converted_by_the_server(
    spelling: str, sql: str, arrow: pa.DataType, unbounded: str | None
) -> None:
    (column,) = fetched(Column("C", spelling))
    assert (column.expression, column.landed, column.unbounded) == (sql, arrow, unbounded)


@pytest.mark.parametrize(("spelling", "_"), AS_THEY_ARE, ids=[row[0] for row in AS_THEY_ARE])
def test_the_wire_types_are_those_that_arrow_odbc_knows(spelling: str, _: pa.DataType) -> None:
    (column,) = fetched(Column("C", spelling))
    assert column.wire not in (TEXT, BYTES)


@pytest.mark.parametrize("spelling", ["datetime2(7)", "datetime2"])
def test_the_seventh_digit_of_a_datetime2_has_a_column_of_its_own(spelling: str) -> None:
    moment, seventh = fetched(Column("C", spelling))
    assert (moment.expression, moment.landed) == ("[C]", US)
    assert (seventh.name, seventh.landed) == ("C__100NS", pa.int8())
    assert "DATEPART(nanosecond, [C])" in seventh.expression


def test_a_datetimeoffset_lands_as_its_instant_and_its_offset() -> None:
    instant, offset = fetched(Column("C", "datetimeoffset(3)"))
    assert instant.expression == "CAST(SWITCHOFFSET([C], '+00:00') AS datetime2(3))"
    assert instant.landed == pa.timestamp("us", "UTC")
    assert (offset.name, offset.landed) == ("C__OFFSET", pa.int16())


def test_a_datetimeoffset_of_seven_digits_has_two_companions() -> None:
    names = [column.name for column in fetched(Column("C", "datetimeoffset(7)"))]
    assert names == ["C", "C__OFFSET", "C__100NS"]


@pytest.mark.parametrize(
    "spelling",
    ["sql_variant", "geometry", "geography", "CLR type Point", "cursor", "vector(3)", "json", ""],
)
def test_a_type_without_exact_counterpart_is_refused_with_the_remedy(spelling: str) -> None:
    with pytest.raises(UnsupportedType, match=r"'C'.*`columns`"):
        fetched(Column("C", spelling))


HOSTILE = [
    "A B",
    "Ä",
    "東京",
    "a'; DROP TABLE x --",
    "SELECT",
    'a"b',
    "a[b",
    "{}",
    "?",
    "a\nb",
    ".",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_quoted_whatever_it_holds(name: str) -> None:
    assert quoted(name) == f"[{name}]"
    (column,) = fetched(Column(name, "ntext"))
    assert column.expression == f"CAST([{name}] AS nvarchar(max))"


def test_a_closing_bracket_in_a_name_is_doubled() -> None:
    assert quoted("a]]; DROP TABLE b --") == "[a]]]]; DROP TABLE b --]"


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 129, "😀" * 65])
def test_a_name_that_sql_server_does_not_allow_is_refused(name: str) -> None:
    with pytest.raises(InvalidQuery, match="not a name"):
        quoted(name)


@pytest.mark.parametrize(
    ("spelling", "widest"),
    [("int", "38,0"), ("money", "38,4"), ("decimal(28,12)", "38,12"), ("numeric", "38,0")],
)
def test_a_sum_is_exact_and_comes_as_text(spelling: str, widest: str) -> None:
    sql = SqlServerDialect().total(Column("a]b", spelling))
    assert sql == f"CONVERT(varchar(50), SUM(CAST([a]]b] AS decimal({widest}))))"


@pytest.mark.parametrize("spelling", ["float", "real", "nvarchar(10)", "bit", "datetime"])
def test_what_has_no_exact_sum_is_not_summed(spelling: str) -> None:
    with pytest.raises(InvalidQuery, match="no exact sum"):
        SqlServerDialect().total(Column("C", spelling))


def test_sizes_are_asked_for_in_the_units_of_the_buffers() -> None:
    (text,), (binary,) = fetched(Column("C", "xml")), fetched(Column("C", "image"))
    longest = SqlServerDialect().longest
    assert longest(text) == "MAX(DATALENGTH(CAST(CAST([C] AS nvarchar(max)) AS nvarchar(max)))) / 2"
    assert longest(binary) == "MAX(DATALENGTH(CAST([C] AS varbinary(max))))"


DOCUMENTED = [
    [re.findall(r"`(.*?)`", line.split("|")[1])[0], line.split("|")[2].strip()]
    for line in (Path(__file__).parents[3] / "docs" / "sqlserver.md").read_text().splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize(("spelling", "cell"), DOCUMENTED, ids=[row[0] for row in DOCUMENTED])
def test_the_documented_mapping_is_the_one_in_the_code(spelling: str, cell: str) -> None:
    parts = fetched(Column("C", spelling))
    landed = [f"`{part.name}` {part.landed}" for part in parts[1:]]
    assert cell == " and ".join([str(parts[0].landed), *landed]).replace("`C__", "`…__")


def test_every_type_that_is_read_is_documented() -> None:
    from erp_resources.sqlserver import types

    bases = {row[0].partition("(")[0] for row in DOCUMENTED}
    known = {*types._AS_IT_IS, *types._EXACT_NUMBERS, *types._DECIMALS, *types._TEXT}
    assert bases == known | {*types._BYTES, "float", "real", "datetime2", "datetimeoffset"}
