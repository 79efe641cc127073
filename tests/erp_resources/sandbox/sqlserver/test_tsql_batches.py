"""Batches: several statements, variables, IF, procedures, descriptions, streaming, stopping."""

import time
from itertools import islice

import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.datatypes import parse_type, spelling
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Notice,
    ResultSet,
    ReturnStatus,
    SqlServerError,
)
from tests.erp_resources.sandbox.interrupts import interrupting
from tests.erp_resources.sandbox.sqlserver.shop import (
    answers,
    ask,
    ask_one,
    number_of,
)

NOTHING = Affected(None)
BATCHES = [
    ("", []),
    ("-- nothing", []),
    (";;", []),
    ("SELECT 1 SELECT 2", [[(1,)], [(2,)]]),
    ("SELECT 1; SELECT 2;", [[(1,)], [(2,)]]),
    ("SET NOCOUNT ON SELECT 1", [NOTHING, [(1,)]]),
    ("SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END SELECT 4", [[(2,)], [(4,)]]),
    ("SELECT 1 UNION ALL SELECT 2 SELECT 3", [[(1,), (2,)], [(3,)]]),
    ("WITH a AS (SELECT 1 AS x) SELECT x FROM a SELECT 2", [[(1,)], [(2,)]]),
    ("PRINT N'ä' PRINT 1 + 1", [Notice(0, "ä"), Notice(0, "2")]),
    ("PRINT NULL", [Notice(0, " ")]),
    (
        "DECLARE @a int = 5, @b nvarchar(2) = N'abc' SET @a = @a + 1 SELECT @a, @b",
        [NOTHING, NOTHING, NOTHING, [(6, "ab")]],
    ),
    ("DECLARE @a decimal(5,1) SELECT @a", [NOTHING, [(None,)]]),
    (
        "DECLARE @a AS datetimeoffset(0) = '2024-01-01 01:00 +01:00' SELECT DATEPART(tz, @a)",
        [NOTHING, [(60,)]],
    ),
    (
        (
            "DECLARE @n int, @g nvarchar(10) SELECT @n = COUNT(*), @g = MIN(GroupId) FROM "
            "CustGroup SELECT @n, @g"
        ),
        [NOTHING, NOTHING, NOTHING, [(2, "DOM")]],
    ),
    (
        "DECLARE @g nvarchar(10) = 'x' SELECT @g = GroupId FROM CustGroup WHERE 1 = 0 SELECT @g",
        [NOTHING, NOTHING, [("x",)]],
    ),
    ("IF 1 = 1 SELECT 'yes' ELSE SELECT 'no'", [[("yes",)]]),
    (
        (
            "IF NOT EXISTS (SELECT 1 FROM CustGroup) BEGIN SELECT 1 SELECT 2 END ELSE BEGIN "
            "SELECT 3 END SELECT 4"
        ),
        [[(3,)], [(4,)]],
    ),
    ("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION", []),
    ("BEGIN TRAN SELECT @@TRANCOUNT COMMIT SELECT @@TRANCOUNT", [NOTHING, [(1,)], NOTHING, [(0,)]]),
    ("USE [master] SELECT DB_NAME()", [NOTHING, [("master",)]]),
    ("SELECT 1 / 1; SELECT @@ROWCOUNT, @@ERROR", [[(1,)], [(1, 0)]]),
    ("SELECT 1 / 1; SELECT @@ERROR, ROWCOUNT_BIG()", [[(1,)], [(0, 1)]]),
    (
        "SET ANSI_NULLS, QUOTED_IDENTIFIER ON SET LANGUAGE us_english SET DATEFORMAT mdy",
        [NOTHING] * 3,
    ),
    ("SET TEXTSIZE 2147483647; SET DEADLOCK_PRIORITY LOW; SET STATISTICS IO ON", [NOTHING] * 3),
    ("SET LOCK_TIMEOUT 5000 SELECT @@LOCK_TIMEOUT", [NOTHING, [(5000,)]]),
    (
        "EXEC sp_pkeys CustGroup",
        [[("AX", "dbo", "CustGroup", "GroupId", 1, "PK_CustGroup")], ReturnStatus(0)],
    ),
    (
        "{CALL sp_pkeys(N'CustGroup')}",
        [[("AX", "dbo", "CustGroup", "GroupId", 1, "PK_CustGroup")], ReturnStatus(0)],
    ),
    (
        (
            "DECLARE @t sysname = 'CustGroup' EXEC @r = sys.sp_pkeys @table_owner = N'dbo', "
            "@table_name = @t SELECT 1"
        ),
        [
            NOTHING,
            [("AX", "dbo", "CustGroup", "GroupId", 1, "PK_CustGroup")],
            ReturnStatus(0),
            [(1,)],
        ],
    ),
]


@pytest.mark.parametrize(("batch", "expected"), BATCHES)
def test_a_batch_answers_statement_by_statement(
    unchanged: SqlServerEngine, batch: str, expected: list[object]
) -> None:
    session = unchanged.session("sa")
    assert answers(session, batch) == expected
    session.close()


def test_what_ran_before_an_error_was_answered(reading: SqlServerSession) -> None:
    found = reading.execute("SELECT 1; SELECT nope")
    assert isinstance(next(found), ResultSet)
    with pytest.raises(SqlServerError, match="Invalid column name 'nope'"):
        next(found)


def test_the_same_text_means_another_thing_to_another_user(
    reading: SqlServerSession, reader: SqlServerSession
) -> None:
    query = "SELECT COUNT(*) FROM sys.tables"
    assert ask_one(reading, query) == ask_one(reader, query) + 1


def test_a_literal_is_not_mistaken_for_one_that_differs_in_case(reading: SqlServerSession) -> None:
    assert [ask_one(reading, f"SELECT N'{text}'") for text in ("a", "A")] == ["a", "A"]


def test_a_table_loaded_later_is_found(session: SqlServerSession, database: Database) -> None:
    query = "SELECT OBJECT_ID('Late')"
    assert ask_one(session, query) is None
    late = Table("dbo", "Late", (Column("A", "int"),), ())
    database.load(late, pa.table({"A": pa.array([1], pa.int32())}))
    assert ask_one(session, query) is not None
    assert ask(session, "SELECT A FROM Late") == [(1,)]


# Descriptions

DESCRIBED = [
    (
        "SELECT Name, Credit FROM CustTable WHERE Visits > @P1",
        ["int"],
        [("Name", "nvarchar(60)"), ("Credit", "numeric(32,16)")],
    ),
    (
        "SELECT @P1 AS a, @P2 + 1",
        ["nvarchar(20)", "bigint"],
        [("a", "nvarchar(20)"), ("", "bigint")],
    ),
    ("SET NOCOUNT ON; DECLARE @x date; SELECT @x", [], [("", "date")]),
    ("UPDATE CustTable SET Name = @P1", ["nvarchar(20)"], None),
    ("SET NOCOUNT ON", [], None),
]


@pytest.mark.parametrize(("batch", "kinds", "columns"), DESCRIBED)
def test_a_batch_is_described_without_running(
    reading: SqlServerSession,
    batch: str,
    kinds: list[str],
    columns: list[tuple[str, str]] | None,
) -> None:
    found = reading.describe(batch, [parse_type(kind) for kind in kinds])
    shown = None if found is None else [(one.name, spelling(one.type)) for one in found]
    assert shown == columns


def test_a_wrong_batch_is_not_described(reading: SqlServerSession) -> None:
    with pytest.raises(SqlServerError, match="Invalid object name 'nope'"):
        reading.describe("SELECT * FROM nope")


UNDECLARED = [
    (
        "SELECT 1 FROM CustTable WHERE AccountNum = @P1 AND Visits > @P2",
        {"@p1": "nvarchar(20)", "@p2": "int"},
    ),
    (
        "SELECT 1 FROM CustTable WHERE @P1 < Credit OR Blocked IN (@P2, @P3)",
        {"@p1": "numeric(32,16)", "@p2": "bit", "@p3": "bit"},
    ),
    (
        "SELECT 1 FROM CustTable WHERE ChangedAt BETWEEN @P1 AND @P2 AND Name LIKE @P3",
        {"@p1": "datetime", "@p2": "datetime", "@p3": "nvarchar(60)"},
    ),
    (
        "SELECT TOP (@P1) CAST(@P2 AS datetime2(7)) FROM CustTable",
        {"@p1": "bigint", "@p2": "datetime2(7)"},
    ),
    (
        "INSERT INTO CustGroup (GroupId, Name) VALUES (@P1, @P2)",
        {"@p1": "nvarchar(10)", "@p2": "nvarchar(60)"},
    ),
    (
        "UPDATE CustTable SET Visits = @P1 WHERE SysRowVersion = @P2",
        {"@p1": "int", "@p2": "timestamp"},
    ),
    ("DECLARE @a int = 1; SELECT @a, COALESCE(@P1, Visits) FROM CustTable", {"@p1": "int"}),
    ("SELECT @P1", {"@p1": "nvarchar(4000)"}),
]


@pytest.mark.parametrize(("batch", "kinds"), UNDECLARED)
def test_undeclared_parameters_have_the_types_that_suit_them(
    reading: SqlServerSession, batch: str, kinds: dict[str, str]
) -> None:
    found = reading.undeclared_parameters(batch)
    assert {one.name: spelling(one.type) for one in found} == kinds


# Large results

ROWS = 300_000


@pytest.fixture(scope="module")
def large() -> SqlServerEngine:
    """An engine with one table of many rows."""
    database = Database()
    table = Table("dbo", "Big", (Column("Id", "bigint"), Column("Name", "nvarchar(20)")), ("Id",))
    ids = pa.array(range(ROWS), pa.int64())
    database.load(table, pa.table({"Id": ids, "Name": ids.cast(pa.string())}))
    return SqlServerEngine(database, {"sa": User("sa")})


def test_a_large_result_comes_in_batches(large: SqlServerEngine) -> None:
    (result,) = large.session("sa").execute("SELECT * FROM Big")
    assert isinstance(result, ResultSet)
    sizes = [batch.num_rows for batch in result.batches]
    assert sum(sizes) == ROWS
    assert max(sizes) <= 65_536


def test_an_error_among_many_rows_has_its_number(large: SqlServerEngine) -> None:
    session = large.session("sa")
    assert number_of(session, "SELECT 1 / (Id - 200000) FROM Big") == 8134
    assert ask_one(session, "SELECT 1") == 1


def test_a_result_left_unread_does_not_hinder_the_next(large: SqlServerEngine) -> None:
    session = large.session("sa")
    (result,) = session.execute("SELECT * FROM Big")
    assert isinstance(result, ResultSet)
    assert len(list(islice(result.batches, 1))) == 1
    assert ask_one(session, "SELECT COUNT(*) FROM Big") == ROWS
    session.close()


ENDLESS = "SELECT COUNT_BIG(*) FROM Big a, Big b WHERE a.Id + b.Id = 5 OR a.Id * b.Id = 7"


@pytest.mark.parametrize(
    "batch",
    [ENDLESS, "WAITFOR DELAY '00:10:00'", f"DECLARE @n bigint = ({ENDLESS})"],
    ids=["query", "wait", "variable"],
)
def test_another_thread_stops_a_statement_at_once(large: SqlServerEngine, batch: str) -> None:
    session = large.session("sa")
    started = time.monotonic()
    with interrupting(session.interrupt, after=0.2):
        assert number_of(session, batch) == 0
    seconds = time.monotonic() - started
    print(f"stopped after {seconds:.2f} s")  # noqa: T201 - the measurement
    assert seconds < 10
    assert ask_one(session, "SELECT 1") == 1


def test_a_result_that_is_stopped_ends_between_its_batches(large: SqlServerEngine) -> None:
    session = large.session("sa")
    (result,) = session.execute("SELECT * FROM Big")
    assert isinstance(result, ResultSet)
    assert next(result.batches).num_rows
    session.interrupt()
    with pytest.raises(SqlServerError) as stopped:
        list(result.batches)
    assert stopped.value.number == 0


def test_an_interrupt_of_an_idle_session_does_nothing(reading: SqlServerSession) -> None:
    reading.interrupt()
    assert ask_one(reading, "SELECT 1") == 1
