"""Faults by themselves, without a protocol."""

import threading
import time
from collections.abc import Mapping
from typing import get_args

import pytest

from erp_resources.errors import ErpError, SnapshotTooOld, SourceBusy, SourceUnavailable
from erp_resources.oracle.error_codes import classify
from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import (
    NAMED,
    ConnectionDroppedError,
    Fault,
    FaultName,
    Faults,
    InjectedError,
    LoginRefusedError,
)
from erp_resources.sandbox.oracle.named_faults import ORACLE_FAULTS
from erp_resources.sandbox.sqlserver.named_faults import SQLSERVER_FAULTS
from erp_resources.sqlserver.error_codes import CLASSES
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


@pytest.mark.parametrize("table", [ORACLE_FAULTS, SQLSERVER_FAULTS], ids=["oracle", "sqlserver"])
def test_every_system_has_every_fault_by_name(table: Mapping[FaultName, Fault]) -> None:
    assert set(table) == set(get_args(FaultName))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deadlock", SourceBusy),
        ("snapshot-too-old", SnapshotTooOld),
        ("disk-full", SourceBusy),
    ],
)
def test_a_name_means_the_same_error_in_every_system(name: FaultName, kind: type[ErpError]) -> None:
    assert classify([f"ORA-{ORACLE_FAULTS[name].code:05}"])[0] is kind
    assert SQLSERVER_FAULTS[name].code in CLASSES[kind]


def test_an_error_in_mid_fetch_is_transient_in_every_system() -> None:
    assert classify([f"ORA-{ORACLE_FAULTS['fetch-error'].code:05}"])[0] is SourceUnavailable
    assert SQLSERVER_FAULTS["fetch-error"].code in CLASSES[SourceBusy]


def test_a_named_fault_is_shown_while_it_is_armed() -> None:
    faults = Faults(ORACLE_FAULTS)
    faults.arm_named("snapshot-too-old", after_rows=10, times=2)
    assert faults.armed() == ["snapshot-too-old at fetch after 10 rows, 2 x"]
    for _ in range(2):
        with pytest.raises(InjectedError, match="_SYSSMU9"):
            faults.check("fetch", rows_sent=10)
    assert faults.armed() == []


def test_a_named_fault_takes_the_seconds_it_is_given() -> None:
    faults = Faults()
    faults.arm_named("hang", seconds=0.01)
    with takes_about(0.01):
        faults.check("fetch")


def test_arming_by_name_does_not_use_up_the_table() -> None:
    for _ in range(2):
        faults = Faults()
        faults.arm_named("drop")
        with pytest.raises(ConnectionDroppedError):
            faults.check("fetch")
    assert NAMED["drop"].times == 1


def test_a_name_without_a_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault is called 'deadlock'; there are drop, hang"):
        Faults().arm_named("deadlock")


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
