"""The 24 months that the books cover: days are counted from 1 January 2024, seconds from 1970."""

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.arrays import Ints, pick

DAYS = 731
LAST_DAY = DAYS - 1
MONTHS = 24
MONTHS_A_YEAR = 12
DAY = 86_400
HOUR = 3_600
NEVER = 1 << 20
"""The day of what has not happened yet."""
_ABBREVIATIONS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_STARTS = np.arange("2024-01", "2026-02", dtype="datetime64[M]").astype("datetime64[D]")

EPOCH = int(_STARTS[0].astype("datetime64[s]").astype(np.int64))
"""Seconds from 1970 to the first day."""
FIRST_DAYS: Ints = (_STARTS[:-1] - _STARTS[0]).astype(np.int64)
LAST_DAYS: Ints = (_STARTS[1:] - _STARTS[0]).astype(np.int64) - 1
YEARS: Ints = 2024 + np.arange(MONTHS) // MONTHS_A_YEAR
PERIODS = [f"{_ABBREVIATIONS[m % 12]}-{24 + m // 12}" for m in range(MONTHS)]
_MONTH_OF_DAY: Ints = np.repeat(np.arange(MONTHS), LAST_DAYS - FIRST_DAYS + 1)


def month_of(days: Ints) -> Ints:
    """The month, from 0 to 23, of each day."""
    return _MONTH_OF_DAY[days]


def period_names(days: Ints) -> pa.Array:
    """``Jan-24`` … ``Dec-25``."""
    return pick(PERIODS, month_of(days))


def at(days: Ints, seconds: Ints | int = 0) -> Ints:
    """Days, and seconds of the day, as seconds since 1970."""
    return EPOCH + days * DAY + seconds


def day_of(seconds: Ints) -> Ints:
    """The day that a moment, in seconds since the first day began, lies in."""
    return seconds // DAY
