"""Purchase orders for what stock is short of: entered, and received when they are due."""

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.exact import divide
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.inventory import Move
from erp_resources.sandbox.company.s4.organization import PLANT_COMPANIES, dealt_in
from erp_resources.sandbox.company.s4.purchasing import vendors
from erp_resources.sandbox.company.s4.purchasing_rows import STEP
from erp_resources.sandbox.company.s4.tick import goods, planning
from erp_resources.sandbox.company.s4.tick.day import Day
from erp_resources.sandbox.company.s4.values import whole

_ORDERS = 20
"""A day at scale 1."""
_PRICE = pa.decimal128(11, 2)


def enter(day: Day) -> None:
    """Order what is short, one order from each of some vendors; what others sell waits."""
    wanted = _wanted(day)
    picks = day.picks(
        "vendors",
        _ORDERS * day.scale,
        "SELECT DISTINCT CAST(LIFNR AS BIGINT) AS _row FROM wanted ORDER BY 1",
        wanted=wanted,
    )
    chosen = "SELECT w.* FROM wanted w JOIN picks p ON p._row = CAST(w.LIFNR AS BIGINT)"
    lines = _items(day, day.read(chosen, wanted=wanted, picks=picks))
    day.insert("EKKO", _heads(day, lines))
    day.insert("EKPO", lines)


def due(day: Day) -> pa.Table:
    """The items of orders that are due, some days after they were entered: as rows of EKPO."""
    return day.read(
        """
        SELECT i.* REPLACE ('X' AS ELIKZ), h.LIFNR, h.WAERS, t.WAERS AS HSWAE,
               dense_rank() OVER (ORDER BY i.EBELN) AS slip,
               exact.converted(i.NETWR, r.rate) AS owed
        FROM {EKKO} h JOIN {EKPO} i USING (EBELN) JOIN {T001} t ON t.BUKRS = h.BUKRS
        JOIN rates r ON r.BUKRS = h.BUKRS AND r.WAERS = h.WAERS
        WHERE i.ELIKZ = '' AND s4.later(h.BEDAT, 2 + CAST(h.EBELN AS BIGINT) % 5) <= $today
        ORDER BY i.EBELN, i.EBELP
        """,
        rates=day.rates,
        today=day.today,
    )


def moves(day: Day, items: pa.Table) -> pa.Table:
    """The movements of items that are due; see ``goods.MOVES``."""
    return day.read(
        """
        SELECT slip, $move AS move, MATNR, WERKS, MENGE AS quantity, owed, LIFNR, EBELN, EBELP
        FROM items
        """,
        items=items,
        move=int(Move.PURCHASE_RECEIPT),
    )


def receive(day: Day, items: pa.Table, moved: pa.Table) -> None:
    """Note the receipt of items that were ``due`` and have ``moved`` (rows of MSEG)."""
    day.write("EKPO", items.select(["_row", "ELIKZ"]))
    day.insert("EKBE", _history(day, items, moved))


def _wanted(day: Day) -> pa.Table:
    """What has to be bought, from whom, and at what price: about the standard cost."""
    hq, short = day.hq, planning.plan(day).short
    item, place = np.nonzero(short)
    vendor = vendors(hq, PLANT_COMPANIES[place], item)
    _, currency = dealt_in(hq.suppliers)
    permille = day.draws("prices").integers(930, 1080, len(item))
    price = hq.prices(divide(hq.costs.total[item] * permille, 1000), item, currency[vendor])
    return pa.table(
        {
            "item": item,
            "place": place,
            "LIFNR": keys.vendors(vendor),
            "MENGE": whole(short[item, place], goods.QUANTITY),
            "NETPR": whole(price, _PRICE),
            "PEINH": hq.price_unit[item],
        }
    )


def _items(day: Day, wanted: pa.Table) -> pa.Table:
    """The items as rows of EKPO, with what their headers say."""
    return day.read(
        """
        SELECT s4.number((SELECT max(CAST(EBELN AS BIGINT)) FROM {EKKO})
                         + dense_rank() OVER (ORDER BY i.BUKRS, w.LIFNR)) AS EBELN,
               lpad(CAST($step * row_number() OVER (
                 PARTITION BY i.BUKRS, w.LIFNR ORDER BY i.MATNR, i.WERKS) AS VARCHAR), 5, '0')
                 AS EBELP,
               w.LIFNR, p.WAERS, p.ZTERM, i.BUKRS, i.MATNR, i.MATNR AS EMATN, i.WERKS, i.LGORT,
               i.WERKS AS PRCTR, t.MAKTX AS TXZ01, m.MATKL, '9' AS STATU, $today AS AEDAT,
               'V-' || w.LIFNR[8:] || '/' || w.item AS IDNLF, w.MENGE, i.MEINS, i.MEINS AS BPRME,
               i.MEINS AS LMEIN, 1 AS BPUMZ, 1 AS BPUMN, 1 AS UMREZ, 1 AS UMREN, w.NETPR, w.PEINH,
               s4.worth(w.MENGE, w.NETPR, w.PEINH) AS NETWR, NETWR AS BRTWR, w.item % 3 AS WEBAZ,
               '0' AS PSTYP, 'X' AS WEPOS, 'X' AS REPOS
        FROM wanted w JOIN items i USING (item, place)
        JOIN partners p ON p.partner = w.LIFNR JOIN {MARA} m ON m.MATNR = i.MATNR
        JOIN {MAKT} t ON t.MATNR = i.MATNR AND t.SPRAS = 'E' ORDER BY EBELN, EBELP
        """,
        wanted=wanted,
        items=day.items,
        partners=day.specimens.partners,
        today=day.today,
        step=STEP,
    )


def _heads(day: Day, lines: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH heads AS (
          SELECT EBELN, BUKRS, LIFNR, WAERS, ZTERM, max(EBELP) AS LPONR, sum(NETWR) AS RLWRT
          FROM lines GROUP BY ALL
        )
        SELECT h.*, 'F' AS BSTYP, 'NB' AS BSART, '9' AS STATU, $today AS AEDAT, 'BATCH' AS ERNAM,
               lpad(CAST($step AS VARCHAR), 5, '0') AS PINCR, t.SPRAS,
               CAST(h.ZTERM[2:] AS INTEGER) AS ZBD1T, h.BUKRS AS EKORG, '001' AS EKGRP,
               r.KURSF AS WKURS, $today AS BEDAT, '2' AS FRGKE, '05' AS PROCSTAT,
               s4.number((SELECT max(CAST(KNUMV AS BIGINT)) FROM {EKKO})
                         + row_number() OVER (ORDER BY h.EBELN)) AS KNUMV
        FROM heads h JOIN {T001} t USING (BUKRS)
        JOIN rates r ON r.BUKRS = h.BUKRS AND r.WAERS = h.WAERS ORDER BY h.EBELN
        """,
        lines=lines,
        rates=day.rates,
        today=day.today,
        step=STEP,
    )


def _history(day: Day, items: pa.Table, moved: pa.Table) -> pa.Table:
    """Receipts as rows of EKBE."""
    return day.read(
        """
        SELECT i.EBELN, i.EBELP, '1' AS VGABE, m.MJAHR AS GJAHR, m.MBLNR AS BELNR, m.ZEILE AS BUZEI,
               'E' AS BEWTP, m.BWART, $today AS BUDAT, i.MENGE, i.MENGE AS BPMNG, i.owed AS DMBTR,
               i.NETWR AS WRBTR, i.WAERS, i.owed AS AREWR, 'S' AS SHKZG, 'X' AS ELIKZ,
               m.MBLNR AS XBLNR, $today AS CPUDT, $time AS CPUTM, i.MATNR, i.WERKS,
               'BATCH' AS ERNAM, i.HSWAE, $today AS BLDAT
        FROM items i JOIN moved m USING (EBELN, EBELP) ORDER BY i.EBELN, i.EBELP
        """,
        items=items,
        moved=moved,
        today=day.today,
        time=day.time,
    )
