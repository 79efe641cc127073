"""The rows of orders and deliveries: VBAK, VBAP, LIKP and LIPS."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, numbered, pick
from erp_resources.sandbox.company.exact import divide, every, starts, sum_by
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.currencies import CURRENCIES
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import TYPES, UNITS, groups, store_of, texts
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    CONTROLLING_AREA,
    PLANTS,
    taxed,
    users,
)
from erp_resources.sandbox.company.s4.sales import Orders, Sales
from erp_resources.sandbox.company.s4.values import NO_DAY, Value, build

INCOTERMS = ("CPT", "EXW", "DAP")
"""Each customer has one of these."""
_MORNING, _WORKDAY = 8 * 3600, 9 * 3600
_WEIGHT = 90_000
_ORDER, _REQUEST = 0, 1
NOTHING, PARTLY, WHOLLY = range(3)
_STATES = ("A", "B", "C")


def rows(hq: Headquarters, sales: Sales, issued: Keys) -> Iterator[tuple[Table, pa.Table]]:
    """Orders as they stand after everything was delivered and billed, and their deliveries."""
    yield TABLES["VBAK"], _orders(sales, issued)
    yield TABLES["VBAP"], _order_items(hq, sales, issued)
    yield TABLES["LIKP"], _deliveries(hq, sales)
    yield TABLES["LIPS"], _delivery_items(hq, sales, issued)


def item_numbers(sales: Sales) -> Ints:
    """``POSNR`` of each order item, which the items that follow from it keep."""
    return 10 * keys.numbered_within(sales.order_items.order)


def changed_orders(orders: Orders) -> Ints:
    """``AEDAT`` of each order: the day on which the quantity of its first item changed, or none."""
    serial = np.arange(len(orders.day))
    return np.where((every(8, serial)) & (orders.credited < 0), orders.day, NO_DAY)


def entered(days: Ints) -> dict[str, Value]:
    """Who entered documents of these days, and when."""
    serial = np.arange(len(days))
    return {
        "ERDAT": days,
        "ERZET": _MORNING + serial * 7919 % _WORKDAY,
        "ERNAM": users(serial),
    }


def goods(hq: Headquarters, items: Ints) -> dict[str, Value]:
    """What items of all sales documents say about their material."""
    return {
        "MATNR": keys.materials(hq.items).take(pa.array(items)),
        "MATKL": groups(hq.items.line).take(pa.array(items)),
        "ARKTX": texts(hq).take(pa.array(items)),
        "MEINS": pick(UNITS, hq.items.unit[items]),
        "VRKME": pick(UNITS, hq.items.unit[items]),
        "UMVKZ": 1,
        "UMVKN": 1,
    }


def unit_weights(items: Ints) -> Ints:
    """The net weight of one unit of each material, in thousandths of a kilogram."""
    return 1 + items * 7919 % _WEIGHT


def weights(quantities: Ints, items: Ints) -> dict[str, Value]:
    """Gross and net weight of quantities of materials."""
    net = divide(quantities * unit_weights(items), 1000)
    return {"NTGEW": net, "BRGEW": divide(net * 105, 100), "GEWEI": "KG"}


def delivered_items(sales: Sales) -> Ints:
    """Whether each order item was delivered, as 0 or 1."""
    done = np.zeros(len(sales.order_items.order), np.int64)
    done[sales.delivery_items.order_item] = 1
    return done


def _orders(sales: Sales, issued: Keys) -> pa.Table:
    orders, items = sales.orders, sales.order_items
    serial, count = np.arange(len(orders.day)), len(orders.day)
    kind = np.where(orders.credited >= 0, _REQUEST, _ORDER)
    wanted = sum_by(items.order, (~items.rejected).astype(np.int64), count)
    done = sum_by(items.order, delivered_items(sales), count)
    state = np.where(done >= wanted, WHOLLY, np.where(done > 0, PARTLY, NOTHING))
    reference = numbered("PO-", serial * 37 % 90_000, 5)
    columns: dict[str, Value] = {
        "VBELN": issued.orders,
        **entered(orders.day),
        "AUDAT": orders.day,
        "VBTYP": pick(["C", "K"], kind),
        "TRVOG": "0",
        "AUART": pick(["TA", "G2"], kind),
        "AUGRU": pick(["", "101"], kind),
        "LIFSK": pick(["", "01"], (state == NOTHING).astype(np.int64) * (1 - kind)),
        "NETWR": sum_by(items.order, np.where(items.rejected, 0, items.amount), count),
        "WAERK": pick(CURRENCIES, orders.currency),
        "VKORG": pick(COMPANY_CODES, orders.company),
        "VTWEG": "10",
        "SPART": "00",
        "KNUMV": numbered("", 1 + serial, 10),
        "VDATU": orders.day + 7,
        "BSTNK": pc.if_else(pa.array(serial % 4 > 0), reference, ""),
        "BSARK": pick(["DFUE", "MAIL", ""], serial % 3),
        "BSTDK": np.where(serial % 4 > 0, orders.day - 1, NO_DAY),
        "KUNNR": keys.customers(orders.customer),
        "AEDAT": changed_orders(orders),
        "KOKRS": CONTROLLING_AREA,
        "BUKRS_VF": pick(COMPANY_CODES, orders.company),
        "VGBEL": keys.billings(orders.credited),
        "GBSTK": pick(_STATES, np.where(kind == _REQUEST, WHOLLY, state)),
        "LFSTK": pick([*_STATES, ""], np.where(kind == _REQUEST, 3, state)),
    }
    return build(TABLES["VBAK"], count, columns)


def _order_items(hq: Headquarters, sales: Sales, issued: Keys) -> pa.Table:
    items, orders = sales.order_items, take(sales.orders, sales.order_items.order)
    is_request = orders.credited >= 0
    state = np.where(delivered_items(sales) > 0, WHOLLY, NOTHING)
    state = np.where(is_request | items.rejected, 3, state)
    confirmed = np.where(items.rejected, 0, items.quantity)
    columns: dict[str, Value] = {
        "VBELN": issued.orders.take(pa.array(items.order)),
        "POSNR": item_numbers(sales),
        **entered(orders.day),
        **goods(hq, items.item),
        "MATWA": keys.materials(hq.items).take(pa.array(items.item)),
        "PSTYV": pick(["TAN", "G2N"], is_request.astype(np.int64)),
        "LFREL": pick(["X", ""], is_request.astype(np.int64)),
        "FKREL": pick(["A", "C"], is_request.astype(np.int64)),
        "ABGRU": pick(["", "16"], items.rejected.astype(np.int64)),
        "NETWR": items.amount,
        "WAERK": pick(CURRENCIES, orders.currency),
        "NETPR": items.price,
        "KPEIN": hq.price_unit[items.item],
        "KMEIN": pick(UNITS, hq.items.unit[items.item]),
        "KWMENG": items.quantity,
        "KBMENG": confirmed,
        "KLMENG": confirmed,
        **weights(items.quantity, items.item),
        "VGBEL": keys.billings(orders.credited),
        "WERKS": pick(PLANTS, items.plant),
        "LGORT": store_of(hq.items.kind[items.item]),
        "VSTEL": pick(PLANTS, items.plant),
        "KZWI1": items.amount,
        "STCUR": hq.rates.quoted(orders.company, orders.currency, orders.day),
        "PRCTR": pick(PLANTS, items.plant),
        "MWSBP": taxed(hq.customers, items.amount, orders.customer),
        "LFSTA": pick([*_STATES, ""], state),
        "GBSTA": pick([*_STATES, "C"], state),
    }
    return build(TABLES["VBAP"], len(items.order), columns)


def _deliveries(hq: Headquarters, sales: Sales) -> pa.Table:
    heads, items = sales.deliveries, sales.delivery_items
    orders, count = take(sales.orders, sales.deliveries.order), len(sales.deliveries.day)
    ordered = take(sales.order_items, items.order_item)
    each = unit_weights(ordered.item)
    net = sum_by(items.delivery, divide(items.quantity * each, 1000), count)
    billed = np.zeros(count, np.bool_)
    billed[sales.billings.delivery[sales.billings.delivery >= 0]] = True
    planned = np.maximum(heads.day - 1, orders.day)
    columns: dict[str, Value] = {
        "VBELN": keys.deliveries(np.arange(count)),
        **entered(planned),
        "VSTEL": pick(PLANTS, ordered.plant[starts(items.delivery)]),
        "VKORG": pick(COMPANY_CODES, orders.company),
        "LFART": "LF",
        **dict.fromkeys(("WADAT", "LDDAT", "TDDAT", "KODAT"), planned),
        "LFDAT": heads.day + 1,
        "VBTYP": "J",
        "INCO1": pick(INCOTERMS, orders.customer % len(INCOTERMS)),
        "INCO2": hq.customers.city.take(pa.array(orders.customer)),
        "KUNNR": keys.customers(orders.customer),
        "KUNAG": keys.customers(orders.customer),
        "BTGEW": divide(net * 105, 100),
        "NTGEW": net,
        "GEWEI": "KG",
        "ANZPK": 1 + np.arange(count) % 7,
        "LPRIO": 2,
        "BLDAT": planned,
        "WADAT_IST": heads.day,
        "WBSTK": "C",
        "FKSTK": pick(["A", "C"], billed.astype(np.int64)),
        "GBSTK": pick(["B", "C"], billed.astype(np.int64)),
    }
    return build(TABLES["LIKP"], count, columns)


def _delivery_items(hq: Headquarters, sales: Sales, issued: Keys) -> pa.Table:
    items, ordered = sales.delivery_items, take(sales.order_items, sales.delivery_items.order_item)
    day = sales.deliveries.day[items.delivery]
    columns: dict[str, Value] = {
        "VBELN": keys.deliveries(items.delivery),
        "POSNR": item_numbers(sales)[items.order_item],
        "PSTYV": "TAN",
        **entered(day),
        **goods(hq, ordered.item),
        "MATWA": keys.materials(hq.items).take(pa.array(ordered.item)),
        "WERKS": pick(PLANTS, ordered.plant),
        "LGORT": store_of(hq.items.kind[ordered.item]),
        "LFIMG": items.quantity,
        **weights(items.quantity, ordered.item),
        "LGMNG": items.quantity,
        "VGBEL": issued.orders.take(pa.array(ordered.order)),
        "VGPOS": item_numbers(sales)[items.order_item],
        "VGTYP": "C",
        "BWART": "601",
        "SPART": "00",
        "PRCTR": pick(PLANTS, ordered.plant),
        "MTART": pick(TYPES, hq.items.kind[ordered.item]),
        "WBSTA": "C",
        "FKSTA": "C",
    }
    return build(TABLES["LIPS"], len(items.delivery), columns)
