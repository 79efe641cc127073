"""One business day on AX: how it stamps its rows, what its day's rates are, what it has to post."""

from datetime import date, datetime
from functools import cached_property

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.ax.system import PARTITION
from erp_resources.sandbox.company.business import Business, BusinessDay, with_all, with_column

MACROS = """
CREATE SCHEMA IF NOT EXISTS ax;
CREATE OR REPLACE MACRO ax.never() AS TIMESTAMP '1900-01-01';
CREATE OR REPLACE MACRO ax.number(prefix, position) AS
  prefix || lpad(CAST(position AS VARCHAR), 7, '0');
CREATE OR REPLACE MACRO ax.line_amount(quantity, price, percent, currency) AS
  exact.payable(ROUND(CAST(quantity AS DECIMAL(12, 3)) * CAST(price AS DECIMAL(14, 2))
                      * (100 - CAST(percent AS DECIMAL(5, 2))) * 0.01, 2), currency);
CREATE OR REPLACE MACRO ax.thousandths(quantity) AS
  CAST(CAST(quantity AS DECIMAL(15, 3)) * 1000 AS HUGEINT);
CREATE OR REPLACE MACRO ax.needed(quantity, each, scrap) AS
  (ax.thousandths(quantity) * ax.thousandths(each) * 100 + ax.thousandths(100 - scrap) // 2)
  // ax.thousandths(100 - scrap);
CREATE OR REPLACE MACRO ax.leg(
  type, account, amount, accounting, segment := '', reporting := NULL) AS
  {'type': type, 'account': account, 'segment': segment, 'amount': CAST(amount AS DECIMAL(38, 2)),
   'accounting': CAST(accounting AS DECIMAL(38, 2)),
   'reporting': CAST(reporting AS DECIMAL(38, 2))};
"""
"""What has not happened, numbers as printed, amounts of lines, and one leg of a posting.

``needed`` are thousandths of a component, with the scrap (percent of what is put in).
Debits are positive. Without ``reporting`` a leg is worth in the reporting currency what the rate of
its date makes it.
"""

_BATCH_USER, _VERSIONS = "Admin", 2**31 - 1
_POSTINGS = pa.schema(
    {
        "VOUCHER": pa.string(),
        "DATAAREAID": pa.string(),
        "TRANSDATE": pa.timestamp("us"),
        "CURRENCYCODE": pa.string(),
        "type": pa.int32(),
        "account": pa.string(),
        "segment": pa.string(),
        "amount": pa.decimal128(38, 2),
        "accounting": pa.decimal128(38, 2),
        "reporting": pa.decimal128(38, 2),
    }
)


class Day(BusinessDay):
    """A business day of the AX companies.

    Attributes:
        postings: what the open transaction has to make journal entries of.
    """

    def __init__(self, business: Business, day: date, items: pa.Table) -> None:
        super().__init__(business, day, items)
        self.postings: list[pa.Table] = []

    @cached_property
    def rates(self) -> pa.Table:
        """All rates, once the day's own are entered: ``source``, ``target``, ``rate`` and days."""
        return self.read(
            """
            SELECT FROMCURRENCYCODE AS source, TOCURRENCYCODE AS target,
                   CAST(r.EXCHANGERATE AS DECIMAL(18, 6)) * 0.01 AS rate,
                   r.VALIDFROM AS since, r.VALIDTO AS until
            FROM {EXCHANGERATE} r
            JOIN {EXCHANGERATECURRENCYPAIR} p ON p.RECID = r.EXCHANGERATECURRENCYPAIR
            """
        )

    def insert(self, table: str, rows: pa.Table) -> pa.Table:
        """Add rows, which are created now; returns them with the record numbers they have."""
        new = rows.drop_columns(["_row"]) if "_row" in rows.column_names else rows
        if "RECID" not in new.column_names:
            last = self.read(f"SELECT max(RECID) AS last FROM {{{table}}}")["last"][0].as_py()  # noqa: S608
            new = new.append_column("RECID", pa.array(last + 1 + np.arange(new.num_rows)))
        for name, value in self._created().items():
            new = with_all(new, name, value)
        self.books.write(table, with_column(new, "SYSROWVERSION", pa.nulls(new.num_rows)))
        return new

    def write(self, table: str, rows: pa.Table) -> None:
        """Change the rows that ``_row`` names, now."""
        version = 2 + int(self.now.timestamp()) * 7919 % (_VERSIONS - 2)
        changed = with_all(with_all(rows, "RECVERSION", version), "MODIFIEDDATETIME", self.now)
        self.books.write(table, with_all(changed, "MODIFIEDBY", _BATCH_USER))

    def post(self, postings: pa.Table) -> None:
        """Have postings made into journal entries at the end of the transaction."""
        self.postings.append(postings.select(_POSTINGS.names).cast(_POSTINGS))

    def _created(self) -> dict[str, datetime | str | int]:
        return {
            "CREATEDDATETIME": self.now,
            "CREATEDBY": _BATCH_USER,
            "MODIFIEDDATETIME": self.now,
            "MODIFIEDBY": _BATCH_USER,
            "RECVERSION": 1,
            "PARTITION": PARTITION,
        }
