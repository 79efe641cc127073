"""Purchase orders for what has to be bought, and what becomes of them in stock."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ENTITIES
from erp_resources.sandbox.company.ax.inventory import (
    Lots,
    Origin,
    Status,
    Transactions,
    Warehouse,
)
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER, Series
from erp_resources.sandbox.company.currencies import in_currency, to_minor_unit
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import convert, divide, fill, value
from erp_resources.sandbox.company.periods import DAY, DAYS, NEVER, day_of
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.settlement import bundle
from erp_resources.sandbox.company.supply import Needs

_FORTNIGHT = 14
_STILL_COMING = 14  # days before the end, within which some deliveries are outstanding


@dataclass(frozen=True)
class Orders:
    """Purchase orders, in order of delivery.

    ``received`` and ``invoiced`` are days, or ``NEVER``.
    """

    vendor: Ints
    entity: Ints
    currency: Ints
    day: Ints
    moment: Ints
    received: Ints
    invoiced: Ints


@dataclass(frozen=True)
class PurchaseLines:
    """Lines in order of their order; prices in 10**-5, amounts in hundredths of its currency.

    ``physical`` is the amount in the accounting currency, at the rate of the receipt.
    """

    order: Ints
    item: Ints
    quantity: Ints
    price: Ints
    amount: Ints
    physical: Ints


@dataclass(frozen=True)
class Purchases:
    """What was ordered; vouchers by order, ``NO_VOUCHER`` for what has not happened.

    ``moves`` are the inventory transactions of the lines, one each.
    """

    orders: Orders
    lines: PurchaseLines
    moves: Transactions
    receipt: Ints
    voucher: Ints


def primary_vendors(company: Enterprise, item: Ints, entity: int) -> Ints:
    """Who a legal entity buys each item from."""
    pool = company.vendors.pool(entity)
    return pool[item * 7919 % len(pool)]


def buy(company: Enterprise, house: Warehouse, wanted: Needs) -> Purchases:
    """Order what is wanted, and book what was received."""
    draws = company.draws("purchases")
    orders, order_of = _orders(company, wanted, draws)
    lines = _lines(company, orders, wanted, order_of, draws)
    receipt = _opened(company, orders, Series.PRODUCT_RECEIPT, orders.received)
    voucher = _opened(company, orders, Series.PURCHASE_INVOICE, orders.invoiced)
    moves = _moves(house, lines, orders, receipt[lines.order], voucher[lines.order])
    house.book(moves)
    return Purchases(orders, lines, moves, receipt, voucher)


def _orders(company: Enterprise, wanted: Needs, draws: Draws) -> tuple[Orders, Ints]:
    """One order for what comes from a vendor in a fortnight, delivered in time for all of it."""
    vendor = np.empty(len(wanted.item), np.int64)
    for entity in range(len(ENTITIES)):
        here = wanted.plant == entity
        vendor[here] = primary_vendors(company, wanted.item[here], entity)
    fortnight = day_of(wanted.moment) // _FORTNIGHT
    first, order_of = bundle((fortnight, 10), (wanted.plant, 1), (vendor, 24))
    moment = np.full(len(first), NEVER * DAY)
    np.minimum.at(moment, order_of, wanted.moment)
    due, count = day_of(moment), len(first)
    coming = (due >= DAYS - _STILL_COMING) & draws.chance(400, count)
    received = np.where(coming, NEVER, due)
    invoiced = received + draws.integers(2, 35, count)
    orders = Orders(
        vendor[first],
        wanted.plant[first],
        company.vendors.currency[vendor[first]],
        due - draws.integers(5, 25, count),
        moment,
        received,
        np.where(invoiced >= DAYS, NEVER, invoiced),
    )
    return orders, order_of


def _lines(
    company: Enterprise, orders: Orders, wanted: Needs, order_of: Ints, draws: Draws
) -> PurchaseLines:
    by_order = np.argsort(order_of, kind="stable")
    order, item, quantity = order_of[by_order], wanted.item[by_order], wanted.quantity[by_order]
    currency = orders.currency[order]
    percent = draws.integers(930, 1080, len(order))
    price = divide(in_currency(company.costs.total[item], currency) * percent, 1000)
    amount = to_minor_unit(value(quantity, price), currency)
    day = np.minimum(orders.received[order], DAYS - 1)
    rate = company.rates.accounting(orders.entity[order], currency, day)
    return PurchaseLines(order, item, quantity, price, amount, convert(amount, rate))


def _opened(company: Enterprise, orders: Orders, series: Series, days: Ints) -> Ints:
    return company.ledger.open_where(days < NEVER, series, orders.entity, days)


def _moves(
    house: Warehouse, lines: PurchaseLines, orders: Orders, receipt: Ints, voucher: Ints
) -> Transactions:
    heads, is_received = take(orders, lines.order), receipt != NO_VOUCHER
    ordered = heads.day * DAY + heads.moment % DAY
    origin = np.full(len(lines.item), int(Origin.PURCHASE))
    arrived = np.where(is_received, Status.PHYSICAL, Status.ORDERED)
    return Transactions(
        house.register(Lots(origin, lines.order, lines.item, heads.entity, ordered)),
        lines.item,
        heads.entity,
        heads.currency,
        lines.quantity,
        np.where(voucher != NO_VOUCHER, Status.FINANCIAL, arrived),
        day_of(heads.moment),
        np.where(is_received, heads.moment, ordered),
        heads.invoiced,
        fill(is_received, lines.physical),
        receipt,
        voucher,
    )
