"""Keys as SAP stores them: numbers with leading zeros (the ALPHA exit), and how rows trace back.

Number n of ``masters`` (from 0) is customer 100001 + n, vendor 300001 + n or material n + 1 here.
``STCEG`` is ``Companies.tax_id`` and ``MARA-BISMT`` is ``Items.code``. S/4HANA's material numbers
have 40 characters but are filled with zeros to 18 only; trading goods have their code for one.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Ints, numbered
from erp_resources.sandbox.company.exact import ordinals, starts
from erp_resources.sandbox.company.masters import Items, Kind
from erp_resources.sandbox.company.periods import day_of, month_of
from erp_resources.sandbox.company.s4.books import Documents, DocumentType
from erp_resources.sandbox.company.s4.inventory import Move, Slips
from erp_resources.sandbox.company.s4.sales import Orders

_CUSTOMERS, _VENDORS = 100_001, 300_001
_ORDERS, _REQUESTS, _DELIVERIES, _BILLINGS = 1, 60_000_000, 80_000_000, 90_000_000
_PURCHASE_ORDERS, _INVOICES = 4_500_000_000, 5_105_600_001
_ISSUED, _RECEIVED = 4_900_000_000, 5_000_000_000
_WIDTH, _MATERIAL_WIDTH = 10, 18
_FIRST_YEAR, _MONTHS = 2024, 12
_RECEIPTS = (Move.PURCHASE_RECEIPT, Move.VENDOR_RETURN, Move.JOB_RECEIPT)
RANGES = {
    DocumentType.BILLING: 9_000_000_000,
    DocumentType.GOODS_DELIVERED: 4_900_000_000,
    DocumentType.GOODS_RECEIVED: 5_000_000_000,
    DocumentType.GOODS_ISSUED: 4_900_000_000,
    DocumentType.STOCK_COUNTED: 4_900_000_000,
    DocumentType.INVOICE_RECEIVED: 5_100_000_000,
    DocumentType.VENDOR_INVOICE: 1_900_000_000,
    DocumentType.CUSTOMER_PAYMENT: 1_400_000_000,
    DocumentType.VENDOR_PAYMENT: 2_000_000_000,
    DocumentType.GENERAL: 100_000_000,
}
"""The first number of each document type; types may share a range."""


@dataclass(frozen=True)
class Keys:
    """The number of each document, as text, by position; of some also the fiscal year."""

    orders: pa.Array
    documents: pa.Array
    years: Ints
    slips: pa.Array
    slip_years: Ints


def issue(orders: Orders, documents: Documents, slips: Slips) -> Keys:
    """Give numbers to orders, accounting documents and material documents.

    The last two are counted by year and in order of time; the first of them by company code, too.
    """
    is_request = orders.credited >= 0
    serial = np.arange(len(orders.day))
    request = serial - int((~is_request).sum())
    years = year_of(documents.day)
    first = np.array([RANGES[kind] for kind in DocumentType])[documents.kind]
    number = _counted((documents.day, first, years, documents.company))
    slip_years = year_of(day_of(slips.moment))
    slip_first = np.where(np.isin(slips.move, _RECEIPTS), _RECEIVED, _ISSUED)
    slip = _counted((slips.moment, slip_first, slip_years))
    return Keys(
        numbered("", np.where(is_request, _REQUESTS + request, _ORDERS + serial), _WIDTH),
        numbered("", first + number, _WIDTH),
        years,
        numbered("", slip_first + slip, _WIDTH),
        slip_years,
    )


def year_of(days: Ints) -> Ints:
    """The fiscal year of each day."""
    return _FIRST_YEAR + month_of(days) // _MONTHS


def period_of(days: Ints) -> Ints:
    """The fiscal period, from 1 to 12, of each day."""
    return 1 + month_of(days) % _MONTHS


def at(texts: pa.Array, positions: Ints) -> pa.Array:
    """The text at each position; ``""`` where it is negative."""
    extended = pa.concat_arrays([texts, pa.array([""])])
    return extended.take(pa.array(np.where(positions < 0, len(texts), positions)))


def customers(positions: Ints) -> pa.Array:
    """``KUNNR``; ``""`` where a position is negative."""
    return _serial(_CUSTOMERS, positions)


def vendors(positions: Ints) -> pa.Array:
    """``LIFNR``; likewise."""
    return _serial(_VENDORS, positions)


def deliveries(positions: Ints) -> pa.Array:
    """``VBELN`` of deliveries; likewise."""
    return _serial(_DELIVERIES, positions)


def billings(positions: Ints) -> pa.Array:
    """``VBELN`` of billing documents; likewise."""
    return _serial(_BILLINGS, positions)


def purchase_orders(positions: Ints) -> pa.Array:
    """``EBELN``; likewise."""
    return _serial(_PURCHASE_ORDERS, positions)


def invoices(positions: Ints) -> pa.Array:
    """Numbers of invoice documents of logistics; likewise."""
    return _serial(_INVOICES, positions)


def materials(items: Items) -> pa.Array:
    """``MATNR`` of each item."""
    serial = numbered("", 1 + np.arange(len(items.kind)), _MATERIAL_WIDTH)
    return pc.if_else(pa.array(items.kind == Kind.TRADE), items.code, serial)


def _serial(first: int, positions: Ints) -> pa.Array:
    count = int(positions.max(initial=-1)) + 1
    return at(numbered("", first + np.arange(count), _WIDTH), positions)


def numbered_within(groups: Ints) -> Ints:
    """1, 2, 3 … within each group, in order of position: the numbers of a document's items."""
    return 1 + _counted((np.arange(len(groups)), groups))


def _counted(fields: tuple[Ints, ...]) -> Ints:
    """0, 1, 2 … within what agrees in all fields but the first, in order of that one."""
    order = np.lexsort(fields)
    changed = np.zeros(len(order), np.bool_)
    for values in fields[1:]:
        changed[1:] |= np.diff(values[order]) != 0
    number = np.empty(len(order), np.int64)
    number[order] = ordinals(starts(np.cumsum(changed)), len(order))
    return number
