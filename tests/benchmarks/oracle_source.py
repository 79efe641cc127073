"""A sandbox Oracle with one table, as a process: takes its number of rows, prints its port."""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer

USER, PASSWORD, SERVICE = "BENCH", "bench", "BENCH"
TABLE = Table(
    USER,
    "ORDERS",
    (
        Column("ID", "NUMBER(10)", nullable=False),
        Column("CUSTOMER_ID", "NUMBER(8)"),
        Column("AMOUNT", "NUMBER(12,2)"),
        Column("NAME", "VARCHAR2(40)"),
        Column("STATUS", "VARCHAR2(10)"),
        Column("HASH", "VARCHAR2(32)"),
        Column("ORDERED_ON", "DATE"),
        Column("CHANGED_AT", "TIMESTAMP(6)"),
        Column("SCORE", "BINARY_DOUBLE"),
        Column("OPTION_ID", "NUMBER(9)"),
    ),
    ("ID",),
)


def rows(count: int) -> pa.Table:
    """About 100 bytes a row, the same on every run."""
    random = np.random.default_rng(7)
    number = np.arange(count)
    cents = pa.array(number * 37 % 10_000_000).cast(pa.decimal128(19, 0))
    text = pc.cast(pa.array(number), pa.string())
    chunks = [random.integers(0, 2**63, count, dtype=np.int64) for _ in range(2)]
    hashes = pc.binary_join_element_wise(*(pc.cast(pa.array(c), pa.string()) for c in chunks), "")
    start = np.datetime64("2020-01-01", "s")
    return pa.table(
        {
            "ID": pa.array(number + 1_000_000),
            "CUSTOMER_ID": pa.array(number % 977),
            "AMOUNT": pc.divide(cents, pa.scalar(100, pa.decimal128(3, 0))).cast(
                pa.decimal128(12, 2), safe=False
            ),
            "NAME": pc.binary_join_element_wise("customer name", text, " "),
            "STATUS": pa.array(np.array(["NEW", "PAID", "SHIPPED"])[number % 3]),
            "HASH": pc.utf8_slice_codeunits(hashes, 0, 32),
            "ORDERED_ON": pa.array(start + (number % 1000) * 86400, pa.timestamp("s")),
            "CHANGED_AT": pa.array((start + number).astype("datetime64[us]"), pa.timestamp("us")),
            "SCORE": pa.array(random.random(count)),
            "OPTION_ID": pa.array(number, mask=number % 3 != 0),
        }
    )


def main() -> None:
    """Serve until standard input closes."""
    database = Database()
    database.load(TABLE, rows(int(sys.argv[1])))
    engine = OracleEngine(database, {USER: User(USER)})
    with OracleServer(engine.session, {USER: PASSWORD}, service=SERVICE) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
