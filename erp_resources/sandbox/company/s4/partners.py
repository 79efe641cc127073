"""Customers and vendors as this ERP keeps them: KNA1 and LFA1."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, joined, numbered, pick
from erp_resources.sandbox.company.exact import every
from erp_resources.sandbox.company.masters import COUNTRY_CODES, Companies
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.organization import users
from erp_resources.sandbox.company.s4.values import NO_DAY, Value, build, cut, flag, upper

_NAME, _SORT, _SEARCH = 35, 10, 25  # characters
_FIRST_ADDRESS = 30_001
_LANGUAGES = {"DE": "D", "FR": "F", "PL": "L", "JP": "J", "GR": "G"}
_FOUNDED = -2400  # days


def telephones(positions: Ints) -> pa.Array:
    """``TELF1`` of each partner; some have none."""
    number = numbered("+49 711 ", 100_000 + positions * 7919 % 900_000)
    return pc.if_else(pa.array(positions % 5 > 0), number, "")


def changed_customers(customers: Companies) -> Ints:
    """``UPDAT`` of each customer: the day on which its telephone number changed, or none."""
    serial = np.arange(len(customers.country))
    return np.where(every(6, serial) & (serial % 5 > 0), serial * 37 % 700, NO_DAY)


def rows(hq: Headquarters) -> Iterator[tuple[Table, pa.Table]]:
    """KNA1 and LFA1."""
    count = len(hq.customers.country)
    serial, changed = np.arange(count), changed_customers(hq.customers)
    customers: dict[str, Value] = {
        "KUNNR": keys.customers(serial),
        **_general(hq.customers, _FIRST_ADDRESS),
        "KTOKD": pick(["0001", "KUNA"], np.minimum(serial % 9, 1)),
        "KUKLA": pick(["", "01", "02", "03"], serial % 4),
        "UPDAT": changed,
        "UPTIM": np.where(changed > NO_DAY, 17 * 3600 + serial, 0),
        "AUFSD": pick(["01", ""], np.minimum(serial % 97, 1)),
    }
    yield TABLES["KNA1"], build(TABLES["KNA1"], count, customers)
    serial = np.arange(len(hq.suppliers.country))
    vendors: dict[str, Value] = {
        "LIFNR": keys.vendors(serial),
        **_general(hq.suppliers, _FIRST_ADDRESS + count),
        "KTOKK": pick(["0001", "LIEF"], np.minimum(serial % 9, 1)),
        "SPERM": flag(every(83, serial)),
    }
    yield TABLES["LFA1"], build(TABLES["LFA1"], len(serial), vendors)


def _general(companies: Companies, first_address: int) -> dict[str, Value]:
    """The fields that customers and vendors have in common."""
    serial = np.arange(len(companies.country))
    language = [_LANGUAGES.get(code, "E") for code in COUNTRY_CODES]
    name = companies.name
    capitals = upper(name)
    return {
        "LAND1": pick(COUNTRY_CODES, companies.country),
        "NAME1": cut(name, _NAME),
        "NAME2": cut(pc.utf8_slice_codeunits(name, _NAME), _NAME),
        "ORT01": companies.city,
        "PSTLZ": companies.postal_code,
        "SORTL": cut(capitals, _SORT),
        "STRAS": cut(companies.street, _NAME),
        "TELF1": telephones(serial),
        "ADRNR": numbered("", first_address + serial, 10),
        "MCOD1": cut(capitals, _SEARCH),
        "MCOD2": cut(pc.utf8_slice_codeunits(capitals, _NAME), _SEARCH),
        "MCOD3": cut(upper(companies.city), _SEARCH),
        "ANRED": "Company",
        "BRSCH": pick(["", "MASC", "CHEM", "TRAD"], serial % 4),
        "ERDAT": _FOUNDED + serial * 389 % 2300,
        "ERNAM": users(serial),
        "LOEVM": flag(every(61, serial)),
        "SPRAS": pick(language, companies.country),
        "STCEG": companies.tax_id,
        "STCD1": pc.if_else(pa.array(every(3, serial)), joined("99/", companies.postal_code), ""),
    }
