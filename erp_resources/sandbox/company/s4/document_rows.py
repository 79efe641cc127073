"""The rows of accounting documents' headers, BKPF, and of the document types, T003."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, joined, numbered, pick
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.books import Documents, DocumentType
from erp_resources.sandbox.company.s4.currencies import CURRENCIES, LOCAL
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    CONTROLLING_AREA,
    users,
)
from erp_resources.sandbox.company.s4.values import Value, build


@dataclass(frozen=True)
class Details:
    """What SAP calls a document type and how such documents come about.

    ``source`` is the reference procedure: billing (VBRK), material document (MKPF), invoice of
    logistics (RMRP) or the accounting document itself (BKPF).
    """

    code: str
    number_range: str
    account_types: str
    reversal: str
    source: str
    transaction: str
    event: str


_DETAILS = {
    DocumentType.BILLING: Details("RV", "90", "DMS", "RV", "VBRK", "VF01", "SD00"),
    DocumentType.GOODS_DELIVERED: Details("WL", "49", "MS", "WL", "MKPF", "VL02N", "RMWL"),
    DocumentType.GOODS_RECEIVED: Details("WE", "50", "MS", "WE", "MKPF", "MIGO", "RMWE"),
    DocumentType.GOODS_ISSUED: Details("WA", "49", "MS", "WA", "MKPF", "MIGO", "RMWA"),
    DocumentType.STOCK_COUNTED: Details("WI", "49", "MS", "WI", "MKPF", "MI07", "RMWI"),
    DocumentType.INVOICE_RECEIVED: Details("RE", "51", "KMS", "RE", "RMRP", "MIRO", "RMRP"),
    DocumentType.VENDOR_INVOICE: Details("KR", "19", "AKS", "KA", "BKPF", "FB60", "RFBU"),
    DocumentType.CUSTOMER_PAYMENT: Details("DZ", "14", "DS", "DA", "BKPF", "F-28", "RFBU"),
    DocumentType.VENDOR_PAYMENT: Details("ZP", "20", "KS", "ZP", "BKPF", "F110", "ZAHL"),
    DocumentType.GENERAL: Details("SA", "01", "ADKMS", "AB", "BKPF", "FB50", "RFBU"),
}
_MORE_TYPES = (("AB", "01", "ADKMS"), ("DA", "16", "DS"), ("KA", "17", "AKS"), ("DR", "18", "ADS"))
DETAILS = tuple(_DETAILS[kind] for kind in DocumentType)
"""In the order of ``DocumentType``."""
_BATCH = (DocumentType.VENDOR_PAYMENT, DocumentType.GOODS_DELIVERED)
_TEXTS = ("", "Nachbuchung", "see e-mail", "Réf. 12|B")


def codes(kinds: Ints) -> pa.Array:
    """``BLART`` of each document type."""
    return pick([details.code for details in DETAILS], kinds)


def type_rows() -> Iterator[tuple[Table, pa.Table]]:
    """T003."""
    own = [(d.code, d.number_range, d.account_types, d.reversal) for d in DETAILS]
    every = [*own, *((*more, "AB") for more in _MORE_TYPES)]
    code, ranges, account_types, reversal = zip(*every, strict=True)
    columns: dict[str, Value] = {
        "BLART": pa.array(code),
        "NUMKR": pa.array(ranges),
        "KOARS": pa.array(account_types),
        "STBLA": pa.array(reversal),
        "XMREF": pick(["", "X"], np.array([kinds == "AKS" for kinds in account_types]) * 1),
        "XNEGP": "X",
    }
    yield TABLES["T003"], build(TABLES["T003"], len(code), columns)


def references(documents: Documents, issued: Keys) -> pa.Array:
    """``XBLNR``: the billing, material or vendor's document that each was made from."""
    sources = [details.source for details in DETAILS]
    vendor_number = numbered("RG/", documents.origin * 37 % 100_000, 6)
    made_from = {
        "VBRK": keys.billings(_only(documents, "VBRK")),
        "MKPF": keys.at(issued.slips, _only(documents, "MKPF")),
        "RMRP": vendor_number,
        "BKPF": pc.if_else(pa.array(documents.origin >= 0), vendor_number, ""),
    }
    kinds = pa.array(np.array([list(made_from).index(s) for s in sources])[documents.kind])
    return pc.choose(kinds, *made_from.values())


def document_dates(documents: Documents) -> Ints:
    """``BLDAT``: invoices are some days old when they are posted."""
    invoiced = np.isin(documents.kind, (DocumentType.INVOICE_RECEIVED, DocumentType.VENDOR_INVOICE))
    return documents.day - np.where(invoiced, np.arange(len(invoiced)) % 6, 0)


def rows(hq: Headquarters, documents: Documents, issued: Keys) -> Iterator[tuple[Table, pa.Table]]:
    """BKPF, in the order in which documents were posted."""
    count = len(documents.day)
    serial = np.arange(count)
    by_batch = np.isin(documents.kind, _BATCH)
    columns: dict[str, Value] = {
        "BUKRS": pick(COMPANY_CODES, documents.company),
        "BELNR": issued.documents,
        "GJAHR": issued.years,
        "BLART": codes(documents.kind),
        "BLDAT": document_dates(documents),
        "BUDAT": documents.day,
        "MONAT": keys.period_of(documents.day),
        "CPUDT": documents.day,
        "CPUTM": 7 * 3600 + serial * 7919 % (11 * 3600),
        "WWERT": documents.rated,
        "USNAM": pc.if_else(pa.array(by_batch), "BATCH", users(serial)),
        "TCODE": pick([details.transaction for details in DETAILS], documents.kind),
        "XBLNR": references(documents, issued),
        "BKTXT": pick(_TEXTS, np.where(serial % 11, 0, serial % len(_TEXTS))),
        "WAERS": pick(CURRENCIES, documents.currency),
        "KURSF": hq.rates.quoted(documents.company, documents.currency, documents.rated),
        "GLVOR": pick([details.event for details in DETAILS], documents.kind),
        "AWTYP": pick([details.source for details in DETAILS], documents.kind),
        "AWKEY": _source_keys(documents, issued),
        "FIKRS": CONTROLLING_AREA,
        "HWAER": pick(CURRENCIES, LOCAL[documents.company]),
    }
    yield TABLES["BKPF"], build(TABLES["BKPF"], count, columns)


def _only(documents: Documents, source: str) -> Ints:
    """The origins of documents with that source, -1 for the others."""
    here = np.array([details.source == source for details in DETAILS])[documents.kind]
    return np.where(here, documents.origin, -1)


def _source_keys(documents: Documents, issued: Keys) -> pa.Array:
    """``AWKEY``: number and, where numbers begin anew each year, the year (and company code)."""
    year = numbered("", issued.years, 4)
    company = pick(COMPANY_CODES, documents.company)
    made_from = {
        "VBRK": keys.billings(_only(documents, "VBRK")),
        "MKPF": joined(keys.at(issued.slips, _only(documents, "MKPF")), year),
        "RMRP": joined(keys.invoices(_only(documents, "RMRP")), year),
        "BKPF": joined(issued.documents, company, year),
    }
    sources = np.array([list(made_from).index(details.source) for details in DETAILS])
    return pc.choose(pa.array(sources[documents.kind]), *made_from.values())
