"""What customers and vendors owe and are owed: invoices of the day, and how payments settle them.

A settlement is worth what its payment was worth; the difference to what the invoice was worth is
an exchange gain or loss. ``sign`` turns what increases a debt into debits of the control account.
"""

from dataclasses import dataclass

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day


@dataclass(frozen=True)
class Side:
    """Customers or vendors: tables, sign, control account and its posting type, tax, payments."""

    transactions: str
    settlements: str
    master: str
    sign: int
    control: str
    balance: int
    tax: str
    payments: str


CUSTOMERS = Side("CUSTTRANS", "CUSTSETTLEMENT", "CUSTTABLE", 1, "130100", 31, "201100", "CPM-")
VENDORS = Side("VENDTRANS", "VENDSETTLEMENT", "VENDTABLE", -1, "200100", 41, "160100", "VPM-")
SETTLED = 15
"""Invoices that each side settles a day at scale 1."""


def enter_invoices(
    day: Day, side: Side, lines: pa.Table, voucher: str, invoice: str, type_: int
) -> pa.Table:
    """Enter one invoice for the lines of each ``document``, and post what is owed and the tax.

    Args:
        day: the day.
        side: whose invoices they are.
        lines: ``document``, DATAAREAID, ACCOUNTNUM, CURRENCYCODE, ``dated`` and ``net``.
        voucher: prefix of the vouchers.
        invoice: prefix of the invoices' numbers.
        type_: their TRANSTYPE.

    Returns:
        The lines with VOUCHER, INVOICE, ``rate`` and ``accounting_currency``.
    """
    documents = _documents(day, side, lines, voucher, invoice)
    day.insert(side.transactions, _transactions(day, side, documents, type_))
    owed = day.read(
        """
        SELECT VOUCHER, DATAAREAID, dated AS TRANSDATE, CURRENCYCODE, UNNEST([
                 ax.leg($balance, $control, $sign * total, $sign * exact.converted(total, rate)),
                 ax.leg(4, $tax, -$sign * vat, -$sign * exact.converted(vat, rate))
               ], recursive := true)
        FROM documents
        """,
        documents=documents,
        balance=side.balance,
        control=side.control,
        sign=side.sign,
        tax=side.tax,
    )
    day.post(owed)
    return day.read(
        """
        SELECT l.*, d.VOUCHER, d.INVOICE, d.rate, d.accounting_currency
        FROM lines l JOIN documents d USING (document)
        """,
        lines=lines,
        documents=documents,
    )


def _documents(day: Day, side: Side, lines: pa.Table, voucher: str, invoice: str) -> pa.Table:
    """The invoices, with their tax: domestic accounts pay it."""
    return day.read(
        """
        WITH sums AS (
          SELECT document, DATAAREAID, ACCOUNTNUM, CURRENCYCODE, CAST(dated AS TIMESTAMP) AS dated,
                 sum(net) AS net
          FROM lines GROUP BY ALL
        ), taxed AS (
          SELECT s.*, m.PAYMTERMID, g.ACCOUNTINGCURRENCY AS accounting_currency, CASE m.TAXGROUP
                   WHEN 'DOM' THEN exact.payable(ROUND(s.net * CASE s.DATAAREAID
                     WHEN 'plt1' THEN 0.19 ELSE 0.20 END, 2), s.CURRENCYCODE) ELSE 0 END AS vat,
                 (SELECT max(CAST(SUBLEDGERVOUCHER[5:] AS BIGINT)) FROM {GENERALJOURNALENTRY}
                  WHERE starts_with(SUBLEDGERVOUCHER, $voucher))
                 + row_number() OVER (ORDER BY s.document) AS position
          FROM sums s JOIN {LEDGER} g ON g.NAME = s.DATAAREAID
          JOIN {master} m ON m.ACCOUNTNUM = s.ACCOUNTNUM AND m.DATAAREAID = s.DATAAREAID
        )
        SELECT t.*, t.net + t.vat AS total, COALESCE(r.rate, 1) AS rate, again.rate AS again,
               ax.number($voucher, t.position) AS VOUCHER,
               ax.number($invoice, t.position) AS INVOICE
        FROM taxed t
        LEFT JOIN rates r ON r.source = t.CURRENCYCODE AND r.target = t.accounting_currency
          AND t.dated BETWEEN r.since AND r.until
        LEFT JOIN rates again ON again.source = t.accounting_currency AND again.target = 'USD'
          AND t.dated BETWEEN again.since AND again.until
        ORDER BY t.document
        """.replace("{master}", f"{{{side.master}}}"),
        lines=lines,
        rates=day.rates,
        voucher=voucher,
        invoice=invoice,
    )


def _transactions(day: Day, side: Side, documents: pa.Table, type_: int) -> pa.Table:
    return day.read(
        """
        SELECT ACCOUNTNUM, dated AS TRANSDATE,
               dated + to_days(CAST(PAYMTERMID[2:] AS INTEGER)) AS DUEDATE, VOUCHER, INVOICE,
               'Rechnung' AS TXT, CAST($type AS INTEGER) AS TRANSTYPE, CURRENCYCODE,
               $sign * total AS AMOUNTCUR, $sign * exact.converted(total, rate) AS AMOUNTMST,
               $sign * exact.converted(exact.converted(total, rate), again)
                 AS REPORTINGCURRENCYAMOUNT,
               100 * CAST(rate AS DECIMAL(18, 8)) AS EXCHRATE, 0 AS SETTLEAMOUNTCUR,
               0 AS SETTLEAMOUNTMST, 0 AS EXCHADJUSTMENT, 0 AS EXCHADJUSTMENTREPORTING,
               ax.never() AS LASTSETTLEDATE, ax.never() AS CLOSED, '' AS PAYMMODE, DATAAREAID
        FROM documents ORDER BY document
        """,
        documents=documents,
        type=type_,
        sign=side.sign,
    )


def settle(day: Day, side: Side) -> None:
    """Pay invoices that are due: most in full, some in part, and a few with more on account."""
    picks = day.picks(
        f"payments {side.sign}",
        SETTLED * day.scale,
        """
        SELECT _row FROM {transactions} WHERE AMOUNTCUR * $sign > 0 AND TRANSTYPE <> 15
          AND CLOSED = ax.never() AND DUEDATE <= $date + INTERVAL 5 DAY ORDER BY _row
        """.replace("{transactions}", f"{{{side.transactions}}}"),
        sign=side.sign,
        date=day.date,
    )
    halves = _settled(day, side, picks)
    payments = _payments(day, side, halves)
    day.insert(side.transactions, payments)
    day.insert(side.settlements, _settlements(day, side, halves, payments))
    day.write(side.transactions, _reduced(day, side, halves))
    _post(day, side, halves, payments)


def _settled(day: Day, side: Side, picks: pa.Table) -> pa.Table:
    """How much of which invoice is paid, and what that is worth by payment and by invoice.

    The settlements of a payment use its worth up in order, so that all of it gives all its worth.
    """
    return day.read(
        """
        WITH due AS (
          SELECT t.*, p.luck, g.ACCOUNTINGCURRENCY AS accounting_currency,
                 $sign * (exact.amount(t.AMOUNTCUR) - exact.amount(t.SETTLEAMOUNTCUR)) AS due
          FROM picks p JOIN {transactions} t USING (_row)
          JOIN {LEDGER} g ON g.NAME = t.DATAAREAID
        ), shares AS (
          SELECT *, CASE WHEN luck < 120 THEN exact.payable(0.4 * due, CURRENCYCODE)
                         ELSE exact.amount(due) END AS share,
                 CASE WHEN luck >= 960 THEN 100 ELSE 0 END AS more
          FROM due
        ), running AS (
          SELECT *, sum(share) OVER payer + max(more) OVER payer AS paid,
                 sum(share) OVER (PARTITION BY DATAAREAID, ACCOUNTNUM, CURRENCYCODE
                                  ORDER BY RECID) AS used,
                 dense_rank() OVER (ORDER BY DATAAREAID, ACCOUNTNUM, CURRENCYCODE) AS payment
          FROM shares WHERE share <> 0
          WINDOW payer AS (PARTITION BY DATAAREAID, ACCOUNTNUM, CURRENCYCODE)
        ), rated AS (
          SELECT s.*, COALESCE(r.rate, 1) AS today, again.rate AS today_again,
                 CAST(s.EXCHRATE AS DECIMAL(18, 6)) * 0.01 AS booked, old.rate AS booked_again
          FROM running s
          LEFT JOIN rates r ON r.source = s.CURRENCYCODE AND r.target = s.accounting_currency
            AND $date BETWEEN r.since AND r.until
          LEFT JOIN rates again ON again.source = s.accounting_currency AND again.target = 'USD'
            AND $date BETWEEN again.since AND again.until
          LEFT JOIN rates old ON old.source = s.accounting_currency AND old.target = 'USD'
            AND s.TRANSDATE BETWEEN old.since AND old.until
        ), worths AS (
          SELECT *, exact.converted(paid - used + share, today) AS until_now,
                 exact.converted(paid - used, today) AS from_now,
                 exact.converted(due, booked) AS before,
                 exact.converted(due - share, booked) AS after
          FROM rated
        )
        SELECT *, until_now - from_now AS worth,
               exact.converted(until_now, today_again) - exact.converted(from_now, today_again)
                 AS worth_reporting,
               until_now - from_now - (before - after) AS adjustment,
               exact.converted(until_now, today_again) - exact.converted(from_now, today_again)
                 - (exact.converted(before, booked_again) - exact.converted(after, booked_again))
                 AS adjustment_reporting
        FROM worths ORDER BY payment, RECID
        """.replace("{transactions}", f"{{{side.transactions}}}"),
        picks=picks,
        rates=day.rates,
        sign=side.sign,
        date=day.date,
    )


def _payments(day: Day, side: Side, halves: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH sums AS (
          SELECT payment, DATAAREAID, ACCOUNTNUM, CURRENCYCODE, paid, today, today_again,
                 sum(share) AS settled, sum(worth) AS worth
          FROM halves GROUP BY ALL
        )
        SELECT (SELECT max(RECID) FROM {transactions}) + payment AS RECID, payment, ACCOUNTNUM,
               $date AS TRANSDATE, $date AS DUEDATE, ax.number($prefix, payment + (
                 SELECT max(CAST(SUBLEDGERVOUCHER[5:] AS BIGINT)) FROM {GENERALJOURNALENTRY}
                 WHERE starts_with(SUBLEDGERVOUCHER, $prefix))) AS VOUCHER,
               '' AS INVOICE, 'Zahlung, réf. avis' AS TXT, 15 AS TRANSTYPE, CURRENCYCODE,
               -$sign * paid AS AMOUNTCUR, -$sign * exact.converted(paid, today) AS AMOUNTMST,
               -$sign * exact.converted(exact.converted(paid, today), today_again)
                 AS REPORTINGCURRENCYAMOUNT,
               100 * CAST(today AS DECIMAL(18, 8)) AS EXCHRATE, -$sign * settled AS SETTLEAMOUNTCUR,
               -$sign * worth AS SETTLEAMOUNTMST, 0 AS EXCHADJUSTMENT,
               0 AS EXCHADJUSTMENTREPORTING, $date AS LASTSETTLEDATE,
               CASE WHEN settled = paid THEN CAST($date AS TIMESTAMP) ELSE ax.never() END AS CLOSED,
               'SEPA' AS PAYMMODE, DATAAREAID
        FROM sums ORDER BY payment
        """.replace("{transactions}", f"{{{side.transactions}}}"),
        halves=halves,
        prefix=side.payments,
        sign=side.sign,
        date=day.date,
    )


def _settlements(day: Day, side: Side, halves: pa.Table, payments: pa.Table) -> pa.Table:
    """Two rows each: of the invoice, and of the payment that settles it."""
    return day.read(
        """
        WITH paired AS (
          SELECT h.*, p.RECID AS payment_id, p.VOUCHER AS payment_voucher
          FROM halves h JOIN payments p USING (payment)
        )
        SELECT ACCOUNTNUM, $date AS TRANSDATE, payment_voucher AS SETTLEMENTVOUCHER,
               UNNEST([RECID, payment_id]) AS TRANSRECID,
               UNNEST([payment_id, RECID]) AS OFFSETRECID,
               UNNEST([$sign * share, -$sign * share]) AS SETTLEAMOUNTCUR,
               UNNEST([$sign * worth, -$sign * worth]) AS SETTLEAMOUNTMST,
               UNNEST([$sign * worth_reporting, -$sign * worth_reporting]) AS SETTLEAMOUNTREPORTING,
               UNNEST([$sign * adjustment, 0]) AS EXCHADJUSTMENT,
               UNNEST([$sign * adjustment_reporting, 0]) AS EXCHADJUSTMENTREPORTING,
               1 AS CANBEREVERSED, DATAAREAID
        FROM paired
        """,
        halves=halves,
        payments=payments,
        sign=side.sign,
        date=day.date,
    )


def _reduced(day: Day, side: Side, halves: pa.Table) -> pa.Table:
    """The invoices as they stand after the settlements."""
    return day.read(
        """
        SELECT _row, exact.amount(SETTLEAMOUNTCUR) + $sign * share AS SETTLEAMOUNTCUR,
               exact.amount(SETTLEAMOUNTMST) + $sign * worth AS SETTLEAMOUNTMST,
               exact.amount(EXCHADJUSTMENT) + $sign * adjustment AS EXCHADJUSTMENT,
               exact.amount(EXCHADJUSTMENTREPORTING) + $sign * adjustment_reporting
                 AS EXCHADJUSTMENTREPORTING,
               $date AS LASTSETTLEDATE,
               CASE WHEN due = share THEN CAST($date AS TIMESTAMP) ELSE ax.never() END AS CLOSED
        FROM halves ORDER BY _row
        """,
        halves=halves,
        sign=side.sign,
        date=day.date,
    )


def _post(day: Day, side: Side, halves: pa.Table, payments: pa.Table) -> None:
    paid = day.read(
        """
        SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, UNNEST([
                 ax.leg($balance, $control, AMOUNTCUR, AMOUNTMST),
                 ax.leg(20, '112100', -AMOUNTCUR, -AMOUNTMST)
               ], recursive := true)
        FROM payments
        """,
        payments=payments,
        balance=side.balance,
        control=side.control,
    )
    day.post(paid)
    adjusted = day.read(
        """
        WITH signed AS (
          SELECT p.VOUCHER, h.DATAAREAID, p.TRANSDATE, h.CURRENCYCODE,
                 $sign * adjustment AS mst, $sign * adjustment_reporting AS reported
          FROM halves h JOIN payments p USING (payment)
        )
        SELECT VOUCHER, DATAAREAID, TRANSDATE, CURRENCYCODE, UNNEST([
                 ax.leg($balance, $control, 0, mst, reporting := reported),
                 ax.leg(2, '801400', 0, greatest(-mst, 0), reporting := 0),
                 ax.leg(1, '401900', 0, least(-mst, 0), reporting := 0),
                 ax.leg(2, '801400', 0, 0, reporting := greatest(-reported, 0)),
                 ax.leg(1, '401900', 0, 0, reporting := least(-reported, 0))
               ], recursive := true)
        FROM signed
        """,
        halves=halves,
        payments=payments,
        balance=side.balance,
        control=side.control,
        sign=side.sign,
    )
    day.post(adjusted)
