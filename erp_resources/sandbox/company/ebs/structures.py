"""The rows of BOM_STRUCTURES_B and BOM_COMPONENTS_B."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Ints,
    Value,
    build,
    numbered,
    only,
    pick,
    quantity,
)
from erp_resources.sandbox.company.bills import CREATED, FOREVER, Bills
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.declarations import structures as bom
from erp_resources.sandbox.company.ebs.organizations import PLANT, PLANT_IDS
from erp_resources.sandbox.company.exact import starts
from erp_resources.sandbox.company.periods import DAYS, at

FIRST_ITEM_ID = 100_001
_FIRST_BILL_ID = 700_001
_FIRST_COMPONENT_ID = 7_000_001
_REMARKS = (
    None,
    "auf Maß geschnitten",
    "voir plan 4711-B",
    'torque "hand tight"',
    "sprawdzić ±0,1",
)


def rows(bills: Bills) -> Iterator[tuple[Table, pa.Table]]:
    """BOM_STRUCTURES_B and BOM_COMPONENTS_B."""
    first = starts(bills.assembly)
    bill = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(bills.assembly))))
    yield _bill_rows(bills.assembly[first])
    yield _component_rows(bills, bill)


def _bill_rows(assemblies: Ints) -> tuple[Table, pa.Table]:
    serial = np.arange(len(assemblies))
    created = at(np.full(len(serial), CREATED), 9 * 3600 + serial % 20_000)
    columns: dict[str, Value] = {
        "BILL_SEQUENCE_ID": _FIRST_BILL_ID + serial,
        "ASSEMBLY_ITEM_ID": FIRST_ITEM_ID + assemblies,
        "ORGANIZATION_ID": int(PLANT_IDS[PLANT]),
        "ALTERNATE_BOM_DESIGNATOR": None,
        "ASSEMBLY_TYPE": 1,
        "COMMON_BILL_SEQUENCE_ID": _FIRST_BILL_ID + serial,
        "SPECIFIC_ASSEMBLY_COMMENT": pick([None, None, "Variante B", "série L'Étoile"], serial % 4),
        "PENDING_FROM_ECN": None,
        "IMPLEMENTATION_DATE": at(np.full(len(serial), CREATED)),
        **who(created),
    }
    return bom.BOM_STRUCTURES_B, build(bom.BOM_STRUCTURES_B, len(serial), columns)


def _component_rows(bills: Bills, bill: Ints) -> tuple[Table, pa.Table]:
    serial = np.arange(len(bill))
    is_new = bills.since > CREATED
    notices = numbered("ECN", 1000 + serial % 900, 5)
    columns: dict[str, Value] = {
        "COMPONENT_SEQUENCE_ID": _FIRST_COMPONENT_ID + serial,
        "BILL_SEQUENCE_ID": _FIRST_BILL_ID + bill,
        "COMPONENT_ITEM_ID": FIRST_ITEM_ID + bills.item,
        "PK2_VALUE": str(PLANT_IDS[PLANT]),
        "ITEM_NUM": bills.number,
        "OPERATION_SEQ_NUM": 10 * (1 + serial % 3),
        "COMPONENT_QUANTITY": quantity(bills.quantity),
        "COMPONENT_YIELD_FACTOR": Cells(bills.usable, 2),
        "PLANNING_FACTOR": 100,
        "EFFECTIVITY_DATE": at(bills.since),
        "DISABLE_DATE": Cells(at(bills.until), 0, bills.until < FOREVER),
        "CHANGE_NOTICE": only(notices, is_new),
        "WIP_SUPPLY_TYPE": Cells(1 + serial % 2, 0, serial % 9 > 0),
        "INCLUDE_IN_COST_ROLLUP": 1,
        "COMPONENT_REMARKS": pick(_REMARKS, np.where(serial % 8 > 0, 0, serial // 8 % 5)),
        **who(at(np.minimum(bills.since, DAYS) - 1, 9 * 3600 + serial % 20_000)),
    }
    return bom.BOM_COMPONENTS_B, build(bom.BOM_COMPONENTS_B, len(serial), columns)
