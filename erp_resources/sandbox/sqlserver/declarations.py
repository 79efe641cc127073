"""Declarations of a statement's parameters, as ``sp_executesql`` and ``sp_prepare`` take them."""

import re

from erp_resources.sandbox.sqlserver.datatypes import parse_type
from erp_resources.sandbox.sqlserver.types import MAX, Parameter, SqlServerError, SqlType

_DECLARATION = re.compile(
    r"\s*(?P<name>@[\w@#$]+)\s+(?:as\s+)?(?P<type>[^,(@]+?(?:\([^)]*\))?)"
    r"(?:\s+(?P<output>output|out))?\s*(?:,|$)",
    re.IGNORECASE,
)
_LONG_TYPES = {
    "text": SqlType("varchar", MAX),
    "ntext": SqlType("nvarchar", MAX),
    "image": SqlType("varbinary", MAX),
}
"""Types that the engine knows by their successors."""

_INCORRECT_SYNTAX = 102


def read_declarations(text: str) -> list[Parameter]:
    """The parameters that ``text`` declares, values NULL: ``@P1 int, @P2 decimal(18,4) OUTPUT``.

    Raises:
        SqlServerError: 102 for what is no declaration, 243 for a type that there is not.
    """
    parameters: list[Parameter] = []
    at = 0
    while text[at:].strip():
        match = _DECLARATION.match(text, at)
        if match is None:
            near = text[at:].split(maxsplit=1)[0]
            raise SqlServerError(_INCORRECT_SYNTAX, f"Incorrect syntax near '{near}'.", severity=15)
        is_output = match["output"] is not None
        parameters.append(Parameter(match["name"], _type(match["type"]), None, output=is_output))
        at = match.end()
    return parameters


def _type(spelling: str) -> SqlType:
    return _LONG_TYPES.get(spelling.lower()) or parse_type(spelling)
