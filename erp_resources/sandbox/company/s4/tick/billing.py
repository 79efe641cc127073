"""Billing of the day: invoices for deliveries, requests for credit, and memos that follow them."""

import pyarrow as pa

from erp_resources.sandbox.company.s4.tick import documents, flow
from erp_resources.sandbox.company.s4.tick.day import Day

_REQUESTS = 1
"""For credit, a day at scale 1."""
_KEPT = (
    "POSNR", "MATNR", "MATKL", "ARKTX", "VRKME", "MEINS", "UMVKZ", "UMVKN", "NTGEW", "BRGEW",
    "GEWEI", "PSTYV", "WERKS", "LGORT", "PRCTR", "ERNAM",
)  # fmt: skip
"""What billing documents take over from the items that they follow."""


def bill(day: Day) -> None:
    """Bill what was delivered, and credit what was asked for, on earlier days."""
    delivered = _delivered(day)
    invoices = delivered.drop_columns(["delivery_row"])
    _bill(day, pa.concat_tables([invoices, _credited(day).cast(invoices.schema)]))
    billed = "SELECT DISTINCT delivery_row AS _row, 'C' AS FKSTK, 'C' AS GBSTK FROM lines"
    day.write("LIKP", day.read(billed + " ORDER BY 1", lines=delivered))


def request(day: Day) -> None:
    """Customers ask for credit for the first item of an invoice of which nothing is paid yet."""
    picks = day.picks(
        "requests",
        _REQUESTS * day.scale,
        """
        SELECT b._row FROM {VBRK} b
        JOIN {BSID} d ON d.BUKRS = b.BUKRS AND d.BELNR = b.BELNR AND d.GJAHR = b.GJAHR
        WHERE b.FKART = 'F2' AND b.FKDAT < s4.later($today, -4)
          AND (SELECT count(*) FROM {VBRP} i WHERE i.VBELN = b.VBELN) > 1
          AND NOT EXISTS (FROM {VBAK} o WHERE o.VGBEL = b.VBELN)
          AND NOT EXISTS (FROM {BSID} p WHERE p.BUKRS = b.BUKRS AND p.REBZG = b.BELNR
                                          AND p.REBZJ = b.GJAHR)
        ORDER BY b._row
        """,
        today=day.today,
    )
    items = _requested(day, picks)
    heads = day.read(
        """
        SELECT o.* EXCLUDE (_row) REPLACE (
                 i.VBELN AS VBELN, i.ERDAT AS ERDAT, i.ERZET AS ERZET, i.ERDAT AS AUDAT,
                 'K' AS VBTYP, 'G2' AS AUART, '101' AS AUGRU, '' AS LIFSK, i.NETWR AS NETWR,
                 s4.later($today, 7) AS VDATU, '00000000' AS AEDAT, i.VGBEL AS VGBEL,
                 'C' AS GBSTK, '' AS LFSTK)
        FROM items i JOIN {VBAK} o ON o.VBELN = i.ordered ORDER BY i.VBELN
        """,
        items=items,
        today=day.today,
    )
    day.insert("VBAK", heads)
    day.insert("VBAP", items)
    links = """
        SELECT VGBEL AS VBELV, POSNR AS POSNV, 'M' AS VBTYP_V, VBELN, POSNR AS POSNN,
               'K' AS VBTYP_N, KWMENG AS RFMNG, MEINS, NETWR AS RFWRT, WAERK AS WAERS, MATNR
        FROM items
        """
    flow.link(day, day.read(links, items=items))


def _delivered(day: Day) -> pa.Table:
    """The items of invoices, one invoice for each delivery; see ``_bill``."""
    return day.read(
        """
        SELECT {kept}, h.VBELN AS reference, l.VBELN AS VGBEL, l.POSNR AS VGPOS, 'J' AS VGTYP,
               'F2' AS FKART, 'L' AS FKTYP, 'M' AS VBTYP, o.KUNNR, o.BUKRS_VF AS BUKRS, o.WAERK,
               h.INCO1, h.INCO2, $today AS PRSDT, r.KURSF, r.rate, '' AS REBZG, '0000' AS REBZJ,
               l.VGBEL AS AUBEL, l.VGPOS AS AUPOS, l.LFIMG AS FKIMG, 1 AS sign,
               CAST(ROUND(i.NETWR * (l.LFIMG / i.KWMENG), 2) AS DECIMAL(15, 2)) AS NETWR,
               h._row AS delivery_row
        FROM {LIKP} h JOIN {LIPS} l USING (VBELN)
        JOIN {VBAP} i ON i.VBELN = l.VGBEL AND i.POSNR = l.VGPOS
        JOIN {VBAK} o ON o.VBELN = l.VGBEL
        JOIN rates r ON r.BUKRS = o.BUKRS_VF AND r.WAERS = o.WAERK
        WHERE h.FKSTK = 'A' AND h.WADAT_IST < $today
        """.replace("{kept}", ", ".join(f"l.{name}" for name in _KEPT)),
        rates=day.rates,
        today=day.today,
    )


def _credited(day: Day) -> pa.Table:
    """The items of credit memos, at the rates of their invoices."""
    return day.read(
        """
        SELECT {kept}, i.VBELN AS reference, i.VBELN AS VGBEL, i.POSNR AS VGPOS, 'K' AS VGTYP,
               'G2' AS FKART, 'A' AS FKTYP, 'O' AS VBTYP, b.KUNRG AS KUNNR, b.BUKRS, b.WAERK,
               b.INCO1, b.INCO2, b.FKDAT AS PRSDT, CAST(b.KURRF AS DECIMAL(9, 5)) AS KURSF,
               CAST(b.KURRF AS DECIMAL(9, 5)) * r.scale AS rate, b.BELNR AS REBZG,
               b.GJAHR AS REBZJ, i.VBELN AS AUBEL, i.POSNR AS AUPOS, i.KWMENG AS FKIMG, -1 AS sign,
               CAST(i.NETWR AS DECIMAL(15, 2)) AS NETWR
        FROM {VBAK} o JOIN {VBAP} i USING (VBELN) JOIN {VBRK} b ON b.VBELN = o.VGBEL
        JOIN rates r ON r.BUKRS = b.BUKRS AND r.WAERS = b.WAERK
        WHERE o.VBTYP = 'K' AND o.AUDAT < $today AND NOT EXISTS (
          FROM {VBFA} f WHERE f.VBELV = o.VBELN AND f.VBTYP_N = 'O')
        """.replace("{kept}", ", ".join(f"i.{name}" for name in _KEPT)),
        rates=day.rates,
        today=day.today,
    )


def _requested(day: Day, picks: pa.Table) -> pa.Table:
    """The items of requests; ``ordered`` is the order that the invoice was for."""
    return day.read(
        """
        WITH first AS (
          SELECT p.serial, i.* FROM picks p JOIN {VBRK} b USING (_row)
          JOIN {VBRP} i ON i.VBELN = b.VBELN
          QUALIFY row_number() OVER (PARTITION BY i.VBELN ORDER BY i.POSNR) = 1
        )
        SELECT i.* EXCLUDE (_row) REPLACE (
                 s4.number(f.serial + 1 + (
                   SELECT max(CAST(VBELN AS BIGINT)) FROM {VBAK} WHERE VBTYP = 'K')) AS VBELN,
                 '000010' AS POSNR, $today AS ERDAT, $time AS ERZET, '00000000' AS AEDAT,
                 'G2N' AS PSTYV, '' AS LFREL, 'C' AS FKREL, f.VBELN AS VGBEL, '' AS LFSTA,
                 'C' AS GBSTA, f.FKIMG AS KWMENG, f.FKIMG AS KBMENG, f.FKIMG AS KLMENG,
                 f.NETWR AS NETWR, f.NETWR AS KZWI1, f.MWSBP AS MWSBP, f.NTGEW AS NTGEW,
                 f.BRGEW AS BRGEW),
               i.VBELN AS ordered
        FROM first f JOIN {VBAP} i ON i.VBELN = f.AUBEL AND i.POSNR = f.AUPOS ORDER BY f.serial
        """,
        picks=picks,
        today=day.today,
        time=day.time,
    )


def _bill(day: Day, lines: pa.Table) -> None:
    """Enter billing documents, post them and link them to what they follow.

    Args:
        day: the day.
        lines: rows of VBRP without number and tax, with what their headers say; one document for
            each ``reference``; ``sign`` is -1 for memos, REBZG and REBZJ what these belong to.
    """
    lines = _taxed(day, lines)
    heads = _heads(day, lines)
    posted = documents.post(day, heads, _legs(day, heads, lines))
    numbers = "SELECT h.*, p.BELNR, p.GJAHR, p.MONAT AS POPER FROM heads h JOIN posted p "
    headers = day.read(numbers + "USING (document) ORDER BY document", heads=heads, posted=posted)
    day.insert("VBRK", headers)
    day.insert("VBRP", lines)
    links = """
        SELECT VGBEL AS VBELV, VGPOS AS POSNV, VGTYP AS VBTYP_V, VBELN, POSNR AS POSNN,
               VBTYP AS VBTYP_N, FKIMG AS RFMNG, MEINS, NETWR AS RFWRT, WAERK AS WAERS, MATNR
        FROM lines
        """
    flow.link(day, day.read(links, lines=lines))


def _taxed(day: Day, lines: pa.Table) -> pa.Table:
    """The lines with tax and number, and ``document``, which counts them from 1."""
    return day.read(
        """
        WITH lines AS (SELECT *, dense_rank() OVER (ORDER BY sign DESC, reference) AS document
                       FROM given)
        SELECT l.*, s4.number(document + (SELECT max(CAST(VBELN AS BIGINT)) FROM {VBRK})) AS VBELN,
               $today AS ERDAT, $time AS ERZET, '00' AS SPART, FKIMG AS FKLMG, $today AS FBUDA,
               KURSF AS KURSK, NETWR AS KZWI1, p.at_home, p.ZTERM,
               CASE WHEN p.at_home THEN s4.tax(NETWR, l.BUKRS) ELSE 0 END AS MWSBP
        FROM lines l JOIN partners p ON p.partner = l.KUNNR ORDER BY document, POSNR
        """,
        given=lines,
        partners=day.specimens.partners,
        today=day.today,
        time=day.time,
    )


def _heads(day: Day, lines: pa.Table) -> pa.Table:
    """The headers, which are also those of the accounting documents."""
    return day.read(
        """
        WITH heads AS (
          SELECT DISTINCT ON (document) *, sum(NETWR) OVER (PARTITION BY document) AS net,
                 sum(MWSBP) OVER (PARTITION BY document) AS tax
          FROM lines ORDER BY document, POSNR
        )
        SELECT h.* REPLACE (net AS NETWR), tax AS MWSBK, KUNNR AS KUNRG, KUNNR AS KUNAG,
               BUKRS AS VKORG, '10' AS VTWEG, 'RVAA01' AS KALSM, 'M' AS KURST, 'C' AS RFBSK,
               s4.number(document + (SELECT max(CAST(KNUMV AS BIGINT)) FROM {VBRK})) AS KNUMV,
               $today AS FKDAT, CASE WHEN at_home THEN '' ELSE 'X' END AS EXPKZ, KURSF AS KURRF,
               CASE WHEN at_home THEN '01' ELSE '02' END AS KTGRD, c.LAND1,
               CASE WHEN at_home THEN '1' ELSE '0' END AS TAXK1, h.VBELN AS XBLNR,
               'RV' AS BLART, $today AS BUDAT, WAERK AS WAERS, PRSDT AS WWERT, h.VBELN AS AWKEY
        FROM heads h JOIN {KNA1} c USING (KUNNR) ORDER BY document
        """,
        lines=lines,
        today=day.today,
    )


def _legs(day: Day, heads: pa.Table, lines: pa.Table) -> pa.Table:
    """What is owed, revenue by item (the first takes what rounding leaves over), and tax."""
    return day.read(
        """
        WITH owed AS (
          SELECT *, sign * exact.converted(NETWR + MWSBK, rate) AS local,
                 sign * exact.converted(MWSBK, rate) AS local_tax
          FROM heads
        ), worths AS (
          SELECT *, sign * exact.converted(NETWR, rate) AS worth,
                 row_number() OVER (PARTITION BY document ORDER BY POSNR) AS place
          FROM lines
        ), earned AS (
          SELECT w.*, CASE WHEN w.place > 1 THEN worth ELSE worth + o.local - o.local_tax
                   - sum(worth) OVER (PARTITION BY document) END AS revenue
          FROM worths w JOIN owed o USING (document)
        ), legs AS (
          SELECT document, 0 AS place, s4.leg(
                   {RECEIVABLES}, sign * (NETWR + MWSBK), local, partner := KUNNR, terms := ZTERM,
                   invoice := REBZG, year := REBZJ) AS leg
          FROM owed
          UNION ALL
          SELECT document, place, s4.leg(
                   CASE WHEN at_home THEN {HOME_SALES} ELSE {EXPORT_SALES} END, -sign * NETWR,
                   -revenue, material := MATNR, plant := WERKS, quantity := FKIMG)
          FROM earned
          UNION ALL
          SELECT document, 1000, s4.leg(
                   {OUTPUT_TAX}, -sign * MWSBK, -local_tax, base := -sign * NETWR)
          FROM owed
        )
        SELECT document, UNNEST(leg) FROM legs ORDER BY document, place
        """,
        heads=heads,
        lines=lines,
    )
