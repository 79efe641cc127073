"""The tokens that answers are made of, but for rows (see ``rows``)."""

import struct
from collections.abc import Mapping, Sequence

from erp_resources.sandbox.sqlserver.codes import (
    SERVER_NAME,
    SERVER_VERSION,
    Command,
    Done,
    EnvChange,
    Feature,
    Token,
)
from erp_resources.sandbox.sqlserver.primitives import b_varchar, us_varchar
from erp_resources.sandbox.sqlserver.type_info import type_info, user_type
from erp_resources.sandbox.sqlserver.types import ColumnInfo, SqlServerError, SqlType

_IS_NULLABLE = 0x01
_UPDATABLE_UNKNOWN = 0x08
_LONGEST_MESSAGE = 2048
_LONG_TYPES = {"text", "ntext", "image"}
_INTERFACE_T_SQL = 1
_RETURN_VALUE_OF_OUTPUT_PARAMETER = 1


def done(
    token: Token, status: Done, rows: int | None = None, command: Command = Command.UNKNOWN
) -> bytes:
    """DONE, DONEPROC or DONEINPROC; ``rows`` are counted unless ``None``."""
    if rows is not None:
        status |= Done.COUNT
    return struct.pack("<BHHQ", token, status, command, rows or 0)


def error(problem: SqlServerError) -> bytes:
    """ERROR."""
    head = struct.pack("<iBB", problem.number, problem.state, problem.severity)
    return _message(Token.ERROR, head, problem.text, problem.line)


def info(number: int, text: str, state: int = 1) -> bytes:
    """INFO of severity 0."""
    return _message(Token.INFO, struct.pack("<iBB", number, state, 0), text, 1)


def _message(token: Token, head: bytes, text: str, line: int) -> bytes:
    body = b"".join(
        (
            head,
            us_varchar(text[:_LONGEST_MESSAGE]),
            b_varchar(SERVER_NAME),
            b_varchar(""),  # the procedure
            line.to_bytes(4, "little"),
        )
    )
    return _sized(token, body)


def env_change(kind: EnvChange, new: str | bytes, old: str | bytes = b"") -> bytes:
    """ENVCHANGE; text for names, bytes for collations and transactions."""
    body = bytes((kind,)) + _env_value(new) + _env_value(old)
    return _sized(Token.ENV_CHANGE, body)


def _env_value(value: str | bytes) -> bytes:
    return b_varchar(value) if isinstance(value, str) else bytes((len(value),)) + value


def login_ack(tds_version: int) -> bytes:
    """LOGINACK."""
    major, minor, build = SERVER_VERSION
    body = b"".join(
        (
            bytes((_INTERFACE_T_SQL,)),
            tds_version.to_bytes(4, "big"),
            b_varchar("Microsoft SQL Server"),
            struct.pack(">BBH", major, minor, build),
        )
    )
    return _sized(Token.LOGIN_ACK, body)


def feature_ext_ack(granted: Mapping[Feature, bytes]) -> bytes:
    """FEATUREEXTACK."""
    parts = [struct.pack("<BI", feature, len(data)) + data for feature, data in granted.items()]
    return b"".join((bytes((Token.FEATURE_EXT_ACK,)), *parts, bytes((Feature.TERMINATOR,))))


def col_metadata(columns: Sequence[ColumnInfo]) -> bytes:
    """COLMETADATA.

    Raises:
        SqlServerError: a column's type cannot be sent.
    """
    head = struct.pack("<BH", Token.COL_METADATA, len(columns))
    return head + b"".join(map(_column, columns))


def _column(column: ColumnInfo) -> bytes:
    flags = _UPDATABLE_UNKNOWN | (_IS_NULLABLE if column.nullable else 0)
    head = struct.pack("<IH", user_type(column.type), flags) + type_info(column.type)
    table = b"\x01" + us_varchar("") if column.type.name in _LONG_TYPES else b""
    return head + table + b_varchar(column.name)


def return_status(value: int) -> bytes:
    """RETURNSTATUS."""
    return struct.pack("<Bi", Token.RETURN_STATUS, value)


def return_handle(handle: int) -> bytes:
    """RETURNVALUE of the parameter in which a statement's handle is returned."""
    head = struct.pack("<BH", Token.RETURN_VALUE, 0) + b_varchar("")
    kind = struct.pack("<BIH", _RETURN_VALUE_OF_OUTPUT_PARAMETER, 0, 0)
    return head + kind + type_info(SqlType("int")) + struct.pack("<Bi", 4, handle)


def _sized(token: Token, body: bytes) -> bytes:
    return struct.pack("<BH", token, len(body)) + body
