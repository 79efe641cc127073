"""``odbc_scan``: our scan of a real PostgreSQL, alone and landed in Delta, beside its peers."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.benchmarks import odbc_peers
from tests.benchmarks.harness import Case, Work
from tests.benchmarks.odbc_source import PASSWORD, SCHEMA, TABLE, USER, serve, table
from tests.benchmarks.orders import megabytes
from tests.benchmarks.ours import Scan, landing, reading

ROWS = 2_000_000
_OPEN = ExitStack()
"""What a measuring process holds open until it ends."""


@contextmanager
def cases(rows: int = ROWS) -> Iterator[list[Case]]:
    """Peers and us against one server that lives as long as the block."""
    with serve(rows) as source:
        given = {"connection_string": source.connection_string}
        yield odbc_peers.cases("odbc_scan", __name__, given, table(source), megabytes(rows))


def scan(connection_string: str) -> Work:
    """Our scan alone."""
    return reading(_scan(connection_string))


def landed(connection_string: str) -> Work:
    """Our scan and its Delta table."""
    return landing(_scan(connection_string))


def _scan(connection_string: str) -> Scan:
    from erp_resources.connector import TableQuery
    from erp_resources.odbc import OdbcResource

    logging.disable(logging.INFO)
    resource = OdbcResource(
        mode="real", connection_string=connection_string, user=USER, password=PASSWORD
    )
    connector = _OPEN.enter_context(resource.connector())
    query = TableQuery(connector.describe(SCHEMA, TABLE))
    point = _OPEN.enter_context(connector.read_point())
    return lambda: connector.scan(query, point)
