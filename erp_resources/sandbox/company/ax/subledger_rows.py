"""The rows of customer and vendor transactions and of their settlements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, Value, build, money, pick
from erp_resources.sandbox.company.ax.declarations import subledgers as declared
from erp_resources.sandbox.company.ax.enterprise import Enterprise, terms_days
from erp_resources.sandbox.company.ax.entities import ENTITIES
from erp_resources.sandbox.company.ax.keys import customer_numbers, vendor_numbers
from erp_resources.sandbox.company.ax.rates import per_hundred
from erp_resources.sandbox.company.ax.subledger import Documents, Kind, Settled
from erp_resources.sandbox.company.ax.system import dates, record_ids, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.exact import joint, sum_by
from erp_resources.sandbox.company.periods import HOUR, at
from erp_resources.sandbox.company.records import take

_SALES, _PURCHASE, _VENDOR, _PAYMENT = 2, 3, 14, 15  # of LedgerTransType
_TEXTS = ("", "Rechnung", "Credit note / Gutschrift", "Zahlung, réf. avis")


@dataclass(frozen=True)
class Layout:
    """How one side is written; ``types`` by kind of document, ``sign`` makes debits positive."""

    transactions: Table
    settlements: Table
    sign: int
    types: Ints
    accounts: Callable[[Ints], pa.Array]


CUSTOMERS = Layout(
    declared.CUSTTRANS,
    declared.CUSTSETTLEMENT,
    1,
    np.array([_SALES, _SALES, _PAYMENT, _SALES]),
    customer_numbers,
)
VENDORS = Layout(
    declared.VENDTRANS,
    declared.VENDSETTLEMENT,
    -1,
    np.array([_PURCHASE, _PURCHASE, _PAYMENT, _VENDOR]),
    vendor_numbers,
)


@dataclass(frozen=True)
class _Halves:
    """Settlements from either side: those of the invoices, then those of what settled them."""

    document: Ints
    other: Ints
    amount: Ints
    worth: Ints
    reporting: Ints
    adjustment: Ints
    adjustment_reporting: Ints
    day: Ints


def rows(company: Enterprise, layout: Layout, settled: Settled) -> Iterator[tuple[Table, pa.Table]]:
    """Transactions as they stand after all settlements, and the settlements."""
    halves = _halves(settled)
    yield layout.transactions, _transactions(company, layout, settled.documents, halves)
    yield layout.settlements, _settlements(company, layout, settled, halves)


def _halves(settled: Settled) -> _Halves:
    of, nothing = settled.of, np.zeros(len(settled.source), np.int64)
    return _Halves(
        joint((of.document, settled.source)),
        joint((settled.source, of.document)),
        joint((of.amount, -of.amount)),
        joint((settled.worth, -settled.worth)),
        joint((settled.worth_reporting, -settled.worth_reporting)),
        joint((settled.adjustment, nothing)),
        joint((settled.adjustment_reporting, nothing)),
        joint((of.day, of.day)),
    )


def _transactions(
    company: Enterprise, layout: Layout, documents: Documents, halves: _Halves
) -> pa.Table:
    count, sign = len(documents.day), layout.sign
    sums = {
        name: sign * sum_by(halves.document, getattr(halves, name), count)
        for name in ("amount", "worth", "adjustment", "adjustment_reporting")
    }
    last = np.full(count, -1)
    np.maximum.at(last, halves.document, halves.day)
    is_settled, amount = last >= 0, sign * documents.amount
    is_closed = is_settled & (sums["amount"] == amount)
    is_payment = documents.kind == Kind.PAYMENT
    created = at(documents.day, 9 * HOUR + np.arange(count) * 6007 % (8 * HOUR))
    due = documents.day + np.where(is_payment, 0, terms_days(documents.dealer))
    columns: dict[str, Value] = {
        "ACCOUNTNUM": layout.accounts(documents.dealer),
        "TRANSDATE": dates(documents.day),
        "DUEDATE": dates(due),
        "VOUCHER": company.ledger.texts(documents.voucher),
        "INVOICE": company.ledger.invoices(documents.voucher),
        "TXT": pick(_TEXTS, np.where(np.arange(count) % 3 < 1, 0, 1 + documents.kind % 3)),
        "TRANSTYPE": layout.types[documents.kind],
        "CURRENCYCODE": pick(CURRENCIES, documents.currency),
        "AMOUNTCUR": money(amount),
        "AMOUNTMST": money(sign * documents.accounting),
        "REPORTINGCURRENCYAMOUNT": money(sign * documents.reporting),
        "EXCHRATE": per_hundred(documents.rate),
        "SETTLEAMOUNTCUR": money(sums["amount"]),
        "SETTLEAMOUNTMST": money(sums["worth"]),
        "EXCHADJUSTMENT": money(sums["adjustment"]),
        "EXCHADJUSTMENTREPORTING": money(sums["adjustment_reporting"]),
        "LASTSETTLEDATE": dates(np.maximum(last, 0), is_settled),
        "CLOSED": dates(np.maximum(last, 0), is_closed),
        "PAYMMODE": pick(["", "SEPA", "WIRE"], np.where(is_payment, 1 + documents.dealer % 2, 0)),
        **system_columns(
            created,
            np.maximum(created, np.where(is_settled, at(last, 20 * HOUR), 0)),
            pick(ENTITIES, documents.entity),
        ),
    }
    return build(layout.transactions, count, columns)


def _settlements(
    company: Enterprise, layout: Layout, settled: Settled, halves: _Halves
) -> pa.Table:
    own = take(settled.documents, halves.document)
    source = settled.documents.voucher[joint((settled.source, settled.source))]
    created = at(halves.day, 20 * HOUR + np.arange(len(halves.day)) % HOUR)
    sign = layout.sign
    columns: dict[str, Value] = {
        "ACCOUNTNUM": layout.accounts(own.dealer),
        "TRANSDATE": dates(halves.day),
        "TRANSRECID": record_ids(halves.document),
        "OFFSETRECID": record_ids(halves.other),
        "SETTLEMENTVOUCHER": company.ledger.texts(source),
        "SETTLEAMOUNTCUR": money(sign * halves.amount),
        "SETTLEAMOUNTMST": money(sign * halves.worth),
        "SETTLEAMOUNTREPORTING": money(sign * halves.reporting),
        "EXCHADJUSTMENT": money(sign * halves.adjustment),
        "EXCHADJUSTMENTREPORTING": money(sign * halves.adjustment_reporting),
        "CANBEREVERSED": 1,
        **system_columns(created, created, pick(ENTITIES, own.entity)),
    }
    return build(layout.settlements, len(created), columns)
