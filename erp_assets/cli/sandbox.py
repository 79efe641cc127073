"""``erp sandbox``: the ERP landscape in a box, in the foreground or in the background."""

import typer

sandbox = typer.Typer(name="sandbox", help="Run the sandbox's ERP systems.", no_args_is_help=True)


@sandbox.command()
def run() -> None:
    """Serve in the foreground until Ctrl-C."""
    from erp_resources.sandbox.__main__ import main

    main([])


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
    """Say whether the sandbox runs and answers; exit code 1 if not."""
    from erp_assets.cli.background import Background

    text, alive = Background().status()
    typer.echo(text)
    raise typer.Exit(0 if alive else 1)
