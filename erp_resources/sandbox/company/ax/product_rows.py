"""The rows of products, items and bills of materials."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Flags,
    Ints,
    Value,
    build,
    joined,
    numbered,
    pick,
    quantity,
)
from erp_resources.sandbox.company.ax import spelling
from erp_resources.sandbox.company.ax.declarations import products
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import ENTITIES, PLANT, SITES, is_kept
from erp_resources.sandbox.company.ax.keys import item_numbers, vendor_numbers
from erp_resources.sandbox.company.ax.purchases import primary_vendors
from erp_resources.sandbox.company.ax.system import dates, record_ids, system_columns
from erp_resources.sandbox.company.bills import CREATED, FOREVER
from erp_resources.sandbox.company.exact import every, joint, starts
from erp_resources.sandbox.company.masters import UNITS, Kind
from erp_resources.sandbox.company.periods import DAYS, HOUR, at

_DESIGNED = -900  # days
_LANGUAGES = ("en-us", "de")
_UNITS = tuple(unit.lower() for unit in UNITS)
_REMARKS = ("auf Maß schneiden", "0.5 % edge trim", "l'arête vive « à ébavurer »")


def units(company: Enterprise, item: Ints) -> pa.Array:
    """The unit of each item: ``ea``, ``kg`` or ``m``."""
    return pick(_UNITS, company.items.unit[item])


def item_names(company: Enterprise, item: Ints) -> pa.Array:
    """What each item is called."""
    return spelling.products(company.items.description.take(pa.array(item)), item)


def rows(company: Enterprise) -> Iterator[tuple[Table, pa.Table]]:
    """Products and their names, items of each legal entity, and the plant's bills."""
    yield products.ECORESPRODUCT, _products(company)
    yield products.ECORESPRODUCTTRANSLATION, _names(company)
    yield products.INVENTTABLE, _items(company)
    yield from _bill_rows(company)


def _created(item: Ints) -> Ints:
    return at(_DESIGNED + item % 500, 8 * HOUR + item * 37 % 30_000)


def _products(company: Enterprise) -> pa.Table:
    item = np.arange(len(company.items.kind))
    columns: dict[str, Value] = {
        "DISPLAYPRODUCTNUMBER": item_numbers(company.items.code, item),
        "SEARCHNAME": spelling.aliases(company.items.description, 60),
        "PRODUCTTYPE": 1,
        **system_columns(_created(item)),
    }
    return build(products.ECORESPRODUCT, len(item), columns)


def _names(company: Enterprise) -> pa.Table:
    """One name in English, and for every fourth item one in German."""
    count = len(company.items.kind)
    item = joint((np.arange(count), np.flatnonzero(every(4, np.arange(count), 1))))
    names = item_names(company, item)
    columns: dict[str, Value] = {
        "PRODUCT": record_ids(item),
        "LANGUAGEID": pick(_LANGUAGES, (np.arange(len(item)) >= count).astype(np.int64)),
        "NAME": names,
        "DESCRIPTION": _unless(~every(5, item), joined(names, "\n", pick(_REMARKS, item % 3))),
        **system_columns(_created(item) + HOUR),
    }
    return build(products.ECORESPRODUCTTRANSLATION, len(item), columns)


def _items(company: Enterprise) -> pa.Table:
    kind = company.items.kind
    kept = [np.flatnonzero(is_kept(entity, kind)) for entity in range(len(ENTITIES))]
    item = joint(kept)
    entity = np.repeat(np.arange(len(ENTITIES)), [len(items) for items in kept])
    is_made = kind[item] < Kind.RAW
    vendors = joint(primary_vendors(company, items, e) for e, items in enumerate(kept))
    weight = np.where(every(4, item), 0, 1 + item * 7919 % 90_000)
    descriptions = company.items.description.take(pa.array(item))
    columns: dict[str, Value] = {
        "ITEMID": item_numbers(company.items.code, item),
        "PRODUCT": record_ids(item),
        "NAMEALIAS": spelling.aliases(descriptions, 20),
        "ITEMTYPE": 0,
        "BOMUNITID": units(company, item),
        "COSTGROUPID": pick(["BUY", "MAKE"], is_made.astype(np.int64)),
        "ABCVALUE": item % 4,
        "NETWEIGHT": quantity(weight),
        "PRIMARYVENDORID": _unless(is_made, vendor_numbers(vendors)),
        **system_columns(_created(item) + 2 * HOUR, entities=pick(ENTITIES, entity)),
    }
    return build(products.INVENTTABLE, len(item), columns)


def _unless(flags: Flags, texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(flags), "", texts)


def _bill_rows(company: Enterprise) -> Iterator[tuple[Table, pa.Table]]:
    """Each made item has one bill; the components change within it."""
    bills = company.bills
    made = bills.assembly[starts(bills.assembly)]
    created = at(np.full(len(made), CREATED), 9 * HOUR + made % 20_000)
    yield products.BOMTABLE, _bills(company, made, created)
    yield products.BOMVERSION, _versions(company, made, created)
    yield products.BOM, _components(company)


def bill_numbers(assembly: Ints) -> pa.Array:
    """The bill of materials of each made item."""
    return numbered("BOM", assembly + 1, 7)


def _plant(count: int) -> pa.Array:
    return pick(ENTITIES, np.full(count, PLANT))


def _bills(company: Enterprise, made: Ints, created: Ints) -> pa.Table:
    columns: dict[str, Value] = {
        "BOMID": bill_numbers(made),
        "NAME": item_names(company, made),
        "SITEID": SITES[PLANT],
        "APPROVED": 1,
        **system_columns(created, entities=_plant(len(made))),
    }
    return build(products.BOMTABLE, len(made), columns)


def _versions(company: Enterprise, made: Ints, created: Ints) -> pa.Table:
    always = dates(made, np.zeros(len(made), np.bool_))
    columns: dict[str, Value] = {
        "ITEMID": item_numbers(company.items.code, made),
        "BOMID": bill_numbers(made),
        "NAME": joined("V1 ", item_numbers(company.items.code, made)),
        "FROMDATE": always,
        "TODATE": always,
        "FROMQTY": quantity(np.full(len(made), 1000)),
        "ACTIVE": 1,
        "APPROVED": 1,
        **system_columns(created + HOUR, entities=_plant(len(made))),
    }
    return build(products.BOMVERSION, len(made), columns)


def _components(company: Enterprise) -> pa.Table:
    bills, count = company.bills, len(company.bills.item)
    serial = np.arange(count)
    created = at(np.minimum(bills.since, DAYS) - 1, 9 * HOUR + serial % 20_000)
    columns: dict[str, Value] = {
        "BOMID": bill_numbers(bills.assembly),
        "LINENUM": Cells(bills.number),
        "ITEMID": item_numbers(company.items.code, bills.item),
        "BOMQTY": quantity(bills.quantity),
        "BOMQTYSERIE": Cells(np.ones(count, np.int64)),
        "UNITID": units(company, bills.item),
        "SCRAPVAR": Cells(100 - bills.usable),
        "FROMDATE": dates(bills.since, bills.since > CREATED),
        "TODATE": dates(bills.until - 1, bills.until < FOREVER),
        "POSITION": pick(["", "A1", "A2", "B1"], serial % 4),
        **system_columns(created, entities=_plant(count)),
    }
    return build(products.BOM, count, columns)
