"""Sessions of the real thin driver: opening, limiting, cancelling, closing."""

import gc
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import oracledb
import pytest

from erp_resources import workers
from erp_resources.deadline import Deadline
from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    LoginRefused,
    SettingsError,
    SourceUnavailable,
)
from erp_resources.oracle.connection import (
    ConnectParams,
    cancel,
    close,
    connect,
    limit_calls,
    ping,
    reset,
    translating,
)
from erp_resources.pool import ConnectionPool, PoolSettings
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleError
from tests.erp_resources.pool_source import eventually, report

# The driver leaves the socket of a failed login to the garbage collector, which complains.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

SLACK = 1.0  # seconds that a shared machine may take to wake a thread
PASSWORD = "right, and secret"
ROOT = Path(__file__).parents[3]


class Engine:
    """An SQL engine of five statements: one error, one that lasts, one change, commit, rollback."""

    def __init__(self) -> None:
        self.in_transaction = False
        self.interrupted = threading.Event()

    def describe(self, sql: str) -> list[ColumnInfo] | None:
        raise OracleError(942, f"table or view does not exist: {sql}")

    def execute(self, sql: str, binds: Sequence[Any]) -> int:
        assert not binds
        if sql == "update lasting set n = 1":
            self.interrupted.wait(10)
            raise OracleError(1013, "user requested cancel of current operation")
        if sql.startswith("delete"):
            self.in_transaction = True
            return 1
        raise OracleError(1031, "insufficient privileges")

    def commit(self) -> None:
        self.in_transaction = False

    def rollback(self) -> None:
        self.in_transaction = False

    def set_schema(self, schema: str) -> None:
        pass

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        pass


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with OracleServer(lambda _: Engine(), {"APPS": PASSWORD}, faults=Faults()) as running:
        yield running


@contextmanager
def listener_that(answer: bytes | None) -> Iterator[int]:
    """The port of a listener that accepts and says ``answer``, or nothing at all."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                accepted.append(connection)
                if answer is not None:
                    connection.recv(4096)
                    connection.sendall(answer)
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in accepted:
                connection.close()
            eventually(no_call_is_under_way)  # abandoned dials let their sockets go in this test
            gc.collect()


def no_call_is_under_way() -> bool:
    """Whether every thread for calls into a driver rests."""
    running = [thread for thread in threading.enumerate() if isinstance(thread, workers._Worker)]
    return len(running) == workers._callers._resting


def refusal(number: int) -> bytes:
    """A REFUSE packet as a listener sends it."""
    text = f"(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR={number})(ERROR_STACK=))".encode()
    body = b"\x22\x00" + len(text).to_bytes(2, "big") + text
    return (8 + len(body)).to_bytes(2, "big") + b"\0\0\x04\0\0\0" + body


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port


def params(port: int, password: str = PASSWORD) -> ConnectParams:
    return ConnectParams("127.0.0.1", "EBS", "APPS", password, port=port)


def pool_on(port: int, password: str = PASSWORD, **settings: Any) -> ConnectionPool[Any]:
    return ConnectionPool(
        "oracle",
        open=partial(connect, params(port, password)),
        ping=ping,
        close=close,
        reset=reset,
        settings=PoolSettings(**settings),
    )


# ---- credentials ----


def test_the_password_is_in_no_repr_and_no_message() -> None:
    ours = params(closed_port())
    assert PASSWORD not in repr(ours)
    with pytest.raises(TypeError, match="hold a password"):
        pickle.dumps(ours)
    with pytest.raises(SourceUnavailable) as caught:
        connect(ours, Deadline.after(1))
    assert PASSWORD not in repr(caught.value) + repr(caught.value.__cause__)


def test_a_wrong_password_is_refused_and_tried_once_by_a_pool(server: OracleServer) -> None:
    with pool_on(server.port, password="wrong") as pool:
        for _ in range(5):
            with pytest.raises(LoginRefused, match="ORA-01017") as caught, pool.connection():
                pass
            assert isinstance(caught.value.__cause__, oracledb.DatabaseError)
    assert server.counters["connections"] == 1


# ---- opening ----


def test_a_closed_port_is_refused_at_once_with_its_cause() -> None:
    port = closed_port()
    began = time.monotonic()
    with pytest.raises(SourceUnavailable) as caught:
        connect(params(port), Deadline.after(5))
    seconds = time.monotonic() - began
    report(f"P3: refused in {1000 * seconds:.1f} ms")
    assert seconds < SLACK
    assert isinstance(caught.value.__cause__, oracledb.OperationalError)
    assert caught.value.code == "DPY-6005"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(12514), SettingsError),
        (refusal(12505), SettingsError),
        (refusal(12516), SourceUnavailable),
        (refusal(12520), SourceUnavailable),
        (b"", SourceUnavailable),
    ],
)
def test_what_a_listener_answers_decides_the_error(answer: bytes, kind: type[ErpError]) -> None:
    with listener_that(answer) as port, pytest.raises(kind):
        connect(params(port), Deadline.after(5))


def test_a_listener_that_speaks_another_protocol_is_an_error_in_time() -> None:
    with listener_that(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port, pytest.raises(ErpError):
        connect(params(port), Deadline.after(1))


def test_no_time_left_means_no_dial() -> None:
    with pytest.raises(SourceUnavailable, match="no time was left"):
        connect(params(closed_port()), Deadline.after(0))


def test_a_silent_listener_is_given_up_at_the_deadline() -> None:
    with listener_that(None) as port:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"no answer within 0.5 s"):
            connect(params(port), Deadline.after(0.5))
        late = time.monotonic() - began - 0.5
    report(f"P2: a silent listener was given up {1000 * late:.1f} ms late (aim 50)")
    assert late <= SLACK + 0.05


def test_a_silent_host_does_not_hold_up_the_others(server: OracleServer) -> None:
    with listener_that(None) as silent, pool_on(silent) as hung, pool_on(server.port) as good:
        victim = threading.Thread(target=ask, args=(hung, 3.0))
        victim.start()
        assert eventually(lambda: hung.stats()["requests_waiting"] == 1)
        began = time.monotonic()
        with good.connection(), pytest.raises(SourceUnavailable):
            connect(params(closed_port()), Deadline.after(5))
        seconds = time.monotonic() - began
        assert victim.is_alive()
        victim.join()
    report(f"P11: two other hosts took {1000 * seconds:.1f} ms beside a silent one (aim 50)")
    assert seconds <= 2 * SLACK


def ask(pool: ConnectionPool[Any], timeout: float) -> None:
    with pytest.raises(SourceUnavailable), pool.connection(timeout):
        pass


def test_a_process_ends_soon_in_spite_of_a_silent_host() -> None:
    script = """
import sys, time
from functools import partial
from erp_resources.errors import SourceUnavailable
from erp_resources.oracle.connection import ConnectParams, close, connect, ping
from erp_resources.pool import ConnectionPool
params = ConnectParams("127.0.0.1", "EBS", "APPS", "secret", port=int(sys.argv[1]))
with ConnectionPool("oracle", open=partial(connect, params), ping=ping, close=close) as pool:
    try:
        with pool.connection(0.3): pass
    except SourceUnavailable: print("silent", flush=True)
"""
    with (
        listener_that(None) as port,
        subprocess.Popen(
            [sys.executable, "-c", script, str(port)], stdout=subprocess.PIPE, cwd=ROOT
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == b"silent\n"
        began = time.monotonic()
        assert process.wait(30) == 0, "the host would be silent for ever"
    report(f"P11: the process ended {time.monotonic() - began:.2f} s later (aim 2)")


# ---- a living session, and a dead one ----


def test_a_session_opens_pings_and_closes(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    ping(session, Deadline.after(5))
    close(session)
    close(session)
    assert eventually(lambda: not server.sessions)


def test_an_open_transaction_is_rolled_back_by_a_reset(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    session.cursor().execute("delete from t")
    assert session.transaction_in_progress
    reset(session, Deadline.after(5))
    assert not session.transaction_in_progress
    close(session)


def test_a_statement_that_is_refused_names_the_right(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    with pytest.raises(AccessDenied, match="ORA-01031"), translating("oracle", table="T"):
        session.cursor().execute("insert into t values (1)")
    close(session)


def test_a_call_ends_at_its_deadline_and_the_session_lives_on(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    limit_calls(session, Deadline.after(1.0))
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded), translating("oracle"):
        session.cursor().execute("update lasting set n = 1")
    seconds = time.monotonic() - began
    report(f"the call ended after {seconds:.2f} s (deadline 1)")
    assert 0.5 <= seconds <= 5 * 1.0
    ping(session, Deadline.after(5))
    close(session)


def test_a_call_is_cancelled_from_another_thread(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    with ThreadPoolExecutor(1) as threads:
        executing = threads.submit(session.cursor().execute, "update lasting set n = 1")
        assert eventually(lambda: server.counters["executes"] == 1)
        cancel(session)
        with pytest.raises(ErpError) as caught, translating("oracle"):
            executing.result()
    assert caught.value.code == "ORA-01013"
    close(session)


def test_a_dead_session_is_an_error_and_not_a_crash(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    server.drop_sessions()
    with pytest.raises(ConnectionLost):
        ping(session, Deadline.after(5))
    with pytest.raises(ConnectionLost):
        limit_calls(session, Deadline.after(5))
    with pytest.raises(ConnectionLost):
        reset(session, Deadline.after(5))
    cancel(session)
    close(session)


def test_no_time_left_means_no_call(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    with pytest.raises(DeadlineExceeded):
        limit_calls(session, Deadline.after(0))
    close(session)


def test_a_pool_survives_the_death_of_all_its_sessions(server: OracleServer) -> None:
    with pool_on(server.port, max_size=4, validate_after_idle=0.0) as pool:
        with pool.connection(), pool.connection(), pool.connection():
            pass
        assert eventually(lambda: pool.stats()["pool_available"] == 3)
        server.drop_sessions()
        began = time.monotonic()
        with pool.connection() as session:
            seconds = time.monotonic() - began
            ping(session, Deadline.after(5))
        assert pool.stats()["connections_lost"] == 3
    report(f"P9: a good session {1000 * seconds:.1f} ms after all had died (aim 5 and one dial)")
    assert seconds <= 2 * SLACK


def test_closing_a_session_of_a_silent_server_is_bounded(server: OracleServer) -> None:
    session = connect(params(server.port), Deadline.after(5))
    server.faults.arm("hang", at="execute", seconds=30)
    hanging = threading.Thread(target=swallow, args=(session,))
    hanging.start()
    assert eventually(lambda: server.counters["executes"] == 1)
    began = time.monotonic()
    pool = ConnectionPool("oracle", open=lambda _: session, ping=ping, close=close)
    with pool, pool.connection():
        pass
    seconds = time.monotonic() - began
    report(f"P11: closed after {seconds:.2f} s (aim 1), where the server is silent for 30")
    assert seconds <= 5 * 1.0
    server.faults.clear()
    hanging.join()


def swallow(session: Any) -> None:
    with pytest.raises(oracledb.Error):
        session.cursor().execute("insert into t values (1)")
