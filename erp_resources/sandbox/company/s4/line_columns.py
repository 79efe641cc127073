"""The columns of accounting documents' lines, as BSEG has them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Ints, joined, pick
from erp_resources.sandbox.company.exact import convert, every
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import chart, keys
from erp_resources.sandbox.company.s4.books import Documents, DocumentType, Lines
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.document_rows import DETAILS, codes
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import UNITS
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    CONTROLLING_AREA,
    PLANTS,
    terms,
    terms_days,
)
from erp_resources.sandbox.company.s4.purchasing import Purchases
from erp_resources.sandbox.company.s4.purchasing_rows import STEP
from erp_resources.sandbox.company.s4.values import NO_DAY, Value, digits, flag

_PAYMENTS = (DocumentType.CUSTOMER_PAYMENT, DocumentType.VENDOR_PAYMENT)
_PURCHASES = (DocumentType.INVOICE_RECEIVED, DocumentType.VENDOR_INVOICE)
_TEXTS = (
    "", "Lieferung frei Haus, Zahlung ohne Abzug", "Teil|Lieferung 1|2", 'ref. "A/4711"',
    "Dziękujemy za zamówienie", "ご注文ありがとうございます",
)  # fmt: skip
_PLAIN, _CREDIT_MEMO = 0, 6
_KEYS = ("50", "40", "99", "89", "15", "01", "31", "25", "96", "86", "93", "83", "11", "11")
"""Posting keys, of a credit and a debit each: what ``_KEY_PAIRS`` points to."""
_KEY_PAIRS = {"S": 0, "M": 1, "D": 2, "K": 3}
_SPECIAL_PAIRS = {Account.GOODS_AND_INVOICES: 4, Account.PRICE_DIFFERENCE: 5}
_PAIR_OF_ACCOUNT: Ints = np.array(
    [_SPECIAL_PAIRS.get(Account(i), _KEY_PAIRS[kind]) for i, kind in enumerate(chart.KINDS)]
)
_TRANSACTIONS = {
    Account.INPUT_TAX: "VST",
    Account.OUTPUT_TAX: "MWS",
    Account.GOODS_AND_INVOICES: "WRX",
    Account.PRICE_DIFFERENCE: "PRD",
    Account.EXCHANGE_LOSS: "KDF",
    Account.EXCHANGE_GAIN: "KDF",
    Account.CONSUMPTION: "GBB",
    Account.COST_OF_SALES: "GBB",
    Account.FACTORY_OUTPUT: "GBB",
    **{Account(account): "BSX" for account in chart.STOCK_ACCOUNTS.tolist()},
}
_TAX_CODES = ("", "A0", "A1", "A0", "J1", "V0", "V1", "V0", "J2")
"""None; output tax at 0 % and by company code; input tax likewise."""
_OUTPUT, _INPUT = 1, 5


@dataclass(frozen=True)
class Ledger:
    """All documents and lines, and the document that cleared each line, or ``NONE``."""

    documents: Documents
    lines: Lines
    cleared_by: Ints


def columns(
    hq: Headquarters, ledger: Ledger, purchases: Purchases, issued: Keys
) -> dict[str, Value]:
    """All columns of BSEG but the client."""
    return {
        **_identity(ledger, issued),
        **_clearing(ledger, issued),
        **_amounts(hq, ledger),
        **taxes(ledger),
        **accounts(ledger),
        **_cost_centres(ledger),
        **_partners(ledger),
        **_goods(hq, ledger, purchases),
    }


def _identity(ledger: Ledger, issued: Keys) -> dict[str, Value]:
    lines = ledger.lines
    heads = take(ledger.documents, lines.document)
    billing = np.where(heads.kind == DocumentType.BILLING, heads.origin, -1)
    return {
        "BUKRS": pick(COMPANY_CODES, heads.company),
        "BELNR": issued.documents.take(pa.array(lines.document)),
        "GJAHR": digits(issued.years[lines.document], 4),
        "BUZEI": digits(keys.numbered_within(lines.document), 3),
        "VORGN": pick([details.event for details in DETAILS], heads.kind),
        "VBELN": keys.billings(billing),
        "H_BUDAT": heads.day,
        "H_BLART": codes(heads.kind),
        "H_WAERS": pick(CURRENCIES, heads.currency),
        "H_HWAER": pick(CURRENCIES, LOCAL[heads.company]),
    }


def _clearing(ledger: Ledger, issued: Keys) -> dict[str, Value]:
    day = np.where(ledger.cleared_by < 0, NO_DAY, ledger.documents.day[ledger.cleared_by])
    invoice = ledger.lines.invoice
    has_invoice = invoice >= 0
    return {
        "AUGDT": day,
        "AUGCP": day,
        "AUGBL": keys.at(issued.documents, ledger.cleared_by),
        "REBZG": keys.at(issued.documents, invoice),
        "REBZJ": digits(np.where(has_invoice, issued.years[invoice], 0), 4),
        # What a customer or vendor owes is the first line of an invoice.
        "REBZZ": digits(has_invoice.astype(np.int64), 3),
    }


def _amounts(hq: Headquarters, ledger: Ledger) -> dict[str, Value]:
    lines, documents = ledger.lines, ledger.documents
    rate = hq.rates.of(documents.company, documents.currency, documents.rated)
    currency = documents.currency[lines.document]
    return {
        "SHKZG": pick(["H", "S"], _is_debit(lines)),
        "DMBTR": np.abs(lines.local),
        "WRBTR": np.abs(lines.amount),
        "PSWBT": np.abs(lines.amount),
        "PSWSL": pick(CURRENCIES, currency),
        "HWBAS": np.abs(convert(lines.base, rate[lines.document])),
        "FWBAS": np.abs(lines.base),
    }


def taxes(ledger: Ledger) -> dict[str, Value]:
    """Tax lines and tax codes."""
    lines = ledger.lines
    is_tax, is_input = lines.base != 0, lines.account == Account.INPUT_TAX
    return {
        "BUZID": pick(["", "T"], is_tax.astype(np.int64)),
        "MWART": pick(["", "A", "V"], np.where(is_tax, np.where(is_input, 2, 1), 0)),
        "MWSKZ": _tax_codes(ledger.documents, lines),
    }


def _is_debit(lines: Lines) -> Ints:
    deciding = np.where(lines.local != 0, lines.local, lines.amount)
    return np.greater(deciding, 0).astype(np.int64)


def _tax_codes(documents: Documents, lines: Lines) -> pa.Array:
    """Tax codes of all lines of invoices, in and out, but for exchange differences."""
    taxed = np.zeros(len(documents.day), np.int64)
    taxed[lines.document[lines.base != 0]] = 1
    sold = documents.kind == DocumentType.BILLING
    first = np.where(sold, _OUTPUT, np.where(np.isin(documents.kind, _PURCHASES), _INPUT, 0))
    code = np.where(first > 0, first + taxed * (1 + documents.company), 0)
    differs = np.isin(lines.account, (Account.EXCHANGE_GAIN, Account.EXCHANGE_LOSS))
    return pick(_TAX_CODES, np.where(differs, 0, code[lines.document]))


def accounts(ledger: Ledger) -> dict[str, Value]:
    """What follows from a line's account, its side and the type of its document."""
    lines = ledger.lines
    heads = take(ledger.documents, lines.document)
    is_income = chart.IS_INCOME[lines.account]
    is_billed = (heads.kind == DocumentType.BILLING) & (lines.account == Account.RECEIVABLES)
    is_memo = is_billed & (_is_debit(lines) == 0)
    pair = np.where(is_memo, _CREDIT_MEMO, _PAIR_OF_ACCOUNT[lines.account])
    derived = (Account.INPUT_TAX, Account.OUTPUT_TAX, Account.EXCHANGE_GAIN, Account.EXCHANGE_LOSS)
    return {
        "BSCHL": pick(_KEYS, 2 * pair + _is_debit(lines)),
        "KOART": pick(chart.KINDS, lines.account),
        "KTOSL": pick([_TRANSACTIONS.get(account, "") for account in Account], lines.account),
        "HKONT": chart.NUMBERS.take(pa.array(lines.account)),
        "KOKRS": pick(["", CONTROLLING_AREA], is_income.astype(np.int64)),
        "XAUTO": flag(np.isin(lines.account, derived)),
        "XOPVW": flag(chart.HAS_OPEN_ITEMS[lines.account]),
        "XKRES": flag(chart.IS_SHOWN[lines.account]),
        "XBILK": flag(~is_income),
        "GVTYP": flag(is_income),
    }


def _cost_centres(ledger: Ledger) -> dict[str, Value]:
    """Cost centres, and the value dates of bank lines."""
    lines = ledger.lines
    heads = take(ledger.documents, lines.document)
    is_bank = lines.account == Account.BANK
    return {
        "KOSTL": chart.cost_centres(heads.company, lines.centre),
        "VALUT": np.where(is_bank, heads.day, NO_DAY),
    }


def _partners(ledger: Ledger) -> dict[str, Value]:
    lines, count = ledger.lines, len(ledger.lines.document)
    heads = take(ledger.documents, lines.document)
    is_customer = lines.account == Account.RECEIVABLES
    is_vendor = lines.account == Account.PAYABLES
    is_partner = is_customer | is_vendor
    is_due = is_partner & ~np.isin(heads.kind, _PAYMENTS)
    partner = np.maximum(lines.partner, 0)
    spoken = is_partner & (every(10, np.arange(count)))
    text = np.where(spoken, lines.document % len(_TEXTS), _PLAIN)
    is_blocked = is_vendor & (every(101, lines.document))
    return {
        "KUNNR": keys.customers(np.where(is_customer, lines.partner, -1)),
        "LIFNR": keys.vendors(np.where(is_vendor, lines.partner, -1)),
        "SGTXT": pick(_TEXTS, text),
        "ZFBDT": np.where(is_partner, heads.day, NO_DAY),
        "ZTERM": pc.if_else(pa.array(is_due), terms(partner), ""),
        "ZBD1T": np.where(is_due, terms_days(partner), 0),
        "ZLSPR": pick(["", "A"], is_blocked.astype(np.int64)),
    }


def _goods(hq: Headquarters, ledger: Ledger, purchases: Purchases) -> dict[str, Value]:
    lines = ledger.lines
    is_bought = lines.order_item >= 0
    order = np.where(is_bought, purchases.items.order[lines.order_item], -1)
    number = STEP * keys.numbered_within(purchases.items.order)[lines.order_item]
    purchase, item = keys.purchase_orders(order), digits(np.where(is_bought, number, 0), 5)
    plant = keys.at(pa.array(PLANTS), lines.plant)
    has_quantity = lines.quantity != 0
    unit = pick([*UNITS, ""], np.where(has_quantity, hq.items.unit[lines.item], len(UNITS)))
    is_clearing = lines.account == Account.GOODS_AND_INVOICES
    return {
        "MATNR": keys.at(keys.materials(hq.items), lines.item),
        "WERKS": plant,
        "MENGE": lines.quantity,
        "MEINS": unit,
        "EBELN": purchase,
        "EBELP": item,
        "ZUONR": pc.if_else(pa.array(is_clearing), joined(purchase, item), ""),
        "BWKEY": plant,
        "PRCTR": plant,
    }
