"""The rows of the address book, of customers and of vendors."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Cells, Ints, Value, build, joined, numbered, pick
from erp_resources.sandbox.company.ax import spelling
from erp_resources.sandbox.company.ax.declarations import parties
from erp_resources.sandbox.company.ax.enterprise import Dealers, Enterprise
from erp_resources.sandbox.company.ax.entities import ENTITIES, HOME
from erp_resources.sandbox.company.ax.keys import customer_numbers, vendor_numbers
from erp_resources.sandbox.company.ax.system import FOREVER, dates, record_ids, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.exact import every, joint
from erp_resources.sandbox.company.masters import COUNTRY_CODES
from erp_resources.sandbox.company.periods import HOUR, at

_FIRST_VENDOR = 5_000_000
"""Where vendors' record numbers begin: they do not depend on how many customers there are."""
_FIRST_LOCATION = 20_000_000
_FOUNDED, _MIGRATED = -2000, -60  # days
_TERMS = ("N030", "N045", "N060", "N014")
_COUNTRIES = {
    "DE": ("DEU", "de"),
    "FR": ("FRA", "fr"),
    "PL": ("POL", "pl"),
    "GB": ("GBR", "en-gb"),
    "US": ("USA", "en-us"),
    "JP": ("JPN", "ja"),
    "GR": ("GRC", "el"),
}
_ISO_CODES = [_COUNTRIES[code][0] for code in COUNTRY_CODES]
_LANGUAGES = [_COUNTRIES[code][1] for code in COUNTRY_CODES]
_DIGITS = "0123456789ABCDEF"


def payment_terms(dealers: Ints) -> pa.Array:
    """The terms of payment of each customer or vendor."""
    return pick(_TERMS, dealers % len(_TERMS))


def tax_groups(dealers: Dealers, chosen: Ints) -> pa.Array:
    """``DOM`` where both sit in one country, else ``EXP``."""
    abroad = dealers.companies.country[chosen] != HOME[dealers.entity[chosen]]
    return pick(["DOM", "EXP"], abroad.astype(np.int64))


def party_names(dealers: Dealers, chosen: Ints) -> pa.Array:
    """How the address book spells each customer or vendor."""
    return spelling.names(dealers.companies.name.take(pa.array(chosen)), chosen)


def rows(company: Enterprise) -> Iterator[tuple[Table, pa.Table]]:
    """Parties and addresses (customers', then vendors'), customers and vendors."""
    sides = (company.customers, company.vendors)
    record = joint((sides[0].known, _FIRST_VENDOR + sides[1].known))
    yield parties.DIRPARTYTABLE, _parties(sides, record)
    yield parties.LOGISTICSPOSTALADDRESS, _addresses(sides, record)
    yield parties.CUSTTABLE, _customers(company.customers)
    yield parties.VENDTABLE, _vendors(company.vendors)


def _recorded(record: Ints) -> dict[str, Value]:
    created = at(_FOUNDED + record * 389 % 1900, 8 * HOUR + record * 97 % (9 * HOUR))
    return {**system_columns(created), "RECID": record_ids(record)}


def _both(sides: tuple[Dealers, Dealers], field: str) -> pa.Array:
    """A field of the known customers and vendors."""
    texts = [getattr(side.companies, field).take(pa.array(side.known)) for side in sides]
    return pa.concat_arrays(texts)


def _parties(sides: tuple[Dealers, Dealers], record: Ints) -> pa.Table:
    position = joint(side.known for side in sides)
    country = joint(side.companies.country[side.known] for side in sides)
    names = _both(sides, "name")
    columns: dict[str, Value] = {
        "PARTYNUMBER": numbered("", 100_001 + record, 9),
        "NAME": spelling.names(names, position),
        "NAMEALIAS": spelling.aliases(names, 20),
        "LANGUAGEID": pick(_LANGUAGES, country),
        "PRIMARYADDRESSLOCATION": record_ids(_FIRST_LOCATION + record),
        **_recorded(record),
    }
    return build(parties.DIRPARTYTABLE, len(record), columns)


def _addresses(sides: tuple[Dealers, Dealers], record: Ints) -> pa.Table:
    position = joint(side.known for side in sides)
    country = pick(_ISO_CODES, joint(side.companies.country[side.known] for side in sides))
    street = spelling.streets(_both(sides, "street"), position)
    city, code = spelling.cities(_both(sides, "city"), position), _both(sides, "postal_code")
    columns: dict[str, Value] = {
        "LOCATION": record_ids(_FIRST_LOCATION + record),
        "STREET": street,
        "ZIPCODE": code,
        "CITY": city,
        "COUNTRYREGIONID": country,
        "ADDRESS": joined(street, "\n", code, " ", city, "\n", country),
        "VALIDFROM": dates(np.full(len(record), _FOUNDED)),
        "VALIDTO": FOREVER,
        **_recorded(record),
    }
    return build(parties.LOGISTICSPOSTALADDRESS, len(record), columns)


def _accounts(dealers: Dealers) -> tuple[Ints, Ints]:
    """Canonical position and legal entity of each account: every ninth is known to both."""
    shared = every(9, dealers.known, 4)
    position = np.repeat(dealers.known, 1 + shared)
    second = np.append(False, position[1:] == position[:-1])
    home = dealers.entity[position]
    return position, np.where(second, 1 - home, home)


def _account_columns(dealers: Dealers, position: Ints, entity: Ints) -> dict[str, Value]:
    """What customers and vendors have alike."""
    created = at(_MIGRATED - position % 300, 8 * HOUR + position * 61 % (9 * HOUR))
    tax_ids = dealers.companies.tax_id.take(pa.array(position))
    return {
        "CURRENCY": pick(CURRENCIES, dealers.currency[position]),
        "PAYMTERMID": payment_terms(position),
        "TAXGROUP": tax_groups(dealers, position),
        "VATNUM": spelling.tax_ids(tax_ids, position),
        "BLOCKED": np.where(every(70, position, 69), 1 + position % 2, 0),
        **system_columns(created, entities=pick(ENTITIES, entity)),
    }


def _customers(dealers: Dealers) -> pa.Table:
    position, entity = _accounts(dealers)
    columns: dict[str, Value] = {
        "ACCOUNTNUM": customer_numbers(position),
        "PARTY": record_ids(position),
        "SYNCENTITYID": _guids(1 + entity, position),
        "CUSTGROUP": pick(["10", "20", "30"], position % 3),
        "CREDITMAX": Cells(np.where(every(4, position), 0, 10_000 * (1 + position % 50))),
        "INVOICEACCOUNT": "",
        **_account_columns(dealers, position, entity),
    }
    return build(parties.CUSTTABLE, len(position), columns)


def _vendors(dealers: Dealers) -> pa.Table:
    position, entity = _accounts(dealers)
    columns: dict[str, Value] = {
        "ACCOUNTNUM": vendor_numbers(position),
        "PARTY": record_ids(_FIRST_VENDOR + position),
        "SYNCENTITYID": _guids(3 + entity, position),
        "VENDGROUP": pick(["10", "20"], position % 2),
        "ITEMBUYERGROUPID": pick(["", "RAW", "MRO"], position % 3),
        **_account_columns(dealers, position, entity),
    }
    return build(parties.VENDTABLE, len(position), columns)


def _guids(kind: Ints, position: Ints) -> pa.Array:
    """Unique identifiers made of the kind of account and its position, in upper case."""
    digits = [(position * 40_503 + 97 * n) >> shift & 15 for n in range(2) for shift in (0, 4, 8)]
    noise = joined(*(pick(_DIGITS, digit) for digit in digits[:6]))
    return joined(noise, "0", numbered("", kind), "-5A0B-4C00-8D00-", numbered("", position, 12))
