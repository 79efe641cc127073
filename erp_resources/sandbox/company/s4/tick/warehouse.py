"""The day in the warehouses: receipts, production and deliveries, with the stock of the morning."""

from erp_resources.sandbox.company.s4.tick import goods, production, purchases, shipping
from erp_resources.sandbox.company.s4.tick.day import Day


def move(day: Day) -> None:
    """Book all movements of the day, and what they mean for orders."""
    receipts, deliveries = purchases.due(day), shipping.due(day)
    moved = goods.book(
        day,
        purchases.moves(day, receipts),
        production.moves(day),
        shipping.moves(day, deliveries),
    )
    purchases.receive(day, receipts, moved)
    shipping.ship(day, deliveries, moved)
