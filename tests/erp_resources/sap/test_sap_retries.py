"""A page that failed is read again by itself: on another connection, smaller if it was too much."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from erp_resources.connector import TableQuery
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    LoginRefused,
    SourceBusy,
    TransientError,
)
from erp_resources.lake.staging import stage
from erp_resources.retry import ATTEMPTS
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sap.reader import SapConnector
from erp_resources.sap.rows import TableRead
from erp_resources.sap.types import fetched
from tests.erp_resources.sap.systems import SapSystem, running
from tests.erp_resources.sap.test_sap_parallel import assert_complete, read

PAGE_ROWS = 200
READS = "RFC_READ_TABLE"

FAULTS: dict[str, Callable[[Faults, int | None], None]] = {
    "a dump for want of time": lambda f, n: f.arm_named("fetch-error", times=n),
    "a dump for want of memory": lambda f, n: f.arm_named("disk-full", times=n),
    "no answer in time": lambda f, n: f.arm("hang", times=n, seconds=15.0),
    "a connection that drops": lambda f, n: f.arm("drop", times=n),
}
TOO_MUCH = [name for name in FAULTS if "drops" not in name]


@pytest.fixture
def system(company: Database) -> Iterator[SapSystem]:
    with running(company) as running_system:
        yield running_system


@pytest.fixture
def connector(system: SapSystem) -> Iterator[SapConnector]:
    settings = {"page_rows": PAGE_ROWS, "connections": 1, "call_timeout": 1.0}
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


def test_a_refused_logon_ends_the_read_at_once(system: SapSystem, connector: SapConnector) -> None:
    query = TableQuery(connector.describe("SAP", "VBAP"))
    system.faults.arm("drop")
    system.faults.arm("refuse_login", times=None)
    with pytest.raises(LoginRefused):
        connector.scan(query).collect()
    assert system.server.counters["logins_refused"] == 1


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
