"""What may be asked of arrow-odbc, and the cast to what lands: exact, or refused with its key."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.errors import ValueDoesNotFit
from erp_resources.odbc.dialect import Fetched
from erp_resources.odbc.types import Source, expect_fit, holds, landed

SOURCE = Source("db", "APP.T", ("id",))


def column(wire: pa.DataType, to: pa.DataType | None = None, name: str = "x") -> Fetched:
    return Fetched(name, f'"{name}"', wire, wire if to is None else to)


@pytest.mark.parametrize(
    ("wire", "described", "fits"),
    [
        (pa.int32(), pa.int16(), True),
        (pa.int32(), pa.int64(), False),
        (pa.int16(), pa.uint8(), True),
        (pa.int16(), pa.uint16(), False),
        (pa.int64(), pa.decimal128(18, 0), False),
        (pa.decimal128(15, 2), pa.decimal128(10, 2), True),
        (pa.decimal128(15, 2), pa.decimal128(15, 3), False),
        (pa.decimal128(15, 2), pa.decimal128(16, 2), False),
        (pa.float64(), pa.float32(), True),
        (pa.float32(), pa.float64(), False),
        (pa.string(), pa.string(), True),
        (pa.string(), pa.decimal128(28, 6), True),
        (pa.string(), pa.float64(), False),
        (pa.string(), pa.timestamp("us"), False),
        (pa.binary(), pa.binary(8), True),
        (pa.binary(), pa.string(), False),
        (pa.timestamp("us"), pa.timestamp("ns"), True),
        (pa.timestamp("us"), pa.date32(), False),
        (pa.bool_(), pa.bool_(), True),
        (pa.bool_(), pa.string(), False),
    ],
)
def test_nothing_is_asked_for_that_would_cut_a_value(
    wire: pa.DataType, described: pa.DataType, fits: bool
) -> None:
    assert holds(column(wire), described) is fits


def test_a_column_that_changed_its_type_is_refused_by_name() -> None:
    with pytest.raises(ValueDoesNotFit, match=r"db: APP\.T\.x is now int64.*catalog refresh"):
        expect_fit(pa.schema([("x", pa.int64())]), [column(pa.int32())], SOURCE)


def test_text_becomes_numbers_and_times_exactly() -> None:
    batch = pa.record_batch({"n": ["1.25", None], "t": ["9999-12-31 23:59:59.999999", None]})
    columns = [
        column(pa.string(), pa.decimal128(38, 5), "n"),
        column(pa.string(), pa.timestamp("us"), "t"),
    ]
    table = landed(batch, columns, SOURCE, 0)
    assert table.schema.types == [pa.decimal128(38, 5), pa.timestamp("us")]
    assert table["n"].to_pylist() == [Decimal("1.25000"), None]
    assert str(table["t"][0]) == "9999-12-31 23:59:59.999999"


@pytest.mark.parametrize(
    ("value", "to"),
    [
        ("0.123456", pa.decimal128(38, 5)),
        ("NaN", pa.decimal128(38, 5)),
        ("infinity", pa.date32()),
        ("0044-03-15 BC", pa.date32()),
        (f"1{'0' * 39}", pa.decimal128(38, 0)),
        ("9" * 300, pa.decimal128(38, 0)),
        ("12345678901234.5e30", pa.decimal128(38, 2)),
        ("1e37", pa.decimal128(38, 2)),
        ("1.5", pa.int64()),
        ("9223372036854775808", pa.int64()),
        (1.1, pa.float32()),
    ],
)
def test_the_first_value_that_does_not_fit_is_named_with_its_key(
    value: str | float, to: pa.DataType
) -> None:
    array = pa.array([None, None, value, value])
    batch = pa.record_batch({"id": [1, 2, 3, 4], "x": array})
    columns = [column(pa.int64(), name="id"), column(array.type, to)]
    with pytest.raises(ValueDoesNotFit) as raised:
        landed(batch, columns, SOURCE, 0)
    assert f"db: APP.T.x holds {value} where {{'id': 3}}" in str(raised.value)


@given(
    st.from_regex(r"-?[0-9]{1,90}(\.[0-9]{1,60})?([eE][+-]?[12]?[0-9]{1,2})?", fullmatch=True),
    st.integers(0, 38),
)
def test_a_decimal_of_any_digits_lands_as_it_is_or_not_at_all(text: str, scale: int) -> None:
    batch = pa.record_batch({"x": [text]})
    try:
        table = landed(batch, [column(pa.string(), pa.decimal128(38, scale))], SOURCE, 0)
    except ValueDoesNotFit:
        return
    assert table["x"].to_pylist() == [Decimal(text)]


@pytest.mark.parametrize("scale", [0, 2, 38])
@pytest.mark.parametrize("digits", range(30, 90))
def test_a_whole_number_lands_while_its_digits_fit(digits: int, scale: int) -> None:
    for text in (f"1{'0' * (digits - 1)}", "9" * digits, f"-{'12' * 45}"[: digits + 1]):
        batch = pa.record_batch({"x": [text]})
        columns = [column(pa.string(), pa.decimal128(38, scale))]
        if digits + scale <= 38:
            assert landed(batch, columns, SOURCE, 0)["x"].to_pylist() == [Decimal(text)]
        else:
            with pytest.raises(ValueDoesNotFit):
                landed(batch, columns, SOURCE, 0)


def test_arrow_itself_still_takes_too_many_digits_modulo_a_power_of_two() -> None:
    """Why ``_is_off`` exists: should this change one day, it can go."""
    assert pa.array(["9" * 300]).cast(pa.decimal128(38, 0)).to_pylist() == [Decimal(-1)]


def test_without_its_key_a_row_is_named_by_its_place_in_the_read() -> None:
    batch = pa.record_batch({"x": ["1", "x"]})
    with pytest.raises(ValueDoesNotFit, match="in row 1002 of the read"):
        landed(batch, [column(pa.string(), pa.int64())], SOURCE, 1000)


def test_not_a_number_and_infinity_fit_a_narrower_float() -> None:
    batch = pa.record_batch({"x": [float("nan"), float("inf"), 0.5, None]})
    table = landed(batch, [column(pa.float64(), pa.float32())], SOURCE, 0)
    assert str(table["x"].to_pylist()) == "[nan, inf, 0.5, None]"
