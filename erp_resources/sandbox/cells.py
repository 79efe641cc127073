"""Rows for the wire out of Arrow columns: numpy blocks of bytes, cells, and their joining.

The common ground of all protocols' row encoders; knows no type of theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

ROWS_AT_A_TIME = 8192

_BYTES_AT_A_TIME = 8 << 20
_FIRST_UTF8_BYTE_BEYOND_BMP = 0xF0
_NOTHING = pa.scalar(b"", pa.binary())


@dataclass(frozen=True)
class EncodedRows:
    """Rows ready for the wire: row ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""

    data: memoryview
    offsets: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def slice(self, start: int, stop: int) -> memoryview:
        """The bytes of the rows from ``start`` up to ``stop``."""
        return self.data[int(self.offsets[start]) : int(self.offsets[stop])]


def bytes_of(numbers: NDArray[np.generic]) -> Bytes:
    """Numbers as they stand in memory, one per row of the block."""
    return numbers.view(np.uint8).reshape(len(numbers), numbers.dtype.itemsize)


def parts_of(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Slices of a batch that are worth encoding at once: bounded in rows and in bytes."""
    if batch.num_rows == 0:
        return
    row_size = max(1, batch.nbytes // batch.num_rows)
    step = max(1, min(ROWS_AT_A_TIME, _BYTES_AT_A_TIME // row_size))
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


def joined_rows(cells: Sequence[pa.Array | pa.Scalar], null_cell: bytes) -> EncodedRows:
    """Put the cells of each row together; ``null_cell`` stands where a cell is NULL."""
    joined = pc.binary_join_element_wise(
        *cells, _NOTHING, null_handling="replace", null_replacement=null_cell
    )
    _, offsets, data = joined.buffers()
    return EncodedRows(
        memoryview(data or b""),
        np.frombuffer(offsets, np.int32)[joined.offset : joined.offset + len(joined) + 1],
    )


def fixed_cells(block: Bytes, values: pa.Array | None = None) -> pa.Array:
    """Cells of the same size: all bytes of each row.

    Args:
        block: array of shape (cells, size).
        values: where given, its NULLs are the cells' NULLs.
    """
    count, size = block.shape
    offsets = np.arange(0, (count + 1) * size, size, dtype=np.int32)
    return _binary_array(offsets, np.ascontiguousarray(block), values)


def masked_cells(block: Bytes, mask: NDArray[np.bool_], values: pa.Array | None = None) -> pa.Array:
    """Cells of different sizes: of each row the bytes where ``mask`` of the same shape is true."""
    return compacted_cells(block, mask, mask.sum(axis=1, dtype=np.int32), values)


def compacted_cells(
    block: Bytes, mask: NDArray[np.bool_], sizes: NDArray[np.int32], values: pa.Array | None = None
) -> pa.Array:
    """Like ``masked_cells`` for callers that know how many bytes of each row remain."""
    offsets = np.zeros(len(block) + 1, np.int32)
    np.cumsum(sizes, out=offsets[1:])
    return _binary_array(offsets, block[mask], values)


def offsets_of(array: pa.Array) -> NDArray[np.int32]:
    """The offsets of a binary array, one more than it has cells."""
    if len(array) == 0:
        return np.zeros(1, np.int32)
    all_offsets = np.frombuffer(array.buffers()[1], np.int32)
    return all_offsets[array.offset : array.offset + len(array) + 1]


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


def to_utf16(values: pa.Array, encoding: Literal["utf-16-le", "utf-16-be"]) -> pa.Array:
    """Text as binary cells in UTF-16; a NULL becomes an empty cell."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(utf16_lengths(values) * 2, out=offsets[1:])
    text = values.cast(pa.string())
    if text.null_count:
        text = text.fill_null("")
    old = offsets_of(text.cast(pa.binary()))
    data = memoryview(text.buffers()[2] or b"")[int(old[0]) : int(old[-1])]
    encoded = str(data, "utf-8").encode(encoding)
    return pa.Array.from_buffers(
        pa.binary(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(encoded)]
    )


def _binary_array(offsets: NDArray[np.int32], data: Bytes, values: pa.Array | None) -> pa.Array:
    buffers = [_validity(values), pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, buffers)


def _validity(values: pa.Array | None) -> pa.Buffer | None:
    if values is None or values.null_count == 0:
        return None
    if values.offset == 0:
        return values.buffers()[0]
    valid = values.is_valid().to_numpy(zero_copy_only=False)
    return pa.py_buffer(np.packbits(valid, bitorder="little"))
