"""``SapConnector``: tables of one SAP system as lazy frames, and calls of its functions."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from erp_resources.connector import (
    STATEMENT,
    ChangeMark,
    ControlTotals,
    ReadPoint,
    TableQuery,
    TableSchema,
)
from erp_resources.errors import InvalidQuery, SourceBusy, TableNotFound
from erp_resources.pooled import PooledConnector
from erp_resources.sap import fields, functions
from erp_resources.sap.connection import SapSession, ping
from erp_resources.sap.parallel import parallel_tables
from erp_resources.sap.quarantine import with_refused
from erp_resources.sap.repository import Repository
from erp_resources.sap.rows import ReadSettings, TableRead
from erp_resources.sap.types import Fetched, fetched
from erp_resources.sap.where import Tokens, condition, packed
from erp_resources.scan import Scan

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

PAGES_AHEAD = 1
"""Pages are large: one waits while another one is landed."""


@dataclass(frozen=True)
class SapConnector(PooledConnector[SapSession]):
    """Reads tables of one SAP system, and calls its functions.

    Attributes:
        repository: what the system was asked once.
        settings: of reading.
        callable_functions: what ``call`` may call.
    """

    repository: Repository
    settings: ReadSettings = field(default_factory=ReadSettings)
    callable_functions: frozenset[str] = frozenset()
    _unordered: set[str] = field(default_factory=set, repr=False, compare=False)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Call the function named ``statement`` with pairs of name and value; its outputs so."""
        return list(self.call(statement, **dict(parameters)).items())

    def call(self, function: str, *, commit: bool = False, **parameters: object) -> dict[str, Any]:
        """Call any function that is on the list; its outputs as plain Python values.

        Args:
            commit: end a success with BAPI_TRANSACTION_COMMIT on the same connection; without it
                what the function changed is rolled back.

        Raises:
            AccessDenied: the function is not on the list, or the user may not call it.
            InvalidQuery: it raised an exception, or its RETURN has messages of type E, A or X.
        """
        functions.refuse_unlisted(self.system, function, self.callable_functions)
        with self.pool.connection() as session:
            return functions.called(session, function, parameters, commit=commit)

    def read_rows(self, function: str, table: str, **parameters: object) -> "pl.DataFrame":
        """Call a function that is on the list; its parameter ``table``, typed, as a frame."""
        import polars as pl

        functions.refuse_unlisted(self.system, function, self.callable_functions)
        with self.pool.connection() as session:
            session.is_changed = True
            package = session.read_table(function, parameters, table, None, f"function {function}")
        return pl.DataFrame(package)

    def list_tables(self, schema: str) -> list[str]:
        """Names of the transparent tables; SAP does not say which of them a user may read."""
        if schema != fields.SCHEMA:
            return []
        names = self.scan(fields.TRANSPARENT_TABLES).collect()["TABNAME"]
        return sorted(names)

    def describe(self, schema: str, table: str) -> TableSchema:
        """The dictionary's facts about one table, texts in all installed languages."""
        if schema != fields.SCHEMA:
            raise TableNotFound(
                f"{self.system}: there is no table {schema}.{table}; SAP's schema is called SAP"
            )
        with self.pool.connection() as session:
            return self.repository.schema(session, table)

    @contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """SAP holds no moment between two calls: each call is only consistent in itself."""
        yield ReadPoint(STATEMENT, 0)

    def scan(self, query: TableQuery, at: ReadPoint | None = None) -> "pl.LazyFrame":
        """The table as a lazy frame; column projection and row limits reach SAP."""
        with self._named():
            selected = [fetched(column, self.settings.policies) for column in query.selected]
            columns = with_refused(selected, query.source.primary_key)
            where = condition(query, self.settings.policies)
            packed(where)
        read = partial(self._read, query, where)
        return Scan(self.system, query, at, columns, read, ahead=PAGES_AHEAD).lazy()

    def control_totals(
        self,
        query: TableQuery,
        at: ReadPoint | None = None,  # noqa: ARG002 - there is no moment to count at
        sums: Sequence[str] = (),
    ) -> ControlTotals:
        """Rows as SAP counts them, or for sums and filters as a read of their own finds them.

        No function of SAP's sums or counts by a condition, so those columns alone are read again.
        """
        if not query.filters and not sums:
            with self.pool.connection() as session:
                counted = self._count(session, query.source.table)
            if counted is not None:
                return ControlTotals(counted)
        return self._totals(query, sums)

    def change_mark(self, query: TableQuery) -> ChangeMark:
        """Refused: SAP has no mark that moves with every change of a table."""
        raise InvalidQuery(
            f"{self.system}: SAP has no mark that moves with every change of {query.source.name}; "
            "load it by schedule"
        )

    def examine(self) -> list[str]:
        """The system, its release, and the functions that tables are read by."""
        with self.pool.connection() as session:
            facts = session.connection.attributes()
            names = ", ".join(each.name for each in self.repository.functions(session))
        told = f"{facts.get('sysId', '')} client {facts.get('client', '')}"
        return [f"SAP {told}, release {facts.get('partnerRel', '')}; tables by {names}"]

    def _ping(self, session: SapSession) -> None:
        ping(session, self._deadline())

    def _totals(self, query: TableQuery, sums: Sequence[str]) -> ControlTotals:
        with self._named():
            columns = [fetched(query.source.column(name), self.settings.policies) for name in sums]
            where = condition(query, self.settings.policies)
        rows, found = 0, dict.fromkeys(sums, Decimal(0))
        with closing(self._read(query, where, columns, None)) as tables:
            for table in tables:
                rows += table.num_rows
                for name in sums:
                    found[name] += _sum(table[name])
        return ControlTotals(rows, found)

    def _count(self, session: SapSession, table: str) -> int | None:
        ask = partial(self.repository.count, session, table)
        return session.patiently(ask, f"count of table {table!r}")

    def _read(
        self, query: TableQuery, where: Tokens, columns: Sequence[Fetched], limit: int | None
    ) -> "Generator[pa.Table, None, None]":
        """The rows of a scan in their landed types; a large table's by several connections.

        Raises:
            SourceBusy: the rows read in the order that they came in are not as many as SAP
                counts; the next read of the table does not rely on that order.
        """
        table, whole = query.source.table, limit is None and not query.filters
        with self.pool.connection() as session, self._named():
            trusts = whole and table not in self._unordered
            expected = self._count(session, table) if whole else None
            read = TableRead(
                self.repository, session, self.settings, query, where, columns, expected, trusts
            )
            rows = 0
            pages = parallel_tables(read, self.pool) if limit is None else read.tables(limit)
            with closing(pages):  # its threads use the session until then
                for page in pages:
                    rows += page.num_rows
                    yield page
            if read.learned.trusted_order and rows != self._count(session, table):
                self._unordered.add(table)
                raise SourceBusy(
                    f"{self.system}: {query.source.name} changed while it was read, or its rows do "
                    f"not come in the order of the key: {rows} rows were read, {expected} counted "
                    "before; the next read will not rely on the order"
                )


def _sum(column: "pa.ChunkedArray") -> Decimal:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type):
        column = column.cast(pa.decimal128(19, 0))
    if pa.types.is_decimal(column.type):  # a sum has more digits than its numbers
        column = column.cast(pa.decimal256(column.type.precision, column.type.scale))
    return Decimal(pc.sum(column).as_py() or 0)
