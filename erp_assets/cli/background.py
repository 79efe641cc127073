"""The sandbox as a process of its own: started, found again, and ended by its pid."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from erp_assets.cli.home import BUILD
from erp_resources.errors import SettingsError, SourceUnavailable

START_SECONDS = 120.0
STOP_SECONDS = 10.0


@dataclass
class Background:
    """One sandbox process, known by a small file with its pid and port."""

    folder: Path = field(default_factory=lambda: BUILD / "sandbox")
    _mine: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def _note(self) -> Path:
        return self.folder / "process.json"

    def up(self) -> str:
        """Start it, unless it runs; a sentence about what was done.

        Raises:
            SourceUnavailable: it did not start; the message ends with its own last words.
        """
        running = self._running()
        if running is not None:
            return f"the sandbox runs already (pid {running['pid']}, port {running['port']})"
        self._mine = self._start()
        return f"the sandbox is up (pid {self._mine.pid}, port {self.port})"

    def down(self) -> str:
        """Stop it, and wait until it is gone."""
        running = self._running()
        if running is None:
            return "the sandbox is not running"
        os.kill(running["pid"], signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._mine is not None:
            self._mine.wait(STOP_SECONDS)
        self._note.unlink(missing_ok=True)
        return f"the sandbox is down (pid {running['pid']})"

    def status(self) -> tuple[str, bool]:
        """A sentence, and whether it answers."""
        running = self._running()
        if running is None:
            return "the sandbox is not running; start it with `erp sandbox up`", False
        return f"the sandbox runs (pid {running['pid']}, port {running['port']})", True

    @property
    def port(self) -> int:
        """The port on which it serves Oracle.

        Raises:
            SettingsError: it is not running.
        """
        running = self._running()
        if running is None:
            raise SettingsError("the sandbox is not running; start it with `erp sandbox up`")
        return running["port"]

    def _running(self) -> dict[str, int] | None:
        if not self._note.exists():
            return None
        note: dict[str, int] = json.loads(self._note.read_text())
        return note if _answers(note["port"]) else None

    def _start(self) -> "subprocess.Popen[bytes]":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._note.unlink(missing_ok=True)
        log = self.folder / "log.txt"
        command = [sys.executable, "-m", "erp_resources.sandbox", "--note", str(self._note)]
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


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
