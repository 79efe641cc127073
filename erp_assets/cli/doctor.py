"""``erp doctor``: what works and what is missing, for each system, with the remedy."""

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
            findings = [] if mode == "off" else _examine(system)
        except ErpError as error:
            failed = True
            typer.echo(f"{system:9} FAILED: {error}")
        else:
            typer.echo(f"{system:9} {mode}" + "".join(f"\n{'':10}{text}" for text in findings))
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


def _examine(system: str) -> list[str]:
    """Facts about a reachable system; warns of rights that a reader should not have."""
    from erp_assets.defs.resources import connector

    with connector(system) as source:
        findings = [f"answers in {source.ping() * 1000:.1f} ms", *source.examine()]
        with source.read_point() as point:
            findings.append(f"read point {point}")
    return findings
