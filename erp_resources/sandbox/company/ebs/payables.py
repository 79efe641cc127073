"""Suppliers' invoices, matched to what was delivered or for expenses, and what they post."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.currencies import list_price
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.ledger import Journal, Posting
from erp_resources.sandbox.company.ebs.production import Purchases
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary, dealt_in, taxed
from erp_resources.sandbox.company.exact import convert, divide, fill
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import stack, take

EXPENSE_INVOICES = 3_600
"""At scale 1."""
NO_ORDER = -1
_SHARE = 60  # percent, of the first of two cost centres


@dataclass(frozen=True)
class Charges:
    """What suppliers ask for, one invoice per position, in hundredths of its currency.

    ``order`` is the purchase order that it is matched to, for which ``accrued`` was set aside, or
    ``NO_ORDER``. ``cancelled`` is the net amount of an invoice that was withdrawn, else 0.
    """

    supplier: Ints
    unit: Ints
    currency: Ints
    day: Ints
    order: Ints
    net: Ints
    accrued: Ints
    cancelled: Ints


@dataclass(frozen=True)
class Bills:
    """Charges with tax and in the functional currency (``base``), at ``rate``."""

    charges: Charges
    rate: Ints
    tax: Ints
    total: Ints
    base: Ints


def receive(company: Subsidiary, purchases: Purchases) -> Bills:
    """Enter and post all invoices, in order of day."""
    draws = company.draws("payables")
    charges = stack(_matched(purchases, draws), _expenses(company, draws))
    charges = take(charges, np.argsort(charges.day, kind="stable"))
    tax = taxed(company.suppliers, charges.net, charges.supplier)
    rate = company.rates.of(charges.unit, charges.currency, charges.day)
    total = charges.net + tax
    bills = Bills(charges, rate, tax, total, convert(total, rate))
    _post(company, bills, draws)
    return bills


def _matched(purchases: Purchases, draws: Draws) -> Charges:
    count = len(purchases.order)
    day = purchases.day + draws.integers(2, 26, count)
    differs = draws.chance(30, count)
    percent = draws.integers(96, 105, count)
    net = np.where(differs, divide(purchases.amount * percent, 100), purchases.amount)
    charges = Charges(
        purchases.supplier,
        purchases.unit,
        FUNCTIONAL[purchases.unit],
        day,
        purchases.order,
        net,
        purchases.amount,
        np.zeros(count, np.int64),
    )
    return take(charges, day < DAYS)


def _expenses(company: Subsidiary, draws: Draws) -> Charges:
    count = EXPENSE_INVOICES * company.scale
    supplier = draws.skewed(len(company.suppliers.country), count)
    unit, currency = (of[supplier] for of in dealt_in(company.suppliers))
    euros = draws.integers(10, 3_000, count) * draws.integers(100, 200_000, count)
    net = np.maximum(list_price(euros, currency), 100)
    net = np.where(draws.chance(40, count), -net, net)
    cancelled = draws.chance(8, count)
    none = np.full(count, NO_ORDER)
    return Charges(
        supplier,
        unit,
        currency,
        draws.integers(0, DAYS, count),
        none,
        fill(~cancelled, net),
        np.zeros(count, np.int64),
        fill(cancelled, net),
    )


def _post(company: Subsidiary, bills: Bills, draws: Draws) -> None:
    charges, tax = bills.charges, convert(bills.tax, bills.rate)
    net = bills.base - tax
    documents = company.documents(charges.unit, charges.day, charges.currency)
    payable = chart.combination(chart.PAYABLES, charges.unit)
    input_tax = chart.combination(chart.INPUT_TAX, charges.unit)
    company.ledger.post(
        Journal.PURCHASE_INVOICES,
        documents,
        Posting(payable, -bills.total, -bills.base),
        Posting(input_tax, bills.tax, tax),
        *_variances(charges),
        *_shares(bills, net, draws),
    )


def _variances(charges: Charges) -> tuple[Posting, Posting]:
    """Clears what was accrued for the delivery; a different price is a variance."""
    rest = fill(charges.order != NO_ORDER, charges.net - charges.accrued)
    accrual = chart.combination(chart.ACCRUAL, charges.unit)
    variance = chart.combination(chart.INVOICE_VARIANCE, charges.unit)
    return Posting(accrual, charges.accrued, charges.accrued), Posting(variance, rest, rest)


def _shares(bills: Bills, net: Ints, draws: Draws) -> tuple[Posting, Posting]:
    """Charges expenses to one cost centre or two, the second of which takes what is left."""
    charges, count = bills.charges, len(net)
    is_expense = charges.order == NO_ORDER
    net, charged = fill(is_expense, net), fill(is_expense, charges.net)
    shared = draws.chance(300, count)
    part = divide(charged * _SHARE, 100)
    entered = np.where(shared, part, charged)
    accounted = np.where(shared, convert(part, bills.rate), net)
    centre = draws.skewed(chart.COST_CENTRES, count)
    account = _expense_accounts(charges, draws)
    return (
        Posting(account + centre, entered, accounted),
        Posting(account + (centre + 1) % chart.COST_CENTRES, charged - entered, net - accounted),
    )


def _expense_accounts(charges: Charges, draws: Draws) -> Ints:
    """The first cost centre's combination of what each supplier mostly charges for."""
    chosen = (charges.supplier + draws.skewed(3, len(charges.supplier))) % len(chart.EXPENSES)
    first = [chart.combination(expense, charges.unit) for expense in chart.EXPENSES]
    return np.choose(chosen, first)
