"""A PostgreSQL database and a connector on it, for one test or for a module's; reads of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import polars as pl
import pytest

from erp_resources.connector import TableQuery
from erp_resources.odbc import OdbcResource
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources import postgresql
from tests.erp_resources.postgresql import READER, READER_PASSWORD, Database
from tests.erp_resources.subjects import require_driver

Connect = Callable[..., OdbcConnector]


@pytest.fixture(scope="module")
def pg() -> Iterator[Database]:
    """A database in which everybody may read what is in schema ``public``."""
    require_driver("PostgreSQL")
    with postgresql.database() as database:
        database.write(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}")
        yield database


@pytest.fixture
def connector_on(pg: Database) -> Iterator[Connect]:
    """Connectors on the database; the fields of the resource may be given anew."""
    with ExitStack() as stack:

        def connector(**fields: Any) -> OdbcConnector:
            given: dict[str, Any] = {
                "system": "pg",
                "mode": "real",
                "connection_string": pg.connection_string,
                "user": READER,
                "password": READER_PASSWORD,
                "call_timeout": 20.0,
            }
            return stack.enter_context(OdbcResource(**{**given, **fields}).connector())

        yield connector


@pytest.fixture
def connector(connector_on: Connect) -> OdbcConnector:
    """A connector of the reading account."""
    return connector_on()


@pytest.fixture
def t(pg: Database) -> str:
    """The name of a table that a test may create."""
    pg.write("DROP TABLE IF EXISTS t CASCADE")
    return "t"


def query(connector: OdbcConnector, table: str = "t", **options: Any) -> TableQuery:
    """A query of a table as the database describes it now."""
    return TableQuery(connector.describe("public", table), **options)


def read(connector: OdbcConnector, table: str = "t", **options: Any) -> pl.DataFrame:
    """The rows of such a query."""
    return connector.scan(query(connector, table, **options)).collect()
