"""Suppliers' invoices of the day: for deliveries, for expenses, late ones, and cancellations."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

MATCHED, EXPENSES, LATE, CANCELLED = 13, 7, 1, 1
"""A day at scale 1."""


def receive(day: Day) -> None:
    """Enter and post the day's invoices, and those that arrive late for the month before."""
    late = day.date.day + 4
    charges = (
        _matched(day),
        _expenses(day, "expenses", EXPENSES, age=0),
        _expenses(day, "late", LATE, age=late),
    )
    _enter(day, pa.concat_tables(charges, promote_options="permissive"))


def _matched(day: Day) -> pa.Table:
    """Charges for deliveries that wait for an invoice; a few ask for more than was agreed."""
    picks = day.picks(
        "matched",
        MATCHED * day.scale,
        """
        SELECT min(_row) AS _row FROM {MTL_MATERIAL_TRANSACTIONS}
        WHERE TRANSACTION_TYPE_ID = 18 AND TRANSACTION_SOURCE_ID NOT IN (
          SELECT PO_HEADER_ID FROM {AP_INVOICES_ALL} WHERE PO_HEADER_ID IS NOT NULL)
        GROUP BY TRANSACTION_SOURCE_ID ORDER BY 1
        """,
    )
    return day.read(
        """
        WITH owed AS (
          SELECT p.serial, p.luck, m.TRANSACTION_SOURCE_ID AS order_id, i.LEDGER_ID,
                 sum(exact.worth(o.TRANSACTION_QUANTITY, o.TRANSACTION_COST)) AS accrued
          FROM picks p JOIN {MTL_MATERIAL_TRANSACTIONS} m USING (_row)
          JOIN items i USING (INVENTORY_ITEM_ID, ORGANIZATION_ID)
          JOIN {MTL_MATERIAL_TRANSACTIONS} o ON o.TRANSACTION_SOURCE_ID = m.TRANSACTION_SOURCE_ID
            AND o.TRANSACTION_TYPE_ID IN (18, 36)
          GROUP BY ALL
        ), known AS (
          SELECT _row, SET_OF_BOOKS_ID AS LEDGER_ID,
                 row_number() OVER (PARTITION BY SET_OF_BOOKS_ID ORDER BY _row) - 1 AS place,
                 count(*) OVER (PARTITION BY SET_OF_BOOKS_ID) AS many
          FROM {AP_INVOICES_ALL} WHERE PO_HEADER_ID IS NOT NULL
        )
        SELECT k._row AS like_row, o.order_id, exact.amount(o.accrued) AS accrued,
               CAST($now AS DATE) AS dated,
               exact.amount(CASE WHEN o.luck < 30 THEN o.accrued * 1.02 ELSE o.accrued END) AS net
        FROM owed o JOIN known k ON k.LEDGER_ID = o.LEDGER_ID
          AND k.place = (o.luck * 7919 + o.serial) % k.many
        ORDER BY o.serial
        """,
        picks=picks,
        items=day.items,
        now=day.now,
    )


def _expenses(day: Day, name: str, count: int, age: int) -> pa.Table:
    """Charges for what suppliers charged before, by a factor, dated ``age`` days ago."""
    picks = day.picks(
        name,
        count * day.scale,
        "SELECT _row FROM {AP_INVOICES_ALL} WHERE PO_HEADER_ID IS NULL "
        "AND CANCELLED_DATE IS NULL AND INVOICE_AMOUNT > 0 ORDER BY _row",
    )
    return day.read(
        """
        SELECT _row AS like_row, NULL AS order_id, exact.amount(0) AS accrued,
               CAST($now AS DATE) - CAST($age AS INTEGER) AS dated,
               exact.amount(exact.payable(charged * (0.8 + 0.0005 * p.luck), INVOICE_CURRENCY_CODE))
                 AS net
        FROM picks p JOIN (
          SELECT *, exact.amount(INVOICE_AMOUNT) - exact.amount(COALESCE(TOTAL_TAX_AMOUNT, 0))
                   AS charged
          FROM {AP_INVOICES_ALL}
        ) USING (_row)
        ORDER BY p.serial
        """,
        picks=picks,
        now=day.now,
        age=age,
    )


def _enter(day: Day, charges: pa.Table) -> None:
    """Enter and post invoices like others of their suppliers, at the rate of their date."""
    invoices = day.read(
        """
        WITH numbered AS (
          SELECT i.*, c.*, r.CONVERSION_RATE, row_number() OVER () AS serial,
                 CASE WHEN i.TOTAL_TAX_AMOUNT IS NOT NULL THEN ROUND(c.net * 0.19, 2) END AS tax
          FROM charges c JOIN {AP_INVOICES_ALL} i ON i._row = c.like_row
          JOIN {GL_LEDGERS} g ON g.LEDGER_ID = i.SET_OF_BOOKS_ID
          LEFT JOIN {GL_DAILY_RATES} r ON r.FROM_CURRENCY = i.INVOICE_CURRENCY_CODE
            AND r.TO_CURRENCY = g.CURRENCY_CODE AND r.CONVERSION_DATE = c.dated
        )
        SELECT * REPLACE (
          (SELECT max(INVOICE_ID) FROM {AP_INVOICES_ALL}) + serial AS INVOICE_ID,
          lpad(CAST(((SELECT max(INVOICE_ID) FROM {AP_INVOICES_ALL}) + serial - 1500001) * 7 + 104
                    AS VARCHAR), 8, '0') AS INVOICE_NUM,
          dated AS INVOICE_DATE, dated AS GL_DATE, dated AS TERMS_DATE,
          CASE WHEN net < 0 THEN 'CREDIT' ELSE 'STANDARD' END AS INVOICE_TYPE_LOOKUP_CODE,
          net + COALESCE(tax, 0) AS INVOICE_AMOUNT, tax AS TOTAL_TAX_AMOUNT, NULL AS AMOUNT_PAID,
          CONVERSION_RATE AS EXCHANGE_RATE,
          CASE WHEN CONVERSION_RATE IS NOT NULL THEN dated END AS EXCHANGE_DATE,
          CASE WHEN CONVERSION_RATE IS NOT NULL
               THEN exact.converted(net + COALESCE(tax, 0), CONVERSION_RATE) END AS BASE_AMOUNT,
          'N' AS PAYMENT_STATUS_FLAG, order_id AS PO_HEADER_ID, NULL AS NOTES)
        FROM numbered ORDER BY serial
        """,
        charges=charges,
    )
    day.insert("AP_INVOICES_ALL", invoices)
    day.post("Purchase Invoices", _postings(day, invoices))


def _postings(day: Day, invoices: pa.Table, sign: int = 1) -> pa.Table:
    """Payables against tax, what was accrued with its variance, or what is charged as expense.

    What a supplier charges for is always the same expense of the same cost centre.
    """
    return day.read(
        """
        WITH converted AS (
          SELECT *, $sign * exact.amount(INVOICE_AMOUNT) AS total,
                 $sign * exact.amount(COALESCE(TOTAL_TAX_AMOUNT, 0)) AS vat,
                 $sign * exact.converted(INVOICE_AMOUNT, EXCHANGE_RATE) AS worth,
                 $sign * exact.converted(COALESCE(TOTAL_TAX_AMOUNT, 0), EXCHANGE_RATE) AS vat_worth,
                 ({EXPENSES})[1 + VENDOR_ID % 7] AS expense,
                 lpad(CAST(100 * (1 + VENDOR_ID // 7 % 10) AS VARCHAR), 4, '0') AS cost_centre
          FROM invoices
        )
        SELECT SET_OF_BOOKS_ID AS LEDGER_ID, INVOICE_CURRENCY_CODE AS CURRENCY_CODE,
               GL_DATE AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg({PAYABLES}, -total, -worth), ebs.leg({INPUT_TAX}, vat, vat_worth),
                 CASE WHEN PO_HEADER_ID IS NULL
                      THEN ebs.leg(expense, total - vat, worth - vat_worth, centre := cost_centre)
                      ELSE ebs.leg({ACCRUAL}, accrued, accrued) END,
                 CASE WHEN PO_HEADER_ID IS NULL THEN ebs.leg({INVOICE_VARIANCE}, 0, 0)
                      ELSE ebs.leg({INVOICE_VARIANCE}, net - accrued, net - accrued) END
               ], recursive := true)
        FROM converted
        """,
        invoices=invoices,
        sign=sign,
    )


def cancel(day: Day) -> None:
    """Cancel expense invoices of earlier days of which nothing is paid: reversed on their date."""
    picks = day.picks(
        "cancelled",
        CANCELLED * day.scale,
        "SELECT _row FROM {AP_INVOICES_ALL} WHERE PO_HEADER_ID IS NULL AND AMOUNT_PAID IS NULL "
        "AND CANCELLED_DATE IS NULL AND INVOICE_AMOUNT > 0 AND GL_DATE < $date ORDER BY _row",
        date=day.date,
    )
    invoices = day.read(
        """
        SELECT i.*, 0 AS accrued, 0 AS net
        FROM picks JOIN {AP_INVOICES_ALL} i USING (_row) ORDER BY i._row
        """,
        picks=picks,
    )
    day.post("Purchase Invoices", _postings(day, invoices, sign=-1))
    cancelled = day.read(
        """
        SELECT _row, 0 AS INVOICE_AMOUNT, NULL AS TOTAL_TAX_AMOUNT,
               CASE WHEN BASE_AMOUNT IS NOT NULL THEN 0 END AS BASE_AMOUNT,
               exact.amount(INVOICE_AMOUNT) - exact.amount(COALESCE(TOTAL_TAX_AMOUNT, 0))
                 AS CANCELLED_AMOUNT, $now AS CANCELLED_DATE
        FROM invoices ORDER BY _row
        """,
        invoices=invoices,
        now=day.now,
    )
    day.write("AP_INVOICES_ALL", cancelled)
