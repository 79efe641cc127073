"""``erp dev``: the sandbox, the webserver and the daemon together, on loopback, until Ctrl-C."""

import signal
import subprocess
import sys

import typer

from erp_assets.cli.home import PROJECT


def dev(port: int = 3000) -> None:
    """Start sandbox, webserver and daemon on loopback; Ctrl-C ends them all."""
    from erp_assets.cli.background import Background
    from erp_assets.defs.resources import SYSTEMS, mode_of

    needs_sandbox = any(mode_of(system) == "sandbox" for system in SYSTEMS)
    background = Background()
    mine = needs_sandbox and not background.status()[1]
    if mine:
        typer.echo(background.up())
    if needs_sandbox:
        background.lead_here()
    typer.echo(f"Dagster: http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)  # noqa: S603 - ours
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
    try:
        raise typer.Exit(process.wait())
    finally:
        if mine:
            typer.echo(background.down())
