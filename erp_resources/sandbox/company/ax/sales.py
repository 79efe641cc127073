"""Sales orders and returns, their lines, and the invoices and credit notes that come of them."""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import PLANT
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER, Posting, Series
from erp_resources.sandbox.company.ax.subledger import Claims, Documents, Kind, rated
from erp_resources.sandbox.company.currencies import list_price, to_minor_unit
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import convert, divide, fill, starts, sum_by
from erp_resources.sandbox.company.masters import Kind as ItemKind
from erp_resources.sandbox.company.periods import DAYS, NEVER
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.settlement import Settlements

ORDERS = 4_000
"""At scale 1."""
NO_ORDER = -1
_FRIDAY, _WEEK = 4, 7  # day 0 is a Monday
_LINE_COUNTS = (30, 30, 25, 15)
_DISCOUNTS: Ints = np.array([0, 3, 5, 10])  # percent
_WHOLE = 1000  # thousandths in a unit


@dataclass(frozen=True)
class Orders:
    """Orders, then returns, one per position.

    ``returned``: the order whose goods come back, or ``NO_ORDER``. ``shipped`` and ``invoiced`` are
    days, or ``NEVER``.
    """

    customer: Ints
    entity: Ints
    currency: Ints
    day: Ints
    wanted: Ints
    shipped: Ints
    invoiced: Ints
    cancelled: Flags
    returned: Ints


@dataclass(frozen=True)
class SalesLines:
    """Lines in order of their order; quantities in thousandths, prices and amounts in hundredths.

    ``amount`` is for ``quantity``, ``billed`` for ``delivered``, which is what was shipped so far.
    """

    order: Ints
    item: Ints
    quantity: Ints
    delivered: Ints
    price: Ints
    discount: Ints
    amount: Ints
    billed: Ints


@dataclass(frozen=True)
class Sales:
    """What was ordered; vouchers by order, ``NO_VOUCHER`` for what has not happened.

    ``invoices`` are documents of the subledger, ``invoice_of`` their orders: those of orders first,
    then credit notes for returns.
    """

    orders: Orders
    lines: SalesLines
    slip: Ints
    voucher: Ints
    invoices: Documents
    invoice_of: Ints


def sell(company: Enterprise) -> Sales:
    """Take two years of orders, ship and invoice them, take some back, and post the invoices."""
    draws = company.draws("sales")
    orders = _orders(company, draws)
    lines = _lines(company, orders, draws)
    returns, returned = _returns(orders, lines, draws)
    orders, lines = stack(orders, returns), stack(lines, returned)
    slip, voucher = _vouchers(company, orders)
    invoice_of = np.flatnonzero(voucher != NO_VOUCHER)
    invoices = _post(company, orders, lines, voucher, invoice_of)
    return Sales(orders, lines, slip, voucher, invoices, invoice_of)


def _vouchers(company: Enterprise, orders: Orders) -> tuple[Ints, Ints]:
    """Those of packing slips, and those of invoices and credit notes."""
    entity, invoiced, ledger = orders.entity, orders.invoiced, company.ledger
    shipped, billed = orders.shipped < NEVER, orders.invoiced < NEVER
    is_return = orders.returned != NO_ORDER
    slip = ledger.open_where(shipped, Series.PACKING_SLIP, entity, orders.shipped)
    invoice = ledger.open_where(billed & ~is_return, Series.SALES_INVOICE, entity, invoiced)
    note = ledger.open_where(billed & is_return, Series.CREDIT_NOTE, entity, invoiced)
    return slip, np.where(is_return, note, invoice)


def credited(sales: Sales) -> tuple[Ints, Settlements]:
    """The credit notes among the invoices, and how each reduces the invoice of what came back."""
    document_of = np.full(len(sales.orders.day), NO_ORDER)
    document_of[sales.invoice_of] = np.arange(len(sales.invoice_of))
    credit = np.flatnonzero(sales.invoices.kind == Kind.CREDIT_NOTE)
    notes = take(sales.invoices, credit)
    invoice = document_of[sales.orders.returned[sales.invoice_of[credit]]]
    before, first = sales.invoices.amount[invoice], np.zeros(len(credit), np.int64)
    return credit, Settlements(invoice, -notes.amount, before, notes.day, notes.day, first)


def _orders(company: Enterprise, draws: Draws) -> Orders:
    count = ORDERS * company.scale
    day = np.sort(draws.integers(1, DAYS, count))
    day -= np.maximum(day % _WEEK - _FRIDAY, 0)
    customers = company.customers
    customer = customers.known[draws.skewed(len(customers.known), count)]
    wanted = day + draws.integers(2, 21, count)
    late = fill(draws.chance(150, count), draws.integers(1, 9, count))
    cancelled = draws.chance(20, count)
    shipped = np.where(cancelled | (wanted + late >= DAYS), NEVER, wanted + late)
    invoiced = shipped + draws.integers(0, 5, count)
    return Orders(
        customer,
        customers.entity[customer],
        customers.currency[customer],
        day,
        wanted,
        shipped,
        np.where(invoiced >= DAYS, NEVER, invoiced),
        cancelled,
        np.full(count, NO_ORDER),
    )


def _lines(company: Enterprise, orders: Orders, draws: Draws) -> SalesLines:
    lengths = 1 + draws.weighted(_LINE_COUNTS, len(orders.day))
    order = np.repeat(np.arange(len(lengths)), lengths)
    count, currency = len(order), orders.currency[order]
    item = _sold(company, orders.entity[order], draws)
    quantity = _quantities(company, item, draws)
    markup = draws.integers(125, 190, count)
    cost = divide(company.costs.total[item] * markup, 100)
    price = np.maximum(list_price(cost, currency), 100)
    discount = _DISCOUNTS[draws.weighted([85, 5, 5, 5], count)]
    shipped = fill(orders.shipped[order] < NEVER, quantity)
    in_part = draws.chance(40, count) & (shipped >= 2 * _WHOLE)
    delivered = np.where(in_part, shipped // (2 * _WHOLE) * _WHOLE, shipped)
    amount, billed = (
        to_minor_unit(divide(many * price * (100 - discount), 100 * _WHOLE), currency)
        for many in (quantity, delivered)
    )
    return SalesLines(order, item, quantity, delivered, price, discount, amount, billed)


def _sold(company: Enterprise, entity: Ints, draws: Draws) -> Ints:
    kind, count = company.items.kind, len(entity)
    finished, trade = (np.flatnonzero(kind == k) for k in (ItemKind.FINISHED, ItemKind.TRADE))
    own = finished[draws.skewed(len(finished), count)]
    bought = trade[draws.skewed(len(trade), count)]
    return np.where(draws.chance(500, count) & (entity == PLANT), own, bought)


def _quantities(company: Enterprise, item: Ints, draws: Draws) -> Ints:
    count = len(item)
    few, many = draws.skewed(8, count), draws.skewed(150, count)
    pieces = 1 + np.where(company.items.kind[item] == ItemKind.FINISHED, few, many)
    weighed = draws.integers(1, 300, count) * 250
    return np.where(company.items.unit[item] > 0, weighed, pieces * _WHOLE)


def _returns(orders: Orders, lines: SalesLines, draws: Draws) -> tuple[Orders, SalesLines]:
    """Returned orders for the first line of some invoices, credited when the goods are back."""
    old_enough = orders.invoiced < DAYS - 60
    source = np.flatnonzero(draws.chance(45, len(orders.day)) & old_enough)
    day = orders.invoiced[source] + draws.integers(3, 20, len(source))
    back = day + draws.integers(1, 12, len(source))
    goods = take(lines, starts(lines.order)[source])
    returns = replace(
        take(orders, source), day=day, wanted=back, shipped=back, invoiced=back, returned=source
    )
    returned = replace(
        goods,
        order=len(orders.day) + np.arange(len(source)),
        quantity=-goods.delivered,
        delivered=-goods.delivered,
        amount=-goods.billed,
        billed=-goods.billed,
    )
    return returns, returned


def _post(
    company: Enterprise, orders: Orders, lines: SalesLines, voucher: Ints, invoice_of: Ints
) -> Documents:
    net = sum_by(lines.order, lines.billed, len(orders.day))[invoice_of]
    heads = take(orders, invoice_of)
    tax = company.customers.taxed(net, heads.customer)
    kind = np.where(heads.returned == NO_ORDER, Kind.INVOICE, Kind.CREDIT_NOTE)
    dealers = (heads.entity, heads.customer, heads.currency)
    claims = Claims(kind, *dealers, heads.invoiced, net + tax, voucher[invoice_of])
    invoices = rated(company, claims)
    company.ledger.post(
        voucher[invoice_of],
        Posting(
            PostingType.CUST_BALANCE,
            posted(Account.RECEIVABLES),
            heads.currency,
            invoices.amount,
            invoices.accounting,
        ),
        Posting(
            PostingType.TAX,
            posted(Account.OUTPUT_TAX),
            heads.currency,
            -tax,
            -convert(tax, invoices.rate),
        ),
    )
    _post_revenue(company, orders, lines, voucher)
    return invoices


def _post_revenue(company: Enterprise, orders: Orders, lines: SalesLines, voucher: Ints) -> None:
    billed = take(lines, voucher[lines.order] != NO_VOUCHER)
    heads = take(orders, billed.order)
    rate = company.rates.accounting(heads.entity, heads.currency, heads.invoiced)
    company.ledger.post(
        voucher[billed.order],
        Posting(
            PostingType.SALES_REVENUE,
            posted(Account.SALES, company.items.line[billed.item]),
            heads.currency,
            -billed.billed,
            -convert(billed.billed, rate),
        ),
    )
