"""What customers and vendors pay: invoices that are due, in full or by half, and what that clears.

The items of an invoice (payments on it, a credit memo) are open until nothing is left of it; a
payment's worth in local currency is at the invoice's rate, the rest is an exchange difference.
"""

import pyarrow as pa

from erp_resources.sandbox.company.business import with_all
from erp_resources.sandbox.company.s4.tick import documents
from erp_resources.sandbox.company.s4.tick.day import Day

SETTLED = {"DZ": 12, "ZP": 24}
"""Invoices a day at scale 1, by the type of the documents that pay them."""


def settle(day: Day) -> None:
    """Pay what is due: one document for each partner and currency."""
    open_ = _open(day)
    paid = _paid(day, open_, _due(day, open_))
    heads = """
        SELECT DISTINCT document, BUKRS, BLART, $today AS BUDAT, WAERS, $today AS WWERT, KURSF,
               today AS rate, '' AS XBLNR, '' AS AWKEY
        FROM paid ORDER BY document
        """
    posted = documents.post(day, day.read(heads, paid=paid, today=day.today), _legs(day, paid))
    cleared = """
        SELECT o.BUKRS, o.BELNR, o.GJAHR, o.BUZEI, d.BELNR AS AUGBL, d.BUDAT AS AUGDT
        FROM paid p JOIN posted d USING (document)
        JOIN open o ON o.BUKRS = p.BUKRS AND o.invoice = p.BELNR AND o.year = p.GJAHR
        WHERE p.share = p.due
        """
    documents.clear(day, day.read(cleared, paid=paid, posted=posted, open=open_))


def _open(day: Day) -> pa.Table:
    """Open items with the ``invoice`` (and its ``year``) that they belong to or are.

    ``BLART`` is the type of the documents that pay them, ``owed`` the side of invoices.
    """
    items = """
        SELECT _row, '{type}' AS BLART, '{owed}' AS owed, {partner} AS partner, HKONT, BUKRS, BELNR,
               GJAHR, BUZEI, WAERS, ZTERM, s4.later(ZFBDT, ZBD1T) AS due_on, SHKZG, REBZG,
               s4.signed(WRBTR, SHKZG) AS amount, s4.signed(DMBTR, SHKZG) AS local,
               CASE REBZG WHEN '' THEN BELNR ELSE REBZG END AS invoice,
               CASE REBZG WHEN '' THEN GJAHR ELSE REBZJ END AS year
        FROM """
    customers = items.format(type="DZ", owed="S", partner="KUNNR") + "{BSID}"
    vendors = items.format(type="ZP", owed="H", partner="LIFNR") + "{BSIK}"
    return day.read(f"{customers} UNION ALL {vendors}")


def _due(day: Day, open_: pa.Table) -> pa.Table:
    """Picks among the invoices that are due."""
    picks = [
        with_all(
            day.picks(
                f"payments {type_}",
                count * day.scale,
                """
            SELECT _row FROM open WHERE BLART = $type AND REBZG = '' AND ZTERM <> ''
              AND SHKZG = owed AND due_on <= s4.later($today, 5)
            ORDER BY _row
            """,
                open=open_,
                type=type_,
                today=day.today,
            ),
            "BLART",
            type_,
        )
        for type_, count in SETTLED.items()
    ]
    return pa.concat_tables(picks)


def _paid(day: Day, open_: pa.Table, picks: pa.Table) -> pa.Table:
    """Invoices with what is ``due``, the ``share`` that is paid, and its ``worth``; as debits."""
    return day.read(
        """
        WITH sums AS (
          SELECT BUKRS, invoice AS BELNR, year AS GJAHR, exact.amount(sum(amount)) AS due,
                 exact.amount(sum(local)) AS due_local
          FROM open GROUP BY ALL
        ), shares AS (
          SELECT o.*, s.due, s.due_local, CASE WHEN p.luck < 120 THEN ROUND(s.due * 0.5, 2)
                   ELSE s.due END AS share, r.KURSF, r.rate AS today,
                 CAST(k.KURSF AS DECIMAL(9, 5)) * r.scale AS booked
          FROM picks p JOIN open o USING (BLART, _row) JOIN sums s USING (BUKRS, BELNR, GJAHR)
          JOIN {BKPF} k USING (BUKRS, BELNR, GJAHR)
          JOIN rates r ON r.BUKRS = o.BUKRS AND r.WAERS = o.WAERS
        )
        SELECT *, dense_rank() OVER (ORDER BY BLART, BUKRS, partner, WAERS) AS document,
               due_local - CASE WHEN share = due THEN 0
                                ELSE exact.converted(due - share, booked) END AS worth
        FROM shares WHERE share <> 0 AND s4.signed(due, owed) > 0 ORDER BY document, _row
        """,
        picks=picks,
        open=open_,
        rates=day.rates,
    )


def _legs(day: Day, paid: pa.Table) -> pa.Table:
    """The bank, what is paid of each invoice, and the exchange difference."""
    return day.read(
        """
        WITH sums AS (
          SELECT document, sum(share) AS share,
                 exact.converted(sum(share), any_value(today)) AS cash, sum(worth) - cash AS rest
          FROM paid GROUP BY document
        ), legs AS (
          SELECT document, 0 AS block, 0 AS place, s4.leg({BANK}, share, cash) AS leg FROM sums
          UNION ALL
          SELECT document, 1, _row, s4.leg(
                   HKONT, -share, -worth, partner := partner, invoice := BELNR, year := GJAHR,
                   cleared := share = due)
          FROM paid
          UNION ALL
          SELECT document, 2, 0, s4.leg(
                   CASE WHEN rest > 0 THEN {EXCHANGE_LOSS} ELSE {EXCHANGE_GAIN} END, 0, rest)
          FROM sums
        )
        SELECT document, UNNEST(leg) FROM legs ORDER BY document, block, place
        """,
        paid=paid,
    )
