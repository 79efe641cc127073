"""Sessions through real drivers: opening, refusing, giving up, and what never shows."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from erp_resources.connector import TableQuery
from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    LoginRefused,
    SettingsError,
    SourceBusy,
    SourceUnavailable,
    TransientError,
)
from erp_resources.odbc import OdbcResource, connection_string
from erp_resources.odbc.connection import ConnectParams, close, connect, ping
from erp_resources.odbc.postgresql import PostgresDialect
from erp_resources.odbc.reader import OdbcConnector
from erp_resources.pool import PoolSettings
from tests.erp_resources.odbc.conftest import Connect
from tests.erp_resources.pool_source import eventually, report
from tests.erp_resources.postgresql import READER, READER_PASSWORD, Database

SLACK = 2.0
ROWS = 500_000
ROOT = Path(__file__).parents[3]


def params(pg: Database, **fields: Any) -> ConnectParams:
    given = connection_string.parse(fields.pop("text", pg.connection_string))
    return ConnectParams(
        given,
        PostgresDialect(),
        fields.pop("user", READER),
        fields.pop("password", READER_PASSWORD),
        "pg",
        connection_string.address(given),
    )


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Server processes that hang until the end of the block."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def big(pg: Database) -> str:
    """A table of more rows than are read ahead of whoever consumes them."""
    pg.write("DROP TABLE IF EXISTS big")
    pg.write(f"CREATE TABLE big AS SELECT i AS x FROM generate_series(1, {ROWS}) i")
    return "big"


# ---- opening ----


def test_a_password_of_odd_letters_arrives(pg: Database) -> None:
    session = connect(params(pg), Deadline.after(10))
    ping(session, Deadline.after(5))
    assert session.rows.execute("SELECT current_user").fetchval() == READER
    close(session)


def test_a_wrong_password_is_refused_for_good_and_tried_once_by_a_pool(
    connector_on: Connect,
) -> None:
    connector = connector_on(password="wr0ng-s3cret")
    for _ in range(3):
        with pytest.raises(LoginRefused, match="not tried again") as raised:
            connector.connect()
        assert "wr0ng" not in str(raised.value) + repr(raised.value.__cause__)
    assert connector.pool.stats()["connections_num"] == 1


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ("Database=", "Database=no_such_", SettingsError, "`Database`"),
        ("PostgreSQL Unicode", "psqlodbcx.so", SettingsError, "apt-get install odbc-postgresql"),
        ("PostgreSQL Unicode", "/no/libtdsodbc.so", SettingsError, "apt-get install tdsodbc"),
        ("Server=127.0.0.1", "Server=no-such-host.invalid", SourceUnavailable, "host"),
        ("Driver={PostgreSQL Unicode}", "DSN=nowhere", SettingsError, "connection string"),
    ],
)
def test_a_wrong_setting_says_what_to_correct(
    pg: Database, old: str, new: str, kind: type[ErpError], said: str
) -> None:
    text = pg.connection_string.replace(old, new)
    with pytest.raises(kind, match=said) as raised:
        connect(params(pg, text=text), Deadline.after(10))
    assert str(raised.value).startswith("pg: ")
    assert READER_PASSWORD not in str(raised.value)


def test_a_closed_port_is_refused_at_once(pg: Database) -> None:
    text = pg.connection_string.replace(f"Port={pg.port}", f"Port={closed_port()}")
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="refused") as raised:
        connect(params(pg, text=text), Deadline.after(30))
    assert time.monotonic() - began < SLACK
    assert isinstance(raised.value.__cause__, ConnectionRefusedError)


def test_a_silent_listener_is_given_up_on_at_the_deadline(pg: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        text = pg.connection_string.replace(f"Port={pg.port}", f"Port={port}")
        began = time.monotonic()
        with pytest.raises(SourceUnavailable):
            connect(params(pg, text=text), Deadline.after(0.5))
        assert time.monotonic() - began < 0.5 + SLACK


def test_the_driver_managers_pooling_is_off(pg: Database) -> None:
    session = connect(params(pg), Deadline.after(10))
    assert pyodbc.pooling is False
    session.rows.execute("SELECT 1")
    assert eventually(lambda: len(pg.sessions()) == 2), "those of other tests end a little later"
    close(session)
    assert eventually(lambda: pg.sessions() == [])


def test_a_user_setting_goes_before_the_dialects(pg: Database) -> None:
    resource = OdbcResource(
        mode="real", connection_string=f"{pg.connection_string};usedeclarefetch=0"
    )
    attributes = resource._params().attributes
    assert attributes["usedeclarefetch"] == "0"
    assert "UseDeclareFetch" not in attributes
    assert attributes["MaxLongVarcharSize"] == "-4"


@pytest.mark.parametrize(
    ("driver", "dialect"),
    [("PostgreSQL Unicode", "PostgreSQL"), ("SQLite3", "SQLite")],
)
def test_the_dialect_follows_from_the_driver(driver: str, dialect: str) -> None:
    resource = OdbcResource(mode="real", connection_string=f"Driver={{{driver}}}")
    assert resource._params().dialect.name == dialect


def test_a_driver_for_sql_server_is_sent_to_its_own_resource() -> None:
    resource = OdbcResource(mode="real", connection_string="Driver=FreeTDS;Server=x")
    with pytest.raises(SettingsError, match="use SqlServerResource"):
        resource._params()


# ---- deadlines and faults ----


def test_a_backend_killed_in_mid_fetch_is_a_lost_connection_and_the_next_read_works(
    pg: Database, connector: OdbcConnector, big: str
) -> None:
    frame = connector.scan(TableQuery(connector.describe("public", big)))
    batches = frame.collect_batches(chunk_size=1000)
    next(iter(batches))
    pg.end_sessions()
    with pytest.raises(ConnectionLost, match=r"^pg: .*new session") as raised:
        for _ in batches:
            pass
    assert not isinstance(raised.value.__cause__, ErpError)
    assert frame.collect().height == ROWS


def test_a_server_that_hangs_in_mid_fetch_costs_no_more_than_the_deadline(
    pg: Database, connector_on: Connect, big: str
) -> None:
    connector = connector_on(call_timeout=2.0)
    frame = connector.scan(TableQuery(connector.describe("public", big)))
    batches = frame.collect_batches(chunk_size=1000)
    next(iter(batches))
    with stopped(pg.sessions()):
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded, match="abandoned"):
            for _ in batches:
                pass
        seconds = time.monotonic() - began
        report(f"given up after {seconds:.2f} s (deadline 2)")
        assert seconds < 5 * 2.0
        assert frame.collect().height == ROWS, "a new session takes its place"


def test_a_slow_statement_is_ended_by_the_driver_and_the_session_lives_on(
    pg: Database, connector_on: Connect
) -> None:
    connector = connector_on(call_timeout=1.9)
    pg.write("CREATE OR REPLACE VIEW slow AS SELECT 1 AS x, CAST(pg_sleep(30) AS text) AS s")
    pg.write(f"GRANT SELECT ON slow TO {READER}")
    query = TableQuery(connector.describe("public", "slow"), ("x", "s"))
    with pytest.raises(DeadlineExceeded, match="timeout"):
        connector.scan(query).collect()
    connector.ping()
    assert connector.pool.stats()["connections_num"] == 1


def test_a_statement_that_the_driver_cannot_end_is_given_up_on(connector_on: Connect) -> None:
    connector = connector_on(call_timeout=0.5)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="abandoned"):
        connector.execute("SELECT pg_sleep(5)")
    assert time.monotonic() - began < 0.5 + SLACK
    assert connector.execute("SELECT 1") == [(1,)]


def test_a_lock_that_somebody_holds_is_transient(
    pg: Database, connector_on: Connect, big: str
) -> None:
    connector = connector_on(call_timeout=1.9)
    query = TableQuery(connector.describe("public", big))
    writer = pg.connect()
    writer.autocommit = False
    writer.execute(f"LOCK TABLE {big} IN ACCESS EXCLUSIVE MODE")
    try:
        with pytest.raises(TransientError):
            connector.scan(query).collect()
    finally:
        writer.rollback()
        writer.close()
    assert connector.control_totals(query).rows == ROWS


def test_two_reads_at_one_point_at_once_are_refused_when_one_waits_too_long(
    connector_on: Connect, big: str
) -> None:
    connector = connector_on(call_timeout=3.0)
    query = TableQuery(connector.describe("public", big))
    with connector.read_point() as point:
        first = iter(connector.scan(query, point).collect_batches(chunk_size=1000))
        next(first)
        with pytest.raises(SourceBusy, match="one after the other"):
            connector.control_totals(query, point)
        assert sum(batch.height for batch in first) > 0


def test_a_read_that_fails_ends_the_point_since_the_driver_ends_the_transaction(
    pg: Database, connector_on: Connect, big: str
) -> None:
    connector = connector_on(pool=PoolSettings(max_size=1))
    query = TableQuery(connector.describe("public", big))
    with connector.read_point() as point:
        pg.write(f"REVOKE SELECT ON {big} FROM {READER}")
        with pytest.raises(ErpError):
            connector.control_totals(query, point)
        pg.write(f"GRANT SELECT ON {big} TO {READER}")
        with pytest.raises(InvalidQuery, match="the read point is over"):
            connector.control_totals(query, point)
    assert connector.control_totals(query).rows == ROWS


HANGING = """
import os, signal, sys, time
from erp_resources.odbc import OdbcResource
from erp_resources.errors import DeadlineExceeded
resource = OdbcResource(mode="real", connection_string=sys.argv[1], user=sys.argv[2],
                        password=sys.argv[3], call_timeout=0.5)
with resource.connector() as connector:
    try:
        connector.execute("SELECT pg_sleep(60)")
    except DeadlineExceeded:
        print("gave up", flush=True)
"""


def test_a_call_that_hangs_does_not_hold_up_the_end_of_the_process(pg: Database) -> None:
    began = time.monotonic()
    command = [sys.executable, "-c", HANGING, pg.connection_string, READER, READER_PASSWORD]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    assert (done.returncode, done.stdout) == (0, "gave up\n"), done.stderr
    seconds = time.monotonic() - began
    report(f"the process ended after {seconds:.2f} s, where the call lasts 60")
    assert seconds < 30


# ---- secrets ----


def test_the_password_shows_in_no_repr_and_no_pickle(pg: Database) -> None:
    ours = params(pg)
    resource = OdbcResource(
        mode="real", connection_string=pg.connection_string, user=READER, password=READER_PASSWORD
    )
    session = connect(ours, Deadline.after(10))
    for each in (ours, resource, session):
        assert READER_PASSWORD not in repr(each)
    for each in (ours, resource):
        with pytest.raises(TypeError, match="password"):
            pickle.dumps(each)
    close(session)


def test_a_password_in_the_connection_string_is_refused_with_the_remedy() -> None:
    resource = OdbcResource(mode="real", connection_string="Driver=SQLite3;PWD=s3cret")
    with pytest.raises(SettingsError, match="field 'password'") as raised:
        resource._params()
    assert "s3cret" not in str(raised.value)
