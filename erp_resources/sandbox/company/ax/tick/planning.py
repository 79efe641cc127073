"""Master planning of the day: what to make and what to buy because stock is short of it."""

from dataclasses import dataclass

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.masters import Kind

_ITEM = {"serial": pa.int64(), "DATAAREAID": pa.string(), "ITEMID": pa.string()}
_AMOUNT = pa.decimal128(15, 3)
_ORDERS = pa.schema({**_ITEM, "kind": pa.int64(), "amount": _AMOUNT})
_USED = pa.schema({**_ITEM, "amount": _AMOUNT, "at_hand": _AMOUNT})


@dataclass(frozen=True)
class Plan:
    """Planned orders, from the top of the bills to their bottom.

    Attributes:
        orders: ``serial``, DATAAREAID, ITEMID, its ``kind`` and the ``amount`` to make or buy.
        used: ``serial`` and what goes into that order, and how much of it is ``at_hand``.
    """

    orders: pa.Table
    used: pa.Table


def plan(day: Day) -> Plan:
    """What has to be made or bought of what is short, and of what goes into that."""
    outlook = _outlook(day)
    orders, used = _ORDERS.empty_table(), _USED.empty_table()
    for kind in Kind:
        due = _due(day, outlook, used, kind, orders.num_rows)
        orders = pa.concat_tables([orders, due])
        used = pa.concat_tables([used, _used(day, outlook, due)])
    return Plan(orders, used)


def _outlook(day: Day) -> pa.Table:
    """The day's items with what of each is ``at_hand`` and ``free``, and with the usual ``lot``.

    At hand is what is in stock and not reserved; free (below zero: short) is that and what is
    ordered, less what waits to be delivered. The lot is what orders made or bought on average.
    """
    return day.read(
        """
        WITH lots AS (
          SELECT t.DATAAREAID, t.ITEMID, avg(t.QTY) AS lot
          FROM {INVENTTRANS} t JOIN {INVENTTRANSORIGIN} o ON o.RECID = t.INVENTTRANSORIGIN
          WHERE o.REFERENCECATEGORY IN (2, 3) GROUP BY ALL
        )
        SELECT i.*, COALESCE(s.AVAILPHYSICAL, 0) AS at_hand,
               COALESCE(s.AVAILPHYSICAL + s.ORDERED - s.ONORDER, 0) AS free,
               COALESCE(l.lot, 0) AS lot
        FROM items i
        LEFT JOIN lots l ON l.DATAAREAID = i.DATAAREAID AND l.ITEMID = i.ITEMID
        LEFT JOIN {INVENTSUM} s
          ON s.DATAAREAID = i.DATAAREAID AND s.ITEMID = i.ITEMID AND s.INVENTDIMID = i.home
        """,
        items=day.items,
    )


def _due(day: Day, outlook: pa.Table, used: pa.Table, kind: Kind, last: int) -> pa.Table:
    """Orders for items of which less is free than is used; whole units, the shortest first."""
    due = day.read(
        """
        WITH taken AS (
          SELECT DATAAREAID, ITEMID, sum(amount) AS amount FROM used GROUP BY ALL
        ), short AS (
          SELECT o.DATAAREAID, o.ITEMID, o.kind, o.lot, COALESCE(t.amount, 0) - o.free AS short
          FROM outlook o LEFT JOIN taken t ON t.ITEMID = o.ITEMID AND t.DATAAREAID = o.DATAAREAID
          WHERE o.kind = $kind AND short > 0
        )
        SELECT $last + row_number() OVER (ORDER BY short DESC, DATAAREAID, ITEMID) AS serial,
               DATAAREAID, ITEMID, kind, ceil(greatest(short, lot)) AS amount
        FROM short ORDER BY serial
        """,
        outlook=outlook,
        used=used,
        kind=kind.value,
        last=last,
    )
    return due.cast(_ORDERS)


def _used(day: Day, outlook: pa.Table, orders: pa.Table) -> pa.Table:
    """What goes into orders by the bills of the day, scrap included; pieces are used whole."""
    used = day.read(
        """
        WITH needed AS (
          SELECT o.serial, l.DATAAREAID, l.ITEMID, l.UNITID,
                 ax.needed(o.amount, l.BOMQTY, l.SCRAPVAR) AS thousandths
          FROM orders o
          JOIN {BOMVERSION} v ON v.ITEMID = o.ITEMID AND v.DATAAREAID = o.DATAAREAID
          JOIN {BOM} l ON l.BOMID = v.BOMID AND l.DATAAREAID = v.DATAAREAID
          WHERE v.ACTIVE = 1 AND l.FROMDATE <= $date
            AND (l.TODATE = ax.never() OR l.TODATE >= $date)
        )
        SELECT n.serial, n.DATAAREAID, n.ITEMID, 0.001 * CAST(
                 CASE UNITID WHEN 'ea' THEN (thousandths + 999) // 1000 * 1000 ELSE thousandths END
                 AS BIGINT) AS amount, o.at_hand
        FROM needed n JOIN outlook o ON o.ITEMID = n.ITEMID AND o.DATAAREAID = n.DATAAREAID
        ORDER BY n.serial, n.ITEMID
        """,
        outlook=outlook,
        orders=orders,
        date=day.date,
    )
    return used.cast(_USED)
