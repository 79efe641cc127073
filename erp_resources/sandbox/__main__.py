"""The sandbox as a process: ``python -m erp_resources.sandbox [--note FILE]``.

Settings come from ``ERP_SANDBOX_*``; SIGTERM and Ctrl-C end it.
"""

import argparse
import json
import os
import signal
from pathlib import Path

from erp_resources.sandbox.landscape import ORACLE
from erp_resources.sandbox.serve import Landscape
from erp_resources.settings import SandboxSettings, from_environment

ENDING = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to end; ``--note`` names a file to write pid and port into when ready."""
    parser = argparse.ArgumentParser(prog="erp sandbox")
    parser.add_argument("--note", type=Path, help="file to write pid and port into when ready")
    note: Path | None = parser.parse_args(arguments).note
    # Blocked before any thread starts, so that the signal waits for sigwait and for nobody else.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    with Landscape(from_environment(SandboxSettings, "ERP_SANDBOX_")) as landscape:
        if note is not None:
            note.write_text(json.dumps({"pid": os.getpid(), "port": landscape.oracle_port}))
        print(  # noqa: T201 - the process's one line
            f"oracle: {ORACLE.host}:{landscape.oracle_port}/{ORACLE.service} as {ORACLE.user}",
            flush=True,
        )
        signal.sigwait(ENDING)


if __name__ == "__main__":
    main()
