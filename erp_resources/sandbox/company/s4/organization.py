"""Company codes, plants and users, and who deals with whom; positions stand for all of them.

A sales organization and a purchasing organization have the key of their company code.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, numbered, pick
from erp_resources.sandbox.company.currencies import currency_of
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.exact import divide, every, fill
from erp_resources.sandbox.company.masters import COUNTRY_CODES, Companies
from erp_resources.sandbox.company.periods import DAYS
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, KWD, LOCAL
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.values import NO_DAY, build

COMPANY_CODES = ("1000", "2000", "3000")
GERMAN, AMERICAN, JAPANESE = range(3)
CHART = "INT"
CONTROLLING_AREA = "1000"
FACTORY, DEPOT, BRANCH, OFFICE = range(4)
"""Makes and sells; trades in bought articles; sell both in America and in Japan."""
PLANTS = ("1000", "1100", "2000", "3000")
PLANT_COMPANIES: Ints = np.array([GERMAN, GERMAN, AMERICAN, JAPANESE])
TAX_PERCENT: Ints = np.array([19, 0, 10])
"""VAT on what is bought and sold at home, by company code."""
TERMS = ("Z030", "Z045", "Z060")
_TERMS_DAYS: Ints = np.array([30, 45, 60])
_HOMES: Ints = np.array([COUNTRY_CODES.index(code) for code in ("DE", "US", "JP")])
_NAMES = ("Hauptwerk AG", "Hauptwerk Inc.", "ハウプトヴェルク株式会社")
_CITIES = ("Stuttgart", "Charlotte", "大阪市")
_TAX_IDS = ("DE811115368", "", "JP1234567890123")
_USERS = (
    "BATCH", "READER", "WF-BATCH", "MUELLERA", "SCHMIDTB", "WEBERC", "KOWALSKI", "DUPONTM",
    "SMITHJ", "JONESK", "TANAKA", "SATOY", "ROSSIP", "GARCIAL", "LINDNERF", "VOGTH",
)  # fmt: skip
_TECHNICAL = 3
_LOCKED = 64


def users(serial: Ints) -> pa.Array:
    """Names of users who enter things, spread over ``serial``."""
    return pick(_USERS, _TECHNICAL + serial * 7919 % (len(_USERS) - _TECHNICAL))


def terms(partners: Ints) -> pa.Array:
    """The terms of payment of each customer or vendor."""
    return pick(TERMS, partners % len(TERMS))


def terms_days(partners: Ints) -> Ints:
    """The days until an amount is due under each partner's terms."""
    return _TERMS_DAYS[partners % len(TERMS)]


def dealt_in(companies: Companies) -> tuple[Ints, Ints]:
    """Company code and currency that business with each partner is done in."""
    serial, country = np.arange(len(companies.country)), companies.country
    european = np.isin(country, [COUNTRY_CODES.index(c) for c in ("DE", "FR", "GR")])
    american = (country == _HOMES[AMERICAN]) & (serial % 3 > 0) | european & (serial % 23 == 0)
    japanese = (country == _HOMES[JAPANESE]) | ~american & (every(17, serial))
    code = np.where(japanese, JAPANESE, np.where(american, AMERICAN, GERMAN))
    return code, np.where(every(37, serial), KWD, currency_of(country))


def is_domestic(companies: Companies) -> Flags:
    """Which partners sit in the country of the company code that deals with them."""
    code, _ = dealt_in(companies)
    same: Flags = companies.country == _HOMES[code]
    return same


def taxed(companies: Companies, net: Ints, partners: Ints) -> Ints:
    """VAT on net amounts, to the minor unit: at home only."""
    code, _ = dealt_in(companies)
    percent = fill(is_domestic(companies), TAX_PERCENT[code])
    return divide(net * percent[partners], 100)


def rows(draws: Draws) -> Iterator[tuple[Table, pa.Table]]:
    """T001, T001K and USR02."""
    columns = {
        "BUKRS": pa.array(COMPANY_CODES),
        "BUTXT": pa.array(_NAMES),
        "ORT01": pa.array(_CITIES),
        "LAND1": pick(COUNTRY_CODES, _HOMES),
        "WAERS": pick(CURRENCIES, LOCAL),
        "SPRAS": pa.array(["D", "E", "J"]),
        "KTOPL": CHART,
        "WAABW": 10,
        "PERIV": "K4",
        "RCOMP": pa.array([f"00{code}" for code in COMPANY_CODES]),
        "ADRNR": numbered("", 22_001 + np.arange(len(COMPANY_CODES)), 10),
        "STCEG": pa.array(_TAX_IDS),
        "FIKRS": CONTROLLING_AREA,
        "OPVAR": pa.array(COMPANY_CODES),
        "XGJRV": "X",
    }
    yield TABLES["T001"], build(TABLES["T001"], len(COMPANY_CODES), columns)
    yield TABLES["T001K"], _valuation_areas()
    yield TABLES["USR02"], _logons(draws)


def _valuation_areas() -> pa.Table:
    """Each plant is one: the material ledger is always active in S/4HANA."""
    columns = {
        "BWKEY": pa.array(PLANTS),
        "BUKRS": pick(COMPANY_CODES, PLANT_COMPANIES),
        "BWMOD": "0001",
        "MLBWA": "X",
        "MLBWV": "X",
        "MLAST": "2",
    }
    return build(TABLES["T001K"], len(PLANTS), columns)


def _logons(draws: Draws) -> pa.Table:
    """Nobody's password: all hashes are zero."""
    count = len(_USERS)
    serial = np.arange(count)
    is_technical = serial < _TECHNICAL
    last = draws.integers(DAYS - 90, DAYS, count)
    columns = {
        "BNAME": pa.array(_USERS),
        "GLTGV": np.where(serial % 3 == 0, -800, NO_DAY),
        "USTYP": pick(["A", "B"], is_technical.astype(np.int64)),
        "CLASS": pick(["SALES", "FINANCE", "LOGISTICS", "SUPER"], serial % 4),
        "LOCNT": fill(every(5, serial), serial % 4),
        "UFLAG": fill(every(7, serial), np.full(count, _LOCKED)),
        "ANAME": "DDIC",
        "ERDAT": -900 + serial * 37,
        "TRDAT": last,
        "LTIME": draws.integers(0, 86_400, count),
        "CODVN": "H",
        "TZONE": pick(["CET", "EST", "JAPAN"], serial % 3),
        "PWDCHGDATE": last - 60,
        "PWDSTATE": np.where(is_technical, 0, 1),
    }
    return build(TABLES["USR02"], count, columns)
