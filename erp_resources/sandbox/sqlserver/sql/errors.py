"""SQL Server's error messages, and what DuckDB's errors become."""

import re

import duckdb

from erp_resources.sandbox.sqlserver.types import SqlServerError

NOT_HERE = 40000
"""The sandbox understands the request and cannot serve it."""

_SEVERITIES = {
    **dict.fromkeys((102, 105, 130, 137, 145, 156, 174, 189, 195, 1002, 1033, 1038, 10709), 15),
    **dict.fromkeys((134, 155, 178, 319, 487), 15),
    **dict.fromkeys((229, 2627), 14),
    4060: 11,
    1205: 13,
}


def sql_error(number: int, text: str) -> SqlServerError:
    """An error under the severity that ``sys.messages`` gives its number."""
    return SqlServerError(number, text, severity=_SEVERITIES.get(number, 16))


def not_here(what: str) -> SqlServerError:
    """Something that the sandbox does not serve."""
    return sql_error(NOT_HERE, f"not in the sandbox: {what}")


def syntax_error(near: str, line: int = 1) -> SqlServerError:
    """Text that is no T-SQL."""
    return SqlServerError(102, f"Incorrect syntax near '{near}'.", severity=15, line=line)


def no_object(name: str) -> SqlServerError:
    """A table or view that does not exist."""
    return sql_error(208, f"Invalid object name '{name}'.")


def no_column(name: str) -> SqlServerError:
    """A column that no table here has."""
    return sql_error(207, f"Invalid column name '{name}'.")


def no_function(name: str) -> SqlServerError:
    """A function that does not exist."""
    return sql_error(195, f"'{name}' is not a recognized built-in function name.")


def quote(content: str) -> str:
    """A DuckDB string literal."""
    return "'" + content.replace("'", "''") + "'"


def fail(number: int, text: str, *, value: str = "", rest: str = "") -> str:
    """SQL that raises an error when it is evaluated.

    Args:
        number: of the message.
        text: the message, or its beginning.
        value: SQL of a text to show after ``text``.
        rest: the end of the message.
    """
    shown = quote(f"Msg {number}: {text}")
    if value:
        shown += f" || coalesce({value}, 'NULL') || {quote(rest)}"
    return f"error({shown})"


_RAISED = re.compile(r"Msg (\d+): (.*)", re.DOTALL)
_INTEGERS = {"INT8": "smallint", "UINT8": "tinyint", "INT16": "smallint", "INT32": "int"}
_OVERFLOW = re.compile(r"Overflow in \w+ of (\w+)")
_OUT_OF_RANGE = re.compile(r"destination type (\w+)")
_AGGREGATE_IN_WHERE = (
    "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a "
    "HAVING clause or a select list, and the column being aggregated is an outer reference."
)
_NESTED_AGGREGATE = (
    "Cannot perform an aggregate function on an expression containing an aggregate or a subquery."
)
_SEVERAL_VALUES = (
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, "
    "<, <= , >, >= or when the subquery is used as an expression."
)
_BY_TEXT = (
    ("cannot contain aggregates", 147, _AGGREGATE_IN_WHERE),
    ("aggregate function calls cannot be nested", 130, _NESTED_AGGREGATE),
    (
        "cannot contain window",
        4108,
        "Windowed functions can only appear in the SELECT or ORDER BY clauses.",
    ),
    ("More than one row returned", 512, _SEVERAL_VALUES),
    (
        "Overflow in HUGEINT",
        8115,
        "Arithmetic overflow error converting expression to data type numeric.",
    ),
)


def aggregate_in_where() -> SqlServerError:
    """An aggregate where rows are chosen."""
    return sql_error(147, _AGGREGATE_IN_WHERE)


def from_duckdb(error: duckdb.Error) -> SqlServerError:
    """SQL Server's error for something that DuckDB refused or could not finish.

    Anything unexpected becomes 40000 with DuckDB's words: a statement that the sandbox cannot run
    is refused, whatever the reason.
    """
    message = str(error)
    raised = _RAISED.search(message)
    if raised:
        return sql_error(int(raised[1]), raised[2].strip())
    if isinstance(error, duckdb.OutOfMemoryException):
        return SqlServerError(701, "There is insufficient system memory to run this query.")
    if "must appear in the GROUP BY clause" in message:
        return _not_grouped(message)
    for fragment, number, text in _BY_TEXT:
        if fragment in message:
            return sql_error(number, text)
    found = _OVERFLOW.search(message) or _OUT_OF_RANGE.search(message)
    if found:
        name = _INTEGERS.get(found[1], "bigint" if found[1] == "INT64" else "numeric")
        return sql_error(
            8115, f"Arithmetic overflow error converting expression to data type {name}."
        )
    return not_here(message.splitlines()[0][:200])


def _not_grouped(message: str) -> SqlServerError:
    found = re.search(r'column "([^"]+)"', message)
    name = found[1] if found else "?"
    return sql_error(
        8120,
        f"Column '{name}' is invalid in the select list because it is not contained in either an "
        "aggregate function or the GROUP BY clause.",
    )
