"""Columns as characters: blocks of UTF-16 units of a fixed width, one row per cell.

``printed`` moves cells into characters as ABAP does when RFC_READ_TABLE builds its lines.
"""

from typing import TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import offsets_of, to_utf16
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.numbers import printed_decimals, printed_floats
from erp_resources.sandbox.sap.timestamps import printed_timestamps

Units: TypeAlias = NDArray[np.uint16] | NDArray[np.uint8]
"""UTF-16 units, shape (cells, width); of pure ASCII as ``uint8``."""

U = TypeVar("U", np.uint8, np.uint16)

_ASCII, _UTF16 = np.dtype(np.uint8), np.dtype(np.uint16)
_BLANK = ord(" ")
_HEX_DIGITS = np.frombuffer(b"0123456789ABCDEF", np.uint8)


def printed(values: pa.Array, kind: DataType) -> Units:
    """The cells of a column as characters, each ``kind.printed_length`` wide."""
    if kind.is_character:
        return text_units(values, kind)
    if kind.int_type == "F":
        return _ascii_units(printed_floats(values, kind.printed_length), kind.printed_length)
    if kind.is_number:
        return printed_decimals(values, kind.length, kind.decimals)
    if kind.int_type == "p":
        return _ascii_units(printed_timestamps(values), kind.printed_length)
    return _hex_digits(raw_bytes(values, kind.length))


def text_units(values: pa.Array, kind: DataType) -> Units:
    """Cells of a character type: blanks behind a text, zeros before digits."""
    texts = without_nulls(values.cast(pa.string()), "")
    if kind.int_type != "C":
        texts = pc.utf8_lpad(texts, kind.length, "0")
    encoded = texts.cast(pa.binary())
    offsets = offsets_of(encoded)
    if int(offsets[-1] - offsets[0]) == pc.sum(pc.utf8_length(texts), min_count=0).as_py():
        return _scattered(encoded, kind.length, _ASCII, _BLANK)
    return _scattered(to_utf16(texts, "utf-16-le"), kind.length, _UTF16, _BLANK)


def raw_bytes(values: pa.Array, width: int) -> NDArray[np.uint8]:
    """Cells of bytes, zeros behind them."""
    return _scattered(without_nulls(values.cast(pa.binary()), b""), width, _ASCII, 0)


def trimmed_texts(values: pa.Array, kind: DataType) -> pa.Array:
    """The cells of a column as texts: as they are printed, without the blanks at their end."""
    if kind.int_type in ("C", "g"):
        return pc.utf8_rtrim(without_nulls(values.cast(pa.string()), ""), " ")
    if kind.int_type == "y":
        cells = without_nulls(values, b"").to_pylist()
        return pa.array([cell.hex().upper() for cell in cells], pa.string())
    units = np.ascontiguousarray(printed(values, kind).astype(np.uint8, copy=False))
    offsets = np.arange(len(units) + 1, dtype=np.int32) * units.shape[1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(units)]
    return pc.utf8_rtrim(pa.Array.from_buffers(pa.string(), len(units), buffers), " ")


def without_nulls(values: pa.Array, initial: str | bytes) -> pa.Array:
    """The same values with the initial one for NULL, which ABAP does not know."""
    return pc.fill_null(values, initial) if values.null_count else values


def _ascii_units(texts: pa.Array, width: int) -> Units:
    return _scattered(texts.cast(pa.binary()), width, _ASCII, _BLANK)


def _hex_digits(block: NDArray[np.uint8]) -> Units:
    nibbles = np.stack([block >> 4, block & 0x0F], axis=-1)
    return _HEX_DIGITS[nibbles.reshape(len(block), 2 * block.shape[1])]


def _scattered(cells: pa.Array, width: int, unit: np.dtype[U], fill: int) -> NDArray[U]:
    """Binary cells as units of one width; what is longer is cut."""
    lengths = np.diff(offsets_of(cells)) // unit.itemsize
    if lengths.max(initial=0) > width:
        return _scattered(pc.binary_slice(cells, 0, width * unit.itemsize), width, unit, fill)
    start, stop = (int(end) for end in offsets_of(cells)[[0, -1]])
    data = np.frombuffer(cells.buffers()[2] or b"", np.uint8)[start:stop].view(unit)
    if lengths.min(initial=width) == width:
        return data.reshape(len(cells), width)
    block = np.full((len(cells), width), fill, unit)
    block[np.arange(width) < lengths[:, None]] = data
    return block
