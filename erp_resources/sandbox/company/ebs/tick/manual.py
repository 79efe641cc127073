"""Journals that people enter: posted, posted into an earlier period, or left unposted."""

import pyarrow as pa

from erp_resources.sandbox.company.ebs.tick import journals
from erp_resources.sandbox.company.ebs.tick.day import Day, as_postings


def accrue(day: Day) -> None:
    """Accruals of the day and of the month before, posted at once."""
    day.post("Adjustment", _accruals(day, "accruals", 3, age=0))
    day.post("Adjustment", _accruals(day, "late accruals", 1, age=day.date.day + 2))


def draft(day: Day) -> None:
    """Accruals that nobody has posted yet: in no balance, and they may be changed or deleted."""
    legs = _accruals(day, "unposted", 4, age=0)
    journals.enter(day, as_postings("Adjustment", legs), status="U")


def _accruals(day: Day, name: str, count: int, age: int) -> pa.Table:
    """Expenses against accrued expenses, in the ledgers' own currencies."""
    draws = day.draws(name)
    frame = pa.table(
        {
            "ledger": 2021 + 20 * (draws.integers(0, 5, count) // 4),
            "centre": 100 * draws.integers(1, 11, count),
            "cents": draws.integers(1_000, 9_000_000, count),
        }
    )
    return day.read(
        """
        SELECT ledger AS LEDGER_ID, g.CURRENCY_CODE,
               $date - CAST($age AS INTEGER) AS EFFECTIVE_DATE,
               UNNEST([
                 ebs.leg(({EXPENSES})[4], 0.01 * cents, 0.01 * cents,
                         centre := lpad(CAST(centre AS VARCHAR), 4, '0')),
                 ebs.leg({ACCRUED}, -0.01 * cents, -0.01 * cents)
               ], recursive := true)
        FROM accruals JOIN {GL_LEDGERS} g ON g.LEDGER_ID = ledger
        """,
        accruals=frame,
        date=day.date,
        age=age,
    )


def review(day: Day) -> None:
    """Of the unposted journals of earlier days some are posted, some deleted, some wait."""
    waiting = day.picks(
        "reviewed",
        4,
        "SELECT _row FROM {GL_JE_HEADERS} WHERE STATUS = 'U' AND CREATION_DATE < $date ORDER BY 1",
        date=day.date,
    )
    lines = day.read(
        """
        SELECT l.*, h.CURRENCY_CODE, h._row AS header_row, p.luck
        FROM picks p JOIN {GL_JE_HEADERS} h USING (_row)
        JOIN {GL_JE_LINES} l USING (JE_HEADER_ID) ORDER BY l._row
        """,
        picks=waiting,
    )
    _discard(day, day.read("SELECT * FROM lines WHERE luck < 400", lines=lines))
    _post(day, day.read("SELECT * FROM lines WHERE luck BETWEEN 400 AND 849", lines=lines))


def _discard(day: Day, lines: pa.Table) -> None:
    day.delete("GL_JE_LINES", lines)
    headers = "SELECT DISTINCT header_row AS _row FROM lines ORDER BY 1"
    day.delete("GL_JE_HEADERS", day.read(headers, lines=lines))


def _post(day: Day, lines: pa.Table) -> None:
    day.write("GL_JE_LINES", day.read("SELECT _row, 'P' AS STATUS FROM lines", lines=lines))
    headers = day.read(
        """
        SELECT DISTINCT header_row AS _row, 'P' AS STATUS, $now AS POSTED_DATE FROM lines ORDER BY 1
        """,
        lines=lines,
        now=day.now,
    )
    day.write("GL_JE_HEADERS", headers)
    journals.balance(day, lines)
