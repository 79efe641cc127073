"""A sandbox Oracle with one table, as a process: takes its number of rows, prints its port."""

import sys

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer
from tests.benchmarks.orders import orders

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


def main() -> None:
    """Serve until standard input closes."""
    database = Database()
    database.load(TABLE, orders(int(sys.argv[1])))
    engine = OracleEngine(database, {USER: User(USER)})
    with OracleServer(engine.session, {USER: PASSWORD}, service=SERVICE) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
