"""Journals without a subledger: the opening balance, payroll, depreciation and accruals."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.ledger import Documents, Journal, Posting
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.exact import convert, sum_by
from erp_resources.sandbox.company.periods import DAYS, LAST_DAYS, MONTHS
from erp_resources.sandbox.company.records import take

_CASH: Ints = np.array([2_000_000_000, 400_000_000])
_MACHINES: Ints = np.array([1_500_000_000, 150_000_000])
_SALARIES, _WEAR = 12_000_000, 900_000  # a month and cost centre, at most; abroad a seventh
_ABROAD = 7
_ACCRUALS = 600
_REVERSED_AFTER = 30  # days


def keep(company: Subsidiary) -> None:
    """Post all of them; amounts in hundredths, like their number at scale 1."""
    _open(company)
    _pay(company)
    _depreciate(company)
    _accrue(company)


def _open(company: Subsidiary) -> None:
    ledger = np.arange(len(LEDGER_IDS))
    cash, machines = _CASH * company.scale, _MACHINES * company.scale
    capital = chart.combination(chart.CAPITAL, ledger)
    company.ledger.post(
        Journal.OPENING,
        company.functional_documents(ledger, 0 * ledger),
        Posting(chart.combination(chart.CASH, ledger), cash, cash),
        Posting(chart.combination(chart.MACHINES, ledger), machines, machines),
        Posting(capital, -cash - machines, -cash - machines),
    )


def _pay(company: Subsidiary) -> None:
    """Salaries of each cost centre, owed at the month's end and paid the day after."""
    ledger, day, month = _month_ends()
    salaries = company.draws("salaries").integers(_SALARIES // 2, _SALARIES, len(day))
    amount = salaries * company.scale // (1 + (_ABROAD - 1) * ledger)
    centre = np.arange(len(day)) % chart.COST_CENTRES
    company.ledger.post(
        Journal.PAYROLL,
        _together(ledger, day),
        Posting(chart.combination(chart.SALARIES, ledger, centre), amount, amount),
        Posting(chart.combination(chart.PAYROLL_DUE, ledger), -amount, -amount),
    )
    first = np.arange(0, len(day), chart.COST_CENTRES)
    owed = sum_by(month, amount, len(first))
    unpaid = day[first] + 1 >= DAYS
    paid = np.where(unpaid, 0, owed)
    company.ledger.post(
        Journal.PAYROLL,
        _together(ledger[first], np.minimum(day[first] + 1, DAYS - 1)),
        Posting(chart.combination(chart.PAYROLL_DUE, ledger[first]), paid, paid),
        Posting(chart.combination(chart.CASH, ledger[first]), -paid, -paid),
    )


def _depreciate(company: Subsidiary) -> None:
    ledger, day, _ = _month_ends()
    wear = company.draws("wear").integers(_WEAR // 2, _WEAR, len(day))
    amount = wear * company.scale // (1 + (_ABROAD - 1) * ledger)
    centre = np.arange(len(day)) % chart.COST_CENTRES
    company.ledger.post(
        Journal.DEPRECIATION,
        _together(ledger, day),
        Posting(chart.combination(chart.DEPRECIATION, ledger, centre), amount, amount),
        Posting(chart.combination(chart.DEPRECIATED, ledger), -amount, -amount),
    )


def _month_ends() -> tuple[Ints, Ints, Ints]:
    """Ledger and day of each month's end, once per cost centre, and the number of the month end."""
    month = np.repeat(np.arange(len(LEDGER_IDS) * MONTHS), chart.COST_CENTRES)
    return month // MONTHS, LAST_DAYS[month % MONTHS], month


def _together(ledger: Ints, day: Ints) -> Documents:
    """Documents in the ledger's own currency that make one journal a day."""
    return Documents(ledger, day, FUNCTIONAL[ledger], 0 * day)


def _accrue(company: Subsidiary) -> None:
    """Expenses accrued in any currency the ledger deals in, and turned round a month later."""
    draws, count = company.draws("accruals"), _ACCRUALS * company.scale
    ledger = np.where(draws.chance(200, count), 1, 0)
    foreign = draws.chance(150, count)
    currency = np.where(foreign, 1 - FUNCTIONAL[ledger], FUNCTIONAL[ledger])
    day = draws.integers(0, DAYS, count)
    entered = draws.integers(1_000, 9_000_000, count)
    accounted = convert(entered, company.rates.of(ledger, currency, day))
    expense = chart.EXPENSES[3]
    account = chart.combination(expense, ledger, draws.integers(0, chart.COST_CENTRES, count))
    accrued = chart.combination(chart.ACCRUED, ledger)
    there = Posting(account, entered, accounted), Posting(accrued, -entered, -accounted)
    back = Posting(account, -entered, -accounted), Posting(accrued, entered, accounted)
    documents = company.documents(ledger, day, currency)
    company.ledger.post(Journal.ADJUSTMENT, documents, *there)
    later = company.documents(ledger, day + _REVERSED_AFTER, currency)
    due = later.day < DAYS
    company.ledger.post(Journal.ADJUSTMENT, take(later, due), *(take(p, due) for p in back))
