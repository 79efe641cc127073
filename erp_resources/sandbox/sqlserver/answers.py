"""What the engine answers, written as tokens: results, counts, messages, changes of state."""

import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import NamedTuple, TypeVar

from erp_resources.sandbox.cells import EncodedRows, parts_of
from erp_resources.sandbox.faults import ConnectionDroppedError
from erp_resources.sandbox.sqlserver import tokens
from erp_resources.sandbox.sqlserver.codes import Command, Done, EnvChange, Token
from erp_resources.sandbox.sqlserver.inbox import Inbox
from erp_resources.sandbox.sqlserver.reply import Reply
from erp_resources.sandbox.sqlserver.rows import encode_rows
from erp_resources.sandbox.sqlserver.service import Service
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Answer,
    Notice,
    ResultSet,
    ReturnStatus,
    SqlServerError,
    SqlSession,
)

T = TypeVar("T")

FIRST_FATAL_SEVERITY = 20

_log = logging.getLogger(__name__)

_ROWS_PER_CHECK = 100
_INTERNAL_ERROR = 50000
_FAILED = 1
"""What a procedure returns that ended in an error."""


class _Ended(NamedTuple):
    """A statement whose DONE is due once it is known whether another follows."""

    rows: int | None
    command: Command


class Answers:
    """Writes the answers of one session's engine.

    ``write_*`` raise ``CancelledError`` when the client does not want the rest any more.
    """

    def __init__(
        self, service: Service, reply: Reply, inbox: Inbox, sql_session: SqlSession
    ) -> None:
        self._service = service
        self._reply = reply
        self._inbox = inbox
        self._sql_session = sql_session
        self._database = sql_session.database
        self._transaction = sql_session.transaction
        self._ended: _Ended | None = None
        self._status = 0

    def write_batch(self, answers: Iterable[Answer]) -> SqlServerError | None:
        """The answer to a batch; returns what it failed with."""
        problem = self._write_all(answers, Token.DONE)
        if problem is not None:
            self._reply.write(tokens.done(Token.DONE, Done.ERROR))
        else:
            rows, command = self._ended or _Ended(None, Command.UNKNOWN)
            self._reply.write(tokens.done(Token.DONE, Done.FINAL, rows, command))
        return problem

    def write_procedure(
        self, answers: Iterable[Answer], handle: int | None = None, *, is_last: bool = True
    ) -> SqlServerError | None:
        """The answer to one call of a procedure; returns what it failed with.

        Args:
            answers: what the procedure does.
            handle: of the statement that it prepared, which the client is told unless it failed.
            is_last: whether no other call of the same message follows.
        """
        problem = self._write_all(answers, Token.DONE_IN_PROC)
        self._write_done(Token.DONE_IN_PROC)
        more = Done.FINAL if is_last else Done.MORE
        if problem is not None:
            more |= Done.ERROR
            self._reply.write(tokens.done(Token.DONE_IN_PROC, Done.ERROR | Done.MORE))
        self._reply.write(tokens.return_status(_FAILED if problem else self._status))
        if handle is not None and problem is None:
            self._reply.write(tokens.return_handle(handle))
        self._reply.write(tokens.done(Token.DONE_PROC, more))
        return problem

    def _write_all(self, answers: Iterable[Answer], token: Token) -> SqlServerError | None:
        """All answers but the last statement's DONE; returns the error that broke them off."""
        self._status, self._ended = 0, None
        with closing(_guarded(answers)) as guarded:
            try:
                for answer in guarded:
                    self._inbox.check()
                    self._write_done(token)
                    self._write(answer)
            except SqlServerError as problem:
                self._inbox.check()
                self._write_done(token)
                self._announce(EnvChange.ROLLBACK_TRANSACTION)
                self._reply.write(tokens.error(problem))
                return problem
        self._inbox.check()
        self._announce(EnvChange.COMMIT_TRANSACTION)
        return None

    def _write_done(self, token: Token) -> None:
        """The DONE of the last statement, if it is due; more follows."""
        if self._ended is not None:
            rows, command = self._ended
            self._reply.write(tokens.done(token, Done.MORE, rows, command))
            self._ended = None

    def _write(self, answer: Answer) -> None:
        if isinstance(answer, ResultSet):
            rows = self._write_result(answer)
            self._end_statement(rows, Command.SELECT)
        elif isinstance(answer, Affected):
            self._end_statement(answer.rows, Command.UNKNOWN)
        elif isinstance(answer, Notice):
            self._reply.write(tokens.info(answer.number, answer.text))
        elif isinstance(answer, ReturnStatus):
            self._status = answer.value

    def _end_statement(self, rows: int | None, command: Command) -> None:
        self._announce(EnvChange.COMMIT_TRANSACTION)
        self._ended = _Ended(rows, command)

    # Results

    def _write_result(self, result: ResultSet) -> int:
        """Columns and rows; returns how many rows."""
        self._reply.write(tokens.col_metadata(result.columns))
        sent = 0
        with closing(_guarded(_encoded(result))) as parts:
            for part in parts:
                sent = self._write_rows(part, sent)
        self._service.check_fault("fetch", sent)
        return sent

    def _write_rows(self, rows: EncodedRows, sent: int) -> int:
        """Write rows; returns how many of the result are written now.

        Faults are looked for every hundred rows, so that one armed after n of them strikes there.
        """
        self._inbox.check()
        for start in range(0, len(rows), _ROWS_PER_CHECK):
            self._service.check_fault("fetch", sent)
            stop = min(start + _ROWS_PER_CHECK, len(rows))
            self._reply.write(rows.slice(start, stop))
            sent += stop - start
        self._reply.flush()
        return sent

    # What changed meanwhile

    def _announce(self, end: EnvChange) -> None:
        """Say which database and transaction are current, if that changed.

        Args:
            end: how a transaction that is open no more has ended; the engine does not say, and
                clients do not mind.
        """
        database, transaction = self._sql_session.database, self._sql_session.transaction
        if database != self._database:
            self._reply.write(tokens.env_change(EnvChange.DATABASE, database, self._database))
        if transaction != self._transaction:
            self._announce_transaction(end, transaction)
        self._database, self._transaction = database, transaction

    def _announce_transaction(self, end: EnvChange, transaction: int) -> None:
        if self._transaction:
            self._reply.write(tokens.env_change(end, b"", _descriptor(self._transaction)))
        if transaction:
            begin = EnvChange.BEGIN_TRANSACTION
            self._reply.write(tokens.env_change(begin, _descriptor(transaction)))


def _descriptor(transaction: int) -> bytes:
    return transaction.to_bytes(8, "little")


def _encoded(result: ResultSet) -> Iterator[EncodedRows]:
    for batch in result.batches:
        for part in parts_of(batch):
            yield encode_rows(part, result.columns)


def _guarded(items: Iterable[T]) -> Generator[T, None, None]:
    """The engine's items; a mistake in the engine becomes an error that a client understands."""
    try:
        yield from items
    except (SqlServerError, ConnectionDroppedError):
        raise
    except Exception as mistake:
        raise engine_failed(mistake) from mistake


def engine_failed(mistake: Exception) -> SqlServerError:
    """What a client learns of a mistake in the engine; the log learns the rest."""
    _log.error("the engine failed", exc_info=mistake)
    return SqlServerError(_INTERNAL_ERROR, f"sandbox: {type(mistake).__name__}: {mistake}")
