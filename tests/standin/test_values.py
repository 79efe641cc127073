"""Cells keep their values on the way to the server and back, with SAP's conversions."""

import ctypes
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standin import sdk as rc
from tests.standin.sdk import Sdk, SdkError, text_in, units, utf16

reusing_the_server = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

VALUES = {
    "CHAR": ("Hällo 株", "Hällo 株"),
    "NUMC": ("42", "000042"),
    "DATS": ("99991231", "99991231"),
    "TIMS": ("240000", "240000"),
    "DEC": ("-1234.56", "-1234.56"),
    "INT1": ("255", "255"),
    "INT2": ("-32768", "-32768"),
    "INT4": (" 2147483647 ", "2147483647"),
    "INT8": ("-9223372036854775808", "-9223372036854775808"),
    "FLTP": ("-1.5e3", "-1.5000000000000000E+03"),
    "STRING": ("😀" * 5000, "😀" * 5000),
    "UTCLONG": ("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59,9999999"),
}
INITIAL = {
    "CHAR": "",
    "NUMC": "000000",
    "DATS": "00000000",
    "TIMS": "000000",
    "DEC": "0.00",
    "INT4": "0",
    "RAW": "00000000",
    "STRING": "",
    "RAWSTRING": "",
    "UTCLONG": "0000-00-00T00:00:00,0000000",
}


def echoed(sdk: Sdk, connection: int, call: int, kind: str, text: str) -> str:
    sdk.set_text(call, f"I_{kind}", text)
    sdk("RfcInvoke", connection, call)
    return sdk.text(call, f"E_{kind}")


@pytest.mark.parametrize("kind", VALUES)
def test_a_parameter_of_each_type_comes_back(
    sdk: Sdk, connection: int, call: int, kind: str
) -> None:
    sent, expected = VALUES[kind]
    assert echoed(sdk, connection, call, kind, sent) == expected


@pytest.mark.parametrize("kind", VALUES)
def test_a_field_of_a_structure_comes_back(sdk: Sdk, connection: int, call: int, kind: str) -> None:
    sent, expected = VALUES[kind]
    sdk.set_text(sdk.child("RfcGetStructure", call, "I_ROW"), kind, sent)
    sdk("RfcInvoke", connection, call)
    assert sdk.text(sdk.child("RfcGetStructure", call, "E_ROW"), kind) == expected


@pytest.mark.parametrize("kind", INITIAL)
def test_what_nobody_set_is_initial(sdk: Sdk, call: int, kind: str) -> None:
    assert sdk.text(sdk.child("RfcGetStructure", call, "I_ROW"), kind) == INITIAL[kind]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("CHAR", "longer than 10"),
        ("NUMC", "1234567"),
        ("NUMC", "12a"),
        ("DEC", "12345678.00"),
        ("DEC", "1E+99"),
        ("DEC", "1,5"),
        ("DEC", "-"),
        ("DEC", ""),
        ("INT1", "256"),
        ("INT1", "-1"),
        ("INT2", "32768"),
        ("INT4", "2147483648"),
        ("INT4", "1.5"),
        ("INT8", "9223372036854775808"),
        ("FLTP", "1.5x"),
        ("UTCLONG", "2026-02-30T00:00:00.0000000"),
        ("UTCLONG", "2026-02-28"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(sdk: Sdk, call: int, kind: str, text: str) -> None:
    with pytest.raises(SdkError) as refusal:
        sdk.set_text(call, f"I_{kind}", text)
    assert refusal.value.code == rc.CONVERSION_FAILURE
    assert f"'I_{kind}'" in refusal.value.text


def test_blanks_beyond_the_end_of_a_field_are_no_error(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_CHAR", "ten units." + " " * 30)
    assert sdk.text(call, "I_CHAR") == "ten units."


@reusing_the_server
@given(st.decimals(-9_999_999, 9_999_999, allow_nan=False, allow_infinity=False))
def test_packed_numbers_are_rounded_as_abap_does(sdk: Sdk, call: int, value: Decimal) -> None:
    sdk.set_text(call, "I_DEC", str(value))
    expected = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(sdk.text(call, "I_DEC")) == expected


def test_a_sign_may_stand_behind_the_number(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_DEC", "99.05-")
    assert sdk.text(call, "I_DEC") == "-99.05"


@reusing_the_server
@given(st.datetimes(min_value=datetime(1, 1, 1)))
def test_time_stamps_come_back(sdk: Sdk, call: int, moment: datetime) -> None:
    text = f"{moment.isoformat(timespec='microseconds')}7"
    sdk.set_text(call, "I_UTCLONG", text)
    assert sdk.text(call, "I_UTCLONG") == text.replace(".", ",")


def test_time_stamps_count_from_the_first_day_of_the_first_year(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_UTCLONG", "0001-01-01T00:00:00.0000000")
    assert sdk.text(call, "I_UTCLONG") == "0001-01-01T00:00:00,0000000"


def test_bytes_come_back(sdk: Sdk, connection: int, call: int) -> None:
    sdk("RfcSetBytes", call, utf16("I_RAW"), b"\x01\x02", 2)
    sdk("RfcSetXString", call, utf16("I_RAWSTRING"), bytes(range(256)), 256)
    sdk("RfcInvoke", connection, call)
    raw, length = ctypes.create_string_buffer(300), ctypes.c_uint()
    sdk("RfcGetBytes", call, utf16("E_RAW"), raw, 4)
    assert raw.raw[:4] == b"\x01\x02\0\0"
    sdk("RfcGetXString", call, utf16("E_RAWSTRING"), raw, 300, ctypes.byref(length))
    assert raw.raw[: length.value] == bytes(range(256))


def test_characters_fill_the_buffer_without_an_end_mark(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_CHAR", "abc")
    buffer = units(11)
    sdk("RfcGetChars", call, utf16("I_CHAR"), buffer, 10)
    assert text_in(buffer, 10) == "abc       "
    assert buffer[10] == 0xAB, "wrote beyond the field"


def test_a_buffer_that_is_too_small_learns_the_length_it_needs(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_STRING", "four")
    length = ctypes.c_uint()
    with pytest.raises(SdkError) as refusal:
        sdk("RfcGetString", call, utf16("I_STRING"), units(4), 4, ctypes.byref(length))
    assert (refusal.value.code, length.value) == (rc.BUFFER_TOO_SMALL, 4)


def test_a_field_can_be_asked_for_by_position(sdk: Sdk, call: int) -> None:
    sdk.set_text(call, "I_CHAR", "first")
    buffer = units(10)
    sdk("RfcGetCharsByIndex", call, 0, buffer, 10)
    assert text_in(buffer).rstrip() == "first"
    with pytest.raises(SdkError) as refusal:
        sdk("RfcGetCharsByIndex", call, 99, buffer, 10)
    assert refusal.value.code == rc.INVALID_PARAMETER


def test_an_unknown_field_is_named(sdk: Sdk, call: int) -> None:
    with pytest.raises(SdkError, match="field 'NOPE' not found") as refusal:
        sdk.set_text(call, "NOPE", "")
    assert refusal.value.code == rc.INVALID_PARAMETER


def test_an_error_may_go_unheard(sdk: Sdk, call: int) -> None:
    assert sdk.without_error_info("RfcSetInt", call, utf16("I_INT1"), 256) == rc.CONVERSION_FAILURE


@reusing_the_server
@given(st.text())
def test_text_goes_to_utf8_and_back(sdk: Sdk, text: str) -> None:
    utf8, wide = text.encode(), units(len(text) * 2 + 1)
    size, length = ctypes.c_uint(len(wide)), ctypes.c_uint()
    counts = (ctypes.byref(size), ctypes.byref(length))
    sdk("RfcUTF8ToSAPUC", utf8, len(utf8), wide, *counts)
    assert text_in(wide, length.value) == text
    narrow = ctypes.create_string_buffer(len(utf8) + 1)
    size.value = len(narrow)
    sdk("RfcSAPUCToUTF8", wide, length.value, narrow, *counts)
    assert narrow.raw == utf8 + b"\0"


@pytest.mark.parametrize(
    "utf8", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"]
)
def test_what_is_no_utf8_is_refused(sdk: Sdk, utf8: bytes) -> None:
    counts = (ctypes.byref(ctypes.c_uint(9)), ctypes.byref(ctypes.c_uint()))
    with pytest.raises(SdkError) as refusal:
        sdk("RfcUTF8ToSAPUC", utf8, len(utf8), units(9), *counts)
    assert refusal.value.code == rc.CODEPAGE_CONVERSION_FAILURE


def test_half_a_surrogate_pair_is_no_text(sdk: Sdk) -> None:
    counts = (ctypes.byref(ctypes.c_uint(9)), ctypes.byref(ctypes.c_uint()))
    with pytest.raises(SdkError) as refusal:
        sdk("RfcSAPUCToUTF8", utf16("\ud83d"), 1, ctypes.create_string_buffer(9), *counts)
    assert refusal.value.code == rc.CODEPAGE_CONVERSION_FAILURE


def test_languages_have_one_character(sdk: Sdk) -> None:
    key, iso = units(1), units(2)
    sdk("RfcLanguageIsoToSap", utf16("de"), key)
    sdk("RfcLanguageSapToIso", utf16("1"), iso)
    assert (text_in(key), text_in(iso)) == ("D", "ZH")
    with pytest.raises(SdkError, match="Language ISO code not found: XX"):
        sdk("RfcLanguageIsoToSap", utf16("XX"), key)


def test_codes_types_and_directions_have_names(sdk: Sdk) -> None:
    assert sdk.name("RfcGetRcAsString", rc.CANCELED) == "RFC_CANCELED"
    assert sdk.name("RfcGetTypeAsString", 32) == "RFCTYPE_UTCLONG"
    assert sdk.name("RfcGetDirectionAsString", 7) == "RFC_TABLES"
