"""What a system says of a function module: its parameters, and the fields of their structures.

Lengths and offsets count characters where the type has characters, else bytes (the SDK's nucLength
and nucOffset). Types are the SDK's RFCTYPE without its prefix: CHAR, NUM, DATE, TIME, BCD, INT,
INT1, INT2, INT8, FLOAT, BYTE, STRING, XSTRING, UTCLONG, STRUCTURE, TABLE, ...
"""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["IMPORT", "EXPORT", "CHANGING", "TABLES"]
"""Named from the function module's side: what a client sends is IMPORT."""


@dataclass(frozen=True)
class Field:
    """A field of a structure or of a table's line; ``fields`` are those of a nested structure."""

    name: str
    type: str
    length: int
    offset: int
    decimals: int
    fields: tuple["Field", ...]


@dataclass(frozen=True)
class Parameter:
    """A parameter; ``fields`` are those of its structure or of its table's line."""

    name: str
    direction: Direction
    type: str
    length: int
    decimals: int
    optional: bool
    default: str
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Function:
    """A function module that can be called from outside."""

    name: str
    parameters: tuple[Parameter, ...]
