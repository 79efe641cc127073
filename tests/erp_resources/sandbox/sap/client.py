"""A client of the sandbox's SAP server in Python: what the SDK's stand-in does, for small calls."""

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.interfaces import Function, Parameter
from erp_resources.sandbox.sap.protocol import Direction, Message, RfcType
from erp_resources.sandbox.sap.records import decode, encode
from erp_resources.sandbox.sap.structures import Structure, scalar
from erp_resources.sandbox.sap.wire import Reader

_HEAD = struct.Struct("<IB")
_TYPES = {
    RfcType.CHAR: "CHAR",
    RfcType.NUM: "NUMC",
    RfcType.DATE: "DATS",
    RfcType.TIME: "TIMS",
    RfcType.BCD: "DEC",
    RfcType.BYTE: "RAW",
    RfcType.INT1: "INT1",
    RfcType.INT2: "INT2",
    RfcType.INT: "INT4",
    RfcType.INT8: "INT8",
    RfcType.FLOAT: "FLTP",
    RfcType.STRING: "STRING",
    RfcType.XSTRING: "RAWSTRING",
    RfcType.UTCLONG: "UTCLONG",
}


@dataclass
class RfcFailureError(Exception):
    """What FAILED says."""

    code: int
    group: int
    key: str
    text: str
    message_class: str
    message_type: str
    message_number: str
    variables: tuple[str, ...]
    ends_conversation: bool


class Client:
    """One conversation; use it as a context manager.

    >>> with Client(server.port, "READER", "secret") as client:
    ...     client.call("RFC_READ_TABLE", QUERY_TABLE="T001")["DATA"]
    """

    def __init__(
        self,
        port: int,
        user: str,
        password: str,
        client: str = "100",
        language: str = "EN",
        timeout: float = 30.0,
    ) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        given = {"USER": user, "PASSWD": password, "CLIENT": client, "LANG": language}
        try:
            self.attributes = self.request(Message.LOGON, wire.texts(given)).texts()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def ping(self) -> None:
        self.request(Message.PING)

    def describe(self, name: str) -> Function:
        """The interface of a function module; offsets are checked against what the server says."""
        reader = self.request(Message.DESCRIBE, wire.text(name))
        function = reader.text()
        described = [_parameter(reader) for _ in range(reader.u16())]
        structures = {one.name: one for one in (_type(reader) for _ in range(reader.u16()))}
        parameters = tuple(
            Parameter(
                one["name"],
                one["direction"],
                structures.get(one["structure"]) or scalar(one["kind"]),
                is_table=one["type"] == RfcType.TABLE,
                is_optional=one["is_optional"],
                text=one["text"],
            )
            for one in described
        )
        return Function(function, parameters)

    def describe_type(self, name: str) -> Structure:
        return _type(self.request(Message.DESCRIBE_TYPE, wire.text(name)))

    def call(self, name: str, **given: Any) -> dict[str, Any]:
        """Call a function module with plain values; the output parameters by name."""
        function = self.describe(name)
        parameters = {parameter.name: parameter for parameter in function.parameters}
        parts = [wire.text(name), wire.u16(len(given))]
        for parameter, value in given.items():
            parts.append(_sent(parameters[parameter], value))
        reader = self.request(Message.INVOKE, b"".join(parts))
        return dict(_received(reader, parameters) for _ in range(reader.u16()))

    def request(self, message: Message, payload: bytes = b"") -> Reader:
        """Send one frame and read the answer's payload.

        Raises:
            RfcFailureError: the answer is FAILED.
            ConnectionError: the server hung up.
        """
        self._socket.sendall(_HEAD.pack(len(payload) + 1, message) + payload)
        length, number = _HEAD.unpack(self._receive(_HEAD.size))
        reader = Reader(self._receive(length - 1))
        if number == Message.FAILED:
            raise _failure(reader)
        return reader

    def _receive(self, size: int) -> bytearray:
        received = bytearray()
        while len(received) < size:
            part = self._socket.recv(min(size - len(received), 1 << 20))
            if not part:
                raise ConnectionError(f"the server hung up {size - len(received)} bytes too early")
            received += part
        return received


def _failure(reader: Reader) -> RfcFailureError:
    code, group = reader.u32(), reader.u32()
    key, text, message_class, kind, number, *variables = (reader.text() for _ in range(9))
    over = bool(reader.u8())
    return RfcFailureError(
        code, group, key, text, message_class, kind, number, tuple(variables), over
    )


def _data_type(kind: RfcType, nuc_length: int, decimals: int) -> DataType:
    name = _TYPES[kind]
    if kind is RfcType.BCD:
        return DataType(name, 2 * nuc_length - 1, decimals)
    if kind in (RfcType.CHAR, RfcType.NUM, RfcType.BYTE):
        return DataType(name, nuc_length)
    return DataType.of(name)


def _parameter(reader: Reader) -> dict[str, Any]:
    name, direction, kind = reader.text(), Direction(reader.u8()), RfcType(reader.u8())
    structure, nuc, _, decimals = reader.text(), reader.u32(), reader.u32(), reader.u32()
    is_optional, _, text = bool(reader.u8()), reader.text(), reader.text()
    elementary = None if structure else _data_type(kind, nuc, decimals)
    return {
        "name": name,
        "direction": direction,
        "type": kind,
        "structure": structure,
        "kind": elementary,
        "is_optional": is_optional,
        "text": text,
    }


def _type(reader: Reader) -> Structure:
    name, nuc, uc, count = reader.text(), reader.u32(), reader.u32(), reader.u16()
    members, offsets = [], []
    for _ in range(count):
        field, kind, _ = reader.text(), RfcType(reader.u8()), reader.text()
        nuc_length, nuc_offset = reader.u32(), reader.u32()
        uc_length, uc_offset, decimals = reader.u32(), reader.u32(), reader.u32()
        members.append((field, _data_type(kind, nuc_length, decimals)))
        offsets.append((nuc_offset, uc_offset, uc_length))
    structure = Structure.of(name, members)
    fields = structure.fields
    assert offsets == [(one.nuc_offset, one.uc_offset, one.type.uc_length) for one in fields]
    assert (nuc, uc) == (structure.nuc_length, structure.uc_length)
    return structure


def _sent(parameter: Parameter, value: Any) -> bytes:
    if isinstance(value, Mapping):
        rows = [value]
    else:
        rows = value if isinstance(value, list) else [{"": value}]
    block = encode(parameter.structure, rows)
    head = wire.parameter_head(parameter.name, parameter.type, block)
    return head + b"".join(block.parts) + wire.u32(len(block.heap)) + bytes(block.heap)


def _received(reader: Reader, parameters: Mapping[str, Parameter]) -> tuple[str, Any]:
    parameter = parameters[reader.text()]
    assert reader.u8() == parameter.type
    rows = decode(parameter.structure, reader.block())
    if parameter.is_table:
        return parameter.name, rows
    return parameter.name, rows[0] if parameter.structure.name else rows[0][""]
