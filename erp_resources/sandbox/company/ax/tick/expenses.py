"""Vendors' invoices of the day for expenses; some come late."""

import pyarrow as pa

from erp_resources.sandbox.company.ax.tick.day import Day
from erp_resources.sandbox.company.ax.tick.subledger import VENDORS, enter_invoices

EXPENSES, LATE = 4, 1
"""A day at scale 1."""


def charge(day: Day) -> None:
    """Invoices for expenses, and a late one that is posted into the month before."""
    today = _expenses(day, "expenses", EXPENSES, age=0)
    late = _expenses(day, "late", LATE, age=day.date.day + 4)
    lines = day.read(
        "SELECT *, row_number() OVER () AS document FROM (FROM today UNION ALL FROM late)",
        today=today,
        late=late,
    )
    lines = enter_invoices(day, VENDORS, lines, "VIN-", "FA-", 14)
    spent = day.read(
        """
        SELECT VOUCHER, DATAAREAID, dated AS TRANSDATE, CURRENCYCODE, UNNEST(ax.leg(
                 14, ['602100', '602200', '602300', '602400'][1 + luck % 4], net,
                 exact.converted(net, rate),
                 segment := '-' || lpad(CAST(1 + luck % 10 AS VARCHAR), 2, '0')))
        FROM lines
        """,
        lines=lines,
    )
    day.post(spent)


def _expenses(day: Day, name: str, count: int, age: int) -> pa.Table:
    """What vendors charged before, by a factor, dated ``age`` days ago."""
    picks = day.picks(
        name,
        count * day.scale,
        "SELECT _row FROM {VENDTRANS} WHERE TRANSTYPE = 14 AND AMOUNTCUR < 0 ORDER BY _row",
    )
    return day.read(
        """
        SELECT t.DATAAREAID, t.ACCOUNTNUM, t.CURRENCYCODE, p.luck,
               CAST($date AS DATE) - CAST($age AS INTEGER) AS dated,
               exact.amount(exact.payable(-exact.amount(t.AMOUNTCUR) * (0.6 + 0.0005 * p.luck),
                                          t.CURRENCYCODE)) AS net
        FROM picks p JOIN {VENDTRANS} t USING (_row) ORDER BY p.serial
        """,
        picks=picks,
        date=day.date,
        age=age,
    )
