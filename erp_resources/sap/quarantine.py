"""Refused cells kept beside their rows, so that a read goes on: null in their own columns.

The column ``_refused`` of a scan tells of all columns that its query selects, whichever of them are
read with it.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from erp_resources.connector import REFUSED_COLUMN, TableQuery
from erp_resources.sap.types import DdicType, Fetched, Policies, fetched

if TYPE_CHECKING:
    import pyarrow as pa


def with_refused(columns: Sequence[Fetched], key: Collection[str]) -> list[Fetched]:
    """The columns of a scan, and ``_refused`` behind them if any but the key's can fill it."""
    import pyarrow as pa

    if not any(each.refused == "quarantine" and each.name not in key for each in columns):
        return list(columns)
    return [*columns, Fetched(REFUSED_COLUMN, DdicType("STRING"), "text", pa.string_view())]


def fields(columns: Sequence[Fetched], query: TableQuery, policies: Policies) -> list[Fetched]:
    """The fields to read for columns of a scan: those, and all that ``_refused`` tells of.

    Where nobody wants ``_refused``, it is not made: refused cells are only null.
    """
    wanted = [each for each in columns if each.name != REFUSED_COLUMN]
    if len(wanted) == len(columns):
        return [replace(each, refused="null") if _is_told(each) else each for each in wanted]
    names = {each.name for each in wanted}
    others = (fetched(column, policies) for column in query.selected if column.name not in names)
    return [*wanted, *filter(_is_told, others)]


def beside(rows: "pa.Table", cells: Iterable[tuple[int, str, str]]) -> "pa.Table":
    """The rows with their refused cells (row, column, text) in the column ``_refused``."""
    import pyarrow as pa

    by_row: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for row, column, text in cells:
        by_row[row][column] = text
    texts: list[str | None] = [None] * rows.num_rows
    for row, refused in by_row.items():
        texts[row] = noted(refused)
    return rows.append_column(REFUSED_COLUMN, pa.array(texts, pa.string()))


def noted(cells: Mapping[str, str]) -> str | None:
    """The refused cells of one row as its ``_refused`` holds them: texts by column, or null."""
    return json.dumps(cells, ensure_ascii=False) if cells else None


def _is_told(column: Fetched) -> bool:
    return column.refused == "quarantine"
