"""What clients send ahead of a call: cursors to close, a schema to switch to, names for monitoring.

Piggybacks carry no length, so every kind that a client may send has to be parsed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED, FunctionCode
from erp_resources.sandbox.oracle.primitives import Reader
from erp_resources.sandbox.oracle.types import OracleError


@dataclass
class Piggyback:
    """What one piggyback asks for; most ask for one thing."""

    closed_cursors: list[int] = field(default_factory=list)
    schema: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


def read_piggyback(reader: Reader, code: int) -> Piggyback:
    """Parse a piggyback behind its code.

    Raises:
        OracleError: ORA-03001 for a kind that this server does not know.
    """
    read = _READERS.get(code)
    if read is None:
        raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: piggyback {code}")
    return read(reader)


def _close_cursors(reader: Reader) -> Piggyback:
    reader.byte()
    return Piggyback(closed_cursors=[reader.uint() for _ in range(reader.uint())])


def _set_schema(reader: Reader) -> Piggyback:
    reader.byte()
    return Piggyback(schema=reader.text())


def _end_to_end_attributes(reader: Reader) -> Piggyback:
    reader.raw(2)
    reader.uint()
    is_set: dict[str, int] = {}
    for name in ("client_identifier", "module", "action"):
        is_set[name] = _length(reader)
    for name in ("client_info", "operation"):
        _length(reader)
        _length(reader)
        is_set[name] = _length(reader)
    values = {name: (reader.byte_string() or b"").decode() for name, size in is_set.items() if size}
    return Piggyback(attributes=values)


def _length(reader: Reader) -> int:
    """The length behind a pointer, or an integer behind a byte: the same on the wire."""
    reader.byte()
    return reader.uint()


def _free_lobs(reader: Reader) -> Piggyback:
    reader.byte()
    size = reader.uint()
    reader.byte()
    reader.skip_uints(3)
    reader.raw(3)
    reader.uint()
    reader.byte()
    reader.skip_uints(3)
    reader.byte()
    for _ in range(3):
        _length(reader)
    reader.raw(size)
    return Piggyback()


def _key_values(reader: Reader) -> Piggyback:
    _length(reader)
    reader.byte()
    count = reader.uint()
    reader.uint()
    reader.byte()
    reader.byte_string()
    for _ in range(count):
        reader.sized()
        reader.sized()
        reader.uint()
    return Piggyback()


def _session_state(reader: Reader) -> Piggyback:
    reader.uint()
    return Piggyback()


def _pipeline_begin(reader: Reader) -> Piggyback:
    reader.uint()
    reader.raw(2)
    return Piggyback()


_READERS: dict[int, Callable[[Reader], Piggyback]] = {
    FunctionCode.CLOSE_CURSORS: _close_cursors,
    FunctionCode.SET_SCHEMA: _set_schema,
    FunctionCode.END_TO_END_ATTRIBUTES: _end_to_end_attributes,
    FunctionCode.LOB_OPERATION: _free_lobs,
    FunctionCode.SET_KEY_VALUES: _key_values,
    FunctionCode.SESSION_STATE: _session_state,
    FunctionCode.PIPELINE_BEGIN: _pipeline_begin,
}
