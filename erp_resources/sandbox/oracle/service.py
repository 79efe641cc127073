"""What all sessions of one server share, and what a server knows of each session."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults, InjectedError, Point
from erp_resources.sandbox.oracle.logon import Verifier
from erp_resources.sandbox.oracle.profiles import Profile
from erp_resources.sandbox.oracle.types import OracleError, SqlSession


@dataclass(frozen=True)
class Service:
    """What all sessions of a server share."""

    name: str
    profile: Profile
    open_session: Callable[[str], SqlSession]
    verifiers: Mapping[str, Verifier]
    decoy: Verifier
    """Checked against for users that do not exist, which then look like a wrong password."""

    faults: Faults
    counters: Counters
    stopping: threading.Event

    def check_fault(self, point: Point, rows_sent: int = 0) -> None:
        """Do what is armed for ``point``; see ``Faults.check``.

        Raises:
            OracleError: by an armed error.
        """
        try:
            self.faults.check(point, rows_sent, self.stopping)
        except InjectedError as error:
            raise OracleError(error.code, error.text) from error


@dataclass
class SessionInfo:
    """What a database administrator would see of a session (V$SESSION)."""

    id: int
    user: str = ""
    program: str = ""
    driver: str = ""
    schema: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    """``module``, ``action``, ``client_identifier``, ``client_info`` and ``operation``."""
