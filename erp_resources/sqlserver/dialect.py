"""``SqlServerDialect``: the T-SQL that extraction sends, what its answers and its errors mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from erp_resources.connector import Column, Scalar, TableQuery, TableSchema
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Fetched, Snapshot, Statement
from erp_resources.odbc.standard import inexact_sum
from erp_resources.sqlserver import dictionary, error_codes, parameters, types

if TYPE_CHECKING:
    import pyodbc

SNAPSHOT = Snapshot(
    kind="snapshot",
    begin=("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRANSACTION"),
    value="SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint)",
    end=(
        "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    ),
)
"""One moment for several statements.

It begins with the first table that is read, not with BEGIN TRANSACTION ("SQL Server 2005 Row
Versioning-Based Transaction Isolation", section "Understanding the beginning of a transaction").
The value is asked for before that and reads no table: each row with a smaller rowversion was
committed by then, so the snapshot shows it.
"""
SESSION_SETTINGS = (
    # A driver's or login's TEXTSIZE would cut (max) values silently.
    "SET TEXTSIZE 2147483647",
    # In a deadlock the business goes on and our read is repeated.
    "SET DEADLOCK_PRIORITY LOW",
    # Without a count FreeTDS takes an empty result for none and passes over it.
    "SET NOCOUNT OFF",
)
OUTCOME = "SELECT @@ERROR, ROWCOUNT_BIG()"
"""What became of the statement before it in a batch: the error's number or 0, and its rows."""


@dataclass(frozen=True)
class SqlServerDialect:
    """SQL Server 2016 and later, and Azure SQL; see ``erp_resources.odbc.dialect.Dialect``."""

    name: str = "SQL Server"
    snapshot: Snapshot | None = SNAPSHOT
    session_settings: Sequence[str] = SESSION_SETTINGS
    row_count: str = "COUNT_BIG(*)"
    most_parameters: int = 2_098  # of 2,100 the drivers take two: the statement and their types

    def quoted(self, name: str) -> str:
        """An identifier in brackets."""
        return types.quoted(name)

    def fetched(self, column: Column) -> Sequence[Fetched]:
        """What to select of a column and as what to land it; the table is in docs/sqlserver.md."""
        return types.fetched(column)

    def parameter(self, column: Column, value: Scalar) -> tuple[str, str]:
        """A placeholder cast to a type that holds ``value``, and the value's text."""
        return parameters.parameter(column, value)

    def limited(self, select: str, rows: int) -> str:
        """A SELECT that ends after so many rows."""
        return select.replace("SELECT", f"SELECT TOP ({rows})", 1)

    def longest(self, column: Fetched) -> str:
        """SQL for the greatest size of a (max) column, in UTF-16 units or bytes."""
        if column.unbounded == "binary":
            return f"MAX(DATALENGTH({column.expression}))"
        return f"MAX(DATALENGTH(CAST({column.expression} AS nvarchar(max)))) / 2"

    def total(self, column: Column) -> str:
        """SQL for the exact sum of a column as text.

        Raises:
            InvalidQuery: it is no exact number.
        """
        number = types.exact_number(column)
        if number is None:
            raise InvalidQuery(inexact_sum(column))
        widest = f"decimal({types.MAX_PRECISION},{number[1]})"
        return f"CONVERT(varchar(50), SUM(CAST({self.quoted(column.name)} AS {widest})))"

    def change_mark(self, query: TableQuery, rows: Statement) -> Statement:
        """The sum of the rows' rowversions and their number.

        An update gives its row a greater rowversion than any before and so raises the sum; an
        insert raises the number, a delete lowers it. The greatest rowversion would not do: a
        transaction that was open at the last look commits with a smaller one.

        Raises:
            InvalidQuery: the table has no rowversion column.
        """
        for column in query.source.columns:
            if types.declared(column).base == "timestamp":
                version = f"CAST({self.quoted(column.name)} AS bigint)"
                total = f"COALESCE(SUM(CAST({version} AS decimal(38,0))), 0)"
                return Statement(f"SELECT {total}, {self.row_count} {rows.text}", rows.parameters)
        raise InvalidQuery(
            f"{query.source.name} has no rowversion column, so nothing tells cheaply "
            "and surely that it moved; load it by schedule"
        )

    def list_tables(self, connection: "pyodbc.Connection", schema: str) -> list[str]:
        """Names of the tables of a schema that the account may read, sorted."""
        return dictionary.list_tables(connection, schema)

    def describe(self, connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
        """The catalogue's facts about one table or view."""
        return dictionary.describe(connection, schema, table)

    def diagnose(self, record: DiagnosticRecord) -> Diagnosis | None:
        """What an error of the server means; ``None`` for one of driver or network."""
        return error_codes.diagnose(record)
