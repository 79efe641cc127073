"""Oracle's error messages, and what DuckDB's errors become."""

import re

import duckdb

from erp_resources.sandbox.oracle.types import OracleError


def unimplemented(what: str) -> OracleError:
    """The sandbox understands the request and cannot serve it."""
    return OracleError(3001, f"unimplemented feature: {what}")


def invalid_identifier(name: str) -> OracleError:
    """A column or function that does not exist; ``name`` as Oracle quotes it."""
    return OracleError(904, f"{name}: invalid identifier")


def no_table() -> OracleError:
    """A table that does not exist or that the user may not see."""
    return OracleError(942, "table or view does not exist")


def not_ended() -> OracleError:
    """Something follows where the statement should end."""
    return OracleError(933, "SQL command not properly ended")


def missing_expression() -> OracleError:
    """A list or clause without its expression."""
    return OracleError(936, "missing expression")


def inconsistent(expected: str, got: str) -> OracleError:
    """Types that cannot be compared or converted."""
    return OracleError(932, f"inconsistent datatypes: expected {expected} got {got}")


_RAISED = re.compile(r"ORA-(\d{5}): (.*)")
_BY_TEXT = (
    ("must appear in the GROUP BY clause", 979, "not a GROUP BY expression"),
    ("cannot contain aggregates", 934, "group function is not allowed here"),
    ("cannot contain window", 30483, "window functions are not allowed here"),
    ("aggregate function calls cannot be nested", 3001, "unimplemented feature: nested aggregates"),
    ("for SELECT DISTINCT, ORDER BY", 1791, "not a SELECTed expression"),
    ("More than one row returned", 1427, "single-row subquery returns more than one row"),
    ("Date out of range", 1839, "date not valid for month specified"),
    ("out of range", 1426, "numeric overflow"),
    ("Overflow", 1426, "numeric overflow"),
)


def from_duckdb(error: duckdb.Error) -> OracleError:
    """The ORA- error for something that DuckDB refused or could not finish.

    Anything unexpected becomes ORA-03001 with DuckDB's words: a statement that the sandbox cannot
    run is refused, whatever the reason.
    """
    message = str(error)
    raised = _RAISED.search(message)
    if raised:
        return OracleError(int(raised[1]), raised[2].strip())
    if isinstance(error, duckdb.InterruptException):
        return OracleError(1013, "user requested cancel of current operation")
    if isinstance(error, duckdb.OutOfMemoryException):
        return OracleError(4030, "out of process memory when trying to allocate")
    for fragment, code, reason in _BY_TEXT:
        if fragment in message:
            return OracleError(code, reason)
    if isinstance(error, duckdb.ConversionException):
        return OracleError(1722, "invalid number")
    return unimplemented(message.splitlines()[0][:200])
