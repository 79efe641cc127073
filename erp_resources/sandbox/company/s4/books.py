"""Financial accounting: keeps every document and its lines, and which items were cleared by which.

Amounts are minor units of the document's and of the company code's currency, debits positive. A
document is its position; numbers come with the rows.
"""

import enum
from dataclasses import dataclass, fields, replace

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.exact import joint
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4.chart import Account

NONE = -1
"""No partner, item, plant, claim, ...: what stands in a line that has none."""


class DocumentType(enum.IntEnum):
    """Document types (BLART), in the order of their rows in T003."""

    BILLING = 0
    GOODS_DELIVERED = 1
    GOODS_RECEIVED = 2
    GOODS_ISSUED = 3
    STOCK_COUNTED = 4
    INVOICE_RECEIVED = 5
    VENDOR_INVOICE = 6
    CUSTOMER_PAYMENT = 7
    VENDOR_PAYMENT = 8
    GENERAL = 9


@dataclass(frozen=True)
class Documents:
    """One document per position.

    ``rated`` is the day of the exchange rate; ``origin`` the billing document, material document
    or invoice that it was made from, by position among those, or ``NONE``.
    """

    kind: Ints
    company: Ints
    day: Ints
    currency: Ints
    rated: Ints
    origin: Ints


@dataclass(frozen=True)
class Lines:
    """One line per position; what it has none of is ``NONE``.

    ``document`` counts from the first one posted together. Lines of one ``claim`` (an open item and
    what settles it) are cleared together; ``invoice`` is the document that a payment belongs to.
    ``partner`` is a customer or a vendor, ``base`` what a tax is for, ``order_item`` a purchase's.
    """

    document: Ints
    account: Ints
    amount: Ints
    local: Ints
    claim: Ints
    invoice: Ints
    partner: Ints
    item: Ints
    plant: Ints
    quantity: Ints
    order_item: Ints
    centre: Ints
    base: Ints


def documents(
    kind: DocumentType, company: Ints, day: Ints, currency: Ints, **others: Ints
) -> Documents:
    """Documents of one kind, rated on their day and without origin unless ``others`` say so."""
    count = len(day)
    columns = {"rated": day, "origin": np.full(count, NONE), **others}
    return Documents(np.full(count, int(kind)), company, day, currency, **columns)


def lines(
    document: Ints, account: Account | Ints, amount: Ints, local: Ints, **others: Ints
) -> Lines:
    """Lines with ``others`` of their fields set; without those that are zero in both currencies."""
    count = len(document)
    columns = {f.name: np.full(count, NONE, np.int64) for f in fields(Lines)}
    columns |= {"quantity": np.zeros(count, np.int64), "base": np.zeros(count, np.int64)}
    if isinstance(account, Account):
        account = np.full(count, int(account), np.int64)
    columns |= {"document": document, "account": account, "amount": amount, "local": local}
    every = Lines(**columns | others)
    return take(every, (amount != 0) | (local != 0))


def exchange_lines(document: Ints, rest: Ints) -> Lines:
    """What a document lacks in local currency, as an exchange loss (debit) or gain (credit)."""
    account = np.where(rest > 0, int(Account.EXCHANGE_LOSS), int(Account.EXCHANGE_GAIN))
    return lines(document, account, np.zeros(len(rest), np.int64), rest)


class Books:
    """All company codes' documents; ``count`` is how many there are."""

    def __init__(self) -> None:
        self._documents: list[Documents] = []
        self._lines: list[Lines] = []
        self._cleared: list[tuple[Ints, Ints]] = []
        self.count = 0
        self._claims = 0

    def claims(self, count: int) -> Ints:
        """New claims: items that stay open until they are cleared."""
        self._claims += count
        return np.arange(self._claims - count, self._claims)

    def post(self, documents: Documents, *parts: Lines) -> Ints:
        """Post documents that balance; the order of their lines is that of ``parts``.

        Returns:
            The positions of the documents among all.
        """
        position = self.count + np.arange(len(documents.day))
        every = stack(*parts)
        self._documents.append(documents)
        self._lines.append(replace(every, document=every.document + self.count))
        self.count += len(position)
        return position

    def clear(self, claims: Ints, documents: Ints) -> None:
        """Note that everything under each claim is settled since a document (its position)."""
        self._cleared.append((claims, documents))

    def documents(self) -> Documents:
        """All documents posted so far."""
        return stack(*self._documents)

    def lines(self) -> tuple[Lines, Ints]:
        """All lines in order of their documents, and what cleared each (a document or ``NONE``)."""
        every = stack(*self._lines)
        every = take(every, np.argsort(every.document, kind="stable"))
        cleared_by = np.full(self._claims + 1, NONE)
        claims, documents = (joint(part) for part in zip(*self._cleared, strict=True))
        cleared_by[claims] = documents
        # The claim NONE finds the last place, which nothing clears.
        return every, cleared_by[every.claim]
