"""Journal entries of the day: one for each voucher, one line for each account, currency and side.

A voucher balances as transacted; what converting line by line leaves over goes to the accounts for
penny differences, as in AX.
"""

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day


def post(day: Day) -> None:
    """Make entries of the day's open postings."""
    if not day.postings:
        return
    lines = _lines(day, pa.concat_tables(day.postings))
    day.postings.clear()
    entries = _entries(day, lines)
    day.insert("GENERALJOURNALENTRY", entries)
    day.insert("GENERALJOURNALACCOUNTENTRY", _account_entries(day, lines, entries))


def _lines(day: Day, postings: pa.Table) -> pa.Table:
    """Legs in all three currencies, summed, with the pennies that make every voucher balance."""
    return day.read(
        """
        WITH reported AS (
          SELECT p.*, g.ACCOUNTINGCURRENCY,
                 COALESCE(p.reporting, exact.converted(p.accounting, r.rate)) AS reported
          FROM postings p JOIN {LEDGER} g ON g.NAME = p.DATAAREAID
          LEFT JOIN rates r ON r.source = g.ACCOUNTINGCURRENCY AND r.target = g.REPORTINGCURRENCY
            AND p.TRANSDATE BETWEEN r.since AND r.until
        ), rests AS (
          SELECT VOUCHER, DATAAREAID, TRANSDATE, ACCOUNTINGCURRENCY AS CURRENCYCODE,
                 -sum(accounting) AS accounting, -sum(reported) AS reported
          FROM reported GROUP BY ALL
        ), legs AS (
          SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, type, account, segment,
                 amount, accounting, reported
          FROM reported
          UNION ALL
          SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, 11, '801900', '', 0, accounting, 0
          FROM rests
          UNION ALL
          SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, 9, '801910', '', 0, 0, reported
          FROM rests
        )
        SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, type, account, segment,
               CASE WHEN accounting <> 0 THEN accounting < 0
                    WHEN reported <> 0 THEN reported < 0 ELSE amount < 0 END AS is_credit,
               sum(amount) AS amount, sum(accounting) AS accounting, sum(reported) AS reported
        FROM legs WHERE amount <> 0 OR accounting <> 0 OR reported <> 0
        GROUP BY ALL
        """,
        postings=postings,
        rates=day.rates,
    )


def _entries(day: Day, lines: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH vouchers AS (
          SELECT VOUCHER, DATAAREAID, TRANSDATE,
                 row_number() OVER (ORDER BY TRANSDATE, VOUCHER) AS serial
          FROM (SELECT DISTINCT VOUCHER, DATAAREAID, TRANSDATE FROM lines)
        )
        SELECT (SELECT max(RECID) FROM {GENERALJOURNALENTRY}) + serial AS RECID,
               'J-' || lpad(CAST(serial + (
                 SELECT max(CAST(JOURNALNUMBER[3:] AS BIGINT)) FROM {GENERALJOURNALENTRY}
               ) AS VARCHAR), 8, '0') AS JOURNALNUMBER,
               v.VOUCHER AS SUBLEDGERVOUCHER, v.DATAAREAID AS SUBLEDGERVOUCHERDATAAREAID,
               v.TRANSDATE AS ACCOUNTINGDATE, v.TRANSDATE AS DOCUMENTDATE, g.RECID AS LEDGER,
               CASE v.VOUCHER[:3]
                 WHEN 'SIV' THEN 2 WHEN 'PPR' THEN 3 WHEN 'PIV' THEN 3 WHEN 'PPL' THEN 5
                 WHEN 'PRF' THEN 5 WHEN 'VIN' THEN 14 ELSE 15 END AS JOURNALCATEGORY,
               0 AS POSTINGLAYER
        FROM vouchers v JOIN {LEDGER} g ON g.NAME = v.DATAAREAID
        ORDER BY serial
        """,
        lines=lines,
    )


def _account_entries(day: Day, lines: pa.Table, entries: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT e.RECID AS GENERALJOURNALENTRY, m.RECID AS MAINACCOUNT,
               l.account || l.segment AS LEDGERACCOUNT,
               l.CURRENCYCODE AS TRANSACTIONCURRENCYCODE,
               l.amount AS TRANSACTIONCURRENCYAMOUNT, l.accounting AS ACCOUNTINGCURRENCYAMOUNT,
               l.reported AS REPORTINGCURRENCYAMOUNT, CAST(l.is_credit AS INTEGER) AS ISCREDIT,
               l.type AS POSTINGTYPE, m.NAME AS TEXT
        FROM lines l
        JOIN entries e ON e.SUBLEDGERVOUCHER = l.VOUCHER
          AND e.SUBLEDGERVOUCHERDATAAREAID = l.DATAAREAID
        JOIN {MAINACCOUNT} m ON m.MAINACCOUNTID = l.account
        ORDER BY e.RECID, LEDGERACCOUNT, l.type, l.CURRENCYCODE, ISCREDIT
        """,
        lines=lines,
        entries=entries,
    )
