"""Cells of NUMBER columns, a column at a time, exact for every decimal of up to 38 digits.

A NUMBER is an exponent byte and base-100 digits without leading or trailing zeros. Values are cut
into words of two such digits (0 to 9999); tables turn words into bytes, and the numbers of zeros at
both ends into the head and the extent of the cell.
"""

import functools
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import compacted_cells
from erp_resources.sandbox.oracle.types import OracleError

Words = list[NDArray[np.uint16]]
"""One array per word of the values, most significant first."""

Signs = NDArray[np.bool_] | None
"""Which values are negative; ``None`` if none is."""

_WORD = 10_000
_GROUP = 100_000_000
_ODD_GROUP = 10_000_000
_LIMB_BITS = np.uint64(32)
_LIMB_MASK = np.uint64(0xFFFFFFFF)
_LIMBS = 4
_MOST_PAIRS = 20
_ZERO = 0x80
_EXPONENT_BIAS = 192
_NEGATIVE_END = 102
_INCONSISTENT_TYPES = 932


def number_cells(values: pa.Array) -> pa.Array:
    """Cells of a NUMBER column from integers or decimals.

    Raises:
        OracleError: ORA-00932 for values of another kind.
    """
    scale = 0
    if pa.types.is_decimal(values.type):
        scale = values.type.scale
        low, high = _decimal_halves(values)
    elif pa.types.is_integer(values.type):
        low, high = _filled(values.cast(pa.int64())).to_numpy(), None
    else:
        raise OracleError(_INCONSISTENT_TYPES, f"inconsistent datatypes: NUMBER as {values.type}")
    is_odd = bool(scale & 1)
    negative, words = _words_64(low, is_odd) if high is None else _words_128(low, high, is_odd)
    return _cells(words, negative, (scale + is_odd) // 2, values)


def _filled(values: pa.Array) -> pa.Array:
    return pc.fill_null(values, 0) if values.null_count else values


def _decimal_halves(values: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """The low and high 64 bits; no high ones if every value fits the low ones as ``int64``."""
    if not pa.types.is_decimal128(values.type):
        values = values.cast(pa.decimal128(38, values.type.scale))
    values = _filled(values)
    if len(values) == 0:
        return np.zeros(0, np.int64), None
    halves = np.frombuffer(values.buffers()[1], np.int64)
    halves = halves[2 * values.offset : 2 * (values.offset + len(values))]
    low, high = halves[::2], halves[1::2]
    if bool(np.array_equal(high, low >> 63)):
        return np.ascontiguousarray(low), None
    return low, high


def _words_64(values: NDArray[np.int64], is_odd: bool) -> tuple[Signs, Words]:
    negative = values < 0
    has_negative = bool(negative.any())
    # The magnitude of the least int64 only fits unsigned, which is what the view makes of it.
    rest = (np.abs(values) if has_negative else values).view(np.uint64)
    groups = []
    if is_odd:
        quotient = rest // np.uint64(_ODD_GROUP)
        groups.append((rest - quotient * np.uint64(_ODD_GROUP)) * np.uint64(10))
        rest = quotient
    while int(rest.max(initial=0)) >= _GROUP:
        quotient = rest // np.uint64(_GROUP)
        groups.append(rest - quotient * np.uint64(_GROUP))
        rest = quotient
    groups.append(rest)
    return (negative if has_negative else None), _words(groups)


def _words_128(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    is_odd: bool,
) -> tuple[Signs, Words]:
    negative = high < 0
    limbs = _magnitude_limbs(low.view(np.uint64), high, negative)
    groups = []
    if is_odd:
        groups.append(_divide(limbs, _ODD_GROUP) * np.uint64(10))
    while any(limb.any() for limb in limbs):
        groups.append(_divide(limbs, _GROUP))
    return (negative if bool(negative.any()) else None), _words(groups)


def _magnitude_limbs(
    low: NDArray[np.uint64], high: NDArray[np.int64], negative: NDArray[np.bool_]
) -> list[NDArray[np.uint64]]:
    """The absolute values as four 32-bit limbs each, most significant first."""
    flipped = np.where(negative, ~low + np.uint64(1), low)
    carry = (flipped == 0) & negative
    flipped_high = np.where(negative, ~high + carry, high).view(np.uint64)
    return [
        flipped_high >> _LIMB_BITS,
        flipped_high & _LIMB_MASK,
        flipped >> _LIMB_BITS,
        flipped & _LIMB_MASK,
    ]


def _divide(limbs: list[NDArray[np.uint64]], divisor: int) -> NDArray[np.uint64]:
    """Divide in place, limb by limb as on paper; the remainders."""
    remainder = np.zeros(len(limbs[0]), np.uint64)
    for position in range(_LIMBS):
        current = (remainder << _LIMB_BITS) | limbs[position]
        limbs[position] = current // np.uint64(divisor)
        remainder = current - limbs[position] * np.uint64(divisor)
    return remainder


def _words(groups: list[NDArray[np.uint64]]) -> Words:
    """Groups of eight decimal digits, the least significant first, as two words each.

    The most significant word is left out where it is empty throughout.
    """
    words: Words = []
    for group in reversed(groups):
        small = group.astype(np.uint32)
        upper = small // np.uint32(_WORD)
        if words or bool(upper.any()):
            words.append(upper.astype(np.uint16))
        words.append((small - upper * np.uint32(_WORD)).astype(np.uint16))
    return words


class _WordTables(NamedTuple):
    """What each of the 10,000 words stands for."""

    digits: NDArray[np.uint16]
    negative_digits: NDArray[np.uint16]
    leading: NDArray[np.uint16]
    trailing: NDArray[np.uint16]


@functools.cache
def _word_tables() -> _WordTables:
    word = np.arange(_WORD)
    first, second = word // 100, word % 100
    zeros = 2 * (word == 0)
    return _WordTables(
        digits=(first + 1 | (second + 1) << 8).astype(np.uint16),
        negative_digits=(101 - first | (101 - second) << 8).astype(np.uint16),
        leading=np.where(first == 0, np.maximum(zeros, 1), 0).astype(np.uint16),
        trailing=np.where(second == 0, np.maximum(zeros, 1), 0).astype(np.uint16),
    )


class _ShapeTables(NamedTuple):
    """What each shape of a cell stands for; see ``_shapes`` for how shapes are numbered."""

    heads: NDArray[np.uint16]
    sizes: NDArray[np.int32]
    masks: NDArray[np.bool_]


@functools.lru_cache(maxsize=256)
def _shape_tables(pairs: int, fraction_pairs: int) -> _ShapeTables:
    shape = np.arange((pairs + 1) ** 2 * 2)
    leading, trailing, negative = _shape_fields(shape, pairs)
    is_zero = leading == pairs
    digits = np.where(is_zero, 0, np.maximum(pairs - leading - trailing, 0))
    has_end = (negative == 1) & ~is_zero & (digits < _MOST_PAIRS)
    exponent = _EXPONENT_BIAS + pairs - leading - fraction_pairs
    exponent = np.where(negative == 1, 255 - exponent, exponent)
    exponent = np.where(is_zero, _ZERO, exponent) & 0xFF
    size = 1 + digits + has_end
    position = np.arange(pairs)
    masks = np.ones((len(shape), pairs + 4), bool)
    masks[:, 2:-2] = (position >= leading[:, None]) & (position < (leading + digits)[:, None])
    masks[:, -2] = has_end
    masks[:, -1] = False
    return _ShapeTables(
        (size | exponent << 8).astype(np.uint16), (1 + size).astype(np.int32), masks
    )


def _shape_fields(
    shape: NDArray[np.int64], pairs: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Zero pairs in front, zero pairs at the end and the sign that make up a shape."""
    return shape // 2 // (pairs + 1), shape // 2 % (pairs + 1), shape % 2


def _shapes(words: Words, negative: Signs) -> NDArray[np.uint16]:
    """The shape of each cell as one number."""
    tables = _word_tables()
    pairs = 2 * len(words)
    leading = _zeros(words, tables.leading)
    trailing = _zeros(words[::-1], tables.trailing)
    shapes = (leading * np.uint16(pairs + 1) + trailing) * np.uint16(2)
    if negative is not None:
        shapes += negative
    return shapes


def _zeros(words: Words, table: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Zero pairs before the first other one, looking at the words in the order given."""
    zeros = table[words[0]]
    for position, word in enumerate(words[1:], start=1):
        all_zero = zeros == 2 * position
        if not all_zero.any():
            break
        zeros = zeros + all_zero * table[word]
    return zeros


def _cells(words: Words, negative: Signs, fraction_pairs: int, values: pa.Array) -> pa.Array:
    shapes = _shapes(words, negative)
    tables = _shape_tables(2 * len(words), fraction_pairs)
    word_tables = _word_tables()
    block = np.empty((len(shapes), len(words) + 2), np.uint16)
    block[:, 0] = tables.heads[shapes]
    for position, word in enumerate(words, start=1):
        digits = word_tables.digits[word]
        if negative is not None:
            digits = np.where(negative, word_tables.negative_digits[word], digits)
        block[:, position] = digits
    block[:, -1] = _NEGATIVE_END
    return compacted_cells(block.view(np.uint8), tables.masks[shapes], tables.sizes[shapes], values)
