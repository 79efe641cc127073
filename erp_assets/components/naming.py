"""Names of assets, made from names of tables."""

import re

import dagster as dg


def asset_name(table: str) -> str:
    """A table's name in lower case, other characters as ``_``: ``/BIC/AZ1`` is ``bic_az1``."""
    return re.sub(r"[^a-z0-9]+", "_", table.lower()).strip("_")


def asset_key(system: str, table: str) -> dg.AssetKey:
    """``raw/<system>/<table>``."""
    return dg.AssetKey(["raw", system, asset_name(table)])
