"""``erp catalog``: the committed copies of the sources' dictionaries."""

from pathlib import Path

import typer

catalog = typer.Typer(
    name="catalog", help="The committed copies of the sources' dictionaries.", no_args_is_help=True
)

RAW = Path(__file__).parents[1] / "defs" / "raw"


@catalog.callback()
def _group() -> None:
    """Keep ``refresh`` a command of its own, also while it is the only one."""


@catalog.command()
def refresh(system: str, schema: str | None = None) -> None:
    """Ask SYSTEM for types, keys, texts and sizes of its declared tables; write its catalog.json.

    With --schema all tables of that schema are added, to choose declarations from.
    """
    from erp_assets.components.catalog import CATALOG, read, write
    from erp_assets.components.declared import declared_tables
    from erp_assets.defs.resources import connector

    path = RAW / system / CATALOG
    path.parent.mkdir(parents=True, exist_ok=True)
    with connector(system) as source:
        wanted = declared_tables(path.parent) | {tuple(name.split(".", 1)) for name in read(path)}
        if schema is not None:
            wanted |= {(schema, table) for table in source.list_tables(schema)}
        tables = [source.describe(*names) for names in sorted(wanted)]
    write(path, tables)
    typer.echo(f"{path.name}: {len(tables)} tables of {system}")
