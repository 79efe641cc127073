"""Standard costs: frozen on the first day, rolled up from purchase prices through the bills."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.bills import Bills
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide, sum_by
from erp_resources.sandbox.company.masters import Items, Kind


@dataclass(frozen=True)
class Costs:
    """By item, in 10**-5 EUR: the standard cost and, of made items, its part that is material."""

    total: Ints
    material: Ints


def roll_up(bills: Bills, items: Items, draws: Draws) -> Costs:
    """Material by the bills of the first day, level by level, plus the cost of conversion."""
    total, material = items.price.copy(), np.zeros(len(items.kind), np.int64)
    conversion = draws.integers(15, 40, len(items.kind))
    for level in (Kind.PART, Kind.GROUP, Kind.MODULE, Kind.FINISHED):
        made = np.flatnonzero(items.kind == level)
        parent, component = bills.used_by(made, np.zeros(len(made), np.int64))
        used = bills.quantity[component] * total[bills.item[component]] * 100
        material[made] = sum_by(parent, divide(used, 1000 * bills.usable[component]), len(made))
        total[made] = material[made] + divide(material[made] * conversion[made], 100)
    return Costs(total, material)
