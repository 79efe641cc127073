"""The circuit breaker by itself: what opens it, whom it admits, what closes it, what it says."""

import time
from datetime import UTC, datetime

import pybreaker
import pytest
from structlog.testing import capture_logs

from erp_resources import breaker
from erp_resources.breaker import Breaker, breaker_of
from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    LoginRefused,
    PoolClosed,
    PoolFull,
    PoolTimeout,
    SettingsError,
    SourceBusy,
    SourceUnavailable,
)
from tests.erp_resources.pool_source import refused

PAUSE = 0.25


def opened(failures: int = 3, seconds: float = PAUSE) -> Breaker:
    """A breaker that has just opened."""
    subject = Breaker("test", failures, seconds)
    for _ in range(failures):
        subject.settle(refused())
    return subject


def soon() -> Deadline:
    return Deadline.after(5.0)


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    subject = Breaker("test", failures=3)
    for _ in range(2):
        subject.settle(refused())
    assert (subject.state, subject.failures) == ("closed", 2)
    subject.settle(refused())
    assert (subject.state, subject.is_open) == ("open", True)


def test_a_success_in_between_begins_the_count_anew() -> None:
    subject = Breaker("test", failures=3)
    for error in (refused(), refused(), None, refused(), refused()):
        subject.settle(error)
    assert (subject.state, subject.failures) == ("closed", 2)


@pytest.mark.parametrize("kind", [SourceUnavailable, ConnectionLost, DeadlineExceeded])
def test_silence_and_refusal_count(kind: type[Exception]) -> None:
    subject = Breaker("test", failures=1)
    subject.settle(kind("test: nobody there"))
    assert subject.state == "open"


@pytest.mark.parametrize(
    "kind", [LoginRefused, SettingsError, SourceBusy, PoolTimeout, PoolFull, PoolClosed]
)
def test_what_a_source_that_answers_may_say_does_not_count(kind: type[Exception]) -> None:
    subject = Breaker("test", failures=1)
    subject.settle(kind("test: something else"))
    assert subject.state == "closed"


def test_a_bug_says_nothing_about_the_source() -> None:
    subject = Breaker("test", failures=2)
    for error in (refused(), TypeError("a bug")):
        subject.settle(error)
    assert (subject.state, subject.failures) == ("closed", 1)


def test_an_open_one_says_since_when_until_when_and_why() -> None:
    began = datetime.now(UTC)
    refusal = opened(seconds=30.0).refusal()
    assert refusal is not None
    assert f"test: unreachable since {began:%Y-%m-%d %H}:" in str(refusal)
    assert "not asked again before" in str(refusal)
    assert 20.0 < (refusal.retry_after or 0.0) <= 30.0
    assert isinstance(refusal.__cause__, SourceUnavailable)
    assert isinstance(refusal.__cause__.__cause__, ConnectionRefusedError)


def test_after_the_pause_one_call_is_admitted_and_no_other() -> None:
    subject = opened()
    assert subject.admit(soon()) is not None
    time.sleep(PAUSE)
    assert subject.admit(soon()) is None
    refusal = subject.admit(soon())
    assert subject.state == "half-open"
    assert refusal is not None
    assert "on trial until" in str(refusal)
    assert (refusal.retry_after or 0.0) <= 1.0, "a trial that succeeds is over soon"


def test_a_trial_that_succeeds_closes_it_at_once() -> None:
    subject = opened()
    time.sleep(PAUSE)
    subject.admit(soon())
    subject.settle(None)
    assert (subject.state, subject.failures, subject.refusal()) == ("closed", 0, None)


def test_a_trial_that_fails_opens_it_again_since_the_same_moment() -> None:
    subject = opened()
    first = str(subject.refusal()).split(",", maxsplit=1)[0]
    time.sleep(PAUSE)
    subject.admit(soon())
    subject.settle(refused())
    assert subject.state == "open"
    assert str(subject.refusal()).startswith(first)


def test_a_login_refused_on_trial_closes_it_since_the_source_is_there() -> None:
    subject = opened()
    time.sleep(PAUSE)
    subject.admit(soon())
    subject.settle(LoginRefused("test: wrong password"))
    assert subject.state == "closed"


def test_a_trial_that_is_never_heard_of_makes_way_for_another() -> None:
    subject = opened()
    time.sleep(PAUSE)
    assert subject.admit(Deadline.after(PAUSE)) is None
    assert subject.admit(soon()) is not None
    time.sleep(PAUSE)
    assert subject.admit(soon()) is None


def test_a_call_that_began_before_it_opened_may_still_close_it() -> None:
    subject = opened(seconds=30.0)
    subject.settle(refused())
    assert subject.state == "open"
    subject.settle(None)
    assert subject.state == "closed"


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_changes_nothing(
    step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stepped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # always UTC here
            assert tz is UTC
            return datetime.fromtimestamp(time.time() + step, UTC)

    subject = opened()
    monkeypatch.setattr(pybreaker, "datetime", Stepped)
    monkeypatch.setattr(breaker, "datetime", Stepped)
    assert subject.admit(soon()) is not None, "the pause must not end early"
    time.sleep(PAUSE)
    assert subject.admit(soon()) is None, "nor last longer"


def test_each_change_of_state_is_one_log_line() -> None:
    subject = opened()
    time.sleep(PAUSE)
    subject.admit(soon())
    subject.settle(None)
    subject.settle(None)
    with capture_logs() as lines:
        subject.log_changes()
        subject.log_changes()
    assert [(line["event"], line["system"], line["state"]) for line in lines] == [
        ("breaker", "test", "open"),
        ("breaker", "test", "half-open"),
        ("breaker", "test", "closed"),
    ]
    assert lines[0]["error"] == "test: refused; start it"


def test_a_process_has_one_for_each_system() -> None:
    assert breaker_of("sap") is breaker_of("sap")
    assert breaker_of("sap") is not breaker_of("oracle")
