"""Ledgers, operating units and inventory organizations. Elsewhere a position stands for one."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints

LEDGER_IDS: Ints = np.array([2021, 2041])
UNIT_IDS: Ints = np.array([101, 204])
"""Operating unit of each ledger."""

MASTER_ORGANIZATION = 120
PLANT, DEPOT, BRANCH = range(3)
"""Makes and sells; trades in bought articles; sells both in America."""
PLANT_IDS: Ints = np.array([121, 122, 141])
PLANT_LEDGERS: Ints = np.array([0, 0, 1])

USERS: Ints = np.arange(1001, 1041)
"""Identifiers of the users who enter and change things."""
BATCH_USER = 1001
