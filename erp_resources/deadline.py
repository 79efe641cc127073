"""Points in time by which something must have happened, on the monotonic clock.

One ``Deadline`` travels through queueing, dialing and calling, so that the parts cannot add up
to more than the whole. Calls that ignore deadlines belong in ``workers.py``.
"""

import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, order=True, slots=True)
class Deadline:
    """An absolute moment; ``at`` is in seconds of ``time.monotonic()``, deaf to clock changes."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the moment ``seconds`` from now; zero or less has passed already."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, never less than 0.0."""
        return max(0.0, self.at - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the moment has come."""
        return time.monotonic() >= self.at

    def sooner(self, other: "Deadline") -> "Deadline":
        """Return the earlier of the two."""
        return min(self, other)

    def within(self, seconds: float) -> "Deadline":
        """Return the earlier of this deadline and ``seconds`` from now."""
        return min(self, Deadline.after(seconds))
