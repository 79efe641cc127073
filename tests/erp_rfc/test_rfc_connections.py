"""A connection has one user at a time, can be cancelled by any, and ends once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

import erp_rfc
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.server import SapServer
from erp_rfc import RfcError
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.sap.conftest import PASSWORD
from tests.erp_rfc.conftest import Connect, needs_cpp

pytestmark = needs_cpp

COMMUNICATION_FAILURE = 1
LOGON_FAILURE = 2
CANCELED = 7
INVALID_HANDLE = 13
ILLEGAL_STATE = 19


def wait_until_nobody_is_connected(server: SapServer) -> None:
    assert eventually(lambda: server.sessions == [])


def wait_until_one_strikes(faults: Faults) -> None:
    """Until a call has come to the fault that is armed for one."""
    assert eventually(lambda: not faults.armed())


def test_a_connection_knows_where_it_is(connection: erp_rfc.Connection, server: SapServer) -> None:
    attributes = connection.attributes()
    assert attributes["user"] == "READER"
    assert attributes["client"] == "100"
    assert attributes["sysNumber"] == server.system_number
    connection.ping()
    assert connection.is_valid()


def test_a_wrong_password_is_a_logon_failure_that_does_not_repeat_it(connect: Connect) -> None:
    with pytest.raises(RfcError) as caught:
        connect(PASSWD="not-the-password")
    assert (caught.value.code, caught.value.key) == (LOGON_FAILURE, "RFC_LOGON_FAILURE")
    assert "not-the-password" not in str(caught.value)


def test_a_port_where_nobody_listens_is_a_communication_failure(library: erp_rfc.Library) -> None:
    with pytest.raises(RfcError) as caught:
        library.connect({"ASHOST": "127.0.0.2", "SYSNR": "99"})  # servers are on 127.0.0.1
    assert caught.value.code == COMMUNICATION_FAILURE


def test_a_parameter_with_a_nul_is_refused_instead_of_cut(connect: Connect) -> None:
    with pytest.raises(ValueError, match="NUL"):
        connect(PASSWD=PASSWORD + "\0and more")


def test_a_parameter_must_be_text(library: erp_rfc.Library) -> None:
    with pytest.raises(TypeError, match="expected str, got int"):
        library.connect({"SYSNR": 0})  # type: ignore[dict-item]


def test_closing_twice_is_closing_once(connection: erp_rfc.Connection) -> None:
    connection.close()
    connection.close()
    assert not connection.is_valid()


def test_a_closed_connection_refuses_to_work_but_not_to_be_cancelled(
    connection: erp_rfc.Connection,
) -> None:
    connection.close()
    with pytest.raises(RfcError, match="closed") as caught:
        connection.ping()
    assert caught.value.code == INVALID_HANDLE
    connection.cancel()


def test_closing_logs_off(connection: erp_rfc.Connection, server: SapServer) -> None:
    assert len(server.sessions) == 1
    connection.close()
    wait_until_nobody_is_connected(server)


def test_a_connection_that_nobody_holds_logs_off(
    library: erp_rfc.Library, server: SapServer
) -> None:
    address = {"ASHOST": "127.0.0.1", "SYSNR": server.system_number, "CLIENT": "100"}
    connection = library.connect(address | {"USER": "READER", "PASSWD": PASSWORD})
    assert connection.is_valid()
    del connection
    wait_until_nobody_is_connected(server)


def test_two_threads_read_on_two_connections(connect: Connect) -> None:
    def read(connection: erp_rfc.Connection) -> list[int]:
        return [
            connection.read_table("Z_ERP_READ_T001", {"MAX_ROWS": count}, "ROWS").rows
            for count in (1, 2, 3, 4) * 10
        ]

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(read, [connect(), connect()]))
    assert results == [[1, 2, 3, 4] * 10] * 2


def test_calls_go_on_while_another_connection_forgets_their_function(connect: Connect) -> None:
    name = "Z_ERP_READ_T001"
    reader, caller, asker, other = (connect() for _ in range(4))
    tasks: list[Callable[[], object]] = [
        lambda: reader.read_table(name, {}, "ROWS").rows,
        lambda: len(cast("list[object]", caller.call(name, {})["ROWS"])),
        lambda: len(asker.describe(name).parameters),
    ]

    def repeated(task: Callable[[], object]) -> set[object]:
        return {task() for _ in range(100)}

    with ThreadPoolExecutor(len(tasks)) as threads:
        running = [threads.submit(repeated, task) for task in tasks]
        while not all(each.done() for each in running):
            other.forget(name)
            other.describe(name)
    assert [each.result() for each in running] == [{4}] * 3


def test_other_threads_run_while_a_call_waits(
    connection: erp_rfc.Connection, faults: Faults
) -> None:
    connection.call("RFC_PING", {})
    faults.arm("slow", at="execute", seconds=1)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(connection.call, "RFC_PING", {})
        ticks = 0
        while not waiting.done():
            time.sleep(0.01)
            ticks += 1
    assert ticks > 10


def test_a_second_thread_on_a_connection_is_refused(
    connection: erp_rfc.Connection, faults: Faults
) -> None:
    connection.call("RFC_PING", {})
    faults.arm("hang", at="execute", seconds=60)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(connection.call, "RFC_PING", {})
        wait_until_one_strikes(faults)
        with pytest.raises(RfcError, match="another thread") as caught:
            connection.ping()
        assert caught.value.code == ILLEGAL_STATE
        faults.clear()
        waiting.result()
    connection.ping()


def test_a_hanging_call_is_cancelled_from_another_thread(
    connection: erp_rfc.Connection, faults: Faults
) -> None:
    connection.call("RFC_PING", {})
    faults.arm("hang", at="execute", seconds=60)
    started = time.monotonic()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(connection.call, "RFC_PING", {})
        wait_until_one_strikes(faults)
        connection.cancel()
        with pytest.raises(RfcError) as caught:
            waiting.result()
    faults.clear()
    assert caught.value.code == CANCELED
    assert time.monotonic() - started < 30
    assert not connection.is_valid()


def test_throughput_counts_what_went_over_the_wire(connection: erp_rfc.Connection) -> None:
    before = connection.throughput()
    connection.call("STFC_CONNECTION", {"REQUTEXT": "x" * 100})
    after = connection.throughput()
    assert after["sent_bytes"] - before["sent_bytes"] >= 200
    assert after["received_bytes"] - before["received_bytes"] >= 200
    assert after["calls"] > before["calls"]
    assert set(after) >= {"total_us", "serialization_us", "deserialization_us"}
