"""Armed faults as a client meets them."""

import threading
import time
from collections.abc import Callable

import arrow_odbc
import pyodbc
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.server import SqlServer
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.sqlserver.tds.odbc import PLAIN, OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import NUMBER, Library, numbers

SQL = "SELECT n FROM t"
ROWS = 50_000
Connect = Callable[..., pyodbc.Connection]


@pytest.fixture(autouse=True)
def statement(library: Library) -> None:
    library.table(SQL, NUMBER, numbers(ROWS))


def fetch(connection: pyodbc.Connection, got: list[int]) -> None:
    got.extend(row.n for row in connection.execute(SQL))


def test_a_drop_in_the_middle_of_a_fetch_loses_the_connection_not_the_rows_before(
    connection: pyodbc.Connection, faults: Faults
) -> None:
    faults.arm("drop", at="fetch", after_rows=20_000)
    got: list[int] = []
    with pytest.raises(pyodbc.Error):
        fetch(connection, got)
    assert got == list(range(len(got)))
    assert 18_000 < len(got) <= 20_000
    with pytest.raises(pyodbc.Error):
        fetch(connection, [])


def test_a_drop_in_the_middle_never_looks_like_the_end_to_arrow_odbc(
    server: SqlServer, driver: OdbcDriver, faults: Faults
) -> None:
    faults.arm("drop", at="fetch", after_rows=20_000)
    reader = arrow_odbc.read_arrow_batches_from_odbc(
        SQL, connection_string=driver.connection_string(server.port, **PLAIN), batch_size=1000
    )
    with pytest.raises(arrow_odbc.Error):
        list(reader)


def test_a_drop_at_execute_loses_the_connection(
    connection: pyodbc.Connection, faults: Faults, connect: Connect
) -> None:
    faults.arm("drop", at="execute")
    with pytest.raises(pyodbc.Error):
        fetch(connection, [])
    fetch(connect(), [])


def test_an_error_in_the_middle_of_a_fetch_keeps_the_session(
    connection: pyodbc.Connection, faults: Faults
) -> None:
    faults.arm("error", at="fetch", after_rows=300, code=3960, text="snapshot isolation failed")
    got: list[int] = []
    with pytest.raises(pyodbc.Error, match=r"snapshot isolation failed \(3960\)"):
        fetch(connection, got)
    assert got == list(range(300))
    got.clear()
    fetch(connection, got)
    assert got == list(range(ROWS))


def test_a_deadlock_has_its_own_state(
    connection: pyodbc.Connection, faults: Faults, driver: OdbcDriver
) -> None:
    faults.arm("error", code=1205, text="chosen as the deadlock victim", times=2)
    for _ in range(2):
        with pytest.raises(pyodbc.Error, match=r"\(1205\)") as caught:
            fetch(connection, [])
        if driver.is_microsoft:  # FreeTDS knows fewer states
            assert caught.value.args[0] == "40001"
    fetch(connection, [])


def test_an_error_that_ends_sessions_does_so(connection: pyodbc.Connection, faults: Faults) -> None:
    faults.arm("error", code=596, text="the session is in the kill state")
    with pytest.raises(pyodbc.Error, match="kill state"):
        fetch(connection, [])
    with pytest.raises(pyodbc.Error):
        fetch(connection, [])


def test_slow_rows_are_slow(connection: pyodbc.Connection, faults: Faults) -> None:
    faults.arm("slow", at="fetch", seconds=0.02, times=5)
    began = time.monotonic()
    got: list[int] = []
    fetch(connection, got)
    assert time.monotonic() - began >= 5 * 0.02
    assert len(got) == ROWS


def test_a_hang_ends_when_the_faults_are_cleared(
    connection: pyodbc.Connection, faults: Faults
) -> None:
    faults.arm("hang", at="fetch", after_rows=1000)
    timer = threading.Timer(0.2, faults.clear)
    timer.start()
    got: list[int] = []
    fetch(connection, got)
    timer.join()
    assert got == list(range(ROWS))


def test_a_hang_can_be_left_by_a_timeout(
    connection: pyodbc.Connection, faults: Faults, server: SqlServer
) -> None:
    faults.arm("hang", at="execute", seconds=4)
    connection.timeout = 1
    with pytest.raises(pyodbc.Error):
        fetch(connection, [])
    assert eventually(lambda: server.counters["attentions"] >= 1)


def test_a_server_that_drops_new_connections_is_an_error(faults: Faults, connect: Connect) -> None:
    faults.arm("drop", at="accept", times=None)
    with pytest.raises(pyodbc.Error):
        connect(LoginTimeout="1")
    faults.clear()
    connect()
