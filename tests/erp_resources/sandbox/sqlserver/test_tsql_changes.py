"""INSERT, UPDATE and DELETE: what they change, what they refuse, and who sees it when."""

from decimal import Decimal

import pytest

from erp_resources.sandbox.sqlserver.engine import SqlServerEngine
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import Affected
from tests.erp_resources.sandbox.sqlserver.shop import (
    answers,
    ask,
    ask_one,
    change,
    error_of,
    number_of,
    parameter,
)


def _names(session: SqlServerSession) -> list[str]:
    return [name for (name,) in ask(session, "SELECT Name FROM CustGroup ORDER BY GroupId")]


def test_rows_are_inserted_updated_and_deleted(session: SqlServerSession) -> None:
    assert (
        change(session, "INSERT INTO dbo.CustGroup (GroupId, Name) VALUES ('A', N'ä'), ('B', NULL)")
        == 2
    )
    assert change(session, "UPDATE CustGroup SET Name = Name + 'x' WHERE GroupId < 'C'") == 2
    assert change(session, "DELETE FROM CustGroup WHERE Name IS NULL") == 1
    assert _names(session) == ["äx", "Domestic", "Export"]


def test_rows_are_inserted_from_a_query(session: SqlServerSession) -> None:
    sql = "INSERT CustGroup SELECT GroupId + '2', UPPER(Name) FROM CustGroup WHERE GroupId = 'DOM'"
    assert change(session, sql) == 1
    assert _names(session) == ["Domestic", "DOMESTIC", "Export"]


def test_parameters_are_stored_as_their_columns_declare(session: SqlServerSession) -> None:
    sql = (
        "INSERT INTO CustTable (AccountNum, DataAreaId, Credit, Blocked, ChangedAt, Visits) "
        "VALUES (@P1, @P2, @P3, @P4, @P5, @P6)"
    )
    given = [
        parameter("@P1", "nvarchar(4000)", "N-1"),
        parameter("@P2", "nvarchar(4000)", "plt1"),
        parameter("@P3", "decimal(38,20)", Decimal("1.00000000000000005")),
        parameter("@P4", "int", 2),
        parameter("@P5", "nvarchar(4000)", "2024-01-02T03:04:05.998"),
        parameter("@P6", "nvarchar(10)", " 12 "),
    ]
    assert change(session, sql, *given) == 1
    row = ask(
        session,
        "SELECT Credit, Blocked, CONVERT(varchar(23), ChangedAt, 121), Visits, Name "
        "FROM CustTable WHERE AccountNum = 'N-1'",
    )
    expected = (Decimal("1.0000000000000001"), True, "2024-01-02 03:04:05.997", 12, None)
    assert row == [expected]


def test_an_update_may_join_other_tables(session: SqlServerSession) -> None:
    sql = (
        "UPDATE c SET Name = g.Name FROM CustTable AS c JOIN CustGroup AS g "
        "ON g.GroupId = c.GroupId WHERE g.GroupId = 'EXP'"
    )
    assert change(session, sql) == 1
    assert ask_one(session, "SELECT Name FROM CustTable WHERE Blocked = 1") == "Export"


def test_a_delete_may_name_its_table_first(session: SqlServerSession) -> None:
    assert change(session, "DELETE CustGroup WHERE GroupId = 'EXP'") == 1
    assert _names(session) == ["Domestic"]


def test_the_row_count_is_known_to_the_next_statement(session: SqlServerSession) -> None:
    assert answers(session, "UPDATE CustTable SET Visits = 1; SELECT @@ROWCOUNT") == [
        Affected(4),
        [(4,)],
    ]


def test_nocount_counts_nothing(session: SqlServerSession) -> None:
    found = answers(session, "SET NOCOUNT ON DELETE FROM CustGroup SELECT @@ROWCOUNT")
    assert found == [Affected(None), Affected(None), [(2,)]]


REFUSED = [
    (109, "INSERT INTO CustGroup (GroupId, Name) VALUES ('A')"),
    (110, "INSERT INTO CustGroup (GroupId) VALUES ('A', 'B')"),
    (120, "INSERT INTO CustGroup (GroupId, Name) SELECT 'A'"),
    (121, "INSERT INTO CustGroup (GroupId) SELECT 'A', 'B'"),
    (245, "UPDATE CustTable SET Visits = 'x'"),
    (264, "UPDATE CustGroup SET Name = 'a', NAME = 'b'"),
    (272, "UPDATE CustTable SET SysRowVersion = 0x01"),
    (273, "INSERT INTO CustTable (SysRowVersion) VALUES (0x01)"),
    (515, "INSERT INTO CustGroup (Name) VALUES ('x')"),
    (515, "UPDATE CustGroup SET GroupId = NULL"),
    (2627, "INSERT INTO CustGroup (GroupId) VALUES ('DOM')"),
    (2627, "UPDATE CustGroup SET GroupId = 'X'"),
    (2628, "UPDATE CustGroup SET GroupId = '12345678901'"),
    (2628, "INSERT INTO CustTable (AccountNum, DataAreaId, Blocked) VALUES ('a', N'😀😀x', 0)"),
    (8115, "UPDATE CustTable SET Credit = 1e30"),
    (40000, "INSERT INTO CustGroup DEFAULT VALUES"),
    (40000, "DELETE TOP (1) FROM CustGroup"),
    (40000, "UPDATE CustGroup SET Name = 'x' OUTPUT inserted.Name"),
    (
        40000,
        (
            "UPDATE CustGroup SET Name = 'x' FROM CustGroup g JOIN CustTable c ON c.GroupId = "
            "g.GroupId"
        ),
    ),
    (259, "DELETE FROM sys.tables"),
    (257, "INSERT INTO EveryType (varbinary_) VALUES ('a')"),
    (257, "INSERT INTO EveryType (int_) SELECT sql_variant_ FROM EveryType"),
]


@pytest.mark.parametrize(("number", "sql"), REFUSED)
def test_a_change_that_fails_changes_nothing(
    session: SqlServerSession, number: int, sql: str
) -> None:
    before = ask(session, "SELECT CHECKSUM_AGG(CHECKSUM(*)), COUNT(*) FROM CustGroup")
    assert number_of(session, sql) == number
    assert ask(session, "SELECT CHECKSUM_AGG(CHECKSUM(*)), COUNT(*) FROM CustGroup") == before
    assert session.transaction == 0


def test_blanks_at_the_end_are_no_truncation(session: SqlServerSession) -> None:
    assert (
        change(session, "UPDATE CustGroup SET Name = 'x' + SPACE(100) WHERE GroupId = 'DOM'") == 1
    )
    assert ask_one(session, "SELECT DATALENGTH(Name) FROM CustGroup WHERE GroupId = 'DOM'") == 120


def test_a_truncation_names_table_column_and_value(session: SqlServerSession) -> None:
    error = error_of(session, "UPDATE CustGroup SET GroupId = 'ABCDEFGHIJK' WHERE GroupId = 'DOM'")
    assert error is not None
    assert error.text == (
        "String or binary data would be truncated in table 'dbo.CustGroup', column 'GroupId'. "
        "Truncated value: 'ABCDEFGHIJ'."
    )


def test_what_is_not_committed_is_seen_by_its_session_only(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    session.begin()
    change(session, "DELETE FROM CustGroup")
    assert (_names(session), _names(other)) == ([], ["Domestic", "Export"])
    session.commit()
    assert _names(other) == []


def test_a_rollback_undoes_all_nested_transactions(session: SqlServerSession) -> None:
    answers(session, "BEGIN TRAN; DELETE FROM CustGroup; BEGIN TRANSACTION inside; COMMIT")
    assert ask_one(session, "SELECT @@TRANCOUNT") == 1
    answers(session, "ROLLBACK TRAN")
    assert session.transaction == 0
    assert _names(session) == ["Domestic", "Export"]


def test_an_error_leaves_the_transaction_open_unless_xact_abort_is_on(
    session: SqlServerSession,
) -> None:
    session.begin()
    change(session, "DELETE FROM CustGroup WHERE GroupId = 'DOM'")
    assert number_of(session, "SELECT 1 / 0") == 8134
    assert session.transaction
    assert number_of(session, "SET XACT_ABORT ON; SELECT 1 / 0") == 8134
    assert not session.transaction
    assert _names(session) == ["Domestic", "Export"]


def test_a_locked_row_makes_a_deadlock_victim(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    session.begin()
    change(session, "UPDATE CustGroup SET Name = 'x' WHERE GroupId = 'DOM'")
    other.begin()
    error = error_of(other, "UPDATE CustGroup SET Name = 'y' WHERE GroupId = 'DOM'")
    assert error is not None
    assert (error.number, error.severity) == (1205, 13)
    assert other.transaction == 0


def test_a_lock_timeout_leaves_the_transaction_open(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    session.begin()
    change(session, "INSERT INTO CustGroup (GroupId) VALUES ('NEW')")
    answers(other, "SET LOCK_TIMEOUT 0; BEGIN TRAN")
    assert number_of(other, "INSERT INTO CustGroup (GroupId) VALUES ('NEW')") == 1222
    assert other.transaction


def test_implicit_transactions_begin_with_the_first_table(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    answers(session, "SET IMPLICIT_TRANSACTIONS ON")
    assert ask_one(session, "SELECT 1") == 1
    assert session.transaction == 0
    change(session, "DELETE FROM CustGroup")
    assert session.transaction
    assert len(_names(other)) == 2
    answers(session, "IF @@TRANCOUNT > 0 COMMIT TRAN")
    assert _names(other) == []


def test_a_reset_session_is_as_new(session: SqlServerSession) -> None:
    answers(session, "USE master; SET NOCOUNT ON; BEGIN TRAN")
    assert session.database == "master"
    session.reset()
    assert (session.database, session.transaction) == ("AX", 0)
    assert change(session, "UPDATE CustGroup SET Name = 'x'") == 2


def test_a_closed_session_leaves_nothing_locked(
    engine: SqlServerEngine, session: SqlServerSession
) -> None:
    gone = engine.session("sa")
    gone.begin()
    change(gone, "DELETE FROM CustGroup")
    gone.close()
    assert change(session, "DELETE FROM CustGroup") == 2
