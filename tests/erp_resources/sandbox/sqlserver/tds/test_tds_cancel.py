"""Ending what takes too long: cancels, timeouts, clients that vanish, servers that stop."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyodbc
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import Affected, Answer, Parameter, ResultSet
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.sqlserver.tds.odbc import OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import (
    LONG_SECONDS,
    NUMBER,
    PASSWORD,
    USER,
    Library,
    ScriptedSession,
    numbers,
    result,
)

Connect = Callable[..., pyodbc.Connection]
SLOW, ENDLESS, QUICK = "WAITFOR", "SELECT endless", "SELECT quick"
CANCELLED = ("HY008", "HYT00", "S1008", "HY000", "42000")


@pytest.fixture(autouse=True)
def statements(library: Library) -> None:
    def slow(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
        session.wait(LONG_SECONDS)
        yield Affected(None)

    library.scripts[SLOW] = slow
    library.scripts[ENDLESS] = endless
    library.table(QUICK, NUMBER, numbers(10))


def endless(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
    def batches() -> Iterator[pa.RecordBatch]:
        while True:
            yield numbers(10_000)
            session.wait(0.001)

    yield ResultSet(result(NUMBER).columns, batches())


def wait_until(condition: Callable[[], bool]) -> None:
    assert eventually(condition)


def assert_usable(connection: pyodbc.Connection) -> None:
    assert [row.n for row in connection.execute(QUICK).fetchall()] == list(range(10))


def cancel_later(cursor: pyodbc.Cursor, library: Library) -> threading.Thread:
    """Cancel as soon as the statement runs."""

    def cancel() -> None:
        wait_until(lambda: bool(library.executed))
        time.sleep(0.05)
        cursor.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    return thread


def test_cancel_ends_a_statement_that_runs(
    connection: pyodbc.Connection, library: Library, server: SqlServer
) -> None:
    cursor = connection.cursor()
    thread = cancel_later(cursor, library)
    with pytest.raises(pyodbc.Error) as caught:
        cursor.execute(SLOW)
    thread.join()
    assert caught.value.args[0] in CANCELLED
    assert server.counters["attentions"] >= 1
    assert_usable(connection)


def test_a_timeout_ends_a_statement_and_keeps_the_session(
    connection: pyodbc.Connection, library: Library
) -> None:
    connection.timeout = 1
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute(SLOW)
    connection.timeout = 0
    assert caught.value.args[0] in CANCELLED
    assert library.sessions[0].interrupted.is_set()
    assert_usable(connection)


def test_a_parametrised_statement_can_be_cancelled_too(
    connection: pyodbc.Connection, library: Library
) -> None:
    library.scripts["SELECT @P1"] = library.scripts[SLOW]
    connection.timeout = 1
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT ?", 1)
    connection.timeout = 0
    assert_usable(connection)


def test_a_result_that_nobody_reads_on_is_given_up(connection: pyodbc.Connection) -> None:
    for _ in range(5):
        cursor = connection.execute(ENDLESS)
        assert [row.n for row in cursor.fetchmany(10)] == list(range(10))
        cursor.close()
        assert_usable(connection)


def test_an_unread_result_does_not_keep_the_server_busy(
    connection: pyodbc.Connection, library: Library
) -> None:
    produced = []

    def counted(_: ScriptedSession, __: Sequence[Parameter]) -> Iterator[Answer]:
        def batches() -> Iterator[pa.RecordBatch]:
            while True:
                produced.append(1)
                yield numbers(100_000)

        yield ResultSet(result(NUMBER).columns, batches())

    library.scripts[ENDLESS] = counted
    cursor = connection.execute(ENDLESS)
    time.sleep(0.3)
    assert len(produced) < 200  # what the socket's buffers hold, and no more
    cursor.close()
    assert_usable(connection)


def test_a_client_that_vanishes_frees_its_session(
    connect: Connect, server: SqlServer, library: Library
) -> None:
    failures: list[pyodbc.Error] = []
    connection = connect()

    def run() -> None:
        try:
            connection.execute(SLOW)
        except pyodbc.Error as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: bool(library.executed))
    server.drop_sessions()
    thread.join()
    assert len(failures) == 1
    wait_until(lambda: server.sessions == [])
    assert library.sessions[0].is_closed


def test_a_client_that_leaves_frees_its_session(
    server: SqlServer, driver: OdbcDriver, library: Library
) -> None:
    pyodbc.connect(driver.connection_string(server.port)).close()
    wait_until(lambda: server.sessions == [])
    assert library.sessions[0].is_closed


def test_dropping_all_sessions_is_seen_at_the_next_call(
    server: SqlServer, connect: Connect
) -> None:
    connections = [connect() for _ in range(3)]
    server.drop_sessions()
    for connection in connections:
        with pytest.raises(pyodbc.Error):
            connection.execute(QUICK)
    assert_usable(connect())


def test_stopping_ends_running_statements_and_all_threads(
    library: Library, driver: OdbcDriver
) -> None:
    before = set(threading.enumerate())
    server = SqlServer(library.open_session, {USER: PASSWORD}).start()
    connections = [
        pyodbc.connect(driver.connection_string(server.port), autocommit=True) for _ in range(3)
    ]
    failures = []

    def run(statement: str) -> None:
        try:
            connections.pop().execute(statement).fetchall()
        except pyodbc.Error as error:
            failures.append(error)

    clients = [threading.Thread(target=run, args=(sql,)) for sql in (SLOW, ENDLESS)]
    for client in clients:
        client.start()
    wait_until(lambda: len(library.executed) == 2)
    server.stop()
    for client in clients:
        client.join()
    assert len(failures) == 2
    assert set(threading.enumerate()) <= before
    assert all(session.is_closed for session in library.sessions)


def test_many_clients_are_served_at_once(server: SqlServer, driver: OdbcDriver) -> None:
    results: list[int] = []

    def run() -> None:
        connection = pyodbc.connect(driver.connection_string(server.port), autocommit=True)
        results.extend(len(connection.execute(QUICK).fetchall()) for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [10] * 40
    assert server.counters["logins"] == 8


def test_stopping_ends_a_hang(library: Library, driver: OdbcDriver, faults: Faults) -> None:
    server = SqlServer(library.open_session, {USER: PASSWORD}, faults=faults).start()
    connection = pyodbc.connect(driver.connection_string(server.port), autocommit=True)
    faults.arm("hang", at="execute", times=None)
    client = threading.Thread(target=fail_quietly, args=(connection,))
    client.start()
    wait_until(lambda: server.counters["executes"] >= 1)
    server.stop()
    client.join(timeout=10)
    assert not client.is_alive()


def fail_quietly(connection: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.Error):
        connection.execute(QUICK)
