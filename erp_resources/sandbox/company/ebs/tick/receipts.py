"""Customers pay: receipts, what they settle, and what nobody can match yet."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

SETTLED = 16
"""Invoices a day at scale 1."""


def collect(day: Day) -> None:
    """Most pay in full, some a part, and a few send more than they owe."""
    picks = day.picks(
        "receipts",
        SETTLED * day.scale,
        """
        SELECT _row FROM {AR_PAYMENT_SCHEDULES_ALL}
        WHERE CLASS = 'INV' AND AMOUNT_DUE_REMAINING > 0 AND DUE_DATE <= $date + INTERVAL 10 DAY
        ORDER BY _row
        """,
        date=day.date,
    )
    applied = _applied(day, picks)
    receipts = _receipts(day, applied)
    day.insert("AR_CASH_RECEIPTS_ALL", receipts)
    schedules = _schedules(day, receipts)
    day.insert("AR_PAYMENT_SCHEDULES_ALL", schedules)
    day.insert("AR_RECEIVABLE_APPLICATIONS_ALL", _applications(day, applied, schedules))
    _settle(day, applied)
    day.post("Receipts", _postings(day, applied, receipts))


def _applied(day: Day, picks: pa.Table) -> pa.Table:
    """What is applied to which invoice from which receipt, in both currencies.

    One receipt pays all that a customer pays in one currency on the day. Its applications in order
    use its worth up, so that all of it gives all its worth.
    """
    return day.read(
        """
        WITH paid AS (
          SELECT s.*, t._row AS trx_row, t.SET_OF_BOOKS_ID, g.CURRENCY_CODE AS functional,
                 r.CONVERSION_RATE AS today,
                 CASE WHEN p.luck < 120
                      THEN exact.payable(0.4 * exact.amount(s.AMOUNT_DUE_REMAINING),
                                       s.INVOICE_CURRENCY_CODE)
                      ELSE exact.amount(s.AMOUNT_DUE_REMAINING) END AS amount,
                 CASE WHEN p.luck >= 960 THEN 100 ELSE 0 END AS more,
                 (SELECT max(CASH_RECEIPT_ID) FROM {AR_CASH_RECEIPTS_ALL})
                 + dense_rank() OVER (ORDER BY s.CUSTOMER_ID, s.INVOICE_CURRENCY_CODE, s.ORG_ID)
                   AS receipt
          FROM picks p JOIN {AR_PAYMENT_SCHEDULES_ALL} s USING (_row)
          JOIN {RA_CUSTOMER_TRX_ALL} t USING (CUSTOMER_TRX_ID)
          JOIN {GL_LEDGERS} g ON g.LEDGER_ID = t.SET_OF_BOOKS_ID
          LEFT JOIN {GL_DAILY_RATES} r ON r.FROM_CURRENCY = s.INVOICE_CURRENCY_CODE
            AND r.TO_CURRENCY = g.CURRENCY_CODE AND r.CONVERSION_DATE = $date
        ), running AS (
          SELECT *, sum(amount) OVER (PARTITION BY receipt) + max(more) OVER (PARTITION BY receipt)
                   AS received,
                 sum(amount) OVER (PARTITION BY receipt ORDER BY PAYMENT_SCHEDULE_ID) AS used,
                 exact.amount(AMOUNT_DUE_REMAINING) - amount AS left_due
          FROM paid WHERE amount <> 0
        )
        SELECT *, exact.converted(received - used + amount, today)
                  - exact.converted(received - used, today) AS worth_from,
               exact.converted(AMOUNT_DUE_REMAINING, EXCHANGE_RATE)
                  - exact.converted(left_due, EXCHANGE_RATE) AS worth_to
        FROM running ORDER BY receipt, PAYMENT_SCHEDULE_ID
        """,
        picks=picks,
        date=day.date,
    )


def _receipts(day: Day, applied: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT receipt AS CASH_RECEIPT_ID,
               'R' || lpad(CAST(receipt - 500000 AS VARCHAR), 8, '0') AS RECEIPT_NUMBER,
               $date AS RECEIPT_DATE, 'CASH' AS TYPE,
               CASE WHEN max(more) > 0 THEN 'UNAPP' ELSE 'APP' END AS STATUS,
               CUSTOMER_ID AS PAY_FROM_CUSTOMER, received AS AMOUNT,
               INVOICE_CURRENCY_CODE AS CURRENCY_CODE, today AS EXCHANGE_RATE,
               CASE WHEN today IS NOT NULL THEN 'Corporate' END AS EXCHANGE_RATE_TYPE,
               CASE WHEN today IS NOT NULL THEN $date END AS EXCHANGE_DATE,
               $date AS DEPOSIT_DATE, NULL AS COMMENTS, $now AS ATTRIBUTE_TIMESTAMP1,
               SET_OF_BOOKS_ID, ORG_ID, max(more) AS unapplied
        FROM applied GROUP BY ALL ORDER BY receipt
        """,
        applied=applied,
        date=day.date,
        now=day.now,
    )


def _schedules(day: Day, receipts: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT (SELECT max(PAYMENT_SCHEDULE_ID) FROM {AR_PAYMENT_SCHEDULES_ALL})
                 + row_number() OVER (ORDER BY CASH_RECEIPT_ID) AS PAYMENT_SCHEDULE_ID,
               'PMT' AS CLASS, NULL AS CUSTOMER_TRX_ID, CASH_RECEIPT_ID,
               RECEIPT_NUMBER AS TRX_NUMBER, RECEIPT_DATE AS TRX_DATE,
               PAY_FROM_CUSTOMER AS CUSTOMER_ID, CURRENCY_CODE AS INVOICE_CURRENCY_CODE,
               EXCHANGE_RATE, -AMOUNT AS AMOUNT_DUE_ORIGINAL, -unapplied AS AMOUNT_DUE_REMAINING,
               exact.converted(-unapplied, EXCHANGE_RATE) AS ACCTD_AMOUNT_DUE_REMAINING,
               unapplied - AMOUNT AS AMOUNT_APPLIED, NULL AS AMOUNT_CREDITED,
               CASE WHEN unapplied > 0 THEN 'OP' ELSE 'CL' END AS STATUS,
               RECEIPT_DATE AS DUE_DATE, RECEIPT_DATE AS GL_DATE,
               CASE WHEN unapplied = 0 THEN RECEIPT_DATE END AS GL_DATE_CLOSED,
               1 AS TERMS_SEQUENCE_NUMBER, ORG_ID
        FROM receipts ORDER BY CASH_RECEIPT_ID
        """,
        receipts=receipts,
    )


def _applications(day: Day, applied: pa.Table, schedules: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT (SELECT max(RECEIVABLE_APPLICATION_ID) FROM {AR_RECEIVABLE_APPLICATIONS_ALL})
                 + row_number() OVER (ORDER BY a.receipt, a.PAYMENT_SCHEDULE_ID)
                   AS RECEIVABLE_APPLICATION_ID,
               'CASH' AS APPLICATION_TYPE, 'APP' AS STATUS, $date AS APPLY_DATE, $date AS GL_DATE,
               a.amount AS AMOUNT_APPLIED, worth_from AS ACCTD_AMOUNT_APPLIED_FROM,
               worth_to AS ACCTD_AMOUNT_APPLIED_TO, a.receipt AS CASH_RECEIPT_ID,
               NULL AS CUSTOMER_TRX_ID, s.PAYMENT_SCHEDULE_ID,
               a.CUSTOMER_TRX_ID AS APPLIED_CUSTOMER_TRX_ID,
               a.PAYMENT_SCHEDULE_ID AS APPLIED_PAYMENT_SCHEDULE_ID, c.CODE_COMBINATION_ID,
               'Y' AS DISPLAY, a.SET_OF_BOOKS_ID, a.ORG_ID
        FROM applied a JOIN schedules s ON s.CASH_RECEIPT_ID = a.receipt
        JOIN {GL_CODE_COMBINATIONS} c ON c.SEGMENT3 = {RECEIVABLES}
          AND c.SEGMENT1 = CASE a.SET_OF_BOOKS_ID WHEN 2021 THEN '01' ELSE '02' END
        ORDER BY 1
        """,
        applied=applied,
        schedules=schedules,
        date=day.date,
    )


def _settle(day: Day, applied: pa.Table) -> None:
    """What remains due on the invoices; those of which nothing does are closed."""
    schedules = day.read(
        """
        SELECT _row, left_due AS AMOUNT_DUE_REMAINING,
               exact.converted(left_due, EXCHANGE_RATE) AS ACCTD_AMOUNT_DUE_REMAINING,
               COALESCE(AMOUNT_APPLIED, 0) + amount AS AMOUNT_APPLIED,
               CASE WHEN left_due = 0 THEN 'CL' ELSE 'OP' END AS STATUS,
               CASE WHEN left_due = 0 THEN $date END AS GL_DATE_CLOSED
        FROM applied ORDER BY _row
        """,
        applied=applied,
        date=day.date,
    )
    day.write("AR_PAYMENT_SCHEDULES_ALL", schedules)
    closed = day.read(
        "SELECT trx_row AS _row, 'CL' AS STATUS_TRX FROM applied WHERE left_due = 0 ORDER BY 1",
        applied=applied,
    )
    day.write("RA_CUSTOMER_TRX_ALL", closed)


def _postings(day: Day, applied: pa.Table, receipts: pa.Table) -> pa.Table:
    """Cash against unapplied receipts, and these against receivables and exchange differences."""
    return day.read(
        """
        SELECT SET_OF_BOOKS_ID AS LEDGER_ID, CURRENCY_CODE, $date AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg({CASH}, AMOUNT, exact.converted(AMOUNT, EXCHANGE_RATE)),
                 ebs.leg({UNAPPLIED}, -AMOUNT, -exact.converted(AMOUNT, EXCHANGE_RATE))
               ], recursive := true)
        FROM receipts
        UNION ALL
        SELECT SET_OF_BOOKS_ID, INVOICE_CURRENCY_CODE, $date,
               UNNEST([
                 ebs.leg({UNAPPLIED}, amount, worth_from),
                 ebs.leg({RECEIVABLES}, -amount, -worth_to),
                 ebs.leg({EXCHANGE_LOSS}, 0, greatest(worth_to - worth_from, 0)),
                 ebs.leg({EXCHANGE_GAIN}, 0, least(worth_to - worth_from, 0))
               ], recursive := true)
        FROM applied
        """,
        applied=applied,
        receipts=receipts,
        date=day.date,
    )
