"""Two years of material flow: what is sold is shipped, made and bought, down the bills."""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ACCOUNTING
from erp_resources.sandbox.company.ax.inventory import (
    Lots,
    Origin,
    Status,
    Transactions,
    Warehouse,
)
from erp_resources.sandbox.company.ax.ledger import Posting, Series
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import sum_by
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

_COUNTED = 300  # at scale 1
_ORDERS_A_LEVEL = 1_000_000


@dataclass(frozen=True)
class Journal:
    """Inventory movements that are financially updated at once, and what caused them."""

    origin: Origin
    reference: Ints
    voucher: Ints


def run(company: Enterprise, house: Warehouse, sold: Needs) -> Needs:
    """Book what supplies the sales; returns the lots that have to be bought."""
    draws = company.draws("production")
    needs = stack(sold, _count(company, house, sold, draws))
    for level in MADE:
        here = np.equal(company.items.kind[needs.item], level)
        lots = cover(take(needs, here), MAKE, draws)
        lots = _take_over(company, house, lots, draws)
        orders = _ORDERS_A_LEVEL * (1 + level) + np.arange(len(lots.item))
        needs = stack(take(needs, ~here), _make(company, house, lots, orders, draws))
    return _take_over(company, house, cover(needs, BUY, draws), draws)


def _book(house: Warehouse, needs: Needs, quantity: Ints, journal: Journal) -> Transactions:
    """Books movements through a journal: physical and financial on the same day."""
    origin, day = np.full(len(needs.item), int(journal.origin)), day_of(needs.moment)
    lots = Lots(origin, journal.reference, needs.item, needs.plant, needs.moment)
    moved = Transactions(
        house.register(lots),
        needs.item,
        needs.plant,
        ACCOUNTING[needs.plant],
        quantity,
        np.full(len(day), int(Status.FINANCIAL)),
        day,
        needs.moment,
        day,
        np.zeros(len(day), np.int64),
        journal.voucher,
        journal.voucher,
    )
    moved = replace(moved, physical=house.worth(moved))
    house.book(moved)
    return moved


def _count(company: Enterprise, house: Warehouse, sold: Needs, draws: Draws) -> Needs:
    """Single units that stock-taking misses or brings to light; returns those missed."""
    count = _COUNTED * company.scale
    some = take(sold, draws.integers(0, len(sold.item), count))
    moment = draws.integers(GO_LIVE + DAY, END, count)
    counted = replace(some, moment=moment, quantity=np.full(count, 1000))
    missed = draws.chance(600, count)
    voucher = company.ledger.open(Series.COUNTING, counted.plant, day_of(moment))
    journal = Journal(Origin.COUNTING, np.arange(count), voucher)
    moved = _book(house, counted, np.where(missed, -1000, 1000), journal)
    profit, loss = PostingType.INVENT_PROFIT, PostingType.INVENT_LOSS
    house.post(take(moved, missed), PostingType.INVENT_ISSUE, loss, Account.STOCK_DIFFERENCES)
    house.post(take(moved, ~missed), PostingType.INVENT_RECEIPT, profit, Account.STOCK_DIFFERENCES)
    return take(counted, missed)


def _take_over(company: Enterprise, house: Warehouse, lots: Needs, draws: Draws) -> Needs:
    """Books what was in stock when the books began; returns the lots that are still to come."""
    old = taken_over(lots)
    opening = take(lots, old)
    count = len(opening.item)
    opening = replace(opening, moment=draws.integers(5 * HOUR, 7 * HOUR, count))
    voucher = company.ledger.open(Series.MOVEMENT, opening.plant, day_of(opening.moment))
    journal = Journal(Origin.TRANSACTION, voucher, voucher)
    moved = _book(house, opening, opening.quantity, journal)
    receipt = PostingType.INVENT_RECEIPT
    house.post(moved, receipt, PostingType.LEDGER_JOURNAL, Account.OPENING_STOCK)
    return take(lots, ~old)


def _make(company: Enterprise, house: Warehouse, lots: Needs, orders: Ints, draws: Draws) -> Needs:
    """Completes production orders; returns what went into them."""
    position, component = company.bills.used_by(lots.item, day_of(lots.moment))
    item = company.bills.item[component]
    in_pieces = np.equal(company.items.unit[item], 0)
    quantity = company.bills.needed(lots.quantity[position], component, in_pieces)
    # Everything for an order is picked at once, some time before it is finished.
    ahead = draws.integers(2 * HOUR, 30 * HOUR, len(orders))
    picked = np.maximum(lots.moment - ahead, GO_LIVE + HOUR)
    used = Needs(item, lots.plant[position], picked[position], quantity)
    voucher = company.ledger.open(Series.PICKING_LIST, lots.plant, day_of(picked))
    journal = Journal(Origin.PRODUCTION_LINE, orders[position], voucher[position])
    moved = _book(house, used, -quantity, journal)
    issue, offset = PostingType.PROD_ISSUE, PostingType.PROD_ISSUE_OFFSET_ACCOUNT
    house.post(moved, issue, offset, Account.WORK_IN_PROCESS)
    _finish(company, house, lots, orders, -sum_by(position, house.worth(moved), len(orders)))
    return used


def _finish(
    company: Enterprise, house: Warehouse, lots: Needs, orders: Ints, consumed: Ints
) -> None:
    """Receives what was made at standard cost; what that is more than the material is absorbed."""
    voucher = company.ledger.open(Series.REPORT_AS_FINISHED, lots.plant, day_of(lots.moment))
    moved = _book(house, lots, lots.quantity, Journal(Origin.PRODUCTION, orders, voucher))
    worth, currency = house.worth(moved), ACCOUNTING[lots.plant]
    stock = posted(Account.INVENTORY, company.items.line[lots.item])
    offset = PostingType.PROD_RECEIPT_OFFSET_ACCOUNT
    rest = worth - consumed
    company.ledger.post(
        voucher,
        Posting(PostingType.PROD_RECEIPT, stock, currency, worth, worth),
        Posting(offset, posted(Account.WORK_IN_PROCESS), currency, -consumed, -consumed),
        Posting(offset, posted(Account.ABSORPTION), currency, -rest, -rest),
    )
