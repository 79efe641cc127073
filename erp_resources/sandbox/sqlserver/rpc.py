"""The RPC message: calls of procedures with their parameters."""

from collections.abc import Iterator
from dataclasses import dataclass

from erp_resources.sandbox.sqlserver.codes import (
    MOST_PARAMETERS,
    NOT_IN_THE_SANDBOX,
    PROCEDURES,
    TOO_MANY_PARAMETERS,
)
from erp_resources.sandbox.sqlserver.parameters import read_value
from erp_resources.sandbox.sqlserver.primitives import Reader
from erp_resources.sandbox.sqlserver.type_info import read_type_info
from erp_resources.sandbox.sqlserver.types import Parameter, SqlServerError

_BY_NUMBER = 0xFFFF
_SEPARATORS = {0x80, 0xFF}
_NO_EXECUTION = 0xFE
_BY_REFERENCE = 0x01
_TOO_MANY = (
    "The incoming request has too many parameters. The server supports a maximum of 2100 "
    "parameters. Reduce the number of parameters and resend the request."
)


@dataclass(frozen=True)
class RpcCall:
    """One call of a procedure."""

    procedure: str
    """Without its schema and without brackets."""

    parameters: list[Parameter]
    is_last: bool
    """Whether the message has no further call."""


def read_calls(reader: Reader) -> Iterator[RpcCall]:
    """The calls of a message, each read when it is asked for.

    Raises:
        ProtocolError: the message ends too early.
        SqlServerError: a parameter cannot be read; nothing behind it can either.
    """
    while reader.remaining:
        procedure = _read_procedure(reader)
        reader.uint(2)  # options: whether to recompile, and what metadata the client has already
        parameters = list(_read_parameters(reader))
        if len(parameters) > MOST_PARAMETERS:
            raise SqlServerError(TOO_MANY_PARAMETERS, _TOO_MANY)
        yield RpcCall(procedure, parameters, is_last=not reader.remaining)


def _read_procedure(reader: Reader) -> str:
    size = reader.uint(2)
    if size == _BY_NUMBER:
        number = reader.uint(2)
        return PROCEDURES.get(number, f"procedure number {number}")
    return bare_name(reader.utf16(size))


def bare_name(procedure: str) -> str:
    """The name of a procedure without its schema and without brackets."""
    return procedure.rpartition(".")[2].strip().removeprefix("[").removesuffix("]")


def _read_parameters(reader: Reader) -> Iterator[Parameter]:
    while reader.remaining:
        if reader.peek() == _NO_EXECUTION:
            text = "not in the sandbox: calls that are not to be executed"
            raise SqlServerError(NOT_IN_THE_SANDBOX, text)
        if reader.peek() in _SEPARATORS:
            reader.byte()
            return
        name = reader.b_varchar()
        is_output = bool(reader.byte() & _BY_REFERENCE)
        kind = read_type_info(reader)
        yield Parameter(name, kind.type, read_value(reader, kind), output=is_output)
