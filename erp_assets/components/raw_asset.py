"""The raw asset behind a declaration: read at one point, stage, audit, and only then publish."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import dagster as dg
import structlog

from erp_assets.components.naming import asset_key
from erp_assets.components.partitions import MonthlyLoad
from erp_resources.connector import Connector, Filter, ReadPoint, TableQuery, TableSchema
from erp_resources.deadline import Deadline
from erp_resources.errors import InvalidQuery, ReconciliationFailed, SourceBusy
from erp_resources.lake import DeltaIOManager
from erp_resources.lake.audit import Audit, audit
from erp_resources.lake.io_manager import WRITE_MODE
from erp_resources.lake.metadata import COLUMN_SCHEMA
from erp_resources.lake.staging import Staged
from erp_resources.retry import retrying

if TYPE_CHECKING:
    import polars as pl

CHECK = "reconciled"
SOURCE_TABLE = "source_table"
"""Asset metadata: the table that the asset mirrors, as ``SCHEMA.TABLE``."""
LOAD_SECONDS = 6 * 3600.0
"""No attempt to load one table begins later than this after the first."""


@dataclass(frozen=True)
class RawTable:
    """One declared table, with what the catalogue knows of it.

    ``group`` is what it is seen in; ``None`` stands for ``raw_<system>``.
    """

    system: str
    source: TableSchema
    description: str
    primary_key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    totals: tuple[str, ...] = ()
    months: MonthlyLoad | None = None
    write: Literal["overwrite", "append"] = "overwrite"
    group: str | None = None

    def __post_init__(self) -> None:
        """Refuse names that the catalogue does not know, while the code location loads.

        Raises:
            InvalidQuery: a column does not exist, or one that is audited is not read.
        """
        read = {column.name for column in TableQuery(self.source, self.columns).selected}
        for condition in self.filters:
            self.source.column(condition.field)
        months = (self.months.column,) if self.months else ()
        for name in (*self.primary_key, *self.totals, *months):
            self.source.column(name)
            if name not in read:
                raise InvalidQuery(
                    f"{self.source.name}: {name!r} is a key, total or partition column and must be "
                    "among `columns`"
                )

    @property
    def key(self) -> dg.AssetKey:
        """``raw/<system>/<table>``."""
        return asset_key(self.system, self.source.table)

    def query(self, context: dg.AssetExecutionContext) -> TableQuery:
        """What this run reads: the whole table, or its partitions' rows."""
        filters = self.filters
        if self.months is not None:
            filters += self.months.filters(context.partition_time_window)
        return TableQuery(self.source, self.columns, filters)

    def rows_outside(self, connector: Connector, point: ReadPoint) -> dict[str, Any]:
        """How many rows of the source no partition holds; nothing for a table without any."""
        if self.months is None:
            return {}
        queries = (
            TableQuery(self.source, self.columns, self.filters + outside)
            for outside in self.months.outside()
        )
        rows = sum(connector.control_totals(query, point).rows for query in queries)
        return {"rows_outside_partitions": rows}

    def rows(
        self, context: dg.AssetExecutionContext, frame: "pl.LazyFrame"
    ) -> tuple["pl.LazyFrame", tuple[str, ...] | None]:
        """The frame to land, and the partitions that it replaces."""
        if self.months is None:
            return frame, None
        return self.months.keyed(frame), tuple(context.partition_keys)


def raw_asset(table: RawTable) -> dg.AssetsDefinition:
    """The asset, with the one check that its rows are the source's."""

    @dg.asset(
        key=table.key,
        description=table.description,
        group_name=table.group or f"raw_{table.system}",
        kinds={table.system, "deltalake"},
        metadata=_metadata(table),
        partitions_def=table.months.definition() if table.months else None,
        backfill_policy=dg.BackfillPolicy.single_run() if table.months else None,
        check_specs=[_check(table)],
        required_resource_keys={table.system, "io_manager"},
        pool=table.system,
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.Output[Any] | dg.AssetCheckResult]:
        connector: Connector = getattr(context.resources, table.system)
        read = _read(context, connector, table)
        if not read.found.passed:
            read.staged.discard()
            yield _check_result(read.found)
            raise ReconciliationFailed(
                f"{table.system}: {table.source.name} at {read.facts['read_point']}: "
                f"{'; '.join(read.found.findings)}; nothing was published"
            )
        yield dg.Output(read.staged, metadata=read.facts)
        yield _check_result(read.found)

    return load


@dataclass(frozen=True)
class _Read:
    """What one attempt staged, what its audit found, and what the materialization records."""

    staged: Staged
    found: Audit
    facts: dict[str, Any]


def _read(context: dg.AssetExecutionContext, connector: Connector, table: RawTable) -> _Read:
    """The table's rows at one read point, staged and audited; tried again as a whole.

    Unless the connector has given up already: SAP's reads single pages again.
    """
    lake: DeltaIOManager = context.resources.io_manager
    query = table.query(context)
    names: dict[str, Any] = {"run": context.run.run_id, "asset": table.key.to_user_string()}
    if table.months is not None:
        names["partition"] = "...".join(context.partition_key_range)
    for attempt in retrying(Deadline.after(LOAD_SECONDS), system=table.system, **names):
        number = attempt.retry_state.attempt_number
        with (
            attempt,
            structlog.contextvars.bound_contextvars(**names, attempt=number),
            connector.read_point() as point,
        ):
            facts: dict[str, Any] = {"read_point": str(point), "source": connector.mode}
            facts |= table.rows_outside(connector, point)
            expected = connector.control_totals(query, point, table.totals)
            staged = lake.stage(table.key, *table.rows(context, connector.scan(query, point)))
            with staged.discarded_on_error():
                found = audit(staged, table.primary_key, expected)
                if not (found.passed or point.is_moment):
                    found = _audited_again(found, staged, connector, query, table)
                return _Read(staged, found, facts)
    raise AssertionError  # retrying raises the last error


def _audited_again(
    found: Audit, staged: Staged, connector: Connector, query: TableQuery, table: RawTable
) -> Audit:
    """What differs, where totals and rows could not be read at one moment.

    Raises:
        SourceBusy: the table moved meanwhile, and the rows are neither what it was nor what it is.
    """
    after = connector.control_totals(query, None, table.totals)
    if after == found.expected:
        return found
    later = audit(staged, table.primary_key, after)
    if later.passed:
        return later
    raise SourceBusy(
        f"{table.system}: {table.source.name} changed while it was read, and this source cannot "
        "hold a moment; read it when it is quiet, or allow snapshots there"
    )


def _metadata(table: RawTable) -> dict[str, Any]:
    columns = [
        dg.TableColumn(name=column.name, type=column.type, description=column.comment or None)
        for column in TableQuery(table.source, table.columns).selected
    ]
    return {
        COLUMN_SCHEMA: dg.TableSchema(columns=columns),
        WRITE_MODE: table.write,
        SOURCE_TABLE: table.source.name,
        "source_description": table.source.comment,
        "primary_key": list(table.primary_key),
        **_references(table.source),
    }


def _references(source: TableSchema) -> dict[str, Any]:
    """The foreign keys, a line each: ``CUSTACCOUNT, DATAAREAID -> dbo.CUSTTABLE``."""
    lines = [f"{', '.join(key.columns)} -> {key.schema}.{key.table}" for key in source.foreign_keys]
    return {"foreign_keys": lines} if lines else {}


def _check(table: RawTable) -> dg.AssetCheckSpec:
    totals = f" and sums of {', '.join(table.totals)} equal" if table.totals else " equals"
    return dg.AssetCheckSpec(
        CHECK,
        asset=table.key,
        blocking=True,
        description=f"The row count{totals} the source's at the same read point; "
        f"({', '.join(table.primary_key)}) is unique and never null.",
    )


def _check_result(found: Audit) -> dg.AssetCheckResult:
    """What was found; what only warns stops nothing that follows, although the check blocks."""
    metadata: dict[str, Any] = {"rows": found.rows}
    if found.expected is not None:
        metadata["source_rows"] = found.expected.rows
        metadata |= {f"sum_{name}": str(total) for name, total in found.sums.items()}
    metadata |= {"null_keys": found.null_keys, "duplicate_keys": found.duplicate_keys}
    if found.quarantined_rows is not None:
        metadata["quarantined_rows"] = found.quarantined_rows
    only_warns = found.passed and bool(found.warnings)
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=not (found.findings or found.warnings),
        severity=dg.AssetCheckSeverity.WARN if only_warns else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
        description="; ".join([*found.findings, *found.warnings]),
    )
