"""The rows of accounting documents' lines: BSEG, and the same lines by account in BSID to BSIS."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Flags
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import chart, keys, line_columns
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.document_rows import codes, document_dates, references
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.line_columns import Ledger
from erp_resources.sandbox.company.s4.purchasing import Purchases
from erp_resources.sandbox.company.s4.values import Value, build, digits


def rows(
    hq: Headquarters, ledger: Ledger, purchases: Purchases, issued: Keys
) -> Iterator[tuple[Table, pa.Table]]:
    """BSEG; then, of the same lines, those of customers and vendors, open and cleared, and BSIS."""
    columns = line_columns.columns(hq, ledger, purchases, issued)
    count = len(ledger.lines.document)
    yield TABLES["BSEG"], build(TABLES["BSEG"], count, columns)
    columns |= _of_headers(columns, ledger, issued)
    kind = np.array(chart.KINDS)[ledger.lines.account]
    is_open = ledger.cleared_by < 0
    parts = {
        "BSID": (kind == "D") & is_open,
        "BSAD": (kind == "D") & ~is_open,
        "BSIK": (kind == "K") & is_open,
        "BSAK": (kind == "K") & ~is_open,
        "BSIS": chart.IS_SHOWN[ledger.lines.account] & is_open,
    }
    for name, chosen in parts.items():
        yield TABLES[name], _part(TABLES[name], columns, chosen)


def _of_headers(columns: Mapping[str, Value], ledger: Ledger, issued: Keys) -> dict[str, Value]:
    """What lines repeat of their documents once they are listed by account."""
    document = ledger.lines.document
    heads = take(ledger.documents, document)
    references_ = references(ledger.documents, issued)
    return {
        "BUDAT": heads.day,
        "BLDAT": document_dates(ledger.documents)[document],
        "CPUDT": heads.day,
        "WAERS": columns["H_WAERS"],
        "XBLNR": references_.take(pa.array(document)),
        "BLART": codes(heads.kind),
        "MONAT": digits(keys.period_of(heads.day), 2),
    }


def _part(table: Table, columns: Mapping[str, Value], chosen: Flags) -> pa.Table:
    """The rows that are chosen, with the columns that ``table`` has."""
    places = pa.array(np.flatnonzero(chosen))
    some: dict[str, Value] = {}
    for name in {column.name for column in table.columns} & set(columns):
        value = columns[name]
        if isinstance(value, np.ndarray):
            some[name] = value[chosen]
        else:
            some[name] = value.take(places) if isinstance(value, pa.Array) else value
    return build(table, len(places), some)
