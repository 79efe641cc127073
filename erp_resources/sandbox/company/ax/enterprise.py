"""What all areas work for: its size, masters, rates and books."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company import bills, costs, masters
from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.entities import ACCOUNTING, HOME, TAX_PERCENT, dealt_with
from erp_resources.sandbox.company.ax.ledger import GeneralLedger
from erp_resources.sandbox.company.ax.rates import Rates
from erp_resources.sandbox.company.currencies import currency_of, in_currency
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide, fill
from erp_resources.sandbox.company.masters import Companies, Items

CUSTOMERS, VENDORS, ITEMS = 900, 300, 1350
"""How many canonical ones there are at scale 1; of the first two some are not known here."""
LARGEST_SCALE = 1024
_UNKNOWN = 29  # every so manyth customer or vendor never had to do with these companies
_TERMS: Ints = np.array([30, 45, 60, 14])


@dataclass(frozen=True)
class Dealers:
    """Customers or vendors by canonical position.

    ``known``: the positions of those that have accounts. ``entity`` is who does business with each.
    """

    companies: Companies
    known: Ints
    entity: Ints
    currency: Ints

    def pool(self, entity: int) -> Ints:
        """The known ones that a legal entity does business with."""
        chosen: Ints = self.known[self.entity[self.known] == entity]
        return chosen

    def taxed(self, net: Ints, dealers: Ints) -> Ints:
        """VAT on what is bought or sold within the legal entity's country."""
        entity = self.entity[dealers]
        domestic = np.equal(self.companies.country[dealers], HOME[entity])
        return divide(fill(domestic, net) * TAX_PERCENT[entity], 100)


@dataclass(frozen=True)
class Enterprise:
    """What was founded; ``scale`` multiplies everything that is not a calendar or an account."""

    scale: int
    seed: int
    customers: Dealers
    vendors: Dealers
    items: Items
    bills: bills.Bills
    costs: costs.Costs
    rates: Rates
    ledger: GeneralLedger

    def draws(self, name: str) -> Draws:
        """The stream of random numbers of one area."""
        return Draws(self.seed, f"ax {name}")

    def standard_cost(self, item: Ints, entity: Ints) -> Ints:
        """Standard costs in 10**-5 of the legal entity's accounting currency."""
        return in_currency(self.costs.total[item], ACCOUNTING[entity])


def found(scale: int, seed: int) -> Enterprise:
    """Set the companies up.

    Raises:
        ValueError: if there would be more customers than account numbers.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise ValueError(f"scale {scale} is not between 1 and {LARGEST_SCALE}")
    items = masters.items(ITEMS * scale, seed)
    structures = bills.design(items, Draws(seed, "structures"))
    rates = Rates(seed)
    return Enterprise(
        scale,
        seed,
        _dealers(masters.customers(CUSTOMERS * scale, seed)),
        _dealers(masters.suppliers(VENDORS * scale, seed)),
        items,
        structures,
        costs.roll_up(structures, items, Draws(seed, "costs")),
        rates,
        GeneralLedger(rates),
    )


def terms_days(dealers: Ints) -> Ints:
    """The days until an amount is due under each customer's or vendor's terms."""
    return _TERMS[dealers % len(_TERMS)]


def _dealers(companies: Companies) -> Dealers:
    serial = np.arange(len(companies.country))
    known = np.flatnonzero(serial % _UNKNOWN != _UNKNOWN - 1)
    return Dealers(companies, known, dealt_with(companies), currency_of(companies.country))
