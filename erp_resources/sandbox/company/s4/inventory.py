"""Inventory: books every goods movement into stock and, at standard price, into the accounts.

Stock and its value grow and shrink with each movement booked; the list of movements is kept beside
them, so that comparing MBEW with MSEG is a real check.
"""

import enum
from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.periods import day_of
from erp_resources.sandbox.company.records import stack
from erp_resources.sandbox.company.s4.books import NONE, DocumentType, documents, lines
from erp_resources.sandbox.company.s4.chart import CLASS_OF_KIND, STOCK_ACCOUNTS, Account
from erp_resources.sandbox.company.s4.currencies import LOCAL
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import PLANT_COMPANIES, PLANTS


class Move(enum.IntEnum):
    """Kinds of movement, in the order of their codes in ``inventory_rows``."""

    DELIVERY = 0
    PURCHASE_RECEIPT = 1
    VENDOR_RETURN = 2
    JOB_ISSUE = 3
    JOB_RECEIPT = 4
    SCRAP = 5
    FOUND = 6
    OPENING = 7


@dataclass(frozen=True)
class Slips:
    """Material documents, one per position; ``moment`` in seconds since the first day began."""

    move: Ints
    company: Ints
    moment: Ints


@dataclass(frozen=True)
class Movements:
    """Items of material documents; ``quantity`` in thousandths, issues negative.

    ``worth`` is their value at standard price in minor units of the plant's currency. What caused
    them is a delivery item, a purchase order's item or a production order, each by position.
    """

    slip: Ints
    item: Ints
    plant: Ints
    quantity: Ints
    worth: Ints
    delivery_item: Ints
    order_item: Ints
    job: Ints


_POSTED_AS = {
    Move.DELIVERY: (DocumentType.GOODS_DELIVERED, Account.COST_OF_SALES),
    Move.PURCHASE_RECEIPT: (DocumentType.GOODS_RECEIVED, Account.GOODS_AND_INVOICES),
    Move.VENDOR_RETURN: (DocumentType.GOODS_RECEIVED, Account.GOODS_AND_INVOICES),
    Move.JOB_ISSUE: (DocumentType.GOODS_ISSUED, Account.CONSUMPTION),
    Move.JOB_RECEIPT: (DocumentType.GOODS_RECEIVED, Account.FACTORY_OUTPUT),
    Move.SCRAP: (DocumentType.GOODS_ISSUED, Account.SCRAP),
    Move.FOUND: (DocumentType.STOCK_COUNTED, Account.INVENTORY_DIFFERENCE),
    Move.OPENING: (DocumentType.GOODS_ISSUED, Account.OPENING_STOCK),
}
OFFSETS: Ints = np.array([int(_POSTED_AS[move][1]) for move in Move])
"""The other side's account of each kind of movement."""


class Warehouse:
    """All plants' stock: ``stock`` in thousandths and ``value`` by item and plant."""

    def __init__(self, hq: Headquarters) -> None:
        self._hq = hq
        shape = (len(hq.items.kind), len(PLANTS))
        self.stock, self.value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._slips: list[Slips] = []
        self._movements: list[Movements] = []
        self._count = 0

    def move(
        self,
        move: Move,
        moments: Ints,
        movements: Movements,
        owed: Ints | None = None,
        claims: Ints | None = None,
    ) -> None:
        """Book material documents of one kind, and their accounting documents.

        Args:
            moments: of each document, in seconds since the first day began.
            movements: ``slip`` counts from the first document; ``worth`` is worked out here.
            owed: what the other side is charged instead of the value at standard price.
            claims: of the other side, if it is cleared later.
        """
        hq = self._hq
        if not len(moments):
            return
        place = (movements.item, movements.plant)
        worth = hq.worth(movements.quantity, hq.standard_prices(*place), movements.item)
        np.add.at(self.stock, place, movements.quantity)
        np.add.at(self.value, place, worth)
        company = np.zeros(len(moments), np.int64)
        company[movements.slip] = PLANT_COMPANIES[movements.plant]
        slips = Slips(np.full(len(moments), int(move)), company, moments)
        self._post(slips, movements, worth, worth if owed is None else owed, claims)
        self._slips.append(slips)
        moved = replace(movements, slip=movements.slip + self._count, worth=worth)
        self._movements.append(moved)
        self._count += len(moments)

    def slips(self) -> Slips:
        """All material documents, in the order in which they were booked."""
        return stack(*self._slips)

    def movements(self) -> Movements:
        """All movements, in the order in which they were booked."""
        return stack(*self._movements)

    def _post(
        self, slips: Slips, moved: Movements, worth: Ints, owed: Ints, claims: Ints | None
    ) -> None:
        kind, offset = _POSTED_AS[Move(int(slips.move[0]))]
        day, count = day_of(slips.moment), len(slips.moment)
        origin, currency = self._count + np.arange(count), LOCAL[slips.company]
        stock = STOCK_ACCOUNTS[CLASS_OF_KIND[self._hq.items.kind[moved.item]]]
        goods = {"item": moved.item, "plant": moved.plant, "order_item": moved.order_item}
        claimed = {} if claims is None else {"claim": claims}
        amount, rest = np.abs(moved.quantity), owed - worth
        self._hq.books.post(
            documents(kind, slips.company, day, currency, origin=origin),
            lines(moved.slip, stock, worth, worth, quantity=amount, **goods),
            lines(moved.slip, offset, -owed, -owed, quantity=amount, **goods, **claimed),
            lines(moved.slip, Account.PRICE_DIFFERENCE, rest, rest, **goods),
        )


def movements(slip: Ints, item: Ints, plant: Ints, quantity: Ints, **causes: Ints) -> Movements:
    """Movements yet to be valued; of their ``causes`` those that are given."""
    none = np.full(len(slip), NONE)
    every = {"delivery_item": none, "order_item": none, "job": none, **causes}
    return Movements(slip, item, plant, quantity, np.zeros(len(slip), np.int64), **every)
