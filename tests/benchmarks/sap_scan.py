"""``sap_scan``: our scan of SAP beside pyrfc on the same stand-in SDK, by lines and by typed rows.

``calls`` are ours with one character of each line, or one number of each row: what is left is the
SDK and the network. CPU beyond it is the reader's own. All read by one connection where they do not
say otherwise.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.harness import ROOT, Argument, Case, Work
from tests.benchmarks.ours import Scan, landing, reading
from tests.benchmarks.sap_source import CLIENT, COLUMNS, LATENCY, PASSWORD, TABLE, USER, rows
from tests.standin import build

if TYPE_CHECKING:
    import polars as pl

ROWS = 1_000_000
REPEATS = 3
_OPEN = ExitStack()
"""What a measuring process holds open until it ends."""


@contextmanager
def cases(count: int = ROWS) -> Iterator[list[Case]]:
    """Peers and us against one server that lives as long as the block."""
    library, packages = str(build.standin()), str(build.pyrfc())
    command = [sys.executable, "-m", "tests.benchmarks.sap_source", str(count)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as server:
        assert server.stdout is not None
        yield _cases(count, library, packages, server.stdout.readline().split())


def _cases(count: int, library: str, packages: str, numbers: Sequence[str]) -> list[Case]:
    lines, typed, slow = numbers
    megabytes = rows(1000).nbytes * count / 1000 / 1e6
    case = partial(Case, "sap_scan", repeats=REPEATS, megabytes=megabytes)
    peers = "tests.benchmarks.sap_peers"
    by_lines, by_rows, far = (
        ({"number": number, "packages": packages}, {"number": number, "library": library})
        for number in (lines, typed, slow)
    )
    two: dict[str, Argument] = {"connections": 2}
    latency = f"lines, {1000 * LATENCY:.0f} ms a call"
    return [
        case("lines", "pyrfc-split", f"{peers}:split", by_lines[0]),
        case("lines", "pyrfc-vectorised", f"{peers}:vectorised", by_lines[0]),
        case("lines", "us", f"{__name__}:scan", by_lines[1]),
        case("lines", "us, two connections", f"{__name__}:scan", two | by_lines[1]),
        case("lines, the calls", "us", f"{__name__}:calls", by_lines[1]),
        case("typed", "pyrfc-structures", f"{peers}:structures", by_rows[0]),
        case("typed", "us", f"{__name__}:scan", by_rows[1]),
        case("typed", "us, two connections", f"{__name__}:scan", two | by_rows[1]),
        case("typed, the calls", "us", f"{__name__}:calls", by_rows[1]),
        case("lines to Delta", "us", f"{__name__}:landed", by_lines[1]),
        case("typed to Delta", "us", f"{__name__}:landed", by_rows[1]),
        case("lines to Delta", "us, two connections", f"{__name__}:landed", two | by_lines[1]),
        case(latency, "us", f"{__name__}:scan", far[1]),
        case(latency, "us, two connections", f"{__name__}:scan", two | far[1]),
    ]


def scan(number: str, library: str, connections: int = 1) -> Work:
    """Our scan alone."""
    return reading(_scan(number, library, COLUMNS, connections))


def calls(number: str, library: str) -> Work:
    """Our scan of the counter alone, with the key that pages need."""
    return reading(_scan(number, library, COLUMNS[:1]))


def landed(number: str, library: str, connections: int = 1) -> Work:
    """Our scan and its Delta table."""
    return landing(_scan(number, library, COLUMNS, connections))


def _scan(number: str, library: str, columns: tuple[str, ...], connections: int = 1) -> Scan:
    from erp_resources.connector import TableQuery
    from erp_resources.sap import SapResource

    logging.disable(logging.INFO)
    resource = SapResource(
        mode="sandbox",
        library=library,
        host="127.0.0.1",
        system_number=number,
        client=CLIENT,
        user=USER,
        password=PASSWORD,
        connections=connections,
    )
    connector = _OPEN.enter_context(resource.connector())
    query = TableQuery(connector.describe(TABLE.schema, TABLE.name), columns)

    def work() -> "pl.LazyFrame":
        return connector.scan(query)

    return work
