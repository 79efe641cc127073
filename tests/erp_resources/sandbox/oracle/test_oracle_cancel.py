"""Ending what takes too long: cancel, call timeouts, clients that vanish, servers that stop."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleType, ResultSet
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sandbox.oracle.canned import CannedSession, Library, takes_about

NUMBER = ColumnInfo("N", OracleType.NUMBER, 10, 0)
SLOW = "select slow from dual"
QUICK = "select n from t"
LONG_SECONDS = 30.0
Connect = Callable[..., oracledb.Connection]


@pytest.fixture(autouse=True)
def statements(library: Library) -> None:
    library.add(QUICK, [NUMBER], pa.table({"N": pa.array(range(10), pa.int64())}))
    library.answers[SLOW] = lambda session: session.wait(LONG_SECONDS)


@contextlib.contextmanager
def cancelling(connection: oracledb.Connection, when: Callable[[], bool]) -> Iterator[None]:
    """Cancel from another thread, in the middle of the block."""

    def cancel() -> None:
        wait_until(when)
        connection.cancel()

    with ThreadPoolExecutor(1) as threads:
        cancelled = threads.submit(cancel)
        yield
        cancelled.result()


def called(server: OracleServer) -> Callable[[], bool]:
    """Whether a call has come to the server since now."""

    def calls() -> int:
        return server.counters["executes"] + server.counters["fetches"]

    before = calls()
    return lambda: calls() > before


def wait_until(condition: Callable[[], bool]) -> None:
    assert eventually(condition)


def assert_usable(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute(QUICK).fetchall() == [(n,) for n in range(10)]


def test_cancel_ends_a_statement_that_executes(
    connection: oracledb.Connection, server: OracleServer
) -> None:
    with (
        takes_about(0.2),
        cancelling(connection, called(server)),
        pytest.raises(oracledb.DatabaseError, match="ORA-01013"),
    ):
        run_slow(connection)
    assert server.counters["breaks"] == 1
    assert_usable(connection)


def test_cancel_ends_a_fetch_whose_rows_are_still_being_made(
    connection: oracledb.Connection, server: OracleServer, library: Library
) -> None:
    def slow_rows(session: CannedSession) -> ResultSet:
        def batches() -> Iterator[pa.RecordBatch]:
            batch = pa.record_batch({"N": pa.array(range(100), pa.int64())})
            yield batch
            session.wait(LONG_SECONDS)
            yield batch

        return ResultSet([NUMBER], batches())

    library.answers["select n from slow_rows"] = slow_rows
    with connection.cursor() as cursor:
        cursor.arraysize = cursor.prefetchrows = 100
        cursor.execute("select n from slow_rows")
        with (
            takes_about(0.2),
            cancelling(connection, called(server)),
            pytest.raises(oracledb.DatabaseError, match="ORA-01013"),
        ):
            cursor.fetchmany(200)
        # What was cut off must not look like the end of the result.
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-0100[12]"):
            cursor.fetchall()
    assert_usable(connection)


def test_cancel_between_calls_does_no_harm(connection: oracledb.Connection) -> None:
    connection.cancel()
    # The next call may be the one that learns of it.
    with contextlib.suppress(oracledb.DatabaseError):
        assert_usable(connection)
    assert_usable(connection)


def test_cancel_works_again_and_again(
    connection: oracledb.Connection, server: OracleServer
) -> None:
    for _ in range(5):
        with cancelling(connection, called(server)), pytest.raises(oracledb.DatabaseError):
            run_slow(connection)
        assert_usable(connection)


def test_a_result_is_never_continued_behind_rows_that_a_cancel_lost(
    connection: oracledb.Connection, library: Library, faults: Faults
) -> None:
    table = pa.table({"N": pa.array(range(5000), pa.int64())})
    sql = library.add("select n from big", [NUMBER], table, rows=5000)
    # The server looks away until the cancel has come, and then sends its rows all the same.
    faults.arm("slow", at="fetch", after_rows=700, seconds=1.0)
    got: list[int] = []
    with connection.cursor() as cursor, cancelling(connection, lambda: not faults.armed()):
        cursor.arraysize = cursor.prefetchrows = 700
        read_until_given_up(cursor, sql, got)
    assert got == list(range(len(got)))
    assert len(got) < 5000
    assert_usable(connection)


def read_until_given_up(cursor: oracledb.Cursor, sql: str, got: list[int]) -> None:
    """Read on after an error, as a client that does not know better would."""
    with contextlib.suppress(oracledb.DatabaseError):
        cursor.execute(sql)
    for _ in range(20):
        with contextlib.suppress(oracledb.Error):
            got += [n for (n,) in cursor.fetchmany(700)]


def test_a_call_timeout_ends_the_statement_and_keeps_the_session(
    connection: oracledb.Connection, library: Library
) -> None:
    connection.call_timeout = 1000
    with takes_about(1.0), pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        run_slow(connection)
    assert library.sessions[0].interrupted.is_set()
    assert connection.is_healthy()
    connection.call_timeout = 0
    assert_usable(connection)


def test_a_silent_server_costs_two_timeouts_and_the_connection(
    connection: oracledb.Connection, faults: Faults
) -> None:
    faults.arm("hang", at="execute")
    connection.call_timeout = 200
    with takes_about(0.4), pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        assert_usable(connection)
    assert not connection.is_healthy()
    faults.clear()


def test_a_client_that_vanishes_frees_its_session(
    connect: Connect, server: OracleServer, library: Library
) -> None:
    connection = connect()
    thread = threading.Thread(target=run_slow_in_vain, args=(connection,))
    thread.start()
    wait_until(lambda: server.counters["executes"] == 1)
    cut_client_side(server)
    thread.join()
    wait_until(lambda: library.sessions[0].is_closed)
    wait_until(lambda: server.sessions == [])


def run_slow(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLOW)


def run_slow_in_vain(connection: oracledb.Connection) -> None:
    with pytest.raises(oracledb.Error):
        run_slow(connection)


def cut_client_side(server: OracleServer) -> None:
    """Shut the client's end of the only connection, as its process would by dying."""
    for path in Path("/proc/self/fd").iterdir():
        try:
            duplicate = socket.socket(fileno=os.dup(int(path.name)))
        except OSError:
            continue
        with duplicate:
            if is_client_of(duplicate, server.port):
                duplicate.shutdown(socket.SHUT_RDWR)


def is_client_of(sock: socket.socket, port: int) -> bool:
    if sock.family != socket.AF_INET:
        return False
    try:
        return bool(sock.getpeername()[1] == port)
    except OSError:
        return False


def test_a_client_that_leaves_without_a_word_frees_its_session(
    server: OracleServer, connect: Connect, library: Library
) -> None:
    connection = connect()
    cut_client_side(server)
    wait_until(lambda: server.sessions == [])
    assert library.sessions[0].is_closed
    with pytest.raises(oracledb.Error):
        connection.ping()


def test_stopping_ends_running_statements_and_all_threads(library: Library) -> None:
    library.answers["select slow from dual"] = lambda session: session.wait(LONG_SECONDS)
    before = set(threading.enumerate())
    server = OracleServer(library.open_session, {"GL": "gl"}).start()
    dsn = f"127.0.0.1:{server.port}/EBS"
    busy = oracledb.connect(user="GL", password="gl", dsn=dsn)
    idle = oracledb.connect(user="GL", password="gl", dsn=dsn)
    thread = threading.Thread(target=run_slow_in_vain, args=(busy,))
    thread.start()
    wait_until(lambda: server.counters["executes"] == 1)
    with takes_about(0.2):
        server.stop()
    thread.join()
    assert set(threading.enumerate()) <= before
    assert all(session.is_closed for session in library.sessions)
    with pytest.raises(oracledb.Error):
        idle.ping()


def test_stopping_ends_a_hang(library: Library, faults: Faults) -> None:
    faults.arm("hang", at="accept", times=None)
    server = OracleServer(library.open_session, {"GL": "gl"}, faults=faults).start()
    with socket.create_connection(("127.0.0.1", server.port)):
        wait_until(lambda: server.counters["connections"] == 1)
        with takes_about(0.2):
            server.stop()
