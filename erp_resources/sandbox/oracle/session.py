"""One client's session from connect to logoff: the login, the messages, and breaks.

What a client may ask for once it is logged on belongs in ``calls``.
"""

from erp_resources.sandbox.faults import ConnectionDroppedError, LoginRefusedError
from erp_resources.sandbox.oracle import handshake
from erp_resources.sandbox.oracle.calls import Call, Calls, Parts
from erp_resources.sandbox.oracle.codes import (
    CANCELLED,
    FunctionCode,
    Marker,
    MessageType,
)
from erp_resources.sandbox.oracle.login import (
    Login,
    LoginMessage,
    read_login_message,
    wrong_password,
)
from erp_resources.sandbox.oracle.logon import Pair
from erp_resources.sandbox.oracle.primitives import Reader
from erp_resources.sandbox.oracle.responses import Responses
from erp_resources.sandbox.oracle.service import Service, SessionInfo
from erp_resources.sandbox.oracle.transport import BreakReceivedError, DisconnectedError, Transport
from erp_resources.sandbox.oracle.types import OracleError

_WITH_TOKENS = 18
_MAX_OPEN_CURSORS = 300


class Session:
    """Serves one connection in the thread that calls ``run``."""

    def __init__(self, transport: Transport, service: Service, session_id: int) -> None:
        self._transport = transport
        self._service = service
        self._reader = Reader(transport.read_payload)
        self._login = Login(service.verifiers, service.decoy)
        self._field_version = service.profile.field_version
        self._responses = Responses(self._field_version)
        self._calls: Calls | None = None
        self._token = 0
        self.info = SessionInfo(session_id)

    def run(self) -> None:
        """Serve until the client leaves, the server stops or a fault ends it."""
        try:
            self._service.check_fault("accept")
            if self._connect():
                while True:
                    self._serve_request()
        except (DisconnectedError, ConnectionDroppedError):
            return  # either way there is nobody left to answer
        finally:
            if self._calls is not None:
                self._calls.close()
            self._transport.close()

    def kill(self) -> None:
        """Cut the connection, from any thread."""
        self._transport.kill()

    def _connect(self) -> bool:
        request = handshake.read_connect(self._transport)
        if request.service != self._service.name.upper():
            handshake.refuse(self._transport, handshake.UNKNOWN_SERVICE)
            return False
        if request.wants_pooled_server:
            handshake.refuse(self._transport, handshake.NO_HANDLER)
            return False
        handshake.accept(self._transport, request, self._service.profile)
        return True

    def _serve_request(self) -> None:
        try:
            self._reader.feed(self._transport.read_payload())
            while self._reader.remaining:
                self._message()
        except BreakReceivedError:
            self._recover()

    def _recover(self) -> None:
        """Agree with the client that the call is over; what it still sent of it is thrown away."""
        self._service.counters.add("breaks")
        if self._calls is not None:
            self._calls.abandon()
        self._transport.write_marker(Marker.BREAK)
        while not self._transport.read_packet().is_reset:
            pass
        self._transport.write_marker(Marker.RESET)
        self._respond_error(OracleError(CANCELLED, "user requested cancel of current operation"))

    def _message(self) -> None:
        kind = self._reader.byte()
        if kind == MessageType.FUNCTION:
            self._function()
        elif kind == MessageType.PIGGYBACK:
            self._piggyback()
        elif kind == MessageType.PROTOCOL:
            answer = handshake.answer_protocol(self._reader, self._service.profile)
            self._transport.write_response([answer], is_last=False)
        elif kind == MessageType.DATA_TYPES:
            self._transport.write_response([self._data_types()], is_last=False)
        elif kind == MessageType.FAST_AUTH:
            self._fast_login()
        else:
            raise DisconnectedError

    def _data_types(self) -> bytes:
        answer, version = handshake.answer_data_types(self._reader, self._service.profile)
        self._field_version = version
        self._responses = Responses(version)
        return answer

    def _function(self) -> None:
        code = self._read_function_code()
        self._service.counters.add("round_trips")
        try:
            call = self._parse_call(code)
        except OracleError as error:
            self._discard_request(error)
            return
        try:
            parts = call()
        except OracleError as error:
            self._respond_error(error)
        else:
            self._respond(parts)
            if self._calls is not None:
                self._calls.after_response()

    def _parse_call(self, code: int) -> Call:
        if code == FunctionCode.AUTH_PHASE_ONE:
            return self._begin_login()
        if code == FunctionCode.AUTH_PHASE_TWO:
            return self._finish_login()
        return self._logged_on().parse(code)

    def _logged_on(self) -> Calls:
        if self._calls is None:
            raise DisconnectedError
        return self._calls

    def _piggyback(self) -> None:
        code = self._read_function_code()
        try:
            self._logged_on().take_piggyback(code, self.info)
        except OracleError as error:
            self._discard_request(error)

    def _read_function_code(self) -> int:
        code = self._reader.byte()
        self._reader.byte()  # sequence number
        self._token = self._reader.uint() if self._field_version >= _WITH_TOKENS else 0
        return code

    def _discard_request(self, error: OracleError) -> None:
        """Answer a request that could not be read to its end."""
        self._reader.feed(b"")
        self._transport.discard_request()
        self._respond_error(error)

    # Login

    def _fast_login(self) -> None:
        """Protocol, types and the first step of the login in one message (23ai)."""
        reader = self._reader
        reader.raw(4)
        protocol = handshake.answer_protocol(reader, self._service.profile)
        reader.raw(7)
        data_types = self._data_types()
        reader.raw(3)  # message type, function code and sequence, without a token
        self._respond([protocol, data_types, *self._begin_login()()])

    def _begin_login(self) -> Call:
        message = read_login_message(self._reader)
        return lambda: self._pairs(self._login.begin(message))

    def _finish_login(self) -> Call:
        message = read_login_message(self._reader)

        def finish() -> Parts:
            try:
                proof = self._check_password(message)
                self._open()
            except OracleError:
                self._service.counters.add("logins_refused")
                raise
            self._service.counters.add("logins")
            return self._pairs([proof, *self._session_pairs()])

        return finish

    def _check_password(self, message: LoginMessage) -> Pair:
        try:
            self._service.check_fault("login")
        except LoginRefusedError as error:
            raise wrong_password() from error
        return self._login.finish(message)

    def _open(self) -> None:
        login = self._login
        self._calls = Calls(
            self._service, self._transport, self._reader, login, self._field_version
        )
        self.info.user = self.info.schema = login.user
        self.info.program = login.values.get("AUTH_PROGRAM_NM", "")
        self.info.driver = login.values.get("SESSION_CLIENT_DRIVER_NAME", "")

    def _session_pairs(self) -> list[Pair]:
        name = self._service.name
        values = {
            "AUTH_VERSION_STRING": "- Production",
            "AUTH_VERSION_NO": str(self._service.profile.version_number),
            "AUTH_SESSION_ID": str(self.info.id),
            "AUTH_SERIAL_NUM": "1",
            "AUTH_SC_DBUNIQUE_NAME": name,
            "AUTH_SC_REAL_DBUNIQUE_NAME": name,
            "AUTH_SC_SERVICE_NAME": name,
            "AUTH_INSTANCENAME": name,
            "AUTH_MAX_OPEN_CURSORS": str(_MAX_OPEN_CURSORS),
            "AUTH_MAX_IDEN_LENGTH": "128",
        }
        return [(key, value, 0) for key, value in values.items()]

    # Answers

    def _pairs(self, pairs: list[Pair]) -> Parts:
        status = self._responses.status(in_transaction=False)
        return [self._responses.parameters(pairs), status]

    def _respond(self, parts: Parts) -> None:
        self._transport.write_response([self._responses.token(self._token), *parts])

    def _respond_error(self, error: OracleError) -> None:
        in_transaction = self._calls is not None and self._calls.in_transaction
        self._respond([self._responses.error(error, in_transaction=in_transaction)])
