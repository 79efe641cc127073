"""One client's session from LOGON to its end."""

import logging
from collections.abc import Callable, Mapping

from erp_resources.sandbox.faults import ConnectionDroppedError
from erp_resources.sandbox.sap import answers, wire
from erp_resources.sandbox.sap.conversation import Conversation, Returned
from erp_resources.sandbox.sap.errors import RfcError, dump
from erp_resources.sandbox.sap.interfaces import described, described_type
from erp_resources.sandbox.sap.kept_answers import Answer
from erp_resources.sandbox.sap.protocol import Message
from erp_resources.sandbox.sap.service import Service, SessionInfo
from erp_resources.sandbox.sap.transport import DisconnectedError, Transport
from erp_resources.sandbox.sap.wire import Block, Buffer, ProtocolError, Reader

_log = logging.getLogger(__name__)


class Session:
    """Serves one connection in the thread that calls ``run``."""

    def __init__(self, transport: Transport, service: Service, session_id: int, port: int) -> None:
        self._transport = transport
        self._service = service
        self._port = port
        self._conversation: Conversation | None = None
        self._rows_sent = 0
        self._requests: Mapping[Message, Callable[[Buffer], None]] = {
            Message.LOGON: self._log_on,
            Message.DESCRIBE: self._describe,
            Message.DESCRIBE_TYPE: self._describe_type,
            Message.INVOKE: self._invoke,
            Message.PING: self._ping,
            Message.CLOSE: self._close,
        }
        self.info = SessionInfo(session_id)

    def run(self) -> None:
        """Serve until the client leaves, the server stops or a fault ends it."""
        try:
            self._service.check_fault("accept")
            while True:
                self._serve()
        except (DisconnectedError, ConnectionDroppedError, ProtocolError, RfcError) as end:
            _log.debug("session %d ends: %r", self.info.id, end)
        finally:
            if self._conversation is not None:
                self._conversation.rollback()
            self._transport.kill()
            self._transport.close()

    def kill(self) -> None:
        """Cut the connection, from any thread."""
        self._transport.kill()

    def _serve(self) -> None:
        message, payload = self._transport.read()
        self._service.counters.add("round_trips")
        if message not in self._requests:
            raise ProtocolError(f"{message.name} is no request")
        try:
            self._requests[message](payload)
        except RfcError as error:
            self._write(Message.FAILED, answers.failed(error))
            if error.ends_conversation:
                raise

    def _write(self, message: Message, payload: bytes = b"") -> None:
        self._transport.write(message, [payload], len(payload))

    def _talk(self) -> Conversation:
        if self._conversation is None:
            raise ProtocolError("a request before the logon")
        return self._conversation

    # Requests

    def _log_on(self, payload: Buffer) -> None:
        given = Reader(payload).texts()
        user = given.get("USER", "").upper()
        try:
            self._service.check_fault("login")
            self._service.passwords.check(user, given.get("PASSWD", ""))
            self._conversation = self._service.log_on(
                user, given.get("CLIENT", ""), given.get("LANG", "")
            )
        except RfcError:
            self._service.counters.add("logins_refused")
            raise
        self._service.counters.add("logins")
        self._conversation.pause = self._transport.wait_for_end
        self.info.user, self.info.client = user, self._conversation.client
        attributes = answers.attributes(self._conversation, self._port)
        self._write(Message.LOGGED_ON, wire.texts(attributes))

    def _describe(self, payload: Buffer) -> None:
        function = self._talk().describe(Reader(payload).text())
        self._write(Message.DESCRIBED, described(function))

    def _describe_type(self, payload: Buffer) -> None:
        structure = self._talk().describe_type(Reader(payload).text())
        self._write(Message.TYPE_DESCRIBED, described_type(structure))

    def _ping(self, _: Buffer) -> None:
        self._talk()
        self._write(Message.PONG)

    def _close(self, _: Buffer) -> None:
        raise DisconnectedError

    def _invoke(self, payload: Buffer) -> None:
        name, given = answers.read_call(payload)
        self.info.function = name
        self._service.counters.add("calls")
        self._service.counters.add(f"calls of {name}")
        self._service.check_fault("execute")
        answer = self._answer(name, given, bytes(payload))
        if answer.rows:
            self._service.counters.add("rows", answer.rows)
            self._rows_sent += answer.rows
            self._fetch(answer)
        self._transport.write(Message.RETURNED, answer.parts, answer.length)

    def _answer(self, name: str, given: Mapping[str, Block], payload: bytes) -> Answer:
        """What the call returns, or has returned before."""
        talk, kept = self._talk(), self._service.kept
        question = (*talk.circumstances(), payload)
        found = kept.find(question)
        if found is not None:
            return found
        rows_before = talk.rows_read
        parts, length = answers.returned(_called(talk, name, given))
        return kept.keep(question, Answer(parts, length, talk.rows_read - rows_before))

    def _fetch(self, answer: Answer) -> None:
        """Do what is armed for rows; a drop breaks off in the middle of the answer."""
        try:
            self._service.check_fault("fetch", self._rows_sent)
        except ConnectionDroppedError:
            half = b"".join(answer.parts)[: answer.length // 2]
            self._transport.write(Message.RETURNED, [half], answer.length)
            raise


def _called(talk: Conversation, name: str, given: Mapping[str, Block]) -> Returned:
    try:
        return talk.invoke(name, given)
    except (RfcError, ProtocolError, DisconnectedError):
        raise
    except Exception as mistake:
        _log.exception("function module %s failed", name)
        raise dump("UNCAUGHT_EXCEPTION", f"sandbox: {mistake!r}") from mistake
