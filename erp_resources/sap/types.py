"""How the data dictionary's types travel: as characters in a line, and landed in Arrow.

Values are those stored: no conversion exit is applied, NUMC keeps its zeros.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from erp_resources.connector import Column, TableSchema
from erp_resources.errors import UnsupportedType
from erp_rfc import Kind

if TYPE_CHECKING:
    import pyarrow as pa

MOST_DIGITS = 38
ASSUMED_DECIMALS = 2
"""Decimals with which every amount is stored, whatever its currency has."""
FLOAT_WIDTH = 22

Strange = Literal["fail", "null", "text"]
"""What becomes of dates and times that are none: the read stops, null, or the column is text."""
Refused = Literal["fail", "quarantine"]
"""What becomes of other cells that are no value: the read stops, or they stand beside the row."""
REFUSABLE: frozenset[Kind] = frozenset({"date", "time", "decimal", "int", "float", "raw"})
"""Kinds that are no mere text, so that some texts are no value of them."""

_SPELLING = re.compile(r"([A-Z]+\d?)(?:\((\d+)(?:,(\d+))?\))?")
CLIENT = "CLNT"
_TEXT = frozenset({"CHAR", CLIENT, "CUKY", "UNIT", "LANG", "LCHR"})
_DIGITS = frozenset({"NUMC", "ACCP"})
_PACKED = frozenset({"CURR", "QUAN", "DEC"})
_INTEGERS = {"INT1": 3, "INT2": 5, "INT4": 10, "INT8": 19}
_BYTES = frozenset({"RAW", "LRAW"})
_UNBOUNDED = frozenset({"STRING", "RAWSTRING", "SSTRING"})


@dataclass(frozen=True)
class Policies:
    """What is done with values for which there is more than one way.

    Attributes:
        dates: with DATS that are no day, e.g. ``20230231``; zeros and blanks are always null.
        times: with TIMS that are no time of day, e.g. ``240000``.
        amounts: ``shifted`` to the decimals that their currency has (TCURX), or as ``stored``.
        refused: with cells that are no value of their type, unless the above say it.
    """

    dates: Strange = "fail"
    times: Strange = "fail"
    amounts: Literal["shifted", "stored"] = "shifted"
    refused: Refused = "fail"


@dataclass(frozen=True)
class DdicType:
    """A type of the dictionary with its length, e.g. ``CURR(13,2)``: characters, digits, bytes."""

    name: str
    length: int = 0
    decimals: int = 0

    @classmethod
    def of(cls, column: Column) -> "DdicType":
        """The type of ``column``.

        Raises:
            UnsupportedType: naming the column, its type and the remedy.
        """
        match = _SPELLING.fullmatch(column.type)
        if match is None or match[1] not in KNOWN:
            raise UnsupportedType(
                f"column {column.name!r} has type {column.type!r}, which has no exact "
                "counterpart; leave it out with the declaration's `columns`"
            )
        return cls(match[1], int(match[2] or 0), int(match[3] or 0))

    @property
    def is_text(self) -> bool:
        """Whether its values are characters that are no digits, dates or times."""
        return self.name in _TEXT

    @property
    def is_digits(self) -> bool:
        """Whether its values are digits that are text: NUMC."""
        return self.name in _DIGITS

    @property
    def is_packed(self) -> bool:
        """Whether its values are decimal numbers."""
        return self.name in _PACKED

    @property
    def is_integer(self) -> bool:
        """Whether its values are whole numbers of some bytes."""
        return self.name in _INTEGERS

    @property
    def is_unbounded(self) -> bool:
        """Whether it has no length and so no place in a line of fixed fields."""
        return self.name in _UNBOUNDED

    @property
    def is_bytes(self) -> bool:
        """Whether its values are bytes, written as hexadecimal digits."""
        return self.name in _BYTES

    @property
    def width(self) -> int:
        """Characters that it takes in a line; 0 if it is unbounded."""
        if self.is_bytes:
            return 2 * self.length
        return _WIDTHS.get(self.name, self.length)


_WIDTHS = {"DATS": 8, "TIMS": 6, "FLTP": FLOAT_WIDTH, "UTCLONG": 27, **_INTEGERS}
KNOWN = (
    _TEXT | _DIGITS | _PACKED | _BYTES | _UNBOUNDED | {"DATS", "TIMS", "FLTP", "UTCLONG"}
).union(_INTEGERS)


@dataclass(frozen=True)
class Fetched:
    """One column of a scan.

    Attributes:
        name: of the field, and of the column in the lake.
        type: in the dictionary.
        kind: how its cells are decoded.
        landed: its Arrow type in the lake.
        currency: the field with its amounts' currency, if they are shifted (``VBAK-WAERK``).
        refused: what becomes of cells that are no value of ``kind``; of all but ``fail``, null.
    """

    name: str
    type: DdicType
    kind: Kind
    landed: "pa.DataType"
    currency: str | None = None
    refused: Literal["null"] | Refused = "fail"


def key_in_client(source: TableSchema) -> tuple[str, ...]:
    """Names of the key's fields but the client, which a logon fixes: it is the first field of all.

    A later field of type CLNT is one like others.
    """
    first = source.columns[0] if source.columns else None
    client = first.name if first is not None and first.type.startswith(CLIENT) else None
    return tuple(name for name in source.primary_key if name != client)


def fetched(column: Column, policies: Policies) -> Fetched:
    """How ``column`` is read and landed.

    Raises:
        UnsupportedType: naming the column, its type and the remedy.
    """
    ddic = DdicType.of(column)
    kind = _kind(ddic, policies)
    refused = _refused(kind, policies)
    if not is_shifted(column, policies):
        return Fetched(column.name, ddic, kind, _landed(ddic, kind), None, refused)
    return Fetched(column.name, ddic, kind, _shifted(column, ddic), column.reference, refused)


def as_text(column: Column) -> Fetched:
    """How ``column`` is read from lines as the characters that stand there, whatever they are."""
    import pyarrow as pa

    return Fetched(column.name, DdicType.of(column), "text", pa.string_view())


def _refused(kind: Kind, policies: Policies) -> Literal["null"] | Refused:
    if {"date": policies.dates, "time": policies.times}.get(kind) == "null":
        return "null"
    return policies.refused if kind in REFUSABLE else "fail"


def is_shifted(column: Column, policies: Policies) -> bool:
    """Whether the amounts of ``column`` are moved to the decimals of their currencies.

    The catalogue records it: such a column has a reference and the most decimals of a currency.
    """
    known = column.reference is not None and column.scale is not None
    return policies.amounts == "shifted" and column.type.startswith("CURR") and known


def most_decimals(ddic: DdicType, currency_decimals: int) -> int:
    """Decimals that an amount has in a currency of ``currency_decimals``."""
    return ddic.decimals - ASSUMED_DECIMALS + currency_decimals


def arrow_type(ddic: DdicType, kind: Kind) -> "pa.DataType":
    """The Arrow type that cells of ``kind`` are decoded to."""
    import pyarrow as pa

    if kind == "decimal":
        return pa.decimal128(ddic.length, ddic.decimals)
    types: dict[Kind, pa.DataType] = {
        "date": pa.date32(),
        "time": pa.time64("ns"),
        "int": pa.int64(),
        "float": pa.float64(),
        "raw": pa.binary(),
    }
    return types.get(kind, pa.string_view())


def _landed(ddic: DdicType, kind: Kind) -> "pa.DataType":
    import pyarrow as pa

    return pa.string_view() if kind == "time" else arrow_type(ddic, kind)  # Delta has no times


def _kind(ddic: DdicType, policies: Policies) -> Kind:
    kinds: dict[str, Kind] = {
        "DATS": "text" if policies.dates == "text" else "date",
        "TIMS": "text" if policies.times == "text" else "time",
        "FLTP": "float",
        "RAWSTRING": "raw",
        "UTCLONG": "utclong",
        **dict.fromkeys(_PACKED, "decimal"),
        **dict.fromkeys(_INTEGERS, "int"),
        **dict.fromkeys(_BYTES, "raw"),
        **dict.fromkeys(_DIGITS, "numc"),
    }
    return kinds.get(ddic.name, "text")


def _shifted(column: Column, ddic: DdicType) -> "pa.DataType":
    import pyarrow as pa

    scale = max(column.scale or 0, 0)
    precision = ddic.length - ddic.decimals + ASSUMED_DECIMALS + scale
    if precision > MOST_DIGITS:
        raise UnsupportedType(
            f"column {column.name!r} is a {column.type} and its currencies have up to {scale} "
            f"decimals, more than {MOST_DIGITS} digits in all; read amounts as stored"
        )
    return pa.decimal128(precision, scale)
