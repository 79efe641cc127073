"""The rows of AP_INVOICES_ALL and AP_INVOICE_PAYMENTS_ALL."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Value,
    build,
    money,
    numbered,
    pick,
    rate,
)
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.currencies import is_foreign
from erp_resources.sandbox.company.ebs.declarations import payables as ap
from erp_resources.sandbox.company.ebs.inventory_rows import FIRST_PURCHASE_ORDER
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS, UNIT_IDS
from erp_resources.sandbox.company.ebs.parties import FIRST_VENDOR_ID, terms_id
from erp_resources.sandbox.company.ebs.payables import NO_ORDER, Bills
from erp_resources.sandbox.company.ebs.payments import Payments
from erp_resources.sandbox.company.exact import convert
from erp_resources.sandbox.company.periods import HOUR, at, period_names
from erp_resources.sandbox.company.records import take

LONGEST_NOTE = 4000
"""Bytes of the longest notes."""
_FIRST_INVOICE_ID = 1_500_001
_FIRST_PAYMENT_ID = 2_500_001
_FIRST_CHECK_ID = 80_001
_LETTERS = (
    "Sehr geehrte Damen und Herren,\nzur Rechnung bitten wir um Prüfung der Maße.\tDanke\n",
    "Madame, Monsieur, l'échéance indiquée ne correspond pas à notre commande « 4711 ».\n",
    'Szanowni Państwo, prosimy o korektę: ilość "przyjęta" różni się od zamówionej.\n',
    "お世話になっております。請求書の件でご連絡いたします。\n",
)


def _letter(text: str) -> str:
    """The text again and again, to exactly the longest note's bytes."""
    many = (text * LONGEST_NOTE).encode()[:LONGEST_NOTE].decode(errors="ignore")
    return many + "." * (LONGEST_NOTE - len(many.encode()))


_NOTES = (None, "checked by phone ", *map(_letter, _LETTERS))
_DESCRIPTIONS = (None, "Lieferung lt. Bestellung", "frais d'expédition", "usługi", "Größe geändert")


def rows(bills: Bills, payments: Payments) -> Iterator[tuple[Table, pa.Table]]:
    """Invoices as they stand after all payments, and the payments."""
    yield ap.AP_INVOICES_ALL, _invoices(bills, payments)
    yield ap.AP_INVOICE_PAYMENTS_ALL, _payments(bills, payments)


def _invoices(bills: Bills, payments: Payments) -> pa.Table:
    charges = bills.charges
    serial = np.arange(len(bills.total))
    foreign = is_foreign(charges.unit, charges.currency)
    is_cancelled = charges.cancelled != 0
    created = at(charges.day, 9 * HOUR + serial * 6007 % (8 * HOUR))
    paid = charges.day.copy()
    np.maximum.at(paid, payments.paid.document, payments.paid.day)
    payable = chart.combination(chart.PAYABLES, charges.unit)
    columns: dict[str, Value] = {
        "INVOICE_ID": _FIRST_INVOICE_ID + serial,
        "VENDOR_ID": FIRST_VENDOR_ID + charges.supplier,
        "INVOICE_NUM": numbered("00", serial * 7 + 104, 6),
        "INVOICE_DATE": at(charges.day),
        "GL_DATE": at(charges.day),
        **_kind_and_status(bills, payments),
        "INVOICE_CURRENCY_CODE": pick(CURRENCIES, charges.currency),
        "INVOICE_AMOUNT": money(bills.total),
        "TOTAL_TAX_AMOUNT": money(bills.tax, bills.tax != 0),
        "EXCHANGE_RATE": rate(bills.rate, foreign),
        "EXCHANGE_RATE_TYPE": pick([None, "Corporate"], foreign.astype(np.int64)),
        "EXCHANGE_DATE": Cells(at(charges.day), 0, foreign),
        "BASE_AMOUNT": money(bills.base, foreign),
        "TERMS_ID": terms_id(charges.supplier),
        "TERMS_DATE": at(charges.day),
        "PO_HEADER_ID": Cells(FIRST_PURCHASE_ORDER + charges.order, 0, charges.order != NO_ORDER),
        "ACCTS_PAY_CODE_COMBINATION_ID": chart.IDS[payable],
        "SET_OF_BOOKS_ID": LEDGER_IDS[charges.unit],
        "ORG_ID": UNIT_IDS[charges.unit],
        "CANCELLED_DATE": Cells(created + 3 * HOUR, 0, is_cancelled),
        "CANCELLED_AMOUNT": money(charges.cancelled, is_cancelled),
        "DESCRIPTION": pick(_DESCRIPTIONS, serial % len(_DESCRIPTIONS)),
        "NOTES": pick(_NOTES, np.where(serial % 40 > 0, 0, serial // 40 % len(_NOTES))),
        **who(created, np.maximum(created, at(paid, 16 * HOUR))),
    }
    return build(ap.AP_INVOICES_ALL, len(serial), columns)


def _kind_and_status(bills: Bills, payments: Payments) -> dict[str, Value]:
    total, left = bills.total, payments.left
    is_matched = bills.charges.order != NO_ORDER
    is_open, is_paid = left == total, (left == 0) & (total != 0)
    return {
        "INVOICE_TYPE_LOOKUP_CODE": pick(["STANDARD", "CREDIT"], np.where(total < 0, 1, 0)),
        "SOURCE": pick(["Manual Invoice Entry", "EDI GATEWAY"], is_matched.astype(np.int64)),
        "AMOUNT_PAID": money(total - left, ~is_open),
        "PAYMENT_STATUS_FLAG": pick(["P", "N", "Y"], np.where(is_paid, 2, np.where(is_open, 1, 0))),
    }


def _payments(bills: Bills, payments: Payments) -> pa.Table:
    paid = payments.paid
    charges = take(bills.charges, paid.document)
    serial = np.arange(len(paid.document))
    foreign = is_foreign(charges.unit, charges.currency)
    cash = chart.combination(chart.CASH, charges.unit)
    columns: dict[str, Value] = {
        "INVOICE_PAYMENT_ID": _FIRST_PAYMENT_ID + serial,
        "INVOICE_ID": _FIRST_INVOICE_ID + paid.document,
        "CHECK_ID": _FIRST_CHECK_ID + payments.check,
        "PAYMENT_NUM": paid.step,
        "AMOUNT": money(paid.amount),
        "INVOICE_BASE_AMOUNT": money(paid.worth(bills.rate), foreign),
        "PAYMENT_BASE_AMOUNT": money(convert(paid.amount, payments.rate), foreign),
        "EXCHANGE_RATE": rate(payments.rate, foreign),
        "EXCHANGE_DATE": Cells(at(paid.paid), 0, foreign),
        "ACCOUNTING_DATE": at(paid.day),
        "PERIOD_NAME": period_names(paid.day),
        "POSTED_FLAG": "Y",
        "REVERSAL_FLAG": pick([None, "Y"], payments.void.astype(np.int64)),
        "ASSET_CODE_COMBINATION_ID": chart.IDS[cash],
        "SET_OF_BOOKS_ID": LEDGER_IDS[charges.unit],
        "ORG_ID": UNIT_IDS[charges.unit],
        **who(at(paid.day, 15 * HOUR + serial % HOUR)),
    }
    return build(ap.AP_INVOICE_PAYMENTS_ALL, len(serial), columns)
