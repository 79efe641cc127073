"""``StandardDialect``: any database by SQL-92 and ODBC's own catalogue functions.

The fallback for a product without a dialect, and the base of those that have one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from erp_resources.connector import Column, Scalar, TableQuery, TableSchema
from erp_resources.errors import InvalidQuery, UnsupportedType
from erp_resources.odbc import catalog
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Fetched, Snapshot, Statement
from erp_resources.odbc.filter_values import MIDNIGHT, moment_text, number_text
from erp_resources.odbc.statements import refuse_garbled

if TYPE_CHECKING:
    import pyarrow as pa
    import pyodbc

MAX_PRECISION = 38
"""Digits of Delta's and Polars' widest decimal."""
INT64_DIGITS = 18
MICROSECOND_DIGITS = 6
LONGEST_BUFFERED = 8_000
"""Characters up to which a buffer has room for the declared length, not for what there is."""

_SPELLING = re.compile(r"(?P<base>[^()]+?) *(?:\((?P<size>\d+)(?:, *(?P<scale>-?\d+))?\))?$")
_AS_IT_IS = {
    "BIT": "bool",
    "BOOLEAN": "bool",
    "TINYINT": "int16",  # signed or not is the database's choice
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "REAL": "float32",
    "FLOAT": "float64",
    "DOUBLE": "float64",
    "DATE": "date32",
}
_TEXT = {"CHAR", "VARCHAR", "WCHAR", "WVARCHAR"}
_LONG_TEXT = {"LONGVARCHAR", "WLONGVARCHAR"}
_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "NUMERIC"}


@dataclass(frozen=True)
class Declared:
    """A type in its parts; ``DECIMAL(15,2)`` is base, 15 and 2."""

    base: str
    size: int | None = None
    scale: int | None = None

    @classmethod
    def of(cls, column: Column) -> "Declared":
        """The parts of a column's type."""
        match = _SPELLING.fullmatch(column.type)
        if match is None:
            return cls(column.type)
        size, scale = match["size"], match["scale"]
        return cls(match["base"], size and int(size), scale and int(scale))  # type: ignore[arg-type]  # "" cannot be


@dataclass(frozen=True)
class StandardDialect:
    """SQL-92 over ODBC; see ``erp_resources.odbc.dialect.Dialect`` for what the members mean.

    Attributes:
        connection_attributes: of the connection string, where the user did not set them.
    """

    name: str = "ODBC"
    snapshot: Snapshot | None = None
    session_settings: Sequence[str] = ()
    row_count: str = "COUNT(*)"
    most_parameters: int = 32_767  # ODBC counts them in a SQLSMALLINT
    connection_attributes: Mapping[str, str] = field(default_factory=dict)

    def quoted(self, name: str) -> str:
        """An identifier in double quotes.

        Raises:
            InvalidQuery: no database allows such a name.
        """
        refuse_garbled(name)
        if not name or "\0" in name:
            raise InvalidQuery(f"{name!r} is not a name that {self.name} allows")
        return '"' + name.replace('"', '""') + '"'

    def fetched(self, column: Column) -> Sequence[Fetched]:
        """One column as it is; text and binary by their declared length, or by their longest."""
        import pyarrow as pa

        declared, name = Declared.of(column), self.quoted(column.name)
        if declared.base in _AS_IT_IS:
            plain = pa.type_for_alias(_AS_IT_IS[declared.base])
            return [Fetched(column.name, name, plain, plain)]
        if declared.base in _TEXT | _LONG_TEXT:
            unbounded = declared.base in _LONG_TEXT or not declared.size or is_long(declared)
            text = pa.string()
            return [Fetched(column.name, name, text, text, "text" if unbounded else None)]
        if declared.base in ("BINARY", "VARBINARY", "LONGVARBINARY"):
            return [Fetched(column.name, name, pa.binary(), pa.binary(), "binary")]
        if declared.base in ("DECIMAL", "NUMERIC"):
            return [Fetched(column.name, roomy(declared, name), pa.string(), exact_number(column))]
        if declared.base == "TIMESTAMP" and (declared.size or 0) <= MICROSECOND_DIGITS:
            moment = pa.timestamp("us")
            return [Fetched(column.name, name, moment, moment)]
        raise unsupported(column)

    def parameter(self, column: Column, value: Scalar) -> tuple[str, str]:
        """A placeholder cast to a type that holds ``value``, and the value as text.

        The column's own type would round or cut a value that it cannot hold, and then find it.
        """
        declared = Declared.of(column)
        if declared.base in _NUMBERS:
            number = number_text(column, value)
            digits = Decimal(number).as_tuple()
            scale = max(0, -int(digits.exponent))
            return f"CAST(? AS DECIMAL({max(len(digits.digits), scale) + 1},{scale}))", number
        if declared.base in ("DATE", "TIMESTAMP"):
            text = moment_text(column, value)
            is_day = declared.base == "DATE" and text.endswith(MIDNIGHT)
            return ("CAST(? AS DATE)", text[:10]) if is_day else ("CAST(? AS TIMESTAMP)", text)
        return "?", str(value)

    def limited(self, select: str, rows: int) -> str:  # noqa: ARG002 - SQL-92 knows no limit
        """The SELECT as it is: SQL-92 knows no limit, and the reader stops by itself."""
        return select

    def longest(self, column: Fetched) -> str:
        """SQL for the greatest size of a column; a character may take two UTF-16 units."""
        if column.unbounded == "binary":
            return f"MAX(OCTET_LENGTH({column.expression}))"
        return f"MAX(2 * CHAR_LENGTH({column.expression}))"

    def total(self, column: Column) -> str:
        """SQL for the exact sum of a column as text."""
        if Declared.of(column).base not in _NUMBERS:
            raise InvalidQuery(inexact_sum(column))
        return f"CAST(SUM({self.quoted(column.name)}) AS VARCHAR(50))"

    def change_mark(self, query: TableQuery, rows: Statement) -> Statement:  # noqa: ARG002
        """Nothing in SQL-92 moves with every change.

        Raises:
            InvalidQuery: always.
        """
        raise InvalidQuery(
            f"{query.source.name}: {self.name} keeps no number that surely moves with every "
            "change of a table; load it by schedule"
        )

    def list_tables(self, connection: "pyodbc.Connection", schema: str) -> list[str]:
        """Tables and views that the driver's catalogue functions name."""
        return catalog.list_tables(connection, schema)

    def describe(self, connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
        """What the driver's catalogue functions tell: no comments and no sizes."""
        return catalog.describe(connection, schema, table)

    def diagnose(self, record: DiagnosticRecord) -> Diagnosis | None:  # noqa: ARG002
        """Nothing beyond the SQLSTATEs."""
        return None


def is_long(declared: Declared) -> bool:
    """Whether a text may be so long that the longest value is asked for before reading."""
    return (declared.size or 0) > LONGEST_BUFFERED


def roomy(declared: Declared, name: str) -> str:
    """A decimal of a declared precision for the SELECT list, as arrow-odbc can take it.

    It has no room for the zero of ``-0.5`` in a ``DECIMAL(1,1)``, and ends the process at a
    negative scale.
    """
    size, scale = declared.size, declared.scale or 0
    if size is None or 0 <= scale < size:
        return name
    return f"CAST({name} AS DECIMAL({max(size - scale, scale + 1)},{max(scale, 0)}))"


def exact_number(column: Column) -> "pa.DataType":
    """The landed type of a decimal: an ``int64`` where all its values are whole and fit.

    Raises:
        UnsupportedType: nobody said how many decimals it has.
    """
    import pyarrow as pa

    declared = Declared.of(column)
    scale = column.scale if declared.size is None else declared.scale or 0
    if scale is None:
        raise UnsupportedType(
            f"column {column.name!r} is a {column.type} without a precision and nobody said how "
            "many decimals it has; run `erp catalog refresh` or declare `scales`"
        )
    if scale > MAX_PRECISION:
        raise UnsupportedType(
            f"column {column.name!r} is a {column.type} with {scale} decimals, and Delta's numbers "
            f"have {MAX_PRECISION} digits; leave it out or have it cast in a view"
        )
    digits = MAX_PRECISION if declared.size is None else declared.size - min(scale, 0)
    if scale <= 0 and digits <= INT64_DIGITS:
        return pa.int64()
    return pa.decimal128(min(max(digits, scale), MAX_PRECISION), max(scale, 0))


def inexact_sum(column: Column) -> str:
    """Why a column has no total."""
    return (
        f"column {column.name!r} is a {column.type}: it has no exact sum; compare columns of "
        "exact numbers only"
    )


def unsupported(column: Column) -> UnsupportedType:
    """The error for a type that no mapping knows."""
    return UnsupportedType(
        f"column {column.name!r} has type {column.type!r}, which has no exact counterpart; leave "
        "it out with the declaration's `columns`, or have it cast in a view"
    )
