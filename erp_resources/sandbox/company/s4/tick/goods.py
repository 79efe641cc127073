"""Goods movements of the day: material documents, stock and its value, and what they post."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.business import with_column
from erp_resources.sandbox.company.s4.tick import documents
from erp_resources.sandbox.company.s4.tick.day import Day, serials

QUANTITY = pa.decimal128(15, 3)
MOVES = pa.schema(
    {
        "slip": pa.int64(),
        "move": pa.int64(),
        "MATNR": pa.string(),
        "WERKS": pa.string(),
        "quantity": QUANTITY,
        "owed": pa.decimal128(18, 2),
        "KUNNR": pa.string(),
        "LIFNR": pa.string(),
        "EBELN": pa.string(),
        "EBELP": pa.string(),
        "VBELN_IM": pa.string(),
        "VBELP_IM": pa.string(),
        "AUFNR": pa.string(),
    }
)
"""Movements to be booked, by ``slip`` (any number); ``move`` is a ``Move``, issues are negative.

``owed`` is what the other side is charged instead of the value at standard price.
"""

_INITIAL = {
    "owed": pa.scalar(None, MOVES.field("owed").type),
    "EBELP": pa.scalar("00000"),
    "VBELP_IM": pa.scalar("000000"),
}


def book(day: Day, *parts: pa.Table) -> pa.Table:
    """Book one material document for each slip, of one kind of movement in one company code.

    Args:
        day: the day.
        parts: moves as in ``MOVES``, texts may be missing; each part counts slips for itself.

    Returns:
        The rows of MSEG in the order of the moves, with their columns.
    """
    lines = _lines(day, _complete(parts))
    heads = """
        SELECT DISTINCT ON (slip) *, TCODE AS TCODE2, $today AS BLDAT, $today AS BUDAT,
               $today AS CPUDT, $time AS CPUTM, 'BATCH' AS USNAM, VBELN_IM AS XBLNR,
               VBELN_IM AS LE_VBELN
        FROM lines ORDER BY slip, place
        """
    day.insert("MKPF", day.read(heads, lines=lines, today=day.today, time=day.time))
    day.insert("MSEG", lines)
    _store(day, lines)
    _post(day, lines)
    return lines


def _complete(parts: Sequence[pa.Table]) -> pa.Table:
    """All moves with all columns and in their ``place``: texts that are missing are initial."""
    complete = []
    for number, part in enumerate(parts):
        columns = {
            field.name: part[field.name]
            if field.name in part.column_names
            else pa.repeat(_INITIAL.get(field.name, pa.scalar("")), part.num_rows)
            for field in MOVES
        }
        columns["slip"] = pc.add(pc.multiply(part["slip"], len(parts)), number)
        complete.append(pa.table(columns).cast(MOVES))
    moves = pa.concat_tables(complete)
    return with_column(moves, "place", serials(moves.num_rows))


def _lines(day: Day, moves: pa.Table) -> pa.Table:
    """Numbers are counted by year and range; values are at standard price."""
    return day.read(
        """
        WITH last AS (
          SELECT k.first, max(CAST(h.MBLNR AS BIGINT)) AS last
          FROM {MKPF} h JOIN types k USING (BLART) WHERE h.MJAHR = $today[:4] GROUP BY ALL
        ), slips AS (
          SELECT slip, move, row_number() OVER (PARTITION BY k.first ORDER BY slip) AS serial,
                 k.first, c.* EXCLUDE (move)
          FROM (SELECT DISTINCT slip, move FROM moves)
          JOIN codes c USING (move) JOIN types k USING (BLART)
        )
        SELECT m.*, s.* EXCLUDE (slip, move, serial), i.* EXCLUDE (MATNR, WERKS),
               s4.number(COALESCE(l.last + 1, s.first) - 1 + s.serial) AS MBLNR,
               $today[:4] AS MJAHR, $today[:4] AS GJAHR, s.TCODE AS TCODE2_MKPF,
               lpad(CAST(row_number() OVER (PARTITION BY m.slip ORDER BY m.place) AS VARCHAR),
                    4, '0') AS ZEILE, '00' || ZEILE AS LINE_ID,
               CASE WHEN m.quantity > 0 THEN 'S' ELSE 'H' END AS SHKZG, i.HWAER AS WAERS,
               s4.worth(m.quantity, v.STPRS, v.PEINH) AS worth, abs(worth) AS DMBTR,
               abs(m.quantity) AS MENGE, i.MEINS AS ERFME, MENGE AS ERFMG, m.WERKS AS PRCTR,
               m.VBELN_IM AS XBLNR_MKPF, $today AS BUDAT_MKPF, $today AS CPUDT_MKPF,
               $time AS CPUTM_MKPF, 'BATCH' AS USNAM_MKPF, v._row AS valued_row
        FROM moves m JOIN slips s USING (slip) LEFT JOIN last l USING (first)
        JOIN items i USING (MATNR, WERKS)
        JOIN {MBEW} v ON v.MATNR = m.MATNR AND v.BWKEY = m.WERKS
        ORDER BY m.place
        """,
        moves=moves,
        codes=day.specimens.moves,
        types=day.specimens.types,
        items=day.items,
        today=day.today,
        time=day.time,
    )


def _store(day: Day, lines: pa.Table) -> None:
    """Stock and its value grow and shrink; what it is worth on average is worked out anew."""
    stored = day.read(
        """
        WITH moved AS (
          SELECT valued_row AS _row, sum(quantity) AS quantity, sum(worth) AS worth
          FROM lines GROUP BY ALL
        ), stored AS (
          SELECT _row, v.LBKUM + m.quantity AS LBKUM, v.SALK3 + m.worth AS SALK3, v.PEINH, v.STPRS
          FROM moved m JOIN {MBEW} v USING (_row)
        )
        SELECT _row, LBKUM, SALK3, SALK3 AS SALKV, $today[:4] AS LFGJA, $today[5:6] AS LFMON,
               CASE WHEN LBKUM > 0 THEN ROUND(CAST(SALK3 AS DOUBLE) * PEINH / LBKUM, 2)
                    ELSE STPRS END AS VERPR
        FROM stored ORDER BY _row
        """,
        lines=lines,
        today=day.today,
    )
    day.write("MBEW", stored)


def _post(day: Day, lines: pa.Table) -> None:
    """Stock at standard price, the other side, and what lies between."""
    heads = day.read(
        """
        SELECT DISTINCT ON (slip) slip AS document, BUKRS, BLART, $today AS BUDAT, WAERS,
               $today AS WWERT, 1 AS KURSF, 1 AS rate, MBLNR AS XBLNR, MBLNR || MJAHR AS AWKEY
        FROM lines ORDER BY slip
        """,
        lines=lines,
        today=day.today,
    )
    legs = day.read(
        """
        WITH charged AS (SELECT *, COALESCE(owed, worth) AS charge FROM lines)
        SELECT slip AS document, UNNEST([
                 s4.leg(account, worth, worth, material := MATNR, plant := WERKS,
                        quantity := MENGE, purchase := EBELN, item := EBELP),
                 s4.leg(SAKTO, -charge, -charge, material := MATNR, plant := WERKS,
                        quantity := MENGE, purchase := EBELN, item := EBELP),
                 s4.leg({PRICE_DIFFERENCE}, charge - worth, charge - worth, material := MATNR,
                        plant := WERKS, purchase := EBELN, item := EBELP)
               ], recursive := true)
        FROM charged ORDER BY place
        """,
        lines=lines,
    )
    documents.post(day, heads, legs)
