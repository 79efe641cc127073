"""A moment of a database's history that one session holds open, and who may read at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from erp_resources.errors import ErpError, InvalidQuery, SourceBusy
from erp_resources.odbc.connection import OdbcSession

LEAVING_SECONDS = 1.0
"""Patience at the end of a read point with a read at it that was broken off just now."""


class Moment:
    """A session in which a moment is held open, lent to one read at a time until ``end``.

    Attributes:
        owner: the connector whose moment it is; to another it is one of another database.
    """

    def __init__(self, session: OdbcSession, owner: object) -> None:
        self.owner = owner
        self._session: OdbcSession | None = session
        self._lock = threading.Lock()

    @contextmanager
    def lent(self, system: str, seconds: float) -> Iterator[OdbcSession]:
        """The session, when no other read at this moment has it.

        Raises:
            SourceBusy: another read went on for too long.
            InvalidQuery: the moment is over.
        """
        if not self._lock.acquire(timeout=seconds):
            raise SourceBusy(
                f"{system}: another read at this point went on for {seconds:g} s; make reads at "
                "one point one after the other"
            )
        try:
            if self._session is None:
                raise InvalidQuery(
                    f"{system}: the read point is over: its block has ended, or a read at it "
                    "failed; take a new one"
                )
            yield self._session
        except ErpError:
            # The driver or the database may have ended the transaction, and the moment with it.
            self._session = None
            raise
        finally:
            self._lock.release()

    def end(self) -> None:
        """Lend it no more; a read that goes on keeps the session, and nobody else gets it."""
        if self._lock.acquire(timeout=LEAVING_SECONDS):
            self._lock.release()
        elif self._session is not None:
            self._session.abandoned = True
        self._session = None
