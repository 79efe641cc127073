"""What an error of Oracle or of its driver means: the codes, as data, and their translation.

The lists follow python-oracledb's ``errors.py``, SQLAlchemy, Debezium and Spring. A code that is
in none of them is permanent: an unknown fault must not be repeated blindly.
"""

import re
import socket
import ssl

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


def _codes(prefix: str, *numbers: int) -> frozenset[str]:
    digits = 5 if prefix == "ORA" else 4
    return frozenset(f"{prefix}-{number:0{digits}}" for number in numbers)


# Killed, idle too long, instance gone, socket broken; the driver reports most as DPY-4011.
SESSION_DEAD = (
    _codes("ORA", 22, 28, 31, 45, 378, 600, 602, 603, 609, 1012, 1041, 1043, 1089, 1092, 2396)
    | _codes("ORA", 3113, 3114, 3122, 3135, 12153, 12537, 12547, 12570, 12571, 12583)
    | _codes("ORA", 27146, 28511, 56600)
    | _codes("DPY", 1001, 4011, 4033)
    | _codes("DPI", 1010, 1080)
)

# Starting, stopping, listener down or without a free handler, files offline, timed out.
NO_SESSION = (
    _codes("ORA", 376, 1033, 1034, 1090, 1115, 12170, 12514, 12516, 12519, 12520, 12541, 12543)
    | _codes("ORA", 12757, 16456)
    | _codes("DPY", 4005, 6000, 6005)
)

# Limits of sessions, memory and temporary space, locks, deadlock, serialization, packages just
# recompiled.
BUSY = _codes("ORA", 18, 20, 54, 60, 604, 1652, 2391, 4030, 4068, 8177, 30006)

UNDO_GONE = _codes("ORA", 1466, 1555, 8176, 22924)

CALL_TOO_LONG = _codes("DPY", 4024) | _codes("DPI", 1067)

# Password wrong, missing or expired, account locked; FAILED_LOGIN_ATTEMPTS is 10 by default.
LOGIN_REFUSED = _codes("ORA", 1005, 1017, 28000, 28001, 28003, 28009) | _codes("DPY", 4001)

NO_RIGHT = _codes("ORA", 1031, 1045, 1720, 41900)

NO_TABLE = _codes("ORA", 942, 4043)

BAD_VALUE = _codes("ORA", 1426, 1438) | _codes(
    "DPY", 4002, 4003, 4036, 4037, 4039, 4040, 4041, 4042, 8000, 8002
)

# Service, address, certificate, wallet, versions that do not go together.
BAD_SETTING = (
    _codes("ORA", 12154, 12505, 28040)
    | _codes("DPY", 3001, 3010, 3012, 3015, 3016, 3040, 4000, 4017, 4018, 4026, 4027, 4032)
    | _codes("DPY", 6001, 6002, 6003, 6006, 6008, 6009)
)

CLASSES: dict[type[ErpError], frozenset[str]] = {
    ConnectionLost: SESSION_DEAD,
    SourceUnavailable: NO_SESSION,
    SourceBusy: BUSY,
    SnapshotTooOld: UNDO_GONE,
    DeadlineExceeded: CALL_TOO_LONG,
    LoginRefused: LOGIN_REFUSED,
    AccessDenied: NO_RIGHT,
    TableNotFound: NO_TABLE,
    ValueDoesNotFit: BAD_VALUE,
    SettingsError: BAD_SETTING,
}

# These say that something went wrong further in; the code after them says what.
WRAPPERS = _codes("ORA", 604, 2063, 6512, 12801) | _codes("DPY", 6005)

REMEDIES: dict[type[ErpError], str] = {
    ConnectionLost: "read again on a new session",
    SourceUnavailable: "check that listener and database are up",
    SourceBusy: "try again later or with fewer sessions",
    SnapshotTooOld: "read in smaller pages, or have undo_retention raised",
    DeadlineExceeded: "read in smaller pages, or raise the call timeout",
    LoginRefused: "correct the password or unlock the account; it is not tried again",
    AccessDenied: "grant the account the missing right (to read a table: SELECT and FLASHBACK)",
    TableNotFound: "the table does not exist or the user may not read it (needs SELECT)",
    ValueDoesNotFit: "declare a wider type for the column",
    SettingsError: "correct the connection settings",
    UnsupportedType: "leave the column out or have it cast in a view",
    InvalidQuery: "correct the statement",
}

_CODE = re.compile(r"\b(ORA|DPY|DPI|TNS)-(\d{4,5})\b")
_NOISE = re.compile(r" ?\(CONNECTION_ID=[^)]*\)|\s*Help: \S+|(?:ORA|TNS)-06512:[^\n]*")


def codes_of(error: BaseException) -> list[str]:
    """Return the codes of ``error`` by attribute, then those in its text, as ``ORA-00942``."""
    info = error.args[0] if error.args else None
    found = [f"ORA-{number:05}"] if (number := getattr(info, "code", 0)) else []
    text = f"{getattr(info, 'full_code', '')} {error}"
    for prefix, digits in _CODE.findall(text):
        # Listener errors have the same numbers under both names.
        code = f"ORA-{int(digits):05}" if prefix in {"ORA", "TNS"} else f"{prefix}-{digits}"
        if code not in found:
            found.append(code)
    return found


def classify(codes: list[str]) -> tuple[type[ErpError], str | None]:
    """Return the class that ``codes`` mean, and the code that decided it."""
    known = [(kind, code) for code in codes if (kind := _class_of(code)) is not None]
    if "DPY-6005" in codes:  # no session was opened: that can be neither lost nor dead
        known = [pair for pair in known if pair[0] is not ConnectionLost]
    inner = [pair for pair in known if pair[1] not in WRAPPERS]
    if inner or known:
        return (inner or known)[0]
    return InvalidQuery, codes[0] if codes else None


def translate(
    error: BaseException, *, system: str, table: str | None = None, user: str | None = None
) -> ErpError:
    """Return the error of our tree that ``error`` means; raise it ``from error``.

    Args:
        error: What the driver or a socket raised; one of our own is returned unchanged.
        system: The system's key, which begins the message.
        table: The table being read, if one was.
        user: The account, if it matters to the remedy.
    """
    if isinstance(error, ErpError):
        return error
    kind, code = _of_network(error) or classify(codes_of(error))
    subject = " ".join(
        part
        for part in (
            f"table {table!r}" if table else "",
            f"as user {user!r}" if user else "",
        )
        if part
    )
    text = f"{system}: {subject}: " if subject else f"{system}: "
    return kind(f"{text}{_first_lines(error)}; {REMEDIES[kind]}", code=code)


def _class_of(code: str) -> type[ErpError] | None:
    for kind, codes in CLASSES.items():
        if code in codes:
            return kind
    if code.startswith("DPY-3"):
        return UnsupportedType
    if code.startswith("DPY-2"):
        return InvalidQuery
    return None


def _of_network(error: BaseException) -> tuple[type[ErpError], None] | None:
    """Classify what the socket layer raised, also underneath an error of the driver."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__
    if cause is None:
        return None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SettingsError, None
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
        return SettingsError, None
    if cause is not error:
        return None  # the driver's own code says more
    lost = isinstance(cause, BrokenPipeError | ConnectionResetError | ConnectionAbortedError)
    return (ConnectionLost if lost else SourceUnavailable), None


def _first_lines(error: BaseException) -> str:
    lines = _NOISE.sub("", str(error)).strip().splitlines()
    return ", ".join(line.strip().rstrip(".") for line in lines[:2] if line.strip())
