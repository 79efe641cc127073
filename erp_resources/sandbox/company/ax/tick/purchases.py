"""Purchase orders of the day for what stock is short of: entered, received and invoiced."""

import pyarrow as pa

from erp_resources.sandbox.company.ax.inventory import Origin
from erp_resources.sandbox.company.ax.tick import stock
from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.ax.tick.planning import Plan
from erp_resources.sandbox.company.ax.tick.subledger import VENDORS, enter_invoices

ORDERS = 60
"""A day at scale 1, at most."""


def enter(day: Day, plan: Plan) -> None:
    """Order from some vendors all that is planned to be bought of them; the rest waits."""
    wanted = _wanted(day, plan)
    picks = day.picks(
        "purchases",
        ORDERS * day.scale,
        "SELECT DISTINCT _row FROM wanted ORDER BY _row",
        wanted=wanted,
    )
    heads = day.read(
        """
        SELECT ax.number('PO-', p.serial + 1 + (
                 SELECT max(CAST(PURCHID[4:] AS BIGINT)) FROM {PURCHTABLE})) AS PURCHID,
               d.NAME[:60] AS PURCHNAME, v.ACCOUNTNUM AS ORDERACCOUNT,
               v.ACCOUNTNUM AS INVOICEACCOUNT, v.CURRENCY AS CURRENCYCODE, 3 AS PURCHASETYPE,
               1 AS PURCHSTATUS, 2 AS DOCUMENTSTATUS,
               CAST($date AS TIMESTAMP) + to_days(CAST(1 + p.luck % 5 AS INTEGER)) AS DELIVERYDATE,
               v.PAYMTERMID AS PAYMENT, v.TAXGROUP, '' AS VENDORREF, (
                 SELECT min(INVENTSITEID) FROM {INVENTDIM} s WHERE s.DATAAREAID = v.DATAAREAID
               ) AS INVENTSITEID,
               v.DATAAREAID, v._row AS vendor_row, 0.93 + 0.0001 * (p.luck + p.luck % 500) AS dear
        FROM picks p JOIN {VENDTABLE} v USING (_row) JOIN {DIRPARTYTABLE} d ON d.RECID = v.PARTY
        ORDER BY p.serial
        """,
        picks=picks,
        date=day.date,
    )
    day.insert("PURCHTABLE", heads)
    lines = stock.with_lots(day, _lines(day, heads, wanted))
    day.insert("PURCHLINE", lines)
    lots = """
        SELECT *, PURCHID AS REFERENCEID, DELIVERYDATE AS expected, QTYORDERED AS moved FROM lines
        """
    stock.order(day, day.read(lots, lines=lines), Origin.PURCHASE)


def _wanted(day: Day, plan: Plan) -> pa.Table:
    """What has to be bought, with the ``_row`` of its vendor; items that are made have none."""
    return day.read(
        """
        SELECT p.ITEMID, p.amount, n.home, n.unit_cost, i.BOMUNITID, t.NAME, v._row
        FROM planned p
        JOIN items n ON n.ITEMID = p.ITEMID AND n.DATAAREAID = p.DATAAREAID
        JOIN {INVENTTABLE} i ON i.ITEMID = p.ITEMID AND i.DATAAREAID = p.DATAAREAID
        JOIN {VENDTABLE} v ON v.ACCOUNTNUM = i.PRIMARYVENDORID AND v.DATAAREAID = i.DATAAREAID
        JOIN {ECORESPRODUCTTRANSLATION} t ON t.PRODUCT = i.PRODUCT AND t.LANGUAGEID = 'en-us'
        """,
        planned=plan.orders,
        items=day.items,
    )


def _lines(day: Day, heads: pa.Table, wanted: pa.Table) -> pa.Table:
    """The lines of the orders, at standard cost or somewhat cheaper or dearer, by vendor."""
    return day.read(
        """
        WITH priced AS (
          SELECT h.*, w.*, CAST(
                   ROUND(w.unit_cost * h.dear / COALESCE(r.rate, 1), 5) AS DECIMAL(18, 5)) AS price
          FROM heads h JOIN wanted w ON w._row = h.vendor_row
          JOIN {LEDGER} g ON g.NAME = h.DATAAREAID
          LEFT JOIN rates r ON r.source = h.CURRENCYCODE AND r.target = g.ACCOUNTINGCURRENCY
            AND $date BETWEEN r.since AND r.until
        )
        SELECT PURCHID, row_number() OVER (PARTITION BY PURCHID ORDER BY ITEMID) AS LINENUMBER,
               ITEMID, NAME, ORDERACCOUNT AS VENDACCOUNT, CURRENCYCODE, amount AS PURCHQTY,
               amount AS QTYORDERED, BOMUNITID AS PURCHUNIT, amount AS REMAINPURCHPHYSICAL,
               0 AS REMAINPURCHFINANCIAL, price AS PURCHPRICE, 1 AS PRICEUNIT,
               exact.payable(exact.worth(amount, price), CURRENCYCODE) AS LINEAMOUNT,
               1 AS PURCHSTATUS, home AS INVENTDIMID, DELIVERYDATE, DATAAREAID
        FROM priced ORDER BY PURCHID, LINENUMBER
        """,
        heads=heads,
        wanted=wanted,
        rates=day.rates,
        date=day.date,
    )


def receive(day: Day) -> None:
    """Receive in full the orders that are due; what they cost is set aside."""
    lines = day.read(
        """
        SELECT l.*, o._row AS order_row, ax.number('PPR-', (
                 SELECT max(CAST(SUBLEDGERVOUCHER[5:] AS BIGINT)) FROM {GENERALJOURNALENTRY}
                 WHERE starts_with(SUBLEDGERVOUCHER, 'PPR-')
               ) + dense_rank() OVER (ORDER BY o._row)) AS VOUCHER,
               exact.converted(l.LINEAMOUNT, r.rate) AS physical
        FROM {PURCHTABLE} o
        JOIN {PURCHLINE} l ON l.PURCHID = o.PURCHID AND l.DATAAREAID = o.DATAAREAID
        JOIN {LEDGER} g ON g.NAME = o.DATAAREAID
        LEFT JOIN rates r ON r.source = o.CURRENCYCODE AND r.target = g.ACCOUNTINGCURRENCY
          AND $date BETWEEN r.since AND r.until
        WHERE o.PURCHSTATUS = 1 AND o.DELIVERYDATE <= $date ORDER BY l._row
        """,
        rates=day.rates,
        date=day.date,
    )
    received = """
        SELECT _row, 2 AS PURCHSTATUS, 0 AS REMAINPURCHPHYSICAL, PURCHQTY AS REMAINPURCHFINANCIAL
        FROM lines
        """
    day.write("PURCHLINE", day.read(received, lines=lines))
    heads = """
        SELECT DISTINCT order_row AS _row, 2 AS PURCHSTATUS, 5 AS DOCUMENTSTATUS
        FROM lines ORDER BY 1
        """
    day.write("PURCHTABLE", day.read(heads, lines=lines))
    moved = day.read(
        """
        SELECT t._row, t.DATAAREAID, t.ITEMID, t.INVENTDIMID, 2 AS STATUSRECEIPT,
               $date AS DATEPHYSICAL, l.VOUCHER AS VOUCHERPHYSICAL,
               l.physical AS COSTAMOUNTPHYSICAL
        FROM moved t JOIN lines l USING (INVENTTRANSID) ORDER BY t._row
        """,
        moved=stock.transactions(day, lines),
        lines=lines,
        date=day.date,
    )
    day.write("INVENTTRANS", moved)
    stock.add_up(day, moved)
    accrued = day.read(
        """
        SELECT VOUCHER, DATAAREAID, $date AS TRANSDATE, CURRENCYCODE, UNNEST([
                 ax.leg(82, '140210', LINEAMOUNT, physical),
                 ax.leg(83, '200140', -LINEAMOUNT, -physical)
               ], recursive := true)
        FROM lines
        """,
        lines=lines,
        date=day.date,
    )
    day.post(accrued)


def invoice(day: Day) -> None:
    """Invoices for what was received on earlier days."""
    lines = day.read(
        """
        SELECT l.*, o._row AS order_row, o.ORDERACCOUNT AS ACCOUNTNUM,
               dense_rank() OVER (ORDER BY o._row) AS document,
               exact.amount(l.LINEAMOUNT) AS net, $date AS dated
        FROM {PURCHTABLE} o
        JOIN {PURCHLINE} l ON l.PURCHID = o.PURCHID AND l.DATAAREAID = o.DATAAREAID
        WHERE o.PURCHSTATUS = 2 ORDER BY l._row
        """,
        date=day.date,
    )
    lines = enter_invoices(day, VENDORS, lines, "PIV-", "RE-", 3)
    invoiced = "SELECT _row, 3 AS PURCHSTATUS, 0 AS REMAINPURCHFINANCIAL FROM lines"
    day.write("PURCHLINE", day.read(invoiced, lines=lines))
    heads = """
        SELECT DISTINCT order_row AS _row, 3 AS PURCHSTATUS, 7 AS DOCUMENTSTATUS
        FROM lines ORDER BY 1
        """
    day.write("PURCHTABLE", day.read(heads, lines=lines))
    moved = day.read(
        """
        SELECT t._row, t.DATAAREAID, t.ITEMID, t.INVENTDIMID, 1 AS STATUSRECEIPT,
               $date AS DATEFINANCIAL, exact.worth(t.QTY, i.unit_cost) AS COSTAMOUNTPOSTED,
               l.VOUCHER, l.INVOICE AS INVOICEID, 0 AS VALUEOPEN, i.segment, l.net, l.CURRENCYCODE,
               l.accounting_currency, exact.converted(l.net, l.rate) AS spent,
               exact.amount(t.COSTAMOUNTPHYSICAL) AS physical,
               exact.converted(t.COSTAMOUNTPHYSICAL, r.rate) AS reversed
        FROM moved t JOIN lines l USING (INVENTTRANSID)
        JOIN items i ON i.ITEMID = t.ITEMID AND i.DATAAREAID = t.DATAAREAID
        LEFT JOIN rates r ON r.source = l.accounting_currency AND r.target = 'USD'
          AND t.DATEPHYSICAL BETWEEN r.since AND r.until
        ORDER BY t._row
        """,
        moved=stock.transactions(day, lines),
        lines=lines,
        items=day.items,
        rates=day.rates,
        date=day.date,
    )
    day.write("INVENTTRANS", moved)
    stock.add_up(day, moved)
    _post(day, moved)


def _post(day: Day, moved: pa.Table) -> None:
    """Clears what was set aside; what was paid goes through purchases into stock and variance."""
    cleared = day.read(
        """
        SELECT VOUCHER, DATAAREAID, $date AS TRANSDATE, CURRENCYCODE, UNNEST([
                 ax.leg(82, '140210', -net, -physical, reporting := -reversed),
                 ax.leg(83, '200140', net, physical, reporting := reversed),
                 ax.leg(71, '500200', net, spent)
               ], recursive := true)
        FROM moved
        """,
        moved=moved,
        date=day.date,
    )
    day.post(cleared)
    stored = day.read(
        """
        WITH valued AS (SELECT *, spent - COSTAMOUNTPOSTED AS rest FROM moved)
        SELECT VOUCHER, DATAAREAID, $date AS TRANSDATE, accounting_currency AS CURRENCYCODE,
               UNNEST([
                 ax.leg(71, '500200', -spent, -spent),
                 ax.leg(84, '140200', COSTAMOUNTPOSTED, COSTAMOUNTPOSTED, segment := segment),
                 ax.leg(86, '510310', rest, rest)
               ], recursive := true)
        FROM valued
        """,
        moved=moved,
        date=day.date,
    )
    day.post(stored)
