"""Paying suppliers: weekly payment runs, instalments, and payments that come back void."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.currencies import to_minor_unit
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.ledger import Journal, Posting, exchange_difference
from erp_resources.sandbox.company.ebs.parties import terms_days
from erp_resources.sandbox.company.ebs.payables import Bills
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.exact import convert, divide, fill
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.settlement import Settlements, bundle, made, weekly_run

_FULL, _SPLIT, _VOID, _NONE = range(4)
_HABITS = (77, 10, 3, 10)
_FIRST_SHARES: Ints = np.array([100, 50, 100, 0])  # percent of the invoice
_THURSDAY = 3


@dataclass(frozen=True)
class Payments:
    """Payments of invoices, at ``rate``; those of one ``check`` went out together.

    ``void`` marks payments that came back and their reversals. ``left`` is by invoice.
    """

    paid: Settlements
    check: Ints
    rate: Ints
    void: Flags
    left: Ints


def pay(company: Subsidiary, bills: Bills) -> Payments:
    """Pay what falls due within the two years, and post it."""
    paid, void = _plan(company, bills)
    charges = take(bills.charges, paid.document)
    # A check that comes back is one of its own, so that no other invoice is touched.
    alone = fill(void, paid.document + 1)
    _, check = bundle((paid.paid, 10), (charges.supplier, 18), (charges.unit, 1), (alone, 32))
    rate = company.rates.of(charges.unit, charges.currency, paid.paid)
    left = bills.total.copy()
    np.subtract.at(left, paid.document, paid.amount)
    payments = Payments(paid, check, rate, void, left)
    _post(company, bills, payments)
    return payments


def _plan(company: Subsidiary, bills: Bills) -> tuple[Settlements, Flags]:
    draws, count = company.draws("payments"), len(bills.total)
    habit = draws.weighted(_HABITS, count)
    total, invoice = bills.total, np.arange(count)
    first = to_minor_unit(divide(total * _FIRST_SHARES[habit], 100), bills.charges.currency)
    due = bills.charges.day + terms_days(bills.charges.supplier)
    run = weekly_run(due + draws.integers(-10, 15, count), _THURSDAY)
    again = weekly_run(run + draws.integers(14, 35, count), _THURSDAY)
    is_void = habit == _VOID
    back = run + draws.integers(2, 6, count)
    step = np.ones(count, np.int64)
    rest = np.where(is_void, total, total - first)
    settled = made(
        stack(
            Settlements(invoice, first, total, run, run, step),
            Settlements(invoice, fill(is_void, -first), total - first, back, run, step),
            Settlements(
                invoice, fill(is_void | (habit == _SPLIT), rest), rest, again, again, step + 1
            ),
        )
    )
    return settled, is_void[settled.document] & (settled.step == 1)


def _post(company: Subsidiary, bills: Bills, payments: Payments) -> None:
    paid = payments.paid
    charges = take(bills.charges, paid.document)
    worth, spent = paid.worth(bills.rate), convert(paid.amount, payments.rate)
    loss, gain = exchange_difference(spent - worth)
    company.ledger.post(
        Journal.PAYMENTS,
        company.documents(charges.unit, paid.day, charges.currency),
        Posting(chart.combination(chart.PAYABLES, charges.unit), paid.amount, worth),
        Posting(chart.combination(chart.CASH, charges.unit), -paid.amount, -spent),
        Posting(chart.combination(chart.EXCHANGE_LOSS, charges.unit), 0 * loss, loss),
        Posting(chart.combination(chart.EXCHANGE_GAIN, charges.unit), 0 * gain, gain),
    )
