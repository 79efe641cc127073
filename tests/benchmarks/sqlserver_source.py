"""A sandbox SQL Server with one table, as a process: takes its number of rows, prints its port."""

import sys
from urllib.parse import quote_plus

import pyarrow as pa

from erp_resources.odbc import connection_string, drivers
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sqlserver.connection import PRODUCT, Endpoint, attributes
from tests.benchmarks import odbc_peers
from tests.benchmarks.orders import orders

USER, PASSWORD, DATABASE = "bench", "Bench-2026", "BENCH"
TABLE = Table(
    "dbo",
    "ORDERS",
    (
        Column("ID", "bigint", nullable=False),
        Column("CUSTOMER_ID", "int"),
        Column("AMOUNT", "decimal(12,2)"),
        Column("NAME", "nvarchar(40)"),
        Column("STATUS", "nvarchar(10)"),
        Column("HASH", "nvarchar(32)"),
        Column("ORDERED_ON", "date"),
        Column("CHANGED_AT", "datetime2(6)"),
        Column("SCORE", "float"),
        Column("OPTION_ID", "int"),
    ),
    ("ID",),
)


def table(port: int) -> odbc_peers.Table:
    """The table as the peers address it."""
    endpoint = Endpoint("bench", "127.0.0.1", port, DATABASE, encrypt="no")
    given = attributes(endpoint, drivers.find(PRODUCT))
    # Polars knows a connection string by the braces around its driver.
    text = f"Driver={{{given.pop('Driver')}}};"
    text += connection_string.write({**given, "UID": USER, "PWD": PASSWORD})
    return odbc_peers.Table(
        connection_string=text,
        url=f"mssql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}",
        sqlalchemy_url=f"mssql+pyodbc:///?odbc_connect={quote_plus(text)}",
        schema=TABLE.schema,
        name=TABLE.name,
        reflects=False,
    )


def rows(count: int) -> pa.Table:
    """The orders, as what the declaration needs."""
    found = orders(count)
    needed = {"CUSTOMER_ID": pa.int32(), "ORDERED_ON": pa.date32(), "OPTION_ID": pa.int32()}
    fields = [pa.field(field.name, needed.get(field.name, field.type)) for field in found.schema]
    return found.cast(pa.schema(fields))


def main() -> None:
    """Serve until standard input closes."""
    # Here, since whoever measures imports this module for its names, and would hold DuckDB.
    from erp_resources.sandbox.database import Database
    from erp_resources.sandbox.sqlserver.engine import SqlServerEngine
    from erp_resources.sandbox.sqlserver.server import SqlServer
    from erp_resources.sandbox.sqlserver.users import User

    database = Database()
    database.load(TABLE, rows(int(sys.argv[1])))
    engine = SqlServerEngine(database, {USER: User(USER)}, name=DATABASE)
    with SqlServer(engine.session, {USER: PASSWORD}, encrypt="off") as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
