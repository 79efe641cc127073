"""What an error of SAP's RFC means: keys and codes of the SDK, as data, and their translation.

The key decides where it is known, then the return code (RFC_RC); what is in neither list is
permanent: an unknown fault must not be repeated blindly.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

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
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_rfc import RfcError

CANCELED = 7
NOT_FOUND = "FU_NOT_FOUND"

Kind = type[ErpError]


def _keys(kind: Kind, *keys: str) -> dict[str, Kind]:
    return dict.fromkeys(keys, kind)


TOO_MUCH = frozenset(
    {
        "TIME_OUT",
        "TSV_TNEW_PAGE_ALLOC_FAILED",
        "TSV_TNEW_OCCURS_NO_ROLL_MEMORY",
        "SYSTEM_NO_TASK_STORAGE",
        "SYSTEM_NO_ROLL",
        "MEMORY_NO_MORE_PAGING",
        "RFC_MEMORY_INSUFFICIENT",
    }
)
"""Keys of what fewer rows at a time may help against."""

KEYS: Mapping[str, Kind] = MappingProxyType(
    {
        **_keys(TableNotFound, "TABLE_NOT_AVAILABLE", "NOT_FOUND", "TABLE_WITHOUT_DATA"),
        **_keys(AccessDenied, "NOT_AUTHORIZED", "NO_AUTHORITY", "RFC_NO_AUTHORITY"),
        **_keys(AccessDenied, "CALL_FUNCTION_REMOTE_ERROR_NO_AUTH", "RFC_AUTHORIZATION_FAILURE"),
        **_keys(AccessDenied, "TABLE_NO_AUTHORITY", "AUTHORITY_NOT_AVAILABLE"),
        # A function that is missing, and what one may not understand.
        **_keys(InvalidQuery, NOT_FOUND, "FIELD_NOT_VALID", "OPTION_NOT_VALID"),
        **_keys(InvalidQuery, "SAPSQL_PARSE_ERROR", "SAPSQL_INVALID_FIELDNAME"),
        **_keys(InvalidQuery, "SAPSQL_WHERE_PARENTHESES", "SAPSQL_INVALID_TABLENAME"),
        **_keys(InvalidQuery, "CALL_FUNCTION_NOT_REMOTE", "CALL_FUNCTION_PARM_UNKNOWN"),
        **_keys(InvalidQuery, "CALL_FUNCTION_CONFLICT_TYPE", "CALL_FUNCTION_CONFLICT_LENG"),
        # Rows too wide for the lines, and columns that lines of text cannot hold.
        **_keys(UnsupportedType, "DATA_BUFFER_EXCEEDED", "ASSIGN_CASTING_ILLEGAL_CAST"),
        **_keys(UnsupportedType, "ASSIGN_BASE_WRONG_ALIGNMENT", "ASSIGN_BASE_TOO_SHORT"),
        **_keys(UnsupportedType, "UC_OBJECTS_NOT_CONVERTIBLE", "OBJECTS_OBJREF_NOT_ASSIGNED"),
        **_keys(ValueDoesNotFit, "CONVT_OVERFLOW", "CONVT_NO_NUMBER", "CONVT_CODEPAGE"),
        **_keys(ValueDoesNotFit, "COMPUTE_BCD_OVERFLOW", "RFC_CONVERSION_FIELD"),
        # The work process ran out of something; the same call may succeed later, or in pieces.
        **_keys(SourceBusy, *TOO_MUCH, "STORAGE_PARAMETERS_WRONG_SET", "PXA_NO_FREE_SPACE"),
        **_keys(SourceBusy, "DBIF_RSQL_SQL_ERROR", "DBSQL_SQL_ERROR", "DBIF_REPO_SQL_ERROR"),
        **_keys(SourceBusy, "LOAD_PROGRAM_LOST", "LOAD_PROGRAM_MISMATCH", "RFC_RESOURCE_FAILURE"),
        **_keys(SourceBusy, "ENQUEUE_FAILURE", "FOREIGN_LOCK", "SYSTEM_CORE_DUMPED"),
        **_keys(ConnectionLost, "RFC_CLOSED", "CONNECTION_CLOSED", "RFC_INVALID_HANDLE"),
        **_keys(ConnectionLost, "CALL_FUNCTION_RECEIVE_ERROR"),
        **_keys(DeadlineExceeded, "RFC_CANCELED", "RFC_TIMEOUT"),
        **_keys(LoginRefused, "RFC_LOGON_FAILURE", "RFC_AUTHENTICATION_FAILURE"),
        **_keys(LoginRefused, "CALL_FUNCTION_SIGNON_REJECTED", "CALL_FUNCTION_SIGNON_INCOMPL"),
    }
)
"""Classes of errors by ``key``: exceptions of function modules, short dumps, keys of the SDK."""

CODES: Mapping[int, Kind] = MappingProxyType(
    {
        1: ConnectionLost,  # COMMUNICATION_FAILURE
        2: LoginRefused,  # LOGON_FAILURE
        3: InvalidQuery,  # ABAP_RUNTIME_FAILURE, a short dump
        4: InvalidQuery,  # ABAP_MESSAGE
        5: InvalidQuery,  # ABAP_EXCEPTION
        6: ConnectionLost,  # CLOSED
        CANCELED: DeadlineExceeded,
        8: DeadlineExceeded,  # TIMEOUT
        9: SourceBusy,  # MEMORY_INSUFFICIENT
        10: SettingsError,  # VERSION_MISMATCH
        11: SettingsError,  # INVALID_PROTOCOL
        12: ValueDoesNotFit,  # SERIALIZATION_FAILURE
        13: ConnectionLost,  # INVALID_HANDLE
        14: SourceBusy,  # RETRY
        15: InvalidQuery,  # EXTERNAL_FAILURE
        16: InvalidQuery,  # EXECUTED
        17: InvalidQuery,  # NOT_FOUND
        18: SettingsError,  # NOT_SUPPORTED
        19: InvalidQuery,  # ILLEGAL_STATE
        20: InvalidQuery,  # INVALID_PARAMETER
        21: ValueDoesNotFit,  # CODEPAGE_CONVERSION_FAILURE
        22: ValueDoesNotFit,  # CONVERSION_FAILURE
        23: ValueDoesNotFit,  # BUFFER_TOO_SMALL
        24: InvalidQuery,  # TABLE_MOVE_BOF
        25: InvalidQuery,  # TABLE_MOVE_EOF
        26: SettingsError,  # START_SAPGUI_FAILURE
        27: InvalidQuery,  # ABAP_CLASS_EXCEPTION
        28: InvalidQuery,  # UNKNOWN_ERROR
        29: AccessDenied,  # AUTHORIZATION_FAILURE
        30: LoginRefused,  # AUTHENTICATION_FAILURE
        31: SettingsError,  # CRYPTOLIB_FAILURE
        32: SettingsError,  # IO_FAILURE: sapnwrfc.ini cannot be read
        33: SourceBusy,  # LOCKING_FAILURE
    }
)
"""Classes of errors by RFC_RC, where the key says nothing."""

GROUPS: Mapping[int, Kind] = MappingProxyType({3: LoginRefused, 4: ConnectionLost, 7: AccessDenied})
"""Classes by RFC_ERROR_GROUP, for a return code of a newer SDK."""

TOO_MANY_CONVERSATIONS = "conversations exceeded"
"""In the message when this process has no handle left (200 by default, CPIC_MAX_CONV)."""

REMEDIES: Mapping[Kind, str] = MappingProxyType(
    {
        ConnectionLost: "read again on a new connection",
        SourceUnavailable: "check that host, gateway and SAProuter are up",
        SourceBusy: "try again later, with smaller pages or fewer connections",
        DeadlineExceeded: "read in smaller pages, or raise the call timeout",
        LoginRefused: "correct client, user or password, or unlock the user; it is not tried again",
        AccessDenied: "grant the user the missing right (S_RFC for the function, S_TABU_DIS or "
        "S_TABU_NAM with ACTVT 03 for the table)",
        TableNotFound: "the table does not exist, holds no rows of its own, or the user may not "
        "read it (needs S_TABU_NAM)",
        UnsupportedType: "leave the column out, or read by a function that can carry it",
        ValueDoesNotFit: "read the column by a function that returns it typed",
        SettingsError: "correct the connection settings",
        InvalidQuery: "correct the call",
    }
)


def kind_of(error: RfcError, *, connecting: bool = False) -> Kind:
    """The class of ours that ``error`` means.

    Args:
        connecting: There was no connection yet that could be lost.
    """
    if TOO_MANY_CONVERSATIONS in error.message:
        return SourceBusy
    kind = KEYS.get(error.key) or CODES.get(error.code) or GROUPS.get(error.group, InvalidQuery)
    if connecting and kind in (ConnectionLost, DeadlineExceeded):
        return SourceUnavailable
    return kind


def translate(
    error: RfcError, *, system: str, about: str | None = None, connecting: bool = False
) -> ErpError:
    """The error of our tree that ``error`` means; raise it ``from error``.

    Args:
        system: Key of the system, which begins the message.
        about: What was called or read, e.g. ``table 'VBAK'``.
        connecting: As in ``kind_of``.
    """
    kind = kind_of(error, connecting=connecting)
    subject = f"{system}: {about}: " if about else f"{system}: "
    text = " ".join(error.message.split()).rstrip(".")
    said = error.key if text in ("", error.key) else f"{error.key}: {text}"
    return kind(f"{subject}{said}; {REMEDIES[kind]}", code=error.key or f"RFC_RC {error.code}")


@contextmanager
def translating(
    system: str, *, about: str | None = None, connecting: bool = False
) -> Iterator[None]:
    """Turn the SDK's errors in the block into ours, and wrong arguments, each with its cause."""
    try:
        yield
    except (TypeError, ValueError) as error:  # refused by the driver before anything was sent
        subject = f"{system}: {about}" if about else system
        raise InvalidQuery(f"{subject}: {error}; {REMEDIES[InvalidQuery]}") from error
    except RfcError as error:
        raise translate(error, system=system, about=about, connecting=connecting) from error
