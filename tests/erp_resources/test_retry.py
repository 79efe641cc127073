"""The retry policy: what is repeated, how often, and how the delays are spread."""

import time
from collections.abc import Callable, Iterator

import pytest
import tenacity
from structlog.testing import capture_logs

from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ErpError,
    LoginRefused,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    TransientError,
)
from erp_resources.prefetch import is_wanted, prefetched
from erp_resources.retry import RESERVED_RETRIES, FullJitter, RetryBudget, retrying
from tests.erp_resources.pool_source import eventually, report

QUICK = FullJitter(first=0.002, longest=0.01)


class Failing:
    """A call that raises the given errors in turn, then returns its number of calls."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


def delays_after(attempt: int, count: int, error: ErpError | None = None) -> list[float]:
    call: Callable[[], None] = lambda: None  # noqa: E731 - a placeholder that is never called
    state = tenacity.RetryCallState(tenacity.Retrying(), call, (), {})
    state.attempt_number = attempt
    if error is not None:
        state.set_exception((type(error), error, None))
    jitter = FullJitter()
    return [jitter(state) for _ in range(count)]


def distance_from_uniform(values: list[float], ceiling: float) -> float:
    """The Kolmogorov-Smirnov statistic against the uniform distribution on [0, ceiling]."""
    count = len(values)
    ranked = [value / ceiling for value in sorted(values)]
    above = max((rank + 1) / count - value for rank, value in enumerate(ranked))
    below = max(value - rank / count for rank, value in enumerate(ranked))
    return max(above, below)


def test_a_transient_error_is_tried_again() -> None:
    call = Failing(SourceBusy("x: busy"), SourceUnavailable("x: down"))
    assert retrying(Deadline.after(5), wait=QUICK)(call) == 3


def test_three_attempts_are_the_most_and_the_last_error_is_raised_as_it_is() -> None:
    errors = [SourceBusy(f"x: busy {number}") for number in range(5)]
    call = Failing(*errors)
    with pytest.raises(SourceBusy) as caught:
        retrying(Deadline.after(5), wait=QUICK)(call)
    assert caught.value is errors[2]
    assert call.calls == 3


@pytest.mark.parametrize(
    "error", [LoginRefused("x: no"), TableNotFound("x: none"), ValueError("a bug"), OSError("raw")]
)
def test_whatever_is_not_transient_is_raised_at_once(error: Exception) -> None:
    call = Failing(error)
    with pytest.raises(type(error)):
        retrying(Deadline.after(5), wait=QUICK)(call)
    assert call.calls == 1


def test_what_was_given_up_on_is_not_tried_again_further_out() -> None:
    call = Failing(*(SourceBusy(f"x: busy {number}") for number in range(9)))
    with pytest.raises(SourceBusy, match="busy 2"):
        retrying(Deadline.after(5), wait=QUICK)(retrying(Deadline.after(5), wait=QUICK), call)
    assert call.calls == 3


def test_nobody_tries_again_for_whoever_has_gone() -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        assert eventually(lambda: not is_wanted())
        raise SourceBusy("x: busy")

    def items() -> Iterator[int]:
        yield 0
        retrying(Deadline.after(60), wait=QUICK)(call)

    found = prefetched(items(), ahead=1, name="t")
    next(found)
    assert eventually(lambda: calls)
    found.close()  # type: ignore[attr-defined]
    assert calls == [1]


def test_the_loop_form_repeats_its_block() -> None:
    call = Failing(SourceBusy("x: busy"))
    for attempt in retrying(Deadline.after(5), wait=QUICK):
        with attempt:
            call()
    assert call.calls == 2


def test_no_attempt_begins_after_the_deadline() -> None:
    call = Failing(*[SourceBusy("x: busy")] * 5)
    began = time.monotonic()
    with pytest.raises(SourceBusy):
        retrying(Deadline.after(0.05), wait=tenacity.wait_fixed(60))(call)
    assert call.calls == 1
    assert time.monotonic() - began < 30, "where the delay would be 60 s"


def test_each_retry_leaves_one_log_line_with_its_context() -> None:
    call = Failing(SourceBusy("x: busy"), SourceBusy("x: still busy"))
    with capture_logs() as lines:
        retrying(Deadline.after(5), wait=QUICK, system="sap", table="VBAK")(call)
    assert [(line["event"], line["attempt"], line["error"]) for line in lines] == [
        ("retry", 1, "x: busy"),
        ("retry", 2, "x: still busy"),
    ]
    assert lines[0]["system"] == "sap"
    assert lines[0]["table"] == "VBAK"
    assert lines[0]["delay"] >= 0


def test_a_source_that_asks_for_a_delay_gets_at_least_that() -> None:
    delays = delays_after(1, 1000, SourceBusy("x: busy", retry_after=10.0))
    assert min(delays) >= 10.0
    assert max(delays) <= 10.5
    assert len(set(delays)) > 900, "clients must not come back together"


def test_a_delay_that_passes_the_deadline_is_not_begun() -> None:
    call = Failing(SourceBusy("x: busy", retry_after=10.0))
    with pytest.raises(TransientError):
        retrying(Deadline.after(1.0))(call)
    assert call.calls == 1


# ---- the budget ----


def test_a_budget_gives_its_reserve_and_then_one_retry_in_ten_calls() -> None:
    budget = RetryBudget(calls_per_retry=10, reserve=2)
    assert [budget.withdraw() for _ in range(3)] == [True, True, False]
    granted = 0
    for _ in range(1000):
        budget.deposit()
        granted += budget.withdraw()
    assert granted == 100


def test_a_budget_saves_no_more_than_its_reserve() -> None:
    budget = RetryBudget(reserve=2)
    for _ in range(1000):
        budget.deposit()
    assert [budget.withdraw() for _ in range(3)] == [True, True, False]


def test_without_budget_the_error_is_raised_as_it_is_with_one_log_line() -> None:
    error = SourceBusy("x: busy")
    call = Failing(error)
    with capture_logs() as lines, pytest.raises(SourceBusy) as caught:
        retrying(Deadline.after(5), budget=RetryBudget(reserve=0), table="VBAK")(call)
    assert caught.value is error
    assert call.calls == 1
    (line,) = lines
    assert (line["event"], line["error"]) == ("retry budget exhausted", "x: busy")
    assert line["table"] == "VBAK"


def test_all_calls_to_one_system_share_its_budget() -> None:
    def calls_made(system: str) -> int:
        call = Failing(*[SourceBusy("x: busy")] * 3)
        with pytest.raises(SourceBusy):
            retrying(Deadline.after(5), wait=QUICK, system=system)(call)
        return call.calls

    made = [calls_made("sap") for _ in range(10)]
    assert sum(made) == 10 + RESERVED_RETRIES
    assert made[:4] == [3, 3, 3, 3]
    assert made[-1] == 1
    assert calls_made("oracle") == 3


def test_a_retry_that_would_come_too_late_costs_no_budget() -> None:
    budget = RetryBudget(reserve=1)
    with pytest.raises(SourceBusy):
        retrying(Deadline.after(1.0), budget=budget)(Failing(SourceBusy("x", retry_after=10.0)))
    assert budget.withdraw()


def test_a_call_that_succeeds_at_once_takes_nothing_from_the_budget() -> None:
    budget = RetryBudget(reserve=1)
    for _ in range(100):
        retrying(Deadline.after(5), budget=budget)(Failing())
    assert budget.withdraw()


# ---- the delays ----


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (500, 20.0)]
)
def test_delays_are_drawn_evenly_below_a_doubling_ceiling(attempt: int, ceiling: float) -> None:
    delays = delays_after(attempt, 10_000)
    distance = distance_from_uniform(delays, ceiling)
    report(f"R4 attempt {attempt}: KS distance {distance:.4f}, limit at p = 1e-6: 0.0269")
    assert 0.0 <= min(delays) <= max(delays) <= ceiling
    # p > 0.01 is 0.0163; at 1e-6 a correct draw fails once in a million runs.
    assert distance < 0.0269


def test_a_hundred_clients_do_not_come_back_in_the_same_second() -> None:
    delays = [*delays_after(6, 100), 0.0]
    busiest = max(sum(int(delay) == second for delay in delays) for second in range(16))
    report(f"R4: {busiest} of 100 clients in the busiest of 16 seconds, mean 6.3")
    assert busiest <= 3 * 100 / 16
