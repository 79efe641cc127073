"""A frame is written first, and visible in one commit last."""

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.io.plugins import register_io_source
from polars.testing import assert_frame_equal

from erp_resources.errors import ConnectionLost
from erp_resources.lake.staging import PARTITION_COLUMN, Staged, stage

FRAME = pl.LazyFrame({"id": [1, 2, 3], "name": ["Ä", None, "O'Brien"]})


def read(table: Path) -> pl.DataFrame:
    return pl.scan_delta(str(table)).collect().sort(pl.first())


def dies_after(batches: int, error: Exception) -> pl.LazyFrame:
    """A source that hands over some batches and then fails."""
    batch = FRAME.collect()

    def read_batches(*_: object) -> "object":
        for _number in range(batches):
            yield batch
        raise error

    return register_io_source(read_batches, schema=batch.schema)  # type: ignore[arg-type]


def partitioned(rows: dict[str, list[int]], table: Path) -> Staged:
    keys = [key for key, values in rows.items() for _ in values]
    frame = pl.LazyFrame(
        {"id": [i for values in rows.values() for i in values], PARTITION_COLUMN: keys},
        schema={"id": pl.Int64, PARTITION_COLUMN: pl.String},
    )
    return stage(frame, table, tuple(rows))


def test_a_staged_frame_is_invisible_until_it_is_published(tmp_path: Path) -> None:
    table = tmp_path / "t"
    staged = stage(FRAME, table)
    assert not DeltaTable.is_deltatable(str(table))
    assert staged.publish() == 0
    assert_frame_equal(read(table), FRAME.collect())


def test_publishing_replaces_all_rows_in_one_version(tmp_path: Path) -> None:
    table = tmp_path / "t"
    stage(FRAME, table).publish()
    version = stage(FRAME.head(1), table).publish()
    assert version == 1
    assert_frame_equal(read(table), FRAME.head(1).collect())
    assert pl.scan_delta(str(table), version=0).collect().height == 3


def test_rows_bytes_and_preview_are_counted_on_the_way(tmp_path: Path) -> None:
    staged = stage(pl.LazyFrame({"id": range(1000)}), tmp_path / "t")
    assert staged.rows == 1000
    assert staged.bytes == sum(p.stat().st_size for p in staged.folder.rglob("*.parquet"))
    assert staged.preview["id"].to_list() == list(range(10))


def test_an_empty_frame_makes_an_empty_table(tmp_path: Path) -> None:
    staged = stage(FRAME.head(0), tmp_path / "t")
    staged.publish()
    assert staged.rows == 0
    assert read(tmp_path / "t").schema == FRAME.collect_schema()


@pytest.mark.parametrize("batches", [0, 1, 40])
def test_a_source_that_dies_leaves_the_old_version_and_its_own_error(
    tmp_path: Path, batches: int
) -> None:
    table = tmp_path / "t"
    stage(FRAME, table).publish()
    error = ConnectionLost("sap: the session is closed")
    with pytest.raises(ConnectionLost) as raised:
        stage(dies_after(batches, error), table)
    assert raised.value is error
    assert_frame_equal(read(table), FRAME.collect())
    assert len(list((table / "part").iterdir())) == 1


def test_a_discarded_stage_leaves_nothing(tmp_path: Path) -> None:
    staged = stage(FRAME, tmp_path / "t")
    staged.discard()
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_stage_whose_audit_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    staged = stage(FRAME, tmp_path / "t")
    with pytest.raises(MemoryError), staged.discarded_on_error():
        raise MemoryError
    assert not list(tmp_path.rglob("*.parquet"))


def test_publishing_a_partition_leaves_the_others(tmp_path: Path) -> None:
    table = tmp_path / "t"
    partitioned({"2024-01-01": [1, 2], "2024-02-01": [3]}, table).publish()
    partitioned({"2024-02-01": [30, 31]}, table).publish()
    assert read(table)["id"].to_list() == [1, 2, 30, 31]


def test_a_partition_that_became_empty_is_emptied(tmp_path: Path) -> None:
    table = tmp_path / "t"
    partitioned({"2024-01-01": [1], "2024-02-01": [2]}, table).publish()
    partitioned({"2024-02-01": []}, table).publish()
    assert read(table)["id"].to_list() == [1]


@pytest.mark.parametrize("key", ["C' OR '1'='1", "O'Brien", "a/b", "..", "100%", "x=y", "ü z"])
def test_a_hostile_partition_key_replaces_only_its_own_rows(tmp_path: Path, key: str) -> None:
    table = tmp_path / "t"
    partitioned({"other": [1], key: [2]}, table).publish()
    partitioned({key: [3]}, table).publish()
    assert read(table)["id"].to_list() == [1, 3]
    assert {path.name for path in tmp_path.iterdir()} == {"t"}


def test_an_append_under_the_same_name_is_published_once(tmp_path: Path) -> None:
    table = tmp_path / "t"
    for _ in range(3):
        stage(FRAME, table).publish("append", application="orders@run-1")
    stage(FRAME, table).publish("append", application="orders@run-2")
    assert read(table).height == 6


@pytest.mark.parametrize("is_late", [False, True])
def test_an_interrupt_around_the_commit_leaves_the_old_rows_or_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_late: bool
) -> None:
    table = tmp_path / "t"
    stage(FRAME, table).publish()
    commit = Staged._commit

    def interrupted(staged: Staged, *arguments: Any) -> None:
        if is_late:
            commit(staged, *arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(Staged, "_commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stage(FRAME.head(1), table).publish()
    assert read(table).height == (1 if is_late else 3)


def test_a_new_column_replaces_the_schema(tmp_path: Path) -> None:
    table = tmp_path / "t"
    stage(FRAME, table).publish()
    stage(FRAME.with_columns(extra=pl.lit(1)), table).publish()
    assert read(table).columns == ["id", "name", "extra"]


def test_wide_decimals_have_no_bounds_in_the_log_that_a_float_would_blur(tmp_path: Path) -> None:
    value = Decimal("12345678901234567890.123456789")
    frame = pl.LazyFrame({"n": [value]}, schema={"n": pl.Decimal(38, 9)})
    stage(frame, tmp_path / "t").publish()
    actions = pl.DataFrame(DeltaTable(str(tmp_path / "t")).get_add_actions(flatten=True))
    assert "min.n" not in actions.columns or actions["min.n"].null_count() == 1
    found = pl.scan_delta(str(tmp_path / "t")).filter(pl.col("n") >= value).collect()
    assert found["n"].to_list() == [value]


def test_of_eight_writers_of_eight_partitions_all_land(tmp_path: Path) -> None:
    table = tmp_path / "t"
    partitioned({"first": [0]}, table).publish()
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            partitioned({f"p{number}": [number]}, table).publish()
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert read(table)["id"].to_list() == list(range(9))
