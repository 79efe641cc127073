"""What a session has set and a translation depends on."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.types import OracleError


@dataclass(frozen=True)
class Settings:
    """The user, the schema of unqualified names and the NLS settings of one session."""

    user: str
    schema: str
    date_format: str = "DD-MON-RR"
    timestamp_format: str = "DD-MON-RR HH.MI.SSXFF AM"
    timestamp_tz_format: str = "DD-MON-RR HH.MI.SSXFF AM TZR"
    offset_minutes: int = 0
    """The session's time zone, minutes east of UTC."""


_SETTING = re.compile(
    r"\s*(?P<name>[A-Za-z_]+)\s*=\s*(?:'(?P<text>(?:[^']|'')*)'|\"(?P<quoted>[^\"]+)\"|(?P<word>[^\s]+))\s*"
)
_FORMATS: dict[str, Callable[[Settings, str], Settings]] = {
    "NLS_DATE_FORMAT": lambda old, value: replace(old, date_format=value),
    "NLS_TIMESTAMP_FORMAT": lambda old, value: replace(old, timestamp_format=value),
    "NLS_TIMESTAMP_TZ_FORMAT": lambda old, value: replace(old, timestamp_tz_format=value),
}
_FIXED = {
    "NLS_LANGUAGE": "AMERICAN",
    "NLS_TERRITORY": "AMERICA",
    "NLS_SORT": "BINARY",
    "NLS_COMP": "BINARY",
    "NLS_NUMERIC_CHARACTERS": ".,",
    "NLS_DATE_LANGUAGE": "AMERICAN",
    "NLS_LENGTH_SEMANTICS": "BYTE",
    "NLS_CALENDAR": "GREGORIAN",
    "NLS_NCHAR_CONV_EXCP": "FALSE",
}
"""NLS settings that the sandbox knows in one value only."""


def altered_settings(settings: Settings, assignments: str) -> Settings:
    """The settings after ``ALTER SESSION SET`` with these assignments.

    Raises:
        OracleError: ORA-02248 for an unknown name, ORA-03001 for a value other than the one that
            the sandbox knows.
    """
    at = 0
    while at < len(assignments):
        found = _SETTING.match(assignments, at)
        if found is None:
            raise OracleError(922, "missing or invalid option")
        value = found["text"] or found["quoted"] or found["word"] or ""
        settings = _assign(settings, found["name"].upper(), value.replace("''", "'"))
        at = found.end()
    return settings


def _assign(settings: Settings, name: str, value: str) -> Settings:
    if name == "CURRENT_SCHEMA":
        return replace(settings, schema=value.upper())
    if name in _FORMATS:
        return _FORMATS[name](settings, value)
    if name == "TIME_ZONE":
        minutes = offset_minutes(value)
        if minutes is None:
            raise unimplemented(f"session time zone {value!r} (use an offset)")
        return replace(settings, offset_minutes=minutes)
    if name not in _FIXED:
        raise OracleError(2248, "invalid option for ALTER SESSION")
    if value.upper() != _FIXED[name]:
        raise unimplemented(f"{name} = {value!r}")
    return settings


def offset_minutes(zone: str) -> int | None:
    """Minutes east of UTC of ``+02:00`` or ``UTC``; None for a named region."""
    if zone.upper() in {"UTC", "GMT", "ETC/UTC", "Z"}:
        return 0
    found = re.fullmatch(r"([+-]?)(\d{1,2}):(\d{2})", zone.strip())
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return -minutes if found[1] == "-" else minutes
