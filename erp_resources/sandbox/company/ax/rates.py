"""Exchange rates between the currencies of documents, of the books and of the group's reports."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Cells, Ints, Value, build, pick
from erp_resources.sandbox.company.ax.declarations import organization
from erp_resources.sandbox.company.ax.entities import ACCOUNTING, RATE_TYPE, REPORTING
from erp_resources.sandbox.company.ax.system import FOREVER, dates, record_ids, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES, euro_rates
from erp_resources.sandbox.company.exact import RATE_ONE, divide
from erp_resources.sandbox.company.periods import DAYS, HOUR, at

_PAIRS = sorted(
    {(c, int(to)) for c in range(len(CURRENCIES)) for to in ACCOUNTING if c != to}
    | {(int(c), REPORTING) for c in ACCOUNTING}
)
_FRIDAY = 4
_BUSINESS_DAYS: Ints = np.flatnonzero(np.arange(DAYS) % 7 <= _FRIDAY)  # day 0 is a Monday
_PER_HUNDRED = 6  # decimals of a rate for 100 units: 8 for one


class Rates:
    """What one unit of a currency is worth, in 10**-8."""

    def __init__(self, seed: int) -> None:
        euro = euro_rates(seed)
        self._rates: Ints = divide(euro[:, np.newaxis] * RATE_ONE, euro[np.newaxis, :])

    def accounting(self, entity: Ints, currency: Ints, day: Ints) -> Ints:
        """Rates to the accounting currency of each legal entity."""
        rates: Ints = self._rates[currency, ACCOUNTING[entity], day]
        return rates

    def reporting(self, entity: Ints, day: Ints) -> Ints:
        """Rates from the accounting currency of each legal entity to the reporting currency."""
        rates: Ints = self._rates[ACCOUNTING[entity], REPORTING, day]
        return rates

    def rows(self) -> Iterator[tuple[Table, pa.Table]]:
        """EXCHANGERATECURRENCYPAIR and EXCHANGERATE."""
        yield organization.EXCHANGERATECURRENCYPAIR, _pairs()
        yield organization.EXCHANGERATE, self._daily()

    def _daily(self) -> pa.Table:
        source, target = np.repeat(np.array(_PAIRS), len(_BUSINESS_DAYS), axis=0).T
        pair = np.repeat(np.arange(len(_PAIRS)), len(_BUSINESS_DAYS))
        day = np.tile(_BUSINESS_DAYS, len(_PAIRS))
        until = np.tile(np.append(_BUSINESS_DAYS[1:] - 1, DAYS), len(_PAIRS))
        columns: dict[str, Value] = {
            "EXCHANGERATECURRENCYPAIR": record_ids(pair),
            "EXCHANGERATE": per_hundred(self._rates[source, target, day]),
            "VALIDFROM": dates(day),
            "VALIDTO": np.where(until < DAYS, dates(until), FOREVER),
            **system_columns(at(day, 6 * HOUR + 300), at(day, 6 * HOUR + 300)),
        }
        return build(organization.EXCHANGERATE, len(day), columns)


def per_hundred(rates: Ints) -> Cells:
    """Rates as AX stores them: for 100 units."""
    return Cells(rates, _PER_HUNDRED)


def _pairs() -> pa.Table:
    source, target = np.array(_PAIRS).T
    columns: dict[str, Value] = {
        "FROMCURRENCYCODE": pick(CURRENCIES, source),
        "TOCURRENCYCODE": pick(CURRENCIES, target),
        "EXCHANGERATETYPE": RATE_TYPE,
        **system_columns(at(np.full(len(source), -1400), 9 * HOUR)),
    }
    return build(organization.EXCHANGERATECURRENCYPAIR, len(source), columns)
