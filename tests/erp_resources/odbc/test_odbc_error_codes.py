"""What the errors of both libraries mean, as they word them."""

import pyodbc
import pytest

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
from erp_resources.odbc.error_codes import REMEDIES, STATES, record_of, translate
from erp_resources.odbc.standard import StandardDialect

DIALECT = StandardDialect()


def by_arrow_odbc(state: str, native: int, message: str) -> Exception:
    text = f"ODBC emitted an error calling 'SQLFetch':\nState: {state}, Native error: {native}"
    return RuntimeError(f"External error: {text}, Message: {message}")


def by_pyodbc(state: str, native: int, message: str) -> Exception:
    error: Exception = pyodbc.Error(state, f"[{state}] {message} ({native}) (SQLExecDirectW)")
    return error


@pytest.mark.parametrize("library", [by_arrow_odbc, by_pyodbc])
@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("08001", SourceUnavailable),
        ("08S01", ConnectionLost),
        ("22003", ValueDoesNotFit),
        ("22012", InvalidQuery),
        ("28000", LoginRefused),
        ("28P01", LoginRefused),
        ("40001", SourceBusy),
        ("42000", InvalidQuery),
        ("42501", AccessDenied),
        ("42P01", TableNotFound),
        ("42S02", TableNotFound),
        ("53300", SourceBusy),
        ("57014", DeadlineExceeded),
        ("57P01", ConnectionLost),
        ("57P03", SourceUnavailable),
        ("HY008", DeadlineExceeded),
        ("HYC00", UnsupportedType),
        ("HYT00", DeadlineExceeded),
        ("IM002", SettingsError),
        ("ZZ999", InvalidQuery),
    ],
)
def test_a_state_means_the_same_from_both_libraries(
    library: type[Exception], state: str, kind: type[ErpError]
) -> None:
    error = library(state, 7, "[unixODBC][Driver]it happened")
    found = translate(error, DIALECT, system="db", table="A.B", user="me")
    assert type(found) is kind
    assert found.code == f"{state}/7"
    assert str(found) == f"db: table 'A.B' as user 'me': it happened; {REMEDIES[kind]}"


def test_every_class_has_a_remedy() -> None:
    assert set(STATES.values()) <= set(REMEDIES)


@pytest.mark.parametrize("state", ["HYT00", "08S01"])
def test_while_connecting_a_silent_or_broken_line_means_that_there_is_no_session(
    state: str,
) -> None:
    found = translate(by_pyodbc(state, 0, "Login timeout"), DIALECT, system="db", connecting=True)
    assert type(found) is SourceUnavailable


@pytest.mark.parametrize("library", [by_arrow_odbc, by_pyodbc])
def test_native_numbers_and_messages_are_kept(library: type[Exception]) -> None:
    record = record_of(library("42S02", 208, "[Microsoft][ODBC]Invalid object name 'x'."))
    assert record is not None
    assert (record.state, record.native, record.message) == (
        "42S02",
        208,
        "Invalid object name 'x'.",
    )


def test_a_password_that_a_driver_repeats_is_taken_out() -> None:
    error = by_pyodbc("28000", 0, "cannot log in with PWD=s3cret")
    assert "s3cret" not in str(translate(error, DIALECT, system="db", secret="s3cret"))


def test_a_value_beyond_its_declared_length_does_not_fit() -> None:
    error = RuntimeError(
        "External error: A value (at least one) is too large to be written into the allocated "
        "buffer without truncation. Size in bytes indicated by ODBC driver: Some(26)"
    )
    found = translate(error, DIALECT, system="db")
    assert type(found) is ValueDoesNotFit
    assert "or than the driver says of any" in str(found)
    assert "leave the column out" in str(found)


def test_one_of_our_own_is_left_as_it_is() -> None:
    ours = SourceBusy("later")
    assert translate(ours, DIALECT, system="db") is ours
