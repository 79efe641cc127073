"""What a cell says and what is refused: the same in C++ and in the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal

import polars as pl
import pytest

import erp_rfc
from erp_rfc import Cut, Kind, reference
from erp_rfc.reference import Decoded
from tests.erp_rfc.conftest import needs_cpp

Decode = Callable[..., Decoded]


def decode_native(lines: list[str], columns: Sequence[Cut], *, delimiter: str = "") -> Decoded:
    package = erp_rfc.decode_lines(lines, columns, delimiter=delimiter)
    return Decoded(pl.DataFrame(package), package.refused, package.refused_count)


def decode_reference(lines: list[str], columns: Sequence[Cut], *, delimiter: str = "") -> Decoded:
    return reference.decode_lines(pl.Series(lines, dtype=pl.String), columns, delimiter=delimiter)


@pytest.fixture(params=[pytest.param(decode_native, marks=needs_cpp), decode_reference])
def decode(request: pytest.FixtureRequest) -> Decode:
    chosen: Decode = request.param
    return chosen


CELLS: list[tuple[Kind, str, object]] = [
    ("text", "SAP A.G.   ", "SAP A.G."),
    ("text", "  led by blanks", "  led by blanks"),
    ("text", "", ""),
    ("text", "exactly 12 b", "exactly 12 b"),
    ("text", "no less than 13 bytes", "no less than 13 bytes"),
    ("text", "東京 😀 Üß", "東京 😀 Üß"),
    ("text", "\u00a0", "\u00a0"),
    ("numc", "000042", "000042"),
    ("utclong", "20240131123059,1234567", "20240131123059,1234567"),
    ("date", "20240229", date(2024, 2, 29)),
    ("date", "00010101", date(1, 1, 1)),
    ("date", "99991231", date(9999, 12, 31)),
    ("date", "19691231", date(1969, 12, 31)),
    ("date", "00000000", None),
    ("date", "        ", None),
    ("time", "000000", time(0)),
    ("time", "235959", time(23, 59, 59)),
    ("time", "      ", None),
    ("decimal", "    12.345", Decimal("12.345")),
    ("decimal", "    99.05-", Decimal("-99.050")),
    ("decimal", "-99.05", Decimal("-99.050")),
    ("decimal", "+7", Decimal("7.000")),
    ("decimal", "7.", Decimal("7.000")),
    ("decimal", ".5", Decimal("0.500")),
    ("decimal", "0.000-", Decimal("0.000")),
    ("decimal", "1.2340000", Decimal("1.234")),
    ("decimal", "00000000000000000000001", Decimal("1.000")),
    ("decimal", "9999999.999", Decimal("9999999.999")),
    ("decimal", "", None),
    ("int", "  -5", -5),
    ("int", "    5-", -5),
    ("int", "9223372036854775807", 2**63 - 1),
    ("int", "9223372036854775808-", -(2**63)),
    ("int", "12.00", 12),
    ("int", "   ", None),
    ("float", " 1.2345678901234567E+02", 123.45678901234567),
    ("float", "1.5E+00-", -1.5),
    ("float", "-0", -0.0),
    ("float", "4.9E-324", 5e-324),
    ("float", "0E+999", 0.0),
    ("float", "  ", None),
    ("raw", "00FFab", b"\x00\xff\xab"),
    ("raw", "", b""),
]


@pytest.mark.parametrize(("kind", "cell", "value"), CELLS)
def test_a_cell_is_a_value_or_null(decode: Decode, kind: Kind, cell: str, value: object) -> None:
    decoded = decode([cell], [Cut("C", 0, 40, kind, 10, 3)])
    assert decoded.frame["C"].to_list() == [value]
    assert decoded.refused_count == 0


REFUSED: list[tuple[Kind, str]] = [
    ("date", "20230229"),
    ("date", "20241301"),
    ("date", "00000101"),
    ("date", "2024"),
    ("date", " 2024022"),
    ("date", "2024-02-29"),
    ("date", "٢٠٢٤٠٢٢٩"),
    ("time", "240000"),
    ("time", "236000"),
    ("time", "235960"),
    ("time", "12:30"),
    ("decimal", "*6.38600-"),
    ("decimal", "1,000.00"),
    ("decimal", "1.2.3"),
    ("decimal", "-1-"),
    ("decimal", "--1"),
    ("decimal", "1 -"),
    ("decimal", "-"),
    ("decimal", "."),
    ("decimal", "1.2345"),
    ("decimal", "12345678"),
    ("decimal", "1E3"),
    ("int", "9223372036854775808"),
    ("int", "1.5"),
    ("int", "abc"),
    ("float", "inf"),
    ("float", "nan"),
    ("float", "1E+400"),
    ("float", "1E-400"),
    ("float", "0x10"),
    ("float", "1E"),
    ("float", "1" * 65),
    ("raw", "0"),
    ("raw", "0G"),
    ("raw", "00 0"),
]


@pytest.mark.parametrize(("kind", "cell"), REFUSED)
def test_what_is_no_value_of_its_kind_is_null_and_told(
    decode: Decode, kind: Kind, cell: str
) -> None:
    decoded = decode(["", cell], [Cut("C", 0, 70, kind, 10, 3)])
    assert decoded.frame["C"][1] is None
    assert decoded.refused == [(1, "C", cell)]


def test_the_largest_decimal_has_38_digits(decode: Decode) -> None:
    column = [Cut("C", 0, 50, "decimal", 38, 10)]
    largest = "9" * 28 + "." + "9" * 10
    decoded = decode([largest, largest + "-", "1" + "0" * 28], column)
    assert decoded.frame["C"].to_list() == [Decimal(largest), Decimal("-" + largest), None]
    assert decoded.refused_count == 1


def test_blanks_are_kept_where_they_are_wanted(decode: Decode) -> None:
    decoded = decode(["ab  cd"], [Cut("C", 0, 4, "text", keep_blanks=True)])
    assert decoded.frame["C"].to_list() == ["ab  "]


def test_what_lies_behind_the_end_of_a_line_is_blank(decode: Decode) -> None:
    decoded = decode(
        ["abc"], [Cut("A", 2, 5, "text"), Cut("B", 7, 8, "date"), Cut("C", 9, 9, "text")]
    )
    assert decoded.frame.rows() == [("c", None, "")]


def test_offsets_count_units_of_utf_16(decode: Decode) -> None:
    decoded = decode(["😀b", "ab😀"], [Cut("A", 2, 1, "text"), Cut("B", 0, 2, "text")])
    assert decoded.frame["A"].to_list() == ["b", None]
    assert decoded.frame["B"].to_list() == ["😀", "ab"]


def test_half_a_pair_of_units_is_refused(decode: Decode) -> None:
    decoded = decode(["a😀"], [Cut("FIRST", 0, 2, "text"), Cut("SECOND", 2, 2, "text")])
    assert decoded.frame.rows() == [(None, None)]
    assert decoded.refused == [(0, "FIRST", "a\ufffd"), (0, "SECOND", "\ufffd")]


def test_a_delimiter_splits_a_line_into_as_many_parts_as_columns(decode: Decode) -> None:
    columns = [Cut("A", 0, 0, "text"), Cut("B", 0, 0, "int")]
    decoded = decode(["x|1", "|", "y|z|1", "y"], columns, delimiter="|")
    assert decoded.frame.rows() == [("x", 1), ("", None), (None, None), (None, None)]
    assert decoded.refused == [(2, "", "y|z|1"), (3, "", "y")]


def test_at_most_a_thousand_refusals_are_kept_and_all_are_counted(decode: Decode) -> None:
    decoded = decode(["x"] * 1_001, [Cut("A", 0, 1, "int"), Cut("B", 0, 1, "date")])
    assert len(decoded.refused) == 1_000
    assert decoded.refused[:3] == [(0, "A", "x"), (0, "B", "x"), (1, "A", "x")]
    assert decoded.refused_count == 2_002


@needs_cpp
def test_a_delimiter_is_one_unit() -> None:
    with pytest.raises(ValueError, match="one UTF-16 unit"):
        erp_rfc.decode_lines([], [], delimiter="||")
