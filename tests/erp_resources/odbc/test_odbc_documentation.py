"""The type tables of docs/odbc.md are what the dialects do."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from erp_resources.connector import Column
from erp_resources.odbc import postgresql, standard
from erp_resources.odbc.postgresql import PostgresDialect
from erp_resources.odbc.sqlite import SqliteDialect
from erp_resources.odbc.standard import Declared, StandardDialect

DIALECTS: Mapping[str, StandardDialect] = {
    "PostgreSQL": PostgresDialect(),
    "SQLite": SqliteDialect(),
    "ODBC": StandardDialect(),
}
"""Each dialect by the head of its table."""
SCALE = 7
"""Decimals that were found in a number without a precision."""
_ROW = re.compile(r"\| `(?P<spelling>[^`]+)` \| (?P<landed>[^|]+) \| (?P<remark>[^|]*)\|")


def documented() -> list[tuple[str, str, str]]:
    """Product, spelling and landed type of each row of each table."""
    text = (Path(__file__).parents[3] / "docs" / "odbc.md").read_text()
    rows = []
    for product in DIALECTS:
        _, _, behind = text.partition(f"\n| {product} | in the lake (Arrow) | remark |\n")
        table, _, _ = behind.partition("\n\n")
        found = _ROW.finditer(table)
        rows += [(product, row["spelling"], row["landed"].strip()) for row in found]
    return rows


DOCUMENTED = documented()


@pytest.mark.parametrize(("product", "spelling", "landed"), DOCUMENTED, ids=str)
def test_the_documented_mapping_is_the_one_in_the_code(
    product: str, spelling: str, landed: str
) -> None:
    (column,) = DIALECTS[product].fetched(Column("C", spelling, scale=SCALE))
    assert str(column.landed) == landed.replace("(38, s)", f"(38, {SCALE})")


def bases(product: str) -> set[str]:
    return {
        Declared.of(Column("C", spelling)).base
        for name, spelling, _ in DOCUMENTED
        if name == product
    }


def test_every_type_that_the_standard_dialect_reads_is_documented() -> None:
    binary = {"BINARY", "VARBINARY", "LONGVARBINARY"}
    known = {*standard._AS_IT_IS, *standard._TEXT, *standard._LONG_TEXT, *standard._NUMBERS}
    assert bases("ODBC") == known | binary | {"TIMESTAMP"}


def test_every_type_that_is_read_of_postgresql_is_documented() -> None:
    known = {*postgresql._EXACT, *postgresql._FLOATS, *postgresql._TIMES, *postgresql._SHORT_TEXT}
    known |= {*postgresql._BOUNDED_TEXT, *postgresql._LONG_TEXT, "boolean", "bytea"}
    assert bases("PostgreSQL") == known | {"integer[]", "enum mood"}


def test_every_class_that_sqlite_knows_is_documented() -> None:
    landed = {arrow for product, _, arrow in DOCUMENTED if product == "SQLite"}
    assert landed == {
        "int64",
        "string",
        "binary",
        "double",
        "bool",
        "timestamp[us]",
        "date32[day]",
        "decimal128(15, 2)",
    }
