"""First-in first-out valuation of stock movements: what may go in and what comes out.

The arithmetic is in ``cpp/src/fifo_valuation.cpp`` and, as reference, in ``fifo_reference``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from erp_kernels.acceleration import Implementation, implementation
from erp_kernels.errors import KernelError

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = ("item_id", "moved_at", "sequence_id", "moved_qty", "unit_cost_amount")


@dataclass(frozen=True)
class FifoValuation:
    """The stock of every item and, if asked for, what each movement did to it.

    Quantities are ``Decimal(38, s)`` with the decimals of ``moved_qty``, amounts are
    ``Decimal(38, amount_decimals)``, rounded once from the exact amount, halves away from
    zero.

    Attributes:
        items: One row per item, in the order in which the items first appear: ``item_id``;
            ``on_hand_qty`` (below zero while issues are unsettled); ``stock_amount`` of the
            layers left; ``layer_count``; ``oldest_layer_at`` (null without layers);
            ``short_qty`` (issued and not settled by a receipt yet, so without a cost);
            ``issued_amount`` (cost of all issues, as far as settled);
            ``short_movement_count`` (issues that went beyond the stock when they happened).
        movements: The five input columns in the input's order, and ``moved_amount`` (what the
            movement added to the stock amount: below zero, the cost of an issue) and
            ``short_qty`` (the part of an issue that is still unsettled). None if not asked
            for.
    """

    items: pl.DataFrame
    movements: pl.DataFrame | None


def fifo_valuation(
    movements: pl.DataFrame | pl.LazyFrame,
    *,
    amount_decimals: int = 2,
    per_movement: bool = False,
    choice: Implementation | None = None,
) -> FifoValuation:
    """Value stock movements first-in first-out, per item and by exact arithmetic.

    A receipt (``moved_qty`` above 0) adds a layer at its ``unit_cost_amount``. An issue (below
    0: consumption, delivery, return to the vendor) takes from the oldest layers; its own cost
    is ignored. A receipt without a cost (customer return) comes back at the cost of the unit
    issued last or, before any issue, at that of the last receipt. What an issue takes beyond
    the stock is a shortage: the next receipts settle shortages, oldest first, before they form
    a layer, and the issue costs what those receipts cost.

    Args:
        movements: Any order, with the columns ``item_id`` (integer or text), ``moved_at``
            (date, timestamp or integer), ``sequence_id`` (integer, decides within one
            ``moved_at``; equal movements keep their order), ``moved_qty`` and
            ``unit_cost_amount`` (Decimal or integer, never float). Only the cost may be null.
        amount_decimals: Decimals of the amounts returned, 0 to 38.
        per_movement: Also return what each movement did.
        choice: Insists on an implementation; see ``implementation``.

    Raises:
        KernelError: If a column is missing, of another type or null, a quantity or cost has
            more than 18 to 19 digits, an amount has more than 38, or a receipt has neither a
            cost of its own nor an earlier one of its item.
    """
    frame = movements.lazy().select(_present(movements)).collect()
    plain = _plain(frame)
    run = _run_cpp if implementation(choice) == "cpp" else _run_reference
    items, effects = run(plain, amount_decimals, per_movement)
    return FifoValuation(
        items=_finished_items(frame, items),
        movements=None if effects is None else frame.hstack(effects),
    )


def _present(movements: pl.DataFrame | pl.LazyFrame) -> tuple[str, ...]:
    missing = [name for name in _COLUMNS if name not in movements.collect_schema()]
    if missing:
        raise KernelError(f"the movements lack the columns {missing!r}")
    return _COLUMNS


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Reduce the accepted types to int64, text and Decimal."""
    converters = (_plain_key, _plain_time, _plain_integer, _plain_number, _plain_number)
    return frame.select(convert(series) for convert, series in zip(converters, frame, strict=True))


def _plain_key(series: pl.Series) -> pl.Series:
    import polars as pl

    if series.dtype in (pl.Categorical, pl.Enum):
        return series.cast(pl.String)
    return series if series.dtype == pl.String else _plain_integer(series, "integer or text")


def _plain_time(series: pl.Series) -> pl.Series:
    import polars as pl

    if series.dtype in (pl.Date, pl.Datetime):
        return series.to_physical().cast(pl.Int64)
    return _plain_integer(series, "date, timestamp or integer")


def _plain_number(series: pl.Series) -> pl.Series:
    import polars as pl

    if isinstance(series.dtype, pl.Decimal):
        return series
    if series.dtype == pl.Null:
        return series.cast(pl.Int64)
    return _plain_integer(series, "Decimal or integer")


def _plain_integer(series: pl.Series, expected: str = "integer") -> pl.Series:
    import polars as pl

    if not series.dtype.is_integer() or series.dtype in (pl.UInt64, pl.Int128, pl.UInt128):
        raise KernelError(f"{series.name}: expected {expected}, got {series.dtype}")
    return series.cast(pl.Int64)


_Tables = tuple["pl.DataFrame", "pl.DataFrame | None"]


def _run_cpp(movements: pl.DataFrame, amount_decimals: int, per_movement: bool) -> _Tables:
    from erp_kernels import _core
    from erp_kernels.arrow import frame_of, stream_of

    items, effects = _core.fifo_valuation(
        stream_of(movements), amount_decimals=amount_decimals, per_movement=per_movement
    )
    return frame_of(items), None if effects is None else frame_of(effects)


def _run_reference(movements: pl.DataFrame, amount_decimals: int, per_movement: bool) -> _Tables:
    from erp_kernels.fifo_reference import fifo_valuation

    return fifo_valuation(movements, amount_decimals, per_movement)


def _finished_items(frame: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Put the item's key for its first row, and null for the layer date where none is left."""
    import polars as pl

    moved_at = frame["moved_at"].dtype
    oldest = pl.when(pl.col("layer_count") > 0).then(pl.col("oldest_layer_at"))
    physical = pl.Int32 if moved_at == pl.Date else pl.Int64
    return items.select(
        frame["item_id"].gather(items["first_row"]),
        pl.exclude("first_row", "oldest_layer_at"),
        oldest.cast(physical).cast(moved_at).alias("oldest_layer_at"),
    ).select(
        "item_id",
        "on_hand_qty",
        "stock_amount",
        "layer_count",
        "oldest_layer_at",
        "short_qty",
        "issued_amount",
        "short_movement_count",
    )
