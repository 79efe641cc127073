"""Suppliers are paid: in full, or by half where an instalment was agreed."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

PAID = 18
"""Invoices a day at scale 1."""


def pay(day: Day) -> None:
    """Pay invoices that are due; one check goes to each supplier."""
    picks = day.picks(
        "payments",
        PAID * day.scale,
        """
        SELECT _row FROM {AP_INVOICES_ALL}
        WHERE PAYMENT_STATUS_FLAG <> 'Y' AND INVOICE_AMOUNT <> 0
          AND TERMS_DATE + to_days(CAST([30, 45, 60][TERMS_ID - 1000] AS INTEGER)) <= $date
        ORDER BY _row
        """,
        date=day.date,
    )
    paid = _paid(day, picks)
    day.insert("AP_INVOICE_PAYMENTS_ALL", paid)
    settled = day.read(
        """
        SELECT _row, exact.amount(INVOICE_AMOUNT) - left_due AS AMOUNT_PAID,
               CASE WHEN left_due = 0 THEN 'Y' ELSE 'P' END AS PAYMENT_STATUS_FLAG
        FROM paid ORDER BY _row
        """,
        paid=paid,
    )
    day.write("AP_INVOICES_ALL", settled)
    day.post("Payments", _postings(day, paid))


def _paid(day: Day, picks: pa.Table) -> pa.Table:
    """The payments with their invoices; ``worth`` at the invoice's rate, ``spent`` at today's."""
    return day.read(
        """
        WITH due AS (
          SELECT i.*, p.luck, r.CONVERSION_RATE,
                 exact.amount(INVOICE_AMOUNT) - exact.amount(COALESCE(AMOUNT_PAID, 0)) AS open_due
          FROM picks p JOIN {AP_INVOICES_ALL} i USING (_row)
          JOIN {GL_LEDGERS} g ON g.LEDGER_ID = i.SET_OF_BOOKS_ID
          LEFT JOIN {GL_DAILY_RATES} r ON r.FROM_CURRENCY = i.INVOICE_CURRENCY_CODE
            AND r.TO_CURRENCY = g.CURRENCY_CODE AND r.CONVERSION_DATE = $date
        ), shares AS (
          SELECT *, CASE WHEN luck < 100 THEN exact.payable(open_due * 0.5, INVOICE_CURRENCY_CODE)
                         ELSE open_due END AS share
          FROM due
        ), valued AS (
          SELECT *, open_due - share AS left_due, exact.converted(share, CONVERSION_RATE) AS spent,
                 exact.converted(open_due, EXCHANGE_RATE)
                   - exact.converted(open_due - share, EXCHANGE_RATE) AS worth
          FROM shares WHERE share <> 0
        ), earlier AS (
          SELECT INVOICE_ID, max(PAYMENT_NUM) AS payments
          FROM {AP_INVOICE_PAYMENTS_ALL} GROUP BY ALL
        )
        SELECT v.* REPLACE (
                 CONVERSION_RATE AS EXCHANGE_RATE,
                 CASE WHEN CONVERSION_RATE IS NOT NULL THEN $date END AS EXCHANGE_DATE),
               (SELECT max(INVOICE_PAYMENT_ID) FROM {AP_INVOICE_PAYMENTS_ALL})
                 + row_number() OVER (ORDER BY v._row) AS INVOICE_PAYMENT_ID,
               (SELECT max(CHECK_ID) FROM {AP_INVOICE_PAYMENTS_ALL})
                 + dense_rank() OVER (ORDER BY VENDOR_ID, ORG_ID) AS CHECK_ID,
               1 + COALESCE(e.payments, 0) AS PAYMENT_NUM, share AS AMOUNT,
               CASE WHEN CONVERSION_RATE IS NOT NULL THEN worth END AS INVOICE_BASE_AMOUNT,
               CASE WHEN CONVERSION_RATE IS NOT NULL THEN spent END AS PAYMENT_BASE_AMOUNT,
               $date AS ACCOUNTING_DATE, strftime($date, '%b-%y') AS PERIOD_NAME,
               'Y' AS POSTED_FLAG, NULL AS REVERSAL_FLAG,
               c.CODE_COMBINATION_ID AS ASSET_CODE_COMBINATION_ID
        FROM valued v LEFT JOIN earlier e USING (INVOICE_ID)
        JOIN {GL_CODE_COMBINATIONS} c ON c.SEGMENT3 = {CASH}
          AND c.SEGMENT1 = CASE SET_OF_BOOKS_ID WHEN 2021 THEN '01' ELSE '02' END
        ORDER BY v._row
        """,
        picks=picks,
        date=day.date,
    )


def _postings(day: Day, paid: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT SET_OF_BOOKS_ID AS LEDGER_ID, INVOICE_CURRENCY_CODE AS CURRENCY_CODE,
               ACCOUNTING_DATE AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg({PAYABLES}, share, worth), ebs.leg({CASH}, -share, -spent),
                 ebs.leg({EXCHANGE_LOSS}, 0, greatest(spent - worth, 0)),
                 ebs.leg({EXCHANGE_GAIN}, 0, least(spent - worth, 0))
               ], recursive := true)
        FROM paid
        """,
        paid=paid,
    )
