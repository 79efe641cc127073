"""Currencies, their decimals and rates: TCURR and TCURX.

An amount is a whole number of minor units inside (yen, cents, fils): the very digits that SAP
stores, as if every currency had two decimals.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import currencies
from erp_resources.sandbox.company.arrays import Ints, pick
from erp_resources.sandbox.company.currencies import EUR, JPY, USD, euro_rates
from erp_resources.sandbox.company.exact import RATE_ONE, divide
from erp_resources.sandbox.company.periods import DAYS, FIRST_DAYS
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.values import build, dates, digits

CURRENCIES = (*currencies.CURRENCIES, "KWD")
KWD = len(currencies.CURRENCIES)
DECIMALS: Ints = np.array([2, 2, 2, 0, 3])
LOCAL: Ints = np.array([EUR, USD, JPY])
"""Currency of each company code."""
_FACTORS: Ints = np.array([1, 1, 1, 100, 1])  # 100 yen are worth so much
_LIST_PRICES: Ints = np.array([100, 110, 85, 16_000, 33])  # per 100 EUR
_DINAR = 326  # USD per 100 KWD
_FIVE = 1000  # from eight decimals to the five of an exchange rate
_COST_DECIMALS = 5
_WEEK, _SATURDAY = 7, 5  # day 0 is a Monday
_INVERTED = 99_999_999
_MORE_DECIMALS = (
    ("CLP", 0), ("ISK", 0), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("OMR", 3), ("TND", 3), ("VND", 0),
)  # fmt: skip


class Rates:
    """What currencies were worth in each company code's own currency on each day."""

    def __init__(self, seed: int) -> None:
        euro = euro_rates(seed)
        euro = np.concatenate([euro, divide(euro[USD] * _DINAR, 100)[np.newaxis]])
        worth = divide(euro[np.newaxis] * RATE_ONE, euro[LOCAL][:, np.newaxis])
        self._factors = np.where(np.equal.outer(LOCAL, np.arange(len(CURRENCIES))), 1, _FACTORS)
        self._rates = divide(worth * self._factors[:, :, np.newaxis], _FIVE)

    def quoted(self, companies: Ints, from_: Ints, days: Ints) -> Ints:
        """Exchange rates as SAP writes them: for 1 or 100 units, in 10**-5."""
        return self._rates[companies, from_, days]

    def of(self, companies: Ints, from_: Ints, days: Ints) -> Ints:
        """The same rates between minor units, in 10**-8: what ``exact.convert`` takes."""
        shift = 3 + DECIMALS[LOCAL[companies]] - DECIMALS[from_]
        scaled = self.quoted(companies, from_, days) * 10**shift
        # Without a remainder: a rate for 100 yen shifts by two decimals.
        return scaled // self._factors[companies, from_]

    def rows(self) -> Iterator[tuple[Table, pa.Table]]:
        """TCURR (daily M, and monthly EURX, quoted indirectly) and TCURX."""
        company, foreign = np.nonzero(np.not_equal.outer(LOCAL, np.arange(len(CURRENCIES))))
        working = np.flatnonzero(np.arange(DAYS) % _WEEK < _SATURDAY)
        company, foreign = (np.repeat(part, len(working)) for part in (company, foreign))
        day = np.tile(working, len(company) // len(working))
        monthly, others = np.tile(FIRST_DAYS, KWD), np.repeat(np.arange(1, KWD + 1), 24)
        direct = self._rates[EUR, others, monthly]
        indirect = divide(np.full(len(direct), RATE_ONE * 100), direct)
        daily, months = len(day), len(monthly)
        ones = np.ones(daily + months, np.int64)
        factor = np.concatenate([self._factors[company, foreign], _FACTORS[others]])
        columns = {
            "KURST": pick(["M", "EURX"], np.repeat([0, 1], [daily, months])),
            "FCURR": pick(CURRENCIES, np.concatenate([foreign, others])),
            "TCURR": pick(CURRENCIES, np.concatenate([LOCAL[company], np.full(months, EUR)])),
            "GDATU": inverted(np.concatenate([day, monthly])),
            "UKURS": np.concatenate([self.quoted(company, foreign, day), -indirect]),
            "FFACT": factor,
            "TFACT": ones,
        }
        yield TABLES["TCURR"], build(TABLES["TCURR"], len(ones), columns)
        keys, decimals = zip(*_MORE_DECIMALS, strict=True)
        rows = {"CURRKEY": pa.array(keys), "CURRDEC": np.array(decimals)}
        yield TABLES["TCURX"], build(TABLES["TCURX"], len(keys), rows)


def inverted(days: Ints) -> pa.Array:
    """Dates as they sort newest first: 99999999 less ``YYYYMMDD``."""
    numbers = dates(days).cast(pa.int64()).to_numpy()
    return digits(_INVERTED - numbers, 8)


def price(euro_costs: Ints, to: Ints) -> Ints:
    """Costs in 10**-5 EUR as a price list of each currency states them, in minor units."""
    return divide(euro_costs * _LIST_PRICES[to], 100 * 10 ** (_COST_DECIMALS - DECIMALS[to]))
