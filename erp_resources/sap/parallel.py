"""One table read by several connections: each cuts a range of keys off what is left, and reads it.

A range ends at the key of the row that is so many rows further, which SAP finds by reading the keys
before it once. The first connection is the scan's own; others are borrowed while nobody else wants
them, for a range at a time, so that a table never waits for more than its first connection.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from erp_resources.errors import ErpError
from erp_resources.pool import ConnectionPool
from erp_resources.prefetch import merged
from erp_resources.sap.connection import SapSession
from erp_resources.sap.paging import WHOLE, Bound, KeyRange, Page
from erp_resources.sap.rows import TableRead

if TYPE_CHECKING:
    import pyarrow as pa

RANGE_PAGES = 4
"""Pages of a range: few enough that a borrowed connection is soon free for others."""
BUSY_SECONDS = 0.5
"""Time until a pool is asked again that had no connection to spare."""

Find = Callable[[KeyRange, int], Bound | None]
"""The key of the row at a place of a range; None if the range has no such row."""


def parallel_tables(
    first: TableRead, pool: ConnectionPool[SapSession]
) -> "Generator[pa.Table, None, None]":
    """All rows of a table in their landed types, by as many connections as its settings allow.

    ``first`` says afterwards whether any of them trusted the order that rows came in.
    """
    rows = RANGE_PAGES * first.page_rows
    is_large = first.expected is not None and first.expected >= 2 * rows
    if first.settings.connections > 1 and is_large and first.paged:
        yield from _Team(first, pool, Remainder(rows)).tables()
    else:
        yield from first.tables()


@dataclass
class Remainder:
    """What is left to read of a table, for several threads to cut ranges from.

    Attributes:
        rows: of each range.
        is_empty: set once nothing is left.
    """

    rows: int
    is_empty: threading.Event = field(default_factory=threading.Event)
    _rest: KeyRange = WHOLE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cut(self, find: Find) -> KeyRange | None:
        """The next range, which is then the caller's to read; None if nothing is left."""
        with self._lock:
            if self.is_empty.is_set():
                return None
            rest = self._rest
            bound = find(rest, self.rows - 1)
            if bound is None or bound == rest.after:  # of the latter kind its pages will tell
                self.is_empty.set()
                return rest
            self._rest = KeyRange(bound, rest.upto)
            return KeyRange(rest.after, bound)


@dataclass
class _Team:
    first: TableRead
    pool: ConnectionPool[SapSession]
    left: Remainder

    def tables(self) -> "Generator[pa.Table, None, None]":
        helpers = self.first.settings.connections - 1
        work = [self._by_first(), *(self._by_borrowed() for _ in range(helpers))]
        yield from merged(work, ahead=0, name=f"erp-{self.first.query.source.name}")

    def _by_first(self) -> "Iterator[pa.Table]":
        try:
            while (keys := self.left.cut(partial(_key_at, self.first))) is not None:
                yield from self.first.tables(within=keys, expected=self.left.rows)
        finally:
            self.left.is_empty.set()  # after an error or an early end nobody reads on

    def _by_borrowed(self) -> "Iterator[pa.Table]":
        pause = 0.0
        while not self.left.is_empty.wait(pause):
            pause = 0.0 if self.pool.has_room else BUSY_SECONDS
            if pause:
                continue
            with ExitStack() as stack:
                session = self._borrowed(stack)
                if session is None:
                    return
                yield from self._one_range(replace(self.first, session=session))

    def _borrowed(self, stack: ExitStack) -> SapSession | None:
        try:
            return stack.enter_context(self.pool.connection())
        except ErpError as error:  # the others read on without it
            structlog.get_logger(__name__).warning(
                "read by fewer connections", table=self.first.query.source.name, error=str(error)
            )
            return None

    def _one_range(self, read: TableRead) -> "Iterator[pa.Table]":
        keys = self.left.cut(partial(_key_at, read))
        if keys is not None:
            yield from read.tables(within=keys, expected=self.left.rows)
            if read.trusted_order:
                self.first.trusted_order = True


def _key_at(read: TableRead, within: KeyRange, place: int) -> Bound | None:
    table, key, condition = read.query.source.table, read.paged, read.within(within)
    found = read.repository.key_at(read.session, table, key, condition, place)
    return Page(found, key).bound(0) if found is not None and found.num_rows else None
