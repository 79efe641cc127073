"""The subsidiary that all areas work for: its size, masters, rates and books."""

from dataclasses import dataclass, field

import numpy as np

from erp_resources.sandbox.company import bills, costs, masters
from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.currencies import currency_of
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL, Rates
from erp_resources.sandbox.company.ebs.ledger import MOST_BATCHES, Documents, GeneralLedger
from erp_resources.sandbox.company.exact import divide, fill
from erp_resources.sandbox.company.masters import COUNTRY_CODES, Companies, Items

CUSTOMERS, SUPPLIERS, ITEMS = 1200, 400, 1800
"""How many there are at scale 1."""
TAX_PERCENT = 19


@dataclass(frozen=True)
class Subsidiary:
    """What was founded; ``scale`` multiplies everything that is not a calendar or an account."""

    scale: int
    seed: int
    customers: Companies
    suppliers: Companies
    items: Items
    bills: bills.Bills
    costs: costs.Costs
    rates: Rates
    ledger: GeneralLedger = field(default_factory=GeneralLedger)

    def draws(self, name: str) -> Draws:
        """The stream of random numbers of one area."""
        return Draws(self.seed, name)

    def documents(self, ledger: Ints, day: Ints, currency: Ints) -> Documents:
        """Documents to post, dealt out to as many journals a day as the scale asks for."""
        return Documents(ledger, day, currency, np.arange(len(day)) % self.scale)

    def functional_documents(self, ledger: Ints, day: Ints) -> Documents:
        """Documents in the ledger's own currency."""
        return self.documents(ledger, day, FUNCTIONAL[ledger])


def found(scale: int, seed: int) -> Subsidiary:
    """Set the subsidiary up.

    Raises:
        ValueError: if there would be more journals a day than can be told apart.
    """
    if not 1 <= scale <= MOST_BATCHES:
        raise ValueError(f"scale {scale} is not between 1 and {MOST_BATCHES}")
    items = masters.items(ITEMS * scale, seed)
    structures = bills.design(items, Draws(seed, "structures"))
    return Subsidiary(
        scale,
        seed,
        masters.customers(CUSTOMERS * scale, seed),
        masters.suppliers(SUPPLIERS * scale, seed),
        items,
        structures,
        costs.roll_up(structures, items, Draws(seed, "costs")),
        Rates(seed),
    )


def dealt_in(companies: Companies) -> tuple[Ints, Ints]:
    """Operating unit and currency that business with each company is done in."""
    serial = np.arange(len(companies.country))
    currency = currency_of(companies.country)
    american = companies.country == COUNTRY_CODES.index("US")
    european = np.isin(companies.country, [COUNTRY_CODES.index(c) for c in ("DE", "FR", "GR")])
    unit = np.where(american & (serial % 3 > 0) | european & (serial % 23 == 0), 1, 0)
    return unit, currency


def is_domestic(companies: Companies) -> Flags:
    """Which companies sit in the country of the operating unit that deals with them."""
    unit, _ = dealt_in(companies)
    home = np.array([COUNTRY_CODES.index("DE"), COUNTRY_CODES.index("US")])
    same: Flags = companies.country == home[unit]
    return same


def taxed(companies: Companies, net: Ints, dealers: Ints) -> Ints:
    """VAT on what is bought or sold: German companies dealing with the German operating unit."""
    unit, _ = dealt_in(companies)
    liable = np.logical_and(is_domestic(companies), unit == 0)
    return divide(fill(liable[dealers], net) * TAX_PERCENT, 100)
