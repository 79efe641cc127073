"""DML, transactions and what a session is told to be called: all that changes something."""

from collections.abc import Callable

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleError, OracleType
from tests.erp_resources.sandbox.oracle.canned import CannedSession, Library

INSERT = "insert into t values (:1, :2)"
Connect = Callable[..., oracledb.Connection]


def test_a_change_reports_its_rows_and_opens_a_transaction(
    connection: oracledb.Connection, library: Library
) -> None:
    library.answers["update t set n = 1"] = 42
    with connection.cursor() as cursor:
        assert not connection.transaction_in_progress
        cursor.execute("update t set n = 1")
        assert cursor.rowcount == 42
        assert connection.transaction_in_progress
    connection.commit()
    assert not connection.transaction_in_progress
    assert library.sessions[0].commits == 1


def test_rollback_reaches_the_engine(connection: oracledb.Connection, library: Library) -> None:
    library.answers["delete from t"] = 1
    with connection.cursor() as cursor:
        cursor.execute("delete from t")
    connection.rollback()
    assert (library.sessions[0].commits, library.sessions[0].rollbacks) == (0, 1)


def test_autocommit_commits_each_change(connection: oracledb.Connection, library: Library) -> None:
    library.answers["update t set n = :1"] = 1
    connection.autocommit = True
    with connection.cursor() as cursor:
        for value in range(3):
            cursor.execute("update t set n = :1", [value])
    assert library.sessions[0].commits == 3
    assert not connection.transaction_in_progress


def test_many_executions_arrive_in_order(connection: oracledb.Connection, library: Library) -> None:
    library.answers[INSERT] = 1
    rows = [(n, "x" * (n % 500) or None) for n in range(5000)]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
        assert cursor.rowcount == 5000
    assert [tuple(binds) for _, binds in library.executed] == rows


def test_many_executions_are_repeated_with_a_cached_statement(
    connection: oracledb.Connection, library: Library, server: OracleServer
) -> None:
    library.answers[INSERT] = 1
    with connection.cursor() as cursor:
        for start in (0, 10, 20):
            cursor.executemany(INSERT, [(n, "x") for n in range(start, start + 10)])
            assert cursor.rowcount == 10
    assert [binds[0] for _, binds in library.executed] == list(range(30))
    assert server.counters["executes"] == 3


def test_the_first_failing_execution_ends_the_call(
    connection: oracledb.Connection, library: Library
) -> None:
    def third_fails(_: CannedSession) -> int:
        if len(library.executed) % 5 == 3:
            raise OracleError(1, "unique constraint (APPS.T_PK) violated")
        return 1

    library.answers[INSERT] = third_fails
    with connection.cursor() as cursor:
        with pytest.raises(oracledb.IntegrityError, match="ORA-00001"):
            cursor.executemany(INSERT, [(n, "x") for n in range(5)])
        assert cursor.rowcount == 2
        assert len(library.executed) == 3
        cursor.executemany(INSERT, [(1, "y"), (2, "z")])


def test_an_autocommitted_change_that_fails_is_not_committed(
    connection: oracledb.Connection, library: Library
) -> None:
    library.answers["delete from t"] = OracleError(2292, "integrity constraint violated")
    connection.autocommit = True
    with connection.cursor() as cursor, pytest.raises(oracledb.IntegrityError):
        cursor.execute("delete from t")
    assert library.sessions[0].commits == 0


def test_closing_a_connection_rolls_back_and_frees_the_session(
    connect: Connect, library: Library
) -> None:
    library.answers["delete from t"] = 1
    connection = connect()
    connection.cursor().execute("delete from t")
    connection.close()
    assert library.sessions[0].rollbacks >= 1


def test_the_current_schema_reaches_the_engine(
    connection: oracledb.Connection, library: Library, server: OracleServer
) -> None:
    connection.current_schema = "GL"
    connection.ping()
    assert library.sessions[0].schema == "GL"
    assert server.sessions[0].schema == "GL"


def test_an_unknown_schema_fails_the_call_that_carries_it(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add(
        "select n from t",
        [ColumnInfo("N", OracleType.NUMBER, 10, 0)],
        pa.table({"N": pa.array([1], pa.int64())}),
    )
    connection.current_schema = "NOBODY"
    with connection.cursor() as cursor:
        with pytest.raises(oracledb.DatabaseError, match="ORA-01435"):
            cursor.execute(sql)
        assert library.executed == []
        connection.current_schema = "GL"
        assert cursor.execute(sql).fetchall() == [(1,)]


def test_a_session_can_be_named_for_monitoring(
    connection: oracledb.Connection, server: OracleServer
) -> None:
    connection.module = "erp-assets"
    connection.action = "raw/oracle/gl_je_lines"
    connection.client_identifier = "run-1"
    connection.clientinfo = "page 7"
    connection.dbop = "extract"
    connection.ping()
    assert server.sessions[0].attributes == {
        "module": "erp-assets",
        "action": "raw/oracle/gl_je_lines",
        "client_identifier": "run-1",
        "client_info": "page 7",
        "operation": "extract",
    }
    connection.action = "next"
    connection.ping()
    assert server.sessions[0].attributes["action"] == "next"
    assert server.sessions[0].attributes["module"] == "erp-assets"


def test_application_context_is_read_over(connect: Connect) -> None:
    connect(appcontext=[("CLIENTCONTEXT", "RUN", "1")]).ping()
