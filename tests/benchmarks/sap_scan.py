"""``sap_scan``: our scan of SAP beside pyrfc on the same stand-in SDK, by lines and by typed rows.

``calls`` are the same calls with one cell of each row decoded: nearly all of it is the SDK and the
network, and CPU beyond it is the reader's own. All read by one connection where they do not say
otherwise.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from erp_resources.sap.rows import PAGE_ROWS
from erp_rfc import Cut
from tests.benchmarks.harness import ROOT, Answer, Argument, Case, Work
from tests.benchmarks.ours import Scan, landing, reading
from tests.benchmarks.sap_source import (
    CLIENT,
    COLUMNS,
    LATENCY,
    PASSWORD,
    TABLE,
    TYPED,
    USER,
    rows,
)
from tests.standin import build

if TYPE_CHECKING:
    import polars as pl

    from erp_rfc import Connection

ROWS = 1_000_000
REPEATS = 3
FIRST_LETTER = Cut("LETTER", 0, 1, "text")
KEY = [Cut(name, 0, 0, "text") for name in TABLE.primary_key]
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
    all_rows: dict[str, Argument] = {"count": count}
    two: dict[str, Argument] = {"connections": 2}
    latency = f"lines, {1000 * LATENCY:.0f} ms a call"
    return [
        case("lines", "pyrfc-split", f"{peers}:split", by_lines[0]),
        case("lines", "pyrfc-vectorised", f"{peers}:vectorised", by_lines[0]),
        case("lines", "us", f"{__name__}:scan", by_lines[1]),
        case("lines", "us, two connections", f"{__name__}:scan", two | by_lines[1]),
        case("lines, the calls", "erp_rfc", f"{__name__}:line_calls", all_rows | by_lines[1]),
        case("typed", "pyrfc-structures", f"{peers}:structures", by_rows[0]),
        case("typed", "us", f"{__name__}:scan", by_rows[1]),
        case("typed", "us, two connections", f"{__name__}:scan", two | by_rows[1]),
        case("typed, the calls", "erp_rfc", f"{__name__}:typed_calls", by_rows[1]),
        case("lines to Delta", "us", f"{__name__}:landed", by_lines[1]),
        case("typed to Delta", "us", f"{__name__}:landed", by_rows[1]),
        case("lines to Delta", "us, two connections", f"{__name__}:landed", two | by_lines[1]),
        case(latency, "us", f"{__name__}:scan", far[1]),
        case(latency, "us, two connections", f"{__name__}:scan", two | far[1]),
    ]


def scan(number: str, library: str, connections: int = 1) -> Work:
    """Our scan alone."""
    return reading(_scan(number, library, connections))


def line_calls(number: str, library: str, count: int) -> Work:
    """The calls of RFC_READ_TABLE alone."""
    connection = _connected(number, library)
    question = {
        "QUERY_TABLE": TABLE.name,
        "ROWCOUNT": PAGE_ROWS,
        "FIELDS": [{"FIELDNAME": name} for name in COLUMNS],
    }

    def work() -> Answer:
        rows = 0
        for skipped in range(0, count, PAGE_ROWS):
            page = {**question, "ROWSKIPS": skipped}
            rows += connection.read_lines("RFC_READ_TABLE", page, "DATA", [FIRST_LETTER]).rows
        return Answer(rows, "nothing")

    return work


def typed_calls(number: str, library: str) -> Work:
    """The calls of the typed function alone; each page's last key is decoded as well."""
    connection = _connected(number, library)

    def work() -> Answer:
        rows = 0
        after: dict[str, str] = {}
        while True:
            page = {"MAX_ROWS": PAGE_ROWS, "AFTER": after}
            package = connection.read_table(TYPED, page, "ROWS", KEY)
            rows += package.rows
            if package.rows < PAGE_ROWS:
                return Answer(rows, "nothing")
            after = pa.table(package).slice(package.rows - 1).to_pylist()[0]

    return work


def _connected(number: str, library: str) -> "Connection":
    import erp_rfc

    address = {"ASHOST": "127.0.0.1", "SYSNR": number}
    account = {"CLIENT": CLIENT, "USER": USER, "PASSWD": PASSWORD, "LANG": "EN"}
    return erp_rfc.Library(library).connect(address | account)


def landed(number: str, library: str, connections: int = 1) -> Work:
    """Our scan and its Delta table."""
    return landing(_scan(number, library, connections))


def _scan(number: str, library: str, connections: int) -> Scan:
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
    query = TableQuery(connector.describe(TABLE.schema, TABLE.name), COLUMNS)

    def work() -> "pl.LazyFrame":
        return connector.scan(query)

    return work
