"""The catalogue: views, functions and procedures, as the connector and the drivers ask them."""

from typing import Any

import pytest

from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import ResultSet, ReturnStatus
from erp_resources.sqlserver import dictionary
from tests.erp_resources.sandbox.sqlserver.shop import (
    HOSTILE,
    answers,
    ask,
    ask_one,
    change,
    number_of,
    parameter,
)

CUSTOMERS = "(SELECT OBJECT_ID('CustTable'))"
VIEWS = [
    (
        "SELECT name FROM sys.schemas WHERE schema_id IN (1, 4, 5) ORDER BY schema_id",
        [("dbo",), ("sys",), ("fin",)],
    ),
    (
        (
            "SELECT s.name, t.name FROM sys.tables t JOIN sys.schemas s ON s.schema_id = "
            "t.schema_id WHERE t.name LIKE 'C%' OR s.name = 'fin' ORDER BY t.name"
        ),
        [("dbo", "CustGroup"), ("dbo", "CustTable"), ("fin", "Ledger")],
    ),
    ("SELECT COUNT(*) FROM sys.views", [(0,)]),
    (
        "SELECT type, COUNT(*) FROM sys.objects GROUP BY type ORDER BY type",
        [("F ", 1), ("PK", 3), ("U ", 5)],
    ),
    (
        (
            f"SELECT name, column_id, max_length, precision, scale, is_nullable FROM sys.columns "
            f"WHERE object_id = {CUSTOMERS} AND column_id IN (1, 5, 9) ORDER BY column_id"
        ),
        [
            ("AccountNum", 1, 40, 0, 0, False),
            ("Credit", 5, 17, 32, 16, True),
            ("SysRowVersion", 9, 8, 0, 0, True),
        ],
    ),
    (
        (
            "SELECT b.name, t.name FROM sys.columns c JOIN sys.types t ON t.user_type_id = "
            "c.user_type_id LEFT JOIN sys.types b ON b.user_type_id = c.system_type_id WHERE "
            "c.name IN ('hierarchyid_', 'numeric_') ORDER BY t.name"
        ),
        [(None, "hierarchyid"), ("numeric", "numeric")],
    ),
    (
        (
            f"SELECT i.name, i.index_id, i.is_primary_key, i.is_unique, c.name, k.key_ordinal "
            f"FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = i.object_id AND "
            f"k.index_id = i.index_id JOIN sys.columns c ON c.object_id = k.object_id AND "
            f"c.column_id = k.column_id WHERE i.object_id = {CUSTOMERS} ORDER BY k.key_ordinal"
        ),
        [
            ("PK_CustTable", 1, True, True, "DataAreaId", 1),
            ("PK_CustTable", 1, True, True, "AccountNum", 2),
        ],
    ),
    ("SELECT type_desc FROM sys.indexes WHERE object_id = OBJECT_ID('fin.Ledger')", [("HEAP",)]),
    (
        (
            "SELECT k.name, OBJECT_NAME(k.parent_object_id) FROM sys.key_constraints k "
            "WHERE k.name = 'pk_custgroup'"
        ),
        [("PK_CustGroup", "CustGroup")],
    ),
    (
        (
            "SELECT f.name, OBJECT_NAME(f.parent_object_id), "
            "OBJECT_NAME(f.referenced_object_id), COL_NAME(k.parent_object_id, "
            "k.parent_column_id), f.is_disabled FROM sys.foreign_keys f JOIN "
            "sys.foreign_key_columns k ON k.constraint_object_id = f.object_id"
        ),
        [("FK_CustTable_1", "CustTable", "CustGroup", "GroupId", True)],
    ),
    (
        (
            "SELECT minor_id, CAST(value AS nvarchar(100)) FROM sys.extended_properties WHERE "
            "major_id = OBJECT_ID('CustGroup') AND name = 'MS_Description' ORDER BY minor_id"
        ),
        [(0, "Groups of customers"), (1, "Key of the group")],
    ),
    (
        (
            f"SELECT SUM(rows) FROM sys.partitions WHERE object_id = {CUSTOMERS} AND index_id IN "
            f"(0, 1)"
        ),
        [(4,)],
    ),
    (
        (
            f"SELECT row_count, used_page_count, reserved_page_count FROM "
            f"sys.dm_db_partition_stats WHERE object_id = {CUSTOMERS}"
        ),
        [(4, 2, 9)],
    ),
    (
        (
            f"SELECT a.used_pages FROM sys.partitions p JOIN sys.allocation_units a ON "
            f"a.container_id = p.hobt_id WHERE p.object_id = {CUSTOMERS}"
        ),
        [(2,)],
    ),
    (
        (
            "SELECT name, snapshot_isolation_state_desc, is_read_committed_snapshot_on FROM "
            "sys.databases WHERE database_id = DB_ID()"
        ),
        [("AX", "ON", False)],
    ),
    (
        "SELECT OBJECT_NAME(object_id), begin_version FROM sys.change_tracking_tables",
        [("CustTable", 0)],
    ),
    ("SELECT retention_period FROM sys.change_tracking_databases", [(2,)]),
    (
        (
            "SELECT permission_name FROM sys.fn_my_permissions(NULL, 'DATABASE') WHERE "
            "permission_name LIKE '%T%' ORDER BY 1"
        ),
        [
            ("CONNECT",),
            ("DELETE",),
            ("INSERT",),
            ("SELECT",),
            ("UPDATE",),
            ("VIEW CHANGE TRACKING",),
            ("VIEW DATABASE STATE",),
            ("VIEW DEFINITION",),
        ],
    ),
    (
        (
            "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE "
            "TABLE_CATALOG = 'ax' AND TABLE_NAME LIKE 'Cust%' ORDER BY 2"
        ),
        [("dbo", "CustGroup", "BASE TABLE"), ("dbo", "CustTable", "BASE TABLE")],
    ),
    (
        (
            "SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, "
            "NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION FROM "
            "INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'CustTable' AND ORDINAL_POSITION IN "
            "(1, 5, 8) ORDER BY ORDINAL_POSITION"
        ),
        [
            ("AccountNum", "nvarchar", "NO", 20, None, None, None),
            ("Credit", "numeric", "YES", None, 32, 16, None),
            ("ChangedAt", "datetime", "YES", None, None, None, 3),
        ],
    ),
    (
        (
            "SELECT c.CONSTRAINT_TYPE, k.COLUMN_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS "
            "c JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE k ON k.CONSTRAINT_NAME = "
            "c.CONSTRAINT_NAME WHERE c.TABLE_NAME = 'CustTable' ORDER BY c.CONSTRAINT_TYPE, "
            "k.ORDINAL_POSITION"
        ),
        [("FOREIGN KEY", "GroupId"), ("PRIMARY KEY", "DataAreaId"), ("PRIMARY KEY", "AccountNum")],
    ),
    (
        "SELECT name FROM ax.sys.tables WHERE object_id = OBJECT_ID(N'ax..custtable', 'U')",
        [("CustTable",)],
    ),
]


@pytest.mark.parametrize(("query", "rows"), VIEWS)
def test_a_view_describes_the_tables(
    reading: SqlServerSession, query: str, rows: list[tuple[Any, ...]]
) -> None:
    assert ask(reading, query) == rows


FUNCTIONS = [
    ("OBJECT_ID('nope')", None),
    ("OBJECT_NAME(OBJECT_ID('[AX].[dbo].[CustTable]'))", "CustTable"),
    ("OBJECT_SCHEMA_NAME(OBJECT_ID('fin.Ledger'))", "fin"),
    ("OBJECT_NAME(OBJECT_ID(N'dbo.[Größe]]; DROP TABLE \"x\" --]'))", HOSTILE.name),
    ("OBJECT_ID('Ledger')", None),
    ("OBJECTPROPERTY(OBJECT_ID('CustTable'), 'IsUserTable')", 1),
    ("OBJECTPROPERTY(OBJECT_ID('fin.Ledger'), 'TableHasPrimaryKey')", 0),
    ("COL_NAME(OBJECT_ID('CustTable'), 2)", "DataAreaId"),
    ("TYPE_NAME(231)", "nvarchar"),
    ("HAS_PERMS_BY_NAME('dbo.CustTable', 'OBJECT', 'SELECT')", 1),
    ("HAS_PERMS_BY_NAME('dbo.CustTable', 'OBJECT', 'UPDATE')", 1),
    ("HAS_PERMS_BY_NAME('dbo.CustTable', 'OBJECT', 'ALTER')", 0),
    ("HAS_PERMS_BY_NAME('dbo.nope', 'OBJECT', 'SELECT')", None),
    ("HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DATABASE STATE')", 1),
]


@pytest.mark.parametrize(("expression", "value"), FUNCTIONS)
def test_a_function_looks_into_the_catalogue(
    reading: SqlServerSession, expression: str, value: object
) -> None:
    assert ask_one(reading, f"SELECT {expression}") == value


def test_functions_take_parameters(reading: SqlServerSession) -> None:
    name = parameter("@P1", "nvarchar(4000)", "dbo.CUSTTABLE")
    number = ask_one(reading, "SELECT OBJECT_ID(@P1)", name)
    found = ask_one(reading, "SELECT OBJECT_NAME(@P1)", parameter("@P1", "int", number))
    assert found == "CustTable"


DENIED = [
    ("SELECT OBJECT_ID('dbo.CustGroup')", [(None,)]),
    ("SELECT COUNT(*) FROM sys.tables WHERE name = 'CustGroup'", [(0,)]),
    ("SELECT COUNT(*) FROM sys.objects WHERE name LIKE '%CustGroup'", [(0,)]),
    (
        "SELECT COUNT(*) FROM sys.extended_properties WHERE CAST(value AS char(9)) LIKE '%group%'",
        [(0,)],
    ),
    ("SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'CustGroup'", [(0,)]),
    ("SELECT HAS_PERMS_BY_NAME('dbo.CustGroup', 'OBJECT', 'SELECT')", [(None,)]),
    ("SELECT HAS_PERMS_BY_NAME('dbo.CustTable', 'OBJECT', 'UPDATE')", [(0,)]),
    ("EXEC sp_tables 'CustGroup'", []),
]


@pytest.mark.parametrize(("query", "rows"), DENIED)
def test_what_a_user_may_not_read_it_does_not_find(
    reader: SqlServerSession, query: str, rows: list[tuple[Any, ...]]
) -> None:
    assert ask(reader, query) == rows


def test_row_counts_follow_the_rows(session: SqlServerSession) -> None:
    change(session, "DELETE FROM CustTable WHERE DataAreaId = 'plt2'")
    query = "SELECT SUM(rows) FROM sys.partitions WHERE object_id = OBJECT_ID('CustTable')"
    assert ask_one(session, query) == 3


CONNECTOR = [
    (dictionary.TABLES, ["dbo"], 4),
    (dictionary.OBJECT, ["dbo", "CustTable"], 1),
    (dictionary.COMMENTS, [90_001], 1),
    (dictionary.COLUMNS, [90_001], 9),
    (dictionary.UNIQUE_KEYS, [90_001], 2),
    (dictionary.FOREIGN_KEYS, [90_001], 1),
    (dictionary.ROWS, [90_001], 1),
    (dictionary.PAGES, [90_001], 1),
    (dictionary.SNAPSHOT_STATE, [], 1),
    (dictionary.RIGHTS, [], 8),
    (dictionary.WRITABLE_TABLES, [], 3),
]


@pytest.mark.parametrize(("query", "values", "count"), CONNECTOR)
def test_the_connectors_questions_are_answered(
    reading: SqlServerSession, query: str, values: list[Any], count: int
) -> None:
    given = []
    for place, value in enumerate(values, start=1):
        query = query.replace("?", f"@P{place}", 1)
        kind = "int" if isinstance(value, int) else "nvarchar(4000)"
        given.append(parameter(f"@P{place}", kind, value))
    assert len(ask(reading, query, *given)) == count


# Procedures


def _called(session: SqlServerSession, name: str, *values: object) -> list[dict[str, Any]]:
    """What a procedure answers to arguments by position, rows by column name."""
    kinds = ["int" if isinstance(value, int) else "nvarchar(4000)" for value in values]
    given = [parameter("", kind, value) for kind, value in zip(kinds, values, strict=True)]
    result, status = session.call(name, given)
    assert isinstance(result, ResultSet)
    assert status == ReturnStatus(0)
    names = [column.name for column in result.columns]
    return [
        dict(zip(names, row, strict=True))
        for batch in result.batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def test_sp_tables_lists_tables_by_pattern(reading: SqlServerSession) -> None:
    found = _called(reading, "sp_tables", "Cust%", None, None, "'TABLE','VIEW'")
    assert [row["TABLE_NAME"] for row in found] == ["CustGroup", "CustTable"]
    assert _called(reading, "sp_tables", "Cust%", None, None, "'VIEW'") == []
    assert _called(reading, "sys.sp_tables", "Cust[_]able") == []


def test_sp_columns_describes_columns_as_odbc_does(reading: SqlServerSession) -> None:
    given = [
        parameter("@table_name", "nvarchar(100)", "CustTable"),
        parameter("@ODBCVer", "int", 3),
    ]
    found = answers(reading, "EXEC sp_columns_100 @table_name, @ODBCVer = @ODBCVer", *given)
    rows = found[0]
    assert isinstance(rows, list)
    shown = [(row[3], row[4], row[5], row[6], row[7], row[8], row[10], row[17]) for row in rows]
    assert shown[0] == ("AccountNum", -9, "nvarchar", 20, 40, None, 0, "NO")
    assert shown[4] == ("Credit", 2, "numeric", 32, 34, 16, 1, "YES")
    assert shown[7] == ("ChangedAt", 93, "datetime", 23, 16, 3, 1, "YES")
    assert shown[8] == ("SysRowVersion", -2, "timestamp", 8, 8, None, 1, "YES")


def test_sp_pkeys_and_sp_fkeys_tell_the_keys(reading: SqlServerSession) -> None:
    keys = _called(reading, "sp_pkeys", "CustTable", "dbo")
    assert [(row["COLUMN_NAME"], row["KEY_SEQ"]) for row in keys] == [
        ("DataAreaId", 1), ("AccountNum", 2),
    ]  # fmt: skip
    (key,) = _called(reading, "sp_fkeys", None, None, None, "CustTable")
    assert (key["PKTABLE_NAME"], key["FKCOLUMN_NAME"]) == ("CustGroup", "GroupId")


def test_sp_special_columns_tells_key_and_version(reading: SqlServerSession) -> None:
    key = _called(reading, "sp_special_columns_100", "CustTable")
    assert [row["COLUMN_NAME"] for row in key] == ["AccountNum", "DataAreaId"]
    (version,) = _called(reading, "sp_special_columns_100", "CustTable", None, None, "V")
    assert version["COLUMN_NAME"] == "SysRowVersion"


def test_sp_statistics_counts_rows_and_names_the_key(reading: SqlServerSession) -> None:
    table, *index = _called(reading, "sp_statistics_100", "CustTable")
    assert (table["TYPE"], table["CARDINALITY"]) == (0, 4)
    assert [row["COLUMN_NAME"] for row in index] == ["DataAreaId", "AccountNum"]


def test_sp_datatype_info_lists_types_by_their_number(reading: SqlServerSession) -> None:
    every = _called(reading, "sp_datatype_info_100", 0, 3)
    numbers = [row["DATA_TYPE"] for row in every]
    assert numbers == sorted(numbers)
    (wide,) = _called(reading, "sp_datatype_info_100", -9, 3)
    assert (wide["TYPE_NAME"], wide["PRECISION"], wide["LITERAL_PREFIX"]) == (
        "nvarchar",
        4000,
        "N'",
    )
    moments = _called(reading, "sp_datatype_info_100", 93, 3)
    assert {row["TYPE_NAME"] for row in moments} == {"datetime", "datetime2", "smalldatetime"}
    old = _called(reading, "sp_datatype_info", 11, 2)
    assert {row["TYPE_NAME"] for row in old} == {"datetime", "datetime2", "smalldatetime"}


def test_sp_server_info_says_who_answers(reading: SqlServerSession) -> None:
    (name,) = _called(reading, "sp_server_info", 1)
    assert name["attribute_value"] == "Microsoft SQL Server"


def test_an_unknown_procedure_is_refused(reading: SqlServerSession) -> None:
    assert number_of(reading, "EXEC sp_nope 1") == 2812
