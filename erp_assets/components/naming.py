"""Names of assets, made from names of tables, and of the groups that they are seen in."""

import re
from pathlib import Path

import dagster as dg


def asset_name(table: str) -> str:
    """A table's name in lower case, other characters as ``_``: ``/BIC/AZ1`` is ``bic_az1``."""
    return re.sub(r"[^a-z0-9]+", "_", table.lower()).strip("_")


def asset_key(system: str, table: str) -> dg.AssetKey:
    """``raw/<system>/<table>``."""
    return dg.AssetKey(["raw", system, asset_name(table)])


def group_name(system: str, folder: Path) -> str:
    """``raw_<system>_<area>`` by the folder of the declaration, or ``raw_<system>`` for its own."""
    area = [] if folder.name == system else [asset_name(folder.name)]
    return "_".join(["raw", asset_name(system), *area])


def raw_tables(system: str) -> dg.AssetSelection:
    """All raw assets of a system, whatever their groups."""
    return dg.AssetSelection.key_prefixes(["raw", system])
