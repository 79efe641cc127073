"""The FIFO valuation on examples computed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

import erp_kernels
from erp_kernels import Implementation, KernelError
from tests.erp_kernels.fifo_frames import Move, history, moved, value


def stock_of(moves: list[Move], choice: Implementation) -> dict[str, Any]:
    row = value(history(moves), choice).items.row(0, named=True)
    return {name: str(cell) if isinstance(cell, Decimal) else cell for name, cell in row.items()}


def test_an_issue_takes_the_oldest_layers_first(choice: Implementation) -> None:
    moves: list[Move] = [("10", "1.00"), ("10", "2.00"), ("-15", None)]
    assert stock_of(moves, choice) == {
        "item_id": "BOLT",
        "on_hand_qty": "5.000",
        "stock_amount": "10.00",
        "layer_count": 1,
        "oldest_layer_at": date(2024, 1, 2),
        "short_qty": "0.000",
        "issued_amount": "20.00",
        "short_movement_count": 0,
    }
    assert moved(value(history(moves), choice)) == ["10.00", "20.00", "-20.00"]


def test_a_layer_is_consumed_in_parts(choice: Implementation) -> None:
    moves: list[Move] = [("2.5", "4.0000"), ("-0.5", None), ("-1.25", None)]
    stock = stock_of(moves, choice)
    assert (stock["on_hand_qty"], stock["stock_amount"]) == ("0.750", "3.00")
    assert moved(value(history(moves), choice)) == ["10.00", "-2.00", "-5.00"]


def test_an_issue_beyond_the_stock_costs_what_later_receipts_cost(choice: Implementation) -> None:
    moves: list[Move] = [("4", "1"), ("-6", None), ("-3", None), ("3", "5"), ("4", "7")]
    stock = stock_of(moves, choice)
    assert (stock["on_hand_qty"], stock["stock_amount"], stock["layer_count"]) == (
        "2.000",
        "14.00",
        1,
    )
    assert stock["short_movement_count"] == 2
    # 6 = 4 at 1 and 2 at 5; 3 = 1 at 5 and 2 at 7
    assert moved(value(history(moves), choice)) == ["4.00", "-14.00", "-19.00", "15.00", "28.00"]


def test_an_item_may_end_below_zero(choice: Implementation) -> None:
    moves: list[Move] = [("3", "2"), ("-5", None), ("-4", None), ("1", "10")]
    stock = stock_of(moves, choice)
    assert (stock["on_hand_qty"], stock["short_qty"]) == ("-5.000", "5.000")
    assert (stock["stock_amount"], stock["issued_amount"]) == ("0.00", "16.00")
    assert (stock["layer_count"], stock["oldest_layer_at"]) == (0, None)
    valuation = value(history(moves), choice)
    assert moved(valuation) == ["6.00", "-16.00", "0.00", "10.00"]
    assert moved(valuation, "short_qty") == ["0.000", "1.000", "4.000", "0.000"]


def test_a_customer_return_comes_back_at_the_cost_of_the_last_issue(
    choice: Implementation,
) -> None:
    moves: list[Move] = [("5", "1"), ("5", "2"), ("-6", None), ("5", "9"), ("1", None)]
    assert moved(value(history(moves), choice))[-1] == "2.00"
    assert stock_of(moves, choice)["layer_count"] == 3


def test_a_return_before_any_issue_comes_at_the_cost_of_the_last_receipt(
    choice: Implementation,
) -> None:
    assert moved(value(history([("5", "1"), ("5", "3"), ("1", None)]), choice))[-1] == "3.00"


def test_a_return_with_a_cost_keeps_it(choice: Implementation) -> None:
    assert moved(value(history([("5", "1"), ("-2", None), ("1", "4")]), choice))[-1] == "4.00"


def test_a_return_to_the_vendor_takes_the_oldest_layer_whatever_its_cost(
    choice: Implementation,
) -> None:
    assert moved(value(history([("5", "1"), ("5", "3"), ("-2", "3")]), choice))[-1] == "-2.00"


def test_a_receipt_without_any_known_cost_is_refused(choice: Implementation) -> None:
    with pytest.raises(KernelError, match=r"item BOLT, row 1: a receipt needs a unit_cost_amount"):
        value(history([("-1", None), ("1", None)]), choice)


def test_a_movement_of_nothing_changes_nothing(choice: Implementation) -> None:
    moves: list[Move] = [("0", None), ("2", "1"), ("0", "8"), ("1", None)]
    assert moved(value(history(moves), choice)) == ["0.00", "2.00", "0.00", "1.00"]
    assert stock_of(moves, choice)["layer_count"] == 2


def test_items_do_not_touch_each_other_and_keep_the_order_they_came_in(
    choice: Implementation,
) -> None:
    nut = history([("5", "1"), ("-2", None)], "NUT, hexagonal, M8")
    frame = pl.concat([nut, history([("5", "3"), ("-1", None)])]).sort("moved_at", "sequence_id")
    items = value(frame, choice).items
    assert items["item_id"].to_list() == ["NUT, hexagonal, M8", "BOLT"]
    assert items["stock_amount"].to_list() == [Decimal("3.00"), Decimal("12.00")]


def test_the_dates_decide_and_not_the_order_of_the_rows(choice: Implementation) -> None:
    frame = history([("1", "1"), ("1", "2"), ("-1", None), ("2", "3")])
    backwards = value(frame.reverse(), choice)
    assert moved(backwards) == moved(value(frame, choice))[::-1]
    assert backwards.items.equals(value(frame, choice).items)


def test_the_sequence_decides_within_a_day_and_the_row_within_a_sequence(
    choice: Implementation,
) -> None:
    frame = history([("-1", None), ("1", "1"), ("1", "2")])
    same_day = frame.with_columns(moved_at=date(2024, 1, 1), sequence_id=pl.Series([9, 1, 1]))
    assert moved(value(same_day, choice)) == ["-1.00", "1.00", "2.00"]


def test_no_movements_give_no_items(choice: Implementation) -> None:
    valuation = value(history([]), choice)
    assert valuation.items.is_empty()
    assert valuation.movements is not None
    assert valuation.movements.is_empty()
    assert valuation.items.schema == value(history([("1", "1")]), choice).items.schema


@pytest.mark.parametrize(
    ("unit_cost", "decimals", "expected"),
    [
        ("0.0050", 2, "0.01"),
        ("0.0049", 2, "0.00"),
        ("-0.0050", 2, "-0.01"),
        ("0.5000", 0, "1"),
        ("1.2345", 9, "1.234500000"),
    ],
)
def test_amounts_are_rounded_once_halves_away_from_zero(
    choice: Implementation, unit_cost: str, decimals: int, expected: str
) -> None:
    amount = value(history([("1", unit_cost)]), choice, decimals).items["stock_amount"][0]
    assert f"{amount:f}" == expected


def test_the_sum_is_rounded_and_not_its_parts(choice: Implementation) -> None:
    moves: list[Move] = [("1", "0.0040")] * 3
    assert stock_of(moves, choice)["stock_amount"] == "0.01"


def test_other_types_of_keys_and_numbers_are_taken(choice: Implementation) -> None:
    frame = history([("10", "2"), ("-4", None)]).with_columns(
        pl.lit(4711, pl.UInt32).alias("item_id"),
        pl.lit(datetime(2024, 5, 1, tzinfo=UTC)).alias("moved_at"),
        pl.col("moved_qty").cast(pl.Int16),
        pl.col("unit_cost_amount").cast(pl.Int32),
    )
    item = value(frame, choice).items.row(0, named=True)
    assert item["item_id"] == 4711
    assert item["oldest_layer_at"] == datetime(2024, 5, 1, tzinfo=UTC)
    assert (item["on_hand_qty"], item["stock_amount"]) == (Decimal(6), Decimal("12.00"))


def test_a_lazy_frame_is_read_and_other_columns_are_ignored(choice: Implementation) -> None:
    frame = history([("1", "1")]).with_columns(comment=pl.lit("x")).lazy()
    assert erp_kernels.fifo_valuation(frame, choice=choice).items.height == 1
