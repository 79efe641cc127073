"""The sandbox as a process: ``python -m erp_resources.sandbox [--note FILE]``.

Settings come from ``ERP_SANDBOX_*``; SIGTERM and Ctrl-C end it.
"""

import argparse
import json
import os
import signal
from pathlib import Path

from erp_resources.sandbox.control import ControlServer
from erp_resources.sandbox.serve import Landscape
from erp_resources.settings import SandboxSettings, from_environment

ENDING = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to end; ``--note`` names a file to write, when ready, where to find it."""
    parser = argparse.ArgumentParser(prog="erp sandbox")
    parser.add_argument("--note", type=Path, help="file to note pid, ports and control address in")
    note: Path | None = parser.parse_args(arguments).note
    # Blocked before any thread starts, so that the signal waits for sigwait and for nobody else.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    with (
        Landscape(from_environment(SandboxSettings, "ERP_SANDBOX_")) as landscape,
        ControlServer(landscape.execute) as control,
    ):
        if note is not None:
            _write(note, landscape.ports, control.address)
        for name, system in landscape.systems.items():
            line = f"{name}: 127.0.0.1:{system.server.port} as {system.account}"
            print(line, flush=True)  # noqa: T201 - the process's own words
        signal.sigwait(ENDING)


def _write(note: Path, ports: dict[str, int], control: str) -> None:
    """Write the note in one step: whoever sees it sees all of it."""
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(".new")
    draft.write_text(json.dumps({"pid": os.getpid(), "ports": ports, "control": control}))
    draft.replace(note)


if __name__ == "__main__":
    main()
