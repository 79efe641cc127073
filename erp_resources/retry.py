"""When to try again: the one place that does, around one page or one call inside a connector.

Layers multiply (three attempts in three layers are 27 calls), so nothing else retries. What may
be retried is decided by the class of the error alone, see ``errors.py``.
"""

import random

import structlog
import tenacity
from tenacity.wait import wait_base

from erp_resources.deadline import Deadline
from erp_resources.errors import TransientError

ATTEMPTS = 3
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 20.0

_log = structlog.get_logger(__name__)


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
    **context: object,
) -> tenacity.Retrying:
    """Return a policy that repeats a call after a ``TransientError``.

    Use it as ``retrying(deadline)(read_page, query)`` or as ``for attempt in retrying(deadline):``
    with ``with attempt:`` inside. The last error is raised as it is. No attempt begins after the
    deadline: if the delay would pass it, the error is raised at once.

    Args:
        deadline: End of all attempts and delays together.
        attempts: Most attempts, the first included.
        wait: The delays; full jitter from 0.5 s, at most 20 s.
        context: Named in the log line of each retry, e.g. ``system="sap", table="VBAK"``.
    """

    def is_over(state: tenacity.RetryCallState) -> bool:
        return state.attempt_number >= attempts or state.upcoming_sleep >= deadline.remaining()

    def report(state: tenacity.RetryCallState) -> None:
        _log.warning(
            "retry",
            attempt=state.attempt_number,
            attempts=attempts,
            delay=round(state.upcoming_sleep, 3),
            error=str(_error_of(state)),
            **context,
        )

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientError),
        wait=wait or FullJitter(),
        stop=is_over,
        before_sleep=report,
        reraise=True,
    )


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _asked_delay(state: tenacity.RetryCallState) -> float:
    error = _error_of(state)
    return (error.retry_after or 0.0) if isinstance(error, TransientError) else 0.0
