"""Journals of the day: summarised from postings, and added to the balances they change.

Postings have one leg a row: LEDGER_ID, CURRENCY_CODE, EFFECTIVE_DATE and the fields of
``ebs.leg``. A date of an earlier period is posted there and carried into every later one.
"""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

_SOURCES = pa.table(
    {
        "JE_CATEGORY": [
            "Purchase Invoices",
            "Payments",
            "Sales Invoices",
            "Credit Memos",
            "Receipts",
            "Inventory",
            "Receiving",
            "WIP",
            "Adjustment",
        ],
        "JE_SOURCE": ["Payables"] * 2 + ["Receivables"] * 3 + ["Inventory"] * 3 + ["Manual"],
        "at_one_rate": [True, False, True] + [False] * 6,
    }
)
"""Foreign journals ``at_one_rate`` convert everything at the rate of their date."""


def post(day: Day) -> None:
    """Make journals of the day's open postings, and post them."""
    if day.postings:
        balance(day, enter(day, pa.concat_tables(day.postings)))
        day.postings.clear()


def enter(day: Day, postings: pa.Table, status: str = "P") -> pa.Table:
    """Enter one journal for each category, ledger, currency and date; returns their lines.

    Args:
        day: the day.
        postings: the legs, with their JE_CATEGORY.
        status: ``P`` for posted journals, ``U`` for others.
    """
    legs = _legs(day, postings)
    headers = _headers(day, legs, status)
    day.insert("GL_JE_HEADERS", headers)
    lines = _lines(day, legs, headers)
    day.insert("GL_JE_LINES", lines)
    return lines


def _legs(day: Day, postings: pa.Table) -> pa.Table:
    """Sums by journal, account and side. An exchange difference has no entered amount."""
    return day.read(
        """
        SELECT p.JE_CATEGORY, p.LEDGER_ID, p.CURRENCY_CODE,
               CAST(p.EFFECTIVE_DATE AS TIMESTAMP) AS EFFECTIVE_DATE,
               c.CODE_COMBINATION_ID, c.DESCRIPTION,
               CASE WHEN accounted <> 0 THEN accounted > 0 ELSE entered > 0 END AS is_debit,
               abs(sum(entered)) AS entered, abs(sum(accounted)) AS accounted, count(*) AS parts
        FROM postings p
        JOIN {GL_CODE_COMBINATIONS} c
          ON c.SEGMENT1 = CASE p.LEDGER_ID WHEN 2021 THEN '01' ELSE '02' END
         AND c.SEGMENT2 = p.centre AND c.SEGMENT3 = p.account AND c.SEGMENT4 = p.line
        WHERE entered <> 0 OR accounted <> 0
        GROUP BY ALL
        """,
        postings=postings,
    )


def _headers(day: Day, legs: pa.Table, status: str) -> pa.Table:
    return day.read(
        """
        WITH journals AS (
          SELECT JE_CATEGORY, LEDGER_ID, CURRENCY_CODE, EFFECTIVE_DATE,
                 COALESCE(sum(entered) FILTER (is_debit), 0) AS dr,
                 COALESCE(sum(entered) FILTER (NOT is_debit), 0) AS cr,
                 COALESCE(sum(accounted) FILTER (is_debit), 0) AS accounted_dr,
                 COALESCE(sum(accounted) FILTER (NOT is_debit), 0) AS accounted_cr
          FROM legs GROUP BY ALL
        ), numbered AS (
          SELECT *, (SELECT max(JE_HEADER_ID) FROM {GL_JE_HEADERS}) + row_number() OVER (
                   ORDER BY EFFECTIVE_DATE, LEDGER_ID, JE_CATEGORY, CURRENCY_CODE) AS id
          FROM journals
        )
        SELECT id AS JE_HEADER_ID, n.LEDGER_ID,
               20001 + date_diff('day', DATE '2024-01-01', CAST($now AS DATE)) AS JE_BATCH_ID,
               s.JE_SOURCE, n.JE_CATEGORY,
               strftime(EFFECTIVE_DATE, '%b-%y') AS PERIOD_NAME,
               concat_ws(' ', n.JE_CATEGORY, n.CURRENCY_CODE,
                         lpad(CAST(id - 200001 AS VARCHAR), 8, '0')) AS NAME,
               n.CURRENCY_CODE, $status AS STATUS, 'A' AS ACTUAL_FLAG,
               EFFECTIVE_DATE AS DEFAULT_EFFECTIVE_DATE, CAST($now AS DATE) AS DATE_CREATED,
               CASE $status WHEN 'P' THEN $now END AS POSTED_DATE,
               EFFECTIVE_DATE AS CURRENCY_CONVERSION_DATE,
               CASE WHEN rated.CONVERSION_RATE IS NULL THEN 'User' ELSE 'Corporate' END
                 AS CURRENCY_CONVERSION_TYPE,
               CASE WHEN n.CURRENCY_CODE = g.CURRENCY_CODE THEN 1 ELSE rated.CONVERSION_RATE END
                 AS CURRENCY_CONVERSION_RATE,
               dr AS RUNNING_TOTAL_DR, cr AS RUNNING_TOTAL_CR,
               accounted_dr AS RUNNING_TOTAL_ACCOUNTED_DR,
               accounted_cr AS RUNNING_TOTAL_ACCOUNTED_CR,
               n.JE_CATEGORY || ' zusammengefaßt' AS DESCRIPTION
        FROM numbered n
        JOIN sources s USING (JE_CATEGORY)
        JOIN {GL_LEDGERS} g ON g.LEDGER_ID = n.LEDGER_ID
        LEFT JOIN {GL_DAILY_RATES} rated
          ON s.at_one_rate AND rated.FROM_CURRENCY = n.CURRENCY_CODE
         AND rated.TO_CURRENCY = g.CURRENCY_CODE AND rated.CONVERSION_DATE = n.EFFECTIVE_DATE
        ORDER BY id
        """,
        legs=legs,
        now=day.now,
        sources=_SOURCES,
        status=status,
    )


def _lines(day: Day, legs: pa.Table, headers: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT h.JE_HEADER_ID,
               row_number() OVER (PARTITION BY h.JE_HEADER_ID ORDER BY l.CODE_COMBINATION_ID,
                                  NOT l.is_debit) AS JE_LINE_NUM,
               l.LEDGER_ID, l.CODE_COMBINATION_ID, h.PERIOD_NAME, l.EFFECTIVE_DATE, h.STATUS,
               CASE WHEN l.is_debit THEN l.entered END AS ENTERED_DR,
               CASE WHEN NOT l.is_debit THEN l.entered END AS ENTERED_CR,
               CASE WHEN l.is_debit THEN l.accounted END AS ACCOUNTED_DR,
               CASE WHEN NOT l.is_debit THEN l.accounted END AS ACCOUNTED_CR,
               l.DESCRIPTION, CAST(l.parts AS VARCHAR) AS REFERENCE_1,
               CASE WHEN h.JE_SOURCE <> 'Manual' THEN
                 (SELECT max(GL_SL_LINK_ID) FROM {GL_JE_LINES})
                 + row_number() OVER (ORDER BY h.JE_HEADER_ID, l.CODE_COMBINATION_ID, l.is_debit)
               END AS GL_SL_LINK_ID,
               CASE WHEN h.JE_SOURCE <> 'Manual' THEN 'XLAJEL' END AS GL_SL_LINK_TABLE,
               NULL AS STAT_AMOUNT, h.CURRENCY_CODE
        FROM legs l
        JOIN headers h ON h.JE_CATEGORY = l.JE_CATEGORY AND h.LEDGER_ID = l.LEDGER_ID
         AND h.CURRENCY_CODE = l.CURRENCY_CODE AND h.DEFAULT_EFFECTIVE_DATE = l.EFFECTIVE_DATE
        ORDER BY 1, 2
        """,
        legs=legs,
        headers=headers,
    )


def balance(day: Day, lines: pa.Table) -> None:
    """Add journal lines, with their CURRENCY_CODE, to their period's and all later balances."""
    balances = day.read(
        """
        SELECT b._row, c.*, 'A' AS ACTUAL_FLAG,
               CASE WHEN c.CURRENCY_CODE <> g.CURRENCY_CODE THEN 'R' END AS TRANSLATED_FLAG,
               'Month' AS PERIOD_TYPE, NULL AS BUDGET_VERSION_ID,
               COALESCE(b.PERIOD_NET_DR, 0) + net_dr AS PERIOD_NET_DR,
               COALESCE(b.PERIOD_NET_CR, 0) + net_cr AS PERIOD_NET_CR,
               COALESCE(b.PERIOD_NET_DR_BEQ, 0) + net_dr_beq AS PERIOD_NET_DR_BEQ,
               COALESCE(b.PERIOD_NET_CR_BEQ, 0) + net_cr_beq AS PERIOD_NET_CR_BEQ,
               COALESCE(b.BEGIN_BALANCE_DR, 0) + begin_dr AS BEGIN_BALANCE_DR,
               COALESCE(b.BEGIN_BALANCE_CR, 0) + begin_cr AS BEGIN_BALANCE_CR,
               COALESCE(b.BEGIN_BALANCE_DR_BEQ, 0) + begin_dr_beq AS BEGIN_BALANCE_DR_BEQ,
               COALESCE(b.BEGIN_BALANCE_CR_BEQ, 0) + begin_cr_beq AS BEGIN_BALANCE_CR_BEQ
        FROM changes c JOIN {GL_LEDGERS} g USING (LEDGER_ID)
        LEFT JOIN {GL_BALANCES} b ON b.LEDGER_ID = c.LEDGER_ID
          AND b.CODE_COMBINATION_ID = c.CODE_COMBINATION_ID
          AND b.CURRENCY_CODE = c.CURRENCY_CODE AND b.PERIOD_NAME = c.PERIOD_NAME
        ORDER BY b._row, c.LEDGER_ID, c.CODE_COMBINATION_ID, c.CURRENCY_CODE, c.PERIOD_NUM
        """,
        changes=_spread(day, lines),
    )
    day.write("GL_BALANCES", balances)


def _spread(day: Day, lines: pa.Table) -> pa.Table:
    """What the lines change in each period: its net amounts, or what it begins with.

    Everything counts in the ledger's own currency; what was entered in another counts there, too.
    After the year's end, income and expense are retained earnings.
    """
    return day.read(
        """
        WITH own AS (
          SELECT n.*, g.CURRENCY_CODE AS functional, g.RET_EARN_CODE_COMBINATION_ID AS retained,
                 COALESCE(ENTERED_DR, 0) AS e_dr, COALESCE(ENTERED_CR, 0) AS e_cr,
                 COALESCE(ACCOUNTED_DR, 0) AS a_dr, COALESCE(ACCOUNTED_CR, 0) AS a_cr
          FROM lines n JOIN {GL_LEDGERS} g USING (LEDGER_ID)
        ), amounts AS (
          SELECT LEDGER_ID, retained, CODE_COMBINATION_ID, PERIOD_NAME, functional AS CURRENCY_CODE,
                 a_dr AS dr, a_cr AS cr,
                 CASE WHEN CURRENCY_CODE = functional THEN a_dr ELSE 0 END AS dr_beq,
                 CASE WHEN CURRENCY_CODE = functional THEN a_cr ELSE 0 END AS cr_beq
          FROM own
          UNION ALL
          SELECT LEDGER_ID, retained, CODE_COMBINATION_ID, PERIOD_NAME, CURRENCY_CODE,
                 e_dr, e_cr, a_dr, a_cr
          FROM own WHERE CURRENCY_CODE <> functional
        )
        SELECT a.LEDGER_ID,
               CASE WHEN q.PERIOD_YEAR > p.PERIOD_YEAR AND c.ACCOUNT_TYPE IN ('R', 'E')
                    THEN a.retained ELSE a.CODE_COMBINATION_ID END AS CODE_COMBINATION_ID,
               a.CURRENCY_CODE, q.PERIOD_NAME, q.PERIOD_YEAR, q.PERIOD_NUM,
               COALESCE(sum(dr) FILTER (q.START_DATE = p.START_DATE), 0) AS net_dr,
               COALESCE(sum(cr) FILTER (q.START_DATE = p.START_DATE), 0) AS net_cr,
               COALESCE(sum(dr_beq) FILTER (q.START_DATE = p.START_DATE), 0) AS net_dr_beq,
               COALESCE(sum(cr_beq) FILTER (q.START_DATE = p.START_DATE), 0) AS net_cr_beq,
               COALESCE(sum(dr) FILTER (q.START_DATE > p.START_DATE), 0) AS begin_dr,
               COALESCE(sum(cr) FILTER (q.START_DATE > p.START_DATE), 0) AS begin_cr,
               COALESCE(sum(dr_beq) FILTER (q.START_DATE > p.START_DATE), 0) AS begin_dr_beq,
               COALESCE(sum(cr_beq) FILTER (q.START_DATE > p.START_DATE), 0) AS begin_cr_beq
        FROM amounts a
        JOIN {GL_CODE_COMBINATIONS} c USING (CODE_COMBINATION_ID)
        JOIN {GL_PERIODS} p USING (PERIOD_NAME)
        JOIN {GL_PERIODS} q ON q.START_DATE >= p.START_DATE
        GROUP BY ALL
        """,
        lines=lines,
    )
