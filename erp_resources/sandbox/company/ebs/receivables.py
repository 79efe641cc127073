"""Sales: invoices and credit memos, their lines, and what they post."""

from dataclasses import dataclass, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.currencies import list_price, to_minor_unit
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.ledger import Journal, Posting
from erp_resources.sandbox.company.ebs.organizations import BRANCH, DEPOT, PLANT
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary, dealt_in, is_domestic, taxed
from erp_resources.sandbox.company.exact import convert, divide, ordinals, starts, sum_by
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.records import stack, take

INVOICES = 9_400
"""At scale 1."""
NO_ITEM = -1
_FRIDAY, _WEEK = 4, 7  # day 0 is a Monday
_SECOND_DAY = 1
_LINE_COUNTS = (30, 30, 25, 15)
_DORMANT = 180  # every so manyth item, a trade article, is never sold


@dataclass(frozen=True)
class Headings:
    """Invoices, then credit memos, one per position; ``previous``: the invoice credited, or -1."""

    customer: Ints
    unit: Ints
    currency: Ints
    day: Ints
    previous: Ints


@dataclass(frozen=True)
class SalesLines:
    """Lines in order of their document; a line without an item is freight. Tax is no line here."""

    document: Ints
    item: Ints
    plant: Ints
    quantity: Ints
    price: Ints
    amount: Ints


@dataclass(frozen=True)
class Sales:
    """What was invoiced and credited; amounts by document, in hundredths of its currency.

    ``accounted`` is ``total`` in the functional currency, at ``rate``.
    """

    headings: Headings
    lines: SalesLines
    rate: Ints
    tax: Ints
    total: Ints
    accounted: Ints


def bill(company: Subsidiary) -> Sales:
    """Invoice two years of sales, credit some of it and post both."""
    draws = company.draws("sales")
    invoices = _invoices(company, draws)
    lines = _lines(company, invoices, draws)
    old_enough = invoices.day < DAYS - 60
    credited = np.flatnonzero(draws.chance(45, len(invoices.day)) & old_enough)
    memos = _memos(invoices, credited, draws)
    returned = _returned(lines, credited, len(invoices.day))
    sales = _totalled(company, stack(invoices, memos), stack(lines, returned))
    _post(company, sales)
    return sales


def _invoices(company: Subsidiary, draws: Draws) -> Headings:
    count = INVOICES * company.scale
    day = np.sort(draws.integers(_SECOND_DAY, DAYS, count))
    day -= np.maximum(day % _WEEK - _FRIDAY, 0)
    customer = draws.skewed(len(company.customers.country), count)
    unit, currency = dealt_in(company.customers)
    none = np.full(count, -1)
    return Headings(customer, unit[customer], currency[customer], day, none)


def _memos(invoices: Headings, credited: Ints, draws: Draws) -> Headings:
    later = invoices.day[credited] + draws.integers(5, 25, len(credited))
    return replace(take(invoices, credited), day=later, previous=credited)


def _returned(lines: SalesLines, credited: Ints, invoices: int) -> SalesLines:
    """The lines of credit memos: the first line of each invoice credited, turned round."""
    first = take(lines, starts(lines.document)[credited])
    document = invoices + np.arange(len(credited))
    return replace(first, document=document, quantity=-first.quantity, amount=-first.amount)


def _lines(company: Subsidiary, invoices: Headings, draws: Draws) -> SalesLines:
    lengths = 1 + draws.weighted(_LINE_COUNTS, len(invoices.day))
    document = np.repeat(np.arange(len(lengths)), lengths)
    count = len(document)
    later = ordinals(np.cumsum(lengths) - lengths, count) > 0
    freight = later & draws.chance(40, count)
    item = _sold(company, draws, count)
    is_finished = company.items.kind[item] == Kind.FINISHED
    at_home = np.where(is_finished, PLANT, DEPOT)
    plant = np.where(invoices.unit[document] == 1, BRANCH, at_home)
    quantity = _quantities(company, item, is_finished, draws)
    markup = draws.integers(125, 190, count)
    currency = invoices.currency[document]
    price = list_price(divide(company.costs.total[item] * markup, 100), currency)
    price = np.maximum(price, 100)
    amount = to_minor_unit(divide(quantity * price, 1000), currency)
    flat = to_minor_unit(100 * draws.integers(40, 400, count), currency)
    return SalesLines(
        document,
        np.where(freight, NO_ITEM, item),
        plant,
        np.where(freight, 1000, quantity),
        np.where(freight, flat, price),
        np.where(freight, flat, amount),
    )


def _sold(company: Subsidiary, draws: Draws, count: int) -> Ints:
    serial = np.arange(len(company.items.kind))
    finished = np.flatnonzero(company.items.kind == Kind.FINISHED)
    dormant = serial % _DORMANT == _DORMANT - 1
    trade = np.flatnonzero((company.items.kind == Kind.TRADE) & ~dormant)
    own = finished[draws.skewed(len(finished), count)]
    bought = trade[draws.skewed(len(trade), count)]
    return np.where(draws.chance(500, count), own, bought)


def _quantities(company: Subsidiary, item: Ints, is_finished: Flags, draws: Draws) -> Ints:
    count = len(item)
    pieces = 1 + np.where(is_finished, draws.skewed(12, count), draws.skewed(200, count))
    weighed = draws.integers(1, 400, count) * 250
    return np.where(company.items.unit[item] > 0, weighed, pieces * 1000)


def _totalled(company: Subsidiary, headings: Headings, lines: SalesLines) -> Sales:
    net = sum_by(lines.document, lines.amount, len(headings.day))
    tax = taxed(company.customers, net, headings.customer)
    # A credit memo keeps the rate of its invoice.
    is_memo = headings.previous >= 0
    rated = np.where(is_memo, headings.day[headings.previous], headings.day)
    rate = company.rates.of(headings.unit, headings.currency, rated)
    return Sales(headings, lines, rate, tax, net + tax, convert(net + tax, rate))


def _post(company: Subsidiary, sales: Sales) -> None:
    heads, lines = sales.headings, sales.lines
    tax = convert(sales.tax, sales.rate)
    revenue = convert(lines.amount, sales.rate[lines.document])
    # The first line takes the cent that converting line by line leaves over.
    rest = sales.accounted - tax - sum_by(lines.document, revenue, len(heads.day))
    revenue[starts(lines.document)] += rest
    due = chart.combination(chart.RECEIVABLES, heads.unit)
    output_tax = chart.combination(chart.OUTPUT_TAX, heads.unit)
    per_document = (
        Posting(due, sales.total, sales.accounted),
        Posting(output_tax, -sales.tax, -tax),
    )
    per_line = Posting(_revenue_accounts(company, sales), -lines.amount, -revenue)
    documents = company.documents(heads.unit, heads.day, heads.currency)
    is_memo = heads.previous >= 0
    for kind, chosen in ((Journal.SALES_INVOICES, ~is_memo), (Journal.CREDIT_MEMOS, is_memo)):
        line = chosen[lines.document]
        company.ledger.post(
            kind, take(documents, chosen), *(take(posting, chosen) for posting in per_document)
        )
        company.ledger.post(kind, take(documents, lines.document[line]), take(per_line, line))


def _revenue_accounts(company: Subsidiary, sales: Sales) -> Ints:
    lines = sales.lines
    unit = sales.headings.unit[lines.document]
    line = company.items.line[lines.item]
    domestic = is_domestic(company.customers)[sales.headings.customer][lines.document]
    home = chart.combination(chart.HOME_SALES, unit, line)
    export = chart.combination(chart.EXPORT_SALES, unit, line)
    freight = chart.combination(chart.FREIGHT_SALES, unit)
    return np.where(lines.item == NO_ITEM, freight, np.where(domestic, home, export))
