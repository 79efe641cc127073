"""``SqliteDialect``: a SQLite file through the ODBC driver of Christian Werner (libsqliteodbc).

A column's type is only a wish in SQLite. Its values travel as SQLite's own text, and one of another
storage class as a text that does not parse as the declared type: it is refused, with its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from erp_resources.connector import Column, ForeignKey, Scalar, TableSchema
from erp_resources.errors import (
    InvalidQuery,
    SettingsError,
    SourceBusy,
    TableNotFound,
    ValueDoesNotFit,
)
from erp_resources.odbc.catalog import not_found
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Fetched, Snapshot
from erp_resources.odbc.filter_values import MIDNIGHT, moment_text, number_text
from erp_resources.odbc.standard import (
    Declared,
    StandardDialect,
    exact_number,
    inexact_sum,
    unsupported,
)

if TYPE_CHECKING:
    import pyodbc

LOCK_MILLISECONDS = "10000"
SNAPSHOT = Snapshot(
    kind="snapshot",
    begin=("BEGIN",),
    # The first read takes the snapshot. The version counts commits that this session has seen.
    value="SELECT data_version + 0 * (SELECT COUNT(*) FROM sqlite_master) FROM pragma_data_version",
    end=("ROLLBACK",),
)
"""Writers need a file in WAL mode to go on meanwhile; in any other they wait for us."""
FLOAT_DIGITS = 15
"""Digits of a decimal that SQLite's floats surely hold."""
WRONG_CLASS = "with a NUL or not of the declared type"

_TABLES = """
SELECT name FROM pragma_table_list
WHERE schema = ? AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY name"""
_COLUMNS = 'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1'
_FOREIGN_KEYS = """
SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?, ?) ORDER BY id, seq"""
_DIAGNOSES = {
    5: Diagnosis(SourceBusy, "the file is locked; try again later, or set it to WAL mode"),
    6: Diagnosis(SourceBusy),
    14: Diagnosis(SettingsError, "correct `Database`, the path of the file"),
    26: Diagnosis(SettingsError, "the file is no SQLite database; correct `Database`"),
}


@dataclass(frozen=True)
class SqliteDialect(StandardDialect):
    """SQLite 3.37 and later; see ``erp_resources.odbc.dialect.Dialect``."""

    name: str = "SQLite"
    snapshot: Snapshot | None = SNAPSHOT
    most_parameters: int = 32_766  # SQLITE_MAX_VARIABLE_NUMBER, unless built otherwise
    connection_attributes: Mapping[str, str] = field(
        default_factory=lambda: {"Timeout": LOCK_MILLISECONDS}
    )

    def fetched(self, column: Column) -> Sequence[Fetched]:
        """By the declared type, which SQLite itself does not hold its values to."""
        import pyarrow as pa

        name, kind = self.quoted(column.name), _kind(column)
        if kind == "text":
            return [Fetched(column.name, name, pa.string(), pa.string(), "text")]
        if kind == "binary":
            return [Fetched(column.name, name, pa.binary(), pa.binary(), "binary")]
        plain = f"CAST({name} AS TEXT)"
        classes: tuple[str, ...] = ("text",)
        if kind == "real":
            # 17 digits would do, had SQLite's printf no rounding errors of its own (3.40).
            plain, classes = f"printf('%!.20g', {name})", ("real",)
        elif kind in ("integer", "boolean"):
            classes = ("integer",)
        elif kind == "decimal":
            plain, classes = _decimal(name), ("integer", "real")
        landed = {
            "real": pa.float64(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "date": pa.date32(),
            "moment": pa.timestamp("us"),
        }.get(kind) or exact_number(column)
        return [Fetched(column.name, _of_class(name, plain, classes), pa.string(), landed)]

    def parameter(self, column: Column, value: Scalar) -> tuple[str, str]:
        """A placeholder cast to the storage class of the column."""
        kind = _kind(column)
        if kind in ("integer", "boolean", "decimal", "real"):
            return "CAST(? AS NUMERIC)", number_text(column, value)
        if kind == "moment":
            return "?", moment_text(column, value)
        if kind == "date":  # compared as text: a midnight must be spelled as the day
            return "?", moment_text(column, value).removesuffix(MIDNIGHT)
        if kind == "binary":
            raise InvalidQuery(
                f"filter on {column.name!r}: a {column.type} is compared with nothing; filter on "
                "another column"
            )
        return "?", str(value)

    def limited(self, select: str, rows: int) -> str:
        """With a LIMIT."""
        return f"{select} LIMIT {rows}"

    def longest(self, column: Fetched) -> str:
        """The greatest size, found while all values are looked at for their class."""
        name = column.expression
        size, fits = f"length({name})", f"typeof({name}) = 'blob'"
        if column.unbounded == "text":
            # The driver ends a text at a NUL.
            size, fits = f"2 * {size}", f"typeof({name}) = 'text' AND instr({name}, char(0)) = 0"
        return f"MAX({_refusing(name, size, fits)})"

    def total(self, column: Column) -> str:
        """The sum of integers; a decimal's is taken in its last places, which a float holds."""
        name, kind = self.quoted(column.name), _kind(column)
        if kind in ("integer", "boolean"):
            return f"CAST(SUM({name}) AS TEXT)"
        declared = Declared.of(column)
        if kind != "decimal" or declared.size is None or declared.size > FLOAT_DIGITS:
            raise InvalidQuery(inexact_sum(column))
        scale = declared.scale or 0
        return f"SUM(CAST(ROUND({name} * 1e{scale}) AS INTEGER)) || 'E-{scale}'"

    def list_tables(self, connection: "pyodbc.Connection", schema: str) -> list[str]:
        """Tables and views of ``main`` or of an attached file."""
        with connection.cursor() as cursor:
            return [name for (name,) in cursor.execute(_TABLES, schema or "main").fetchall()]

    def describe(self, connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
        """What SQLite's pragmas tell; it keeps no comments."""
        with connection.cursor() as cursor:
            found = cursor.execute(_COLUMNS, table, schema or "main").fetchall()
            if not found:
                raise not_found(schema, table)
            keys = cursor.execute(_FOREIGN_KEYS, table, schema or "main").fetchall()
            name = f"{self.quoted(schema or 'main')}.{self.quoted(table)}"
            rows = cursor.execute(f"SELECT COUNT(*) FROM {name}").fetchval()  # noqa: S608 - quoted
        columns = tuple(
            Column(name, kind, nullable=not (required or place))
            for name, kind, required, place in found
        )
        primary = sorted((place, name) for name, _, _, place in found if place)
        return TableSchema(
            schema,
            table,
            columns,
            tuple(name for _, name in primary),
            rows=int(rows),
            foreign_keys=_foreign_keys(schema, keys),
        )

    def diagnose(self, record: DiagnosticRecord) -> Diagnosis | None:
        """By SQLite's result codes, since all its errors have the state HY000."""
        if WRONG_CLASS in record.message:
            return Diagnosis(ValueDoesNotFit, "correct the value, or leave the column out")
        if "no such table" in record.message:
            return Diagnosis(TableNotFound)
        return _DIAGNOSES.get(record.native)


def _kind(column: Column) -> str:
    """What to read a declared type as, by SQLite's own rules of affinity and custom.

    Raises:
        UnsupportedType: nothing is declared, so that a value may be of any class.
    """
    base = Declared.of(column).base.upper()
    for marks, kind in (
        (("INT",), "integer"),
        (("CHAR", "CLOB", "TEXT"), "text"),
        (("BLOB", "BINARY"), "binary"),
        (("REAL", "FLOA", "DOUB"), "real"),
        (("BOOL",), "boolean"),
        (("DATETIME", "TIMESTAMP"), "moment"),
        (("DATE",), "date"),
        (("DEC", "NUM"), "decimal"),
    ):
        if any(mark in base for mark in marks):
            return kind
    raise unsupported(column)


def _decimal(name: str) -> str:
    """A decimal's digits, where SQLite's 15 are all that its float has."""
    text = f"CAST({name} AS TEXT)"
    exact = f"typeof({name}) = 'integer' OR CAST({text} AS REAL) = {name}"
    return f"CASE WHEN {exact} THEN {text} ELSE 'inexact ' || {text} END"


def _of_class(name: str, text: str, classes: Sequence[str]) -> str:
    """``text``, or for a value of another class a text that is no number and no date."""
    wanted = ", ".join(f"'{each}'" for each in classes)
    other = f"typeof({name}) || ' ' || quote({name})"
    fitting = f"WHEN typeof({name}) IN ({wanted}) THEN {text}"
    return f"CASE WHEN {name} IS NULL THEN NULL {fitting} ELSE {other} END"


def _refusing(name: str, value: str, fits: str) -> str:
    """``value``, or an error that names the column: a path that JSON cannot have is one."""
    said = name.replace("'", "''")
    what = f"'column {said} holds a ' || typeof({name}) || ', {WRONG_CLASS}'"
    refusal = f"json_extract('{{}}', {what})"
    return f"CASE WHEN {name} IS NULL THEN NULL WHEN {fits} THEN {value} ELSE {refusal} END"


def _foreign_keys(schema: str, rows: "list[pyodbc.Row]") -> tuple[ForeignKey, ...]:
    by_key: dict[int, list[pyodbc.Row]] = {}
    for row in rows:
        by_key.setdefault(row[0], []).append(row)
    return tuple(
        ForeignKey(
            tuple(row[2] for row in parts),
            schema,
            parts[0][1],
            tuple(row[3] for row in parts if row[3] is not None),
        )
        for parts in by_key.values()
    )
