"""Cells of any length: the heap behind the rows of a parameter, and the references into it."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from erp_resources.sandbox.cells import offsets_of, to_utf16
from erp_resources.sandbox.sap.wire import Buffer


def referenced(values: pa.Array, start: int = 0) -> tuple[NDArray[np.uint8], Buffer]:
    """Texts or bytes as references (offset and size in bytes) and what these point to.

    Args:
        values: a column of texts (STRING) or bytes (RAWSTRING), none NULL.
        start: where in the heap the first one will stand.

    Returns:
        The references, shape (cells, 8), and the piece of the heap.
    """
    if not pa.types.is_binary(values.type):
        values = to_utf16(values, "utf-16-le")
    offsets = offsets_of(values)
    first, last = int(offsets[0]), int(offsets[-1])
    pairs = np.column_stack([offsets[:-1] - first + start, np.diff(offsets)]).astype("<u4")
    content = memoryview(values.buffers()[2] or b"")[first:last]
    return np.ascontiguousarray(pairs).view(np.uint8).reshape(len(values), 8), content
