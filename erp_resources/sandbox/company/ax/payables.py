"""Vendors' invoices: for what was received on orders, and for expenses; and what they post."""

from dataclasses import replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.chart import EXPENSES, SEGMENTS, Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ACCOUNTING
from erp_resources.sandbox.company.ax.inventory import Warehouse
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER, Posting, Series
from erp_resources.sandbox.company.ax.purchases import Purchases
from erp_resources.sandbox.company.ax.subledger import Claims, Documents, Kind, rated
from erp_resources.sandbox.company.currencies import list_price
from erp_resources.sandbox.company.exact import convert, sum_by
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import stack, take

EXPENSE_INVOICES = 1_200
"""At scale 1."""
COST_CENTRES = 10


def receive(company: Enterprise, house: Warehouse, purchases: Purchases) -> Documents:
    """Post what was received, then the invoices; those of orders come before those for expenses."""
    _accrue(company, purchases)
    return stack(_matched(company, house, purchases), _expenses(company))


def _accrue(company: Enterprise, purchases: Purchases) -> None:
    """Sets aside what has been received at the order's price."""
    lines = take(purchases.lines, purchases.receipt[purchases.lines.order] != NO_VOUCHER)
    currency = purchases.orders.currency[lines.order]
    voucher = purchases.receipt[lines.order]
    reporting = company.ledger.reporting(voucher, lines.physical)
    amounts = (lines.amount, lines.physical, reporting)
    company.ledger.post(voucher, *_accruals(currency, amounts))


def _accruals(currency: Ints, amounts: tuple[Ints, Ints, Ints]) -> tuple[Posting, Posting]:
    goods, accrued = posted(Account.RECEIVED), posted(Account.ACCRUED_PURCHASES)
    offset = PostingType.PURCH_OFFSET_ACCOUNT_PCK_SLP
    return (
        Posting(PostingType.PURCH_PCK_SLP, goods, currency, *amounts),
        Posting(offset, accrued, currency, *(-amount for amount in amounts)),
    )


def _matched(company: Enterprise, house: Warehouse, purchases: Purchases) -> Documents:
    """Invoices for all of an order: they clear what was set aside and put the goods into stock."""
    orders, voucher = purchases.orders, purchases.voucher
    invoiced = np.flatnonzero(voucher != NO_VOUCHER)
    heads = take(orders, invoiced)
    net = sum_by(purchases.lines.order, purchases.lines.amount, len(orders.day))[invoiced]
    kind = np.full(len(invoiced), int(Kind.INVOICE))
    dealers = (heads.entity, heads.vendor, heads.currency)
    claims = Claims(kind, *dealers, heads.invoiced, net, voucher[invoiced])
    _post_goods(company, house, purchases)
    return _owed(company, claims)


def _owed(company: Enterprise, net: Claims) -> Documents:
    """Posts what is owed for a net amount, and the tax on it."""
    tax = company.vendors.taxed(net.amount, net.dealer)
    owed = rated(company, replace(net, amount=net.amount + tax))
    payable, input_tax = posted(Account.PAYABLES), posted(Account.INPUT_TAX)
    tax_accounted = convert(tax, owed.rate)
    company.ledger.post(
        owed.voucher,
        Posting(PostingType.VEND_BALANCE, payable, owed.currency, -owed.amount, -owed.accounting),
        Posting(PostingType.TAX, input_tax, owed.currency, tax, tax_accounted),
    )
    return owed


def _post_goods(company: Enterprise, house: Warehouse, purchases: Purchases) -> None:
    """What was paid goes through the purchase account into stock; the rest is a variance."""
    chosen = purchases.voucher[purchases.lines.order] != NO_VOUCHER
    lines, moves = take(purchases.lines, chosen), take(purchases.moves, chosen)
    heads = take(purchases.orders, lines.order)
    rate = company.rates.accounting(heads.entity, heads.currency, heads.invoiced)
    spent, worth = convert(lines.amount, rate), house.worth(moves)
    reversed_ = company.ledger.reporting(purchases.receipt[lines.order], lines.physical)
    own, bought = ACCOUNTING[heads.entity], posted(Account.PURCHASES)
    stock = posted(Account.INVENTORY, company.items.line[lines.item])
    variance, rest = posted(Account.PRICE_VARIANCE), spent - worth
    company.ledger.post(
        purchases.voucher[lines.order],
        *_accruals(heads.currency, (-lines.amount, -lines.physical, -reversed_)),
        Posting(PostingType.PURCH_CONSUMP, bought, heads.currency, lines.amount, spent),
        Posting(PostingType.PURCH_CONSUMP, bought, own, -spent, -spent),
        Posting(PostingType.PURCH_RECEIPT, stock, own, worth, worth),
        Posting(PostingType.PURCH_STD_LOSS, variance, own, rest, rest),
    )


def _expenses(company: Enterprise) -> Documents:
    """Invoices entered in a journal and charged to a cost centre."""
    draws, count = company.draws("expenses"), EXPENSE_INVOICES * company.scale
    vendors = company.vendors
    vendor = vendors.known[draws.skewed(len(vendors.known), count)]
    entity, currency = vendors.entity[vendor], vendors.currency[vendor]
    euros = draws.integers(10, 3_000, count) * draws.integers(100, 150_000, count)
    net = np.maximum(list_price(euros, currency), 100)
    day = np.sort(draws.integers(0, DAYS, count))
    account = EXPENSES[(vendor + draws.skewed(2, count)) % len(EXPENSES)]
    centre = draws.skewed(COST_CENTRES, count)
    voucher = company.ledger.open(Series.VENDOR_INVOICE, entity, day)
    kind = np.full(count, int(Kind.JOURNAL_INVOICE))
    owed = _owed(company, Claims(kind, entity, vendor, currency, day, net, voucher))
    place = account * SEGMENTS + 1 + centre
    spent = convert(net, owed.rate)
    company.ledger.post(voucher, Posting(PostingType.LEDGER_JOURNAL, place, currency, net, spent))
    return owed
