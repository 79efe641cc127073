"""Rows in the ABAP layout from and to Python values: parameters, structures and small tables.

What has many rows is made of whole columns instead; see ``typed_rows`` and ``lines``.
"""

import struct
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import TypeAlias

from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.errors import dump
from erp_resources.sandbox.sap.protocol import RfcType
from erp_resources.sandbox.sap.structures import Field, Structure
from erp_resources.sandbox.sap.wire import Block, ProtocolError

Scalar: TypeAlias = str | int | float | Decimal | bytes
"""Characters without the blanks at their end, numbers, bytes."""

Record: TypeAlias = Mapping[str, Scalar]
"""One row; what it does not name is initial."""

_NUMBERS = {
    RfcType.INT1: struct.Struct("<B"),
    RfcType.INT2: struct.Struct("<h"),
    RfcType.INT: struct.Struct("<i"),
    RfcType.INT8: struct.Struct("<q"),
    RfcType.FLOAT: struct.Struct("<d"),
    RfcType.UTCLONG: struct.Struct("<q"),
}
_EXACT = Context(prec=40)
_REFERENCE = struct.Struct("<II")


def encode(structure: Structure, records: Sequence[Record]) -> Block:
    """The rows of a parameter; texts that are too long are cut, as ABAP does.

    Raises:
        KeyError: a record has a field that the structure has not.
    """
    fields = {field.name: field for field in structure.fields}
    initial = _initial(structure)
    data, heap = bytearray(), bytearray()
    for record in records:
        row = bytearray(initial)
        for name, value in record.items():
            _put(row, fields[name], value, heap)
        data += row
    return Block(len(records), structure.uc_length, [data], heap)


def decode(structure: Structure, block: Block) -> list[dict[str, Scalar]]:
    """The rows of a parameter that a client has sent.

    Raises:
        ProtocolError: the rows are not of this structure.
        RfcError: a cell is not of its field's type.
    """
    if block.row_length != structure.uc_length:
        raise ProtocolError(f"rows of {block.row_length} bytes for {structure.name or 'a scalar'}")
    data = b"".join(block.parts)
    starts = range(0, block.rows * block.row_length, block.row_length or 1)
    rows = [data[start : start + block.row_length] for start in starts]
    return [{f.name: _get(row, f, block.heap) for f in structure.fields} for row in rows]


def _initial(structure: Structure) -> bytes:
    row = bytearray(structure.uc_length)
    for field in structure.fields:
        if field.type.is_character:
            _put(row, field, "", bytearray())
    return bytes(row)


def _put(row: bytearray, field: Field, value: Scalar, heap: bytearray) -> None:
    row[field.uc_offset : field.uc_offset + field.type.uc_length] = _cell(field.type, value, heap)


def _cell(kind: DataType, value: Scalar, heap: bytearray) -> bytes:
    if kind.is_character:
        return _padded(kind, str(value)).encode("utf-16-le")[: kind.uc_length]
    if kind.rfc_type in _NUMBERS:
        return _NUMBERS[kind.rfc_type].pack(value)
    if kind.rfc_type is RfcType.BCD:
        return _packed(kind, Decimal(str(value)))
    content = value if isinstance(value, bytes) else str(value).encode("utf-16-le")
    if kind.rfc_type is RfcType.BYTE:
        return content.ljust(kind.uc_length, b"\0")[: kind.uc_length]
    start = len(heap)
    heap += content
    return _REFERENCE.pack(start, len(content))


def _padded(kind: DataType, value: str) -> str:
    return value.ljust(kind.length) if kind.int_type == "C" else value.rjust(kind.length, "0")


def _get(row: bytes, field: Field, heap: bytes | bytearray | memoryview) -> Scalar:
    kind = field.type
    cell = row[field.uc_offset : field.uc_offset + kind.uc_length]
    if kind.is_character:
        return _text(field, cell).rstrip(" ")
    if kind.rfc_type in _NUMBERS:
        number: int | float = _NUMBERS[kind.rfc_type].unpack(cell)[0]
        return number
    if kind.rfc_type is RfcType.BCD:
        return _unpacked(kind, cell)
    if not kind.is_reference:
        return cell
    start, size = _REFERENCE.unpack(cell)
    content = bytes(heap[start : start + size])
    return _text(field, content) if kind.rfc_type is RfcType.STRING else content


def _packed(kind: DataType, value: Decimal) -> bytes:
    digits = f"{abs(int(_EXACT.scaleb(value, kind.decimals))):0{2 * kind.uc_length - 1}d}"
    return bytes.fromhex(digits + ("D" if value < 0 else "C"))


def _unpacked(kind: DataType, cell: bytes) -> Decimal:
    digits, sign = cell.hex()[:-1], cell.hex()[-1]
    if not digits.isdecimal():
        raise dump("BCD_BADDATA", "A packed number holds something else than digits.")
    number = _EXACT.scaleb(Decimal(digits), -kind.decimals)
    return number.copy_negate() if sign in "bd" else number


def _text(field: Field, units: bytes) -> str:
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError as error:
        name = field.name or "a parameter"
        raise dump("CONVT_CODEPAGE", f"{name} holds half a character") from error
