"""By which function a table's columns are read, and in how many groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from erp_resources.errors import UnsupportedType
from erp_resources.sap.groups import grouped
from erp_resources.sap.interfaces import ReadFunction
from erp_resources.sap.types import Fetched


@dataclass(frozen=True)
class Plan:
    """How one table is read.

    Attributes:
        function: that returns its lines.
        groups: the columns of each call, the key among each if there are several.
        as_strings: whether lines come in ET_DATA, split at a delimiter.
    """

    function: ReadFunction
    groups: tuple[tuple[Fetched, ...], ...] = field(default=())
    as_strings: bool = False


def planned(
    functions: Sequence[ReadFunction], columns: Sequence[Fetched], shared: Sequence[Fetched]
) -> Plan:
    """The way with the fewest calls; lines of a fixed width before ET_DATA, which travels slower.

    Args:
        functions: those of the system, in the order of preference.
        columns: those to read.
        shared: the key and witnesses, which every group carries.

    Raises:
        UnsupportedType: no function of this system can carry a column.
    """
    wanted = [*shared, *(column for column in columns if column not in shared)]
    plans, refusal = _in_lines(functions, wanted, shared)
    strings = [function for function in functions if function.has_strings]
    best = min(plans, key=lambda plan: len(plan.groups), default=None)
    if best is not None and (len(best.groups) == 1 or not strings):
        return best
    if strings:
        return Plan(strings[0], (tuple(wanted),), as_strings=True)
    raise refusal or UnsupportedType("no function of this system returns lines")


def _in_lines(
    functions: Sequence[ReadFunction], wanted: Sequence[Fetched], shared: Sequence[Fetched]
) -> tuple[list[Plan], UnsupportedType | None]:
    plans: list[Plan] = []
    refusal: UnsupportedType | None = None
    for function in functions:
        try:
            _refuse_dumps(function, wanted)
            groups = grouped(wanted, shared, function.width)
        except UnsupportedType as error:
            refusal = refusal or error
        else:
            plans.append(Plan(function, tuple(map(tuple, groups))))
    return plans, refusal


def _refuse_dumps(function: ReadFunction, columns: Sequence[Fetched]) -> None:
    """Refuse columns at which the function ends in a short dump, and the connection with it."""
    for column in columns:
        if column.type.is_unbounded:
            raise UnsupportedType(
                f"column {column.name!r} is a {column.type.name}, which {function.name} cannot "
                "return in lines; leave it out with `columns`, or have a function that returns "
                "ET_DATA or typed rows"
            )
        if column.type.name == "FLTP" and len(columns) > 1 and not function.aligns_floats:
            raise UnsupportedType(
                f"column {column.name!r} is a FLTP, at which {function.name} dumps; leave it out "
                "with `columns`, or have BBP_RFC_READ_TABLE or a function that returns typed rows"
            )
