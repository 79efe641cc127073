"""Faults by themselves, without a protocol."""

import threading
import time

import pytest

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import (
    ConnectionDroppedError,
    Faults,
    InjectedError,
    LoginRefusedError,
)
from tests.erp_resources.sandbox.oracle.canned import takes_about


def test_nothing_happens_where_nothing_is_armed() -> None:
    faults = Faults()
    faults.arm("drop", at="fetch")
    faults.check("execute")


def test_a_fault_happens_as_often_as_armed() -> None:
    faults = Faults()
    faults.arm("drop", at="execute", times=2)
    for _ in range(2):
        with pytest.raises(ConnectionDroppedError):
            faults.check("execute")
    faults.check("execute")


def test_a_fault_without_end_lasts_until_it_is_cleared() -> None:
    faults = Faults()
    faults.arm("refuse_login", times=None)
    for _ in range(5):
        with pytest.raises(LoginRefusedError):
            faults.check("login")
    faults.clear()
    faults.check("login")


def test_a_fault_waits_for_its_rows() -> None:
    faults = Faults()
    faults.arm("error", at="fetch", after_rows=500, code=1555, text="snapshot too old")
    faults.check("fetch", rows_sent=499)
    with pytest.raises(InjectedError, match="snapshot too old") as raised:
        faults.check("fetch", rows_sent=500)
    assert raised.value.code == 1555


def test_slow_takes_its_time() -> None:
    faults = Faults()
    faults.arm("slow", seconds=0.05)
    began = time.monotonic()
    faults.check("fetch")
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize("by_clear", [True, False])
def test_a_hang_ends_by_clearing_or_stopping(by_clear: bool) -> None:
    faults, stop = Faults(), threading.Event()
    faults.arm("hang")
    timer = threading.Timer(0.05, faults.clear if by_clear else stop.set)
    timer.start()
    with takes_about(0.05):
        faults.check("fetch", stop=stop)
    timer.join()


def test_counters_count_from_many_threads() -> None:
    counters = Counters()

    def count() -> None:
        for _ in range(1000):
            counters.add("calls")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters["calls"] == 8000
    assert counters["others"] == 0
    counters.reset()
    assert counters.snapshot() == {}
