"""The rows of GENERALJOURNALENTRY and GENERALJOURNALACCOUNTENTRY, in order of day."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, Value, build, money, numbered, pick
from erp_resources.sandbox.company.ax import chart
from erp_resources.sandbox.company.ax.declarations import ledger as declared
from erp_resources.sandbox.company.ax.entities import ENTITIES
from erp_resources.sandbox.company.ax.ledger import GeneralLedger, Lines, Vouchers
from erp_resources.sandbox.company.ax.system import dates, record_ids, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.exact import every
from erp_resources.sandbox.company.periods import HOUR, at
from erp_resources.sandbox.company.records import take


def rows(ledger: GeneralLedger) -> Iterator[tuple[Table, pa.Table]]:
    """An entry for every voucher that anything was posted on, and its lines."""
    lines = ledger.journals()
    posted = np.unique(lines.voucher)
    vouchers = take(ledger.vouchers(), posted)
    order = np.argsort(vouchers.day, kind="stable")
    vouchers = take(vouchers, order)
    entry = np.empty(len(order), np.int64)
    entry[order] = np.arange(len(order))
    entry_of = entry[np.searchsorted(posted, lines.voucher)]
    by_entry = np.argsort(entry_of, kind="stable")
    yield declared.GENERALJOURNALENTRY, _entries(vouchers)
    yield (
        declared.GENERALJOURNALACCOUNTENTRY,
        _lines(vouchers, take(lines, by_entry), entry_of[by_entry]),
    )


def _posted_at(vouchers: Vouchers) -> Ints:
    return at(vouchers.day, 21 * HOUR + np.arange(len(vouchers.day)) % HOUR)


def _entries(vouchers: Vouchers) -> pa.Table:
    serial = np.arange(len(vouchers.day))
    created = _posted_at(vouchers)
    columns: dict[str, Value] = {
        "JOURNALNUMBER": numbered("J-", 1 + serial, 8),
        "SUBLEDGERVOUCHER": vouchers.texts(),
        "SUBLEDGERVOUCHERDATAAREAID": pick(ENTITIES, vouchers.entity),
        "ACCOUNTINGDATE": dates(vouchers.day),
        "DOCUMENTDATE": dates(vouchers.day),
        "LEDGER": record_ids(vouchers.entity),
        "JOURNALCATEGORY": vouchers.categories(),
        "POSTINGLAYER": 0,
        **system_columns(created, created),
    }
    return build(declared.GENERALJOURNALENTRY, len(serial), columns)


def _lines(vouchers: Vouchers, lines: Lines, entry: Ints) -> pa.Table:
    serial = np.arange(len(entry))
    created = _posted_at(vouchers)[entry]
    texts = pc.if_else(pa.array(every(6, serial)), "", chart.names(lines.account))
    columns: dict[str, Value] = {
        "GENERALJOURNALENTRY": record_ids(entry),
        "MAINACCOUNT": chart.account_ids(lines.account),
        "LEDGERACCOUNT": chart.ledger_accounts(lines.account),
        "TRANSACTIONCURRENCYCODE": pick(CURRENCIES, lines.currency),
        "TRANSACTIONCURRENCYAMOUNT": money(lines.amount),
        "ACCOUNTINGCURRENCYAMOUNT": money(lines.accounting),
        "REPORTINGCURRENCYAMOUNT": money(lines.reporting),
        "ISCREDIT": lines.side,
        "POSTINGTYPE": lines.type,
        "TEXT": texts,
        **system_columns(created, created),
    }
    return build(declared.GENERALJOURNALACCOUNTENTRY, len(serial), columns)
