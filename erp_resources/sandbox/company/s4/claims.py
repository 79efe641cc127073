"""Open items of customers and vendors, and their payment: what clears what, and what it posts."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.exact import convert, divide, fill, sum_by
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4.books import (
    DocumentType,
    Lines,
    documents,
    exchange_lines,
    lines,
)
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.settlement import Settlements, bundle, made, weekly_run


@dataclass(frozen=True)
class Claims:
    """Invoices, one per position; amounts in minor units, those of vendors negative.

    ``total`` and ``local`` are what is open once credit memos are taken off, ``rate`` (10**-8) is
    the invoice's; ``payable`` is the first day for a payment to be due.
    """

    number: Ints
    document: Ints
    partner: Ints
    company: Ints
    currency: Ints
    rate: Ints
    total: Ints
    local: Ints
    payable: Ints


@dataclass(frozen=True)
class Habits:
    """How a kind of partner pays: ``weights`` of in full, in two parts, one part only, not at all.

    ``shares`` are percent of the first payment; ``weekday`` (0 Monday) is that of all payments.
    """

    kind: DocumentType
    account: Account
    weights: tuple[int, int, int, int]
    shares: tuple[int, int, int, int]
    earliest: int
    latest: int
    weekday: int


CUSTOMERS = Habits(
    DocumentType.CUSTOMER_PAYMENT, Account.RECEIVABLES, (80, 10, 4, 6), (100, 40, 60, 0), -30, 45, 0
)
VENDORS = Habits(
    DocumentType.VENDOR_PAYMENT, Account.PAYABLES, (78, 9, 3, 10), (100, 50, 50, 0), -10, 15, 3
)
_SPLIT = 1


def settle(hq: Headquarters, claims: Claims, habits: Habits) -> None:
    """Pay what falls due within the two years, post it and clear what is paid in full."""
    paid = _plan(hq, claims, habits)
    of = take(claims, paid.document)
    fields = ((paid.day, 10), (of.partner, 18), (of.company, 2), (of.currency, 3))
    first, payment = bundle(*fields)
    heads = take(of, first)
    rate = hq.rates.of(heads.company, heads.currency, paid.day[first])
    count = len(first)
    worth = _worth(claims, paid)
    total, cleared = sum_by(payment, paid.amount, count), sum_by(payment, worth, count)
    received = convert(total, rate)
    posted = hq.books.post(
        documents(habits.kind, heads.company, paid.day[first], heads.currency),
        lines(np.arange(count), Account.BANK, total, received),
        _partner_lines(habits.account, payment, of, paid, worth),
        exchange_lines(np.arange(count), cleared - received),
    )
    _clear(hq, claims, paid, posted[payment])


def _plan(hq: Headquarters, claims: Claims, habits: Habits) -> Settlements:
    draws, count = hq.draws(habits.kind.name), len(claims.total)
    habit = draws.weighted(habits.weights, count)
    claim, total = np.arange(count), claims.total
    first = divide(total * np.array(habits.shares)[habit], 100)
    day = claims.payable + draws.integers(habits.earliest, habits.latest, count)
    run = weekly_run(np.maximum(day, 1), habits.weekday)
    again = weekly_run(run + draws.integers(14, 35, count), habits.weekday)
    step = np.ones(count, np.int64)
    rest = total - first
    second = Settlements(claim, fill(habit == _SPLIT, rest), rest, again, again, step + 1)
    return made(stack(Settlements(claim, first, total, run, run, step), second))


def _worth(claims: Claims, paid: Settlements) -> Ints:
    """Payments at their invoices' rates; the first takes what credit memos left by rounding."""
    worth = paid.worth(claims.rate)
    rest = claims.local - convert(claims.total, claims.rate)
    return worth + fill(paid.step == 1, rest[paid.document])


def _partner_lines(
    account: Account, payment: Ints, of: Claims, paid: Settlements, worth: Ints
) -> Lines:
    return lines(
        payment,
        account,
        -paid.amount,
        -worth,
        claim=of.number,
        invoice=of.document,
        partner=of.partner,
    )


def _clear(hq: Headquarters, claims: Claims, paid: Settlements, posted: Ints) -> None:
    """Clears claims of which nothing is left, by the last payment of each."""
    left = claims.total - sum_by(paid.document, paid.amount, len(claims.total))
    last = np.zeros(len(claims.total), np.int64)
    np.maximum.at(last, paid.document, paid.step)
    final = (paid.step == last[paid.document]) & (left[paid.document] == 0)
    hq.books.clear(claims.number[paid.document[final]], posted[final])
