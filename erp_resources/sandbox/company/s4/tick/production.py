"""Production of the day: jobs for which there is material start and end on the day."""

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.inventory import Move
from erp_resources.sandbox.company.s4.organization import FACTORY, PLANTS
from erp_resources.sandbox.company.s4.production import JOBS_A_LEVEL
from erp_resources.sandbox.company.s4.tick import goods, planning
from erp_resources.sandbox.company.s4.tick.day import Day
from erp_resources.sandbox.company.s4.tick.planning import Jobs, Plan, Used
from erp_resources.sandbox.company.s4.values import whole

JOBS = 10
"""A day at scale 1, at most."""


def moves(day: Day) -> pa.Table:
    """Movements for as much of what is planned as there is time and material for."""
    plan = planning.plan(day)
    jobs = take(plan.jobs, _startable(plan, JOBS * day.scale))
    return _moves(day, jobs, planning.uses(day, jobs))


def _startable(plan: Plan, most: int) -> Ints:
    """The positions of jobs for which those before them leave, or make, enough."""
    left = plan.stock.copy()
    begin = np.searchsorted(plan.used.job, np.arange(len(plan.jobs.item) + 1))
    started: list[int] = []
    for job in range(len(plan.jobs.item)):
        part = slice(begin[job], begin[job + 1])
        item, quantity = plan.used.item[part], plan.used.quantity[part]
        if len(started) < most and (quantity <= left[item]).all():
            np.subtract.at(left, item, quantity)
            left[plan.jobs.item[job]] += plan.jobs.quantity[job]
            started.append(job)
    return np.array(started, np.int64)


def _moves(day: Day, jobs: Jobs, used: Used) -> pa.Table:
    """What jobs use and then what they make, each with a material document of its own."""
    count = len(jobs.item)
    item = np.concatenate([used.item, jobs.item])
    job = np.concatenate([used.job, np.arange(count)])
    is_made = np.repeat([0, 1], [len(used.item), count])
    order = np.lexsort((is_made, job))
    quantity = np.concatenate([-used.quantity, jobs.quantity])
    orders = _numbers(day, jobs)
    return pa.table(
        {
            "slip": (2 * job + is_made)[order],
            "move": np.where(is_made > 0, int(Move.JOB_RECEIPT), int(Move.JOB_ISSUE))[order],
            "MATNR": keys.materials(day.hq.items).take(pa.array(item[order])),
            "WERKS": pa.repeat(pa.scalar(PLANTS[FACTORY]), len(order)),
            "quantity": whole(quantity[order], goods.QUANTITY),
            "AUFNR": orders.take(pa.array(job[order])),
        }
    )


def _numbers(day: Day, jobs: Jobs) -> pa.Array:
    """``AUFNR`` of each job: those of each kind of item are counted by themselves."""
    serial = np.arange(len(jobs.item))
    numbers = day.read(
        """
        WITH last AS (
          SELECT CAST(AUFNR AS BIGINT) // $step - 1 AS kind, max(CAST(AUFNR AS BIGINT)) AS last
          FROM {MSEG} WHERE AUFNR <> '' GROUP BY ALL
        )
        SELECT lpad(CAST(l.last + row_number() OVER (PARTITION BY kind ORDER BY j.serial)
                         AS VARCHAR), 12, '0') AS number
        FROM jobs j JOIN last l USING (kind) ORDER BY j.serial
        """,
        jobs=pa.table({"serial": serial, "kind": day.hq.items.kind[jobs.item]}),
        step=JOBS_A_LEVEL,
    )
    return numbers["number"].combine_chunks()
