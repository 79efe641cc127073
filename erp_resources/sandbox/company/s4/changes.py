"""Change documents, CDHDR and CDPOS: telephone numbers of customers, quantities of order items.

What they say is new is what the changed row has now, unless it was changed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, joined, numbered, pick
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import UNITS
from erp_resources.sandbox.company.s4.organization import users
from erp_resources.sandbox.company.s4.partners import changed_customers, telephones
from erp_resources.sandbox.company.s4.sales import Sales
from erp_resources.sandbox.company.s4.sales_rows import changed_orders, item_numbers
from erp_resources.sandbox.company.s4.values import CLIENT, NO_DAY, Value, build, digits

_NUMBER_WIDTH, _QUANTITY_WIDTH = 10, 18


@dataclass(frozen=True)
class _Changes:
    """Changes of one field of one table, one per position; texts as they are stored."""

    object_class: str
    transaction: str
    table: str
    field: str
    objects: pa.Array
    row: pa.Array
    new: pa.Array
    old: pa.Array
    unit: pa.Array
    day: Ints


def rows(hq: Headquarters, sales: Sales, issued: Keys) -> Iterator[tuple[Table, pa.Table]]:
    """CDHDR and CDPOS, one position for each header."""
    kinds = (_of_customers(hq), _of_orders(hq, sales, issued))
    count = sum(len(changes.day) for changes in kinds)
    of = np.repeat(np.arange(len(kinds)), [len(changes.day) for changes in kinds])
    serial = np.arange(count)
    common: dict[str, Value] = {
        "OBJECTCLAS": pick([changes.object_class for changes in kinds], of),
        "OBJECTID": pa.concat_arrays([changes.objects for changes in kinds]),
        "CHANGENR": numbered("", 1_000_001 + serial, _NUMBER_WIDTH),
    }
    headers: dict[str, Value] = {
        **common,
        "USERNAME": users(serial),
        "UDATE": np.concatenate([changes.day for changes in kinds]),
        "UTIME": 17 * 3600 + serial * 7919 % (5 * 3600),
        "TCODE": pick([changes.transaction for changes in kinds], of),
        "CHANGE_IND": "U",
        "LANGU": "D",
    }
    yield TABLES["CDHDR"], build(TABLES["CDHDR"], count, headers)
    unit = pa.concat_arrays([changes.unit for changes in kinds])
    positions: dict[str, Value] = {
        **common,
        "TABNAME": pick([changes.table for changes in kinds], of),
        "TABKEY": pa.concat_arrays([changes.row for changes in kinds]),
        "FNAME": pick([changes.field for changes in kinds], of),
        "CHNGIND": "U",
        "UNIT_OLD": unit,
        "UNIT_NEW": unit,
        "VALUE_NEW": pa.concat_arrays([changes.new for changes in kinds]),
        "VALUE_OLD": pa.concat_arrays([changes.old for changes in kinds]),
    }
    yield TABLES["CDPOS"], build(TABLES["CDPOS"], count, positions)


def _of_customers(hq: Headquarters) -> _Changes:
    day = changed_customers(hq.customers)
    here = np.flatnonzero(day > NO_DAY)
    number = keys.customers(here)
    old = numbered("0711/", here * 31 % 90_000)
    none = pa.repeat(pa.scalar(""), len(here))
    row = joined(CLIENT, number)
    return _Changes(
        "DEBI", "XD02", "KNA1", "TELF1", number, row, telephones(here), old, none, day[here]
    )


def _of_orders(hq: Headquarters, sales: Sales, issued: Keys) -> _Changes:
    day, items = changed_orders(sales.orders), sales.order_items
    number = item_numbers(sales)
    here = np.flatnonzero((day[items.order] > NO_DAY) & (number == number.min()))
    changed = take(items, here)
    order = issued.orders.take(pa.array(changed.order))
    more = changed.quantity + 1000 * (1 + here % 5)
    return _Changes(
        "VERKBELEG",
        "VA02",
        "VBAP",
        "KWMENG",
        order,
        joined(CLIENT, order, digits(number[here], 6)),
        _quantities(changed.quantity),
        _quantities(more),
        pick(UNITS, hq.items.unit[changed.item]),
        day[changed.order],
    )


def _quantities(thousandths: Ints) -> pa.Array:
    """``12.500``, right-aligned as change documents write numbers."""
    whole, rest = np.divmod(thousandths, 1000)
    return pc.utf8_lpad(joined(numbered("", whole), numbered(".", rest, 3)), _QUANTITY_WIDTH, " ")
