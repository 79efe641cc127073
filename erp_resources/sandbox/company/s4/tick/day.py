"""One business day on S/4HANA: how it reads client 100 and fills new rows, and the day's rates."""

from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.books import Given
from erp_resources.sandbox.company.business import Business, BusinessDay
from erp_resources.sandbox.company.s4 import chart
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.ddic import CLIENT_FIELDS, TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import COMPANY_CODES, TAX_PERCENT
from erp_resources.sandbox.company.s4.tick.specimens import Specimens
from erp_resources.sandbox.company.s4.values import CLIENT, initial

_PERCENT = " ".join(
    f"WHEN '{code}' THEN {percent}"
    for code, percent in zip(COMPANY_CODES, TAX_PERCENT.tolist(), strict=True)
)
MACROS = f"""
CREATE SCHEMA IF NOT EXISTS s4;
CREATE OR REPLACE MACRO s4.later(day, days) AS
  strftime(strptime(day, '%Y%m%d') + to_days(CAST(days AS INTEGER)), '%Y%m%d');
CREATE OR REPLACE MACRO s4.inverted(day) AS CAST(99999999 - CAST(day AS INTEGER) AS VARCHAR);
CREATE OR REPLACE MACRO s4.number(position) AS lpad(CAST(position AS VARCHAR), 10, '0');
CREATE OR REPLACE MACRO s4.signed(amount, side) AS
  CAST(CASE side WHEN 'S' THEN amount ELSE -amount END AS DECIMAL(38, 2));
CREATE OR REPLACE MACRO s4.worth(quantity, price, unit) AS
  ROUND(CAST(quantity AS DECIMAL(13, 3)) * CAST(price AS DECIMAL(13, 2))
        * (CAST(1000 // CAST(unit AS INTEGER) AS DECIMAL(4, 0)) * 0.001), 2);
CREATE OR REPLACE MACRO s4.tax(net, company) AS
  ROUND(exact.amount(net) * CASE company {_PERCENT} ELSE 0 END * 0.01, 2);
CREATE OR REPLACE MACRO s4.leg(
  account, amount, local, base := 0, partner := '', terms := '', invoice := '', year := '0000',
  material := '', plant := '', quantity := 0, purchase := '', item := '00000', centre := '',
  cleared := FALSE) AS
  {{'HKONT': account, 'amount': CAST(amount AS DECIMAL(38, 2)),
    'local': CAST(local AS DECIMAL(38, 2)), 'base': CAST(base AS DECIMAL(38, 2)),
    'partner': partner, 'ZTERM': terms, 'REBZG': invoice, 'REBZJ': year, 'MATNR': material,
    'WERKS': plant, 'MENGE': CAST(quantity AS DECIMAL(13, 3)), 'EBELN': purchase, 'EBELP': item,
    'KOSTL': centre, 'cleared': cleared}};
"""
"""Dates and numbers as they are stored, what quantities are worth, and one leg of a posting.

Debits are positive. A leg's ``local`` amount is in the company code's currency, ``base`` is what a
tax is for, ``invoice`` (and its ``year``) what a payment belongs to; ``cleared`` legs are settled
by their own document.
"""


class Day(BusinessDay):
    """A business day of the headquarters; what it reads and enters is in client 100.

    In statements ``{RECEIVABLES}`` and its like (``Account``) are numbers of accounts.

    Attributes:
        hq: its masters, as far as they do not change.
        specimens: how lines of documents look.
        today: the day, as SAP stores it.
    """

    def __init__(
        self,
        business: Business,
        day: date,
        hq: Headquarters,
        specimens: Specimens,
    ) -> None:
        super().__init__(business, day, specimens.items)
        self.hq = hq
        self.specimens = specimens
        self.today = day.strftime("%Y%m%d")

    @property
    def time(self) -> str:
        """The time of the open transaction, as SAP stores it."""
        return self.now.strftime("%H%M%S")

    @cached_property
    def rates(self) -> pa.Table:
        """The rates of the day, once they are entered; see ``rates_on``."""
        return self.rates_on(self.today)

    def rates_on(self, day: str) -> pa.Table:
        """What currencies are worth to each company code on a day: BUKRS, WAERS and KURSF.

        KURSF times ``scale`` is the rate between amounts as they are stored, as if all currencies
        had two decimals: the ``rate``.
        """
        return self.read(
            """
            WITH latest AS (
              SELECT * FROM {TCURR} WHERE KURST = 'M' AND GDATU >= s4.inverted($day)
              QUALIFY row_number() OVER (PARTITION BY FCURR, TCURR ORDER BY GDATU) = 1
            )
            SELECT t.BUKRS, r.FCURR AS WAERS, CAST(r.UKURS AS DECIMAL(9, 5)) AS KURSF,
                   CAST(power(10, COALESCE(l.CURRDEC, 2) - COALESCE(f.CURRDEC, 2)) / r.FFACT
                        AS DECIMAL(9, 4)) AS scale, KURSF * scale AS rate
            FROM latest r JOIN {T001} t ON t.WAERS = r.TCURR
            LEFT JOIN {TCURX} l ON l.CURRKEY = r.TCURR LEFT JOIN {TCURX} f ON f.CURRKEY = r.FCURR
            UNION ALL SELECT BUKRS, WAERS, 1, 1, 1 FROM {T001}
            """,
            day=day,
        )

    def read(self, select: str, **given: Given) -> pa.Table:
        """See ``Books.read``; tables are those of the client."""
        return super().read(select.format_map(_NAMES), **given)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Add rows; what is not given of them is initial, what is not declared is left out."""
        columns = {
            column.name: rows[column.name]
            if column.name in rows.column_names
            else pa.repeat(initial(column.type), rows.num_rows)
            for column in TABLES[table].columns
        }
        self.books.write(table, pa.table(columns))

    def write(self, table: str, rows: pa.Table) -> None:
        """Change the rows that ``_row`` names."""
        self.books.write(table, rows)


def serials(count: int) -> pa.Array:
    """0, 1, 2 … for rows that have to stay in order."""
    return pa.array(np.arange(count))


def _in_client(table: str) -> str:
    first = TABLES[table].primary_key[0]
    if first not in CLIENT_FIELDS:
        return f"{{{table}}}"
    return f"(FROM {{{table}}} WHERE {first} = '{CLIENT}')"


_NAMES = {table: _in_client(table) for table in TABLES} | {
    account.name: f"'{number}'"
    for account, number in zip(Account, chart.NUMBERS.to_pylist(), strict=True)
}
