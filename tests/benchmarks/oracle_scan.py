"""``oracle_scan``: our scan, alone and landed in Delta, beside a bare loop over the driver."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.harness import ROOT, Answer, Case, Work
from tests.benchmarks.oracle_source import PASSWORD, SERVICE, TABLE, USER

if TYPE_CHECKING:
    import polars as pl

ROWS = 2_000_000
BATCH_ROWS = 10_000
_OPEN = ExitStack()
"""What a measuring process holds open until it ends."""


@contextmanager
def cases(rows: int = ROWS) -> Iterator[list[Case]]:
    """Peers and us against one server that lives as long as the block."""
    command = [sys.executable, "-m", "tests.benchmarks.oracle_source", str(rows)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        yield [
            Case("oracle_scan", case, who, f"{__name__}:{prepare}", {"port": port}, repeats=3)
            for case, who, prepare in (
                ("read", "fetch_df_batches", "bare"),
                ("read", "us", "scan"),
                ("read to Delta", "fetch_df_batches", "bare"),
                ("read to Delta", "us", "landed"),
            )
        ]


def bare(port: int) -> Work:
    """The driver's own data frames, thrown away; the most that anything on it can reach."""
    import oracledb
    import pyarrow as pa

    connection = oracledb.connect(user=USER, password=PASSWORD, dsn=f"127.0.0.1:{port}/{SERVICE}")
    oracledb.defaults.fetch_decimals = True

    def work() -> Answer:
        sql = f"SELECT * FROM {TABLE.name}"
        batches = connection.fetch_df_batches(sql, size=BATCH_ROWS)
        return Answer(sum(pa.table(batch).num_rows for batch in batches), "rows")

    return work


def scan(port: int) -> Work:
    """Our scan, each batch a Polars frame, thrown away."""
    frame = _frame(port)

    def work() -> Answer:
        batches = frame().collect_batches(chunk_size=20_000, maintain_order=False)
        return Answer(sum(batch.height for batch in batches), "rows")

    return work


def landed(port: int) -> Work:
    """Our scan, staged and published as a Delta table."""
    from erp_resources.lake.staging import stage

    frame = _frame(port)

    def work() -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            staged = stage(frame(), Path(folder) / "orders")
            staged.publish()
            return Answer(staged.rows, "rows")

    return work


def _frame(port: int) -> "Callable[[], pl.LazyFrame]":
    import logging

    from erp_resources.connector import TableQuery
    from erp_resources.oracle import OracleResource

    logging.disable(logging.INFO)
    resource = OracleResource(
        mode="sandbox", host="127.0.0.1", port=port, service=SERVICE, user=USER, password=PASSWORD
    )
    connector = _OPEN.enter_context(resource.connector())
    query = TableQuery(connector.describe(TABLE.schema, TABLE.name))
    point = _OPEN.enter_context(connector.read_point())
    return lambda: connector.scan(query, point)
