"""Parameters and prepared statements, as both drivers send them."""

import datetime as dt
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyodbc
import pytest

from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import (
    MAX,
    Affected,
    Answer,
    ColumnInfo,
    Parameter,
    ReturnStatus,
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

VALUES: list[Any] = [
    None,
    True,
    0,
    -(2**31),
    2**62,
    0.1,
    Decimal("-12345678901234567890.123456789"),
    Decimal("0.5"),
    "",
    "naïve 𝄞 ü",
    "x" * 9000,
    b"\x00\xff",
    b"\xab" * 9000,
    dt.date(2024, 2, 29),
    dt.datetime(2024, 2, 29, 12, 30, 15, 123000),
    dt.time(12, 30, 15),
]


def sent(library: Library) -> list[Any]:
    """The values of the last statement's parameters."""
    return [parameter.value for parameter in library.executed[-1][1]]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_a_parameter_arrives_as_it_was(
    connection: pyodbc.Connection, library: Library, value: Any
) -> None:
    library.answer("INSERT INTO t VALUES (@P1)", Affected(1))
    connection.execute("INSERT INTO t VALUES (?)", value)
    assert sent(library) == [value]
    assert type(sent(library)[0]) is type(value) or isinstance(value, (bool, int))


def test_a_guid_arrives_as_one_from_microsofts_driver(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    library.answer("SELECT @P1", Affected(None))
    value = uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")
    with pyodbc.connect(microsoft.connection_string(server.port)) as connection:
        connection.execute("SELECT ?", value)
    connection.close()
    assert sent(library) == [value]
    assert library.executed[-1][1][0].type == SqlType("uniqueidentifier")


def test_parameters_have_the_names_and_types_that_were_declared(
    connection: pyodbc.Connection, library: Library
) -> None:
    library.answer("UPDATE t SET a = @P1, b = @P2 WHERE c = @P3", Affected(2))
    cursor = connection.execute("UPDATE t SET a = ?, b = ? WHERE c = ?", 7, "ü", Decimal("1.25"))
    assert cursor.rowcount == 2
    parameters = library.executed[-1][1]
    assert [parameter.name for parameter in parameters] == ["@P1", "@P2", "@P3"]
    assert [parameter.type.name for parameter in parameters] in (
        ["int", "nvarchar", "numeric"],
        ["int", "nvarchar", "decimal"],
    )
    assert (parameters[2].type.precision, parameters[2].type.scale) == (3, 2)


def test_a_call_takes_2100_parameters_and_no_more(
    connection: pyodbc.Connection, library: Library
) -> None:
    most = 2_100 - 3  # sp_prepexec has three of its own
    library.answer("SELECT " + ", ".join(f"@P{n}" for n in range(1, most + 1)), Affected(1))
    connection.execute("SELECT " + ", ".join("?" * most), *range(most))
    assert len(sent(library)) == most
    with pytest.raises(pyodbc.Error, match=r"supports a maximum of 2100 parameters.*\(8003\)"):
        connection.execute("SELECT " + ", ".join("?" * (most + 1)), *range(most + 1))


def test_a_statement_is_prepared_once_and_executed_often(
    connection: pyodbc.Connection, library: Library, server: SqlServer
) -> None:
    server.counters.reset()

    def script(_: ScriptedSession, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        yield result(NUMBER, numbers(parameters[0].value))

    library.scripts["SELECT n FROM f(@P1)"] = script
    cursor = connection.cursor()
    for count in (3, 5, 0, 2):
        assert len(cursor.execute("SELECT n FROM f(?)", count).fetchall()) == count
    assert [parameters[0].value for _, parameters in library.executed] == [3, 5, 0, 2]
    assert server.counters["executes"] == 4


def test_many_rows_are_sent_one_by_one(connection: pyodbc.Connection, library: Library) -> None:
    library.answer("INSERT INTO t VALUES (@P1, @P2)", Affected(1))
    rows = [(number, f"row {number}") for number in range(20)]
    connection.cursor().executemany("INSERT INTO t VALUES (?, ?)", rows)
    assert [tuple(p.value for p in parameters) for _, parameters in library.executed] == rows


FAST_CLIENT = """
import json, pyodbc, sys
connection = pyodbc.connect(sys.argv[1], autocommit=True)
cursor = connection.cursor()
cursor.fast_executemany = True
try:
    cursor.executemany(sys.argv[2], json.loads(sys.argv[3]))
except pyodbc.Error as error:
    sys.exit(str(error))
finally:
    connection.close()
"""


def executemany_fast(text: str, sql: str, rows: list[tuple[Any, ...]]) -> str:
    """Run pyodbc's fast_executemany; returns its error.

    In a process of its own: it holds the interpreter's lock while it waits for the server.
    """
    command = [sys.executable, "-c", FAST_CLIENT, text, sql, json.dumps(rows)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stderr


def test_many_rows_are_sent_in_one_message_by_fast_executemany(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    library.answer("INSERT INTO t VALUES (@P1, @P2)", Affected(1))
    library.undeclared = [
        Parameter("@P1", SqlType("int"), None),
        Parameter("@P2", SqlType("nvarchar", 20), None),
    ]
    rows = [(number, f"row {number}" if number % 3 else None) for number in range(50)]
    text = microsoft.connection_string(server.port)
    assert executemany_fast(text, "INSERT INTO t VALUES (?, ?)", rows) == ""
    assert [tuple(p.value for p in parameters) for _, parameters in library.executed] == rows
    assert library.sessions[0].calls[0] == "undeclared INSERT INTO t VALUES (@P1, @P2)"
    assert server.counters["round_trips"] < 20


def test_one_row_that_fails_does_not_keep_the_others_from_running(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    def script(_: ScriptedSession, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        if parameters[0].value == 3:
            raise SqlServerError(2627, "Violation of PRIMARY KEY constraint.", severity=14)
        yield Affected(1)

    library.scripts["INSERT INTO t VALUES (@P1)"] = script
    library.undeclared = [Parameter("@P1", SqlType("int"), None)]
    text = microsoft.connection_string(server.port)
    rows = [(number,) for number in range(6)]
    assert "2627" in executemany_fast(text, "INSERT INTO t VALUES (?)", rows)
    assert [parameters[0].value for _, parameters in library.executed] == list(range(6))


def test_a_null_is_bound_in_the_type_that_the_server_suggests(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    library.undeclared = [Parameter("@P1", SqlType("varbinary", 8), None)]
    library.answer("UPDATE t SET b = @P1", Affected(1))
    connection = pyodbc.connect(microsoft.connection_string(server.port), autocommit=True)
    connection.execute("UPDATE t SET b = ?", None)
    connection.close()
    (parameter,) = library.executed[-1][1]
    assert (parameter.type.name, parameter.value) == ("varbinary", None)


def test_a_procedure_is_called_by_name(connection: pyodbc.Connection, library: Library) -> None:
    library.answer("do_things", result(NUMBER, numbers(3)), ReturnStatus(0))
    rows = connection.execute("{CALL do_things (?, ?)}", 5, "ü").fetchall()
    assert [row.n for row in rows] == [0, 1, 2]
    assert library.executed[-1][0] == "do_things"
    assert sent(library) == [5, "ü"]


def test_an_unknown_procedure_is_an_error(connection: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.Error, match="Could not find stored procedure 'nothing'"):
        connection.execute("{CALL nothing}")


def test_the_catalogue_is_asked_for_by_procedure(
    connection: pyodbc.Connection, library: Library
) -> None:
    columns = {
        name: SqlType("nvarchar", 128)
        for name in ("TABLE_QUALIFIER", "TABLE_OWNER", "TABLE_NAME", "TABLE_TYPE", "REMARKS")
    }
    library.answer("sp_tables", result(columns))
    assert connection.cursor().tables(table="CUSTTABLE").fetchall() == []
    name, parameters = library.executed[-1]
    assert name == "sp_tables"
    assert "CUSTTABLE" in [parameter.value for parameter in parameters]


def test_columns_are_described_without_running_the_statement(
    connection: pyodbc.Connection, library: Library
) -> None:
    library.described["SELECT n, d FROM t"] = [
        ColumnInfo("n", SqlType("bigint"), nullable=False),
        ColumnInfo("d", SqlType("decimal", precision=28, scale=12)),
        ColumnInfo("s", SqlType("nvarchar", MAX)),
    ]
    rows = connection.execute("{CALL sp_describe_first_result_set (?)}", "SELECT n, d FROM t")
    told = [
        (row.name, row.system_type_name, row.max_length, row.is_nullable) for row in rows.fetchall()
    ]
    assert told == [
        ("n", "bigint", 8, False),
        ("d", "decimal(28,12)", 13, True),
        ("s", "nvarchar(max)", -1, True),
    ]
    assert library.executed == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("{CALL sp_execute (77)}", "8179"),
        ("{CALL sp_executesql (N'SELECT @a', N'@a int')}", "8178"),
        ("{CALL sp_executesql (N'SELECT 1', N'', 1)}", "8144"),
        ("{CALL sp_executesql (N'SELECT @a', N'@a nonsense', 1)}", "nonsense"),
        ("{CALL sp_executesql (N'SELECT @a', N'a int', 1)}", "102"),
        ("{CALL sp_executesql}", "201"),
        ("{CALL sp_cursoropen (1)}", "not in the sandbox: server cursors"),
    ],
)
def test_a_call_that_cannot_be_is_an_error_and_the_session_goes_on(
    server: SqlServer, microsoft: OdbcDriver, library: Library, call: str, message: str
) -> None:
    connection = pyodbc.connect(microsoft.connection_string(server.port), autocommit=True)
    with pytest.raises(pyodbc.Error, match=message):
        connection.execute(call)
    connection.execute(library.answer("SET x", Affected(None)))
    connection.close()
