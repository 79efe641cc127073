"""The general ledger: takes postings as the business events occur and keeps journals and balances.

Balances grow with every posting; journals are summarised from the same postings. Neither is made
from the other, so that comparing the two tables is a real check.
"""

import enum
from dataclasses import dataclass

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs.chart import COMBINATIONS
from erp_resources.sandbox.company.exact import fill, joint, pack, starts, unpack
from erp_resources.sandbox.company.periods import MONTHS, month_of

DEBIT, CREDIT = 0, 1
_HEADER_BITS = (10, 1, 4, 2, 10)  # day, ledger, kind of journal, currency, batch
_LINE_BITS = (12, 1)  # account, side
MOST_BATCHES = 1 << _HEADER_BITS[-1]


class Journal(enum.IntEnum):
    """The kinds of journal, by source and category."""

    PURCHASE_INVOICES = 0
    PAYMENTS = 1
    SALES_INVOICES = 2
    CREDIT_MEMOS = 3
    RECEIPTS = 4
    INVENTORY = 5
    RECEIVING = 6
    WORK_IN_PROCESS = 7
    PAYROLL = 8
    DEPRECIATION = 9
    ADJUSTMENT = 10
    OPENING = 11


@dataclass(frozen=True)
class Documents:
    """What is posted, one document per position: its ledger, day and currency.

    Documents of one day, ledger, currency and ``batch`` share a journal.
    """

    ledger: Ints
    day: Ints
    currency: Ints
    batch: Ints


@dataclass(frozen=True)
class Posting:
    """One amount per document on an account: debits positive, in hundredths."""

    account: Ints
    entered: Ints
    accounted: Ints


@dataclass(frozen=True)
class Lines:
    """Summarised journal lines in the order of their journals. ``count``: postings in a line."""

    header: Ints
    account: Ints
    side: Ints
    entered: Ints
    accounted: Ints
    count: Ints


@dataclass(frozen=True)
class Headers:
    """Journals in order of day."""

    day: Ints
    ledger: Ints
    kind: Ints
    currency: Ints
    batch: Ints


class GeneralLedger:
    """Both ledgers' books.

    ``entered`` and ``accounted`` are the totals posted, in hundredths, by account, currency, month
    and side.
    """

    def __init__(self) -> None:
        shape = (COMBINATIONS, len(CURRENCIES), MONTHS, 2)
        self.entered = np.zeros(shape, np.int64)
        self.accounted = np.zeros(shape, np.int64)
        self._summaries: list[tuple[Ints, Ints, Ints, Ints]] = []

    def post(self, kind: Journal, documents: Documents, *postings: Posting) -> None:
        """Post the same kind of entry for many documents; each must balance over all its calls."""
        many = len(postings)
        account = joint(p.account for p in postings)
        entered = joint(p.entered for p in postings)
        accounted = joint(p.accounted for p in postings)
        counts = (entered != 0) | (accounted != 0)
        if not counts.any():
            return
        header = pack(*zip(_fields(kind, documents), _HEADER_BITS, strict=True))
        day, currency = (
            np.tile(documents.day, many)[counts],
            np.tile(documents.currency, many)[counts],
        )
        side = _side(entered, accounted)[counts]
        sign = 1 - 2 * side
        account, entered = account[counts], entered[counts] * sign
        accounted = accounted[counts] * sign
        self._add_to_balances((account, currency, month_of(day), side), entered, accounted)
        line = pack((np.tile(header, many)[counts], 0), (account, 12), (side, 1))
        self._summaries.append(_summary(line, entered, accounted))

    def journals(self) -> tuple[Headers, Lines]:
        """All journals posted so far."""
        keys, entered, accounted, count = (
            joint(part) for part in zip(*self._summaries, strict=True)
        )
        order = np.argsort(keys, kind="stable")
        *fields, account, side = unpack(keys[order], *_HEADER_BITS, *_LINE_BITS)
        first = starts(keys[order] >> sum(_LINE_BITS))
        lengths = np.diff(np.append(first, len(order)))
        header = np.repeat(np.arange(len(first)), lengths)
        lines = Lines(header, account, side, entered[order], accounted[order], count[order])
        day, ledger, kind, currency, batch = (field[first] for field in fields)
        return Headers(day, ledger, kind, currency, batch), lines

    def _add_to_balances(
        self, place: tuple[Ints, Ints, Ints, Ints], entered: Ints, accounted: Ints
    ) -> None:
        flat = np.ravel_multi_index(place, self.entered.shape)
        np.add.at(self.entered.reshape(-1), flat, entered)
        np.add.at(self.accounted.reshape(-1), flat, accounted)


def exchange_difference(accounted: Ints) -> tuple[Ints, Ints]:
    """What goes to the accounts for exchange losses (debits) and gains (credits, negative)."""
    return fill(accounted > 0, accounted), fill(accounted < 0, accounted)


def _fields(kind: Journal, documents: Documents) -> tuple[Ints, ...]:
    kinds = np.full(len(documents.day), int(kind), np.int64)
    return documents.day, documents.ledger, kinds, documents.currency, documents.batch


def _side(entered: Ints, accounted: Ints) -> Ints:
    # An exchange difference has no entered amount; a single yen may be worth no cent.
    deciding = np.where(accounted != 0, accounted, entered)
    return np.where(deciding < 0, CREDIT, DEBIT)


def _summary(line: Ints, entered: Ints, accounted: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    order = np.argsort(line, kind="stable")
    first = starts(line[order])
    return (
        line[order][first],
        np.add.reduceat(entered[order], first),
        np.add.reduceat(accounted[order], first),
        np.diff(np.append(first, len(order))),
    )
