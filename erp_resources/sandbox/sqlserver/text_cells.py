"""Cells of text and bytes: their data, and the lengths and marks around it.

Every function returns blocks and Arrow binary arrays which, put side by side, are the cells. In a
row that leaves NULLs out (NBCROW) the cell of a NULL is empty, else it has a mark of its own.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import (
    Bytes,
    bytes_of,
    fixed_cells,
    masked_cells,
    offsets_of,
    to_utf16,
)
from erp_resources.sandbox.sqlserver.code_page import encode_1252
from erp_resources.sandbox.sqlserver.codes import COLLATION
from erp_resources.sandbox.sqlserver.type_info import NATIONAL, Wire, length
from erp_resources.sandbox.sqlserver.types import MAX, SqlServerError, SqlType

Piece: TypeAlias = Bytes | pa.Array
"""A block of shape (rows, size), or cells of different sizes."""

_NULL_SHORT = b"\xff\xff"
_NULL_CHUNKS = b"\xff" * 8
_NULL_LONG = b"\0"
_NULL_VARIANT = b"\0" * 4
_TRUNCATED = 2628
_TEXT_POINTER = bytes((16,)) + b"sandbox pointer " + b"\0" * 8
"""What precedes the length of a text, ntext or image: a pointer of 16 bytes, and its timestamp."""

_VARIANT_HEAD = bytes((Wire.NVARCHAR, 7)) + COLLATION + (8000).to_bytes(2, "little")


def text_cells(values: pa.Array, kind: SqlType, *, leaves_out_nulls: bool) -> list[Piece]:
    """Cells of any type of text or bytes, that of ``sql_variant`` as nvarchar included.

    Raises:
        SqlServerError: 2628 for a value longer than the column's type.
    """
    data = _data(values, kind)
    layout = _LAYOUTS.get(kind.name, _chunked if kind.size == MAX else _short)
    return layout(data, values, kind, leaves_out_nulls)


def _data(values: pa.Array, kind: SqlType) -> pa.Array:
    """The bytes to send, without NULLs."""
    if kind.name in NATIONAL or kind.name == "sql_variant":
        return to_utf16(values, "utf-16-le")
    if kind.name in {"char", "varchar", "text"}:
        return _to_1252(values)
    data = values.cast(pa.binary())
    return data.fill_null(b"") if data.null_count else data


def _to_1252(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    text = text.fill_null("") if text.null_count else text
    data = text.cast(pa.binary())
    offsets = offsets_of(data)
    used = bytes(memoryview(data.buffers()[2] or b"")[int(offsets[0]) : int(offsets[-1])])
    if used.isascii():
        return data
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(pc.utf8_length(text).to_numpy(), out=offsets[1:])
    encoded = pa.py_buffer(encode_1252(used.decode()))
    return pa.Array.from_buffers(pa.binary(), len(values), [None, pa.py_buffer(offsets), encoded])


def _short(data: pa.Array, values: pa.Array, kind: SqlType, leaves_out: bool) -> list[Piece]:
    """A length of two bytes and the data."""
    lengths = np.diff(offsets_of(data))
    _check_length(lengths, kind)
    prefix = bytes_of(lengths.astype(np.uint16))
    return [_with_nulls(prefix, values, _NULL_SHORT, leaves_out), data]


def _check_length(lengths: NDArray[np.int32], kind: SqlType) -> None:
    if lengths.max(initial=0) > length(kind):
        text = f"String or binary data would be truncated in a column of {kind.name}({kind.size})."
        raise SqlServerError(_TRUNCATED, text)


def _chunked(data: pa.Array, values: pa.Array, _: SqlType, leaves_out: bool) -> list[Piece]:
    """The length of all, one chunk with its length, and the end mark (PLP)."""
    lengths = np.diff(offsets_of(data))
    prefix = np.zeros((len(lengths), 12), np.uint8)
    prefix[:, :4] = prefix[:, 8:] = bytes_of(lengths.astype(np.uint32))
    is_null = values.is_null().to_numpy(zero_copy_only=False)
    prefix[is_null, :8] = 0xFF
    is_sent = np.ones(prefix.shape, bool)
    is_sent[:, 8:] = (lengths > 0)[:, None]  # an empty chunk would be the end mark
    if leaves_out:
        is_sent[is_null] = False
    end = masked_cells(np.zeros((len(lengths), 4), np.uint8), np.repeat(~is_null[:, None], 4, 1))
    return [masked_cells(prefix, is_sent), data, end]


def _long(data: pa.Array, values: pa.Array, _: SqlType, leaves_out: bool) -> list[Piece]:
    """A pointer, a length of four bytes and the data."""
    lengths = np.diff(offsets_of(data)).astype(np.uint32)
    pointer = np.frombuffer(_TEXT_POINTER, np.uint8)
    prefix = np.concatenate([np.tile(pointer, (len(lengths), 1)), bytes_of(lengths)], axis=1)
    return [_with_nulls(prefix, values, _NULL_LONG, leaves_out), data]


def _variant(data: pa.Array, values: pa.Array, _: SqlType, leaves_out: bool) -> list[Piece]:
    """The length of all, the type of the value with its properties, and the value."""
    lengths = np.diff(offsets_of(data)).astype(np.uint32)
    head = np.tile(np.frombuffer(_VARIANT_HEAD, np.uint8), (len(lengths), 1))
    size = bytes_of(lengths + np.uint32(len(_VARIANT_HEAD)))
    prefix = np.concatenate([size, head], axis=1)
    return [_with_nulls(prefix, values, _NULL_VARIANT, leaves_out), data]


def _with_nulls(prefix: Bytes, values: pa.Array, null_mark: bytes, leaves_out: bool) -> Piece:
    """``prefix``, but the mark of NULL or nothing where the value is NULL."""
    if values.null_count == 0:
        return prefix
    if leaves_out:
        return fixed_cells(prefix, values)
    is_null = values.is_null().to_numpy(zero_copy_only=False)
    prefix[is_null, : len(null_mark)] = np.frombuffer(null_mark, np.uint8)
    if len(null_mark) == prefix.shape[1]:
        return prefix
    is_sent = np.ones(prefix.shape, bool)
    is_sent[is_null, len(null_mark) :] = False
    return masked_cells(prefix, is_sent)


Layout = Callable[[pa.Array, pa.Array, SqlType, bool], list[Piece]]

_LAYOUTS: dict[str, Layout] = {
    "xml": _chunked,
    "text": _long,
    "ntext": _long,
    "image": _long,
    "sql_variant": _variant,
}
