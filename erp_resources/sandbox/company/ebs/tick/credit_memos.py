"""Credit memos of the day: whole invoices turned round, and settled with them."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick import drafts, sales, stock
from erp_resources.sandbox.company.ebs.tick.day import Day

CREDITS = 1
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Turn whole invoices round of which nothing is paid yet; some goods come back."""
    picks = day.picks(
        "credits",
        CREDITS * day.scale,
        """
        SELECT t._row FROM {RA_CUSTOMER_TRX_ALL} t
        JOIN {AR_PAYMENT_SCHEDULES_ALL} s USING (CUSTOMER_TRX_ID)
        WHERE s.CLASS = 'INV' AND s.AMOUNT_DUE_REMAINING = s.AMOUNT_DUE_ORIGINAL
          AND s.AMOUNT_DUE_REMAINING <> 0 ORDER BY t._row
        """,
    )
    memos = drafts.copy(day, picks, credits_them=True)
    day.insert("AR_PAYMENT_SCHEDULES_ALL", sales.due(day, memos))
    day.post("Credit Memos", sales.postings(day, memos))
    stock.ship(day, memos)
    _apply(day, memos)


def _apply(day: Day, memos: pa.Table) -> None:
    """Settle each invoice with its credit memo, which leaves nothing due on either."""
    both = day.read(
        """
        SELECT t.CUSTOMER_TRX_ID, t._row AS memo_row, i._row AS invoice_row,
               s._row AS memo_schedule_row, s.PAYMENT_SCHEDULE_ID,
               s.AMOUNT_DUE_ORIGINAL AS credited,
               u._row AS invoice_schedule_row, u.PAYMENT_SCHEDULE_ID AS applied_schedule,
               i.CUSTOMER_TRX_ID AS applied_id, t.SET_OF_BOOKS_ID, t.ORG_ID, t.TRX_DATE,
               exact.converted(u.AMOUNT_DUE_ORIGINAL, i.EXCHANGE_RATE) AS worth
        FROM memos m JOIN {RA_CUSTOMER_TRX_ALL} t USING (CUSTOMER_TRX_ID)
        JOIN {RA_CUSTOMER_TRX_ALL} i ON i.CUSTOMER_TRX_ID = t.PREVIOUS_CUSTOMER_TRX_ID
        JOIN {AR_PAYMENT_SCHEDULES_ALL} s ON s.CUSTOMER_TRX_ID = t.CUSTOMER_TRX_ID
        JOIN {AR_PAYMENT_SCHEDULES_ALL} u ON u.CUSTOMER_TRX_ID = i.CUSTOMER_TRX_ID
        ORDER BY t.CUSTOMER_TRX_ID
        """,
        memos=memos,
    )
    applications = day.read(
        """
        SELECT (SELECT max(RECEIVABLE_APPLICATION_ID) FROM {AR_RECEIVABLE_APPLICATIONS_ALL})
                 + row_number() OVER () AS RECEIVABLE_APPLICATION_ID,
               'CM' AS APPLICATION_TYPE, 'APP' AS STATUS, TRX_DATE AS APPLY_DATE,
               TRX_DATE AS GL_DATE, -credited AS AMOUNT_APPLIED,
               worth AS ACCTD_AMOUNT_APPLIED_FROM, worth AS ACCTD_AMOUNT_APPLIED_TO,
               NULL AS CASH_RECEIPT_ID, CUSTOMER_TRX_ID, PAYMENT_SCHEDULE_ID,
               applied_id AS APPLIED_CUSTOMER_TRX_ID,
               applied_schedule AS APPLIED_PAYMENT_SCHEDULE_ID, c.CODE_COMBINATION_ID,
               'Y' AS DISPLAY, SET_OF_BOOKS_ID, ORG_ID
        FROM memos JOIN {GL_CODE_COMBINATIONS} c ON c.SEGMENT3 = {RECEIVABLES}
          AND c.SEGMENT1 = CASE SET_OF_BOOKS_ID WHEN 2021 THEN '01' ELSE '02' END
        """,
        memos=both,
    )
    day.insert("AR_RECEIVABLE_APPLICATIONS_ALL", applications)
    closed = day.read(
        """
        SELECT UNNEST([memo_schedule_row, invoice_schedule_row]) AS _row,
               UNNEST([-credited, credited]) AS AMOUNT_CREDITED,
               0 AS AMOUNT_DUE_REMAINING, 0 AS ACCTD_AMOUNT_DUE_REMAINING, 'CL' AS STATUS,
               TRX_DATE AS GL_DATE_CLOSED
        FROM memos
        """,
        memos=both,
    )
    day.write("AR_PAYMENT_SCHEDULES_ALL", closed)
    headers = day.read(
        "SELECT UNNEST([memo_row, invoice_row]) AS _row, 'CL' AS STATUS_TRX FROM memos", memos=both
    )
    day.write("RA_CUSTOMER_TRX_ALL", headers)
