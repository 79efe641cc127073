"""Invoices that are not complete yet: entered as drafts, amended, or given up.

What is sold is what was sold before, to the same customers in other quantities. A draft
(COMPLETE_FLAG N) is due from nobody, posted nowhere, and may be changed and deleted.
"""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

DRAFTS, AMENDED = 24, 8
"""A day at scale 1."""


def enter(day: Day) -> None:
    """Enter drafts, each a copy of an earlier invoice."""
    picks = day.picks(
        "drafts",
        DRAFTS * day.scale,
        "SELECT _row FROM {RA_CUSTOMER_TRX_ALL} "
        "WHERE CUST_TRX_TYPE_ID = 1 AND COMPLETE_FLAG = 'Y' ORDER BY _row",
    )
    copy(day, picks)


def copy(day: Day, picks: pa.Table, *, credits_them: bool = False) -> pa.Table:
    """Copies with new numbers, dated today: drafts, or credit memos for the whole invoices."""
    headers = day.read(
        """
        SELECT t.* EXCLUDE (_row) REPLACE (
          (SELECT max(CUSTOMER_TRX_ID) FROM {RA_CUSTOMER_TRX_ALL}) + 1 + p.serial
            AS CUSTOMER_TRX_ID,
          $prefix || lpad(CAST(p.serial + 1 + (
            SELECT max(CAST(split_part(TRX_NUMBER, '-', 2) AS BIGINT))
            FROM {RA_CUSTOMER_TRX_ALL} WHERE starts_with(TRX_NUMBER, $prefix)
          ) AS VARCHAR), 7, '0') AS TRX_NUMBER,
          CAST($now AS DATE) AS TRX_DATE, CASE WHEN $credits THEN 2 ELSE 1 END AS CUST_TRX_TYPE_ID,
          CASE WHEN $credits THEN t.CUSTOMER_TRX_ID END AS PREVIOUS_CUSTOMER_TRX_ID,
          CASE WHEN NOT $credits THEN t.TERM_ID END AS TERM_ID,
          CASE WHEN NOT $credits THEN CAST($now AS DATE) + (t.TERM_DUE_DATE - t.TRX_DATE) END
            AS TERM_DUE_DATE,
          CASE WHEN $credits THEN 'Y' ELSE 'N' END AS COMPLETE_FLAG, 'OP' AS STATUS_TRX),
          t.CUSTOMER_TRX_ID AS old_id, p.serial,
          CASE WHEN $credits THEN -1 ELSE 1 + p.luck % 3 END AS factor
        FROM picks p JOIN {RA_CUSTOMER_TRX_ALL} t USING (_row)
        ORDER BY p.serial
        """,
        picks=picks,
        prefix="CM-" if credits_them else "INV-",
        now=day.now,
        credits=credits_them,
    )
    day.insert("RA_CUSTOMER_TRX_ALL", headers)
    day.insert("RA_CUSTOMER_TRX_LINES_ALL", _copied_lines(day, headers))
    return headers.select(["CUSTOMER_TRX_ID"])


def _copied_lines(day: Day, headers: pa.Table) -> pa.Table:
    return day.read(
        """
        WITH copied AS (
          SELECT l.*, h.CUSTOMER_TRX_ID AS new_id, h.factor,
                 l.SALES_ORDER IS NOT NULL AND h.factor > 0 AS is_ordered,
                 (SELECT max(CUSTOMER_TRX_LINE_ID) FROM {RA_CUSTOMER_TRX_LINES_ALL})
                 + row_number() OVER (ORDER BY h.serial, l.CUSTOMER_TRX_LINE_ID) AS line_id
          FROM headers h
          JOIN {RA_CUSTOMER_TRX_LINES_ALL} l ON l.CUSTOMER_TRX_ID = h.old_id
        )
        SELECT * REPLACE (
          line_id AS CUSTOMER_TRX_LINE_ID, new_id AS CUSTOMER_TRX_ID,
          CASE WHEN LINE_TYPE = 'TAX' THEN min(line_id) OVER (PARTITION BY new_id) END
            AS LINK_TO_CUST_TRX_LINE_ID,
          CASE WHEN factor > 0 THEN CAST(QUANTITY_INVOICED AS DECIMAL(15, 3)) * factor END
            AS QUANTITY_INVOICED,
          CASE WHEN factor < 0 THEN CAST(QUANTITY_INVOICED AS DECIMAL(15, 3)) * factor END
            AS QUANTITY_CREDITED,
          exact.amount(EXTENDED_AMOUNT) * factor AS EXTENDED_AMOUNT,
          exact.amount(REVENUE_AMOUNT) * factor AS REVENUE_AMOUNT,
          CASE WHEN is_ordered THEN CAST(new_id - 940000 AS VARCHAR) END AS SALES_ORDER,
          CASE WHEN is_ordered THEN CAST(line_id + 6000000 AS VARCHAR) END
            AS INTERFACE_LINE_ATTRIBUTE6)
        FROM copied ORDER BY line_id
        """,
        headers=headers,
    )


def amend(day: Day) -> None:
    """Of the drafts of earlier days: other quantities, lines struck out, whole drafts given up."""
    drafts = day.picks(
        "amended",
        AMENDED * day.scale,
        "SELECT _row FROM {RA_CUSTOMER_TRX_ALL} "
        "WHERE COMPLETE_FLAG = 'N' AND CREATION_DATE < $date ORDER BY _row",
        date=day.date,
    )
    lines = day.read(
        """
        SELECT l.*, p.luck, t.CUSTOMER_TRX_ID AS document, t.INVOICE_CURRENCY_CODE AS currency,
               row_number() OVER (PARTITION BY l.CUSTOMER_TRX_ID, l.LINE_TYPE = 'TAX'
                                  ORDER BY l.CUSTOMER_TRX_LINE_ID) AS place
        FROM picks p JOIN {RA_CUSTOMER_TRX_ALL} t USING (_row)
        JOIN {RA_CUSTOMER_TRX_LINES_ALL} l USING (CUSTOMER_TRX_ID)
        """,
        picks=drafts,
    )
    _give_up(day, lines)
    _change_quantities(day, lines)
    _tax_again(day, lines)


def _give_up(day: Day, lines: pa.Table) -> None:
    """A quarter of the drafts as a whole, of another quarter all lines but the first."""
    gone = "luck < 250 OR luck < 500 AND place > 1 AND LINE_TYPE <> 'TAX'"
    day.delete(
        "RA_CUSTOMER_TRX_LINES_ALL",
        day.read(f"SELECT _row FROM lines WHERE {gone}", lines=lines),  # noqa: S608
    )
    headers = day.read(
        """
        SELECT _row FROM {RA_CUSTOMER_TRX_ALL}
        WHERE CUSTOMER_TRX_ID IN (SELECT CUSTOMER_TRX_ID FROM lines WHERE luck < 250)
        """,
        lines=lines,
    )
    day.delete("RA_CUSTOMER_TRX_ALL", headers)


def _change_quantities(day: Day, lines: pa.Table) -> None:
    """The first line of the other drafts: twice as much."""
    changed = day.read(
        """
        SELECT _row, CAST(QUANTITY_INVOICED AS DECIMAL(15, 3)) * 2 AS QUANTITY_INVOICED,
               exact.amount(EXTENDED_AMOUNT) * 2 AS EXTENDED_AMOUNT,
               exact.amount(REVENUE_AMOUNT) * 2 AS REVENUE_AMOUNT
        FROM lines WHERE luck >= 500 AND place = 1 AND LINE_TYPE <> 'TAX' ORDER BY _row
        """,
        lines=lines,
    )
    day.write("RA_CUSTOMER_TRX_LINES_ALL", changed)


def _tax_again(day: Day, lines: pa.Table) -> None:
    taxes = day.read(
        """
        SELECT t._row, ROUND(sum(exact.amount(l.EXTENDED_AMOUNT))
                             * CAST(t.TAX_RATE AS DECIMAL(5, 2)) * 0.01, 2) AS EXTENDED_AMOUNT
        FROM {RA_CUSTOMER_TRX_LINES_ALL} t
        JOIN {RA_CUSTOMER_TRX_LINES_ALL} l USING (CUSTOMER_TRX_ID)
        WHERE t.LINE_TYPE = 'TAX' AND l.LINE_TYPE <> 'TAX'
          AND t.CUSTOMER_TRX_ID IN (SELECT CUSTOMER_TRX_ID FROM lines WHERE luck >= 250)
        GROUP BY t._row, t.TAX_RATE ORDER BY t._row
        """,
        lines=lines,
    )
    day.write("RA_CUSTOMER_TRX_LINES_ALL", taxes)
