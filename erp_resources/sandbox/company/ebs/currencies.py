"""Currencies, the operating units' functional currencies and the daily rates between them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, build, pick, rate
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs.declarations import general_ledger as gl
from erp_resources.sandbox.company.ebs.exact import RATE_ONE, divide
from erp_resources.sandbox.company.ebs.periods import DAYS, at
from erp_resources.sandbox.company.names import COUNTRIES

CURRENCIES = ("EUR", "USD", "GBP", "JPY")
EUR, USD, GBP, JPY = range(4)
FUNCTIONAL: Ints = np.array([EUR, USD])
"""Currency of each ledger (and of the operating unit and plants that keep it)."""
_EURO_RATES = (RATE_ONE, 92_150_000, 117_200_000, 613_500)
_LIST_PRICE_FACTORS: Ints = np.array([100, 110, 85, 16_000])
_COUNTRY_CURRENCIES: Ints = np.array([CURRENCIES.index(c.currency) for c in COUNTRIES])
_FRIDAY, _SATURDAY = 4, 5  # day 0 is a Monday


class Rates:
    """What one unit of a currency was worth in each ledger's currency on each day."""

    def __init__(self, draws: Draws) -> None:
        self._to_euro = np.stack([_walk(base, draws) for base in _EURO_RATES])
        self._to_euro[EUR] = RATE_ONE
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


def currency_of(countries: Ints) -> Ints:
    """The currency that a company of each country deals in."""
    return _COUNTRY_CURRENCIES[countries]


def is_foreign(ledgers: Ints, currencies: Ints) -> Flags:
    """Whether a currency is not the ledger's own."""
    return np.not_equal(currencies, FUNCTIONAL[ledgers])


def list_price(euro_costs: Ints, currencies: Ints) -> Ints:
    """Prices in hundredths of a currency from costs in 10**-5 EUR, by the list's own factors."""
    return to_minor_unit(divide(euro_costs * _LIST_PRICE_FACTORS[currencies], 10**5), currencies)


def to_minor_unit(amounts: Ints, currencies: Ints) -> Ints:
    """Amounts in hundredths, rounded to what the currency can pay: a whole yen, else a cent."""
    return np.where(currencies == JPY, divide(amounts, 100) * 100, amounts)


def _walk(base: int, draws: Draws) -> Ints:
    """Two years of rates that start at ``base`` and stand still at weekends."""
    steps = draws.integers(-base // 450, base // 450 + 1, DAYS)
    steps[np.arange(DAYS) % 7 >= _SATURDAY] = 0
    return base + np.cumsum(steps)
