"""The rows of sales orders and purchase orders."""

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
    cost,
    money,
    numbered,
    pick,
    quantity,
)
from erp_resources.sandbox.company.ax.declarations import orders as declared
from erp_resources.sandbox.company.ax.enterprise import Dealers, Enterprise
from erp_resources.sandbox.company.ax.entities import (
    ENTITIES,
    SITES,
    dimension_ids,
    dimension_of,
)
from erp_resources.sandbox.company.ax.inventory import Origin
from erp_resources.sandbox.company.ax.inventory_rows import lot_numbers, reference_numbers
from erp_resources.sandbox.company.ax.keys import customer_numbers, item_numbers, vendor_numbers
from erp_resources.sandbox.company.ax.party_rows import party_names, payment_terms, tax_groups
from erp_resources.sandbox.company.ax.product_rows import item_names, units
from erp_resources.sandbox.company.ax.purchases import Purchases
from erp_resources.sandbox.company.ax.sales import NO_ORDER, Sales
from erp_resources.sandbox.company.ax.system import dates, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.exact import every, fill, ordinals, starts
from erp_resources.sandbox.company.periods import DAY, EPOCH, HOUR, NEVER, at
from erp_resources.sandbox.company.records import take

_OPEN, _DELIVERED, _INVOICED, _CANCELLED = 1, 2, 3, 4
_SALES_ORDER, _RETURNED_ORDER = 3, 4
_PURCHASE_ORDER, _SLIP, _INVOICE = 2, 5, 7
_REFERENCES = ("", "Lieferung frei Haus", "c/o Wareneingang, Tor 3", 'ref. "A/4711"', "n° 0042")


def sales_rows(company: Enterprise, sales: Sales) -> Iterator[tuple[Table, pa.Table]]:
    """SALESTABLE and SALESLINE."""
    yield declared.SALESTABLE, _sales_orders(company, sales)
    yield declared.SALESLINE, _sales_lines(company, sales)


def purchase_rows(company: Enterprise, purchases: Purchases) -> Iterator[tuple[Table, pa.Table]]:
    """PURCHTABLE and PURCHLINE."""
    yield declared.PURCHTABLE, _purchase_orders(company, purchases)
    yield declared.PURCHLINE, _purchase_lines(company, purchases)


def _changed(created: Ints, *days: Ints) -> Ints:
    """The moment of the last of several days that have come."""
    changed = created
    for day in days:
        changed = np.maximum(changed, np.where(day < NEVER, at(day, 19 * HOUR), 0))
    return changed


def _status(delivered: Flags, invoiced: Flags) -> Ints:
    return np.where(invoiced, _INVOICED, np.where(delivered, _DELIVERED, _OPEN))


def _sales_status(sales: Sales) -> tuple[Ints, Ints]:
    """Of orders, which stay open until all has been delivered, and of lines."""
    orders, lines = sales.orders, sales.lines
    complete = lines.delivered == lines.quantity
    heads = take(orders, lines.order)
    by_line = _status(complete & (heads.shipped < NEVER), complete & (heads.invoiced < NEVER))
    by_order = np.full(len(orders.day), _INVOICED)
    np.minimum.at(by_order, lines.order, by_line)
    cancelled = orders.cancelled
    return (
        np.where(cancelled, _CANCELLED, by_order),
        np.where(cancelled[lines.order], _CANCELLED, by_line),
    )


def _sales_orders(company: Enterprise, sales: Sales) -> pa.Table:
    orders, serial = sales.orders, np.arange(len(sales.orders.day))
    created = at(orders.day, 7 * HOUR + serial * 7919 % (11 * HOUR))
    account = customer_numbers(orders.customer)
    shipped, invoiced = orders.shipped < NEVER, orders.invoiced < NEVER
    columns: dict[str, Value] = {
        "SALESID": reference_numbers(Origin.SALES, serial),
        "SALESNAME": pc.utf8_slice_codeunits(
            party_names(company.customers, orders.customer), 0, 60
        ),
        "CUSTACCOUNT": account,
        "INVOICEACCOUNT": account,
        "CURRENCYCODE": pick(CURRENCIES, orders.currency),
        "SALESTYPE": _sales_types(orders.returned),
        "SALESSTATUS": _sales_status(sales)[0],
        "DOCUMENTSTATUS": np.where(invoiced, _INVOICE, fill(shipped, np.full(len(serial), _SLIP))),
        "RECEIPTDATEREQUESTED": dates(orders.wanted + 2),
        "SHIPPINGDATEREQUESTED": dates(orders.wanted),
        "PAYMENT": payment_terms(orders.customer),
        "TAXGROUP": tax_groups(company.customers, orders.customer),
        "PURCHORDERFORMNUM": _or_empty(every(4, serial), numbered("PO ", serial * 37 % 90_000, 5)),
        "CUSTOMERREF": _references(serial),
        "INVENTSITEID": pick(SITES, orders.entity),
        **system_columns(
            created,
            _changed(created, orders.shipped, orders.invoiced),
            pick(ENTITIES, orders.entity),
        ),
    }
    return build(declared.SALESTABLE, len(serial), columns)


def _sales_types(returned: Ints) -> Ints:
    return np.where(returned == NO_ORDER, _SALES_ORDER, _RETURNED_ORDER)


def _order_names(dealers: Dealers, chosen: Ints) -> pa.Array:
    """As much of the dealer's name as an order has room for; worked out once per dealer."""
    names = party_names(dealers, np.arange(len(dealers.entity)))
    return pc.utf8_slice_codeunits(names, 0, 60).take(pa.array(chosen))


def _or_empty(empty: Flags, texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(empty), "", texts)


def _references(serial: Ints) -> pa.Array:
    return pick(_REFERENCES, np.where(every(8, serial), serial // 8 % len(_REFERENCES), 0))


def _sales_lines(company: Enterprise, sales: Sales) -> pa.Table:
    lines, serial = sales.lines, np.arange(len(sales.lines.item))
    orders = take(sales.orders, lines.order)
    created = at(orders.day, 7 * HOUR + lines.order * 7919 % (11 * HOUR)) + serial % 600
    shipped = orders.shipped < NEVER
    unit = units(company, lines.item)
    dimension = dimension_of(orders.entity, company.items.kind[lines.item])
    columns: dict[str, Value] = {
        "SALESID": reference_numbers(Origin.SALES, lines.order),
        "LINENUM": Cells(1 + ordinals(starts(lines.order), len(serial))),
        "INVENTTRANSID": lot_numbers(serial),
        "ITEMID": item_numbers(company.items.code, lines.item),
        "NAME": item_names(company, lines.item),
        "CUSTACCOUNT": customer_numbers(orders.customer),
        "CURRENCYCODE": pick(CURRENCIES, orders.currency),
        "SALESQTY": quantity(lines.quantity),
        "QTYORDERED": quantity(lines.quantity),
        "SALESUNIT": unit,
        "REMAINSALESPHYSICAL": quantity(fill(~orders.cancelled, lines.quantity - lines.delivered)),
        "REMAINSALESFINANCIAL": quantity(fill(orders.invoiced == NEVER, lines.delivered)),
        "SALESPRICE": money(lines.price),
        "PRICEUNIT": Cells(np.ones(len(serial), np.int64)),
        "LINEPERCENT": Cells(lines.discount),
        "LINEAMOUNT": money(lines.amount),
        "SALESSTATUS": _sales_status(sales)[1],
        "SALESTYPE": _sales_types(orders.returned),
        "INVENTDIMID": dimension_ids(dimension),
        "SHIPPINGDATECONFIRMED": dates(fill(shipped, orders.shipped), shipped),
        **system_columns(
            created,
            _changed(created, orders.shipped, orders.invoiced),
            pick(ENTITIES, orders.entity),
        ),
    }
    return build(declared.SALESLINE, len(serial), columns)


def _purchase_orders(company: Enterprise, purchases: Purchases) -> pa.Table:
    orders, serial = purchases.orders, np.arange(len(purchases.orders.day))
    created = EPOCH + orders.day * DAY + 8 * HOUR + serial * 7919 % (9 * HOUR)
    account = vendor_numbers(orders.vendor)
    received, invoiced = orders.received < NEVER, orders.invoiced < NEVER
    columns: dict[str, Value] = {
        "PURCHID": reference_numbers(Origin.PURCHASE, serial),
        "PURCHNAME": _order_names(company.vendors, orders.vendor),
        "ORDERACCOUNT": account,
        "INVOICEACCOUNT": account,
        "CURRENCYCODE": pick(CURRENCIES, orders.currency),
        "PURCHASETYPE": 3,
        "PURCHSTATUS": _status(received, invoiced),
        "DOCUMENTSTATUS": np.where(invoiced, _INVOICE, np.where(received, _SLIP, _PURCHASE_ORDER)),
        "DELIVERYDATE": dates(orders.moment // DAY),
        "PAYMENT": payment_terms(orders.vendor),
        "TAXGROUP": tax_groups(company.vendors, orders.vendor),
        "VENDORREF": _references(serial),
        "INVENTSITEID": pick(SITES, orders.entity),
        **system_columns(
            created,
            _changed(created, orders.received, orders.invoiced),
            pick(ENTITIES, orders.entity),
        ),
    }
    return build(declared.PURCHTABLE, len(serial), columns)


def _purchase_lines(company: Enterprise, purchases: Purchases) -> pa.Table:
    lines, serial = purchases.lines, np.arange(len(purchases.lines.item))
    orders = take(purchases.orders, lines.order)
    created = EPOCH + orders.day * DAY + 8 * HOUR + lines.order * 7919 % (9 * HOUR) + serial % 600
    received, invoiced = orders.received < NEVER, orders.invoiced < NEVER
    unit = units(company, lines.item)
    columns: dict[str, Value] = {
        "PURCHID": reference_numbers(Origin.PURCHASE, lines.order),
        "LINENUMBER": 1 + ordinals(starts(lines.order), len(serial)),
        "INVENTTRANSID": lot_numbers(purchases.moves.lot),
        "ITEMID": item_numbers(company.items.code, lines.item),
        "NAME": item_names(company, lines.item),
        "VENDACCOUNT": vendor_numbers(orders.vendor),
        "CURRENCYCODE": pick(CURRENCIES, orders.currency),
        "PURCHQTY": quantity(lines.quantity),
        "QTYORDERED": quantity(lines.quantity),
        "PURCHUNIT": unit,
        "REMAINPURCHPHYSICAL": quantity(fill(~received, lines.quantity)),
        "REMAINPURCHFINANCIAL": quantity(fill(received & ~invoiced, lines.quantity)),
        "PURCHPRICE": cost(lines.price),
        "PRICEUNIT": Cells(np.ones(len(serial), np.int64)),
        "LINEAMOUNT": money(lines.amount),
        "PURCHSTATUS": _status(received, invoiced),
        "INVENTDIMID": dimension_ids(dimension_of(orders.entity, company.items.kind[lines.item])),
        "DELIVERYDATE": dates(orders.moment // DAY),
        **system_columns(
            created,
            _changed(created, orders.received, orders.invoiced),
            pick(ENTITIES, orders.entity),
        ),
    }
    return build(declared.PURCHLINE, len(serial), columns)
