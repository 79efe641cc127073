"""A real PostgreSQL with the order table, behind psqlODBC."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from pyarrow import csv

from tests.benchmarks.odbc_peers import Table
from tests.benchmarks.orders import orders
from tests.erp_resources.postgresql import ADMIN, ADMIN_PASSWORD, Database, database

USER, PASSWORD = ADMIN, ADMIN_PASSWORD
SCHEMA, TABLE = "public", "orders"
CREATE = f"""
CREATE UNLOGGED TABLE {TABLE} (
  id bigint PRIMARY KEY,
  customer_id integer,
  amount numeric(12,2),
  name varchar(40),
  status varchar(10),
  hash varchar(32),
  ordered_on date,
  changed_at timestamp,
  score double precision,
  option_id integer
)
"""


@contextmanager
def serve(rows: int) -> Iterator[Database]:
    """A database with so many rows, for the block."""
    with database() as found, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        csv.write_csv(orders(rows), file)
        file.parent.chmod(0o755)  # the server, another user, reads it
        found.write(CREATE)
        found.write(f"COPY {TABLE} FROM '{file}' (FORMAT csv, HEADER)")
        found.write(f"VACUUM (FREEZE, ANALYZE) {TABLE}")
        yield found


def table(source: Database) -> Table:
    """The table as the peers address it; psqlODBC would hold the whole of it by default."""
    options = f"UID={USER};PWD={PASSWORD};UseDeclareFetch=1;Fetch=10000;"
    address = f"{USER}:{quote(PASSWORD)}@127.0.0.1:{source.port}/{source.name}"
    return Table(
        connection_string=f"{source.connection_string};{options}",
        url=f"postgresql://{address}",
        sqlalchemy_url=f"postgresql+psycopg2://{address}",
        schema=SCHEMA,
        name=TABLE,
    )
