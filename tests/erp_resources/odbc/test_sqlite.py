"""SQLite through its ODBC driver: declared types are held to, whatever the file holds."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from erp_resources.connector import Filter, ReadPoint, TableQuery
from erp_resources.errors import InvalidQuery, SettingsError, SourceBusy, ValueDoesNotFit
from erp_resources.odbc import OdbcResource
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources.subjects import require_driver

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Runs a statement on the file, by Python's own driver."""

    def run(statement: str, *values: object) -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as file, file:
            file.execute(statement, values)

    return run


@pytest.fixture
def connector(tmp_path: Path) -> Iterator[OdbcConnector]:
    require_driver("SQLite")
    database = f"Driver={{SQLite3}};Database={tmp_path / 'a.db'};Timeout=100"
    resource = OdbcResource(system="lite", mode="real", connection_string=database)
    with resource.connector() as connector:
        yield connector


def values(
    connector: OdbcConnector, table: str = "t", **options: object
) -> list[dict[str, object]]:
    query = TableQuery(connector.describe("main", table), **options)  # type: ignore[arg-type]
    return connector.scan(query).collect().to_dicts()


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        ("INTEGER", 9007199254740993, 9007199254740993),
        ("BIGINT", -(2**63), -(2**63)),
        ("DECIMAL(15,2)", 0.1, Decimal("0.10")),
        ("DECIMAL(15,2)", 1234567890123.25, Decimal("1234567890123.25")),
        ("NUMERIC(10)", 12, 12),
        ("REAL", 0.1, 0.1),
        ("DOUBLE", 5e-324, 5e-324),
        ("BOOLEAN", 1, True),
        ("DATE", "0001-01-01", date(1, 1, 1)),
        ("DATETIME", "9999-12-31 23:59:59.999999", datetime(9999, 12, 31, 23, 59, 59, 999999)),
        ("TEXT", "Ünïcödé 東京 😀", "Ünïcödé 東京 😀"),
        ("TEXT", "é" * 100_000, "é" * 100_000),
        ("BLOB", bytes(range(256))[:200], bytes(range(256))[:200]),
    ],
)
def test_values_arrive_exactly(
    connector: OdbcConnector, write: Write, declared: str, value: object, expected: object
) -> None:
    write(f"CREATE TABLE t (x {declared})")
    write("INSERT INTO t VALUES (?), (NULL)", value)
    assert values(connector) == [{"x": expected}, {"x": None}]


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("INTEGER", "five"),
        ("INTEGER", 1.5),
        ("DECIMAL(15,2)", 0.123),
        ("DECIMAL(15,2)", 0.1 + 0.2),
        ("DECIMAL(15,2)", "many"),
        ("REAL", "oops"),
        ("BOOLEAN", "maybe"),
        ("DATE", "31.12.2024"),
        ("DATE", 20241231),
        ("TIMESTAMP", "yesterday"),
        ("VARCHAR(3)", "longer than declared"),
        ("TEXT", b"bytes"),
        ("BLOB", "text"),
        ("BLOB", bytes(1000)),  # the driver describes every BLOB as 255 bytes
    ],
)
def test_a_value_of_another_class_is_refused_not_mangled(
    connector: OdbcConnector, write: Write, declared: str, value: object
) -> None:
    write(f"CREATE TABLE t (id INTEGER PRIMARY KEY, x {declared})")
    write("INSERT INTO t VALUES (1, NULL), (2, ?)", value)
    with pytest.raises(ValueDoesNotFit, match=r"^lite: "):
        values(connector)


def test_names_are_quoted_and_never_pasted(connector: OdbcConnector, write: Write) -> None:
    name = 'a"b]; DROP TABLE t; -- Ä 東京'
    quoted = '"' + name.replace('"', '""') + '"'
    write(f"CREATE TABLE {quoted} ({quoted} INTEGER)")
    write(f"INSERT INTO {quoted} VALUES (7)")
    assert values(connector, name, filters=(Filter(name, "=", 7),)) == [{name: 7}]


def test_a_name_that_odbc_would_garble_is_refused(connector: OdbcConnector, write: Write) -> None:
    write('CREATE TABLE "x😀" (a INTEGER)')
    with pytest.raises(InvalidQuery, match=r"😀.*through a view"):
        values(connector, "x😀")


def test_a_letter_that_the_locale_cannot_send_is_refused(
    connector: OdbcConnector, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('CREATE TABLE "Ä" (a INTEGER)')
    monkeypatch.setattr("locale.nl_langinfo", lambda _: "ANSI_X3.4-1968")
    with pytest.raises(InvalidQuery, match=r"^lite: .*set LC_ALL=C\.UTF-8"):
        values(connector, "Ä")


def test_text_in_a_parameter_keeps_every_letter(connector: OdbcConnector, write: Write) -> None:
    write("CREATE TABLE t (x TEXT)")
    write("INSERT INTO t VALUES (?), ('?')", "東京 😀")
    assert values(connector, filters=(Filter("x", "=", "東京 😀"),)) == [{"x": "東京 😀"}]


def test_sums_of_decimals_are_exact(connector: OdbcConnector, write: Write) -> None:
    write("CREATE TABLE t (x DECIMAL(12,2))")
    write(
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 10000) SELECT 0.1 FROM n"
    )
    query = TableQuery(connector.describe("main", "t"))
    assert connector.control_totals(query, sums=["x"]).sums == {"x": Decimal("1000.00")}


def test_foreign_keys_are_told(connector: OdbcConnector, write: Write) -> None:
    write("CREATE TABLE p (a INTEGER, b INTEGER, PRIMARY KEY (a, b))")
    write("CREATE TABLE t (x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES p (a, b))")
    (key,) = connector.describe("main", "t").foreign_keys
    assert (key.columns, key.table, key.referred) == (("x", "y"), "p", ("a", "b"))


def test_a_writers_lock_is_a_transient_error(
    connector: OdbcConnector, write: Write, tmp_path: Path
) -> None:
    write("CREATE TABLE t (x INTEGER)")
    query = TableQuery(connector.describe("main", "t"))
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceBusy, match="WAL"):
            connector.scan(query).collect()


def test_a_file_that_cannot_be_opened_is_a_wrong_setting() -> None:
    require_driver("SQLite")
    resource = OdbcResource(
        mode="real", connection_string="Driver={SQLite3};Database=/no/such/folder/a.db"
    )
    with resource.connector() as connector, pytest.raises(SettingsError, match="`Database`"):
        connector.connect()


def test_a_read_point_of_another_connector_is_refused(
    connector: OdbcConnector, write: Write
) -> None:
    write("CREATE TABLE t (x INTEGER)")
    query = TableQuery(connector.describe("main", "t"))
    with pytest.raises(InvalidQuery, match="not of this connector"):
        connector.control_totals(query, ReadPoint("snapshot", 1))
