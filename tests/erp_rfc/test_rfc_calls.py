"""Any function is called with plain values, and a value that does not fit is refused, never cut."""

from __future__ import annotations

from decimal import Decimal

import pytest

import erp_rfc
from erp_resources.sandbox.sap.protocol import Message
from erp_rfc import Field, RfcError
from tests.erp_rfc.conftest import needs_cpp
from tests.standin.echo_server import EchoServer

pytestmark = needs_cpp

VALUES: list[tuple[str, object, object]] = [
    ("CHAR", "Böhm 😀", "Böhm 😀"),
    ("CHAR", "blank  ", "blank"),
    ("CHAR", "0123456789", "0123456789"),
    ("NUMC", "42", "000042"),
    ("NUMC", 42, "000042"),
    ("DATS", "20240229", "20240229"),
    ("TIMS", "235959", "235959"),
    ("DEC", Decimal("-1234567.89"), Decimal("-1234567.89")),
    ("DEC", Decimal("1E+3"), Decimal("1000.00")),
    ("DEC", 7, Decimal("7.00")),
    ("DEC", "12.5", Decimal("12.50")),
    ("INT1", 255, 255),
    ("INT2", -32768, -32768),
    ("INT4", 2**31 - 1, 2**31 - 1),
    ("INT8", -(2**63), -(2**63)),
    ("FLTP", 0.1, 0.1),
    ("FLTP", 3, 3.0),
    ("RAW", b"\x00\x01\xfe\xff", b"\x00\x01\xfe\xff"),
    ("RAW", b"\x01", b"\x01\x00\x00\x00"),
    ("STRING", "any length " * 100, "any length " * 100),
    ("STRING", "", ""),
    ("RAWSTRING", b"\x00" * 1000, b"\x00" * 1000),
    ("RAWSTRING", b"", b""),
]


@pytest.mark.parametrize(("kind", "sent", "returned"), VALUES)
def test_a_value_of_every_type_comes_back(
    echoing: erp_rfc.Connection, kind: str, sent: object, returned: object
) -> None:
    result = echoing.call("Z_ECHO", {f"I_{kind}": sent}, wanted=[f"E_{kind}"])
    assert result == {f"E_{kind}": returned}
    assert type(result[f"E_{kind}"]) is type(returned)


REFUSED: list[tuple[str, object, str]] = [
    ("CHAR", "x" * 11, "has room for 10 characters, not 11"),
    ("CHAR", 5, "does not take a number"),
    ("CHAR", b"bytes", "does not take bytes"),
    ("CHAR", {"FIELD": "x"}, "does not take a structure"),
    ("CHAR", ["x"], "does not take a list"),
    ("NUMC", "12a", "takes digits only"),
    ("NUMC", "1234567", "has room for 6 digits, not 7"),
    ("NUMC", -1, "takes digits only"),
    ("DATS", "2024-02-29", "takes 8 characters"),
    ("TIMS", "1234", "takes 6 characters"),
    ("DEC", 1.5, "does not take a float"),
    ("DEC", b"1", "does not take bytes"),
    ("INT1", 256, "does not take 256"),
    ("INT1", -1, "does not take -1"),
    ("INT2", 2**15, "does not take 32768"),
    ("INT4", 2**31, "does not take 2147483648"),
    ("INT8", 2**63, "does not take a number"),
    ("INT4", 1.0, "does not take a float"),
    ("INT4", "1", "does not take a text"),
    ("FLTP", "1.0", "does not take a text"),
    ("RAW", b"12345", "has room for 4 bytes, not 5"),
    ("RAW", "00", "does not take a text"),
]


@pytest.mark.parametrize(("kind", "sent", "words"), REFUSED)
def test_what_does_not_fit_is_refused_by_name_before_anything_is_sent(
    echoing: erp_rfc.Connection, echo: EchoServer, kind: str, sent: object, words: str
) -> None:
    echo.received.clear()
    with pytest.raises(ValueError, match=f"'I_{kind}' .*{words}"):
        echoing.call("Z_ECHO", {f"I_{kind}": sent})
    assert echo.received == []


@pytest.mark.parametrize("sent", [True, object(), {1, 2}, 1j])
def test_a_value_that_sap_does_not_have_is_a_type_error(
    echoing: erp_rfc.Connection, sent: object
) -> None:
    with pytest.raises(TypeError):
        echoing.call("Z_ECHO", {"I_CHAR": sent})


@pytest.mark.parametrize("sent", [Decimal("NaN"), Decimal("Infinity")])
def test_a_decimal_must_be_finite(echoing: erp_rfc.Connection, sent: Decimal) -> None:
    with pytest.raises(ValueError, match="finite"):
        echoing.call("Z_ECHO", {"I_DEC": sent})


def test_a_number_with_too_many_digits_is_the_sdks_error(echoing: erp_rfc.Connection) -> None:
    with pytest.raises(RfcError):
        echoing.call("Z_ECHO", {"I_DEC": Decimal("123456789012.00")})


def test_none_leaves_a_parameter_initial(echoing: erp_rfc.Connection) -> None:
    assert echoing.call("Z_ECHO", {"I_INT4": None}, wanted=["E_INT4"]) == {"E_INT4": 0}


def test_a_structure_is_a_dict_and_a_table_a_list_of_them(echoing: erp_rfc.Connection) -> None:
    rows = [{"CHAR": "one", "DEC": Decimal("1.10")}, {"CHAR": "two", "INT4": -2}]
    result = echoing.call("Z_ECHO", {"I_ROW": {"CHAR": "alone"}, "T_ROWS": rows})
    row = result["E_ROW"]
    assert isinstance(row, dict)
    assert (row["CHAR"], row["DATS"], row["DEC"]) == ("alone", "00000000", Decimal("0.00"))
    returned = result["T_ROWS"]
    assert isinstance(returned, list)
    assert [(each["CHAR"], each["DEC"], each["INT4"]) for each in returned] == [
        ("one", Decimal("1.10"), 0),
        ("two", Decimal("0.00"), -2),
    ]


def test_a_field_that_a_structure_has_not_is_refused_by_name(echoing: erp_rfc.Connection) -> None:
    with pytest.raises(ValueError, match=r"'T_ROWS' .*has no field 'NOWHERE'"):
        echoing.call("Z_ECHO", {"T_ROWS": [{"NOWHERE": 1}]})


def test_rows_of_several_fields_are_dicts(echoing: erp_rfc.Connection) -> None:
    with pytest.raises(ValueError, match="takes a dict for each row"):
        echoing.call("Z_ECHO", {"T_ROWS": ["plain"]})


def test_rows_of_one_field_may_be_plain_values(connection: erp_rfc.Connection) -> None:
    lines = ["BUKRS = '0001'"]
    result = connection.call(
        "RFC_READ_TABLE", {"QUERY_TABLE": "T001", "OPTIONS": lines, "FIELDS": []}
    )
    assert isinstance(result["DATA"], list)
    assert len(result["DATA"]) == 1


@pytest.mark.parametrize(
    ("parameters", "words"),
    [({"NOWHERE": 1}, "no parameter 'NOWHERE'"), ({"E_CHAR": "x"}, "'E_CHAR' is an output")],
)
def test_a_parameter_that_cannot_be_sent_is_refused(
    echoing: erp_rfc.Connection, parameters: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        echoing.call("Z_ECHO", parameters)


@pytest.mark.parametrize(
    ("wanted", "words"), [("NOWHERE", "no parameter"), ("I_CHAR", "is no output")]
)
def test_an_output_that_there_is_not_cannot_be_wanted(
    echoing: erp_rfc.Connection, wanted: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        echoing.call("Z_ECHO", {}, wanted=[wanted])


def test_an_abap_exception_carries_its_message(connection: erp_rfc.Connection) -> None:
    with pytest.raises(RfcError) as caught:
        connection.call("RFC_READ_TABLE", {"QUERY_TABLE": "NOWHERE"})
    error = caught.value
    assert (error.code, error.group, error.key) == (5, 1, "TABLE_NOT_AVAILABLE")
    assert (error.abap_class, error.abap_type, error.abap_number) == ("SV", "E", "029")
    assert error.abap_variables[0] == "NOWHERE"
    assert str(error).startswith("TABLE_NOT_AVAILABLE: ")


def test_an_unknown_function_is_not_found(connection: erp_rfc.Connection) -> None:
    with pytest.raises(RfcError) as caught:
        connection.describe("Z_NOWHERE")
    assert caught.value.key == "FU_NOT_FOUND"


def test_a_function_is_described_with_the_fields_of_its_tables(
    connection: erp_rfc.Connection,
) -> None:
    function = connection.describe("RFC_READ_TABLE")
    parameters = {parameter.name: parameter for parameter in function.parameters}
    assert function.name == "RFC_READ_TABLE"
    assert parameters["ROWCOUNT"].direction == "IMPORT"
    assert parameters["ROWCOUNT"].type == "INT"
    assert parameters["DATA"].direction == "TABLES"
    assert parameters["DATA"].fields == (Field("WA", "CHAR", 512, 0, 0, ()),)
    assert [field.name for field in parameters["FIELDS"].fields] == [
        "FIELDNAME",
        "OFFSET",
        "LENGTH",
        "TYPE",
        "FIELDTEXT",
    ]


def test_a_forgotten_function_is_described_anew(
    echoing: erp_rfc.Connection, echo: EchoServer
) -> None:
    echoing.describe("Z_ECHO")
    asked = len(echo.requests)
    echoing.describe("Z_ECHO")
    assert len(echo.requests) == asked
    echoing.forget("Z_ECHO")
    echoing.describe("Z_ECHO")
    assert len(echo.requests) > asked
    assert echoing.call("Z_ECHO", {"I_INT4": 4}, wanted=["E_INT4"]) == {"E_INT4": 4}


def test_nothing_is_asked_for_only_to_be_forgotten(
    echoing: erp_rfc.Connection, echo: EchoServer
) -> None:
    for function in ("Z_ECHO", "Z_ECHO", "Z_NOT_THERE"):
        echoing.forget(function)
    assert Message.DESCRIBE not in echo.requests
