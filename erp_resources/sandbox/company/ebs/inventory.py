"""The warehouse: books every movement into stock and, at standard cost, into the general ledger.

Stock grows and shrinks with each movement booked; the list of movements is kept beside it, so that
comparing the two tables is a real check.
"""

import enum
from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.chart import Account
from erp_resources.sandbox.company.ebs.costs import at_plant
from erp_resources.sandbox.company.ebs.ledger import Journal, Posting
from erp_resources.sandbox.company.ebs.organizations import PLANT_IDS, PLANT_LEDGERS
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.exact import value
from erp_resources.sandbox.company.periods import day_of
from erp_resources.sandbox.company.records import stack, take

NONE = -1
"""A movement without an order."""


class Move(enum.IntEnum):
    """Kinds of movement."""

    SALES_ISSUE = 0
    RETURN_RECEIPT = 1
    PURCHASE_RECEIPT = 2
    VENDOR_RETURN = 3
    JOB_ISSUE = 4
    COMPLETION = 5
    SCRAP = 6
    FOUND = 7
    OPENING = 8


class Store(enum.IntEnum):
    """Subinventories, in the order of ``STORE_CODES``."""

    FINISHED = 0
    ASSEMBLY = 1
    RAW = 2
    TRADE = 3
    RETURNS = 4


STORE_CODES = ("FGI", "WIPSTORE", "RAW", "DEPOT", "RETURNS")
STORE_OF_KIND: Ints = np.array(
    [Store.FINISHED, Store.ASSEMBLY, Store.ASSEMBLY, Store.ASSEMBLY, Store.RAW, Store.TRADE]
)
"""Where items of each ``Kind`` are kept."""

_JOURNALS = {
    Move.PURCHASE_RECEIPT: Journal.RECEIVING,
    Move.VENDOR_RETURN: Journal.RECEIVING,
    Move.JOB_ISSUE: Journal.WORK_IN_PROCESS,
    Move.COMPLETION: Journal.WORK_IN_PROCESS,
}
_OFFSETS = {
    Move.PURCHASE_RECEIPT: (chart.ACCRUAL, chart.PURCHASE_VARIANCE),
    Move.VENDOR_RETURN: (chart.ACCRUAL, chart.PURCHASE_VARIANCE),
    Move.SALES_ISSUE: (chart.COST_OF_SALES, None),
    Move.RETURN_RECEIPT: (chart.COST_OF_SALES, None),
    Move.JOB_ISSUE: (chart.WORK_IN_PROCESS, None),
    Move.COMPLETION: (chart.WORK_IN_PROCESS, chart.ABSORPTION),
    Move.SCRAP: (chart.STOCK_ADJUSTMENT, None),
    Move.FOUND: (chart.STOCK_ADJUSTMENT, None),
    Move.OPENING: (chart.OPENING_STOCK, None),
}


@dataclass(frozen=True)
class Movements:
    """Movements of items, one per position.

    ``moment`` in seconds since the first day began, ``quantity`` in thousandths (issues negative),
    ``price`` in 10**-5 of the functional currency (purchases only, else 0); ``order`` and
    ``order_line`` name what caused the movement, or are ``NONE``.
    """

    move: Ints
    item: Ints
    plant: Ints
    store: Ints
    moment: Ints
    quantity: Ints
    price: Ints
    order: Ints
    order_line: Ints


class Warehouse:
    """All plants' stock: ``stock`` in thousandths by item, plant and store."""

    def __init__(self, company: Subsidiary) -> None:
        self._company = company
        self.stock = np.zeros((len(company.items.kind), len(PLANT_IDS), len(Store)), np.int64)
        self._booked: list[Movements] = []

    def book(self, movements: Movements) -> None:
        """Book movements that are all of one kind."""
        if not len(movements.move):
            return
        place = (movements.item, movements.plant, movements.store)
        np.add.at(self.stock, place, movements.quantity)
        self._booked.append(movements)
        self._post(Move(int(movements.move[0])), movements)

    def all_movements(self) -> Movements:
        """Everything booked so far, in order of time."""
        booked = stack(*self._booked)
        return take(booked, np.argsort(booked.moment, kind="stable"))

    def _post(self, move: Move, moved: Movements) -> None:
        company = self._company
        unit, line = PLANT_LEDGERS[moved.plant], company.items.line[moved.item]
        worth = value(moved.quantity, at_plant(company.costs, moved.item, moved.plant))
        offset, variance = _OFFSETS[move]
        owed = self._owed(move, moved, worth)
        postings = [
            _posting(chart.INVENTORY, unit, line, worth),
            _posting(offset, unit, line, -owed),
        ]
        if variance:
            postings.append(_posting(variance, unit, line, owed - worth))
        documents = company.functional_documents(unit, day_of(moved.moment))
        company.ledger.post(_JOURNALS.get(move, Journal.INVENTORY), documents, *postings)

    def _owed(self, move: Move, moved: Movements, worth: Ints) -> Ints:
        """What the other side is charged: the price paid, the material used, or the standard."""
        if move in (Move.PURCHASE_RECEIPT, Move.VENDOR_RETURN):
            return value(moved.quantity, moved.price)
        if move is Move.COMPLETION:
            return value(moved.quantity, self._company.costs.material[moved.item])
        return worth


def _posting(account: Account, units: Ints, lines: Ints, amounts: Ints) -> Posting:
    by_line = lines if account.lines > 1 else 0
    return Posting(chart.combination(account, units, by_line), amounts, amounts)
