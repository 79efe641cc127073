"""What the cells of numbers, bits and identifiers hold, a column at a time.

Every function returns an array of shape (rows, size); rows that are NULL hold anything.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import Bytes, bytes_of, offsets_of
from erp_resources.sandbox.sqlserver.codes import NOT_IN_THE_SANDBOX
from erp_resources.sandbox.sqlserver.type_info import decimal_size
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlType

_MONEY_SCALE = 4
_GUID_TEXT_SIZE = 36
_GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
"""Where the bytes of a uniqueidentifier stand in its text: three groups are little-endian."""

_NIL_GUID = "00000000-0000-0000-0000-000000000000"


def number_cells(arrow_type: pa.DataType) -> Callable[[pa.Array, SqlType], Bytes]:
    """The encoder of integers, floats and bits whose cells are those of ``arrow_type``."""

    def encode(values: pa.Array, _: SqlType) -> Bytes:
        return bytes_of(pc.fill_null(values.cast(arrow_type), 0).to_numpy())

    return encode


def decimal_cells(values: pa.Array, kind: SqlType) -> Bytes:
    """A sign byte and the magnitude, which has as many bytes as the precision needs."""
    low, high = _halves(values, kind.precision, kind.scale)
    size = decimal_size(kind.precision) - 1
    negative = high < 0
    magnitude = np.empty((len(values), 2), np.uint64)
    flipped = low.view(np.uint64)
    magnitude[:, 0] = np.where(negative, ~flipped + np.uint64(1), flipped)
    carry = negative & (low == 0)
    magnitude[:, 1] = np.where(negative, ~high + carry, high).view(np.uint64)
    cells = np.empty((len(values), 1 + size), np.uint8)
    cells[:, 0] = ~negative
    cells[:, 1:] = magnitude.view(np.uint8).reshape(-1, 16)[:, :size]
    return cells


def money_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Ten-thousandths in eight bytes, the upper four first."""
    low = _halves(values, 19, _MONEY_SCALE)[0]
    words = np.ascontiguousarray(low).view(np.uint32).reshape(-1, 2)
    return np.ascontiguousarray(words[:, ::-1]).view(np.uint8)


def smallmoney_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Ten-thousandths in four bytes."""
    low = _halves(values, 10, _MONEY_SCALE)[0]
    return bytes_of(low.astype(np.int32))


def _halves(
    values: pa.Array, precision: int, scale: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The low and high 64 bits of decimals, 0 for NULL."""
    wanted = pa.decimal128(precision, scale)
    if values.type != wanted:
        values = values.cast(wanted)
    if values.null_count:
        values = pc.fill_null(values, 0)
    if len(values) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = np.frombuffer(values.buffers()[1], np.int64)
    both = both[2 * values.offset : 2 * (values.offset + len(values))]
    return both[::2], both[1::2]


def guid_cells(values: pa.Array, _: SqlType) -> Bytes:
    """Sixteen bytes from the text of an identifier.

    Raises:
        SqlServerError: a text is no identifier.
    """
    text = values.cast(pa.string()).fill_null(_NIL_GUID).cast(pa.binary())
    offsets = offsets_of(text)
    if (np.diff(offsets) != _GUID_TEXT_SIZE).any():
        raise _no_guid()
    digits = bytes(memoryview(text.buffers()[2] or b"")[int(offsets[0]) : int(offsets[-1])])
    try:
        raw = bytes.fromhex(digits.replace(b"-", b"").decode("ascii"))
    except ValueError as error:
        raise _no_guid() from error
    return np.frombuffer(raw, np.uint8).reshape(-1, 16)[:, _GUID_ORDER]


def _no_guid() -> SqlServerError:
    return SqlServerError(NOT_IN_THE_SANDBOX, "the engine returned an invalid uniqueidentifier")
