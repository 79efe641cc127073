"""Arrow binary arrays out of numpy blocks of bytes, one row of the block per cell.

The common ground of the column encoders; knows no Oracle type.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


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
