"""The general ledger: opens vouchers, takes their postings and makes journal entries of them.

A voucher is a position in the order of opening. Its postings have to balance as transacted; what
converting line by line leaves over goes to the accounts for penny differences, as in AX.
"""

import enum
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Flags, Ints, joined, numbered, pick
from erp_resources.sandbox.company.ax.chart import Account, PostingType, posted
from erp_resources.sandbox.company.ax.entities import ACCOUNTING
from erp_resources.sandbox.company.ax.rates import Rates
from erp_resources.sandbox.company.exact import convert, pack, starts, sum_by, unpack
from erp_resources.sandbox.company.records import stack, take

NO_VOUCHER = -1
CREDIT = 1
_LINE_BITS = (30, 9, 7, 2, 1)  # voucher, account, posting type, currency, side


class Series(enum.IntEnum):
    """Number sequences of vouchers."""

    SALES_INVOICE = 0
    CREDIT_NOTE = 1
    CUSTOMER_PAYMENT = 2
    PACKING_SLIP = 3
    PRODUCT_RECEIPT = 4
    PURCHASE_INVOICE = 5
    VENDOR_INVOICE = 6
    VENDOR_PAYMENT = 7
    PICKING_LIST = 8
    REPORT_AS_FINISHED = 9
    COUNTING = 10
    MOVEMENT = 11
    GENERAL = 12
    PAYROLL = 13


_INVOICE_PREFIXES = {
    Series.SALES_INVOICE: "INV",
    Series.CREDIT_NOTE: "CRN",
    Series.PURCHASE_INVOICE: "RE-",
    Series.VENDOR_INVOICE: "FA-",
}
_PREFIXES_AND_CATEGORIES = {
    Series.SALES_INVOICE: ("SIV-", 2),
    Series.CREDIT_NOTE: ("SCN-", 2),
    Series.CUSTOMER_PAYMENT: ("CPM-", 15),
    Series.PACKING_SLIP: ("SPS-", 2),
    Series.PRODUCT_RECEIPT: ("PPR-", 3),
    Series.PURCHASE_INVOICE: ("PIV-", 3),
    Series.VENDOR_INVOICE: ("VIN-", 14),
    Series.VENDOR_PAYMENT: ("VPM-", 15),
    Series.PICKING_LIST: ("PPL-", 5),
    Series.REPORT_AS_FINISHED: ("PRF-", 5),
    Series.COUNTING: ("CNT-", 4),
    Series.MOVEMENT: ("MOV-", 4),
    Series.GENERAL: ("GJN-", 1),
    Series.PAYROLL: ("PAY-", 11),
}
_PREFIXES = [_PREFIXES_AND_CATEGORIES[series][0] for series in Series]
_CATEGORIES: Ints = np.array([_PREFIXES_AND_CATEGORIES[series][1] for series in Series])


@dataclass(frozen=True)
class Vouchers:
    """Vouchers by position; ``number`` counts those of the same series."""

    series: Ints
    number: Ints
    entity: Ints
    day: Ints

    def categories(self) -> Ints:
        """What AX calls a journal's category (LedgerTransType)."""
        return _CATEGORIES[self.series]

    def texts(self) -> pa.Array:
        """The voucher numbers as they are printed: ``SIV-0000001`` and so on."""
        return joined(pick(_PREFIXES, self.series), numbered("", self.number, 7))


@dataclass(frozen=True)
class Posting:
    """One amount per voucher on an account: debits positive, in hundredths.

    Without ``reporting`` the amount in the reporting currency follows from the day's rate.
    """

    type: PostingType
    account: Ints
    currency: Ints
    amount: Ints
    accounting: Ints
    reporting: Ints | None = None


@dataclass(frozen=True)
class Lines:
    """Lines of journal entries, in order of their vouchers: those of one account in one."""

    voucher: Ints
    account: Ints
    type: Ints
    currency: Ints
    side: Ints
    amount: Ints
    accounting: Ints
    reporting: Ints


class GeneralLedger:
    """The books of all legal entities."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._vouchers: list[Vouchers] = []
        self._opened = 0
        self._numbers = dict.fromkeys(Series, 1)
        self._lines: list[Lines] = []

    def open(self, series: Series, entity: Ints, day: Ints) -> Ints:
        """New vouchers of one series."""
        count = len(day)
        number = self._numbers[series] + np.arange(count)
        self._numbers[series] += count
        self._vouchers.append(Vouchers(np.full(count, int(series)), number, entity, day))
        self._opened += count
        return np.arange(self._opened - count, self._opened)

    def open_where(self, happens: Flags, series: Series, entity: Ints, day: Ints) -> Ints:
        """New vouchers for some of many documents; ``NO_VOUCHER`` for the others."""
        vouchers = np.full(len(day), NO_VOUCHER)
        vouchers[happens] = self.open(series, entity[happens], day[happens])
        return vouchers

    def vouchers(self) -> Vouchers:
        """All vouchers opened so far."""
        if len(self._vouchers) > 1:
            self._vouchers = [stack(*self._vouchers)]
        return self._vouchers[0]

    def texts(self, vouchers: Ints) -> pa.Array:
        """Their numbers as printed; empty for ``NO_VOUCHER``."""
        texts = take(self.vouchers(), vouchers).texts()
        return pc.if_else(pa.array(vouchers == NO_VOUCHER), "", texts)

    def invoices(self, vouchers: Ints) -> pa.Array:
        """The numbers of invoices and credit notes posted by vouchers; empty for other ones."""
        chosen = take(self.vouchers(), vouchers)
        prefixes = pick([_INVOICE_PREFIXES.get(series) for series in Series], chosen.series)
        texts = joined(prefixes, numbered("", chosen.number, 7))
        return pc.if_else(pa.array(vouchers == NO_VOUCHER), "", pc.fill_null(texts, ""))

    def reporting(self, vouchers: Ints, accounting: Ints) -> Ints:
        """Amounts in the reporting currency, at the rate of the vouchers' day."""
        chosen = take(self.vouchers(), vouchers)
        return convert(accounting, self._rates.reporting(chosen.entity, chosen.day))

    def post(self, vouchers: Ints, *postings: Posting) -> None:
        """Post the same kind of entry for many vouchers; each must balance over all its calls."""
        for posting in postings:
            lines = self._line(vouchers, posting)
            counts = (lines.amount != 0) | (lines.accounting != 0) | (lines.reporting != 0)
            self._lines.append(take(lines, counts))

    def journals(self) -> Lines:
        """All lines posted so far, with the penny differences.

        Raises:
            ValueError: if a voucher is out of balance by more than rounding explains.
        """
        lines = stack(*self._lines)
        return _summed(stack(lines, *self._pennies(lines)))

    def _line(self, vouchers: Ints, posting: Posting) -> Lines:
        count, reporting = len(vouchers), posting.reporting
        if reporting is None:
            reporting = self.reporting(vouchers, posting.accounting)
        # An exchange adjustment has no transacted amount; a single yen may be worth no cent.
        deciding = np.where(posting.accounting != 0, posting.accounting, reporting)
        deciding = np.where(deciding != 0, deciding, posting.amount)
        account = np.broadcast_to(posting.account, count)
        kind, side = np.full(count, int(posting.type)), np.where(deciding < 0, CREDIT, 0)
        amounts = (posting.amount, posting.accounting, reporting)
        return Lines(vouchers, account, kind, posting.currency, side, *amounts)

    def _pennies(self, lines: Lines) -> tuple[Lines, Lines]:
        count = sum_by(lines.voucher, np.ones(len(lines.voucher), np.int64), self._opened)
        accounting = sum_by(lines.voucher, lines.accounting, self._opened)
        reporting = sum_by(lines.voucher, lines.reporting, self._opened)
        out = (np.abs(accounting) > count) | (np.abs(reporting) > count)
        if out.any():
            raise ValueError(f"voucher {int(np.flatnonzero(out)[0])} is out of balance")
        return (
            self._penny(accounting != 0, Account.PENNY, PostingType.MST_DIFF, accounting),
            self._penny(
                reporting != 0, Account.PENNY_REPORTING, PostingType.MST_DIFF_SECOND, reporting
            ),
        )

    def _penny(self, flags: Flags, account: Account, kind: PostingType, rest: Ints) -> Lines:
        voucher = np.flatnonzero(flags)
        currency = ACCOUNTING[self.vouchers().entity[voucher]]
        amount, nothing = -rest[voucher], np.zeros(len(voucher), np.int64)
        amounts = (amount, nothing) if kind is PostingType.MST_DIFF else (nothing, amount)
        posting = Posting(kind, posted(account), currency, nothing, *amounts)
        return self._line(voucher, posting)


def exchange_adjustments(
    currency: Ints, accounting: Ints, reporting: Ints
) -> tuple[Posting, Posting, Posting, Posting]:
    """Losses (positive) and gains, each in the accounting and in the reporting currency."""
    nothing = np.zeros(len(currency), np.int64)
    loss, gain = posted(Account.EXCHANGE_LOSS), posted(Account.EXCHANGE_GAIN)
    lost, won = PostingType.EXCH_RATE_LOSS, PostingType.EXCH_RATE_GAIN
    return (
        Posting(lost, loss, currency, nothing, np.maximum(accounting, 0), nothing),
        Posting(won, gain, currency, nothing, np.minimum(accounting, 0), nothing),
        Posting(lost, loss, currency, nothing, nothing, np.maximum(reporting, 0)),
        Posting(won, gain, currency, nothing, nothing, np.minimum(reporting, 0)),
    )


def _summed(lines: Lines) -> Lines:
    """One line for all postings of a voucher that agree in all but the amounts."""
    fields = (lines.voucher, lines.account, lines.type, lines.currency, lines.side)
    key = pack(*zip(fields, _LINE_BITS, strict=True))
    order = np.argsort(key, kind="stable")
    first = starts(key[order])
    amounts = (lines.amount, lines.accounting, lines.reporting)
    return Lines(
        *unpack(key[order][first], *_LINE_BITS),
        *(np.add.reduceat(amount[order], first) for amount in amounts),
    )
