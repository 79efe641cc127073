"""Bills of material: MAST, STKO and STPO.

A component that replaces another names it (``VGKNT``) and is valid from its ``DATUV``, on which the
other one ends. ``AUSCH`` is the scrap that is used up on top.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, numbered, pick
from erp_resources.sandbox.company.bills import CREATED, FOREVER
from erp_resources.sandbox.company.exact import divide, every, fill, starts
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.materials import UNITS
from erp_resources.sandbox.company.s4.organization import FACTORY, PLANTS, users
from erp_resources.sandbox.company.s4.values import NO_DAY, Value, build

_REMARKS = ("", "auf Maß geschnitten", "voir plan 4711-B", 'torque "hand tight"', "a|b ±0,1")
_WHOLE = 10_000  # percent, in hundredths


def rows(hq: Headquarters) -> Iterator[tuple[Table, pa.Table]]:
    """MAST, STKO and STPO."""
    bills = hq.bills
    first = starts(bills.assembly)
    bill = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(bills.assembly))))
    yield from _headers(hq, bills.assembly[first])
    yield TABLES["STPO"], _items(hq, bill)


def _headers(hq: Headquarters, assemblies: Ints) -> Iterator[tuple[Table, pa.Table]]:
    serial = np.arange(len(assemblies))
    common: dict[str, Value] = {
        "STLNR": numbered("", 1 + serial, 8),
        "STLAL": "01",
        "ANDAT": CREATED - 1,
        "ANNAM": users(serial),
    }
    linked: dict[str, Value] = {
        "MATNR": keys.materials(hq.items).take(pa.array(assemblies)),
        "WERKS": PLANTS[FACTORY],
        "STLAN": "1",
        **common,
    }
    yield TABLES["MAST"], build(TABLES["MAST"], len(serial), linked)
    heads: dict[str, Value] = {
        "STLTY": "M",
        "STKOZ": 1 + serial,
        "DATUV": CREATED,
        "BMEIN": pick(UNITS, hq.items.unit[assemblies]),
        "BMENG": 1000,
        "LABOR": pick(["", "001"], serial % 2),
        "STKTX": pick(["", "", "Variante B", "série L'Étoile"], serial % 4),
        "STLST": 1,
        "WRKAN": PLANTS[FACTORY],
        **common,
    }
    yield TABLES["STKO"], build(TABLES["STKO"], len(serial), heads)


def _items(hq: Headquarters, bill: Ints) -> pa.Table:
    bills, serial = hq.bills, np.arange(len(bill))
    is_new = bills.since > CREATED
    replaced = bills.until < FOREVER
    scrap = divide(np.full(len(bill), _WHOLE * 100), bills.usable) - _WHOLE
    columns: dict[str, Value] = {
        "STLTY": "M",
        "STLNR": numbered("", 1 + bill, 8),
        "STLKN": 1 + serial,
        "STPOZ": 1 + serial,
        "DATUV": bills.since,
        "AENNR": pc.if_else(pa.array(is_new), numbered("", 500_000 + serial, 12), ""),
        # A successor follows the component that it replaces.
        "VGKNT": fill(is_new, serial),
        "ANDAT": np.minimum(bills.since, DAYS) - 1,
        "ANNAM": users(serial),
        "AEDAT": np.where(replaced, np.minimum(bills.until, DAYS) - 1, NO_DAY),
        "AENAM": pc.if_else(pa.array(replaced), users(serial + 5), ""),
        "IDNRK": keys.materials(hq.items).take(pa.array(bills.item)),
        "POSTP": "L",
        "POSNR": numbered("", bills.number, 4),
        "MEINS": pick(UNITS, hq.items.unit[bills.item]),
        "MENGE": bills.quantity,
        "AUSCH": scrap,
        "SANKA": "X",
        "POTX1": pick(_REMARKS, fill(every(8, serial), serial // 8 % len(_REMARKS))),
    }
    return build(TABLES["STPO"], len(bill), columns)
