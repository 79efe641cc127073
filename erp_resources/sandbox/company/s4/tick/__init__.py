"""The headquarters' business goes on: one business day after another, posted in its database.

What holds in the generated rows holds after every transaction of every day.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from erp_resources.sandbox.books import Books, Changes
from erp_resources.sandbox.company.business import Business
from erp_resources.sandbox.company.s4.headquarters import Headquarters, found
from erp_resources.sandbox.company.s4.tick import (
    billing,
    invoices,
    masters,
    orders,
    purchases,
    rates,
    settlement,
    totals,
    warehouse,
)
from erp_resources.sandbox.company.s4.tick.day import MACROS, Day
from erp_resources.sandbox.company.s4.tick.specimens import Specimens, specimens
from erp_resources.sandbox.database import Database

_WORK = (
    (rates.enter, totals.open_year),
    (orders.enter, orders.change),
    (billing.bill, billing.request),
    (warehouse.move,),
    (settlement.settle,),
    (invoices.enter,),
    (purchases.enter,),
    (masters.change, masters.log_on),
)
"""What is done on a day, one transaction after the other."""


class S4Business(Business):
    """The business of the headquarters."""

    def __init__(self, database: Database, scale: int, seed: int) -> None:
        super().__init__(database, scale, seed)
        with database.writing() as writer:
            writer.execute(MACROS)

    def _post(self, day: date) -> Mapping[str, Changes]:
        today = Day(self, day, self._hq, self._specimens)
        for works in _WORK:
            with today.transaction():
                for work in works:
                    work(today)
        return today.books.changes

    def _last_change(self) -> date:
        """The day on which a document was last entered: most tables do not say."""
        last = Books(self.database).read("SELECT max(CPUDT) AS day FROM {BKPF}")["day"][0].as_py()
        return date.fromisoformat(last)

    @cached_property
    def _hq(self) -> Headquarters:
        return found(self.scale, self.seed)

    @cached_property
    def _specimens(self) -> Specimens:
        return specimens(self._hq)
