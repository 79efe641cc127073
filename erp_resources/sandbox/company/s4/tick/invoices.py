"""Vendors' invoices of the day: for what was received and for expenses; some come late."""

from datetime import timedelta

import pyarrow as pa

from erp_resources.sandbox.company.s4.tick import documents
from erp_resources.sandbox.company.s4.tick.day import Day

EXPENSES, LATE = 4, 1
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Post invoices for orders, for expenses, and late ones into the month before."""
    items = _received(day)
    expenses = _expenses(day, items)
    posted = _post(day, _heads(day, items, expenses), _charges(day, items, expenses))
    cleared = """
        SELECT l.BUKRS, l.BELNR, l.GJAHR, l.BUZEI, p.BELNR AS AUGBL, p.BUDAT AS AUGDT
        FROM items i JOIN posted p USING (document)
        JOIN {BSIS} l ON l.EBELN = i.EBELN AND l.EBELP = i.EBELP
        WHERE l.HKONT = {GOODS_AND_INVOICES}
        """
    documents.clear(day, day.read(cleared, items=items, posted=posted))
    day.insert("EKBE", _history(day, items))
    day.write("EKPO", day.read("SELECT _row, 'X' AS EREKZ FROM items", items=items))


def _received(day: Day) -> pa.Table:
    """The items to be invoiced, with what their history says, and what is ``billed`` for them.

    Kept were goods for ``amount``, which left ``owed`` on the clearing account; ``number`` is that
    of the invoice.
    """
    return day.read(
        """
        WITH received AS (
          SELECT EBELN, EBELP, exact.amount(sum(s4.signed(WRBTR, SHKZG))) AS amount,
                 exact.amount(sum(s4.signed(DMBTR, SHKZG))) AS owed, max(BUDAT) AS received
          FROM {EKBE} WHERE VGABE = '1' GROUP BY ALL
        ), due AS (
          SELECT i.*, h.LIFNR, h.WAERS, t.WAERS AS HSWAE, e.amount, e.owed, r.KURSF, r.rate,
                 dense_rank() OVER (ORDER BY i.EBELN) AS document,
                 (CAST(i.EBELN AS BIGINT) + CAST(i.EBELP AS BIGINT)) * 7919 % 1000 AS luck
          FROM {EKPO} i JOIN {EKKO} h USING (EBELN) JOIN {T001} t ON t.BUKRS = h.BUKRS
          JOIN received e USING (EBELN, EBELP)
          JOIN rates r ON r.BUKRS = h.BUKRS AND r.WAERS = h.WAERS
          WHERE i.ELIKZ = 'X' AND i.EREKZ = ''
            AND s4.later(e.received, 1 + CAST(i.EBELN AS BIGINT) % 7) <= $today
        )
        SELECT *, s4.number(document + (
                 SELECT max(CAST(BELNR AS BIGINT)) FROM {EKBE} WHERE VGABE = '2')) AS number,
               CASE WHEN luck < 30 THEN ROUND(amount * (0.96 + 0.003 * luck), 2) ELSE amount END
                 AS billed
        FROM due ORDER BY EBELN, EBELP
        """,
        rates=day.rates,
        today=day.today,
    )


def _history(day: Day, items: pa.Table) -> pa.Table:
    """Invoices as rows of EKBE."""
    return day.read(
        """
        SELECT EBELN, EBELP, '2' AS VGABE, $today[:4] AS GJAHR, number AS BELNR, lpad(CAST(
                 row_number() OVER (PARTITION BY EBELN ORDER BY EBELP) AS VARCHAR), 4, '0')
                 AS BUZEI, 'Q' AS BEWTP, $today AS BUDAT, MENGE, MENGE AS BPMNG,
               exact.converted(billed, rate) AS DMBTR, billed AS WRBTR, WAERS, owed AS AREWR,
               'S' AS SHKZG, 'X' AS ELIKZ, number AS XBLNR, $today AS CPUDT, $time AS CPUTM,
               DMBTR AS REEWR, MATNR, WERKS, 'BATCH' AS ERNAM, HSWAE, $today AS BLDAT
        FROM items ORDER BY EBELN, EBELP
        """,
        items=items,
        today=day.today,
        time=day.time,
    )


def _expenses(day: Day, items: pa.Table) -> pa.Table:
    """Charges of the day and late ones; their documents come after those for ``items``."""
    late = (day.date - timedelta(days=day.date.day + 4)).strftime("%Y%m%d")
    charges = (_charged(day, EXPENSES, day.today), _charged(day, LATE, late))
    return day.read(
        """
        SELECT * EXCLUDE (serial), dense_rank() OVER (ORDER BY BUDAT, serial)
               + (SELECT count(DISTINCT document) FROM items) AS document
        FROM charges
        """,
        items=items,
        charges=pa.concat_tables(charges),
    )


def _charged(day: Day, count: int, dated: str) -> pa.Table:
    """Charges like those of earlier invoices, on a date; ``serial`` counts the documents."""
    picks = day.picks(
        f"expenses {dated}",
        count * day.scale,
        "SELECT _row FROM {BKPF} WHERE BLART = 'KR' ORDER BY _row",
    )
    return day.read(
        """
        SELECT p.serial, l.BUKRS, l.HKONT, l.KOSTL, l.BUZEI, v.LIFNR, k.WAERS, r.KURSF, r.rate,
               $dated AS BUDAT, ROUND(exact.amount(s4.signed(l.WRBTR, l.SHKZG))
                                      * (0.6 + 0.0005 * p.luck), 2) AS amount
        FROM picks p JOIN {BKPF} k USING (_row)
        JOIN {BSEG} l ON l.BUKRS = k.BUKRS AND l.BELNR = k.BELNR AND l.GJAHR = k.GJAHR
        JOIN {BSEG} v ON v.BUKRS = k.BUKRS AND v.BELNR = k.BELNR AND v.GJAHR = k.GJAHR
        JOIN rates r ON r.BUKRS = k.BUKRS AND r.WAERS = k.WAERS
        WHERE l.KOSTL <> '' AND v.KOART = 'K'
        """,
        picks=picks,
        rates=day.rates_on(dated),
        dated=dated,
    )


def _heads(day: Day, items: pa.Table, expenses: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT document, number || $today[:4] AS AWKEY, LIFNR, BUKRS, WAERS, KURSF, rate,
               'RE' AS BLART, $today AS BUDAT, sum(billed) AS net
        FROM items GROUP BY ALL
        UNION ALL
        SELECT document, '', LIFNR, BUKRS, WAERS, KURSF, rate, 'KR', BUDAT, sum(amount)
        FROM expenses GROUP BY ALL
        ORDER BY document
        """,
        items=items,
        expenses=expenses,
        today=day.today,
    )


def _charges(day: Day, items: pa.Table, expenses: pa.Table) -> pa.Table:
    """What invoices are for: a ``leg`` each, in their ``place`` in the ``document``.

    What was received comes off the clearing account; another price is a price difference.
    """
    return day.read(
        """
        SELECT document, EBELP AS place, UNNEST([
                 s4.leg({GOODS_AND_INVOICES}, amount, owed, material := MATNR, plant := WERKS,
                        quantity := MENGE, purchase := EBELN, item := EBELP, cleared := TRUE),
                 s4.leg({PRICE_DIFFERENCE}, billed - amount,
                        exact.converted(billed - amount, rate), material := MATNR, plant := WERKS,
                        purchase := EBELN, item := EBELP)
               ]) AS leg
        FROM items
        UNION ALL
        SELECT document, BUZEI, s4.leg(
                 HKONT, amount, exact.converted(amount, rate), centre := KOSTL)
        FROM expenses
        """,
        items=items,
        expenses=expenses,
    )


def _post(day: Day, heads: pa.Table, charges: pa.Table) -> pa.Table:
    """Post invoices for ``charges``; what lacks in local currency is an exchange difference."""
    taxed = day.read(
        """
        WITH taxed AS (
          SELECT h.*, p.ZTERM, CASE WHEN p.at_home THEN s4.tax(net, h.BUKRS) ELSE 0 END AS tax
          FROM heads h JOIN partners p ON p.partner = h.LIFNR
        )
        SELECT *, BUDAT AS WWERT, s4.later(BUDAT, -document % 6) AS BLDAT,
               'RG/' || lpad(CAST(document * 37 % 100000 AS VARCHAR), 6, '0') AS XBLNR,
               exact.converted(net + tax, rate) AS local, exact.converted(tax, rate) AS local_tax
        FROM taxed ORDER BY document
        """,
        heads=heads,
        partners=day.specimens.partners,
    )
    legs = day.read(
        """
        WITH charged AS (
          SELECT document, sum(leg.local) AS charged FROM charges GROUP BY document
        ), rests AS (
          SELECT h.document, h.local - h.local_tax - c.charged AS rest
          FROM taxed h JOIN charged c USING (document)
        ), legs AS (
          SELECT document, 0 AS block, '' AS place, s4.leg(
                   {PAYABLES}, -(net + tax), -local, partner := LIFNR, terms := ZTERM) AS leg
          FROM taxed
          UNION ALL
          SELECT document, 1, place, leg FROM charges
          UNION ALL
          SELECT document, 2, '', s4.leg({INPUT_TAX}, tax, local_tax, base := net) FROM taxed
          UNION ALL
          SELECT document, 3, '', s4.leg(
                   CASE WHEN rest > 0 THEN {EXCHANGE_LOSS} ELSE {EXCHANGE_GAIN} END, 0, rest)
          FROM rests
        )
        SELECT document, UNNEST(leg) FROM legs ORDER BY document, block, place, leg.HKONT
        """,
        taxed=taxed,
        charges=charges,
    )
    return documents.post(day, taxed, legs)
