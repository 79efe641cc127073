"""Cells of BINARY_DOUBLE and BINARY_FLOAT columns: bits flipped so that bytes sort like numbers."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.cells import Bytes, fixed_cells

_DOUBLE_SIGN = np.uint64(1 << 63)
_FLOAT_SIGN = np.uint32(1 << 31)


def double_cells(values: pa.Array) -> pa.Array:
    """Cells of a BINARY_DOUBLE column from numbers."""
    bits = _filled(values.cast(pa.float64())).to_numpy().view(np.int64)
    # The shift makes all ones of a negative sign: a negative value flips whole, others the sign.
    flipped = bits.view(np.uint64) ^ ((bits >> 63).view(np.uint64) | _DOUBLE_SIGN)
    return _sized_cells(flipped.astype(">u8").view(np.uint8).reshape(-1, 8), values)


def float_cells(values: pa.Array) -> pa.Array:
    """Cells of a BINARY_FLOAT column from numbers."""
    bits = _filled(values.cast(pa.float32())).to_numpy().view(np.int32)
    flipped = bits.view(np.uint32) ^ ((bits >> 31).view(np.uint32) | _FLOAT_SIGN)
    return _sized_cells(flipped.astype(">u4").view(np.uint8).reshape(-1, 4), values)


def _filled(values: pa.Array) -> pa.Array:
    return pc.fill_null(values, 0.0) if values.null_count else values


def _sized_cells(flipped: Bytes, values: pa.Array) -> pa.Array:
    count, size = flipped.shape
    block = np.empty((count, 1 + size), np.uint8)
    block[:, 0] = size
    block[:, 1:] = flipped
    return fixed_cells(block, values)
