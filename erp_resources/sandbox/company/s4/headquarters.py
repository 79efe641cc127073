"""The headquarters that all areas work for: its size, masters, prices, rates and books."""

from dataclasses import dataclass, field

import numpy as np

from erp_resources.sandbox.company import bills, costs, masters
from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide
from erp_resources.sandbox.company.masters import Companies, Items
from erp_resources.sandbox.company.s4.books import Books
from erp_resources.sandbox.company.s4.currencies import LOCAL, Rates, price
from erp_resources.sandbox.company.s4.organization import PLANT_COMPANIES

CUSTOMERS, SUPPLIERS, ITEMS = 1200, 400, 1800
"""How many there are at scale 1: as many as the subsidiaries have, so that all are shared."""
LARGEST_SCALE = 100
_DEAR, _CHEAP = 10_000_000, 100_000  # 100 EUR and 1 EUR, in 10**-5


@dataclass(frozen=True)
class Headquarters:
    """What was founded; ``scale`` multiplies everything that is not a calendar or an account.

    ``price_unit``: the quantity of each item that its prices are for.
    """

    scale: int
    seed: int
    customers: Companies
    suppliers: Companies
    items: Items
    bills: bills.Bills
    costs: costs.Costs
    price_unit: Ints
    rates: Rates
    books: Books = field(default_factory=Books)

    def draws(self, name: str) -> Draws:
        """The stream of random numbers of one area."""
        return Draws(self.seed, f"s4 {name}")

    def standard_prices(self, items: Ints, plants: Ints) -> Ints:
        """Standard prices per price unit, in minor units of the plant's currency."""
        return self.prices(self.costs.total[items], items, LOCAL[PLANT_COMPANIES[plants]])

    def prices(self, euro_costs: Ints, items: Ints, currencies: Ints) -> Ints:
        """Costs in 10**-5 EUR per unit as prices per price unit, at least one minor unit."""
        return np.maximum(price(euro_costs * self.price_unit[items], currencies), 1)

    def worth(self, quantities: Ints, prices: Ints, items: Ints) -> Ints:
        """What thousandths of items come to at prices per price unit."""
        return divide(quantities * prices, 1000 * self.price_unit[items])


def found(scale: int, seed: int) -> Headquarters:
    """Set the headquarters up.

    Raises:
        ValueError: if there would be more documents than numbers for them.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise ValueError(f"scale {scale} is not between 1 and {LARGEST_SCALE}")
    items = masters.items(ITEMS * scale, seed)
    structures = bills.design(items, Draws(seed, "structures"))
    rolled = costs.roll_up(structures, items, Draws(seed, "costs"))
    dear, cheap = rolled.total >= _DEAR, rolled.total < _CHEAP
    return Headquarters(
        scale,
        seed,
        masters.customers(CUSTOMERS * scale, seed),
        masters.suppliers(SUPPLIERS * scale, seed),
        items,
        structures,
        rolled,
        np.where(dear, 1, np.where(cheap, 1000, 100)),
        Rates(seed),
    )
