"""The chart of accounts INT: SKA1 and SKAT. Elsewhere an account is its position in the chart."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags, Ints, numbered, pick
from erp_resources.sandbox.company.masters import Kind
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.organization import CHART
from erp_resources.sandbox.company.s4.values import build, cut, flag, upper


class Account(enum.IntEnum):
    """Accounts, in the order of ``_DETAILS``."""

    MACHINES = 0
    DEPRECIATED = 1
    BANK = 2
    RECEIVABLES = 3
    INPUT_TAX = 4
    PAYABLES = 5
    OUTPUT_TAX = 6
    PAYROLL_DUE = 7
    GOODS_AND_INVOICES = 8
    EXCHANGE_LOSS = 9
    INVENTORY_DIFFERENCE = 10
    EXCHANGE_GAIN = 11
    PRICE_DIFFERENCE = 12
    RAW_STOCK = 13
    TRADE_STOCK = 14
    OPENING_STOCK = 15
    CONSUMPTION = 16
    SERVICES = 17
    ENERGY = 18
    SALARIES = 19
    TRAVEL = 20
    OFFICE = 21
    DEPRECIATION = 22
    SEMIFINISHED_STOCK = 23
    FINISHED_STOCK = 24
    HOME_SALES = 25
    EXPORT_SALES = 26
    SCRAP = 27
    COST_OF_SALES = 28
    FACTORY_OUTPUT = 29
    RETAINED = 30


@dataclass(frozen=True)
class Details:
    """What the chart says about an account.

    ``kind``: customer (D), vendor (K), material (M) or other (S) lines. ``open_items`` are cleared;
    ``shown`` accounts list their line items (BSIS). ``is_income`` accounts begin each year at zero.
    """

    number: int
    english: str
    german: str
    kind: str = "S"
    is_income: bool = False
    open_items: bool = False
    shown: bool = True


_DETAILS = (
    Details(11000, "Plant and machinery", "Technische Anlagen und Maschinen"),
    Details(11010, "Accumulated depreciation", "Kumulierte Abschreibungen"),
    Details(113100, "Bank account", "Bankkonto"),
    Details(140000, "Trade receivables", "Forderungen aus Lieferungen und Leistungen", "D"),
    Details(154000, "Input tax", "Vorsteuer"),
    Details(160000, "Trade payables", "Verbindlichkeiten aus Lieferungen u. Leistungen", "K"),
    Details(175000, "Output tax", "Ausgangssteuer"),
    Details(176000, "Wages and salaries payable", "Verbindlichkeiten aus Löhnen und Gehältern"),
    Details(191100, "Goods received / invoices received", "Wareneingang / Rechnungseingang",
            open_items=True),
    Details(230010, "Realized exchange losses", "Realisierte Kursverluste", is_income=True),
    Details(233000, "Inventory differences", "Inventurdifferenzen", is_income=True),
    Details(280010, "Realized exchange gains", "Realisierte Kursgewinne", is_income=True),
    Details(281000, "Price differences", "Preisdifferenzen", is_income=True),
    Details(300000, "Raw materials", "Rohstoffe", "M", shown=False),
    Details(310000, "Trading goods", "Handelswaren", "M", shown=False),
    Details(399999, "Stock taken over at go-live", "Bestandsaufnahme zum Produktivstart"),
    Details(400000, "Consumption of materials", "Materialverbrauch", is_income=True, shown=False),
    Details(415000, "External services", "Fremdleistungen", is_income=True),
    Details(416100, "Energy", "Strom und Energie", is_income=True),
    Details(430000, "Wages and salaries", "Löhne und Gehälter", is_income=True),
    Details(474240, "Travel expenses", "Reisekosten", is_income=True),
    Details(476000, "Office supplies", "Büromaterial", is_income=True),
    Details(481000, "Depreciation", "Abschreibungen", is_income=True),
    Details(790000, "Semi-finished products", "Unfertige Erzeugnisse", "M", shown=False),
    Details(792000, "Finished products", "Fertige Erzeugnisse", "M", shown=False),
    Details(800000, "Sales revenue, domestic", "Umsatzerlöse Inland", is_income=True),
    Details(801000, "Sales revenue, abroad", "Umsatzerlöse Ausland", is_income=True),
    Details(890000, "Scrapping", "Verschrottung", is_income=True),
    Details(893015, "Cost of goods sold", "Kosten des Umsatzes", is_income=True, shown=False),
    Details(895000, "Factory output", "Fabrikleistung", is_income=True, shown=False),
    Details(900000, "Retained earnings", "Gewinnvortrag"),
)  # fmt: skip

NUMBERS: pa.Array = numbered("", np.array([account.number for account in _DETAILS]), 10)
"""``HKONT`` of each account."""
KINDS = tuple(account.kind for account in _DETAILS)
IS_INCOME: Flags = np.array([account.is_income for account in _DETAILS])
HAS_OPEN_ITEMS: Flags = np.array([account.open_items for account in _DETAILS])
IS_SHOWN: Flags = np.array([account.shown and account.kind == "S" for account in _DETAILS])
EXPENSES: Ints = np.array([Account.SERVICES, Account.ENERGY, Account.TRAVEL, Account.OFFICE])
COST_CENTRES = 10
"""In each company code."""

_CLASS_OF_KIND = {Kind.FINISHED: 3, Kind.RAW: 0, Kind.TRADE: 1}
CLASS_OF_KIND: Ints = np.array([_CLASS_OF_KIND.get(kind, 2) for kind in Kind])
"""The position of each kind of item's valuation class in ``CLASSES``."""
CLASSES = ("3000", "3100", "7900", "7920")
STOCK_ACCOUNTS: Ints = np.array(
    [
        Account.RAW_STOCK,
        Account.TRADE_STOCK,
        Account.SEMIFINISHED_STOCK,
        Account.FINISHED_STOCK,
    ]
)
"""By valuation class."""


def cost_centres(companies: Ints, centres: Ints) -> pa.Array:
    """``0000001100`` …: the company code and the centre's number in it; ``""`` below zero."""
    codes = [""] + [f"{company + 1}{centre + 1:02}0".zfill(10)
                    for company in range(3) for centre in range(COST_CENTRES)]  # fmt: skip
    return pick(codes, np.where(centres < 0, 0, 1 + companies * COST_CENTRES + centres))


def rows() -> Iterator[tuple[Table, pa.Table]]:
    """SKA1, and SKAT in English and German."""
    count = len(_DETAILS)
    serial, is_income = np.arange(count), IS_INCOME.astype(np.int64)
    german = pa.array([account.german for account in _DETAILS])
    english = pa.array([account.english for account in _DETAILS])
    columns = {
        "KTOPL": CHART,
        "SAKNR": NUMBERS,
        "XBILK": flag(~IS_INCOME),
        "SAKAN": pa.array([str(account.number) for account in _DETAILS]),
        "ERDAT": -3000 + serial,
        "ERNAM": "SAP",
        "GVTYP": flag(IS_INCOME),
        "KTOKS": pa.array([{"D": "ABST", "K": "ABST", "M": "MAT."}.get(k, "SAKO") for k in KINDS]),
        "MCOD1": _search_terms(english),
        "GLACCOUNT_TYPE": pick(["X", "P"], is_income),
    }
    yield TABLES["SKA1"], build(TABLES["SKA1"], count, columns)
    texts = pa.concat_arrays([english, german])
    both = {
        "SPRAS": pick(["E", "D"], np.repeat([0, 1], count)),
        "KTOPL": CHART,
        "SAKNR": pa.concat_arrays([NUMBERS, NUMBERS]),
        "TXT20": cut(texts, 20),
        "TXT50": texts,
        "MCOD1": _search_terms(texts),
    }
    yield TABLES["SKAT"], build(TABLES["SKAT"], 2 * count, both)


def _search_terms(texts: pa.Array) -> pa.Array:
    return cut(upper(texts), 25)
