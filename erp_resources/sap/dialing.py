"""Opens connections to an SAP system: by a deadline, and never again after a refused logon."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from erp_resources.deadline import Deadline
from erp_resources.errors import DeadlineExceeded, LoginRefused, SourceUnavailable
from erp_resources.sap.drivers import Connection, Driver
from erp_resources.sap.error_codes import translating
from erp_resources.sap.parameters import LogonParams
from erp_resources.workers import call_within
from erp_rfc import RfcError


@dataclass
class Dialer:
    """Opens the connections of one connector.

    A refused logon is remembered: a session that goes on with another connection is nothing that
    the pool hears of, and accounts lock themselves.

    Attributes:
        redial_timeout: most seconds until a session has another connection.
    """

    driver: Driver
    params: LogonParams = field(repr=False)
    redial_timeout: float
    _refusal: LoginRefused | None = field(default=None, init=False, repr=False)
    _redialing: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def dial(self, deadline: Deadline) -> Connection:
        """A connection by ``deadline``.

        Raises:
            SourceUnavailable: refused, or no answer in time.
            LoginRefused: client, user or credential is wrong, now or earlier.
        """
        if self._refusal is not None:
            cause = self._refusal.__cause__
            raise LoginRefused(str(self._refusal), code=self._refusal.code) from cause
        try:
            return _dialed(self.driver, self.params, deadline)
        except LoginRefused as error:
            self._refusal = error
            raise

    def redial(self) -> Connection:
        """Another connection for a session; one at a time, so that a refusal is met once."""
        deadline = Deadline.after(self.redial_timeout)
        if not self._redialing.acquire(timeout=self.redial_timeout):
            raise _undialed(self.params)
        try:
            return self.dial(deadline)
        finally:
            self._redialing.release()


def _dialed(driver: Driver, params: LogonParams, deadline: Deadline) -> Connection:
    what = f"{params.system}: {params.address}"
    if deadline.expired:
        raise _undialed(params)
    dial = partial(driver.connect, params.values)
    try:
        with translating(params.system, about=params.address, connecting=True):
            return call_within(deadline, dial, what=what, dispose=hang_up)
    except DeadlineExceeded as error:
        raise SourceUnavailable(f"{error}; check host, gateway and SAProuter") from error


def _undialed(params: LogonParams) -> SourceUnavailable:
    what = f"{params.system}: {params.address}"
    return SourceUnavailable(f"{what} was not dialed: no time was left; raise the timeout")


def hang_up(connection: Connection) -> None:
    """Close a connection, dead or alive."""
    with suppress(RfcError):  # it was dead: that is what was wanted
        connection.close()
