"""Types of the data dictionary: how each is spelled, stored, sent and printed.

One table of them all; declared tables, structures and parameters are made of these types.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from erp_resources.sandbox.sap.protocol import RfcType

IntType: TypeAlias = Literal["C", "N", "D", "T", "P", "b", "s", "X", "8", "F", "g", "y", "p"]
"""INTTYPE: the ABAP type. X is both INT4 and RAW, which is why one asks for DATATYPE too."""

_SPELLING = re.compile(r"([A-Z]+\d?)(?:\((\d+)(?:,(\d+))?\))?")
_UNIT_BYTES = 2
_FLOAT_PRINTED = 22
_REFERENCE_BYTES = 8


@dataclass(frozen=True)
class _Kind:
    int_type: IntType
    rfc_type: RfcType
    length: int = 0
    """LENG where the spelling has none."""

    size: Callable[[int], int] = lambda length: length
    """Bytes in a system with one byte a character, by LENG."""

    printed: Callable[[int], int] = lambda length: length
    """Characters that RFC_READ_TABLE reserves, by LENG."""

    datatype: str = ""
    """DATATYPE where it is spelled differently."""


_TEXT = _Kind("C", RfcType.CHAR, 1)
_PACKED = _Kind("P", RfcType.BCD, 1, size=lambda length: length // 2 + 1)
_RAW = _Kind("X", RfcType.BYTE, 1, printed=lambda length: 2 * length)

_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        **dict.fromkeys(("CHAR", "CLNT", "CUKY", "UNIT", "LANG", "LCHR"), _TEXT),
        **dict.fromkeys(("NUMC", "ACCP"), _Kind("N", RfcType.NUM, 1)),
        "DATS": _Kind("D", RfcType.DATE, 8),
        "TIMS": _Kind("T", RfcType.TIME, 6),
        **dict.fromkeys(("CURR", "QUAN", "DEC"), _PACKED),
        "INT1": _Kind("b", RfcType.INT1, 3, size=lambda _: 1),
        "INT2": _Kind("s", RfcType.INT2, 5, size=lambda _: 2),
        "INT4": _Kind("X", RfcType.INT, 10, size=lambda _: 4),
        "INT8": _Kind("8", RfcType.INT8, 19, size=lambda _: 8),
        "FLTP": _Kind("F", RfcType.FLOAT, 16, lambda _: 8, lambda _: _FLOAT_PRINTED),
        **dict.fromkeys(("RAW", "LRAW"), _RAW),
        "STRING": _Kind("g", RfcType.STRING, 0, lambda _: _REFERENCE_BYTES, datatype="STRG"),
        "RAWSTRING": _Kind("y", RfcType.XSTRING, 0, lambda _: _REFERENCE_BYTES, datatype="RSTR"),
        "UTCLONG": _Kind("p", RfcType.UTCLONG, 27, lambda _: 8, datatype="UTCL"),
    }
)
_STORAGES: Mapping[RfcType, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            (RfcType.CHAR, RfcType.NUM, RfcType.DATE, RfcType.TIME, RfcType.STRING), ("VARCHAR",)
        ),
        RfcType.INT1: ("UTINYINT", "SMALLINT", "INTEGER"),
        RfcType.INT2: ("SMALLINT", "INTEGER"),
        RfcType.INT: ("INTEGER",),
        RfcType.INT8: ("BIGINT",),
        RfcType.FLOAT: ("DOUBLE",),
        **dict.fromkeys((RfcType.BYTE, RfcType.XSTRING), ("BLOB",)),
        RfcType.UTCLONG: ("TIMESTAMP",),
    }
)
"""The types of DuckDB that may hold the cells of a type; of packed numbers it is the decimal."""

_CHARACTERS: tuple[IntType, ...] = ("C", "N", "D", "T")
_NUMBERS: tuple[IntType, ...] = ("P", "b", "s", "8", "F")
_FLOAT_DECIMALS = 16


@dataclass(frozen=True)
class DataType:
    """One type with its length, e.g. ``CURR(13,2)``.

    Attributes:
        name: as it is spelled, without the length.
        length: LENG: characters, digits or bytes.
        decimals: DECIMALS.
    """

    name: str
    length: int
    decimals: int = 0

    @classmethod
    def of(cls, spelling: str) -> "DataType":
        """The type that ``spelling`` names.

        Raises:
            ValueError: there is no such type.
        """
        match = _SPELLING.fullmatch(spelling)
        if match is None or match[1] not in _KINDS:
            raise ValueError(f"the data dictionary has no type {spelling!r}")
        kind = _KINDS[match[1]]
        decimals = _FLOAT_DECIMALS if kind.int_type == "F" else int(match[3] or 0)
        return cls(match[1], int(match[2] or kind.length), decimals)

    @property
    def _kind(self) -> _Kind:
        return _KINDS[self.name]

    @property
    def datatype(self) -> str:
        """DATATYPE."""
        return self._kind.datatype or self.name

    @property
    def int_type(self) -> IntType:
        """INTTYPE."""
        return self._kind.int_type

    @property
    def rfc_type(self) -> RfcType:
        """The type that the SDK knows it by."""
        return self._kind.rfc_type

    @property
    def is_character(self) -> bool:
        """Whether cells are characters: CHAR and its kin, NUMC, DATS, TIMS."""
        return self.int_type in _CHARACTERS

    @property
    def is_number(self) -> bool:
        """Whether cells are numbers."""
        return self.int_type in _NUMBERS or self.name == "INT4"

    @property
    def is_reference(self) -> bool:
        """Whether cells have any length: STRING and RAWSTRING."""
        return self.int_type in ("g", "y")

    def is_stored_as(self, storage: str) -> bool:
        """Whether DuckDB's type ``storage`` holds exactly such cells."""
        if self.int_type == "P":
            return storage == f"DECIMAL({self.length},{self.decimals})"
        return storage in _STORAGES[self.rfc_type]

    @property
    def nuc_length(self) -> int:
        """Bytes of a cell in a system with one byte a character."""
        return self._kind.size(self.length)

    @property
    def uc_length(self) -> int:
        """INTLEN: bytes of a cell in a Unicode system."""
        return self.nuc_length * (_UNIT_BYTES if self.is_character else 1)

    def alignment(self, *, is_unicode: bool) -> int:
        """What a cell's offset is a multiple of."""
        if self.is_character:
            return _UNIT_BYTES if is_unicode else 1
        return 1 if self.rfc_type in (RfcType.BCD, RfcType.BYTE) else self.nuc_length

    @property
    def printed_length(self) -> int:
        """Characters that RFC_READ_TABLE reserves; for packed numbers without sign and point."""
        return self._kind.printed(self.length)

    @property
    def output_length(self) -> int:
        """OUTPUTLEN: characters on a screen; numbers with sign, point and thousands separators."""
        if self.int_type != "P":
            return self.printed_length
        separators = max(0, self.length - self.decimals - 1) // 3
        return self.length + 1 + (self.decimals > 0) + separators
