"""What a kind of database behind ODBC does in its own way: SQL, types, moments, catalogue, codes.

The reader asks a ``Dialect`` for every piece of SQL; a kind of database is one class.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from erp_resources.connector import Column, Scalar, TableQuery, TableSchema
from erp_resources.errors import ErpError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyodbc


@dataclass(frozen=True)
class Statement:
    """SQL text with ``?`` for each parameter; arrow-odbc sends parameters as text.

    The text must be ASCII: unixODBC garbles a narrow statement with characters beyond the BMP.
    """

    text: str
    parameters: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """One column of a SELECT list and what becomes of it.

    Attributes:
        name: of the landed column.
        expression: SQL that yields it, with every name quoted.
        wire: the Arrow type that arrow-odbc is asked for.
        landed: the Arrow type that the lake gets.
        unbounded: ``text`` or ``binary`` for a column without a declared length, whose longest
            value is asked for before reading, since ODBC buffers must hold it.
    """

    name: str
    expression: str
    wire: "pa.DataType"
    landed: "pa.DataType"
    unbounded: Literal["text", "binary"] | None = None


@dataclass(frozen=True)
class Snapshot:
    """How a database ties several statements of one session to one moment.

    Attributes:
        kind: of the read point, e.g. ``snapshot``.
        begin: statements that open it.
        value: a query for one number that names the moment; runs inside.
        end: statements that close it.
    """

    kind: str
    begin: tuple[str, ...]
    value: str
    end: tuple[str, ...]


@dataclass(frozen=True)
class Diagnosis:
    """What an error of this database means.

    Attributes:
        kind: the class to raise.
        remedy: what a person or the caller can do, in a few words, or "".
    """

    kind: type[ErpError]
    remedy: str = ""


@dataclass(frozen=True)
class DiagnosticRecord:
    """An ODBC diagnostic record: what both drivers' libraries say of an error."""

    state: str
    native: int
    message: str = field(repr=False)


class Dialect(Protocol):
    """One kind of database. Stateless; shared by all threads."""

    @property
    def name(self) -> str:
        """The product, as messages name it, e.g. ``SQL Server``."""
        ...

    @property
    def snapshot(self) -> Snapshot | None:
        """How to read several statements at one moment; ``None`` if it cannot."""
        ...

    @property
    def session_settings(self) -> Sequence[str]:
        """Statements that every new session runs first."""
        ...

    def quoted(self, name: str) -> str:
        """An identifier, whatever characters it has."""
        ...

    def fetched(self, column: Column) -> Sequence[Fetched]:
        """What to select of a column, and as what to land it: one column, or one and its companion.

        Raises:
            UnsupportedType: it cannot be carried exactly; the message names type and remedy.
        """
        ...

    def parameter(self, column: Column, value: Scalar) -> tuple[str, str]:
        """A placeholder cast to the column's type, and the text of ``value``.

        Raises:
            InvalidQuery: the value cannot be compared with such a column.
        """
        ...

    def limited(self, select: str, rows: int) -> str:
        """A SELECT (without ORDER BY) that ends after so many rows."""
        ...

    def longest(self, column: Fetched) -> str:
        """SQL for the greatest size of an ``unbounded`` column.

        In UTF-16 units for text, in bytes for binary: the units of arrow-odbc's limits.
        """
        ...

    @property
    def row_count(self) -> str:
        """SQL that counts rows beyond 2**31."""
        ...

    @property
    def most_parameters(self) -> int:
        """Most ``?`` that server and driver take in one statement."""
        ...

    def total(self, column: Column) -> str:
        """SQL for the exact sum of a column as text.

        Raises:
            InvalidQuery: it is no exact number.
        """
        ...

    def change_mark(self, query: TableQuery, rows: Statement) -> Statement:
        """A query for (a number that moves with every change, rows).

        Args:
            rows: the FROM and WHERE parts of ``query``, as text and parameters.

        Raises:
            InvalidQuery: such a database has none; the message says what to do instead.
        """
        ...

    def list_tables(self, connection: "pyodbc.Connection", schema: str) -> list[str]:
        """Names of the tables of a schema that the account may read, sorted."""
        ...

    def describe(self, connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
        """The dictionary's facts about one table.

        Raises:
            TableNotFound: it does not exist, or the account may not read it.
        """
        ...

    def diagnose(self, record: DiagnosticRecord) -> Diagnosis | None:
        """What an error means here; ``None`` where its SQLSTATE says enough."""
        ...
