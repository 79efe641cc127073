"""The history of purchase orders, EKBE: their goods receipts and returns, and their invoices."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, pick
from erp_resources.sandbox.company.exact import convert
from erp_resources.sandbox.company.periods import DAY, day_of
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import Movements
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.organization import PLANTS, users
from erp_resources.sandbox.company.s4.payables import Invoices
from erp_resources.sandbox.company.s4.purchasing import Purchases
from erp_resources.sandbox.company.s4.purchasing_rows import STEP
from erp_resources.sandbox.company.s4.values import Value, build


@dataclass(frozen=True)
class _Events:
    """What happened to an order's item, one event per position.

    ``cleared`` is what an event adds to or takes from the clearing account, ``line`` the item of
    the material document or invoice, ``moment`` in seconds since the first day began.
    """

    order_item: Ints
    moment: Ints
    quantity: Ints
    amount: Ints
    local: Ints
    cleared: Ints
    line: Ints


def rows(
    hq: Headquarters, purchases: Purchases, invoices: Invoices, issued: Keys, moved: Movements
) -> Iterator[tuple[Table, pa.Table]]:
    """EKBE; ``moved`` are all goods movements as they were booked."""
    here = np.flatnonzero(moved.order_item >= 0)
    goods = _goods(purchases, keys.numbered_within(moved.slip)[here])
    bills, invoice = _bills(hq, purchases, invoices)
    slips = issued.slips.take(pa.array(moved.slip[here]))
    number = pa.concat_arrays([slips, keys.invoices(invoice)])
    is_bill = np.repeat([0, 1], [len(here), len(invoice)])
    columns = _columns(purchases, stack(goods, bills), is_bill)
    material = purchases.items.item[np.concatenate([goods.order_item, bills.order_item])]
    columns |= {
        "BELNR": number,
        "XBLNR": number,
        "MATNR": keys.materials(hq.items).take(pa.array(material)),
    }
    yield TABLES["EKBE"], build(TABLES["EKBE"], len(number), columns)


def _goods(purchases: Purchases, line: Ints) -> _Events:
    """Receipts and returns, which are in the order of their movements."""
    moved = purchases.receipts
    return _Events(
        moved.order_item,
        moved.moment,
        moved.quantity,
        moved.amount,
        moved.local,
        moved.local,
        line,
    )


def _bills(hq: Headquarters, purchases: Purchases, invoices: Invoices) -> tuple[_Events, Ints]:
    """What invoices ask for, and the invoice of each event."""
    here = np.flatnonzero(invoices.of_order[purchases.items.order] >= 0)
    items = take(purchases.items, here)
    orders, invoice = take(purchases.orders, items.order), invoices.of_order[items.order]
    day, billed = invoices.day[invoice], invoices.billed[here]
    local = convert(billed, hq.rates.of(orders.company, orders.currency, day))
    line = keys.numbered_within(invoice)
    moment = day * DAY + 8 * 3600 + invoice * 7919 % 30_000
    events = _Events(here, moment, items.quantity, billed, local, items.owed, line)
    return events, invoice


def _columns(purchases: Purchases, events: _Events, is_bill: Ints) -> dict[str, Value]:
    items = take(purchases.items, events.order_item)
    orders, day = take(purchases.orders, items.order), day_of(events.moment)
    is_return = events.quantity < 0
    quantity, local = np.abs(events.quantity), np.abs(events.local)
    return {
        "EBELN": keys.purchase_orders(items.order),
        "EBELP": STEP * keys.numbered_within(purchases.items.order)[events.order_item],
        "VGABE": pick(["1", "2"], is_bill),
        "GJAHR": keys.year_of(day),
        "BUZEI": events.line,
        "BEWTP": pick(["E", "Q"], is_bill),
        "BWART": pick(["101", "122", ""], np.where(is_bill > 0, 2, is_return)),
        "BUDAT": day,
        "MENGE": quantity,
        "BPMNG": quantity,
        "DMBTR": local,
        "WRBTR": np.abs(events.amount),
        "WAERS": pick(CURRENCIES, orders.currency),
        "AREWR": np.abs(events.cleared),
        "SHKZG": pick(["S", "H"], is_return.astype(np.int64)),
        "ELIKZ": "X",
        "CPUDT": day,
        "CPUTM": events.moment % DAY,
        "REEWR": local * is_bill,
        "WERKS": pick(PLANTS, items.plant),
        "ERNAM": users(items.order),
        "HSWAE": pick(CURRENCIES, LOCAL[orders.company]),
        "BLDAT": day,
    }
