"""The results of the procedures that describe statements without running them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from erp_resources.sandbox.sqlserver.datatypes import FACTS, precision, scale, spelling, width
from erp_resources.sandbox.sqlserver.type_info import MAX_LENGTH, type_info
from erp_resources.sandbox.sqlserver.types import MAX, ColumnInfo, Parameter, ResultSet, SqlType

Value = str | int | bool | None

_ARROW_TYPES = {
    "bit": pa.bool_(),
    "tinyint": pa.uint8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "nvarchar": pa.string(),
}
_BIT, _TINYINT = SqlType("bit"), SqlType("tinyint")
_SMALLINT, _INT = SqlType("smallint"), SqlType("int")
_NAME, _TYPE_TEXT, _LONG_NAME = (SqlType("nvarchar", size) for size in (128, 256, 4000))

_COLUMN_FIELDS = {
    "is_hidden": _BIT,
    "column_ordinal": _INT,
    "name": _NAME,
    "is_nullable": _BIT,
    "system_type_id": _INT,
    "system_type_name": _TYPE_TEXT,
    "max_length": _SMALLINT,
    "precision": _TINYINT,
    "scale": _TINYINT,
    "collation_name": _NAME,
    "user_type_id": _INT,
    "user_type_database": _NAME,
    "user_type_schema": _NAME,
    "user_type_name": _NAME,
    "assembly_qualified_type_name": _LONG_NAME,
    "xml_collection_id": _INT,
    "xml_collection_database": _NAME,
    "xml_collection_schema": _NAME,
    "xml_collection_name": _NAME,
    "is_xml_document": _BIT,
    "is_case_sensitive": _BIT,
    "is_fixed_length_clr_type": _BIT,
    "source_server": _NAME,
    "source_database": _NAME,
    "source_schema": _NAME,
    "source_table": _NAME,
    "source_column": _NAME,
    "is_identity_column": _BIT,
    "is_part_of_unique_key": _BIT,
    "is_updateable": _BIT,
    "is_computed_column": _BIT,
    "is_sparse_column_set": _BIT,
    "ordinal_in_order_by_list": _SMALLINT,
    "order_by_is_descending": _SMALLINT,
    "order_by_list_length": _SMALLINT,
    "tds_type_id": _INT,
    "tds_length": _INT,
    "tds_collation_id": _INT,
    "tds_collation_sort_id": _TINYINT,
}
_PARAMETER_FIELDS = {
    "parameter_ordinal": _INT,
    "name": _NAME,
    "suggested_system_type_id": _INT,
    "suggested_system_type_name": _TYPE_TEXT,
    "suggested_max_length": _SMALLINT,
    "suggested_precision": _TINYINT,
    "suggested_scale": _TINYINT,
    "suggested_user_type_id": _INT,
    "suggested_user_type_database": _NAME,
    "suggested_user_type_schema": _NAME,
    "suggested_user_type_name": _NAME,
    "suggested_assembly_qualified_type_name": _LONG_NAME,
    "suggested_xml_collection_id": _INT,
    "suggested_xml_collection_database": _NAME,
    "suggested_xml_collection_schema": _NAME,
    "suggested_xml_collection_name": _NAME,
    "suggested_is_xml_document": _BIT,
    "suggested_is_case_sensitive": _BIT,
    "suggested_is_fixed_length_clr_type": _BIT,
    "suggested_is_input": _BIT,
    "suggested_is_output": _BIT,
    "formal_parameter_name": _NAME,
    "suggested_tds_type_id": _INT,
    "suggested_tds_length": _INT,
}


def described_columns(columns: Sequence[ColumnInfo]) -> ResultSet:
    """What ``sp_describe_first_result_set`` says of these columns."""
    rows = [_column(column, ordinal) for ordinal, column in enumerate(columns, start=1)]
    return _result(_COLUMN_FIELDS, rows)


def described_parameters(parameters: Sequence[Parameter]) -> ResultSet:
    """What ``sp_describe_undeclared_parameters`` says of these parameters."""
    rows = [_parameter(each, ordinal) for ordinal, each in enumerate(parameters, start=1)]
    return _result(_PARAMETER_FIELDS, rows)


def _column(column: ColumnInfo, ordinal: int) -> dict[str, Value]:
    return {
        "is_hidden": False,
        "column_ordinal": ordinal,
        "name": column.name,
        "is_nullable": column.nullable,
        "is_identity_column": False,
        "is_updateable": True,
        "is_computed_column": False,
        "is_sparse_column_set": False,
        **_type_fields(column.type, ""),
    }


def _parameter(parameter: Parameter, ordinal: int) -> dict[str, Value]:
    return {
        "parameter_ordinal": ordinal,
        "name": parameter.name,
        "suggested_is_input": True,
        "suggested_is_output": False,
        **_type_fields(parameter.type, "suggested_"),
    }


def _type_fields(kind: SqlType, prefix: str) -> dict[str, Value]:
    """What both results say of a type, under names that begin with ``prefix``."""
    fields: dict[str, Value] = {
        "system_type_id": FACTS[kind.name].system_type_id,
        "system_type_name": spelling(kind),
        "max_length": width(kind),
        "precision": precision(kind),
        "scale": scale(kind),
        "is_xml_document": False,
        "is_case_sensitive": False,
        "is_fixed_length_clr_type": False,
        "tds_type_id": type_info(kind)[0],
        "tds_length": MAX_LENGTH if width(kind) == MAX else width(kind),
    }
    return {prefix + name: value for name, value in fields.items()}


def _result(fields: Mapping[str, SqlType], rows: Sequence[Mapping[str, Value]]) -> ResultSet:
    arrays = [
        pa.array([row.get(name) for row in rows], _ARROW_TYPES[kind.name])
        for name, kind in fields.items()
    ]
    columns = [ColumnInfo(name, kind) for name, kind in fields.items()]
    return ResultSet(columns, iter([pa.record_batch(arrays, list(fields))]))
