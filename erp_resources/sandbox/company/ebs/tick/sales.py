"""Invoices of the day: drafts that are completed, which makes them due, posted and shipped."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick import stock
from erp_resources.sandbox.company.ebs.tick.day import Day

_COMPLETED = 800  # permille of the drafts that there are


def complete(day: Day) -> None:
    """Complete most of the drafts: dated today at today's rate, due, posted and shipped."""
    drafts = day.read("SELECT _row FROM {RA_CUSTOMER_TRX_ALL} WHERE COMPLETE_FLAG = 'N' ORDER BY 1")
    chosen = day.draws("completed").chance(_COMPLETED, drafts.num_rows)
    completed = day.read(
        """
        SELECT t._row, t.CUSTOMER_TRX_ID, 'Y' AS COMPLETE_FLAG, CAST($now AS DATE) AS TRX_DATE,
               CAST($now AS DATE) + (t.TERM_DUE_DATE - t.TRX_DATE) AS TERM_DUE_DATE,
               r.CONVERSION_RATE AS EXCHANGE_RATE, r.CONVERSION_DATE AS EXCHANGE_DATE,
               r.CONVERSION_TYPE AS EXCHANGE_RATE_TYPE
        FROM chosen JOIN {RA_CUSTOMER_TRX_ALL} t USING (_row)
        JOIN {GL_LEDGERS} g ON g.LEDGER_ID = t.SET_OF_BOOKS_ID
        LEFT JOIN {GL_DAILY_RATES} r ON r.FROM_CURRENCY = t.INVOICE_CURRENCY_CODE
          AND r.TO_CURRENCY = g.CURRENCY_CODE AND r.CONVERSION_DATE = CAST($now AS DATE)
        ORDER BY t._row
        """,
        chosen=drafts.filter(pa.array(chosen)),
        now=day.now,
    )
    day.write("RA_CUSTOMER_TRX_ALL", completed)
    documents = completed.select(["CUSTOMER_TRX_ID"])
    day.insert("AR_PAYMENT_SCHEDULES_ALL", due(day, documents))
    day.post("Sales Invoices", postings(day, documents))
    stock.ship(day, documents)


def due(day: Day, documents: pa.Table) -> pa.Table:
    """The payment schedules of invoices and credit memos."""
    return day.read(
        """
        WITH totals AS (
          SELECT CUSTOMER_TRX_ID, sum(exact.amount(EXTENDED_AMOUNT)) AS total
          FROM {RA_CUSTOMER_TRX_LINES_ALL} SEMI JOIN documents USING (CUSTOMER_TRX_ID) GROUP BY ALL
        )
        SELECT (SELECT max(PAYMENT_SCHEDULE_ID) FROM {AR_PAYMENT_SCHEDULES_ALL})
                 + row_number() OVER (ORDER BY t.CUSTOMER_TRX_ID) AS PAYMENT_SCHEDULE_ID,
               CASE t.CUST_TRX_TYPE_ID WHEN 1 THEN 'INV' ELSE 'CM' END AS CLASS,
               t.CUSTOMER_TRX_ID, NULL AS CASH_RECEIPT_ID, t.TRX_NUMBER, t.TRX_DATE,
               t.BILL_TO_CUSTOMER_ID AS CUSTOMER_ID, t.INVOICE_CURRENCY_CODE, t.EXCHANGE_RATE,
               total AS AMOUNT_DUE_ORIGINAL, total AS AMOUNT_DUE_REMAINING,
               exact.converted(total, t.EXCHANGE_RATE) AS ACCTD_AMOUNT_DUE_REMAINING,
               NULL AS AMOUNT_APPLIED, NULL AS AMOUNT_CREDITED, 'OP' AS STATUS,
               COALESCE(t.TERM_DUE_DATE, t.TRX_DATE) AS DUE_DATE, t.TRX_DATE AS GL_DATE,
               NULL AS GL_DATE_CLOSED, 1 AS TERMS_SEQUENCE_NUMBER, t.ORG_ID
        FROM totals JOIN {RA_CUSTOMER_TRX_ALL} t USING (CUSTOMER_TRX_ID)
        ORDER BY t.CUSTOMER_TRX_ID
        """,
        documents=documents,
    )


def postings(day: Day, documents: pa.Table) -> pa.Table:
    """Receivables against tax and revenue; the first line takes the cent that is left over."""
    return day.read(
        """
        WITH converted AS (
          SELECT l.*, t.SET_OF_BOOKS_ID, t.INVOICE_CURRENCY_CODE, t.TRX_DATE, t.EXCHANGE_RATE,
                 exact.amount(l.EXTENDED_AMOUNT) AS amount,
                 exact.converted(l.EXTENDED_AMOUNT, t.EXCHANGE_RATE) AS worth,
                 y.COUNTRY = CASE t.ORG_ID WHEN 101 THEN 'DE' ELSE 'US' END AS is_domestic,
                 COALESCE(i.line, '000') AS product_line,
                 row_number() OVER document AS place
          FROM documents d JOIN {RA_CUSTOMER_TRX_ALL} t USING (CUSTOMER_TRX_ID)
          JOIN {RA_CUSTOMER_TRX_LINES_ALL} l USING (CUSTOMER_TRX_ID)
          JOIN {HZ_CUST_ACCOUNTS} a ON a.CUST_ACCOUNT_ID = t.BILL_TO_CUSTOMER_ID
          JOIN {HZ_PARTIES} y USING (PARTY_ID)
          LEFT JOIN items i ON i.INVENTORY_ITEM_ID = l.INVENTORY_ITEM_ID
            AND i.ORGANIZATION_ID = l.WAREHOUSE_ID
          WINDOW document AS (PARTITION BY t.CUSTOMER_TRX_ID ORDER BY l.CUSTOMER_TRX_LINE_ID)
        ), shared AS (
          SELECT *, sum(amount) OVER document AS total,
                 exact.converted(sum(amount) OVER document, EXCHANGE_RATE) AS total_worth,
                 sum(worth) OVER document AS worths
          FROM converted WINDOW document AS (PARTITION BY CUSTOMER_TRX_ID)
        ), settled AS (
          SELECT *, worth + CASE WHEN place = 1 THEN total_worth - worths ELSE 0 END AS share,
                 CASE WHEN place = 1 THEN total ELSE 0 END AS due,
                 CASE WHEN place = 1 THEN total_worth ELSE 0 END AS due_worth
          FROM shared
        )
        SELECT SET_OF_BOOKS_ID AS LEDGER_ID, INVOICE_CURRENCY_CODE AS CURRENCY_CODE,
               TRX_DATE AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg({RECEIVABLES}, due, due_worth),
                 CASE WHEN LINE_TYPE = 'TAX' THEN ebs.leg({OUTPUT_TAX}, -amount, -share)
                      WHEN LINE_TYPE = 'FREIGHT' THEN ebs.leg({FREIGHT_SALES}, -amount, -share)
                      ELSE ebs.leg(CASE WHEN is_domestic THEN {HOME_SALES} ELSE {EXPORT_SALES} END,
                                   -amount, -share, line := product_line) END
               ], recursive := true)
        FROM settled
        """,
        documents=documents,
        items=day.items,
    )
