"""Vouchers without a subledger: the opening balance and the monthly payroll."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ACCOUNTING, ENTITIES
from erp_resources.sandbox.company.ax.ledger import Posting, Series
from erp_resources.sandbox.company.ax.payables import COST_CENTRES
from erp_resources.sandbox.company.periods import LAST_DAYS, MONTHS

_CASH: Ints = np.array([900_000_000, 40_000_000])
_SALARIES: Ints = np.array([9_000_000, 90_000])
"""A month and cost centre, at most."""


def keep(company: Enterprise) -> None:
    """Post all of them; amounts in hundredths grow with the scale."""
    entity = np.arange(len(ENTITIES))
    cash = _CASH * company.scale
    voucher = company.ledger.open(Series.GENERAL, entity, 0 * entity)
    _post(company, voucher, posted(Account.BANK), posted(Account.CAPITAL), cash)
    month = np.repeat(np.arange(MONTHS * len(ENTITIES)), COST_CENTRES)
    entity, day = month // MONTHS, LAST_DAYS[month % MONTHS]
    share = company.draws("salaries").integers(50, 101, len(month))
    first = np.arange(0, len(month), COST_CENTRES)
    voucher = company.ledger.open(Series.PAYROLL, entity[first], day[first])
    salaries = _SALARIES[entity] * share // 100 * company.scale
    centre = np.arange(len(month)) % COST_CENTRES
    places = posted(Account.SALARIES, centre), posted(Account.BANK)
    _post(company, voucher[month], *places, salaries)


def _post(company: Enterprise, voucher: Ints, debited: Ints, credited: Ints, amounts: Ints) -> None:
    kind, currency = (
        PostingType.LEDGER_JOURNAL,
        ACCOUNTING[company.ledger.vouchers().entity[voucher]],
    )
    company.ledger.post(
        voucher,
        Posting(kind, debited, currency, amounts, amounts),
        Posting(kind, credited, currency, -amounts, -amounts),
    )
