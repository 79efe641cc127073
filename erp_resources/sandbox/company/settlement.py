"""How invoices get paid, in Receivables and Payables alike.

Every settlement knows what was open before it. Its worth at the invoice's rate is the difference of
two conversions, so that an invoice settled in full is settled to the cent in both currencies.
"""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.exact import chained, pack, running, starts
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import take

_WEEK = 7


@dataclass(frozen=True)
class Settlements:
    """Amounts that reduce documents, one per position, in hundredths of the documents' currency.

    ``before`` was open before the settlement; ``step`` counts the settlements of a document.
    ``paid`` is the day of the payment behind it, which for a reversal is the reversed one's.
    """

    document: Ints
    amount: Ints
    before: Ints
    day: Ints
    paid: Ints
    step: Ints

    def worth(self, *rates: Ints) -> Ints:
        """The amounts in another currency, at the documents' own rate (or rates, one by one)."""
        by = [rate[self.document] for rate in rates]
        return chained(self.before, *by) - chained(self.before - self.amount, *by)


def made(settlements: Settlements) -> Settlements:
    """Those that fall into the books' two years and are not empty."""
    return take(settlements, (settlements.day < DAYS) & (settlements.amount != 0))


def weekly_run(days: Ints, weekday: int) -> Ints:
    """The given weekday (0 Monday) of the week after each day."""
    return (days // _WEEK + 1) * _WEEK + weekday


def bundle(*fields: tuple[Ints, int]) -> tuple[Ints, Ints]:
    """Puts what agrees in all fields (with their widths in bits) into one payment document.

    Returns:
        The first position of each bundle, and the bundle of each position.
    """
    _, first, inverse = np.unique(pack(*fields), return_index=True, return_inverse=True)
    return first, inverse


def worth_at_source(sources: Ints, amounts: Ints, totals: Ints, *rates: Ints) -> Ints:
    """Applied amounts at the rate (or rates, one by one) of the payment they come from.

    All of a payment gives all its worth.
    """
    order = np.argsort(sources, kind="stable")
    source, amount = sources[order], amounts[order]
    left = totals[source] - running(amount, starts(source))
    worth = np.empty(len(order), np.int64)
    by = [rate[source] for rate in rates]
    worth[order] = chained(left + amount, *by) - chained(left, *by)
    return worth
