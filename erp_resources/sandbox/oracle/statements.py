"""Executing statements and fetching their rows: what a call on a cursor is answered with."""

import re
from collections.abc import Sequence
from typing import Any

from erp_resources.sandbox.oracle.codes import (
    NO_DATA_FOUND,
    NOT_IMPLEMENTED,
    ExecuteOption,
)
from erp_resources.sandbox.oracle.cursors import Cursor, Cursors, RowStream, as_defined, has_lobs
from erp_resources.sandbox.oracle.lobs import LobStore
from erp_resources.sandbox.oracle.login import time_zone_minutes
from erp_resources.sandbox.oracle.requests import ExecuteRequest
from erp_resources.sandbox.oracle.responses import RETURN_PARAMETERS, ROW_HEADER, Responses
from erp_resources.sandbox.oracle.rows import FetchContext
from erp_resources.sandbox.oracle.service import Service
from erp_resources.sandbox.oracle.transport import BreakReceivedError, Buffer
from erp_resources.sandbox.oracle.types import OracleError, ResultSet, SqlSession
from erp_resources.sandbox.oracle.worker import Engine

Parts = list[Buffer]

_INVALID_STATEMENT = 900
_FETCH_OUT_OF_SEQUENCE = 1002
_SETS_TIME_ZONE = re.compile(r"\s*alter\s+session\s+set\s+time_zone\b", re.IGNORECASE)


class Statements:
    """The statements of one session."""

    def __init__(
        self,
        engine: Engine,
        responses: Responses,
        lobs: LobStore,
        service: Service,
    ) -> None:
        self._engine = engine
        self._responses = responses
        self._lobs = lobs
        self._service = service
        self._current: Cursor | None = None
        self._to_read_ahead: Cursor | None = None
        self.cursors = Cursors(lobs, engine.later)
        self.zone_minutes = 0

    def end(self, error: OracleError | None = None, *, cursor_id: int = 0, rows: int = 0) -> bytes:
        """The message that ends a statement's call."""
        return self._responses.error(
            error,
            in_transaction=self._engine.in_transaction,
            cursor_id=cursor_id,
            row_count=rows,
        )

    def execute(self, request: ExecuteRequest) -> Parts:
        """Answer an execute call, be it the first for its statement or not.

        Raises:
            OracleError: there is no such cursor.
            BreakReceivedError: the client cancelled it.
        """
        cursor = self._cursor_of(request)
        try:
            return self._perform(cursor, request)
        except OracleError as error:
            # A client only learns of a new cursor by success, and keeps one that it knows.
            known_id = 0 if request.sql is not None else cursor.id
            self._give_up(cursor, request)
            return [self.end(error, cursor_id=known_id)]
        except BreakReceivedError:
            self._give_up(cursor, request)
            raise

    def _cursor_of(self, request: ExecuteRequest) -> Cursor:
        if request.sql is None:
            cursor = self.cursors.get(request.cursor_id)
        else:
            self.cursors.close(request.cursor_id)  # DDL is parsed anew each time
            cursor = self.cursors.open(request.sql)
            cursor.is_query = request.is_query
        if request.binds is not None:
            cursor.binds = request.binds
        self._current = cursor
        return cursor

    def _give_up(self, cursor: Cursor, request: ExecuteRequest) -> None:
        if request.sql is not None:
            self.cursors.close(cursor.id)
        else:
            self.cursors.release_result(cursor)

    def abandon(self) -> None:
        """Give up the result that the client was getting when it cancelled.

        Rows that were on their way are lost, so going on behind them would leave a gap.
        """
        if self._current is not None:
            self.cursors.release_result(self._current)

    def _perform(self, cursor: Cursor, request: ExecuteRequest) -> Parts:
        if request.has(ExecuteOption.DEFINE):
            return self._define(cursor, request)
        if not request.has(ExecuteOption.EXECUTE):
            return self._describe(cursor)
        self._service.counters.add("executes")
        self._service.check_fault("execute")
        self.cursors.release_result(cursor)
        if cursor.is_query:
            return self._query(cursor, request)
        return self._change(cursor, request)

    def _describe(self, cursor: Cursor) -> Parts:
        """Parse without executing."""
        columns = self._engine.run(lambda session: session.describe(cursor.sql))
        cursor.columns = columns
        described = [self._responses.describe(columns)] if columns is not None else []
        return [*described, self.end(cursor_id=cursor.id)]

    def _query(self, cursor: Cursor, request: ExecuteRequest) -> Parts:
        binds = request.bind_rows[0] if request.bind_rows else []
        wants_rows = request.has(ExecuteOption.FETCH) and request.count > 0

        def run(session: SqlSession) -> ResultSet:
            result = _rows_of(session.execute(cursor.sql, binds))
            if not has_lobs(result.columns):
                cursor.stream = self._stream(cursor, result)
                if wants_rows:
                    cursor.stream.prepare()
            return result

        result = self._engine.run(run)
        parts: Parts = []
        if cursor.stream is None or cursor.columns != result.columns:
            parts.append(self._responses.describe(result.columns))
        cursor.columns = result.columns
        if cursor.stream is None:
            cursor.undefined = result
            if parts and cursor.defines and len(cursor.defines) != len(result.columns):
                cursor.defines = None
            return [*parts, self.end(cursor_id=cursor.id)]
        parts.append(RETURN_PARAMETERS)
        if wants_rows:
            return parts + self._rows(cursor, cursor.stream, request.count)
        return [*parts, self.end(cursor_id=cursor.id)]

    def _stream(self, cursor: Cursor, result: ResultSet) -> RowStream:
        context = FetchContext(self._lobs, cursor.id, self.zone_minutes)
        return RowStream(result.batches, result.columns, context)

    def _define(self, cursor: Cursor, request: ExecuteRequest) -> Parts:
        """The second half of a query with LOBs: the client says how it wants them."""
        cursor.defines = request.defines
        return self._rows(cursor, self._opened_stream(cursor), request.count)

    def _opened_stream(self, cursor: Cursor) -> RowStream:
        """The stream of a cursor's result, which with LOBs opens at the first fetch."""
        result = cursor.undefined
        if result is not None and cursor.defines is not None:
            columns = as_defined(result.columns, cursor.defines)
            cursor.undefined = None
            cursor.stream = self._stream(cursor, ResultSet(columns, result.batches))
        if cursor.stream is None:
            raise OracleError(_FETCH_OUT_OF_SEQUENCE, "fetch out of sequence")
        return cursor.stream

    def _change(self, cursor: Cursor, request: ExecuteRequest) -> Parts:
        zone_minutes = _new_zone(cursor.sql)
        changed = 0

        def run(session: SqlSession) -> None:
            nonlocal changed
            for binds in request.bind_rows or [[]]:
                changed += _count_of(session.execute(cursor.sql, binds))
            if request.has(ExecuteOption.COMMIT):
                session.commit()

        try:
            self._engine.run(run)
        except OracleError as error:
            return [self.end(error, cursor_id=cursor.id, rows=changed)]
        if zone_minutes is not None:
            self.zone_minutes = zone_minutes
        return [RETURN_PARAMETERS, self.end(cursor_id=cursor.id, rows=changed)]

    def fetch(self, cursor_id: int, count: int) -> Parts:
        """Answer a fetch call with up to ``count`` rows.

        Raises:
            OracleError: there is no such cursor.
            BreakReceivedError: the client cancelled it.
        """
        self._service.counters.add("fetches")
        cursor = self._current = self.cursors.get(cursor_id)
        try:
            return self._rows(cursor, self._opened_stream(cursor), count)
        except OracleError as error:
            self.cursors.release_result(cursor)
            return [self.end(error, cursor_id=cursor.id)]

    def _rows(self, cursor: Cursor, stream: RowStream, count: int) -> Parts:
        self._service.check_fault("fetch", stream.rows_taken)
        pieces, taken = self._take(cursor, stream, count)
        is_at_end = taken < count
        self._to_read_ahead = None if is_at_end else cursor
        error = OracleError(NO_DATA_FOUND, "no data found") if is_at_end else None
        header = [ROW_HEADER] if taken else []
        return [*header, *pieces, self.end(error, cursor_id=cursor.id, rows=stream.rows_taken)]

    def _take(
        self, cursor: Cursor, stream: RowStream, count: int
    ) -> tuple[Sequence[memoryview], int]:
        if stream.rows_in_part >= count:
            return stream.take(count)
        ahead, cursor.ahead = cursor.ahead, None
        if ahead is not None:
            self._engine.wait(ahead)
        if stream.rows_at_hand >= count:
            return stream.take(count)
        return self._engine.run(lambda _: stream.take(count))

    def read_ahead(self) -> None:
        """Encode the next rows while the client works on those it was just sent."""
        cursor, self._to_read_ahead = self._to_read_ahead, None
        if cursor is None or cursor.stream is None or cursor.ahead is not None:
            return
        if cursor.stream.can_prepare:
            cursor.ahead = self._engine.later(cursor.stream.prepare)


def _rows_of(result: Any) -> ResultSet:
    if not isinstance(result, ResultSet):
        raise OracleError(_INVALID_STATEMENT, "invalid SQL statement")
    return result


def _count_of(result: Any) -> int:
    if isinstance(result, ResultSet):
        raise OracleError(_INVALID_STATEMENT, "invalid SQL statement")
    return int(result)


def _new_zone(sql: str) -> int | None:
    """The offset that a statement gives the session, if it is one that does so.

    Raises:
        OracleError: ORA-03001 if it names a zone by its region.
    """
    if not _SETS_TIME_ZONE.match(sql):
        return None
    minutes = time_zone_minutes(sql)
    if minutes is None:
        raise OracleError(NOT_IMPLEMENTED, "unimplemented feature: time zone of a region")
    return minutes
