"""The two small tables on which the SQL of the sandbox is tested, and how to ask for rows."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.datatypes import arrow_schema
from erp_resources.sandbox.oracle.types import OracleError, ResultSet, SqlSession

DEPT = Table(
    schema="SCOTT",
    name="DEPT",
    columns=(
        Column("DEPTNO", "NUMBER(2)", nullable=False, comment="Number of the department"),
        Column("DNAME", "VARCHAR2(14)"),
    ),
    primary_key=("DEPTNO",),
    comment="Departments",
)
EMP = Table(
    schema="SCOTT",
    name="EMP",
    columns=(
        Column("EMPNO", "NUMBER(4)", nullable=False),
        Column("ENAME", "VARCHAR2(10)"),
        Column("MGR", "NUMBER(4)"),
        Column("HIREDATE", "DATE"),
        Column("SAL", "NUMBER(7,2)"),
        Column("RATE", "NUMBER"),
        Column("DEPTNO", "NUMBER(2)"),
        Column("CHANGED_AT", "TIMESTAMP(6)"),
        Column("BORN_AT", "TIMESTAMP(6) WITH TIME ZONE"),
        Column("FLAG", "CHAR(3)"),
        Column("NOTES", "CLOB"),
        Column("PHOTO", "RAW(16)"),
    ),
    primary_key=("EMPNO",),
    foreign_keys=(ForeignKey(("DEPTNO",), "SCOTT", "DEPT"),),
)
_EMPLOYEES = (
    # number, name, manager, hired, salary, rate, department, minutes east of UTC
    (7839, "KING", None, datetime(1981, 11, 17), "5000.00", "1.5", 10, 60),
    (7698, "BLAKE", 7839, datetime(1981, 5, 1, 12, 30, 15), "2850.00", None, 30, -330),
    (7782, "CLARK", 7839, datetime(1981, 6, 9), "2450.00", "0.0000000001", 10, 0),
    (7566, "JÖNES", 7839, datetime(1981, 4, 2), None, "-12.25", None, 120),
)


def employees() -> pa.Table:
    """The rows of EMP."""
    rows = [
        {
            "EMPNO": number,
            "ENAME": name,
            "MGR": manager,
            "HIREDATE": hired,
            "SAL": salary and Decimal(salary),
            "RATE": rate and Decimal(rate),
            "DEPTNO": department,
            "CHANGED_AT": datetime(2024, 1, 2, 3, 4, 5, 123456),
            "BORN_AT": {"utc": datetime(1950, 1, 1, 12), "offset_minutes": offset},
            "FLAG": "Y  ",
            "NOTES": f"about {name}",
            "PHOTO": b"\x01\xff",
        }
        for number, name, manager, hired, salary, rate, department, offset in _EMPLOYEES
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(EMP))


def departments() -> pa.Table:
    """The rows of DEPT."""
    rows = [{"DEPTNO": 10, "DNAME": "ACCOUNTING"}, {"DEPTNO": 20, "DNAME": None}]
    return pa.Table.from_pylist(rows, schema=arrow_schema(DEPT))


def load(database: Database) -> None:
    """Load both tables."""
    database.load(DEPT, departments())
    database.load(EMP, employees())


def rows_of(result: ResultSet | int) -> list[tuple[Any, ...]]:
    """All rows of a result."""
    assert isinstance(result, ResultSet)
    return [
        row
        for batch in result.batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def ask(session: SqlSession, sql: str, *binds: object) -> list[tuple[Any, ...]]:
    """The rows that a query gives."""
    return rows_of(session.execute(sql, binds))


def ask_one(session: SqlSession, sql: str, *binds: object) -> Any:
    """The one value of a query."""
    ((value,),) = ask(session, sql, *binds)
    return value


def code_of(session: SqlSession, sql: str, *binds: object) -> int:
    """The number of the error that a statement gives, 0 if none."""
    try:
        result = session.execute(sql, binds)
        if isinstance(result, ResultSet):
            rows_of(result)
    except OracleError as error:
        return error.code
    return 0
