"""``SqlServerResource``: one database of SQL Server as a Dagster resource, with its pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from pydantic import Field

from erp_resources.odbc.connection import ConnectParams, close, connect, ping, reset
from erp_resources.pool import ConnectionPool
from erp_resources.resource import ErpResource
from erp_resources.sqlserver.connection import (
    APPLICATION,
    AUTO,
    Encrypt,
    Endpoint,
    Intent,
    attributes,
    find_driver,
    is_freetds,
    refuse_inexpressible,
)
from erp_resources.sqlserver.dialect import OUTCOME, SqlServerDialect
from erp_resources.sqlserver.reader import SqlServerConnector


class SqlServerResource(ErpResource[SqlServerConnector]):
    """One database of SQL Server or Azure SQL, and one read-only account on it."""

    system: str = Field(default="sqlserver", description="Key of the system in declarations.")
    host: str = Field(description="Host name or address of SQL Server, without an instance.")
    port: int = Field(default=1433, description="TCP port; a named instance has its own.")
    database: str = Field(description="Name of the database, e.g. AX.")
    user: str = Field(description="A read-only SQL Server login.")
    password: str = Field(repr=False, description="Password of the SQL Server login.")
    encrypt: Encrypt = Field(default="yes", description="strict is TDS 8.0 (SQL Server 2022).")
    trust_server_certificate: bool = Field(
        default=False, description="Take any certificate; whoever is in between can read along."
    )
    server_certificate: str | None = Field(
        default=None, description="File of the only certificate taken; with strict encryption."
    )
    allow_unencrypted: bool = Field(
        default=False, description="Let the password travel readably to another machine."
    )
    driver: str = Field(
        default=AUTO, description="Name or path of an ODBC driver; auto prefers Microsoft's."
    )
    application: str = Field(default=APPLICATION, description="How sys.dm_exec_sessions names us.")
    application_intent: Intent = Field(
        default="ReadWrite", description="ReadOnly leads to a readable secondary."
    )

    @contextmanager
    def connector(self) -> Iterator[SqlServerConnector]:
        """The connector, whose sessions close at the end of the block.

        Raises:
            SettingsError: there is no driver, or the settings are unsafe.
        """
        params = self._params()
        with ConnectionPool(
            self.system,
            open=partial(connect, params),
            ping=ping,
            close=close,
            reset=reset,
            settings=self.pool,
        ) as pool:
            yield SqlServerConnector(
                self.system, self.mode, pool, params.dialect, call_timeout=self.call_timeout
            )

    def _params(self) -> ConnectParams:
        driver = find_driver(self.driver, self.system)
        account = {"database": self.database, "user": self.user, "password": self.password}
        refuse_inexpressible(self.system, driver, account)
        endpoint = Endpoint(
            system=self.system,
            host=self.host,
            port=self.port,
            database=self.database,
            encrypt=self.encrypt,
            trust_server_certificate=self.trust_server_certificate,
            server_certificate=self.server_certificate,
            allow_unencrypted=self.allow_unencrypted,
            application=self.application,
            application_intent=self.application_intent,
        )
        return ConnectParams(
            attributes=attributes(endpoint, driver),
            dialect=SqlServerDialect(),
            user=self.user,
            password=self.password,
            system=self.system,
            address=(self.host, self.port),
            outcome=OUTCOME if is_freetds(driver) else None,
        )
