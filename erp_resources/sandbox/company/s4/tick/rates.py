"""The rates of the day: TCURR, daily and, at the beginning of a month, for the month."""

import pyarrow as pa

from erp_resources.sandbox.company.s4.tick.day import Day

_LARGEST_STEP = 3  # permille
_FOREIGN = ("USD", "GBP", "JPY", "KWD")


def enter(day: Day) -> None:
    """What the euro is worth moves by some permille; all other rates follow."""
    rates = _daily(day, _euros(day))
    day.insert("TCURR", pa.concat_tables([rates, _monthly(day, rates)]))


def _euros(day: Day) -> pa.Table:
    """What one unit of each ``currency`` is ``worth`` in EUR from now on."""
    steps = day.draws("rates").integers(-_LARGEST_STEP, _LARGEST_STEP + 1, len(_FOREIGN))
    return day.read(
        """
        SELECT FCURR AS currency,
               ROUND(CAST(UKURS AS DECIMAL(9, 5)) * (1 + 0.001 * m.step), 5) / FFACT AS worth
        FROM {TCURR} r JOIN moves m USING (FCURR) WHERE TCURR = 'EUR' AND KURST = 'M'
        QUALIFY row_number() OVER (PARTITION BY FCURR ORDER BY GDATU) = 1
        UNION ALL SELECT 'EUR', 1
        """,
        moves=pa.table({"FCURR": _FOREIGN, "step": steps}),
    )


def _daily(day: Day, euros: pa.Table) -> pa.Table:
    return day.read(
        """
        SELECT r.* REPLACE (
                 s4.inverted($today) AS GDATU,
                 CAST(ROUND(f.worth / t.worth * r.FFACT, 5) AS DECIMAL(9, 5)) AS UKURS)
        FROM {TCURR} r
        JOIN euros f ON f.currency = r.FCURR JOIN euros t ON t.currency = r.TCURR
        WHERE r.KURST = 'M'
        QUALIFY row_number() OVER (PARTITION BY r.FCURR, r.TCURR ORDER BY r.GDATU) = 1
        ORDER BY r.FCURR, r.TCURR
        """,
        euros=euros,
        today=day.today,
    )


def _monthly(day: Day, rates: pa.Table) -> pa.Table:
    """The rates to EUR from the month's first day on, if it has none yet: quoted indirectly."""
    return day.read(
        """
        SELECT * REPLACE (
                 'EURX' AS KURST, s4.inverted($today[:6] || '01') AS GDATU,
                 -CAST(ROUND(1 / CAST(UKURS AS DOUBLE), 5) AS DECIMAL(9, 5)) AS UKURS)
        FROM rates WHERE TCURR = 'EUR' AND s4.inverted($today[:6] || '01') NOT IN (
          SELECT GDATU FROM {TCURR} WHERE KURST = 'EURX')
        ORDER BY FCURR
        """,
        rates=rates,
        today=day.today,
    )
