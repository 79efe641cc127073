"""SQLite through its ODBC driver: declared types are held to, whatever the file holds."""

import contextlib
import math
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from erp_resources.connector import Filter, ReadPoint, Scalar, TableQuery
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
        ("DOUBLE", -1.1545580616824966e232, -1.1545580616824966e232),
        ("DECIMAL(20,2)", 1e16, Decimal("1e16")),
        ("DECIMAL(15,5)", 0.00001, Decimal("0.00001")),
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
        ("DECIMAL(38,2)", 1e37),
        ("DECIMAL(38,2)", 1e300),
        ("TEXT", b"bytes"),
        ("TEXT", "cut\0off"),
        ("VARCHAR(20)", "\0"),
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


@pytest.mark.parametrize(
    ("declared", "stored", "value"),
    [
        ("DATE", "2024-02-29", date(2024, 2, 29)),
        ("DATE", "2024-02-29", datetime(2024, 2, 29)),
        ("DATE", "2024-02-29", "2024-02-29T00:00:00"),
        ("DATETIME", "2024-02-29 00:00:00", date(2024, 2, 29)),
        ("DATETIME", "2024-02-29 12:30:00", "2024-02-29T12:30"),
        ("DATETIME", "2024-02-29 12:30:00", datetime(2024, 2, 29, 12, 30)),
        ("TIMESTAMP", "2024-02-29 12:30:00.000001", "2024-02-29 12:30:00.000001"),
        ("BOOLEAN", 1, True),
        ("INTEGER", 5, Decimal("5.0")),
        ("REAL", 0.1, 0.1),
    ],
)
def test_a_filter_finds_a_value_however_it_is_written(
    connector: OdbcConnector, write: Write, declared: str, stored: object, value: Scalar
) -> None:
    write(f"CREATE TABLE t (id INTEGER, x {declared})")
    write("INSERT INTO t VALUES (1, ?), (2, NULL)", stored)
    assert values(connector, columns=("id",), filters=(Filter("x", "=", value),)) == [{"id": 1}]
    assert values(connector, columns=("id",), filters=(Filter("x", "<>", value),)) == []


def test_a_time_of_day_finds_no_day(connector: OdbcConnector, write: Write) -> None:
    write("CREATE TABLE t (x DATE)")
    write("INSERT INTO t VALUES ('2024-02-29')")
    noon = datetime(2024, 2, 29, 12)
    assert values(connector, filters=(Filter("x", "=", noon),)) == []
    assert values(connector, filters=(Filter("x", "<", noon),)) == [{"x": date(2024, 2, 29)}]


@pytest.mark.parametrize(
    ("declared", "value", "said"),
    [
        ("INTEGER", "five", "'five' is no number"),
        ("DECIMAL(15,2)", math.nan, "nan is no number"),
        ("REAL", math.inf, "inf is no number"),
        ("DATE", "31.12.2024", "'31.12.2024' is no date"),
        ("DATETIME", "now", "'now' is no date"),
        ("DATETIME", datetime(2024, 1, 1, tzinfo=UTC), "has a time zone and a DATETIME has none"),
        ("DATE", "2024-01-01T00:00:00Z", "has a time zone and a DATE has none"),
        ("BLOB", "x", "a BLOB is compared with nothing; filter on another column"),
    ],
)
def test_a_value_that_no_row_can_hold_is_refused_before_anything_is_sent(
    connector: OdbcConnector, write: Write, declared: str, value: Scalar, said: str
) -> None:
    write(f"CREATE TABLE t (x {declared})")
    with pytest.raises(InvalidQuery, match=rf"^lite: filter on 'x': .*{said}"):
        values(connector, filters=(Filter("x", "=", value),))


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
