"""``erp doctor``: what works and what is missing, for each system, with the remedy."""

from collections.abc import Iterator

import typer


def doctor() -> None:
    """Check settings, driver, login and rights of every system; exit code 1 if one fails."""
    from erp_assets.defs.resources import SYSTEMS, mode_of
    from erp_resources.errors import ErpError

    failed = False
    typer.echo(f"kernels   {_kernels()}")
    typer.echo(f"drivers   {_drivers()}")
    for system in SYSTEMS:
        try:
            mode = mode_of(system)
            typer.echo(f"{system:9} {mode}")
            for finding in _examine(system) if mode != "off" else ():
                typer.echo(f"{'':10}{finding}")
        except ErpError as error:
            failed = True
            typer.echo(f"{system:9} FAILED: {error}")
    raise typer.Exit(1 if failed else 0)


def _kernels() -> str:
    import erp_kernels

    return f"{erp_kernels.implementation()} implementation"


def _drivers() -> str:
    """The ODBC drivers of this machine, or what installs the driver manager."""
    from erp_resources.errors import SettingsError
    from erp_resources.odbc.drivers import installed

    try:
        found = [f"{driver.name} ({driver.origin})" for driver in installed()]
    except SettingsError as error:
        return str(error)
    return f"oracledb (thin), {', '.join(found) or 'no ODBC driver'}"


def _examine(system: str) -> Iterator[str]:
    """Facts about a system, as they are found; warns of rights that a reader should not have."""
    from erp_assets.defs.resources import connector, resource
    from erp_resources.sap import SapResource
    from erp_resources.sap.drivers import described

    found = resource(system)
    if isinstance(found, SapResource):
        yield described(found.driver, found.load_driver())
    with connector(system) as source:
        yield f"answers in {source.ping() * 1000:.1f} ms"
        yield from source.examine()
        with source.read_point() as point:
            yield f"read point {point}"
