"""Materials: MARA, MAKT, MARC, and the stock and value of each in MBEW; material groups (T023T)."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, joined, numbered, pick
from erp_resources.sandbox.company.exact import divide, every, fill, joint
from erp_resources.sandbox.company.masters import PRODUCT_LINES, Kind
from erp_resources.sandbox.company.periods import LAST_DAY
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.chart import CLASS_OF_KIND, CLASSES
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import Warehouse
from erp_resources.sandbox.company.s4.organization import DEPOT, FACTORY, PLANTS, users
from erp_resources.sandbox.company.s4.values import NO_DAY, Value, build, cut, flag, upper

UNITS = ("ST", "KG", "M")
"""Internal units in the order of ``masters.UNITS``: a piece is ST, shown as PC in English."""
TYPES = ("FERT", "HALB", "HALB", "HALB", "ROH", "HAWA")
"""Material types in the order of ``Kind``."""
_STORES = ("0001", "0002", "0002", "0002", "0003", "0004")
_TEXT = 40  # characters
_CREATED, _DEFINED = -700, -30  # days
_GROUPS = (
    ("Valves", "Armaturen"), ("Drives", "Antriebe"), ("Bearings", "Lager"),
    ("Seals", "Dichtungen"), ("Housings", "Gehäuse"), ("Fasteners", "Verbindungselemente"),
)  # fmt: skip


def store_of(kinds: Ints) -> pa.Array:
    """``LGORT``: where items of each kind are kept."""
    return pick(_STORES, kinds)


def groups(lines: Ints) -> pa.Array:
    """``MATKL`` of each product line."""
    return pick([f"{line + 1:03}0" for line in range(PRODUCT_LINES)], lines)


def texts(hq: Headquarters) -> pa.Array:
    """``MAKTX`` of each item, in the language in which it was entered."""
    return cut(hq.items.description, _TEXT)


def rows(hq: Headquarters, house: Warehouse) -> Iterator[tuple[Table, pa.Table]]:
    """T023T, MARA, MAKT, MARC and MBEW."""
    yield TABLES["T023T"], _material_groups()
    yield TABLES["MARA"], _general(hq)
    yield TABLES["MAKT"], _descriptions(hq)
    sold = np.isin(hq.items.kind, (Kind.FINISHED, Kind.TRADE))
    made_here = hq.items.kind != Kind.TRADE
    items = [np.flatnonzero(flags) for flags in (made_here, ~made_here, sold, sold)]
    item = joint(items)
    plant = np.repeat(np.arange(len(PLANTS)), [len(part) for part in items])
    yield TABLES["MARC"], _in_plants(hq, item, plant)
    yield TABLES["MBEW"], _valued(hq, house, item, plant)


def _material_groups() -> pa.Table:
    serial = np.arange(2 * PRODUCT_LINES)
    english, german = zip(*_GROUPS, strict=True)
    text = pick([*english, *german], serial)
    columns = {
        "SPRAS": pick(["E", "D"], serial // PRODUCT_LINES),
        "MATKL": groups(serial % PRODUCT_LINES),
        "WGBEZ": text,
        "WGBEZ60": text,
    }
    return build(TABLES["T023T"], len(serial), columns)


def _general(hq: Headquarters) -> pa.Table:
    items = hq.items
    serial = np.arange(len(items.kind))
    net = 1 + serial * 7919 % 90_000
    changed = np.where(serial % 4 > 0, serial * 37 % LAST_DAY, NO_DAY)
    columns: dict[str, Value] = {
        "MATNR": keys.materials(items),
        "ERSDA": _CREATED + serial % 600,
        "ERNAM": users(serial),
        "LAEDA": changed,
        "AENAM": pc.if_else(pa.array(changed > NO_DAY), users(serial + 3), ""),
        "VPSTA": "KVEDBG",
        "PSTAT": "KVEDBG",
        "LVORM": flag(every(120, serial)),
        "MTART": pick(TYPES, items.kind),
        "MBRSH": "M",
        "MATKL": groups(items.line),
        "BISMT": items.code,
        "MEINS": pick(UNITS, items.unit),
        "GROES": pick(["", '1/2"', "DN 25 | PN 16", "40x30"], serial % 4),
        "BRGEW": divide(net * 105, 100),
        "NTGEW": net,
        "GEWEI": "KG",
        "VOLUM": fill(serial % 3 > 0, net * 2),
        "VOLEH": pick(["", "L"], np.minimum(serial % 3, 1)),
        "SPART": "01",
        "EAN11": pc.if_else(
            pa.array(every(2, serial)), numbered("40", 10_000_000_000 + serial * 97), ""
        ),
        "PRDHA": joined(numbered("", 1 + items.line, 5), numbered("", 1 + items.kind, 5)),
        "MSTAE": pick(["01", ""], np.minimum(serial % 60, 1)),
        "MSTDE": np.where(serial % 60 > 0, NO_DAY, 100),
    }
    return build(TABLES["MARA"], len(serial), columns)


def _descriptions(hq: Headquarters) -> pa.Table:
    """One in English for each material, and a German one for most."""
    count = len(hq.items.kind)
    german = np.flatnonzero(np.arange(count) % 3 > 0)
    item = np.concatenate([np.arange(count), german])
    text = texts(hq).take(pa.array(item))
    columns = {
        "MATNR": keys.materials(hq.items).take(pa.array(item)),
        "SPRAS": pick(["E", "D"], np.repeat([0, 1], [count, len(german)])),
        "MAKTX": text,
        "MAKTG": cut(upper(text), _TEXT),
    }
    return build(TABLES["MAKT"], len(item), columns)


def _in_plants(hq: Headquarters, item: Ints, plant: Ints) -> pa.Table:
    kind = hq.items.kind[item]
    made = (plant == FACTORY) & (kind < Kind.RAW)
    columns: dict[str, Value] = {
        "MATNR": keys.materials(hq.items).take(pa.array(item)),
        "WERKS": pick(PLANTS, plant),
        "PSTAT": "VEDBG",
        "MAABC": pick(["A", "B", "C", ""], item % 4),
        "EKGRP": pc.if_else(pa.array(made), "", "001"),
        "DISMM": pick(["PD", "VB", "ND"], np.minimum(item % 7, 2)),
        "DISPO": pick(["001", "002"], plant % 2),
        "PLIFZ": fill(~made, 1 + item % 20),
        "WEBAZ": fill(~made, item % 3),
        "DISLS": "EX",
        "BESKZ": pick(["F", "E"], made.astype(np.int64)),
        "MINBE": fill(item % 7 == 1, 10_000 * (1 + item % 9)),
        "EISBE": fill(item % 3 > 0, 5_000 * (item % 4)),
        "BSTMI": fill(every(5, item), np.full(len(item), 1000)),
        "DZEIT": fill(made, 1 + item % 9),
        "LGPRO": store_of(kind),
        "PRCTR": pick(PLANTS, plant),
        "STEUC": numbered("8481", item % 9000 + 1000),
        "HERKL": pick(["DE", "PL", "US", "JP"], np.where(plant == DEPOT, 1, item % 4)),
        "LGFSB": store_of(kind),
    }
    return build(TABLES["MARC"], len(item), columns)


def _valued(hq: Headquarters, house: Warehouse, item: Ints, plant: Ints) -> pa.Table:
    stock, worth = house.stock[item, plant], house.value[item, plant]
    standard, unit = hq.standard_prices(item, plant), hq.price_unit[item]
    average = divide(worth * unit * 1000, np.maximum(stock, 1))
    columns: dict[str, Value] = {
        "MATNR": keys.materials(hq.items).take(pa.array(item)),
        "BWKEY": pick(PLANTS, plant),
        "LBKUM": stock,
        "SALK3": worth,
        "VPRSV": "S",
        "VERPR": np.where(stock > 0, average, standard),
        "STPRS": standard,
        "PEINH": unit,
        "BKLAS": pick(CLASSES, CLASS_OF_KIND[hq.items.kind[item]]),
        "SALKV": worth,
        "LFGJA": int(keys.year_of(np.array([LAST_DAY]))[0]),
        "LFMON": int(keys.period_of(np.array([LAST_DAY]))[0]),
        "LAEPR": _DEFINED,
        "PSTAT": "BG",
    }
    return build(TABLES["MBEW"], len(item), columns)
