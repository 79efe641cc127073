"""Interfaces of function modules: their parameters, and the frames that describe them.

Those of the modules that every system has are read from the TOML file beside it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.protocol import Direction, RfcType
from erp_resources.sandbox.sap.structures import Structure, scalar

_DIRECTIONS = {
    "import": Direction.IMPORT,
    "export": Direction.EXPORT,
    "export_tables": Direction.EXPORT,
    "tables": Direction.TABLES,
}


@dataclass(frozen=True)
class Parameter:
    """One parameter; a scalar is a row of a structure without a name."""

    name: str
    direction: Direction
    structure: Structure
    is_table: bool = False
    is_optional: bool = False
    text: str = ""

    @property
    def type(self) -> RfcType:
        """The type that the SDK knows it by."""
        if self.is_table:
            return RfcType.TABLE
        return RfcType.STRUCTURE if self.structure.name else self.structure.fields[0].type.rfc_type

    @property
    def is_input(self) -> bool:
        """Whether callers fill it."""
        return self.direction is not Direction.EXPORT

    @property
    def is_output(self) -> bool:
        """Whether it comes back."""
        return self.direction is not Direction.IMPORT


@dataclass(frozen=True)
class Function:
    """What callers know of a function module."""

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def structures(self) -> dict[str, Structure]:
        """The structures of its parameters by name."""
        found = (parameter.structure for parameter in self.parameters)
        return {structure.name: structure for structure in found if structure.name}

    def without(self, *names: str) -> "Function":
        """The same function in a release that does not know these parameters yet."""
        kept = tuple(p for p in self.parameters if p.name not in names)
        return Function(self.name, kept)


def described(function: Function) -> bytes:
    """The payload of DESCRIBED."""
    parameters = function.parameters
    structures = function.structures.values()
    return b"".join(
        (
            wire.text(function.name),
            wire.u16(len(parameters)),
            *map(_described_parameter, parameters),
            wire.u16(len(structures)),
            *map(described_type, structures),
        )
    )


def _described_parameter(parameter: Parameter) -> bytes:
    structure = parameter.structure
    decimals = 0 if structure.name else structure.fields[0].type.decimals
    return b"".join(
        (
            wire.text(parameter.name),
            bytes([parameter.direction, parameter.type]),
            wire.text(structure.name),
            wire.u32(structure.nuc_length),
            wire.u32(structure.uc_length),
            wire.u32(decimals),
            bytes([parameter.is_optional]),
            wire.text(""),
            wire.text(parameter.text),
        )
    )


def described_type(structure: Structure) -> bytes:
    """The payload of TYPE_DESCRIBED, and a type's part of DESCRIBED."""
    head = wire.text(structure.name) + wire.u32(structure.nuc_length)
    parts = [head, wire.u32(structure.uc_length), wire.u16(len(structure.fields))]
    for field in structure.fields:
        kind = field.type
        parts += [wire.text(field.name), bytes([kind.rfc_type]), wire.text("")]
        parts += [wire.u32(kind.nuc_length), wire.u32(field.nuc_offset)]
        parts += [wire.u32(kind.uc_length), wire.u32(field.uc_offset), wire.u32(kind.decimals)]
    return b"".join(parts)


def _read() -> dict[str, Any]:
    path = Path(__file__).parent / "interfaces.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _structures(entries: Mapping[str, str]) -> Iterator[Structure]:
    for name, members in entries.items():
        words = [word.rstrip(",") for word in members.split()]
        types = map(DataType.of, words[1::2])
        yield Structure.of(name, zip(words[::2], types, strict=True))


def _function(name: str, entries: Mapping[str, Mapping[str, Any]]) -> Function:
    entry: dict[str, Any] = dict(entries[name])
    while "like" in entry:
        entry = {**entries[entry.pop("like")], **entry}
    return Function(
        name,
        tuple(_parameter(spelled, kind) for kind in _DIRECTIONS for spelled in entry.get(kind, ())),
    )


def _parameter(spelled: str, kind: str) -> Parameter:
    head, _, text = spelled.partition(" | ")
    name, type_name = head.split()
    structure = STRUCTURES.get(type_name) or scalar(DataType.of(type_name))
    return Parameter(
        name.rstrip("?"),
        _DIRECTIONS[kind],
        structure,
        is_table=kind.endswith("tables"),
        is_optional=name.endswith("?"),
        text=text,
    )


_ENTRIES = _read()
STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {structure.name: structure for structure in _structures(_ENTRIES["structures"])}
)
"""The structures of the function modules by name."""

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: _function(name, _ENTRIES["functions"]) for name in _ENTRIES["functions"]}
)
"""The function modules by name."""
