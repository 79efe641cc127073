"""Cells of text and bytes: a length before the bytes, chunk marks around long ones.

Every function returns Arrow binary arrays which, joined row by row, are the cells.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.oracle.blocks import fixed_cells, masked_cells, offsets_of
from erp_resources.sandbox.oracle.primitives import CHUNKED, SHORT_LENGTH

_LONG_PREFIX_SIZE = 6
_FIRST_UTF8_BYTE_BEYOND_BMP = 0xF0


def byte_cells(values: pa.Array) -> list[pa.Array]:
    """Cells of UTF-8 text or of raw bytes; NULL and empty are the same, as in Oracle."""
    data = values.cast(pa.binary())
    if data.null_count:
        data = data.fill_null(b"")
    offsets = offsets_of(data)
    lengths = np.diff(offsets)
    if len(lengths) == 0 or int(lengths.max()) <= SHORT_LENGTH:
        return [fixed_cells(lengths.astype(np.uint8).reshape(-1, 1)), data]
    return [_prefixes(lengths), data, _ends(lengths)]


def national_cells(values: pa.Array) -> list[pa.Array]:
    """Cells of text in the national character set, UTF-16."""
    return byte_cells(_to_utf16(values))


def with_long_tail(cells: list[pa.Array], rows: int) -> list[pa.Array]:
    """Cells of a LONG column: the indicator and the return code follow each value."""
    return [*cells, fixed_cells(np.zeros((rows, 2), np.uint8))]


def utf16_lengths(values: pa.Array) -> NDArray[np.int64]:
    """Length of each text in UTF-16 units; 0 for NULL."""
    text = values.cast(pa.string())
    if text.null_count:
        text = text.fill_null("")
    lengths: NDArray[np.int64] = pc.utf8_length(text).to_numpy().astype(np.int64)
    offsets = offsets_of(text.cast(pa.binary()))
    data = np.frombuffer(text.buffers()[2] or b"", np.uint8)
    data = data[int(offsets[0]) : int(offsets[-1])]
    beyond = np.flatnonzero(data >= _FIRST_UTF8_BYTE_BEYOND_BMP)
    if len(beyond):
        # Each of these begins a character that takes two units instead of one.
        rows = np.searchsorted(offsets - offsets[0], beyond, side="right") - 1
        lengths = lengths + np.bincount(rows, minlength=len(lengths))
    return lengths


def _to_utf16(values: pa.Array) -> pa.Array:
    lengths = utf16_lengths(values) * 2
    text = values.cast(pa.string()).fill_null("")
    offsets = offsets_of(text.cast(pa.binary()))
    data = memoryview(text.buffers()[2] or b"")[int(offsets[0]) : int(offsets[-1])]
    encoded = bytes(data).decode().encode("utf-16-be")
    new_offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(lengths, out=new_offsets[1:])
    buffers = [None, pa.py_buffer(new_offsets), pa.py_buffer(encoded)]
    return pa.Array.from_buffers(pa.binary(), len(values), buffers)


def _prefixes(lengths: NDArray[np.int32]) -> pa.Array:
    """A plain length byte, or the chunk mark and the chunk's length of 1 to 4 bytes."""
    block = np.empty((len(lengths), _LONG_PREFIX_SIZE), np.uint8)
    is_long = lengths > SHORT_LENGTH
    size_bytes = lengths.astype(">u4").view(np.uint8).reshape(-1, 4)
    is_sent = np.logical_or.accumulate(size_bytes != 0, axis=1)
    block[:, 0] = np.where(is_long, CHUNKED, lengths)
    block[:, 1] = is_sent.sum(axis=1)
    block[:, 2:] = size_bytes
    mask = np.empty(block.shape, bool)
    mask[:, 0] = True
    mask[:, 1] = is_long
    mask[:, 2:] = is_long[:, None] & is_sent
    return masked_cells(block, mask)


def _ends(lengths: NDArray[np.int32]) -> pa.Array:
    """The mark that no chunk follows, behind long values only."""
    is_long = (lengths > SHORT_LENGTH).reshape(-1, 1)
    return masked_cells(np.zeros(is_long.shape, np.uint8), is_long)
