"""Sales orders of the day: entered, changed, shortened, cancelled, shipped and invoiced.

What is ordered is what was ordered before, by the same customers in other quantities. An order
that is open may be changed; the lines that are struck out of it are deleted with their lots.
"""

import pyarrow as pa

from erp_resources.sandbox.company.ax.inventory import Origin
from erp_resources.sandbox.company.ax.tick import stock
from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.ax.tick.subledger import CUSTOMERS, enter_invoices

ORDERS, CHANGED = 9, 5
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Enter orders like earlier ones."""
    picks = day.picks(
        "orders",
        ORDERS * day.scale,
        "SELECT _row FROM {SALESTABLE} WHERE SALESTYPE = 3 AND SALESSTATUS = 3 ORDER BY _row",
    )
    heads = day.read(
        """
        SELECT o.* EXCLUDE (_row, RECID) REPLACE (
          ax.number('SO-', p.serial + 1 + (
            SELECT max(CAST(SALESID[4:] AS BIGINT)) FROM {SALESTABLE})) AS SALESID,
          1 AS SALESSTATUS, 0 AS DOCUMENTSTATUS,
          CAST($date AS TIMESTAMP) + to_days(CAST(1 + p.luck % 6 AS INTEGER))
            AS SHIPPINGDATEREQUESTED,
          CAST($date AS TIMESTAMP) + to_days(CAST(3 + p.luck % 6 AS INTEGER))
            AS RECEIPTDATEREQUESTED),
          o.SALESID AS old_id, 1 + p.luck % 3 AS factor, p.serial
        FROM picks p JOIN {SALESTABLE} o USING (_row) ORDER BY p.serial
        """,
        picks=picks,
        date=day.date,
    )
    day.insert("SALESTABLE", heads)
    lines = _copied_lines(day, heads)
    day.insert("SALESLINE", lines)
    lots = "SELECT *, SALESID AS REFERENCEID, -QTYORDERED AS moved FROM lines"
    stock.order(day, day.read(lots, lines=lines), Origin.SALES)


def _copied_lines(day: Day, heads: pa.Table) -> pa.Table:
    lines = day.read(
        """
        WITH copied AS (
          SELECT l.*, h.SALESID AS new_id, h.serial, h.SHIPPINGDATEREQUESTED AS expected,
                 CAST(l.SALESQTY AS DECIMAL(15, 3)) * h.factor AS many
          FROM heads h JOIN {SALESLINE} l ON l.SALESID = h.old_id AND l.DATAAREAID = h.DATAAREAID
        )
        SELECT * EXCLUDE (_row, RECID) REPLACE (
          new_id AS SALESID, many AS SALESQTY, many AS QTYORDERED, many AS REMAINSALESPHYSICAL,
          0 AS REMAINSALESFINANCIAL,
          ax.line_amount(many, SALESPRICE, LINEPERCENT, CURRENCYCODE) AS LINEAMOUNT,
          1 AS SALESSTATUS, ax.never() AS SHIPPINGDATECONFIRMED)
        FROM copied ORDER BY serial, LINENUM
        """,
        heads=heads,
    )
    return stock.with_lots(day, lines)


def change(day: Day) -> None:
    """Of open orders of earlier days some are cancelled, some shortened, some doubled."""
    picks = day.picks(
        "changed orders",
        CHANGED * day.scale,
        "SELECT _row FROM {SALESTABLE} WHERE SALESSTATUS = 1 AND DOCUMENTSTATUS = 0 ORDER BY _row",
    )
    lines = day.read(
        """
        SELECT l.*, o._row AS order_row, p.luck, row_number() OVER (
                 PARTITION BY l.DATAAREAID, l.SALESID ORDER BY l.LINENUM) AS place
        FROM picks p JOIN {SALESTABLE} o USING (_row)
        JOIN {SALESLINE} l ON l.SALESID = o.SALESID AND l.DATAAREAID = o.DATAAREAID
        ORDER BY l._row
        """,
        picks=picks,
    )
    _cancel(day, day.read("SELECT * FROM lines WHERE luck < 250", lines=lines))
    struck = "SELECT * FROM lines WHERE luck BETWEEN 250 AND 549 AND place > 1"
    _strike(day, day.read(struck, lines=lines))
    _double(day, day.read("SELECT * FROM lines WHERE luck >= 550 AND place = 1", lines=lines))


def _cancel(day: Day, lines: pa.Table) -> None:
    stock.strike(day, lines, lots_too=False)
    cancelled = "SELECT _row, 4 AS SALESSTATUS, 0 AS REMAINSALESPHYSICAL FROM lines"
    day.write("SALESLINE", day.read(cancelled, lines=lines))
    heads = "SELECT DISTINCT order_row AS _row, 4 AS SALESSTATUS FROM lines ORDER BY 1"
    day.write("SALESTABLE", day.read(heads, lines=lines))


def _strike(day: Day, lines: pa.Table) -> None:
    stock.strike(day, lines, lots_too=True)
    day.delete("SALESLINE", lines)


def _double(day: Day, lines: pa.Table) -> None:
    doubled = day.read(
        """
        WITH more AS (SELECT *, 2 * CAST(SALESQTY AS DECIMAL(15, 3)) AS many FROM lines)
        SELECT _row, many AS SALESQTY, many AS QTYORDERED, many AS REMAINSALESPHYSICAL,
               ax.line_amount(many, SALESPRICE, LINEPERCENT, CURRENCYCODE) AS LINEAMOUNT
        FROM more ORDER BY _row
        """,
        lines=lines,
    )
    day.write("SALESLINE", doubled)
    moved = stock.transactions(day, lines)
    more = "SELECT _row, 2 * CAST(QTY AS DECIMAL(15, 3)) AS QTY FROM moved ORDER BY _row"
    day.write("INVENTTRANS", day.read(more, moved=moved))
    stock.add_up(day, moved)


def ship(day: Day) -> None:
    """Deliver in full the orders whose day has come; packing slips are not posted."""
    lines = day.read(
        """
        SELECT l.*, o._row AS order_row, ax.number('SPS-', (
                 SELECT max(CAST(VOUCHERPHYSICAL[5:] AS BIGINT)) FROM {INVENTTRANS}
                 WHERE starts_with(VOUCHERPHYSICAL, 'SPS-')
               ) + dense_rank() OVER (ORDER BY o._row)) AS slip
        FROM {SALESTABLE} o
        JOIN {SALESLINE} l ON l.SALESID = o.SALESID AND l.DATAAREAID = o.DATAAREAID
        WHERE o.SALESSTATUS = 1 AND o.DOCUMENTSTATUS = 0 AND o.SHIPPINGDATEREQUESTED <= $date
        ORDER BY l._row
        """,
        date=day.date,
    )
    delivered = day.read(
        """
        SELECT _row, 2 AS SALESSTATUS, 0 AS REMAINSALESPHYSICAL, QTYORDERED AS REMAINSALESFINANCIAL,
               $date AS SHIPPINGDATECONFIRMED
        FROM lines
        """,
        lines=lines,
        date=day.date,
    )
    day.write("SALESLINE", delivered)
    heads = """
        SELECT DISTINCT order_row AS _row, 2 AS SALESSTATUS, 5 AS DOCUMENTSTATUS
        FROM lines ORDER BY 1
        """
    day.write("SALESTABLE", day.read(heads, lines=lines))
    moved = day.read(
        """
        SELECT t._row, t.DATAAREAID, t.ITEMID, t.INVENTDIMID, 2 AS STATUSISSUE,
               $date AS DATEPHYSICAL, l.slip AS VOUCHERPHYSICAL,
               exact.worth(t.QTY, i.unit_cost) AS COSTAMOUNTPHYSICAL
        FROM moved t JOIN lines l USING (INVENTTRANSID)
        JOIN items i ON i.ITEMID = t.ITEMID AND i.DATAAREAID = t.DATAAREAID ORDER BY t._row
        """,
        moved=stock.transactions(day, lines),
        lines=lines,
        items=day.items,
        date=day.date,
    )
    day.write("INVENTTRANS", moved)
    stock.add_up(day, moved)


def invoice(day: Day) -> None:
    """Invoice what was delivered on earlier days."""
    lines = day.read(
        """
        SELECT l.*, o._row AS order_row, o.CUSTACCOUNT AS ACCOUNTNUM,
               dense_rank() OVER (ORDER BY o._row) AS document,
               exact.amount(l.LINEAMOUNT) AS net, $date AS dated
        FROM {SALESTABLE} o
        JOIN {SALESLINE} l ON l.SALESID = o.SALESID AND l.DATAAREAID = o.DATAAREAID
        WHERE o.SALESSTATUS = 2 ORDER BY l._row
        """,
        date=day.date,
    )
    lines = enter_invoices(day, CUSTOMERS, lines, "SIV-", "INV", 2)
    invoiced = "SELECT _row, 3 AS SALESSTATUS, 0 AS REMAINSALESFINANCIAL FROM lines"
    day.write("SALESLINE", day.read(invoiced, lines=lines))
    heads = """
        SELECT DISTINCT order_row AS _row, 3 AS SALESSTATUS, 7 AS DOCUMENTSTATUS
        FROM lines ORDER BY 1
        """
    day.write("SALESTABLE", day.read(heads, lines=lines))
    moved = day.read(
        """
        SELECT t._row, t.DATAAREAID, t.ITEMID, t.INVENTDIMID, 1 AS STATUSISSUE,
               $date AS DATEFINANCIAL, exact.worth(t.QTY, i.unit_cost) AS COSTAMOUNTPOSTED,
               l.VOUCHER, l.INVOICE AS INVOICEID, 0 AS VALUEOPEN,
               i.segment, l.accounting_currency
        FROM moved t JOIN lines l USING (INVENTTRANSID)
        JOIN items i ON i.ITEMID = t.ITEMID AND i.DATAAREAID = t.DATAAREAID ORDER BY t._row
        """,
        moved=stock.transactions(day, lines),
        lines=lines,
        items=day.items,
        date=day.date,
    )
    day.write("INVENTTRANS", moved)
    stock.add_up(day, moved)
    _post(day, lines, moved)


def _post(day: Day, lines: pa.Table, moved: pa.Table) -> None:
    """Revenue in the order's currency, and the cost of what was sold in the ledger's own."""
    revenue = day.read(
        """
        SELECT VOUCHER, l.DATAAREAID, $date AS TRANSDATE, CURRENCYCODE,
               UNNEST(ax.leg(51, '401100', -net, -exact.converted(net, rate), segment := i.segment))
        FROM lines l JOIN items i ON i.ITEMID = l.ITEMID AND i.DATAAREAID = l.DATAAREAID
        """,
        lines=lines,
        items=day.items,
        date=day.date,
    )
    day.post(revenue)
    costs = day.read(
        """
        SELECT VOUCHER, DATAAREAID, $date AS TRANSDATE, accounting_currency AS CURRENCYCODE,
               UNNEST([
                 ax.leg(61, '140200', COSTAMOUNTPOSTED, COSTAMOUNTPOSTED, segment := segment),
                 ax.leg(52, '500100', -COSTAMOUNTPOSTED, -COSTAMOUNTPOSTED, segment := segment)
               ], recursive := true)
        FROM moved
        """,
        moved=moved,
        date=day.date,
    )
    day.post(costs)
