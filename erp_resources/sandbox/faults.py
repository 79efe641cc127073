"""Faults that tests arm at points of a sandbox server's protocol; the same for every protocol.

A protocol calls ``check`` at each point and lets what it raises end the connection, the call or the
login. Nothing here knows a protocol; what a system's own names of faults mean is a table of its.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

Kind = Literal["drop", "hang", "slow", "error", "refuse_login"]
Point = Literal["accept", "login", "execute", "fetch"]

FaultName = Literal[
    "drop",
    "hang",
    "slow",
    "deadlock",
    "login-refused",
    "fetch-error",
    "snapshot-too-old",
    "disk-full",
]
"""What people call the faults that every system can have."""

DEFAULT_POINTS: dict[Kind, Point] = {
    "drop": "fetch",
    "hang": "fetch",
    "slow": "fetch",
    "error": "execute",
    "refuse_login": "login",
}
HANG_SECONDS = 3600.0
_TICK_SECONDS = 0.01


class ConnectionDroppedError(Exception):
    """The armed fault wants this connection closed without another word."""


class LoginRefusedError(Exception):
    """The armed fault wants this login answered as if the password were wrong."""


class InjectedError(Exception):
    """The armed fault wants this call answered with an error of the system's own numbering."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class Fault:
    """One armed fault; ``times`` counts down, ``None`` is for ever."""

    kind: Kind
    at: Point
    after_rows: int = 0
    times: int | None = 1
    seconds: float = 0.0
    code: int = 0
    text: str = ""
    name: str = ""

    def __str__(self) -> str:
        """As ``erp sandbox status`` shows it."""
        times = "until cleared" if self.times is None else f"{self.times} x"
        rows = f" after {self.after_rows} rows" if self.after_rows else ""
        return f"{self.name or self.kind} at {self.at}{rows}, {times}"


NAMED: Mapping[FaultName, Fault] = MappingProxyType(
    {
        "drop": Fault("drop", "fetch"),
        "hang": Fault("hang", "fetch", seconds=HANG_SECONDS),
        "slow": Fault("slow", "fetch", seconds=1.0),
        "login-refused": Fault("refuse_login", "login"),
    }
)
"""The faults without a number of a system's own."""


class Faults:
    """The armed faults of one or several servers, safe to use from any thread.

    >>> faults = Faults(ORACLE_FAULTS)
    >>> faults.arm("drop", at="fetch", after_rows=500)
    >>> faults.arm("error", at="fetch", after_rows=100, code=1555, text="snapshot too old")
    >>> faults.arm_named("deadlock", times=2)
    """

    def __init__(self, named: Mapping[FaultName, Fault] = NAMED) -> None:
        """Nothing is armed; ``named`` says what the names mean to the system."""
        self._named = named
        self._lock = threading.Lock()
        self._armed: list[Fault] = []
        self._cleared = threading.Event()

    def arm(  # noqa: PLR0913 - one keyword per property of a fault reads best in a test
        self,
        kind: Kind,
        *,
        at: Point | None = None,
        after_rows: int = 0,
        times: int | None = 1,
        seconds: float | None = None,
        code: int = 0,
        text: str = "injected by a test",
    ) -> None:
        """Let the next ``times`` passages of point ``at`` fail.

        Args:
            kind: ``drop`` closes the connection, ``hang`` is silent for ``seconds`` without reading
                (an hour unless told otherwise), ``slow`` delays by ``seconds``, ``error`` answers
                with ``code`` and ``text``, ``refuse_login`` refuses the password.
            at: where; by default the point that the kind is most used at.
            after_rows: only once this many rows of the result have been sent.
            times: how often; ``None`` until ``clear``.
            seconds: how long, for ``hang`` and ``slow``.
            code: number of the error in the system's own numbering.
            text: text of the error.
        """
        if seconds is None:
            seconds = HANG_SECONDS if kind == "hang" else 0.0
        where = at or DEFAULT_POINTS[kind]
        self._add(Fault(kind, where, after_rows, times, seconds, code, text))

    def arm_named(
        self,
        name: FaultName,
        *,
        after_rows: int = 0,
        times: int | None = 1,
        seconds: float | None = None,
    ) -> None:
        """Arm a fault by its name, with what the system's table says of it.

        Args:
            name: the name.
            after_rows: see ``arm``; it counts where rows are fetched.
            times: see ``arm``.
            seconds: how long, instead of what the table says.

        Raises:
            ValueError: the system has no fault of that name.
        """
        if name not in self._named:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(self._named)}")
        fault = replace(self._named[name], name=name, after_rows=after_rows, times=times)
        self._add(fault if seconds is None else replace(fault, seconds=seconds))

    def armed(self) -> list[str]:
        """What is armed, each in words, oldest first."""
        with self._lock:
            return [str(fault) for fault in self._armed]

    def _add(self, fault: Fault) -> None:
        with self._lock:
            if self._cleared.is_set():  # else it still is what others wait for
                self._cleared = threading.Event()
            self._armed.append(fault)

    def clear(self) -> None:
        """Disarm everything and let those who hang go on."""
        with self._lock:
            self._armed.clear()
            self._cleared.set()

    def check(self, at: Point, rows_sent: int = 0, stop: threading.Event | None = None) -> None:
        """Do what is armed for this point; returns at once when nothing is.

        Args:
            at: the point that the server has come to.
            rows_sent: rows of the current result that the client already has.
            stop: set when the server shuts down, which ends a hang.

        Raises:
            ConnectionDroppedError: by a ``drop``.
            LoginRefusedError: by a ``refuse_login``.
            InjectedError: by an ``error``.
        """
        fault = self._take(at, rows_sent)
        if fault is None:
            return
        if fault.kind == "drop":
            raise ConnectionDroppedError
        if fault.kind == "refuse_login":
            raise LoginRefusedError
        if fault.kind == "error":
            raise InjectedError(fault.code, fault.text)
        self._wait(fault.seconds, stop)

    def _take(self, at: Point, rows_sent: int) -> Fault | None:
        with self._lock:
            for fault in self._armed:
                if fault.at == at and rows_sent >= fault.after_rows:
                    self._use(fault)
                    return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self._armed.remove(fault)

    def _wait(self, seconds: float, stop: threading.Event | None) -> None:
        with self._lock:
            cleared = self._cleared
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if cleared.wait(min(left, _TICK_SECONDS)) or (stop is not None and stop.is_set()):
                return
