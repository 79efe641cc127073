"""Lots, inventory transactions and what is on hand of them."""

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day


def order(day: Day, lines: pa.Table, category: int) -> None:
    """Register lots for order lines (``category`` 0 sales, 3 purchase), waiting to be moved.

    Args:
        day: the day.
        category: REFERENCECATEGORY of the lots.
        lines: INVENTTRANSID, ITEMID, INVENTDIMID, DATAAREAID and CURRENCYCODE, ``reference`` (the
            order), ``expected`` and ``moved``, the quantity (issues negative).
    """
    origins = day.read(
        """
        SELECT INVENTTRANSID, CAST($category AS INTEGER) AS REFERENCECATEGORY,
               reference AS REFERENCEID, ITEMID, DATAAREAID,
               (SELECT max(RECID) FROM {INVENTTRANSORIGIN}) + row_number() OVER () AS RECID
        FROM lines
        """,
        lines=lines,
        category=category,
    )
    day.insert("INVENTTRANSORIGIN", origins)
    waiting = day.read(
        """
        SELECT o.RECID AS INVENTTRANSORIGIN, l.ITEMID, l.INVENTDIMID, l.moved AS QTY,
               CASE WHEN l.moved < 0 THEN 6 ELSE 0 END AS STATUSISSUE,
               CASE WHEN l.moved > 0 THEN 5 ELSE 0 END AS STATUSRECEIPT,
               l.expected AS DATEEXPECTED, ax.never() AS DATEPHYSICAL, ax.never() AS DATEFINANCIAL,
               0 AS COSTAMOUNTPHYSICAL, 0 AS COSTAMOUNTPOSTED, '' AS VOUCHERPHYSICAL,
               '' AS VOUCHER, '' AS INVOICEID, l.CURRENCYCODE, 1 AS VALUEOPEN, l.DATAAREAID
        FROM lines l JOIN origins o USING (INVENTTRANSID) ORDER BY o.RECID
        """,
        lines=lines,
        origins=origins,
    )
    day.insert("INVENTTRANS", waiting)
    add_up(day, waiting)


def transactions(day: Day, lines: pa.Table) -> pa.Table:
    """The inventory transactions of order lines, with INVENTTRANSID and their row's ``_row``."""
    return day.read(
        """
        SELECT t.*, o.INVENTTRANSID, o._row AS origin_row
        FROM {INVENTTRANS} t JOIN {INVENTTRANSORIGIN} o ON o.RECID = t.INVENTTRANSORIGIN
        SEMI JOIN lines l ON l.INVENTTRANSID = o.INVENTTRANSID ORDER BY t._row
        """,
        lines=lines,
    )


def strike(day: Day, lines: pa.Table, *, lots_too: bool) -> None:
    """Remove what waits for order lines, and with the lines their lots."""
    moved = transactions(day, lines)
    day.delete("INVENTTRANS", moved)
    if lots_too:
        rows = "SELECT DISTINCT origin_row AS _row FROM moved ORDER BY 1"
        day.delete("INVENTTRANSORIGIN", day.read(rows, moved=moved))
    add_up(day, moved)


def add_up(day: Day, moved: pa.Table) -> None:
    """Bring what is on hand up to date wherever something moved."""
    sums = day.read(
        """
        WITH places AS (SELECT DISTINCT DATAAREAID, ITEMID, INVENTDIMID FROM moved), sums AS (
          SELECT DATAAREAID, ITEMID, INVENTDIMID,
                 sum(QTY) FILTER (STATUSISSUE = 1 OR STATUSRECEIPT = 1) AS posted,
                 sum(COSTAMOUNTPOSTED) FILTER (STATUSISSUE = 1 OR STATUSRECEIPT = 1) AS worth,
                 sum(QTY) FILTER (STATUSRECEIPT = 2) AS received,
                 -sum(QTY) FILTER (STATUSISSUE = 2) AS deducted,
                 sum(COSTAMOUNTPHYSICAL) FILTER (STATUSISSUE = 2 OR STATUSRECEIPT = 2) AS physical,
                 -sum(QTY) FILTER (STATUSISSUE = 4) AS reserved,
                 sum(QTY) FILTER (STATUSRECEIPT = 5) AS ordered,
                 -sum(QTY) FILTER (STATUSISSUE = 6) AS on_order,
                 max(DATEPHYSICAL) AS last_physical
          FROM {INVENTTRANS} SEMI JOIN places USING (DATAAREAID, ITEMID, INVENTDIMID)
          GROUP BY ALL
        ), filled AS (
          SELECT p.*, COALESCE(posted, 0) AS posted, COALESCE(worth, 0) AS worth,
                 COALESCE(received, 0) AS received, COALESCE(deducted, 0) AS deducted,
                 COALESCE(physical, 0) AS physical, COALESCE(reserved, 0) AS reserved,
                 COALESCE(ordered, 0) AS ordered, COALESCE(on_order, 0) AS on_order,
                 COALESCE(last_physical, ax.never()) AS last_physical
          FROM places p LEFT JOIN sums USING (DATAAREAID, ITEMID, INVENTDIMID)
        )
        SELECT s._row, f.DATAAREAID, f.ITEMID, f.INVENTDIMID, f.posted AS POSTEDQTY,
               f.worth AS POSTEDVALUE, f.received AS RECEIVED, f.deducted AS DEDUCTED,
               f.physical AS PHYSICALVALUE, f.reserved AS RESERVPHYSICAL, f.ordered AS ORDERED,
               f.on_order AS ONORDER, f.posted + f.received - f.deducted AS PHYSICALINVENT,
               f.posted + f.received - f.deducted - f.reserved AS AVAILPHYSICAL,
               CAST(greatest(abs(f.posted), abs(f.worth), abs(f.received), abs(f.deducted),
                             abs(f.physical), abs(f.reserved), abs(f.ordered), abs(f.on_order)
                    ) = 0 AS INTEGER) AS CLOSED,
               f.last_physical AS LASTUPDDATEPHYSICAL
        FROM filled f LEFT JOIN {INVENTSUM} s USING (DATAAREAID, ITEMID, INVENTDIMID)
        ORDER BY f.DATAAREAID, f.ITEMID, f.INVENTDIMID
        """,
        moved=moved,
    )
    day.write("INVENTSUM", day.read("SELECT * FROM sums WHERE _row IS NOT NULL", sums=sums))
    day.insert("INVENTSUM", day.read("SELECT * FROM sums WHERE _row IS NULL", sums=sums))
