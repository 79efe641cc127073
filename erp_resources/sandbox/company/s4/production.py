"""Two years of material flow: what is sold is shipped, made and bought, down the bills."""

from dataclasses import replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.periods import DAY, HOUR, day_of
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import Move, Warehouse, movements
from erp_resources.sandbox.company.s4.organization import FACTORY
from erp_resources.sandbox.company.s4.sales import Sales
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

JOBS_A_LEVEL = 10_000_000
"""How many numbers production orders of a level have; those of finished goods begin with it."""
_SCRAPPED, _FOUND = 300, 200  # at scale 1


def run(hq: Headquarters, sales: Sales) -> tuple[Warehouse, Needs]:
    """Book all movements that the sales entail, but for purchases.

    Returns:
        The stock, and the lots still to be bought.
    """
    draws = hq.draws("production")
    house = Warehouse(hq)
    needs = _ship(house, sales, draws)
    needs = stack(needs, _count_stock(hq, house, needs, draws))
    for level in MADE:
        here = (hq.items.kind[needs.item] == level) & (needs.plant == FACTORY)
        lots = cover(take(needs, here), MAKE, draws)
        needs = stack(take(needs, ~here), _make(hq, house, lots, draws))
    return house, _take_over(house, cover(needs, BUY, draws), draws)


def _ship(house: Warehouse, sales: Sales, draws: Draws) -> Needs:
    shipped, gone = sales.delivery_items, sales.deliveries.day
    moment = gone * DAY + draws.integers(9 * HOUR, 18 * HOUR, len(gone))
    goods = take(sales.order_items, shipped.order_item)
    serial = np.arange(len(shipped.quantity))
    moves = movements(
        shipped.delivery, goods.item, goods.plant, -shipped.quantity, delivery_item=serial
    )
    house.move(Move.DELIVERY, moment, moves)
    return Needs(goods.item, goods.plant, moment[shipped.delivery], shipped.quantity)


def _count_stock(hq: Headquarters, house: Warehouse, needs: Needs, draws: Draws) -> Needs:
    """Single units found broken, and others that stock-taking brings to light."""
    for move, count, sign in ((Move.FOUND, _FOUND, 1), (Move.SCRAP, _SCRAPPED, -1)):
        some = take(needs, draws.integers(0, len(needs.item), count * hq.scale))
        moment = draws.integers(GO_LIVE + DAY, END, len(some.item))
        some = replace(some, moment=moment, quantity=np.full(len(moment), 1000))
        _one_by_one(house, move, some, sign)
    return some


def _one_by_one(house: Warehouse, move: Move, needs: Needs, sign: int, **causes: Ints) -> None:
    """Moves what is needed, each with a material document of its own."""
    serial = np.arange(len(needs.item))
    moves = movements(serial, needs.item, needs.plant, sign * needs.quantity, **causes)
    house.move(move, needs.moment, moves)


def _take_over(house: Warehouse, lots: Needs, draws: Draws) -> Needs:
    """Books what was in stock when the books began; returns the lots that are still to come."""
    old = taken_over(lots)
    opening = take(lots, old)
    moment = draws.integers(5 * HOUR, 7 * HOUR, len(opening.item))
    _one_by_one(house, Move.OPENING, replace(opening, moment=moment), 1)
    return take(lots, ~old)


def _make(hq: Headquarters, house: Warehouse, lots: Needs, draws: Draws) -> Needs:
    """Makes the lots, one production order each; returns what went into them."""
    made = _take_over(house, lots, draws)
    serial = np.arange(len(made.item))
    job = JOBS_A_LEVEL * (1 + hq.items.kind[made.item]) + serial
    _one_by_one(house, Move.JOB_RECEIPT, made, 1, job=job)
    begun = np.maximum(made.moment - draws.integers(2 * HOUR, 30 * HOUR, len(serial)), GO_LIVE)
    order, component = hq.bills.used_by(made.item, day_of(begun))
    item = hq.bills.item[component]
    in_pieces = np.equal(hq.items.unit[item], 0)
    quantity = hq.bills.needed(made.quantity[order], component, in_pieces)
    plant = made.plant[order]
    issued = movements(order, item, plant, -quantity, job=job[order])
    house.move(Move.JOB_ISSUE, begun, issued)
    return Needs(item, plant, begun[order], quantity)
