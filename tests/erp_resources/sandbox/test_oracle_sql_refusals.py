"""SQL that is wrong or that the sandbox does not serve: an ORA- error, never a wrong row."""

import pytest

from erp_resources.sandbox.oracle.sql_session import OracleSession
from erp_resources.sandbox.oracle.types import OracleError
from tests.erp_resources.sandbox.scott import ask_one, code_of

SESSION_DEAD = {28, 31, 600, 1012, 3113, 3114, 12153}
REFUSED = [
    # What Oracle refuses too
    (900, "SELEC 1 FROM dual"),
    (900, ""),
    (900, "FETCH x SELECT 1 FROM dual"),
    (904, "SELECT foo FROM emp"),
    (904, "SELECT foo(1) FROM emp"),
    (904, 'SELECT "ename" FROM emp'),
    (904, "SELECT e.foo FROM emp e"),
    (904, "SELECT e.ename FROM emp"),
    (904, "SELECT ename AS n FROM emp WHERE n = 'x'"),
    (907, "SELECT (1 FROM dual"),
    (909, "SELECT COUNT(1, 2) FROM emp"),
    (909, "SELECT RANK(1) OVER (ORDER BY sal) FROM emp"),
    (911, "SELECT 1 FROM dual;"),
    (913, "INSERT INTO dept (deptno) VALUES (1, 2)"),
    (918, "SELECT deptno FROM emp, dept"),
    (920, "SELECT 1 FROM dual WHERE 1"),
    (923, "SELECT 1"),
    (932, "SELECT ename FROM emp WHERE hiredate > 5"),
    (933, "SELECT * FROM emp LIMIT 5"),
    (933, "SELECT ename a b FROM emp"),
    (934, "SELECT ename FROM emp WHERE SUM(sal) > 1"),
    (936, "SELECT FROM emp"),
    (936, "SELECT ename, FROM emp"),
    (936, "SELECT NVL(ename, ) FROM emp"),
    (936, "SELECT ename FROM emp GROUP BY"),
    (936, "SELECT ename FROM emp WHERE empno IN ()"),
    (938, "SELECT SUBSTR(ename) FROM emp"),
    (939, "SELECT UPPER(ename, 1) FROM emp"),
    (942, "SELECT * FROM nope"),
    (942, "SELECT * FROM hr.emp"),
    (947, "INSERT INTO dept (deptno, dname) VALUES (1)"),
    (975, "SELECT SYSDATE + SYSDATE FROM dual"),
    (979, "SELECT deptno FROM emp GROUP BY sal"),
    (1008, "SELECT :1 FROM dual"),
    (1410, "SELECT * FROM emp WHERE rowid = 'x'"),
    (1427, "SELECT (SELECT ename FROM emp) FROM dual"),
    (1476, "SELECT 1 / 0 FROM dual"),
    (1719, "SELECT 1 FROM emp e, dept d WHERE (e.deptno = d.deptno(+) OR e.sal = 1)"),
    (1722, "SELECT * FROM emp WHERE ename = 5"),
    (1722, "SELECT TO_NUMBER('x') FROM dual"),
    (1732, "DELETE FROM v$database"),
    (1756, "SELECT 'x FROM dual"),
    (1785, "SELECT ename FROM emp ORDER BY 2"),
    (1789, "SELECT 1 FROM dual UNION SELECT 1, 2 FROM dual"),
    (1790, "SELECT 1 FROM dual UNION SELECT 'x' FROM dual"),
    (1795, f"SELECT 1 FROM emp WHERE empno IN ({', '.join('1' * 1001)})"),
    (1821, "SELECT TO_CHAR(SYSDATE, 'BLAH') FROM dual"),
    (1861, "SELECT TO_DATE('2024-01-31x', 'YYYY-MM-DD') FROM dual"),
    (1839, "SELECT TO_DATE('2024-02-30', 'YYYY-MM-DD') FROM dual"),
    (1843, "SELECT TO_DATE('2024-13-01', 'YYYY-MM-DD') FROM dual"),
    (1861, "SELECT DATE '31.01.2024' FROM dual"),
    (1861, "SELECT ename FROM emp WHERE hiredate = '2024-01-31'"),
    (2003, "SELECT SYS_CONTEXT('USERENV', 'X') FROM dual"),
    (2019, "SELECT * FROM emp@remote"),
    (2248, "ALTER SESSION SET optimizer_x = 1"),
    (25156, "SELECT 1 FROM emp e JOIN dept d ON e.deptno = d.deptno(+)"),
    (30563, "SELECT d.deptno(+) FROM dept d"),
    (30484, "SELECT ROW_NUMBER() FROM emp"),
    # What Oracle answers and the sandbox does not
    (3001, "SELECT * FROM emp FOR UPDATE"),
    (3001, "SELECT * FROM emp AS OF TIMESTAMP SYSTIMESTAMP"),
    (3001, "SELECT * FROM emp VERSIONS BETWEEN SCN 1 AND 2"),
    (3001, "SELECT * FROM emp SAMPLE (50)"),
    (3001, "SELECT * FROM emp PARTITION (p1)"),
    (3001, "SELECT ename FROM emp CONNECT BY PRIOR empno = mgr"),
    (3001, "SELECT LEVEL FROM emp"),
    (3001, "SELECT * FROM emp PIVOT (SUM(sal) FOR deptno IN (10))"),
    (3001, "SELECT ename FROM emp GROUP BY ROLLUP (ename)"),
    (3001, "SELECT MAX(COUNT(*)) FROM emp GROUP BY deptno"),
    (3001, "SELECT MAX(sal) KEEP (DENSE_RANK LAST ORDER BY hiredate) FROM emp"),
    (
        3001,
        ("SELECT SUM(sal) OVER (ORDER BY sal RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM emp"),
    ),
    (3001, "SELECT ename FROM emp FETCH FIRST 5 PERCENT ROWS ONLY"),
    (3001, "SELECT ename FROM emp ORDER BY sal FETCH FIRST 1 ROW WITH TIES"),
    (3001, "SELECT * FROM emp NATURAL JOIN dept"),
    (3001, "SELECT * FROM emp e CROSS APPLY (SELECT 1 FROM dual) x"),
    (3001, "SELECT * FROM TABLE(f(1))"),
    (3001, "WITH r (n) AS (SELECT 1 FROM dual UNION ALL SELECT n + 1 FROM r) SELECT * FROM r"),
    (3001, "SELECT ename FROM emp WHERE ROWNUM <= 2 OR sal = 1"),
    (3001, "SELECT DISTINCT born_at FROM emp"),
    (3001, "SELECT changed_at - hiredate FROM emp"),
    (3001, "SELECT TO_CHAR(hiredate, ename) FROM emp"),
    (3001, "SELECT TO_CHAR(SYSDATE, 'CC') FROM dual"),
    (3001, "SELECT TO_NUMBER(deptno || '.12345678901') FROM emp"),
    (3001, "SELECT 1d FROM dual"),
    (3001, "SELECT ename FROM emp WHERE (empno, sal) = (SELECT 1, 2 FROM dual)"),
    (3001, "INSERT INTO dept (deptno) VALUES (1) RETURNING deptno INTO :1"),
    (3001, "MERGE INTO dept d USING emp e ON (d.deptno = e.deptno) WHEN MATCHED THEN DELETE"),
    (3001, "CREATE TABLE t (a NUMBER)"),
    (3001, "TRUNCATE TABLE emp"),
    (3001, "BEGIN NULL; END;"),
    (3001, "SAVEPOINT a"),
    (3001, "ROLLBACK TO a"),
    (3001, "LOCK TABLE emp IN EXCLUSIVE MODE"),
    (3001, "SET TRANSACTION READ ONLY"),
    (3001, "ALTER SESSION SET NLS_SORT = 'GERMAN'"),
    (3001, "ALTER SESSION SET TIME_ZONE = 'Europe/Rome'"),
]


@pytest.mark.parametrize(("code", "sql"), REFUSED, ids=[sql[:70] for _, sql in REFUSED])
def test_a_statement_is_refused_with_its_code(reading: OracleSession, code: int, sql: str) -> None:
    binds = [None] if "INTO :1" in sql else []
    assert code_of(reading, sql, *binds) == code
    assert code not in SESSION_DEAD
    assert ask_one(reading, "SELECT 1 FROM dual") == 1


def test_a_refusal_says_what_is_not_served(apps: OracleSession) -> None:
    with pytest.raises(OracleError, match="ORA-03001: unimplemented feature: CONNECT BY"):
        apps.execute("SELECT ename FROM emp CONNECT BY PRIOR empno = mgr", [])
    with pytest.raises(OracleError, match=r'ORA-00904: "E"\."FOO": invalid identifier'):
        apps.execute("SELECT e.foo FROM emp e", [])


def test_an_error_points_to_its_place(apps: OracleSession) -> None:
    with pytest.raises(OracleError) as caught:
        apps.execute("SELECT ename FROM emp\nWHERE x y z", [])
    assert caught.value.offset == "SELECT ename FROM emp\nWHERE x y z".index("y")


def test_describing_finds_what_running_would(apps: OracleSession) -> None:
    for sql, code in (("SELECT deptno FROM emp GROUP BY sal", 979), ("SELECT * FROM nope", 942)):
        with pytest.raises(OracleError) as caught:
            apps.describe(sql)
        assert caught.value.code == code


def test_the_catalog_views_need_the_role(apps: OracleSession, oracle: object) -> None:
    assert code_of(apps, "SELECT * FROM dba_extents") == 0
    reader = oracle.session("READER")  # type: ignore[attr-defined]  # the fixture's engine
    assert code_of(reader, "SELECT * FROM dba_extents") == 942
    assert code_of(reader, "SELECT * FROM v$transaction") == 942
    assert code_of(reader, "DELETE FROM emp") == 1031
