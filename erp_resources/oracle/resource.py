"""``OracleResource``: one Oracle database as a Dagster resource, with its pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from pydantic import Field

from erp_resources.oracle.connection import ConnectParams, close, connect, ping, reset
from erp_resources.oracle.reader import OracleConnector
from erp_resources.pool import ConnectionPool
from erp_resources.resource import ErpResource


class OracleResource(ErpResource[OracleConnector]):
    """One Oracle database and one read-only account on it."""

    system: str = Field(default="oracle", description="Key of the system in declarations.")
    host: str = Field(description="Host name or address of the listener.")
    port: int = Field(default=1521, description="TCP port of the listener.")
    service: str = Field(description="Service name, e.g. EBSPROD.")
    user: str = Field(description="A read-only account.")
    password: str = Field(repr=False, description="Password of the Oracle account.")

    @contextmanager
    def connector(self) -> Iterator[OracleConnector]:
        """The connector, whose sessions close at the end of the block."""
        params = ConnectParams(
            host=self.host,
            port=self.port,
            service=self.service,
            user=self.user,
            password=self.password,
            system=self.system,
        )
        with ConnectionPool(
            self.system,
            open=partial(connect, params),
            ping=ping,
            close=close,
            reset=reset,
            settings=self.pool,
        ) as pool:
            yield OracleConnector(self.system, self.mode, pool, call_timeout=self.call_timeout)
