"""``erp sandbox``: the ERP landscape in a box: run it, let business go on in it, make it fail."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from erp_resources.errors import SettingsError
from erp_resources.sandbox.faults import FaultName

if TYPE_CHECKING:
    from erp_resources.sandbox.control import Answer

NAMES: tuple[FaultName, ...] = get_args(FaultName)
CLEAR = "clear"
sandbox = typer.Typer(name="sandbox", help="Run the sandbox's ERP systems.", no_args_is_help=True)


@sandbox.command()
def run() -> None:
    """Serve in the foreground until Ctrl-C."""
    from erp_assets.cli.background import Background
    from erp_resources.sandbox.__main__ import main

    background = Background()
    text, alive = background.status()
    if alive:
        raise SettingsError(f"{text} already; stop it with `erp sandbox down`")
    try:
        main(["--note", str(background.note)])
    finally:
        background.note.unlink(missing_ok=True)


@sandbox.command()
def up() -> None:
    """Start in the background, unless it runs already; returns when it answers."""
    from erp_assets.cli.background import Background

    typer.echo(Background().up())


@sandbox.command()
def down() -> None:
    """Stop what ``up`` started."""
    from erp_assets.cli.background import Background

    typer.echo(Background().down())


@sandbox.command()
def status() -> None:
    """Say whether the sandbox runs, and how each system is; exit code 1 if it does not."""
    from erp_assets.cli.background import Background
    from erp_resources.sandbox.control import Status

    background = Background()
    text, alive = background.status()
    typer.echo(text)
    if not alive:
        raise typer.Exit(1)
    _show_status(background.ask(Status()))


@sandbox.command()
def tick(days: Annotated[int, typer.Option(help="How many business days.", min=1)] = 1) -> None:
    """Let business go on: post business days in every company, and show what they changed."""
    from erp_assets.cli.background import Background
    from erp_resources.sandbox.control import Tick

    answer = cast("dict[str, dict[str, dict[str, int]]]", Background().ask(Tick(days=days)))
    rows = [
        (system, table, *(str(counts[kind]) for kind in ("inserted", "updated", "deleted")))
        for system, tables in answer.items()
        for table, counts in tables.items()
    ]
    _show(("system", "table", "inserted", "updated", "deleted"), rows)


@sandbox.command()
def fault(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}, or clear.")],
    system: Annotated[str | None, typer.Option(help="Only this system.")] = None,
    after_rows: Annotated[int, typer.Option(help="Once so many rows were fetched.", min=0)] = 0,
    times: Annotated[int, typer.Option(help="How often; 0 until cleared.", min=0)] = 1,
    seconds: Annotated[float | None, typer.Option(help="How long it hangs or waits.")] = None,
) -> None:
    """Make the next calls fail by name, or ``clear`` what is armed."""
    from erp_assets.cli.background import Background
    from erp_resources.sandbox.control import Arm, Clear

    if name not in (*NAMES, CLEAR):
        raise SettingsError(f"no fault is called {name!r}; there are {', '.join(NAMES)} and clear")
    request = (
        Clear(system=system)
        if name == CLEAR
        else Arm(
            name=cast("FaultName", name),
            system=system,
            after_rows=after_rows,
            times=times or None,
            seconds=seconds,
        )
    )
    _show_status(Background().ask(request))


def _show_status(answer: "Answer") -> None:
    systems = cast("dict[str, dict[str, object]]", answer)
    rows = [
        (
            system,
            *(str(facts[fact]) for fact in ("port", "account", "sessions", "days")),
            "; ".join(cast("list[str]", facts["armed"])) or "-",
        )
        for system, facts in systems.items()
    ]
    _show(("system", "port", "account", "sessions", "days posted", "armed"), rows)


def _show(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table as wide as its contents; numbers stand on the right."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for row in (heading, *rows):
        cells = (
            cell.rjust(width) if cell.isdecimal() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        typer.echo("  ".join(cells).rstrip())
