"""Collecting receivables: receipts, and the applications that settle invoices with them."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.currencies import to_minor_unit
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.ledger import Journal, Posting, exchange_difference
from erp_resources.sandbox.company.ebs.parties import terms_days
from erp_resources.sandbox.company.ebs.receivables import Sales
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary, dealt_in
from erp_resources.sandbox.company.exact import convert, divide, fill, sum_by
from erp_resources.sandbox.company.periods import DAYS
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
_MONDAY = 0


@dataclass(frozen=True)
class Receipts:
    """Payments received; amounts in hundredths of their currency."""

    customer: Ints
    unit: Ints
    currency: Ints
    day: Ints
    amount: Ints
    rate: Ints


@dataclass(frozen=True)
class Collections:
    """What was received and how it was applied.

    ``memos`` and ``cash`` settle invoices; ``memo_of`` and ``receipt_of`` name the credit memo or
    receipt of each. ``worth_from`` is at the receipt's rate. ``left`` is what remains of each
    document of ``Sales``, ``unapplied`` of each receipt.
    """

    receipts: Receipts
    memos: Settlements
    memo_of: Ints
    cash: Settlements
    receipt_of: Ints
    worth_from: Ints
    left: Ints
    unapplied: Ints


def collect(company: Subsidiary, sales: Sales) -> Collections:
    """Apply the credit memos, receive payments, apply those, and post everything."""
    draws = company.draws("receipts")
    memo_of, memos = _credited(sales)
    cash = _paid(sales, memos, draws)
    receipts, receipt_of = _received(company, sales, cash, draws)
    applied = sum_by(receipt_of, cash.amount, len(receipts.day))
    worth = worth_at_source(receipt_of, cash.amount, receipts.amount, receipts.rate)
    left = sales.total.copy()
    left[memo_of] = 0
    np.subtract.at(left, memos.document, memos.amount)
    np.subtract.at(left, cash.document, cash.amount)
    collections = Collections(
        receipts, memos, memo_of, cash, receipt_of, worth, left, receipts.amount - applied
    )
    _post_receipts(company, receipts)
    _post_applications(company, sales, collections)
    _post_memos(company, sales, collections)
    return collections


def _credited(sales: Sales) -> tuple[Ints, Settlements]:
    memo = np.flatnonzero(sales.headings.previous >= 0)
    invoice = sales.headings.previous[memo]
    day, first = sales.headings.day[memo], np.zeros(len(memo), np.int64)
    return memo, Settlements(invoice, -sales.total[memo], sales.total[invoice], day, day, first)


def _paid(sales: Sales, memos: Settlements, draws: Draws) -> Settlements:
    invoice = np.flatnonzero(sales.headings.previous < 0)
    count = len(invoice)
    due, earliest = sales.total[invoice], sales.headings.day[invoice]
    due[memos.document] -= memos.amount
    earliest[memos.document] = memos.day
    habit = draws.weighted(_HABITS, count)
    share = divide(due * _FIRST_SHARES[habit], 100)
    first = to_minor_unit(share, sales.headings.currency[invoice])
    second = fill(habit == _SPLIT, due - first)
    terms = terms_days(sales.headings.customer[invoice])
    day = earliest + np.maximum(terms + draws.integers(-30, 45, count), 0)
    run = weekly_run(day, _MONDAY)
    later = weekly_run(day + draws.integers(21, 40, count), _MONDAY)
    step = np.ones(count, np.int64)
    return made(
        stack(
            Settlements(invoice, first, due, run, run, step),
            Settlements(invoice, second, due - first, later, later, step + 1),
        )
    )


def _received(
    company: Subsidiary, sales: Sales, cash: Settlements, draws: Draws
) -> tuple[Receipts, Ints]:
    heads = take(sales.headings, cash.document)
    fields = ((cash.day, 10), (heads.customer, 24), (heads.unit, 1), (heads.currency, 2))
    first, receipt_of = bundle(*fields)
    extra = 10_000 * fill(draws.chance(30, len(first)), draws.integers(1, 50, len(first)))
    chosen = take(heads, first)
    amount = sum_by(receipt_of, cash.amount, len(first)) + extra
    rate = company.rates.of(chosen.unit, chosen.currency, cash.day[first])
    receipts = Receipts(
        chosen.customer, chosen.unit, chosen.currency, cash.day[first], amount, rate
    )
    return stack(receipts, _on_account(company, draws)), receipt_of


def _on_account(company: Subsidiary, draws: Draws) -> Receipts:
    """Receipts that nobody could match to an invoice."""
    count = 50 * company.scale
    customer = draws.integers(0, len(company.customers.country), count)
    unit, currency = (of[customer] for of in dealt_in(company.customers))
    day = draws.integers(30, DAYS, count)
    amount = 100 * draws.integers(50, 9000, count)
    return Receipts(customer, unit, currency, day, amount, company.rates.of(unit, currency, day))


def _post_receipts(company: Subsidiary, receipts: Receipts) -> None:
    worth = convert(receipts.amount, receipts.rate)
    cash = chart.combination(chart.CASH, receipts.unit)
    unapplied = chart.combination(chart.UNAPPLIED, receipts.unit)
    company.ledger.post(
        Journal.RECEIPTS,
        company.documents(receipts.unit, receipts.day, receipts.currency),
        Posting(cash, receipts.amount, worth),
        Posting(unapplied, -receipts.amount, -worth),
    )


def _post_applications(company: Subsidiary, sales: Sales, done: Collections) -> None:
    heads = take(sales.headings, done.cash.document)
    amount, worth_to = done.cash.amount, done.cash.worth(sales.rate)
    loss, gain = exchange_difference(worth_to - done.worth_from)
    company.ledger.post(
        Journal.RECEIPTS,
        company.documents(heads.unit, done.cash.day, heads.currency),
        Posting(chart.combination(chart.UNAPPLIED, heads.unit), amount, done.worth_from),
        Posting(chart.combination(chart.RECEIVABLES, heads.unit), -amount, -worth_to),
        Posting(chart.combination(chart.EXCHANGE_LOSS, heads.unit), 0 * loss, loss),
        Posting(chart.combination(chart.EXCHANGE_GAIN, heads.unit), 0 * gain, gain),
    )


def _post_memos(company: Subsidiary, sales: Sales, done: Collections) -> None:
    """Both sides are receivables at one rate: only a cent of rounding can be left to post."""
    heads = take(sales.headings, done.memo_of)
    rest = done.memos.worth(sales.rate) + sales.accounted[done.memo_of]
    loss, gain = exchange_difference(rest)
    nothing = 0 * rest
    company.ledger.post(
        Journal.CREDIT_MEMOS,
        company.documents(heads.unit, heads.day, heads.currency),
        Posting(chart.combination(chart.RECEIVABLES, heads.unit), nothing, -rest),
        Posting(chart.combination(chart.EXCHANGE_LOSS, heads.unit), nothing, loss),
        Posting(chart.combination(chart.EXCHANGE_GAIN, heads.unit), nothing, gain),
    )
