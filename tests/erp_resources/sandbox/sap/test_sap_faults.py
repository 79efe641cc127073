"""A server that misbehaves on request, and clients that do."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.kept_answers import Answer, KeptAnswers
from erp_resources.sandbox.sap.protocol import Message
from erp_resources.sandbox.sap.server import SapServer
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError
from tests.erp_resources.sandbox.sap.conftest import PASSWORD
from tests.erp_resources.sandbox.sap.test_sap_read_table import data

Connect = Callable[..., Client]


def wait_until_nobody_is_connected(server: SapServer) -> None:
    assert eventually(lambda: server.sessions == [])


def test_a_dropped_connection_leaves_a_torn_answer(client: Client, faults: Faults) -> None:
    faults.arm_named("drop")
    with pytest.raises(ConnectionError, match="too early"):
        data(client, "T001", "BUKRS")


def test_a_drop_waits_for_its_row(client: Client, faults: Faults) -> None:
    faults.arm("drop", after_rows=6)
    assert len(data(client, "T001", "BUKRS")) == 4
    with pytest.raises(ConnectionError):
        data(client, "T001", "BUKRS")


def test_a_drop_at_the_call_answers_nothing(client: Client, faults: Faults) -> None:
    client.describe("RFC_PING")
    faults.arm("drop", at="execute")
    with pytest.raises(ConnectionError):
        client.call("RFC_PING")


def test_a_drop_at_the_door_lets_nobody_in(connect: Connect, faults: Faults) -> None:
    faults.arm("drop", at="accept")
    with pytest.raises(ConnectionError):
        connect()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("fetch-error", "TIME_OUT"),
        ("deadlock", "DBIF_RSQL_SQL_ERROR"),
        ("snapshot-too-old", "DBIF_RSQL_SQL_ERROR"),
        ("disk-full", "TSV_TNEW_PAGE_ALLOC_FAILED"),
    ],
)
def test_named_faults_are_dumps(client: Client, faults: Faults, name: str, key: str) -> None:
    faults.arm_named(name)  # type: ignore[arg-type]
    with pytest.raises(RfcFailureError) as caught:
        data(client, "T001", "BUKRS")
    assert (caught.value.code, caught.value.key, caught.value.ends_conversation) == (3, key, True)


def test_an_error_can_have_any_code_and_key(client: Client, faults: Faults) -> None:
    faults.arm("error", code=5, text="NOT_AUTHORIZED: by a test")
    with pytest.raises(RfcFailureError) as caught:
        data(client, "T001", "BUKRS")
    assert (caught.value.group, caught.value.key) == (1, "NOT_AUTHORIZED")
    assert len(data(client, "T001", "BUKRS")) == 4


def test_every_call_can_be_made_slow(client: Client, faults: Faults) -> None:
    faults.arm("slow", at="execute", seconds=0.1, times=None)
    began = time.monotonic()
    client.call("RFC_PING")
    client.call("RFC_PING")
    assert time.monotonic() - began >= 0.2


def test_a_hang_ends_when_it_is_cleared(client: Client, faults: Faults) -> None:
    faults.arm_named("hang")
    timer = threading.Timer(0.2, faults.clear)
    timer.start()
    assert len(data(client, "T001", "BUKRS")) == 4
    timer.join()


def test_a_stopping_server_does_not_wait_for_a_hang(server: SapServer) -> None:
    with SapServer(server._service.log_on, {"READER": PASSWORD}) as other:
        client = Client(other.port, "READER", PASSWORD)
        other.faults.arm("hang", at="execute")
        caller = threading.Thread(target=_calling_until_the_end, args=(client,))
        caller.start()
    caller.join(timeout=10)
    client.close()
    assert not caller.is_alive()


def _calling_until_the_end(client: Client) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            client.call("RFC_PING")


def test_a_client_that_leaves_ends_its_call(client: Client, server: SapServer) -> None:
    payload = wire.text("RFC_PING_AND_WAIT") + wire.u16(1) + wire.text("SECONDS")
    payload += bytes([8]) + wire.u32(1) + wire.u32(4) + wire.u32(3600) + wire.u32(0)
    client._socket.sendall(struct.pack("<IB", len(payload) + 1, Message.INVOKE) + payload)
    client.close()
    wait_until_nobody_is_connected(server)


def test_waiting_takes_as_long_as_it_is_told(client: Client) -> None:
    began = time.monotonic()
    client.call("RFC_PING_AND_WAIT", SECONDS=1)
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("<IB", 1, 77),
        struct.pack("<IB", 0, 1),
        struct.pack("<IB", 1, Message.PING),
        struct.pack("<IB", 1, Message.PONG),
        struct.pack("<IBH", 3, Message.LOGON, 5),
        struct.pack("<IBHI", 7, Message.LOGON, 1, 0xFFFFFFFF),
    ],
)
def test_what_is_no_request_ends_the_connection(server: SapServer, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(sent)
        assert connection.recv(1) == b""
    wait_until_nobody_is_connected(server)


def test_parameters_that_there_are_not_end_the_connection(client: Client) -> None:
    payload = wire.text("RFC_PING") + wire.u16(1) + wire.text("NIX") + bytes([0])
    with pytest.raises(ConnectionError):
        client.request(Message.INVOKE, payload + wire.u32(0) * 3)


def test_a_server_can_keep_what_was_read(server: SapServer) -> None:
    with (
        SapServer(server._service.log_on, {"READER": PASSWORD}, keep_bytes=1 << 20) as other,
        Client(other.port, "READER", PASSWORD) as one,
        Client(other.port, "READER", PASSWORD, client="200") as two,
    ):
        for _ in range(2):
            assert data(one, "T001", "BUKRS") == ["0001", "1000", "2000", "3000"]
            assert data(two, "T001", "BUKRS") == ["0001"]
        assert len(other._service.kept._answers) == 2
        assert other.counters["rows"] == 10


def test_parts_of_an_answer_that_are_made_in_one_place_are_kept_each() -> None:
    def parts() -> Iterator[memoryview]:
        place = bytearray(2)
        for number in range(3):
            place[:] = bytes([number, number])
            yield memoryview(place)

    kept = KeptAnswers(100).keep("question", Answer(parts(), 6, 3))
    assert b"".join(kept.parts) == bytes([0, 0, 1, 1, 2, 2])


def test_what_was_asked_for_is_counted(client: Client, server: SapServer) -> None:
    data(client, "T001", "BUKRS")
    assert server.counters["calls of RFC_READ_TABLE"] == server.counters["calls"] == 1
    assert server.counters["rows"] == 4
    assert server.counters["connections"] == server.counters["logins"] == 1
