"""Arrow types on their way from an ODBC driver to the lake: checked, then cast without loss.

arrow-odbc squeezes whatever arrives into the type that it is asked for: a bigint into an int32, a
NaN into decimal zero. So nothing is asked for that the result's description does not grant. Arrow
itself takes a decimal's text of too many digits modulo 2**128: that is looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from erp_resources.errors import ValueDoesNotFit
from erp_resources.odbc.dialect import Fetched
from erp_resources.scan import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

CLOSE = 1e-6
"""Of a number: more than doubles err, and far less than 2**128 off."""


@dataclass(frozen=True)
class Source:
    """A table as messages name it, and the columns that name its rows."""

    system: str
    table: str
    key: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.system}: {self.table}"


def expect_fit(described: "pa.Schema", columns: Sequence[Fetched], source: Source) -> None:
    """Refuse a result whose columns the wire types would cut.

    Raises:
        ValueDoesNotFit: naming a column whose type is no longer what the catalogue says.
    """
    for field, column in zip(described, columns, strict=True):
        if not holds(column, field.type):
            raise ValueDoesNotFit(
                f"{source}.{column.name} is now {field.type}, the catalogue says "
                f"{column.wire}; run `erp catalog refresh`"
            )


def holds(column: Fetched, described: "pa.DataType") -> bool:
    """Whether the wire type of ``column`` takes every value of the type that a driver describes."""
    from pyarrow import types

    wire = column.wire
    if types.is_string(wire):
        # A driver writes decimals out in full; floats and times it may cut.
        return bool(types.is_string(described) or _is_decimal(described))
    if types.is_decimal(wire):
        return _is_decimal(described) and _digits_fit(wire, described)
    if types.is_integer(wire):
        return bool(types.is_integer(described)) and _integer_fits(wire, described)
    if types.is_floating(wire):
        # psqlODBC describes a double as a single: the wider may always be asked for.
        return bool(types.is_floating(described)) and described.bit_width <= wire.bit_width
    if types.is_binary(wire):
        return bool(types.is_binary(described) or types.is_fixed_size_binary(described))
    same_kind: bool = wire.id == described.id
    return same_kind


def landed(
    batch: "pa.RecordBatch", columns: Sequence[Fetched], source: Source, first_row: int
) -> "pa.Table":
    """A batch in its landed types.

    Args:
        first_row: rows before this batch, for the message where no key tells the row.

    Raises:
        ValueDoesNotFit: naming column, value and key of the first row that cannot be cast.
    """
    import pyarrow as pa

    schema = arrow_schema(columns)
    table = pa.Table.from_batches([batch])
    if table.schema.equals(schema):
        return table
    arrays = []
    for array, column in zip(batch.columns, columns, strict=True):
        cast = _cast(array, column)
        if cast is None:
            row = _first_misfit(array, column)
            raise ValueDoesNotFit(_misfit(batch, row, column, source, first_row))
        arrays.append(cast)
    return pa.Table.from_arrays(arrays, schema=schema)


def _is_decimal(described: "pa.DataType") -> bool:
    from pyarrow import types

    return bool(types.is_decimal(described))


def _digits_fit(wire: "pa.DataType", described: "pa.DataType") -> bool:
    places = wire.precision - wire.scale
    return bool(described.scale <= wire.scale and described.precision - described.scale <= places)


def _integer_fits(wire: "pa.DataType", described: "pa.DataType") -> bool:
    from pyarrow import types

    if types.is_unsigned_integer(described) and types.is_signed_integer(wire):
        return bool(described.bit_width < wire.bit_width)
    return bool(described.bit_width <= wire.bit_width)


def _cast(array: "pa.Array", column: Fetched) -> "pa.Array | None":
    """The array in the landed type, or ``None`` where a value of it would change."""
    import pyarrow as pa
    from pyarrow import types

    if array.type == column.landed:
        return array
    try:
        cast = array.cast(column.landed)
        if types.is_floating(array.type) and not cast.cast(array.type).equals(array):
            return _same_but_nan(cast, array)
        if types.is_string(array.type) and _is_decimal(column.landed) and _is_off(cast, array):
            return None
    except pa.ArrowInvalid:
        return None
    return cast


def _same_but_nan(cast: "pa.Array", array: "pa.Array") -> "pa.Array | None":
    """``cast``, if each of its numbers is that of ``array``; a NaN equals nothing."""
    import pyarrow.compute as pc

    same = pc.or_(pc.equal(cast.cast(array.type), array), pc.is_nan(array))
    return cast if pc.all(same).as_py() is not False else None


def _is_off(cast: "pa.Array", texts: "pa.Array") -> bool:
    """Whether a decimal is another number than its text says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = cast.cast(pa.float64())
    error = pc.abs(pc.subtract(found, texts.cast(pa.float64())))
    return bool(pc.any(pc.greater(error, pc.multiply(pc.abs(found), CLOSE))).as_py())


def _first_misfit(array: "pa.Array", column: Fetched) -> int:
    """Index of the first value that cannot be cast; found by halving."""
    begin, end = 0, len(array)
    while end - begin > 1:
        middle = (begin + end) // 2
        if _cast(array.slice(begin, middle - begin), column) is None:
            end = middle
        else:
            begin = middle
    return begin


def _misfit(
    batch: "pa.RecordBatch", row: int, column: Fetched, source: Source, first_row: int
) -> str:
    value = batch.column(column.name)[row].as_py()
    return (
        f"{source}.{column.name} holds {value} {_place(batch, row, source, first_row)}, "
        f"which does not fit {column.landed}; run `erp catalog refresh` or declare more decimals "
        "in `scales`"
    )


def _place(batch: "pa.RecordBatch", row: int, source: Source, first_row: int) -> str:
    keys: Mapping[str, object] = {
        name: batch.column(name)[row].as_py() for name in source.key if name in batch.schema.names
    }
    return f"where {dict(keys)}" if keys else f"in row {first_row + row + 1} of the read"
