"""One client's session from PRELOGIN to its end: the login, the messages, and attentions.

What a client may ask for once it is logged in belongs in ``requests``.
"""

import logging

from erp_resources.sandbox.faults import ConnectionDroppedError, LoginRefusedError
from erp_resources.sandbox.sqlserver import login, prelogin, tokens
from erp_resources.sandbox.sqlserver.answers import FIRST_FATAL_SEVERITY, Answers, engine_failed
from erp_resources.sandbox.sqlserver.codes import (
    Done,
    Encryption,
    EnvChange,
    PacketType,
    Status,
    Token,
)
from erp_resources.sandbox.sqlserver.inbox import CancelledError, Inbox
from erp_resources.sandbox.sqlserver.login import Login
from erp_resources.sandbox.sqlserver.primitives import ProtocolError
from erp_resources.sandbox.sqlserver.reply import Reply
from erp_resources.sandbox.sqlserver.requests import Requests
from erp_resources.sandbox.sqlserver.service import Service, SessionInfo
from erp_resources.sandbox.sqlserver.transport import DisconnectedError, Message, Transport
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlSession

_log = logging.getLogger(__name__)

_CANNOT_OPEN_DATABASE = 4060
_RESETS = Status.RESET_CONNECTION | Status.RESET_CONNECTION_SKIP_TRANSACTION


class Session:
    """Serves one connection in the thread that calls ``run``."""

    def __init__(self, transport: Transport, service: Service, session_id: int) -> None:
        self._transport = transport
        self._service = service
        self._reply = Reply(transport)
        self._sql_session: SqlSession | None = None
        self.info = SessionInfo(session_id)

    def run(self) -> None:
        """Serve until the client leaves, the server stops or a fault ends it."""
        try:
            self._service.check_fault("accept")
            self._encrypt()
            self._sql_session = self._log_in()
            if self._sql_session is not None:
                self._serve(self._sql_session)
        except (DisconnectedError, ConnectionDroppedError, ProtocolError, SqlServerError) as end:
            _log.debug("session %d ends: %r", self.info.id, end)
        finally:
            self._transport.kill()
            if self._sql_session is not None:
                self._sql_session.close()
            self._transport.close()

    def kill(self) -> None:
        """Cut the connection, from any thread."""
        self._transport.kill()

    # Login

    def _encrypt(self) -> None:
        """Agree on TLS and begin it."""
        tls = self._service.tls
        if tls is not None and self._transport.begins_with_tls():
            self._transport.start_tls(tls.strict_context(), in_packets=False)
            self.info.is_encrypted = True
            self._answer_prelogin(self._read(PacketType.PRELOGIN), Encryption.OFF)
            return
        body = self._read(PacketType.PRELOGIN)
        agreement = prelogin.agree(prelogin.read_options(body), self._service.encrypt)
        self._answer_prelogin(body, agreement.answer)
        if tls is not None and agreement.scope != "nothing":
            self._transport.start_tls(tls.context(), in_packets=True)
        self.info.is_encrypted = agreement.scope == "everything"

    def _answer_prelogin(self, body: bytes, encryption: Encryption) -> None:
        self._respond(prelogin.answer(prelogin.read_options(body), encryption))

    def _read(self, kind: PacketType) -> bytes:
        message = self._transport.read_message()
        if message.type != kind:
            raise ProtocolError(f"a message of type {message.type} instead of {kind.name}")
        return message.body

    def _log_in(self) -> SqlSession | None:
        """The engine's session for a client that may have one."""
        wanted = login.read_login(self._read(PacketType.LOGIN7))
        if not self.info.is_encrypted:
            self._transport.end_tls()
        try:
            sql_session = self._check(wanted)
        except SqlServerError as problem:
            self._service.counters.add("logins_refused")
            self._refuse(wanted, problem)
            return None
        self._service.counters.add("logins")
        self._describe(wanted, sql_session)
        self._respond(login.accepted(wanted, sql_session.database))
        self._transport.packet_size = wanted.packet_size
        return sql_session

    def _check(self, wanted: Login) -> SqlSession:
        try:
            self._service.check_fault("login")
        except LoginRefusedError as error:
            raise login.login_failed(wanted.user) from error
        self._service.passwords.check(wanted)
        try:
            return self._service.open_session(wanted.user, wanted.database)
        except SqlServerError:
            raise
        except Exception as mistake:
            raise engine_failed(mistake) from mistake

    def _refuse(self, wanted: Login, problem: SqlServerError) -> None:
        problems = [problem]
        if problem.number == _CANNOT_OPEN_DATABASE:
            problems.append(login.login_failed(wanted.user))
        self._respond(login.refused(*problems))

    def _describe(self, wanted: Login, sql_session: SqlSession) -> None:
        self.info.user = wanted.user
        self.info.database = sql_session.database
        self.info.host = wanted.host
        self.info.program = wanted.program
        self.info.library = wanted.library

    def _respond(self, answer: bytes) -> None:
        self._reply.write(answer)
        self._reply.end()

    # Requests

    def _serve(self, sql_session: SqlSession) -> None:
        inbox = Inbox(self._transport, sql_session.interrupt, f"tds-inbox-{self.info.id}")
        answers = Answers(self._service, self._reply, inbox, sql_session)
        requests = Requests(self._service, sql_session, answers)
        inbox.start()
        try:
            while True:
                self._serve_message(inbox, requests, sql_session)
        except ConnectionDroppedError:
            self._reply.flush()  # a drop in the middle of a result leaves what was sent before
            raise
        finally:
            self._transport.kill()
            inbox.close()

    def _serve_message(self, inbox: Inbox, requests: Requests, sql_session: SqlSession) -> None:
        message = inbox.next()
        self._service.counters.add("round_trips")
        if message.type == PacketType.ATTENTION:
            self._service.counters.add("attentions")
            inbox.answered_attention()
            self._respond(tokens.done(Token.DONE, Done.ATTENTION))
            return
        try:
            with inbox.running():
                problem = self._answer(message, requests, sql_session)
        except CancelledError:
            # The attention's own DONE follows; Microsoft's driver wants this one closed as well.
            self._reply.write(tokens.done(Token.DONE, Done.ERROR | Done.MORE))
            return
        self.info.database = sql_session.database
        self._reply.end()
        if problem is not None and problem.severity >= FIRST_FATAL_SEVERITY:
            raise DisconnectedError(problem)

    def _answer(
        self, message: Message, requests: Requests, sql_session: SqlSession
    ) -> SqlServerError | None:
        if message.status & Status.IGNORE:
            self._reply.write(tokens.done(Token.DONE, Done.ERROR))
            return None
        if message.status & _RESETS:
            keeps_transaction = message.status & Status.RESET_CONNECTION_SKIP_TRANSACTION
            if keeps_transaction and sql_session.transaction:
                return requests.refuse("a reset that keeps the transaction")
            self._reset(requests, sql_session)
        return requests.answer(message)

    def _reset(self, requests: Requests, sql_session: SqlSession) -> None:
        self._service.counters.add("resets")
        sql_session.reset()
        requests.reset()
        self._reply.write(tokens.env_change(EnvChange.RESET, b""))
