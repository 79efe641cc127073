"""The AX companies' business goes on: one business day after another, posted in their database.

What holds in the generated rows holds after every transaction of every day.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

import pyarrow as pa

from erp_resources.sandbox.books import Changes
from erp_resources.sandbox.company.ax.enterprise import found
from erp_resources.sandbox.company.ax.tick import (
    expenses,
    journals,
    masters,
    orders,
    planning,
    production,
    purchases,
    rates,
    subledger,
)
from erp_resources.sandbox.company.ax.tick.day import MACROS, Day
from erp_resources.sandbox.company.ax.tick.items import items
from erp_resources.sandbox.company.business import Business
from erp_resources.sandbox.database import Database


def _supply(day: Day) -> None:
    plan = planning.plan(day)
    production.make(day, plan)
    purchases.enter(day, plan)


def _collect(day: Day) -> None:
    subledger.settle(day, subledger.CUSTOMERS)


def _pay(day: Day) -> None:
    subledger.settle(day, subledger.VENDORS)


_WORK = (
    (rates.enter,),
    (orders.enter,),
    (orders.change,),
    (orders.invoice,),
    (_supply,),
    (orders.ship,),
    (_collect,),
    (purchases.invoice, expenses.charge),
    (purchases.receive,),
    (_pay,),
    (masters.move_parties, masters.raise_limits),
)
"""What is done on a day, one transaction after the other."""


class AxBusiness(Business):
    """The business of the AX companies."""

    changed = "MODIFIEDDATETIME"

    def __init__(self, database: Database, scale: int, seed: int) -> None:
        super().__init__(database, scale, seed)
        with database.writing() as writer:
            writer.execute(MACROS)

    def _post(self, day: date) -> Mapping[str, Changes]:
        today = Day(self, day, self._items)
        for works in _WORK:
            with today.transaction():
                for work in works:
                    work(today)
                journals.post(today)
        return today.books.changes

    @cached_property
    def _items(self) -> pa.Table:
        return items(found(self.scale, self.seed))
