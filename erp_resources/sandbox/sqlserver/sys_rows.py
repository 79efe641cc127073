"""The rows of the views in ``sys``."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver import datatypes
from erp_resources.sandbox.sqlserver.catalog_facts import (
    COLLATION,
    DATABASE_ID,
    Catalog,
    Row,
    column_id,
    each_column,
    key_name,
    references,
)
from erp_resources.sandbox.sqlserver.datatypes import FACTS, Family, family

_KEY_IDS = 1_000_000
_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 SQL Server's times have no zone


def _object(catalog: Catalog, stored: StoredTable, **others: Any) -> Row:
    return {
        "name": stored.table.name,
        "object_id": stored.object_id,
        "schema_id": catalog.schemas[stored.table.schema],
        "parent_object_id": 0,
        "type": "U ",
        "type_desc": "USER_TABLE",
        "create_date": stored.loaded_at,
        "modify_date": stored.loaded_at,
        **others,
    }


def _schemas(catalog: Catalog) -> Iterator[Row]:
    known = {**catalog.schemas, "guest": 2, "INFORMATION_SCHEMA": 3, "sys": 4}
    for name, number in known.items():
        yield {"name": name, "schema_id": number, "principal_id": min(number, 4)}


def _tables(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        yield _object(
            catalog,
            stored,
            lob_data_space_id=0,
            max_column_id_used=len(stored.table.columns),
            uses_ansi_nulls=True,
            lock_escalation=0,
            lock_escalation_desc="TABLE",
            durability=0,
            durability_desc="SCHEMA_AND_DATA",
            temporal_type=0,
            temporal_type_desc="NON_TEMPORAL_TABLE",
        )


def _key(catalog: Catalog, stored: StoredTable) -> Row:
    return _object(
        catalog,
        stored,
        name=key_name(stored.table),
        object_id=_KEY_IDS + stored.object_id,
        parent_object_id=stored.object_id,
        type="PK",
        type_desc="PRIMARY_KEY_CONSTRAINT",
        unique_index_id=1,
        is_enforced=True,
    )


def _keys(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        if stored.table.primary_key:
            yield _key(catalog, stored)


def _foreign_keys(catalog: Catalog) -> Iterator[Row]:
    """They are declared and true of the loaded rows, and no change is checked for them."""
    for one in references(catalog):
        yield _object(
            catalog,
            one.stored,
            name=one.name,
            object_id=one.object_id,
            parent_object_id=one.stored.object_id,
            type="F ",
            type_desc="FOREIGN_KEY_CONSTRAINT",
            referenced_object_id=one.target.object_id,
            key_index_id=1,
            is_disabled=True,
            is_not_trusted=True,
            delete_referential_action=0,
            delete_referential_action_desc="NO_ACTION",
            update_referential_action=0,
            update_referential_action_desc="NO_ACTION",
        )


def _foreign_key_columns(catalog: Catalog) -> Iterator[Row]:
    for one in references(catalog):
        pairs = zip(one.columns, one.target.table.primary_key, strict=True)
        for place, (own, other) in enumerate(pairs, start=1):
            yield {
                "constraint_object_id": one.object_id,
                "constraint_column_id": place,
                "parent_object_id": one.stored.object_id,
                "parent_column_id": column_id(one.stored, own),
                "referenced_object_id": one.target.object_id,
                "referenced_column_id": column_id(one.target, other),
            }


def _objects(catalog: Catalog) -> Iterator[Row]:
    yield from _tables(catalog)
    yield from _keys(catalog)
    yield from _foreign_keys(catalog)


def _columns(catalog: Catalog) -> Iterator[Row]:
    for stored, place, column, kind in each_column(catalog):
        facts = FACTS[kind.name]
        yield {
            "object_id": stored.object_id,
            "name": column.name,
            "column_id": place,
            "system_type_id": facts.system_type_id,
            "user_type_id": facts.user_type_id or facts.system_type_id,
            "max_length": datatypes.width(kind),
            "precision": datatypes.precision(kind),
            "scale": datatypes.scale(kind),
            "collation_name": COLLATION if family(kind) is Family.TEXT else None,
            "is_nullable": column.nullable,
            "is_ansi_padded": family(kind) in {Family.TEXT, Family.BINARY},
            "default_object_id": 0,
            "rule_object_id": 0,
            "generated_always_type": 0,
        }


def _types(_: Catalog) -> Iterator[Row]:
    for name, facts in FACTS.items():
        yield {
            "name": name,
            "system_type_id": facts.system_type_id,
            "user_type_id": facts.user_type_id or facts.system_type_id,
            "schema_id": 4,
            "max_length": facts.bytes,
            "precision": facts.precision,
            "scale": facts.scale,
            "collation_name": COLLATION if facts.family is Family.TEXT else None,
            "is_nullable": name != "timestamp",
            "is_assembly_type": facts.family is Family.HIERARCHY,
            "default_object_id": 0,
            "rule_object_id": 0,
        }
    yield {
        "name": "sysname", "system_type_id": 231, "user_type_id": 256, "schema_id": 4,
        "max_length": 256, "precision": 0, "scale": 0, "collation_name": COLLATION,
        "default_object_id": 0, "rule_object_id": 0,
    }  # fmt: skip


def _indexes(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        has_key = bool(stored.table.primary_key)
        yield {
            "object_id": stored.object_id,
            "name": key_name(stored.table) if has_key else None,
            "index_id": int(has_key),
            "type": int(has_key),
            "type_desc": "CLUSTERED" if has_key else "HEAP",
            "is_unique": has_key,
            "is_primary_key": has_key,
            "data_space_id": 1,
            "fill_factor": 0,
            "allow_row_locks": True,
            "allow_page_locks": True,
        }


def _index_columns(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        for place, name in enumerate(stored.table.primary_key, start=1):
            yield {
                "object_id": stored.object_id,
                "index_id": 1,
                "index_column_id": place,
                "column_id": column_id(stored, name),
                "key_ordinal": place,
                "partition_ordinal": 0,
            }


def _extended_properties(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        comments = [(0, stored.table.comment)]
        comments += [
            (place, column.comment) for place, column in enumerate(stored.table.columns, start=1)
        ]
        for place, comment in comments:
            if comment:
                yield {
                    "class": 1,
                    "class_desc": "OBJECT_OR_COLUMN",
                    "major_id": stored.object_id,
                    "minor_id": place,
                    "name": "MS_Description",
                    "value": comment,
                }


def _databases(catalog: Catalog) -> Iterator[Row]:
    names = {1: "master", 2: "tempdb", 3: "model", 4: "msdb", DATABASE_ID: catalog.facts.database}
    for number, name in names.items():
        # master and msdb always allow it.
        allows = catalog.facts.allows_snapshot if number == DATABASE_ID else number in {1, 4}
        yield {
            "name": name,
            "database_id": number,
            "create_date": _CREATED,
            "compatibility_level": 160,
            "collation_name": COLLATION,
            "user_access": 0,
            "user_access_desc": "MULTI_USER",
            "state": 0,
            "state_desc": "ONLINE",
            "snapshot_isolation_state": int(allows),
            "snapshot_isolation_state_desc": "ON" if allows else "OFF",
            "recovery_model": 1,
            "recovery_model_desc": "FULL",
        }


def _tracked(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        if stored.table.change_tracking:
            begun = max(0, stored.created_scn - catalog.facts.base_scn)
            yield {
                "object_id": stored.object_id,
                "min_valid_version": begun,
                "begin_version": begun,
                "cleanup_version": 0,
            }


def _tracked_databases(catalog: Catalog) -> Iterator[Row]:
    if any(stored.table.change_tracking for stored in catalog.tables):
        yield {
            "database_id": DATABASE_ID,
            "is_auto_cleanup_on": True,
            "retention_period": 2,
            "retention_period_units": 3,
            "retention_period_units_desc": "DAYS",
            "max_cleanup_version": 0,
        }


SYS_ROWS: dict[str, Callable[[Catalog], Iterator[Row]]] = {
    "schemas": _schemas,
    "tables": _tables,
    "objects": _objects,
    "columns": _columns,
    "types": _types,
    "indexes": _indexes,
    "index_columns": _index_columns,
    "key_constraints": _keys,
    "foreign_keys": _foreign_keys,
    "foreign_key_columns": _foreign_key_columns,
    "extended_properties": _extended_properties,
    "databases": _databases,
    "tracked": _tracked,
    "tracked_databases": _tracked_databases,
}
"""By the base table of a view."""
