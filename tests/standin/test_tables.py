"""Tables as containers, and which parameters of a call travel."""

import ctypes

import pytest

from tests.standin import sdk as rc
from tests.standin.echo_server import EchoServer
from tests.standin.sdk import Sdk, SdkError, utf16


@pytest.fixture
def table(sdk: Sdk, call: int) -> int:
    """T_ROWS with three rows whose CHAR is 0, 1, 2."""
    table = sdk.child("RfcGetTable", call, "T_ROWS")
    append(sdk, table, "0", "1", "2")
    return table


def append(sdk: Sdk, table: int, *texts: str) -> list[int]:
    rows = []
    for text in texts:
        rows.append(sdk("RfcAppendNewRow", table))
        sdk.set_text(rows[-1], "CHAR", text)
        sdk.set_text(rows[-1], "STRING", f"string {text}")
    return rows


def row_count(sdk: Sdk, table: int) -> int:
    count = ctypes.c_uint()
    sdk("RfcGetRowCount", table, ctypes.byref(count))
    return count.value


def column(sdk: Sdk, table: int, field: str = "CHAR") -> list[str]:
    texts = []
    for row in range(row_count(sdk, table)):
        sdk("RfcMoveTo", table, row)
        texts.append(sdk.text(table, field))
    return texts


def test_a_table_comes_back_with_its_strings(
    sdk: Sdk, connection: int, call: int, table: int
) -> None:
    sdk("RfcInvoke", connection, call)
    assert column(sdk, table) == ["0", "1", "2"]
    assert column(sdk, table, "STRING") == ["string 0", "string 1", "string 2"]


def test_the_handle_of_a_row_survives_ten_thousand_more(sdk: Sdk, table: int) -> None:
    (first,) = append(sdk, table, "mark")
    sdk("RfcAppendNewRows", table, 10_000)
    assert sdk.text(first, "CHAR") == "mark"
    assert row_count(sdk, table) == 10_004


def test_the_table_stands_for_its_current_row(sdk: Sdk, table: int) -> None:
    sdk("RfcMoveToFirstRow", table)
    assert sdk.text(table, "CHAR") == "0"
    sdk("RfcMoveToNextRow", table)
    assert sdk.text(sdk("RfcGetCurrentRow", table), "CHAR") == "1"
    sdk("RfcMoveToLastRow", table)
    sdk("RfcMoveToPreviousRow", table)
    assert sdk.text(table, "CHAR") == "1"


def test_there_is_no_row_before_the_first_or_behind_the_last(sdk: Sdk, table: int) -> None:
    with pytest.raises(SdkError) as behind:
        sdk("RfcMoveToNextRow", table)
    sdk("RfcMoveToFirstRow", table)
    with pytest.raises(SdkError) as before:
        sdk("RfcMoveToPreviousRow", table)
    assert (behind.value.code, before.value.code) == (rc.TABLE_MOVE_EOF, rc.TABLE_MOVE_BOF)


@pytest.mark.parametrize(("position", "left"), [(0, ["1", "2"]), (1, ["0", "2"]), (2, ["0", "1"])])
def test_a_row_can_be_deleted(sdk: Sdk, table: int, position: int, left: list[str]) -> None:
    sdk("RfcMoveTo", table, position)
    sdk("RfcDeleteCurrentRow", table)
    assert column(sdk, table) == left


def test_rows_can_be_deleted_from_the_end_as_pyrfc_does(sdk: Sdk, table: int) -> None:
    sdk("RfcAppendNewRows", table, 5_000)
    for row in reversed(range(row_count(sdk, table))):
        sdk("RfcMoveTo", table, row)
        sdk("RfcDeleteCurrentRow", table)
    assert row_count(sdk, table) == 0
    assert column(sdk, table) == []


def test_an_empty_table_has_no_current_row(sdk: Sdk, table: int) -> None:
    sdk("RfcDeleteAllRows", table)
    for failing in ("RfcDeleteCurrentRow", "RfcGetCurrentRow", "RfcMoveToLastRow"):
        with pytest.raises(SdkError) as refusal:
            sdk(failing, table)
        assert refusal.value.code == rc.TABLE_MOVE_EOF
    with pytest.raises(SdkError) as refusal:
        sdk.set_text(table, "CHAR", "")
    assert refusal.value.code == rc.TABLE_MOVE_EOF


def test_the_field_without_a_name_is_the_first(sdk: Sdk, table: int) -> None:
    sdk.set_text(table, "", "nameless")
    assert sdk.text(table, "CHAR") == "nameless"


def test_a_handle_of_another_kind_is_refused(sdk: Sdk, call: int) -> None:
    structure = sdk.child("RfcGetStructure", call, "I_ROW")
    for function, container in (
        ("RfcAppendNewRow", structure),
        ("RfcMoveToFirstRow", call),
        ("RfcDestroyFunction", structure),
        ("RfcAppendNewRow", 0),
    ):
        with pytest.raises(SdkError) as refusal:
            sdk(function, container)
        assert refusal.value.code == rc.INVALID_HANDLE


def test_a_table_is_no_structure_and_no_scalar(sdk: Sdk, call: int) -> None:
    with pytest.raises(SdkError, match="of another type"):
        sdk.child("RfcGetStructure", call, "T_ROWS")
    with pytest.raises(SdkError, match="of another type"):
        sdk.child("RfcGetTable", call, "I_ROW")
    with pytest.raises(SdkError, match="of another type"):
        sdk.set_text(call, "T_ROWS", "text")


def test_what_nobody_set_does_not_travel(
    sdk: Sdk, server: EchoServer, connection: int, call: int
) -> None:
    sdk.set_text(call, "I_INT4", "0")
    sdk("RfcInvoke", connection, call)
    assert server.received == ["I_INT4", "T_ROWS"]


def test_an_inactive_parameter_neither_goes_nor_comes(
    sdk: Sdk, server: EchoServer, connection: int, call: int, table: int
) -> None:
    sdk.set_text(call, "I_CHAR", "sent")
    for name in ("T_ROWS", "E_CHAR"):
        sdk("RfcSetParameterActive", call, utf16(name), 0)
    sdk("RfcInvoke", connection, call)
    assert server.received == ["I_CHAR"]
    assert sdk.text(call, "E_CHAR") == ""
    assert column(sdk, table) == ["0", "1", "2"], "what the caller had put there"
    active = ctypes.c_int(-1)
    sdk("RfcIsParameterActive", call, utf16("T_ROWS"), ctypes.byref(active))
    assert active.value == 0
