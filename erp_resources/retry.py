"""When to try again: around one page where pages stand for themselves, else around one load.

Layers multiply (three attempts in three layers are 27 calls), so an error that was given up on here
is tried again by nobody further out. What may be retried is otherwise decided by the class of the
error alone, see ``errors.py``; how much, by a budget that all calls to one system share.
"""

import os
import random
import threading
from dataclasses import dataclass

import structlog
import tenacity
from tenacity.wait import wait_base

from erp_resources.deadline import Deadline
from erp_resources.errors import TransientError
from erp_resources.prefetch import is_wanted

ATTEMPTS = 3
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 20.0
CALLS_PER_RETRY = 10
RESERVED_RETRIES = 10

_log = structlog.get_logger(__name__)


class RetryBudget:
    """How many retries the calls to one system may make together: a token bucket.

    A source that is down or overloaded then gets a tenth more calls, not three times as many.
    Safe to use from any thread.

    Args:
        calls_per_retry: Calls that together earn one retry.
        reserve: Retries that nobody needs to have earned; also the most that can be saved.
    """

    def __init__(
        self, calls_per_retry: int = CALLS_PER_RETRY, reserve: int = RESERVED_RETRIES
    ) -> None:
        self._price = calls_per_retry
        self._most = self._saved = reserve * calls_per_retry
        self._lock = threading.Lock()

    def deposit(self) -> None:
        """Count the first attempt of a call."""
        with self._lock:
            self._saved = min(self._most, self._saved + 1)

    def withdraw(self) -> bool:
        """Take one retry; return whether there was one left."""
        with self._lock:
            granted = self._saved >= self._price
            if granted:
                self._saved -= self._price
        return granted


_budgets: dict[str, RetryBudget] = {}


def budget_of(system: str) -> RetryBudget:
    """Return the budget that this process has for ``system``."""
    return _budgets.setdefault(system, RetryBudget())


def start_over() -> None:
    """Forget all budgets, as the child of a fork must: another thread may have held a lock."""
    _budgets.clear()


os.register_at_fork(after_in_child=start_over)


class FullJitter(wait_base):
    """Delays drawn evenly from 0 to a ceiling that doubles, so that clients spread out.

    An error that names a ``retry_after`` gets at least that, and the draw on top of it.

    Args:
        first: Ceiling of the first delay, seconds.
        longest: Ceiling of all delays, seconds.
    """

    def __init__(
        self, first: float = FIRST_DELAY_SECONDS, longest: float = LONGEST_DELAY_SECONDS
    ) -> None:
        self._first = first
        self._longest = longest

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        """Return the seconds to wait after the attempt that just failed."""
        ceiling = min(self._longest, self._first * 2.0 ** (retry_state.attempt_number - 1))
        return _asked_delay(retry_state) + random.uniform(0.0, ceiling)  # noqa: S311 - no secret


def retrying(
    deadline: Deadline,
    *,
    attempts: int = ATTEMPTS,
    wait: wait_base | None = None,
    budget: RetryBudget | None = None,
    **context: object,
) -> tenacity.Retrying:
    """Return a policy that repeats a call after a ``TransientError``.

    Use it as ``retrying(deadline)(read_page, query)`` or as ``for attempt in retrying(deadline):``
    with ``with attempt:`` inside. The last error is raised as it is, but given up.
    No attempt begins after the deadline or without budget: if the delay would pass the deadline (a
    breaker may ask for that) or the budget is used up, the error is raised at once. So it is where
    a thread reads ahead for somebody who has gone.

    Args:
        deadline: End of all attempts and delays together.
        attempts: Most attempts, the first included.
        wait: The delays; full jitter from 0.5 s, at most 20 s.
        budget: Of the retries; that of the context's ``system``, without one there is no limit.
        context: Named in the log line of each retry, e.g. ``system="sap", table="VBAK"``.
    """
    if budget is None and "system" in context:
        budget = budget_of(str(context["system"]))
    policy = _Policy(deadline, attempts, budget, context)
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        before=policy.begin,
        wait=wait or FullJitter(),
        stop=policy.is_over,
        before_sleep=policy.report,
        reraise=True,
    )


@dataclass(frozen=True)
class _Policy:
    """What tenacity asks for before, between and after the attempts of one call."""

    deadline: Deadline
    attempts: int
    budget: RetryBudget | None
    context: dict[str, object]

    def begin(self, state: tenacity.RetryCallState) -> None:
        if self.budget is not None and state.attempt_number == 1:
            self.budget.deposit()

    def is_over(self, state: tenacity.RetryCallState) -> bool:
        """Whether to give up; tenacity asks once after each failed attempt."""
        over = self._is_over(state)
        if over and isinstance(error := _error_of(state), TransientError):
            error.given_up = True
        return over

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        if state.attempt_number >= self.attempts or not is_wanted():
            return True
        if state.upcoming_sleep >= self.deadline.remaining():
            return True
        if self.budget is None or self.budget.withdraw():
            return False
        error = str(_error_of(state))
        _log.warning("retry budget exhausted", error=error, **self.context)
        return True

    def report(self, state: tenacity.RetryCallState) -> None:
        _log.warning(
            "retry",
            attempt=state.attempt_number,
            attempts=self.attempts,
            delay=round(state.upcoming_sleep, 3),
            error=str(_error_of(state)),
            **self.context,
        )


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TransientError) and not error.given_up


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _asked_delay(state: tenacity.RetryCallState) -> float:
    error = _error_of(state)
    return (error.retry_after or 0.0) if isinstance(error, TransientError) else 0.0
