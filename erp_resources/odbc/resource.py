"""``OdbcResource``: one database behind an ODBC driver as a Dagster resource, with its pool."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Literal

from pydantic import Field

from erp_resources.deadline import Deadline
from erp_resources.errors import SettingsError
from erp_resources.odbc import connection_string
from erp_resources.odbc.connection import ConnectParams, close, connect, ping, reset
from erp_resources.odbc.drivers import load_libraries, product_of
from erp_resources.odbc.postgresql import PostgresDialect
from erp_resources.odbc.reader import OdbcConnector
from erp_resources.odbc.sqlite import SqliteDialect
from erp_resources.odbc.standard import StandardDialect
from erp_resources.pool import ConnectionPool
from erp_resources.resource import ErpResource

DialectName = Literal["auto", "postgresql", "sqlite", "standard"]
DIALECTS: Mapping[str, StandardDialect] = {
    "postgresql": PostgresDialect(),
    "sqlite": SqliteDialect(),
    "standard": StandardDialect(),
}


class OdbcResource(ErpResource[OdbcConnector]):
    """One database that has an ODBC driver, and one read-only account on it."""

    system: str = Field(default="odbc", description="Key of the system in declarations.")
    connection_string: str = Field(
        description="Driver, server, database and options; without user and password."
    )
    user: str = Field(default="", description="A read-only account, if the database has accounts.")
    password: str = Field(default="", repr=False, description="Password of the ODBC account.")
    dialect: str = Field(
        default="auto", description="auto, postgresql, sqlite or standard; auto asks the driver."
    )

    @contextmanager
    def connector(self) -> Iterator[OdbcConnector]:
        """The connector, whose sessions close at the end of the block."""
        params = self._params()
        with ConnectionPool(
            self.system,
            open=partial(connect, params),
            ping=ping,
            close=close,
            reset=reset,
            settings=self.pool,
        ) as pool:
            yield OdbcConnector(
                self.system, self.mode, pool, params.dialect, call_timeout=self.call_timeout
            )

    def _params(self) -> ConnectParams:
        given = connection_string.parse(self.connection_string)
        dialect = self._dialect(given)
        return ConnectParams(
            connection_string.with_defaults(given, dialect.connection_attributes),
            dialect,
            self.user,
            self.password,
            self.system,
            connection_string.address(given),
        )

    def _dialect(self, attributes: Mapping[str, str]) -> StandardDialect:
        if self.dialect != "auto":
            if self.dialect not in DIALECTS:
                raise SettingsError(
                    f"{self.system}: there is no dialect {self.dialect!r}; "
                    f"take auto or one of {sorted(DIALECTS)}"
                )
            return DIALECTS[self.dialect]
        product = product_of(driver_of(attributes)) or self._product(attributes)
        if product == "SQL Server":
            raise SettingsError(
                f"{self.system}: this is a driver for SQL Server; use SqlServerResource, which "
                "knows its types, or the dialect 'standard'"
            )
        return DIALECTS.get(product.lower(), DIALECTS["standard"])

    def _product(self, attributes: Mapping[str, str]) -> str:
        """What a driver that does not tell by its name says that it connects to."""
        import pyodbc

        standard = DIALECTS["standard"]
        params = ConnectParams(attributes, standard, self.user, self.password, self.system)
        session = connect(params, Deadline.after(self.pool.connect_timeout))
        try:
            name: str = session.rows.getinfo(pyodbc.SQL_DBMS_NAME)
        finally:
            close(session)
        return name


def driver_of(attributes: Mapping[str, str]) -> str:
    """Name or path of the driver that a connection string means, itself or by a data source."""
    import pyodbc

    load_libraries()
    if (driver := connection_string.get(attributes, "driver")) is not None:
        return driver
    sources: dict[str, str] = pyodbc.dataSources()
    return sources.get(connection_string.get(attributes, "dsn") or "", "")
