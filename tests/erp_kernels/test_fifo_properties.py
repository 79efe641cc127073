"""What holds for every history of movements, on generated ones."""

from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import erp_kernels
from erp_kernels import FifoValuation, Implementation, KernelError

Row = tuple[int, int, int, int, int | None]

costs = st.integers(0, 30) | st.integers(0, 10**17)
quantities = st.integers(-9, 9) | st.integers(-(10**15), 10**15)


def rows(unit_costs: st.SearchStrategy[int | None]) -> st.SearchStrategy[list[Row]]:
    row = st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 3), quantities, unit_costs)
    return st.lists(row, max_size=30)


def frame_of(
    movements: list[Row], quantity_decimals: int = 3, cost_decimals: int = 4
) -> pl.DataFrame:
    columns = list(zip(*movements, strict=True)) or [()] * 5
    item_ids, moved_at, sequence_ids, counts, unit_costs = columns
    return pl.DataFrame(
        {
            "item_id": pl.Series(item_ids, dtype=pl.Int64),
            "moved_at": pl.Series(moved_at, dtype=pl.Int32).cast(pl.Date),
            "sequence_id": pl.Series(sequence_ids, dtype=pl.Int64),
            "moved_qty": decimals(counts, quantity_decimals),
            "unit_cost_amount": decimals(unit_costs, cost_decimals),
        }
    )


def decimals(counts: tuple[int | None, ...], scale: int) -> pl.Series:
    numbers = [None if count is None else Decimal(f"{count}E-{scale}") for count in counts]
    return pl.Series(numbers, dtype=pl.Decimal(38, scale))


def outcome(frame: pl.DataFrame, decimals: int, choice: Implementation) -> FifoValuation | str:
    try:
        return erp_kernels.fifo_valuation(
            frame, amount_decimals=decimals, per_movement=True, choice=choice
        )
    except KernelError:
        return "refused"


def assert_same(left: FifoValuation | str, right: FifoValuation | str) -> None:
    if isinstance(left, str) or isinstance(right, str):
        assert left == right
        return
    assert_frame_equal(left.items, right.items)
    assert left.movements is not None
    assert right.movements is not None
    assert_frame_equal(left.movements, right.movements)


@pytest.mark.usefixtures("cpp")
@settings(max_examples=300, deadline=None)
@given(
    movements=rows(costs | st.none()),
    scales=st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 8)),
    text_keys=st.booleans(),
)
def test_the_kernel_agrees_with_the_reference_bit_by_bit(
    movements: list[Row], scales: tuple[int, int, int], text_keys: bool
) -> None:
    frame = frame_of(movements, scales[0], scales[1])
    if text_keys:
        key = pl.format("item number {}", pl.col("item_id"))
        frame = frame.with_columns(
            item_id=pl.when(pl.col("item_id") > 1).then(key).otherwise(pl.lit("I"))
        )
    assert_same(outcome(frame, scales[2], "cpp"), outcome(frame, scales[2], "reference"))


@settings(max_examples=100, deadline=None)
@given(movements=rows(costs))
def test_on_hand_is_the_sum_of_the_quantities(choice: Implementation, movements: list[Row]) -> None:
    frame = frame_of(movements)
    items = erp_kernels.fifo_valuation(frame, choice=choice).items
    sums = frame.group_by("item_id", maintain_order=True).agg(pl.col("moved_qty").sum())
    assert items["on_hand_qty"].to_list() == sums["moved_qty"].to_list()


@settings(max_examples=100, deadline=None)
@given(movements=rows(costs))
def test_what_was_received_is_issued_or_in_stock(
    choice: Implementation, movements: list[Row]
) -> None:
    items = erp_kernels.fifo_valuation(frame_of(movements), amount_decimals=7, choice=choice).items
    received = sum(row[3] * (row[4] or 0) for row in movements if row[3] > 0)
    counts = items.select(pl.col("stock_amount", "issued_amount").to_physical())
    assert sum(sum(row) for row in counts.iter_rows()) == received


@settings(max_examples=100, deadline=None)
@given(movements=rows(costs))
def test_the_movements_of_an_item_add_up_to_its_stock(
    choice: Implementation, movements: list[Row]
) -> None:
    valuation = erp_kernels.fifo_valuation(
        frame_of(movements), amount_decimals=7, per_movement=True, choice=choice
    )
    assert valuation.movements is not None
    sums = valuation.movements.group_by("item_id", maintain_order=True).agg(
        pl.col("moved_amount", "short_qty").sum()
    )
    assert sums["moved_amount"].to_list() == valuation.items["stock_amount"].to_list()
    assert sums["short_qty"].to_list() == valuation.items["short_qty"].to_list()


@settings(max_examples=100, deadline=None)
@given(movements=rows(costs), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_of_different_moments_does_not_matter(
    choice: Implementation, movements: list[Row], random: Random
) -> None:
    unique = list({row[:3]: row for row in movements}.values())
    shuffled = random.sample(unique, len(unique))
    first, second = (
        erp_kernels.fifo_valuation(frame_of(each), choice=choice).items.sort("item_id")
        for each in (unique, shuffled)
    )
    assert_frame_equal(first, second)
