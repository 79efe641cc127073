"""GL_BALANCES from what the ledger has added up while posting."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, Value, build, money, pick
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.declarations import general_ledger as gl
from erp_resources.sandbox.company.ebs.ledger import CREDIT, DEBIT, GeneralLedger
from erp_resources.sandbox.company.ebs.organizations import BATCH_USER, LEDGER_IDS
from erp_resources.sandbox.company.periods import (
    HOUR,
    LAST_DAYS,
    MONTHS_A_YEAR,
    PERIODS,
    YEARS,
    at,
)


def rows(ledger: GeneralLedger) -> Iterator[tuple[Table, pa.Table]]:
    """One row per account, currency and month from the first one with a posting on."""
    functional = FUNCTIONAL[chart.LEDGER_OF]
    every = np.arange(chart.COMBINATIONS)
    net = ledger.entered.copy()
    net[every, functional] = ledger.accounted.sum(axis=1)
    equivalent = ledger.accounted
    opening, opening_equivalent = _opening(net), _opening(equivalent)
    posted = (net != 0).any(axis=3) | (equivalent != 0).any(axis=3)
    posted |= ((opening != 0) | (opening_equivalent != 0)).any(axis=3)
    place = np.nonzero(np.maximum.accumulate(posted, axis=2))
    amounts = {
        "PERIOD_NET_DR": net[*place, DEBIT],
        "PERIOD_NET_CR": net[*place, CREDIT],
        "BEGIN_BALANCE_DR": opening[*place, DEBIT],
        "BEGIN_BALANCE_CR": opening[*place, CREDIT],
        "PERIOD_NET_DR_BEQ": equivalent[*place, DEBIT],
        "PERIOD_NET_CR_BEQ": equivalent[*place, CREDIT],
        "BEGIN_BALANCE_DR_BEQ": opening_equivalent[*place, DEBIT],
        "BEGIN_BALANCE_CR_BEQ": opening_equivalent[*place, CREDIT],
    }
    account, currency, month = place
    is_foreign = currency != functional[account]
    columns: dict[str, Value] = {
        "LEDGER_ID": LEDGER_IDS[chart.LEDGER_OF[account]],
        "CODE_COMBINATION_ID": chart.IDS[account],
        "CURRENCY_CODE": pick(CURRENCIES, currency),
        "PERIOD_NAME": pick(PERIODS, month),
        "ACTUAL_FLAG": "A",
        "TRANSLATED_FLAG": pick([None, "R"], is_foreign.astype(np.int64)),
        "PERIOD_TYPE": "Month",
        "PERIOD_YEAR": YEARS[month],
        "PERIOD_NUM": 1 + month % MONTHS_A_YEAR,
        **{name: money(values) for name, values in amounts.items()},
        "BUDGET_VERSION_ID": None,
        "LAST_UPDATE_DATE": at(LAST_DAYS[month], 23 * HOUR),
        "LAST_UPDATED_BY": BATCH_USER,
    }
    yield gl.GL_BALANCES, build(gl.GL_BALANCES, len(account), columns)


def _opening(net: Ints) -> Ints:
    """Totals before each month; in January income and expense go into retained earnings."""
    opening = np.cumsum(net, axis=2) - net
    closed = opening[chart.IS_INCOME, :, MONTHS_A_YEAR]
    opening[chart.IS_INCOME, :, MONTHS_A_YEAR:] -= closed[:, :, np.newaxis]
    for position in range(len(LEDGER_IDS)):
        own = chart.LEDGER_OF[chart.IS_INCOME] == position
        retained = chart.combination(chart.RETAINED, np.array([position]))[0]
        opening[retained, :, MONTHS_A_YEAR:] += closed[own].sum(axis=0)[:, np.newaxis]
    return opening
