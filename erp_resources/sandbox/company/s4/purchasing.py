"""Purchases: orders for the lots to be bought, their receipts and returns, and their invoices."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import convert, divide, fill, pack, sum_by
from erp_resources.sandbox.company.periods import DAY, day_of
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import Move, Warehouse, movements
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    PLANT_COMPANIES,
    dealt_in,
)
from erp_resources.sandbox.company.supply import END, Needs

_SPAN = 14
"""Days within which a company code orders from a vendor but once."""


@dataclass(frozen=True)
class Orders:
    """Purchase orders in order of day; ``received`` is the day after which nothing moves."""

    vendor: Ints
    company: Ints
    currency: Ints
    day: Ints
    received: Ints


@dataclass(frozen=True)
class OrderItems:
    """Items in order of their purchase order.

    ``price`` per price unit and ``amount`` (what was kept) are minor units of the order's currency,
    ``owed`` of the company code's: the credit that receipt and return left on ``claim``.
    """

    order: Ints
    item: Ints
    plant: Ints
    quantity: Ints
    price: Ints
    amount: Ints
    owed: Ints
    claim: Ints


@dataclass(frozen=True)
class Receipts:
    """Receipts, then returns (negative), one per position: what the history of an order lists."""

    order_item: Ints
    moment: Ints
    quantity: Ints
    amount: Ints
    local: Ints


@dataclass(frozen=True)
class Purchases:
    """Two years of purchases."""

    orders: Orders
    items: OrderItems
    receipts: Receipts


def buy(hq: Headquarters, house: Warehouse, lots: Needs) -> Purchases:
    """Order the lots, receive them and send some of them back."""
    draws = hq.draws("purchases")
    orders, order, lot = _ordered(hq, lots, draws)
    count, currency = len(order), orders.currency[order]
    cost = divide(hq.costs.total[lot.item] * draws.integers(930, 1080, count), 1000)
    price = hq.prices(cost, lot.item, currency)
    sent_back = draws.chance(30, count) & (lot.moment < END - 6 * DAY)
    surplus = fill(sent_back, lot.quantity // 10_000 * 1000 + 1000)
    back = np.flatnonzero(surplus)
    order_item = np.concatenate([np.arange(count), back])
    later = lot.moment[back] + draws.integers(DAY, 5 * DAY, len(back))
    moment = np.concatenate([lot.moment, later])
    quantity = np.concatenate([lot.quantity + surplus, -surplus[back]])
    amount = hq.worth(quantity, price[order_item], lot.item[order_item])
    company = orders.company[order][order_item]
    rate = hq.rates.of(company, currency[order_item], day_of(moment))
    receipts = Receipts(order_item, moment, quantity, amount, convert(amount, rate))
    items = OrderItems(
        order,
        lot.item,
        lot.plant,
        lot.quantity,
        price,
        sum_by(order_item, amount, count),
        sum_by(order_item, receipts.local, count),
        hq.books.claims(count),
    )
    _receive(house, items, take(receipts, quantity > 0), Move.PURCHASE_RECEIPT)
    _receive(house, items, take(receipts, quantity < 0), Move.VENDOR_RETURN)
    np.maximum.at(orders.received, order[order_item], day_of(moment))
    return Purchases(orders, items, receipts)


def _ordered(hq: Headquarters, lots: Needs, draws: Draws) -> tuple[Orders, Ints, Needs]:
    """Orders, and the lots sorted by order with the order of each."""
    company = PLANT_COMPANIES[lots.plant]
    vendor = vendors(hq, company, lots.item)
    span = day_of(lots.moment) // _SPAN
    _, first, order = np.unique(
        pack((span, 7), (company, 2), (vendor, 20)), return_index=True, return_inverse=True
    )
    _, currency = dealt_in(hq.suppliers)
    day = span[first] * _SPAN - draws.integers(7, 40, len(first))
    by_day = np.argsort(day, kind="stable")
    place = np.empty(len(first), np.int64)
    place[by_day] = np.arange(len(first))
    from_, code = vendor[first[by_day]], company[first[by_day]]
    orders = Orders(from_, code, currency[from_], day[by_day], np.zeros_like(day))
    by_order = np.lexsort((lots.moment, place[order]))
    return orders, place[order][by_order], take(lots, by_order)


def vendors(hq: Headquarters, companies: Ints, items: Ints) -> Ints:
    """The vendor of each item in each company code: some sell many, most few."""
    code, _ = dealt_in(hq.suppliers)
    vendor = np.empty(len(items), np.int64)
    for company in range(len(COMPANY_CODES)):
        pool, here = np.flatnonzero(code == company), companies == company
        number = items[here] * 7919 % len(pool)
        vendor[here] = pool[number * (number // 2) // len(pool)]
    return vendor


def _receive(house: Warehouse, items: OrderItems, moved: Receipts, move: Move) -> None:
    """One material document for what of an order moves on one day."""
    order = items.order[moved.order_item]
    _, first, slip = np.unique(
        pack((day_of(moved.moment), 10), (order, 40)), return_index=True, return_inverse=True
    )
    goods = take(items, moved.order_item)
    moves = movements(slip, goods.item, goods.plant, moved.quantity, order_item=moved.order_item)
    house.move(move, moved.moment[first], moves, moved.local, goods.claim)
