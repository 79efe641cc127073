"""The rows of one scan: pages by key, each in one or several groups, amounts shifted, landed."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from erp_resources.connector import TableQuery, TableSchema
from erp_resources.errors import DeadlineExceeded, SourceBusy, ValueDoesNotFit
from erp_resources.sap.calls import LineReader
from erp_resources.sap.connection import SapSession
from erp_resources.sap.currencies import shifted
from erp_resources.sap.error_codes import TOO_MUCH
from erp_resources.sap.groups import WITNESSES, Torn, rejoined
from erp_resources.sap.links import Link, is_own
from erp_resources.sap.lookup import STORED, looked_up
from erp_resources.sap.paging import WHOLE, Bound, KeyRange, Page, Pager
from erp_resources.sap.plan import Plan
from erp_resources.sap.quarantine import fields
from erp_resources.sap.repository import Repository
from erp_resources.sap.typed import TypedReader
from erp_resources.sap.types import Fetched, Policies, as_text, fetched, key_in_client
from erp_resources.sap.where import AND, Tokens, joined, literal
from erp_resources.scan import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

PAGE_BYTES = 24 << 20
"""Most bytes of one page in the SDK, which keeps two for each character of a line."""
ATTEMPTS = 3
"""How often a torn page is read before the table counts as too busy."""
PAGE_ROWS = 20_000
FEWEST_ROWS = 2
"""Of a page: another one can begin behind the first."""
ALL = 0
"""Rows of a call without a limit."""


@dataclass(frozen=True)
class ReadSettings:
    """How tables are read.

    Attributes:
        policies: what is done with values for which there is more than one way.
        page_rows: most rows that one call returns.
        connections: most that read one table at the same time.
    """

    policies: Policies = field(default_factory=Policies)
    page_rows: int = PAGE_ROWS
    connections: int = 1


@dataclass
class Learned:
    """What reading a table has shown, for all who read it at the same time.

    Attributes:
        trusted_order: pages were trusted, so that the count has to be compared; see ``paging``.
        most_rows: of a page, once one was too much for the system.
    """

    trusted_order: bool = False
    most_rows: int | None = None
    _others: "dict[str, Learned]" = field(default_factory=dict, init=False)

    def too_much(self, rows: int) -> None:
        """Halve a page that failed; once, however many of that size fail at the same time."""
        self.most_rows = min(self.most_rows or rows, max(FEWEST_ROWS, rows // 2))

    def about(self, table: str) -> "Learned":
        """What reading another table, for currencies, has shown."""
        return self._others.setdefault(table, Learned())


@dataclass
class TableRead:
    """Reads columns of one table in one session.

    Attributes:
        condition: the query's filters.
        columns: to land.
        expected: rows of the table, if they are known and the query has no filters.
        may_trust: whether the caller compares the count of rows, so that pages that come in the
            order of the key may be trusted; see ``paging``.
    """

    repository: Repository
    session: SapSession
    settings: ReadSettings
    query: TableQuery
    condition: Tokens
    columns: Sequence[Fetched]
    expected: int | None = None
    may_trust: bool = False
    learned: Learned = field(default_factory=Learned)
    _blank_days: dict[str, bool] = field(default_factory=dict, init=False)

    def tables(
        self, limit: int | None = None, within: KeyRange = WHOLE, expected: int | None = None
    ) -> "Generator[pa.Table, None, None]":
        """The rows of a range, about ``expected``, in their landed types."""
        in_one_call = self.is_sorted or len(self.plan.groups) == 1
        if limit is not None and limit <= self.page_rows and in_one_call:
            yield self._landed(self._page(within, limit).rows)
            return
        if not self.paged:
            yield self._landed(self._page(WHOLE, ALL).rows)
            return
        pager = Pager(
            self._page,
            size=self.page_rows,
            is_sorted=self.is_sorted,
            trusts_order=self.trusts_order,
            expected=expected or self.expected,
        )
        for number, rows in enumerate(pager.pages(within)):
            if number and self.trusts_order and not self.is_sorted:
                self.learned.trusted_order = True
            yield self._landed(rows)

    @cached_property
    def is_sorted(self) -> bool:
        """Whether rows come in the order of the key."""
        return self.typed is not None or self.plan.function.sorts

    @cached_property
    def trusts_order(self) -> bool:
        """Whether an ascending page counts as the first rows of its range; see ``paging``."""
        known = self.may_trust and self.expected is not None
        return known and self.typed is None and len(self.plan.groups) == 1

    @cached_property
    def typed(self) -> str | None:
        """The function that returns this table typed, if the system has one."""
        return self.repository.typed_function(self.session, self.query.source.table)

    @cached_property
    def key(self) -> list[Fetched]:
        """The key; a date or time in it that is none stops the read, unless they land as text."""
        landed = self.settings.policies
        policies = Policies(
            "text" if landed.dates == "text" else "fail",
            "text" if landed.times == "text" else "fail",
            "stored",
        )
        return [
            fetched(self.query.source.column(name), policies)
            for name in self.query.source.primary_key
        ]

    @cached_property
    def paged(self) -> list[Fetched]:
        """The key but the client, which a logon fixes."""
        names = key_in_client(self.query.source)
        return [each for each in self.key if each.name in names]

    @cached_property
    def wire(self) -> list[Fetched]:
        """The columns to ask for: key, those wanted, and what shifting amounts takes."""
        asked = fields(self.columns, self.query, self.settings.policies)
        found = {each.name: each for each in (*asked, *self.key)}
        for each in self.columns:
            for name in self._needed(each):
                found.setdefault(name, self._source(name))
        return list(found.values())

    @cached_property
    def shared(self) -> list[Fetched]:
        """What each group of columns carries: the key, and what tells of changes.

        Of the latter, what nobody wants is compared as text, so that no value of it stops a read.
        """
        wire = {each.name: each for each in self.wire}
        source = {each.name: each for each in self.query.source.columns}
        others = source.keys() - set(self.query.source.primary_key)
        return self.key + [wire.get(n) or as_text(source[n]) for n in WITNESSES if n in others]

    @cached_property
    def plan(self) -> Plan:
        """How the columns are read."""
        plan = self.repository.plan(self.session, self.wire, self.key)
        if len(plan.groups) == 1:
            return plan
        return self.repository.plan(self.session, self.wire, self.shared)

    @property
    def page_rows(self) -> int:
        """Rows of a page: as set, unless so many take too much memory, here or in the system."""
        return max(FEWEST_ROWS, min(self._most_rows, self.learned.most_rows or self._most_rows))

    @cached_property
    def _most_rows(self) -> int:
        if self.typed is not None:
            width = sum(each.type.width for each in self.wire)
        elif self.plan.as_strings:
            width = sum(each.type.width for each in self.plan.groups[0])
        else:
            groups = (sum(each.type.width for each in group) for group in self.plan.groups)
            width = self.plan.function.table_for(max(groups))[1]
        return min(self.settings.page_rows, PAGE_BYTES // (2 * max(width, 1)))

    def within(self, keys: KeyRange) -> Tokens:
        """The condition on the rows of a range."""
        names = [each.name for each in self.paged]
        return joined([self.condition, keys.tokens(names)], AND)

    def _page(self, keys: KeyRange, limit: int | None = None) -> Page:
        """Rows of a range, ``limit`` at most; without one, a page of which others follow."""
        about = f"table {self.query.source.table!r}"
        for _ in range(ATTEMPTS):
            try:
                return self.session.patiently(partial(self._attempt, keys, limit), about)
            except Torn:
                continue
        raise SourceBusy(
            f"{self.repository.system}: {self.query.source.name} changed while a page was read "
            f"in {len(self.plan.groups)} groups of columns, {ATTEMPTS} times; read it when it is "
            "quiet, or have a function that returns wider lines"
        )

    def _attempt(self, keys: KeyRange, limit: int | None) -> Page:
        size = self.page_rows if limit is None else limit
        try:
            page = Page(self._rows(keys, size), self.paged, size)
        except (SourceBusy, DeadlineExceeded) as error:
            if limit is None and (isinstance(error, DeadlineExceeded) or error.code in TOO_MUCH):
                self.learned.too_much(size)
            raise
        if limit is None and page.is_full:  # another one follows, behind the key of its last row
            self._refuse_blank_days(page)
        return page

    def _rows(self, keys: KeyRange, limit: int) -> "pa.Table":
        if self.typed is not None:
            bounds = KeyRange(keys.after if _is_initial(keys.after) else None, keys.upto)
            return self._typed_reader.read(self.within(bounds), keys, limit)
        first, *others = self._readers
        rows = first.read(self.within(keys), limit)
        is_full = rows.num_rows == limit > 0
        if not others or not rows.num_rows or (is_full and not self.is_sorted):
            return rows  # of the last kind only the keys count: the range will be cut
        if is_full:
            keys = KeyRange(keys.after, Page(rows, self.paged).bound(-1))
        shared = [each.name for each in self.shared]
        return rejoined([rows, *(other.read(self.within(keys)) for other in others)], shared)

    def _refuse_blank_days(self, page: Page) -> None:
        """Refuse a key that has both of the values that a date reads as null: no bound tells them.

        Raises:
            ValueDoesNotFit: naming the field.
        """
        for each in self.paged:
            if each.kind == "date" and page.rows[each.name].null_count and self._has_blanks(each):
                raise ValueDoesNotFit(
                    f"{self.repository.system}: {self.query.source.name}.{each.name} is in the key "
                    "and blank in some rows, which cannot be told from zeros; read dates as text"
                )

    def _has_blanks(self, day: Fetched) -> bool:
        if day.name not in self._blank_days:
            blank, first = [day.name, "=", literal("")], 1
            if self.typed is not None:
                found = self._typed_reader.read(blank, WHOLE, first)
            else:
                found = self._readers[0].read(blank, first)
            self._blank_days[day.name] = found.num_rows > 0
        return self._blank_days[day.name]

    @cached_property
    def _typed_reader(self) -> TypedReader:
        return TypedReader(self.session, self.typed or "", self.query.source, self.wire)

    @cached_property
    def _readers(self) -> list[LineReader]:
        plan = self.plan
        return [
            LineReader(
                self.session,
                plan.function,
                self.query.source.table,
                group,
                self.query.source.primary_key,
                plan.as_strings,
            )
            for group in plan.groups
        ]

    def _landed(self, rows: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        schema = arrow_schema(self.columns)
        if not rows.num_rows:
            return schema.empty_table()
        if not self.columns:  # nothing but the number of rows is wanted
            return rows.select([])
        references = dict.fromkeys(each.currency for each in self.columns if each.currency)
        currencies = {reference: self._currencies(rows, reference) for reference in references}
        arrays = [
            self._amounts(rows, each, currencies[each.currency])
            if each.currency
            else _plain(rows[each.name]).cast(each.landed)
            for each in self.columns
        ]
        return pa.table(arrays, schema=schema)

    def _amounts(
        self, rows: "pa.Table", amount: Fetched, currencies: "pa.Array | pa.ChunkedArray"
    ) -> "pa.Array":
        try:
            return shifted(rows, amount, currencies, self.repository.decimals(self.session))
        except ValueDoesNotFit as error:
            name = f"{self.repository.system}: {self.query.source.name}"
            raise ValueDoesNotFit(f"{name}: {error}") from error

    def _currencies(self, rows: "pa.Table", reference: str) -> "pa.Array | pa.ChunkedArray":
        """The currencies of a page's rows; those in another table are looked up there."""
        if is_own(reference, self.query.source.table):
            return rows[reference.partition("-")[2]]
        return looked_up(rows, self.query.source, self._link(reference), self._of_another)

    def _of_another(
        self, table: TableSchema, names: Sequence[str], condition: Tokens
    ) -> "Generator[pa.Table, None, None]":
        """Fields of those rows of another table that meet a condition, in pages."""
        query = TableQuery(table, tuple(names))
        columns = [fetched(column, STORED) for column in query.selected]
        read = TableRead(self.repository, self.session, self.settings, query, condition, columns)
        read.learned = self.learned.about(table.table)
        yield from read.tables()

    def _needed(self, amount: Fetched) -> tuple[str, ...]:
        """The fields of this table that lead to an amount's currency."""
        if amount.currency is None:
            return ()
        if is_own(amount.currency, self.query.source.table):
            return (amount.currency.partition("-")[2],)
        return self._link(amount.currency).columns

    def _link(self, reference: str) -> Link:
        found = self.repository.link(self.session, self.query.source, reference)
        if found is None:
            raise ValueDoesNotFit(
                f"{self.repository.system}: {self.query.source.name} does not lead to {reference}, "
                "which has the currency of its amounts; run `erp catalog refresh`"
            )
        return found

    def _source(self, name: str) -> Fetched:
        return fetched(self.query.source.column(name), STORED)


def _is_initial(bound: Bound | None) -> bool:
    """Whether a function cannot tell a key from no key at all."""
    return bound is not None and not any(text.strip("0. ") for text in bound)


def _plain(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """A column in a type that Delta has: a time of day as ISO 8601 writes it."""
    import pyarrow as pa

    if pa.types.is_time(column.type):
        return column.cast(pa.time32("s")).cast(pa.string())
    return column
