"""The rows of GL_JE_HEADERS and GL_JE_LINES."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Ints,
    Value,
    build,
    joined,
    money,
    numbered,
    only,
    pick,
    rate,
)
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs import chart
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.currencies import is_foreign
from erp_resources.sandbox.company.ebs.declarations import journals as je
from erp_resources.sandbox.company.ebs.ledger import CREDIT, DEBIT, Headers, Journal, Lines
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary
from erp_resources.sandbox.company.exact import fill, ordinals, starts, sum_by
from erp_resources.sandbox.company.periods import HOUR, at, period_names

_FIRST_HEADER_ID = 200_001
_FIRST_BATCH_ID = 20_001
_FIRST_LINK_ID = 6_000_001
_NAMES = {
    Journal.PURCHASE_INVOICES: ("Payables", "Purchase Invoices"),
    Journal.PAYMENTS: ("Payables", "Payments"),
    Journal.SALES_INVOICES: ("Receivables", "Sales Invoices"),
    Journal.CREDIT_MEMOS: ("Receivables", "Credit Memos"),
    Journal.RECEIPTS: ("Receivables", "Receipts"),
    Journal.INVENTORY: ("Inventory", "Inventory"),
    Journal.RECEIVING: ("Inventory", "Receiving"),
    Journal.WORK_IN_PROCESS: ("Inventory", "WIP"),
    Journal.PAYROLL: ("Payroll", "Payroll"),
    Journal.DEPRECIATION: ("Assets", "Depreciation"),
    Journal.ADJUSTMENT: ("Manual", "Adjustment"),
    Journal.OPENING: ("Manual", "Opening Balance"),
}
_SOURCES = [_NAMES[kind][0] for kind in Journal]
_CATEGORIES = [_NAMES[kind][1] for kind in Journal]


def rows(company: Subsidiary) -> Iterator[tuple[Table, pa.Table]]:
    """All journals that the ledger has summarised."""
    headers, lines = company.ledger.journals()
    yield je.GL_JE_HEADERS, _headers(company, headers, lines)
    yield je.GL_JE_LINES, _lines(headers, lines)


def _headers(company: Subsidiary, headers: Headers, lines: Lines) -> pa.Table:
    serial = np.arange(len(headers.day))
    foreign = is_foreign(headers.ledger, headers.currency)
    # Only these journals convert everything at the one rate of their day.
    dated = foreign & np.isin(headers.kind, (Journal.PURCHASE_INVOICES, Journal.SALES_INVOICES))
    rates = company.rates.of(headers.ledger, headers.currency, headers.day)
    category, currency = pick(_CATEGORIES, headers.kind), pick(CURRENCIES, headers.currency)
    created = at(headers.day, 21 * HOUR + serial % HOUR)
    columns: dict[str, Value] = {
        "JE_HEADER_ID": _FIRST_HEADER_ID + serial,
        "LEDGER_ID": LEDGER_IDS[headers.ledger],
        "JE_BATCH_ID": _FIRST_BATCH_ID + headers.day,
        "JE_SOURCE": pick(_SOURCES, headers.kind),
        "JE_CATEGORY": category,
        "PERIOD_NAME": period_names(headers.day),
        "NAME": joined(category, " ", currency, numbered(" ", serial, 8)),
        "CURRENCY_CODE": currency,
        "STATUS": "P",
        "ACTUAL_FLAG": "A",
        "DEFAULT_EFFECTIVE_DATE": at(headers.day),
        "DATE_CREATED": at(headers.day),
        "POSTED_DATE": created + 1800,
        "CURRENCY_CONVERSION_DATE": at(headers.day),
        "CURRENCY_CONVERSION_TYPE": pick(["User", "Corporate"], dated.astype(np.int64)),
        "CURRENCY_CONVERSION_RATE": rate(rates, dated | ~foreign),
        **_totals(lines, len(serial)),
        "DESCRIPTION": only(joined(category, " zusammengefaßt"), serial % 3 > 0),
        **who(created),
    }
    return build(je.GL_JE_HEADERS, len(serial), columns)


def _totals(lines: Lines, count: int) -> dict[str, Value]:
    totals: dict[str, Value] = {}
    for side, suffix in ((DEBIT, "DR"), (CREDIT, "CR")):
        here = lines.side == side
        entered = sum_by(lines.header, fill(here, lines.entered), count)
        accounted = sum_by(lines.header, fill(here, lines.accounted), count)
        totals[f"RUNNING_TOTAL_{suffix}"] = money(entered)
        totals[f"RUNNING_TOTAL_ACCOUNTED_{suffix}"] = money(accounted)
    return totals


def _lines(headers: Headers, lines: Lines) -> pa.Table:
    serial = np.arange(len(lines.header))
    day, kind = headers.day[lines.header], headers.kind[lines.header]
    is_debit = lines.side == DEBIT
    columns: dict[str, Value] = {
        "JE_HEADER_ID": _FIRST_HEADER_ID + lines.header,
        "JE_LINE_NUM": 1 + ordinals(starts(lines.header), len(serial)),
        "LEDGER_ID": LEDGER_IDS[headers.ledger[lines.header]],
        "CODE_COMBINATION_ID": chart.IDS[lines.account],
        "PERIOD_NAME": period_names(day),
        "EFFECTIVE_DATE": at(day),
        "STATUS": "P",
        "ENTERED_DR": money(lines.entered, is_debit),
        "ENTERED_CR": money(lines.entered, ~is_debit),
        "ACCOUNTED_DR": money(lines.accounted, is_debit),
        "ACCOUNTED_CR": money(lines.accounted, ~is_debit),
        "DESCRIPTION": only(chart.descriptions(lines.account), serial % 6 > 0),
        "REFERENCE_1": numbered("", lines.count),
        **_links(serial, kind),
        "STAT_AMOUNT": None,
        **who(at(day, 21 * HOUR + serial % HOUR)),
    }
    return build(je.GL_JE_LINES, len(serial), columns)


def _links(serial: Ints, kind: Ints) -> dict[str, Value]:
    """What leads from the lines of subledger journals to their subledger."""
    has_subledger = kind <= Journal.WORK_IN_PROCESS
    return {
        "GL_SL_LINK_ID": Cells(_FIRST_LINK_ID + serial, 0, has_subledger),
        "GL_SL_LINK_TABLE": pick([None, "XLAJEL"], has_subledger.astype(np.int64)),
    }
