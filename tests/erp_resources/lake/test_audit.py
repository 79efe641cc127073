"""What is staged is compared with the source before anybody can read it."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from erp_resources.connector import REFUSED_COLUMN, ControlTotals
from erp_resources.lake import audit as audit_module
from erp_resources.lake.audit import audit
from erp_resources.lake.staging import PARTITION_COLUMN, Staged, stage

ROWS = {"id": [1, 2, 3], "line": [1, 1, 1], "amount": ["0.10", "0.20", "-0.05"]}


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    frame = pl.LazyFrame(ROWS).with_columns(pl.col("amount").cast(pl.Decimal(38, 2)))
    return stage(frame, tmp_path / "t")


def test_equal_rows_and_sums_pass(staged: Staged) -> None:
    found = audit(staged, ["id"], ControlTotals(3, {"amount": Decimal("0.25")}))
    assert found.passed
    assert found.findings == []


def test_a_missing_row_is_found(staged: Staged) -> None:
    found = audit(staged, ["id"], ControlTotals(4))
    assert found.findings == ["3 rows read, the source counts 4"]


def test_a_sum_that_differs_by_a_cent_is_found(staged: Staged) -> None:
    found = audit(staged, ["id"], ControlTotals(3, {"amount": Decimal("0.26")}))
    assert found.findings == ["amount sums to 0.25, the source says 0.26"]


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_a_repeated_key_is_found_in_any_number_of_shares(
    staged: Staged, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(audit_module, "KEYS_AT_ONCE", at_once)
    assert audit(staged, ["line"]).duplicate_keys == 2
    assert audit(staged, ["id", "line"]).duplicate_keys == 0


def test_keys_whose_hashes_collide_are_told_apart(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pl.Expr, "hash", lambda key: key.is_null().cast(pl.UInt64))
    assert audit(staged, ["id"]).duplicate_keys == 0


def test_a_null_in_any_part_of_the_key_is_found(tmp_path: Path) -> None:
    frame = pl.LazyFrame({"a": [1, None, 3], "b": ["x", "y", None]})
    assert audit(stage(frame, tmp_path / "t"), ["a", "b"]).null_keys == 2


def test_no_rows_and_no_totals_pass(tmp_path: Path) -> None:
    frame = pl.LazyFrame({"id": []}, schema={"id": pl.Int64})
    assert audit(stage(frame, tmp_path / "t"), ["id"], ControlTotals(0)).passed


def test_rows_with_refused_cells_are_counted_and_are_no_finding(tmp_path: Path) -> None:
    frame = pl.LazyFrame({"id": [1, 2, 3], REFUSED_COLUMN: ['{"a": "*"}', None, '{"a": "*"}']})
    found = audit(stage(frame, tmp_path / "t"), ["id"], ControlTotals(3))
    assert found.passed
    assert found.quarantined_rows == 2
    assert found.warnings[0].startswith("2 rows hold cells that are no value")


def test_rows_that_could_not_hold_refused_cells_have_none_to_count(staged: Staged) -> None:
    found = audit(staged, ["id"])
    assert found.quarantined_rows is None
    assert not found.warnings


def test_a_row_of_no_partition_of_the_load_is_found(tmp_path: Path) -> None:
    months = ["2024-01-01", None, "2024-02-01", "2024-03-01"]
    frame = pl.LazyFrame({"id": range(4), PARTITION_COLUMN: months})
    found = audit(stage(frame, tmp_path / "t", ("2024-01-01", "2024-02-01")), ["id"])
    assert found.findings == ["2 rows belong to no partition of this load"]
