"""Counts what a sandbox server was asked to do, for tests of round trips and logins."""

import threading
from collections import Counter


class Counters:
    """Named counts, safe to raise and read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, amount: int = 1) -> None:
        """Raise the count called ``name``."""
        with self._lock:
            self._counts[name] += amount

    def __getitem__(self, name: str) -> int:
        """The count called ``name``; 0 for one that was never raised."""
        with self._lock:
            return self._counts[name]

    def snapshot(self) -> dict[str, int]:
        """All counts of one moment."""
        with self._lock:
            return dict(self._counts)

    def reset(self) -> None:
        """Begin again at zero."""
        with self._lock:
            self._counts.clear()
