"""One business day of the subsidiary: how it stamps its rows, and what it has to post."""

from datetime import date

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.business import Business, BusinessDay, with_all, with_column
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.organizations import BATCH_USER, USERS

ACCOUNTS = {
    name: f"'{account.number}'"
    for name, account in vars(chart).items()
    if isinstance(account, chart.Account)
} | {"EXPENSES": str([account.number for account in chart.EXPENSES])}
"""Natural accounts as statements name them: ``{RECEIVABLES}``; ``{EXPENSES}`` is a list of them."""

MACROS = """
CREATE SCHEMA IF NOT EXISTS ebs;
CREATE OR REPLACE MACRO ebs.leg(account, entered, accounted, line := '000', centre := '0000') AS
  {'account': account, 'line': line, 'centre': centre,
   'entered': CAST(entered AS DECIMAL(38, 2)), 'accounted': CAST(accounted AS DECIMAL(38, 2))};
"""
"""One leg of a posting; debits are positive."""

_POSTINGS = pa.schema(
    {
        "JE_CATEGORY": pa.string(),
        "LEDGER_ID": pa.int64(),
        "CURRENCY_CODE": pa.string(),
        "EFFECTIVE_DATE": pa.date32(),
        "account": pa.string(),
        "line": pa.string(),
        "centre": pa.string(),
        "entered": pa.decimal128(38, 2),
        "accounted": pa.decimal128(38, 2),
    }
)


class Day(BusinessDay):
    """A business day of the subsidiary.

    Attributes:
        postings: what the open transaction has to make journals of.
    """

    def __init__(self, business: Business, day: date, items: pa.Table) -> None:
        super().__init__(business, day, items, **ACCOUNTS)
        self.postings: list[pa.Table] = []

    def insert(self, table: str, rows: pa.Table) -> None:
        """Add rows, which are created now."""
        new = rows.drop_columns(["_row"]) if "_row" in rows.column_names else rows
        users = pa.array(USERS[np.arange(new.num_rows) * 17 % len(USERS)])
        created = with_all(new, "CREATION_DATE", self.now)
        self.write(table, with_column(created, "CREATED_BY", users))

    def write(self, table: str, rows: pa.Table) -> None:
        """See ``Books.write``; the rows are last changed now."""
        stamped = with_all(rows, "LAST_UPDATE_DATE", self.now)
        self.books.write(table, with_all(stamped, "LAST_UPDATED_BY", BATCH_USER))

    def post(self, category: str, postings: pa.Table) -> None:
        """Have postings made into journals at the end of the transaction; see ``journals``."""
        self.postings.append(as_postings(category, postings))


def as_postings(category: str, legs: pa.Table) -> pa.Table:
    """Legs of postings, all of one category of journals."""
    named = with_all(legs, "JE_CATEGORY", category)
    return named.select(_POSTINGS.names).cast(_POSTINGS)
