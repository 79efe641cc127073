"""Functions and arithmetic of Oracle's SQL, with NULLs and edges."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from erp_resources.sandbox.oracle.sql_session import OracleSession
from tests.erp_resources.sandbox.scott import ask, ask_one, code_of

VALUES: list[tuple[str, Any]] = [
    # Numbers are exact
    ("1/3", Decimal("0.33333333333333333333")),
    ("ROUND(2.01/2, 2)", Decimal("1.01")),
    ("0.1 + 0.2", Decimal("0.3")),
    ("12345678901234.56 * 1.23", Decimal("15185185048518.5088")),
    ("9223372036854775807 + 1", 9223372036854775808),
    ("1/3*3", 1),
    ("TRUNC(5/6*12/5)", 2),
    ("1/(1/3)", 3),
    ("ROUND(2.5)", 3),
    ("ROUND(-2.5)", -3),
    ("ROUND(1250, -2)", 1300),
    ("TRUNC(-2.567, 2)", Decimal("-2.56")),
    ("TRUNC(1234.5)", 1234),
    ("FLOOR(-2.5)", -3),
    ("CEIL(-2.5)", -2),
    ("MOD(-7, 3)", -1),
    ("MOD(7, 0)", 7),
    ("SIGN(-0.5)", -1),
    ("ABS(-1.5)", Decimal("1.5")),
    ("-(-1)", 1),
    ("1 + NULL", None),
    ("GREATEST(1, 2.5, 2)", Decimal("2.5")),
    ("GREATEST(1, NULL)", None),
    ("LEAST('b', 'a')", "a"),
    ("1e3", 1000),
    ("'5' + 1", 6),
    # NULL and choices
    ("NVL('', 'empty')", "empty"),
    ("NVL(NULL, 1)", 1),
    ("NVL2('', 'y', 'n')", "n"),
    ("COALESCE(NULL, NULL, 'c')", "c"),
    ("NULLIF(1, 1)", None),
    ("DECODE(NULL, NULL, 'null', 'other')", "null"),
    ("DECODE(3, 1, 'one', 2, 'two')", None),
    ("DECODE('a', 'a', 1, 'b', 2.5)", 1),
    ("CASE WHEN NULL = NULL THEN 1 ELSE 2 END", 2),
    ("CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", "y"),
    # Text
    ("'a' || NULL || 'b'", "ab"),
    ("'' || ''", None),
    ("1.50 || 'x' || 0.5", "1.5x.5"),
    ("SUBSTR('abcdef', -2)", "ef"),
    ("SUBSTR('abcdef', -3, 2)", "de"),
    ("SUBSTR('abcdef', 0, 2)", "ab"),
    ("SUBSTR('abc', 5)", None),
    ("SUBSTR('abc', -5, 2)", None),
    ("SUBSTR('abc', 2, 0)", None),
    ("SUBSTR('aöü', 2, 1)", "ö"),
    ("INSTR('abcabc', 'c')", 3),
    ("INSTR('abcabc', 'c', 4)", 6),
    ("INSTR('abc', 'x')", 0),
    ("INSTR('abc', '')", None),
    ("LENGTH('')", None),
    ("LENGTH('äö')", 2),
    ("LENGTHB('äö')", 4),
    ("LPAD('7', 3, '0')", "007"),
    ("LPAD('abc', 2)", "ab"),
    ("RPAD('a', 3, 'xy')", "axy"),
    ("LPAD('a', 0)", None),
    ("TRIM('  ')", None),
    ("TRIM('  a ')", "a"),
    ("TRIM(LEADING '0' FROM '0070')", "70"),
    ("RTRIM('axyx', 'xy')", "a"),
    ("REPLACE('aba', 'a')", "b"),
    ("REPLACE('aba', '', 'x')", "aba"),
    ("TRANSLATE('abc', 'ab', 'xy')", "xyc"),
    ("UPPER('ä') || LOWER('B')", "Äb"),
    ("CHR(65) || ASCII('A')", "A65"),
    ("CONCAT('a', '')", "a"),
    # Dates
    ("DATE '2024-01-31' + 1", datetime(2024, 2, 1)),
    ("DATE '2024-01-31' + 1/24/60", datetime(2024, 1, 31, 0, 1)),
    ("DATE '2024-01-31' + 90/1440/60", datetime(2024, 1, 31, 0, 1, 30)),
    ("DATE '2024-01-31' - 0.5", datetime(2024, 1, 30, 12)),
    ("TO_DATE('2024-03-01 12', 'YYYY-MM-DD HH24') - DATE '2024-02-28'", Decimal("2.5")),
    ("DATE '2024-01-31' + INTERVAL '2' HOUR", datetime(2024, 1, 31, 2)),
    ("DATE '2024-01-30' + INTERVAL '1-1' YEAR TO MONTH - INTERVAL '1' DAY", "ORA-01839"),
    ("DATE '2024-01-28' + INTERVAL '1' MONTH", datetime(2024, 2, 28)),
    (
        "TIMESTAMP '2024-01-02 03:04:05.6' - INTERVAL '1 01:01:01.5' DAY TO SECOND",
        datetime(2024, 1, 1, 2, 3, 4, 100000),
    ),
    (
        "TIMESTAMP '2024-01-02 03:04:05.6' + NUMTODSINTERVAL(1.5, 'MINUTE')",
        datetime(2024, 1, 2, 3, 5, 35, 600000),
    ),
    ("ADD_MONTHS(DATE '2024-01-31', 1)", datetime(2024, 2, 29)),
    ("ADD_MONTHS(DATE '2024-02-29', 1)", datetime(2024, 3, 31)),
    ("ADD_MONTHS(TO_DATE('2024-03-15 10', 'YYYY-MM-DD HH24'), -13)", datetime(2023, 2, 15, 10)),
    ("MONTHS_BETWEEN(DATE '2024-03-31', DATE '2024-02-29')", 1),
    ("MONTHS_BETWEEN(DATE '1995-02-02', DATE '1995-01-01')", Decimal("1.03225806451612903225")),
    ("LAST_DAY(DATE '2023-02-01')", datetime(2023, 2, 28)),
    ("TRUNC(SYSDATE)", datetime(2024, 5, 6)),
    ("SYSDATE", datetime(2024, 5, 6, 7, 8, 9)),
    ("TRUNC(DATE '2024-05-16', 'MM')", datetime(2024, 5, 1)),
    ("TRUNC(DATE '2024-05-16', 'Q')", datetime(2024, 4, 1)),
    ("TRUNC(DATE '2024-05-16', 'YYYY')", datetime(2024, 1, 1)),
    ("TRUNC(DATE '2024-05-16', 'IW')", datetime(2024, 5, 13)),
    ("TRUNC(DATE '2024-05-16', 'D')", datetime(2024, 5, 12)),
    ("ROUND(DATE '2024-05-16', 'MM')", datetime(2024, 6, 1)),
    ("ROUND(TO_DATE('2024-05-16 12', 'YYYY-MM-DD HH24'))", datetime(2024, 5, 17)),
    ("ROUND(DATE '2024-06-30', 'YEAR')", datetime(2024, 1, 1)),
    ("EXTRACT(YEAR FROM DATE '2024-05-16')", 2024),
    ("EXTRACT(SECOND FROM TIMESTAMP '2024-05-16 01:02:03.25')", Decimal("3.25")),
    ("CAST(TIMESTAMP '2024-05-16 01:02:03.9' AS DATE)", datetime(2024, 5, 16, 1, 2, 3)),
    ("SYSTIMESTAMP", {"utc": datetime(2024, 5, 6, 7, 8, 9, 500000), "offset_minutes": 0}),
    (
        "TIMESTAMP '2024-01-01 10:00:00 +02:00' AT TIME ZONE '-01:00'",
        {"utc": datetime(2024, 1, 1, 8), "offset_minutes": -60},
    ),
    ("SYS_EXTRACT_UTC(TIMESTAMP '2024-01-01 10:00:00 +02:00')", datetime(2024, 1, 1, 8)),
    ("CAST(TIMESTAMP '2024-01-01 10:00:00 +02:00' AS TIMESTAMP)", datetime(2024, 1, 1, 10)),
    # Conversions
    ("TO_DATE('31.01.2024', 'DD.MM.YYYY')", datetime(2024, 1, 31)),
    ("TO_DATE('20240131101112', 'YYYYMMDDHH24MISS')", datetime(2024, 1, 31, 10, 11, 12)),
    ("TO_DATE('2024-01-31', 'YYYY-MM-DD HH24:MI:SS')", datetime(2024, 1, 31)),
    ("TO_DATE('2024/1/5', 'YYYY-MM-DD')", datetime(2024, 1, 5)),
    ("TO_DATE('5-jan-99', 'DD-MON-RR')", datetime(1999, 1, 5)),
    ("TO_DATE('01:30 PM', 'HH:MI AM')", datetime(2024, 5, 1, 13, 30)),
    ("TO_DATE(NULL, 'YYYY')", None),
    (
        "TO_TIMESTAMP('2024-01-31 10:11:12.345678', 'YYYY-MM-DD HH24:MI:SS.FF6')",
        datetime(2024, 1, 31, 10, 11, 12, 345678),
    ),
    (
        "TO_TIMESTAMP_TZ('2024-01-31 10:11:12 -05:30', 'YYYY-MM-DD HH24:MI:SS TZH:TZM')",
        {"utc": datetime(2024, 1, 31, 15, 41, 12), "offset_minutes": -330},
    ),
    ("TO_CHAR(DATE '2024-02-03', 'YYYY-MM-DD\"T\"HH24:MI:SS')", "2024-02-03T00:00:00"),
    ("TO_CHAR(DATE '2024-02-03', 'DD-MON-RR DY')", "03-FEB-24 SAT"),
    ("TO_CHAR(DATE '2024-02-03', 'Month')", "February "),
    ("TO_CHAR(DATE '2024-02-03', 'fmMonth DD')", "February 3"),
    ("TO_CHAR(DATE '2024-02-03', 'DDD IW WW Q D J')", "034 05 05 1 7 2460344"),
    ("TO_CHAR(TIMESTAMP '2024-02-03 16:05:06.123', 'HH:MI:SS.FF3 AM')", "04:05:06.123 PM"),
    ("TO_CHAR(DATE '2024-02-03')", "03-FEB-24"),
    ("TO_CHAR(1234.5, 'FM999,990.00')", "1,234.50"),
    ("TO_CHAR(-0.5, '990.99')", "  -0.50"),
    ("TO_CHAR(0.5, '99.9')", "   .5"),
    ("TO_CHAR(5, '000')", " 005"),
    ("TO_CHAR(12345, '999')", "####"),
    ("TO_CHAR(-12, 'S999')", " -12"),
    ("TO_CHAR(0.50)", ".5"),
    ("TO_CHAR('x')", "x"),
    ("TO_NUMBER(' 12.50 ')", Decimal("12.5")),
    ("TO_NUMBER('1,234.5', '9,999.9')", Decimal("1234.5")),
    ("CAST(1.567 AS NUMBER(3,1))", Decimal("1.6")),
    ("CAST('abc' AS VARCHAR2(2))", "ab"),
    ("CAST('a' AS CHAR(3)) || '|'", "a  |"),
    ("CAST(NULL AS DATE)", None),
    ("ORA_HASH('x', 0)", 0),
]


@pytest.mark.parametrize(("sql", "expected"), VALUES, ids=[sql for sql, _ in VALUES])
def test_an_expression_has_oracles_value(reading: OracleSession, sql: str, expected: Any) -> None:
    if isinstance(expected, str) and expected.startswith("ORA-"):
        assert code_of(reading, f"SELECT {sql} FROM dual") == int(expected[4:])
    else:
        assert ask_one(reading, f"SELECT {sql} FROM dual") == expected


def test_functions_of_columns_agree_with_those_of_literals(apps: OracleSession) -> None:
    sql = (
        "SELECT SUBSTR(ename, 2, 2), LPAD(empno, 6, '0'), sal / 7, TO_CHAR(hiredate, "
        "'YYYY-MM-DD'), "
        "TO_DATE(TO_CHAR(hiredate, 'YYYYMMDD'), 'YYYYMMDD'), TO_CHAR(sal, '9999.00') "
        "FROM emp WHERE empno = 7698"
    )
    assert ask(apps, sql) == [
        (
            "LA",
            "007698",
            Decimal("407.14285714285714285714"),
            "1981-05-01",
            datetime(1981, 5, 1),
            " 2850.00",
        )
    ]


def test_a_clob_is_text_to_functions_and_no_value_to_compare(apps: OracleSession) -> None:
    sql = (
        "SELECT SUBSTR(notes, 1, 5), LENGTH(notes), DBMS_LOB.SUBSTR(notes, 4, 7) FROM "
        "emp WHERE empno = 7839"
    )
    assert ask(apps, sql) == [("about", 10, "KING")]
    assert code_of(apps, "SELECT * FROM emp WHERE notes = 'x'") == 932
    assert code_of(apps, "SELECT DISTINCT notes FROM emp") == 932
    assert ask(apps, "SELECT ename FROM emp WHERE notes LIKE '%KING'") == [("KING",)]


def test_the_sessions_formats_and_time_zone_are_obeyed(apps: OracleSession) -> None:
    apps.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD' TIME_ZONE = '+02:00'", [])
    assert ask_one(apps, "SELECT '' || hiredate FROM emp WHERE empno = 7839") == "1981-11-17"
    assert ask(apps, "SELECT ename FROM emp WHERE hiredate = '1981-11-17'") == [("KING",)]
    assert ask_one(apps, "SELECT CURRENT_TIMESTAMP FROM dual")["offset_minutes"] == 120
    assert ask_one(apps, "SELECT LOCALTIMESTAMP FROM dual") == datetime(2024, 5, 6, 9, 8, 9, 500000)


def test_ora_hash_fills_its_buckets(apps: OracleSession) -> None:
    found = {bucket for (bucket,) in ask(apps, "SELECT ORA_HASH(ename || e.rowid, 1) FROM emp e")}
    assert found <= {0, 1}
