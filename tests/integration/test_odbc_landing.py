"""Every type of a wide table, from a real database through the committed catalogue into Delta."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from erp_assets.components import catalog
from erp_assets.components.raw_asset import RawTable
from erp_resources.connector import TableSchema
from erp_resources.odbc import OdbcResource
from tests.erp_resources import postgresql
from tests.erp_resources.subjects import require_driver
from tests.faults.load_lake import Lake, materialization

D, T = Decimal, datetime
GUID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
Values = Mapping[str, tuple[str, str, Any]]
"""Each column: its type, the literal of its value in SQL, and that value in the lake."""
POSTGRESQL: Values = {
    "smallint": ("smallint", "-32768", -(2**15)),
    "integer": ("integer", "2147483647", 2**31 - 1),
    "bigint": ("bigint", "-9223372036854775808", -(2**63)),
    "whole": ("numeric(18,0)", "999999999999999999", 10**18 - 1),
    "amount": ("numeric(15,2)", "-9999999999999.99", D("-9999999999999.99")),
    "widest": ("numeric(38,10)", f"{'9' * 28}.{'9' * 10}", D(f"{'9' * 28}.{'9' * 10}")),
    "open_ended": ("numeric", "1.23456", D("1.23456")),
    "real": ("real", "0.5", 0.5),
    "double": ("double precision", "1.123456789012345", 1.123456789012345),
    "flag": ("boolean", "true", True),
    "day": ("date", "'0001-01-01'", date(1, 1, 1)),
    "moment": (
        "timestamp(6)",
        "'9999-12-31 23:59:59.999999'",
        T(9999, 12, 31, 23, 59, 59, 999999),
    ),
    "instant": ("timestamptz", "'2024-06-01 15:30+05:30'", T(2024, 6, 1, 10, tzinfo=UTC)),
    "time": ("time", "'23:59:59.999999'", "23:59:59.999999"),
    "interval": ("interval", "'1 mon -2 days'", "1 mon -2 days"),
    "fixed": ("char(4)", "'ab'", "ab  "),
    "bounded": ("varchar(20)", "'Ünï 東京 😀 O''Brien'", "Ünï 東京 😀 O'Brien"),
    "empty": ("varchar(20)", "''", ""),
    "long": ("text", "repeat('ä😀', 10000)", "ä😀" * 10_000),
    "uuid": ("uuid", f"'{GUID}'", GUID),
    "json": ("jsonb", """'{"a": "ä"}'""", '{"a": "ä"}'),
    "xml": ("xml", "'<a/>'", "<a/>"),
    "address": ("inet", "'10.0.0.1/8'", "10.0.0.1/8"),
    "list": ("integer[]", "'{1,NULL,3}'", "{1,NULL,3}"),
    "bytes": ("bytea", "decode(repeat('00ff', 5000), 'hex')", b"\0\xff" * 5000),
    'Größe "m²"; --': ("integer", "7", 7),
}
SQLITE: Values = {
    "integer": ("INTEGER", "-9223372036854775807", -(2**63) + 1),
    "big": ("BIGINT", "9007199254740993", 2**53 + 1),
    "whole": ("NUMERIC(10)", "-9999999999", -9_999_999_999),
    "amount": ("DECIMAL(15,2)", "1234567890123.25", D("1234567890123.25")),
    "real": ("REAL", "0.1", 0.1),
    "double": ("DOUBLE", "1e300", 1e300),
    "flag": ("BOOLEAN", "1", True),
    "day": ("DATE", "'9999-12-31'", date(9999, 12, 31)),
    "moment": (
        "DATETIME",
        "'2024-02-29 23:59:59.999999'",
        T(2024, 2, 29, 23, 59, 59, 999999),
    ),
    "stamp": ("TIMESTAMP", "'0001-01-01 00:00:00'", T(1, 1, 1)),
    "fixed": ("CHAR(4)", "'ab  '", "ab  "),
    "bounded": ("VARCHAR(20)", "'Ünï 東京 😀 O''Brien'", "Ünï 東京 😀 O'Brien"),
    "empty": ("VARCHAR(20)", "''", ""),
    "long": ("TEXT", f"'{'ä😀' * 10_000}'", "ä😀" * 10_000),
    "bytes": ("BLOB", "x'00ff00'", b"\0\xff\0"),
    'Größe "m²"; --': ("INT", "7", 7),
}
SUMMED = {"integer", "whole", "amount"}
"""Columns that the source sums too."""


@dataclass(frozen=True)
class Origin:
    """A database with the table ``wide``, of the values once and of nulls twice."""

    resource: OdbcResource
    schema: str
    values: Values


def statements(values: Values, table: str) -> list[str]:
    """What creates and fills the table; the key is 1 where the values are."""
    names = {name: '"' + name.replace('"', '""') + '"' for name in values}
    columns = ", ".join(f"{names[name]} {kind}" for name, (kind, _, _) in values.items())
    literals = ", ".join(literal for _, literal, _ in values.values())
    chosen = ", ".join(names.values())
    return [
        f"CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, {columns})",
        f"INSERT INTO {table} (id, {chosen}) VALUES (1, {literals})",
        f"INSERT INTO {table} (id) VALUES (2), (3)",
    ]


@contextlib.contextmanager
def postgres(_: Path) -> Iterator[Origin]:
    """A real PostgreSQL."""
    require_driver("PostgreSQL")
    with postgresql.database() as database:
        for statement in statements(POSTGRESQL, "wide"):
            database.write(statement)
        database.write(f"GRANT SELECT ON wide TO {postgresql.READER}")
        resource = OdbcResource(
            system="wms",
            mode="real",
            connection_string=database.connection_string,
            user=postgresql.READER,
            password=postgresql.READER_PASSWORD,
        )
        yield Origin(resource, "public", POSTGRESQL)


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Origin]:
    """A file of SQLite."""
    require_driver("SQLite")
    with contextlib.closing(sqlite3.connect(folder / "wide.db")) as file, file:
        for statement in statements(SQLITE, "wide"):
            file.execute(statement)
    database = f"Driver={{SQLite3}};Database={folder / 'wide.db'}"
    yield Origin(
        OdbcResource(system="wms", mode="real", connection_string=database), "main", SQLITE
    )


@pytest.fixture(params=[postgres, sqlite], ids=["postgresql", "sqlite"])
def origin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Origin]:
    """Each database in its turn."""
    with request.param(tmp_path) as running:
        yield running


def refreshed(origin: Origin, folder: Path) -> TableSchema:
    """The table as ``erp catalog refresh`` writes it and a declaration below finds it."""
    with origin.resource.connector() as connector:
        assert connector.list_tables(origin.schema) == ["wide"]
        described = connector.describe(origin.schema, "wide")
    catalog.write(folder / catalog.CATALOG, [described])
    (folder / "area").mkdir()
    found = catalog.look_up(folder / "area", "wms", origin.schema, "wide")
    assert found == described
    return found


def test_every_type_lands_as_it_is_and_passes_the_check(origin: Origin, tmp_path: Path) -> None:
    source = refreshed(origin, tmp_path)
    assert source.primary_key == ("id",)
    totals = tuple(column.name for column in source.columns if column.name in SUMMED)
    asset = RawTable("wms", source, "Wide; one row per test.", ("id",), totals=totals)
    lake = Lake(tmp_path / "lake", asset)
    result = lake.load(origin.resource)
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert check.passed
    assert {f"sum_{name}" for name in totals} <= set(check.metadata)
    values = {name: value for name, (_, _, value) in origin.values.items()}
    full, *empty = lake.rows().to_dicts()
    assert full == {"id": 1, **values}
    assert empty == [{"id": key, **dict.fromkeys(values)} for key in (2, 3)]
    assert materialization(result)["read_point"].value.startswith("snapshot ")


def test_the_catalogue_is_one_that_reads_well_in_a_diff(origin: Origin, tmp_path: Path) -> None:
    source = refreshed(origin, tmp_path)
    text = (tmp_path / catalog.CATALOG).read_text()
    lines = [line.strip().rstrip(",") for line in text.splitlines() if line.startswith(" " * 6)]
    assert [json.loads(line)["name"] for line in lines] == [
        column.name for column in source.columns
    ]
