"""What billing documents post in financial accounting, and what customers owe because of them."""

from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.exact import convert, starts, sum_by
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4.books import NONE, DocumentType, Lines, documents, lines
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.claims import CUSTOMERS, Claims, settle
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import dealt_in, is_domestic, terms_days
from erp_resources.sandbox.company.s4.sales import Sales

_UNALLOCATED = 50
"""Receipts at scale 1 that nobody could match to an invoice."""


@dataclass(frozen=True)
class _Bills:
    """Billing documents with their amounts in minor units, those of credit memos negative.

    ``invoice`` is the document itself, or the one that a memo credits.
    """

    customer: Ints
    company: Ints
    currency: Ints
    rate: Ints
    invoice: Ints
    net: Ints
    tax: Ints
    local: Ints


def account_for(hq: Headquarters, sales: Sales) -> Ints:
    """Post all billing documents and what customers paid.

    Returns:
        The accounting document of each billing document, by position.
    """
    bills = _bills(hq, sales)
    is_memo = bills.invoice != np.arange(len(bills.invoice))
    claim = hq.books.claims(int((~is_memo).sum()))[bills.invoice]
    document = _post(hq, sales, bills, claim)
    claims = _claims(sales, bills, claim, document)
    # An invoice that is credited in full is cleared by its memo.
    done = is_memo & (claims.total[bills.invoice] == 0)
    hq.books.clear(claim[done], document[done])
    settle(hq, take(claims, ~is_memo), CUSTOMERS)
    _post_unallocated(hq)
    return document


def _bills(hq: Headquarters, sales: Sales) -> _Bills:
    heads, items = sales.billings, sales.billing_items
    orders, count = take(sales.orders, heads.order), len(heads.day)
    is_memo = orders.credited != NONE
    sign = np.where(is_memo, -1, 1)
    net = sign * sum_by(items.billing, items.amount, count)
    tax = sign * sum_by(items.billing, items.tax, count)
    rate = hq.rates.of(orders.company, orders.currency, heads.rated)
    return _Bills(
        orders.customer,
        orders.company,
        orders.currency,
        rate,
        np.where(is_memo, orders.credited, np.arange(count)),
        net,
        tax,
        convert(net + tax, rate),
    )


def _post(hq: Headquarters, sales: Sales, bills: _Bills, claim: Ints) -> Ints:
    """Posts all billing documents and returns their accounting documents."""
    heads, count = sales.billings, len(bills.net)
    serial, tax = np.arange(count), convert(bills.tax, bills.rate)
    credited = np.where(bills.invoice != serial, hq.books.count + bills.invoice, NONE)
    kind = DocumentType.BILLING
    return hq.books.post(
        documents(kind, bills.company, heads.day, bills.currency, rated=heads.rated, origin=serial),
        lines(
            serial,
            Account.RECEIVABLES,
            bills.net + bills.tax,
            bills.local,
            claim=claim,
            invoice=credited,
            partner=bills.customer,
        ),
        _revenue(hq, sales, bills, bills.local - tax),
        lines(serial, Account.OUTPUT_TAX, -bills.tax, -tax, base=-bills.net),
    )


def _revenue(hq: Headquarters, sales: Sales, bills: _Bills, local: Ints) -> Lines:
    """Revenue of each item; ``local`` is that of the whole document."""
    items, ordered = sales.billing_items, take(sales.order_items, sales.billing_items.order_item)
    amount = np.where(bills.net < 0, -1, 1)[items.billing] * items.amount
    worth = convert(amount, bills.rate[items.billing])
    # The first item takes what converting item by item leaves over.
    worth[starts(items.billing)] += local - sum_by(items.billing, worth, len(local))
    domestic = is_domestic(hq.customers)[bills.customer[items.billing]]
    return lines(
        items.billing,
        np.where(domestic, int(Account.HOME_SALES), int(Account.EXPORT_SALES)),
        -amount,
        -worth,
        item=ordered.item,
        plant=ordered.plant,
        quantity=items.quantity,
    )


def _claims(sales: Sales, bills: _Bills, claim: Ints, document: Ints) -> Claims:
    """What is open of each invoice once its memo, if any, is taken off; a memo's place is 0."""
    count, total = len(claim), bills.net + bills.tax
    latest = sales.billings.day.copy()
    np.maximum.at(latest, bills.invoice, sales.billings.day)
    return Claims(
        claim,
        document,
        bills.customer,
        bills.company,
        bills.currency,
        bills.rate,
        sum_by(bills.invoice, total, count),
        sum_by(bills.invoice, bills.local, count),
        latest + terms_days(bills.customer),
    )


def _post_unallocated(hq: Headquarters) -> None:
    """Receipts on account: credits that stay open."""
    draws, count = hq.draws("unallocated"), _UNALLOCATED * hq.scale
    customer = draws.integers(0, len(hq.customers.country), count)
    company, currency = (of[customer] for of in dealt_in(hq.customers))
    day, serial = draws.integers(30, DAYS, count), np.arange(count)
    amount = 100 * draws.integers(50, 9000, count)
    local = convert(amount, hq.rates.of(company, currency, day))
    hq.books.post(
        documents(DocumentType.CUSTOMER_PAYMENT, company, day, currency),
        lines(serial, Account.BANK, amount, local),
        lines(serial, Account.RECEIVABLES, -amount, -local, partner=customer),
    )
