"""Armed faults as a client meets them."""

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleType
from tests.erp_resources.sandbox.oracle.canned import PASSWORD, USER, Library

SQL = "select n from t"
ROWS = 5000
Connect = Callable[..., oracledb.Connection]


@pytest.fixture(autouse=True)
def statement(library: Library) -> None:
    columns = [ColumnInfo("N", OracleType.NUMBER, 10, 0)]
    library.add(SQL, columns, pa.table({"N": pa.array(range(ROWS), pa.int64())}))


def fetch(connection: oracledb.Connection, got: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.arraysize = cursor.prefetchrows = 100
        for (n,) in cursor.execute(SQL):
            got.append(n)


def test_a_drop_in_the_middle_of_a_fetch_loses_the_connection_not_the_rows_before(
    connection: oracledb.Connection, faults: Faults
) -> None:
    faults.arm("drop", at="fetch", after_rows=500)
    got: list[int] = []
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        fetch(connection, got)
    assert got == list(range(500))
    assert not connection.is_healthy()


def test_a_drop_at_execute_loses_the_connection(
    connection: oracledb.Connection, faults: Faults, connect: Connect
) -> None:
    faults.arm("drop", at="execute")
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        fetch(connection, [])
    fetch(connect(), [])


def test_an_error_in_the_middle_of_a_fetch_keeps_the_session(
    connection: oracledb.Connection, faults: Faults
) -> None:
    faults.arm("error", at="fetch", after_rows=300, code=1555, text="snapshot too old")
    got: list[int] = []
    with pytest.raises(oracledb.DatabaseError, match="ORA-01555: snapshot too old"):
        fetch(connection, got)
    assert got == list(range(300))
    got.clear()
    fetch(connection, got)
    assert got == list(range(ROWS))


@pytest.mark.parametrize("code", [54, 60, 1555, 4068, 12801])
def test_an_error_at_execute_happens_as_often_as_armed(
    connection: oracledb.Connection, faults: Faults, code: int
) -> None:
    faults.arm("error", code=code, text="injected", times=2)
    for _ in range(2):
        with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code:05d}: injected"):
            fetch(connection, [])
    fetch(connection, [])


@pytest.mark.parametrize("code", [28, 3113, 600])
def test_an_error_that_ends_sessions_does_so(
    connection: oracledb.Connection, faults: Faults, code: int
) -> None:
    faults.arm("error", code=code)
    with pytest.raises(oracledb.DatabaseError):
        fetch(connection, [])
    assert not connection.is_healthy()


def test_slow_responses_delay_each_round(connection: oracledb.Connection, faults: Faults) -> None:
    faults.arm("slow", at="fetch", seconds=0.02, times=5)
    began = time.monotonic()
    got: list[int] = []
    fetch(connection, got)
    assert time.monotonic() - began >= 5 * 0.02
    assert len(got) == ROWS


def test_a_hang_ends_when_the_faults_are_cleared(
    connection: oracledb.Connection, faults: Faults
) -> None:
    faults.arm("hang", at="fetch", after_rows=1000)
    timer = threading.Timer(0.1, faults.clear)
    timer.start()
    got: list[int] = []
    fetch(connection, got)
    timer.join()
    assert got == list(range(ROWS))


def test_a_server_that_accepts_and_says_nothing_keeps_the_client_waiting(
    server: OracleServer, faults: Faults, connect: Connect
) -> None:
    # The driver's connect timeout covers TCP only, so nothing but the server ends this wait.
    faults.arm("hang", at="accept")
    dsn = f"127.0.0.1:{server.port}/EBS?transport_connect_timeout=0.1&retry_count=0"
    with ThreadPoolExecutor(1) as executor:
        pending = executor.submit(connect, dsn=dsn)
        with pytest.raises(TimeoutError):
            pending.result(0.5)
        faults.clear()
        pending.result(10).ping()


# The driver leaves the socket of a connect that was reset to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_drops_new_connections_is_a_database_error(
    faults: Faults, connect: Connect
) -> None:
    faults.arm("drop", at="accept")
    with pytest.raises(oracledb.DatabaseError, match=r"DPY-(4011|6005)"):
        connect()
    gc.collect()
    connect().ping()


def test_dropping_all_sessions_is_seen_at_the_next_call(
    server: OracleServer, connect: Connect
) -> None:
    connections = [connect() for _ in range(3)]
    server.drop_sessions()
    for connection in connections:
        with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
            connection.ping()
        assert not connection.is_healthy()
    connect().ping()


def test_faults_may_be_shared_by_servers(library: Library, faults: Faults) -> None:
    faults.arm("refuse_login", times=2)
    for _ in range(2):
        with OracleServer(library.open_session, {USER: PASSWORD}, faults=faults) as server:
            dsn = f"127.0.0.1:{server.port}/EBS"
            with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
                oracledb.connect(user=USER, password=PASSWORD, dsn=dsn)
