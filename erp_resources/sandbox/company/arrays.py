"""From numpy integers to Arrow columns of the types that a declaration asks for.

Amounts, quantities and rates are whole numbers of their smallest unit until they get here, so that
nothing is ever rounded by accident.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.catalog import Table

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PLAIN_NUMBER = pa.decimal128(38, 10)
"""A NUMBER declared without precision."""
ZONED = pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())])
INT64_DIGITS = 18
_NUMBER = re.compile(r"NUMBER\((\d+)(?:,(\d+))?\)")
_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_LARGEST_STEP = 9  # 10**9 < 2**31: the partial products of a 64 x 64 bit multiplication fit


@dataclass(frozen=True)
class Cells:
    """Whole numbers of 10**-``scale``; where ``present`` is false the cell is NULL."""

    values: Ints
    scale: int = 0
    present: Flags | None = None


Value: TypeAlias = Ints | Cells | pa.Array | str | int | None


def money(values: Ints, present: Flags | None = None) -> Cells:
    """Amounts given in hundredths of the currency unit."""
    return Cells(values, 2, present)


def quantity(values: Ints, present: Flags | None = None) -> Cells:
    """Quantities given in thousandths of the unit of measure."""
    return Cells(values, 3, present)


def cost(values: Ints, present: Flags | None = None) -> Cells:
    """Unit costs given in hundred-thousandths of the currency unit."""
    return Cells(values, 5, present)


def rate(values: Ints, present: Flags | None = None) -> Cells:
    """Exchange rates given in hundred-millionths."""
    return Cells(values, 8, present)


def arrow_type(spelling: str) -> pa.DataType:
    """The Arrow type of an Oracle column type (upper case) or a SQL Server one (lower case).

    Raises:
        ValueError: for a type that the generators do not use.
    """
    if number := _NUMBER.fullmatch(spelling):
        precision, scale = int(number[1]), int(number[2] or 0)
        whole = scale == 0 and precision <= INT64_DIGITS
        return pa.int64() if whole else pa.decimal128(precision, scale)
    if numeric := _NUMERIC.fullmatch(spelling):
        return pa.decimal128(int(numeric[1]), int(numeric[2]))
    if spelling.startswith(("VARCHAR2(", "nvarchar(")):
        return pa.string()
    types = {
        "NUMBER": PLAIN_NUMBER,
        "CLOB": pa.string(),
        "DATE": pa.timestamp("s"),
        "TIMESTAMP(6)": pa.timestamp("us"),
        "TIMESTAMP(6) WITH TIME ZONE": ZONED,
        "int": pa.int32(),
        "bigint": pa.int64(),
        "datetime": pa.timestamp("us"),
        "uniqueidentifier": pa.string(),
        "timestamp": pa.binary(),
    }
    if spelling not in types:
        raise ValueError(f"no Arrow type for the column type {spelling!r}")
    return types[spelling]


def build(table: Table, count: int, columns: Mapping[str, Value]) -> pa.Table:
    """The rows of ``table`` from its columns; text or a number alone is the same in every row.

    Raises:
        ValueError: if ``columns`` are not exactly the declared ones.
    """
    names = [column.name for column in table.columns]
    if set(names) != set(columns):
        unlike = sorted(set(names) ^ set(columns))
        raise ValueError(f"columns of {table.name} are not as declared: {unlike}")
    types = [arrow_type(column.type) for column in table.columns]
    schema = pa.schema(list(zip(names, types, strict=True)))
    arrays = [_column(columns[n], t, count) for n, t in zip(names, types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def pick(labels: Sequence[str | None], positions: Ints) -> pa.Array:
    """The text at each position of a short list; ``None`` becomes NULL."""
    return pa.array(labels, pa.string()).take(pa.array(positions))


def numbered(prefix: str, numbers: Ints, width: int = 0) -> pa.Array:
    """``prefix`` and each number, filled with zeros to ``width`` digits."""
    digits = pa.array(numbers).cast(pa.string())
    return joined(prefix, pc.utf8_lpad(digits, width=width, padding="0"))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together cell by cell; NULL where a part is NULL."""
    return pc.binary_join_element_wise(*parts, "")


def only(text: pa.Array, present: Flags) -> pa.Array:
    """``text`` with NULL where ``present`` is false."""
    return pc.if_else(pa.array(present), text, pa.scalar(None, pa.string()))


def zoned(utc_microseconds: Ints, offset_minutes: Ints, present: Flags) -> pa.Array:
    """Instants with the UTC offset they were written with."""
    utc = pa.array(utc_microseconds).view(pa.timestamp("us"))
    offsets = pa.array(offset_minutes.astype(np.int16))
    return pa.StructArray.from_arrays([utc, offsets], fields=list(ZONED), mask=pa.array(~present))


def _column(value: Value, declared: pa.DataType, count: int) -> pa.Array:
    if value is None:
        return pa.nulls(count, declared)
    if isinstance(value, str):
        return pa.repeat(pa.scalar(value), count)
    if isinstance(value, int):
        value = np.full(count, value, np.int64)
    if isinstance(value, np.ndarray):
        value = Cells(value)
    return _numbers(value, declared) if isinstance(value, Cells) else value


def _numbers(cells: Cells, declared: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(declared):
        return _decimals(cells, declared)
    mask = None if cells.present is None else ~cells.present
    whole = pa.array(cells.values, pa.int64(), mask=mask)
    return whole.cast(declared) if pa.types.is_int32(declared) else whole.view(declared)


def _decimals(cells: Cells, declared: pa.DataType) -> pa.Array:
    words = _times_power_of_ten(cells.values, declared.scale - cells.scale)
    validity = None
    if cells.present is not None:
        validity = pa.py_buffer(np.packbits(cells.present, bitorder="little"))
    return pa.Array.from_buffers(declared, len(words), [validity, pa.py_buffer(words)])


def _times_power_of_ten(values: Ints, power: int) -> NDArray[np.uint64]:
    """128-bit products as pairs of words, low word first, as Arrow lays out decimals."""
    if power > _LARGEST_STEP:
        values, power = values * 10 ** (power - _LARGEST_STEP), _LARGEST_STEP
    factor = 10**power
    words = np.empty((len(values), 2), np.uint64)
    words[:, 0] = (values * factor).view(np.uint64)
    carry = ((values & 0xFFFFFFFF) * factor) >> 32
    words[:, 1] = (((values >> 32) * factor + carry) >> 32).view(np.uint64)
    return words
