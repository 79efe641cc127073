"""Rows of a table in the ABAP layout, which is what typed function modules return."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from erp_resources.sandbox.cells import ROWS_AT_A_TIME, bytes_of
from erp_resources.sandbox.sap.characters import raw_bytes, text_units, without_nulls
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.heap import referenced
from erp_resources.sandbox.sap.numbers import packed
from erp_resources.sandbox.sap.protocol import RfcType
from erp_resources.sandbox.sap.structures import Structure
from erp_resources.sandbox.sap.timestamps import ticks
from erp_resources.sandbox.sap.wire import Block, Buffer

_NUMPY_TYPES = {
    RfcType.INT1: "<u1",
    RfcType.INT2: "<i2",
    RfcType.INT: "<i4",
    RfcType.INT8: "<i8",
    RfcType.FLOAT: "<f8",
}


def typed_rows(rows: pa.Table, structure: Structure) -> Block:
    """The rows in the structure's layout, made while they are sent; its fields are the columns."""
    references, heap = _references(rows, structure)
    parts = _parts(rows, structure, references)
    return Block(rows.num_rows, structure.uc_length, parts, heap)


def _references(
    rows: pa.Table, structure: Structure
) -> tuple[dict[str, NDArray[np.uint8]], bytearray]:
    found: dict[str, NDArray[np.uint8]] = {}
    heap = bytearray()
    for field in structure.fields:
        if field.type.is_reference:
            initial = "" if field.type.rfc_type is RfcType.STRING else b""
            values = without_nulls(pa.concat_arrays(rows[field.name].chunks), initial)
            found[field.name], content = referenced(values, len(heap))
            heap += content
    return found, heap


def _parts(
    rows: pa.Table, structure: Structure, references: Mapping[str, NDArray[np.uint8]]
) -> Iterator[Buffer]:
    for start in range(0, rows.num_rows, ROWS_AT_A_TIME):
        some = rows.slice(start, ROWS_AT_A_TIME).combine_chunks()
        block = np.zeros((len(some), structure.uc_length), np.uint8)
        for field in structure.fields:
            end = field.uc_offset + field.type.uc_length
            if field.name in references:
                cells = references[field.name][start : start + len(some)]
            else:
                cells = _cells(some[field.name].chunk(0), field.type)
            block[:, field.uc_offset : end] = cells
        yield block.data.cast("B")


def _cells(values: pa.Array, kind: DataType) -> NDArray[np.uint8]:
    if kind.is_character:
        units = np.ascontiguousarray(text_units(values, kind).astype("<u2", copy=False))
        return units.view(np.uint8)
    if kind.rfc_type is RfcType.BCD:
        return packed(values, kind.uc_length)
    if kind.rfc_type is RfcType.BYTE:
        return raw_bytes(values, kind.uc_length)
    if kind.rfc_type is RfcType.UTCLONG:
        return bytes_of(ticks(values))
    if values.null_count:
        values = pc.fill_null(values, 0)
    return bytes_of(values.to_numpy().astype(_NUMPY_TYPES[kind.rfc_type]))
