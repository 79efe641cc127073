"""Deliveries of the day: what is ordered and in stock leaves, and what that changes."""

import pyarrow as pa

from erp_resources.sandbox.company.s4.inventory import Move
from erp_resources.sandbox.company.s4.tick import flow
from erp_resources.sandbox.company.s4.tick.day import Day


def moves(day: Day, lines: pa.Table) -> pa.Table:
    """The movements of deliveries that are due; see ``goods.MOVES``."""
    return day.read(
        """
        SELECT slip, $move AS move, MATNR, WERKS, -LFIMG AS quantity, KUNNR, VBELN AS VBELN_IM,
               POSNR AS VBELP_IM
        FROM lines
        """,
        lines=lines,
        move=int(Move.DELIVERY),
    )


def ship(day: Day, lines: pa.Table, moved: pa.Table) -> None:
    """Enter deliveries that were ``due`` and have ``moved`` (rows of MSEG)."""
    day.insert("LIKP", _heads(day, lines))
    day.insert("LIPS", lines)
    flow.link(day, _links(day, lines, moved))
    _update_orders(day, lines)


def due(day: Day) -> pa.Table:
    """What was ordered on earlier days and is in stock, whole items only: as rows of LIPS."""
    return day.read(
        """
        WITH waiting AS (
          SELECT i.*, o.KUNNR, o.VKORG, o._row AS order_row, sum(i.KWMENG) OVER (
                   PARTITION BY i.MATNR, i.WERKS ORDER BY i.VBELN, i.POSNR) AS wanted
          FROM {VBAP} i JOIN {VBAK} o USING (VBELN)
          WHERE i.LFSTA = 'A' AND o.VBTYP = 'C' AND o.AUDAT < $today
        ), due AS (
          SELECT w.*, dense_rank() OVER (ORDER BY w.VBELN) AS slip, m.MTART
          FROM waiting w JOIN {MBEW} v ON v.MATNR = w.MATNR AND v.BWKEY = w.WERKS
          JOIN {MARA} m ON m.MATNR = w.MATNR
          WHERE w.wanted <= v.LBKUM
        )
        SELECT * REPLACE (
                 s4.number(slip + (SELECT max(CAST(VBELN AS BIGINT)) FROM {LIKP})) AS VBELN,
                 $today AS ERDAT, $time AS ERZET, '00000000' AS AEDAT,
                 VBELN AS VGBEL, POSNR AS VGPOS),
               'C' AS VGTYP, KWMENG AS LFIMG, KWMENG AS LGMNG, '601' AS BWART, '00' AS SPART,
               'C' AS WBSTA, 'C' AS FKSTA
        FROM due ORDER BY slip, POSNR
        """,
        today=day.today,
        time=day.time,
    )


def _heads(day: Day, lines: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH heads AS (
          SELECT VBELN, min(ERNAM) AS ERNAM, first(VSTEL ORDER BY POSNR) AS VSTEL,
                 min(VKORG) AS VKORG, min(KUNNR) AS KUNNR, sum(NTGEW) AS NTGEW,
                 lpad(CAST(count(*) AS VARCHAR), 5, '0') AS ANZPK
          FROM lines GROUP BY VBELN
        )
        SELECT h.*, h.KUNNR AS KUNAG, $today AS ERDAT, $time AS ERZET, 'LF' AS LFART, 'J' AS VBTYP,
               $today AS WADAT, $today AS LDDAT, $today AS TDDAT, $today AS KODAT, $today AS BLDAT,
               $today AS WADAT_IST, s4.later($today, 1) AS LFDAT, p.INCO1, c.ORT01 AS INCO2,
               ROUND(h.NTGEW * 1.05, 3) AS BTGEW, 'KG' AS GEWEI, '02' AS LPRIO, 'C' AS WBSTK,
               'A' AS FKSTK, 'B' AS GBSTK
        FROM heads h JOIN {KNA1} c USING (KUNNR) JOIN partners p ON p.partner = h.KUNNR
        ORDER BY h.VBELN
        """,
        lines=lines,
        partners=day.specimens.partners,
        today=day.today,
        time=day.time,
    )


def _links(day: Day, lines: pa.Table, moved: pa.Table) -> pa.Table:
    """From orders to deliveries, and from these to material documents."""
    return day.read(
        """
        SELECT VGBEL AS VBELV, VGPOS AS POSNV, 'C' AS VBTYP_V, VBELN, POSNR AS POSNN,
               'J' AS VBTYP_N, LFIMG AS RFMNG, MEINS, NETWR AS RFWRT, WAERK AS WAERS, MATNR,
               '' AS BWART, '0000' AS MJAHR
        FROM lines
        UNION ALL
        SELECT l.VBELN, l.POSNR, 'J', m.MBLNR, '00' || m.ZEILE, 'R', l.LFIMG, l.MEINS, 0, l.WAERK,
               l.MATNR, m.BWART, m.MJAHR
        FROM lines l JOIN moved m ON m.VBELN_IM = l.VBELN AND m.VBELP_IM = l.POSNR
        ORDER BY VBTYP_N, VBELV, POSNV
        """,
        lines=lines,
        moved=moved,
    )


def _update_orders(day: Day, lines: pa.Table) -> None:
    delivered = "SELECT _row, 'C' AS LFSTA, 'C' AS GBSTA FROM lines"
    day.write("VBAP", day.read(delivered, lines=lines))
    heads = """
        SELECT l.order_row AS _row, '' AS LIFSK,
               CASE WHEN bool_or(i.LFSTA = 'A') THEN 'B' ELSE 'C' END AS LFSTK, LFSTK AS GBSTK
        FROM lines l JOIN {VBAP} i ON i.VBELN = l.VGBEL GROUP BY l.order_row ORDER BY 1
        """
    day.write("VBAK", day.read(heads, lines=lines))
