"""Whatever breaks while SQL Server is read, by either driver: each row lands once, or none does."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from erp_resources.odbc.reader import OdbcConnector
from erp_resources.retry import ATTEMPTS
from erp_resources.sandbox.faults import FaultName
from erp_resources.sqlserver.connection import find_driver, is_freetds
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sqlserver.conftest import driver_named
from tests.faults.load_lake import (
    FORBIDDEN,
    SCHEMA,
    TABLE,
    Lake,
    Watched,
    assert_refused,
    failure,
    materialization,
    untouched,
)
from tests.faults.sqlserver_source import (
    FETCHED_ALREADY,
    PASSWORD,
    READER,
    ROWS,
    SYSTEM,
    Source,
    declared,
    lake_of,
    source,
)

NAME = f"{SCHEMA}.{TABLE}"
CALL_SECONDS = 2.0
DELAYS_SECONDS = 0.5 + 1.0  # the longest that full jitter can draw between three attempts
CONNECTIONS = 2
"""Of a session: one for Arrow, one for what is asked row by row."""
AT_THE_SCAN = ("deadlock", "disk-full")
IN_MID_FETCH = ("drop", "hang", "fetch-error", "snapshot-too-old")
MEANINGS = {
    "drop": ("ConnectionLost", "read again on a new session"),
    "deadlock": ("SourceBusy", "the deadlock's victim; read again"),
    "disk-full": ("SourceBusy", "free some or let its files grow"),
    "fetch-error": ("SourceBusy", "try again later"),
    "snapshot-too-old": ("SnapshotTooOld", "from a new snapshot"),
}
"""Class and remedy of each fault."""
HIDDEN_BY_FREETDS = ("fetch-error", "snapshot-too-old")
BROKEN_OFF = ("SourceBusy", "read again; another driver may say why")
DEADLOCK = 1205


@pytest.fixture(params=["microsoft", "freetds"])
def origin(request: pytest.FixtureRequest) -> Iterator[Source]:
    """A source that works until a test breaks it, read by each driver in its turn."""
    with source(driver_named(request.param)) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path, origin: Source) -> Lake:
    """A lake that the table has been loaded into once."""
    lake = lake_of(tmp_path)
    assert lake.load(origin.resource()).success
    assert lake.version() == 0
    origin.server.counters.reset()
    return lake


def breaking(origin: Source, name: FaultName, times: int = ATTEMPTS) -> Callable[[], None]:
    """Arms a fault each time that the source has counted, so that it meets the scan after that."""
    after_rows = FETCHED_ALREADY if name in IN_MID_FETCH else 0
    left = [name] * times

    def arm() -> None:
        if left:
            origin.faults.arm_named(left.pop(), after_rows=after_rows)

    return arm


def meaning(origin: Source, name: FaultName) -> tuple[str, str]:
    """Class and remedy of a fault, as far as the driver tells."""
    if name in HIDDEN_BY_FREETDS and is_freetds(find_driver(origin.driver, SYSTEM)):
        return BROKEN_OFF
    return MEANINGS[name]


def assert_landed_once(lake: Lake, version: int) -> None:
    """Each row of the source, once, as the one new version."""
    assert lake.version() == version
    assert lake.rows()["ID"].to_list() == list(range(1, ROWS + 1))
    assert lake.staged() == lake.published()


def assert_no_session_is_lost(connector: OdbcConnector, origin: Source) -> None:
    """The pool has its one session back, and the server knows no others.

    A session whose call hung is closed when that call is over and its error is forgotten.
    """
    origin.faults.clear()
    connector.ping()

    def is_settled() -> bool:
        stats = connector.pool.stats()
        pool = (stats["pool_in_use"], stats["pool_hanging"], stats["pool_available"])
        if pool == (0, 0, 1) and len(origin.server.sessions) <= CONNECTIONS:
            return True
        time.sleep(0.2)  # while the garbage is collected, which takes seconds, no thread goes on
        gc.collect()
        return False

    assert eventually(is_settled)


@pytest.mark.parametrize("name", [*AT_THE_SCAN, *IN_MID_FETCH])
def test_a_fault_in_mid_load_is_read_again_and_lands_once(
    lake: Lake, origin: Source, name: FaultName
) -> None:
    patience = CALL_SECONDS if name == "hang" else 20.0
    with origin.resource(call_timeout=patience).connector() as connector:
        watched = Watched(connector, after_totals=breaking(origin, name, times=1))
        result = lake.load(watched)
        assert result.success
        assert len(watched.points) == 2
        assert materialization(result)["read_point"].value == str(watched.points[1])
        assert_landed_once(lake, version=1)
        assert_no_session_is_lost(connector, origin)


def test_a_deadlock_in_mid_result_is_read_again_and_lands_once(lake: Lake, origin: Source) -> None:
    left = [DEADLOCK]

    def arm() -> None:
        if left:
            origin.faults.arm("error", at="fetch", after_rows=FETCHED_ALREADY, code=left.pop())

    with origin.resource().connector() as connector:
        watched = Watched(connector, after_totals=arm)
        assert lake.load(watched).success
    assert len(watched.points) == 2
    assert_landed_once(lake, version=1)


@pytest.mark.parametrize("name", MEANINGS)
def test_a_fault_that_stays_ends_the_load_after_three_attempts(
    lake: Lake, origin: Source, name: FaultName
) -> None:
    error, remedy = meaning(origin, name)
    with origin.resource().connector() as connector:
        watched = Watched(connector, after_totals=breaking(origin, name))
        with untouched(lake):
            result = lake.load(watched)
        assert not result.success
        for part in (f"{error}: {SYSTEM}: table '{NAME}'", remedy):
            assert part in failure(result)
        assert len(watched.points) == ATTEMPTS
        assert_no_session_is_lost(connector, origin)
        assert lake.load(connector).success
    assert_landed_once(lake, version=1)


def test_a_server_silent_for_ever_ends_within_the_call_timeouts(lake: Lake, origin: Source) -> None:
    with origin.resource(call_timeout=CALL_SECONDS).connector() as connector, untouched(lake):
        began = time.monotonic()
        result = lake.load(Watched(connector, after_totals=breaking(origin, "hang")))
        seconds = time.monotonic() - began
        most = ATTEMPTS * CALL_SECONDS + DELAYS_SECONDS
        print(f"silent for ever: {seconds:.2f} s, deadline {most:.2f} s")  # noqa: T201 - figure
        assert seconds < 5 * most
        assert not result.success
        for part in (f"DeadlineExceeded: {SYSTEM}: {NAME}", "no answer within"):
            assert part in failure(result)
        del result  # it keeps the error
        assert_no_session_is_lost(connector, origin)


def test_a_first_load_that_fails_leaves_no_table(tmp_path: Path, origin: Source) -> None:
    lake = lake_of(tmp_path)
    with origin.resource().connector() as connector:
        assert not lake.load(Watched(connector, after_totals=breaking(origin, "drop"))).success
    assert lake.version() is None
    assert not lake.staged()
    assert lake.load(origin.resource()).success
    assert_landed_once(lake, version=0)


def test_a_moment_that_is_gone_is_replaced_by_a_new_one(lake: Lake, origin: Source) -> None:
    """Rows that change between the attempts are those of the second moment."""
    arm = breaking(origin, "drop", times=1)

    def change_and_break() -> None:
        origin.write(f"UPDATE {NAME} SET AMOUNT = NULL WHERE ID = 7")
        arm()

    with origin.resource().connector() as connector:
        watched = Watched(connector, after_totals=change_and_break)
        assert lake.load(watched).success
    first, second = watched.points
    assert second.value > first.value
    assert lake.rows().filter(lake.rows()["AMOUNT"].is_null())["ID"].to_list() == [7]


# ---- no session, no right, no hope ----


def test_a_login_refused_in_mid_load_is_tried_once(lake: Lake, origin: Source) -> None:
    drop, refuse = breaking(origin, "drop"), breaking(origin, "login-refused")

    def drop_and_refuse() -> None:
        drop()
        refuse()

    with origin.resource().connector() as connector, untouched(lake):
        result = lake.load(Watched(connector, after_totals=drop_and_refuse))
        assert not result.success
        for part in (f"LoginRefused: {SYSTEM}", READER, "it is not tried again"):
            assert part in failure(result)
    assert origin.server.counters["logins_refused"] == 1


def test_a_wrong_password_is_refused_once_and_shown_nowhere(lake: Lake, origin: Source) -> None:
    with untouched(lake):
        result = lake.load(origin.resource(password="s3cret-wrong"))
    assert not result.success
    for part in (f"LoginRefused: {SYSTEM}", READER, "not tried again"):
        assert part in failure(result)
    assert "s3cret" in PASSWORD
    assert "s3cret" not in failure(result)
    counts = origin.server.counters.snapshot()
    assert (counts["logins_refused"], counts.get("logins", 0)) == (1, 0)


@pytest.mark.parametrize(
    ("table", "error"), [(FORBIDDEN, "AccessDenied"), ("NO_SUCH_TABLE", "TableNotFound")]
)
def test_a_table_without_the_right_to_it_names_system_table_user_and_right(
    lake: Lake, origin: Source, table: str, error: str
) -> None:
    result = lake.load(origin.resource(), declared(table))
    assert not result.success
    for part in (f"{error}: {SYSTEM}", f"{SCHEMA}.{table}", READER, "SELECT"):
        assert part in failure(result)
    assert not (lake.table.parent / table.lower()).exists()
    assert origin.server.counters["logins"] == CONNECTIONS


@pytest.mark.parametrize(
    ("code", "error", "remedy"),
    [
        (229, "AccessDenied", "grant the account"),
        (8115, "ValueDoesNotFit", "leave its column out"),
        (3952, "SettingsError", "SET ALLOW_SNAPSHOT_ISOLATION ON"),
        (59999, "InvalidQuery", "correct the statement"),
    ],
)
def test_what_a_person_must_change_is_tried_once_and_says_what(
    lake: Lake, origin: Source, code: int, error: str, remedy: str
) -> None:
    def arm() -> None:
        origin.faults.arm("error", at="execute", code=code, text="as the server puts it")

    with origin.resource().connector() as connector, untouched(lake):
        watched = Watched(connector, after_totals=arm)
        result = lake.load(watched)
        assert not result.success
        for part in (f"{error}: {SYSTEM}: table '{NAME}'", "as the server puts it", remedy):
            assert part in failure(result)
        assert len(watched.points) == 1
        assert_no_session_is_lost(connector, origin)


# ---- the source answers, but wrongly ----


def test_a_row_that_gets_lost_on_the_way_fails_the_check(lake: Lake, origin: Source) -> None:
    with origin.resource().connector() as connector, untouched(lake):
        result = lake.load(Watched(connector, loses_a_row=True))
    finding = (
        f"{ROWS - 1} rows read, the source counts {ROWS}; "
        "AMOUNT sums to 3124874.99, the source says 3124875.00"
    )
    assert_refused(lake, result, finding, rows=ROWS - 1, source_rows=ROWS)
