"""Isolation levels, rowversions and Change Tracking: what a reader sees while others write."""

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from tests.erp_resources.sandbox.sqlserver.shop import (
    LEDGER,
    answers,
    ask,
    ask_one,
    change,
    number_of,
    parameter,
    rows,
)

COUNT = "SELECT COUNT(*) FROM CustGroup"
INSERT = "INSERT INTO CustGroup (GroupId) VALUES ('{}')"


def _begin(session: SqlServerSession, level: str) -> None:
    answers(session, f"SET TRANSACTION ISOLATION LEVEL {level}; BEGIN TRANSACTION")


@pytest.mark.parametrize("level", ["SNAPSHOT", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_pinned_transaction_sees_one_moment(
    session: SqlServerSession, other: SqlServerSession, level: str
) -> None:
    _begin(session, level)
    change(other, INSERT.format("BEFORE"))
    assert ask_one(session, COUNT) == 3
    change(other, INSERT.format("AFTER"))
    change(other, "UPDATE CustTable SET Visits = 100")
    assert ask_one(session, COUNT) == 3
    assert ask_one(session, "SELECT SUM(Visits) FROM CustTable") == 11
    session.rollback()
    assert ask_one(session, COUNT) == 4


@pytest.mark.parametrize("level", ["READ COMMITTED", "READ UNCOMMITTED"])
def test_other_transactions_see_the_latest_commit(
    session: SqlServerSession, other: SqlServerSession, level: str
) -> None:
    _begin(session, level)
    assert ask_one(session, COUNT) == 2
    change(other, INSERT.format("NEW"))
    assert ask_one(session, COUNT) == 3


def test_a_snapshot_begins_with_the_first_table_read(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    assert ask_one(session, "SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint)") > 0
    change(other, INSERT.format("NEW"))
    assert ask_one(session, COUNT) == 3


def test_a_snapshot_sees_its_own_changes(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    change(session, "DELETE FROM CustGroup WHERE GroupId = 'DOM'")
    change(other, INSERT.format("NEW"))
    assert ask(session, "SELECT GroupId FROM CustGroup") == [("EXP",)]


def test_a_snapshot_may_not_change_what_others_have_changed(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    assert ask_one(session, COUNT) == 2
    change(other, "UPDATE CustGroup SET Name = 'x' WHERE GroupId = 'DOM'")
    assert number_of(session, "UPDATE CustGroup SET Name = 'y' WHERE GroupId = 'DOM'") == 3960
    assert session.transaction == 0


def test_a_snapshot_may_not_change_what_others_have_deleted(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    assert ask_one(session, COUNT) == 2
    change(other, "DELETE FROM CustGroup WHERE GroupId = 'DOM'")
    assert number_of(session, "UPDATE CustGroup SET Name = 'y'") == 3960


def test_a_snapshot_whose_versions_are_gone_ends(
    database: Database, session: SqlServerSession, other: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    assert ask_one(session, COUNT) == 2
    change(other, INSERT.format("NEW"))
    database.forget_before(database.current_scn)
    assert number_of(session, COUNT) == 3958
    assert session.transaction == 0


def test_a_snapshot_cannot_read_a_table_made_since(
    database: Database, session: SqlServerSession
) -> None:
    _begin(session, "SNAPSHOT")
    assert ask_one(session, COUNT) == 2
    late = type(LEDGER)("dbo", "Late", LEDGER.columns, ())
    database.load(late, rows(late))
    assert number_of(session, "SELECT * FROM Late") == 3961


def test_a_transaction_does_not_change_into_a_snapshot(session: SqlServerSession) -> None:
    _begin(session, "READ COMMITTED")
    assert number_of(session, f"SET TRANSACTION ISOLATION LEVEL SNAPSHOT; {COUNT}") == 3951


def test_a_database_may_not_allow_snapshots(database: Database) -> None:
    engine = SqlServerEngine(database, {"sa": User("sa")}, allow_snapshot_isolation=False)
    session = engine.session("sa")
    state = "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()"
    assert ask_one(session, state) == 0
    _begin(session, "SNAPSHOT")
    assert ask_one(session, "SELECT 1") == 1
    assert number_of(session, COUNT) == 3952


def test_the_driver_may_ask_for_an_isolation_level(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    session.begin("SNAPSHOT")
    assert ask_one(session, COUNT) == 2
    change(other, INSERT.format("NEW"))
    assert ask_one(session, COUNT) == 2


# Rowversions

VERSIONS = "SELECT CAST(SysRowVersion AS bigint) FROM CustTable ORDER BY DataAreaId, AccountNum"
ACTIVE = "SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint)"


def test_a_rowversion_rises_with_each_change_of_its_row(session: SqlServerSession) -> None:
    before = ask(session, VERSIONS)
    change(session, "UPDATE CustTable SET Visits = 0 WHERE AccountNum = 'C-2'")
    after = ask(session, VERSIONS)
    assert [old < new for (old,), (new,) in zip(before, after, strict=True)] == [
        False, True, False, False,
    ]  # fmt: skip
    assert after[1] == max(after)


def test_no_later_commit_has_a_version_below_the_active_one(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    other.begin()
    change(other, "UPDATE CustTable SET Visits = 1 WHERE AccountNum = 'C-2'")
    active = ask_one(session, ACTIVE)
    assert max(ask(session, VERSIONS)) < (active,)
    other.commit()
    changed = "SELECT COUNT(*) FROM CustTable WHERE SysRowVersion >= CAST(@v AS binary(8))"
    assert ask_one(session, changed, parameter("@v", "bigint", active)) == 1
    assert ask_one(session, ACTIVE) > active


def test_the_last_used_version_is_one_below_the_active_one(session: SqlServerSession) -> None:
    query = "SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint) - CAST(@@DBTS AS bigint)"
    assert ask_one(session, query) == 1


def test_an_own_uncommitted_change_has_a_version_too(session: SqlServerSession) -> None:
    session.begin()
    change(session, "UPDATE CustTable SET Visits = 1 WHERE AccountNum = 'C-2'")
    assert max(ask(session, VERSIONS)) >= (ask_one(session, ACTIVE),)


# Change Tracking

CHANGES = (
    "SELECT ct.SYS_CHANGE_OPERATION, ct.AccountNum, ct.SYS_CHANGE_VERSION, "
    "ct.SYS_CHANGE_CREATION_VERSION FROM CHANGETABLE(CHANGES dbo.CustTable, {}) AS ct "
    "WHERE ct.DataAreaId = 'plt1' ORDER BY ct.AccountNum"
)
NEW = "INSERT INTO CustTable (AccountNum, DataAreaId, Blocked) VALUES ('{}', 'plt1', 0)"
VERSION = "SELECT CHANGE_TRACKING_CURRENT_VERSION()"


def test_tracking_begins_at_version_0_with_nothing_changed(session: SqlServerSession) -> None:
    assert ask_one(session, VERSION) == 0
    assert ask(session, CHANGES.format(0)) == []
    least = "SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID('dbo.{}'))"
    assert ask_one(session, least.format("CustTable")) == 0
    assert ask_one(session, least.format("CustGroup")) is None


def test_changes_are_told_by_key_operation_and_version(session: SqlServerSession) -> None:
    change(session, NEW.format("N-1"))
    change(session, "UPDATE CustTable SET Visits = 0 WHERE DataAreaId = 'plt1'")
    change(session, "DELETE FROM CustTable WHERE AccountNum = 'C-3'")
    assert ask_one(session, VERSION) == 3
    assert ask(session, CHANGES.format(0)) == [
        ("U", "C-1", 2, None), ("U", "C-2", 2, None), ("D", "C-3", 3, None), ("I", "N-1", 2, 1),
    ]  # fmt: skip
    assert ask(session, CHANGES.format(1)) == [
        ("U", "C-1", 2, None), ("U", "C-2", 2, None), ("D", "C-3", 3, None), ("U", "N-1", 2, 1),
    ]  # fmt: skip
    assert ask(session, CHANGES.format(2)) == [("D", "C-3", 3, None)]
    assert ask(session, CHANGES.format(3)) == []
    assert ask(session, CHANGES.format("NULL")) == ask(session, CHANGES.format(0))


def test_a_row_that_came_and_went_is_told_as_deleted(session: SqlServerSession) -> None:
    change(session, NEW.format("N-1"))
    change(session, "DELETE FROM CustTable WHERE AccountNum = 'N-1'")
    assert ask(session, CHANGES.format(0)) == [("D", "N-1", 2, 1)]


def test_a_key_that_was_given_again_is_told_as_inserted(session: SqlServerSession) -> None:
    change(session, "DELETE FROM CustTable WHERE AccountNum = 'C-2'")
    change(session, NEW.format("C-2"))
    assert ask(session, CHANGES.format(0)) == [("I", "C-2", 2, 2)]


def test_a_changed_key_is_an_old_one_gone_and_a_new_one(session: SqlServerSession) -> None:
    change(session, "UPDATE CustTable SET AccountNum = 'C-9' WHERE AccountNum = 'C-2'")
    found = ask(session, CHANGES.format(0))
    assert [(operation, key) for operation, key, *_ in found] == [("D", "C-2"), ("I", "C-9")]


def test_uncommitted_changes_are_not_told(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    other.begin()
    change(other, "DELETE FROM CustTable")
    assert ask(session, CHANGES.format(0)) == []
    assert ask(other, CHANGES.format(0)) == []


def test_a_snapshot_tells_the_changes_of_its_moment(
    session: SqlServerSession, other: SqlServerSession
) -> None:
    change(other, NEW.format("N-1"))
    _begin(session, "SNAPSHOT")
    joined = (
        "SELECT ct.SYS_CHANGE_OPERATION, t.AccountNum FROM CHANGETABLE(CHANGES CustTable, @v) ct "
        "LEFT JOIN CustTable t ON t.AccountNum = ct.AccountNum AND t.DataAreaId = ct.DataAreaId"
    )
    since = parameter("@v", "bigint", 0)
    assert ask(session, joined, since) == [("I", "N-1")]
    change(other, "DELETE FROM CustTable")
    assert ask(session, joined, since) == [("I", "N-1")]
    session.commit()
    assert [operation for operation, _ in ask(session, joined, since)] == ["D"] * 5


def test_forgotten_versions_raise_the_least_valid_version(
    database: Database, session: SqlServerSession
) -> None:
    change(session, NEW.format("N-1"))
    change(session, NEW.format("N-2"))
    database.forget_before(database.current_scn)
    least = "SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID('CustTable'))"
    assert ask_one(session, least) == 2
