"""The rows of material documents: MKPF and MSEG."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, numbered, pick
from erp_resources.sandbox.company.periods import DAY, day_of
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.chart import NUMBERS
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import OFFSETS, Move, Movements, Warehouse
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import UNITS, store_of
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    PLANT_COMPANIES,
    PLANTS,
    users,
)
from erp_resources.sandbox.company.s4.purchasing import Purchases
from erp_resources.sandbox.company.s4.sales import Sales
from erp_resources.sandbox.company.s4.sales_rows import item_numbers
from erp_resources.sandbox.company.s4.values import Value, build

CODES = {
    Move.DELIVERY: ("601", "WL", "WL", "VL02N", "L", ""),
    Move.PURCHASE_RECEIPT: ("101", "WE", "WE", "MIGO", "B", ""),
    Move.VENDOR_RETURN: ("122", "WE", "WE", "MIGO", "B", ""),
    Move.JOB_ISSUE: ("261", "WA", "WA", "MB1A", "", "V"),
    Move.JOB_RECEIPT: ("101", "WF", "WE", "MB31", "F", ""),
    Move.SCRAP: ("551", "WA", "WA", "MIGO", "", ""),
    Move.FOUND: ("701", "WI", "WI", "MI07", "I", ""),
    Move.OPENING: ("561", "WA", "WA", "MIGO", "", ""),
}
"""Movement, transaction and document type, transaction, movement and consumption indicator."""
_BWART, _VGART, _BLART, _TCODE, _KZBEW, _KZVBR = zip(*(CODES[move] for move in Move), strict=True)
_TEXTS = ("", "Inventurdifferenz", "réception partielle", 'zwrot "B"|uszkodzony', "Bin 007")


def rows(
    hq: Headquarters, house: Warehouse, sales: Sales, purchases: Purchases, issued: Keys
) -> Iterator[tuple[Table, pa.Table]]:
    """All material documents, in the order in which they were booked."""
    moved = house.movements()
    yield TABLES["MKPF"], _headers(house, sales, moved, issued)
    yield TABLES["MSEG"], _items(hq, house, sales, purchases, issued)


def _headers(house: Warehouse, sales: Sales, moved: Movements, issued: Keys) -> pa.Table:
    slips = house.slips()
    count, day = len(slips.move), day_of(slips.moment)
    delivery = np.full(count, -1)
    delivery[moved.slip] = _deliveries(sales, moved)
    columns: dict[str, Value] = {
        "MBLNR": issued.slips,
        "MJAHR": issued.slip_years,
        "VGART": pick(_VGART, slips.move),
        "BLART": pick(_BLART, slips.move),
        "BLDAT": day,
        "BUDAT": day,
        "CPUDT": day,
        "CPUTM": slips.moment % DAY,
        "USNAM": users(np.arange(count)),
        "TCODE": pick(_TCODE, slips.move),
        "XBLNR": keys.deliveries(delivery),
        "BKTXT": pick(_TEXTS, np.where(np.arange(count) % 9 > 0, 0, np.arange(count) // 9 % 5)),
        "TCODE2": pick(_TCODE, slips.move),
        "LE_VBELN": keys.deliveries(delivery),
    }
    return build(TABLES["MKPF"], count, columns)


def _deliveries(sales: Sales, moved: Movements) -> Ints:
    """The delivery of each movement, or a negative number."""
    delivery = sales.delivery_items.delivery[moved.delivery_item]
    return np.where(moved.delivery_item < 0, -1, delivery)


def _items(
    hq: Headquarters, house: Warehouse, sales: Sales, purchases: Purchases, issued: Keys
) -> pa.Table:
    moved, kind = house.movements(), house.slips().move[house.movements().slip]
    company, number = PLANT_COMPANIES[moved.plant], keys.numbered_within(moved.slip)
    unit, quantity = pick(UNITS, hq.items.unit[moved.item]), np.abs(moved.quantity)
    moment = house.slips().moment[moved.slip]
    job = numbered("", np.maximum(moved.job, 0), 12)
    columns: dict[str, Value] = {
        "MBLNR": issued.slips.take(pa.array(moved.slip)),
        "MJAHR": issued.slip_years[moved.slip],
        "ZEILE": number,
        "LINE_ID": number,
        "BWART": pick(_BWART, kind),
        "MATNR": keys.materials(hq.items).take(pa.array(moved.item)),
        "WERKS": pick(PLANTS, moved.plant),
        "LGORT": store_of(hq.items.kind[moved.item]),
        "SHKZG": pick(["H", "S"], (moved.quantity > 0).astype(np.int64)),
        "WAERS": pick(CURRENCIES, LOCAL[company]),
        "DMBTR": np.abs(moved.worth),
        "MENGE": quantity,
        "MEINS": unit,
        "ERFMG": quantity,
        "ERFME": unit,
        **_causes(sales, purchases, moved),
        "SGTXT": pick(_TEXTS, np.where(number % 7 > 0, 0, moved.slip % len(_TEXTS))),
        "AUFNR": pc.if_else(pa.array(moved.job >= 0), job, ""),
        "GJAHR": issued.slip_years[moved.slip],
        "BUKRS": pick(COMPANY_CODES, company),
        "SAKTO": NUMBERS.take(pa.array(OFFSETS[kind])),
        "PRCTR": pick(PLANTS, moved.plant),
        "KZBEW": pick(_KZBEW, kind),
        "KZVBR": pick(_KZVBR, kind),
        "BUDAT_MKPF": day_of(moment),
        "CPUDT_MKPF": day_of(moment),
        "CPUTM_MKPF": moment % DAY,
        "USNAM_MKPF": users(moved.slip),
        "TCODE2_MKPF": pick(_TCODE, kind),
    }
    return build(TABLES["MSEG"], len(moved.slip), columns)


def _causes(sales: Sales, purchases: Purchases, moved: Movements) -> dict[str, Value]:
    """The delivery and customer, or the purchase order and vendor, of each movement."""
    delivery = _deliveries(sales, moved)
    shipped = take(sales.delivery_items, moved.delivery_item)
    is_shipped, is_bought = moved.delivery_item >= 0, moved.order_item >= 0
    customer = sales.orders.customer[sales.deliveries.order[delivery]]
    order = np.where(is_bought, purchases.items.order[moved.order_item], -1)
    number = keys.numbered_within(purchases.items.order)[moved.order_item]
    position = np.where(is_shipped, item_numbers(sales)[shipped.order_item], 0)
    vendor = np.where(is_bought, purchases.orders.vendor[order], -1)
    return {
        "KUNNR": keys.customers(np.where(is_shipped, customer, -1)),
        "LIFNR": keys.vendors(vendor),
        "EBELN": keys.purchase_orders(order),
        "EBELP": np.where(is_bought, 10 * number, 0),
        "VBELN_IM": keys.deliveries(delivery),
        "VBELP_IM": position,
        "XBLNR_MKPF": keys.deliveries(delivery),
    }
