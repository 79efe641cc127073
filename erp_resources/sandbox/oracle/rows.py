"""Arrow record batches to the row stream that a driver reads, column by column.

Every column becomes Arrow arrays of finished cells; joining them row by row gives the bytes for the
wire, and the offsets of the result are where the rows begin. No byte depends on the session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from erp_resources.sandbox.cells import EncodedRows, joined_rows
from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED, MessageType
from erp_resources.sandbox.oracle.float_cells import double_cells, float_cells
from erp_resources.sandbox.oracle.lob_cells import locator_cells
from erp_resources.sandbox.oracle.lobs import LobStore
from erp_resources.sandbox.oracle.number_cells import number_cells
from erp_resources.sandbox.oracle.rowid_cells import rowid_cells
from erp_resources.sandbox.oracle.text_cells import byte_cells, national_cells, with_long_tail
from erp_resources.sandbox.oracle.time_cells import (
    date_cells,
    interval_cells,
    timestamp_cells,
    zoned_timestamp_cells,
)
from erp_resources.sandbox.oracle.types import CharsetForm, ColumnInfo, OracleError, OracleType

_MICROSECONDS_PER_MINUTE = 60_000_000
_ROW_START = pa.scalar(bytes((MessageType.ROW_DATA,)), pa.binary())
_NULL_CELL = b"\0"


@dataclass(frozen=True)
class FetchContext:
    """What the encoding of a result may need beside its values."""

    lobs: LobStore
    cursor_id: int
    zone_minutes: int = 0
    """Offset of the session's time zone, in which TIMESTAMP WITH LOCAL TIME ZONE is sent."""


def encode_rows(
    batch: pa.RecordBatch, columns: Sequence[ColumnInfo], context: FetchContext
) -> EncodedRows:
    """Encode all rows of a batch whose columns are of the types given.

    Raises:
        OracleError: a value or an Arrow type that the Oracle type cannot carry.
    """
    cells: list[pa.Array] = []
    for values, column in zip(batch.columns, columns, strict=True):
        cells += encode_column(values, column, context)
    return joined_rows([_ROW_START, *cells], _NULL_CELL)


def encode_column(values: pa.Array, column: ColumnInfo, context: FetchContext) -> list[pa.Array]:
    """The cells of one column, as arrays to be joined; NULL stands for the cell of a NULL.

    Raises:
        OracleError: a value or an Arrow type that the Oracle type cannot carry.
    """
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    encoder = _ENCODERS.get(column.type)
    if encoder is None:
        feature = f"column {column.name} of type {column.type.name}"
        raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: {feature}")
    return encoder(values, column, context)


def _text(values: pa.Array, column: ColumnInfo, _: FetchContext) -> list[pa.Array]:
    if column.charset_form == CharsetForm.NATIONAL:
        return national_cells(values)
    return byte_cells(values)


def _long(values: pa.Array, column: ColumnInfo, context: FetchContext) -> list[pa.Array]:
    return with_long_tail(_text(values, column, context), len(values))


def _locators(values: pa.Array, column: ColumnInfo, context: FetchContext) -> list[pa.Array]:
    first = context.lobs.add(values, context.cursor_id)
    return [locator_cells(values, first, is_text=column.type == OracleType.CLOB)]


def _local_timestamp(values: pa.Array, _: ColumnInfo, context: FetchContext) -> list[pa.Array]:
    return [timestamp_cells(values, context.zone_minutes * _MICROSECONDS_PER_MINUTE)]


def _plain(
    encode: Callable[[pa.Array], pa.Array],
) -> Callable[[pa.Array, ColumnInfo, FetchContext], list[pa.Array]]:
    """An encoder for types whose cells depend on nothing but the values."""
    return lambda values, _column, _context: [encode(values)]


_ENCODERS: dict[OracleType, Callable[[pa.Array, ColumnInfo, FetchContext], list[pa.Array]]] = {
    OracleType.VARCHAR: _text,
    OracleType.CHAR: _text,
    OracleType.RAW: _text,
    OracleType.LONG: _long,
    OracleType.LONG_RAW: _long,
    OracleType.CLOB: _locators,
    OracleType.BLOB: _locators,
    OracleType.NUMBER: _plain(number_cells),
    OracleType.BINARY_INTEGER: _plain(number_cells),
    OracleType.DATE: _plain(date_cells),
    OracleType.TIMESTAMP: _plain(timestamp_cells),
    OracleType.TIMESTAMP_TZ: _plain(zoned_timestamp_cells),
    OracleType.TIMESTAMP_LTZ: _local_timestamp,
    OracleType.INTERVAL_DS: _plain(interval_cells),
    OracleType.BINARY_DOUBLE: _plain(double_cells),
    OracleType.BINARY_FLOAT: _plain(float_cells),
    OracleType.ROWID: _plain(rowid_cells),
}
