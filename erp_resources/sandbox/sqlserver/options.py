"""What SET changes in a session."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error, syntax_error

SNAPSHOT = "SNAPSHOT"
PINNED = frozenset({SNAPSHOT, "REPEATABLE READ", "SERIALIZABLE"})
"""Levels under which a transaction reads one SCN throughout.

A real server locks for REPEATABLE READ and SERIALIZABLE instead; the reader sees the same rows.
"""
_LEVELS = PINNED | {"READ COMMITTED", "READ UNCOMMITTED"}


@dataclass(frozen=True)
class Options:
    """The SET options that the engine minds. ``lock_timeout`` in milliseconds, -1 is for ever."""

    isolation: str = "READ COMMITTED"
    nocount: bool = False
    implicit_transactions: bool = False
    xact_abort: bool = False
    lock_timeout: int = -1


_ALWAYS_ON = frozenset(
    {
        "ANSI_DEFAULTS",
        "ANSI_NULLS",
        "ANSI_NULL_DFLT_ON",
        "ANSI_PADDING",
        "ANSI_WARNINGS",
        "ARITHABORT",
        "CONCAT_NULL_YIELDS_NULL",
        "QUOTED_IDENTIFIER",
    }
)
_ALWAYS_OFF = frozenset(
    {
        "ANSI_NULL_DFLT_OFF",
        "ARITHIGNORE",
        "CURSOR_CLOSE_ON_COMMIT",
        "FMTONLY",
        "NOEXEC",
        "NUMERIC_ROUNDABORT",
        "PARSEONLY",
        "SHOWPLAN_ALL",
        "SHOWPLAN_TEXT",
        "SHOWPLAN_XML",
    }
)
_WITHOUT_EFFECT = frozenset(
    {
        "CONTEXT_INFO",
        "DEADLOCK_PRIORITY",
        "NO_BROWSETABLE",
        "QUERY_GOVERNOR_COST_LIMIT",
        "REMOTE_PROC_TRANSACTIONS",
        "STATISTICS",
    }
)
_FIXED = {
    "LANGUAGE": {"US_ENGLISH"},
    "DATEFIRST": {"7"},
    "DATEFORMAT": {"MDY"},
    "ROWCOUNT": {"0"},
    # Texts are never cut.
    "TEXTSIZE": {"2147483647", "-1", "0"},
}


def with_option(options: Options, words: tuple[str, ...]) -> Options:
    """The options after ``SET`` with these words, in upper case.

    Raises:
        SqlServerError: 195 for an unknown option, 40000 for a value that the sandbox has not.
    """
    if not words:
        raise syntax_error("SET")
    name, *values = words
    if name == "TRANSACTION":
        return _with_isolation(options, values)
    value = values[-1] if values else ""
    names = [word for word in words[:-1] if word != ","] if "," in values else [name]
    for one in names:
        options = _with_one(options, one, value, values)
    return options


def _with_isolation(options: Options, words: list[str]) -> Options:
    level = " ".join(words[2:])
    if words[:2] != ["ISOLATION", "LEVEL"] or level not in _LEVELS:
        raise syntax_error(words[-1] if words else "TRANSACTION")
    return replace(options, isolation=level)


def _with_one(options: Options, name: str, value: str, values: list[str]) -> Options:
    changed = _CHANGES.get(name)
    if changed is not None:
        return changed(options, "".join(values))
    if name in _WITHOUT_EFFECT:
        return options
    if name in _ALWAYS_ON | _ALWAYS_OFF:
        fits = _switched(value) is (name in _ALWAYS_ON)
    elif name in _FIXED:
        fits = "".join(values) in _FIXED[name]
    else:
        raise sql_error(195, f"'{name}' is not a recognized SET option.")
    if not fits:
        raise not_here(f"SET {name} {value}")
    return options


_CHANGES: dict[str, Callable[[Options, str], Options]] = {
    "NOCOUNT": lambda old, value: replace(old, nocount=_switched(value)),
    "IMPLICIT_TRANSACTIONS": lambda old, value: replace(
        old, implicit_transactions=_switched(value)
    ),
    "XACT_ABORT": lambda old, value: replace(old, xact_abort=_switched(value)),
    "LOCK_TIMEOUT": lambda old, value: replace(old, lock_timeout=_number(value)),
}


def _switched(value: str) -> bool:
    if value not in {"ON", "OFF"}:
        raise syntax_error(value)
    return value == "ON"


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise syntax_error(text) from None
