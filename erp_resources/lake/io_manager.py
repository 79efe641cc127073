"""``DeltaIOManager``: Polars frames in and out of Delta tables, one table an asset.

The path of a table is its asset key below ``base_dir`` (by default the instance's storage). All
partitions of an asset live in one table, told apart by the column ``_partition``.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_polars import BasePolarsUPathIOManager

from erp_resources.errors import PermanentError
from erp_resources.lake.metadata import landing_metadata
from erp_resources.lake.staging import PARTITION_COLUMN, Staged, stage

if TYPE_CHECKING:
    import polars as pl
    from upath import UPath

WRITE_MODE = "write_mode"
"""Asset metadata that names how to publish: ``overwrite`` (the default) or ``append``."""


class DeltaIOManager(BasePolarsUPathIOManager):
    """Lands lazy or eager frames as they stream, and hands them on as lazy frames."""

    def stage(
        self, key: dg.AssetKey, frame: "pl.LazyFrame", partitions: tuple[str, ...] | None
    ) -> Staged:
        """Write an asset's rows below its table, unpublished, so that they can be audited.

        Args:
            partitions: the keys that this run loads; ``None`` for an asset without partitions.
        """
        return stage(frame, self._table(key), partitions)

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Publish what the asset staged, or stage and publish the frame it returned."""
        import polars as pl

        if isinstance(obj, pl.DataFrame):
            obj = obj.lazy()
        if isinstance(obj, pl.LazyFrame):
            keys = tuple(context.asset_partition_keys) if context.has_asset_partitions else None
            obj = self.stage(context.asset_key, obj, keys)
        if not isinstance(obj, Staged):
            raise PermanentError(
                f"asset {context.asset_key.to_user_string()!r} returned {type(obj).__name__}; "
                "the lake takes a polars LazyFrame or DataFrame"
            )
        metadata = context.definition_metadata or {}
        version = obj.publish(
            mode=metadata.get(WRITE_MODE, "overwrite"),
            application=f"{context.asset_key.to_user_string()}@{_root_run(context)}",
            properties={"run": context.run_id},
        )
        context.add_output_metadata(landing_metadata(obj, version, metadata))

    def load_partitions(self, context: dg.InputContext) -> Any:
        """All wanted partitions as one frame: they are in one table."""
        return self.load_from_path(context, self._get_path_without_extension(context))

    def scan_df_from_path(self, path: "UPath", context: dg.InputContext) -> "pl.LazyFrame":
        """The table as a lazy frame, narrowed to the wanted partitions."""
        import polars as pl
        from deltalake import DeltaTable

        if not DeltaTable.is_deltatable(str(path)):
            name = context.asset_key.to_user_string()
            raise PermanentError(f"asset {name!r} has never been materialized; do that first")
        frame = pl.scan_delta(str(path))
        if context.has_asset_partitions:
            frame = frame.filter(pl.col(PARTITION_COLUMN).is_in(context.asset_partition_keys))
        return frame

    def sink_df_to_path(self, context: dg.OutputContext, df: "pl.LazyFrame", path: "UPath") -> None:
        """Part of dagster-polars' interface; everything goes through ``handle_output`` here."""
        raise NotImplementedError

    def write_df_to_path(
        self, context: dg.OutputContext, df: "pl.DataFrame", path: "UPath"
    ) -> None:
        """Part of dagster-polars' interface; everything goes through ``handle_output`` here."""
        raise NotImplementedError

    def _table(self, key: dg.AssetKey) -> Path:
        return Path(str(self._base_path)).joinpath(*key.path)


def _root_run(context: dg.OutputContext) -> str:
    """The run, or the one that it retries: a retry is the same load."""
    run = context.step_context.dagster_run
    return run.root_run_id or run.run_id
