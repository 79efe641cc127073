"""Oracle's dictionary and V$ views over the loaded tables.

``VIEWS`` lists them: columns with their types and the SELECT over the base tables, which
``Dictionary`` keeps in DuckDB's schema ``dictionary``. A SELECT may read the parameters ``$user``,
``$now``, ``$current_scn`` and those of ``changing_values``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from erp_resources.sandbox.database import Database, StoredTable
from erp_resources.sandbox.oracle.datatypes import (
    MOMENTS,
    TEXTS,
    WHOLE,
    DataType,
    Kind,
    parse,
)
from erp_resources.sandbox.oracle.sql import rowids
from erp_resources.sandbox.oracle.sql.scope import OutColumn, Relation

VERSION = "19.0.0.0.0"
BANNER = f"Oracle Database 19c Enterprise Edition Release {VERSION} - Production"
TABLESPACE = "APPS_TS_TX_DATA"

_LENGTHS = {
    Kind.NUMBER: 22,
    Kind.FLOAT: 4,
    Kind.DOUBLE: 8,
    Kind.DATE: 7,
    Kind.TIMESTAMP: 11,
    Kind.TIMESTAMP_TZ: 13,
    Kind.TIMESTAMP_LTZ: 11,
    Kind.CLOB: 4000,
    Kind.BLOB: 4000,
    Kind.ROWID: 10,
}


@dataclass(frozen=True)
class DictionaryType:
    """A column's type as ``ALL_TAB_COLUMNS`` splits it."""

    data_type: str
    data_length: int
    data_precision: int | None = None
    data_scale: int | None = None
    char_length: int = 0
    char_used: str | None = None


def dictionary_type(spelling: str) -> DictionaryType:
    """What ``ALL_TAB_COLUMNS`` says of a declared type."""
    kind = parse(spelling)
    if kind.kind in TEXTS:
        width = 2 if kind.national else 4 if kind.in_chars else 1
        name = ("N" if kind.national else "") + kind.kind.value
        used = "C" if kind.in_chars else "B"
        return DictionaryType(name, kind.size * width, None, None, kind.size, used)
    if kind.kind is Kind.NUMBER:
        return _number(spelling.upper().strip(), kind)
    length = _LENGTHS.get(kind.kind, kind.size)
    if kind.kind in MOMENTS - {Kind.DATE}:
        first, _, rest = kind.kind.value.partition(" ")
        return DictionaryType(f"{first}({kind.scale}) {rest}".strip(), length, None, kind.scale)
    return DictionaryType("NCLOB" if kind.national else kind.kind.value, length)


def _number(spelling: str, kind: DataType) -> DictionaryType:
    if spelling.startswith("FLOAT"):
        return DictionaryType("FLOAT", 22, kind.precision)
    if kind.is_free:
        return DictionaryType("NUMBER", 22)
    declared = None if "*" in spelling or "(" not in spelling else kind.precision
    return DictionaryType("NUMBER", 22, declared, kind.scale)


@dataclass(frozen=True)
class View:
    """A dictionary view: its columns as ``NAME type`` pairs, and its rows."""

    columns: tuple[tuple[str, str], ...]
    select: str
    needs_catalog_role: bool = False

    def relation(self) -> Relation:
        """The view as something to select from."""
        columns = tuple(
            OutColumn(name, name, WHOLE if kind == "NUMBER" else parse(kind))
            for name, kind in self.columns
        )
        names = ", ".join(f'v."{name}"' for name, _ in self.columns)
        return Relation(f"(SELECT {names} FROM ({self.select}) v)", columns)


def _columns(*names: str, **types: str) -> tuple[tuple[str, str], ...]:
    """Names are VARCHAR2(128) unless typed."""
    return tuple((name, types.get(name, "VARCHAR2(128)")) for name in names)


_MINE = 'SEMI JOIN (SELECT * FROM dictionary.visible WHERE username = $user) s ON (s.owner = b."OWNER" AND s.name = b."TABLE_NAME")'  # noqa: E501
_NUMBER, _DATE, _TEXT = "NUMBER", "DATE", "VARCHAR2(4000)"

_TABLES = _columns(
    "OWNER", "TABLE_NAME", "TABLESPACE_NAME", "STATUS", "NUM_ROWS", "BLOCKS", "AVG_ROW_LEN",
    "LAST_ANALYZED", "PARTITIONED", "TEMPORARY",
    NUM_ROWS=_NUMBER, BLOCKS=_NUMBER, AVG_ROW_LEN=_NUMBER, LAST_ANALYZED=_DATE,
)  # fmt: skip
_TAB_COLUMNS = _columns(
    "OWNER", "TABLE_NAME", "COLUMN_NAME", "DATA_TYPE", "DATA_LENGTH", "DATA_PRECISION",
    "DATA_SCALE", "NULLABLE", "COLUMN_ID", "CHAR_LENGTH", "CHAR_USED",
    DATA_LENGTH=_NUMBER, DATA_PRECISION=_NUMBER, DATA_SCALE=_NUMBER, NULLABLE="VARCHAR2(1)",
    COLUMN_ID=_NUMBER, CHAR_LENGTH=_NUMBER, CHAR_USED="VARCHAR2(1)",
)  # fmt: skip
_TAB_COMMENTS = _columns("OWNER", "TABLE_NAME", "TABLE_TYPE", "COMMENTS", COMMENTS=_TEXT)
_COL_COMMENTS = _columns("OWNER", "TABLE_NAME", "COLUMN_NAME", "COMMENTS", COMMENTS=_TEXT)
_CONSTRAINTS = _columns(
    "OWNER", "CONSTRAINT_NAME", "CONSTRAINT_TYPE", "TABLE_NAME", "R_OWNER", "R_CONSTRAINT_NAME",
    "STATUS", "VALIDATED", CONSTRAINT_TYPE="VARCHAR2(1)",
)  # fmt: skip
_CONS_COLUMNS = _columns(
    "OWNER", "CONSTRAINT_NAME", "TABLE_NAME", "COLUMN_NAME", "POSITION", POSITION=_NUMBER
)
_OBJECTS = _columns(
    "OWNER", "OBJECT_NAME", "OBJECT_ID", "DATA_OBJECT_ID", "OBJECT_TYPE", "CREATED",
    "LAST_DDL_TIME", "STATUS",
    OBJECT_ID=_NUMBER, DATA_OBJECT_ID=_NUMBER, CREATED=_DATE, LAST_DDL_TIME=_DATE,
)  # fmt: skip
_EXTENTS = _columns(
    "OWNER", "SEGMENT_NAME", "SEGMENT_TYPE", "TABLESPACE_NAME", "EXTENT_ID", "FILE_ID",
    "BLOCK_ID", "BYTES", "BLOCKS", "RELATIVE_FNO",
    EXTENT_ID=_NUMBER, FILE_ID=_NUMBER, BLOCK_ID=_NUMBER, BYTES=_NUMBER, BLOCKS=_NUMBER,
    RELATIVE_FNO=_NUMBER,
)  # fmt: skip
_SYNONYMS = _columns("OWNER", "SYNONYM_NAME", "TABLE_OWNER", "TABLE_NAME")
_PRIVILEGES = _columns("GRANTOR", "GRANTEE", "TABLE_SCHEMA", "TABLE_NAME", "PRIVILEGE")

_BASES = {
    "TABLES": (_TABLES, "tables"),
    "TAB_COLUMNS": (_TAB_COLUMNS, "tab_columns"),
    "TAB_COMMENTS": (_TAB_COMMENTS, "tab_comments"),
    "COL_COMMENTS": (_COL_COMMENTS, "col_comments"),
    "CONSTRAINTS": (_CONSTRAINTS, "constraints"),
    "CONS_COLUMNS": (_CONS_COLUMNS, "cons_columns"),
}


def _families() -> Iterator[tuple[str, View]]:
    """``ALL_…``, ``USER_…`` and ``DBA_…`` over the same base tables."""
    for name, (columns, base) in _BASES.items():
        rows = f"SELECT b.* FROM dictionary.{base} b"
        yield f"ALL_{name}", View(columns, f"{rows} {_MINE}")
        yield f"USER_{name}", View(columns[1:], f'{rows} WHERE b."OWNER" = $user')
        yield f"DBA_{name}", View(columns, rows, needs_catalog_role=True)
    rows = 'SELECT b.*, b."TABLE_NAME" AS "OBJECT_NAME" FROM dictionary.objects b'
    yield "ALL_OBJECTS", View(_OBJECTS, f"{rows} {_MINE}")
    yield "USER_OBJECTS", View(_OBJECTS[1:], f'{rows} WHERE b."OWNER" = $user')
    yield "DBA_OBJECTS", View(_OBJECTS, rows, needs_catalog_role=True)


_EXTENT_ROWS = f"""SELECT b."OWNER", b."TABLE_NAME" AS "SEGMENT_NAME", 'TABLE' AS "SEGMENT_TYPE",
  '{TABLESPACE}' AS "TABLESPACE_NAME", e.extent AS "EXTENT_ID", b.file AS "FILE_ID",
  {rowids.FIRST_BLOCK} + e.extent * {rowids.BLOCKS_PER_EXTENT} AS "BLOCK_ID",
  CAST({rowids.BLOCKS_PER_EXTENT * rowids.BLOCK_BYTES} AS BIGINT) AS "BYTES",
  CAST({rowids.BLOCKS_PER_EXTENT} AS BIGINT) AS "BLOCKS", b.file AS "RELATIVE_FNO"
FROM dictionary.objects b JOIN (SELECT s.object, unnest(range(s.extents)) AS extent
  FROM (SELECT unnest(CAST($segment_objects AS BIGINT[])) AS object,
    unnest(CAST($segment_extents AS BIGINT[])) AS extents) s) e ON e.object = b."OBJECT_ID" """
_TRANSACTION_ROWS = """SELECT number % 100 AS "XIDUSN", number % 30 AS "XIDSLOT",
  number AS "XIDSQN", 'ACTIVE' AS "STATUS", start_scn AS "START_SCN", start_scn AS "START_SCNB",
  CAST(0 AS BIGINT) AS "START_SCNW"
FROM (SELECT unnest(CAST($open_numbers AS BIGINT[])) AS number,
  unnest(CAST($open_scns AS BIGINT[])) AS start_scn)"""
_PRIVILEGE_ROWS = """SELECT s.owner AS "GRANTOR", $user AS "GRANTEE", s.owner AS "TABLE_SCHEMA",
  s.name AS "TABLE_NAME", unnest(s.privileges) AS "PRIVILEGE"
FROM dictionary.visible s WHERE s.username = $user AND s.owner <> $user"""

VIEWS: Mapping[str, View] = {
    **dict(_families()),
    "DBA_EXTENTS": View(_EXTENTS, _EXTENT_ROWS, needs_catalog_role=True),
    "ALL_SYNONYMS": View(
        _SYNONYMS,
        'SELECT username AS "OWNER", name AS "SYNONYM_NAME", owner AS "TABLE_OWNER", '
        'name AS "TABLE_NAME" FROM dictionary.visible WHERE username = $user AND has_synonym',
    ),
    "ALL_TAB_PRIVS": View(_PRIVILEGES, _PRIVILEGE_ROWS),
    "USER_TAB_PRIVS": View(_PRIVILEGES, _PRIVILEGE_ROWS),
    "SESSION_PRIVS": View(
        (("PRIVILEGE", "VARCHAR2(40)"),),
        'SELECT unnest(CAST($privileges AS VARCHAR[])) AS "PRIVILEGE"',
    ),
    "V$DATABASE": View(
        _columns(
            "DBID", "NAME", "DB_UNIQUE_NAME", "LOG_MODE", "OPEN_MODE", "DATABASE_ROLE",
            "CURRENT_SCN", DBID=_NUMBER, CURRENT_SCN=_NUMBER,
        ),
        "SELECT CAST(1702190001 AS BIGINT) AS \"DBID\", 'EBS' AS \"NAME\", "
        "'EBS' AS \"DB_UNIQUE_NAME\", 'ARCHIVELOG' AS \"LOG_MODE\", 'READ WRITE' AS \"OPEN_MODE\", "
        "'PRIMARY' AS \"DATABASE_ROLE\", CAST($current_scn AS BIGINT) AS \"CURRENT_SCN\"",
    ),
    "V$TRANSACTION": View(
        _columns(
            "XIDUSN", "XIDSLOT", "XIDSQN", "STATUS", "START_SCN", "START_SCNB", "START_SCNW",
            XIDUSN=_NUMBER, XIDSLOT=_NUMBER, XIDSQN=_NUMBER, START_SCN=_NUMBER,
            START_SCNB=_NUMBER, START_SCNW=_NUMBER,
        ),
        _TRANSACTION_ROWS,
    ),
    "V$INSTANCE": View(
        _columns("INSTANCE_NUMBER", "INSTANCE_NAME", "HOST_NAME", "VERSION", "STATUS",
                 INSTANCE_NUMBER=_NUMBER),
        "SELECT CAST(1 AS BIGINT) AS \"INSTANCE_NUMBER\", 'EBS' AS \"INSTANCE_NAME\", "
        f"'sandbox' AS \"HOST_NAME\", '{VERSION}' AS \"VERSION\", 'OPEN' AS \"STATUS\"",
    ),
    "V$VERSION": View(
        _columns("BANNER", "BANNER_FULL"),
        f"SELECT '{BANNER}' AS \"BANNER\", '{BANNER}' AS \"BANNER_FULL\"",
    ),
    "PRODUCT_COMPONENT_VERSION": View(
        _columns("PRODUCT", "VERSION", "VERSION_FULL", "STATUS"),
        "SELECT 'Oracle Database 19c Enterprise Edition ' AS \"PRODUCT\", "
        f"'{VERSION}' AS \"VERSION\", '{VERSION}' AS \"VERSION_FULL\", 'Production' AS \"STATUS\"",
    ),
    "NLS_DATABASE_PARAMETERS": View(
        _columns("PARAMETER", "VALUE"),
        "SELECT * FROM (VALUES ('NLS_CHARACTERSET', 'AL32UTF8'), "
        "('NLS_NCHAR_CHARACTERSET', 'AL16UTF16'), ('NLS_LANGUAGE', 'AMERICAN'), "
        "('NLS_TERRITORY', 'AMERICA')) v(\"PARAMETER\", \"VALUE\")",
    ),
    "DUAL": View((("DUMMY", "VARCHAR2(1)"),), "SELECT 'X' AS \"DUMMY\""),
}  # fmt: skip


def changing_values(database: Database) -> Mapping[str, Sequence[Any]]:
    """Parameters of the views that change without a load: open transactions and extents."""
    transactions = database.open_transactions()
    tables = list(database.tables.values())
    per_extent = rowids.BLOCKS_PER_EXTENT * rowids.ROWS_PER_BLOCK
    return {
        "open_numbers": [one.number for one in transactions],
        "open_scns": [one.start_scn for one in transactions],
        "segment_objects": [one.object_id for one in tables],
        "segment_extents": [max(1, -(-one.next_row // per_extent)) for one in tables],
    }


@dataclass(frozen=True)
class Visible:
    """That a user may read a table, and how."""

    username: str
    owner: str
    name: str
    has_synonym: bool
    privileges: tuple[str, ...]


def write_base_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[StoredTable],
    visible: Sequence[Visible],
) -> None:
    """Write what the views read, anew."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS dictionary")
    for name, rows in _base_rows(tables, visible).items():
        schema = _BASE_SCHEMAS[name]
        connection.register("dictionary_rows", pa.Table.from_pylist(rows, schema=schema))
        connection.execute(
            f"CREATE OR REPLACE TABLE dictionary.{name} AS SELECT * FROM dictionary_rows"
        )
        connection.unregister("dictionary_rows")


def _base_rows(
    tables: Sequence[StoredTable], visible: Sequence[Visible]
) -> dict[str, list[dict[str, Any]]]:
    return {
        "tables": [_table_row(stored) for stored in tables],
        "tab_columns": [row for stored in tables for row in _column_rows(stored)],
        "tab_comments": [
            {**_owned(stored), "TABLE_TYPE": "TABLE", "COMMENTS": stored.table.comment or None}
            for stored in tables
        ],
        "col_comments": [
            {**_owned(stored), "COLUMN_NAME": column.name, "COMMENTS": column.comment or None}
            for stored in tables
            for column in stored.table.columns
        ],
        "constraints": [row for stored in tables for row in _constraint_rows(stored)],
        "cons_columns": [row for stored in tables for row in _constraint_column_rows(stored)],
        "objects": [_object_row(stored) for stored in tables],
        "visible": [vars(one) for one in visible],
    }


def _owned(stored: StoredTable) -> dict[str, Any]:
    return {"OWNER": stored.table.schema, "TABLE_NAME": stored.table.name}


def _table_row(stored: StoredTable) -> dict[str, Any]:
    return {
        **_owned(stored),
        "TABLESPACE_NAME": TABLESPACE,
        "STATUS": "VALID",
        "NUM_ROWS": stored.loaded_rows,
        "BLOCKS": -(-stored.loaded_rows // rowids.ROWS_PER_BLOCK),
        "AVG_ROW_LEN": stored.row_bytes,
        "LAST_ANALYZED": stored.loaded_at,
        "PARTITIONED": "NO",
        "TEMPORARY": "N",
    }


def _column_rows(stored: StoredTable) -> Iterator[dict[str, Any]]:
    for position, column in enumerate(stored.table.columns, start=1):
        kind = dictionary_type(column.type)
        yield {
            **_owned(stored),
            "COLUMN_NAME": column.name,
            "NULLABLE": "Y" if column.nullable else "N",
            "COLUMN_ID": position,
            **{name.upper(): value for name, value in vars(kind).items()},
        }


def _key_name(stored: StoredTable) -> str:
    return f"{stored.table.name}_PK"


def _constraint_rows(stored: StoredTable) -> Iterator[dict[str, Any]]:
    enforced = {"STATUS": "ENABLED", "VALIDATED": "VALIDATED"}
    # Foreign keys are declared and true of the loaded rows, and no change is checked for them.
    declared = {"STATUS": "DISABLED", "VALIDATED": "NOT VALIDATED"}
    if stored.table.primary_key:
        name = {"CONSTRAINT_NAME": _key_name(stored), "CONSTRAINT_TYPE": "P"}
        yield {**_owned(stored), **name, **enforced}
    for number, key in enumerate(stored.table.foreign_keys, start=1):
        yield {
            **_owned(stored),
            "CONSTRAINT_NAME": f"{stored.table.name}_FK{number}",
            "CONSTRAINT_TYPE": "R",
            "R_OWNER": key.schema,
            "R_CONSTRAINT_NAME": f"{key.table}_PK",
            **declared,
        }


def _constraint_column_rows(stored: StoredTable) -> Iterator[dict[str, Any]]:
    constraints = [(_key_name(stored), stored.table.primary_key)]
    for number, key in enumerate(stored.table.foreign_keys, start=1):
        constraints.append((f"{stored.table.name}_FK{number}", key.columns))
    for name, columns in constraints:
        for position, column in enumerate(columns, start=1):
            yield {
                **_owned(stored),
                "CONSTRAINT_NAME": name,
                "COLUMN_NAME": column,
                "POSITION": position,
            }


def _object_row(stored: StoredTable) -> dict[str, Any]:
    return {
        **_owned(stored),
        "OBJECT_ID": stored.object_id,
        "DATA_OBJECT_ID": stored.object_id,
        "OBJECT_TYPE": "TABLE",
        "CREATED": stored.loaded_at,
        "LAST_DDL_TIME": stored.loaded_at,
        "STATUS": "VALID",
        "file": rowids.file_of(stored.object_id),
    }


_ARROW = {_NUMBER: pa.int64(), _DATE: pa.timestamp("s")}


def _schema(columns: tuple[tuple[str, str], ...]) -> pa.Schema:
    return pa.schema([(name, _ARROW.get(kind, pa.string())) for name, kind in columns])


_BASE_SCHEMAS = {
    **{base: _schema(columns) for columns, base in _BASES.values()},
    "objects": _schema((("OWNER", _TEXT), ("TABLE_NAME", _TEXT), *_OBJECTS[2:], ("file", _NUMBER))),
    "visible": pa.schema(
        [
            ("username", pa.string()),
            ("owner", pa.string()),
            ("name", pa.string()),
            ("has_synonym", pa.bool_()),
            ("privileges", pa.list_(pa.string())),
        ]
    ),
}
