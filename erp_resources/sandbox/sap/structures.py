"""Structures in the ABAP layout: where each field of a row stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.sap.ddic import DataType


@dataclass(frozen=True)
class Field:
    """One field; offsets in bytes, with one byte a character (nuc) and in Unicode (uc)."""

    name: str
    type: DataType
    nuc_offset: int
    uc_offset: int


@dataclass(frozen=True)
class Structure:
    """What a row is made of."""

    name: str
    fields: tuple[Field, ...]
    nuc_length: int
    uc_length: int

    @classmethod
    def of(cls, name: str, members: Iterable[tuple[str, DataType]]) -> "Structure":
        """The structure of these members, each aligned as its type asks for."""
        fields: list[Field] = []
        nuc = uc = 0
        widest = [1, 1]
        for member, kind in members:
            steps = [kind.alignment(is_unicode=False), kind.alignment(is_unicode=True)]
            widest = [max(pair) for pair in zip(widest, steps, strict=True)]
            nuc, uc = _aligned(nuc, steps[0]), _aligned(uc, steps[1])
            fields.append(Field(member, kind, nuc, uc))
            nuc, uc = nuc + kind.nuc_length, uc + kind.uc_length
        return cls(name, tuple(fields), _aligned(nuc, widest[0]), _aligned(uc, widest[1]))


def scalar(kind: DataType) -> Structure:
    """What the one row of an elementary parameter is made of."""
    return Structure.of("", [("", kind)])


def structure_of(table: Table) -> Structure:
    """The structure that a declared table is in ABAP.

    Raises:
        ValueError: a column has no type of the data dictionary.
    """
    members = [(column.name, DataType.of(column.type)) for column in table.columns]
    return Structure.of(table.name, members)


def _aligned(offset: int, step: int) -> int:
    return -(-offset // step) * step
