"""What the errors of Oracle and of its driver mean: guarantee R1."""

import socket
import ssl
from typing import Any

import oracledb
import pytest
from oracledb import errors as driver_errors

from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    LoginRefused,
    PermanentError,
    SettingsError,
    SnapshotTooOld,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    TransientError,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.oracle.connection import translate, translating
from tests.erp_resources.pool_source import report

# The lists of codes, as written down before the classifier: number -> class.
SESSION_DEAD = [22, 28, 31, 45, 378, 600, 602, 603, 609, 1012, 1041, 1043, 1089, 1092, 2396]
SESSION_DEAD += [3113, 3114, 3122, 3135, 12153, 12537, 12547, 12570, 12583, 27146, 28511, 56600]
RECOVERABLE = [376, 1033, 1034, 1090, 1115, 12514, 12571, 12757, 16456, 12543, 604, 4030]
CONNECT_PHASE = [12541, 12170, 12516, 12519, 12520, 18, 20]
RESTART_READ = [1555, 22924, 8176, 1466]
CONTENTION = [60, 54, 30006, 8177, 4068]
NEVER = [1017, 28000, 28001, 1005, 1031, 942, 904, 1722]
NEVER += [number for number in range(900, 1000) if number != 942]
UNKNOWN = [1, 1400, 1476, 6550, 20001, 29913, 31011, 65096, 99999]
TRANSIENT_OF_DRIVER = {1001, 4005, 4011, 4024, 4033, 6000, 6005}

TRANSIENT_NUMBERS = SESSION_DEAD + RECOVERABLE + CONNECT_PHASE + RESTART_READ + CONTENTION
PERMANENT_NUMBERS = NEVER + UNKNOWN
DRIVER_NUMBERS = sorted(driver_errors.ERR_MESSAGE_FORMATS)

CLASSES: dict[str, type[ErpError]] = {
    "ORA-03113: end-of-file on communication channel": ConnectionLost,
    "DPY-4011: the database or network closed the connection": ConnectionLost,
    "DPI-1080: connection was closed by ORA-03113": ConnectionLost,
    "ORA-01033: ORACLE initialization or shutdown in progress": SourceUnavailable,
    "TNS-12541: no listener": SourceUnavailable,
    "DPY-6005: cannot connect to database. [Errno 111] Connection refused": SourceUnavailable,
    "DPY-6005: cannot connect to database.\nDPY-4011: closed the connection": SourceUnavailable,
    "DPY-6005: cannot connect to database.\nDPY-6000: Listener refused. "
    "(Similar to ORA-12516)": SourceUnavailable,
    "DPY-6005: cannot connect to database.\nDPY-6001: Service X is not registered. "
    "(Similar to ORA-12514)": SettingsError,
    "DPY-6005: cannot connect to database.\nDPY-6003: SID X is not registered": SettingsError,
    "ORA-00018: maximum number of sessions exceeded": SourceBusy,
    "ORA-00060: deadlock detected while waiting for resource": SourceBusy,
    "ORA-00604: error occurred at recursive SQL level 1": SourceBusy,
    "ORA-00604: error at recursive level 1\nORA-01555: snapshot too old": SnapshotTooOld,
    "ORA-12801: error signaled in parallel query server P001\nORA-01722: invalid": InvalidQuery,
    "ORA-06512: at line 1\nORA-00942: table or view does not exist": TableNotFound,
    "ORA-01555: snapshot too old: rollback segment number 9": SnapshotTooOld,
    "DPY-4024: call timeout of 50 ms exceeded": DeadlineExceeded,
    "DPI-1067: call timeout of 50 ms exceeded with ORA-3156": DeadlineExceeded,
    "ORA-01017: invalid username/password; logon denied": LoginRefused,
    "ORA-28000: the account is locked": LoginRefused,
    "DPY-4001: no credentials specified": LoginRefused,
    "ORA-01031: insufficient privileges": AccessDenied,
    "ORA-01045: user APPS lacks CREATE SESSION privilege": AccessDenied,
    "ORA-00942: table or view does not exist": TableNotFound,
    "ORA-00904: X: invalid identifier": InvalidQuery,
    "DPY-2001: a statement must be prepared first": InvalidQuery,
    "DPY-3007: database type number 109 is not supported": UnsupportedType,
    "DPY-4042: value cannot be converted to an Arrow decimal": ValueDoesNotFit,
    "ORA-99999: nobody knows this": InvalidQuery,
    "no code at all": InvalidQuery,
}


def in_text(number: int) -> Exception:
    return RuntimeError(f"something else failed: ORA-{number:05}: some text")


def in_attributes(number: int) -> Exception:
    info = driver_errors._Error(f"ORA-{number:05}: some text", code=number)
    error: Exception = info.exc_type(info)
    return error


def of_driver(number: int) -> Exception:
    return oracledb.DatabaseError(f"DPY-{number:04}: some text")


def meaning_of(error: Exception) -> ErpError:
    return translate(error, system="oracle")


@pytest.mark.parametrize("form", [in_text, in_attributes])
def test_every_listed_code_has_its_class(form: Any) -> None:
    for number in TRANSIENT_NUMBERS:
        assert isinstance(meaning_of(form(number)), TransientError), number
    for number in SESSION_DEAD:
        assert isinstance(meaning_of(form(number)), ConnectionLost), number
    for number in RESTART_READ:
        assert isinstance(meaning_of(form(number)), SnapshotTooOld), number
    for number in CONTENTION:
        assert isinstance(meaning_of(form(number)), SourceBusy), number


@pytest.mark.parametrize("form", [in_text, in_attributes])
def test_every_other_code_is_permanent(form: Any) -> None:
    for number in PERMANENT_NUMBERS:
        assert isinstance(meaning_of(form(number)), PermanentError), number


def test_every_error_of_the_driver_itself_has_its_class() -> None:
    for number in DRIVER_NUMBERS:
        transient = isinstance(meaning_of(of_driver(number)), TransientError)
        assert transient == (number in TRANSIENT_OF_DRIVER), number
    codes = len({*TRANSIENT_NUMBERS, *PERMANENT_NUMBERS}) + len(DRIVER_NUMBERS)
    report(f"R1: {codes} codes, those of the server in two forms, classified as listed")
    assert codes >= 250


def test_what_the_driver_calls_recoverable_is_transient() -> None:
    numbers = set(range(1, 60_000))
    for number in numbers & set(driver_errors.ERR_RECOVERABLE_ERROR_CODES):
        assert isinstance(meaning_of(in_attributes(number)), TransientError), number
    for number, target in driver_errors.ERR_ORACLE_ERROR_XREF.items():
        lost = isinstance(meaning_of(in_attributes(number)), ConnectionLost)
        assert lost == (target == driver_errors.ERR_CONNECTION_CLOSED), number


@pytest.mark.parametrize(("text", "kind"), CLASSES.items())
def test_a_text_means_its_class(text: str, kind: type[ErpError]) -> None:
    assert type(meaning_of(oracledb.DatabaseError(text))) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(111, "refused"), SourceUnavailable),
        (TimeoutError("timed out"), SourceUnavailable),
        (ConnectionResetError(104, "reset"), ConnectionLost),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), SourceUnavailable),
        (socket.gaierror(socket.EAI_NONAME, "unknown host"), SettingsError),
        (ssl.SSLCertVerificationError(1, "self-signed"), SettingsError),
    ],
)
def test_an_error_of_the_network_means_its_class(error: OSError, kind: type[ErpError]) -> None:
    assert type(meaning_of(error)) is kind


def test_a_message_names_system_table_user_and_remedy() -> None:
    error = oracledb.DatabaseError("ORA-00942: table or view does not exist")
    ours = translate(error, system="ebs", table="GL_BALANCES", user="APPS")
    assert str(ours) == (
        "ebs: table 'GL_BALANCES' as user 'APPS': ORA-00942: table or view does not exist; "
        "the table does not exist or the user may not read it (needs SELECT)"
    )
    assert ours.code == "ORA-00942"


def test_an_error_of_ours_is_not_translated_twice() -> None:
    error = SourceBusy("oracle: busy")
    assert translate(error, system="oracle") is error


def test_an_error_that_is_no_drivers_passes_through() -> None:
    with pytest.raises(KeyError), translating("oracle"):
        raise KeyError("a bug")
