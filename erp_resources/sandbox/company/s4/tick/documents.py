"""Accounting documents of the day: posted, listed by account, added to the totals, and cleared."""

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.business import with_column
from erp_resources.sandbox.company.s4.tick import totals
from erp_resources.sandbox.company.s4.tick.day import Day, serials

_OPEN = {"D": "BSID", "K": "BSIK", "S": "BSIS"}
_CLEARED = {"D": "BSAD", "K": "BSAK"}
"""Where lines of customers (D), vendors (K) and other shown accounts (S) are listed."""


def post(day: Day, heads: pa.Table, legs: pa.Table) -> pa.Table:
    """Post documents.

    Args:
        day: the day.
        heads: ``document`` (any number), BUKRS, BLART, BUDAT, WAERS, WWERT with KURSF and ``rate``
            (see ``Day.rates_on``), XBLNR, and AWKEY, ``""`` where the document is its own source.
            BLDAT is BUDAT unless it is there.
        legs: what ``s4.leg`` makes, with ``document``, in the order of the lines. Legs that are
            zero are left out.

    Returns:
        The heads with BELNR, GJAHR and HWAER.
    """
    numbered = _numbered(day, heads)
    day.insert("BKPF", numbered)
    lines = _lines(day, numbered, with_column(legs, "place", serials(legs.num_rows)))
    day.insert("BSEG", lines)
    _list(day, lines)
    totals.add(day, lines)
    return numbered


def clear(day: Day, cleared: pa.Table) -> None:
    """Note on open lines what settles them.

    Args:
        day: the day.
        cleared: BUKRS, BELNR, GJAHR and BUZEI of the lines; AUGBL and AUGDT.
    """
    lines = day.read(
        """
        SELECT b._row, b.BUKRS, b.BELNR, b.GJAHR, b.BUZEI, b.KOART, c.AUGBL, c.AUGDT,
               c.AUGDT AS AUGCP
        FROM cleared c JOIN {BSEG} b USING (BUKRS, BELNR, GJAHR, BUZEI) ORDER BY b._row
        """,
        cleared=cleared,
    )
    day.write("BSEG", lines)
    for kind, table in _OPEN.items():
        own = lines.filter(pc.field("KOART") == kind)
        if not own.num_rows:
            continue
        moved = _listed(day, table, own)
        day.delete(table, moved)
        if kind in _CLEARED:
            day.insert(_CLEARED[kind], moved)


def _numbered(day: Day, heads: pa.Table) -> pa.Table:
    """The heads as rows of BKPF; numbers are counted by company code, year and range."""
    dated = heads if "BLDAT" in heads.column_names else with_column(heads, "BLDAT", heads["BUDAT"])
    return day.read(
        """
        WITH last AS (
          SELECT b.BUKRS, b.GJAHR, k.first, max(CAST(b.BELNR AS BIGINT)) AS last
          FROM {BKPF} b JOIN types k USING (BLART)
          WHERE b.GJAHR IN (SELECT BUDAT[:4] FROM dated) GROUP BY ALL
        ), numbered AS (
          SELECT h.*, h.BUDAT[:4] AS GJAHR, h.BUDAT[5:6] AS MONAT, k.AWTYP, k.TCODE, k.GLVOR,
                 s4.number(COALESCE(l.last + 1, k.first) - 1 + row_number() OVER (
                   PARTITION BY h.BUKRS, h.BUDAT[:4], k.first ORDER BY h.document)) AS BELNR
          FROM dated h JOIN types k USING (BLART)
          LEFT JOIN last l ON l.BUKRS = h.BUKRS AND l.GJAHR = h.BUDAT[:4] AND l.first = k.first
        )
        SELECT n.* REPLACE (
                 CASE WHEN AWKEY = '' THEN BELNR || n.BUKRS || GJAHR ELSE AWKEY END AS AWKEY),
               $today AS CPUDT, $time AS CPUTM, 'BATCH' AS USNAM, t.WAERS AS HWAER, t.FIKRS
        FROM numbered n JOIN {T001} t ON t.BUKRS = n.BUKRS ORDER BY n.document
        """,
        dated=dated,
        types=day.specimens.types,
        today=day.today,
        time=day.time,
    )


def _lines(day: Day, heads: pa.Table, legs: pa.Table) -> pa.Table:
    """The legs as rows of BSEG, with signed ``amount`` and ``local`` and what lists repeat."""
    return day.read(
        """
        WITH sided AS (
          SELECT *, CASE WHEN local > 0 OR local = 0 AND amount > 0 THEN 'S' ELSE 'H' END AS SHKZG,
                 bool_or(base <> 0) OVER (PARTITION BY document) AS taxed
          FROM legs WHERE amount <> 0 OR local <> 0
        )
        SELECT h.BUKRS, h.BELNR, h.GJAHR, s.* EXCLUDE (BLART, BUKRS, taxed, SHKZG, HKONT),
               lpad(CAST(row_number() OVER (PARTITION BY g.document ORDER BY g.place) AS VARCHAR),
                    3, '0') AS BUZEI,
               g.amount, g.local, g.SHKZG, g.HKONT, g.REBZG, g.REBZJ, g.MATNR, g.WERKS, g.MENGE,
               g.EBELN, g.EBELP, g.KOSTL, g.ZTERM,
               abs(g.local) AS DMBTR, abs(g.amount) AS WRBTR, abs(g.amount) AS PSWBT,
               h.WAERS AS PSWSL, abs(exact.converted(g.base, h.rate)) AS HWBAS,
               abs(g.base) AS FWBAS, h.GLVOR AS VORGN,
               CASE WHEN h.AWTYP = 'VBRK' THEN h.XBLNR ELSE '' END AS VBELN,
               CASE WHEN g.cleared THEN h.BUDAT ELSE '00000000' END AS AUGDT, AUGDT AS AUGCP,
               CASE WHEN g.cleared THEN h.BELNR ELSE '' END AS AUGBL,
               CASE WHEN g.REBZG = '' THEN '000' ELSE '001' END AS REBZZ,
               CASE WHEN g.HKONT = {BANK} THEN h.BUDAT ELSE '00000000' END AS VALUT,
               CASE s.KOART WHEN 'D' THEN g.partner ELSE '' END AS KUNNR,
               CASE s.KOART WHEN 'K' THEN g.partner ELSE '' END AS LIFNR,
               CASE WHEN s.KOART IN ('D', 'K') THEN h.BUDAT ELSE '00000000' END AS ZFBDT,
               CASE WHEN g.ZTERM = '' THEN 0 ELSE CAST(g.ZTERM[2:] AS INTEGER) END AS ZBD1T,
               CASE WHEN g.MENGE = 0 THEN '' ELSE m.MEINS END AS MEINS,
               CASE WHEN g.HKONT = {GOODS_AND_INVOICES} THEN g.EBELN || g.EBELP ELSE '' END
                 AS ZUONR, g.WERKS AS BWKEY, g.WERKS AS PRCTR,
               h.BUDAT AS H_BUDAT, h.BLART AS H_BLART, h.WAERS AS H_WAERS, h.HWAER AS H_HWAER,
               h.BUDAT, h.BLDAT, h.CPUDT, h.WAERS, h.XBLNR, h.BLART, h.MONAT
        FROM sided g JOIN heads h USING (document)
        JOIN specimens s ON s.BLART = h.BLART AND s.BUKRS = h.BUKRS AND s.taxed = g.taxed
          AND s.HKONT = g.HKONT AND s.SHKZG = g.SHKZG
        LEFT JOIN {MARA} m ON m.MATNR = g.MATNR
        ORDER BY g.document, g.place
        """,
        heads=heads,
        legs=legs,
        specimens=day.specimens.lines,
    )


def _list(day: Day, lines: pa.Table) -> None:
    """List lines of customers, vendors and shown accounts by what they are: open or cleared."""
    shown = lines.filter((pc.field("KOART") != "S") | (pc.field("XKRES") == "X"))
    for kind, table in _OPEN.items():
        own = shown.filter(pc.field("KOART") == kind)
        day.insert(table, own.filter(pc.field("AUGBL") == ""))
        if kind in _CLEARED:
            day.insert(_CLEARED[kind], own.filter(pc.field("AUGBL") != ""))


def _listed(day: Day, table: str, lines: pa.Table) -> pa.Table:
    """The rows of ``table`` that list lines, with the lines' clearing."""
    return day.read(
        """
        SELECT t.* REPLACE (c.AUGBL AS AUGBL, c.AUGDT AS AUGDT)
        FROM {table} t JOIN lines c USING (BUKRS, BELNR, GJAHR, BUZEI) ORDER BY t._row
        """.replace("{table}", f"{{{table}}}"),
        lines=lines,
    )
