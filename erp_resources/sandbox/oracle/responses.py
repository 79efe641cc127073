"""The messages that a server answers with: status, errors, column descriptions, parameters.

Pure encoding. Row data is made by ``rows``.
"""

import secrets
from collections.abc import Iterable, Sequence

from erp_resources.sandbox.oracle.codes import (
    CALL_IN_TRANSACTION,
    UTF8_CHARSET,
    UTF16_CHARSET,
    MessageType,
)
from erp_resources.sandbox.oracle.logon import Pair
from erp_resources.sandbox.oracle.primitives import (
    encode_bytes,
    encode_int,
    encode_pair,
    encode_sized,
    encode_uint,
)
from erp_resources.sandbox.oracle.types import (
    CharsetForm,
    ColumnInfo,
    OracleError,
    OracleType,
)

ROW_HEADER = bytes((MessageType.ROW_HEADER, 0, 0, 0, 0, 0, 0, 0))
RETURN_PARAMETERS = bytes((MessageType.PARAMETER, 0, 0, 0, 0))

_WITH_COLUMN_ID = 8
_WITH_CHECKSUM = 14
_WITH_DOMAINS = 17
_WITH_ANNOTATIONS = 20
_WITH_VECTORS = 24

_LARGEST_POSITION = 32767
_UNSIZED_TEXT = 4000
_MAX_NAME = 255
_ORACLE_EPOCH = bytes((120, 100, 1, 1, 1, 1, 1))

_BUFFER_SIZES = {
    OracleType.NUMBER: 22,
    OracleType.BINARY_INTEGER: 22,
    OracleType.DATE: 7,
    OracleType.TIMESTAMP: 11,
    OracleType.TIMESTAMP_LTZ: 11,
    OracleType.TIMESTAMP_TZ: 13,
    OracleType.INTERVAL_DS: 11,
    OracleType.BINARY_FLOAT: 4,
    OracleType.BINARY_DOUBLE: 8,
    OracleType.ROWID: 18,
    OracleType.CLOB: 4000,
    OracleType.BLOB: 4000,
    OracleType.LONG: 0x7FFFFFFF,
    OracleType.LONG_RAW: 0x7FFFFFFF,
}
_BYTES_PER_CHARACTER = {CharsetForm.DATABASE: 4, CharsetForm.NATIONAL: 2, CharsetForm.NONE: 1}
_CHARSETS = {
    CharsetForm.DATABASE: UTF8_CHARSET,
    CharsetForm.NATIONAL: UTF16_CHARSET,
    CharsetForm.NONE: 0,
}


class Responses:
    """Encodes messages in the format of one field version."""

    def __init__(self, field_version: int) -> None:
        self._version = field_version

    def parameters(self, pairs: Sequence[Pair]) -> bytes:
        """Key/value pairs that answer a step of the login."""
        encoded = b"".join(encode_pair(*pair) for pair in pairs)
        return bytes((MessageType.PARAMETER,)) + encode_uint(len(pairs)) + encoded

    def token(self, token: int) -> bytes:
        """The mark that ties a response to its request in a pipeline; nothing for token 0."""
        return bytes((MessageType.TOKEN,)) + encode_uint(token) if token else b""

    def status(self, *, in_transaction: bool) -> bytes:
        """The end of a call that has nothing to return."""
        return bytes((MessageType.STATUS,)) + _call_status(in_transaction) + b"\0"

    def error(
        self,
        error: OracleError | None,
        *,
        in_transaction: bool,
        cursor_id: int = 0,
        row_count: int = 0,
    ) -> bytes:
        """The end of a statement's call, which without ``error`` means success.

        Args:
            error: what went wrong.
            in_transaction: whether the session holds uncommitted changes.
            cursor_id: the cursor that the client is to use from now on.
            row_count: rows fetched so far or changed.
        """
        code = error.code if error else 0
        position = min(error.offset, _LARGEST_POSITION) if error else 0
        parts = [
            bytes((MessageType.ERROR,)),
            _call_status(in_transaction),
            b"\0",  # end-to-end sequence
            encode_uint(row_count & 0xFFFFFFFF),
            encode_uint(code & 0xFFFF),
            b"\0\0",  # array elements
            encode_uint(cursor_id),
            encode_int(position),
            bytes(6),  # SQL type, fatal, flags, cursor options, parameter, warning flags
            bytes(5),  # row id of the last row
            bytes(5),  # OS error, statement, call, padding, iterations
            b"\0",  # logical row id
            bytes(3),  # batch errors: codes, offsets, texts
            encode_uint(code),
            encode_uint(row_count),
        ]
        if self._version >= _WITH_CHECKSUM:
            parts.append(bytes(2))
        if error:
            parts.append(encode_bytes(str(error).encode()))
        return b"".join(parts)

    def describe(self, columns: Sequence[ColumnInfo]) -> bytes:
        """The columns of a query."""
        return b"".join(
            (
                bytes((MessageType.DESCRIBE,)),
                encode_bytes(secrets.token_bytes(16)),
                encode_uint(sum(map(_buffer_size, columns)) & 0x7FFFFFFF),
                encode_uint(len(columns)),
                b"\0" if columns else b"",
                *self._columns(columns),
                encode_sized(_ORACLE_EPOCH),
                bytes(5),
            )
        )

    def _columns(self, columns: Iterable[ColumnInfo]) -> Iterable[bytes]:
        for position, column in enumerate(columns, start=1):
            yield self._column(column, position)

    def _column(self, column: ColumnInfo, position: int) -> bytes:
        name = column.name.encode()
        parts = [
            bytes((column.type, 0, column.precision & 0xFF, column.scale & 0xFF)),
            encode_uint(_buffer_size(column)),
            bytes(4),  # array elements, continuation flags, object id, version
            encode_uint(_CHARSETS[column.charset_form]),
            bytes((column.charset_form,)),
            encode_uint(_size(column)),
            b"\0" if self._version >= _WITH_COLUMN_ID else b"",
            bytes((column.nullable, min(len(name), _MAX_NAME))),
            encode_sized(name),
            bytes(2),  # schema and name of an object type
            encode_uint(position),
            b"\0",  # flags
            bytes(2) if self._version >= _WITH_DOMAINS else b"",
            b"\0" if self._version >= _WITH_ANNOTATIONS else b"",
            bytes(3) if self._version >= _WITH_VECTORS else b"",
        ]
        return b"".join(parts)


def _call_status(in_transaction: bool) -> bytes:
    return encode_uint(CALL_IN_TRANSACTION if in_transaction else 0)


def _size(column: ColumnInfo) -> int:
    """Declared length; text and RAW of unknown length get Oracle's usual maximum."""
    if column.type in (OracleType.VARCHAR, OracleType.CHAR, OracleType.RAW):
        return column.size or _UNSIZED_TEXT
    return 0


def _buffer_size(column: ColumnInfo) -> int:
    # Never 0: a driver takes such a column for one that is always NULL and expects no cells.
    fixed = _BUFFER_SIZES.get(column.type)
    return fixed or _size(column) * _BYTES_PER_CHARACTER[column.charset_form] or 1
