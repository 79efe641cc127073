"""The rows of GL_LEDGERS and GL_PERIODS."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Value, build, pick
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.declarations import general_ledger as gl
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS
from erp_resources.sandbox.company.periods import (
    FIRST_DAYS,
    HOUR,
    LAST_DAYS,
    MONTHS,
    MONTHS_A_YEAR,
    PERIODS,
    YEARS,
    at,
)

_CALENDAR = "ACCOUNTING"
_MONTHS_A_QUARTER = 3
_CREATED = -150  # days


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """The ledgers and the calendar that they share."""
    yield gl.GL_LEDGERS, _ledgers()
    yield gl.GL_PERIODS, _periods()


def _ledgers() -> pa.Table:
    ledger = np.arange(len(LEDGER_IDS))
    columns: dict[str, Value] = {
        "LEDGER_ID": LEDGER_IDS,
        "NAME": pick(["Werke Süd EUR", "Americas USD"], ledger),
        "SHORT_NAME": pick(["WERKE_SUED", "AMERICAS"], ledger),
        "DESCRIPTION": pick(["Fertigung und Vertrieb Süd", None], ledger),
        "LEDGER_CATEGORY_CODE": "PRIMARY",
        "CHART_OF_ACCOUNTS_ID": chart.CHART_OF_ACCOUNTS_ID,
        "CURRENCY_CODE": pick(CURRENCIES, FUNCTIONAL[ledger]),
        "PERIOD_SET_NAME": _CALENDAR,
        "ACCOUNTED_PERIOD_TYPE": "Month",
        "FIRST_LEDGER_PERIOD_NAME": PERIODS[0],
        "RET_EARN_CODE_COMBINATION_ID": chart.IDS[chart.combination(chart.RETAINED, ledger)],
        "SUSPENSE_ALLOWED_FLAG": "N",
        **who(at(_CREATED + ledger, 10 * HOUR)),
    }
    return build(gl.GL_LEDGERS, len(ledger), columns)


def _periods() -> pa.Table:
    month = np.arange(MONTHS)
    number, quarter = month % MONTHS_A_YEAR, month // _MONTHS_A_QUARTER
    prefixes: list[str | None] = [name.partition("-")[0] for name in PERIODS]
    columns: dict[str, Value] = {
        "PERIOD_SET_NAME": _CALENDAR,
        "PERIOD_NAME": pick(PERIODS, month),
        "START_DATE": at(FIRST_DAYS),
        "END_DATE": at(LAST_DAYS),
        "PERIOD_TYPE": "Month",
        "PERIOD_YEAR": YEARS,
        "PERIOD_NUM": 1 + number,
        "QUARTER_NUM": 1 + number // _MONTHS_A_QUARTER,
        "YEAR_START_DATE": at(FIRST_DAYS[month - number]),
        "QUARTER_START_DATE": at(FIRST_DAYS[quarter * _MONTHS_A_QUARTER]),
        "ENTERED_PERIOD_NAME": pick(prefixes, month),
        "ADJUSTMENT_PERIOD_FLAG": "N",
        "DESCRIPTION": None,
        **who(at(_CREATED + month, 10 * HOUR)),
    }
    return build(gl.GL_PERIODS, len(month), columns)
