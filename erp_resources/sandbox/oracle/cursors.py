"""A session's open cursors and the row streams behind them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import pyarrow as pa

from erp_resources.sandbox.cells import EncodedRows, parts_of
from erp_resources.sandbox.oracle.codes import INVALID_CURSOR
from erp_resources.sandbox.oracle.lobs import LobStore
from erp_resources.sandbox.oracle.requests import Bind
from erp_resources.sandbox.oracle.rows import FetchContext, encode_rows
from erp_resources.sandbox.oracle.types import (
    CharsetForm,
    ColumnInfo,
    OracleError,
    OracleType,
    ResultSet,
)

_LARGEST_CURSOR_ID = 65000
_FETCH_OUT_OF_SEQUENCE = 1002
_LOB_AS_LONG = {OracleType.CLOB: OracleType.LONG, OracleType.BLOB: OracleType.LONG_RAW}


class RowStream:
    """The rows of one result, encoded a part at a time and handed out in any number.

    ``prepare`` may run in another thread than ``take``, but not at the same time.
    """

    def __init__(
        self, batches: Iterator[pa.RecordBatch], columns: list[ColumnInfo], context: FetchContext
    ) -> None:
        self._batches = batches
        self._parts = self._encoded(columns, context)
        self._current: EncodedRows | None = None
        self._position = 0
        self._next: EncodedRows | None = None
        self._is_exhausted = False
        self._is_closed = False
        self._is_broken = False
        self.rows_taken = 0

    def _encoded(self, columns: list[ColumnInfo], context: FetchContext) -> Iterator[EncodedRows]:
        for batch in self._batches:
            for part in parts_of(batch):
                yield encode_rows(part, columns, context)

    @property
    def rows_in_part(self) -> int:
        """Rows that ``take`` can hand out even while ``prepare`` runs."""
        return len(self._current) - self._position if self._current else 0

    @property
    def rows_at_hand(self) -> int:
        """Rows that ``take`` can hand out without encoding."""
        return self.rows_in_part + (len(self._next) if self._next else 0)

    @property
    def can_prepare(self) -> bool:
        """Whether another part can be encoded ahead."""
        return self._next is None and not self._is_exhausted and not self._is_closed

    def prepare(self) -> None:
        """Encode the next part ahead of its use.

        Raises:
            OracleError: what the engine or the encoding raised; ORA-01002 for every call after
                that, so that a failed result never looks like one that has come to its end.
        """
        if not self.can_prepare:
            return
        if self._is_broken:
            raise OracleError(_FETCH_OUT_OF_SEQUENCE, "fetch out of sequence")
        self._is_broken = True
        self._next = next(self._parts, None)
        self._is_broken = False
        self._is_exhausted = self._next is None

    def take(self, count: int) -> tuple[list[memoryview], int]:
        """Up to ``count`` rows; fewer only at the end of the result.

        Returns:
            The bytes of the rows and their number.
        """
        pieces: list[memoryview] = []
        missing = count
        while missing and self._advance() and self._current is not None:
            stop = min(self._position + missing, len(self._current))
            pieces.append(self._current.slice(self._position, stop))
            missing -= stop - self._position
            self._position = stop
        self.rows_taken += count - missing
        return pieces, count - missing

    def _advance(self) -> bool:
        """Move to the next part when this one is used up; false at the end of the result."""
        if self._current is not None and self._position < len(self._current):
            return True
        self.prepare()
        self._current, self._next = self._next, None
        self._position = 0
        return self._current is not None

    def close(self) -> None:
        """Let go of the result."""
        self._is_closed = True
        self._current = self._next = None
        close = getattr(self._batches, "close", None)
        if close is not None:
            close()


@dataclass
class Cursor:
    """One statement that a client holds open."""

    id: int
    sql: str
    is_query: bool = False
    binds: list[Bind] = field(default_factory=list)
    columns: list[ColumnInfo] | None = None
    """The columns that the client was last told of."""

    undefined: ResultSet | None = None
    """A result with LOBs, until the client has said how it wants them."""

    defines: list[Bind] | None = None
    """What the client said of that the last time; it need not repeat itself."""

    stream: RowStream | None = None
    ahead: Future[None] | None = None
    """The encoding of the stream's next part, if it was begun."""


class Cursors:
    """The cursors of one session by their number."""

    def __init__(self, lobs: LobStore, later: Callable[[Callable[[], None]], object]) -> None:
        """Keep LOBs in ``lobs``; have results closed by ``later``, on the engine's thread."""
        self._lobs = lobs
        self._later = later
        self._open: dict[int, Cursor] = {}
        self._last_id = 0

    def open(self, sql: str) -> Cursor:
        """A new cursor for a statement."""
        self._last_id = self._last_id % _LARGEST_CURSOR_ID + 1
        while self._last_id in self._open:
            self._last_id += 1
        cursor = Cursor(self._last_id, sql)
        self._open[cursor.id] = cursor
        return cursor

    def get(self, cursor_id: int) -> Cursor:
        """An open cursor.

        Raises:
            OracleError: ORA-01001 if there is none of this number.
        """
        cursor = self._open.get(cursor_id)
        if cursor is None:
            raise OracleError(INVALID_CURSOR, "invalid cursor")
        return cursor

    def close(self, cursor_id: int) -> None:
        """Forget a cursor and its result; one that is not open is nobody's loss."""
        cursor = self._open.pop(cursor_id, None)
        if cursor is not None:
            self.release_result(cursor)

    def close_all(self) -> None:
        """Forget all cursors."""
        for cursor_id in list(self._open):
            self.close(cursor_id)

    def release_result(self, cursor: Cursor) -> None:
        """Let go of a cursor's result, but keep the cursor for its next execution."""
        if cursor.stream is not None:
            self._later(cursor.stream.close)
        cursor.stream, cursor.undefined, cursor.ahead = None, None, None
        self._lobs.forget(cursor.id)


def has_lobs(columns: list[ColumnInfo]) -> bool:
    """Whether the client has to say how it wants some of these columns."""
    return any(column.type in _LOB_AS_LONG for column in columns)


def as_defined(columns: list[ColumnInfo], defines: list[Bind]) -> list[ColumnInfo]:
    """The columns in the types that the client asked for: LOBs as locators or as LONG."""
    return [
        _defined(column, define) if column.type in _LOB_AS_LONG else column
        for column, define in zip(columns, defines, strict=True)
    ]


def _defined(column: ColumnInfo, define: Bind) -> ColumnInfo:
    if define.type == column.type:
        return column
    form = CharsetForm(define.form) if column.type == OracleType.CLOB else CharsetForm.NONE
    return replace(column, type=_LOB_AS_LONG[column.type], charset_form=form)
