"""An open result of arrow-odbc: its batches one by one, each within a deadline, and its end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import (
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    SourceBusy,
    ValueDoesNotFit,
)
from erp_resources.odbc.connection import ConnectParams, OdbcSession, call, query_timeout
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Statement

if TYPE_CHECKING:
    import pyarrow as pa
    from arrow_odbc.reader import BatchReader

T = TypeVar("T")

BATCH_ROWS = 10_000
BATCH_BYTES = 16 << 20
"""Most bytes of a buffer that a driver fills, unless one row needs more; there are two: one is
filled while the other becomes Arrow."""
BEYOND_THE_BMP = r"[\x{10000}-\x{10FFFF}]"
"""Characters of two UTF-16 units, as RE2 writes them."""
SHORT_TEXT = 256
"""UTF-16 units that text without a declared length always gets: names, numbers, times."""


@dataclass(frozen=True)
class Limits:
    """How much a result's buffer holds.

    Attributes:
        text: UTF-16 units of a text; caps declared lengths too.
        binary: bytes of a binary value.
        bytes: of the whole buffer.
        rows: of a batch.
    """

    text: int = SHORT_TEXT
    binary: int = 1
    bytes: int = BATCH_BYTES
    rows: int = BATCH_ROWS


@dataclass(frozen=True)
class Request:
    """What to read, and how patiently.

    Attributes:
        types: what to ask arrow-odbc for, given what the driver describes.
        seconds: most that the execution, and each batch, may take.
        table: for messages.
    """

    statement: Statement
    types: "Callable[[pa.Schema], pa.Schema]"
    seconds: float
    table: str | None = None
    limits: Limits = Limits()


def batches(session: OdbcSession, request: Request) -> "Iterator[pa.RecordBatch]":
    """Execute a statement and yield its rows; closing the iterator closes the statement.

    Raises:
        SourceBusy: the rows broke off, and the driver hides why.
        DeadlineExceeded: the driver was silent for too long; the session is lost.
        ErpError: what else the driver's error means.
    """
    result = _Result(session, request)
    try:
        result.execute()
        while (batch := result.next()) is not None:
            yield batch
    finally:
        result.close()


def only_row(session: OdbcSession, request: Request) -> tuple[str | None, ...]:
    """The one row of a statement, its values as text."""
    (row,) = [row for batch in batches(session, request) for row in batch.to_pylist()]
    return tuple(row.values())


def as_text(described: "pa.Schema") -> "pa.Schema":
    """Asks for every column as text, under its position for a name."""
    import pyarrow as pa

    return pa.schema([(str(number), pa.string()) for number in range(len(described))])


def longer_than(units: int, texts: "pa.StringArray") -> bool:
    """Whether any of ``texts`` has more UTF-16 units than so."""
    import pyarrow.compute as pc

    bytes_ = pc.binary_length(texts)
    if (pc.max(bytes_).as_py() or 0) <= units:  # no text has more units than bytes
        return False
    long = texts.filter(pc.greater(bytes_, units))
    pairs = pc.count_substring_regex(long, BEYOND_THE_BMP)
    longest: int | None = pc.max(pc.add(pc.utf8_length(long), pairs)).as_py()
    return longest is not None and longest > units


def _broken_off(params: ConnectParams, table: str | None, rows: int, error: int) -> ErpError:
    """What it means that rows ended too early, by the database's number of an error or 0."""
    found = Diagnosis(SourceBusy, "read again; another driver may say why they did")
    if error:
        known = params.dialect.diagnose(DiagnosticRecord("HY000", error, ""))
        found = known or Diagnosis(InvalidQuery, "correct the statement")
    subject = f"table {table!r}" if table else "a query"
    cause = f" with error {error}" if error else ""
    text = f"{params.system}: {subject}: the rows broke off after {rows}{cause}; {found.remedy}"
    return found.kind(text, code=str(error) if error else None)


class _Result:
    """The only holder of a reader.

    Tracebacks keep the frames they passed through, and with them what was in hand there: a
    statement would stay open on a session that others use already.
    """

    def __init__(self, session: OdbcSession, request: Request) -> None:
        self._session, self._request = session, request
        self._reader: BatchReader | None = None
        self._rows = 0

    def execute(self) -> None:
        self._bounded(self._execute)

    def next(self) -> "pa.RecordBatch | None":
        return self._bounded(self._next)

    def close(self) -> None:
        # A driver may read a result to its end to close it: if that takes too long, the session
        # is marked as lost, which is all there is to do.
        with suppress(DeadlineExceeded):
            if self._reader is not None and not self._session.abandoned:
                self._bounded(self._drop)

    def _bounded(self, step: Callable[[], T]) -> T:
        deadline = Deadline.after(self._request.seconds)
        return call(self._session, deadline, step, table=self._request.table)

    def _execute(self) -> None:
        from arrow_odbc import TextEncoding

        statement, limits = self._request.statement, self._request.limits
        outcome = self._session.params.outcome
        self._reader = self._session.bulk.read_arrow_batches(
            f"{statement.text}; {outcome}" if outcome else statement.text,
            batch_size=limits.rows,
            parameters=list(statement.parameters) or None,
            max_bytes_per_batch=limits.bytes,
            max_text_size=limits.text + 1,  # room enough to see that a value is longer
            max_binary_size=limits.binary,
            map_schema=self._request.types,
            fetch_concurrently=True,
            query_timeout_sec=query_timeout(Deadline.after(self._request.seconds)),
            # Narrow text would come in the code page of server or locale.
            payload_text_encoding=TextEncoding.UTF16,
        )

    def _next(self) -> "pa.RecordBatch | None":
        assert self._reader is not None  # noqa: S101 - executed before
        batch = next(self._reader, None)
        if batch is not None:
            self._rows += batch.num_rows
            self._refuse_cut_text(batch)
        elif self._session.params.outcome:
            self._expect_all_rows(self._reader)
        return batch

    def _expect_all_rows(self, reader: "BatchReader") -> None:
        """Refuse rows that an error broke off, which FreeTDS takes for their end (1.3.17).

        An error that ends the whole batch leaves no outcome behind it.
        """
        reader.more_results(
            batch_size=1, max_text_size=SHORT_TEXT, map_schema=as_text, fetch_concurrently=False
        )
        found = [tuple(row.values()) for batch in reader for row in batch.to_pylist()]
        error, rows = map(int, found[0]) if found else (0, None)
        if (error, rows) != (0, self._rows):
            raise _broken_off(self._session.params, self._request.table, self._rows, error)

    def _refuse_cut_text(self, batch: "pa.RecordBatch") -> None:
        """Refuse text that does not fit, which FreeTDS cuts without a word (1.3.17)."""
        from pyarrow import types

        limit = self._request.limits.text
        for field, texts in zip(batch.schema, batch.columns, strict=True):
            if types.is_string(field.type) and longer_than(limit, texts):
                raise ValueDoesNotFit(
                    f"{self._session.params.system}: {self._request.table}.{field.name} holds a "
                    f"text of over {limit} characters, more than declared; run "
                    "`erp catalog refresh`"
                )

    def _drop(self) -> None:
        self._reader = None
