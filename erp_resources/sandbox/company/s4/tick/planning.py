"""Planning of the day: what to make and what to buy because stock is short of it.

Quantities are thousandths, by item and plant.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.records import stack
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import FACTORY, PLANTS
from erp_resources.sandbox.company.s4.tick.day import Day
from erp_resources.sandbox.company.supply import MADE

_FIRST_DAY = date(2024, 1, 1)
"""Day 0 of the bills."""
_MAKE, _BUY = 3, 4
"""How many times what is short a lot is."""


@dataclass(frozen=True)
class Jobs:
    """Production orders, one per position: what is made, and how much of it."""

    item: Ints
    quantity: Ints


@dataclass(frozen=True)
class Used:
    """What goes into jobs: ``job`` is a position among them."""

    job: Ints
    item: Ints
    quantity: Ints


@dataclass(frozen=True)
class Plan:
    """Jobs from the bottom of the bills to their top, and lots to be bought.

    Attributes:
        jobs: all that would be made today if there were time and material.
        used: what would go into them, in order of the jobs.
        stock: what there is of each item in the factory.
        short: how much of each item in each plant has to be bought.
    """

    jobs: Jobs
    used: Used
    stock: Ints
    short: Ints


def plan(day: Day) -> Plan:
    """Go down the bills from what open orders are short of."""
    hq = day.hq
    stock, free = _outlook(day)
    levels = []
    for kind in MADE:
        levels.append(_lots(free[:, FACTORY], np.equal(hq.items.kind, kind)))
        used = uses(day, levels[-1])
        np.subtract.at(free[:, FACTORY], used.item, used.quantity)
    jobs = stack(*reversed(levels))
    return Plan(jobs, uses(day, jobs), stock[:, FACTORY], _short(hq, free))


def uses(day: Day, jobs: Jobs) -> Used:
    """What goes into jobs by the bills of the day, scrap included; pieces are used whole."""
    bills, items = day.hq.bills, day.hq.items
    days = np.full(len(jobs.item), (day.date - _FIRST_DAY).days)
    job, component = bills.used_by(jobs.item, days)
    item = bills.item[component]
    in_pieces = np.equal(items.unit[item], 0)
    return Used(job, item, bills.needed(jobs.quantity[job], component, in_pieces))


def _outlook(day: Day) -> tuple[Ints, Ints]:
    """What is in stock, and what of it and of open purchases is left by open orders."""
    rows = day.read(
        """
        WITH moves AS (
          SELECT MATNR, BWKEY AS WERKS, LBKUM AS stock, LBKUM AS free FROM {MBEW}
          UNION ALL
          SELECT i.MATNR, i.WERKS, 0, -i.KWMENG
          FROM {VBAP} i JOIN {VBAK} o USING (VBELN) WHERE i.LFSTA = 'A' AND o.VBTYP = 'C'
          UNION ALL
          SELECT MATNR, WERKS, 0, MENGE FROM {EKPO} WHERE ELIKZ = ''
        )
        SELECT i.item, i.place, CAST(1000 * sum(m.stock) AS BIGINT) AS stock,
               CAST(1000 * sum(m.free) AS BIGINT) AS free
        FROM moves m JOIN items i USING (MATNR, WERKS) GROUP BY i.item, i.place
        """,
        items=day.items,
    )
    item, place, stock, free = (rows[name].to_numpy() for name in rows.column_names)
    found = []
    for quantities in (stock, free):
        table = np.zeros((len(day.hq.items.kind), len(PLANTS)), np.int64)
        table[item, place] = quantities
        found.append(table)
    return found[0], found[1]


def _lots(free: Ints, chosen: Flags) -> Jobs:
    item = np.flatnonzero((free < 0) & chosen)
    return Jobs(item, _whole(-_MAKE * free[item]))


def _short(hq: Headquarters, free: Ints) -> Ints:
    """What has to be bought: all but what the factory makes itself."""
    short = np.where(free < 0, _whole(-_BUY * free), 0)
    short[hq.items.kind < Kind.RAW, FACTORY] = 0
    return short


def _whole(quantities: Ints) -> Ints:
    """Quantities rounded up to whole units."""
    return -(-quantities // 1000) * 1000
