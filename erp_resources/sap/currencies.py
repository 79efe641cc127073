"""Amounts moved to the decimals that their currency has, once, while they are read.

SAP stores amounts as if every currency had two decimals: 100 JPY as 1.00. TCURX has those
currencies that have others.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from erp_resources.errors import ValueDoesNotFit
from erp_resources.sap.fields import character_field
from erp_resources.sap.types import ASSUMED_DECIMALS, Fetched, most_decimals

if TYPE_CHECKING:
    import pyarrow as pa

DECIMALS_TABLE = "TCURX"
DECIMALS_FIELDS = (character_field("CURRKEY", 5), character_field("CURRDEC", 3))


def shifted(
    rows: "pa.Table",
    amount: Fetched,
    currencies: "pa.Array | pa.ChunkedArray",
    decimals: Mapping[str, int],
) -> "pa.Array":
    """The amounts of one column in its landed type.

    Args:
        currencies: of each row.
        decimals: of the currencies that do not have two (TCURX).

    Raises:
        ValueDoesNotFit: a currency is unknown, or has more decimals than the column.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    exponents = _exponents(amount, decimals)
    names = _texts(currencies)
    distinct = pc.unique(names).to_pylist()
    default = amount.landed.scale - most_decimals(amount.type, ASSUMED_DECIMALS)
    by_place = [exponents.get(each, default) for each in distinct]
    for each, exponent in zip(distinct, by_place, strict=True):
        if each is None or exponent < 0:
            raise ValueDoesNotFit(_refusal(amount, each))
    factors = pa.array([10**exponent for exponent in by_place], pa.int64())
    places = pc.index_in(names, value_set=pa.array(distinct, pa.string()))
    return _multiplied(rows[amount.name], factors.take(places), amount.landed)


def _exponents(amount: Fetched, decimals: Mapping[str, int]) -> dict[str, int]:
    """By how many places the digits of each currency move in the landed type."""
    scale: int = amount.landed.scale
    return {name: scale - most_decimals(amount.type, each) for name, each in decimals.items()}


def _multiplied(
    stored: "pa.ChunkedArray", factors: "pa.Array", landed: "pa.DataType"
) -> "pa.Array":
    """The digits of ``stored`` times ``factors``, as digits of ``landed``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = _as_scale(stored.combine_chunks(), pa.decimal128(stored.type.precision, 0))
    wide = digits.cast(pa.decimal256(landed.precision, 0))
    product = pc.multiply(wide, factors.cast(pa.decimal256(19, 0)))
    return _as_scale(product.cast(pa.decimal128(landed.precision, 0)), landed)


def _as_scale(numbers: "pa.Array", kind: "pa.DataType") -> "pa.Array":
    """The same digits with the point at another place."""
    import pyarrow as pa

    return pa.Array.from_buffers(kind, len(numbers), numbers.buffers(), offset=numbers.offset)


def _texts(column: "pa.Array | pa.ChunkedArray") -> "pa.Array":
    """A column as one array of strings: Arrow can neither take nor look up string views."""
    import pyarrow as pa

    texts = column.cast(pa.string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _refusal(amount: Fetched, currency: str | None) -> str:
    if currency is None:
        return (
            f"amounts of {amount.name!r} have no row in {amount.currency}, which has their "
            "currency; read amounts as stored"
        )
    return (
        f"currency {currency!r} has more decimals than column {amount.name!r} lands with; "
        "run `erp catalog refresh` or declare more in `scales`"
    )
