"""Totals of the general ledger, FAGLFLEXT: by account, year, currency, cost centre and side."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, pick
from erp_resources.sandbox.company.periods import MONTHS, MONTHS_A_YEAR, month_of
from erp_resources.sandbox.company.s4 import chart
from erp_resources.sandbox.company.s4.books import Documents, Lines
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.organization import COMPANY_CODES, CONTROLLING_AREA
from erp_resources.sandbox.company.s4.values import Value, build

_FIRST_YEAR, _YEARS = 2024, MONTHS // MONTHS_A_YEAR
_PERIODS = 16
_FIRST_OBJECT = 1_000_000
_SHAPE = (
    len(COMPANY_CODES),
    len(Account),
    len(CURRENCIES),
    chart.COST_CENTRES + 1,
    2,
    _YEARS,
    _PERIODS + 1,
)
"""Company code, account, currency, cost centre (0 none), side, year, and period (0 carried)."""


def rows(documents: Documents, lines: Lines) -> Iterator[tuple[Table, pa.Table]]:
    """FAGLFLEXT; income begins each year at zero, its balance goes into retained earnings."""
    amounts, locals_ = (_summed(documents, lines, v) for v in (lines.amount, lines.local))
    _carry_forward(amounts, locals_)
    place = np.nonzero((amounts != 0).any(axis=-1) | (locals_ != 0).any(axis=-1))
    company, account, currency, centre, side, year = place
    columns: dict[str, Value] = {
        "RYEAR": _FIRST_YEAR + year,
        "OBJNR00": 1,
        "OBJNR01": _FIRST_OBJECT + np.arange(len(company)),
        "DRCRK": pick(["S", "H"], side),
        "RPMAX": _PERIODS,
        "RTCUR": pick(CURRENCIES, currency),
        "RLDNR": "0L",
        "RRCTY": "0",
        "RVERS": "001",
        "RACCT": chart.NUMBERS.take(pa.array(account)),
        "RBUKRS": pick(COMPANY_CODES, company),
        "RCNTR": chart.cost_centres(company, centre - 1),
        "KOKRS": CONTROLLING_AREA,
    }
    for prefix, totals in (("TSL", amounts), ("HSL", locals_)):
        columns[f"{prefix}VT"] = totals[*place, 0]
        columns |= {f"{prefix}{p:02}": totals[*place, p] for p in range(1, _PERIODS + 1)}
    yield TABLES["FAGLFLEXT"], build(TABLES["FAGLFLEXT"], len(company), columns)


def _summed(documents: Documents, lines: Lines, values: Ints) -> Ints:
    heads = lines.document
    year, month = np.divmod(month_of(documents.day[heads]), MONTHS_A_YEAR)
    deciding = np.where(lines.local != 0, lines.local, lines.amount)
    side = np.less(deciding, 0).astype(np.int64)
    place = (
        documents.company[heads],
        lines.account,
        documents.currency[heads],
        lines.centre + 1,
        side,
        year,
        month + 1,
    )
    totals = np.zeros(_SHAPE, np.int64)
    np.add.at(totals.reshape(-1), np.ravel_multi_index(place, _SHAPE), values)
    return totals


def _carry_forward(amounts: Ints, locals_: Ints) -> None:
    """Balances open the second year; income goes, in local currency, into retained earnings."""
    kept = ~chart.IS_INCOME
    for totals in (amounts, locals_):
        totals[..., 1, 0][:, kept] = totals[..., 0, :].sum(axis=-1)[:, kept]
    earned = locals_[..., 0, :][:, chart.IS_INCOME].sum(axis=(1, 2, 3, 4, 5))
    company, side = np.arange(len(earned)), np.less(earned, 0).astype(np.int64)
    for totals in (amounts, locals_):
        totals[company, Account.RETAINED, LOCAL[company], 0, side, 1, 0] = earned
