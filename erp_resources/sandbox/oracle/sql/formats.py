"""Oracle's date format models as DuckDB expressions, in both directions."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from erp_resources.sandbox.oracle.datatypes import Kind
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.types import OracleError

_ELEMENTS = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<element>SYYYY|YYYY|RRRR|IYYY|YYY|YY|RR|Y|IW|WW|W|Q|MONTH|MON|MM|RM|'
    r"DDD|DD|DAY|DY|D|J|HH24|HH12|HH|MI|SSSSS|SS|FF[1-9]?|AM|PM|A\.M\.|P\.M\.|TZH|TZM|TZR|X|CC|"
    r"FM|FX|TS|DS|DL|TH|SP|BC|AD|EE|E)|(?P<mark>[^A-Z0-9\"])",
    re.IGNORECASE,
)
_MONTHS = "['JAN','FEB','MAR','APR','MAY','JUN','JUL','AUG','SEP','OCT','NOV','DEC']"


@dataclass(frozen=True)
class Moment:
    """SQL of a local TIMESTAMP and of its offset in minutes; ``kind`` is the Oracle type's."""

    local: str
    offset: str
    kind: Kind


@dataclass(frozen=True)
class _Piece:
    element: str
    """Upper case, empty for plain text."""
    spelled: str


def _split(model: str) -> list[_Piece]:
    pieces, at = [], 0
    while at < len(model):
        found = _ELEMENTS.match(model, at)
        if found is None:
            raise OracleError(1821, "date format not recognized")
        element = found["element"]
        plain = found["quoted"] if found["quoted"] is not None else found["mark"]
        pieces.append(_Piece(element.upper() if element else "", element or plain or ""))
        at = found.end()
    return pieces


_STRFTIME = {
    "YYYY": "%Y", "RRRR": "%Y", "IYYY": "%G", "YY": "%y", "RR": "%y", "IW": "%V", "MM": "%m",
    "DDD": "%j", "DD": "%d", "HH24": "%H", "HH12": "%I", "HH": "%I", "MI": "%M", "SS": "%S",
}  # fmt: skip
_COMPUTED = {
    "Q": "CAST(quarter({0}) AS VARCHAR)",
    "D": "CAST(dayofweek({0}) + 1 AS VARCHAR)",
    "W": "CAST((day({0}) - 1) // 7 + 1 AS VARCHAR)",
    "WW": "lpad(CAST((dayofyear({0}) - 1) // 7 + 1 AS VARCHAR), 2, '0')",
    "J": "CAST(CAST(floor(epoch({0}) / 86400) AS BIGINT) + 2440588 AS VARCHAR)",
    "SSSSS": "lpad(CAST(CAST(floor(epoch(CAST({0} AS TIME))) AS BIGINT) AS VARCHAR), 5, '0')",
    "YYY": "right(strftime({0}, '%Y'), 3)",
    "Y": "right(strftime({0}, '%Y'), 1)",
    "X": "'.'",
}
_NAMES = {"MONTH": ("%B", 9), "MON": ("%b", 0), "DAY": ("%A", 9), "DY": ("%a", 0)}
_HALVES = frozenset({"AM", "PM", "A.M.", "P.M."})
_ZONE = {
    "TZH": "(CASE WHEN {1} < 0 THEN '-' ELSE '+' END || lpad(CAST(abs({1}) // 60 AS VARCHAR), 2, '0'))",  # noqa: E501 one expression
    "TZM": "lpad(CAST(abs({1}) % 60 AS VARCHAR), 2, '0')",
}
_ZONE["TZR"] = f"({_ZONE['TZH']} || ':' || {_ZONE['TZM']})"


def to_text(moment: Moment, model: str) -> str:
    """SQL that formats a moment under a model, as ``TO_CHAR`` does.

    Raises:
        OracleError: ORA-01821 or ORA-03001 for the model.
    """
    parts: list[str] = []
    filled = True
    for piece in _split(model):
        if piece.element == "FM":
            filled = not filled
        else:
            parts.append(_format(moment, piece, filled=filled))
    joined = " || ".join(parts) or "''"
    return f"nullif({joined}, '')"


def _format(moment: Moment, piece: _Piece, *, filled: bool) -> str:
    element = piece.element
    if not element:
        return _quote(piece.spelled)
    if element in _STRFTIME:
        number = f"strftime({moment.local}, '{_STRFTIME[element]}')"
        return number if filled else f"CAST(CAST({number} AS INTEGER) AS VARCHAR)"
    if element in _COMPUTED:
        return _COMPUTED[element].format(moment.local)
    if element in _NAMES:
        return _name(moment.local, piece, filled=filled)
    return _half(moment.local, piece) if element in _HALVES else _fine(moment, piece)


def _half(local: str, piece: _Piece) -> str:
    shown = f"strftime({local}, '%p')"
    if "." in piece.element:
        shown = f"(substr({shown}, 1, 1) || '.M.')"
    return shown if piece.spelled.isupper() else f"lower({shown})"


def _fine(moment: Moment, piece: _Piece) -> str:
    """Fractions of a second and time zones, which a DATE does not have."""
    element = piece.element
    if element.startswith("FF") and moment.kind is not Kind.DATE:
        digits = int(element[2:] or 6)
        return f"rpad(substr(strftime({moment.local}, '%f'), 1, {digits}), {digits}, '0')"
    if element in _ZONE and moment.kind in {Kind.TIMESTAMP_TZ, Kind.TIMESTAMP_LTZ}:
        return _ZONE[element].format(moment.local, moment.offset)
    if element.startswith("FF") or element in _ZONE:
        raise OracleError(1821, "date format not recognized")
    raise unimplemented(f"date format element {piece.spelled}")


def _name(local: str, piece: _Piece, *, filled: bool) -> str:
    pattern, width = _NAMES[piece.element]
    name = f"strftime({local}, '{pattern}')"
    if piece.spelled.isupper():
        name = f"upper({name})"
    elif piece.spelled.islower():
        name = f"lower({name})"
    return f"rpad({name}, {width}, ' ')" if filled and width else name


def _quote(content: str) -> str:
    return "'" + content.replace("'", "''") + "'"


_DIGITS = {
    "YYYY": ("year", 4), "RRRR": ("year", 4), "YY": ("short", 2), "RR": ("round", 2),
    "MM": ("month", 2), "DD": ("day", 2), "HH24": ("hour", 2), "HH12": ("hour", 2),
    "HH": ("hour", 2), "MI": ("minute", 2), "SS": ("second", 2), "TZM": ("zone_minute", 2),
}  # fmt: skip
_WORDS = {"MON": "mon", "MONTH": "mon", "AM": "half", "PM": "half", "A.M.": "half", "P.M.": "half"}
_TIME = frozenset({"hour", "minute", "second", "fraction", "half", "zone_hour", "zone_minute", ""})


@dataclass
class _Reader:
    """The pattern of a model and the names of its groups, in order."""

    pattern: str
    groups: list[str]


def from_text(source: str, model: str, session_offset: int) -> tuple[str, bool]:
    """SQL that reads text under a model, as ``TO_DATE`` and ``TO_TIMESTAMP`` do.

    Args:
        source: SQL of the text.
        model: the format model.
        session_offset: minutes east of UTC for a zone that the text leaves out.

    Returns:
        The SQL, and whether it yields a timestamp with time zone (else a timestamp).

    Raises:
        OracleError: ORA-01821 or ORA-03001 for the model.
    """
    reader = _reader([piece for piece in _split(model) if piece.element != "FM"])
    names = ", ".join(f"'{name}'" for name in reader.groups)
    trimmed = f"trim({source})"
    fields = f"regexp_extract({trimmed}, {_quote(reader.pattern)}, [{names}])"

    def field(name: str) -> str:
        return f"nullif(struct_extract({fields}, '{name}'), '')"

    built = _moment(reader.groups, field)
    checks = _checks(reader.groups, field)
    zoned = "zone_hour" in reader.groups
    if zoned:
        built = _with_zone(built, reader.groups, field, session_offset)
    sql = (
        f"(CASE WHEN {source} IS NULL THEN NULL "
        f"WHEN NOT regexp_full_match({trimmed}, {_quote(reader.pattern)}) "
        f"THEN error('ORA-01861: literal does not match format string') {checks}ELSE {built} END)"
    )
    return sql, zoned


def _reader(pieces: list[_Piece]) -> _Reader:
    pattern, groups, tail = "(?i)", [], 0
    optional_from = _optional_tail(pieces)
    for index in range(len(pieces)):
        name, part = _piece_pattern(pieces, index)
        if name in groups:
            raise OracleError(1810, "format code appears twice")
        if index >= optional_from:
            # Text may end before the time of day does: '2024-01-31' is read by a longer model.
            part, tail = f"(?:{part}", tail + 1
        pattern += part
        if name:
            groups.append(name)
    return _Reader(pattern + ")?" * tail, groups)


def _optional_tail(pieces: list[_Piece]) -> int:
    """Index from which a model holds nothing but the time of day."""
    at = len(pieces)
    while at and _group(pieces[at - 1]) in _TIME:
        at -= 1
    return at if at else len(pieces)


def _group(piece: _Piece) -> str:
    element = piece.element
    if element in _DIGITS:
        return _DIGITS[element][0]
    if element in _WORDS:
        return _WORDS[element]
    if element.startswith("FF"):
        return "fraction"
    if element in {"TZH", "TZR"}:
        return "zone_hour"
    if element in {"", "X"}:
        return ""
    raise unimplemented(f"date format element {piece.spelled} in a conversion from text")


def _piece_pattern(pieces: list[_Piece], index: int) -> tuple[str, str]:
    piece, name = pieces[index], _group(pieces[index])
    if name == "":
        return "", _separator(pieces, index)
    if name == "mon":
        return name, "([A-Za-z]{3,9})"
    if name == "half":
        return name, r"([AP]\.?M\.?)"
    if name == "fraction":
        return name, r"(\d{0,9})"
    if name == "zone_hour":
        return name, r"([+-]?\d{1,2}(?::\d{2})?)" if piece.element == "TZR" else r"([+-]?\d{1,2})"
    digits = _DIGITS[piece.element][1]
    following = pieces[index + 1] if index + 1 < len(pieces) else None
    exact = following is not None and following.element in _DIGITS
    return name, rf"(\d{{{digits}}})" if exact else rf"(\d{{1,{digits}}})"


def _separator(pieces: list[_Piece], index: int) -> str:
    """Quoted letters match themselves; any punctuation, or none, matches punctuation."""
    spelled = "" if pieces[index].element else pieces[index].spelled
    if any(char.isalnum() for char in spelled):
        return re.escape(spelled)
    before_zone = index + 1 < len(pieces) and _group(pieces[index + 1]) == "zone_hour"
    return "[^0-9A-Za-z+-]?" if before_zone else "[^0-9A-Za-z]?"


def _moment(groups: list[str], field: Callable[[str], str]) -> str:
    def number(name: str, otherwise: str) -> str:
        if name not in groups:
            return otherwise
        return f"coalesce(CAST({field(name)} AS BIGINT), {otherwise})"

    hour = number("hour", "0")
    if "half" in groups:
        hour = f"({hour} % 12 + CASE WHEN {field('half')} ILIKE 'p%' THEN 12 ELSE 0 END)"
    seconds = f"CAST({number('second', '0')} AS DOUBLE)"
    moment = (
        f"make_timestamp({_year(groups, number)}, {_month(groups, field, number)}, "
        f"{number('day', '1')}, {hour}, {number('minute', '0')}, {seconds})"
    )
    if "fraction" not in groups:
        return moment
    micros = f"CAST(rpad(substr(coalesce({field('fraction')}, '0'), 1, 6), 6, '0') AS BIGINT)"
    return f"({moment} + to_microseconds({micros}))"


def _year(groups: list[str], number: Callable[[str, str], str]) -> str:
    if "year" in groups:
        return number("year", "0")
    this_year = "year(CAST($now AS TIMESTAMP))"
    if "short" in groups:
        return f"({this_year} // 100 * 100 + {number('short', '0')})"
    if "round" in groups:
        two = number("round", "0")
        return f"({this_year} // 100 * 100 + {two} - CASE WHEN {two} >= 50 THEN 100 ELSE 0 END)"
    return this_year


def _month(
    groups: list[str], field: Callable[[str], str], number: Callable[[str, str], str]
) -> str:
    if "mon" in groups:
        return f"list_position({_MONTHS}, upper(substr({field('mon')}, 1, 3)))"
    return number("month", "month(CAST($now AS TIMESTAMP))")


def _checks(groups: list[str], field: Callable[[str], str]) -> str:
    limits = {
        "month": (1, 12, "ORA-01843: not a valid month"),
        "day": (1, 31, "ORA-01847: day of month must be between 1 and last day of month"),
        "hour": (0, 23, "ORA-01850: hour must be between 0 and 23"),
        "minute": (0, 59, "ORA-01851: minutes must be between 0 and 59"),
        "second": (0, 59, "ORA-01852: seconds must be between 0 and 59"),
    }
    if "half" in groups:
        limits["hour"] = (1, 12, "ORA-01849: hour must be between 1 and 12")
    checks = [
        f"WHEN CAST({field(name)} AS BIGINT) NOT BETWEEN {low} AND {high} THEN error('{error}') "
        for name, (low, high, error) in limits.items()
        if name in groups
    ]
    if "fraction" in groups:
        checks.append(
            f"WHEN rtrim(substr({field('fraction')}, 7), '0') <> '' THEN "
            "error('ORA-03001: unimplemented feature: fractions finer than microseconds') "
        )
    if "mon" in groups:
        known = f"list_contains({_MONTHS}, upper(substr({field('mon')}, 1, 3)))"
        checks.append(f"WHEN NOT {known} THEN error('ORA-01843: not a valid month') ")
    return "".join(checks)


def _with_zone(
    moment: str, groups: list[str], field: Callable[[str], str], session_offset: int
) -> str:
    hours = f"split_part({field('zone_hour')}, ':', 1)"
    minutes = f"nullif(split_part({field('zone_hour')}, ':', 2), '')"
    if "zone_minute" in groups:
        minutes = field("zone_minute")
    sign = f"CASE WHEN {hours} LIKE '-%' THEN -1 ELSE 1 END"
    offset = (
        f"coalesce(CAST({hours} AS BIGINT) * 60 + {sign} * "
        f"coalesce(CAST({minutes} AS BIGINT), 0), {session_offset})"
    )
    return f"ora.zoned({moment}, {offset})"
