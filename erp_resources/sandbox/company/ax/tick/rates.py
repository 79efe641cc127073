"""The rates of the day: each is valid until the next, so the last ones end where these begin."""

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day

_LARGEST_STEP = 3  # permille


def enter(day: Day) -> None:
    """End the rates that hold for ever the day before, and enter those of the day."""
    last = day.read(
        """
        SELECT * FROM {EXCHANGERATE} WHERE VALIDTO > TIMESTAMP '2154-01-01'
        ORDER BY EXCHANGERATECURRENCYPAIR
        """
    )
    steps = day.draws("rates").integers(-_LARGEST_STEP, _LARGEST_STEP + 1, last.num_rows)
    moved = pa.table({"serial": np.arange(last.num_rows), "step": steps})
    rates = day.read(
        """
        WITH numbered AS (
          SELECT *, row_number() OVER (ORDER BY EXCHANGERATECURRENCYPAIR) - 1 AS serial FROM last
        )
        SELECT n.EXCHANGERATECURRENCYPAIR, CAST($date AS TIMESTAMP) AS VALIDFROM, n.VALIDTO,
               ROUND(CAST(n.EXCHANGERATE AS DECIMAL(18, 6)) * (1 + 0.001 * m.step), 6)
                 AS EXCHANGERATE
        FROM numbered n JOIN moved m USING (serial) ORDER BY serial
        """,
        last=last,
        moved=moved,
        date=day.date,
    )
    ended = day.read(
        "SELECT _row, CAST($date AS TIMESTAMP) - INTERVAL 1 DAY AS VALIDTO FROM last",
        last=last,
        date=day.date,
    )
    day.write("EXCHANGERATE", ended)
    day.insert("EXCHANGERATE", rates)
