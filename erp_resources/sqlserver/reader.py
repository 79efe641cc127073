"""``SqlServerConnector``: the ODBC connector, with SQL Server's read points and rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from erp_resources.connector import STATEMENT, ReadPoint
from erp_resources.odbc import catalog
from erp_resources.odbc.reader import OdbcConnector
from erp_resources.sqlserver import dictionary

NO_SNAPSHOT = (
    "no snapshots, each statement sees its own moment; ask for "
    "ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON"
)


@dataclass(frozen=True)
class SqlServerConnector(OdbcConnector):
    """Reads tables of one database of SQL Server; see ``OdbcConnector``."""

    @contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """A snapshot for the block, or mere statements where the database allows none.

        The value of a snapshot is the least rowversion that was not yet given or not yet
        committed when it began: rows changed later have that one or a greater one.
        """
        if dictionary.allows_snapshots(self):
            with super().read_point() as point:
                yield point
            return
        structlog.get_logger(__name__).warning(NO_SNAPSHOT, system=self.system)
        yield ReadPoint(STATEMENT, 0)

    def examine(self) -> list[str]:
        """Product and driver; warnings of missing snapshots and of rights beyond reading."""
        findings = [self._on_rows(catalog.product)]
        if not dictionary.allows_snapshots(self):
            findings.append(f"warning: {NO_SNAPSHOT}")
        if risky := dictionary.risky_privileges(self):
            findings.append(f"warning: the account can do more than read: {', '.join(risky)}")
        return findings
