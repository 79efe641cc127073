"""Whatever breaks during a load, the lake keeps the old rows, and the next run just works."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from erp_resources.retry import ATTEMPTS
from tests.faults.load_lake import (
    FORBIDDEN,
    SCHEMA,
    TABLE,
    Lake,
    assert_refused,
    failure,
    materialization,
    untouched,
)
from tests.faults.load_source import (
    FETCHED_ALREADY,
    READER,
    ROWS,
    Source,
    declared,
    lake_of,
    source,
    watched,
)

CALL_SECONDS = 1.0
DELAYS_SECONDS = 0.5 + 1.0  # the longest that full jitter can draw between three attempts


@pytest.fixture
def origin() -> Iterator[Source]:
    """A source that works until a test breaks it."""
    with source() as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path, origin: Source) -> Lake:
    """A lake that the table has been loaded into once."""
    lake = lake_of(tmp_path)
    assert lake.load(origin.resource()).success
    assert lake.version() == 0
    origin.server.counters.reset()
    return lake


def assert_loads(lake: Lake, origin: Source) -> None:
    """The next run succeeds on the lake as it is."""
    version = lake.version()
    assert lake.load(origin.resource()).success
    assert lake.version() == (0 if version is None else version + 1)
    assert lake.rows()["ID"].to_list() == list(range(1, ROWS + 1))


# ---- no session, no right ----


def test_a_server_that_is_down_is_tried_again_and_then_named(lake: Lake, origin: Source) -> None:
    origin.stop()
    with untouched(lake):
        result = lake.load(origin.resource())
        assert not result.success
        for part in ("SourceUnavailable", "oracle", f"127.0.0.1:{origin.port}", "listener"):
            assert part in failure(result)
    origin.restart()
    assert_loads(lake, origin)


def test_a_wrong_password_is_refused_once_and_never_tried_again(lake: Lake, origin: Source) -> None:
    with untouched(lake):
        result = lake.load(origin.resource(password="s3cret-wrong"))
        assert not result.success
        assert "LoginRefused: oracle" in failure(result)
        assert READER in failure(result)
        assert "s3cret" not in failure(result)
    counts = origin.server.counters.snapshot()
    assert (counts["logins_refused"], counts["connections"]) == (1, 1)


@pytest.mark.parametrize("table", [FORBIDDEN, "NO_SUCH_TABLE"])
def test_a_table_without_the_right_to_it_names_system_table_user_and_right(
    lake: Lake, origin: Source, table: str
) -> None:
    result = lake.load(origin.resource(), declared(table))
    assert not result.success
    for part in ("TableNotFound: oracle", f"{SCHEMA}.{table}", READER, "SELECT"):
        assert part in failure(result)
    assert not (lake.table.parent / table.lower()).exists()
    assert origin.server.counters["logins"] == 1


def test_a_missing_right_to_the_past_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path)
    with source(may_flashback=False) as origin:
        result = lake.load(origin.resource())
    assert not result.success
    for part in ("AccessDenied: oracle", f"{SCHEMA}.{TABLE}", READER, "FLASHBACK"):
        assert part in failure(result)
    assert lake.version() is None


# ---- broken in mid-fetch ----


def test_a_connection_dropped_in_mid_fetch_is_read_again(lake: Lake, origin: Source) -> None:
    origin.faults.arm("drop", after_rows=FETCHED_ALREADY)
    assert_loads(lake, origin)
    assert origin.server.counters["logins"] == 2
    assert lake.staged() == lake.published()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "drop"}, "ConnectionLost"),
        ({"kind": "error", "at": "fetch", "code": 1555}, "SnapshotTooOld"),
    ],
    ids=["dropped", "too_old"],
)
def test_a_fault_that_stays_ends_the_load_after_three_attempts(
    lake: Lake, origin: Source, fault: dict[str, Any], error: str
) -> None:
    origin.faults.arm(**fault, after_rows=FETCHED_ALREADY, times=None)
    with untouched(lake), watched(origin) as connector:
        result = lake.load(connector)
        assert not result.success
        assert f"{error}: oracle: table '{SCHEMA}.{TABLE}'" in failure(result)
        assert len(connector.points) == ATTEMPTS
    origin.faults.clear()
    assert_loads(lake, origin)


def test_a_first_load_that_fails_leaves_no_table(tmp_path: Path, origin: Source) -> None:
    lake = lake_of(tmp_path)
    origin.faults.arm("drop", after_rows=FETCHED_ALREADY, times=None)
    assert not lake.load(origin.resource()).success
    assert lake.version() is None
    assert not lake.staged()
    origin.faults.clear()
    assert_loads(lake, origin)


def test_a_read_point_that_is_gone_in_mid_fetch_is_replaced_by_a_new_one(
    lake: Lake, origin: Source
) -> None:
    origin.faults.arm("error", at="fetch", after_rows=FETCHED_ALREADY, code=1555)
    with watched(origin, after_point=lambda: origin.write(CHANGE)) as connector:
        result = lake.load(connector)
    assert result.success
    first, second = connector.points
    assert second.value > first.value
    assert materialization(result)["read_point"].value == str(second)
    assert lake.rows().filter(lake.rows()["AMOUNT"].is_null()).height == 1


CHANGE = f"UPDATE {SCHEMA}.{TABLE} SET AMOUNT = NULL WHERE ID = 7"


@pytest.mark.parametrize(
    ("times", "attempts"), [(1, 1), (None, ATTEMPTS)], ids=["once", "for_ever"]
)
def test_a_server_silent_in_mid_fetch_ends_within_the_call_timeout(
    lake: Lake, origin: Source, times: int | None, attempts: int
) -> None:
    origin.faults.arm("hang", after_rows=FETCHED_ALREADY, times=times)
    began = time.monotonic()
    result = lake.load(origin.resource(call_timeout=CALL_SECONDS))
    seconds = time.monotonic() - began
    # A server that does not confirm the cancel holds each call for as long again.
    most = attempts * 2 * CALL_SECONDS + DELAYS_SECONDS
    print(f"silent {attempts} times: {seconds:.2f} s, deadline {most:.2f} s")  # noqa: T201 - figure
    assert seconds < 5 * most
    assert result.success == (times == 1)
    if times is None:
        assert "oracle" in failure(result)
        assert "timed out" in failure(result)
        assert lake.version() == 0
    assert lake.rows().height == ROWS
    assert lake.staged() == lake.published()


def test_after_a_server_was_killed_in_mid_fetch_the_next_run_succeeds(
    lake: Lake, origin: Source
) -> None:
    origin.faults.arm("hang", after_rows=FETCHED_ALREADY)

    def kill_when_it_hangs() -> None:
        while origin.server.counters["fetches"] < FETCHED_ALREADY // 500:
            time.sleep(0.01)
        origin.stop()

    killer = threading.Thread(target=kill_when_it_hangs)
    killer.start()
    with untouched(lake):
        result = lake.load(origin.resource())
        killer.join()
        assert not result.success
        assert "SourceUnavailable" in failure(result)
    origin.restart()
    assert_loads(lake, origin)


# ---- the source answers, but wrongly ----


def test_a_row_that_gets_lost_on_the_way_fails_the_check(lake: Lake, origin: Source) -> None:
    with untouched(lake), watched(origin, loses_a_row=True) as connector:
        result = lake.load(connector)
    finding = (
        f"{ROWS - 1} rows read, the source counts {ROWS}; "
        "AMOUNT sums to 31237.49, the source says 31237.5"
    )
    assert_refused(lake, result, finding, rows=ROWS - 1, source_rows=ROWS)


@pytest.mark.parametrize(
    ("key", "finding", "figures"),
    [
        ("1", "1 rows repeat a primary key", {"duplicate_keys": 1, "null_keys": 0}),
        ("NULL", "1 rows have a null in the primary key", {"duplicate_keys": 0, "null_keys": 1}),
    ],
)
def test_a_key_that_is_repeated_or_null_fails_the_check(
    lake: Lake, origin: Source, key: str, finding: str, figures: dict[str, int]
) -> None:
    origin.write(f"UPDATE {SCHEMA}.{TABLE} SET ID = {key} WHERE ID = 2")
    with untouched(lake):
        result = lake.load(origin.resource())
    assert_refused(lake, result, finding, rows=ROWS, source_rows=ROWS, **figures)
    origin.write(f"DELETE FROM {SCHEMA}.{TABLE} WHERE ID = 1 OR ID IS NULL")
    assert lake.load(origin.resource()).success
