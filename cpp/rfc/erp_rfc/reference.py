"""The decoder in Polars: the rules to read, the oracle of the tests, and what decodes for pyrfc.

Vectorised, with the results of ``decode_lines`` of the C++ extension. An offset counts UTF-16
units, a character beyond U+FFFF is two of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from erp_rfc.cut import Cut, Kind

Refusal = tuple[int, str, str]
"""Row, column ('' for a whole line) and text."""

_MOST_KEPT = 1_000
_BEYOND_U16 = r"[\x{10000}-\x{10FFFF}]"
_PAD = "\uffff"  # stands for the second unit of a pair while lines are cut


@dataclass(frozen=True)
class Decoded:
    """Columns, and the cells that are no value of their kind, null in the columns.

    Attributes:
        frame: One column for each cut.
        refused: By row, then by column; at most 1,000.
        refused_count: All of them.
    """

    frame: pl.DataFrame
    refused: list[Refusal]
    refused_count: int


def decode_lines(lines: pl.Series, columns: Sequence[Cut], *, delimiter: str = "") -> Decoded:
    """Cut lines of text into typed columns; see ``Connection.read_lines``."""
    return _split(lines, columns, delimiter) if delimiter else _cut(lines, columns)


def decode_cells(cells: pl.Series, cut: Cut) -> tuple[pl.Series, pl.Series]:
    """Decode cells that are cut already: the values, and which cells are refused (Boolean)."""
    expected = _RULES[cut.kind](cut)
    decoded = (
        pl.DataFrame({"cell": cells})
        .select(expected.prepared.alias("cell"))
        .select(
            pl.when(expected.valid & ~expected.empty).then("cell").alias("cell"),
            (~expected.valid & ~expected.empty).alias("malformed"),
        )
        .with_columns(expected.value.alias("value"))
        .with_columns(expected.in_range.alias("in_range"))
    )
    value = pl.when("in_range").then("value")
    refused = pl.col("malformed") | ~pl.col("in_range").fill_null(value=True)
    return (
        decoded.select(value.alias(cut.name)).to_series(),
        decoded.select(refused.fill_null(value=False)).to_series(),
    )


class _Column(NamedTuple):
    cells: pl.Series
    values: pl.Series
    refused: pl.Series


def _cut(lines: pl.Series, columns: Sequence[Cut]) -> Decoded:
    units = lines.str.replace_all(f"({_BEYOND_U16})", "${1}" + _PAD)
    return _collected([_cut_column(units, cut) for cut in columns])


def _cut_column(units: pl.Series, cut: Cut) -> _Column:
    cells, broken = _cells(units, cut)
    values, refused = decode_cells(cells, cut)
    return _Column(cells, _null_where(broken, values), refused | broken)


def _cells(units: pl.Series, cut: Cut) -> tuple[pl.Series, pl.Series]:
    """Return the cells of one column, and which of them begin or end within a pair of units.

    Half a pair is no character: it is shown as U+FFFD.
    """
    unit = pl.col("unit")
    cell = pl.col("cell")
    frame = (
        pl.DataFrame({"unit": units})
        .select(
            unit.str.slice(cut.offset, cut.length).alias("cell"),
            unit.str.slice(max(cut.offset - 1, 0), min(cut.offset, 1)).alias("before"),
        )
        .select(
            cell,
            (pl.col("before").str.contains(_BEYOND_U16) & (cell != "")).alias("begins"),
            cell.str.contains(_BEYOND_U16 + "$").alias("ends"),
        )
        .select(
            pl.when("begins").then("\ufffd" + cell.str.slice(1)).otherwise(cell).alias("cell"),
            (pl.col("begins") | pl.col("ends")).alias("broken"),
        )
        .with_columns(
            cell.str.replace(_BEYOND_U16 + "$", "\ufffd").str.replace_all(
                f"({_BEYOND_U16}){_PAD}", "${1}"
            )
        )
    )
    return frame["cell"], frame["broken"]


def _split(lines: pl.Series, columns: Sequence[Cut], delimiter: str) -> Decoded:
    parts = lines.str.split(delimiter)
    torn = parts.list.len() != len(columns)
    whole = _null_where(torn, parts)
    results = []
    for part, cut in enumerate(columns):
        cells = whole.list.get(part)
        results.append(_Column(cells, *decode_cells(cells, cut)))
    return _collected(results, _Column(lines, pl.Series("", []), torn))


def _null_where(refused: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(~refused).then(values)).to_series().alias(values.name)


def _collected(columns: Sequence[_Column], *lines: _Column) -> Decoded:
    """Join columns; refusals come in the order in which a reader of lines meets them."""
    parts = [
        pl.DataFrame({"text": column.cells, "refused": column.refused})
        .with_row_index("row")
        .filter("refused")
        .select("row", pl.lit(column.values.name).alias("column"), "text", place=place)
        for place, column in enumerate([*lines, *columns])
    ]
    refused = pl.concat(parts).sort("row", "place").drop("place")
    frame = pl.DataFrame([column.values for column in columns])
    return Decoded(frame, refused.head(_MOST_KEPT).rows(), refused.height)


_CELL = pl.col("cell")
_VALUE = pl.col("value")
_TRIMMED = _CELL.str.strip_chars(" ")
_RIGHT_TRIMMED = _CELL.str.strip_chars_end(" ")
_NEVER = pl.lit(value=False)


class _Rule(NamedTuple):
    """How the cells of one kind are read; ``in_range`` also looks at the ``value``."""

    value: pl.Expr
    valid: pl.Expr = ~_NEVER
    prepared: pl.Expr = _RIGHT_TRIMMED
    empty: pl.Expr = _CELL == ""
    in_range: pl.Expr = _VALUE.is_not_null() | _CELL.is_null()


def _text(cut: Cut) -> _Rule:
    prepared = _CELL if cut.keep_blanks else _RIGHT_TRIMMED
    return _Rule(value=_CELL, prepared=prepared, empty=_NEVER)


def _utclong(_cut: Cut) -> _Rule:
    return _Rule(value=_CELL, empty=_NEVER)


def _date(_cut: Cut) -> _Rule:
    return _Rule(
        value=_CELL.str.to_date("%Y%m%d", strict=False),
        empty=_CELL.is_in(["", "00000000"]),
        valid=_CELL.str.contains("^[0-9]{8}$") & ~_CELL.str.starts_with("0000"),
    )


def _time(_cut: Cut) -> _Rule:
    hour, minute, second = (_CELL.str.slice(start, 2).cast(pl.Int64) for start in (0, 2, 4))
    nanoseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000_000
    return _Rule(
        value=nanoseconds.cast(pl.Time),
        valid=_CELL.str.contains("^(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]$"),
    )


_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$|^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[+-]$"
_SIGN = pl.when(_CELL.str.contains("^-|-$")).then(pl.lit("-")).otherwise(pl.lit(""))


def _decimal(cut: Cut) -> _Rule:
    digits = _CELL.str.strip_chars("+-").str.splitn(".", 2).struct
    whole = digits.field("field_0").str.strip_chars_start("0")
    decimals = digits.field("field_1").fill_null("").str.strip_chars_end("0")
    padded = decimals.str.pad_end(cut.scale, "0")
    size = (whole + padded).str.strip_chars_start("0").str.len_chars()
    fits = (decimals.str.len_chars() <= cut.scale) & (size <= cut.precision)
    number = _SIGN + whole.replace("", "0") + ("." if cut.scale else "") + padded
    return _Rule(
        prepared=_TRIMMED,
        valid=_CELL.str.contains(_NUMBER),
        value=pl.when(fits).then(number).cast(pl.Decimal(cut.precision, cut.scale)),
    )


def _int(_cut: Cut) -> _Rule:
    digits = _CELL.str.strip_chars("+-").str.splitn(".", 2).struct
    fits = digits.field("field_1").fill_null("").str.strip_chars("0") == ""
    whole = _SIGN + digits.field("field_0").replace("", "0")
    return _Rule(
        prepared=_TRIMMED,
        valid=_CELL.str.contains(_NUMBER),
        value=pl.when(fits).then(whole).cast(pl.Int64, strict=False),
    )


_MANTISSA = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_MAGNITUDE = _MANTISSA + "(?:[eE][+-]?[0-9]+)?"
_LONGEST_FLOAT = 64


def _float(_cut: Cut) -> _Rule:
    magnitude = _CELL.str.strip_chars("+-")
    whole = magnitude.str.extract("^([0-9]*)").replace("", "0")
    decimals = magnitude.str.extract(r"^[0-9]*\.([0-9]+)").fill_null("0")
    exponent = magnitude.str.extract("[eE]([+-]?[0-9]+)$").fill_null("0")
    value = (_SIGN + whole + "." + decimals + "e" + exponent).cast(pl.Float64, strict=False)
    nonzero = magnitude.str.contains("^[0-9.]*[1-9]")
    return _Rule(
        prepared=_TRIMMED,
        valid=_CELL.str.contains(f"^[+-]?{_MAGNITUDE}$|^{_MAGNITUDE}[+-]$")
        & (magnitude.str.len_chars() <= _LONGEST_FLOAT),
        value=value,
        in_range=_CELL.is_null() | (_VALUE.is_finite() & ((_VALUE != 0) | ~nonzero)),
    )


def _raw(_cut: Cut) -> _Rule:
    return _Rule(
        value=_CELL.str.decode("hex", strict=False),
        empty=_NEVER,
        valid=_CELL.str.contains("^(?:[0-9a-fA-F]{2})*$"),
    )


_RULES: dict[Kind, Callable[[Cut], _Rule]] = {
    "text": _text,
    "numc": _text,
    "utclong": _utclong,
    "date": _date,
    "time": _time,
    "decimal": _decimal,
    "int": _int,
    "float": _float,
    "raw": _raw,
}
