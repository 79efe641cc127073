"""Tables wider than a line: groups of columns that each carry the full key, joined again by it."""

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from erp_resources.connector import REFUSED_COLUMN
from erp_resources.errors import UnsupportedType
from erp_resources.sap.quarantine import noted
from erp_resources.sap.types import Fetched

if TYPE_CHECKING:
    import pyarrow as pa

WITNESSES = (
    "AEDAT", "AEZET", "LAEDA", "UDATE", "UTIME", "UPDDT", "TIMESTAMP", "CHANGED_AT", "UPD_TMSTMP",
)  # fmt: skip
"""Fields in which SAP's tables record their last change: they travel in every group as well."""


class Torn(Exception):  # noqa: N818 - a condition, not an error: the page is read again
    """Groups of one page hold different rows, or different states of a row."""


def grouped(
    columns: Sequence[Fetched], shared: Sequence[Fetched], width: int
) -> list[list[Fetched]]:
    """The columns in as few groups as their order allows, ``shared`` in front of each.

    Args:
        columns: those wanted.
        shared: the key and witnesses; carried by every group if there is more than one.
        width: characters of a line.

    Raises:
        UnsupportedType: a column does not fit beside the key.
    """
    first = _with(shared, columns)
    if _width(first) <= width:
        return [first]
    groups: list[list[Fetched]] = []
    room = 0
    for column in (column for column in columns if column not in shared):
        if column.type.width > room:
            groups.append(list(shared))
            room = width - _width(shared)
        _refuse_wide(column, room, width)
        groups[-1].append(column)
        room -= column.type.width
    return groups or [_with(shared, columns)]


def rejoined(groups: "Sequence[pa.Table]", shared: Sequence[str]) -> "pa.Table":
    """The groups of one page side by side, in the order of the key.

    Args:
        groups: each with the columns ``shared`` and its own, and maybe with its refused cells.
        shared: names of the key's columns and the witnesses.

    Raises:
        Torn: the groups do not agree on the rows, or on a witness.
    """
    first, *others = groups
    if not others:
        return first
    first = _sorted(first, shared)
    for other in (_sorted(group, shared) for group in others):
        if not _agree(first, other, shared):
            raise Torn
        first = _beside(first, other, shared)
    return first


def _beside(one: "pa.Table", other: "pa.Table", shared: Sequence[str]) -> "pa.Table":
    """The columns of one and those that only the other has; the refused cells of both."""
    for name in other.column_names:
        if name not in one.column_names:
            one = one.append_column(name, other[name])
        elif name == REFUSED_COLUMN:
            place = one.column_names.index(name)
            one = one.set_column(place, name, _united(one[name], other[name], shared))
    return one


def _united(
    one: "pa.ChunkedArray", other: "pa.ChunkedArray", shared: Collection[str]
) -> "pa.ChunkedArray":
    """The refused cells of each row in both groups.

    Raises:
        Torn: those of the fields that both have are not the same.
    """
    import pyarrow as pa

    if one.null_count == other.null_count == len(one):
        return one
    texts: list[str | None] = []
    for pair in zip(one.to_pylist(), other.to_pylist(), strict=True):
        ours, theirs = (json.loads(text) if text else {} for text in pair)
        if any(ours.get(name) != theirs.get(name) for name in shared):
            raise Torn
        texts.append(noted(ours | theirs))
    return pa.chunked_array([pa.array(texts, pa.string())])


def _with(shared: Sequence[Fetched], columns: Sequence[Fetched]) -> list[Fetched]:
    return [*shared, *(column for column in columns if column not in shared)]


def _width(columns: Sequence[Fetched]) -> int:
    return sum(column.type.width for column in columns)


def _refuse_wide(column: Fetched, room: int, width: int) -> None:
    if column.type.width > room:
        raise UnsupportedType(
            f"column {column.name!r} of {column.type.width} characters and the key do not fit "
            f"a line of {width}; leave it out with `columns`, or have a function that returns "
            "wider lines or typed rows"
        )


def _sorted(table: "pa.Table", keys: Sequence[str]) -> "pa.Table":
    import pyarrow.compute as pc

    plain = without_views(table)
    order = pc.sort_indices(plain.select(keys), sort_keys=[(key, "ascending") for key in keys])
    return plain.take(order)


def without_views(table: "pa.Table") -> "pa.Table":
    """The same rows with strings for string views, which Arrow can neither sort nor take."""
    import pyarrow as pa

    views = pa.types.is_string_view
    kinds = [pa.string() if views(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(zip(table.column_names, kinds, strict=True)))


def _agree(one: "pa.Table", other: "pa.Table", names: Sequence[str]) -> bool:
    return all(one[name].equals(other[name]) for name in names)
