"""The chart of accounts that all ledgers share, and the segment that an account is posted with."""

import enum
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, Value, build, pick
from erp_resources.sandbox.company.ax.declarations import organization
from erp_resources.sandbox.company.ax.system import FIRST_RECID, system_columns
from erp_resources.sandbox.company.periods import HOUR, at

SEGMENTS = 16
"""Segments of an account: 0 for none, else a product line or a cost centre."""
CHART_OF_ACCOUNTS = FIRST_RECID + 1
_REVENUE, _EXPENSE, _ASSET, _LIABILITY, _EQUITY = 1, 2, 4, 5, 6
_CREATED = -1450  # days


class Account(enum.IntEnum):
    """Main accounts, in the order of their numbers."""

    BANK = 0
    RECEIVABLES = 1
    INVENTORY = 2
    RECEIVED = 3
    WORK_IN_PROCESS = 4
    INPUT_TAX = 5
    PAYABLES = 6
    ACCRUED_PURCHASES = 7
    OUTPUT_TAX = 8
    CAPITAL = 9
    OPENING_STOCK = 10
    SALES = 11
    EXCHANGE_GAIN = 12
    COST_OF_SALES = 13
    PURCHASES = 14
    PRICE_VARIANCE = 15
    ABSORPTION = 16
    STOCK_DIFFERENCES = 17
    SALARIES = 18
    ENERGY = 19
    RENT = 20
    SERVICES = 21
    FREIGHT = 22
    EXCHANGE_LOSS = 23
    PENNY = 24
    PENNY_REPORTING = 25


_ACCOUNTS = {
    Account.BANK: ("112100", "Bank account", _ASSET),
    Account.RECEIVABLES: ("130100", "Accounts receivable", _ASSET),
    Account.INVENTORY: ("140200", "Inventory", _ASSET),
    Account.RECEIVED: ("140210", "Goods received, not invoiced", _ASSET),
    Account.WORK_IN_PROCESS: ("150100", "Work in process", _ASSET),
    Account.INPUT_TAX: ("160100", "Vorsteuer / input VAT", _ASSET),
    Account.PAYABLES: ("200100", "Accounts payable", _LIABILITY),
    Account.ACCRUED_PURCHASES: ("200140", "Accrued purchases", _LIABILITY),
    Account.OUTPUT_TAX: ("201100", "Umsatzsteuer / output VAT", _LIABILITY),
    Account.CAPITAL: ("300100", "Share capital", _EQUITY),
    Account.OPENING_STOCK: ("300900", "Stock taken over at go-live", _EQUITY),
    Account.SALES: ("401100", "Product sales", _REVENUE),
    Account.EXCHANGE_GAIN: ("401900", "Realized exchange gain", _REVENUE),
    Account.COST_OF_SALES: ("500100", "Cost of goods sold", _EXPENSE),
    Account.PURCHASES: ("500200", "Purchase expenditure for product", _EXPENSE),
    Account.PRICE_VARIANCE: ("510310", "Purchase price variance", _EXPENSE),
    Account.ABSORPTION: ("510400", "Conversion cost absorbed by production", _EXPENSE),
    Account.STOCK_DIFFERENCES: ("510500", "Inventory differences", _EXPENSE),
    Account.SALARIES: ("600100", "Löhne und Gehälter", _EXPENSE),
    Account.ENERGY: ("602100", "Energy", _EXPENSE),
    Account.RENT: ("602200", "Rent", _EXPENSE),
    Account.SERVICES: ("602300", "Professional services", _EXPENSE),
    Account.FREIGHT: ("602400", "Freight", _EXPENSE),
    Account.EXCHANGE_LOSS: ("801400", "Realized exchange loss", _EXPENSE),
    Account.PENNY: ("801900", "Penny differences, accounting currency", _EXPENSE),
    Account.PENNY_REPORTING: ("801910", "Penny differences, reporting currency", _EXPENSE),
}
EXPENSES: Ints = np.array([Account.ENERGY, Account.RENT, Account.SERVICES, Account.FREIGHT])


class PostingType(enum.IntEnum):
    """Those of AX's LedgerPostingType that are posted here.

    The numbers from 71 on follow AX's order, without claiming to be AX's.
    """

    EXCH_RATE_GAIN = 1
    EXCH_RATE_LOSS = 2
    TAX = 4
    MST_DIFF_SECOND = 9
    MST_DIFF = 11
    LEDGER_JOURNAL = 14
    BANK = 20
    CUST_BALANCE = 31
    VEND_BALANCE = 41
    SALES_REVENUE = 51
    SALES_CONSUMP = 52
    SALES_ISSUE = 61
    PURCH_CONSUMP = 71
    PURCH_PCK_SLP = 82
    PURCH_OFFSET_ACCOUNT_PCK_SLP = 83
    PURCH_RECEIPT = 84
    PURCH_STD_LOSS = 86
    INVENT_RECEIPT = 91
    INVENT_ISSUE = 92
    INVENT_PROFIT = 93
    INVENT_LOSS = 94
    PROD_ISSUE = 113
    PROD_ISSUE_OFFSET_ACCOUNT = 114
    PROD_RECEIPT = 115
    PROD_RECEIPT_OFFSET_ACCOUNT = 116


def posted(account: Account, segment: Ints | int = -1) -> Ints:
    """An account with product lines or cost centres counted from 0, or without segment (-1)."""
    return account * SEGMENTS + 1 + np.asarray(segment, np.int64)


def account_ids(places: Ints) -> Ints:
    """The record numbers of the main accounts of ``posted`` places."""
    return FIRST_RECID + places // SEGMENTS


def ledger_accounts(places: Ints) -> pa.Array:
    """``401100-03``: main account and segment, if any."""
    texts: list[str | None] = [
        number + (f"-{segment:02}" if segment else "")
        for number, *_ in _ACCOUNTS.values()
        for segment in range(SEGMENTS)
    ]
    return pick(texts, places)


def names(places: Ints) -> pa.Array:
    """The names of the main accounts of ``posted`` places."""
    return pick([name for _, name, _ in _ACCOUNTS.values()], places // SEGMENTS)


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """MAINACCOUNT."""
    serial = np.arange(len(_ACCOUNTS))
    numbers, texts, types = zip(*_ACCOUNTS.values(), strict=True)
    columns: dict[str, Value] = {
        "MAINACCOUNTID": pick(numbers, serial),
        "NAME": pick(texts, serial),
        "TYPE": np.array(types),
        "LEDGERCHARTOFACCOUNTS": CHART_OF_ACCOUNTS,
        "CLOSED": 0,
        **system_columns(at(_CREATED + serial, 9 * HOUR)),
    }
    yield organization.MAINACCOUNT, build(organization.MAINACCOUNT, len(serial), columns)
