"""A page that failed is read again by itself: on another connection, smaller if it was too much."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import structlog

from erp_resources import deadline
from erp_resources.connector import TableQuery
from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    LoginRefused,
    SourceBusy,
    SourceUnavailable,
    TransientError,
)
from erp_resources.lake.staging import stage
from erp_resources.pool import PoolSettings
from erp_resources.retry import ATTEMPTS
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sap.connection import SapSession
from erp_resources.sap.reader import SapConnector
from erp_resources.sap.rows import FEWEST_ROWS, Learned, TableRead
from erp_resources.sap.types import fetched
from tests.erp_resources.sap.systems import SapSystem, running
from tests.erp_resources.sap.test_sap_parallel import assert_complete, read

PAGE_ROWS = 200
READS = "RFC_READ_TABLE"

FAULTS: dict[str, Callable[[Faults, int | None], None]] = {
    "a dump for want of time": lambda f, n: f.arm_named("fetch-error", times=n),
    "a dump for want of memory": lambda f, n: f.arm_named("disk-full", times=n),
    "no answer in time": lambda f, n: f.arm("hang", times=n, seconds=30.0),
    "a connection that drops": lambda f, n: f.arm("drop", times=n),
}
TOO_MUCH = [name for name in FAULTS if "drops" not in name]


@pytest.fixture
def system(company: Database) -> Iterator[SapSystem]:
    with running(company) as running_system:
        yield running_system


@pytest.fixture
def connector(system: SapSystem) -> Iterator[SapConnector]:
    settings = {"page_rows": PAGE_ROWS, "connections": 1, "call_timeout": 3.0}
    with system.resource(**settings).connector() as connector:
        assert_complete(connector, read(connector))  # what is asked once is known by now
        yield connector


def pages(connector: SapConnector, after_first: Callable[[], None]) -> list[int]:
    """Rows of each page of VBAP; ``after_first`` happens before the second."""
    query = TableQuery(connector.describe("SAP", "VBAP"), ("VBELN", "POSNR"))
    columns = [fetched(column, connector.settings.policies) for column in query.selected]
    with connector.pool.connection() as session:
        table = TableRead(connector.repository, session, connector.settings, query, [], columns)
        found = table.tables()
        rows = [next(found).num_rows]
        after_first()
        return rows + [each.num_rows for each in found]


def test_a_dropped_connection_costs_one_page(system: SapSystem, connector: SapConnector) -> None:
    undisturbed = pages(connector, lambda: None)
    before = []

    def drop() -> None:
        before.append(system.calls(READS))
        system.faults.arm("drop")

    assert pages(connector, drop) == undisturbed
    behind_the_first = len(undisturbed) - 1
    assert system.calls(READS) - before[0] == behind_the_first + 1
    assert_complete(connector, read(connector))


@pytest.mark.parametrize("fault", TOO_MUCH)
def test_a_page_that_is_too_much_and_those_behind_it_are_halved(
    system: SapSystem, connector: SapConnector, fault: str
) -> None:
    undisturbed = pages(connector, lambda: None)
    halved = pages(connector, lambda: FAULTS[fault](system.faults, 1))
    assert sum(halved) == sum(undisturbed)
    assert halved[0] == PAGE_ROWS
    assert set(halved[1:-1]) == {PAGE_ROWS // 2}


def test_a_page_that_lost_a_deadlock_is_read_again_as_it_was(
    system: SapSystem, connector: SapConnector
) -> None:
    undisturbed = pages(connector, lambda: None)
    assert pages(connector, lambda: system.faults.arm_named("deadlock")) == undisturbed


def test_a_retry_is_logged_with_the_run_that_it_is_for(
    system: SapSystem, connector: SapConnector
) -> None:
    query = TableQuery(connector.describe("SAP", "T001"))
    with structlog.contextvars.bound_contextvars(run="r1"):
        frame = connector.scan(query)
    system.faults.arm("drop")
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        frame.collect()
    assert [line["run"] for line in lines if line["event"] == "retry"] == ["r1"]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_row_comes_once_whatever_happened_to_a_page(
    system: SapSystem, connector: SapConnector, fault: str
) -> None:
    query = TableQuery(connector.describe("SAP", "VBAP"))
    FAULTS[fault](system.faults, ATTEMPTS - 1)
    with structlog.testing.capture_logs() as lines:
        assert_complete(connector, connector.scan(query).collect())
    assert [line["attempt"] for line in lines if line["event"] == "retry"] == [1, 2]


@pytest.mark.parametrize(
    ("fault", "kind"),
    list(zip(FAULTS, [SourceBusy, SourceBusy, DeadlineExceeded, ConnectionLost], strict=True)),
)
def test_a_page_that_always_fails_is_given_up(
    system: SapSystem,
    connector: SapConnector,
    fault: str,
    kind: type[TransientError],
    tmp_path: Path,
) -> None:
    query = TableQuery(connector.describe("SAP", "VBAP"))
    before = system.calls(READS)
    FAULTS[fault](system.faults, None)
    with pytest.raises(kind) as raised:
        stage(connector.scan(query), tmp_path / "vbap")
    assert raised.value.given_up, "whoever loads the table does not try again"
    assert system.calls(READS) - before <= ATTEMPTS


def test_pages_that_fail_at_the_same_time_are_halved_once() -> None:
    learned = Learned()
    for _ in range(3):
        learned.too_much(PAGE_ROWS)
    assert learned.most_rows == PAGE_ROWS // 2
    for rows in (PAGE_ROWS // 2, 5, 2):
        learned.too_much(rows)
    assert learned.most_rows == FEWEST_ROWS


def test_currencies_of_another_table_are_asked_for_in_halved_pages_from_then_on(
    system: SapSystem, connector: SapConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    original = SapSession.read_lines

    def read_lines(self: SapSession, name: str, parameters: Any, *others: Any, **named: Any) -> Any:
        if parameters["QUERY_TABLE"] == "VBRK":
            asked.append(parameters["ROWCOUNT"])
            if len(asked) == 1:
                system.faults.arm_named("disk-full")
        return original(self, name, parameters, *others, **named)

    monkeypatch.setattr(SapSession, "read_lines", read_lines)
    assert_complete(connector, read(connector, "VBRP"), "VBRP")
    assert asked[0] == PAGE_ROWS
    assert set(asked[1:]) == {PAGE_ROWS // 2}
    assert len(asked) > ATTEMPTS


@pytest.mark.parametrize("fault", ["drop", "error"])
def test_what_is_asked_once_is_asked_again_if_that_fails(
    system: SapSystem, connector: SapConnector, fault: Literal["drop", "error"]
) -> None:
    repository = connector.repository
    with connector.pool.connection() as session:
        repository.functions(session)
        system.faults.arm(fault, at="execute", code=3, text="TIME_OUT: x")
        found = repository.dictionary(session, "EKKO")
    assert found is not None
    assert found.primary_key == ("MANDT", "EBELN")


def test_a_refused_logon_ends_the_read_at_once(system: SapSystem, connector: SapConnector) -> None:
    query = TableQuery(connector.describe("SAP", "VBAP"))
    system.faults.arm("drop")
    system.faults.arm("refuse_login", times=None)
    for _ in range(2):
        with pytest.raises(LoginRefused, match="Name or password is incorrect"):
            connector.scan(query).collect()
    assert system.server.counters["logins_refused"] == 1, "the pool does not log on again either"


def test_connections_that_drop_together_log_on_once_where_that_is_refused(
    system: SapSystem,
) -> None:
    with system.resource(pool=PoolSettings(max_size=4)).connector() as connector:
        loans = [connector.pool.connection() for _ in range(4)]
        sessions = [loan.__enter__() for loan in loans]
        system.server.drop_sessions()
        system.faults.arm("slow", at="accept", times=None, seconds=0.3)  # so that they would meet
        system.faults.arm("refuse_login", times=None)
        refused: list[bool] = []

        def go_on(session: SapSession) -> None:
            with pytest.raises(LoginRefused):
                session.patiently(lambda: session.call("RFC_PING", {}), "a ping")
            refused.append(True)

        threads = [threading.Thread(target=go_on, args=(session,)) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for loan in loans:
            loan.__exit__(None, None, None)
    assert refused == [True] * 4
    assert system.server.counters["logins_refused"] == 1


def test_another_connection_is_waited_for_as_long_as_the_pool_waits(system: SapSystem) -> None:
    quick = PoolSettings(connect_timeout=1.0)
    with system.resource(pool=quick, call_timeout=60.0).connector() as connector:
        query = TableQuery(connector.describe("SAP", "VBAP"))
        system.faults.arm("drop")
        system.faults.arm("hang", at="login", times=None)
        with pytest.raises(SourceUnavailable, match=r"no answer within 1\.0 s"):
            connector.scan(query).collect()
        system.faults.clear()


@dataclass
class LateToCancel:
    """A connection that takes its time to cancel a call."""

    connection: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def cancel(self) -> None:
        time.sleep(0.3)
        self.connection.cancel()


def test_a_call_that_ends_at_its_deadline_leaves_none_to_cancel_the_next(
    connector: SapConnector,
) -> None:
    with connector.pool.connection() as session:
        session.connection = LateToCancel(session.connection)
        with session.watched("a call", Deadline.after(0.05)):
            time.sleep(0.2)
        assert not session.connection.is_valid(), "it has been cancelled by now"
        session.mend()
        assert session.call("RFC_PING", {}) == {}


def test_a_page_of_many_slow_calls_is_tried_again_all_the_same(
    connector: SapConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(deadline, "time", clock)
    calls: list[float] = []

    def ask() -> str:
        clock.ahead += 1000 * connector.call_timeout
        calls.append(clock.ahead)
        if len(calls) < ATTEMPTS:
            raise ConnectionLost("sap: lost")
        return "found"

    with connector.pool.connection() as session:
        assert session.patiently(ask, "a page") == "found"


@dataclass
class Clock:
    """Runs as much ahead as calls are said to have taken."""

    ahead: float = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def test_an_end_of_a_range_that_takes_too_long_to_find_leaves_the_rest_to_one_connection(
    system: SapSystem,
) -> None:
    with system.resource(page_rows=PAGE_ROWS, connections=2).connector() as connector:
        query = TableQuery(connector.describe("SAP", "VBAP"))
        system.faults.arm_named("fetch-error")  # keys are the first rows to come
        with structlog.testing.capture_logs() as lines:
            assert_complete(connector, connector.scan(query).collect())
    events = [line["event"] for line in lines]
    assert "read by fewer connections" in events
    assert "retry" not in events
