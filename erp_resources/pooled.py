"""``PooledConnector``: what all connectors have in common that borrow sessions from a pool."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import PermanentError
from erp_resources.pool import ConnectionPool

S = TypeVar("S")


@dataclass(frozen=True)
class PooledConnector(ABC, Generic[S]):
    """One system, reached by sessions of type ``S``; see ``Connector``.

    Attributes:
        system: key of the system in declarations, messages and logs.
        mode: ``sandbox`` or ``real``.
        pool: lends the sessions.
        call_timeout: most seconds for one call into the driver.
    """

    system: str
    mode: Literal["sandbox", "real"]
    pool: ConnectionPool[S]
    call_timeout: float = field(default=300.0, kw_only=True)

    def connect(self) -> None:
        """Open the pool's first session, so that a wrong setting shows now."""
        self.ping()

    def disconnect(self) -> None:
        """Close all sessions."""
        self.pool.close()

    def ping(self) -> float:
        """One round trip; seconds it took."""
        with self.pool.connection() as session:
            began = time.perf_counter()
            self._ping(session)
            return time.perf_counter() - began

    @abstractmethod
    def _ping(self, session: S) -> None:
        """Make one round trip."""

    def _deadline(self) -> Deadline:
        """Of a call that begins now."""
        return Deadline.after(self.call_timeout)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Begin the messages of what is refused before any call with the system's key."""
        try:
            yield
        except PermanentError as error:
            if str(error).startswith(f"{self.system}: "):
                raise
            raise type(error)(f"{self.system}: {error}", code=error.code) from error.__cause__
