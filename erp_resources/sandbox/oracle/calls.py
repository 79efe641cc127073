"""The calls of a session that is logged on: each is parsed to its end before it is done.

Parsing first keeps the stream in step whatever goes wrong later. The login and the connection
itself belong in ``session``.
"""

from collections.abc import Callable

from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED, FunctionCode
from erp_resources.sandbox.oracle.lobs import LobStore
from erp_resources.sandbox.oracle.login import Login, time_zone_minutes
from erp_resources.sandbox.oracle.piggybacks import read_piggyback
from erp_resources.sandbox.oracle.primitives import Reader
from erp_resources.sandbox.oracle.requests import RequestReader, refuse_unsupported
from erp_resources.sandbox.oracle.responses import Responses
from erp_resources.sandbox.oracle.service import Service, SessionInfo
from erp_resources.sandbox.oracle.statements import Statements
from erp_resources.sandbox.oracle.transport import Buffer, Transport
from erp_resources.sandbox.oracle.types import OracleError, SqlSession
from erp_resources.sandbox.oracle.worker import Engine

Parts = list[Buffer]

Call = Callable[[], Parts]
"""A call that has been parsed and remains to be done; returns what it is answered with."""


class Calls:
    """Everything that a client may ask for after its login."""

    def __init__(
        self, service: Service, transport: Transport, reader: Reader, login: Login, version: int
    ) -> None:
        """Open the engine's session for the user of ``login``, in the format of field ``version``.

        Raises:
            OracleError: the engine does not let this user in.
        """
        lobs = LobStore()
        zone_minutes = time_zone_minutes(login.values.get("AUTH_ALTER_SESSION", ""))
        self._counters = service.counters
        self._reader = reader
        self._lobs = lobs
        self._engine = Engine(service.open_session(login.user), transport)
        self._responses = Responses(version)
        self._requests = RequestReader(reader, version, lobs)
        self._statements = Statements(self._engine, self._responses, lobs, service)
        self._statements.zone_minutes = zone_minutes or 0
        self._failed_piggyback: OracleError | None = None
        self._parsers = self._all_parsers()

    def _all_parsers(self) -> dict[int, Callable[[], Call]]:
        return {
            FunctionCode.EXECUTE: self._execute,
            FunctionCode.REEXECUTE: self._reexecute,
            FunctionCode.REEXECUTE_AND_FETCH: self._reexecute_and_fetch,
            FunctionCode.FETCH: self._fetch,
            FunctionCode.LOB_OPERATION: self._lob,
            FunctionCode.COMMIT: self._commit,
            FunctionCode.ROLLBACK: self._rollback,
            FunctionCode.LOGOFF: self._logoff,
            FunctionCode.PING: self._ping,
            FunctionCode.PIPELINE_END: self._end_pipeline,
        }

    @property
    def in_transaction(self) -> bool:
        """Whether the session holds uncommitted changes."""
        return self._engine.in_transaction

    def parse(self, code: int) -> Call:
        """Read a call behind its function code, to its end.

        Raises:
            OracleError: ORA-03001 for what this server does not know; the rest of the request is
                then still unread.
        """
        parse = self._parsers.get(code)
        if parse is None:
            raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: function {code}")
        call = parse()
        failed, self._failed_piggyback = self._failed_piggyback, None
        if failed is None:
            return call
        return lambda: [self._error(failed)]

    def take_piggyback(self, code: int, info: SessionInfo) -> None:
        """Read and do what comes ahead of a call; if it fails, the call is answered with its error.

        Raises:
            OracleError: ORA-03001 for what this server does not know.
        """
        asked = read_piggyback(self._reader, code)
        for cursor_id in asked.closed_cursors:
            self._statements.cursors.close(cursor_id)
        info.attributes = info.attributes | asked.attributes
        if asked.schema is not None:
            self._set_schema(asked.schema, info)

    def _set_schema(self, schema: str, info: SessionInfo) -> None:
        try:
            self._engine.run(lambda session: session.set_schema(schema))
        except OracleError as error:
            self._failed_piggyback = error
        else:
            info.schema = schema

    def abandon(self) -> None:
        """Give up what the client has cancelled."""
        self._statements.abandon()

    def after_response(self) -> None:
        """Use the time in which the client works on what it was sent."""
        self._statements.read_ahead()

    def close(self) -> None:
        """End the engine's session."""
        self._statements.cursors.close_all()
        self._engine.close()

    def _execute(self) -> Call:
        request, define_count, bind_count = self._requests.execute_head()
        sql = request.sql or self._statements.cursors.get(request.cursor_id).sql
        refuse_unsupported(request, sql)
        if define_count:
            request.defines = self._requests.variables(define_count)
        elif bind_count:
            request.binds = self._requests.variables(bind_count)
            executions = 1 if request.is_query else request.count
            request.bind_rows = self._requests.bind_rows(request.binds, executions)
        return lambda: self._statements.execute(request)

    def _reexecute(self) -> Call:
        return self._execute_again(FunctionCode.REEXECUTE)

    def _reexecute_and_fetch(self) -> Call:
        return self._execute_again(FunctionCode.REEXECUTE_AND_FETCH)

    def _execute_again(self, code: FunctionCode) -> Call:
        request = self._requests.reexecute(code)
        cursor = self._statements.cursors.get(request.cursor_id)
        if cursor.binds:
            executions = 1 if cursor.is_query else request.count
            request.bind_rows = self._requests.bind_rows(cursor.binds, executions)
        return lambda: self._statements.execute(request)

    def _fetch(self) -> Call:
        cursor_id, count = self._reader.uint(), self._reader.uint()
        return lambda: self._statements.fetch(cursor_id, count)

    def _lob(self) -> Call:
        request = self._requests.lob_call()
        return lambda: [self._lobs.answer(request), self._error(None)]

    def _commit(self) -> Call:
        return lambda: self._simple("commits", lambda session: session.commit())

    def _rollback(self) -> Call:
        return lambda: self._simple("rollbacks", lambda session: session.rollback())

    def _logoff(self) -> Call:
        return lambda: self._simple("logoffs", lambda session: session.rollback())

    def _ping(self) -> Call:
        self._counters.add("pings")
        return lambda: [self._status()]

    def _end_pipeline(self) -> Call:
        self._reader.uint()
        return lambda: [self._status()]

    def _simple(self, counter: str, call: Callable[[SqlSession], None]) -> Parts:
        self._counters.add(counter)
        self._engine.run(call)
        return [self._status()]

    def _status(self) -> bytes:
        return self._responses.status(in_transaction=self.in_transaction)

    def _error(self, error: OracleError | None) -> bytes:
        return self._responses.error(error, in_transaction=self.in_transaction)
