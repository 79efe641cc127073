"""The catalogue views of a SQL Server: their columns, and where their rows come from."""
# ruff: noqa: S608 -- composes SQL of its own names and numbers

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from erp_resources.sandbox.database import StoredTable, quoted
from erp_resources.sandbox.sqlserver.datatypes import parse_type, storage
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation
from erp_resources.sandbox.sqlserver.types import SqlType

PAGE_BYTES = 8060
"""Of rows on a page."""


@dataclass(frozen=True)
class View:
    """A catalogue view.

    Attributes:
        base: the table in the schema ``catalog`` that holds its rows.
        columns: as ``name type`` pairs.
        objects: the columns with ids of objects; a row is seen by who may see them all.
        is_sizes: whether its rows are counted when it is read.
    """

    base: str
    columns: tuple[tuple[str, SqlType], ...]
    objects: tuple[str, ...] = ()
    is_sizes: bool = False

    def relation(self, hidden: str, tables: Iterable[StoredTable]) -> Relation:
        """The view as something to select from, without what the user may not see."""
        columns = tuple(OutColumn(name, name, kind) for name, kind in self.columns)
        names = ", ".join(f"v.{quoted(name)}" for name, _ in self.columns)
        tests = " AND ".join(f"v.{column} NOT IN ({hidden})" for column in self.objects)
        where = f" WHERE {tests}" if tests else ""
        base = f"({_sizes(tables)})" if self.is_sizes else f"catalog.{self.base}"
        listed = _size_columns(self.columns) if self.is_sizes else names
        return Relation(f"(SELECT {listed} FROM {base} v{where})", columns)


def _sizes(tables: Iterable[StoredTable]) -> str:
    """One row for each table: its id, its index, its rows and its pages as they are now."""
    selects = [
        f"SELECT {stored.object_id} AS object_id, {int(bool(stored.table.primary_key))} AS "
        f"index_id, count(*) AS rows, 1 + count(*) * {max(stored.row_bytes, 1)} // {PAGE_BYTES} "
        f"AS pages FROM {stored.current}"
        for stored in tables
    ]
    nothing = "SELECT 0 AS object_id, 0 AS index_id, 0 AS rows, 0 AS pages WHERE FALSE"
    return " UNION ALL ".join(selects or [nothing])


_SIZE_SQL = {
    "partition_id": "v.object_id + 72057594000000000",
    "hobt_id": "v.object_id + 72057594000000000",
    "container_id": "v.object_id + 72057594000000000",
    "allocation_unit_id": "v.object_id + 72057595000000000",
    "object_id": "v.object_id",
    "index_id": "v.index_id",
    "rows": "v.rows",
    "row_count": "v.rows",
    "partition_number": "1",
    "data_space_id": "1",
    "type": "1",
    "type_desc": "'IN_ROW_DATA'",
    "data_compression": "0",
    "data_compression_desc": "'NONE'",
    "in_row_data_page_count": "v.pages",
    "in_row_used_page_count": "v.pages + 1",
    "in_row_reserved_page_count": "v.pages + 8",
    "used_page_count": "v.pages + 1",
    "reserved_page_count": "v.pages + 8",
    "data_pages": "v.pages",
    "used_pages": "v.pages + 1",
    "total_pages": "v.pages + 8",
}


def _size_columns(columns: Iterable[tuple[str, SqlType]]) -> str:
    return ", ".join(
        f"CAST({_SIZE_SQL.get(name, '0')} AS {storage(kind)}) AS {quoted(name)}"
        for name, kind in columns
    )


def _columns(spelled: str) -> tuple[tuple[str, SqlType], ...]:
    """``name type; name type`` as pairs."""
    pairs = (part.split(None, 1) for part in spelled.split(";") if part.strip())
    return tuple((name, parse_type(kind)) for name, kind in pairs)


_OBJECT = (
    "name sysname; object_id int; principal_id int; schema_id int; parent_object_id int; "
    "type char(2); type_desc nvarchar(60); create_date datetime; modify_date datetime; "
    "is_ms_shipped bit; is_published bit; is_schema_published bit"
)
_OBJECTS = _columns(_OBJECT)
_TABLES = _columns(
    f"{_OBJECT}; lob_data_space_id int; max_column_id_used int; lock_on_bulk_load bit; "
    "uses_ansi_nulls bit; is_replicated bit; has_replication_filter bit; is_merge_published bit; "
    "is_tracked_by_cdc bit; lock_escalation tinyint; lock_escalation_desc nvarchar(60); "
    "is_filetable bit; is_memory_optimized bit; durability tinyint; durability_desc nvarchar(60); "
    "temporal_type tinyint; temporal_type_desc nvarchar(60); history_table_id int; "
    "is_external bit; is_node bit; is_edge bit"
)
_SYS_COLUMNS = _columns(
    "object_id int; name sysname; column_id int; system_type_id tinyint; user_type_id int; "
    "max_length smallint; precision tinyint; scale tinyint; collation_name sysname; "
    "is_nullable bit; is_ansi_padded bit; is_rowguidcol bit; is_identity bit; is_computed bit; "
    "is_filestream bit; is_xml_document bit; default_object_id int; rule_object_id int; "
    "is_sparse bit; is_hidden bit; generated_always_type tinyint; is_masked bit; "
    "encryption_type int; graph_type int"
)
_TYPES = _columns(
    "name sysname; system_type_id tinyint; user_type_id int; schema_id int; principal_id int; "
    "max_length smallint; precision tinyint; scale tinyint; collation_name sysname; "
    "is_nullable bit; is_user_defined bit; is_assembly_type bit; default_object_id int; "
    "rule_object_id int; is_table_type bit"
)
_INDEXES = _columns(
    "object_id int; name sysname; index_id int; type tinyint; type_desc nvarchar(60); "
    "is_unique bit; data_space_id int; ignore_dup_key bit; is_primary_key bit; "
    "is_unique_constraint bit; fill_factor tinyint; is_padded bit; is_disabled bit; "
    "is_hypothetical bit; allow_row_locks bit; allow_page_locks bit; has_filter bit; "
    "filter_definition nvarchar(max)"
)
_INDEX_COLUMNS = _columns(
    "object_id int; index_id int; index_column_id int; column_id int; key_ordinal tinyint; "
    "partition_ordinal tinyint; is_descending_key bit; is_included_column bit"
)
_KEY_CONSTRAINTS = _columns(f"{_OBJECT}; unique_index_id int; is_system_named bit; is_enforced bit")
_FOREIGN_KEYS = _columns(
    f"{_OBJECT}; referenced_object_id int; key_index_id int; is_disabled bit; "
    "is_not_for_replication bit; is_not_trusted bit; delete_referential_action tinyint; "
    "delete_referential_action_desc nvarchar(60); update_referential_action tinyint; "
    "update_referential_action_desc nvarchar(60); is_system_named bit"
)
_FOREIGN_KEY_COLUMNS = _columns(
    "constraint_object_id int; constraint_column_id int; parent_object_id int; "
    "parent_column_id int; referenced_object_id int; referenced_column_id int"
)
_EXTENDED_PROPERTIES = _columns(
    "class tinyint; class_desc nvarchar(60); major_id int; minor_id int; name sysname; "
    "value sql_variant"
)
_PARTITIONS = _columns(
    "partition_id bigint; object_id int; index_id int; partition_number int; hobt_id bigint; "
    "rows bigint; filestream_filegroup_id smallint; data_compression tinyint; "
    "data_compression_desc nvarchar(60)"
)
_PARTITION_STATS = _columns(
    "partition_id bigint; object_id int; index_id int; partition_number int; "
    "in_row_data_page_count bigint; in_row_used_page_count bigint; "
    "in_row_reserved_page_count bigint; lob_used_page_count bigint; "
    "lob_reserved_page_count bigint; row_overflow_used_page_count bigint; "
    "row_overflow_reserved_page_count bigint; used_page_count bigint; "
    "reserved_page_count bigint; row_count bigint"
)
_ALLOCATION_UNITS = _columns(
    "allocation_unit_id bigint; type tinyint; type_desc nvarchar(60); container_id bigint; "
    "data_space_id int; total_pages bigint; used_pages bigint; data_pages bigint"
)
_DATABASES = _columns(
    "name sysname; database_id int; create_date datetime; compatibility_level tinyint; "
    "collation_name sysname; user_access tinyint; user_access_desc nvarchar(60); "
    "is_read_only bit; state tinyint; state_desc nvarchar(60); "
    "snapshot_isolation_state tinyint; snapshot_isolation_state_desc nvarchar(60); "
    "is_read_committed_snapshot_on bit; recovery_model tinyint; "
    "recovery_model_desc nvarchar(60); is_cdc_enabled bit"
)
_TRACKED_TABLES = _columns(
    "object_id int; is_track_columns_updated_on bit; min_valid_version bigint; "
    "begin_version bigint; cleanup_version bigint"
)
_TRACKED_DATABASES = _columns(
    "database_id int; is_auto_cleanup_on bit; retention_period int; "
    "retention_period_units tinyint; retention_period_units_desc nvarchar(60); "
    "max_cleanup_version bigint"
)
_NAMES = "{0}_catalog sysname; {0}_schema sysname; {0}_name sysname"
_SCHEMA_TABLES = _columns(f"{_NAMES.format('table')}; table_type varchar(10)".upper())
_SCHEMA_COLUMNS = _columns(
    f"{_NAMES.format('table')}; column_name sysname; ordinal_position int; "
    "column_default nvarchar(4000); is_nullable varchar(3); data_type nvarchar(128); "
    "character_maximum_length int; character_octet_length int; numeric_precision tinyint; "
    "numeric_precision_radix smallint; numeric_scale int; datetime_precision smallint; "
    "character_set_name sysname; collation_name sysname".upper()
)
_TABLE_CONSTRAINTS = _columns(
    f"{_NAMES.format('constraint')}; {_NAMES.format('table')}; constraint_type varchar(11); "
    "is_deferrable varchar(2); initially_deferred varchar(2)".upper()
)
_KEY_COLUMN_USAGE = _columns(
    f"{_NAMES.format('constraint')}; {_NAMES.format('table')}; column_name sysname; "
    "ordinal_position int".upper()
)

VIEWS: Mapping[tuple[str, str], View] = {
    ("sys", "schemas"): View(
        "schemas", _columns("name sysname; schema_id int; principal_id int")
    ),
    ("sys", "tables"): View("tables", _TABLES, ("object_id",)),
    ("sys", "views"): View("views", _OBJECTS),
    ("sys", "objects"): View("objects", _OBJECTS, ("object_id", "parent_object_id")),
    ("sys", "all_objects"): View("objects", _OBJECTS, ("object_id", "parent_object_id")),
    ("sys", "columns"): View("columns", _SYS_COLUMNS, ("object_id",)),
    ("sys", "all_columns"): View("columns", _SYS_COLUMNS, ("object_id",)),
    ("sys", "types"): View("types", _TYPES),
    ("sys", "indexes"): View("indexes", _INDEXES, ("object_id",)),
    ("sys", "index_columns"): View("index_columns", _INDEX_COLUMNS, ("object_id",)),
    ("sys", "key_constraints"): View("key_constraints", _KEY_CONSTRAINTS, ("parent_object_id",)),
    ("sys", "foreign_keys"): View("foreign_keys", _FOREIGN_KEYS, ("parent_object_id",)),
    ("sys", "foreign_key_columns"): View(
        "foreign_key_columns", _FOREIGN_KEY_COLUMNS, ("parent_object_id",)
    ),
    ("sys", "extended_properties"): View(
        "extended_properties", _EXTENDED_PROPERTIES, ("major_id",)
    ),
    ("sys", "partitions"): View("", _PARTITIONS, ("object_id",), is_sizes=True),
    ("sys", "dm_db_partition_stats"): View("", _PARTITION_STATS, ("object_id",), is_sizes=True),
    ("sys", "allocation_units"): View("", _ALLOCATION_UNITS, ("object_id",), is_sizes=True),
    ("sys", "databases"): View("databases", _DATABASES),
    ("sys", "change_tracking_tables"): View("tracked", _TRACKED_TABLES, ("object_id",)),
    ("sys", "change_tracking_databases"): View("tracked_databases", _TRACKED_DATABASES),
    ("information_schema", "tables"): View("schema_tables", _SCHEMA_TABLES, ("object_id",)),
    ("information_schema", "columns"): View("schema_columns", _SCHEMA_COLUMNS, ("object_id",)),
    ("information_schema", "table_constraints"): View(
        "table_constraints", _TABLE_CONSTRAINTS, ("object_id",)
    ),
    ("information_schema", "key_column_usage"): View(
        "key_column_usage", _KEY_COLUMN_USAGE, ("object_id",)
    ),
}  # fmt: skip
EXTRA: Mapping[str, tuple[tuple[str, SqlType], ...]] = {
    # What functions and procedures read besides.
    "object_names": _columns(
        "object_id int; name sysname; schema_name sysname; has_key int; type nvarchar(2)"
    ),
    "spellings": _columns("spelling nvarchar(1000); object_id int; type nvarchar(2)"),
    "server_properties": _columns("name sysname; value sql_variant"),
    "database_properties": _columns("name sysname; value sql_variant"),
}
HAS_OBJECT_ID = ("schema_tables", "schema_columns", "table_constraints", "key_column_usage")
"""Bases with an ``object_id`` besides the columns of their view."""


def base_columns() -> dict[str, tuple[tuple[str, SqlType], ...]]:
    """The columns of each base table."""
    found = {view.base: view.columns for view in VIEWS.values() if not view.is_sizes}
    for base in HAS_OBJECT_ID:
        found[base] = (*found[base], ("object_id", SqlType("int")))
    return {**found, **EXTRA}
