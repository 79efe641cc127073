"""Cells of every type, printed into lines and laid out in typed rows."""

from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.sandbox.sap.characters import printed, trimmed_texts
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.lines import padded_lines, places
from erp_resources.sandbox.sap.records import decode, encode
from erp_resources.sandbox.sap.structures import Structure, scalar
from erp_resources.sandbox.sap.typed_rows import typed_rows
from tests.erp_resources.sandbox.sap.client import Client
from tests.erp_resources.sandbox.sap.test_sap_read_table import fields


def texts(values: pa.Array, spelling: str) -> list[str]:
    """The cells as printed, each as text."""
    units = printed(values, DataType.of(spelling)).astype("<u2")
    return [row.tobytes().decode("utf-16-le") for row in units]


def decimals(spelling: str, *values: str) -> list[str]:
    kind = DataType.of(spelling)
    numbers = pa.array([Decimal(v) for v in values], pa.decimal128(kind.length, kind.decimals))
    return texts(numbers, spelling)


def test_numbers_stand_at_the_right_with_their_sign_behind() -> None:
    assert decimals("CURR(9,2)", "0.00", "1.50", "-99.05", "12345.67") == [
        "    0.00 ", "    1.50 ", "   99.05-", "12345.67 ",
    ]  # fmt: skip


def test_the_blank_of_a_positive_number_gives_way() -> None:
    assert decimals("DEC(5,0)", "9999", "-9999", "99999") == ["9999 ", "9999-", "99999"]
    assert decimals("CURR(5,2)", "12.34", "-1.23", "1.23") == ["12.34", "1.23-", "1.23 "]


def test_a_number_without_room_loses_digits_and_shows_a_star() -> None:
    assert decimals("CURR(5,2)", "123.45", "-12.34", "-123.45") == ["*3.45", "*.34-", "*.45-"]
    assert decimals("DEC(5,0)", "-99999") == ["*999-"]


def test_nearly_all_digits_behind_the_point_are_kept() -> None:
    assert decimals("DEC(9,9)", "0.000000001") == ["*00000001"]
    assert decimals("DEC(9,7)", "0.0000001", "-0.0000001") == ["0.0000001", "*0000001-"]


def test_whole_numbers_have_their_sign_behind_too() -> None:
    assert texts(pa.array([7, -7, None, -2147483648], pa.int32()), "INT4") == [
        "        7 ", "        7-", "        0 ", "*47483648-",
    ]  # fmt: skip
    assert texts(pa.array([255], pa.int32()), "INT1") == ["255"]


def test_digits_keep_their_zeros_and_bytes_become_hex() -> None:
    assert texts(pa.array(["7", "", "0042"]), "NUMC(4)") == ["0007", "0000", "0042"]
    assert texts(pa.array([b"\x01\xab", b""], pa.binary()), "RAW(2)") == ["01AB", "0000"]
    assert texts(pa.array([], pa.binary()), "RAW(2)") == []


def test_a_text_that_is_too_long_is_cut() -> None:
    assert texts(pa.array(["abcdef", "äöüß", "a", None]), "CHAR(3)") == ["abc", "äöü", "a  ", "   "]


def test_a_point_in_time_has_seven_decimals() -> None:
    moments = pa.array([datetime(2024, 1, 31, 12, 30, 59, 123456), None], pa.timestamp("us"))
    assert texts(moments, "UTCLONG") == ["20240131123059,1234560     ", " " * 27]


def test_string_lines_drop_blanks_at_the_end_only() -> None:
    kind = DataType.of("CURR(9,2)")
    values = pa.array([Decimal("1.50"), Decimal("-1.50")], pa.decimal128(9, 2))
    assert trimmed_texts(values, kind).to_pylist() == ["    1.50", "    1.50-"]
    assert trimmed_texts(pa.array([" a ", None]), DataType.of("CHAR(9)")).to_pylist() == [" a", ""]


@given(
    st.integers(1, 31).flatmap(
        lambda length: st.tuples(
            st.just(length),
            st.integers(0, length),
            st.lists(st.integers(-(10**length) + 1, 10**length - 1), max_size=8),
        )
    )
)
def test_a_number_is_printed_as_abap_moves_it(case: tuple[int, int, list[int]]) -> None:
    length, scale, unscaled = case
    # As text: arithmetic on Decimals would round to 28 digits.
    values = [f"{number}E-{scale}" for number in unscaled]
    expected = []
    for number in unscaled:
        whole = f"{abs(number):0{scale + 1}d}"
        text = whole if not scale else f"{whole[:-scale]}.{whole[-scale:]}"
        text += "-" if number < 0 else ""
        room = text if number < 0 or len(text) == length else text + " "
        cut = "*" + text[len(text) - length + 1 :]
        expected.append(room.rjust(length) if len(text) <= length else cut)
    assert decimals(f"DEC({length},{scale})", *values) == expected


def test_lines_of_many_parts_are_those_of_one() -> None:
    rows = pa.table(
        {"c0": [f"{n:06d}" for n in range(20_000)], "c1": ["é" * (n % 9) for n in range(20_000)]}
    )
    where = places([("A", DataType.of("NUMC(6)")), ("B", DataType.of("CHAR(8)"))], "|")
    block = padded_lines(rows, where, "|", 20)
    lines = np.frombuffer(b"".join(bytes(part) for part in block.parts), "<u2").reshape(-1, 20)
    for number in range(0, 20_000, 397):
        text = lines[number].tobytes().decode("utf-16-le")
        assert text == f"{number:06d}|{'é' * min(number % 9, 8):13}"


def test_typed_rows_are_what_was_stored(client: Client) -> None:
    rows = client.call("Z_ERP_READ_ZTYPES")["ROWS"]
    assert [row["AMOUNT"] for row in rows] == [
        Decimal("12.30"),
        Decimal("-0.05"),
        Decimal("-99999.99"),
    ]
    assert rows[0]["HUGE"] == Decimal("1234567890123456789012345678.901")
    assert [row["WHOLE"] for row in rows] == [0, -7, 99999]
    assert [row["SMALL"] for row in rows] == [0, 7, 255]
    assert [row["MIDDLE"] for row in rows] == [0, -7, 32767]
    assert [row["NUMBER"] for row in rows] == [0, -7, -2147483648]
    assert [row["LARGE"] for row in rows] == [0, -7, 9223372036854775807]
    assert [row["BYTES"] for row in rows] == [b"\0\0\0", b"\x01\xab\xff", b"\xff\xff\xff"]
    assert [(row["TEXT"], row["DAY"], row["AT"], row["PERIOD"]) for row in rows] == [
        ("a b", "20240229", "235959", "202401"),
        ("", "00000000", "000000", "000000"),
        ("12345678", "99991231", "240000", "202412"),
    ]


def test_a_typed_point_in_time_counts_from_the_year_one(client: Client) -> None:
    rows = client.call("Z_ERP_READ_ZTYPES")["ROWS"]
    since = datetime(2024, 1, 31, 12, 30, 59, 123456) - datetime(1, 1, 1)
    microseconds = (since.days * 86_400 + since.seconds) * 10**6 + since.microseconds
    assert [row["MOMENT"] for row in rows[:2]] == [0, microseconds * 10 + 1]


def test_typed_rows_hold_texts_of_any_length(client: Client) -> None:
    rows = client.call("Z_ERP_READ_ZNOTE")["ROWS"]
    assert [(row["NOTE"], row["BLOB"]) for row in rows] == [
        ("so to speak ", b"\x01\x02"),
        ("ünï😀", b""),
    ]


def test_typed_floats_keep_every_bit() -> None:
    values = [0.1, -1e300, 5e-324, None]
    structure = Structure.of("X", [("VALUE", DataType.of("FLTP"))])
    block = typed_rows(pa.table({"VALUE": pa.array(values, pa.float64())}), structure)
    assert [row["VALUE"] for row in decode(structure, block)] == [0.1, -1e300, 5e-324, 0.0]


def test_typed_rows_end_at_the_last_byte_of_their_structure() -> None:
    structure = Structure.of("X", [("A", DataType.of("RAW(1)")), ("B", DataType.of("DEC(3,1)"))])
    rows = pa.table(
        {
            "A": pa.array([b"\x09"], pa.binary()),
            "B": pa.array([Decimal("-1.5")], pa.decimal128(3, 1)),
        }
    )
    block = typed_rows(rows, structure)
    assert b"".join(bytes(part) for part in block.parts) == b"\x09\x01\x5d"


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("CHAR(3)", "aö"), ("NUMC(4)", "0042"), ("DATS", "20240101"), ("INT4", -5), ("INT8", 2**62),
        ("FLTP", 0.1), ("RAW(2)", b"\x01\x02"), ("DEC(7,2)", Decimal("-12345.67")),
        ("RAWSTRING", b"\0\xff"), ("INT1", 255), ("STRING", "so  "),
    ],
)  # fmt: skip
def test_values_of_parameters_come_back_as_they_went(spelling: str, value: object) -> None:
    structure = scalar(DataType.of(spelling))
    assert decode(structure, encode(structure, [{"": value}])) == [{"": value}]  # type: ignore[dict-item]


def test_lines_print_all_types_at_once(client: Client) -> None:
    answer = client.call(
        "/BODS/RFC_READ_TABLE", QUERY_TABLE="ZTYPES", DELIMITER="|", ROWCOUNT=2, FIELDS=fields()
    )
    assert answer["DATA"][1]["WA"].rstrip() == (
        "100|0002|        |00000000|000000|000000|  0.05-|                         0.000 |"
        "   7-| 7 |   7-|        7-|                 7-|01ABFF|20240131123059,1234560"
    )
