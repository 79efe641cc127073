"""One table read by several connections: each cuts a range of keys off what is left, and reads it.

A range ends at the key of the row that is so many rows further, which SAP finds by reading the keys
before it once. The first connection is the scan's own. Others are borrowed for a range at a time,
while one more stays free in the pool for another table; a table waits for its first one alone.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from erp_resources.errors import (
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    PoolTimeout,
    SourceBusy,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.pool import ConnectionPool
from erp_resources.prefetch import merged
from erp_resources.sap.connection import SapSession
from erp_resources.sap.paging import WHOLE, Bound, KeyRange, Page
from erp_resources.sap.rows import TableRead
from erp_resources.sap.where import Tokens, packed

if TYPE_CHECKING:
    import pyarrow as pa

FEWEST_PAGES = 8
"""A table with fewer is read by one connection."""
MOST_PAGES = 8
"""Of a range: few enough that a borrowed connection is soon free for others."""
SHARES = 2
"""Of what is left for each connection; ranges get shorter, so that all end at the same time."""
BORROW_SECONDS = 0.5
"""How long a connection is waited for, and until a pool is asked again that had none to spare."""

Find = Callable[[KeyRange, int], Bound | None]
"""The key of the row at a place of a range; None if the range has no such row."""


def parallel_tables(
    first: TableRead, pool: ConnectionPool[SapSession]
) -> "Generator[pa.Table, None, None]":
    """All rows of a table in their landed types, by as many connections as its settings allow.

    ``first`` says afterwards whether any of them trusted the order that rows came in.
    """
    connections, rows, page = first.settings.connections, first.expected, first.page_rows
    if connections > 1 and rows is not None and rows >= FEWEST_PAGES * page and first.paged:
        left = Remainder(rows, SHARES * connections, page, MOST_PAGES * page)
        yield from _Team(first, pool, left).tables()
    else:
        yield from first.tables()


@dataclass
class Remainder:
    """What is left to read of a table, for several threads to cut ranges from.

    Attributes:
        rows: left, about.
        shares: a range is one of so many of them,
        least: but not shorter than that,
        most: and not longer.
        is_empty: set once nothing is left.
    """

    rows: int
    shares: int
    least: int
    most: int
    is_empty: threading.Event = field(default_factory=threading.Event)
    _rest: KeyRange = WHOLE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cut(self, find: Find) -> KeyRange | None:
        """The next range, which is then the caller's to read; None if nothing is left."""
        with self._lock:
            if self.is_empty.is_set():
                return None
            rest, rows = self._rest, max(self.least, min(self.most, self.rows // self.shares))
            bound = find(rest, rows - 1)
            if bound is None or bound == rest.after:  # of the latter kind its pages will tell
                self.is_empty.set()
                return rest
            self._rest, self.rows = KeyRange(bound, rest.upto), self.rows - rows
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
                yield from self.first.tables(within=keys, expected=self.left.most)
        finally:
            self.left.is_empty.set()  # after an error or an early end nobody reads on

    def _by_borrowed(self) -> "Iterator[pa.Table]":
        pause = 0.0
        while not self.left.is_empty.wait(pause):
            pause = 0.0 if self.pool.spare > 1 else BORROW_SECONDS
            if pause:
                continue
            with ExitStack() as stack:
                try:
                    session = stack.enter_context(self.pool.connection(BORROW_SECONDS))
                except ErpError as error:
                    if isinstance(error, PoolTimeout) and error.__cause__ is None:
                        continue  # it is still being dialed
                    _warn(self.first, error)
                    return
                yield from self._one_range(replace(self.first, session=session))

    def _one_range(self, read: TableRead) -> "Iterator[pa.Table]":
        keys = self.left.cut(partial(_key_at, read))
        if keys is not None:
            yield from read.tables(within=keys, expected=self.left.most)


def _key_at(read: TableRead, within: KeyRange, place: int) -> Bound | None:
    """The key where a range can end; None as well where no condition or line can hold it."""
    key = read.paged
    try:
        found = read.session.patiently(
            partial(_row_at, read, read.within(within), place),
            f"keys of table {read.query.source.table!r}",
        )
        if found is None or not found.num_rows:
            return None
        bound = Page(found, key).bound(0)
        packed(read.within(KeyRange(within.after, bound)))
    except (InvalidQuery, UnsupportedType, ValueDoesNotFit):  # typed functions need neither
        return None
    return bound


def _row_at(read: TableRead, condition: Tokens, place: int) -> "pa.Table | None":
    table = read.query.source.table
    try:
        return read.repository.key_at(read.session, table, read.paged, condition, place)
    except (SourceBusy, DeadlineExceeded) as error:  # too many keys at once: pages have fewer
        _warn(read, error)
        return None


def _warn(read: TableRead, error: ErpError) -> None:
    """Say why more connections do not read the table; those that do read on."""
    structlog.get_logger(__name__).warning(
        "read by fewer connections", table=read.query.source.name, error=str(error)
    )
