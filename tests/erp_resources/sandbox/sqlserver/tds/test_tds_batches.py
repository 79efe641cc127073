"""Batches: several results, messages, errors, transactions and the state of a session."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyodbc
import pytest

from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Answer,
    Notice,
    Parameter,
    ResultSet,
    SqlServerError,
    SqlType,
)
from tests.erp_resources.sandbox.sqlserver.tds.odbc import OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import (
    NUMBER,
    Library,
    ScriptedSession,
    numbers,
    result,
)

Connect = Callable[..., pyodbc.Connection]


def test_several_results_come_one_after_another(
    connection: pyodbc.Connection, library: Library
) -> None:
    library.answer(
        "batch",
        result(NUMBER, numbers(2)),
        Affected(5),
        result({"s": SqlType("nvarchar", 5)}, pa.record_batch({"s": ["ü"]})),
        Affected(None),
    )
    cursor = connection.execute("batch")
    assert [row.n for row in cursor.fetchall()] == [0, 1]
    assert cursor.nextset()
    assert cursor.rowcount == 5
    assert cursor.nextset()
    assert [row.s for row in cursor.fetchall()] == ["ü"]


def test_an_empty_result_still_has_columns(connection: pyodbc.Connection, library: Library) -> None:
    columns = {"a": SqlType("int"), "": SqlType("date"), "Köln 𝄞": SqlType("nvarchar", 60)}
    cursor = connection.execute(library.answer("q", result(columns)))
    assert cursor.fetchall() == []
    assert [column[0] for column in cursor.description] == ["a", "", "Köln 𝄞"]
    assert cursor.description[2][3] == 60


def test_a_large_result_arrives_whole_and_in_order(
    connection: pyodbc.Connection, library: Library
) -> None:
    batch = numbers(70_000)
    library.table("q", NUMBER, batch.slice(0, 1), batch.slice(1, 0), batch.slice(1))
    rows = connection.execute("q").fetchall()
    assert [row.n for row in rows] == list(range(70_000))


def test_a_message_is_heard(connection: pyodbc.Connection, library: Library) -> None:
    cursor = connection.execute(library.answer("PRINT", Notice(0, "hällo"), Affected(None)))
    assert [text for _, text in cursor.messages] != []
    assert "hällo" in cursor.messages[0][1]


@pytest.mark.parametrize(
    ("number", "severity", "state"),
    [
        (102, 15, "42000"),
        (207, 16, "42S22"),
        (208, 16, "42S02"),
        (229, 14, "42000"),
        (1205, 13, "40001"),
        (2627, 14, "23000"),
        (3960, 16, "42000"),
        (8115, 16, "22003"),
    ],
)
def test_an_error_keeps_its_number_and_the_session_goes_on(
    connection: pyodbc.Connection,
    library: Library,
    driver: OdbcDriver,
    number: int,
    severity: int,
    state: str,
) -> None:
    library.answer("bad", SqlServerError(number, "something wröng", severity=severity))
    with pytest.raises(pyodbc.Error, match=rf"something wröng \({number}\)") as caught:
        connection.execute("bad")
    if driver.is_microsoft:  # FreeTDS knows fewer states
        assert caught.value.args[0] == state
    assert connection.execute(library.table("q", NUMBER, numbers(1))).fetchval() == 0


def test_an_error_behind_rows_does_not_look_like_their_end(
    connection: pyodbc.Connection, library: Library
) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield numbers(150)
        raise SqlServerError(8134, "Divide by zero error encountered.")

    library.answer("q", ResultSet(result(NUMBER).columns, batches()))
    cursor = connection.execute("q")
    assert len(cursor.fetchmany(150)) == 150
    with pytest.raises(pyodbc.Error, match="Divide by zero"):
        cursor.fetchmany(1)


def test_an_error_behind_a_statement_leaves_its_count(
    connection: pyodbc.Connection, library: Library
) -> None:
    library.answer("batch", Affected(3), SqlServerError(547, "conflict"))
    cursor = connection.execute("batch")
    assert cursor.rowcount == 3
    with pytest.raises(pyodbc.Error, match="547"):
        cursor.nextset()


def test_a_fatal_error_ends_the_connection(connection: pyodbc.Connection, library: Library) -> None:
    library.answer("bad", SqlServerError(824, "a damaged page", severity=24))
    with pytest.raises(pyodbc.Error, match="a damaged page"):
        connection.execute("bad")
    with pytest.raises(pyodbc.Error):
        connection.execute("bad")
    assert len(library.executed) == 1


def test_a_mistake_in_the_engine_is_an_error_and_not_the_end(
    connection: pyodbc.Connection, library: Library
) -> None:
    def script(_: ScriptedSession, __: Sequence[Parameter]) -> Iterator[Answer]:
        yield Affected(1 // len(""))

    library.scripts["bad"] = script
    with pytest.raises(pyodbc.Error, match="sandbox: ZeroDivisionError"):
        connection.execute("bad")
    assert connection.execute(library.table("q", NUMBER, numbers(1))).fetchval() == 0


def test_a_long_statement_takes_several_packets(
    connection: pyodbc.Connection, library: Library
) -> None:
    text = "SELECT " + "ü𝄞" * 20_000
    connection.execute(library.answer(text, Affected(None)))
    assert library.executed[-1][0] == text


def test_the_current_database_follows_a_use(
    connection: pyodbc.Connection, library: Library, server: SqlServer
) -> None:
    def script(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
        session.database = "other"
        yield Affected(None)

    library.scripts["USE other"] = script
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == "AX"
    connection.execute("USE other")
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == "other"
    assert server.sessions[0].database == "other"


# Transactions


def test_changes_are_committed_and_rolled_back(connect: Connect, library: Library) -> None:
    library.answer("UPDATE", Affected(1))
    connection = connect(autocommit=False)
    connection.execute("UPDATE")
    connection.commit()
    connection.execute("UPDATE")
    connection.rollback()
    connection.execute("UPDATE")
    connection.commit()
    calls = [call for call in library.sessions[0].calls if not call.startswith("begin")]
    assert calls == ["commit", "rollback", "commit"]


def test_a_transaction_that_the_engine_began_is_announced(
    connection: pyodbc.Connection, library: Library
) -> None:
    def begin(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
        session.begin()
        yield Affected(None)

    def commit(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
        session.commit()
        yield Affected(None)

    library.scripts |= {"BEGIN TRAN": begin, "COMMIT": commit}
    for _ in range(3):
        connection.execute("BEGIN TRAN")
        connection.execute("COMMIT")
    assert library.sessions[0].calls == ["begin None", "commit"] * 3


def test_a_transaction_that_an_error_ended_can_be_followed_by_another(
    connect: Connect, library: Library
) -> None:
    def deadlock(session: ScriptedSession, _: Sequence[Parameter]) -> Iterator[Answer]:
        session.rollback()
        raise SqlServerError(1205, "You were chosen as the deadlock victim.", severity=13)
        yield

    library.scripts["UPDATE"] = deadlock
    connection = connect(autocommit=False)
    with pytest.raises(pyodbc.Error, match="1205"):
        connection.execute("UPDATE")
    connection.rollback()
    connection.execute(library.answer("INSERT", Affected(1)))
    connection.commit()
    assert library.sessions[0].calls[-1] in ("commit", "begin None")


def test_an_isolation_level_is_asked_for(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    library.answer(" SET TRANSACTION ISOLATION LEVEL SERIALIZABLE ", Affected(None))
    text = microsoft.connection_string(server.port)
    level = {pyodbc.SQL_ATTR_TXN_ISOLATION: pyodbc.SQL_TXN_SERIALIZABLE}
    connection = pyodbc.connect(text, autocommit=False, attrs_before=level)
    connection.close()
    (batch, _), *_ = library.executed
    assert batch.strip() == "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"
