"""One session's transaction: nesting, isolation, and which rows its statements see."""

from erp_resources.sandbox.database import Database, StoredTable, Transaction
from erp_resources.sandbox.sqlserver.options import PINNED, SNAPSHOT
from erp_resources.sandbox.sqlserver.sql.errors import sql_error


class SessionTransaction:
    """The open transaction of a session, if there is one.

    Under the levels of ``PINNED`` all its statements read the SCN of the first that read a table.
    """

    def __init__(self, database: Database, name: str, *, allows_snapshot: bool) -> None:
        self._database = database
        self._name = name
        self._allows_snapshot = allows_snapshot
        self._began_under = ""
        self._pinned: int | None = None
        self.open: Transaction | None = None
        self.depth = 0

    @property
    def number(self) -> int:
        """Its number, 0 when none is open."""
        return self.open.number if self.open else 0

    def begin(self, isolation: str) -> None:
        """Open a transaction, or nest one."""
        if self.open is None:
            self.open = self._database.begin()
            self._began_under = isolation
        self.depth += 1

    def commit(self) -> None:
        """End the innermost transaction; the outermost makes its changes visible.

        Raises:
            SqlServerError: 3902, there is none.
        """
        if self.open is None:
            raise sql_error(
                3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."
            )
        self.depth -= 1
        if self.depth == 0:
            self._forget().commit()

    def rollback(self) -> None:
        """Undo all open transactions.

        Raises:
            SqlServerError: 3903, there is none.
        """
        if self.open is None:
            raise sql_error(
                3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."
            )
        self.depth = 0
        self._forget().rollback()

    def _forget(self) -> Transaction:
        transaction, self.open, self._pinned = self.open, None, None
        assert transaction is not None  # noqa: S101 the callers have looked
        return transaction

    def read_scn(self, isolation: str) -> int | None:
        """The SCN that a statement reads its tables at; None for the latest.

        Raises:
            SqlServerError: 3951 or 3952, the session may not read under SNAPSHOT.
        """
        if isolation == SNAPSHOT:
            self._check_snapshot()
        if self.open is None or isolation not in PINNED:
            return None
        if self._pinned is None:
            self._pinned = self._database.current_scn
        return self._pinned

    def _check_snapshot(self) -> None:
        if not self._allows_snapshot:
            raise sql_error(
                3952,
                f"Snapshot isolation transaction failed accessing database '{self._name}' because "
                "snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow "
                "snapshot isolation.",
            )
        if self.open is not None and self._began_under != SNAPSHOT:
            raise sql_error(
                3951,
                f"Transaction failed in database '{self._name}' because the statement was run "
                "under snapshot isolation but the transaction did not start in snapshot isolation.",
            )

    def rows(self, stored: StoredTable, scn: int | None) -> str:
        """SQL of a table's rows as a statement sees them that reads at ``scn``."""
        return self.open.rows(stored, scn) if self.open else stored.current
