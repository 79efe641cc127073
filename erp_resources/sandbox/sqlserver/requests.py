"""What a client may ask for once it is logged in: batches, procedures and transactions."""

from collections.abc import Iterator

from erp_resources.sandbox.sqlserver.answers import Answers
from erp_resources.sandbox.sqlserver.codes import (
    NOT_IN_THE_SANDBOX,
    PacketType,
    TransactionRequest,
)
from erp_resources.sandbox.sqlserver.primitives import ProtocolError, Reader
from erp_resources.sandbox.sqlserver.rpc import RpcCall, read_calls
from erp_resources.sandbox.sqlserver.service import Service
from erp_resources.sandbox.sqlserver.statements import Execution, Statements
from erp_resources.sandbox.sqlserver.transactions import TransactionCall, read_transaction_call
from erp_resources.sandbox.sqlserver.transport import Message
from erp_resources.sandbox.sqlserver.types import Affected, Answer, SqlServerError, SqlSession

_HEADERS_SIZE_FIELD = 4


class Requests:
    """Answers the messages of one session; each method returns the error that it ended in."""

    def __init__(self, service: Service, sql_session: SqlSession, answers: Answers) -> None:
        self._service = service
        self._sql_session = sql_session
        self._answers = answers
        self._statements = Statements(sql_session)

    def answer(self, message: Message) -> SqlServerError | None:
        """Do what a message asks for, whatever it is.

        Raises:
            ProtocolError: it cannot be read.
            CancelledError: an attention came meanwhile.
        """
        if message.type == PacketType.SQL_BATCH:
            return self._batch(_behind_headers(message.body))
        if message.type == PacketType.RPC:
            return self._procedures(_behind_headers(message.body))
        if message.type == PacketType.TRANSACTION_MANAGER:
            return self._transactions(_behind_headers(message.body))
        if message.type == PacketType.BULK_LOAD:
            return self.refuse("bulk load")
        raise ProtocolError(f"a message of type {message.type}")

    def reset(self) -> None:
        """Forget what was prepared, as the session begins anew."""
        self._statements.forget_all()

    def refuse(self, feature: str) -> SqlServerError | None:
        """Answer that the sandbox lacks ``feature``."""
        problem = SqlServerError(NOT_IN_THE_SANDBOX, f"not in the sandbox: {feature}")
        return self._answers.write_batch(_failing(problem))

    def _batch(self, reader: Reader) -> SqlServerError | None:
        text = reader.utf16(reader.remaining // 2)
        return self._answers.write_batch(self._executed(self._sql_session.execute(text)))

    def _executed(self, answers: Iterator[Answer]) -> Iterator[Answer]:
        """The answers of something that runs, counted and subject to armed faults."""
        self._service.counters.add("executes")
        self._service.check_fault("execute")
        yield from answers

    def _procedures(self, reader: Reader) -> SqlServerError | None:
        """All calls of a message; one that fails does not keep the next from running."""
        problem = None
        try:
            for call in read_calls(reader):
                problem = self._procedure(call)
        except SqlServerError as unreadable:
            problem = self._answers.write_procedure(_failing(unreadable))
        return problem

    def _procedure(self, call: RpcCall) -> SqlServerError | None:
        try:
            execution = self._statements.call(call.procedure, call.parameters)
        except SqlServerError as problem:
            execution = Execution(_failing(problem), executes=False)
        answers = execution.answers
        if execution.executes:
            answers = self._executed(answers)
        return self._answers.write_procedure(answers, execution.handle, is_last=call.is_last)

    def _transactions(self, reader: Reader) -> SqlServerError | None:
        wanted = read_transaction_call(reader)
        return self._answers.write_batch(self._transaction(wanted))

    def _transaction(self, wanted: TransactionCall) -> Iterator[Answer]:
        """Do what a transaction manager request asks for."""
        if wanted.request == TransactionRequest.COMMIT:
            self._sql_session.commit()
        elif wanted.request == TransactionRequest.ROLLBACK and not wanted.savepoint:
            self._sql_session.rollback()
        elif wanted.request != TransactionRequest.BEGIN:
            text = f"not in the sandbox: {wanted}"
            raise SqlServerError(NOT_IN_THE_SANDBOX, text)
        if wanted.begins:
            self._sql_session.begin(wanted.isolation)
        yield Affected(None)


def _failing(problem: SqlServerError) -> Iterator[Answer]:
    raise problem
    yield  # makes it an iterator


def _behind_headers(body: bytes) -> Reader:
    """What follows ALL_HEADERS, in which nothing is of use without MARS and notifications."""
    size = Reader(body).uint(_HEADERS_SIZE_FIELD)
    if not _HEADERS_SIZE_FIELD <= size <= len(body):
        raise ProtocolError(f"headers of {size} bytes in a message of {len(body)}")
    return Reader(body, size)
