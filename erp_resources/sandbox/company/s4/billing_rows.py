"""The rows of billing documents: VBRK and VBRP."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import numbered, pick
from erp_resources.sandbox.company.exact import sum_by
from erp_resources.sandbox.company.masters import COUNTRY_CODES
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.s4 import keys
from erp_resources.sandbox.company.s4.currencies import CURRENCIES
from erp_resources.sandbox.company.s4.ddic import TABLES
from erp_resources.sandbox.company.s4.headquarters import Headquarters
from erp_resources.sandbox.company.s4.keys import Keys
from erp_resources.sandbox.company.s4.materials import store_of
from erp_resources.sandbox.company.s4.organization import (
    COMPANY_CODES,
    PLANTS,
    is_domestic,
    terms,
)
from erp_resources.sandbox.company.s4.sales import Sales
from erp_resources.sandbox.company.s4.sales_rows import (
    INCOTERMS,
    entered,
    goods,
    item_numbers,
    weights,
)
from erp_resources.sandbox.company.s4.values import Value, build, flag


def rows(
    hq: Headquarters, sales: Sales, issued: Keys, documents: pa.Array
) -> Iterator[tuple[Table, pa.Table]]:
    """VBRK and VBRP; ``documents`` are the numbers of the accounting documents."""
    yield TABLES["VBRK"], _headers(hq, sales, documents)
    yield TABLES["VBRP"], _items(hq, sales, issued)


def _headers(hq: Headquarters, sales: Sales, documents: pa.Array) -> pa.Table:
    heads, items = sales.billings, sales.billing_items
    orders, count = take(sales.orders, heads.order), len(heads.day)
    is_memo = (heads.delivery < 0).astype(np.int64)
    abroad = ~is_domestic(hq.customers)[orders.customer]
    number = keys.billings(np.arange(count))
    columns: dict[str, Value] = {
        "VBELN": number,
        "FKART": pick(["F2", "G2"], is_memo),
        "FKTYP": pick(["L", "A"], is_memo),
        "VBTYP": pick(["M", "O"], is_memo),
        "WAERK": pick(CURRENCIES, orders.currency),
        "VKORG": pick(COMPANY_CODES, orders.company),
        "VTWEG": "10",
        "KALSM": "RVAA01",
        "KNUMV": numbered("", 50_000_001 + np.arange(count), 10),
        "FKDAT": heads.day,
        "BELNR": documents,
        "GJAHR": keys.year_of(heads.day),
        "POPER": keys.period_of(heads.day),
        "INCO1": pick(INCOTERMS, orders.customer % len(INCOTERMS)),
        "INCO2": hq.customers.city.take(pa.array(orders.customer)),
        "EXPKZ": flag(abroad),
        "RFBSK": "C",
        "KURRF": hq.rates.quoted(orders.company, orders.currency, heads.rated),
        "ZTERM": terms(orders.customer),
        "KTGRD": pick(["01", "02"], abroad.astype(np.int64)),
        "LAND1": pick(COUNTRY_CODES, hq.customers.country[orders.customer]),
        "BUKRS": pick(COMPANY_CODES, orders.company),
        "TAXK1": pick(["1", "0"], abroad.astype(np.int64)),
        "NETWR": sum_by(items.billing, items.amount, count),
        **entered(heads.day),
        "KUNRG": keys.customers(orders.customer),
        "KUNAG": keys.customers(orders.customer),
        "KURST": "M",
        "MWSBK": sum_by(items.billing, items.tax, count),
        "XBLNR": number,
        "SPART": "00",
    }
    return build(TABLES["VBRK"], count, columns)


def _items(hq: Headquarters, sales: Sales, issued: Keys) -> pa.Table:
    items, ordered = sales.billing_items, take(sales.order_items, sales.billing_items.order_item)
    heads, orders = take(sales.billings, items.billing), take(sales.orders, ordered.order)
    number = item_numbers(sales)[items.order_item]
    order = issued.orders.take(pa.array(ordered.order))
    is_memo = heads.delivery < 0
    columns: dict[str, Value] = {
        "VBELN": keys.billings(items.billing),
        "POSNR": number,
        "FKIMG": items.quantity,
        **goods(hq, ordered.item),
        "FKLMG": items.quantity,
        **weights(items.quantity, ordered.item),
        "PRSDT": heads.rated,
        "FBUDA": heads.day,
        "KURSK": hq.rates.quoted(orders.company, orders.currency, heads.rated),
        "NETWR": items.amount,
        "VGBEL": pc.if_else(pa.array(is_memo), order, keys.deliveries(heads.delivery)),
        "VGPOS": number,
        "VGTYP": pick(["J", "K"], is_memo.astype(np.int64)),
        "AUBEL": order,
        "AUPOS": number,
        "PSTYV": pick(["TAN", "G2N"], is_memo.astype(np.int64)),
        "WERKS": pick(PLANTS, ordered.plant),
        "LGORT": store_of(hq.items.kind[ordered.item]),
        "SPART": "00",
        "PRCTR": pick(PLANTS, ordered.plant),
        **entered(heads.day),
        "KZWI1": items.amount,
        "MWSBP": items.tax,
    }
    return build(TABLES["VBRP"], len(items.billing), columns)
