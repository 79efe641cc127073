"""The FIFO valuation in plain Python: the rules to read, the oracle of the tests, the fallback.

Numbers are integers counted in units of the last decimal, as in the C++ kernel, and the
limits are the kernel's: 64 bits for quantities and costs, 128 for amounts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from erp_kernels.errors import KernelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

_MAX_DECIMALS = 38
_MAX_INT64 = 2**63 - 1  # the lowest has no counterpart and is not used
_MAX_INT128 = 2**127 - 1


class _Movements(NamedTuple):
    item_id: Sequence[int | str]
    moved_at: Sequence[int]
    sequence_id: Sequence[int]
    moved_qty: Sequence[int]
    unit_cost_amount: Sequence[int | None]


def fifo_valuation(
    movements: pl.DataFrame, amount_decimals: int, per_movement: bool
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Value movements of plain types; the tables are those of ``fifo_valuation.hpp``."""
    if not 0 <= amount_decimals <= _MAX_DECIMALS:
        raise KernelError("amount_decimals must be between 0 and 38")
    quantity_decimals = _decimals_of(movements["moved_qty"])
    cost_decimals = _decimals_of(movements["unit_cost_amount"])
    scale = _Scale(quantity_decimals + cost_decimals, amount_decimals)
    effects = _Effects([0] * movements.height, [0] * movements.height)
    columns = _Movements(*(_integers(series) for series in movements))
    stocks = _value_items(columns, effects, scale)
    writer = _Writer(quantity_decimals, scale)
    return writer.items(stocks), writer.effects(effects) if per_movement else None


def _decimals_of(series: pl.Series) -> int:
    import polars as pl

    dtype = series.dtype
    return dtype.scale if isinstance(dtype, pl.Decimal) else 0


def _integers(series: pl.Series) -> list[Any]:
    """Return numbers as counts of their last decimal, text as it is."""
    if series.name != "unit_cost_amount" and series.null_count():
        row = series.is_null().arg_max()
        raise KernelError(f"row {row}: {series.name} is null")
    return series.to_physical().to_list()


@dataclass(frozen=True)
class _Scale:
    """The decimals of exact amounts, and of those returned."""

    exact: int
    wanted: int

    def rounded(self, amount: int) -> int:
        """Round halves away from zero."""
        divisor: int = 10 ** max(self.exact - self.wanted, 0)
        factor: int = 10 ** max(self.wanted - self.exact, 0)
        magnitude = (abs(amount) + divisor // 2) // divisor * factor
        if magnitude >= 10**_MAX_DECIMALS:
            raise KernelError("the amount has more than 38 digits: ask for fewer amount_decimals")
        return -magnitude if amount < 0 else magnitude


@dataclass(frozen=True)
class _Effects:
    """What each movement did, by row."""

    amounts: list[int]  # added to the stock amount
    shortages: list[int]


class _Stock(NamedTuple):
    """The row of an item in the item table; see ``FifoValuation``."""

    first_row: int
    on_hand: int
    stock_amount: int
    layer_count: int
    oldest_layer_at: int
    short: int
    issued_amount: int
    short_movement_count: int


@dataclass(slots=True)
class _Layer:
    quantity: int
    unit_cost: int
    moved_at: int


@dataclass(slots=True)
class _Shortage:
    quantity: int
    row: int


def _value_items(movements: _Movements, effects: _Effects, scale: _Scale) -> list[_Stock]:
    rows_of_item: dict[int | str, list[int]] = {}
    for row, item_id in enumerate(movements.item_id):
        rows_of_item.setdefault(item_id, []).append(row)
    moments = list(zip(movements.moved_at, movements.sequence_id, strict=True))
    stocks = []
    for item_id, rows in rows_of_item.items():
        item = _Item(effects)
        row = rows[0]
        try:
            for row in sorted(rows, key=moments.__getitem__):
                item.post(row, movements)
            stocks.append(item.stock(rows[0], scale))
        except KernelError as error:
            raise KernelError(f"item {item_id}, row {row}: {error}") from error
    return stocks


class _Item:
    """The layers of one item, or its shortages: it never has both."""

    def __init__(self, effects: _Effects) -> None:
        self._effects = effects
        self._layers: deque[_Layer] = deque()
        self._shortages: deque[_Shortage] = deque()
        self._received = self._issued = 0
        self._received_amount = self._issued_amount = 0
        self._short_movement_count = 0
        self._known_cost: int | None = None  # of the last unit charged; before, of the last receipt
        self._has_charged = False

    def post(self, row: int, movements: _Movements) -> None:
        quantity = movements.moved_qty[row]
        _expect_64_bits(quantity, "moved_qty")
        if quantity > 0:
            unit_cost = self._cost_of_receipt(movements.unit_cost_amount[row])
            self._receive(row, _Layer(quantity, unit_cost, movements.moved_at[row]))
        elif quantity < 0:
            self._issue(row, -quantity)

    def stock(self, first_row: int, scale: _Scale) -> _Stock:
        for shortage in self._shortages:
            self._effects.shortages[shortage.row] = shortage.quantity
        on_hand = self._received - self._issued
        stock_amount = self._received_amount - self._issued_amount
        _expect_128_bits(stock_amount, "stock")
        return _Stock(
            first_row=first_row,
            on_hand=on_hand,
            stock_amount=scale.rounded(stock_amount),
            layer_count=len(self._layers),
            oldest_layer_at=self._layers[0].moved_at if self._layers else 0,
            short=max(-on_hand, 0),
            issued_amount=scale.rounded(self._issued_amount),
            short_movement_count=self._short_movement_count,
        )

    def _cost_of_receipt(self, unit_cost: int | None) -> int:
        unit_cost = self._known_cost if unit_cost is None else unit_cost
        if unit_cost is None:
            raise KernelError("a receipt needs a unit_cost_amount, as the item has no earlier cost")
        _expect_64_bits(unit_cost, "unit_cost_amount")
        return unit_cost

    def _receive(self, row: int, layer: _Layer) -> None:
        amount = layer.quantity * layer.unit_cost
        self._received += layer.quantity
        self._received_amount += amount
        _expect_total_quantity(self._received)
        _expect_128_bits(self._received_amount, "received")
        self._effects.amounts[row] += amount
        if not self._has_charged:
            self._known_cost = layer.unit_cost
        while layer.quantity and self._shortages:
            oldest = self._shortages[0]
            settled = min(layer.quantity, oldest.quantity)
            self._charge(oldest.row, settled, layer.unit_cost)
            layer.quantity -= settled
            oldest.quantity -= settled
            if not oldest.quantity:
                self._shortages.popleft()
        if layer.quantity:
            self._layers.append(layer)

    def _issue(self, row: int, quantity: int) -> None:
        self._issued += quantity
        _expect_total_quantity(self._issued)
        while quantity and self._layers:
            oldest = self._layers[0]
            taken = min(quantity, oldest.quantity)
            self._charge(row, taken, oldest.unit_cost)
            quantity -= taken
            oldest.quantity -= taken
            if not oldest.quantity:
                self._layers.popleft()
        if quantity:
            self._shortages.append(_Shortage(quantity, row))
            self._short_movement_count += 1

    def _charge(self, row: int, quantity: int, unit_cost: int) -> None:
        """Book units that left, at the cost of their layer or of the receipt that settled them."""
        amount = quantity * unit_cost
        self._issued_amount += amount
        _expect_128_bits(self._issued_amount, "issued")
        self._effects.amounts[row] -= amount
        self._known_cost = unit_cost
        self._has_charged = True


def _expect_64_bits(number: int, name: str) -> None:
    if not -_MAX_INT64 <= number <= _MAX_INT64:
        raise KernelError(f"{name} is beyond 64 bits, counted in units of its last decimal")


def _expect_total_quantity(quantity: int) -> None:
    if quantity > _MAX_INT64:
        raise KernelError("the item's quantity in all is beyond 64 bits")


def _expect_128_bits(amount: int, kind: str) -> None:
    if not -_MAX_INT128 - 1 <= amount <= _MAX_INT128:
        raise KernelError(f"the item's {kind} amount is beyond 128 bits")


@dataclass(frozen=True)
class _Writer:
    """Turns counts into frames."""

    quantity_decimals: int
    scale: _Scale

    def items(self, stocks: list[_Stock]) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(
            {
                "first_row": _int64(stock.first_row for stock in stocks),
                "on_hand_qty": self._quantities(stock.on_hand for stock in stocks),
                "stock_amount": self._amounts(stock.stock_amount for stock in stocks),
                "layer_count": _int64(stock.layer_count for stock in stocks),
                "oldest_layer_at": _int64(stock.oldest_layer_at for stock in stocks),
                "short_qty": self._quantities(stock.short for stock in stocks),
                "issued_amount": self._amounts(stock.issued_amount for stock in stocks),
                "short_movement_count": _int64(stock.short_movement_count for stock in stocks),
            }
        )

    def effects(self, effects: _Effects) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(
            {
                "moved_amount": self._amounts(map(self.scale.rounded, effects.amounts)),
                "short_qty": self._quantities(effects.shortages),
            }
        )

    def _quantities(self, counts: Iterable[int]) -> pl.Series:
        return _decimals(counts, self.quantity_decimals)

    def _amounts(self, counts: Iterable[int]) -> pl.Series:
        return _decimals(counts, self.scale.wanted)


def _int64(values: Iterable[int]) -> pl.Series:
    import polars as pl

    return pl.Series(list(values), dtype=pl.Int64)


def _decimals(counts: Iterable[int], decimals: int) -> pl.Series:
    import polars as pl

    # From text: arithmetic on Decimal would round to the context's 28 digits.
    numbers = [Decimal(f"{count}E-{decimals}") for count in counts]
    return pl.Series(numbers, dtype=pl.Decimal(_MAX_DECIMALS, decimals))
