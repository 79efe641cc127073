"""What sales orders do to the stock: lots, reservations, deliveries, issues and returned goods."""

import numpy as np

from erp_resources.sandbox.company.arrays import Ints
from erp_resources.sandbox.company.ax.chart import Account, PostingType
from erp_resources.sandbox.company.ax.enterprise import Enterprise
from erp_resources.sandbox.company.ax.inventory import (
    Lots,
    Origin,
    Status,
    Transactions,
    Warehouse,
)
from erp_resources.sandbox.company.ax.ledger import NO_VOUCHER
from erp_resources.sandbox.company.ax.sales import Sales
from erp_resources.sandbox.company.exact import value
from erp_resources.sandbox.company.periods import DAY, HOUR, NEVER
from erp_resources.sandbox.company.records import take
from erp_resources.sandbox.company.supply import Needs


def ship(company: Enterprise, house: Warehouse, sales: Sales) -> Needs:
    """Book the lines of all sales orders; the lots are numbered like the lines.

    Returns:
        What was shipped, for production to have made it.
    """
    lines, orders = sales.lines, sales.orders
    draws, count = company.draws("shipping"), len(sales.lines.item)
    entity = orders.entity[lines.order]
    ordered = orders.day[lines.order] * DAY + draws.integers(7 * HOUR, 18 * HOUR, count)
    origin = np.full(count, int(Origin.SALES))
    house.register(Lots(origin, lines.order, lines.item, entity, ordered))
    moved = _delivered(company, sales, draws.integers(8 * HOUR, 18 * HOUR, count))
    house.book(moved)
    issue, consumption = PostingType.SALES_ISSUE, PostingType.SALES_CONSUMP
    house.post(moved, issue, consumption, Account.COST_OF_SALES)
    house.book(_waiting(sales, ordered, draws.weighted([60, 40], count)))
    sold = take(moved, moved.quantity < 0)
    return Needs(sold.item, sold.entity, sold.moment, -sold.quantity)


def _delivered(company: Enterprise, sales: Sales, seconds: Ints) -> Transactions:
    """Deliveries and returned goods, invoiced or not yet."""
    lot = np.flatnonzero(sales.lines.delivered)
    lines = take(sales.lines, lot)
    orders = take(sales.orders, lines.order)
    quantity, voucher = -lines.delivered, sales.voucher[lines.order]
    cost = company.standard_cost(lines.item, orders.entity)
    return Transactions(
        lot,
        lines.item,
        orders.entity,
        orders.currency,
        quantity,
        np.where(voucher == NO_VOUCHER, Status.PHYSICAL, Status.FINANCIAL),
        orders.wanted,
        orders.shipped * DAY + seconds[lot],
        orders.invoiced,
        value(quantity, cost),
        sales.slip[lines.order],
        voucher,
    )


def _waiting(sales: Sales, ordered: Ints, reserved: Ints) -> Transactions:
    """What is still to be delivered, some of it reserved."""
    open_ = sales.lines.quantity - sales.lines.delivered
    lot = np.flatnonzero((open_ != 0) & ~sales.orders.cancelled[sales.lines.order])
    lines = take(sales.lines, lot)
    orders = take(sales.orders, lines.order)
    none = np.full(len(lot), NO_VOUCHER)
    return Transactions(
        lot,
        lines.item,
        orders.entity,
        orders.currency,
        -open_[lot],
        np.where(reserved[lot] == 1, Status.RESERVED, Status.ON_ORDER),
        orders.wanted,
        ordered[lot] + HOUR,
        np.full(len(lot), NEVER),
        0 * none,
        none,
        none,
    )
