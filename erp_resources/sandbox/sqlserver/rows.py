"""Arrow record batches to ROW and NBCROW tokens, column by column.

Cells of fixed size that have no NULLs stay numpy blocks, which are put side by side; everything
else is joined as Arrow arrays of finished cells.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from erp_resources.sandbox.cells import Bytes, EncodedRows, fixed_cells, joined_rows
from erp_resources.sandbox.sqlserver.codes import NOT_IN_THE_SANDBOX, Token
from erp_resources.sandbox.sqlserver.fixed_cells import (
    decimal_cells,
    guid_cells,
    money_cells,
    number_cells,
    smallmoney_cells,
)
from erp_resources.sandbox.sqlserver.text_cells import Piece, text_cells
from erp_resources.sandbox.sqlserver.time_cells import (
    date_cells,
    datetime2_cells,
    datetime_cells,
    datetimeoffset_cells,
    smalldatetime_cells,
    time_cells,
)
from erp_resources.sandbox.sqlserver.types import ColumnInfo, SqlServerError, SqlType

_NULL_CELL = b"\0"
_LEFT_OUT = b""

_FIXED: dict[str, Callable[[pa.Array, SqlType], Bytes]] = {
    "bit": number_cells(pa.uint8()),
    "tinyint": number_cells(pa.uint8()),
    "smallint": number_cells(pa.int16()),
    "int": number_cells(pa.int32()),
    "bigint": number_cells(pa.int64()),
    "real": number_cells(pa.float32()),
    "float": number_cells(pa.float64()),
    "decimal": decimal_cells,
    "numeric": decimal_cells,
    "money": money_cells,
    "smallmoney": smallmoney_cells,
    "date": date_cells,
    "time": time_cells,
    "datetime2": datetime2_cells,
    "datetimeoffset": datetimeoffset_cells,
    "datetime": datetime_cells,
    "smalldatetime": smalldatetime_cells,
    "uniqueidentifier": guid_cells,
}
"""Types whose cells are a length byte and the value; a length of 0 is NULL."""


def encode_rows(batch: pa.RecordBatch, columns: Sequence[ColumnInfo]) -> EncodedRows:
    """Encode all rows of a batch whose columns are of the types given.

    Raises:
        SqlServerError: a value or an Arrow type that the SQL Server type cannot carry.
    """
    leaves_out_nulls = _pays_off(batch)
    pieces = [_start(batch, leaves_out_nulls)]
    for values, column in zip(batch.columns, columns, strict=True):
        try:
            pieces += _encode(values, column.type, leaves_out_nulls)
        except pa.ArrowException as error:
            text = f"column {column.name}: {values.type} as {column.type.name}: {error}"
            raise SqlServerError(NOT_IN_THE_SANDBOX, f"not in the sandbox: {text}") from error
    return joined_rows(_merged(pieces), _LEFT_OUT if leaves_out_nulls else _NULL_CELL)


def _pays_off(batch: pa.RecordBatch) -> bool:
    """Whether leaving NULLs out saves more than the bitmap costs that says which."""
    nulls = sum(values.null_count for values in batch.columns)
    return bool(nulls > batch.num_rows * _bitmap_size(batch))


def _bitmap_size(batch: pa.RecordBatch) -> int:
    size: int = (batch.num_columns + 7) // 8
    return size


def _start(batch: pa.RecordBatch, leaves_out_nulls: bool) -> Piece:
    if not leaves_out_nulls:
        return np.full((batch.num_rows, 1), Token.ROW, np.uint8)
    block = np.full((batch.num_rows, 1 + _bitmap_size(batch)), Token.NBC_ROW, np.uint8)
    is_null = np.stack([_is_null(values) for values in batch.columns], axis=1)
    block[:, 1:] = np.packbits(is_null, axis=1, bitorder="little")
    return block


def _is_null(values: pa.Array) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = values.is_null().to_numpy(zero_copy_only=False)
    return mask


def _encode(values: pa.Array, kind: SqlType, leaves_out_nulls: bool) -> list[Piece]:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    encoder = _FIXED.get(kind.name)
    if encoder is None:
        return text_cells(values, kind, leaves_out_nulls=leaves_out_nulls)
    data = encoder(values, kind)
    block = np.empty((len(data), 1 + data.shape[1]), np.uint8)
    block[:, 0] = data.shape[1]
    block[:, 1:] = data
    return [fixed_cells(block, values) if values.null_count else block]


def _merged(pieces: Sequence[Piece]) -> list[pa.Array]:
    """The pieces as Arrow arrays, neighbouring blocks in one."""
    merged: list[pa.Array] = []
    blocks: list[Bytes] = []
    for piece in pieces:
        if isinstance(piece, np.ndarray):
            blocks.append(piece)
            continue
        _merge(blocks, merged)
        merged.append(piece)
    _merge(blocks, merged)
    return merged


def _merge(blocks: list[Bytes], merged: list[pa.Array]) -> None:
    if blocks:
        merged.append(fixed_cells(np.concatenate(blocks, axis=1)))
        blocks.clear()
