"""The rows of purchase orders: EKKO and EKPO."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import joined, numbered, pick
from erp_resources.sandbox.company.exact import every, sum_by
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.currencies import CURRENCIES
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.materials import UNITS, groups, store_of, texts
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    PLANTS,
    terms,
    terms_days,
    users,
)
from erp_resources.sandbox.company.s4.payables import Invoices
from erp_resources.sandbox.company.s4.purchasing import Purchases
from erp_resources.sandbox.company.s4.values import Value, build, flag

STEP = 10
"""Between the numbers of an order's items."""


def rows(
    hq: Headquarters, purchases: Purchases, invoices: Invoices
) -> Iterator[tuple[Table, pa.Table]]:
    """EKKO and EKPO."""
    yield TABLES["EKKO"], _headers(hq, purchases)
    yield TABLES["EKPO"], _items(hq, purchases, invoices)


def _headers(hq: Headquarters, purchases: Purchases) -> pa.Table:
    orders, items = purchases.orders, purchases.items
    count = len(orders.day)
    serial = np.arange(count)
    last = sum_by(items.order, np.full(len(items.order), STEP), count)
    value = hq.worth(items.quantity, items.price, items.item)
    columns: dict[str, Value] = {
        "EBELN": keys.purchase_orders(serial),
        "BUKRS": pick(COMPANY_CODES, orders.company),
        "BSTYP": "F",
        "BSART": "NB",
        "STATU": "9",
        "AEDAT": orders.day,
        "ERNAM": users(serial),
        "PINCR": STEP,
        "LPONR": last,
        "LIFNR": keys.vendors(orders.vendor),
        "SPRAS": pick(["D", "E", "J"], orders.company),
        "ZTERM": terms(orders.vendor),
        "ZBD1T": terms_days(orders.vendor),
        "EKORG": pick(COMPANY_CODES, orders.company),
        "EKGRP": pick(["001", "002", "003"], serial % 3),
        "WAERS": pick(CURRENCIES, orders.currency),
        "WKURS": hq.rates.quoted(orders.company, orders.currency, np.maximum(orders.day, 0)),
        "BEDAT": orders.day,
        "IHREZ": pc.if_else(pa.array(every(5, serial)), numbered("A|", serial), ""),
        "KNUMV": numbered("", 70_000_001 + serial, 10),
        "FRGKE": "2",
        "PROCSTAT": "05",
        "RLWRT": sum_by(items.order, value, count),
    }
    return build(TABLES["EKKO"], count, columns)


def _items(hq: Headquarters, purchases: Purchases, invoices: Invoices) -> pa.Table:
    items, orders = purchases.items, take(purchases.orders, purchases.items.order)
    unit = pick(UNITS, hq.items.unit[items.item])
    material = keys.materials(hq.items).take(pa.array(items.item))
    value = hq.worth(items.quantity, items.price, items.item)
    columns: dict[str, Value] = {
        "EBELN": keys.purchase_orders(items.order),
        "EBELP": STEP * keys.numbered_within(items.order),
        "STATU": "9",
        "AEDAT": orders.day,
        "TXZ01": texts(hq).take(pa.array(items.item)),
        "MATNR": material,
        "EMATN": material,
        "BUKRS": pick(COMPANY_CODES, orders.company),
        "WERKS": pick(PLANTS, items.plant),
        "LGORT": store_of(hq.items.kind[items.item]),
        "MATKL": groups(hq.items.line).take(pa.array(items.item)),
        "IDNLF": joined("V-", numbered("", orders.vendor + 1, 3), numbered("/", items.item)),
        "MENGE": items.quantity,
        "MEINS": unit,
        "BPRME": unit,
        **dict.fromkeys(("BPUMZ", "BPUMN", "UMREZ", "UMREN"), 1),
        "NETPR": items.price,
        "PEINH": hq.price_unit[items.item],
        "NETWR": value,
        "BRTWR": value,
        "WEBAZ": items.item % 3,
        "ELIKZ": "X",
        "EREKZ": flag(invoices.of_order[items.order] >= 0),
        "PSTYP": "0",
        "WEPOS": "X",
        "REPOS": "X",
        "LMEIN": unit,
        "PRCTR": pick(PLANTS, items.plant),
    }
    return build(TABLES["EKPO"], len(items.order), columns)
