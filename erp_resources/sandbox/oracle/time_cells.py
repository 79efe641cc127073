"""Cells of DATE, TIMESTAMP and INTERVAL columns, a column at a time.

Calendar fields come from tables of ready bytes, one by day and one by second of the day.
"""

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import Bytes, fixed_cells
from erp_resources.sandbox.oracle.types import OracleError

Microseconds = NDArray[np.int64]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_DATE_SIZE = 7
_TIMESTAMP_SIZE = 11
_ZONED_SIZE = 13
_ZONE_HOUR_BIAS = 20
_BIAS = 60
_DURATION_BIAS = 0x80000000
_YEAR_OUT_OF_RANGE = 1841
_DAYS_AT_A_TIME = 100_000

_FIRST_DAY = int(np.datetime64("0001-01-01", "D").astype(np.int64))
_LAST_DAY = int(np.datetime64("9999-12-31", "D").astype(np.int64))


def date_cells(values: pa.Array) -> pa.Array:
    """Cells of a DATE column from dates or timestamps of any unit; fractions are cut."""
    cells = _length_and_calendar(_DATE_SIZE, *_days_and_rest(_microseconds(values)))
    return fixed_cells(cells.view(np.uint8).reshape(-1, 1 + _DATE_SIZE), values)


def timestamp_cells(values: pa.Array, shift: Microseconds | int = 0) -> pa.Array:
    """Cells of a TIMESTAMP column.

    Args:
        values: timestamps of any unit.
        shift: microseconds to add, e.g. from UTC to the session's time zone.
    """
    moments = _microseconds(values) + shift
    block = np.empty((len(values), 1 + _TIMESTAMP_SIZE), np.uint8)
    _fill_timestamp(block, _TIMESTAMP_SIZE, moments)
    return fixed_cells(block, values)


def zoned_timestamp_cells(values: pa.Array) -> pa.Array:
    """Cells of a TIMESTAMP WITH TIME ZONE column from ``struct<utc, offset_minutes>``."""
    utc, zone = _fields(values, "utc", "offset_minutes")
    moments = _microseconds(utc)
    offsets = pc.fill_null(zone, 0).to_numpy().astype(np.int32)
    hours = np.trunc(offsets / 60).astype(np.int32)
    block = np.empty((len(values), 1 + _ZONED_SIZE), np.uint8)
    _fill_timestamp(block[:, : 1 + _TIMESTAMP_SIZE], _ZONED_SIZE, moments)
    block[:, -2] = hours + _ZONE_HOUR_BIAS
    block[:, -1] = offsets - hours * 60 + _BIAS
    return fixed_cells(block, utc)


def interval_cells(values: pa.Array) -> pa.Array:
    """Cells of an INTERVAL DAY TO SECOND column from durations; all fields carry the sign."""
    moments = _filled(values.cast(pa.duration("us")).cast(pa.int64()))
    sign = np.sign(moments)
    days, rest = np.divmod(np.abs(moments), _DAY)
    seconds, fraction = np.divmod(rest, _SECOND)
    block = np.empty((len(values), 1 + _TIMESTAMP_SIZE), np.uint8)
    block[:, 0] = _TIMESTAMP_SIZE
    block[:, 1:5] = _big_endian(sign * days + _DURATION_BIAS)
    block[:, 5] = sign * (seconds // 3600) + _BIAS
    block[:, 6] = sign * (seconds // 60 % 60) + _BIAS
    block[:, 7] = sign * (seconds % 60) + _BIAS
    block[:, 8:12] = _big_endian(sign * fraction * 1000 + _DURATION_BIAS)
    return fixed_cells(block, values)


def _microseconds(values: pa.Array) -> Microseconds:
    """Microseconds since 1970, 0 for NULL.

    Raises:
        OracleError: ORA-01841 for a year that is not between 1 and 9999.
    """
    zone = getattr(values.type, "tz", None)
    moments = _filled(values.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64()))
    if len(moments):
        first, last = int(moments.min()) // _DAY, int(moments.max()) // _DAY
        if first < _FIRST_DAY or last > _LAST_DAY:
            text = "(full) year must be between -4713 and +9999, and not be 0"
            raise OracleError(_YEAR_OUT_OF_RANGE, text)
    return moments


def _fields(values: pa.Array, *names: str) -> list[pa.Array]:
    """Fields of a struct, NULL wherever the struct itself is."""
    flat = values.flatten()
    return [flat[values.type.get_field_index(name)] for name in names]


def _days_and_rest(moments: Microseconds) -> tuple[NDArray[np.int64], Microseconds]:
    """Whole days since 1970 and the microseconds behind them; faster than ``np.divmod``."""
    days = moments // _DAY
    return days, moments - days * _DAY


def _filled(values: pa.Array) -> Microseconds:
    filled = pc.fill_null(values, 0) if values.null_count else values
    numbers: Microseconds = filled.to_numpy()
    return numbers


def _fill_timestamp(block: Bytes, size: int, moments: Microseconds) -> None:
    days, rest = _days_and_rest(moments)
    calendar = _length_and_calendar(size, days, rest)
    block[:, :8] = calendar.view(np.uint8).reshape(-1, 8)
    block[:, 8:12] = _big_endian(rest % _SECOND * 1000)


def _big_endian(values: NDArray[np.int64]) -> Bytes:
    return values.astype(">u4").view(np.uint8).reshape(-1, 4)


def _length_and_calendar(
    size: int, days: NDArray[np.int64], rest: Microseconds
) -> NDArray[np.uint64]:
    """Eight bytes per cell: its length, four bytes of the day and three of the time."""
    seconds = (rest // _SECOND).astype(np.int32)
    cells = _times()[seconds] << np.uint64(40)
    cells |= _days(days) << np.uint64(8)
    cells |= np.uint64(size)
    return cells


def _days(days: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Century, year, month and day of each day; the tables are made as they are needed."""
    if len(days) == 0:
        return np.zeros(0, np.uint64)
    first = int(days.min()) // _DAYS_AT_A_TIME
    last = int(days.max()) // _DAYS_AT_A_TIME
    if first == last:
        return _day_table(first)[days - first * _DAYS_AT_A_TIME]
    tables = np.concatenate([_day_table(number) for number in range(first, last + 1)])
    return tables[days - first * _DAYS_AT_A_TIME]


@functools.cache
def _day_table(number: int) -> NDArray[np.uint64]:
    first = number * _DAYS_AT_A_TIME
    days = np.arange(first, first + _DAYS_AT_A_TIME).astype("M8[D]")
    months = days.astype("M8[M]")
    years = days.astype("M8[Y]").astype(np.int64) + 1970
    fields = (
        years // 100 + 100,
        years % 100 + 100,
        months.astype(np.int64) % 12 + 1,
        (days - months.astype("M8[D]")).astype(np.int64) + 1,
    )
    return _packed(fields)


@functools.cache
def _times() -> NDArray[np.uint64]:
    seconds = np.arange(86_400)
    return _packed((seconds // 3600 + 1, seconds // 60 % 60 + 1, seconds % 60 + 1))


def _packed(fields: tuple[NDArray[np.int64], ...]) -> NDArray[np.uint64]:
    """The fields as the bytes of little-endian integers, the first one lowest."""
    packed = np.zeros(len(fields[0]), np.uint64)
    for position, values in enumerate(fields):
        packed |= (values.astype(np.uint64) & np.uint64(0xFF)) << np.uint64(8 * position)
    return packed
