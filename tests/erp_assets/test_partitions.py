"""A table loaded by months: which rows a run reads, and which rows no month holds."""

from datetime import datetime

import dagster as dg
import polars as pl

from erp_assets.components.partitions import MonthlyLoad
from erp_resources.connector import Filter
from erp_resources.lake.staging import PARTITION_COLUMN

MONTHS = MonthlyLoad(column="POSTED_ON", start="2024-01", end="2024-04")


def test_the_keys_are_first_days_from_the_first_month_to_the_one_before_the_end() -> None:
    assert MONTHS.definition().get_partition_keys() == ["2024-01-01", "2024-02-01", "2024-03-01"]


def test_without_an_end_the_running_month_is_the_last() -> None:
    keys = MonthlyLoad(column="D", start="2024-01").definition().get_partition_keys()
    assert keys[-1] == f"{datetime.now():%Y-%m}-01"  # noqa: DTZ005 - of this machine's calendar


def test_a_run_reads_the_half_open_interval_of_its_months() -> None:
    window = MONTHS.definition().time_window_for_partition_key("2024-02-01")
    assert MONTHS.filters(window) == (
        Filter("POSTED_ON", ">=", datetime(2024, 2, 1)),
        Filter("POSTED_ON", "<", datetime(2024, 3, 1)),
    )


def test_each_row_carries_the_key_of_its_month() -> None:
    frame = pl.LazyFrame({"POSTED_ON": [datetime(2024, 1, 31, 23, 59, 59), datetime(2024, 2, 1)]})
    keys = MONTHS.keyed(frame).collect()[PARTITION_COLUMN].to_list()
    assert keys == ["2024-01-01", "2024-02-01"]


def test_rows_without_a_month_are_those_without_date_too_old_or_too_new() -> None:
    assert MONTHS.outside() == [
        (Filter("POSTED_ON", "is null"),),
        (Filter("POSTED_ON", "<", datetime(2024, 1, 1)),),
        (Filter("POSTED_ON", ">=", datetime(2024, 4, 1)),),
    ]


def test_the_last_partition_ends_where_the_window_of_all_ends() -> None:
    definition = MONTHS.definition()
    windows = [definition.time_window_for_partition_key(k) for k in definition.get_partition_keys()]
    assert all(isinstance(window, dg.TimeWindow) for window in windows)
    assert [a.end for a in windows[:-1]] == [b.start for b in windows[1:]]
