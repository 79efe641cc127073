"""Fills the "who" columns: who created and last changed a row, and when."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints, Value
from erp_resources.sandbox.company.ebs.organizations import BATCH_USER, USERS


def who(created: Ints, updated: Ints | None = None) -> dict[str, Value]:
    """The four columns from the moment of creation and of the last change (seconds since 1970)."""
    serial = np.arange(len(created))
    changed = serial % 7 < 1
    if updated is None:
        updated = created + np.where(changed, 1 + serial * 7919 % 500_000, 0)
    return {
        "CREATION_DATE": created,
        "CREATED_BY": USERS[serial * 17 % len(USERS)],
        "LAST_UPDATE_DATE": updated,
        "LAST_UPDATED_BY": np.where(changed, USERS[serial * 31 % len(USERS)], BATCH_USER),
    }
