"""Amounts moved to the decimals that their currency has, once, while they are read.

SAP stores amounts as if every currency had two decimals: 100 JPY as 1.00. TCURX has those
currencies that have others; the field with an amount's currency may stand in another table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from erp_resources.connector import TableSchema
from erp_resources.errors import ValueDoesNotFit
from erp_resources.sap.fields import Described, character_field
from erp_resources.sap.types import ASSUMED_DECIMALS, Fetched, most_decimals

if TYPE_CHECKING:
    import pyarrow as pa

DECIMALS_TABLE = "TCURX"
DECIMALS_FIELDS = (character_field("CURRKEY", 5), character_field("CURRDEC", 3))
SEPARATOR = "\0"


@dataclass(frozen=True)
class Link:
    """How rows of a table find the row of another one that has their currency.

    Attributes:
        table: the other one; ``field`` its field with the currency.
        columns: fields of the one, equal to the fields ``key`` of the other.
    """

    table: str
    field: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def link(source: TableSchema, reference: str, referred: Described) -> Link | None:
    """How ``source`` finds the currency that ``reference`` (``BKPF-WAERS``) means, if it can.

    Each field of the other table's key has a namesake in ``source``; of a key of one field the
    only column that the other table checks does as well.
    """
    key = tuple(name for name in referred.key if name != referred.client)
    own = {column.name for column in source.columns}
    checked = [each.columns[-1] for each in source.foreign_keys if each.table == referred.table]
    _, _, field = reference.partition("-")
    if key and set(key) <= own:
        return Link(referred.table, field, key, key)
    if len(key) == 1 and len(checked) == 1:
        return Link(referred.table, field, (checked[0],), key)
    return None


def is_own(reference: str, table: str) -> bool:
    """Whether the currency stands in the table itself."""
    return reference.partition("-")[0] == table


def looked_up(rows: "pa.Table", others: "pa.Table", through: Link) -> "pa.Array":
    """The currency of each row, null where the other table has no row for it."""
    import pyarrow.compute as pc

    places = pc.index_in(_key(rows, through.columns), value_set=_key(others, through.key))
    return _texts(others[through.field]).take(places)


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


def _key(rows: "pa.Table", names: Sequence[str]) -> "pa.Array":
    import pyarrow.compute as pc

    columns = [_texts(rows[name]) for name in names]
    return pc.binary_join_element_wise(*columns, SEPARATOR) if len(columns) > 1 else columns[0]


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
