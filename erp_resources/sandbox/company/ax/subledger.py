"""What customers owe and vendors are owed: invoices, payments and how they settle one another.

Amounts are positive for what increases a debt, on either side. A settlement is worth what its
payment was worth; the difference to what the invoice was worth is an exchange gain or loss.
"""

import enum
from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise, terms_days
from erp_resources.sandbox.company.ax.ledger import Posting, Series, exchange_adjustments
from erp_resources.sandbox.company.currencies import to_minor_unit
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import convert, divide, fill, joint, sum_by
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.settlement import (
    Settlements,
    bundle,
    made,
    weekly_run,
    worth_at_source,
)

_FULL, _SPLIT, _PART, _NONE = range(4)
_HABITS = (80, 10, 4, 6)
_FIRST_SHARES: Ints = np.array([100, 40, 60, 0])  # percent of what is open
_TUESDAY = 1


class Kind(enum.IntEnum):
    """What a document is."""

    INVOICE = 0
    CREDIT_NOTE = 1
    PAYMENT = 2
    JOURNAL_INVOICE = 3


@dataclass(frozen=True)
class Side:
    """Customers or vendors: ``sign`` turns amounts into debits on the control account."""

    sign: int
    control: Account
    balance: PostingType
    payments: Series
    name: str


CUSTOMERS = Side(
    1, Account.RECEIVABLES, PostingType.CUST_BALANCE, Series.CUSTOMER_PAYMENT, "collection"
)
VENDORS = Side(-1, Account.PAYABLES, PostingType.VEND_BALANCE, Series.VENDOR_PAYMENT, "payments")


@dataclass(frozen=True)
class Claims:
    """Invoices, credit notes and payments, in hundredths of their currency."""

    kind: Ints
    entity: Ints
    dealer: Ints
    currency: Ints
    day: Ints
    amount: Ints
    voucher: Ints


@dataclass(frozen=True)
class Documents(Claims):
    """Claims at the rates of their day.

    ``accounting`` is ``amount`` at ``rate``, ``reporting`` that again at ``reporting_rate``.
    """

    rate: Ints
    reporting_rate: Ints
    accounting: Ints
    reporting: Ints


@dataclass(frozen=True)
class Settled:
    """Documents with the settlements between them; the payments are the last of the documents.

    ``of`` settles the positions ``of.document`` with the positions ``source``. ``worth`` is what
    the source was worth, ``adjustment`` what that is more than the invoice was worth.
    """

    documents: Documents
    of: Settlements
    source: Ints
    worth: Ints
    worth_reporting: Ints
    adjustment: Ints
    adjustment_reporting: Ints


def rated(company: Enterprise, claims: Claims) -> Documents:
    """Claims with what they are worth in the other currencies."""
    rate = company.rates.accounting(claims.entity, claims.currency, claims.day)
    again = company.rates.reporting(claims.entity, claims.day)
    accounting = convert(claims.amount, rate)
    return Documents(
        **vars(claims),
        rate=rate,
        reporting_rate=again,
        accounting=accounting,
        reporting=convert(accounting, again),
    )


def settle(
    company: Enterprise, side: Side, owed: Documents, credited: Settlements, credit: Ints
) -> Settled:
    """Settle invoices with credit notes and with payments, and post the payments.

    Args:
        owed: invoices and credit notes.
        credited: how the credit notes at ``credit`` reduce invoices.
    """
    draws = company.draws(side.name)
    paid = _planned(owed, credited, draws)
    payments, payment_of = _payments(company, side, owed, paid, draws)
    both = stack(owed, payments)
    of = stack(credited, paid)
    source = joint((credit, len(owed.day) + payment_of))
    settled = _valued(both, of, source)
    _post_payments(company, side, payments)
    _post_adjustments(company, side, settled)
    return settled


def _planned(owed: Documents, credited: Settlements, draws: Draws) -> Settlements:
    """When how much of each invoice is paid within the two years."""
    invoice = np.flatnonzero(owed.amount > 0)
    count = len(invoice)
    due, earliest = owed.amount.copy(), owed.day.copy()
    np.subtract.at(due, credited.document, credited.amount)
    np.maximum.at(earliest, credited.document, credited.day)
    due, earliest = due[invoice], earliest[invoice]
    habit = draws.weighted(_HABITS, count)
    first = to_minor_unit(divide(due * _FIRST_SHARES[habit], 100), owed.currency[invoice])
    second = fill(habit == _SPLIT, due - first)
    day = earliest + np.maximum(
        terms_days(owed.dealer[invoice]) + draws.integers(-20, 30, count), 0
    )
    run = weekly_run(day, _TUESDAY)
    later = weekly_run(day + draws.integers(14, 40, count), _TUESDAY)
    step = np.ones(count, np.int64)
    return made(
        stack(
            Settlements(invoice, first, due, run, run, step),
            Settlements(invoice, second, due - first, later, later, step + 1),
        )
    )


def _payments(
    company: Enterprise, side: Side, owed: Documents, paid: Settlements, draws: Draws
) -> tuple[Documents, Ints]:
    """One payment for what a dealer pays in a run; some pay more than is due, on account."""
    heads = take(owed, paid.document)
    fields = ((paid.day, 10), (heads.dealer, 24), (heads.entity, 1), (heads.currency, 2))
    first, payment_of = bundle(*fields)
    chosen, day = take(heads, first), paid.day[first]
    extra = 10_000 * fill(draws.chance(20, len(first)), draws.integers(1, 50, len(first)))
    amount = -sum_by(payment_of, paid.amount, len(first)) - extra
    voucher = company.ledger.open(side.payments, chosen.entity, day)
    kind = np.full(len(first), int(Kind.PAYMENT))
    dealers = (chosen.entity, chosen.dealer, chosen.currency)
    return rated(company, Claims(kind, *dealers, day, amount, voucher)), payment_of


def _valued(both: Documents, of: Settlements, source: Ints) -> Settled:
    rates, again = both.rate, both.reporting_rate
    worth = worth_at_source(source, of.amount, -both.amount, rates)
    worth_reporting = worth_at_source(source, of.amount, -both.amount, rates, again)
    return Settled(
        both,
        of,
        source,
        worth,
        worth_reporting,
        worth - of.worth(rates),
        worth_reporting - of.worth(rates, again),
    )


def _post_payments(company: Enterprise, side: Side, payments: Documents) -> None:
    amounts = (payments.amount, payments.accounting)
    debits = [side.sign * amount for amount in amounts]
    credits_ = [-debit for debit in debits]
    bank, control = posted(Account.BANK), posted(side.control)
    company.ledger.post(
        payments.voucher,
        Posting(side.balance, control, payments.currency, *debits),
        Posting(PostingType.BANK, bank, payments.currency, *credits_),
    )


def _post_adjustments(company: Enterprise, side: Side, settled: Settled) -> None:
    """Brings the control account from what the invoices were worth to what was paid for them."""
    source = take(settled.documents, settled.source)
    accounting = side.sign * settled.adjustment
    reporting = side.sign * settled.adjustment_reporting
    currency, nothing = source.currency, 0 * accounting
    control = posted(side.control)
    company.ledger.post(
        source.voucher,
        Posting(side.balance, control, currency, nothing, accounting, reporting),
        *exchange_adjustments(currency, -accounting, -reporting),
    )
