"""Marks in a translated statement: tables whose rows depend on the session, and parameters."""

import re
from collections.abc import Mapping

_TABLE = re.compile("\x01(\\d+)\x01")
_PARAMETER = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w+)""")


def table_marker(object_id: int) -> str:
    """What stands for a loaded table in a translation."""
    return f"\x01{object_id}\x01"


def put_tables(sql: str, relations: Mapping[int, str]) -> str:
    """Replace the markers by relations, by object id."""
    return _TABLE.sub(lambda found: relations[int(found[1])], sql)


def tables_in(sql: str) -> set[int]:
    """Object ids of the tables whose markers stand in ``sql``."""
    return {int(found) for found in _TABLE.findall(sql)}


def parameters_in(sql: str) -> frozenset[str]:
    """Names of the parameters in a DuckDB statement."""
    return frozenset(found[1] for found in _PARAMETER.finditer(sql) if found[1])
