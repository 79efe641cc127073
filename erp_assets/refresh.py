"""Run requests for raw assets: whole tables together, each partitioned table by a range."""

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

from erp_assets.components.naming import raw_tables

Partitions = Mapping[dg.AssetKey, dg.PartitionsDefinition[str] | None]
"""The raw assets of a system, each with its partitions, if it has some."""


def raw_assets(repository: dg.RepositoryDefinition, system: str) -> Partitions:
    """The raw assets of a system that this code location loads."""
    graph = repository.asset_graph
    keys = sorted(raw_tables(system).resolve(graph))
    return {key: graph.get(key).partitions_def for key in keys}


def whole_tables(keys: Iterable[dg.AssetKey], run_key: str) -> list[dg.RunRequest]:
    """One run for tables without partitions; none for no tables."""
    selection = list(keys)
    return [dg.RunRequest(run_key=run_key, asset_selection=selection)] if selection else []


def partition_range(key: dg.AssetKey, partitions: Sequence[str], run_key: str) -> dg.RunRequest:
    """One run for the range of a table's partitions from the first given to the last."""
    return dg.RunRequest(
        run_key=run_key, asset_selection=[key], tags=range_tags(partitions[0], partitions[-1])
    )


def range_tags(first: str, last: str) -> dict[str, str]:
    """Tags that make one run load the partitions from ``first`` to ``last``."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
