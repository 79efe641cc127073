"""``oracle_scan``: our scan, alone and landed in Delta, beside a bare loop over the driver."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.benchmarks.harness import ROOT, Answer, Argument, Case, Work
from tests.benchmarks.oracle_source import PASSWORD, SERVICE, TABLE, USER
from tests.benchmarks.orders import megabytes
from tests.benchmarks.ours import Scan, landing, reading

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
        given: dict[str, Argument] = {"port": port}
        size = megabytes(rows)
        yield [
            Case("oracle_scan", case, who, f"{__name__}:{prepare}", given, 3, megabytes=size)
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
    import pyarrow.compute as pc

    connection = oracledb.connect(user=USER, password=PASSWORD, dsn=f"127.0.0.1:{port}/{SERVICE}")
    oracledb.defaults.fetch_decimals = True

    def work() -> Answer:
        sql = f"SELECT * FROM {TABLE.name}"
        batches = connection.fetch_df_batches(sql, size=BATCH_ROWS)
        rows = total = 0
        for batch in map(pa.table, batches):
            rows += batch.num_rows
            total += int(pc.sum(batch.column(0)).as_py())
        return Answer(rows, f"first column sums to {total}")

    return work


def scan(port: int) -> Work:
    """Our scan alone."""
    return reading(_scan(port))


def landed(port: int) -> Work:
    """Our scan and its Delta table."""
    return landing(_scan(port))


def _scan(port: int) -> Scan:
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
