"""The sandbox as a process of its own: started, found again, and ended by its pid."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from erp_assets.cli.home import BUILD
from erp_resources.errors import SettingsError, SourceUnavailable

if TYPE_CHECKING:
    from erp_resources.sandbox.control import Answer, Arm, Clear, Status, Tick

START_SECONDS = 120.0
STOP_SECONDS = 10.0
_PROBE_SECONDS = 5.0


class Note(NamedTuple):
    """What a running sandbox says of itself: its pid, the port of each system, its control."""

    pid: int
    ports: dict[str, int]
    control: str

    def __str__(self) -> str:
        """As commands show it."""
        ports = ", ".join(f"{system} on port {port}" for system, port in self.ports.items())
        return f"pid {self.pid}, {ports}"


@dataclass
class Background:
    """One sandbox process, known by a small file with its ``Note``."""

    folder: Path = field(default_factory=lambda: BUILD / "sandbox")
    _mine: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def note(self) -> Path:
        """Where the process leaves its note."""
        return self.folder / "process.json"

    def up(self) -> str:
        """Start it, unless it runs; a sentence about what was done.

        Raises:
            SourceUnavailable: it did not start; the message ends with its own last words.
        """
        running = self._running()
        if running is not None:
            return f"the sandbox runs already ({running})"
        self._mine = self._start()
        return f"the sandbox is up ({self._found()})"

    def down(self) -> str:
        """Stop it, and wait until it is gone."""
        running = self._running()
        if running is None:
            return "the sandbox is not running"
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._mine is not None:
            self._mine.wait(STOP_SECONDS)
        self.note.unlink(missing_ok=True)
        return f"the sandbox is down (pid {running.pid})"

    def status(self) -> tuple[str, bool]:
        """A sentence, and whether it answers."""
        running = self._running()
        if running is None:
            return "the sandbox is not running; start it with `erp sandbox up`", False
        return f"the sandbox runs ({running})", True

    @property
    def ports(self) -> dict[str, int]:
        """The port of each system.

        Raises:
            SettingsError: it is not running.
        """
        return self._found().ports

    def lead_here(self) -> None:
        """Let this process, and those that it starts, look for each system where this one has it.

        Raises:
            SettingsError: it is not running.
        """
        os.environ |= {port_variable(system): str(port) for system, port in self.ports.items()}

    def ask(self, request: "Tick | Arm | Clear | Status") -> "Answer":
        """Put a request to the process through its control channel.

        Raises:
            SettingsError: it is not running.
            InvalidQuery: it refuses; the message says why.
        """
        from erp_resources.sandbox.control import ask

        return ask(self._found().control, request)

    def _found(self) -> Note:
        running = self._running()
        if running is None:
            raise SettingsError("the sandbox is not running; start it with `erp sandbox up`")
        return running

    def _running(self) -> Note | None:
        """The note of the process that answers to it."""
        if not self.note.exists():
            return None
        from erp_resources.sandbox.control import Status, ask

        try:
            note = Note(**json.loads(self.note.read_text()))
            ask(note.control, Status(), _PROBE_SECONDS)
        except (SourceUnavailable, TypeError, ValueError):
            return None  # it ended, or the note is an older version's
        return note

    def _start(self) -> "subprocess.Popen[bytes]":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.note.unlink(missing_ok=True)
        log = self.folder / "log.txt"
        command = [sys.executable, "-m", "erp_resources.sandbox", "--note", str(self.note)]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._running():
                return process
            time.sleep(0.05)
        process.kill()
        process.wait()
        raise SourceUnavailable(f"the sandbox did not start: {_last_line(log)}")


def port_variable(system: str) -> str:
    """The environment variable that says on which port the sandbox has a system."""
    return f"ERP_SANDBOX_{system.upper()}_PORT"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
