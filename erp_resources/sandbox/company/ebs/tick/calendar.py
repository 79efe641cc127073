"""Before business begins: new periods with their opening balances, and the rates of the day."""

from datetime import date, timedelta

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick.day import Day

_LARGEST_STEP = 3  # permille a business day


def open_day(day: Day) -> None:
    """Open the periods up to the day's, and enter the rates up to the day."""
    with day.transaction():
        _enter_rates(day)
    while (first := _next_period(day)) <= day.date:
        with day.transaction():
            _open_period(day, first)


def _enter_rates(day: Day) -> None:
    """Rates stand still on the days between; the day's own move by some permille."""
    last: date = day.read("SELECT CAST(max(CONVERSION_DATE) AS DATE) AS d FROM {GL_DAILY_RATES}")[
        "d"
    ][0].as_py()
    steps = day.draws("rates").integers(-_LARGEST_STEP, _LARGEST_STEP + 1, 3)
    dates = [last + timedelta(days=n) for n in range(1, (day.date - last).days + 1)]
    foreign = ("USD", "GBP", "JPY")
    moves = [(d, c, int(s)) for d in dates for c, s in zip(foreign, steps, strict=True)]
    frame = pa.table(
        {
            "on_day": [d for d, _, _ in moves],
            "currency": [c for _, c, _ in moves],
            "step": [s if d == day.date else 0 for d, _, s in moves],
        }
    )
    rates = day.read(
        """
        WITH euros AS (
          SELECT m.on_day, m.currency, CAST(ROUND(
            CAST(r.CONVERSION_RATE AS DECIMAL(18, 8)) * (1 + 0.001 * m.step), 8
          ) AS DECIMAL(18, 8)) AS value
          FROM moves m JOIN {GL_DAILY_RATES} r
            ON r.FROM_CURRENCY = m.currency AND r.TO_CURRENCY = 'EUR' AND r.CONVERSION_DATE = $last
        )
        SELECT r.* REPLACE (
          e.on_day AS CONVERSION_DATE,
          CASE WHEN r.TO_CURRENCY = 'EUR' THEN e.value
               ELSE CAST(ROUND(1 / CAST(e.value AS DOUBLE), 8) AS DECIMAL(18, 8))
          END AS CONVERSION_RATE)
        FROM {GL_DAILY_RATES} r
        JOIN euros e ON e.currency IN (r.FROM_CURRENCY, r.TO_CURRENCY)
        WHERE r.CONVERSION_DATE = $last
        ORDER BY e.on_day, r.FROM_CURRENCY, r.TO_CURRENCY
        """,
        moves=frame,
        last=last,
    )
    day.insert("GL_DAILY_RATES", rates)


def _next_period(day: Day) -> date:
    last: date = day.read("SELECT CAST(max(END_DATE) AS DATE) AS d FROM {GL_PERIODS}")["d"][
        0
    ].as_py()
    return last + timedelta(days=1)


def _open_period(day: Day, first: date) -> None:
    """The month after the last: its row in the calendar, and all balances carried into it."""
    period = day.read(
        """
        SELECT * REPLACE (
          strftime(CAST($first AS DATE), '%b-%y') AS PERIOD_NAME,
          CAST($first AS DATE) AS START_DATE, last_day(CAST($first AS DATE)) AS END_DATE,
          PERIOD_YEAR + 1 AS PERIOD_YEAR,
          YEAR_START_DATE + INTERVAL 1 YEAR AS YEAR_START_DATE,
          QUARTER_START_DATE + INTERVAL 1 YEAR AS QUARTER_START_DATE)
        FROM {GL_PERIODS} WHERE START_DATE = CAST($first AS DATE) - INTERVAL 1 YEAR
        """,
        first=first,
    )
    day.insert("GL_PERIODS", period)
    day.write("GL_BALANCES", _carried(day, first))


def _carried(day: Day, first: date) -> pa.Table:
    """What every account begins the period with; in January income goes to retained earnings."""
    return day.read(
        """
        WITH closing AS (
          SELECT b.*, l.RET_EARN_CODE_COMBINATION_ID AS retained,
                 p.PERIOD_YEAR > b.PERIOD_YEAR AND c.ACCOUNT_TYPE IN ('R', 'E') AS closes,
                 p.PERIOD_NAME AS opened, p.PERIOD_YEAR AS opened_year, p.PERIOD_NUM AS opened_num
          FROM {GL_BALANCES} b
          JOIN {GL_PERIODS} q ON q.PERIOD_NAME = b.PERIOD_NAME
            AND CAST(q.END_DATE AS DATE) = CAST($first AS DATE) - 1
          JOIN {GL_PERIODS} p ON p.START_DATE = CAST($first AS DATE)
          JOIN {GL_CODE_COMBINATIONS} c USING (CODE_COMBINATION_ID)
          JOIN {GL_LEDGERS} l ON l.LEDGER_ID = b.LEDGER_ID
        ), moved AS (
          SELECT *, NOT closes AS carries FROM closing
          UNION ALL
          SELECT * REPLACE (retained AS CODE_COMBINATION_ID), TRUE FROM closing WHERE closes
        )
        SELECT LEDGER_ID, CODE_COMBINATION_ID, CURRENCY_CODE, opened AS PERIOD_NAME,
               ACTUAL_FLAG, TRANSLATED_FLAG, 'Month' AS PERIOD_TYPE,
               opened_year AS PERIOD_YEAR, opened_num AS PERIOD_NUM,
               0 AS PERIOD_NET_DR, 0 AS PERIOD_NET_CR,
               0 AS PERIOD_NET_DR_BEQ, 0 AS PERIOD_NET_CR_BEQ,
               sum(CASE WHEN carries THEN BEGIN_BALANCE_DR + PERIOD_NET_DR ELSE 0 END)
                 AS BEGIN_BALANCE_DR,
               sum(CASE WHEN carries THEN BEGIN_BALANCE_CR + PERIOD_NET_CR ELSE 0 END)
                 AS BEGIN_BALANCE_CR,
               sum(CASE WHEN carries THEN BEGIN_BALANCE_DR_BEQ + PERIOD_NET_DR_BEQ ELSE 0 END)
                 AS BEGIN_BALANCE_DR_BEQ,
               sum(CASE WHEN carries THEN BEGIN_BALANCE_CR_BEQ + PERIOD_NET_CR_BEQ ELSE 0 END)
                 AS BEGIN_BALANCE_CR_BEQ,
               NULL AS BUDGET_VERSION_ID
        FROM moved
        GROUP BY ALL ORDER BY LEDGER_ID, CODE_COMBINATION_ID, CURRENCY_CODE
        """,
        first=first,
    )
