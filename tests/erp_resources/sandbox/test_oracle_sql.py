"""Queries in Oracle's SQL: exact rows, exact column types, Oracle's edge cases."""

from decimal import Decimal
from typing import Any

import pytest

from erp_resources.sandbox.oracle.sql_session import OracleSession
from tests.erp_resources.sandbox.scott import ask, code_of

KING, BLAKE, CLARK, JONES = ("KING",), ("BLAKE",), ("CLARK",), ("JÖNES",)

QUERIES: list[tuple[str, list[tuple[Any, ...]]]] = [
    # Order, NULLs, distinct rows, paging
    ("SELECT ename FROM emp ORDER BY sal", [CLARK, BLAKE, KING, JONES]),
    ("SELECT ename FROM emp ORDER BY sal DESC", [JONES, KING, BLAKE, CLARK]),
    ("SELECT ename FROM emp ORDER BY sal DESC NULLS LAST", [KING, BLAKE, CLARK, JONES]),
    (
        "SELECT ename, sal s FROM emp WHERE sal < 3000 ORDER BY s * -1",
        [("BLAKE", 2850), ("CLARK", 2450)],
    ),
    ("SELECT DISTINCT deptno FROM emp ORDER BY 1", [(10,), (30,), (None,)]),
    ("SELECT ename FROM emp ORDER BY sal OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", [BLAKE, KING]),
    ("SELECT ename FROM emp ORDER BY sal FETCH FIRST ROW ONLY", [CLARK]),
    # ROWNUM
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM <= 2", [(2,)]),
    ("SELECT COUNT(*) FROM emp WHERE 3 > ROWNUM", [(2,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM < 2.5", [(2,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM = 1", [(1,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM = 2", [(0,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM > 1", [(0,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM >= 1", [(4,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM BETWEEN 1 AND 3", [(3,)]),
    ("SELECT COUNT(*) FROM emp WHERE ROWNUM <= NULL", [(0,)]),
    ("SELECT ROWNUM, ename FROM emp WHERE sal > 2500 ORDER BY ename", [(2, "BLAKE"), (1, "KING")]),
    ("SELECT ename FROM (SELECT ename FROM emp ORDER BY sal) WHERE ROWNUM <= 2", [CLARK, BLAKE]),
    (
        (
            "SELECT ename, rn FROM (SELECT a.*, ROWNUM rn FROM (SELECT ename FROM emp "
            "ORDER BY sal) a WHERE ROWNUM <= 3) WHERE rn > 1"
        ),
        [("BLAKE", 2), ("KING", 3)],
    ),
    (
        ("SELECT TRUNC(ROWNUM / 2) p, COUNT(*) FROM emp GROUP BY TRUNC(ROWNUM / 2) ORDER BY p"),
        [(0, 1), (1, 2), (2, 1)],
    ),
    # Joins
    (
        "SELECT e.ename, d.dname FROM emp e, dept d WHERE e.deptno = d.deptno ORDER BY 1",
        [("CLARK", "ACCOUNTING"), ("KING", "ACCOUNTING")],
    ),
    (
        ("SELECT e.ename, d.dname FROM emp e, dept d WHERE e.deptno = d.deptno(+) ORDER BY 1"),
        [("BLAKE", None), ("CLARK", "ACCOUNTING"), ("JÖNES", None), ("KING", "ACCOUNTING")],
    ),
    (
        (
            "SELECT d.deptno, e.ename FROM emp e, dept d WHERE e.deptno(+) = d.deptno AND "
            "e.sal(+) > 3000 ORDER BY 1"
        ),
        [(10, "KING"), (20, None)],
    ),
    (
        (
            "SELECT e.ename, m.ename FROM emp e LEFT JOIN emp m ON e.mgr = m.empno WHERE "
            "e.deptno = 10 ORDER BY 1"
        ),
        [("CLARK", "KING"), ("KING", None)],
    ),
    (
        "SELECT deptno, ename, dname FROM emp FULL JOIN dept USING (deptno) ORDER BY 1, 2",
        [
            (10, "CLARK", "ACCOUNTING"),
            (10, "KING", "ACCOUNTING"),
            (20, None, None),
            (30, "BLAKE", None),
            (None, "JÖNES", None),
        ],
    ),
    ("SELECT COUNT(*) FROM emp CROSS JOIN dept", [(8,)]),
    (
        (
            "SELECT d.deptno, e.ename FROM emp e RIGHT OUTER JOIN dept d ON d.deptno = "
            "e.deptno AND e.sal > 3000 ORDER BY 1"
        ),
        [(10, "KING"), (20, None)],
    ),
    # Groups, sets, WITH, subqueries
    (
        (
            "SELECT deptno, SUM(sal), COUNT(sal), COUNT(*) FROM emp GROUP BY deptno HAVING "
            "COUNT(*) > 1"
        ),
        [(10, Decimal("7450.00"), 2, 2)],
    ),
    ("SELECT SUM(sal), MIN(sal), AVG(sal), COUNT(*) FROM emp WHERE 1 = 0", [(None, None, None, 0)]),
    ("SELECT COUNT(DISTINCT deptno), MAX(ename) FROM emp", [(2, "KING")]),
    (
        "SELECT deptno FROM dept UNION SELECT deptno FROM emp ORDER BY 1 DESC",
        [(None,), (30,), (20,), (10,)],
    ),
    (
        "SELECT deptno FROM dept UNION ALL SELECT deptno FROM dept ORDER BY deptno",
        [(10,), (10,), (20,), (20,)],
    ),
    ("SELECT deptno FROM dept MINUS SELECT deptno FROM emp", [(20,)]),
    ("SELECT deptno FROM emp INTERSECT SELECT deptno FROM dept", [(10,)]),
    ("SELECT 1 FROM dual UNION SELECT 2 FROM dual MINUS SELECT 1 FROM dual", [(2,)]),
    ("SELECT NULL x FROM dual UNION ALL SELECT 1.5 FROM dual", [(None,), (Decimal("1.5"),)]),
    (
        (
            "WITH a AS (SELECT deptno d, SUM(sal) s FROM emp GROUP BY deptno), b (t) AS "
            "(SELECT MAX(s) FROM a) SELECT a.d FROM a, b WHERE a.s = b.t"
        ),
        [(10,)],
    ),
    (
        (
            "SELECT (SELECT dname FROM dept d WHERE d.deptno = e.deptno) FROM emp e WHERE "
            "empno = 7839"
        ),
        [("ACCOUNTING",)],
    ),
    (
        (
            "SELECT ename FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.deptno = "
            "e.deptno) ORDER BY 1"
        ),
        [CLARK, KING],
    ),
    ("SELECT ename FROM emp WHERE mgr NOT IN (SELECT mgr FROM emp)", []),
    (
        (
            "SELECT deptno FROM dept WHERE deptno NOT IN (SELECT deptno FROM emp WHERE "
            "deptno IS NOT NULL)"
        ),
        [(20,)],
    ),
    ("SELECT ename FROM emp WHERE (deptno, mgr) IN ((10, 7839), (20, 1))", [CLARK]),
    ("SELECT ename FROM emp WHERE (deptno, mgr) IN (SELECT 10, 7839 FROM dual)", [CLARK]),
    ("SELECT ename FROM emp WHERE (deptno, mgr) NOT IN (SELECT 10, NULL FROM dual)", [BLAKE]),
    (
        ("SELECT ename FROM emp WHERE sal >= ALL (SELECT sal FROM emp WHERE sal IS NOT NULL)"),
        [KING],
    ),
    ("SELECT ename FROM emp WHERE sal = ANY (2450, 1)", [CLARK]),
    # Analytic functions
    (
        (
            "SELECT ename, ROW_NUMBER() OVER (PARTITION BY deptno ORDER BY sal DESC) FROM "
            "emp WHERE deptno = 10 ORDER BY 2"
        ),
        [("KING", 1), ("CLARK", 2)],
    ),
    (
        (
            "SELECT SUM(sal) OVER (ORDER BY empno ROWS BETWEEN UNBOUNDED PRECEDING AND "
            "CURRENT ROW) FROM emp WHERE sal IS NOT NULL ORDER BY empno"
        ),
        [(2850,), (5300,), (10300,)],
    ),
    (
        "SELECT LAG(ename, 1, 'none') OVER (ORDER BY empno) FROM emp ORDER BY empno",
        [("none",), JONES, BLAKE, CLARK],
    ),
    (
        ("SELECT RATIO_TO_REPORT(sal) OVER () FROM emp WHERE empno IN (7839, 7698) ORDER BY 1"),
        [(Decimal("0.36305732484076433121"),), (Decimal("0.63694267515923566878"),)],
    ),
    (
        (
            "SELECT LISTAGG(ename, ', ') WITHIN GROUP (ORDER BY ename DESC) FROM emp WHERE "
            "deptno = 10"
        ),
        [("KING, CLARK",)],
    ),
    # Conditions
    ("SELECT ename FROM emp WHERE ename LIKE '%\\_%' ESCAPE '\\'", []),
    ("SELECT ename FROM emp WHERE ename LIKE '_LA%' ORDER BY 1", [BLAKE, CLARK]),
    ("SELECT ename FROM emp WHERE REGEXP_LIKE(ename, '^[b-c]', 'i') ORDER BY 1", [BLAKE, CLARK]),
    ("SELECT ename FROM emp WHERE sal NOT BETWEEN 2000 AND 3000", [KING]),
    ("SELECT ename FROM emp WHERE NOT (sal > 2500 OR deptno = 30)", [CLARK]),
    ("SELECT ename FROM emp WHERE LNNVL(sal > 2500) ORDER BY 1", [CLARK, JONES]),
    ("SELECT ename FROM emp WHERE ename = ''", []),
    ("SELECT ename FROM emp WHERE sal <> 5000 AND ename != 'BLAKE'", [CLARK]),
    ("SELECT ename FROM emp WHERE empno = '7839'", [KING]),
    ("SELECT ename FROM emp WHERE flag = 'Y' AND empno = 7839", [KING]),
    ("SELECT ename FROM emp WHERE flag IN ('N', 'Y') AND empno = 7839", [KING]),
    ("SELECT COUNT(*) FROM emp WHERE flag = ename || 'x'", [(0,)]),
    (
        (
            "SELECT ename FROM emp WHERE hiredate >= DATE '1981-06-01' AND hiredate < "
            "TIMESTAMP '1981-07-01 00:00:00'"
        ),
        [CLARK],
    ),
    ("SELECT ename FROM emp WHERE hiredate > '01-JUN-81' ORDER BY 1", [CLARK, KING]),
    ("SELECT COUNT(*) FROM emp WHERE born_at = TIMESTAMP '1950-01-01 13:00:00 +01:00'", [(4,)]),
    ("SELECT COUNT(*) FROM emp WHERE photo = '01FF'", [(4,)]),
    # Comments, hints, quoting, schemas
    (
        (
            "SELECT /*+ parallel(e 4) full(e) */ e.ename -- a comment :x\n FROM scott.emp e "
            "WHERE empno = 7839"
        ),
        [KING],
    ),
    ('SELECT "ENAME" "Full Name" FROM "SCOTT"."EMP" WHERE scott.emp.empno = 7839', [KING]),
    ("SELECT 'it''s', q'[it's]', N'ä' FROM dual", [("it's", "it's", "ä")]),
]


@pytest.mark.parametrize(("sql", "expected"), QUERIES, ids=[sql[:60] for sql, _ in QUERIES])
def test_a_query_gives_the_rows_that_oracle_gives(
    reading: OracleSession, sql: str, expected: list[tuple[Any, ...]]
) -> None:
    assert ask(reading, sql) == expected


LAB_STATEMENTS = """
select sysdate from dual
select systimestamp from dual
select to_timestamp('2024-01-31 10:11:12.5','YYYY-MM-DD HH24:MI:SS.FF') from dual
select nvl(mgr,0), nvl2(mgr,'y','n'), decode(deptno,10,'ten','other') from emp
select trunc(hiredate), trunc(sysdate,'MM'), add_months(hiredate,1) from emp
select hiredate + 1, hiredate - interval '1' day from emp
select sysdate - hiredate from emp
select ename || '-' || empno from emp
select * from emp where rownum <= 2
select * from emp order by sal offset 1 rows fetch next 1 rows only
select deptno, listagg(ename, ',') within group (order by ename) from emp group by deptno
select /*+ parallel(e 4) full(e) */ * from emp e
select * from scott.emp
select ora_rowscn, rowid from emp
select ora_hash(empno, 3) from emp
select mod(empno, 4), sign(-3), greatest(1,2), instr('abc','c'), substr('abcdef',2,3) from emp
select * from emp where regexp_like(ename,'^K')
select cast(sal as number(10)) , cast(ename as varchar2(100)) from emp
select max(sal), count(distinct deptno) from emp having count(*) > 0
select current_scn from v$database
select dbms_flashback.get_system_change_number from dual
select sys_context('USERENV','DB_NAME') from dual
with a as (select 1 x from dual) select * from a minus select 2 from dual
merge into dept d using (select 20 deptno, 'SALES' dname from dual) s on (d.deptno = s.deptno) when matched then update set d.dname = s.dname when not matched then insert (deptno, dname) values (s.deptno, s.dname)
update emp set sal = sal * 1.1 where deptno = 10
alter session set nls_date_format = 'YYYY-MM-DD'
commit
select column_name, data_type, data_precision from all_tab_columns where table_name = 'EMP' order by column_id
"""  # noqa: E501 one statement a line


@pytest.mark.parametrize("sql", LAB_STATEMENTS.strip().splitlines())
def test_what_extraction_tools_send_is_answered(apps: OracleSession, sql: str) -> None:
    assert code_of(apps, sql) == 0
