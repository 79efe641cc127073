"""What a client sends once it is logged on, parsed completely before any of it is done.

Parsing first keeps the stream in step: an error is answered when the whole request has been read.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from erp_resources.sandbox.oracle.codes import (
    NOT_IMPLEMENTED,
    ExecuteFlag,
    ExecuteOption,
    FunctionCode,
    LobOperation,
    MessageType,
)
from erp_resources.sandbox.oracle.lobs import LobRequest, LobStore
from erp_resources.sandbox.oracle.primitives import Reader
from erp_resources.sandbox.oracle.scalars import can_decode, decode_value
from erp_resources.sandbox.oracle.types import OracleError, OracleType

_LONG_BIND = 32767
_ARRAY_BIND = 0x40
_WITH_COLUMN_ID = 8
_WITH_CHUNK_IDS = 9
_QUOTED_OR_COMMENT = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_RETURNING = re.compile(
    r"^\s*(?:insert|update|delete|merge)\b.*\breturning\b.*\binto\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Bind:
    """Type of one bind variable, or of one column as the client wants it (a define)."""

    type: int
    form: int
    size: int = 0


@dataclass
class ExecuteRequest:
    """One call of execute, or of the shorter re-execute; ``sql`` is ``None`` for a known cursor.

    ``count`` is the number of rows to fetch for a query, else the number of executions.
    """

    options: int
    cursor_id: int
    count: int
    sql: str | None = None
    is_query: bool = False
    flags: int = 0
    binds: list[Bind] | None = None
    defines: list[Bind] | None = None
    bind_rows: list[list[Any]] = field(default_factory=list)

    def has(self, option: ExecuteOption) -> bool:
        """Whether the call asks for ``option``."""
        return bool(self.options & option)


def refuse_unsupported(request: ExecuteRequest, sql: str) -> None:
    """Refuse what this server leaves out, before anything is read that depends on it.

    Raises:
        OracleError: ORA-03001 that names the feature.
    """
    feature = _unsupported_feature(request, sql)
    if feature:
        raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: {feature}")


def _unsupported_feature(request: ExecuteRequest, sql: str) -> str | None:
    if request.has(ExecuteOption.EXECUTE) and not request.has(ExecuteOption.NOT_PLSQL):
        return "PL/SQL"
    if request.flags & ExecuteFlag.SCROLLABLE:
        return "scrollable cursors"
    if request.flags & ExecuteFlag.DML_ROW_COUNTS:
        return "row counts of an array DML"
    if request.has(ExecuteOption.BATCH_ERRORS):
        return "batch errors"
    if _RETURNING.match(_QUOTED_OR_COMMENT.sub(" ", sql)):
        return "RETURNING INTO"
    return None


class RequestReader:
    """Parses requests in the format of one field version."""

    def __init__(self, reader: Reader, field_version: int, lobs: LobStore) -> None:
        self._reader = reader
        self._version = field_version
        self._lobs = lobs

    def execute_head(self) -> tuple[ExecuteRequest, int, int]:
        """An execute call up to its binds.

        Returns:
            The request, the number of columns it defines and the number of variables it binds.
        """
        reader = self._reader
        options, cursor_id, has_sql = reader.uint(), reader.uint(), reader.byte()
        reader.uint()  # length of the SQL text
        reader.byte()
        reader.uint()
        reader.raw(2)
        reader.uint()  # prefetch buffer
        count = reader.uint()
        reader.uint()  # longest LONG
        reader.byte()
        bind_count = reader.uint()
        reader.raw(6)
        define_count = reader.uint()
        self._skip_execute_tail()
        sql = (reader.byte_string() or b"").decode() if has_sql else None
        settings = [reader.uint() for _ in range(13)]
        request = ExecuteRequest(options, cursor_id, count, sql)
        request.is_query = bool(settings[7])
        request.flags = settings[9]
        if not request.is_query:
            request.count = settings[1]
        return request, define_count, bind_count

    def _skip_execute_tail(self) -> None:
        """Fields that are always the same: notifications, row counts, SQL signatures."""
        reader = self._reader
        reader.uint()  # notification id, low half
        reader.raw(3)
        reader.uint()
        reader.byte()
        reader.skip_uints(2)  # a length and the id's high half
        reader.byte()
        reader.uint()
        reader.byte()
        if self._version >= _WITH_COLUMN_ID:
            for _ in range(2):
                reader.byte()
                reader.uint()
            reader.byte()
        if self._version >= _WITH_CHUNK_IDS:
            reader.byte()
            reader.uint()

    def reexecute(self, function: int) -> ExecuteRequest:
        """A re-execute call up to its bind values."""
        reader = self._reader
        cursor_id, count = reader.uint(), reader.uint()
        reader.uint()
        commit = reader.uint() & 1
        options = int(ExecuteOption.EXECUTE | ExecuteOption.NOT_PLSQL)
        if function == FunctionCode.REEXECUTE_AND_FETCH:
            options |= ExecuteOption.FETCH
        if commit:
            options |= ExecuteOption.COMMIT
        return ExecuteRequest(options, cursor_id, count)

    def variables(self, count: int) -> list[Bind]:
        """The types of ``count`` bind variables or defined columns.

        Raises:
            OracleError: ORA-03001 for arrays, which are for PL/SQL.
        """
        return [self._variable() for _ in range(count)]

    def _variable(self) -> Bind:
        reader = self._reader
        type_number, flags = reader.byte(), reader.byte()
        reader.raw(2)
        size = reader.uint()
        reader.skip_uints(2)
        reader.sized()  # object type
        reader.skip_uints(2)
        form = reader.byte()
        reader.uint()
        if self._version >= _WITH_COLUMN_ID:
            reader.uint()
        if flags & _ARRAY_BIND:
            raise OracleError(NOT_IMPLEMENTED, "unimplemented feature: bind of an array")
        return Bind(type_number, form, size)

    def bind_rows(self, binds: list[Bind], count: int) -> list[list[Any]]:
        """The values of ``count`` executions.

        Raises:
            OracleError: ORA-03001 for a type that this server does not know.
        """
        for bind in binds:
            if not can_decode(bind.type) and bind.type not in _LOB_TYPES:
                raise OracleError(
                    NOT_IMPLEMENTED, f"unimplemented feature: bind of type {bind.type}"
                )
        return [self._bind_row(binds) for _ in range(count)]

    def _bind_row(self, binds: list[Bind]) -> list[Any]:
        if self._reader.byte() != MessageType.ROW_DATA:
            raise OracleError(NOT_IMPLEMENTED, "unimplemented feature: binds in this form")
        values: list[Any] = [None] * len(binds)
        # Values that may be long come behind all others, whatever their place in the statement.
        for want_long in (False, True):
            for position, bind in enumerate(binds):
                if (bind.size > _LONG_BIND) == want_long:
                    values[position] = self._bind_value(bind)
        return values

    def _bind_value(self, bind: Bind) -> Any:
        if bind.type in _LOB_TYPES:
            locator = self._reader.sized()
            return None if locator is None else self._lobs.value(locator)
        return decode_value(bind.type, bind.form, self._reader.byte_string())

    def lob_call(self) -> LobRequest:
        """A call on a LOB locator."""
        reader = self._reader
        reader.byte()
        locator_size = reader.uint()
        reader.byte()
        reader.skip_uints(3)
        reader.raw(3)
        operation = reader.uint()
        reader.raw(2)
        offset = reader.uint()
        reader.uint()
        has_amount = bool(reader.byte())
        reader.raw(6)
        locator = reader.raw(locator_size)
        if operation == LobOperation.CREATE_TEMPORARY:
            reader.uint()  # character set
        if operation == LobOperation.WRITE:
            reader.byte()
            reader.byte_string()
        amount = reader.uint() if has_amount else None
        return LobRequest(operation, locator, offset, amount)


_LOB_TYPES = (OracleType.CLOB, OracleType.BLOB)
