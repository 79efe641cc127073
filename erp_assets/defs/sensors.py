"""When raw assets are refreshed by events: as soon as their source moved."""

import json
from pathlib import Path

import dagster as dg

from erp_assets.components import catalog
from erp_assets.components.naming import raw_tables
from erp_assets.components.raw_asset import SOURCE_TABLE
from erp_assets.defs.resources import loaded_systems
from erp_assets.refresh import Partitions, partition_range, raw_assets, whole_tables
from erp_resources.connector import Connector, TableQuery, TableSchema
from erp_resources.errors import AccessDenied, InvalidQuery, TableNotFound

RAW = Path(__file__).parent / "raw"
INTERVAL_SECONDS = 300
"""Least time between two looks: each counts the rows of every table in the source."""


def changes(system: str) -> dg.SensorDefinition:
    """Starts only the tables whose change mark differs from the one at the last look.

    Of a partitioned table all partitions: a deleted row no longer tells which month it was in.

    The cursor holds the marks, the run key names them: a look that is repeated because its cursor
    was lost asks for the same run, which Dagster starts once.
    """

    @dg.sensor(
        name=f"{system}_changes",
        target=raw_tables(system),
        minimum_interval_seconds=INTERVAL_SECONDS,
        required_resource_keys={system},
        description=f"Refreshes the raw tables of {system} that changed since the last look.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        connector: Connector = getattr(context.resources, system)
        seen: dict[str, list[int]] = json.loads(context.cursor or "{}")
        repository = context.repository_def
        assert repository is not None  # noqa: S101 - a sensor is always evaluated in its repository
        assets = raw_assets(repository, system)
        marks = _marks(context, connector, assets)
        moved = [key for key in marks if marks[key] != seen.get(key.to_user_string())]
        whole = [key for key in moved if assets[key] is None]
        requests = whole_tables(whole, _run_key(whole, marks))
        for key in moved:
            partitions = assets[key]
            if partitions is not None:
                wanted = partitions.get_partition_keys()
                requests.append(partition_range(key, wanted, _run_key([key], marks)))
        cursor = seen | {key.to_user_string(): mark for key, mark in marks.items()}
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(cursor))

    return sensor


def _marks(
    context: dg.SensorEvaluationContext, connector: Connector, assets: Partitions
) -> dict[dg.AssetKey, list[int]]:
    """The marks that can be had; a table that refuses does not keep the others from their runs."""
    marks = {}
    for key in assets:
        try:
            mark = connector.change_mark(TableQuery(_source(context, connector.system, key)))
        except (AccessDenied, InvalidQuery, TableNotFound) as error:
            context.log.warning("%s is not watched: %s", key.to_user_string(), error)
        else:
            marks[key] = [mark.point, mark.rows]
    return marks


def _source(context: dg.SensorEvaluationContext, system: str, key: dg.AssetKey) -> TableSchema:
    assert context.repository_def is not None  # noqa: S101 - as above
    metadata = context.repository_def.asset_graph.get(key).metadata
    return catalog.look_up(RAW / system, system, *metadata[SOURCE_TABLE].split(".", 1))


def _run_key(keys: list[dg.AssetKey], marks: dict[dg.AssetKey, list[int]]) -> str:
    return ";".join(f"{key.path[-1]}@{':'.join(map(str, marks[key]))}" for key in keys)


@dg.definitions
def sensors() -> dg.Definitions:
    """One sensor for each system that is loaded."""
    return dg.Definitions(sensors=[changes(system) for system in loaded_systems()])
