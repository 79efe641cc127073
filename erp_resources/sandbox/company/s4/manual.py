"""What is entered by hand at the end of each month: wages, their payment, and depreciation."""

import numpy as np

from erp_resources.sandbox.company.exact import sum_by
from erp_resources.sandbox.company.periods import LAST_DAYS, MONTHS
from erp_resources.sandbox.company.s4.books import DocumentType, documents, lines
from erp_resources.sandbox.company.s4.chart import COST_CENTRES, Account
from erp_resources.sandbox.company.s4.currencies import LOCAL, price
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import COMPANY_CODES

_SALARY, _WEAR = (20_000, 90_000), (1_000, 12_000)  # EUR per month and cost centre


def keep(hq: Headquarters) -> None:
    """Post two years of months in all company codes."""
    _accrue(hq, (Account.SALARIES, Account.PAYROLL_DUE), _SALARY, is_paid=True)
    _accrue(hq, (Account.DEPRECIATION, Account.DEPRECIATED), _WEAR, is_paid=False)


def _accrue(
    hq: Headquarters,
    accounts: tuple[Account, Account],
    euros: tuple[int, int],
    *,
    is_paid: bool,
) -> None:
    """Charges all cost centres each month and pays what is owed, at once, if ``is_paid``."""
    count = MONTHS * len(COMPANY_CODES)
    serial = np.repeat(np.arange(count), COST_CENTRES)
    company = np.arange(count) % len(COMPANY_CODES)
    draws = hq.draws(accounts[0].name)
    cost = 10**5 * draws.integers(*euros, len(serial)) * hq.scale
    amount = price(cost, LOCAL[company[serial]])
    centre = np.tile(np.arange(COST_CENTRES), count)
    total = sum_by(serial, amount, count)
    month, day = np.arange(count), LAST_DAYS[np.arange(count) // len(COMPANY_CODES)]
    heads = documents(DocumentType.GENERAL, company, day, LOCAL[company])
    hq.books.post(
        heads,
        lines(serial, accounts[0], amount, amount, centre=centre),
        lines(month, accounts[1], -total, -total),
    )
    if is_paid:
        hq.books.post(
            heads,
            lines(month, accounts[1], total, total),
            lines(month, Account.BANK, -total, -total),
        )
