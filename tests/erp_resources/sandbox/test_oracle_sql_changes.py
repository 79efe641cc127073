"""INSERT, UPDATE, DELETE and MERGE: rows, checks and exact values."""

from decimal import Decimal

import pytest

from erp_resources.sandbox.oracle.sql_session import OracleSession
from tests.erp_resources.sandbox.scott import ask, code_of

DEPARTMENTS = "SELECT deptno, dname FROM dept ORDER BY deptno"


def test_rows_are_inserted_by_values_and_by_query(apps: OracleSession) -> None:
    assert apps.execute("INSERT INTO dept VALUES (:1, :2)", [30, "SALES"]) == 1
    sql = (
        "INSERT INTO scott.dept (dname, deptno) SELECT ename, empno - 7800 FROM emp "
        "WHERE empno > 7800"
    )
    assert apps.execute(sql, []) == 1
    assert ask(apps, DEPARTMENTS) == [
        (10, "ACCOUNTING"),
        (20, None),
        (30, "SALES"),
        (39, "KING"),
    ]


def test_rows_are_updated_by_expressions_and_subqueries(apps: OracleSession) -> None:
    sql = (
        "UPDATE emp e SET e.sal = sal * 1.1, ename = (SELECT SUBSTR(dname, 1, 10) FROM dept d "
        "WHERE d.deptno = e.deptno), flag = 'N' WHERE deptno = :1"
    )
    assert apps.execute(sql, [10]) == 2
    sql = "SELECT ename, sal, flag FROM emp WHERE deptno = 10 ORDER BY sal"
    assert ask(apps, sql) == [
        ("ACCOUNTING", Decimal("2695.00"), "N  "),
        ("ACCOUNTING", Decimal("5500.00"), "N  "),
    ]


def test_rows_are_deleted(apps: OracleSession) -> None:
    assert apps.execute("DELETE FROM emp WHERE mgr IS NULL", []) == 1
    assert apps.execute("DELETE emp WHERE 1 = 0", []) == 0
    assert apps.execute("DELETE emp", []) == 3


def test_rows_are_merged(apps: OracleSession) -> None:
    sql = (
        "MERGE INTO dept d USING (SELECT deptno, COUNT(*) n FROM emp WHERE deptno > 0 "
        "GROUP BY deptno) s "
        "ON (d.deptno = s.deptno) WHEN MATCHED THEN UPDATE SET d.dname = 'HAS ' || s.n "
        "WHEN NOT MATCHED THEN INSERT (deptno, dname) VALUES (s.deptno, 'NEW')"
    )
    assert apps.execute(sql, []) == 2
    assert ask(apps, DEPARTMENTS) == [(10, "HAS 2"), (20, None), (30, "NEW")]


def test_a_merge_that_hits_a_row_twice_is_refused(apps: OracleSession) -> None:
    sql = (
        "MERGE INTO dept d USING emp e ON (d.deptno = e.deptno) "
        "WHEN MATCHED THEN UPDATE SET dname = e.ename"
    )
    assert code_of(apps, sql) == 30926


def test_commit_and_rollback_work_as_text(apps: OracleSession) -> None:
    apps.execute("DELETE FROM dept", [])
    assert apps.in_transaction
    apps.execute("rollback work", [])
    assert not apps.in_transaction
    apps.execute("DELETE FROM dept WHERE deptno = 20", [])
    apps.execute("COMMIT", [])
    assert ask(apps, DEPARTMENTS) == [(10, "ACCOUNTING")]


@pytest.mark.parametrize(
    ("sql", "value", "code"),
    [
        ("INSERT INTO dept VALUES (:1, 'X')", None, 1400),
        ("UPDATE dept SET deptno = :1", None, 1407),
        ("INSERT INTO dept VALUES (:1, 'X')", 10, 1),
        ("INSERT INTO dept VALUES (:1, 'X')", 100, 1438),
        ("INSERT INTO dept VALUES (30, :1)", "fifteen letters", 12899),
        ("UPDATE emp SET sal = :1", Decimal("123456.7"), 1438),
        ("UPDATE emp SET ename = :1", "é" * 6, 12899),
        ("UPDATE emp SET rate = :1", Decimal("0.12345678901"), 3001),
        ("UPDATE emp SET rate = rate / :1 WHERE empno = 7839", 7, 3001),
        ("UPDATE emp SET rate = :1", Decimal("1E30"), 1426),
        ("UPDATE emp SET hiredate = :1", 5, 932),
        ("UPDATE emp SET sal = :1", "x", 1722),
        ("INSERT INTO dept (deptno, foo) VALUES (:1, 1)", 1, 904),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    apps: OracleSession, sql: str, value: object, code: int
) -> None:
    assert code_of(apps, sql, value) == code
    assert not apps.in_transaction


def test_a_declared_scale_rounds_as_oracle_does(apps: OracleSession) -> None:
    apps.execute(
        "UPDATE emp SET sal = :1, rate = :2 WHERE empno = 7839",
        [Decimal("1.005"), Decimal("1.005")],
    )
    assert ask(apps, "SELECT sal, rate FROM emp WHERE empno = 7839") == [
        (Decimal("1.01"), Decimal("1.005"))
    ]


def test_empty_text_is_stored_as_null(apps: OracleSession) -> None:
    apps.execute("UPDATE dept SET dname = :1", [""])
    assert ask(apps, "SELECT dname FROM dept WHERE dname IS NULL") == [(None,), (None,)]
