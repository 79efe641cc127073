"""The rows of lots, inventory transactions and on-hand inventory."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import Ints, Value, build, money, numbered, pick, quantity
from erp_resources.sandbox.company.ax.declarations import inventory as declared
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.entities import DIMENSIONS, ENTITIES, dimension_ids
from erp_resources.sandbox.company.ax.inventory import Origin, Status, Transactions, Warehouse
from erp_resources.sandbox.company.ax.keys import item_numbers
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER
from erp_resources.sandbox.company.ax.system import dates, record_ids, system_columns
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.exact import fill
from erp_resources.sandbox.company.periods import EPOCH, HOUR, at, day_of
from erp_resources.sandbox.company.records import take

_PREFIXES = {
    Origin.SALES: "SO-",
    Origin.PRODUCTION: "PR-",
    Origin.PURCHASE: "PO-",
    Origin.TRANSACTION: "MV-",
    Origin.PRODUCTION_LINE: "PR-",
    Origin.COUNTING: "CN-",
}
_BY_ORIGIN = [_PREFIXES[Origin(n)] if n in _PREFIXES else None for n in range(max(Origin) + 1)]


def lot_numbers(lots: Ints) -> pa.Array:
    """``L-000000001`` for the first lot."""
    return numbered("L-", 1 + lots, 9)


def reference_numbers(origin: Origin, references: Ints) -> pa.Array:
    """The numbers of orders or journals: ``SO-0000001`` for the first sales order."""
    return numbered(_PREFIXES[origin], 1 + references, 7)


def rows(company: Enterprise, house: Warehouse) -> Iterator[tuple[Table, pa.Table]]:
    """INVENTTRANSORIGIN, INVENTTRANS and INVENTSUM."""
    moved = house.transactions()
    yield declared.INVENTTRANSORIGIN, _lots(company, house)
    yield declared.INVENTTRANS, _transactions(company, house, moved)
    yield declared.INVENTSUM, _on_hand(company, house, moved)


def _lots(company: Enterprise, house: Warehouse) -> pa.Table:
    lots = house.lots()
    created = EPOCH + lots.moment
    reference = pc.utf8_lpad(pa.array(1 + lots.reference).cast(pa.string()), 7, "0")
    columns: dict[str, Value] = {
        "INVENTTRANSID": lot_numbers(np.arange(len(lots.item))),
        "REFERENCECATEGORY": lots.origin,
        "REFERENCEID": pc.binary_join_element_wise(pick(_BY_ORIGIN, lots.origin), reference, ""),
        "ITEMID": item_numbers(company.items.code, lots.item),
        **system_columns(created, created, pick(ENTITIES, lots.entity)),
    }
    return build(declared.INVENTTRANSORIGIN, len(lots.item), columns)


def _transactions(company: Enterprise, house: Warehouse, moved: Transactions) -> pa.Table:
    is_receipt = moved.quantity > 0
    is_physical = moved.physical_voucher != NO_VOUCHER
    is_financial = moved.voucher != NO_VOUCHER
    financial_day = fill(is_financial, moved.financial_day)
    created = EPOCH + moved.moment
    changed = np.maximum(created, np.where(is_financial, at(financial_day, 19 * HOUR), 0))
    voucher = company.ledger.texts(moved.voucher)
    columns: dict[str, Value] = {
        "INVENTTRANSORIGIN": record_ids(moved.lot),
        "ITEMID": item_numbers(company.items.code, moved.item),
        "INVENTDIMID": dimension_ids(house.dimensions(moved)),
        "QTY": quantity(moved.quantity),
        "STATUSISSUE": fill(~is_receipt, moved.status),
        "STATUSRECEIPT": fill(is_receipt, moved.status),
        "DATEEXPECTED": dates(moved.expected),
        "DATEPHYSICAL": dates(day_of(moved.moment), is_physical),
        "DATEFINANCIAL": dates(financial_day, is_financial),
        "COSTAMOUNTPHYSICAL": money(moved.physical),
        "COSTAMOUNTPOSTED": money(house.worth(moved)),
        "VOUCHERPHYSICAL": company.ledger.texts(moved.physical_voucher),
        "VOUCHER": voucher,
        "INVOICEID": company.ledger.invoices(moved.voucher),
        "CURRENCYCODE": pick(CURRENCIES, moved.currency),
        "VALUEOPEN": (moved.status != Status.FINANCIAL).astype(np.int64),
        **system_columns(created, changed, pick(ENTITIES, moved.entity)),
    }
    return build(declared.INVENTTRANS, len(moved.item), columns)


def _on_hand(company: Enterprise, house: Warehouse, moved: Transactions) -> pa.Table:
    """Wherever something was ever booked; the dates are of the first and last transaction."""
    shape = house.stock.posted.shape
    place = (moved.item, house.dimensions(moved))
    first, last, physical = np.full(shape, 1 << 60), np.zeros(shape, np.int64), np.full(shape, -1)
    np.minimum.at(first, place, moved.moment)
    np.maximum.at(last, place, moved.moment)
    is_physical = moved.physical_voucher != NO_VOUCHER
    done = take(moved, is_physical)
    np.maximum.at(physical, (done.item, house.dimensions(done)), day_of(done.moment))
    item, dimension = used = np.nonzero(last)
    sums = {name: values[used] for name, values in vars(house.stock).items()}
    in_stock = sums["posted"] + sums["received"] - sums["deducted"]
    entity = np.array([of for _, of in DIMENSIONS])[dimension]
    moved_on = physical[used]
    columns: dict[str, Value] = {
        "ITEMID": item_numbers(company.items.code, item),
        "INVENTDIMID": dimension_ids(dimension),
        "POSTEDQTY": quantity(sums["posted"]),
        "POSTEDVALUE": money(sums["value"]),
        "RECEIVED": quantity(sums["received"]),
        "DEDUCTED": quantity(sums["deducted"]),
        "PHYSICALVALUE": money(sums["physical_value"]),
        "RESERVPHYSICAL": quantity(sums["reserved"]),
        "ORDERED": quantity(sums["ordered"]),
        "ONORDER": quantity(sums["on_order"]),
        "PHYSICALINVENT": quantity(in_stock),
        "AVAILPHYSICAL": quantity(in_stock - sums["reserved"]),
        "CLOSED": (np.array(list(sums.values())) == 0).all(axis=0).astype(np.int64),
        "LASTUPDDATEPHYSICAL": dates(fill(moved_on >= 0, moved_on), moved_on >= 0),
        **system_columns(EPOCH + first[used], EPOCH + last[used], pick(ENTITIES, entity)),
    }
    return build(declared.INVENTSUM, len(item), columns)
