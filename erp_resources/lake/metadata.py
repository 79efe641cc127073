"""What a landed table tells Dagster about itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from erp_resources.connector import REFUSED_COLUMN
from erp_resources.lake.staging import PARTITION_COLUMN, Staged

if TYPE_CHECKING:
    import polars as pl

COLUMN_SCHEMA = "dagster/column_schema"
OWN_TEXTS = {
    PARTITION_COLUMN: "Partition that the row was loaded with.",
    REFUSED_COLUMN: "Cells that are no value of their column's type, as the source sent them.",
}
"""What columns hold that no source has."""
DERIVED = "__"
"""A column ``X__OFFSET`` was made from the source's column ``X``, and shows its text."""


def landing_metadata(
    staged: Staged, version: int, definition: Mapping[str, Any]
) -> dict[str, dg.MetadataValue]:
    """Rows, bytes, seconds, schema with the column texts of the definition, and a preview."""
    schema = _column_schema(staged.preview, definition.get(COLUMN_SCHEMA))
    return {
        "dagster/row_count": dg.MetadataValue.int(staged.rows),
        COLUMN_SCHEMA: dg.MetadataValue.table_schema(schema),
        "bytes": dg.MetadataValue.int(staged.bytes),
        "seconds": dg.MetadataValue.float(round(staged.seconds, 3)),
        "path": dg.MetadataValue.path(str(staged.table)),
        "delta_version": dg.MetadataValue.int(version),
        "preview": dg.MetadataValue.table(_records(staged.preview), schema=schema),
    }


def _column_schema(frame: "pl.DataFrame", described: Any) -> dg.TableSchema:
    texts: dict[str, str | None] = {**OWN_TEXTS}
    if described is not None:
        declared = getattr(described, "schema", described)
        texts |= {column.name: column.description for column in declared.columns}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=name,
                type=str(dtype),
                description=texts.get(name, texts.get(name.partition(DERIVED)[0])),
            )
            for name, dtype in frame.schema.items()
        ]
    )


def _records(frame: "pl.DataFrame") -> list[dg.TableRecord]:
    """Rows as Dagster shows them; what is not a plain number or text becomes its exact text."""
    return [
        dg.TableRecord({name: _shown(value) for name, value in row.items()})
        for row in frame.to_dicts()
    ]


def _shown(value: Any) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
