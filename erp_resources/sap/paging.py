"""A table in pages of bounded size, by ranges of its key instead of rows to skip.

SAP has no cursor, and without ORDER BY rows come in any order. Where a function sorts, each page
begins after the last key. Where it does not, a page in ascending order is trusted to be the first
rows of its range, and the count at the end has to agree; from a page in another order on, ranges
are halved until each comes in one call.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from erp_resources.errors import InvalidQuery
from erp_resources.sap.types import Fetched
from erp_resources.sap.where import AND, OR, Tokens, joined, literal

if TYPE_CHECKING:
    import pyarrow as pa

FILL = 0.7
"""How full pages are aimed to be where their bounds are estimated from a sample."""

MOST_HALVINGS = 200
"""So often a range is halved in vain; any that can be halved is small enough long before."""

BEFORE_ALL_DAYS = -(2**31)

Bound: TypeAlias = tuple[str, ...]
"""The values of the key's fields, as literals without quotes."""


@dataclass(frozen=True)
class KeyRange:
    """Rows whose key is greater than ``after`` and not greater than ``upto``.

    A closed one also has the rows of ``after`` itself.
    """

    after: Bound | None = None
    upto: Bound | None = None
    is_closed: bool = False

    def tokens(self, fields: Sequence[str]) -> Tokens:
        """The range as a condition on the key's fields; no tokens if it has no bounds."""
        last = ">=" if self.is_closed else ">"
        beyond = _compared(fields, self.after, ">", last) if self.after is not None else []
        within = _compared(fields, self.upto, "<", "<=") if self.upto is not None else []
        return joined([beyond, within], AND)


WHOLE = KeyRange()
"""All rows of a table."""


def _compared(fields: Sequence[str], bound: Bound, operator: str, last: str) -> Tokens:
    """Beyond the bound in the order of all fields: one is, and those before it are equal."""
    steps = []
    for place, field in enumerate(fields):
        same = [[f, "=", literal(v)] for f, v in zip(fields[:place], bound, strict=False)]
        beyond = last if field == fields[-1] else operator
        steps.append(joined([*same, [field, beyond, literal(bound[place])]], AND))
    return joined(steps, OR)


@dataclass(frozen=True)
class Page:
    """What one call returned: rows of the table, and the fields of its key but the client.

    Attributes:
        size: most rows that were asked for; 0 for all.
    """

    rows: "pa.Table"
    key: Sequence[Fetched]
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether there may be more rows in the range."""
        rows: int = self.rows.num_rows
        return rows == self.size > 0

    def bound(self, row: int) -> Bound:
        """The key of one row."""
        cells = (self.rows[field.name][row].as_py() for field in self.key)
        return tuple(_text(cell, field) for cell, field in zip(cells, self.key, strict=True))

    @cached_property
    def ordered(self) -> "pa.Table":
        """The key's fields in types that Arrow can order, nulls as the least value."""
        import pyarrow as pa

        fields = {f.name: _orderable(self.rows[f.name], f) for f in self.key}
        return pa.table(fields).combine_chunks()

    def span(self) -> KeyRange:
        """From the least key to the greatest, both included."""
        order = self._order()
        return KeyRange(self.bound(order[0]), self.bound(order[-1]), is_closed=True)

    def cut(self, whole: KeyRange, places: Sequence[int]) -> list[KeyRange]:
        """Ranges that together are ``whole``, cut behind so many of these rows' keys.

        Raises:
            InvalidQuery: the rows all have the same key.
        """
        order = self._order()
        bounds = dict.fromkeys(self.bound(order[place - 1]) for place in places)
        cuts = [bound for bound in bounds if bound != self.bound(order[-1])]
        if not cuts:
            raise InvalidQuery(
                "the key does not tell the rows apart, so they cannot be read in pages"
            )
        edges = [whole.after, *cuts, whole.upto]
        return [KeyRange(after, upto) for after, upto in pairwise(edges)]

    def _order(self) -> list[int]:
        """The places of the rows in the order of the key."""
        import pyarrow.compute as pc

        by = [(name, "ascending") for name in self.ordered.column_names]
        order: list[int] = pc.sort_indices(self.ordered, sort_keys=by).to_pylist()
        return order

    def is_ascending(self) -> bool:
        """Whether each key is greater than the one before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        count = self.rows.num_rows - 1
        if count < 1:
            return True
        grows, same = pa.scalar(value=False), pa.scalar(value=True)
        for column in self.ordered.columns:
            before, behind = column.slice(0, count), column.slice(1)
            grows = pc.or_(grows, pc.and_(same, pc.less(before, behind)))
            same = pc.and_(same, pc.equal(before, behind))
        return bool(pc.all(grows).as_py())


def _orderable(column: "pa.ChunkedArray", field: Fetched) -> "pa.ChunkedArray":
    import pyarrow as pa

    if field.kind == "date":
        return column.cast(pa.int32()).fill_null(BEFORE_ALL_DAYS)
    return _in_units(column) if pa.types.is_string_view(column.type) else column


def _in_units(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Texts in an order by UTF-16 units, as SAP's databases have it; Arrow's is by code points."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = column.cast(pa.string())
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    units = [text.encode("utf-16-be", "surrogatepass") for text in texts.to_pylist()]
    return pa.chunked_array([pa.array(units, pa.binary())])


def _text(cell: object, field: Fetched) -> str:
    """A key's value as its literal reads."""
    if isinstance(cell, date):
        return f"{cell:%Y%m%d}".zfill(8)
    if isinstance(cell, time):
        return f"{cell:%H%M%S}"
    if isinstance(cell, bytes):
        return cell.hex().upper()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if cell is None:
        return "0" * field.type.width
    return str(cell)


Fetch: TypeAlias = Callable[[KeyRange], Page]
"""Reads rows of a range, as many as it thinks fit, in whatever order."""


@dataclass(frozen=True)
class Pager:
    """Reads one table in pages.

    Attributes:
        fetch: reads some rows.
        size: rows of a page, about.
        is_sorted: whether ``fetch`` returns the first rows of a range, in the order of the key.
        trusts_order: whether ascending pages may be taken for the first rows of their range; the
            caller then compares the count.
        expected: rows to come, about; sizes the ranges where the order is unknown.
    """

    fetch: Fetch
    size: int
    is_sorted: bool
    trusts_order: bool
    expected: int | None = None

    def pages(self, within: KeyRange = WHOLE) -> "Generator[pa.Table, None, None]":
        """The rows of a range, each once."""
        rest, done = within, 0
        while True:
            page = self.fetch(rest)
            if not page.is_full:
                yield page.rows
                return
            if not (self.is_sorted or (self.trusts_order and page.is_ascending())):
                left = None if self.expected is None else self.expected - done
                yield from self._split(rest, page, left)
                return
            last = page.bound(-1)
            if last == rest.after:
                raise InvalidQuery(
                    f"the page behind key {last} ends with that key again: the function that reads "
                    "the table does not go on behind it"
                )
            yield page.rows
            done += page.rows.num_rows
            rest = KeyRange(last, within.upto)

    def _split(
        self, whole: KeyRange, sample: Page, expected: int | None = None
    ) -> "Generator[pa.Table, None, None]":
        """The rows of a range of which ``sample`` is a part, in whatever order."""
        left, in_vain = sample.cut(whole, self._places(sample, expected))[::-1], 0
        while left:
            part = left.pop()
            page = self.fetch(part)
            in_vain += 1
            if not page.is_full:
                yield page.rows
                in_vain = 0
            elif in_vain < MOST_HALVINGS:
                left += page.cut(part, self._places(page))[::-1]
            else:
                raise InvalidQuery(
                    f"rows up to key {part.upto} come in no range that is small enough: the system "
                    "compares keys in another order; have a function that sorts or is typed"
                )

    def _places(self, sample: Page, expected: int | None = None) -> list[int]:
        """After how many of the sample's rows, in the order of the key, to cut."""
        count = sample.rows.num_rows
        if sample.is_ascending():
            return [count - 1]  # it may be the first rows of its range: then they come in one call
        parts = 2
        if expected is not None:
            parts = max(2, min(count, int(expected / (FILL * self.size)) + 1))
        return [count * part // parts for part in range(1, parts)]
