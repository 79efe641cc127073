"""The rows of AR_CASH_RECEIPTS_ALL, AR_PAYMENT_SCHEDULES_ALL and AR_RECEIVABLE_APPLICATIONS_ALL."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Ints,
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
from erp_resources.sandbox.company.ebs.declarations import receipts as ar
from erp_resources.sandbox.company.ebs.organizations import LEDGER_IDS, UNIT_IDS
from erp_resources.sandbox.company.ebs.parties import FIRST_ACCOUNT_ID, terms_days
from erp_resources.sandbox.company.ebs.receipts import Collections, Receipts
from erp_resources.sandbox.company.ebs.receivables import Sales
from erp_resources.sandbox.company.ebs.receivables_rows import (
    FIRST_TRX_ID,
    changed_days,
    trx_numbers,
)
from erp_resources.sandbox.company.exact import convert, joint, sum_by
from erp_resources.sandbox.company.periods import HOUR, at

_FIRST_RECEIPT_ID = 500_001
_FIRST_SCHEDULE_ID = 3_000_001
_FIRST_APPLICATION_ID = 4_000_001
_COMMENTS = (
    None,
    "Verwendungszweck: Rg. siehe Avis",
    "virement SEPA / référence 'FAC 0042'",
    "przelew zagraniczny, opłata OUR",
    'wire "urgent"  ',
)


def rows(sales: Sales, collections: Collections) -> Iterator[tuple[Table, pa.Table]]:
    """Receipts, what is due, and what settled what."""
    receipts = collections.receipts
    numbers = numbered("R", 1 + np.arange(len(receipts.day)), 8)
    yield ar.AR_CASH_RECEIPTS_ALL, _receipts(collections, numbers)
    yield ar.AR_PAYMENT_SCHEDULES_ALL, _schedules(sales, collections, numbers)
    yield ar.AR_RECEIVABLE_APPLICATIONS_ALL, _applications(sales, collections)


def _received_at(receipts: Receipts) -> Ints:
    return at(receipts.day, 8 * HOUR + np.arange(len(receipts.day)) * 104_729 % (9 * HOUR))


def _receipts(collections: Collections, numbers: pa.Array) -> pa.Table:
    receipts = collections.receipts
    serial = np.arange(len(receipts.day))
    foreign = is_foreign(receipts.unit, receipts.currency)
    created = _received_at(receipts)
    booked = (created - 5 * HOUR) * 1_000_000 + serial * 32_452_843 % 1_000_000
    columns: dict[str, Value] = {
        "CASH_RECEIPT_ID": _FIRST_RECEIPT_ID + serial,
        "RECEIPT_NUMBER": numbers,
        "RECEIPT_DATE": at(receipts.day),
        "TYPE": "CASH",
        "STATUS": pick(["APP", "UNAPP"], np.where(collections.unapplied > 0, 1, 0)),
        "PAY_FROM_CUSTOMER": FIRST_ACCOUNT_ID + receipts.customer,
        "AMOUNT": money(receipts.amount),
        "CURRENCY_CODE": pick(CURRENCIES, receipts.currency),
        "EXCHANGE_RATE": rate(receipts.rate, foreign),
        "EXCHANGE_RATE_TYPE": pick([None, "Corporate"], foreign.astype(np.int64)),
        "EXCHANGE_DATE": Cells(at(receipts.day), 0, foreign),
        "DEPOSIT_DATE": at(receipts.day),
        "COMMENTS": pick(_COMMENTS, np.where(serial % 6 > 0, 0, serial // 6 % len(_COMMENTS))),
        "ATTRIBUTE_TIMESTAMP1": Cells(booked, 0, serial % 8 > 0),
        "SET_OF_BOOKS_ID": LEDGER_IDS[receipts.unit],
        "ORG_ID": UNIT_IDS[receipts.unit],
        **who(created),
    }
    return build(ar.AR_CASH_RECEIPTS_ALL, len(serial), columns)


def _schedules(sales: Sales, done: Collections, numbers: pa.Array) -> pa.Table:
    """Those of the documents, then those of the receipts."""
    heads, receipts = sales.headings, done.receipts
    documents, received = len(heads.day), len(receipts.day)
    serial = np.arange(documents + received)
    is_receipt = serial >= documents
    is_memo = joint((heads.previous >= 0, np.zeros(received, np.bool_)))
    day = joint((heads.day, receipts.day))
    changed = joint((changed_days(sales, done), receipts.day))
    unit, currency = joint((heads.unit, receipts.unit)), joint((heads.currency, receipts.currency))
    rates = joint((sales.rate, receipts.rate))
    left = joint((done.left, -done.unapplied))
    customer = joint((heads.customer, receipts.customer))
    due = day + np.where(is_memo | is_receipt, 0, terms_days(customer))
    created = joint((at(heads.day, 18 * HOUR), _received_at(receipts)))
    columns: dict[str, Value] = {
        "PAYMENT_SCHEDULE_ID": _FIRST_SCHEDULE_ID + serial,
        "CLASS": pick(["INV", "CM", "PMT"], np.where(is_receipt, 2, np.where(is_memo, 1, 0))),
        "CUSTOMER_TRX_ID": Cells(FIRST_TRX_ID + serial, 0, ~is_receipt),
        "CASH_RECEIPT_ID": Cells(_FIRST_RECEIPT_ID + serial - documents, 0, is_receipt),
        "TRX_NUMBER": pa.concat_arrays([trx_numbers(sales), numbers]),
        "TRX_DATE": at(day),
        "CUSTOMER_ID": FIRST_ACCOUNT_ID + customer,
        "INVOICE_CURRENCY_CODE": pick(CURRENCIES, currency),
        "EXCHANGE_RATE": rate(rates, is_foreign(unit, currency)),
        "AMOUNT_DUE_ORIGINAL": money(joint((sales.total, -receipts.amount))),
        "AMOUNT_DUE_REMAINING": money(left),
        "ACCTD_AMOUNT_DUE_REMAINING": money(convert(left, rates)),
        **_applied(sales, done),
        "STATUS": pick(["CL", "OP"], np.where(left != 0, 1, 0)),
        "DUE_DATE": at(due),
        "GL_DATE": at(day),
        "GL_DATE_CLOSED": Cells(at(changed), 0, left == 0),
        "TERMS_SEQUENCE_NUMBER": 1,
        "ORG_ID": UNIT_IDS[unit],
        **who(created, np.maximum(created, at(changed, 20 * HOUR))),
    }
    return build(ar.AR_PAYMENT_SCHEDULES_ALL, len(serial), columns)


def _applied(sales: Sales, done: Collections) -> dict[str, Value]:
    """How receipts and credit memos have changed what is due, by payment schedule."""
    documents, none = len(sales.total), np.zeros(len(done.receipts.day), np.int64)
    cash = sum_by(done.cash.document, done.cash.amount, documents)
    credited = -sum_by(done.memos.document, done.memos.amount, documents)
    credited[done.memo_of] = done.memos.amount
    applied = joint((cash, done.unapplied - done.receipts.amount))
    return {
        "AMOUNT_APPLIED": money(applied, applied != 0),
        "AMOUNT_CREDITED": money(joint((credited, none)), joint((credited, none)) != 0),
    }


def _applications(sales: Sales, done: Collections) -> pa.Table:
    """Those of credit memos, then those of receipts."""
    memos, count = len(done.memo_of), len(done.memo_of) + len(done.receipt_of)
    serial = np.arange(count)
    is_cash = serial >= memos
    invoice = joint((done.memos.document, done.cash.document))
    source = joint((done.memo_of, done.receipt_of))
    day = joint((done.memos.day, done.cash.day))
    unit = sales.headings.unit[invoice]
    worth_to = joint((done.memos.worth(sales.rate), done.cash.worth(sales.rate)))
    schedule = _FIRST_SCHEDULE_ID + source + np.where(is_cash, len(sales.total), 0)
    columns: dict[str, Value] = {
        "RECEIVABLE_APPLICATION_ID": _FIRST_APPLICATION_ID + serial,
        "APPLICATION_TYPE": pick(["CM", "CASH"], is_cash.astype(np.int64)),
        "STATUS": "APP",
        "APPLY_DATE": at(day),
        "GL_DATE": at(day),
        "AMOUNT_APPLIED": money(joint((done.memos.amount, done.cash.amount))),
        "ACCTD_AMOUNT_APPLIED_FROM": money(
            joint((-sales.accounted[done.memo_of], done.worth_from))
        ),
        "ACCTD_AMOUNT_APPLIED_TO": money(worth_to),
        "CASH_RECEIPT_ID": Cells(_FIRST_RECEIPT_ID + source, 0, is_cash),
        "CUSTOMER_TRX_ID": Cells(FIRST_TRX_ID + source, 0, ~is_cash),
        "PAYMENT_SCHEDULE_ID": schedule,
        "APPLIED_CUSTOMER_TRX_ID": FIRST_TRX_ID + invoice,
        "APPLIED_PAYMENT_SCHEDULE_ID": _FIRST_SCHEDULE_ID + invoice,
        "CODE_COMBINATION_ID": chart.IDS[chart.combination(chart.RECEIVABLES, unit)],
        "DISPLAY": "Y",
        "SET_OF_BOOKS_ID": LEDGER_IDS[unit],
        "ORG_ID": UNIT_IDS[unit],
        **who(at(day, 17 * HOUR + serial % HOUR)),
    }
    return build(ar.AR_RECEIVABLE_APPLICATIONS_ALL, count, columns)
