"""The currencies that the group deals in, their daily rates, and what prices are in them."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import RATE_ONE, divide
from erp_resources.sandbox.company.names import COUNTRIES
from erp_resources.sandbox.company.periods import DAYS

CURRENCIES = ("EUR", "USD", "GBP", "JPY")
EUR, USD, GBP, JPY = range(4)
_EURO_RATES = (RATE_ONE, 92_150_000, 117_200_000, 613_500)
_LIST_PRICE_FACTORS: Ints = np.array([100, 110, 85, 16_000])
_COUNTRY_CURRENCIES: Ints = np.array([CURRENCIES.index(c.currency) for c in COUNTRIES])
_SATURDAY = 5  # day 0 is a Monday


def euro_rates(seed: int) -> Ints:
    """What one unit of each currency was worth in EUR, by currency and day, in 10**-8."""
    draws = Draws(seed, "rates")
    rates = np.stack([_walk(base, draws) for base in _EURO_RATES])
    rates[EUR] = RATE_ONE
    return rates


def currency_of(countries: Ints) -> Ints:
    """The currency that a company of each country deals in."""
    return _COUNTRY_CURRENCIES[countries]


def in_currency(euro_costs: Ints, currencies: Ints) -> Ints:
    """Costs in EUR as a price list of each currency states them, by the list's own factors."""
    return divide(euro_costs * _LIST_PRICE_FACTORS[currencies], 100)


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
