"""From numpy integers to Arrow columns of the types that the data dictionary asks for.

Amounts come in minor units of their currency, quantities in thousandths, other decimals in units of
their last digit, dates as days, times as seconds of the day. A column not given is initial.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, numbered, pick
from erp_resources.sandbox.company.periods import DAY

Value: TypeAlias = Ints | pa.Array | str | int

CLIENT = "100"
NO_DAY = -(10**6)
"""The initial date, ``00000000``."""
_FIRST_DAY, _END_OF_DAYS = -4000, 1500
_TYPE = re.compile(r"([A-Z]+\d?)(?:\((\d+)(?:,(\d+))?\))?")
_DECIMALS = ("CURR", "QUAN", "DEC")
_FIXED = {
    "INT1": pa.int32(),
    "INT2": pa.int32(),
    "INT4": pa.int32(),
    "INT8": pa.int64(),
    "FLTP": pa.float64(),
    "RAW": pa.binary(),
}
_TEXTS = ("CHAR", "LANG", "CUKY", "UNIT", "NUMC", "CLNT", "DATS", "TIMS", "ACCP")


def parsed(spelling: str) -> tuple[str, int, int]:
    """Name, length and decimals of a type: ``CURR(13,2)`` is ``("CURR", 13, 2)``.

    Raises:
        ValueError: for a type that the generators do not use.
    """
    match = _TYPE.fullmatch(spelling)
    if match is None or match[1] not in (*_DECIMALS, *_FIXED, *_TEXTS):
        raise ValueError(f"no Arrow type for the column type {spelling!r}")
    return match[1], int(match[2] or 0), int(match[3] or 0)


def arrow_type(spelling: str) -> pa.DataType:
    """The Arrow type of a type of the data dictionary.

    Raises:
        ValueError: for a type that the generators do not use.
    """
    name, length, decimals = parsed(spelling)
    if name in _DECIMALS:
        return pa.decimal128(length, decimals)
    return _FIXED.get(name, pa.string())


def build(table: Table, count: int, columns: Mapping[str, Value]) -> pa.Table:
    """The rows of ``table`` in the main client; what is not given is initial.

    Raises:
        ValueError: if ``columns`` has one that is not declared.
    """
    names = [column.name for column in table.columns]
    if unknown := sorted(set(columns) - set(names)):
        raise ValueError(f"{table.name} has no columns {unknown}")
    arrays = [_array(columns.get(c.name), c.type, count) for c in table.columns]
    schema = pa.schema([(c.name, arrow_type(c.type)) for c in table.columns])
    return pa.Table.from_arrays(arrays, schema=schema)


def dates(days: Ints) -> pa.Array:
    """``YYYYMMDD`` of each day."""
    known = (days >= _FIRST_DAY) & (days < _END_OF_DAYS)
    return _CALENDAR.take(pa.array(np.where(known, days - _FIRST_DAY + 1, 0)))


def digits(numbers: Ints, width: int) -> pa.Array:
    """Numbers as texts with leading zeros."""
    highest = int(numbers.max(initial=0))
    if highest < len(numbers):
        return numbered("", np.arange(highest + 1), width).take(pa.array(numbers))
    return numbered("", numbers, width)


def times(seconds: Ints) -> pa.Array:
    """``HHMMSS`` of each second, be it of a day or of a longer time."""
    hours, rest = np.divmod(seconds % DAY, 3600)
    return numbered("", hours * 10_000 + rest // 60 * 100 + rest % 60, 6)


def upper(texts: pa.Array) -> pa.Array:
    """Upper case as ABAP makes it: the German sharp s stays as it is."""
    return pc.replace_substring(pc.utf8_upper(texts), "ẞ", "ß")


def cut(texts: pa.Array, length: int) -> pa.Array:
    """At most the first ``length`` characters, without blanks at their end: no field keeps any."""
    return pc.utf8_rtrim(pc.utf8_slice_codeunits(texts, 0, length), " ")


def flag(flags: Flags) -> pa.Array:
    """``X`` where a flag is set."""
    return pick(["", "X"], flags.astype(np.int64))


def _calendar() -> pa.Array:
    first = np.datetime64("2024-01-01")
    days = first + np.arange(_FIRST_DAY, _END_OF_DAYS)
    texts = np.char.replace(days.astype("datetime64[D]").astype(str), "-", "")
    return pa.array(["00000000", *texts.tolist()])


_CALENDAR = _calendar()


def _array(value: Value | None, spelling: str, count: int) -> pa.Array:
    name, length, _ = parsed(spelling)
    if value is None:
        return pa.repeat(initial(spelling), count)
    if isinstance(value, str):
        return pa.repeat(pa.scalar(value), count)
    if isinstance(value, int):
        value = np.full(count, value, np.int64)
    if not isinstance(value, np.ndarray):
        return value
    if name == "DATS":
        return dates(value)
    if name == "TIMS":
        return times(value)
    return digits(value, length) if name == "NUMC" else whole(value, arrow_type(spelling))


def initial(spelling: str) -> pa.Scalar:
    """What a field of a type of the data dictionary holds before anything is entered."""
    name, length, _ = parsed(spelling)
    texts = {"CLNT": CLIENT, "NUMC": "0" * length, "DATS": "0" * 8, "TIMS": "0" * 6}
    declared = arrow_type(spelling)
    if name == "RAW":
        return pa.scalar(bytes(length), declared)
    if pa.types.is_string(declared):
        return pa.scalar(texts.get(name, ""), declared)
    return pa.scalar(0, declared)


def whole(values: Ints, declared: pa.DataType) -> pa.Array:
    """Numbers given in units of their last digit."""
    if not pa.types.is_decimal(declared):
        return pa.array(values, pa.int64()).cast(declared)
    # Low word first: 64 bits of the number, then its sign.
    words = np.stack([values, values >> 63], axis=1)
    return pa.Array.from_buffers(declared, len(values), [None, pa.py_buffer(words)])
