"""Runs the engine's side of one session on a thread of its own, so that the socket can be watched.

The engine sees one thread, in order. Knows neither SQL nor messages.
"""

import logging
import select
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from erp_resources.sandbox.oracle.transport import BreakReceivedError, DisconnectedError, Transport
from erp_resources.sandbox.oracle.types import OracleError, SqlSession

T = TypeVar("T")

_log = logging.getLogger(__name__)

_REPEAT_INTERRUPT_MILLISECONDS = 50
_LONGEST_TEXT = 400
_INTERNAL_ERROR = 20999
"""From the range for applications: a driver takes ORA-00600 for the end of the session."""


class Worker:
    """One session's engine thread, made when it is first needed."""

    def __init__(self, transport: Transport, interrupt: Callable[[], None]) -> None:
        """Watch ``transport`` while calls run; call ``interrupt`` if the client wants an end."""
        self._transport = transport
        self._interrupt = interrupt
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="oracle-engine")
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.setblocking(False)
        self._poller = select.poll()
        self._poller.register(self._wake_receiver, select.POLLIN)

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Queue a call without waiting for it."""
        future = self._executor.submit(call)
        future.add_done_callback(lambda _: self._wake_sender.send(b"\0"))
        return future

    def run(self, call: Callable[[], T]) -> T:
        """Run a call and wait for it; see ``wait``."""
        return self.wait(self.submit(call))

    def wait(self, future: Future[T]) -> T:
        """The result of a queued call, or what it raised.

        Raises:
            OracleError: the call failed, be it by a mistake in the engine.
            BreakReceivedError: the client cancelled meanwhile; the call's result is lost.
            DisconnectedError: the client went away meanwhile; the call has ended.
        """
        ended_by: BreakReceivedError | DisconnectedError | None = None
        self._poller.register(self._transport, select.POLLIN)
        while not future.done():
            if ended_by is None:
                self._poller.poll()
                ended_by = self._client_wants_an_end()
            else:
                self._end(future)
            self._drain()
        if ended_by is not None:
            raise ended_by
        return _result(future)

    def _client_wants_an_end(self) -> BreakReceivedError | DisconnectedError | None:
        try:
            return BreakReceivedError() if self._transport.break_is_waiting() else None
        except DisconnectedError as gone:
            return gone

    def _end(self, future: Future[T]) -> None:
        """Keep a queued call from starting; tell a running one to stop until it notices."""
        if future.cancel():
            return
        self._interrupt()
        self._poller.unregister(self._transport)
        self._poller.poll(_REPEAT_INTERRUPT_MILLISECONDS)
        self._poller.register(self._transport, select.POLLIN)

    def _drain(self) -> None:
        try:
            self._wake_receiver.recv(4096)
        except BlockingIOError:
            return  # woken by the client, not by a call's end

    def close(self, last_call: Callable[[], None]) -> None:
        """Run ``last_call`` behind all others, then end the thread."""
        self._executor.submit(last_call)
        self._executor.shutdown(wait=True)
        self._wake_receiver.close()
        self._wake_sender.close()


class Engine:
    """A session of the SQL engine behind its worker: the only way that the protocol calls it."""

    def __init__(self, sql_session: SqlSession, transport: Transport) -> None:
        self._sql_session = sql_session
        self._worker = Worker(transport, sql_session.interrupt)
        self.in_transaction = False
        """Whether the session held uncommitted changes after its last call."""

    def run(self, call: Callable[[SqlSession], T]) -> T:
        """Run a call with the engine's session; see ``Worker.wait`` for what it raises."""

        def run_and_look() -> T:
            try:
                return call(self._sql_session)
            finally:
                self.in_transaction = self._sql_session.in_transaction

        return self._worker.run(run_and_look)

    def later(self, call: Callable[[], None]) -> Future[None]:
        """Queue a call that nobody waits for yet."""
        return self._worker.submit(call)

    def wait(self, future: Future[T]) -> T:
        """Wait for a queued call; see ``Worker.wait`` for what it raises."""
        return self._worker.wait(future)

    def close(self) -> None:
        """End the session behind all that is queued."""
        self._worker.close(self._sql_session.close)


def _result(future: Future[T]) -> T:
    """What a call returned; a mistake in the engine becomes an error that a client understands."""
    error = future.exception()
    if error is None or isinstance(error, OracleError):
        return future.result()
    _log.error("the engine failed", exc_info=error)
    text = f"sandbox: {type(error).__name__}: {error}"
    raise OracleError(_INTERNAL_ERROR, text[:_LONGEST_TEXT]) from error
