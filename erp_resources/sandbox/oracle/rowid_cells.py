"""Cells of ROWID columns: the 18 characters taken apart into object, file, block and row."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import Bytes, masked_cells, offsets_of
from erp_resources.sandbox.oracle.types import OracleError

_SIZE = 18
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_DIGIT = 64
_DIGITS = np.full(256, _NO_DIGIT, np.uint8)
_DIGITS[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(64)
_PARTS = (slice(0, 6), slice(6, 9), slice(9, 15), slice(15, 18))
_LARGEST = (0xFFFFFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFF)
_INVALID_ROWID = 1410
_CELL_LENGTH = 13
_ANY_ROWID = "A" * _SIZE


def rowid_cells(values: pa.Array) -> pa.Array:
    """Cells of a ROWID column from strings of 18 characters.

    Raises:
        OracleError: ORA-01410 if one of them is no extended ROWID.
    """
    parts = _parts(values)
    if any(bool((part > limit).any()) for part, limit in zip(parts, _LARGEST, strict=True)):
        raise OracleError(_INVALID_ROWID, "invalid ROWID")
    return _cells([part.astype(np.uint32) for part in parts], values)


def _parts(values: pa.Array) -> list[NDArray[np.uint64]]:
    text = pc.fill_null(values.cast(pa.string()), _ANY_ROWID).cast(pa.binary())
    offsets = offsets_of(text)
    if bool((np.diff(offsets) != _SIZE).any()):
        raise OracleError(_INVALID_ROWID, "invalid ROWID")
    data = np.frombuffer(text.buffers()[2] or b"", np.uint8)[int(offsets[0]) : int(offsets[-1])]
    digits = _DIGITS[data].reshape(-1, _SIZE)
    if bool((digits == _NO_DIGIT).any()):
        raise OracleError(_INVALID_ROWID, "invalid ROWID")
    return [_number(digits[:, part]) for part in _PARTS]


def _number(digits: Bytes) -> NDArray[np.uint64]:
    value = np.zeros(len(digits), np.uint64)
    for position in range(digits.shape[1]):
        value = value << np.uint64(6) | digits[:, position]
    return value


def _cells(parts: list[NDArray[np.uint32]], values: pa.Array) -> pa.Array:
    length = np.full((len(values), 1), _CELL_LENGTH, np.uint8)
    unused = np.zeros((len(values), 1), np.uint8)
    (object_, object_mask), (file, file_mask), (block, block_mask), (row, row_mask) = map(
        _variable_integer, parts
    )
    always = np.ones((len(values), 1), bool)
    bytes_ = np.hstack([length, object_, file, unused, block, row])
    mask = np.hstack([always, object_mask, file_mask, always, block_mask, row_mask])
    return masked_cells(bytes_, mask, values)


def _variable_integer(numbers: NDArray[np.uint32]) -> tuple[Bytes, NDArray[np.bool_]]:
    """A length byte and up to four big-endian bytes, and which of these are sent."""
    big_endian = numbers.astype(">u4").view(np.uint8).reshape(-1, 4)
    is_sent = np.logical_or.accumulate(big_endian != 0, axis=1)
    size = is_sent.sum(axis=1, dtype=np.uint8).reshape(-1, 1)
    always = np.ones(size.shape, bool)
    return np.hstack([size, big_endian]), np.hstack([always, is_sent])
