"""Whatever a server sends, the library answers with an error and nothing else happens."""

import random
from contextlib import suppress

import pytest

from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.interfaces import described
from erp_resources.sandbox.sap.protocol import Message, RfcType
from tests.standin import sdk as rc
from tests.standin.echo_server import ECHO, ROW, EchoServer, frame
from tests.standin.sdk import Sdk, SdkError

BROKEN = {
    "text instead of a frame": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "an answer to another request": frame(Message.PONG),
    "an unknown message": frame(200),
    "nothing in the frame": wire.u32(0),
    "too short": frame(Message.RETURNED, b"\1"),
    "too long": frame(Message.RETURNED, wire.u16(0) + b"more"),
    "an unknown code": frame(Message.FAILED, wire.u32(99) + wire.u32(1) + bytes(64)),
    "an unknown parameter": frame(Message.RETURNED, wire.u16(1) + wire.text("NOPE") + b"\0"),
    "more rows than bytes": frame(
        Message.RETURNED,
        b"".join((wire.u16(1), wire.text("T_ROWS"), bytes([RfcType.TABLE])))
        + wire.u32(0xFFFF_FFFF)
        + wire.u32(ROW.uc_length),
    ),
}


def returned(name: str, kind: RfcType, rows: int, row: bytes, heap: bytes = b"") -> bytes:
    """A RETURNED frame with one parameter."""
    head = wire.text(name) + bytes([kind]) + wire.u32(rows) + wire.u32(len(row))
    return frame(Message.RETURNED, wire.u16(1) + head + row * rows + wire.u32(len(heap)) + heap)


def error_of_invoke(sdk: Sdk, server: EchoServer, connection: int, call: int, answer: bytes) -> int:
    server.answers[Message.INVOKE] = lambda _: answer
    with pytest.raises(SdkError) as refusal:
        sdk("RfcInvoke", connection, call)
    assert not sdk.is_valid(connection)
    return refusal.value.code


@pytest.mark.parametrize("answer", BROKEN)
def test_a_broken_frame_ends_the_conversation(
    sdk: Sdk, server: EchoServer, connection: int, call: int, answer: str
) -> None:
    code = error_of_invoke(sdk, server, connection, call, BROKEN[answer])
    assert code == rc.INVALID_PROTOCOL


def test_a_frame_that_breaks_off_is_a_communication_failure(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    def break_off(_: bytes) -> bytes:
        whole = returned("T_ROWS", RfcType.TABLE, 100, bytes(ROW.uc_length))
        server.send_and_close(whole[:-2000])
        return b""

    server.answers[Message.INVOKE] = break_off
    with pytest.raises(SdkError) as refusal:
        sdk("RfcInvoke", connection, call)
    assert refusal.value.code == rc.COMMUNICATION_FAILURE


def test_rows_of_another_length_ask_to_forget_the_description(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    answer = returned("T_ROWS", RfcType.TABLE, 1, bytes(ROW.uc_length + 2))
    server.answers[Message.INVOKE] = lambda _: answer
    with pytest.raises(SdkError, match="remove the cached description") as refusal:
        sdk("RfcInvoke", connection, call)
    assert refusal.value.code == rc.SERIALIZATION_FAILURE


def test_a_scalar_has_one_row(sdk: Sdk, server: EchoServer, connection: int, call: int) -> None:
    answer = returned("E_INT4", RfcType.INT, 2, bytes(4))
    assert error_of_invoke(sdk, server, connection, call, answer) == rc.INVALID_PROTOCOL


def test_a_string_beyond_its_heap_cannot_be_read(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    cell = wire.u32(0xFFFF_FFF0) + wire.u32(0xFFFF_FFF0)
    server.answers[Message.INVOKE] = lambda _: returned("E_STRING", RfcType.STRING, 1, cell, b"ab")
    sdk("RfcInvoke", connection, call)
    with pytest.raises(SdkError, match="beyond its heap"):
        sdk.text(call, "E_STRING")


@pytest.mark.parametrize("seed", range(20))
def test_a_description_with_wrong_bytes_leaves_a_working_connection_or_none(
    sdk: Sdk, server: EchoServer, parameters: dict[str, str], seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable, no secret
    payload = bytearray(described(ECHO))
    for _ in range(dice.randint(1, 4)):
        payload[dice.randrange(len(payload))] = dice.choice((0, 1, 2, 5, 17, 127, 255))
    server.answers[Message.DESCRIBE] = lambda _: frame(Message.DESCRIBED, bytes(payload))
    server.answers[Message.LOGON] = lambda _: frame(
        Message.LOGGED_ON, wire.texts({"sysId": f"X{server.port}-{seed}"})
    )
    connection = sdk.connect(parameters)
    with suppress(SdkError):
        container = sdk.create(connection, "Z_ECHO")
        sdk("RfcAppendNewRow", sdk.child("RfcGetTable", container, "T_ROWS"))
        sdk("RfcInvoke", connection, container)
    if sdk.is_valid(connection):
        sdk("RfcPing", connection)
