"""The legal entities, their currencies, sites and warehouses. Elsewhere a position stands for one.

The plant (plt1) makes and sells and keeps its books in EUR; the trading company (plt2) deals in
bought articles and keeps them in GBP. Both report to the group in USD.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, Value, build, numbered, pick
from erp_resources.sandbox.company.ax import chart
from erp_resources.sandbox.company.ax.declarations import inventory, organization
from erp_resources.sandbox.company.ax.system import FIRST_RECID, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES, EUR, GBP, USD
from erp_resources.sandbox.company.exact import every
from erp_resources.sandbox.company.masters import COUNTRY_CODES, Companies, Kind
from erp_resources.sandbox.company.periods import HOUR, at

ENTITIES = ("plt1", "plt2")
PLANT, TRADER = range(2)
ACCOUNTING: Ints = np.array([EUR, GBP])
"""Currency that each legal entity keeps its books in."""
REPORTING = USD
TAX_PERCENT: Ints = np.array([19, 20])
HOME: Ints = np.array([COUNTRY_CODES.index("DE"), COUNTRY_CODES.index("GB")])
SITES = ("1", "2")

DIMENSIONS = (("FG", PLANT), ("SEMI", PLANT), ("RAW", PLANT), ("TRADE", PLANT), ("MAIN", TRADER))
"""Warehouses, by set of inventory dimensions, with their legal entities."""
_STORES: Ints = np.array([0, 1, 1, 1, 2, 3])
RATE_TYPE = FIRST_RECID + 2
_FOUNDED = -1500  # days


def dimension_of(entity: Ints, kind: Ints) -> Ints:
    """Where each legal entity keeps items of a ``Kind``: a position in ``DIMENSIONS``."""
    return np.where(entity == PLANT, _STORES[kind], len(DIMENSIONS) - 1)


def dimension_ids(dimension: Ints) -> pa.Array:
    """The identifiers of sets of dimensions: ``000001_DIM`` and so on."""
    return pick([f"{n:06}_DIM" for n in range(1, len(DIMENSIONS) + 1)], dimension)


def is_kept(entity: int, kind: Ints) -> Flags:
    """Which kinds of item a legal entity deals with: the trading company only bought articles."""
    return np.equal(kind, Kind.TRADE) | (entity == PLANT)


def dealt_with(companies: Companies) -> Ints:
    """The legal entity that does business with each customer or vendor."""
    serial = np.arange(len(companies.country))
    british = (companies.country == COUNTRY_CODES.index("GB")) & ~every(6, serial, 2)
    american = companies.country == COUNTRY_CODES.index("US")
    return np.where(british | american & every(4, serial) | every(23, serial, 5), TRADER, PLANT)


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """DATAAREA and LEDGER."""
    yield organization.DATAAREA, _companies()
    yield organization.LEDGER, _ledgers()


def dimension_rows() -> tuple[Table, pa.Table]:
    """INVENTDIM."""
    dimension = np.arange(len(DIMENSIONS))
    entity = np.array([of for _, of in DIMENSIONS])
    columns: dict[str, Value] = {
        "INVENTDIMID": dimension_ids(dimension),
        "INVENTSITEID": pick(SITES, entity),
        "INVENTLOCATIONID": pick([name for name, _ in DIMENSIONS], dimension),
        "INVENTBATCHID": "",
        **system_columns(at(_FOUNDED + dimension, 9 * HOUR), entities=pick(ENTITIES, entity)),
    }
    return inventory.INVENTDIM, build(inventory.INVENTDIM, len(dimension), columns)


def _companies() -> pa.Table:
    serial = np.arange(len(ENTITIES) + 1)
    columns: dict[str, Value] = {
        "ID": pick(["dat", *ENTITIES], serial),
        "NAME": pick(["Company accounts data", "Werk Bielefeld GmbH", "Parts UK Ltd"], serial),
        "ISVIRTUAL": 0,
        **system_columns(at(_FOUNDED + serial, 8 * HOUR)),
    }
    return build(organization.DATAAREA, len(serial), columns)


def _ledgers() -> pa.Table:
    entity = np.arange(len(ENTITIES))
    columns: dict[str, Value] = {
        "NAME": pick(ENTITIES, entity),
        "DESCRIPTION": numbered("Primary ledger of site ", entity + 1),
        "ACCOUNTINGCURRENCY": pick(CURRENCIES, ACCOUNTING),
        "REPORTINGCURRENCY": CURRENCIES[REPORTING],
        "CHARTOFACCOUNTS": chart.CHART_OF_ACCOUNTS,
        "DEFAULTEXCHANGERATETYPE": RATE_TYPE,
        **system_columns(at(_FOUNDED + entity, 8 * HOUR)),
    }
    return build(organization.LEDGER, len(entity), columns)
