"""``erp doctor``: what works and what is missing, for each system, with the remedy."""

import typer


def doctor() -> None:
    """Check settings, driver, login and rights of every system; exit code 1 if one fails."""
    from erp_assets.defs.resources import SYSTEMS, mode_of
    from erp_resources.errors import ErpError

    failed = False
    typer.echo(f"kernels  {_kernels()}")
    for system in SYSTEMS:
        try:
            mode = mode_of(system)
            findings = [] if mode == "off" else _examine(system)
        except ErpError as error:
            failed = True
            typer.echo(f"{system:8} FAILED: {error}")
        else:
            typer.echo(f"{system:8} {mode}" + "".join(f"\n{'':9}{text}" for text in findings))
    raise typer.Exit(1 if failed else 0)


def _kernels() -> str:
    import erp_kernels

    return f"{erp_kernels.implementation()} implementation"


def _examine(system: str) -> list[str]:
    """Facts about a reachable system; warns of rights that a reader should not have."""
    from erp_assets.defs.resources import connector

    with connector(system) as source:
        findings = [f"answers in {source.ping() * 1000:.1f} ms"]
        with source.read_point() as point:
            findings.append(f"read point {point}")
        privileges = {name for (name,) in source.execute("SELECT privilege FROM session_privs")}
    risky = sorted(name for name in privileges if not name.startswith(("CREATE SESSION", "SELECT")))
    risky = [name for name in risky if not name.startswith(("READ", "FLASHBACK", "DEBUG"))]
    if risky:
        findings.append(f"warning: the account can do more than read: {', '.join(risky)}")
    return findings
