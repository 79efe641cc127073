"""Sales: orders and credit memo requests, what was delivered of them, and what was billed.

All refer to one another by position; the positions are in the order of the documents' numbers.
"""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide, ordinals, starts
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4.books import NONE
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import (
    BRANCH,
    DEPOT,
    FACTORY,
    GERMAN,
    OFFICE,
    dealt_in,
    taxed,
)

ORDERS = 3_200
"""At scale 1, credit memo requests left out."""
_FRIDAY, _WEEK = 4, 7  # day 0 is a Monday
_ITEM_COUNTS = (30, 30, 25, 15)
_DORMANT = 180  # every so manyth item, a trade article, is never sold
_CREDIT_PERIOD = 60  # days


@dataclass(frozen=True)
class Orders:
    """Orders in order of day, then credit memo requests; ``credited``: a billing document."""

    customer: Ints
    company: Ints
    currency: Ints
    day: Ints
    credited: Ints


@dataclass(frozen=True)
class OrderItems:
    """Items in order of their order; ``price`` per price unit, ``amount`` in minor units."""

    order: Ints
    item: Ints
    plant: Ints
    quantity: Ints
    price: Ints
    amount: Ints
    rejected: Flags


@dataclass(frozen=True)
class Deliveries:
    """Deliveries whose goods have left, in order of that day."""

    order: Ints
    day: Ints


@dataclass(frozen=True)
class DeliveryItems:
    """Items in order of their delivery."""

    delivery: Ints
    order_item: Ints
    quantity: Ints


@dataclass(frozen=True)
class Billings:
    """Invoices in order of day, then credit memos; invoices have a ``delivery``, memos ``NONE``.

    ``rated`` is the day of the exchange rate: a credit memo keeps that of its invoice.
    """

    order: Ints
    delivery: Ints
    day: Ints
    rated: Ints


@dataclass(frozen=True)
class BillingItems:
    """Items in order of their billing document; ``amount`` net, ``tax`` on top, memos positive."""

    billing: Ints
    order_item: Ints
    quantity: Ints
    amount: Ints
    tax: Ints


@dataclass(frozen=True)
class Sales:
    """Two years of sales."""

    orders: Orders
    order_items: OrderItems
    deliveries: Deliveries
    delivery_items: DeliveryItems
    billings: Billings
    billing_items: BillingItems


def sell(hq: Headquarters) -> Sales:
    """Take orders, deliver and bill them, and credit some of what was billed."""
    draws = hq.draws("sales")
    orders = _orders(hq, draws)
    items = _order_items(hq, orders, draws)
    deliveries, delivered = _deliver(orders, items, draws)
    invoices, invoiced = _invoice(deliveries, delivered, items, draws)
    requests, requested, memos, credited = _credit(orders, items, invoices, invoiced, draws)
    orders, items = stack(orders, requests), stack(items, requested)
    billed = stack(invoiced, credited)
    customer = orders.customer[items.order[billed.order_item]]
    billed = replace(billed, tax=taxed(hq.customers, billed.amount, customer))
    return Sales(orders, items, deliveries, delivered, stack(invoices, memos), billed)


def _orders(hq: Headquarters, draws: Draws) -> Orders:
    count = ORDERS * hq.scale
    day = np.sort(draws.integers(1, DAYS, count))
    day -= np.maximum(day % _WEEK - _FRIDAY, 0)
    customer = draws.skewed(len(hq.customers.country), count)
    company, currency = (of[customer] for of in dealt_in(hq.customers))
    return Orders(customer, company, currency, day, np.full(count, NONE))


def _order_items(hq: Headquarters, orders: Orders, draws: Draws) -> OrderItems:
    lengths = 1 + draws.weighted(_ITEM_COUNTS, len(orders.day))
    order = np.repeat(np.arange(len(lengths)), lengths)
    count, company = len(order), orders.company[order]
    item = _sold(hq, draws, count)
    is_finished = hq.items.kind[item] == Kind.FINISHED
    at_home = np.where(is_finished, FACTORY, DEPOT)
    plant = np.where(company == GERMAN, at_home, np.where(company == 1, BRANCH, OFFICE))
    quantity = _quantities(hq, item, is_finished, draws)
    cost = divide(hq.costs.total[item] * draws.integers(125, 190, count), 100)
    price = hq.prices(cost, item, orders.currency[order])
    amount = hq.worth(quantity, price, item)
    return OrderItems(order, item, plant, quantity, price, amount, draws.chance(15, count))


def _sold(hq: Headquarters, draws: Draws, count: int) -> Ints:
    serial = np.arange(len(hq.items.kind))
    finished = np.flatnonzero(hq.items.kind == Kind.FINISHED)
    dormant = serial % _DORMANT == _DORMANT - 1
    trade = np.flatnonzero((hq.items.kind == Kind.TRADE) & ~dormant)
    own = finished[draws.skewed(len(finished), count)]
    bought = trade[draws.skewed(len(trade), count)]
    return np.where(draws.chance(450, count), own, bought)


def _quantities(hq: Headquarters, item: Ints, is_finished: Flags, draws: Draws) -> Ints:
    count = len(item)
    pieces = 1 + np.where(is_finished, draws.skewed(10, count), draws.skewed(200, count))
    weighed = draws.integers(1, 400, count) * 250
    return np.where(hq.items.unit[item] > 0, weighed, pieces * 1000)


def _deliver(orders: Orders, items: OrderItems, draws: Draws) -> tuple[Deliveries, DeliveryItems]:
    """One delivery of each order, or two; a little less than ordered here and there."""
    count = len(orders.day)
    first = orders.day + draws.integers(1, 10, count)
    gone = np.stack([first, first + draws.integers(5, 16, count)])
    is_split = draws.chance(120, count)[items.order]
    second = is_split & (ordinals(starts(items.order), len(items.order)) % 2 > 0)
    wave = second.astype(np.int64)
    half = items.quantity // 2000 * 1000
    short = draws.chance(30, len(wave)) & (half > 0)
    quantity = np.where(short, half, items.quantity)
    shipped = np.flatnonzero(~items.rejected & (gone[wave, items.order] < DAYS))
    keys, of = np.unique(2 * items.order[shipped] + wave[shipped], return_inverse=True)
    deliveries = Deliveries(keys // 2, gone[keys % 2, keys // 2])
    by_day = np.argsort(deliveries.day, kind="stable")
    found = DeliveryItems(_places(by_day)[of], shipped, quantity[shipped])
    return take(deliveries, by_day), take(found, np.argsort(found.delivery, kind="stable"))


def _invoice(
    deliveries: Deliveries, delivered: DeliveryItems, items: OrderItems, draws: Draws
) -> tuple[Billings, BillingItems]:
    """One invoice for each delivery, at once or some days later."""
    day = deliveries.day + draws.integers(0, 5, len(deliveries.day))
    billed = np.flatnonzero(day < DAYS)
    billed = billed[np.argsort(day[billed], kind="stable")]
    day = day[billed]
    billing = np.full(len(deliveries.day), NONE)
    billing[billed] = np.arange(len(billed))
    part = take(delivered, billing[delivered.delivery] != NONE)
    # What was delivered in part is billed in proportion.
    whole, ordered = items.amount[part.order_item], items.quantity[part.order_item]
    amount = divide(whole * part.quantity, ordered)
    of = billing[part.delivery]
    found = BillingItems(of, part.order_item, part.quantity, amount, np.zeros_like(amount))
    invoices = Billings(deliveries.order[billed], billed, day, day)
    return invoices, take(found, np.argsort(of, kind="stable"))


def _credit(
    orders: Orders, items: OrderItems, invoices: Billings, invoiced: BillingItems, draws: Draws
) -> tuple[Orders, OrderItems, Billings, BillingItems]:
    """Requests to credit the first item of some invoices, and the memos that follow them."""
    old_enough = invoices.day < DAYS - _CREDIT_PERIOD
    credited = np.flatnonzero(draws.chance(45, len(invoices.day)) & old_enough)
    count = len(credited)
    asked = invoices.day[credited] + draws.integers(4, 24, count)
    memo = asked + draws.integers(1, 4, count)
    order = len(orders.day) + np.arange(count)
    requests = replace(take(orders, invoices.order[credited]), day=asked, credited=credited)
    first = take(invoiced, starts(invoiced.billing)[credited])
    wanted = replace(
        take(items, first.order_item),
        order=order,
        quantity=first.quantity,
        amount=first.amount,
    )
    memos = Billings(order, np.full(count, NONE), memo, invoices.day[credited])
    billing = len(invoices.day) + np.arange(count)
    lines = replace(first, billing=billing, order_item=len(items.order) + np.arange(count))
    return requests, wanted, memos, lines


def _places(order: Ints) -> Ints:
    """Where each position went when sorted in ``order``."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place
