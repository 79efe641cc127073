"""What an ODBC error means: SQLSTATEs, as data, and how the two libraries report them.

A state that is not in the tables is permanent: an unknown fault must not be repeated blindly.
What a product's own numbers mean is its ``Dialect``'s to say, and goes before these tables.
"""

import re

from erp_resources.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlineExceeded,
    ErpError,
    InvalidQuery,
    LoginRefused,
    SettingsError,
    SnapshotTooOld,
    SourceBusy,
    SourceUnavailable,
    TableNotFound,
    UnsupportedType,
    ValueDoesNotFit,
)
from erp_resources.odbc.dialect import Diagnosis, DiagnosticRecord, Dialect
from erp_resources.odbc.drivers import install_hint

STATES: dict[str, type[ErpError]] = {
    "08001": SourceUnavailable,  # cannot connect
    "08004": SourceUnavailable,  # rejected by the server
    "08": ConnectionLost,
    "22": ValueDoesNotFit,
    "22012": InvalidQuery,  # division by zero
    "25P02": InvalidQuery,  # an earlier statement of the transaction failed
    "28": LoginRefused,
    "3D000": SettingsError,  # no such database
    "40": SourceBusy,  # deadlock, serialization failure
    "42501": AccessDenied,
    "42P01": TableNotFound,
    "42S02": TableNotFound,
    "53": SourceBusy,  # out of memory, disk or connections
    "55006": SourceBusy,
    "55P03": SourceBusy,  # lock not available
    "57014": DeadlineExceeded,  # statement timeout
    "57P03": SourceUnavailable,  # starting up
    "57P": ConnectionLost,  # terminated by an administrator, crash
    "72000": SnapshotTooOld,
    "HY008": DeadlineExceeded,  # cancelled
    "HY013": SourceBusy,
    "HYC00": UnsupportedType,
    "HYT00": DeadlineExceeded,
    "HYT01": ConnectionLost,
    "IM": SettingsError,  # no such driver or data source
}
"""Class of an SQLSTATE, or of all that begin so; the longest that matches counts."""

REMEDIES: dict[type[ErpError], str] = {
    ConnectionLost: "read again on a new session",
    SourceUnavailable: "check host, port and that the database is up",
    SourceBusy: "try again later or with fewer sessions",
    SnapshotTooOld: "read again, in smaller pages",
    DeadlineExceeded: "read in smaller pages, or raise the call timeout",
    LoginRefused: "correct user or password; it is not tried again",
    AccessDenied: "grant the account the missing right (to read a table: SELECT)",
    TableNotFound: "the table does not exist or the user may not read it (needs SELECT)",
    ValueDoesNotFit: "leave the column out, or correct the value at the source",
    SettingsError: "correct the connection string",
    UnsupportedType: "leave the column out or have it cast in a view",
    InvalidQuery: "correct the statement",
}

_ARROW_ODBC = re.compile(r"State: (\w{5}), Native error: (-?\d+), Message: (.*)", re.DOTALL)
_NATIVE = re.compile(r"\((-?\d+)\)(?: \(SQL\w+\))?")
_FIRST_RECORD = re.compile(r"\((-?\d+)\) \(SQL\w+\)")  # the only one with its function
_PREFIX = re.compile(r"^(?:\[[^\]]*\]\s*)+")
_NO_LIBRARY = re.compile(r"Can't open lib '(.*?)'")
_TOO_LARGE = "too large to be written into the allocated buffer"
_NO_WIRE_TYPE = "problem with the SQL type of the column"


def record_of(error: BaseException) -> DiagnosticRecord | None:
    """The diagnostic record that an exception of arrow-odbc or pyodbc carries, if it has one."""
    if found := _ARROW_ODBC.search(str(error)):
        state, native, message = found.groups()
        return DiagnosticRecord(state, int(native), _plain(message))
    match error.args:
        case (str(state), str(message)) if len(state) == len("HY000"):
            numbers = _FIRST_RECORD.findall(message) or _NATIVE.findall(message)
            return DiagnosticRecord(state, int(numbers[-1]) if numbers else 0, _plain(message))
    return None


def diagnose(
    error: BaseException, dialect: Dialect, *, connecting: bool = False
) -> tuple[Diagnosis, str | None]:
    """What an exception means and what to do, and its SQLSTATE or native number for logs."""
    record = record_of(error)
    if record is None:
        return _without_record(error), None
    code = f"{record.state}/{record.native}" if record.native else record.state
    if lost := _NO_LIBRARY.search(record.message):
        return Diagnosis(SettingsError, install_hint(lost[1])), code
    found = dialect.diagnose(record)
    if found is None:
        found = Diagnosis(_class_of(record.state))
    if connecting and found.kind in {DeadlineExceeded, ConnectionLost}:
        found = Diagnosis(SourceUnavailable)  # there was no session yet
    return found, code


def translate(  # noqa: PLR0913 - each names a part of the message
    error: BaseException,
    dialect: Dialect,
    *,
    system: str,
    table: str | None = None,
    user: str | None = None,
    secret: str = "",
    connecting: bool = False,
) -> ErpError:
    """The error of our tree that ``error`` means; raise it ``from`` the driver's.

    Args:
        secret: a password; the message is without it, whatever the driver wrote.
        connecting: whether a session was being opened.
    """
    if isinstance(error, ErpError):
        return error
    found, code = diagnose(error, dialect, connecting=connecting)
    record = record_of(error)
    text = _first_lines(record.message if record else str(error))
    text = text.replace(secret, "***") if secret else text
    about = (f"table {table!r}" if table else "", f"as user {user!r}" if user else "")
    subject = " ".join(part for part in about if part)
    remedy = found.remedy or REMEDIES[found.kind]
    message = ": ".join(part for part in (system, subject, text) if part)
    return found.kind(f"{message}; {remedy}", code=code)


def _class_of(state: str) -> type[ErpError]:
    for length in (5, 3, 2):
        if (kind := STATES.get(state[:length])) is not None:
            return kind
    return InvalidQuery


def _without_record(error: BaseException) -> Diagnosis:
    if isinstance(error, OSError):
        return Diagnosis(SourceUnavailable)
    if _TOO_LARGE in str(error):
        return Diagnosis(
            ValueDoesNotFit,
            "a value is longer than declared, or than the driver says of any; run "
            "`erp catalog refresh`, or leave the column out",
        )
    if _NO_WIRE_TYPE in str(error):
        return Diagnosis(UnsupportedType)
    return Diagnosis(InvalidQuery)


def _plain(message: str) -> str:
    """A driver's text without the names of the layers it came through."""
    return _NATIVE.sub("", _PREFIX.sub("", message.strip())).strip()


def _first_lines(message: str) -> str:
    lines = [line.strip().rstrip(".;") for line in message.splitlines() if line.strip()]
    return ", ".join(lines[:2])
