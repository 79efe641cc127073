"""Purchase orders of the day: entered, received and invoiced; and invoices for expenses."""

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick import stock
from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.ax.tick.subledger import VENDORS, enter_invoices

ORDERS, EXPENSES, LATE = 6, 4, 1
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Order what was ordered before."""
    picks = day.picks(
        "purchases",
        ORDERS * day.scale,
        "SELECT _row FROM {PURCHTABLE} WHERE PURCHSTATUS = 3 ORDER BY _row",
    )
    heads = day.read(
        """
        SELECT o.* EXCLUDE (_row, RECID) REPLACE (
          ax.number('PO-', p.serial + 1 + (
            SELECT max(CAST(PURCHID[4:] AS BIGINT)) FROM {PURCHTABLE})) AS PURCHID,
          1 AS PURCHSTATUS, 2 AS DOCUMENTSTATUS,
          CAST($date AS TIMESTAMP) + to_days(CAST(2 + p.luck % 9 AS INTEGER)) AS DELIVERYDATE),
          o.PURCHID AS old_id, p.serial
        FROM picks p JOIN {PURCHTABLE} o USING (_row) ORDER BY p.serial
        """,
        picks=picks,
        date=day.date,
    )
    day.insert("PURCHTABLE", heads)
    lines = day.read(
        """
        WITH copied AS (
          SELECT l.*, h.PURCHID AS new_id, h.DELIVERYDATE AS expected,
                 row_number() OVER (ORDER BY h.serial, l.LINENUMBER) AS serial
          FROM heads h JOIN {PURCHLINE} l ON l.PURCHID = h.old_id AND l.DATAAREAID = h.DATAAREAID
        )
        SELECT * EXCLUDE (_row, RECID) REPLACE (
          new_id AS PURCHID, 'L-' || lpad(CAST(serial + (
            SELECT max(CAST(INVENTTRANSID[3:] AS BIGINT)) FROM {INVENTTRANSORIGIN}
          ) AS VARCHAR), 9, '0') AS INVENTTRANSID,
          PURCHQTY AS REMAINPURCHPHYSICAL, 0 AS REMAINPURCHFINANCIAL, 1 AS PURCHSTATUS,
          expected AS DELIVERYDATE)
        FROM copied ORDER BY serial
        """,
        heads=heads,
    )
    day.insert("PURCHLINE", lines)
    lots = "SELECT *, PURCHID AS reference, QTYORDERED AS moved FROM lines"
    stock.order(day, day.read(lots, lines=lines), category=3)


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


def charge(day: Day) -> None:
    """Invoices for expenses, and a late one that is posted into the month before."""
    today = _expenses(day, "expenses", EXPENSES, age=0)
    late = _expenses(day, "late", LATE, age=day.date.day + 4)
    lines = day.read(
        "SELECT *, row_number() OVER () AS document FROM (FROM today UNION ALL FROM late)",
        today=today,
        late=late,
    )
    lines = enter_invoices(day, VENDORS, lines, "VIN-", "FA-", 14)
    spent = day.read(
        """
        SELECT VOUCHER, DATAAREAID, dated AS TRANSDATE, CURRENCYCODE, UNNEST(ax.leg(
                 14, ['602100', '602200', '602300', '602400'][1 + luck % 4], net,
                 exact.converted(net, rate),
                 segment := '-' || lpad(CAST(1 + luck % 10 AS VARCHAR), 2, '0')))
        FROM lines
        """,
        lines=lines,
    )
    day.post(spent)


def _expenses(day: Day, name: str, count: int, age: int) -> pa.Table:
    """What vendors charged before, by a factor, dated ``age`` days ago."""
    picks = day.picks(
        name,
        count * day.scale,
        "SELECT _row FROM {VENDTRANS} WHERE TRANSTYPE = 14 AND AMOUNTCUR < 0 ORDER BY _row",
    )
    return day.read(
        """
        SELECT t.DATAAREAID, t.ACCOUNTNUM, t.CURRENCYCODE, p.luck,
               CAST($date AS DATE) - CAST($age AS INTEGER) AS dated,
               exact.amount(exact.payable(-exact.amount(t.AMOUNTCUR) * (0.6 + 0.0005 * p.luck),
                                          t.CURRENCYCODE)) AS net
        FROM picks p JOIN {VENDTRANS} t USING (_row) ORDER BY p.serial
        """,
        picks=picks,
        date=day.date,
        age=age,
    )
