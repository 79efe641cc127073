"""Columns of numbers: decimal digits, packed cells, and numbers as ABAP moves them to characters.

Exact for decimals of up to 38 digits.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_MOST_DIGITS = 38
_MANTISSAS = (15, 14, 13)
"""Digits behind the point, from the most: exponents of three digits leave room for fewer."""

_PLUS, _MINUS = 0xC, 0xD
_BLANK, _ZERO, _POINT, _DASH, _STAR = (ord(character) for character in " 0.-*")


class Digits(NamedTuple):
    """The magnitudes of a column without the point, and which values are negative.

    ``block`` has shape (cells, places) and holds ASCII digits, zeros in front.
    """

    block: NDArray[np.uint8]
    negative: NDArray[np.bool_]


def digits(values: pa.Array, places: int) -> Digits:
    """The digits of integers or decimals; none has more than ``places``."""
    texts = _unscaled(values).cast(pa.string())
    negative = pc.starts_with(texts, "-").to_numpy(zero_copy_only=False)
    padded = pc.utf8_lpad(pc.utf8_ltrim(texts, "-"), places, "0")
    block = np.frombuffer(padded.buffers()[2] or b"", np.uint8)[: len(values) * places]
    return Digits(block.reshape(len(values), places), negative)


def _unscaled(values: pa.Array) -> pa.Array:
    """The numbers without their point, none NULL."""
    if values.null_count:
        values = pc.fill_null(values, pa.scalar(0, values.type))
    if not pa.types.is_decimal(values.type):
        return values
    values = values.cast(pa.decimal128(_MOST_DIGITS, values.type.scale))
    whole = pa.decimal128(_MOST_DIGITS, 0)
    return pa.Array.from_buffers(whole, len(values), values.buffers(), offset=values.offset)


def packed(values: pa.Array, size: int) -> NDArray[np.uint8]:
    """Packed cells of ``size`` bytes: two digits a byte, the sign in the last half."""
    block, negative = digits(values, 2 * size - 1)
    signs = np.where(negative, _MINUS, _PLUS).astype(np.uint8)
    nibbles = np.column_stack([block - np.uint8(_ZERO), signs])
    return nibbles[:, ::2] * np.uint8(16) + nibbles[:, 1::2]


def printed_decimals(values: pa.Array, length: int, decimals: int) -> NDArray[np.uint8]:
    """Numbers in fields of ``length`` characters, right aligned, the sign behind.

    The blank behind a positive number goes where it leaves no room. A number that still has none
    loses digits in front and shows a star.
    """
    full, used, negative = _complete(values, length, decimals)
    width = full.shape[1]
    cells = full[:, width - length :].copy()
    is_long = used > length
    if is_long.any():
        positive = is_long & ~negative
        cells[positive] = full[positive, width - 1 - length : width - 1]
        cells[is_long & (used - ~negative > length), 0] = _STAR
    return cells


def _complete(
    values: pa.Array, length: int, decimals: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """Numbers with sign or blank at a width that fits all, how much each uses, and the signs."""
    whole = max(length - decimals, 1)
    block, negative = digits(values, whole + decimals)
    point = np.full((len(block), min(decimals, 1)), _POINT, np.uint8)
    signs = np.where(negative, _DASH, _BLANK).astype(np.uint8)
    full = np.column_stack([block[:, :whole], point, block[:, whole:], signs])
    front = full[:, : whole - 1]
    is_leading = np.logical_and.accumulate(front == _ZERO, axis=1)
    front[is_leading] = _BLANK
    return full, full.shape[1] - is_leading.sum(axis=1), negative


def printed_floats(values: pa.Array, width: int) -> pa.Array:
    """Floating point numbers in scientific notation, a blank or minus in front."""
    return pa.array([_scientific(value or 0.0, width) for value in values.to_pylist()], pa.string())


def _scientific(value: float, width: int) -> str:
    forms = (f"{value: .{mantissa}E}" for mantissa in _MANTISSAS)
    return next(form for form in forms if len(form) <= width)
