"""Currencies of a page's rows that stand in another table, of which the rows needed are read."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from erp_resources.connector import TableSchema
from erp_resources.sap.groups import without_views
from erp_resources.sap.links import Link
from erp_resources.sap.paging import Page
from erp_resources.sap.types import Policies, fetched
from erp_resources.sap.where import Tokens

if TYPE_CHECKING:
    import pyarrow as pa

ReadFields = Callable[[TableSchema, Sequence[str], Tokens], "Iterable[pa.Table]"]
"""Reads some fields of a table's rows that meet a condition, in pages."""

SEPARATOR = b"\0"
STORED = Policies(amounts="stored")
"""How fields that lead to a currency are read: nothing of them is made up."""


def looked_up(rows: "pa.Table", source: TableSchema, way: Link, read: ReadFields) -> "pa.Array":
    """The currency of each row of ``source``, null where the way there lacks a row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not rows.num_rows:
        return pa.array([], pa.string())
    others = _matches(rows, source, way, read)
    if isinstance(way.target, str):
        found = others[way.target].combine_chunks()
    else:
        found = looked_up(others, way.table, way.target, read)
    places = pc.index_in(_keys(rows, way.columns), value_set=_keys(others, way.key))
    return found.take(places)


def _matches(rows: "pa.Table", source: TableSchema, way: Link, read: ReadFields) -> "pa.Table":
    """The rows of the other table that these rows lead to.

    All rows between the least and the greatest key are read, in pages of which only those stay.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    key = [fetched(source.column(name), STORED) for name in way.columns]
    between = Page(rows, key).span().tokens(way.key)
    wanted = _keys(rows, way.columns)
    matches = [
        without_views(page).filter(pc.is_in(_keys(page, way.key), value_set=wanted))
        for page in read(way.table, way.fields, between)
    ]
    return pa.concat_tables(matches)


def _keys(rows: "pa.Table", names: Sequence[str]) -> "pa.Array":
    """The values of some fields of each row as one; the null of a date is as good as any."""
    import pyarrow.compute as pc

    columns = [_bytes(rows[name]) for name in names]
    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(*columns, SEPARATOR, null_handling="replace")


def _bytes(column: "pa.ChunkedArray") -> "pa.Array":
    """The cells as they are written, which Arrow can compare whatever their type."""
    import pyarrow as pa

    if pa.types.is_time(column.type):
        column = column.cast(pa.time32("s"))  # as it lands
    if not pa.types.is_binary(column.type):
        column = column.cast(pa.string())
    return column.cast(pa.binary()).combine_chunks()
