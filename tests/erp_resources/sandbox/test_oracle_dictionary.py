"""The dictionary and V$ views."""

from typing import Any

import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.datatypes import arrow_schema
from erp_resources.sandbox.oracle.dictionary import dictionary_type
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.sql_session import OracleSession
from erp_resources.sandbox.oracle.types import OracleType
from tests.erp_resources.sandbox.scott import EMP, ask, ask_one

COLUMNS = (
    "SELECT column_name, data_type, data_length, data_precision, data_scale, nullable, char_length "
    "FROM all_tab_columns WHERE owner = 'SCOTT' AND table_name = 'EMP' ORDER BY column_id"
)


def test_columns_are_described_as_oracle_describes_them(apps: OracleSession) -> None:
    assert ask(apps, COLUMNS) == [
        ("EMPNO", "NUMBER", 22, 4, 0, "N", 0),
        ("ENAME", "VARCHAR2", 10, None, None, "Y", 10),
        ("MGR", "NUMBER", 22, 4, 0, "Y", 0),
        ("HIREDATE", "DATE", 7, None, None, "Y", 0),
        ("SAL", "NUMBER", 22, 7, 2, "Y", 0),
        ("RATE", "NUMBER", 22, None, None, "Y", 0),
        ("DEPTNO", "NUMBER", 22, 2, 0, "Y", 0),
        ("CHANGED_AT", "TIMESTAMP(6)", 11, None, 6, "Y", 0),
        ("BORN_AT", "TIMESTAMP(6) WITH TIME ZONE", 13, None, 6, "Y", 0),
        ("FLAG", "CHAR", 3, None, None, "Y", 3),
        ("NOTES", "CLOB", 4000, None, None, "Y", 0),
        ("PHOTO", "RAW", 16, None, None, "Y", 0),
    ]


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("NUMBER", ("NUMBER", 22, None, None, 0, None)),
        ("NUMBER(*,2)", ("NUMBER", 22, None, 2, 0, None)),
        ("INTEGER", ("NUMBER", 22, None, 0, 0, None)),
        ("FLOAT", ("FLOAT", 22, 126, None, 0, None)),
        ("number(38)", ("NUMBER", 22, 38, 0, 0, None)),
        ("VARCHAR2(30 CHAR)", ("VARCHAR2", 120, None, None, 30, "C")),
        ("NVARCHAR2(30)", ("NVARCHAR2", 60, None, None, 30, "C")),
        (
            "TIMESTAMP(3) WITH LOCAL TIME ZONE",
            ("TIMESTAMP(3) WITH LOCAL TIME ZONE", 11, None, 3, 0, None),
        ),
        ("BINARY_DOUBLE", ("BINARY_DOUBLE", 8, None, None, 0, None)),
    ],
)
def test_a_declared_type_is_split_as_oracle_splits_it(
    spelling: str, expected: tuple[Any, ...]
) -> None:
    assert tuple(vars(dictionary_type(spelling)).values()) == expected


def test_tables_have_their_statistics_and_comments(apps: OracleSession, database: Database) -> None:
    sql = "SELECT owner, num_rows, blocks, last_analyzed FROM all_tables WHERE table_name = 'EMP'"
    loaded_at = database.tables["SCOTT", "EMP"].loaded_at
    assert ask(apps, sql) == [("SCOTT", 4, 1, loaded_at)]
    sql = "SELECT comments FROM all_tab_comments ORDER BY table_name"
    assert ask(apps, sql) == [("Departments",), (None,)]
    sql = "SELECT comments FROM all_col_comments WHERE comments IS NOT NULL"
    assert ask(apps, sql) == [("Number of the department",)]


def test_keys_are_listed_with_what_they_refer_to(apps: OracleSession) -> None:
    sql = (
        "SELECT c.constraint_name, c.constraint_type, c.r_constraint_name, "
        "k.column_name, k.position "
        "FROM all_constraints c JOIN all_cons_columns k ON k.owner = c.owner "
        "AND k.constraint_name = c.constraint_name WHERE c.table_name = 'EMP' ORDER BY 1"
    )
    assert ask(apps, sql) == [
        ("EMP_FK1", "R", "DEPT_PK", "DEPTNO", 1),
        ("EMP_PK", "P", None, "EMPNO", 1),
    ]


def test_a_user_finds_its_own_tables_and_those_it_may_read(oracle: OracleEngine) -> None:
    names = "SELECT table_name FROM {} ORDER BY 1"
    scott, reader = oracle.session("SCOTT"), oracle.session("READER")
    assert ask(scott, names.format("user_tables")) == [("DEPT",), ("EMP",)]
    assert ask(reader, names.format("user_tables")) == []
    assert ask(reader, names.format("all_tables")) == [("EMP",)]
    assert ask(reader, names.format("all_synonyms")) == [("EMP",)]
    assert ask(reader, "SELECT privilege FROM user_tab_privs") == [("SELECT",)]


def test_objects_and_extents_follow_the_rows(apps: OracleSession, database: Database) -> None:
    table = Table("SCOTT", "BIG", (Column("ID", "NUMBER(9)"),), ())
    rows = pa.table({"ID": pa.array(range(30_000))}, schema=arrow_schema(table))
    database.load(table, rows)
    sql = "SELECT COUNT(*), SUM(blocks) FROM dba_extents WHERE segment_name = 'BIG'"
    assert ask(apps, sql) == [(3, 384)]
    object_id = database.tables["SCOTT", "BIG"].object_id
    sql = "SELECT object_id, data_object_id, object_type FROM all_objects WHERE object_name = 'BIG'"
    assert ask(apps, sql) == [(object_id, object_id, "TABLE")]
    pages = ask(apps, "SELECT COUNT(*) FROM big GROUP BY SUBSTR(ROWIDTOCHAR(rowid), 1, 15)")
    assert len(pages) == 300
    assert set(pages) == {(100,)}


def test_the_current_scn_follows_the_commits(apps: OracleSession, database: Database) -> None:
    sql = "SELECT current_scn FROM v$database"
    assert ask_one(apps, sql) == database.current_scn
    apps.execute("UPDATE emp SET sal = 1", [])
    assert ask_one(apps, sql) == database.current_scn
    apps.commit()
    assert ask_one(apps, "SELECT current_scn FROM sys.v_$database") == database.current_scn


def test_the_version_is_a_known_one(apps: OracleSession) -> None:
    assert "19c" in ask_one(apps, "SELECT banner FROM v$version")
    sql = "SELECT v.version, p.version_full FROM v$instance v, product_component_version p"
    assert ask(apps, sql) == [("19.0.0.0.0", "19.0.0.0.0")]
    assert ask(apps, "SELECT privilege FROM session_privs WHERE privilege = 'CREATE SESSION'") == [
        ("CREATE SESSION",)
    ]
    sql = "SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_CHARACTERSET'"
    assert ask_one(apps, sql) == "AL32UTF8"


def test_dictionary_numbers_are_plain_numbers(apps: OracleSession) -> None:
    columns = apps.describe("SELECT num_rows, last_analyzed FROM all_tables")
    assert columns is not None
    assert [(c.type, c.precision, c.scale) for c in columns] == [
        (OracleType.NUMBER, 0, -127),
        (OracleType.DATE, 0, 0),
    ]


@pytest.mark.parametrize(
    ("type_", "values", "message"),
    [
        ("VARCHAR2(3)", [""], "empty text"),
        ("VARCHAR2(3)", ["abcd"], "not of length 3"),
        ("CHAR(3)", ["a"], "not of length 3"),
        ("NUMBER(5)", ["x"], "stored as VARCHAR"),
    ],
)
def test_rows_that_oracle_could_not_hold_are_refused(
    type_: str, values: list[str], message: str
) -> None:
    database = Database()
    database.load(Table("S", "T", (Column("C", type_),), ()), pa.table({"C": values}))
    with pytest.raises(ValueError, match=message):
        OracleEngine(database, {"APPS": User("APPS")})
    database.close()


def test_a_synonym_for_two_tables_is_an_error(database: Database) -> None:
    database.load(Table("OTHER", "EMP", EMP.columns[:1], ()), pa.table({"EMPNO": [1]}))
    apps = OracleEngine(database, {"APPS": User("APPS")}).session("APPS")
    with pytest.raises(Exception, match="ORA-00980"):
        apps.execute("SELECT * FROM emp", [])
    assert ask_one(apps, "SELECT COUNT(*) FROM other.emp") == 1
