"""Two years of material flow: what is sold is shipped, made and bought, down the bills."""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs.costs import at_plant
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.inventory import (
    NONE,
    STORE_OF_KIND,
    Move,
    Movements,
    Store,
    Warehouse,
)
from erp_resources.sandbox.company.ebs.organizations import PLANT, PLANT_LEDGERS
from erp_resources.sandbox.company.ebs.receivables import NO_ITEM, Sales
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary, dealt_in
from erp_resources.sandbox.company.exact import divide, fill, value
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.periods import DAY, HOUR, day_of
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.supply import (
    BUY,
    END,
    GO_LIVE,
    MADE,
    MAKE,
    Needs,
    cover,
    taken_over,
)

_JOBS_A_LEVEL = 10_000_000
_SCRAPPED, _FOUND = 400, 300  # at scale 1


@dataclass(frozen=True)
class Purchases:
    """What suppliers delivered and kept, one order per position; amounts in functional hundredths.

    ``day``: the last day on which something was delivered or returned.
    """

    order: Ints
    supplier: Ints
    unit: Ints
    day: Ints
    amount: Ints


def run(company: Subsidiary, sales: Sales) -> tuple[Warehouse, Purchases]:
    """Book all movements that the sales entail."""
    draws = company.draws("production")
    house = Warehouse(company)
    needs = _ship(company, house, sales, draws)
    _take_back(company, house, sales, draws)
    needs = stack(needs, _scrap(company, house, needs, draws))
    _find(company, house, needs, draws)
    for level in MADE:
        wanted, others = _split_by_level(company, needs, level)
        needs = stack(others, _make(company, house, cover(wanted, MAKE, draws), draws))
    return house, _buy(company, house, cover(needs, BUY, draws), draws)


def _split_by_level(company: Subsidiary, needs: Needs, level: Kind) -> tuple[Needs, Needs]:
    """What the factory has to make of one level, and the rest."""
    here = (company.items.kind[needs.item] == level) & (needs.plant == PLANT)
    return take(needs, here), take(needs, ~here)


def _moves(move: Move, company: Subsidiary, needs: Needs, sign: int = 1) -> Movements:
    """Movements of what is needed from or into the items' own stores."""
    none = np.full(len(needs.item), NONE)
    store = STORE_OF_KIND[company.items.kind[needs.item]]
    kind, price = np.full(len(none), int(move)), np.zeros(len(none), np.int64)
    return Movements(
        kind,
        needs.item,
        needs.plant,
        store,
        needs.moment,
        sign * needs.quantity,
        price,
        none,
        none,
    )


def _ship(company: Subsidiary, house: Warehouse, sales: Sales, draws: Draws) -> Needs:
    lines, heads = sales.lines, sales.headings
    is_invoice = heads.previous[lines.document] < 0
    shipped = np.flatnonzero(is_invoice & (lines.item != NO_ITEM))
    document = lines.document[shipped]
    day = heads.day[document] - draws.integers(0, 2, len(shipped))
    moment = day * DAY + draws.integers(9 * HOUR, 18 * HOUR, len(shipped))
    needs = Needs(lines.item[shipped], lines.plant[shipped], moment, lines.quantity[shipped])
    moves = _moves(Move.SALES_ISSUE, company, needs, -1)
    house.book(replace(moves, order=document, order_line=shipped))
    return needs


def _take_back(company: Subsidiary, house: Warehouse, sales: Sales, draws: Draws) -> None:
    """Goods that customers send back: what every other credit memo is for."""
    lines, heads = sales.lines, sales.headings
    credited = np.flatnonzero(heads.previous[lines.document] >= 0)
    returned = credited[draws.chance(550, len(credited))]
    document = lines.document[returned]
    moment = heads.day[document] * DAY - draws.integers(HOUR, 3 * DAY, len(returned))
    goods = Needs(lines.item[returned], lines.plant[returned], moment, -lines.quantity[returned])
    moves = _moves(Move.RETURN_RECEIPT, company, goods)
    store = np.full(len(returned), int(Store.RETURNS))
    house.book(replace(moves, store=store, order=document, order_line=returned))


def _scrap(company: Subsidiary, house: Warehouse, needs: Needs, draws: Draws) -> Needs:
    """Single units found broken, here and there."""
    scrapped = _single_units(needs, _SCRAPPED * company.scale, draws)
    house.book(_moves(Move.SCRAP, company, scrapped, -1))
    return scrapped


def _find(company: Subsidiary, house: Warehouse, needs: Needs, draws: Draws) -> None:
    """Single units that stock-taking brings to light."""
    found = _single_units(needs, _FOUND * company.scale, draws)
    house.book(_moves(Move.FOUND, company, found))


def _single_units(needs: Needs, count: int, draws: Draws) -> Needs:
    some = take(needs, draws.integers(0, len(needs.item), count))
    moment = draws.integers(GO_LIVE + DAY, END, count)
    return replace(some, moment=moment, quantity=np.full(count, 1000))


def _take_over(company: Subsidiary, house: Warehouse, lots: Needs, draws: Draws) -> Needs:
    """Books what was in stock when the books began; returns the lots that are still to come."""
    old = taken_over(lots)
    opening = take(lots, old)
    moment = draws.integers(5 * HOUR, 7 * HOUR, len(opening.item))
    house.book(_moves(Move.OPENING, company, replace(opening, moment=moment)))
    return take(lots, ~old)


def _make(company: Subsidiary, house: Warehouse, lots: Needs, draws: Draws) -> Needs:
    """Completes the lots; returns what went into them."""
    made = _take_over(company, house, lots, draws)
    job = _JOBS_A_LEVEL * (1 + company.items.kind[made.item]) + np.arange(len(made.item))
    house.book(replace(_moves(Move.COMPLETION, company, made), order=job))
    position, component = company.bills.used_by(made.item, day_of(made.moment))
    item = company.bills.item[component]
    in_pieces = np.equal(company.items.unit[item], 0)
    quantity = company.bills.needed(made.quantity[position], component, in_pieces)
    ahead = draws.integers(2 * HOUR, 30 * HOUR, len(item))
    moment = np.maximum(made.moment[position] - ahead, GO_LIVE + HOUR)
    needs = Needs(item, made.plant[position], moment, quantity)
    house.book(replace(_moves(Move.JOB_ISSUE, company, needs, -1), order=job[position]))
    return needs


def _buy(company: Subsidiary, house: Warehouse, lots: Needs, draws: Draws) -> Purchases:
    bought = _take_over(company, house, lots, draws)
    count = len(bought.item)
    order = np.arange(count)
    cost = at_plant(company.costs, bought.item, bought.plant)
    price = divide(cost * draws.integers(930, 1080, count), 1000)
    sent_back = draws.chance(30, count) & (bought.moment < END - 6 * DAY)
    surplus = fill(sent_back, bought.quantity // 10_000 * 1000 + 1000)
    received = replace(bought, quantity=bought.quantity + surplus)
    receipts = _moves(Move.PURCHASE_RECEIPT, company, received)
    house.book(replace(receipts, price=price, order=order))
    returned = _send_back(receipts, surplus, draws)
    house.book(replace(returned, price=price[returned.order]))
    day = day_of(bought.moment)
    day[returned.order] = day_of(returned.moment)
    paid = value(received.quantity, price)
    paid[returned.order] += value(returned.quantity, price[returned.order])
    unit = PLANT_LEDGERS[bought.plant]
    return Purchases(order, _suppliers(company, unit, draws), unit, day, paid)


def _send_back(receipts: Movements, surplus: Ints, draws: Draws) -> Movements:
    order = np.flatnonzero(surplus)
    back = take(receipts, order)
    return replace(
        back,
        move=np.full(len(order), int(Move.VENDOR_RETURN)),
        moment=back.moment + draws.integers(DAY, 5 * DAY, len(order)),
        quantity=-surplus[order],
        order=order,
    )


def _suppliers(company: Subsidiary, units: Ints, draws: Draws) -> Ints:
    """Suppliers who invoice in the operating unit's own currency."""
    unit, currency = dealt_in(company.suppliers)
    chosen = draws.skewed(1 << 20, len(units))
    supplier = np.empty(len(units), np.int64)
    for position, own in enumerate(FUNCTIONAL):
        pool = np.flatnonzero((unit == position) & (currency == own))
        here = units == position
        supplier[here] = pool[chosen[here] * len(pool) >> 20]
    return supplier
