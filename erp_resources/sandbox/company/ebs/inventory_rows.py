"""The rows of MTL_SYSTEM_ITEMS_B, MTL_MATERIAL_TRANSACTIONS and MTL_ONHAND_QUANTITIES_DETAIL."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Flags,
    Ints,
    Value,
    build,
    cost,
    pick,
    quantity,
)
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.costs import at_plant
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.declarations import inventory as inv
from erp_resources.sandbox.company.ebs.inventory import (
    NONE,
    STORE_CODES,
    Move,
    Movements,
    Warehouse,
)
from erp_resources.sandbox.company.ebs.organizations import (
    BRANCH,
    DEPOT,
    MASTER_ORGANIZATION,
    PLANT,
    PLANT_IDS,
    PLANT_LEDGERS,
)
from erp_resources.sandbox.company.ebs.receivables_rows import FIRST_ORDER, FIRST_ORDER_LINE
from erp_resources.sandbox.company.ebs.structures import FIRST_ITEM_ID
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.exact import joint
from erp_resources.sandbox.company.masters import UNITS, Kind
from erp_resources.sandbox.company.periods import EPOCH, HOUR, at, day_of, month_of

FIRST_PURCHASE_ORDER = 600_001
_FIRST_TRANSACTION_ID = 10_000_001
_FIRST_ONHAND_ID = 900_001
_FIRST_PERIOD_ID = 401
_ITEMS_CREATED = -700  # days
_TYPES = ("FG", "SA", "SA", "P", "RM", "TRADE")
_BULK_WEIGHT = "KG"

_CODES = {
    Move.SALES_ISSUE: (33, 1, 2),
    Move.RETURN_RECEIPT: (15, 27, 12),
    Move.PURCHASE_RECEIPT: (18, 27, 1),
    Move.VENDOR_RETURN: (36, 1, 1),
    Move.JOB_ISSUE: (35, 1, 5),
    Move.COMPLETION: (44, 31, 5),
    Move.SCRAP: (32, 1, 13),
    Move.FOUND: (42, 27, 13),
    Move.OPENING: (42, 27, 13),
}
_TYPE_ACTION_SOURCE: Ints = np.array([_CODES[move] for move in Move])
_FIRST_ORDERS: Ints = np.array(
    [FIRST_ORDER, FIRST_ORDER, FIRST_PURCHASE_ORDER, FIRST_PURCHASE_ORDER, 0, 0, 0, 0, 0]
)
_REFERENCES = (
    None,
    "Inventurdifferenz",
    "réception partielle",
    'zwrot "B"\tuszkodzony',
    "Bin 007 ",
)


def item_rows(company: Subsidiary) -> Iterator[tuple[Table, pa.Table]]:
    """Each item in the master organization and in those that keep it."""
    items = company.items
    made_here = items.kind != Kind.TRADE
    sold = np.isin(items.kind, (Kind.FINISHED, Kind.TRADE))
    chosen = (np.ones(len(sold), np.bool_), made_here, ~made_here, sold)
    item = joint(np.flatnonzero(flags) for flags in chosen)
    places = (MASTER_ORGANIZATION, *(int(PLANT_IDS[p]) for p in (PLANT, DEPOT, BRANCH)))
    place = np.repeat(places, [int(flags.sum()) for flags in chosen])
    yield inv.MTL_SYSTEM_ITEMS_B, _items(company, item, place)


def _items(company: Subsidiary, item: Ints, place: Ints) -> pa.Table:
    kind, line = company.items.kind[item], company.items.line[item]
    ledger = np.where(place == PLANT_IDS[BRANCH], 1, 0)
    is_made, price = kind < Kind.RAW, company.items.price[item]
    weight = 1 + item * 7919 % 90_000
    columns: dict[str, Value] = {
        "INVENTORY_ITEM_ID": FIRST_ITEM_ID + item,
        "ORGANIZATION_ID": place,
        "SEGMENT1": company.items.code.take(pa.array(item)),
        "DESCRIPTION": company.items.description.take(pa.array(item)),
        "ITEM_TYPE": pick(_TYPES, kind),
        "PRIMARY_UOM_CODE": pick(UNITS, company.items.unit[item]),
        "INVENTORY_ITEM_STATUS_CODE": pick(["Inactive", "Active"], np.minimum(item % 60, 1)),
        "PLANNING_MAKE_BUY_CODE": np.where(is_made, 1, 2),
        "BOM_ENABLED_FLAG": _flag(kind != Kind.TRADE),
        "PURCHASING_ENABLED_FLAG": _flag(~is_made),
        "CUSTOMER_ORDER_ENABLED_FLAG": _flag(np.isin(kind, (Kind.FINISHED, Kind.TRADE))),
        "LIST_PRICE_PER_UNIT": cost(price, price > 0),
        "FIXED_LEAD_TIME": Cells(1 + item % 20, 0, item % 5 > 0),
        "SAFETY_STOCK_BUCKET_DAYS": Cells(5 * (item % 4), 0, item % 3 > 0),
        "UNIT_WEIGHT": quantity(weight, item % 4 > 0),
        "WEIGHT_UOM_CODE": pick([None, _BULK_WEIGHT], np.minimum(item % 4, 1)),
        "COST_OF_SALES_ACCOUNT": chart.IDS[chart.combination(chart.COST_OF_SALES, ledger, line)],
        "SALES_ACCOUNT": chart.IDS[chart.combination(chart.HOME_SALES, ledger, line)],
        **who(at(_ITEMS_CREATED + item % 600, 8 * HOUR + item * 37 % 30_000)),
    }
    return build(inv.MTL_SYSTEM_ITEMS_B, len(item), columns)


def _flag(flags: Flags) -> pa.Array:
    return pick(["N", "Y"], flags.astype(np.int64))


def movement_rows(company: Subsidiary, house: Warehouse) -> Iterator[tuple[Table, pa.Table]]:
    """Every movement in order of time, and the stock that came of it."""
    moved = house.all_movements()
    yield inv.MTL_MATERIAL_TRANSACTIONS, _movements(company, moved)
    yield inv.MTL_ONHAND_QUANTITIES_DETAIL, _onhand(company, house.stock, moved)


def _movements(company: Subsidiary, moved: Movements) -> pa.Table:
    serial = np.arange(len(moved.move))
    kind, action, source = _TYPE_ACTION_SOURCE[moved.move].T.copy()
    ledger = PLANT_LEDGERS[moved.plant]
    unit = pick(UNITS, company.items.unit[moved.item])
    is_purchase = moved.price > 0
    noted = np.where(serial % 25 > 0, 0, serial // 25 % len(_REFERENCES))
    columns: dict[str, Value] = {
        "TRANSACTION_ID": _FIRST_TRANSACTION_ID + serial,
        "INVENTORY_ITEM_ID": FIRST_ITEM_ID + moved.item,
        "ORGANIZATION_ID": PLANT_IDS[moved.plant],
        "SUBINVENTORY_CODE": pick(STORE_CODES, moved.store),
        "TRANSACTION_TYPE_ID": kind,
        "TRANSACTION_ACTION_ID": action,
        "TRANSACTION_SOURCE_TYPE_ID": source,
        "TRANSACTION_SOURCE_ID": Cells(
            _FIRST_ORDERS[moved.move] + moved.order, 0, moved.order != NONE
        ),
        "TRX_SOURCE_LINE_ID": Cells(
            FIRST_ORDER_LINE + moved.order_line, 0, moved.order_line != NONE
        ),
        "TRANSACTION_QUANTITY": quantity(moved.quantity),
        "TRANSACTION_UOM": unit,
        "PRIMARY_QUANTITY": quantity(moved.quantity),
        "TRANSACTION_DATE": EPOCH + moved.moment,
        "ACCT_PERIOD_ID": _FIRST_PERIOD_ID + month_of(day_of(moved.moment)),
        "TRANSACTION_COST": cost(moved.price, is_purchase),
        "ACTUAL_COST": cost(at_plant(company.costs, moved.item, moved.plant)),
        "COSTED_FLAG": None,
        "CURRENCY_CODE": pick(
            [None, *CURRENCIES], np.where(is_purchase, 1 + FUNCTIONAL[ledger], 0)
        ),
        "REASON_ID": Cells(1 + serial % 4, 0, moved.move == Move.SCRAP),
        "TRANSACTION_REFERENCE": pick(_REFERENCES, noted),
        "DISTRIBUTION_ACCOUNT_ID": _offsets(company, moved),
        **who(EPOCH + moved.moment + 60 + serial % 900),
    }
    return build(inv.MTL_MATERIAL_TRANSACTIONS, len(serial), columns)


def _offsets(company: Subsidiary, moved: Movements) -> Cells:
    """The other account of sales and miscellaneous movements."""
    ledger, line = PLANT_LEDGERS[moved.plant], company.items.line[moved.item]
    sales = chart.combination(chart.COST_OF_SALES, ledger, line)
    adjusted = chart.combination(chart.STOCK_ADJUSTMENT, ledger)
    opening = chart.combination(chart.OPENING_STOCK, ledger)
    is_sale = moved.move <= Move.RETURN_RECEIPT
    other = np.where(moved.move == Move.OPENING, opening, adjusted)
    present = is_sale | (moved.move >= Move.SCRAP)
    return Cells(chart.IDS[np.where(is_sale, sales, other)], 0, present)


def _onhand(company: Subsidiary, stock: Ints, moved: Movements) -> pa.Table:
    """Where there is stock, or less than none; the dates are of the first and last movement."""
    item, plant, store = np.nonzero(stock)
    serial = np.arange(len(item))
    first, last = np.full(stock.shape, 1 << 60), np.zeros(stock.shape, np.int64)
    np.minimum.at(first, (moved.item, moved.plant, moved.store), moved.moment)
    np.maximum.at(last, (moved.item, moved.plant, moved.store), moved.moment)
    amount = quantity(stock[item, plant, store])
    unit = pick(UNITS, company.items.unit[item])
    began, ended = EPOCH + first[item, plant, store], EPOCH + last[item, plant, store]
    columns: dict[str, Value] = {
        "ONHAND_QUANTITIES_ID": _FIRST_ONHAND_ID + serial,
        "INVENTORY_ITEM_ID": FIRST_ITEM_ID + item,
        "ORGANIZATION_ID": PLANT_IDS[plant],
        "SUBINVENTORY_CODE": pick(STORE_CODES, store),
        "PRIMARY_TRANSACTION_QUANTITY": amount,
        "TRANSACTION_QUANTITY": amount,
        "TRANSACTION_UOM_CODE": unit,
        "DATE_RECEIVED": began,
        "LOT_NUMBER": None,
        "IS_CONSIGNED": 2,
        **who(began, ended),
    }
    return build(inv.MTL_ONHAND_QUANTITIES_DETAIL, len(serial), columns)
