"""Random numbers that are the same on every machine and under every numpy release.

Only PCG64's raw bits are used: numpy guarantees those, but not what ``Generator``'s methods make of
them.
"""

import zlib
from collections.abc import Sequence

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints

_HALF = np.uint64(32)


class Draws:
    """One named stream; streams of different names do not disturb one another."""

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))

    def integers(self, low: int, high: int, count: int) -> Ints:
        """``count`` whole numbers from ``low`` to ``high`` - 1 (span below 2**32)."""
        raw = self._bits.random_raw(count)
        return low + (((raw >> _HALF) * np.uint64(high - low)) >> _HALF).astype(np.int64)

    def chance(self, permille: int, count: int) -> Flags:
        """True with a probability of ``permille`` in a thousand."""
        return self.integers(0, 1000, count) < permille

    def weighted(self, weights: Sequence[int], count: int) -> Ints:
        """Positions in ``weights``, each as often as its weight says."""
        bounds = np.cumsum(weights)
        return np.searchsorted(bounds, self.integers(0, int(bounds[-1]), count), side="right")

    def skewed(self, size: int, count: int) -> Ints:
        """Positions below ``size``, the first ones most often, as with customers and items."""
        return self.integers(0, size, count) * self.integers(0, size, count) // size
