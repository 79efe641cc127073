"""Three sandbox SAP systems with one table, as a process: takes its number of rows, prints where.

One has only RFC_READ_TABLE, one a function that returns the table's rows typed, and one is the
first at a distance: each call takes ``LATENCY`` more.
"""

import sys
from contextlib import ExitStack

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Column, Table

USER, PASSWORD, CLIENT = "BENCH", "Bench-2026", "100"
TABLE = Table(
    "SAP",
    "ZITEMS",
    (
        Column("VBELN", "CHAR(10)", nullable=False),
        Column("POSNR", "NUMC(6)", nullable=False),
        Column("COUNTER", "INT4", nullable=False),
        Column("MATNR", "CHAR(18)", nullable=False),
        Column("ARKTX", "CHAR(40)", nullable=False),
        Column("MATKL", "CHAR(9)", nullable=False),
        Column("ERDAT", "DATS", nullable=False),
        Column("ERZET", "TIMS", nullable=False),
        Column("NETWR", "DEC(15,2)", nullable=False),
        Column("KWMENG", "DEC(15,3)", nullable=False),
        Column("VRKME", "UNIT(3)", nullable=False),
        Column("WAERK", "CUKY(5)", nullable=False),
    ),
    ("VBELN", "POSNR"),
)
COLUMNS = ("COUNTER", *(column.name for column in TABLE.columns if column.name != "COUNTER"))
"""What everyone reads; benchmarks sum what comes first."""
TYPED = f"Z_ERP_READ_{TABLE.name}"
LATENCY = 0.02
"""Seconds."""
KEPT_BYTES = 6 << 30
"""The server answers the same question again from memory: it is not what is measured."""


def rows(count: int) -> pa.Table:
    """About 150 characters a row in a line of RFC_READ_TABLE; one amount in seven is negative."""
    from erp_resources.sandbox.company.s4.values import build

    number = np.arange(count)
    items = pa.array(np.array([f"Article {n:05d}, as ordered" for n in range(1000)]))
    return build(
        TABLE,
        count,
        {
            "VBELN": pa.array([f"{n // 10:010d}" for n in range(count)]),
            "POSNR": pa.array([f"{n % 10 + 1:06d}" for n in range(count)]),
            "COUNTER": number,
            "MATNR": pa.array([f"{n % 5000:018d}" for n in range(count)]),
            "ARKTX": items.take(pa.array(number % 1000)),
            "MATKL": pa.array(np.array(["01", "02", "0301"])[number % 3]),
            "ERDAT": pa.array(np.array(["20240229", "20251231", "00000000"])[number % 3]),
            "ERZET": pa.array(np.array(["000000", "235959", "120000"])[number % 3]),
            "NETWR": number * 37 % 10_000_000 * np.where(number % 7, 1, -1),
            "KWMENG": number * 1000 % 9_000_000,
            "VRKME": "ST",
            "WAERK": "EUR",
        },
    )


def main() -> None:
    """Serve until standard input closes."""
    # Here, since whoever measures imports this module for its names, and would hold DuckDB.
    from erp_resources.sandbox.database import Database
    from erp_resources.sandbox.faults import Faults
    from erp_resources.sandbox.sap.engine import SapEngine
    from erp_resources.sandbox.sap.installation import Installation
    from erp_resources.sandbox.sap.server import SapServer
    from erp_resources.sandbox.sap.users import User

    database = Database()
    database.load(TABLE, rows(int(sys.argv[1])))
    near, far = Faults(), Faults()
    far.arm("slow", at="execute", times=None, seconds=LATENCY)
    typed = Installation("TYP", typed_tables=frozenset({TABLE.name}))
    systems = (Installation("LIN"), near), (typed, near), (Installation("LIN"), far)
    with ExitStack() as stack:
        numbers = []
        for installation, faults in systems:
            engine = SapEngine(database, {USER: User(USER)}, installation)
            server = SapServer(
                engine.log_on, {USER: PASSWORD}, faults=faults, keep_bytes=KEPT_BYTES
            )
            numbers.append(stack.enter_context(server).system_number)
        sys.stdout.write(" ".join(numbers) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
