"""The ``erp`` command; each file beside this one is one of its commands."""

import sys

import typer

from erp_assets.cli.call import call
from erp_assets.cli.catalog import catalog
from erp_assets.cli.demo import demo
from erp_assets.cli.dev import dev
from erp_assets.cli.doctor import doctor
from erp_assets.cli.home import use_project_home
from erp_assets.cli.sandbox import sandbox

app = typer.Typer(
    name="erp",
    help="ERP tables as Dagster assets in a Delta lake.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they hold passwords
)


def main() -> None:
    """Run the command; what we raise on purpose is a sentence for people, not a traceback."""
    from erp_resources.errors import ErpError

    try:
        app(prog_name="erp")
    except ErpError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)


app.callback()(use_project_home)
app.add_typer(sandbox)
app.add_typer(catalog)
app.command()(call)
app.command()(demo)
app.command()(dev)
app.command()(doctor)
