"""Binds, column types, ROWIDs, streaming and interrupts."""

import time
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.sql_session import OracleSession
from erp_resources.sandbox.oracle.types import (
    FLOATING_SCALE,
    CharsetForm,
    ColumnInfo,
    OracleError,
    OracleType,
    ResultSet,
)
from tests.erp_resources.sandbox.interrupts import interrupting
from tests.erp_resources.sandbox.scott import ask, ask_one, code_of

KING, BLAKE, CLARK, JONES = ("KING",), ("BLAKE",), ("CLARK",), ("JÖNES",)


def test_binds_go_by_position_in_the_text(apps: OracleSession) -> None:
    sql = "SELECT :b, :a FROM dual WHERE :b = ':a' AND 1 = :1"
    assert ask(apps, sql, "first", "second", ":a", 1) == [("first", "second")]


@pytest.mark.parametrize(
    ("sql", "value", "rows"),
    [
        ("SELECT ename FROM emp WHERE empno = :1", 7839, [KING]),
        ("SELECT ename FROM emp WHERE sal = :1", Decimal("2850.00"), [BLAKE]),
        ("SELECT ename FROM emp WHERE rate = :1", Decimal("1E-10"), [CLARK]),
        ("SELECT ename FROM emp WHERE hiredate = :1", datetime(1981, 5, 1, 12, 30, 15), [BLAKE]),
        (
            "SELECT COUNT(*) FROM emp WHERE changed_at = :1",
            datetime(2024, 1, 2, 3, 4, 5, 123456),
            [(4,)],
        ),
        ("SELECT ename FROM emp WHERE ename = :1", "JÖNES", [JONES]),
        ("SELECT COUNT(*) FROM emp WHERE ename = :1", "", [(0,)]),
        ("SELECT COUNT(*) FROM emp WHERE ename = :1", None, [(0,)]),
        ("SELECT COUNT(*) FROM emp WHERE photo = :1", b"\x01\xff", [(4,)]),
        ("SELECT :1 FROM dual", 10**30, [(10**30,)]),
        ("SELECT :1 * 2 FROM dual", 0.25, [(0.5,)]),
        ("SELECT ename FROM emp WHERE deptno IS NULL AND NVL(:1, 'x') = 'x'", None, [JONES]),
    ],
)
def test_a_bind_keeps_its_exact_value(
    apps: OracleSession, sql: str, value: object, rows: list[tuple[Any, ...]]
) -> None:
    assert ask(apps, sql, value) == rows


def test_plain_columns_keep_their_declared_types(apps: OracleSession) -> None:
    sql = (
        "SELECT q.*, d.dname FROM (SELECT e.empno AS id, ename, hiredate, sal, rate, "
        "changed_at, born_at, "
        "flag, notes, photo, e.rowid r, deptno FROM emp e) q LEFT JOIN dept d ON "
        "d.deptno = q.deptno"
    )
    number, text = OracleType.NUMBER, CharsetForm.DATABASE
    expected = [
        ColumnInfo("ID", number, 4, 0, nullable=False),
        ColumnInfo("ENAME", OracleType.VARCHAR, size=10, charset_form=text),
        ColumnInfo("HIREDATE", OracleType.DATE),
        ColumnInfo("SAL", number, 7, 2),
        ColumnInfo("RATE", number, 0, FLOATING_SCALE),
        ColumnInfo("CHANGED_AT", OracleType.TIMESTAMP, scale=6),
        ColumnInfo("BORN_AT", OracleType.TIMESTAMP_TZ, scale=6),
        ColumnInfo("FLAG", OracleType.CHAR, size=3, charset_form=text),
        ColumnInfo("NOTES", OracleType.CLOB, charset_form=text),
        ColumnInfo("PHOTO", OracleType.RAW, size=16),
        ColumnInfo("R", OracleType.ROWID, size=18, nullable=False),
        ColumnInfo("DEPTNO", number, 2, 0),
        ColumnInfo("DNAME", OracleType.VARCHAR, size=14, charset_form=text),
    ]
    assert apps.describe(sql) == expected
    result = apps.execute(sql, [])
    assert isinstance(result, ResultSet)
    assert result.columns == expected
    batch = next(iter(result.batches))
    assert batch.schema.names == [column.name for column in expected]
    assert batch.schema.types == [
        pa.int64(),
        pa.string(),
        pa.timestamp("s"),
        pa.decimal128(7, 2),
        pa.decimal128(38, 10),
        pa.timestamp("us"),
        pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())]),
        pa.string(),
        pa.string(),
        pa.binary(),
        pa.string(),
        pa.int64(),
        pa.string(),
    ]


def test_expressions_have_sensible_types(apps: OracleSession) -> None:
    sql = "SELECT COUNT(*), MAX(sal) + 1 AS x, MIN(hiredate) + 1, MAX(ename) || 'x' FROM emp"
    columns = apps.describe(sql)
    assert columns is not None
    assert [(c.name, c.type, c.scale) for c in columns] == [
        ("COUNT(*)", OracleType.NUMBER, FLOATING_SCALE),
        ("X", OracleType.NUMBER, FLOATING_SCALE),
        ("MIN(HIREDATE)+1", OracleType.DATE, 0),
        ("MAX(ENAME)||'X'", OracleType.VARCHAR, 0),
    ]
    result = apps.execute(sql, [])
    assert isinstance(result, ResultSet)
    types = next(iter(result.batches)).schema.types
    assert pa.types.is_decimal(types[0])
    assert types[2:] == [pa.timestamp("s"), pa.string()]


def test_a_change_and_a_session_command_have_no_columns(apps: OracleSession) -> None:
    assert apps.describe("UPDATE emp SET sal = :1") is None
    assert apps.describe("COMMIT") is None
    assert not apps.in_transaction


def test_the_offset_of_a_timestamp_is_kept(apps: OracleSession) -> None:
    sql = "SELECT born_at, TO_CHAR(born_at, 'HH24:MI TZH:TZM') FROM emp WHERE empno = 7698"
    moment = {"utc": datetime(1950, 1, 1, 12), "offset_minutes": -330}
    assert ask(apps, sql) == [(moment, "06:30 -05:30")]


ROWID = "SELECT rowid FROM emp WHERE empno = 7839"


def test_rowids_are_exact_in_every_comparison(apps: OracleSession) -> None:
    king = ask_one(apps, ROWID)
    assert len(king) == 18
    last = ask_one(apps, "SELECT MAX(rowid) FROM emp")
    for sql, binds, count in (
        ("rowid = :1", [king], 1),
        ("e.rowid >= :1 AND e.rowid <= :2", [king, last], 4),
        ("rowid > CHARTOROWID(:1)", [king], 3),
        ("rowid < :1", [king], 0),
        ("rowid <> :1", [king], 3),
        (":1 = rowid", [king], 1),
        ("rowid IN (SELECT MAX(rowid) FROM emp)", [], 1),
        ("rowid BETWEEN :1 AND :1", [last, last], 1),
    ):
        assert ask_one(apps, f"SELECT COUNT(*) FROM emp e WHERE {sql}", *binds) == count, sql


def test_pages_by_extent_hold_every_row_once(apps: OracleSession) -> None:
    sql = (
        "SELECT o.data_object_id, e.relative_fno, e.block_id, e.block_id + e.blocks - 1 "
        "FROM dba_extents e "
        "JOIN all_objects o ON o.owner = e.owner AND o.object_name = e.segment_name "
        "WHERE e.segment_name = 'EMP'"
    )
    count = (
        "SELECT COUNT(*) FROM emp WHERE rowid BETWEEN DBMS_ROWID.ROWID_CREATE(1, :1, :2, :3, 0) "
        "AND DBMS_ROWID.ROWID_CREATE(1, :1, :2, :4, 32767)"
    )
    found = 0
    for object_id, file, first, last in ask(apps, sql):
        found += ask_one(apps, count, object_id, file, first, object_id, file, last)
        assert ask_one(apps, count, object_id + 1, file, first, object_id + 1, file, last) == 0
    assert found == 4


def test_a_rowid_survives_an_update(apps: OracleSession) -> None:
    before = ask_one(apps, ROWID)
    apps.execute("UPDATE emp SET sal = 1", [])
    assert ask_one(apps, ROWID) == before
    apps.commit()
    assert ask(apps, "SELECT sal FROM emp WHERE rowid = :1", before) == [(1,)]


def test_a_user_sees_other_schemas_only_through_synonyms(oracle: Any, apps: OracleSession) -> None:
    reader = oracle.session("READER")
    assert code_of(reader, "SELECT * FROM dept") == 942
    assert code_of(reader, "SELECT * FROM scott.dept") == 942
    assert ask_one(reader, "SELECT COUNT(*) FROM emp") == 4
    scott = oracle.session("SCOTT")
    assert ask_one(scott, "SELECT COUNT(*) FROM dept") == 2
    apps.execute("ALTER SESSION SET CURRENT_SCHEMA = SCOTT", [])
    assert ask(apps, "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'), USER FROM dual") == [
        ("SCOTT", "APPS")
    ]


def test_a_session_may_read_several_results_at_once(apps: OracleSession) -> None:
    first = apps.execute("SELECT ename FROM emp ORDER BY empno", [])
    second = apps.execute("SELECT deptno FROM dept ORDER BY deptno", [])
    assert isinstance(first, ResultSet)
    assert isinstance(second, ResultSet)
    assert [next(iter(one.batches)).num_rows for one in (second, first)] == [2, 4]


def test_results_are_streamed_in_batches(apps: OracleSession) -> None:
    result = apps.execute(
        f"SELECT a.ename FROM {', '.join(f'emp e{n}' for n in range(8))}, emp a", []
    )
    assert isinstance(result, ResultSet)
    sizes = [batch.num_rows for batch in result.batches]
    assert sum(sizes) == 4**9
    assert max(sizes) <= 8192


ENDLESS = "SELECT SUM(e0.empno * e1.empno - e2.empno) FROM " + ", ".join(
    f"emp e{number}" for number in range(17)
)


def test_an_interrupt_stops_the_running_statement(apps: OracleSession) -> None:
    started = time.monotonic()
    with (
        interrupting(apps.interrupt, after=0.1),
        pytest.raises(OracleError, match="ORA-01013"),
    ):
        apps.execute(ENDLESS, [])
    print(f"stopped after {time.monotonic() - started:.2f} s")  # noqa: T201 - the measurement
    assert ask_one(apps, "SELECT 1 FROM dual") == 1


def test_an_interrupt_of_an_idle_session_does_nothing(apps: OracleSession) -> None:
    apps.interrupt()
    assert ask_one(apps, "SELECT 1 FROM dual") == 1


def test_an_interrupted_change_is_undone(apps: OracleSession) -> None:
    with interrupting(apps.interrupt, after=0.1):
        assert code_of(apps, f"UPDATE emp SET sal = ({ENDLESS})") == 1013
    assert not apps.in_transaction
    assert ask_one(apps, "SELECT COUNT(*) FROM emp WHERE sal = 5000") == 1
