"""The headquarters on SAP S/4HANA: 24 months in three company codes (EUR, USD and JPY).

What holds in the rows of client 100, to the smallest unit of every currency:
- Every accounting document balances, in its own and in local currency; FAGLFLEXT agrees with BSEG.
- What clears one another in BSAD and BSAK comes to zero; what is open in BSID, BSIK and BSIS is the
  balance of its account.
- Stock quantity and value in MBEW are the sum of the movements in MSEG, and the stock accounts'
  balance; what was received and not invoiced is the balance of the clearing account.
- Orders, deliveries, goods issues, billing and accounting documents lead to one another (VBFA).

As in SAP there is no NULL but initial values, and amounts stand as if every currency had two
decimals (TCURX has the others). ``keys`` says how masters are found again in the other companies.
"""

from collections.abc import Iterator

import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.s4 import (
    billing,
    billing_rows,
    changes,
    chart,
    customizing,
    document_rows,
    flow_rows,
    headquarters,
    history_rows,
    inventory_rows,
    keys,
    line_rows,
    manual,
    materials,
    organization,
    partners,
    payables,
    production,
    purchasing,
    purchasing_rows,
    sales,
    sales_rows,
    structures,
    totals,
)
from erp_resources.sandbox.company.s4.clients import with_test_client
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.line_columns import Ledger


def tables() -> tuple[Table, ...]:
    """The declarations, in the order in which ``generate`` yields their rows."""
    return tuple(TABLES.values())


def generate(scale: int = 1, seed: int = 20260101) -> Iterator[tuple[Table, pa.Table]]:
    """Each table with its rows, which are the same for the same arguments on every machine.

    Args:
        scale: how many times the 250,000 rows of scale 1.

    Raises:
        ValueError: if ``scale`` is not between 1 and 100.
    """
    yield from with_test_client(_rows(headquarters.found(scale, seed)))


def _rows(hq: headquarters.Headquarters) -> Iterator[tuple[Table, pa.Table]]:
    sold = sales.sell(hq)
    billed = billing.account_for(hq, sold)
    house, lots = production.run(hq, sold)
    bought = purchasing.buy(hq, house, lots)
    invoices = payables.account_for(hq, bought)
    manual.keep(hq)
    documents, (lines, cleared_by) = hq.books.documents(), hq.books.lines()
    issued = keys.issue(sold.orders, documents, house.slips())
    moved = house.movements()
    yield from _masters(hq)
    yield from materials.rows(hq, house)
    yield from structures.rows(hq)
    yield from sales_rows.rows(hq, sold, issued)
    yield from billing_rows.rows(hq, sold, issued, issued.documents.take(pa.array(billed)))
    yield from flow_rows.rows(hq, sold, issued, moved)
    yield from changes.rows(hq, sold, issued)
    yield from purchasing_rows.rows(hq, bought, invoices)
    yield from history_rows.rows(hq, bought, invoices, issued, moved)
    yield from inventory_rows.rows(hq, house, sold, bought, issued)
    yield from document_rows.rows(hq, documents, issued)
    yield from line_rows.rows(hq, Ledger(documents, lines, cleared_by), bought, issued)
    yield from totals.rows(documents, lines)


def _masters(hq: headquarters.Headquarters) -> Iterator[tuple[Table, pa.Table]]:
    yield from organization.rows(hq.draws("users"))
    yield from chart.rows()
    yield from hq.rates.rows()
    yield from customizing.rows()
    yield from document_rows.type_rows()
    yield from partners.rows(hq)
