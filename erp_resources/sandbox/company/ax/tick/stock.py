"""Lots, inventory transactions and what is on hand of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.ax.inventory import Origin
from erp_resources.sandbox.company.ax.inventory_rows import lot_numbers
from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.business import with_all, with_column


def with_lots(day: Day, lines: pa.Table) -> pa.Table:
    """The lines with INVENTTRANSID: the numbers of new lots, in the order of the lines."""
    last = day.read(
        "SELECT max(CAST(INVENTTRANSID[3:] AS BIGINT)) AS last FROM {INVENTTRANSORIGIN}"
    )["last"][0].as_py()
    return with_column(lines, "INVENTTRANSID", lot_numbers(last + np.arange(lines.num_rows)))


def order(day: Day, lines: pa.Table, origin: Origin) -> None:
    """Register lots for order lines, waiting to be moved.

    Args:
        day: the day.
        lines: INVENTTRANSID, REFERENCEID (the order), ITEMID, INVENTDIMID, DATAAREAID and
            CURRENCYCODE, ``expected`` and ``moved``, the quantity (issues negative).
        origin: what moves them.
    """
    lots = day.insert("INVENTTRANSORIGIN", with_all(lines, "REFERENCECATEGORY", origin.value))
    waiting = day.read(
        """
        SELECT RECID AS INVENTTRANSORIGIN, ITEMID, INVENTDIMID, moved AS QTY,
               CASE WHEN moved < 0 THEN 6 ELSE 0 END AS STATUSISSUE,
               CASE WHEN moved > 0 THEN 5 ELSE 0 END AS STATUSRECEIPT,
               expected AS DATEEXPECTED, ax.never() AS DATEPHYSICAL, ax.never() AS DATEFINANCIAL,
               0 AS COSTAMOUNTPHYSICAL, 0 AS COSTAMOUNTPOSTED, '' AS VOUCHERPHYSICAL,
               '' AS VOUCHER, '' AS INVOICEID, CURRENCYCODE, 1 AS VALUEOPEN, DATAAREAID
        FROM lots ORDER BY RECID
        """,
        lots=lots,
    )
    day.insert("INVENTTRANS", waiting)
    add_up(day, waiting)


def book(day: Day, lines: pa.Table) -> None:
    """Register lots that are moved and financially updated at once.

    Args:
        day: the day.
        lines: REFERENCECATEGORY, REFERENCEID, ITEMID, INVENTDIMID, DATAAREAID, CURRENCYCODE and
            VOUCHER, ``moved`` (issues negative) and what that is ``worth``.
    """
    lots = day.insert("INVENTTRANSORIGIN", with_lots(day, lines))
    done = day.read(
        """
        SELECT RECID AS INVENTTRANSORIGIN, ITEMID, INVENTDIMID, moved AS QTY,
               CAST(moved < 0 AS INTEGER) AS STATUSISSUE,
               CAST(moved > 0 AS INTEGER) AS STATUSRECEIPT,
               $date AS DATEEXPECTED, $date AS DATEPHYSICAL, $date AS DATEFINANCIAL,
               worth AS COSTAMOUNTPHYSICAL, worth AS COSTAMOUNTPOSTED, VOUCHER AS VOUCHERPHYSICAL,
               VOUCHER, '' AS INVOICEID, CURRENCYCODE, 0 AS VALUEOPEN, DATAAREAID
        FROM lots ORDER BY RECID
        """,
        lots=lots,
        date=day.date,
    )
    day.insert("INVENTTRANS", done)
    add_up(day, done)


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
    is_new = sums["_row"].is_null()
    day.write("INVENTSUM", sums.filter(pc.invert(is_new)))
    day.insert("INVENTSUM", sums.filter(is_new))
