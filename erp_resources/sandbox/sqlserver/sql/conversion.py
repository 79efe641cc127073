"""How one conversion is asked for, and what its failure becomes."""

from dataclasses import dataclass

from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlType


@dataclass(frozen=True)
class Conversion:
    """How one conversion is asked for.

    Attributes:
        style: of CONVERT.
        safe: TRY_CAST and TRY_CONVERT: NULL instead of an error.
        explicit: whether it is spelled in the statement.
    """

    style: int = 0
    safe: bool = False
    explicit: bool = False

    def fail(self, number: int, text: str, *, value: str = "", rest: str = "") -> str:
        """SQL for a value that does not convert."""
        return "NULL" if self.safe else fail(number, text, value=value, rest=rest)

    def checked(self, sql: str, target: str, failure: str) -> str:
        """SQL of a cast whose failure is ``failure``."""
        if self.safe:
            return f"TRY_CAST({sql} AS {target})"
        return once(
            sql,
            lambda one: (
                f"coalesce(TRY_CAST({one} AS {target}), "
                f"CASE WHEN {one} IS NOT NULL THEN CAST({failure} AS {target}) END)"
            ),
        )


def unknown(value: Value, kind: SqlType) -> SqlServerError:
    """A conversion that the sandbox does not know."""
    return not_here(f"conversion from {value.type.name} to {kind.name}")
