"""Calls that may never return, and the deadlines that they are held to."""

import threading
import time
from functools import partial

import pytest

from erp_resources.deadline import Deadline
from erp_resources.errors import DeadlineExceeded
from erp_resources.workers import Workers, call_within
from tests.erp_resources.pool_source import eventually, report

SLACK = 1.0  # seconds that a shared machine may take to wake a thread


def test_a_deadline_counts_down_to_zero_and_stays_there() -> None:
    deadline = Deadline.after(0.5)
    assert 0 < deadline.remaining() <= 0.5
    assert not deadline.expired
    time.sleep(0.51)
    assert deadline.remaining() == 0.0
    assert deadline.expired


def test_the_sooner_of_two_deadlines_counts() -> None:
    soon, late = Deadline.after(1), Deadline.after(10)
    assert soon.sooner(late) is soon
    assert late.sooner(soon) is soon
    assert soon.within(5) is soon
    assert late.within(5).remaining() <= 5


def test_a_call_in_time_returns_its_value_or_its_error() -> None:
    assert call_within(Deadline.after(5), lambda: 42, what="test: answer") == 42
    with pytest.raises(ZeroDivisionError):
        call_within(Deadline.after(5), lambda: 1 // 0, what="test: divide")


def test_a_call_that_hangs_is_abandoned_and_its_late_result_disposed_of() -> None:
    released = threading.Event()
    disposed = threading.Event()

    def hang() -> str:
        released.wait(10)
        return "late"

    def dispose(result: str) -> None:
        assert result == "late"
        disposed.set()

    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"test: dial gave no answer within 0\.1 s"):
        call_within(Deadline.after(0.1), hang, what="test: dial", dispose=dispose)
    seconds = time.monotonic() - began
    report(f"given up after {seconds:.3f} s (aim 0.1)")
    assert seconds <= 0.1 + SLACK
    assert not disposed.is_set()
    released.set()
    assert disposed.wait(5)


def test_a_call_within_a_call_runs_in_the_same_thread() -> None:
    def outer() -> tuple[str, str]:
        inner = call_within(Deadline.after(5), name_of_thread, what="test: inner")
        return name_of_thread(), inner

    names = call_within(Deadline.after(5), outer, what="test: outer")
    assert names[0] == names[1] != name_of_thread()


def name_of_thread() -> str:
    return threading.current_thread().name


def test_threads_are_used_again_and_named() -> None:
    workers = Workers("test-workers")
    names: list[str] = []
    for _ in range(20):
        done = threading.Event()

        def task(done: threading.Event = done) -> None:
            names.append(name_of_thread())
            done.set()

        workers.run(task)
        assert done.wait(5)
        assert eventually(lambda: workers._resting == 1)
    workers.stop()
    assert set(names) == {"test-workers-1"}


def test_a_busy_thread_does_not_hold_up_the_next_task() -> None:
    workers = Workers("test-workers")
    released, done = threading.Event(), threading.Event()
    workers.run(partial(wait_for, released))
    workers.run(done.set)
    assert done.wait(5)
    released.set()
    workers.stop()


def wait_for(event: threading.Event) -> None:
    event.wait(10)


def test_stopped_workers_end_their_threads() -> None:
    workers = Workers("test-ending")
    done = threading.Event()
    workers.run(done.set)
    assert done.wait(5)
    workers.stop()
    assert eventually(lambda: not threads_named("test-ending"))


def threads_named(prefix: str) -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(prefix)]
