"""A server of the sandbox's SAP protocol that returns what it is sent, or whatever a test wants.

The sandbox's own server cannot send broken frames; this one can.
"""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.interfaces import Function, Parameter, described, described_type
from erp_resources.sandbox.sap.protocol import FIRST_PORT, Direction, Message
from erp_resources.sandbox.sap.structures import Structure, scalar

Answer = Callable[[bytes], bytes | None]
"""Makes the whole answer to a request's payload; ``None`` closes the connection."""

TYPES = {
    "CHAR": "CHAR(10)",
    "NUMC": "NUMC(6)",
    "DATS": "DATS",
    "TIMS": "TIMS",
    "DEC": "DEC(9,2)",
    "INT1": "INT1",
    "INT2": "INT2",
    "INT4": "INT4",
    "INT8": "INT8",
    "FLTP": "FLTP",
    "RAW": "RAW(4)",
    "STRING": "STRING",
    "RAWSTRING": "RAWSTRING",
    "UTCLONG": "UTCLONG",
}
"""Fields of ZROW, and with ``I_`` and ``E_`` in front the parameters of Z_ECHO."""

ROW = Structure.of("ZROW", [(name, DataType.of(spelling)) for name, spelling in TYPES.items()])
ECHO = Function(
    "Z_ECHO",
    (
        *(
            Parameter(f"{prefix}_{name}", direction, scalar(DataType.of(kind)), is_optional=True)
            for prefix, direction in (("I", Direction.IMPORT), ("E", Direction.EXPORT))
            for name, kind in TYPES.items()
        ),
        Parameter("I_ROW", Direction.IMPORT, ROW, is_optional=True),
        Parameter("E_ROW", Direction.EXPORT, ROW),
        Parameter("T_ROWS", Direction.TABLES, ROW, is_table=True, is_optional=True),
    ),
)


def frame(message: int, payload: bytes = b"") -> bytes:
    """One frame of the protocol."""
    return wire.u32(1 + len(payload)) + bytes([message]) + payload


def failed(code: int, group: int, key: str, text: str, *, is_over: bool = False) -> bytes:
    """A FAILED frame with a message of the class ``SV``."""
    words = (key, text, "SV", "E", "029", "one", "two", "", "")
    return frame(
        Message.FAILED,
        wire.u32(code) + wire.u32(group) + b"".join(map(wire.text, words)) + bytes([is_over]),
    )


class EchoServer:
    """Answers as the protocol asks; ``answers`` replaces what it says to a request.

    Attributes:
        parameters: of the client's last logon.
        received: names of the parameters of the last call.
        requests: all so far.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, str] = {}
        self.received: list[str] = []
        self.requests: list[Message] = []
        self.answers: dict[Message, Answer] = {}
        self._listener = _listening()
        self._clients: list[socket.socket] = []
        threading.Thread(target=self._accept, name="echo-server", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens, on loopback."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def system_number(self) -> str:
        """SYSNR of that port."""
        return f"{self.port - FIRST_PORT:02}"

    def drop_clients(self) -> None:
        """Cut every connection."""
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def send_and_close(self, data: bytes) -> None:
        """Send bytes to every client and cut the connections."""
        for client in self._clients:
            client.sendall(data)
        self.drop_clients()

    def stop(self) -> None:
        """Listen no more and cut every connection."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_clients()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), client.makefile("rb") as stream:
            while head := stream.read(4):
                payload = stream.read(int.from_bytes(head, "little"))
                answer = self._answer(Message(payload[0]), payload[1:])
                if answer is None:
                    return
                client.sendall(answer)

    def _answer(self, message: Message, payload: bytes) -> bytes | None:
        self.requests.append(message)
        own: dict[Message, Answer] = {
            Message.LOGON: self._log_on,
            Message.DESCRIBE: self._describe,
            Message.DESCRIBE_TYPE: lambda _: frame(Message.TYPE_DESCRIBED, described_type(ROW)),
            Message.INVOKE: self.echo,
            Message.PING: lambda _: frame(Message.PONG),
            Message.CLOSE: lambda _: None,
        }
        return self.answers.get(message, own[message])(payload)

    def _log_on(self, payload: bytes) -> bytes:
        self.parameters = wire.Reader(payload).texts()
        attributes = {"sysId": f"E{self.system_number}", "user": self.parameters.get("USER", "")}
        return frame(Message.LOGGED_ON, wire.texts(attributes))

    def _describe(self, payload: bytes) -> bytes:
        name = wire.Reader(payload).text()
        if name != ECHO.name:
            return failed(5, 1, "FU_NOT_FOUND", f"no function {name}")
        return frame(Message.DESCRIBED, described(ECHO))

    def echo(self, payload: bytes) -> bytes:
        """The parameters of a call as its results, ``I_`` as ``E_``."""
        reader = wire.Reader(payload)
        reader.text()
        values = {}
        for _ in range(reader.u16()):
            name, kind = reader.text(), reader.u8()
            values[name] = (kind, reader.block())
        self.received = list(values)
        returned = [
            wire.text(name.replace("I_", "E_", 1))
            + bytes([kind])
            + wire.u32(block.rows)
            + wire.u32(block.row_length)
            + b"".join(map(bytes, block.parts))
            + wire.u32(len(block.heap))
            + block.heap
            for name, (kind, block) in values.items()
        ]
        return frame(Message.RETURNED, wire.u16(len(returned)) + b"".join(returned))


def _listening() -> socket.socket:
    """A listener at any free port that a system number can name."""
    for port in random.sample(range(FIRST_PORT, FIRST_PORT + 100), 100):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise OSError("every port from 3300 to 3399 is taken")


@contextmanager
def echo_server() -> Iterator[EchoServer]:
    """A running server."""
    server = EchoServer()
    try:
        yield server
    finally:
        server.stop()
