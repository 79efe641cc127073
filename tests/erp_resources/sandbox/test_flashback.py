"""Reads in the past, transactions and row SCNs through Oracle's SQL."""

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.engine import OracleEngine
from erp_resources.sandbox.oracle.sql_session import OracleSession
from erp_resources.sandbox.oracle.types import OracleError, ResultSet
from tests.erp_resources.sandbox.scott import ask, ask_one, code_of

SALARY = "SELECT sal FROM emp AS OF SCN :scn WHERE empno = 7839"
NAMES = "SELECT ename FROM emp AS OF SCN :scn ORDER BY empno"


def test_reads_before_at_and_after_a_commit_while_another_session_writes(
    apps: OracleSession, other: OracleSession, database: Database
) -> None:
    before = database.current_scn
    other.execute("UPDATE emp SET sal = sal + 1 WHERE empno = 7839", [])
    other.execute("DELETE FROM emp WHERE empno = 7698", [])
    assert ask_one(apps, SALARY, before) == 5000
    assert len(ask(apps, NAMES, before)) == 4
    other.commit()
    at = database.current_scn
    other.execute("UPDATE emp SET sal = 1 WHERE empno = 7839", [])
    other.execute("INSERT INTO emp (empno, ename) VALUES (1, 'NEW')", [])
    assert [ask_one(apps, SALARY, scn) for scn in (before, at)] == [5000, 5001]
    other.commit()
    after = database.current_scn
    assert (at, after) == (before + 1, before + 2)
    assert [ask_one(apps, SALARY, scn) for scn in (before, at, after)] == [5000, 5001, 1]
    assert [name for (name,) in ask(apps, NAMES, before)] == ["JÖNES", "BLAKE", "CLARK", "KING"]
    assert [name for (name,) in ask(apps, NAMES, at)] == ["JÖNES", "CLARK", "KING"]
    assert [name for (name,) in ask(apps, NAMES, after)] == ["NEW", "JÖNES", "CLARK", "KING"]


def test_one_statement_reads_two_points_in_time(apps: OracleSession, database: Database) -> None:
    before = database.current_scn
    apps.execute("UPDATE emp SET sal = 1 WHERE empno = 7839", [])
    apps.commit()
    sql = (
        "SELECT o.sal, n.sal FROM emp AS OF SCN :1 o JOIN emp AS OF SCN :2 n "
        "ON o.empno = n.empno WHERE o.empno = 7839"
    )
    assert ask(apps, sql, before, database.current_scn) == [(5000, 1)]


def test_an_scn_may_be_a_literal_an_expression_or_a_subquery(
    apps: OracleSession, database: Database
) -> None:
    scn = database.current_scn
    for spelled in (str(scn), f"{scn} - 0", "(SELECT current_scn FROM v$database)"):
        assert ask_one(apps, f"SELECT count(*) FROM emp AS OF SCN {spelled}") == 4
    assert ask_one(apps, "SELECT dbms_flashback.get_system_change_number FROM dual") == scn


def test_the_past_does_not_show_what_is_not_committed(
    apps: OracleSession, database: Database
) -> None:
    apps.execute("DELETE FROM emp", [])
    assert ask_one(apps, "SELECT count(*) FROM emp") == 0
    assert ask_one(apps, "SELECT count(*) FROM emp AS OF SCN :1", database.current_scn) == 4


@pytest.mark.parametrize(("distance", "code"), [(-1, 1555), (0, 0), (1, 0), (2, 8181)], ids=str)
def test_too_old_is_1555_and_the_future_is_8181(
    apps: OracleSession, database: Database, distance: int, code: int
) -> None:
    for _ in range(2):
        apps.execute("UPDATE emp SET sal = sal + 1 WHERE empno = 7839", [])
        apps.commit()
    limit = database.current_scn - 1
    database.forget_before(limit)
    assert code_of(apps, SALARY, limit + distance) == code


def test_a_missing_scn_and_the_time_before_the_load_are_errors(
    apps: OracleSession, database: Database
) -> None:
    assert code_of(apps, SALARY, None) == 8181
    created = database.tables["SCOTT", "EMP"].created_scn
    assert code_of(apps, SALARY, created - 1) == 1466


def test_a_result_under_way_survives_that_its_past_is_forgotten(
    apps: OracleSession, other: OracleSession, database: Database
) -> None:
    scn = database.current_scn
    other.execute("UPDATE emp SET sal = 1", [])
    other.commit()
    result = apps.execute(NAMES, [scn])
    assert isinstance(result, ResultSet)
    database.forget_before(database.current_scn)
    assert sum(batch.num_rows for batch in result.batches) == 4
    assert code_of(apps, NAMES, scn) == 1555


def test_flashback_needs_the_right(oracle: OracleEngine, database: Database) -> None:
    reader = oracle.session("READER")
    assert ask_one(reader, "SELECT count(*) FROM emp") == 4
    assert code_of(reader, NAMES, database.current_scn) == 1031


def test_a_row_knows_the_scn_of_its_last_change(apps: OracleSession, database: Database) -> None:
    loaded = database.tables["SCOTT", "EMP"].created_scn
    assert ask(apps, "SELECT DISTINCT ora_rowscn FROM emp") == [(loaded,)]
    apps.execute("UPDATE emp SET sal = 1 WHERE empno = 7839", [])
    assert ask_one(apps, "SELECT ora_rowscn FROM emp WHERE empno = 7839") is None
    apps.commit()
    assert ask_one(apps, "SELECT MAX(ora_rowscn) FROM emp") == database.current_scn
    assert ask(apps, "SELECT empno FROM emp e WHERE e.ora_rowscn > :1", loaded) == [(7839,)]
    past = ask(apps, "SELECT ora_rowscn FROM emp AS OF SCN :1 WHERE empno = 7839", loaded)
    assert past == [(loaded,)]


def test_a_statement_sees_what_others_commit_before_it(
    apps: OracleSession, other: OracleSession
) -> None:
    """READ COMMITTED: an open transaction does not freeze what its session reads."""
    apps.execute("UPDATE emp SET sal = 1 WHERE empno = 7839", [])
    other.execute("UPDATE emp SET sal = 2 WHERE empno = 7698", [])
    other.commit()
    sql = "SELECT sal FROM emp WHERE empno IN (7839, 7698) ORDER BY sal"
    assert ask(apps, sql) == [(1,), (2,)]


def test_a_result_shows_the_moment_of_its_execution(
    apps: OracleSession, other: OracleSession
) -> None:
    result = apps.execute("SELECT sal FROM emp WHERE empno = 7839", [])
    other.execute("UPDATE emp SET sal = 1", [])
    other.commit()
    assert isinstance(result, ResultSet)
    assert [batch.column(0).to_pylist() for batch in result.batches] == [[5000]]


def test_open_transactions_are_listed(apps: OracleSession, other: OracleSession) -> None:
    sql = "SELECT t.start_scn, d.current_scn FROM v$transaction t, v$database d"
    assert ask(apps, sql) == []
    other.execute("DELETE FROM dept", [])
    ((start, current),) = ask(apps, sql)
    assert start == current
    other.rollback()
    assert ask(apps, sql) == []


def test_writers_of_one_row_do_not_overwrite_each_other(
    apps: OracleSession, other: OracleSession
) -> None:
    apps.execute("UPDATE emp SET sal = sal + 1 WHERE empno = 7839", [])
    assert code_of(other, "UPDATE emp SET sal = sal + 1 WHERE empno = 7839") == 60
    assert not other.in_transaction
    apps.commit()
    other.execute("UPDATE emp SET sal = sal + 1 WHERE empno = 7839", [])
    other.commit()
    assert ask_one(apps, "SELECT sal FROM emp WHERE empno = 7839") == 5002


def test_a_failing_statement_undoes_only_itself(apps: OracleSession) -> None:
    apps.execute("INSERT INTO dept (deptno, dname) VALUES (50, 'ONE')", [])
    assert code_of(apps, "INSERT INTO dept SELECT deptno + 40, 'X' FROM dept") == 1
    assert code_of(apps, "INSERT INTO dept VALUES (51, 'much too long for it')") == 12899
    assert apps.in_transaction
    apps.commit()
    assert ask(apps, "SELECT dname FROM dept WHERE deptno >= 50") == [("ONE",)]


def test_closing_a_session_rolls_back(oracle: OracleEngine, apps: OracleSession) -> None:
    session = oracle.session("APPS")
    session.execute("DELETE FROM dept", [])
    session.close()
    assert ask_one(apps, "SELECT count(*) FROM dept") == 2
    assert ask(apps, "SELECT * FROM v$transaction") == []


def test_an_unknown_user_gets_no_session(oracle: OracleEngine) -> None:
    with pytest.raises(OracleError, match="ORA-01045"):
        oracle.session("NOBODY")
