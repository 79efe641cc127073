"""Vendors' invoices, for what was received or for expenses, what they post, and their payment."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.exact import convert, divide, fill, sum_by
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4.books import (
    NONE,
    DocumentType,
    Lines,
    documents,
    exchange_lines,
    lines,
)
from erp_resources.sandbox.company.s4.chart import COST_CENTRES, EXPENSES, Account
from erp_resources.sandbox.company.s4.claims import VENDORS, Claims, settle
from erp_resources.sandbox.company.s4.currencies import price
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import dealt_in, taxed, terms_days
from erp_resources.sandbox.company.s4.purchasing import Purchases

_EXPENSE_INVOICES = 1_500
"""At scale 1."""
_SHARE = 60  # percent, of the first of two cost centres


@dataclass(frozen=True)
class Invoices:
    """Invoices for purchase orders in order of day; ``of_order``: by order, or ``NONE``.

    ``billed`` is what each order item's invoice asks for, in minor units; 0 without an invoice.
    """

    order: Ints
    day: Ints
    of_order: Ints
    billed: Ints


@dataclass(frozen=True)
class _Heads:
    """Invoices of any kind; ``net`` and ``tax`` in minor units, credits negative."""

    vendor: Ints
    company: Ints
    currency: Ints
    day: Ints
    net: Ints
    tax: Ints


def account_for(hq: Headquarters, purchases: Purchases) -> Invoices:
    """Post all vendors' invoices and their payment."""
    invoices = _invoice(hq, purchases)
    claims = stack(_post_invoices(hq, purchases, invoices), _post_expenses(hq))
    settle(hq, claims, VENDORS)
    return invoices


def _invoice(hq: Headquarters, purchases: Purchases) -> Invoices:
    """An invoice for each order some time after the last receipt; a few ask for another price."""
    draws, items = hq.draws("invoices"), purchases.items
    day = purchases.orders.received + draws.integers(2, 26, len(purchases.orders.day))
    order = np.flatnonzero(day < DAYS)
    order = order[np.argsort(day[order], kind="stable")]
    of_order = np.full(len(day), NONE)
    of_order[order] = np.arange(len(order))
    percent = draws.integers(96, 105, len(items.order))
    differs = draws.chance(30, len(items.order))
    asked = np.where(differs, divide(items.amount * percent, 100), items.amount)
    billed = fill(of_order[items.order] != NONE, asked)
    return Invoices(order, day[order], of_order, billed)


def _post_invoices(hq: Headquarters, purchases: Purchases, invoices: Invoices) -> Claims:
    """Posts invoices; each clears what its order's receipts left on the clearing account."""
    order, items = invoices.order, purchases.items
    heads = take(purchases.orders, order)
    net = sum_by(items.order, invoices.billed, len(invoices.of_order))[order]
    tax = taxed(hq.suppliers, net, heads.vendor)
    every = _Heads(heads.vendor, heads.company, heads.currency, invoices.day, net, tax)
    here = np.flatnonzero(invoices.of_order[items.order] != NONE)
    invoice, part = invoices.of_order[items.order[here]], take(items, here)
    goods = {"item": part.item, "plant": part.plant, "order_item": here}
    rest = invoices.billed[here] - part.amount
    rate = hq.rates.of(heads.company, heads.currency, invoices.day)[invoice]
    clearing = lines(
        invoice,
        Account.GOODS_AND_INVOICES,
        part.amount,
        part.owed,
        quantity=part.quantity,
        claim=part.claim,
        **goods,
    )
    variance = lines(invoice, Account.PRICE_DIFFERENCE, rest, convert(rest, rate), **goods)
    claims = _post(hq, DocumentType.INVOICE_RECEIVED, every, clearing, variance)
    hq.books.clear(part.claim, claims.document[invoice])
    return claims


def _post_expenses(hq: Headquarters) -> Claims:
    """Invoices without an order, each for one cost centre or two."""
    draws, count = hq.draws("expenses"), _EXPENSE_INVOICES * hq.scale
    vendor = draws.skewed(len(hq.suppliers.country), count)
    company, currency = (of[vendor] for of in dealt_in(hq.suppliers))
    cost = draws.integers(10, 3_000, count) * draws.integers(100, 200_000, count)
    net = np.maximum(price(cost, currency), 1)
    net = np.where(draws.chance(40, count), -net, net)
    day = np.sort(draws.integers(0, DAYS, count))
    heads = _Heads(vendor, company, currency, day, net, taxed(hq.suppliers, net, vendor))
    rate = hq.rates.of(company, currency, day)
    part = np.where(draws.chance(300, count), divide(net * _SHARE, 100), net)
    local = convert(net + heads.tax, rate) - convert(heads.tax, rate)
    first = np.where(part == net, local, convert(part, rate))
    account = EXPENSES[(vendor + draws.skewed(3, count)) % len(EXPENSES)]
    centre, serial = draws.skewed(COST_CENTRES, count), np.arange(count)
    next_one = (centre + 1) % COST_CENTRES
    return _post(
        hq,
        DocumentType.VENDOR_INVOICE,
        heads,
        lines(serial, account, part, first, centre=centre),
        lines(serial, account, net - part, local - first, centre=next_one),
    )


def _post(hq: Headquarters, kind: DocumentType, heads: _Heads, *charges: Lines) -> Claims:
    """Post invoices for ``charges``; what lacks in local currency is an exchange difference."""
    count, total = len(heads.day), heads.net + heads.tax
    rate = hq.rates.of(heads.company, heads.currency, heads.day)
    local, tax = convert(total, rate), convert(heads.tax, rate)
    charged = sum(sum_by(part.document, part.local, count) for part in charges)
    serial, number = np.arange(count), hq.books.claims(count)
    document = hq.books.post(
        documents(kind, heads.company, heads.day, heads.currency, origin=serial),
        lines(serial, Account.PAYABLES, -total, -local, claim=number, partner=heads.vendor),
        *charges,
        lines(serial, Account.INPUT_TAX, heads.tax, tax, base=heads.net),
        exchange_lines(serial, local - tax - charged),
    )
    return Claims(
        number,
        document,
        heads.vendor,
        heads.company,
        heads.currency,
        rate,
        -total,
        -local,
        heads.day + terms_days(heads.vendor),
    )
