"""What errors of SAP's RFC mean: by key, by return code, by group, and in whose words."""

import pytest

from erp_resources import errors
from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    LoginRefused,
    SettingsError,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    TransientError,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.sap.error_codes import CODES, KEYS, REMEDIES, kind_of, translate, translating
from erp_rfc import RfcError

MEANINGS = [
    # Exceptions of function modules.
    (5, 1, "TABLE_NOT_AVAILABLE", TableNotFound),
    (5, 1, "TABLE_WITHOUT_DATA", TableNotFound),
    (5, 1, "NOT_FOUND", TableNotFound),
    (5, 1, "NOT_AUTHORIZED", AccessDenied),
    (5, 1, "NO_AUTHORITY", AccessDenied),
    (5, 1, "TABLE_NO_AUTHORITY", AccessDenied),
    (5, 1, "FIELD_NOT_VALID", InvalidQuery),
    (5, 1, "OPTION_NOT_VALID", InvalidQuery),
    (5, 1, "FU_NOT_FOUND", InvalidQuery),
    (5, 1, "DATA_BUFFER_EXCEEDED", UnsupportedType),
    (5, 1, "FOREIGN_LOCK", SourceBusy),
    (5, 1, "SOMETHING_OF_A_Z_FUNCTION", InvalidQuery),
    # Short dumps.
    (3, 2, "RFC_NO_AUTHORITY", AccessDenied),
    (3, 2, "CALL_FUNCTION_REMOTE_ERROR_NO_AUTH", AccessDenied),
    (3, 2, "ASSIGN_CASTING_ILLEGAL_CAST", UnsupportedType),
    (3, 2, "ASSIGN_BASE_WRONG_ALIGNMENT", UnsupportedType),
    (3, 2, "ASSIGN_BASE_TOO_SHORT", UnsupportedType),
    (3, 2, "SAPSQL_PARSE_ERROR", InvalidQuery),
    (3, 2, "SAPSQL_INVALID_FIELDNAME", InvalidQuery),
    (3, 2, "SAPSQL_INVALID_TABLENAME", InvalidQuery),
    (3, 2, "SAPSQL_WHERE_PARENTHESES", InvalidQuery),
    (3, 2, "CALL_FUNCTION_NOT_REMOTE", InvalidQuery),
    (3, 2, "CALL_FUNCTION_PARM_UNKNOWN", InvalidQuery),
    (3, 2, "CALL_FUNCTION_CONFLICT_TYPE", InvalidQuery),
    (3, 2, "CALL_FUNCTION_CONFLICT_LENG", InvalidQuery),
    (3, 2, "TIME_OUT", SourceBusy),
    (3, 2, "TSV_TNEW_PAGE_ALLOC_FAILED", SourceBusy),
    (3, 2, "TSV_TNEW_OCCURS_NO_ROLL_MEMORY", SourceBusy),
    (3, 2, "SYSTEM_NO_TASK_STORAGE", SourceBusy),
    (3, 2, "STORAGE_PARAMETERS_WRONG_SET", SourceBusy),
    (3, 2, "MEMORY_NO_MORE_PAGING", SourceBusy),
    (3, 2, "DBIF_RSQL_SQL_ERROR", SourceBusy),
    (3, 2, "DBSQL_SQL_ERROR", SourceBusy),
    (3, 2, "LOAD_PROGRAM_LOST", SourceBusy),
    (3, 2, "CONVT_OVERFLOW", ValueDoesNotFit),
    (3, 2, "CONVT_NO_NUMBER", ValueDoesNotFit),
    (3, 2, "COMPUTE_BCD_OVERFLOW", ValueDoesNotFit),
    (3, 2, "CALL_FUNCTION_SIGNON_REJECTED", LoginRefused),
    (3, 2, "CALL_FUNCTION_SIGNON_INCOMPL", LoginRefused),
    (3, 2, "CALL_FUNCTION_RECEIVE_ERROR", ConnectionLost),
    (3, 2, "UNCAUGHT_EXCEPTION", InvalidQuery),
    # The SDK's own keys and return codes.
    (1, 4, "RFC_COMMUNICATION_FAILURE", ConnectionLost),
    (2, 3, "RFC_LOGON_FAILURE", LoginRefused),
    (4, 2, "RFC_ABAP_MESSAGE", InvalidQuery),
    (6, 4, "RFC_CLOSED", ConnectionLost),
    (7, 4, "RFC_CANCELED", DeadlineExceeded),
    (8, 4, "RFC_TIMEOUT", DeadlineExceeded),
    (9, 5, "RFC_MEMORY_INSUFFICIENT", SourceBusy),
    (10, 5, "RFC_VERSION_MISMATCH", SettingsError),
    (11, 5, "RFC_INVALID_PROTOCOL", SettingsError),
    (12, 5, "RFC_SERIALIZATION_FAILURE", ValueDoesNotFit),
    (13, 5, "RFC_INVALID_HANDLE", ConnectionLost),
    (14, 5, "RFC_RETRY", SourceBusy),
    (15, 5, "RFC_EXTERNAL_FAILURE", InvalidQuery),
    (16, 5, "RFC_EXECUTED", InvalidQuery),
    (17, 5, "RFC_NOT_FOUND", InvalidQuery),
    (18, 5, "RFC_NOT_SUPPORTED", SettingsError),
    (19, 5, "RFC_ILLEGAL_STATE", InvalidQuery),
    (20, 5, "RFC_INVALID_PARAMETER", InvalidQuery),
    (21, 5, "RFC_CODEPAGE_CONVERSION_FAILURE", ValueDoesNotFit),
    (22, 5, "RFC_CONVERSION_FAILURE", ValueDoesNotFit),
    (23, 5, "RFC_BUFFER_TOO_SMALL", ValueDoesNotFit),
    (24, 5, "RFC_TABLE_MOVE_BOF", InvalidQuery),
    (25, 5, "RFC_TABLE_MOVE_EOF", InvalidQuery),
    (26, 5, "RFC_START_SAPGUI_FAILURE", SettingsError),
    (27, 1, "CX_SOMETHING", InvalidQuery),
    (28, 5, "RFC_UNKNOWN_ERROR", InvalidQuery),
    (29, 7, "RFC_AUTHORIZATION_FAILURE", AccessDenied),
    (30, 7, "RFC_AUTHENTICATION_FAILURE", LoginRefused),
    (31, 5, "RFC_CRYPTOLIB_FAILURE", SettingsError),
    (32, 5, "RFC_IO_FAILURE", SettingsError),
    (33, 5, "RFC_LOCKING_FAILURE", SourceBusy),
    # Return codes of a newer SDK.
    (99, 3, "RFC_NEW_LOGON_FAILURE", LoginRefused),
    (99, 4, "RFC_NEW_NETWORK_FAILURE", ConnectionLost),
    (99, 7, "RFC_NEW_RIGHT_MISSING", AccessDenied),
    (99, 5, "RFC_NEW_FAILURE", InvalidQuery),
]


@pytest.mark.parametrize(("code", "group", "key", "kind"), MEANINGS)
def test_an_error_means_what_its_key_or_code_says(
    code: int, group: int, key: str, kind: type[ErpError]
) -> None:
    assert kind_of(RfcError(code, group, key, "text")) is kind


def test_each_return_code_of_the_sdk_has_a_meaning() -> None:
    assert set(CODES) == set(range(1, 34))


@pytest.mark.parametrize("kind", sorted({*KEYS.values(), *CODES.values()}, key=str))
def test_each_class_has_a_remedy(kind: type[ErpError]) -> None:
    assert REMEDIES[kind]


def test_a_connection_that_never_was_is_unavailable_not_lost() -> None:
    refused = RfcError(1, 4, "RFC_COMMUNICATION_FAILURE", "connection refused")
    assert kind_of(refused, connecting=True) is SourceUnavailable
    assert kind_of(RfcError(8, 4, "RFC_TIMEOUT", ""), connecting=True) is SourceUnavailable
    assert kind_of(RfcError(2, 3, "RFC_LOGON_FAILURE", ""), connecting=True) is LoginRefused


def test_a_process_with_too_many_conversations_waits() -> None:
    full = RfcError(1, 4, "RFC_COMMUNICATION_FAILURE", "max no of 200 conversations exceeded")
    assert kind_of(full, connecting=True) is SourceBusy
    assert kind_of(full) is SourceBusy


def test_a_message_names_system_and_subject_and_says_what_helps() -> None:
    error = RfcError(5, 1, "NOT_AUTHORIZED", "ID:TB Type:E\n Number:019 VBAK.")
    found = translate(error, system="sap", about="table 'VBAK'")
    assert str(found) == (
        f"sap: table 'VBAK': NOT_AUTHORIZED: ID:TB Type:E Number:019 VBAK; {REMEDIES[AccessDenied]}"
    )
    assert found.code == "NOT_AUTHORIZED"


def test_a_key_is_not_said_twice_and_a_missing_one_is_a_number() -> None:
    assert "FIELD_NOT_VALID; " in str(translate(RfcError(5, 1, "FIELD_NOT_VALID", ""), system="s"))
    same = translate(RfcError(5, 1, "FIELD_NOT_VALID", "FIELD_NOT_VALID"), system="s")
    assert str(same).count("FIELD_NOT_VALID") == 1
    assert translate(RfcError(99, 5, "", "?"), system="s").code == "RFC_RC 99"


def test_the_cause_is_kept() -> None:
    error = RfcError(1, 4, "RFC_COMMUNICATION_FAILURE", "gone")
    with pytest.raises(ConnectionLost) as raised, translating("sap"):
        raise error
    assert raised.value.__cause__ is error


def test_only_what_time_can_mend_is_transient() -> None:
    transient = {kind for kind in (*KEYS.values(), *CODES.values()) if _is_transient(kind)}
    assert transient == {ConnectionLost, SourceBusy, DeadlineExceeded}
    assert issubclass(errors.LoginRefused, errors.PermanentError)


def _is_transient(kind: type[ErpError]) -> bool:
    return issubclass(kind, TransientError)
