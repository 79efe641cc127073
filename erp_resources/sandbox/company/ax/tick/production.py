"""Production orders of the day: they start when their material is there, and end on the day."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick import stock
from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.ax.tick.planning import Plan

ORDERS = 12
"""A day at scale 1, at most."""
_place = itemgetter("DATAAREAID", "ITEMID")


def make(day: Day, plan: Plan) -> None:
    """Make of what is planned as much as there is time and material for; the rest waits."""
    serials = islice(_startable(plan), ORDERS * day.scale)
    lines = _lines(day, plan, pa.table({"serial": pa.array(serials, pa.int64())}))
    stock.book(day, lines)
    _post(day, lines)


def _startable(plan: Plan) -> Iterator[int]:
    """The serials of orders for which those before them leave enough of all that they use."""
    used = plan.used.to_pylist()
    left: dict[tuple[str, str], Decimal] = {_place(line): line["at_hand"] for line in used}
    for serial, group in groupby(used, key=itemgetter("serial")):
        lines = list(group)
        if all(line["amount"] <= left[_place(line)] for line in lines):
            for line in lines:
                left[_place(line)] -= line["amount"]
            yield serial


def _lines(day: Day, plan: Plan, started: pa.Table) -> pa.Table:
    """Picking lists and reports as finished, one of each to an order; see ``stock.book``.

    Production orders of each level of the bills have numbers of their own.
    """
    return day.read(
        """
        WITH orders AS (
          SELECT m.*, 'PR-' || (1 + m.kind) AS level, row_number() OVER (ORDER BY serial) AS place,
                 row_number() OVER (PARTITION BY m.kind ORDER BY serial) AS number
          FROM planned m SEMI JOIN started USING (serial)
        ), levels AS (
          SELECT REFERENCEID[:4] AS level, max(CAST(REFERENCEID[4:] AS BIGINT)) AS last
          FROM {INVENTTRANSORIGIN} WHERE REFERENCECATEGORY = 2 GROUP BY ALL
        ), series AS (
          SELECT SUBLEDGERVOUCHER[:4] AS series, max(CAST(SUBLEDGERVOUCHER[5:] AS BIGINT)) AS last
          FROM {GENERALJOURNALENTRY} WHERE SUBLEDGERVOUCHER[:4] IN ('PPL-', 'PRF-') GROUP BY ALL
        ), moves AS (
          SELECT 8 AS category, 'PPL-' AS series, serial, DATAAREAID, ITEMID, -amount AS moved
          FROM used
          UNION ALL
          SELECT 2, 'PRF-', serial, DATAAREAID, ITEMID, amount FROM orders
        )
        SELECT m.category AS REFERENCECATEGORY, 'PR-' || (l.last + o.number) AS REFERENCEID,
               m.DATAAREAID, m.ITEMID, i.home AS INVENTDIMID, g.ACCOUNTINGCURRENCY AS CURRENCYCODE,
               ax.number(m.series, s.last + o.place) AS VOUCHER, m.moved,
               exact.worth(m.moved, i.unit_cost) AS worth, i.segment
        FROM moves m
        JOIN orders o USING (serial)
        JOIN levels l USING (level)
        JOIN series s USING (series)
        JOIN {LEDGER} g ON g.NAME = m.DATAAREAID
        JOIN items i ON i.ITEMID = m.ITEMID AND i.DATAAREAID = m.DATAAREAID
        ORDER BY o.place, m.category DESC, m.ITEMID
        """,
        planned=plan.orders,
        used=plan.used,
        started=started,
        items=day.items,
    )


def _post(day: Day, lines: pa.Table) -> None:
    """Material goes through work in process; what is made is worth more, which is absorbed."""
    postings = day.read(
        """
        WITH material AS (
          SELECT REFERENCEID, -sum(worth) AS material FROM lines
          WHERE REFERENCECATEGORY = 8 GROUP BY ALL
        )
        SELECT VOUCHER, DATAAREAID, $date AS TRANSDATE, CURRENCYCODE, UNNEST(
                 CASE REFERENCECATEGORY WHEN 8 THEN [
                   ax.leg(113, '140200', worth, worth, segment := segment),
                   ax.leg(114, '150100', -worth, -worth)
                 ] ELSE [
                   ax.leg(115, '140200', worth, worth, segment := segment),
                   ax.leg(116, '150100', -material, -material),
                   ax.leg(116, '510400', material - worth, material - worth)
                 ] END, recursive := true)
        FROM lines JOIN material USING (REFERENCEID)
        """,
        lines=lines,
        date=day.date,
    )
    day.post(postings)
