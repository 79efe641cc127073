"""``OracleConnector``: tables of one Oracle database as lazy frames, read in Arrow batches."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from erp_resources.connector import ChangeMark, ControlTotals, ReadPoint, TableQuery, TableSchema
from erp_resources.deadline import Deadline
from erp_resources.errors import AccessDenied, ErpError, TableNotFound, ValueDoesNotFit
from erp_resources.oracle import dictionary, statements
from erp_resources.oracle.connection import driver, limit_calls, translating
from erp_resources.oracle.statements import SCN, Statement
from erp_resources.oracle.types import Fetched, fetched, still_fits
from erp_resources.pooled import PooledConnector
from erp_resources.scan import Scan, arrow_schema

if TYPE_CHECKING:
    import oracledb
    import polars as pl
    import pyarrow as pa

BATCH_BYTES = 4 << 20
"""Aim for a batch's size in memory, from the width that the dictionary tells."""
HARMLESS_RIGHTS = ("CREATE SESSION", "SELECT", "READ", "FLASHBACK", "DEBUG")
FEWEST_ROWS, MOST_ROWS = 500, 10_000
READ_POINTS = (
    "SELECT current_scn FROM v$database",
    "SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) FROM dual",
)
"""Ways to learn the present SCN; the second needs no right, and lies up to 3 s in the past."""


@dataclass(frozen=True)
class OracleConnector(PooledConnector["oracledb.Connection"]):
    """Reads tables of one Oracle database."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one SQL statement with positional binds and return all its rows."""
        return self.rows(Statement(statement, list(parameters)))

    def list_tables(self, schema: str) -> list[str]:
        """Names of the tables of ``schema`` that this account may read."""
        return dictionary.list_tables(self.execute, schema)

    def describe(self, schema: str, table: str) -> TableSchema:
        """The dictionary's facts about one table, with the scales that only its data tells."""
        source = dictionary.describe(self.execute, schema, table)
        scales = dictionary.observed_scales(self.execute, source)
        return source.with_scales(scales)

    @contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """The database's present SCN; any session can read at it, later too."""
        yield ReadPoint(SCN, self._current_scn())

    def _current_scn(self) -> int:
        refusal: ErpError | None = None
        for statement in READ_POINTS:
            try:
                ((scn,),) = self.execute(statement)
            except (AccessDenied, TableNotFound) as error:  # Oracle hides a view without the right
                refusal = error
            else:
                return int(scn)
        raise AccessDenied(
            f"{self.system}: this account may not learn the present SCN; "
            "grant SELECT on V_$DATABASE or EXECUTE on TIMESTAMP_TO_SCN"
        ) from refusal

    def scan(self, query: TableQuery, at: ReadPoint | None = None) -> "pl.LazyFrame":
        """The table as a lazy frame; column projection and row limits reach the SQL."""
        columns = [part for column in query.selected for part in fetched(column)]
        rows = _Rows(self, query, at)
        return Scan(self.system, query, at, columns, rows.tables).lazy()

    def control_totals(
        self, query: TableQuery, at: ReadPoint | None = None, sums: Sequence[str] = ()
    ) -> ControlTotals:
        """Rows and sums of the query as Oracle counts them at ``at``."""
        statement = statements.totals(query, at, sums)
        ((rows, *found),) = self.rows(statement, query.source.name)
        totals = (Decimal(total or 0) for total in found)
        return ControlTotals(int(rows), dict(zip(sums, totals, strict=True)))

    def change_mark(self, query: TableQuery) -> ChangeMark:
        """The SCN of the last change that the table's rows show, and their number."""
        ((scn, rows),) = self.rows(statements.change_mark(query), query.source.name)
        return ChangeMark(int(scn or 0), int(rows))

    def examine(self) -> list[str]:
        """A warning of rights that a reader should not have, if there are any."""
        rights = {name for (name,) in self.execute("SELECT privilege FROM session_privs")}
        risky = ", ".join(sorted(name for name in rights if not name.startswith(HARMLESS_RIGHTS)))
        return [f"warning: the account can do more than read: {risky}"] if risky else []

    def rows(self, statement: Statement, table: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows; numbers come as ``int`` or ``Decimal``."""
        with self.session(table) as session, session.cursor() as cursor:
            cursor.outputtypehandler = _exact_numbers
            cursor.execute(statement.text, statement.binds)
            return [tuple(row) for row in cursor.fetchall()]

    @contextmanager
    def session(self, table: str | None) -> "Iterator[oracledb.Connection]":
        """A session whose driver errors leave the block as ours, naming ``table``."""
        with self.pool.connection() as session, self._calling(session, table):
            yield session

    @contextmanager
    def _calling(self, session: "oracledb.Connection", table: str | None) -> Iterator[None]:
        with translating(self.system, table=table, user=session.username):
            limit_calls(session, self._deadline())
            yield

    def _ping(self, session: "oracledb.Connection") -> None:
        with self._calling(session, None):
            session.ping()


def _exact_numbers(cursor: "oracledb.Cursor", info: "oracledb.FetchInfo") -> "oracledb.Var | None":
    is_integer = bool(info.precision) and info.scale == 0
    if info.type_code is not driver().DB_TYPE_NUMBER or is_integer:
        return None
    return cursor.var(Decimal, arraysize=cursor.arraysize)


@dataclass(frozen=True)
class _Rows:
    """The rows of one scan, in Arrow."""

    connector: OracleConnector
    query: TableQuery
    at: ReadPoint | None

    def tables(
        self, columns: Sequence[Fetched], limit: int | None
    ) -> "Generator[pa.Table, None, None]":
        """The rows in their landed types."""
        statement = statements.select(self.query, columns, self.at, limit)
        try:
            with self.connector.session(self.query.source.name) as session:
                self._verify(session, columns)
                for batch in self._fetch(session, statement, columns):
                    yield _landed(batch, columns)
        except ErpError as error:
            if (located := self._located(error, columns)) is not None:
                raise located from error
            raise

    def _verify(self, session: "oracledb.Connection", columns: Sequence[Fetched]) -> None:
        """Refuse a number that changed its type: the driver would cut its values silently."""
        numbers = [column for column in columns if column.is_bounded_number]
        if not numbers:
            return
        with session.cursor() as cursor:
            cursor.parse(statements.select(self.query, numbers, self.at).text)
            for info, column in zip(cursor.description, numbers, strict=True):
                if not still_fits(column, info.type_code.name, info.precision, info.scale):
                    raise ValueDoesNotFit(
                        f"{self.connector.system}: {self.query.source.name}.{column.name} is now "
                        f"{info.type_code.name} {info.precision, info.scale}, the catalogue says "
                        f"{column.wire}; run `erp catalog refresh`"
                    )

    def _fetch(
        self, session: "oracledb.Connection", statement: Statement, columns: Sequence[Fetched]
    ) -> "Iterator[pa.Table]":
        import pyarrow as pa

        batches = session.fetch_df_batches(
            statement.text,
            statement.binds,
            size=_rows_per_batch(self.query.source),
            requested_schema=pa.schema([(column.name, column.wire) for column in columns]),
        )
        for batch in batches:
            yield pa.table(batch)
            limit_calls(session, Deadline.after(self.connector.call_timeout))

    def _located(self, error: ErpError, columns: Sequence[Fetched]) -> ValueDoesNotFit | None:
        """For a number that did not fit: the error that names its column and key."""
        if not isinstance(error, ValueDoesNotFit):
            return None
        for column in columns:
            if column.wire == column.landed or not hasattr(column.landed, "scale"):
                continue
            for look in statements.unfit_rows(self.query, self.at, column):
                for value, *key in self.connector.rows(look, self.query.source.name):
                    return self._unfit(column, value, key, error)
        return None

    def _unfit(
        self, column: Fetched, value: Any, key: list[Any], error: ErpError
    ) -> ValueDoesNotFit:
        keys = dict(zip(self.query.source.primary_key or ("ROWID",), key, strict=True))
        return ValueDoesNotFit(
            f"{self.connector.system}: {self.query.source.name}.{column.name} holds {value} where "
            f"{keys}, which does not fit {column.landed}; run `erp catalog refresh` or declare "
            "more decimals in `scales`",
            code=error.code,
        )


def _landed(table: "pa.Table", columns: Sequence[Fetched]) -> "pa.Table":
    import pyarrow as pa

    schema = arrow_schema(columns)
    if table.schema.equals(schema):
        return table
    try:
        return table.cast(schema)
    except pa.ArrowInvalid as error:
        raise ValueDoesNotFit(f"oracle: a number has too many digits: {error}") from error


def _rows_per_batch(source: TableSchema) -> int:
    """Rows of about ``BATCH_BYTES``, from the dictionary's average row length."""
    width = source.bytes / source.rows if source.bytes and source.rows else 0
    return max(FEWEST_ROWS, min(MOST_ROWS, int(BATCH_BYTES / max(width, 1))))
