"""What new rows look up: materials, partners, types of documents and movements, specimen lines."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company.arrays import Flags, Ints, pick
from erp_resources.sandbox.company.exact import fill
from erp_resources.sandbox.company.masters import Companies
from erp_resources.sandbox.company.records import stack, take
from erp_resources.sandbox.company.s4 import chart, keys, line_columns
from erp_resources.sandbox.company.s4.books import NONE, DocumentType, documents, lines
from erp_resources.sandbox.company.s4.chart import Account
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.document_rows import DETAILS
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.inventory import OFFSETS, Move
from erp_resources.sandbox.company.s4.inventory_rows import CODES
from erp_resources.sandbox.company.s4.line_columns import Ledger
from erp_resources.sandbox.company.s4.materials import UNITS, store_of
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    PLANT_COMPANIES,
    PLANTS,
    dealt_in,
    is_domestic,
    terms,
)
from erp_resources.sandbox.company.s4.sales_rows import INCOTERMS, unit_weights

_TAXES = (Account.INPUT_TAX, Account.OUTPUT_TAX)


@dataclass(frozen=True)
class Specimens:
    """Rows to look things up in.

    Attributes:
        types: BLART with its ``first`` number, AWTYP, TCODE and GLVOR.
        moves: kinds of movement (``Move``) with their codes, and the other side's account, SAKTO.
        lines: what BSEG says of lines by BLART, BUKRS, whether the document is ``taxed``, HKONT
            and SHKZG.
        items: each material in each plant (MATNR, WERKS; ``item`` and ``place`` are positions) with
            the ``weight`` of one unit in grams and the ``account`` of its stock.
        partners: customers and vendors: ``partner`` is KUNNR or LIFNR; ``at_home``: who is taxed.
    """

    types: pa.Table
    moves: pa.Table
    lines: pa.Table
    items: pa.Table
    partners: pa.Table


def specimens(hq: Headquarters) -> Specimens:
    """All that the headquarters' new rows look up."""
    every = [_partners(hq.customers, keys.customers), _partners(hq.suppliers, keys.vendors)]
    return Specimens(_types(), _moves(), _lines(), _items(hq), pa.concat_tables(every))


def _partners(companies: Companies, numbers: Callable[[Ints], pa.Array]) -> pa.Table:
    serial = np.arange(len(companies.country))
    company, currency = dealt_in(companies)
    return pa.table(
        {
            "partner": numbers(serial),
            "BUKRS": pick(COMPANY_CODES, company),
            "WAERS": pick(CURRENCIES, currency),
            "ZTERM": terms(serial),
            "INCO1": pick(INCOTERMS, serial % len(INCOTERMS)),
            "at_home": is_domestic(companies),
        }
    )


def _items(hq: Headquarters) -> pa.Table:
    count = len(hq.items.kind)
    item, place = np.repeat(np.arange(count), len(PLANTS)), np.tile(np.arange(len(PLANTS)), count)
    kind, company = hq.items.kind[item], PLANT_COMPANIES[place]
    return pa.table(
        {
            "item": item,
            "place": place,
            "MATNR": keys.materials(hq.items).take(pa.array(item)),
            "WERKS": pick(PLANTS, place),
            "BUKRS": pick(COMPANY_CODES, company),
            "HWAER": pick(CURRENCIES, LOCAL[company]),
            "MEINS": pick(UNITS, hq.items.unit[item]),
            "LGORT": store_of(kind),
            "weight": unit_weights(item),
            "account": chart.NUMBERS.take(
                pa.array(chart.STOCK_ACCOUNTS[chart.CLASS_OF_KIND[kind]])
            ),
        }
    )


def _types() -> pa.Table:
    return pa.table(
        {
            "BLART": [details.code for details in DETAILS],
            "first": [keys.RANGES[kind] for kind in DocumentType],
            "AWTYP": [details.source for details in DETAILS],
            "TCODE": [details.transaction for details in DETAILS],
            "GLVOR": [details.event for details in DETAILS],
        }
    )


def _moves() -> pa.Table:
    names = ("BWART", "VGART", "BLART", "TCODE", "KZBEW", "KZVBR")
    codes = zip(*(CODES[move] for move in Move), strict=True)
    return pa.table(
        {
            "move": [int(move) for move in Move],
            **dict(zip(names, codes, strict=True)),
            "SAKTO": chart.NUMBERS.take(pa.array(OFFSETS)),
        }
    )


def _lines() -> pa.Table:
    """A debit and a credit of each account in documents of all types and company codes."""
    ledger, taxed = _ledger()
    heads = take(ledger.documents, ledger.lines.document)
    texts = {**line_columns.accounts(ledger), **line_columns.taxes(ledger)}
    is_debit = (ledger.lines.local > 0).astype(np.int64)
    return pa.table(
        {
            "BLART": pick([details.code for details in DETAILS], heads.kind),
            "BUKRS": pick(COMPANY_CODES, heads.company),
            "taxed": taxed[ledger.lines.document],
            "SHKZG": pick(["H", "S"], is_debit),
            **texts,
        }
    )


def _ledger() -> tuple[Ledger, Flags]:
    """The documents, untaxed and taxed in turn, with their lines; and which are taxed."""
    companies = np.repeat(np.arange(len(COMPANY_CODES)), 2)
    day, currency = np.zeros(len(companies), np.int64), LOCAL[companies]
    heads = stack(*(documents(kind, companies, day, currency) for kind in DocumentType))
    taxed = np.arange(len(heads.day)) % 2 > 0
    account = np.tile(np.repeat(np.arange(len(Account)), 2), len(heads.day))
    document = np.repeat(np.arange(len(heads.day)), 2 * len(Account))
    side = np.tile([1, -1], len(document) // 2)
    base = fill(taxed[document] & np.isin(account, _TAXES), side)
    every = lines(document, account, side, side, base=base)
    return Ledger(heads, every, np.full(len(document), NONE)), taxed
