"""What each catalogue procedure answers; the columns are those that ODBC drivers expect."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from erp_resources.sandbox.catalog import Column
from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver import odbc_types
from erp_resources.sandbox.sqlserver.catalog_facts import key_name
from erp_resources.sandbox.sqlserver.datatypes import (
    FACTS,
    SYSNAME,
    Family,
    family,
    parse_type,
    width,
)
from erp_resources.sandbox.sqlserver.odbc_types import LONG_TYPES, ODBC_TYPES, OdbcType
from erp_resources.sandbox.sqlserver.types import SqlType

Row = tuple[Any, ...]
_INT, _SMALLINT, _TINYINT = SqlType("int"), SqlType("smallint"), SqlType("tinyint")
_TEXT_254 = SqlType("varchar", 254)
_ODBC_3 = 3
_DATES_OF_ODBC_2 = {91: 9, 93: 11}
_WORD = re.compile(r"\[([^\]])\]")


@dataclass(frozen=True)
class Call:
    """One call: its arguments by name, and what it may look at."""

    arguments: Mapping[str, Any]
    database: str
    tables: Sequence[StoredTable]

    def text(self, name: str) -> str | None:
        """An argument as text."""
        value = self.arguments.get(name)
        return None if value is None else str(value)

    def number(self, name: str, default: int) -> int:
        """An argument as a number."""
        value = self.arguments.get(name)
        return default if value is None else int(value)

    def matching(self, name: str, owner: str, *, patterns: bool) -> list[StoredTable]:
        """The tables whose names match two arguments, in the order of their names."""
        table, schema = self.text(name), self.text(owner)
        found = [
            stored
            for stored in self.tables
            if _matches(table, stored.table.name, patterns=patterns)
            and _matches(schema, stored.table.schema, patterns=patterns)
        ]
        return sorted(found, key=lambda stored: (stored.table.schema, stored.table.name))


def _matches(pattern: str | None, name: str, *, patterns: bool) -> bool:
    if pattern is None:
        return True
    if not patterns:
        return pattern.lower() == name.lower()
    return re.fullmatch(_like(pattern), name, re.IGNORECASE) is not None


def _like(pattern: str) -> str:
    """A LIKE pattern as a regular expression; ``[_]`` stands for the character itself."""
    parts = re.split(r"(%|_|\[[^\]]\])", pattern)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(part) or re.escape(_WORD.sub(r"\1", part)) for part in parts)


def _tables(called: Call) -> Iterable[Row]:
    wanted = called.text("table_type")
    if wanted is not None and "'TABLE'" not in wanted.upper():
        return
    for stored in called.matching("table_name", "table_owner", patterns=True):
        table = stored.table
        yield called.database, table.schema, table.name, "TABLE", None


def _columns(called: Call) -> Iterable[Row]:
    pattern = called.text("column_name")
    version = called.number("odbcver", 2)
    for stored in called.matching("table_name", "table_owner", patterns=True):
        for place, column in enumerate(stored.table.columns, start=1):
            if _matches(pattern, column.name, patterns=True):
                yield _column(called.database, stored, place, column, version)


def _column(database: str, stored: StoredTable, place: int, column: Column, version: int) -> Row:
    kind = parse_type(column.type)
    odbc = ODBC_TYPES[kind.name]
    octets = None
    if family(kind) in {Family.TEXT, Family.BINARY}:
        octets = width(kind) if kind.size > 0 else 0
    return (
        database,
        stored.table.schema,
        stored.table.name,
        column.name,
        _data_type(odbc, version),
        kind.name,
        odbc_types.column_size(kind),
        odbc_types.transfer_length(kind),
        odbc_types.decimal_digits(kind),
        odbc.radix,
        int(column.nullable),
        column.comment[:254] or None,
        None,
        odbc.sql_data_type or odbc.data_type,
        odbc.sub,
        octets,
        place,
        "YES" if column.nullable else "NO",
        _ss_data_type(kind),
    )


def _data_type(odbc: OdbcType, version: int) -> int:
    if version < _ODBC_3:
        return _DATES_OF_ODBC_2.get(odbc.data_type, odbc.data_type)
    return odbc.data_type


_NULLABLE_IDS = {"bit": 50, "tinyint": 38, "smallint": 38, "int": 38, "bigint": 108, "real": 109,
                 "float": 109, "money": 110, "smallmoney": 110, "datetime": 111,
                 "smalldatetime": 111, "nvarchar": 39, "varchar": 39, "nchar": 39, "char": 39,
                 "varbinary": 37, "binary": 37, "timestamp": 37}  # fmt: skip


def _ss_data_type(kind: SqlType) -> int:
    return _NULLABLE_IDS.get(kind.name, FACTS[kind.name].system_type_id)


def _primary_keys(called: Call) -> Iterable[Row]:
    for stored in called.matching("table_name", "table_owner", patterns=False):
        table = stored.table
        for place, name in enumerate(table.primary_key, start=1):
            yield called.database, table.schema, table.name, name, place, key_name(table)


def _foreign_keys(called: Call) -> Iterable[Row]:
    """Of the tables ``fktable``, to the tables ``pktable``; either may be left open."""
    targets = called.matching("pktable_name", "pktable_owner", patterns=False)
    for stored in called.matching("fktable_name", "fktable_owner", patterns=False):
        for number, key in enumerate(stored.table.foreign_keys, start=1):
            for target in targets:
                if (target.table.schema, target.table.name) == (key.schema, key.table):
                    yield from _references(called.database, stored, number, target)


def _references(
    database: str, stored: StoredTable, number: int, target: StoredTable
) -> Iterator[Row]:
    own, other = stored.table, target.table
    pairs = zip(own.foreign_keys[number - 1].columns, other.primary_key, strict=True)
    for place, (column, referenced) in enumerate(pairs, start=1):
        yield (
            database, other.schema, other.name, referenced,
            database, own.schema, own.name, column,
            place, 1, 1, f"FK_{own.name}_{number}", key_name(other), 7,
        )  # fmt: skip


_TABLE_STATISTIC, _CLUSTERED = 0, 1


def _statistics(called: Call) -> Iterable[Row]:
    for stored in called.matching("table_name", "table_owner", patterns=False):
        table = stored.table
        start = (called.database, table.schema, table.name)
        pages = 1 + stored.loaded_rows * max(stored.row_bytes, 1) // 8060
        yield (*start, None, None, None, _TABLE_STATISTIC, None, None, None,
               stored.loaded_rows, pages, None)  # fmt: skip
        for place, name in enumerate(table.primary_key, start=1):
            yield (*start, 0, table.name, key_name(table), _CLUSTERED, place, name, "A",
                   stored.loaded_rows, pages, None)  # fmt: skip


_SESSION_SCOPE, _NOT_PSEUDO = 1, 1


def _special_columns(called: Call) -> Iterable[Row]:
    """The columns that tell a row from others (R), or that any change changes (V)."""
    wants_version = (called.text("col_type") or "R").upper() == "V"
    for stored in called.matching("table_name", "table_owner", patterns=False):
        for column in stored.table.columns:
            kind = parse_type(column.type)
            is_version = family(kind) is Family.ROWVERSION
            if is_version if wants_version else column.name in stored.table.primary_key:
                odbc = ODBC_TYPES[kind.name]
                yield (
                    None if wants_version else _SESSION_SCOPE, column.name, odbc.data_type,
                    kind.name, odbc_types.column_size(kind), odbc_types.transfer_length(kind),
                    odbc_types.decimal_digits(kind), _NOT_PSEUDO,
                )  # fmt: skip


def _datatype_info(called: Call) -> Iterable[Row]:
    wanted, version = called.number("data_type", 0), called.number("odbcver", 2)
    every = {**ODBC_TYPES, **LONG_TYPES}
    for name, odbc in sorted(every.items(), key=lambda pair: (pair[1].data_type, pair[0])):
        own = _data_type(odbc, version)
        if wanted in {0, own} and name != "hierarchyid":
            yield _type_row(name, odbc, own)


def _type_row(name: str, odbc: OdbcType, data_type: int) -> Row:
    prefix = "0x" if name in {"binary", "varbinary", "timestamp", "image"} else odbc.quote
    if name in {"nchar", "nvarchar", "ntext", "xml"}:
        prefix = "N'"
    if odbc.money:
        prefix = "$"
    nullable = 0 if name == "timestamp" else 1
    return (
        name, data_type, odbc.column_size, prefix, odbc.quote, odbc.params, nullable,
        odbc.case_sensitive, odbc.searchable, odbc.unsigned, odbc.money, odbc.auto, name,
        odbc.scales[0], odbc.scales[1], odbc.sql_data_type or odbc.data_type, odbc.sub, odbc.radix,
        None, 0,
    )  # fmt: skip


_SERVER_INFO = (
    (1, "DBMS_NAME", "Microsoft SQL Server"),
    (2, "DBMS_VER", "Microsoft SQL Server 2022 - 16.0.4135"),
    (10, "OWNER_TERM", "owner"),
    (11, "TABLE_TERM", "table"),
    (12, "MAX_OWNER_NAME_LENGTH", "128"),
    (13, "TABLE_LENGTH", "128"),
    (14, "MAX_QUAL_LENGTH", "128"),
    (15, "COLUMN_LENGTH", "128"),
    (16, "IDENTIFIER_CASE", "MIXED"),
    (17, "TX_ISOLATION", "2"),
    (18, "COLLATION_SEQ", "charset=iso_1 sort_order=nocase_iso charset_num=1 sort_order_num=52"),
    (19, "SAVEPOINT_SUPPORT", "Y"),
    (22, "ACCESSIBLE_TABLES", "Y"),
    (500, "SYS_SPROC_VERSION", "16.00.4135"),
)


def _server_info(called: Call) -> Iterable[Row]:
    wanted = called.number("attribute_id", 0)
    return [row for row in _SERVER_INFO if wanted in {0, row[0]}]


def _login_name(_: Call) -> Iterable[Row]:
    """``sp_oledb_ro_usrname``: whether the database is read only, and as whom one is in it."""
    return [("N", "dbo")]


@dataclass(frozen=True)
class Procedure:
    """A procedure: its parameters in order, its result's columns, and its rows."""

    parameters: tuple[str, ...]
    columns: tuple[tuple[str, SqlType], ...]
    rows: Callable[[Call], Iterable[Row]]


def _named_columns(names: str, **types: SqlType) -> tuple[tuple[str, SqlType], ...]:
    return tuple((name, types.get(name, SYSNAME)) for name in names.split())


_TABLE = ("table_name", "table_owner", "table_qualifier")
PROCEDURES: dict[str, Procedure] = {
    "sp_tables": Procedure(
        (*_TABLE, "table_type", "fusepattern"),
        _named_columns(
            "TABLE_QUALIFIER TABLE_OWNER TABLE_NAME TABLE_TYPE REMARKS",
            TABLE_TYPE=SqlType("varchar", 32), REMARKS=_TEXT_254,
        ),
        _tables,
    ),
    "sp_columns": Procedure(
        (*_TABLE, "column_name", "odbcver", "namescope", "fusepattern"),
        _named_columns(
            "TABLE_QUALIFIER TABLE_OWNER TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME PRECISION "
            "LENGTH SCALE RADIX NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE SQL_DATETIME_SUB "
            "CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE SS_DATA_TYPE",
            DATA_TYPE=_SMALLINT, PRECISION=_INT, LENGTH=_INT, SCALE=_SMALLINT, RADIX=_SMALLINT,
            NULLABLE=_SMALLINT, REMARKS=_TEXT_254, COLUMN_DEF=SqlType("nvarchar", 4000),
            SQL_DATA_TYPE=_SMALLINT, SQL_DATETIME_SUB=_SMALLINT, CHAR_OCTET_LENGTH=_INT,
            ORDINAL_POSITION=_INT, IS_NULLABLE=_TEXT_254, SS_DATA_TYPE=_TINYINT,
        ),
        _columns,
    ),
    "sp_pkeys": Procedure(
        _TABLE,
        _named_columns(
            "TABLE_QUALIFIER TABLE_OWNER TABLE_NAME COLUMN_NAME KEY_SEQ PK_NAME", KEY_SEQ=_SMALLINT
        ),
        _primary_keys,
    ),
    "sp_fkeys": Procedure(
        ("pktable_name", "pktable_owner", "pktable_qualifier",
         "fktable_name", "fktable_owner", "fktable_qualifier"),
        _named_columns(
            "PKTABLE_QUALIFIER PKTABLE_OWNER PKTABLE_NAME PKCOLUMN_NAME FKTABLE_QUALIFIER "
            "FKTABLE_OWNER FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ UPDATE_RULE DELETE_RULE FK_NAME "
            "PK_NAME DEFERRABILITY",
            KEY_SEQ=_SMALLINT, UPDATE_RULE=_SMALLINT, DELETE_RULE=_SMALLINT,
            DEFERRABILITY=_SMALLINT,
        ),
        _foreign_keys,
    ),
    "sp_statistics": Procedure(
        (*_TABLE, "index_name", "is_unique", "accuracy"),
        _named_columns(
            "TABLE_QUALIFIER TABLE_OWNER TABLE_NAME NON_UNIQUE INDEX_QUALIFIER INDEX_NAME TYPE "
            "SEQ_IN_INDEX COLUMN_NAME COLLATION CARDINALITY PAGES FILTER_CONDITION",
            NON_UNIQUE=_SMALLINT, TYPE=_SMALLINT, SEQ_IN_INDEX=_SMALLINT,
            COLLATION=SqlType("char", 1), CARDINALITY=_INT, PAGES=_INT,
            FILTER_CONDITION=SqlType("varchar", 128),
        ),
        _statistics,
    ),
    "sp_special_columns": Procedure(
        ("table_name", "table_owner", "table_qualifier", "col_type", "scope", "nullable",
         "odbcver"),
        _named_columns(
            "SCOPE COLUMN_NAME DATA_TYPE TYPE_NAME PRECISION LENGTH SCALE PSEUDO_COLUMN",
            SCOPE=_SMALLINT, DATA_TYPE=_SMALLINT, PRECISION=_INT, LENGTH=_INT, SCALE=_SMALLINT,
            PSEUDO_COLUMN=_SMALLINT,
        ),
        _special_columns,
    ),
    "sp_datatype_info": Procedure(
        ("data_type", "odbcver"),
        _named_columns(
            "TYPE_NAME DATA_TYPE PRECISION LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS NULLABLE "
            "CASE_SENSITIVE SEARCHABLE UNSIGNED_ATTRIBUTE MONEY AUTO_INCREMENT LOCAL_TYPE_NAME "
            "MINIMUM_SCALE MAXIMUM_SCALE SQL_DATA_TYPE SQL_DATETIME_SUB NUM_PREC_RADIX "
            "INTERVAL_PRECISION USERTYPE",
            DATA_TYPE=_SMALLINT, PRECISION=_INT, LITERAL_PREFIX=SqlType("varchar", 32),
            LITERAL_SUFFIX=SqlType("varchar", 32), CREATE_PARAMS=SqlType("varchar", 32),
            NULLABLE=_SMALLINT, CASE_SENSITIVE=_SMALLINT, SEARCHABLE=_SMALLINT,
            UNSIGNED_ATTRIBUTE=_SMALLINT, MONEY=_SMALLINT, AUTO_INCREMENT=_SMALLINT,
            MINIMUM_SCALE=_SMALLINT, MAXIMUM_SCALE=_SMALLINT, SQL_DATA_TYPE=_SMALLINT,
            SQL_DATETIME_SUB=_SMALLINT, NUM_PREC_RADIX=_INT, INTERVAL_PRECISION=_SMALLINT,
            USERTYPE=_SMALLINT,
        ),
        _datatype_info,
    ),
    "sp_server_info": Procedure(
        ("attribute_id",),
        _named_columns(
            "attribute_id attribute_name attribute_value", attribute_id=_INT,
            attribute_name=SqlType("varchar", 60), attribute_value=SqlType("varchar", 255),
        ),
        _server_info,
    ),
    "sp_oledb_ro_usrname": Procedure(
        (),
        _named_columns("data_source_read_only user_name", data_source_read_only=SqlType("char", 1)),
        _login_name,
    ),
}  # fmt: skip
