"""Cells of text and bytes: a length before the bytes, chunk marks around long ones.

Every function returns Arrow binary arrays which, joined row by row, are the cells.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from erp_resources.sandbox.cells import fixed_cells, masked_cells, offsets_of, to_utf16
from erp_resources.sandbox.oracle.primitives import CHUNKED, SHORT_LENGTH

_LONG_PREFIX_SIZE = 6


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
    return byte_cells(to_utf16(values, "utf-16-be"))


def with_long_tail(cells: list[pa.Array], rows: int) -> list[pa.Array]:
    """Cells of a LONG column: the indicator and the return code follow each value."""
    return [*cells, fixed_cells(np.zeros((rows, 2), np.uint8))]


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
