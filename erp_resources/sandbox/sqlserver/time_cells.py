"""What the cells of dates and times hold, a column at a time.

Every function returns an array of shape (rows, size); rows that are NULL hold anything.
"""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import Bytes, bytes_of
from erp_resources.sandbox.sqlserver.type_info import time_size
from erp_resources.sandbox.sqlserver.types import SqlType

Integers = NDArray[np.int64]

_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_SECONDS_PER_DAY = 86_400
_TICKS_PER_SECOND = 300
_EPOCH = dt.date(1970, 1, 1)
_DAYS_SINCE_YEAR_1 = _EPOCH.toordinal() - 1
_DAYS_SINCE_1900 = (_EPOCH - dt.date(1900, 1, 1)).days
_DATE_SIZE = 3


def date_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Days since 0001-01-01 in three bytes."""
    return _date_bytes(_integers(values.cast(pa.date32()).cast(pa.int32())))


def time_cells(values: pa.Array, kind: SqlType) -> Bytes:
    """Units of the scale since midnight in three to five bytes; what rounds up to it wraps."""
    units = _units(values, kind.scale) % (_SECONDS_PER_DAY * 10**kind.scale)
    return _time_bytes(units, kind.scale)


def datetime2_cells(values: pa.Array, kind: SqlType) -> Bytes:
    """The time of day and the date."""
    per_day = _SECONDS_PER_DAY * 10**kind.scale
    days, rest = _days_and_rest(_units(values, kind.scale), per_day)
    return np.concatenate([_time_bytes(rest, kind.scale), _date_bytes(days)], axis=1)


def datetimeoffset_cells(values: pa.Array, kind: SqlType) -> Bytes:
    """Time and date in UTC and the offset in minutes, from ``struct<utc, offset_minutes>``."""
    flat = values.flatten()
    utc = flat[values.type.get_field_index("utc")]
    offsets = _integers(flat[values.type.get_field_index("offset_minutes")]).astype(np.int16)
    return np.concatenate([datetime2_cells(utc, kind), bytes_of(offsets)], axis=1)


def datetime_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Days since 1900 and three-hundredths of a second, rounded to the nearest."""
    per_day = _SECONDS_PER_DAY * _TICKS_PER_SECOND
    ticks = (_units(values, 6) * 3 + 5000) // 10_000
    days, rest = _days_and_rest(ticks, per_day)
    cells = np.empty((len(values), 2), np.int32)
    cells[:, 0] = days + _DAYS_SINCE_1900
    cells[:, 1] = rest
    return cells.view(np.uint8)


def smalldatetime_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Days since 1900 and minutes, rounded to the nearest."""
    minutes = (_units(values, 3) + 30_000) // 60_000
    days, rest = _days_and_rest(minutes, 1440)
    cells = np.empty((len(values), 2), np.uint16)
    cells[:, 0] = days + _DAYS_SINCE_1900
    cells[:, 1] = rest
    return cells.view(np.uint8)


def _integers(values: pa.Array) -> Integers:
    """The integers of an array, 0 for NULL."""
    filled = pc.fill_null(values, 0) if values.null_count else values
    numbers: Integers = filled.cast(pa.int64()).to_numpy()
    return numbers


def _units(values: pa.Array, scale: int) -> Integers:
    """Times in units of ``scale`` fractional digits, rounded half up; 0 for NULL."""
    digits = _DIGITS[values.type.unit]
    storage = pa.int32() if pa.types.is_time32(values.type) else pa.int64()
    numbers = _integers(values.cast(storage))
    factor: int = 10 ** abs(digits - scale)
    return numbers * factor if scale >= digits else (numbers + factor // 2) // factor


def _days_and_rest(units: Integers, per_day: int) -> tuple[Integers, Integers]:
    """Whole days since 1970 and the units behind them; faster than ``np.divmod``."""
    days = units // per_day
    return days, units - days * per_day


def _date_bytes(days: Integers) -> Bytes:
    since_year_1 = (days + _DAYS_SINCE_YEAR_1).astype(np.uint32)
    return bytes_of(since_year_1)[:, :_DATE_SIZE]


def _time_bytes(units: Integers, scale: int) -> Bytes:
    return bytes_of(units)[:, : time_size(scale)]
