"""What is not TDS ends one connection and never the server."""

import random
import socket
import struct
from collections.abc import Iterator

import pyodbc
import pytest

from erp_resources.sandbox.sqlserver.codes import PacketType
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import Affected
from tests.erp_resources.sandbox.sqlserver.tds import odbc
from tests.erp_resources.sandbox.sqlserver.tds.scripted import Library
from tests.erp_resources.sandbox.sqlserver.tds.test_tds_cancel import wait_until

PRELOGIN = bytes.fromhex("0000060006ff100003e80000")
HEADERS = struct.pack("<I", 4)


def packet(kind: int, body: bytes, *, length: int | None = None, status: int = 1) -> bytes:
    size = len(body) + 8 if length is None else length
    return struct.pack(">BBHHBB", kind, status, size, 0, 1, 0) + body


def login(**offsets: int) -> bytes:
    """A LOGIN7 message of the user ``plain``; ``offsets`` put numbers in place of its own."""
    texts = {"user": "plain", "password": "secret"}
    places, data = b"", b""
    for name in ("host", "user", "password", "app", "server", "extension", "lib", "lang", "db"):
        raw = texts.get(name, "").encode("utf-16-le")
        if name == "password":
            raw = bytes(((b << 4 & 0xF0) | b >> 4) ^ 0xA5 for b in raw)
        start = offsets.get(name, 94 + len(data))
        places += struct.pack("<HH", start, len(raw) // 2 or offsets.get(f"{name}_size", 0))
        data += raw
    fixed = struct.pack("<IIIIIIBBBBiI", 0, 0x74000004, 4096, *[0] * 9)
    body = fixed + places + bytes(94 - len(fixed) - len(places)) + data
    return struct.pack("<I", len(body)) + body[4:]


@pytest.fixture
def client(server: SqlServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
        yield sock


@pytest.fixture
def logged_in(client: socket.socket) -> socket.socket:
    client.sendall(packet(PacketType.PRELOGIN, PRELOGIN))
    client.recv(4096)
    client.sendall(packet(PacketType.LOGIN7, login()))
    assert b"\xad" in client.recv(4096)  # LOGINACK
    return client


def assert_ended(client: socket.socket) -> bytes:
    """The server closes the connection; returns what it said before."""
    said = b""
    try:
        while data := client.recv(65536):
            said += data
    except ConnectionResetError:
        return said
    return said


def assert_still_serving(server: SqlServer, library: Library) -> None:
    wait_until(lambda: server.sessions == [])
    text = odbc.driver("freetds").connection_string(server.port)
    connection = pyodbc.connect(text, autocommit=True)
    connection.execute(library.answer("SET x", Affected(None)))
    connection.close()


BEFORE_LOGIN = {
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "zeros": bytes(64),
    "a packet shorter than its header": packet(PacketType.PRELOGIN, b"", length=3),
    "a prelogin without an end": packet(PacketType.PRELOGIN, b"\0" * 6),
    "an empty prelogin": packet(PacketType.PRELOGIN, b""),
    "a batch before the login": packet(PacketType.SQL_BATCH, b"\4\0\0\0S\0"),
    "an unknown message": packet(99, b"?"),
    "packets of two kinds": packet(PacketType.PRELOGIN, PRELOGIN, status=0) + packet(1, b"x"),
}
INSTEAD_OF_LOGIN = {
    "an empty login": b"",
    "a login cut short": login()[:50],
    "a login that points outside": login(user=60_000),
    "a login longer than itself": login(app=90, app_size=40_000),
    "an old version": login()[:4] + b"\0\0\0\x70" + login()[8:],
}
AFTER_LOGIN = {
    "a batch without headers": packet(PacketType.SQL_BATCH, b"\1"),
    "headers longer than the batch": packet(PacketType.SQL_BATCH, b"\xff\xff\0\0S\0"),
    "half a surrogate pair": packet(PacketType.SQL_BATCH, HEADERS + b"\x00\xd8"),
    "a procedure cut short": packet(PacketType.RPC, HEADERS + b"\x50\0a\0"),
    "a parameter cut short": packet(
        PacketType.RPC,
        HEADERS + b"\xff\xff\x0a\0\0\0" + b"\0\0\xe7\x40\x1f" + bytes(5) + b"\x10\0a",
    ),
    "an oversize chunk": packet(
        PacketType.RPC,
        HEADERS
        + b"\xff\xff\x0a\0\0\0"
        + b"\0\0\xe7\xff\xff"
        + bytes(5)
        + b"\xfe"
        + b"\xff" * 7
        + b"\xff" * 4,
    ),
    "a transaction request cut short": packet(PacketType.TRANSACTION_MANAGER, HEADERS + b"\5"),
    "an isolation level that is none": packet(
        PacketType.TRANSACTION_MANAGER, HEADERS + b"\5\0\x63\0"
    ),
    "a login again": packet(PacketType.LOGIN7, login()),
    "an unknown message": packet(99, b"?"),
    "a packet shorter than its header": packet(PacketType.SQL_BATCH, b"", length=0),
}


@pytest.mark.parametrize("case", BEFORE_LOGIN)
def test_nonsense_before_the_login_ends_the_connection(
    server: SqlServer, library: Library, client: socket.socket, case: str
) -> None:
    client.sendall(BEFORE_LOGIN[case])
    client.shutdown(socket.SHUT_WR)
    assert assert_ended(client) == b""
    assert_still_serving(server, library)


@pytest.mark.parametrize("case", INSTEAD_OF_LOGIN)
def test_a_login_that_cannot_be_read_ends_the_connection(
    server: SqlServer, library: Library, client: socket.socket, case: str
) -> None:
    client.sendall(packet(PacketType.PRELOGIN, PRELOGIN))
    client.recv(4096)
    client.sendall(packet(PacketType.LOGIN7, INSTEAD_OF_LOGIN[case]))
    assert assert_ended(client) == b""
    assert server.counters["logins"] == 0
    assert_still_serving(server, library)


@pytest.mark.parametrize("case", AFTER_LOGIN)
def test_a_request_that_cannot_be_read_ends_the_connection(
    server: SqlServer, library: Library, logged_in: socket.socket, case: str
) -> None:
    logged_in.sendall(AFTER_LOGIN[case])
    assert_ended(logged_in)
    wait_until(lambda: all(session.is_closed for session in library.sessions))
    assert_still_serving(server, library)


def test_a_type_that_is_none_is_an_error_and_the_session_goes_on(
    logged_in: socket.socket, library: Library
) -> None:
    call = HEADERS + b"\xff\xff\x0a\0\0\0" + b"\0\0\xf3\0\0\0"
    logged_in.sendall(packet(PacketType.RPC, call))
    assert (8009).to_bytes(4, "little") in logged_in.recv(4096)
    library.answer("SET x", Affected(None))
    logged_in.sendall(packet(PacketType.SQL_BATCH, HEADERS + "SET x".encode("utf-16-le")))
    assert b"\xfd" in logged_in.recv(4096)
    assert library.executed == [("SET x", [])]


@pytest.mark.parametrize(
    ("type_info", "value"),
    [
        (b"\x28", b"\x03\xff\xff\xff"),  # a date beyond the year 9999
        (b"\x29\x07", b"\x05" + b"\xff" * 5),  # a time beyond midnight
        (b"\x26\x04", b"\x03\x01\x02\x03"),  # an int of three bytes
        (b"\x24\x10", b"\x01\x00"),  # an identifier of one byte
        (b"\xe7\x40\x1f" + bytes(5), b"\x02\x00\x00\xd8"),  # half a surrogate pair
        (b"\x6d\x08", b"\x04" + bytes(4)),  # a float of four bytes
    ],
)
def test_a_value_that_is_none_of_its_type_is_an_error_and_the_session_goes_on(
    logged_in: socket.socket, library: Library, type_info: bytes, value: bytes
) -> None:
    call = HEADERS + b"\xff\xff\x0a\0\0\0" + b"\0\0" + type_info + value
    logged_in.sendall(packet(PacketType.RPC, call))
    assert (8023).to_bytes(4, "little") in logged_in.recv(4096)
    library.answer("SET x", Affected(None))
    logged_in.sendall(packet(PacketType.SQL_BATCH, HEADERS + "SET x".encode("utf-16-le")))
    assert b"\xfd" in logged_in.recv(4096)


def test_bulk_load_is_refused(logged_in: socket.socket) -> None:
    logged_in.sendall(packet(PacketType.BULK_LOAD, HEADERS + b"rows"))
    assert "bulk load".encode("utf-16-le") in logged_in.recv(4096)


def test_a_message_that_the_client_takes_back_is_not_run(
    logged_in: socket.socket, library: Library
) -> None:
    text = "DROP TABLE t".encode("utf-16-le")
    logged_in.sendall(packet(PacketType.SQL_BATCH, HEADERS + text, status=3))
    assert logged_in.recv(4096)[8] == 0xFD
    assert library.executed == []


def test_transactions_begin_end_and_begin_again(logged_in: socket.socket, library: Library) -> None:
    begin, commit = HEADERS + b"\5\0\5\0", HEADERS + b"\7\0\0\1\4\0"
    logged_in.sendall(packet(PacketType.TRANSACTION_MANAGER, begin))
    assert bytes((0xE3, 11, 0, 8, 8, 1)) in logged_in.recv(4096)
    logged_in.sendall(packet(PacketType.TRANSACTION_MANAGER, commit))
    answer = logged_in.recv(4096)
    assert bytes((0xE3, 11, 0, 9, 0, 8, 1)) in answer
    assert bytes((0xE3, 11, 0, 8, 8, 2)) in answer
    assert library.sessions[0].calls == ["begin SNAPSHOT", "commit", "begin SERIALIZABLE"]


@pytest.mark.parametrize("request_body", [b"\x09\0\x02s\0", b"\x08\0\x02s\0\0", b"\0\0"])
def test_other_transaction_requests_are_refused(
    logged_in: socket.socket, library: Library, request_body: bytes
) -> None:
    logged_in.sendall(packet(PacketType.TRANSACTION_MANAGER, HEADERS + request_body))
    assert "not in the sandbox".encode("utf-16-le") in logged_in.recv(4096)
    assert library.sessions[0].calls == []


def test_a_reset_forgets_what_was_prepared(logged_in: socket.socket, library: Library) -> None:
    library.answer("SET x", Affected(None))
    text = HEADERS + "SET x".encode("utf-16-le")
    logged_in.sendall(packet(PacketType.SQL_BATCH, text, status=1 | 8))
    assert bytes((0xE3, 3, 0, 18, 0, 0)) in logged_in.recv(4096)
    assert library.sessions[0].calls == ["reset"]


def test_a_reset_that_keeps_a_transaction_is_refused(
    logged_in: socket.socket, library: Library
) -> None:
    library.sessions[0].transaction = 7
    text = HEADERS + "SET x".encode("utf-16-le")
    logged_in.sendall(packet(PacketType.SQL_BATCH, text, status=1 | 16))
    assert "keeps the transaction".encode("utf-16-le") in logged_in.recv(4096)
    assert library.executed == []


def test_an_attention_that_comes_late_is_answered(logged_in: socket.socket) -> None:
    for _ in range(3):
        logged_in.sendall(packet(PacketType.ATTENTION, b""))
        answer = logged_in.recv(4096)
        assert answer[8:11] == b"\xfd\x20\x00"


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_never_stop_the_server(server: SqlServer, library: Library, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            for part in mutated_conversation(chance):
                try:
                    client.sendall(part)
                except OSError:
                    break
    assert_still_serving(server, library)


def mutated_conversation(chance: random.Random) -> Iterator[bytes]:
    """A conversation with some of its bytes changed, cut or swollen."""
    rpc = HEADERS + b"\xff\xff\x0a\0\0\0" + b"\0\0\xe7\x40\x1f" + bytes(5) + b"\x02\0S\0"
    parts = [
        packet(PacketType.PRELOGIN, PRELOGIN),
        packet(PacketType.LOGIN7, login()),
        packet(PacketType.RPC, rpc),
        packet(PacketType.TRANSACTION_MANAGER, HEADERS + b"\5\0\1\0"),
        packet(PacketType.SQL_BATCH, HEADERS + b"S\0E\0T\0"),
    ]
    for part in parts:
        data = bytearray(part)
        for _ in range(chance.choice((0, 0, 1, 3))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.1 else bytes(data)
