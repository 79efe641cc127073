"""What AX keeps in every row besides the business: record number, version, dates, users."""

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.arrays import Flags, Ints, Value, pick
from erp_resources.sandbox.company.periods import at

FIRST_RECID = 5_637_144_576
"""The lowest record number that AX hands out, in each table anew."""
PARTITION = FIRST_RECID
_MICROSECONDS = 1_000_000
_NEVER = -2_208_988_800 * _MICROSECONDS  # 1900-01-01
FOREVER = 5_838_998_400 * _MICROSECONDS
"""The end of what is valid for ever: 2154-12-31, in microseconds since 1970."""
_USERS = ("Admin", "mhuber", "kschulz", "jsmith", "apatel", "EDI")
_VERSIONS = 2_147_483_629  # a prime below 2**31


def record_ids(positions: Ints) -> Ints:
    """The record numbers of a table's rows."""
    return FIRST_RECID + positions


def dates(days: Ints, present: Flags | None = None) -> Ints:
    """Days of the books as dates; where not ``present``, 1900-01-01 as AX writes "none"."""
    values = at(days) * _MICROSECONDS
    return values if present is None else np.where(present, values, _NEVER)


def system_columns(
    created: Ints, changed: Ints | None = None, entities: pa.Array | None = None
) -> dict[str, Value]:
    """The system columns of rows in the order of their record numbers.

    Args:
        created: seconds since 1970.
        changed: the last change, likewise; without it some rows are changed some days later.
        entities: legal entity of each row, for tables that each keeps for itself.
    """
    serial = np.arange(len(created))
    if changed is None:
        changed = created + np.where(serial % 7 < 1, 1 + serial * 7919 % 500_000, 0)
    is_changed = changed > created
    columns: dict[str, Value] = {
        "MODIFIEDDATETIME": changed * _MICROSECONDS,
        "MODIFIEDBY": pick(_USERS, serial * np.where(is_changed, 31, 17) % len(_USERS)),
        "CREATEDDATETIME": created * _MICROSECONDS,
        "CREATEDBY": pick(_USERS, serial * 17 % len(_USERS)),
        "RECVERSION": np.where(is_changed, 2 + serial * 1_103_515_245 % _VERSIONS, 1),
        "PARTITION": PARTITION,
        "RECID": record_ids(serial),
        "SYSROWVERSION": None,
    }
    return columns if entities is None else {**columns, "DATAAREAID": entities}
