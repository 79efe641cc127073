"""The warehouses: book inventory transactions into stock and, at standard cost, into the ledger.

Stock grows and shrinks with each booking; the list of transactions is kept beside it, so that
comparing the two tables is a real check.
"""

import enum
from dataclasses import dataclass, fields

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ACCOUNTING, DIMENSIONS, dimension_of
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER, Posting
from erp_resources.sandbox.company.exact import value
from erp_resources.sandbox.company.records import stack, take


class Origin(enum.IntEnum):
    """What moves an item: AX's InventTransType."""

    SALES = 0
    PRODUCTION = 2
    PURCHASE = 3
    TRANSACTION = 4
    PRODUCTION_LINE = 8
    COUNTING = 13


class Status(enum.IntEnum):
    """How far a transaction is: ``StatusReceipt`` of receipts, ``StatusIssue`` of issues."""

    FINANCIAL = 1
    PHYSICAL = 2
    RESERVED = 4
    ORDERED = 5
    ON_ORDER = 6


@dataclass(frozen=True)
class Lots:
    """What leads to transactions, one line of an order or journal per position."""

    origin: Ints
    reference: Ints
    item: Ints
    entity: Ints
    moment: Ints


@dataclass(frozen=True)
class Transactions:
    """Quantities of lots, one state per position.

    ``quantity`` in thousandths (issues negative), ``status`` one of ``Status``; days count from the
    first of the books; ``physical`` in hundredths of the accounting currency.
    """

    lot: Ints
    item: Ints
    entity: Ints
    currency: Ints
    quantity: Ints
    status: Ints
    expected: Ints
    moment: Ints
    financial_day: Ints
    physical: Ints
    physical_voucher: Ints
    voucher: Ints


@dataclass(frozen=True)
class Stock:
    """Sums by item and dimensions: quantities in thousandths, values in hundredths."""

    posted: Ints
    value: Ints
    received: Ints
    deducted: Ints
    physical_value: Ints
    reserved: Ints
    ordered: Ints
    on_order: Ints


class Warehouse:
    """All stock of all legal entities, and what became of it."""

    def __init__(self, company: Enterprise) -> None:
        self._company = company
        shape = (len(company.items.kind), len(DIMENSIONS))
        self.stock = Stock(*(np.zeros(shape, np.int64) for _ in fields(Stock)))
        self._lots: list[Lots] = []
        self._count = 0
        self._booked: list[Transactions] = []

    def register(self, lots: Lots) -> Ints:
        """New lots; their numbers."""
        self._lots.append(lots)
        self._count += len(lots.item)
        return np.arange(self._count - len(lots.item), self._count)

    def book(self, moved: Transactions) -> None:
        """Book transactions of any state."""
        self._booked.append(moved)
        worth = self.worth(moved)
        is_receipt = moved.quantity > 0
        financial, physical = moved.status == Status.FINANCIAL, moved.status == Status.PHYSICAL
        sums = self.stock
        self._add(sums.posted, financial, moved, moved.quantity)
        self._add(sums.value, financial, moved, worth)
        self._add(sums.received, physical & is_receipt, moved, moved.quantity)
        self._add(sums.deducted, physical & ~is_receipt, moved, -moved.quantity)
        self._add(sums.physical_value, physical, moved, moved.physical)
        self._add(sums.reserved, moved.status == Status.RESERVED, moved, -moved.quantity)
        self._add(sums.ordered, moved.status == Status.ORDERED, moved, moved.quantity)
        self._add(sums.on_order, moved.status == Status.ON_ORDER, moved, -moved.quantity)

    def worth(self, moved: Transactions) -> Ints:
        """What financially updated transactions are worth at standard cost; else 0."""
        cost = self._company.standard_cost(moved.item, moved.entity)
        return np.where(moved.status == Status.FINANCIAL, value(moved.quantity, cost), 0)

    def dimensions(self, moved: Transactions) -> Ints:
        """Where they move."""
        return dimension_of(moved.entity, self._company.items.kind[moved.item])

    def lots(self) -> Lots:
        """All lots registered so far."""
        return stack(*self._lots)

    def transactions(self) -> Transactions:
        """Everything booked so far, in order of time."""
        booked = stack(*self._booked)
        return take(booked, np.argsort(booked.moment, kind="stable"))

    def post(
        self, moved: Transactions, stock: PostingType, offset: PostingType, account: Account
    ) -> None:
        """Post financially updated transactions against an account, by product line if it has."""
        posted_now = take(moved, moved.voucher != NO_VOUCHER)
        worth, line = self.worth(posted_now), self._company.items.line[posted_now.item]
        currency = ACCOUNTING[posted_now.entity]
        by_line = line if account is Account.COST_OF_SALES else -1
        self._company.ledger.post(
            posted_now.voucher,
            Posting(stock, posted(Account.INVENTORY, line), currency, worth, worth),
            Posting(offset, posted(account, by_line), currency, -worth, -worth),
        )

    def _add(self, sums: Ints, chosen: Flags, moved: Transactions, amounts: Ints) -> None:
        place = (moved.item[chosen], self.dimensions(moved)[chosen])
        np.add.at(sums, place, amounts[chosen])
