"""What movements need to know of items: where they are kept, their costs and product lines."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Ints, pick
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.costs import at_plant
from erp_resources.sandbox.company.ebs.currencies import FUNCTIONAL
from erp_resources.sandbox.company.ebs.inventory import STORE_CODES, STORE_OF_KIND
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS, PLANT_IDS, PLANT_LEDGERS
from erp_resources.sandbox.company.ebs.structures import FIRST_ITEM_ID
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.masters import PRODUCT_LINES, UNITS

_LINES = [f"{10 * (n + 1):03}" for n in range(PRODUCT_LINES)]
_UNIT = pa.scalar(Decimal("0.00001"))


def items(company: Subsidiary) -> pa.Table:
    """Each item at each plant, with its unit costs in the currency of the plant's ledger."""
    count = len(company.items.kind)
    item = np.repeat(np.arange(count), len(PLANT_IDS))
    plant = np.tile(np.arange(len(PLANT_IDS)), count)
    ledger, line = PLANT_LEDGERS[plant], company.items.line[item]
    cost_of_sales = chart.combination(chart.COST_OF_SALES, ledger, line)
    return pa.table(
        {
            "INVENTORY_ITEM_ID": FIRST_ITEM_ID + item,
            "ORGANIZATION_ID": PLANT_IDS[plant],
            "LEDGER_ID": LEDGER_IDS[ledger],
            "currency": pick(CURRENCIES, FUNCTIONAL[ledger]),
            "line": pick(_LINES, line),
            "unit": pick(UNITS, company.items.unit[item]),
            "store": pick(STORE_CODES, STORE_OF_KIND[company.items.kind[item]]),
            "unit_cost": _costs(at_plant(company.costs, item, plant)),
            "material_cost": _costs(company.costs.material[item]),
            "cost_of_sales": chart.IDS[cost_of_sales],
        }
    )


def _costs(values: Ints) -> pa.Array:
    """Unit costs from hundred-thousandths of the currency unit."""
    return pc.multiply(pa.array(values).cast(pa.decimal128(19, 0)), _UNIT)
