"""When raw assets are refreshed by events: as soon as their source moved."""

import json
from collections.abc import Iterable

import dagster as dg

from erp_assets.components.raw_asset import SOURCE_TABLE
from erp_assets.defs.resources import loaded_systems
from erp_assets.refresh import partition_range, raw_assets, whole_tables
from erp_resources.connector import Connector, TableQuery, TableSchema

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
        target=dg.AssetSelection.groups(f"raw_{system}"),
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
        marks = _marks(connector, repository, assets)
        moved = [key for key in assets if marks[key] != seen.get(key.to_user_string())]
        whole = [key for key in moved if assets[key] is None]
        requests = whole_tables(whole, _run_key(whole, marks))
        for key in moved:
            partitions = assets[key]
            if partitions is not None:
                wanted = partitions.get_partition_keys()
                requests.append(partition_range(key, wanted, _run_key([key], marks)))
        cursor = {key.to_user_string(): mark for key, mark in marks.items()}
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(cursor))

    return sensor


def _marks(
    connector: Connector, repository: dg.RepositoryDefinition, keys: Iterable[dg.AssetKey]
) -> dict[dg.AssetKey, list[int]]:
    marks = {}
    for key in keys:
        schema, table = repository.asset_graph.get(key).metadata[SOURCE_TABLE].split(".", 1)
        mark = connector.change_mark(TableQuery(TableSchema(schema, table, ())))
        marks[key] = [mark.point, mark.rows]
    return marks


def _run_key(keys: list[dg.AssetKey], marks: dict[dg.AssetKey, list[int]]) -> str:
    return ";".join(f"{key.path[-1]}@{':'.join(map(str, marks[key]))}" for key in keys)


@dg.definitions
def sensors() -> dg.Definitions:
    """One sensor for each system that is loaded."""
    return dg.Definitions(sensors=[changes(system) for system in loaded_systems()])
