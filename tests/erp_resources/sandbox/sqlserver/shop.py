"""The small tables on which the T-SQL of the sandbox is tested, and how to ask for rows."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.datatypes import arrow_schema, parse_type, spelling
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Answer,
    Parameter,
    ResultSet,
    SqlServerError,
    SqlSession,
)

GROUPS = Table(
    schema="dbo",
    name="CustGroup",
    columns=(
        Column("GroupId", "nvarchar(10)", nullable=False, comment="Key of the group"),
        Column("Name", "nvarchar(60)"),
    ),
    primary_key=("GroupId",),
    comment="Groups of customers",
)
CUSTOMERS = Table(
    schema="dbo",
    name="CustTable",
    columns=(
        Column("AccountNum", "nvarchar(20)", nullable=False, comment="Customer account"),
        Column("DataAreaId", "nvarchar(4)", nullable=False),
        Column("Name", "nvarchar(60)"),
        Column("GroupId", "nvarchar(10)"),
        Column("Credit", "numeric(32,16)"),
        Column("Visits", "int"),
        Column("Blocked", "bit", nullable=False),
        Column("ChangedAt", "datetime"),
        Column("SysRowVersion", "timestamp"),
    ),
    primary_key=("DataAreaId", "AccountNum"),
    foreign_keys=(ForeignKey(("GroupId",), "dbo", "CustGroup"),),
    change_tracking=True,
)
HOSTILE = Table(
    schema="dbo",
    name='Größe]; DROP TABLE "x" --',
    columns=(Column("a]b 'c", "int", nullable=False), Column('"; SELECT', "nvarchar(10)")),
    primary_key=("a]b 'c",),
)
LEDGER = Table(
    schema="fin",
    name="Ledger",
    columns=(Column("RecId", "bigint", nullable=False), Column("Amount", "decimal(28,12)")),
    primary_key=(),
)
EVERY_TYPE = Table(
    schema="dbo",
    name="EveryType",
    columns=tuple(
        Column(kind.partition("(")[0] + "_", kind)
        for kind in (
            "bit", "tinyint", "smallint", "int", "bigint", "decimal(38,10)", "numeric(5,5)",
            "money", "smallmoney", "float", "real", "char(4)", "varchar(10)", "nchar(4)",
            "nvarchar(max)", "binary(3)", "varbinary(max)", "date", "time(7)", "datetime",
            "smalldatetime", "datetime2(7)", "datetimeoffset(7)", "uniqueidentifier", "timestamp",
            "xml", "hierarchyid", "sql_variant",
        )
    ),
    primary_key=(),
)  # fmt: skip
VALUES: dict[str, Any] = {
    "bit_": True,
    "tinyint_": 255,
    "smallint_": -(2**15),
    "int_": 2**31 - 1,
    "bigint_": -(2**63),
    "decimal_": Decimal("-1234567890123456789012345678.0123456789"),
    "numeric_": Decimal("0.99999"),
    "money_": Decimal("-922337203685477.5808"),
    "smallmoney_": Decimal("214748.3647"),
    "float_": 0.1,
    "real_": 0.5,
    "char_": "ab  ",
    "varchar_": "",
    "nchar_": "ä   ",
    "nvarchar_": "Ünï 😀 '",
    "binary_": b"\x00\x01\xff",
    "varbinary_": b"",
    "date_": date(1, 1, 1),
    "time_": time(23, 59, 59, 999999),
    "datetime_": datetime(1753, 1, 1, 0, 0, 0, 3333),
    "smalldatetime_": datetime(2079, 6, 6, 23, 59),
    "datetime2_": datetime(9999, 12, 31, 23, 59, 59, 999999),
    "datetimeoffset_": {"utc": datetime(2024, 1, 1), "offset_minutes": -330},
    "uniqueidentifier_": "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    "timestamp_": None,
    "xml_": "<a/>",
    "hierarchyid_": "/1/2/",
    "sql_variant_": "5",
}
_CUSTOMERS = (
    # account, area, name, group, credit, visits, blocked, changed
    ("C-1", "plt1", "Alpha GmbH", "DOM", "100.5", 3, False, datetime(2024, 1, 31, 10)),
    ("C-2", "plt1", "beta & CO", "EXP", "-0.0000000000000001", None, True, None),
    ("C-3", "plt1", "Ärger AG ", "dom", None, 7, False, datetime(2024, 2, 29, 23, 59, 59, 996667)),
    ("C-1", "plt2", None, None, "7", 1, False, datetime(1900, 1, 1)),
)


def rows(table: Table, *values: tuple[Any, ...]) -> pa.Table:
    """Rows of a table, columns in declaration order."""
    names = [column.name for column in table.columns]
    found = [dict(zip(names, row, strict=True)) for row in values]
    return pa.Table.from_pylist(found, schema=arrow_schema(table))


def load(database: Database) -> None:
    """Load all tables."""
    database.load(GROUPS, rows(GROUPS, ("DOM", "Domestic"), ("EXP", "Export")))
    customers = [
        (account, area, name, group, credit and Decimal(credit), visits, blocked, changed, None)
        for account, area, name, group, credit, visits, blocked, changed in _CUSTOMERS
    ]
    database.load(CUSTOMERS, rows(CUSTOMERS, *customers))
    database.load(HOSTILE, rows(HOSTILE, (1, "x")))
    database.load(LEDGER, rows(LEDGER, (1, Decimal("1.5")), (2, Decimal("2.25"))))
    database.load(EVERY_TYPE, rows(EVERY_TYPE, tuple(VALUES.values()), (None,) * len(VALUES)))


def parameter(name: str, kind: str, value: object) -> Parameter:
    """A parameter of an RPC."""
    return Parameter(name, parse_type(kind), value)


def rows_of(result: ResultSet) -> list[tuple[Any, ...]]:
    """All rows of a result."""
    return [
        row
        for batch in result.batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def answers(session: SqlSession, sql: str, *parameters: Parameter) -> list[Answer | list[Any]]:
    """All answers of a batch, results as their rows."""
    return [
        rows_of(answer) if isinstance(answer, ResultSet) else answer
        for answer in session.execute(sql, parameters)
    ]


def ask(session: SqlSession, sql: str, *parameters: Parameter) -> list[tuple[Any, ...]]:
    """The rows that the batch's one result has."""
    (found,) = [one for one in answers(session, sql, *parameters) if isinstance(one, list)]
    return found


def ask_one(session: SqlSession, sql: str, *parameters: Parameter) -> Any:
    """The one value of a query."""
    ((value,),) = ask(session, sql, *parameters)
    return value


def typed(session: SqlSession, expression: str, *parameters: Parameter) -> tuple[str, Any]:
    """The type of an expression, as a declaration spells it, and its value."""
    (result,) = session.execute(f"SELECT {expression}", parameters)
    assert isinstance(result, ResultSet)
    (column,) = result.columns
    ((value,),) = rows_of(result)
    return spelling(column.type), value


def change(session: SqlSession, sql: str, *parameters: Parameter) -> int | None:
    """The number of rows that a change counts."""
    (answer,) = session.execute(sql, parameters)
    assert isinstance(answer, Affected)
    return answer.rows


def error_of(session: SqlSession, sql: str, *parameters: Parameter) -> SqlServerError | None:
    """The error that a batch ends with."""
    try:
        answers(session, sql, *parameters)
    except SqlServerError as error:
        return error
    return None


def number_of(session: SqlSession, sql: str, *parameters: Parameter) -> int | None:
    """The number of the error that a batch ends with."""
    error = error_of(session, sql, *parameters)
    return None if error is None else error.number
