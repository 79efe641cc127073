"""Connections: how they end, whose turn it is, and how many there may be."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from erp_resources.sandbox.sap.protocol import Message
from tests.standin import build
from tests.standin import sdk as rc
from tests.standin.echo_server import EchoServer, failed, frame
from tests.standin.sdk import Sdk, SdkError, refused, utf16

GROUP_COMMUNICATION = 4


@pytest.fixture
def hanging(server: EchoServer) -> Iterator[threading.Event]:
    """Calls wait; the event tells when one has begun."""
    begun, may_end = threading.Event(), threading.Event()

    def wait(_: bytes) -> bytes:
        begun.set()
        may_end.wait(20)
        return frame(Message.RETURNED, b"\0\0")

    server.answers[Message.INVOKE] = wait
    yield begun
    may_end.set()


def in_a_thread(action: Callable[[], object]) -> Callable[[], SdkError | None]:
    """Start the action; the function returned waits for its error."""
    errors: list[SdkError] = []

    def run() -> None:
        try:
            action()
        except SdkError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def outcome() -> SdkError | None:
        thread.join(10)
        assert not thread.is_alive(), "still waiting"
        return errors[0] if errors else None

    return outcome


def test_an_exception_of_the_function_leaves_the_connection_alone(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    server.answers[Message.INVOKE] = lambda _: failed(5, 1, "TABLE_NOT_AVAILABLE", "no table")
    with pytest.raises(SdkError) as refusal:
        sdk("RfcInvoke", connection, call)
    assert refusal.value.key == "TABLE_NOT_AVAILABLE"
    assert (refusal.value.message_class, refusal.value.number) == ("SV", "029")
    assert refusal.value.variables == ("one", "two", "", "")
    sdk("RfcPing", connection)


def test_after_a_dump_the_handle_is_invalid(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    server.answers[Message.INVOKE] = lambda _: failed(3, 2, "TIME_OUT", "dump", is_over=True)
    with refused(rc.ABAP_RUNTIME_FAILURE):
        sdk("RfcInvoke", connection, call)
    assert not sdk.is_valid(connection)
    for function in ("RfcPing", "RfcCloseConnection", "RfcCancel"):
        with refused(rc.INVALID_HANDLE):
            sdk(function, connection)


@pytest.mark.parametrize("function", ["RfcPing", "RfcInvoke"])
def test_a_dropped_connection_is_a_communication_failure(
    sdk: Sdk, server: EchoServer, connection: int, call: int, function: str
) -> None:
    server.drop_clients()
    with refused(rc.COMMUNICATION_FAILURE):
        sdk(function, connection, *([call] if function == "RfcInvoke" else []))
    assert not sdk.is_valid(connection)


def test_a_closed_handle_is_never_given_again(sdk: Sdk, parameters: dict[str, str]) -> None:
    first = sdk.connect(parameters)
    sdk("RfcCloseConnection", first)
    assert sdk.connect(parameters) != first
    with refused(rc.INVALID_HANDLE):
        sdk("RfcPing", first)


def test_a_connection_serves_one_thread_at_a_time(
    sdk: Sdk, connection: int, call: int, hanging: threading.Event
) -> None:
    outcome = in_a_thread(lambda: sdk("RfcInvoke", connection, call))
    assert hanging.wait(10)
    with refused(rc.ILLEGAL_STATE):
        sdk("RfcPing", connection)
    assert sdk.is_valid(connection)
    sdk("RfcCancel", connection)
    outcome()


def test_a_call_is_canceled_from_another_thread(
    sdk: Sdk, connection: int, call: int, hanging: threading.Event
) -> None:
    outcome = in_a_thread(lambda: sdk("RfcInvoke", connection, call))
    assert hanging.wait(10)
    sdk("RfcCancel", connection)
    error = outcome()
    assert error is not None
    assert (error.code, error.key, error.group) == (
        rc.CANCELED,
        "RFC_CANCELED",
        GROUP_COMMUNICATION,
    )
    assert not sdk.is_valid(connection)


def test_two_connections_work_at_the_same_time(
    sdk: Sdk, server: EchoServer, parameters: dict[str, str]
) -> None:
    both_called = threading.Barrier(2, timeout=10)

    def meet(_: bytes) -> bytes:
        both_called.wait()
        return frame(Message.RETURNED, b"\0\0")

    server.answers[Message.INVOKE] = meet
    outcomes = []
    for _ in range(2):
        connection = sdk.connect(parameters)
        call = sdk.create(connection, "Z_ECHO")
        outcomes.append(in_a_thread(partial(sdk, "RfcInvoke", connection, call)))
    assert [outcome() for outcome in outcomes] == [None, None]


@pytest.fixture
def fresh_sdk(tmp_path: Path) -> Iterator[Sdk]:
    """The library loaded a second time: without connections, and nothing described yet."""
    sdk = Sdk(Path(shutil.copy(build.standin(), tmp_path)))
    yield sdk
    sdk.close_connections()


def test_a_process_has_only_so_many_conversations(
    fresh_sdk: Sdk, parameters: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_MAX_CONNECTIONS", "2")
    first, _ = fresh_sdk.connect(parameters), fresh_sdk.connect(parameters)
    with pytest.raises(SdkError, match="max no of 2 conversations exceeded") as refusal:
        fresh_sdk.connect(parameters)
    assert refusal.value.code == rc.COMMUNICATION_FAILURE
    fresh_sdk("RfcCloseConnection", first)
    assert fresh_sdk.is_valid(fresh_sdk.connect(parameters))


def test_a_process_has_at_most_200_conversations_unless_told_otherwise(
    fresh_sdk: Sdk, parameters: dict[str, str]
) -> None:
    for _ in range(200):
        fresh_sdk.connect(parameters)
    with refused(rc.COMMUNICATION_FAILURE):
        fresh_sdk.connect(parameters)


def test_a_conversation_that_died_gives_its_place_back(
    fresh_sdk: Sdk,
    server: EchoServer,
    parameters: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STANDIN_MAX_CONNECTIONS", "1")
    dead = fresh_sdk.connect(parameters)
    server.drop_clients()
    with refused(rc.COMMUNICATION_FAILURE):
        fresh_sdk("RfcPing", dead)
    assert fresh_sdk.is_valid(fresh_sdk.connect(parameters))


def test_descriptions_are_asked_for_once_a_system(
    fresh_sdk: Sdk, server: EchoServer, parameters: dict[str, str]
) -> None:
    for _ in range(3):
        fresh_sdk.create(fresh_sdk.connect(parameters), "Z_ECHO")
    assert server.requests.count(Message.DESCRIBE) == 1
    system = utf16(f"E{server.system_number}")
    fresh_sdk("RfcRemoveFunctionDesc", system, utf16("Z_ECHO"))
    with refused(rc.NOT_FOUND):
        fresh_sdk("RfcRemoveFunctionDesc", system, utf16("Z_ECHO"))
    fresh_sdk.create(fresh_sdk.connect(parameters), "Z_ECHO")
    assert server.requests.count(Message.DESCRIBE) == 2


def test_an_unknown_function_is_an_exception_of_abap(sdk: Sdk, connection: int) -> None:
    with pytest.raises(SdkError) as refusal:
        sdk.create(connection, "Z_NOPE")
    assert (refusal.value.code, refusal.value.key) == (rc.ABAP_EXCEPTION, "FU_NOT_FOUND")
    sdk("RfcPing", connection)


def test_throughput_is_counted_where_asked_for(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    counters = sdk("RfcCreateThroughput")
    sdk("RfcSetThroughputOnConnection", connection, counters)
    sdk.set_text(call, "I_STRING", "x" * 1000)
    server.answers[Message.INVOKE] = _after_20_milliseconds(server)
    sdk("RfcInvoke", connection, call)
    counted = {
        name: sdk.number(f"RfcGet{name}", counters)
        for name in ("NumberOfCalls", "SentBytes", "ReceivedBytes", "TotalTime", "ApplicationTime")
    }
    assert counted["NumberOfCalls"] == 1
    assert counted["SentBytes"] > 2000
    assert counted["ReceivedBytes"] > 2000
    assert counted["TotalTime"] >= counted["ApplicationTime"] >= 20_000
    sdk("RfcResetThroughput", counters)
    assert sdk.number("RfcGetSentBytes", counters) == 0


def _after_20_milliseconds(server: EchoServer) -> Callable[[bytes], bytes]:
    def answer(payload: bytes) -> bytes:
        time.sleep(0.02)
        return server.echo(payload)

    return answer


def test_counters_may_go_before_their_connection(sdk: Sdk, connection: int, call: int) -> None:
    counters = sdk("RfcCreateThroughput")
    sdk("RfcSetThroughputOnConnection", connection, counters)
    sdk("RfcDestroyThroughput", counters)
    sdk("RfcInvoke", connection, call)
    with refused(rc.INVALID_HANDLE):
        sdk("RfcDestroyThroughput", counters)


@pytest.mark.parametrize(
    "function", ["RfcResetServerContext", "RfcConfirmTransaction", "RfcLaunchServer"]
)
def test_what_the_stand_in_has_not_says_so(sdk: Sdk, connection: int, function: str) -> None:
    with refused(rc.NOT_SUPPORTED):
        sdk(function, connection)
