"""A plant and a trading company on Dynamics AX 2012: 24 months in a EUR and a GBP ledger.

What holds in the generated rows, to the cent:
- Every voucher balances as transacted, in the accounting and in the reporting currency (USD).
- The accounts for receivables, payables, inventory, goods received and accrued purchases equal what
  CUSTTRANS, VENDTRANS and INVENTTRANS say is open, in stock or not yet invoiced.
- What is settled of a transaction is the sum of its settlements; INVENTSUM is the sum of
  INVENTTRANS, though neither is made from the other.
- What production orders consumed is what the bills of materials of their day ask for.

Stock is valued at standard cost. Packing slips of sales are not posted in the ledger (an AX
parameter), product receipts are. The reporting currency follows from the accounting currency.

As in AX, nothing is NULL: '' and 1900-01-01 stand for what is not there. Only SYSROWVERSION is,
which the database has to compute. The legal entity dat holds nothing but the system's own data.

The companies deal with the first customers, vendors and items of ``masters``, as the Oracle company
of the same seed does, but spell and number them in their own way (``spelling``, ``keys``).
``keys.account_positions`` and ``keys.item_positions`` give the canonical position behind an
ACCOUNTNUM or ITEMID; a party's follows from the account that refers to it. Every 29th customer or
vendor is not known here, every ninth has an account in both legal entities.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax import (
    chart,
    enterprise,
    entities,
    inventory_rows,
    journal_rows,
    manual,
    order_rows,
    party_rows,
    payables,
    product_rows,
    production,
    purchases,
    sales,
    shipping,
    subledger,
    subledger_rows,
)
from erp_resources.sandbox.company.ax.declarations import TABLES
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.inventory import Warehouse
from erp_resources.sandbox.company.ax.subledger import Documents
from erp_resources.sandbox.company.settlement import Settlements

SEED = 20260101


def tables() -> tuple[Table, ...]:
    """The declarations, in the order in which ``generate`` yields their rows."""
    return TABLES


def generate(scale: int = 1, seed: int = SEED) -> Iterator[tuple[Table, pa.Table]]:
    """Each table with its rows, which are the same for the same arguments on every machine.

    Args:
        scale: how many times the 200,000 rows of scale 1.

    Raises:
        ValueError: if ``scale`` is not between 1 and 1024.
    """
    company = enterprise.found(scale, seed)
    yield from _masters(company)
    house = Warehouse(company)
    sold = sales.sell(company)
    wanted = production.run(company, house, shipping.ship(company, house, sold))
    bought = purchases.buy(company, house, wanted)
    yield from order_rows.sales_rows(company, sold)
    yield from order_rows.purchase_rows(company, bought)
    yield from inventory_rows.rows(company, house)
    yield from _collected(company, sold)
    yield from _paid(company, payables.receive(company, house, bought))
    manual.keep(company)
    yield from journal_rows.rows(company.ledger)


def _masters(company: Enterprise) -> Iterator[tuple[Table, pa.Table]]:
    yield from entities.rows()
    yield from chart.rows()
    yield from company.rates.rows()
    yield from party_rows.rows(company)
    yield from product_rows.rows(company)
    yield entities.dimension_rows()


def _collected(company: Enterprise, sold: sales.Sales) -> Iterator[tuple[Table, pa.Table]]:
    """Credit notes settle the invoices of the orders that they take back, payments the rest."""
    credit, credited = sales.credited(sold)
    settled = subledger.settle(company, subledger.CUSTOMERS, sold.invoices, credited, credit)
    yield from subledger_rows.rows(company, subledger_rows.CUSTOMERS, settled)


def _paid(company: Enterprise, owed: Documents) -> Iterator[tuple[Table, pa.Table]]:
    nothing = np.zeros(0, np.int64)
    none = Settlements(*(nothing for _ in range(6)))
    settled = subledger.settle(company, subledger.VENDORS, owed, none, nothing)
    yield from subledger_rows.rows(company, subledger_rows.VENDORS, settled)
