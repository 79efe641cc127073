"""``sqlserver_scan``: our scan, alone and landed in Delta, beside its peers on the sandbox."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from erp_resources.sqlserver.connection import PRODUCT
from tests.benchmarks import odbc_peers
from tests.benchmarks.harness import ROOT, Case, Work
from tests.benchmarks.orders import megabytes
from tests.benchmarks.ours import Scan, landing, reading
from tests.benchmarks.sqlserver_source import DATABASE, PASSWORD, TABLE, USER, table
from tests.erp_resources.subjects import require_driver

ROWS = 2_000_000
_OPEN = ExitStack()
"""What a measuring process holds open until it ends."""


@contextmanager
def cases(rows: int = ROWS) -> Iterator[list[Case]]:
    """Peers and us against one server that lives as long as the block."""
    require_driver(PRODUCT)
    command = [sys.executable, "-m", "tests.benchmarks.sqlserver_source", str(rows)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        given = {"port": port}
        yield odbc_peers.cases("sqlserver_scan", __name__, given, table(port), megabytes(rows))


def scan(port: int) -> Work:
    """Our scan alone."""
    return reading(_scan(port))


def landed(port: int) -> Work:
    """Our scan and its Delta table."""
    return landing(_scan(port))


def _scan(port: int) -> Scan:
    from erp_resources.connector import TableQuery
    from erp_resources.sqlserver import SqlServerResource

    logging.disable(logging.INFO)
    resource = SqlServerResource(
        mode="sandbox",
        host="127.0.0.1",
        port=port,
        database=DATABASE,
        user=USER,
        password=PASSWORD,
        encrypt="no",
    )
    connector = _OPEN.enter_context(resource.connector())
    query = TableQuery(connector.describe(TABLE.schema, TABLE.name))
    point = _OPEN.enter_context(connector.read_point())
    return lambda: connector.scan(query, point)
