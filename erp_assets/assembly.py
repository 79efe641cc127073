"""From the loaded folder to the code location: names must be unique, sources must be there."""

import dagster as dg

from erp_assets.components.raw_asset import SOURCE_TABLE
from erp_resources.errors import SettingsError


def assembled(defs: dg.Definitions) -> dg.Definitions:
    """The definitions without assets that need, directly or not, one that is not there.

    That is so where a system is off, or its folder of declarations was deleted.

    Raises:
        SettingsError: two tables would become the same asset.
    """
    assets = [asset for asset in defs.assets or () if isinstance(asset, dg.AssetsDefinition)]
    others = [asset for asset in defs.assets or () if not isinstance(asset, dg.AssetsDefinition)]
    _refuse_collisions(assets)
    kept = _makeable(assets)
    keys = {key for asset in kept for key in asset.keys}
    return dg.Definitions(
        assets=[*kept, *others],
        asset_checks=[check for check in defs.asset_checks or () if _subjects(check) <= keys],
        resources=defs.resources,
        schedules=defs.schedules,
        sensors=defs.sensors,
        jobs=defs.jobs,
        executor=defs.executor,
        loggers=defs.loggers,
        metadata=defs.metadata,
        component_tree=defs.component_tree,
    )


def _refuse_collisions(assets: list[dg.AssetsDefinition]) -> None:
    tables: dict[dg.AssetKey, str] = {}
    for asset in assets:
        for spec in asset.specs:
            table = str(spec.metadata.get(SOURCE_TABLE, "a definition in Python"))
            if spec.key in tables:
                raise SettingsError(
                    f"{tables[spec.key]} and {table} would both be the asset "
                    f"{spec.key.to_user_string()!r}; leave one out, or declare it under a system "
                    "of its own"
                )
            tables[spec.key] = table


def _makeable(assets: list[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    while True:
        keys = {key for asset in assets for key in asset.keys}
        kept = [asset for asset in assets if set(asset.dependency_keys) - asset.keys <= keys]
        if len(kept) == len(assets):
            return kept
        assets = kept


def _subjects(check: dg.AssetsDefinition) -> set[dg.AssetKey]:
    return {key.asset_key for key in check.check_keys}
