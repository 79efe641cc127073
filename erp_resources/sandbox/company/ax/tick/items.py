"""What movements need to know of items: kinds, standard costs, product lines and warehouses."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import pick
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ENTITIES, dimension_ids, dimension_of
from erp_resources.sandbox.company.ax.keys import item_numbers
from erp_resources.sandbox.company.masters import PRODUCT_LINES

_SEGMENTS = [f"-{line + 1:02}" for line in range(PRODUCT_LINES)]
_UNIT = pa.scalar(Decimal("0.00001"))


def items(company: Enterprise) -> pa.Table:
    """Each item in each legal entity, with its ``Kind`` and unit cost (accounting currency)."""
    count = len(company.items.kind)
    item = np.repeat(np.arange(count), len(ENTITIES))
    entity = np.tile(np.arange(len(ENTITIES)), count)
    costs = pa.array(company.standard_cost(item, entity)).cast(pa.decimal128(19, 0))
    return pa.table(
        {
            "ITEMID": item_numbers(company.items.code, item),
            "DATAAREAID": pick(ENTITIES, entity),
            "kind": company.items.kind[item],
            "segment": pick(_SEGMENTS, company.items.line[item]),
            "home": dimension_ids(dimension_of(entity, company.items.kind[item])),
            "unit_cost": pc.multiply(costs, _UNIT),
        }
    )
