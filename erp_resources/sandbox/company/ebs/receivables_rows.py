"""The rows of RA_CUSTOMER_TRX_ALL and RA_CUSTOMER_TRX_LINES_ALL."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Ints,
    Value,
    build,
    money,
    numbered,
    only,
    pick,
    quantity,
    rate,
)
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import receivables
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.currencies import is_foreign
from erp_resources.sandbox.company.ebs.declarations import receivables as ra
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS, PLANT_IDS, UNIT_IDS
from erp_resources.sandbox.company.ebs.parties import FIRST_ACCOUNT_ID, terms_days, terms_id
from erp_resources.sandbox.company.ebs.receipts import Collections
from erp_resources.sandbox.company.ebs.receivables import Sales, SalesLines
from erp_resources.sandbox.company.ebs.structures import FIRST_ITEM_ID
from erp_resources.sandbox.company.ebs.subsidiary import TAX_PERCENT, Subsidiary
from erp_resources.sandbox.company.exact import joint, ordinals, starts
from erp_resources.sandbox.company.masters import UNITS
from erp_resources.sandbox.company.periods import HOUR, at
from erp_resources.sandbox.company.records import stack

FIRST_TRX_ID = 1_000_001
FIRST_ORDER_LINE = 8_000_001
_FIRST_LINE_ID = 2_000_001
FIRST_ORDER = 60_001
_COMMENTS = (
    None,
    "Lieferung frei Haus, Zahlung ohne Abzug",
    "Livraison partielle, le solde suivra\nMerci de votre confiance",
    'Customer\'s ref. "A/4711"\tsee order',
    "Dziękujemy za zamówienie ",
    "ご注文ありがとうございます",
)


def rows(
    company: Subsidiary, sales: Sales, collections: Collections
) -> Iterator[tuple[Table, pa.Table]]:
    """Transactions as they stand after everything has been collected, and their lines."""
    yield ra.RA_CUSTOMER_TRX_ALL, _documents(sales, collections)
    yield ra.RA_CUSTOMER_TRX_LINES_ALL, _lines(company, sales)


def trx_numbers(sales: Sales) -> pa.Array:
    """``INV-0000001`` …, and ``CM-0000001`` … for credit memos."""
    is_memo = sales.headings.previous >= 0
    invoices = int((~is_memo).sum())
    memos = numbered("CM-", 1 + np.arange(int(is_memo.sum())), 7)
    return pa.concat_arrays([numbered("INV-", 1 + np.arange(invoices), 7), memos])


def changed_days(sales: Sales, collections: Collections) -> Ints:
    """The day on which each document was last settled, or else entered."""
    changed = sales.headings.day.copy()
    for settled in (collections.memos, collections.cash):
        np.maximum.at(changed, settled.document, settled.day)
    return changed


def _documents(sales: Sales, collections: Collections) -> pa.Table:
    heads = sales.headings
    serial = np.arange(len(heads.day))
    is_invoice = heads.previous < 0
    foreign = is_foreign(heads.unit, heads.currency)
    created = at(heads.day, 7 * HOUR + serial * 7919 % (11 * HOUR))
    due = heads.day + terms_days(heads.customer)
    columns: dict[str, Value] = {
        "CUSTOMER_TRX_ID": FIRST_TRX_ID + serial,
        "TRX_NUMBER": trx_numbers(sales),
        "TRX_DATE": at(heads.day),
        "CUST_TRX_TYPE_ID": np.where(is_invoice, 1, 2),
        "BILL_TO_CUSTOMER_ID": FIRST_ACCOUNT_ID + heads.customer,
        "PREVIOUS_CUSTOMER_TRX_ID": Cells(FIRST_TRX_ID + heads.previous, 0, ~is_invoice),
        "INVOICE_CURRENCY_CODE": pick(CURRENCIES, heads.currency),
        "EXCHANGE_RATE": rate(sales.rate, foreign),
        "EXCHANGE_RATE_TYPE": pick([None, "Corporate"], foreign.astype(np.int64)),
        "EXCHANGE_DATE": Cells(at(_rated(heads)), 0, foreign),
        "TERM_ID": Cells(terms_id(heads.customer), 0, is_invoice),
        "TERM_DUE_DATE": Cells(at(due), 0, is_invoice),
        "COMPLETE_FLAG": "Y",
        "STATUS_TRX": pick(["CL", "OP"], np.where(collections.left != 0, 1, 0)),
        "PURCHASE_ORDER": only(numbered("PO ", serial * 37 % 90_000, 5), serial % 4 > 0),
        "COMMENTS": pick(_COMMENTS, np.where(serial % 10 > 0, 0, serial // 10 % len(_COMMENTS))),
        "SET_OF_BOOKS_ID": LEDGER_IDS[heads.unit],
        "ORG_ID": UNIT_IDS[heads.unit],
        **who(created, np.maximum(created, at(changed_days(sales, collections), 19 * HOUR))),
    }
    return build(ra.RA_CUSTOMER_TRX_ALL, len(serial), columns)


def _rated(heads: receivables.Headings) -> Ints:
    """The day of the rate: a credit memo's is its invoice's."""
    return np.where(heads.previous < 0, heads.day, heads.day[heads.previous])


def _lines(company: Subsidiary, sales: Sales) -> pa.Table:
    """The lines, then the tax lines of all documents."""
    first = starts(sales.lines.document)
    taxes = _tax_lines(sales)
    lines = stack(sales.lines, taxes)
    serial = np.arange(len(lines.document))
    is_tax = serial >= len(sales.lines.document)
    is_item = lines.item != receivables.NO_ITEM
    is_invoice = sales.headings.previous[lines.document] < 0
    is_shipped = is_item & is_invoice
    kind = np.where(is_tax, 1, np.where(is_item, 0, 2))
    unit = sales.headings.unit[lines.document]
    created = at(sales.headings.day[lines.document], 7 * HOUR + serial * 7919 % (11 * HOUR))
    amount = lines.amount
    columns: dict[str, Value] = {
        "CUSTOMER_TRX_LINE_ID": _FIRST_LINE_ID + serial,
        "CUSTOMER_TRX_ID": FIRST_TRX_ID + lines.document,
        "LINE_NUMBER": joint((1 + ordinals(first, len(serial) - len(taxes.item)), 1 + taxes.price)),
        "LINE_TYPE": pick(["LINE", "TAX", "FREIGHT"], kind),
        "LINK_TO_CUST_TRX_LINE_ID": Cells(_FIRST_LINE_ID + first[lines.document], 0, is_tax),
        "INVENTORY_ITEM_ID": Cells(FIRST_ITEM_ID + lines.item, 0, is_item),
        "WAREHOUSE_ID": Cells(PLANT_IDS[lines.plant], 0, is_item),
        "DESCRIPTION": _descriptions(company, lines.item, kind),
        "QUANTITY_INVOICED": quantity(lines.quantity, ~is_tax & is_invoice),
        "QUANTITY_CREDITED": quantity(lines.quantity, ~is_tax & ~is_invoice),
        "UOM_CODE": only(pick(UNITS, company.items.unit[lines.item]), is_item),
        "UNIT_SELLING_PRICE": money(lines.price, ~is_tax),
        "EXTENDED_AMOUNT": money(amount),
        "REVENUE_AMOUNT": money(amount, ~is_tax),
        "TAX_RATE": Cells(np.full(len(serial), TAX_PERCENT), 0, is_tax),
        "SALES_ORDER": only(numbered("", FIRST_ORDER + lines.document), is_shipped),
        "INTERFACE_LINE_ATTRIBUTE6": only(numbered("", FIRST_ORDER_LINE + serial), is_shipped),
        "SET_OF_BOOKS_ID": LEDGER_IDS[unit],
        "ORG_ID": UNIT_IDS[unit],
        **who(created),
    }
    return build(ra.RA_CUSTOMER_TRX_LINES_ALL, len(serial), columns)


def _tax_lines(sales: Sales) -> SalesLines:
    """One for each document that is taxed."""
    taxed = np.flatnonzero(sales.tax != 0)
    nothing = np.zeros(len(taxed), np.int64)
    no_item = np.full(len(taxed), receivables.NO_ITEM)
    return SalesLines(taxed, no_item, nothing, nothing, nothing, sales.tax[taxed])


def _descriptions(company: Subsidiary, item: Ints, kind: Ints) -> pa.Array:
    """The item's own, or what a tax or freight line says."""
    other = len(company.items.kind)
    texts = pa.concat_arrays(
        [company.items.description, pa.array(["Umsatzsteuer 19 %", "Fracht & Verpackung"])]
    )
    return texts.take(pa.array(np.where(kind > 0, other + kind - 1, item)))
