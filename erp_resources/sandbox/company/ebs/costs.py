"""What items cost at each plant, in its own currency."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.costs import Costs
from erp_resources.sandbox.company.ebs.organizations import BRANCH
from erp_resources.sandbox.company.exact import divide

_DOLLARS = 110
"""Standard costs at the American branch, in USD, per hundred EUR."""


def at_plant(costs: Costs, items: Ints, plants: Ints) -> Ints:
    """Standard costs in 10**-5 of the plant's functional currency."""
    total = costs.total[items]
    return np.where(plants == BRANCH, divide(total * _DOLLARS, 100), total)
