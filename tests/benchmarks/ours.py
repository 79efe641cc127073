"""What every scan benchmark measures of us: a connector's scan, thrown away or landed in Delta."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.harness import Answer, Work

if TYPE_CHECKING:
    import polars as pl

Scan = Callable[[], "pl.LazyFrame"]


def reading(scan: Scan) -> Work:
    """Our scan, each batch a Polars frame, thrown away."""

    def work() -> Answer:
        rows = total = 0
        for batch in scan().collect_batches(chunk_size=20_000, maintain_order=False):
            rows += batch.height
            total += int(batch.to_series(0).sum())
        return Answer(rows, f"first column sums to {total}")

    return work


def landing(scan: Scan) -> Work:
    """Our scan, staged and published as a Delta table."""
    from erp_resources.lake.staging import stage

    def work() -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            staged = stage(scan(), Path(folder) / "orders")
            staged.publish()
            return landed(Path(folder) / "orders")

    return work


def landed(table: Path) -> Answer:
    """What a Delta table holds, whoever wrote it."""
    import polars as pl

    # The first column by name: a writer may have added its own behind, or changed the case.
    rows, total = pl.scan_delta(str(table)).select(pl.len(), pl.first().sum()).collect().row(0)
    return Answer(rows, f"first column sums to {int(total)}")
