"""The subsidiary's business goes on: one business day after another, posted in its database.

What holds in the generated rows holds after every transaction of every day, drafts left out:
invoices whose COMPLETE_FLAG is N and journals whose STATUS is U.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

import pyarrow as pa

from erp_resources.sandbox.books import Changes
from erp_resources.sandbox.company.business import Business
from erp_resources.sandbox.company.ebs.subsidiary import found
from erp_resources.sandbox.company.ebs.tick import (
    calendar,
    credit_memos,
    drafts,
    journals,
    manual,
    masters,
    payables,
    payments,
    receipts,
    sales,
    stock,
)
from erp_resources.sandbox.company.ebs.tick.day import MACROS, Day
from erp_resources.sandbox.company.ebs.tick.items import items
from erp_resources.sandbox.database import Database

_WORK = (
    (drafts.enter, drafts.amend),
    (sales.complete,),
    (credit_memos.enter, receipts.collect),
    (stock.receive,),
    (stock.make,),
    (payables.receive, payables.cancel),
    (payments.pay,),
    (manual.accrue, manual.draft, manual.review),
    (masters.move_customers, masters.change_prices),
)
"""What is done on a day, one transaction after the other."""


class EbsBusiness(Business):
    """The business of the subsidiary."""

    changed = "LAST_UPDATE_DATE"

    def __init__(self, database: Database, scale: int, seed: int) -> None:
        super().__init__(database, scale, seed)
        with database.writing() as writer:
            writer.execute(MACROS)

    def _post(self, day: date) -> Mapping[str, Changes]:
        today = Day(self, day, self._items)
        calendar.open_day(today)
        for works in _WORK:
            with today.transaction():
                for work in works:
                    work(today)
                journals.post(today)
        return today.books.changes

    @cached_property
    def _items(self) -> pa.Table:
        return items(found(self.scale, self.seed))
