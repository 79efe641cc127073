"""Write, audit, publish: a frame becomes Delta data files first, and visible in one commit last.

``stage`` streams a frame into a small Delta table below the target's own folder; its files are
complete, and no reader of the target sees them. ``Staged.publish`` names those files in one commit
of the target. Between the two the data can be audited, and thrown away without a trace.
"""

import itertools
import json
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from deltalake import Schema, WriterProperties
    from deltalake.transaction import AddAction, CommitProperties

PARTITION_COLUMN = "_partition"
"""Holds the Dagster partition key of a row; Delta's partition column of partitioned assets."""
STAGES_FOLDER = "part"
PREVIEW_ROWS = 10
BATCH_ROWS = 20_000
ROW_GROUP_ROWS = 200_000
"""Rows that the writer holds in memory before it encodes them."""
REPEATS = 10
"""A text column gets a dictionary if each of its values comes up so often in the first rows."""
INEXACT_DIGITS = 15
"""Decimals with more digits get no minimum and maximum: Delta's log keeps those as floats."""
MAX_COMMIT_RETRIES = 100

WriteMode = Literal["overwrite", "append"]


@dataclass(frozen=True)
class Staged:
    """A frame written below ``table``, not yet visible.

    Attributes:
        table: folder of the target Delta table.
        folder: folder of the staged files, below ``table``.
        rows: rows written.
        bytes: size of the data files.
        seconds: time from the first request to the last byte.
        preview: the first rows.
        partitions: partition keys that publishing replaces; ``None`` for the whole table.
    """

    table: Path
    folder: Path
    schema: "Schema"
    actions: "list[AddAction]"
    rows: int
    bytes: int
    seconds: float
    preview: "pl.DataFrame"
    partitions: tuple[str, ...] | None = None

    def scan(self) -> "pl.LazyFrame":
        """The staged rows, for an audit."""
        import polars as pl

        return pl.scan_delta(str(self.folder))

    def discard(self) -> None:
        """Remove the staged files; the target never knew them."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def discarded_on_error(self) -> Iterator[None]:
        """Discard the staged files if the block fails."""
        try:
            yield
        except BaseException:
            self.discard()
            raise

    def publish(
        self,
        mode: WriteMode = "overwrite",
        application: str | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> int:
        """Make the rows visible in one commit; the version of the target that shows them.

        Args:
            application: names this load; a second ``append`` under the same name changes nothing.
            properties: what the commit records about itself, e.g. the run.
        """
        from deltalake import DeltaTable

        try:
            if not DeltaTable.is_deltatable(str(self.table)):
                self._create(_commit(application, properties))
            elif mode == "append" and self._is_published(application):
                self.discard()
            else:
                self._commit(mode, _commit(application, properties))
        except BaseException:
            if not self._is_visible():  # an interrupt may come after the commit
                self.discard()
            raise
        shutil.rmtree(self.folder / "_delta_log", ignore_errors=True)
        return DeltaTable(str(self.table)).version()

    def _create(self, commit: "CommitProperties") -> None:
        from deltalake.transaction import create_table_with_add_actions

        create_table_with_add_actions(
            str(self.table),
            self.schema,
            self.actions,
            partition_by=self._partition_by(),
            commit_properties=commit,
        )

    def _commit(self, mode: WriteMode, commit: "CommitProperties") -> None:
        from deltalake import DeltaTable

        DeltaTable(str(self.table)).create_write_transaction(
            list(self.actions),
            mode,
            self.schema,
            partition_by=self._partition_by(),
            partition_filters=self._replaced() if mode == "overwrite" else None,
            commit_properties=commit,
        )

    def _is_visible(self) -> bool:
        """Whether the target names one of our files: then they must stay."""
        from deltalake import DeltaTable

        if not DeltaTable.is_deltatable(str(self.table)):
            return False
        return any(self.folder.name in uri for uri in DeltaTable(str(self.table)).file_uris())

    def _is_published(self, application: str | None) -> bool:
        """Whether a load of that name was committed; delta-rs itself would commit it twice."""
        from deltalake import DeltaTable

        table = DeltaTable(str(self.table))
        return application is not None and table.transaction_version(application) is not None

    def _partition_by(self) -> list[str] | None:
        return None if self.partitions is None else [PARTITION_COLUMN]

    def _replaced(self) -> list[tuple[str, str, Any]] | None:
        if self.partitions is None:
            return None
        return [(PARTITION_COLUMN, "in", list(self.partitions))]


def _commit(application: str | None, properties: Mapping[str, str] | None) -> "CommitProperties":
    from deltalake.transaction import CommitProperties, Transaction

    return CommitProperties(
        custom_metadata=dict(properties or {}),
        max_commit_retries=MAX_COMMIT_RETRIES,
        app_transactions=[Transaction(application, 1)] if application else None,
    )


def stage(frame: "pl.LazyFrame", table: Path, partitions: tuple[str, ...] | None = None) -> Staged:
    """Stream ``frame`` into data files below ``table``; memory does not grow with its rows.

    Args:
        partitions: keys that ``_partition`` may hold; the frame must have that column.

    Raises:
        Whatever the frame's source raises, unchanged; nothing stays on disk then.
    """
    from deltalake import DeltaTable, write_deltalake

    began = time.perf_counter()
    folder = table / STAGES_FOLDER / uuid.uuid4().hex
    stream = _Stream(frame)
    try:
        stream.begin()
        write_deltalake(
            str(folder),
            stream.reader(),
            partition_by=None if partitions is None else [PARTITION_COLUMN],
            writer_properties=_writer_properties(stream.repetitive_texts()),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if stream.error is not None:  # delta-rs has turned it into a text
            raise stream.error from None
        raise
    staged = DeltaTable(str(folder))
    actions = list(_add_actions(folder, _inexact_columns(stream.schema)))
    return Staged(
        table=table,
        folder=folder,
        schema=staged.schema(),
        actions=actions,
        rows=stream.rows,
        bytes=sum(action.size for action in actions),
        seconds=time.perf_counter() - began,
        preview=stream.preview(),
        partitions=partitions,
    )


def _writer_properties(repetitive: Collection[str]) -> "WriterProperties":
    """How Parquet is written: compressed, and dictionaries only where values repeat.

    Elsewhere a dictionary doubles the writer's work, and its file is larger.
    """
    from deltalake import ColumnProperties, WriterProperties

    repeated = ColumnProperties(dictionary_enabled=True)
    return WriterProperties(
        compression="ZSTD",
        compression_level=1,
        max_row_group_size=ROW_GROUP_ROWS,
        default_column_properties=ColumnProperties(dictionary_enabled=False),
        column_properties=dict.fromkeys(repetitive, repeated) or None,
    )


@dataclass
class _Stream:
    """A lazy frame as Arrow batches that are counted, and sampled, on their way."""

    frame: "pl.LazyFrame"
    schema: "pa.Schema" = field(init=False)
    rows: int = 0
    error: BaseException | None = None
    first: "list[pl.DataFrame]" = field(default_factory=list)
    _frames: "Iterator[pl.DataFrame]" = field(init=False)

    def __post_init__(self) -> None:
        empty = self.frame.collect_schema().to_frame()
        self.first.append(empty)
        self.schema = _arrow(empty).schema

    def begin(self) -> None:
        """Ask the source for the first rows."""
        self._frames = iter(self.frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=False))
        self.first += itertools.islice(self._frames, 1)

    def repetitive_texts(self) -> list[str]:
        """Text columns whose values repeat in the first rows."""
        from polars.selectors import string

        sample = self.first[-1].select(string())
        return [text.name for text in sample if text.n_unique() * REPEATS <= sample.height]

    def reader(self) -> "pa.RecordBatchReader":
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def preview(self) -> "pl.DataFrame":
        import polars as pl

        return pl.concat(self.first).head(PREVIEW_ROWS)

    def _batches(self) -> "Iterator[pa.RecordBatch]":
        begun, self.first = self.first[1:], self.first[:1]
        try:
            for batch in itertools.chain(begun, self._frames):
                if self.rows < PREVIEW_ROWS:
                    self.first.append(batch.head(PREVIEW_ROWS))
                self.rows += batch.height
                yield from _arrow(batch).cast(self.schema).to_batches()
        except BaseException as error:
            self.error = error
            raise


def _arrow(frame: "pl.DataFrame") -> "pa.Table":
    """The frame in Polars' own layout; older ones would have each text copied."""
    import polars as pl

    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _inexact_columns(schema: "pa.Schema") -> set[str]:
    from pyarrow.types import is_decimal

    return {
        field.name
        for field in schema
        if is_decimal(field.type) and field.type.precision > INEXACT_DIGITS
    }


def _add_actions(folder: Path, inexact: set[str]) -> "Iterator[AddAction]":
    """The data files of a staged table, as the target's log must name them."""
    from deltalake.transaction import AddAction

    log = folder / "_delta_log" / f"{0:020}.json"
    for line in log.read_text().splitlines():
        add = json.loads(line).get("add")
        if add is not None:
            yield AddAction(
                path=f"{STAGES_FOLDER}/{folder.name}/{unquote(add['path'])}",  # quoted once more
                size=add["size"],
                partition_values=add["partitionValues"],
                modification_time=add["modificationTime"],
                data_change=True,
                stats=_exact_stats(add["stats"], inexact),
            )


def _exact_stats(stats: str, inexact: set[str]) -> str:
    """File statistics without bounds that a float cannot hold: a reader may skip files by them."""
    facts = json.loads(stats)
    for bound in ("minValues", "maxValues"):
        facts[bound] = {k: v for k, v in facts.get(bound, {}).items() if k not in inexact}
    return json.dumps(facts)
