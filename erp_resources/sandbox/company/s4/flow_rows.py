"""The document flow of sales, VBFA: what followed from which item of which document."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, pick
from erp_resources.sandbox.company.exact import joint
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.currencies import CURRENCIES
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import Movements
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import UNITS
from erp_resources.sandbox.company.s4.sales import Sales
from erp_resources.sandbox.company.s4.sales_rows import item_numbers
from erp_resources.sandbox.company.s4.values import Value, build

_SCATTER = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)  # odd: different numbers stay different


@dataclass(frozen=True)
class _Links:
    """Links of one kind, one per position: ``kinds`` are the categories of both documents."""

    kinds: tuple[str, str]
    before: pa.Array
    after: pa.Array
    number: Ints
    order_item: Ints
    quantity: Ints
    amount: Ints
    day: Ints
    year: Ints


def rows(
    hq: Headquarters, sales: Sales, issued: Keys, moved: Movements
) -> Iterator[tuple[Table, pa.Table]]:
    """VBFA; ``moved`` are all goods movements, in the order of their material documents."""
    kinds = (
        _delivered(sales, issued),
        _gone(sales, issued, moved),
        _billed(sales, issued, is_memo=False),
        _billed(sales, issued, is_memo=True),
        _requested(sales, issued),
    )
    count = sum(len(links.day) for links in kinds)
    item = joint(links.order_item for links in kinds)
    ordered = take(sales.order_items, item)
    quantity = joint(links.quantity for links in kinds)
    of = np.repeat(np.arange(len(kinds)), [len(links.day) for links in kinds])
    columns: dict[str, Value] = {
        "RUUID": identifiers(1, count),
        "VBELV": pa.concat_arrays([links.before for links in kinds]),
        "POSNV": item_numbers(sales)[item],
        "VBELN": pa.concat_arrays([links.after for links in kinds]),
        "POSNN": joint(links.number for links in kinds),
        "VBTYP_V": pick([links.kinds[0] for links in kinds], of),
        "VBTYP_N": pick([links.kinds[1] for links in kinds], of),
        "RFMNG": quantity,
        "MEINS": pick(UNITS, hq.items.unit[ordered.item]),
        "RFWRT": joint(links.amount for links in kinds),
        "WAERS": pick(CURRENCIES, sales.orders.currency[ordered.order]),
        "PLMIN": "+",
        "ERDAT": joint(links.day for links in kinds),
        "ERZET": 8 * 3600 + np.arange(count) * 7919 % 30_000,
        "MATNR": keys.materials(hq.items).take(pa.array(ordered.item)),
        "BWART": pick(["601" if links.kinds[1] == "R" else "" for links in kinds], of),
        "RFMNG_FLO": pa.array(quantity / 1000),
        "MJAHR": joint(links.year for links in kinds),
    }
    yield TABLES["VBFA"], build(TABLES["VBFA"], count, columns)


def identifiers(first: int, count: int) -> pa.Array:
    """Sixteen bytes that look like chance and are unique; ``first`` counts from 1."""
    serial = np.arange(first, first + count, dtype=np.uint64)
    words = np.stack([serial * np.uint64(factor) for factor in _SCATTER], axis=1)
    fixed = pa.Array.from_buffers(pa.binary(16), count, [None, pa.py_buffer(words)])
    return fixed.cast(pa.binary())


def _delivered(sales: Sales, issued: Keys) -> _Links:
    items = sales.delivery_items
    ordered = take(sales.order_items, items.order_item)
    return _Links(
        ("C", "J"),
        issued.orders.take(pa.array(ordered.order)),
        keys.deliveries(items.delivery),
        item_numbers(sales)[items.order_item],
        items.order_item,
        items.quantity,
        ordered.amount,
        sales.deliveries.day[items.delivery],
        np.zeros_like(items.quantity),
    )


def _gone(sales: Sales, issued: Keys, moved: Movements) -> _Links:
    number = keys.numbered_within(moved.slip)
    here = np.flatnonzero(moved.delivery_item >= 0)
    gone, items = take(moved, here), take(sales.delivery_items, moved.delivery_item[here])
    return _Links(
        ("J", "R"),
        keys.deliveries(items.delivery),
        issued.slips.take(pa.array(gone.slip)),
        number[here],
        items.order_item,
        items.quantity,
        np.zeros_like(items.quantity),
        sales.deliveries.day[items.delivery],
        issued.slip_years[gone.slip],
    )


def _billed(sales: Sales, issued: Keys, *, is_memo: bool) -> _Links:
    """Invoices follow deliveries, credit memos follow requests."""
    of = take(sales.billings, sales.billing_items.billing)
    here = (of.delivery < 0) == is_memo
    items, heads = take(sales.billing_items, here), take(of, here)
    request = issued.orders.take(pa.array(heads.order))
    return _Links(
        ("K", "O") if is_memo else ("J", "M"),
        request if is_memo else keys.deliveries(heads.delivery),
        keys.billings(items.billing),
        item_numbers(sales)[items.order_item],
        items.order_item,
        items.quantity,
        items.amount,
        heads.day,
        np.zeros_like(items.quantity),
    )


def _requested(sales: Sales, issued: Keys) -> _Links:
    """Credit memo requests follow invoices."""
    here = np.flatnonzero(sales.orders.credited[sales.order_items.order] >= 0)
    items = take(sales.order_items, here)
    orders = take(sales.orders, items.order)
    return _Links(
        ("M", "K"),
        keys.billings(orders.credited),
        issued.orders.take(pa.array(items.order)),
        item_numbers(sales)[here],
        here,
        items.quantity,
        items.amount,
        orders.day,
        np.zeros_like(items.quantity),
    )
