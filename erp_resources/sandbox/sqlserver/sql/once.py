"""SQL that uses a value several times and has it computed, and planned, once."""

import zlib
from collections.abc import Callable

_SHORT = 60
"""Characters up to which SQL is simply repeated."""


def once(sql: str, use: Callable[[str], str]) -> str:
    """SQL that says something about a value, e.g. a check that gives it back.

    Repeated in each of several nested checks, an expression would grow with every level to a
    multiple of its length.

    Args:
        sql: the value.
        use: given SQL for the value, which may be repeated, the SQL to return.
    """
    if len(sql) <= _SHORT:
        return use(sql)
    # The same value has the same name everywhere, so that equal expressions stay equal.
    name = f"x{zlib.crc32(sql.encode()):x}"
    return f"list_transform([{sql}], lambda {name}: {use(name)})[1]"
