"""Tables wider than a line: groups of columns that each carry the full key, joined again by it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from erp_resources.errors import UnsupportedType
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
        groups: each with the columns ``shared`` and its own.
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
        for name in other.column_names:
            if name not in shared:
                first = first.append_column(name, other[name])
    return first


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
    import pyarrow as pa
    import pyarrow.compute as pc

    views = pa.types.is_string_view  # which Arrow can neither sort nor take
    kinds = [pa.string() if views(field.type) else field.type for field in table.schema]
    plain = table.cast(pa.schema(zip(table.column_names, kinds, strict=True)))
    order = pc.sort_indices(plain.select(keys), sort_keys=[(key, "ascending") for key in keys])
    return plain.take(order)


def _agree(one: "pa.Table", other: "pa.Table", names: Sequence[str]) -> bool:
    return all(one[name].equals(other[name]) for name in names)
