"""Builds frames of movements for the tests of the FIFO valuation."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

import erp_kernels
from erp_kernels import FifoValuation, Implementation

Move = tuple[str, str | None]  # quantity, unit cost


def history(moves: Sequence[Move], item_id: str = "BOLT") -> pl.DataFrame:
    """Return the movements of one item, one a day from 2024-01-01, in the order given."""
    quantities = [Decimal(quantity) for quantity, _ in moves]
    unit_costs = [None if cost is None else Decimal(cost) for _, cost in moves]
    days = range(len(moves))
    return pl.DataFrame(
        {
            "item_id": pl.Series([item_id] * len(moves), dtype=pl.String),
            "moved_at": pl.Series([19723 + day for day in days], dtype=pl.Int32).cast(pl.Date),
            "sequence_id": pl.Series(days, dtype=pl.Int64),
            "moved_qty": pl.Series(quantities, dtype=pl.Decimal(18, 3)),
            "unit_cost_amount": pl.Series(unit_costs, dtype=pl.Decimal(18, 4)),
        }
    )


def value(movements: pl.DataFrame, choice: Implementation, decimals: int = 2) -> FifoValuation:
    """Value the movements with all tables."""
    return erp_kernels.fifo_valuation(
        movements, amount_decimals=decimals, per_movement=True, choice=choice
    )


def moved(valuation: FifoValuation, column: str = "moved_amount") -> list[str]:
    """Return one column of the movement table as text."""
    assert valuation.movements is not None
    return [str(number) for number in valuation.movements[column].to_list()]
