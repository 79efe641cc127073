"""Rows of a table as lines of text, which is what RFC_READ_TABLE and its kin return.

Lines of a fixed length are made while they are sent; string lines, which have none, beforehand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.cells import ROWS_AT_A_TIME
from erp_resources.sandbox.sap.characters import printed, trimmed_texts
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.heap import referenced
from erp_resources.sandbox.sap.wire import Block, Buffer

_BLANK = ord(" ")
_UNIT_BYTES = 2


@dataclass(frozen=True)
class Place:
    """Where a field stands in a line, in characters."""

    name: str
    type: DataType
    offset: int

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.offset + self.type.printed_length


def places(fields: Sequence[tuple[str, DataType]], delimiter: str) -> list[Place]:
    """Where each field stands; a delimiter takes one character between two fields."""
    found: list[Place] = []
    offset = 0
    for name, kind in fields:
        found.append(Place(name, kind, offset))
        offset += kind.printed_length + len(delimiter)
    return found


def padded_lines(rows: pa.Table, fields: Sequence[Place], delimiter: str, length: int) -> Block:
    """Lines of ``length`` characters each, blanks behind them."""
    parts = _parts(rows, fields, delimiter, length)
    return Block(rows.num_rows, length * _UNIT_BYTES, parts)


def _parts(
    rows: pa.Table, fields: Sequence[Place], delimiter: str, length: int
) -> Iterator[Buffer]:
    # Every field of every line is written each time, so what lies between stays as it is.
    lines = np.full((min(rows.num_rows, ROWS_AT_A_TIME), length), _BLANK, np.uint16)
    if delimiter:
        lines[:, [field.end for field in fields[:-1]]] = ord(delimiter)
    for start in range(0, rows.num_rows, ROWS_AT_A_TIME):
        some = rows.slice(start, ROWS_AT_A_TIME).combine_chunks()
        for field, column in zip(fields, some.itercolumns(), strict=True):
            lines[: len(some), field.offset : field.end] = printed(_one(column), field.type)
        yield lines[: len(some)].data.cast("B")


def string_lines(rows: pa.Table, fields: Sequence[Place], delimiter: str) -> Block:
    """Lines of any length: fields without the blanks at their end if a delimiter parts them."""
    columns = [
        _texts(_one(column), field, is_padded=not delimiter)
        for field, column in zip(fields, rows.combine_chunks().itercolumns(), strict=True)
    ]
    cells, heap = referenced(pc.binary_join_element_wise(*columns, delimiter))
    return Block(rows.num_rows, cells.shape[1], [cells.ravel().data], heap)


def _texts(values: pa.Array, field: Place, *, is_padded: bool) -> pa.Array:
    texts = trimmed_texts(values, field.type)
    return pc.utf8_rpad(texts, field.type.printed_length, " ") if is_padded else texts


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)
