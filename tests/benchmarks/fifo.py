"""FIFO valuation of 2,000,000 movements of 20,000 items: the kernel and its peers.

Run as ``python -m tests.benchmarks.fifo [rows]``. The work starts with a Polars frame and ends
with one; sorting, where a peer needs it, is part of the work.
"""

from __future__ import annotations

import itertools
import operator
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.harness import BENCH, Answer, Argument, Case, Work, measure, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    Movement = tuple[int, int, int]  # item, quantity, unit cost

ROWS = 2_000_000
MOVEMENTS_PER_ITEM = 100
KERNEL, DUCKDB, DEQUE = (
    f"tests.benchmarks.fifo:prepare_{who}" for who in ("kernel", "duckdb", "deque")
)
ORDERS = ("by_item", "by_time", "shuffled")

# Every receipt and every issue is an interval of the units of its item, counted from the first.
# Where a receipt and an issue overlap, that many units left at that receipt's cost.
INTERVAL_JOIN = """
WITH receipts AS (
  SELECT item_id, moved_qty AS qty, unit_cost_amount AS cost, sum(moved_qty) OVER history AS stop
  FROM movements WHERE moved_qty > 0
  WINDOW history AS (PARTITION BY item_id ORDER BY moved_at, sequence_id)
), issues AS (
  SELECT item_id, -moved_qty AS qty, sum(-moved_qty) OVER history AS stop
  FROM movements WHERE moved_qty < 0
  WINDOW history AS (PARTITION BY item_id ORDER BY moved_at, sequence_id)
), issued AS (
  SELECT item_id,
    sum((least(r.stop, i.stop) - greatest(r.stop - r.qty, i.stop - i.qty)) * cost) AS amount
  FROM receipts r JOIN issues i USING (item_id)
  WHERE r.stop - r.qty < i.stop AND i.stop - i.qty < r.stop GROUP BY item_id
), totals AS (
  SELECT item_id, sum(moved_qty) AS on_hand_qty,
    sum(CASE WHEN moved_qty > 0 THEN moved_qty * unit_cost_amount ELSE 0 END) AS received
  FROM movements GROUP BY item_id
)
SELECT item_id, on_hand_qty, received - coalesce(amount, 0) AS stock_amount,
  coalesce(amount, 0) AS issued_amount
FROM totals LEFT JOIN issued USING (item_id)
"""


def data_path(order: str, rows: int) -> Path:
    """Return the file of the movements, made if it is not there."""
    path = BENCH / f"fifo-{order}-{rows}.arrow"
    if not path.exists():
        BENCH.mkdir(parents=True, exist_ok=True)
        _movements(order, rows).write_ipc(path)
    return path


def _movements(order: str, rows: int) -> pl.DataFrame:
    """Return random movements as int64 counts of a last decimal: the peers' fastest type."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(1)
    is_receipt = random.random(rows) < 0.5
    issued, received = random.integers(1, 950, rows), random.integers(1, 1000, rows)
    frame = pl.DataFrame(
        {
            "item_id": np.repeat(np.arange(rows // MOVEMENTS_PER_ITEM), MOVEMENTS_PER_ITEM),
            "moved_at": random.integers(0, 10**9, rows),
            "sequence_id": np.arange(rows),
            "moved_qty": np.where(is_receipt, received, -issued),
            "unit_cost_amount": random.integers(1, 10**6, rows),
        }
    )
    if order == "by_time":
        return frame.sort("moved_at", "sequence_id")
    if order == "shuffled":
        return frame.sample(fraction=1, shuffle=True, seed=1)
    return frame.sort("item_id", "moved_at", "sequence_id")


def _load(order: str, rows: int) -> pl.DataFrame:
    import polars as pl

    return pl.read_ipc(data_path(order, rows)).rechunk()


def _answer(rows: int, items: pl.DataFrame) -> Answer:
    import polars as pl

    columns = ("on_hand_qty", "stock_amount", "issued_amount")
    sums = items.select(pl.col(columns).cast(pl.Int64).sum()).row(0)
    return Answer(rows=rows, digest=f"{items.height} items {sums}")


def prepare_kernel(order: str, rows: int, choice: str, per_movement: bool = False) -> Work:
    """Ours: the C++ kernel or the reference, through the façade."""
    import erp_kernels

    movements = _load(order, rows)
    implementation: erp_kernels.Implementation = "cpp" if choice == "cpp" else "reference"

    def work() -> Answer:
        valuation = erp_kernels.fifo_valuation(
            movements, amount_decimals=0, per_movement=per_movement, choice=implementation
        )
        return _answer(rows, valuation.items)

    return work


def prepare_duckdb(order: str, rows: int) -> Work:
    """DuckDB's join of intervals, on all cores."""
    import duckdb

    movements = _load(order, rows)
    connection = duckdb.connect()

    def work() -> Answer:
        connection.register("movements", movements.to_arrow())
        return _answer(rows, connection.sql(INTERVAL_JOIN).pl())

    return work


def prepare_deque(order: str, rows: int) -> Work:
    """The usual script: a deque of layers per item, in plain Python."""
    import polars as pl

    movements = _load(order, rows)

    def work() -> Answer:
        in_order = movements.sort("item_id", "moved_at", "sequence_id")
        columns = in_order.select("item_id", "moved_qty", "unit_cost_amount")
        stocks = _value_with_deques(columns.iter_rows())
        names = ("item_id", "on_hand_qty", "stock_amount", "issued_amount")
        return _answer(rows, pl.DataFrame(stocks, schema=names, orient="row"))

    return work


def _value_with_deques(movements: Iterable[Movement]) -> list[tuple[int, int, int, int]]:
    stocks = []
    for item_id, history in itertools.groupby(movements, operator.itemgetter(0)):
        layers: deque[list[int]] = deque()
        owed = issued = 0
        for _, quantity, unit_cost in history:
            if quantity > 0:
                settled = min(owed, quantity)
                owed -= settled
                issued += settled * unit_cost
                if quantity > settled:
                    layers.append([quantity - settled, unit_cost])
                continue
            wanted = -quantity
            while wanted and layers:
                oldest = layers[0]
                taken = min(wanted, oldest[0])
                issued += taken * oldest[1]
                wanted -= taken
                oldest[0] -= taken
                if not oldest[0]:
                    layers.popleft()
            owed += wanted
        on_hand = sum(layer[0] for layer in layers) - owed
        stocks.append((item_id, on_hand, sum(q * c for q, c in layers), issued))
    return stocks


def cases(rows: int = ROWS) -> list[Case]:
    """Return all cases; the slow peers and the movement table run on sorted rows only."""
    found = []
    for order in ORDERS:
        data_path(order, rows)
        data: dict[str, Argument] = {"order": order, "rows": rows}
        found += [
            Case("fifo", order, "us", KERNEL, {**data, "choice": "cpp"}),
            Case("fifo", order, "duckdb_interval_join", DUCKDB, data),
        ]
    data = {"order": "by_item", "rows": rows}
    reference: dict[str, Argument] = {**data, "choice": "reference"}
    with_movements: dict[str, Argument] = {**data, "choice": "cpp", "per_movement": True}
    return [
        *found,
        Case("fifo", "by_item", "us_reference", KERNEL, reference),
        Case("fifo", "by_item", "python_deque", DEQUE, data),
        Case("fifo", "by_item_and_movements", "us", KERNEL, with_movements),
    ]


if __name__ == "__main__":
    requested = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sys.stdout.write(table(measure(cases(requested))) + "\n")
