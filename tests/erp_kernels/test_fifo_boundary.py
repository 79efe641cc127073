"""What the FIFO valuation refuses, and which Arrow layouts it reads."""

import datetime as dt
import re
import threading
import time
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from erp_kernels import Implementation, KernelError
from tests.erp_kernels.fifo_frames import history, moved, value


@pytest.mark.parametrize(
    ("column", "wrong", "message"),
    [
        ("item_id", 1.5, "item_id: expected integer or text, got Float64"),
        ("item_id", b"x", "item_id: expected integer or text, got Binary"),
        ("moved_at", "2024-01-01", "moved_at: expected date, timestamp or integer, got String"),
        ("moved_at", dt.time(1), "moved_at: expected date, timestamp or integer, got Time"),
        ("sequence_id", "1", "sequence_id: expected integer, got String"),
        ("moved_qty", 1.0, "moved_qty: expected Decimal or integer, got Float64"),
        ("unit_cost_amount", 1.0, "unit_cost_amount: expected Decimal or integer, got Float64"),
    ],
)
def test_a_wrong_type_is_refused_by_name(
    choice: Implementation, column: str, wrong: object, message: str
) -> None:
    frame = history([("1", "1")]).with_columns(pl.lit(wrong).alias(column))
    with pytest.raises(KernelError, match=re.escape(message)):
        value(frame, choice)


def test_missing_columns_are_named(choice: Implementation) -> None:
    with pytest.raises(KernelError, match=re.escape("lack the columns ['moved_at', 'moved_qty']")):
        value(history([("1", "1")]).drop("moved_at", "moved_qty"), choice)


@pytest.mark.parametrize("column", ["item_id", "moved_at", "sequence_id", "moved_qty"])
def test_a_null_names_its_row(choice: Implementation, column: str) -> None:
    frame = history([("1", "1")] * 3)
    kept = pl.when(pl.Series([True, False, True])).then(pl.col(column))
    with pytest.raises(KernelError, match=f"row 1: {column} is null"):
        value(frame.with_columns(kept.alias(column)), choice)


def test_costs_may_all_be_null_where_nothing_is_received(choice: Implementation) -> None:
    frame = history([("-1", None)]).with_columns(unit_cost_amount=None)
    assert moved(value(frame, choice), "short_qty") == ["1.000"]


@pytest.mark.parametrize("decimals", [-1, 39])
def test_decimals_out_of_range_are_refused(choice: Implementation, decimals: int) -> None:
    with pytest.raises(KernelError, match="amount_decimals must be between 0 and 38"):
        value(history([("1", "1")]), choice, decimals)


def whole(quantities: list[int], costs: list[int | None]) -> pl.DataFrame:
    """Return movements whose numbers have up to 38 digits and no decimals."""
    moves = [(str(quantity), None) for quantity in quantities]
    number = pl.Decimal(38, 0)
    return history([("0", None)] * len(moves)).with_columns(
        pl.Series("moved_qty", [Decimal(each) for each in quantities], dtype=number),
        pl.Series(
            "unit_cost_amount", [None if c is None else Decimal(c) for c in costs], dtype=number
        ),
    )


LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("quantities", "costs", "message"),
    [
        ([1, 2**63], [1, 1], "item BOLT, row 1: moved_qty is beyond 64 bits"),
        ([1, -(2**63)], [1, None], "item BOLT, row 1: moved_qty is beyond 64 bits"),
        ([1, 10**37], [1, 1], "item BOLT, row 1: moved_qty is beyond 64 bits"),
        ([1], [2**63], "item BOLT, row 0: unit_cost_amount is beyond 64 bits"),
        ([LARGEST, 1], [1, 1], "item BOLT, row 1: the item's quantity in all is beyond 64 bits"),
        ([-LARGEST, -1], [None, None], "item BOLT, row 1: the item's quantity in all is beyond"),
    ],
)
def test_numbers_beyond_the_limits_are_refused_by_item_and_row(
    choice: Implementation, quantities: list[int], costs: list[int | None], message: str
) -> None:
    with pytest.raises(KernelError, match=re.escape(message)):
        value(whole(quantities, costs), choice)


def test_the_largest_numbers_are_exact(choice: Implementation) -> None:
    valuation = value(whole([LARGEST, -LARGEST], [LARGEST, None]), choice, 0)
    assert valuation.items["issued_amount"].to_list() == [Decimal(LARGEST**2)]
    assert valuation.items["stock_amount"].to_list() == [Decimal(0)]


def test_an_amount_of_more_than_38_digits_is_refused(choice: Implementation) -> None:
    with pytest.raises(KernelError, match="item BOLT, row 0: the amount has more than 38 digits"):
        value(whole([LARGEST], [LARGEST]), choice, 1)


def test_slices_and_chunks_are_read(choice: Implementation) -> None:
    frame = history([("9", "9"), ("4", "1"), ("-1", None), ("2", "3"), ("1", None), ("7", "7")])
    expected = value(pl.DataFrame(frame[1:5].to_dict(), schema=frame.schema), choice)
    pieces = pl.concat([frame[1:2], frame[2:4], frame[4:5]], rechunk=False)
    assert pieces.n_chunks() == 3
    for layout in (frame[1:5], pieces, frame.slice(1)[:-1]):
        valuation = value(layout, choice)
        assert_frame_equal(valuation.items, expected.items)
        assert moved(valuation) == moved(expected)


def test_a_slice_within_a_byte_of_nulls_is_read(choice: Implementation) -> None:
    frame = history([("1", "5"), ("1", None), ("-1", None), ("1", "2")] * 5)
    for start in range(0, 16, 4):
        assert moved(value(frame[start:], choice)) == moved(value(frame, choice))[: 20 - start]


@pytest.mark.usefixtures("cpp")
class TestCapsules:
    """The C++ boundary, called without the façade."""

    def run(self, movements: object) -> object:
        from erp_kernels import _core

        return _core.fifo_valuation(movements, amount_decimals=2, per_movement=False)

    @pytest.fixture
    def frame(self) -> pl.DataFrame:
        return history([("1", "1")]).with_columns(pl.col("moved_at").cast(pl.Int64))

    def test_a_consumed_stream_is_refused(self, frame: pl.DataFrame) -> None:
        capsule = frame.__arrow_c_stream__()
        self.run(capsule)
        with pytest.raises(KernelError, match="already consumed"):
            self.run(capsule)

    def test_another_capsule_is_refused(self) -> None:
        with pytest.raises(KernelError, match="expected a capsule called 'arrow_array_stream'"):
            self.run(datetime_capsule())

    def test_what_is_no_capsule_is_refused(self) -> None:
        with pytest.raises(TypeError):
            self.run(b"no capsule")

    def test_a_series_is_refused(self) -> None:
        with pytest.raises(KernelError, match="expected a record batch, got Arrow format 'l'"):
            self.run(pl.Series([1]).__arrow_c_stream__())

    def test_columns_in_another_order_are_refused(self, frame: pl.DataFrame) -> None:
        with pytest.raises(KernelError, match="expected column 0 to be 'item_id'"):
            self.run(frame.select(reversed(frame.columns)).__arrow_c_stream__())

    @pytest.mark.parametrize(
        "column", ["item_id", "moved_at", "sequence_id", "moved_qty", "unit_cost_amount"]
    )
    def test_another_type_is_refused(self, frame: pl.DataFrame, column: str) -> None:
        wrong = frame.with_columns(pl.lit(1.5).alias(column))
        with pytest.raises(KernelError, match=f"{column}: expected .*, got Arrow format 'g'"):
            self.run(wrong.__arrow_c_stream__())

    def test_more_than_one_batch_is_refused(self, frame: pl.DataFrame) -> None:
        batch = frame.with_columns(item_id=1).to_arrow()
        pieces = pa.concat_tables([batch, batch])
        with pytest.raises(KernelError, match="expected one batch, got more"):
            self.run(pieces.__arrow_c_stream__())


def datetime_capsule() -> object:
    """Return a capsule of CPython's own, which holds no Arrow stream."""
    capsule: object = dt.datetime_CAPI
    return capsule


@pytest.mark.usefixtures("cpp")
def test_another_thread_works_while_the_kernel_runs() -> None:
    frame = pl.concat([history([("1", "1"), ("-1", None)] * 100_000)] * 10)
    ticks: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(0.0005):
            ticks.append(time.perf_counter())

    ticker = threading.Thread(target=tick, name="ticker")
    ticker.start()
    from erp_kernels import _core

    capsule = frame.rechunk().with_columns(pl.col("moved_at").cast(pl.Int64)).__arrow_c_stream__()
    begin = time.perf_counter()
    _core.fifo_valuation(capsule, amount_decimals=2, per_movement=True)
    end = time.perf_counter()
    stop.set()
    ticker.join()
    inside = sum(begin < tick < end for tick in ticks)
    print(f"{inside} ticks in {end - begin:.3f} s")  # noqa: T201 - the measurement
    assert inside >= 5
