"""Sales orders of the day: entered, changed, lines struck out and rejected.

What is ordered is what was ordered before, by the same customers in other quantities.
"""

import pyarrow as pa

from erp_resources.sandbox.company.s4.tick import flow
from erp_resources.sandbox.company.s4.tick.day import Day

ORDERS, CHANGED = 7, 4
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Enter orders like earlier ones that were delivered."""
    picks = day.picks(
        "orders",
        ORDERS * day.scale,
        "SELECT _row FROM {VBAK} WHERE VBTYP = 'C' AND LFSTK = 'C' ORDER BY _row",
    )
    heads = day.read(
        """
        WITH last AS (
          SELECT max(CAST(VBELN AS BIGINT)) AS number, max(CAST(KNUMV AS BIGINT)) AS conditions
          FROM {VBAK} WHERE VBTYP = 'C'
        )
        SELECT o.* EXCLUDE (_row, NETWR) REPLACE (
                 s4.number(number + 1 + p.serial) AS VBELN,
                 s4.number(conditions + 1 + p.serial) AS KNUMV,
                 $today AS ERDAT, $time AS ERZET, $today AS AUDAT, '00000000' AS AEDAT,
                 s4.later($today, 7) AS VDATU, '01' AS LIFSK, 'A' AS GBSTK, 'A' AS LFSTK,
                 CASE BSTNK WHEN '' THEN '' ELSE 'PO-' || (10000 + (number * 37 + p.luck) % 90000)
                 END AS BSTNK, CASE BSTNK WHEN '' THEN BSTDK ELSE $today END AS BSTDK),
               o.VBELN AS old, 1 + p.luck % 3 AS factor
        FROM picks p JOIN {VBAK} o USING (_row), last ORDER BY p.serial
        """,
        picks=picks,
        today=day.today,
        time=day.time,
    )
    items = _copied(day, heads)
    day.insert("VBAK", _summed(day, heads, items))
    day.insert("VBAP", items)


def change(day: Day) -> None:
    """Of open orders of earlier days lines are struck out, rejected, or asked for in more."""
    picks = day.picks(
        "changed orders",
        CHANGED * day.scale,
        """
        SELECT _row FROM {VBAK} WHERE VBTYP = 'C' AND LFSTK = 'A' AND AUDAT < $today ORDER BY _row
        """,
        today=day.today,
    )
    lines = day.read(
        """
        WITH lines AS (
          SELECT i.*, o.KUNNR, o.BUKRS_VF, o._row AS order_row, p.luck,
                 row_number() OVER (PARTITION BY i.VBELN ORDER BY i.POSNR) AS place,
                 count(*) OVER (PARTITION BY i.VBELN) AS lines
          FROM picks p JOIN {VBAK} o USING (_row) JOIN {VBAP} i ON i.VBELN = o.VBELN
          WHERE i.ABGRU = ''
        )
        SELECT *, lines > 1 AND luck < 300 AS _gone,
               lines > 1 AND luck BETWEEN 300 AND 449 AS rejected,
               NOT (_gone OR rejected) AS raised
        FROM lines WHERE place = CASE WHEN lines > 1 AND luck < 450 THEN lines ELSE 1 END
        ORDER BY _row
        """,
        picks=picks,
    )
    changed = _changed(day, lines)
    day.write("VBAP", changed)
    flow.document(day, changed)
    _sum_up(day, lines)


def _copied(day: Day, heads: pa.Table) -> pa.Table:
    """The items of the orders' models, in other quantities."""
    copied = day.read(
        """
        SELECT i.* EXCLUDE (_row) REPLACE (
                 h.VBELN AS VBELN, h.ERDAT AS ERDAT, h.ERZET AS ERZET, h.ERNAM AS ERNAM,
                 '00000000' AS AEDAT, 'A' AS LFSTA, 'A' AS GBSTA, i.KWMENG * h.factor AS KWMENG,
                 r.KURSF AS STCUR),
               h.BUKRS_VF, h.KUNNR
        FROM heads h JOIN {VBAP} i ON i.VBELN = h.old
        JOIN rates r ON r.BUKRS = h.BUKRS_VF AND r.WAERS = h.WAERK
        WHERE i.ABGRU = '' ORDER BY h.VBELN, i.POSNR
        """,
        heads=heads,
        rates=day.rates,
    )
    return _valued(day, copied)


def _valued(day: Day, lines: pa.Table) -> pa.Table:
    """The lines with what follows from their quantity, customer (KUNNR) and company code."""
    return day.read(
        """
        WITH valued AS (
          SELECT l.*, s4.worth(l.KWMENG, l.NETPR, l.KPEIN) AS net,
                 ROUND(l.KWMENG * i.weight * 0.001, 3) AS kilograms, p.at_home
          FROM lines l JOIN items i USING (MATNR, WERKS) JOIN partners p ON p.partner = l.KUNNR
        )
        SELECT * REPLACE (
                 net AS NETWR, net AS KZWI1, KWMENG AS KBMENG, KWMENG AS KLMENG,
                 kilograms AS NTGEW, ROUND(kilograms * 1.05, 3) AS BRGEW,
                 CASE WHEN at_home THEN s4.tax(net, BUKRS_VF) ELSE 0 END AS MWSBP)
        FROM valued ORDER BY VBELN, POSNR
        """,
        lines=lines,
        items=day.items,
        partners=day.specimens.partners,
    )


def _summed(day: Day, heads: pa.Table, items: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT h.*, i.NETWR FROM heads h
        JOIN (SELECT VBELN, sum(NETWR) AS NETWR FROM items GROUP BY ALL) i USING (VBELN)
        ORDER BY VBELN
        """,
        heads=heads,
        items=items,
    )


def _changed(day: Day, lines: pa.Table) -> pa.Table:
    """The lines as they are now, with what change documents say of them."""
    more = "SELECT * REPLACE (KWMENG + CASE WHEN raised THEN 1 + luck % 5 ELSE 0 END AS KWMENG), "
    return day.read(
        """
        SELECT * REPLACE (
                 CASE WHEN rejected THEN '16' ELSE '' END AS ABGRU,
                 CASE WHEN rejected THEN 0 ELSE KWMENG END AS KBMENG,
                 CASE WHEN rejected THEN 0 ELSE KWMENG END AS KLMENG,
                 CASE WHEN rejected THEN '' ELSE 'A' END AS LFSTA,
                 CASE WHEN rejected THEN 'C' ELSE 'A' END AS GBSTA, $today AS AEDAT),
               'VERKBELEG' AS OBJECTCLAS, 'VA02' AS TCODE, VBELN AS OBJECTID, 'VBAP' AS TABNAME,
               MANDT || VBELN || POSNR AS TABKEY, CASE WHEN _gone THEN 'D' ELSE 'U' END AS CHNGIND,
               CASE WHEN _gone THEN 'KEY' WHEN rejected THEN 'ABGRU' ELSE 'KWMENG' END AS FNAME,
               CASE WHEN raised THEN lpad(CAST(KWMENG AS VARCHAR), 18, ' ')
                    WHEN rejected THEN '16' ELSE '' END AS VALUE_NEW,
               CASE WHEN raised THEN lpad(CAST(less AS VARCHAR), 18, ' ') ELSE '' END AS VALUE_OLD,
               CASE WHEN raised THEN VRKME ELSE '' END AS unit
        FROM valued ORDER BY _row
        """,
        valued=_valued(day, day.read(more + "KWMENG AS less FROM lines", lines=lines)),
        today=day.today,
    )


def _sum_up(day: Day, lines: pa.Table) -> None:
    """Bring the orders of changed lines up to date."""
    heads = day.read(
        """
        WITH changed AS (SELECT DISTINCT order_row AS _row, VBELN FROM lines)
        SELECT c._row, $today AS AEDAT, sum(i.NETWR) FILTER (i.ABGRU = '') AS NETWR
        FROM changed c JOIN {VBAP} i USING (VBELN) GROUP BY c._row ORDER BY c._row
        """,
        lines=lines,
        today=day.today,
    )
    day.write("VBAK", heads)
