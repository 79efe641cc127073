"""The operating units' functional currencies and the daily rates between them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, build, pick, rate
from erp_resources.sandbox.company.currencies import (
    CURRENCIES,
    EUR,
    GBP,
    JPY,
    USD,
    euro_rates,
)
from erp_resources.sandbox.company.ebs.declarations import general_ledger as gl
from erp_resources.sandbox.company.exact import RATE_ONE, divide
from erp_resources.sandbox.company.periods import DAYS, at

FUNCTIONAL: Ints = np.array([EUR, USD])
"""Currency of each ledger (and of the operating unit and plants that keep it)."""


class Rates:
    """What one unit of a currency was worth in each ledger's currency on each day."""

    def __init__(self, seed: int) -> None:
        self._to_euro = euro_rates(seed)
        self._from_euro = divide(np.full_like(self._to_euro, RATE_ONE**2), self._to_euro)

    def of(self, ledgers: Ints, currencies: Ints, days: Ints) -> Ints:
        """Rates to the functional currency; a ledger in USD deals in USD and EUR only."""
        to_euro = self._to_euro[currencies, days]
        abroad = np.where(currencies == EUR, self._from_euro[USD, days], RATE_ONE)
        return np.where(ledgers == 0, to_euro, abroad)

    def rows(self) -> Iterator[tuple[Table, pa.Table]]:
        """GL_DAILY_RATES: both directions between EUR and every other currency, each day."""
        foreign = np.repeat([USD, GBP, JPY], DAYS)
        day = np.tile(np.arange(DAYS), 3)
        euro = np.full(len(day), EUR)
        values = np.concatenate([self._to_euro[foreign, day], self._from_euro[foreign, day]])
        source = np.concatenate([foreign, euro])
        target = np.concatenate([euro, foreign])
        moment = at(np.tile(day, 2), 6 * 3600 + 300)
        columns = {
            "FROM_CURRENCY": pick(CURRENCIES, source),
            "TO_CURRENCY": pick(CURRENCIES, target),
            "CONVERSION_DATE": at(np.tile(day, 2)),
            "CONVERSION_TYPE": "Corporate",
            "CONVERSION_RATE": rate(values),
            "STATUS_CODE": "C",
            "RATE_SOURCE_CODE": pick([None, "ECB"], (source == EUR).astype(np.int64)),
            "CREATION_DATE": moment,
            "CREATED_BY": 1001,
            "LAST_UPDATE_DATE": moment,
            "LAST_UPDATED_BY": 1001,
            "LAST_UPDATE_LOGIN": None,
        }
        yield gl.GL_DAILY_RATES, build(gl.GL_DAILY_RATES, len(source), columns)


def is_foreign(ledgers: Ints, currencies: Ints) -> Flags:
    """Whether a currency is not the ledger's own."""
    return np.not_equal(currencies, FUNCTIONAL[ledgers])
