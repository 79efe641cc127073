"""What a table of functions holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.values import Value

Build = Callable[[Context, Sequence[exp.Expr]], Value]
MANY = 255


@dataclass(frozen=True)
class Function:
    """A function: how many arguments it takes and how a call of it is compiled."""

    build: Build
    least: int
    most: int
