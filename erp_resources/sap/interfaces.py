"""Which functions of a system read tables, and what each can do: asked once, from its interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from erp_resources.errors import InvalidQuery, SettingsError
from erp_resources.sap.error_codes import NOT_FOUND
from erp_resources.sap.where import LINE
from erp_rfc import Function, Parameter

STANDARD = (
    "RFC_READ_TABLE",
    "BBP_RFC_READ_TABLE",
    "/BODS/RFC_READ_TABLE",
    "/SAPDS/RFC_READ_TABLE",
    "/SAPDS/RFC_READ_TABLE2",
)
"""Functions with the interface of RFC_READ_TABLE, in the order of preference."""

ALIGNED = frozenset({"BBP_RFC_READ_TABLE"})
"""Those that can return a FLTP beside other fields; the others dump."""

STRINGS = "ET_DATA"


@dataclass(frozen=True)
class ReadFunction:
    """A function that returns rows of any table as lines.

    Attributes:
        name: of the function.
        tables: parameters that take lines, with their characters, narrowest first: the narrowest
            that is wide enough is filled.
        has_strings: whether it also returns lines of any length, in ET_DATA.
        sorts: whether it returns rows in the order of the key on request.
        skips: whether it leaves out rows on request.
        option_width: characters of a line of OPTIONS.
    """

    name: str
    tables: tuple[tuple[str, int], ...]
    has_strings: bool = False
    sorts: bool = False
    skips: bool = False
    option_width: int = LINE

    @property
    def width(self) -> int:
        """Characters of the longest line."""
        return self.tables[-1][1]

    @property
    def aligns_floats(self) -> bool:
        """Whether it survives a FLTP beside other fields."""
        return self.name in ALIGNED

    def table_for(self, width: int) -> tuple[str, int]:
        """The parameter that is filled with lines of ``width`` characters, and its own width."""
        return next(table for table in self.tables if table[1] >= width)


def probed(
    describe: Callable[[str], Function], custom: Sequence[str], system: str
) -> tuple[ReadFunction, ...]:
    """The functions that this system has; ``custom`` ones come first and have to be there.

    Whether a user may call them shows when they are called.

    Raises:
        SettingsError: there is none.
        AccessDenied: this user may not ask for interfaces.
    """
    found: list[ReadFunction] = []
    for name in dict.fromkeys((*custom, *STANDARD)):
        try:
            found.append(read_function(describe(name)))
        except InvalidQuery as error:
            if error.code != NOT_FOUND or name in custom:
                raise
    if not found:
        raise SettingsError(
            f"{system}: this system has no function that reads tables; name one in the setting "
            "`read_functions`"
        )
    return tuple(found)


def read_function(function: Function) -> ReadFunction:
    """What the interface of a function says.

    Raises:
        InvalidQuery: it is not that of RFC_READ_TABLE.
    """
    parameters = {parameter.name: parameter for parameter in function.parameters}
    missing = {"QUERY_TABLE", "OPTIONS", "FIELDS", "ROWCOUNT"} - parameters.keys()
    tables = [(p.name, p.fields[0].length) for p in function.parameters if _takes_lines(p)]
    if missing or not tables:
        raise InvalidQuery(
            f"function {function.name!r} does not have the interface of RFC_READ_TABLE: "
            f"{', '.join(sorted(missing)) or 'a table of lines'} is missing"
        )
    return ReadFunction(
        function.name,
        tuple(sorted(tables, key=lambda table: table[1])),
        has_strings=STRINGS in parameters and "USE_ET_DATA_4_RETURN" in parameters,
        sorts="GET_SORTED" in parameters,
        skips="ROWSKIPS" in parameters,
        option_width=parameters["OPTIONS"].fields[0].length,
    )


def _takes_lines(parameter: Parameter) -> bool:
    is_output = parameter.direction == "TABLES" and parameter.name not in ("OPTIONS", "FIELDS")
    return is_output and len(parameter.fields) == 1 and parameter.fields[0].type == "CHAR"
