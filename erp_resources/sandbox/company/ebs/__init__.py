"""A manufacturing subsidiary on Oracle E-Business Suite: 24 months in a EUR and a USD ledger.

What holds in the generated rows, to the cent:
- Every journal balances, accounted and per entered currency; the trial balance of every ledger and
  period sums to zero; GL_BALANCES agrees with GL_JE_LINES, though neither is made from the other.
- The accounts for receivables, unapplied receipts, payables, inventory, and goods received but not
  invoiced equal what their subledgers say is open.
- What is due or paid on an invoice is its amount less its applications or payments; stock on hand
  is the sum of the material transactions.

Sums of money are whole hundredths inside; documents refer to each other by position, and only the
rows have the keys of the ERP.
"""

from collections.abc import Iterator

import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ebs import (
    balances,
    chart,
    inventory_rows,
    journals,
    ledgers,
    manual,
    parties,
    payables,
    payables_rows,
    payments,
    production,
    receipts,
    receipts_rows,
    receivables,
    receivables_rows,
    structures,
    subsidiary,
)
from erp_resources.sandbox.company.ebs.declarations import TABLES


def tables() -> tuple[Table, ...]:
    """The declarations, in the order in which ``generate`` yields their rows."""
    return TABLES


def generate(scale: int = 1, seed: int = 20260101) -> Iterator[tuple[Table, pa.Table]]:
    """Each table with its rows, which are the same for the same arguments on every machine.

    Args:
        scale: how many times the 250,000 rows of scale 1.

    Raises:
        ValueError: if ``scale`` is not between 1 and 1024.
    """
    company = subsidiary.found(scale, seed)
    yield from _masters(company)
    sales = receivables.bill(company)
    yield from _sold(company, sales)
    house, purchases = production.run(company, sales)
    del sales
    yield from inventory_rows.movement_rows(company, house)
    del house
    yield from _bought(company, purchases)
    manual.keep(company)
    yield from journals.rows(company)
    yield from balances.rows(company.ledger)


def _masters(company: subsidiary.Subsidiary) -> Iterator[tuple[Table, pa.Table]]:
    yield from ledgers.rows()
    yield from chart.rows()
    yield from company.rates.rows()
    yield from parties.rows(company)
    yield from inventory_rows.item_rows(company)
    yield from structures.rows(company.bills)


def _sold(
    company: subsidiary.Subsidiary, sales: receivables.Sales
) -> Iterator[tuple[Table, pa.Table]]:
    collections = receipts.collect(company, sales)
    yield from receivables_rows.rows(company, sales, collections)
    yield from receipts_rows.rows(sales, collections)


def _bought(
    company: subsidiary.Subsidiary, purchases: production.Purchases
) -> Iterator[tuple[Table, pa.Table]]:
    bills = payables.receive(company, purchases)
    yield from payables_rows.rows(bills, payments.pay(company, bills))
