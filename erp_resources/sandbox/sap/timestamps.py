"""Columns of UTCLONG, stored as timestamps in UTC; the initial one is NULL."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_TICKS_PER_MICROSECOND = 10
_EPOCH_TICKS = 621_355_968_000_000_000
"""1970-01-01 in units of 100 ns since 0001-01-01."""


def printed_timestamps(values: pa.Array) -> pa.Array:
    """``YYYYMMDDHHMMSS,fffffff``; blank for the initial one."""
    moments = values.cast(pa.timestamp("us"))
    texts = pc.replace_substring(pc.strftime(moments, "%Y%m%d%H%M%S"), ".", ",")
    return pc.fill_null(pc.binary_join_element_wise(texts, "0", ""), "")


def ticks(values: pa.Array) -> NDArray[np.int64]:
    """Units of 100 ns since 0001-01-01 plus 1; 0 for the initial one."""
    microseconds = values.cast(pa.timestamp("us")).cast(pa.int64())
    counted = pc.add(pc.multiply(microseconds, _TICKS_PER_MICROSECOND), _EPOCH_TICKS + 1)
    numbers: NDArray[np.int64] = pc.fill_null(counted, 0).to_numpy()
    return numbers
