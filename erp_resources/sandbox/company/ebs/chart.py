"""The chart of accounts: natural accounts, and the code combinations that both ledgers keep.

Elsewhere an account is its position in the list of code combinations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Cells, Flags, Ints, build, pick
from erp_resources.sandbox.company.ebs.declarations import general_ledger as gl
from erp_resources.sandbox.company.ebs.organizations import BATCH_USER, LEDGER_IDS
from erp_resources.sandbox.company.masters import PRODUCT_LINES
from erp_resources.sandbox.company.periods import FIRST_DAYS, at

COST_CENTRES = 10
CHART_OF_ACCOUNTS_ID = 50_310
_FIRST_ID = 12_001


@dataclass(frozen=True)
class Account:
    """A natural account; ``kind`` is A, L, O, R or E.

    It is kept per cost centre (``centres``), per product line (``lines``) or once per company.
    """

    number: str
    kind: str
    description: str
    lines: int = 1
    centres: int = 1


CASH = Account("110100", "A", "Cash at bank")
RECEIVABLES = Account("120100", "A", "Trade receivables")
UNAPPLIED = Account("120900", "A", "Unapplied receipts")
INVENTORY = Account("130100", "A", "Inventory at standard cost", lines=PRODUCT_LINES)
WORK_IN_PROCESS = Account("130500", "A", "Work in process")
INPUT_TAX = Account("140100", "A", "Input VAT")
MACHINES = Account("150100", "A", "Plant and machinery")
DEPRECIATED = Account("150900", "A", "Accumulated depreciation")
PAYABLES = Account("210100", "L", "Trade payables")
ACCRUAL = Account("210500", "L", "Goods received, not invoiced")
OUTPUT_TAX = Account("220100", "L", "Output VAT")
ACCRUED = Account("220900", "L", "Accrued expenses")
PAYROLL_DUE = Account("230100", "L", "Payroll liabilities")
CAPITAL = Account("300100", "O", "Share capital")
RETAINED = Account("320100", "O", "Retained earnings")
OPENING_STOCK = Account("330100", "O", "Stock taken over at go-live")
HOME_SALES = Account("400100", "R", "Sales, domestic", lines=PRODUCT_LINES)
EXPORT_SALES = Account("400200", "R", "Sales, export", lines=PRODUCT_LINES)
FREIGHT_SALES = Account("410100", "R", "Freight charged to customers")
COST_OF_SALES = Account("500100", "E", "Cost of sales", lines=PRODUCT_LINES)
PURCHASE_VARIANCE = Account("510100", "E", "Purchase price variance")
INVOICE_VARIANCE = Account("510200", "E", "Invoice price variance")
ABSORPTION = Account("520100", "E", "Conversion cost absorbed by production")
STOCK_ADJUSTMENT = Account("520300", "E", "Inventory adjustments")
SALARIES = Account("610100", "E", "Wages and salaries", centres=COST_CENTRES)
DEPRECIATION = Account("620100", "E", "Depreciation", centres=COST_CENTRES)
EXPENSES = (
    Account("630100", "E", "Freight out", centres=COST_CENTRES),
    Account("640100", "E", "Energy", centres=COST_CENTRES),
    Account("650100", "E", "Rent", centres=COST_CENTRES),
    Account("660100", "E", "Professional services", centres=COST_CENTRES),
    Account("670100", "E", "Travel", centres=COST_CENTRES),
    Account("680100", "E", "Software and IT services", centres=COST_CENTRES),
    Account("690100", "E", "Maintenance", centres=COST_CENTRES),
)
EXCHANGE_GAIN = Account("700100", "R", "Realised exchange gains")
EXCHANGE_LOSS = Account("710100", "E", "Realised exchange losses")

_ACCOUNTS = (
    CASH, RECEIVABLES, UNAPPLIED, INVENTORY, WORK_IN_PROCESS, INPUT_TAX, MACHINES, DEPRECIATED,
    PAYABLES, ACCRUAL, OUTPUT_TAX, ACCRUED, PAYROLL_DUE, CAPITAL, RETAINED, OPENING_STOCK,
    HOME_SALES, EXPORT_SALES, FREIGHT_SALES, COST_OF_SALES, PURCHASE_VARIANCE,
    INVOICE_VARIANCE, ABSORPTION, STOCK_ADJUSTMENT, SALARIES, DEPRECIATION, *EXPENSES,
    EXCHANGE_GAIN, EXCHANGE_LOSS,
)  # fmt: skip
_WIDTHS = np.array([account.lines * account.centres for account in _ACCOUNTS])
_OFFSETS = {account: int(_WIDTHS[:i].sum()) for i, account in enumerate(_ACCOUNTS)}
PER_LEDGER = int(_WIDTHS.sum())
COMBINATIONS = PER_LEDGER * len(LEDGER_IDS)

_ACCOUNT_OF = np.tile(np.repeat(np.arange(len(_ACCOUNTS)), _WIDTHS), len(LEDGER_IDS))
_MEMBER_OF = np.tile(np.concatenate([np.arange(width) for width in _WIDTHS]), len(LEDGER_IDS))
_KINDS = np.array([account.kind for account in _ACCOUNTS])

IDS: Ints = _FIRST_ID + np.arange(COMBINATIONS)
LEDGER_OF: Ints = np.arange(COMBINATIONS) // PER_LEDGER
IS_INCOME: Flags = np.isin(_KINDS[_ACCOUNT_OF], ("R", "E"))
"""Which accounts begin each fiscal year at zero."""


def combination(account: Account, ledgers: Ints, members: Ints | int = 0) -> Ints:
    """Positions of an account's combinations, by ledger and product line or cost centre."""
    return ledgers * PER_LEDGER + _OFFSETS[account] + members


def descriptions(combinations: Ints) -> pa.Array:
    """What the natural account of each combination is called."""
    return pick([account.description for account in _ACCOUNTS], _ACCOUNT_OF[combinations])


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """GL_CODE_COMBINATIONS."""
    per_line = np.array([account.lines > 1 for account in _ACCOUNTS])[_ACCOUNT_OF]
    per_centre = np.array([account.centres > 1 for account in _ACCOUNTS])[_ACCOUNT_OF]
    centres = [f"{100 * n:04}" for n in range(COST_CENTRES + 1)]
    lines = [f"{10 * n:03}" for n in range(PRODUCT_LINES + 1)]
    columns = {
        "CODE_COMBINATION_ID": IDS,
        "CHART_OF_ACCOUNTS_ID": CHART_OF_ACCOUNTS_ID,
        "ACCOUNT_TYPE": pick([account.kind for account in _ACCOUNTS], _ACCOUNT_OF),
        "ENABLED_FLAG": "Y",
        "SUMMARY_FLAG": "N",
        "DETAIL_POSTING_ALLOWED_FLAG": "Y",
        "SEGMENT1": pick(["01", "02"], LEDGER_OF),
        "SEGMENT2": pick(centres, np.where(per_centre, _MEMBER_OF + 1, 0)),
        "SEGMENT3": pick([account.number for account in _ACCOUNTS], _ACCOUNT_OF),
        "SEGMENT4": pick(lines, np.where(per_line, _MEMBER_OF + 1, 0)),
        "SEGMENT5": "00",
        "DESCRIPTION": descriptions(np.arange(COMBINATIONS)),
        "START_DATE_ACTIVE": Cells(np.full(COMBINATIONS, at(FIRST_DAYS)[0]), 0, per_centre),
        "END_DATE_ACTIVE": None,
        "LAST_UPDATE_DATE": at(np.zeros(COMBINATIONS, np.int64), 5 * 3600),
        "LAST_UPDATED_BY": BATCH_USER,
    }
    table = gl.GL_CODE_COMBINATIONS
    yield table, build(table, COMBINATIONS, columns)
