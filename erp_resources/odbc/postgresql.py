"""``PostgresDialect``: PostgreSQL 12 and later through psqlODBC.

What the driver would change travels as text, PostgreSQL's own and exact: it reads a NaN in a
numeric as 0, the date ``infinity`` as today, 44 BC as AD 44, and describes a double as a single.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from erp_resources.connector import Column, Scalar, TableQuery, TableSchema
from erp_resources.errors import (
    ConnectionLost,
    InvalidQuery,
    LoginRefused,
    SettingsError,
    SourceUnavailable,
)
from erp_resources.odbc import postgresql_catalog
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Fetched, Snapshot, Statement
from erp_resources.odbc.filter_values import moment_text, number_text
from erp_resources.odbc.standard import (
    Declared,
    StandardDialect,
    exact_number,
    inexact_sum,
    is_long,
    roomy,
    unsupported,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyodbc

ATTRIBUTES = {
    "UseDeclareFetch": "1",  # else the driver reads the whole result before the first row
    "Fetch": "10000",
    "BoolsAsChar": "0",
    "MaxLongVarcharSize": "-4",  # no total: else longer text is cut off at 8190
}
SNAPSHOT = Snapshot(
    kind="snapshot",
    begin=("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    value="SELECT txid_snapshot_xmax(txid_current_snapshot())",
    end=("ROLLBACK",),
)
SESSION_SETTINGS = (
    # A role or database may have others, and the same value would be read or meant in two ways.
    "SET TimeZone TO 'UTC'",
    "SET IntervalStyle TO 'postgres'",
)

_INTEGERS = {"smallint": "int16", "integer": "int32", "bigint": "int64", "oid": "int64"}
_EXACT = {*_INTEGERS, "numeric"}
_FLOATS = {"double precision", "real"}
_INFINITE = {"infinity", "-infinity"}
"""What its times may be too, in lower case, and what one may want to filter out."""
_NOT_FINITE = _INFINITE | {"inf", "-inf", "nan"}
"""What its numbers may be too."""
_BOUNDED_TEXT = {"character varying", "character", '"char"', "name"}
_LONG_TEXT = {"text", "citext", "json", "jsonb", "xml", "bit", "bit varying", "tsvector"}
_SHORT_TEXT = {
    # Greatest lengths of what has no length of its own.
    "uuid": 36,
    "time without time zone": 15,
    "time with time zone": 24,
    "interval": 96,
    "inet": 43,
    "cidr": 43,
    "macaddr": 17,
    "macaddr8": 23,
}
_DATE, _MOMENT, _INSTANT = "date", "timestamp without time zone", "timestamp with time zone"
_TIMES = {
    _DATE: ("CAST({} AS varchar(16))", ("date32", None)),
    _MOMENT: ("CAST({} AS varchar(32))", ("timestamp[us]", None)),
    _INSTANT: ("CAST(({} AT TIME ZONE 'UTC') || 'Z' AS varchar(33))", ("timestamp[us]", "UTC")),
}
"""Text with room for every value, and what lands: Arrow's name of the type, and the zone."""
_NUMBER = (
    "CAST(CASE WHEN length(CAST({0} AS text)) > 96 THEN left(CAST({0} AS text), 96) || '...' "
    "ELSE CAST({0} AS text) END AS varchar(99))"
)
"""A numeric as text with room for every decimal of the lake; a longer one parses as no number."""
_MODIFIER = re.compile(r" ?\(\d+(?:,-?\d+)?\)")
_ASCII = re.compile(r"[ -~]*")
_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")

_DIAGNOSES = (
    (r"database \"?.*\"? does not exist", Diagnosis(SettingsError, "correct `Database`")),
    (r"could not translate host name", Diagnosis(SettingsError, "correct `Server`")),
    (r"certificate|SSL|no encryption", Diagnosis(SettingsError, "correct `SSLmode`")),
    (
        r"starting up|shutting down|recovery|too many (clients|connections)|connection slots",
        Diagnosis(SourceUnavailable),
    ),
    # Whatever else the server itself says at the door: a retry may lock the account.
    (r"failed: \S+: {1,2}\S|password|authentication|role ", Diagnosis(LoginRefused)),
)
_LOST = re.compile(r"server closed the connection|connection.*(lost|reset)|no connection to the")


@dataclass(frozen=True)
class PostgresDialect(StandardDialect):
    """PostgreSQL; see ``erp_resources.odbc.dialect.Dialect``."""

    name: str = "PostgreSQL"
    snapshot: Snapshot | None = SNAPSHOT
    session_settings: Sequence[str] = SESSION_SETTINGS
    connection_attributes: Mapping[str, str] = field(default_factory=lambda: ATTRIBUTES)

    def quoted(self, name: str) -> str:
        """An identifier in double quotes; other letters than ASCII's by their code points."""
        if _ASCII.fullmatch(name) or _IMPOSSIBLE.search(name):
            return super().quoted(name)  # which refuses the impossible
        signs = name.replace('"', '""').replace("\\", "\\\\")
        return 'U&"' + "".join(s if s.isascii() else f"\\+{ord(s):06X}" for s in signs) + '"'

    def fetched(self, column: Column) -> Sequence[Fetched]:
        """Integers, floats, booleans and bytes as they are, everything else as exact text."""
        import pyarrow as pa

        name, base = self.quoted(column.name), _base(column)
        if column.type.endswith("[]") or column.type.startswith("enum "):
            return [_text(column, f"CAST({name} AS text)", unbounded=True)]
        if base in _INTEGERS:
            integer = pa.type_for_alias(_INTEGERS[base])
            expression = f"CAST({name} AS bigint)" if base == "oid" else name
            return [Fetched(column.name, expression, integer, integer)]
        if base in _FLOATS:
            landed = pa.float32() if base == "real" else pa.float64()
            widened = f"CAST({name} AS double precision)"
            return [Fetched(column.name, widened, pa.float64(), landed)]
        if base == "boolean":
            return [Fetched(column.name, name, pa.bool_(), pa.bool_())]
        if base == "bytea":
            return [Fetched(column.name, name, pa.binary(), pa.binary(), "binary")]
        return [self._as_text(column, name, base)]

    def _as_text(self, column: Column, name: str, base: str) -> Fetched:
        import pyarrow as pa

        if base == "numeric":
            declared = Declared.of(column)
            number = roomy(declared, name) if declared.size else _NUMBER.format(name)
            return Fetched(column.name, number, pa.string(), exact_number(column))
        if base in _TIMES:
            text, landed = _TIMES[base]
            return Fetched(column.name, text.format(name), pa.string(), _time(landed))
        if base in _SHORT_TEXT:
            return _text(column, f"CAST({name} AS varchar({_SHORT_TEXT[base]}))")
        if base in _BOUNDED_TEXT and (Declared.of(column).size or base in ('"char"', "name")):
            return _text(column, name, unbounded=is_long(Declared.of(column)))
        if base in _LONG_TEXT | _BOUNDED_TEXT:
            return _text(column, f"CAST({name} AS text)", unbounded=True)
        raise unsupported(column)

    def parameter(self, column: Column, value: Scalar) -> tuple[str, str]:
        """A placeholder cast to the column's type without its modifiers, which would round."""
        base = _base(column)
        if base in _EXACT | _FLOATS:
            is_finite = str(value).lower() not in _NOT_FINITE
            text = number_text(column, value) if is_finite else str(value)
            return f"CAST(? AS {_number_kind(base, value)})", text
        if base in _TIMES:
            is_finite = str(value).lower() not in _INFINITE
            zoned = base == _INSTANT
            text = moment_text(column, value, zoned=zoned) if is_finite else str(value)
            return f"CAST(? AS {_MOMENT if base == _DATE else base})", text
        if base in _BOUNDED_TEXT | _LONG_TEXT:
            return f"CAST(? AS {'bpchar' if base == 'character' else 'text'})", str(value)
        return f"CAST(? AS {base.removeprefix('enum ')})", str(value)

    def limited(self, select: str, rows: int) -> str:
        """With a LIMIT."""
        return f"{select} LIMIT {rows}"

    def longest(self, column: Fetched) -> str:
        """Bytes, which for text are no fewer than UTF-16 units, and cheaper to know."""
        return f"MAX(octet_length({column.expression}))"

    def total(self, column: Column) -> str:
        """The sum of integers or numerics, which PostgreSQL computes exactly."""
        if _base(column) not in _EXACT - {"oid"}:
            raise InvalidQuery(inexact_sum(column))
        return f"CAST(SUM({self.quoted(column.name)}) AS text)"

    def change_mark(self, query: TableQuery, rows: Statement) -> Statement:  # noqa: ARG002
        """The sum of a 64-bit hash over the row versions (their place and inserting transaction).

        Each insert, update and delete changes the set of versions, so equal marks mean that
        nothing moved, but for a collision of hashes, or 2**32 transactions in between. Rewriting
        the table (VACUUM FULL, CLUSTER) moves the mark without cause. It reads the whole table.
        """
        version = "hashtextextended(CONCAT_WS(' ', tableoid, ctid, xmin), 0)"
        text = f"SELECT CAST(COALESCE(SUM({version}), 0) AS text), COUNT(*) {rows.text}"
        return Statement(text, rows.parameters)

    def list_tables(self, connection: "pyodbc.Connection", schema: str) -> list[str]:
        """Tables, views and foreign tables that the account may read."""
        return postgresql_catalog.list_tables(connection, schema)

    def describe(self, connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
        """The system catalogue's facts, with the decimals in use of open-ended numerics."""
        source = postgresql_catalog.describe(connection, schema, table)
        open_ended = [column.name for column in source.columns if column.type == "numeric"]
        name = f"{self.quoted(schema)}.{self.quoted(table)}"
        columns = {column: self.quoted(column) for column in open_ended}
        return source.with_scales(postgresql_catalog.observed_scales(connection, name, columns))

    def diagnose(self, record: DiagnosticRecord) -> Diagnosis | None:
        """PsqlODBC gives a failed login no state of its own: the server's words tell."""
        if record.state == "08001":
            for pattern, diagnosis in _DIAGNOSES:
                if re.search(pattern, record.message):
                    return diagnosis
        return Diagnosis(ConnectionLost) if _LOST.search(record.message) else None


def _base(column: Column) -> str:
    """The type's name without modifiers, which may stand inside: ``timestamp(3) without …``."""
    return _MODIFIER.sub("", column.type)


def _number_kind(base: str, value: Scalar) -> str:
    """The type that a filter's number is cast to: one that holds it and can use an index."""
    if base in _FLOATS:
        return base
    is_whole = base in _INTEGERS and isinstance(value, int) and abs(value) < 2**63
    return "bigint" if is_whole else "numeric"


def _time(landed: tuple[str, str | None]) -> "pa.DataType":
    import pyarrow as pa

    name, zone = landed
    return pa.timestamp("us", zone) if zone else pa.type_for_alias(name)


def _text(column: Column, expression: str, *, unbounded: bool = False) -> Fetched:
    import pyarrow as pa

    return Fetched(column.name, expression, pa.string(), pa.string(), "text" if unbounded else None)
