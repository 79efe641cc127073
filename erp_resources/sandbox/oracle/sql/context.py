"""One translation under way: what it may look up and what it has used so far."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlglot import exp

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.oracle.datatypes import (
    DATE,
    DOUBLE,
    MAX_DIGITS,
    RAW,
    TIMESTAMP,
    TIMESTAMP_TZ,
    UNKNOWN,
    WHOLE,
    DataType,
    free_number,
    text,
)
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.parse import BIND_PREFIX
from erp_resources.sandbox.oracle.sql.scope import OutColumn, Relation, Scope
from erp_resources.sandbox.oracle.sql.settings import Settings
from erp_resources.sandbox.oracle.sql.values import MAX_SCALE, Converter, Value
from erp_resources.sandbox.oracle.types import OracleError


class Catalog(Protocol):
    """Where a translation looks up tables, for one user."""

    def relation(self, schema: str, name: str) -> Relation:
        """The table or view of that name; ``schema`` may be empty.

        Raises:
            OracleError: ORA-00942.
        """
        ...

    def check_flashback(self, stored: StoredTable) -> None:
        """Raise ORA-01031 if the user may not read the table's past."""
        ...

    def check_write(self, stored: StoredTable) -> None:
        """Raise ORA-01031 if the user may not change the table."""
        ...


@dataclass(frozen=True)
class Query:
    """A compiled query; its columns are called ``c1``, ``c2`` … in DuckDB."""

    sql: str
    columns: tuple[OutColumn, ...]


@dataclass(frozen=True)
class PastRead:
    """A table read AS OF an SCN: the parameter for it and the SQL that yields its value."""

    parameter: str
    scn_sql: str
    stored: StoredTable


@dataclass(frozen=True)
class Handlers:
    """The compilers of the three sorts of syntax, which call one another."""

    value: "Callable[[Context, exp.Expr], Value]"
    condition: "Callable[[Context, exp.Expr], str]"
    query: "Callable[[Compiler, exp.Expr, Scope], Query]"


@dataclass
class Compiler:
    """What all parts of one statement share."""

    settings: Settings
    catalog: Catalog
    bind_types: Sequence[DataType]
    handlers: Handlers
    past_reads: list[PastRead] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def converter(self) -> Converter:
        """The session's conversions."""
        return Converter(self.settings)

    def fresh(self, prefix: str) -> str:
        """A name that this statement has not used."""
        return f"{prefix}{next(self._numbers)}"


@dataclass(frozen=True)
class Context:
    """A place in the statement: the shared state and the names visible there."""

    compiler: Compiler
    scope: Scope

    @property
    def to(self) -> Converter:
        """The session's conversions."""
        return self.compiler.converter

    def value(self, node: exp.Expr) -> Value:
        """Compile a value."""
        return self.compiler.handlers.value(self, node)

    def condition(self, node: exp.Expr) -> str:
        """Compile a condition."""
        return self.compiler.handlers.condition(self, node)

    def query(self, node: exp.Expr) -> Query:
        """Compile a subquery that sees this place's names."""
        inner = Scope(parent=self.scope, ctes=self.scope.ctes)
        return self.compiler.handlers.query(self.compiler, node, inner)

    def bind(self, node: exp.Placeholder) -> Value:
        """A bind variable under the type of the value that was bound."""
        name = node.name
        kind = self.compiler.bind_types[int(name.removeprefix(BIND_PREFIX))]
        return Value(f"CAST(${name} AS {kind.storage})", kind, constant=True, bind=name)


def refuse_other_args(node: exp.Expr, allowed: Sequence[str], names: Mapping[str, str]) -> None:
    """Refuse a node with an argument that its compiler does not read.

    Args:
        node: a node of the syntax tree.
        allowed: the arguments that the compiler reads.
        names: what to call the others in the error; else their own name.

    Raises:
        OracleError: ORA-03001.
    """
    for key, argument in node.args.items():
        if argument and key not in allowed:
            raise unimplemented(names.get(key, key.rstrip("_").upper()))


def bind_type(value: object) -> DataType:
    """The type under which a Python value is bound.

    Raises:
        OracleError: ORA-03001 for a value that the sandbox cannot hold exactly.
    """
    if value is None or value == "":
        return UNKNOWN
    for python, kind in _BIND_TYPES:
        if isinstance(value, python):
            return kind(value)
    raise unimplemented(f"bind of a {type(value).__name__}")


def _moment_type(moment: datetime) -> DataType:
    if moment.tzinfo:
        return TIMESTAMP_TZ
    return TIMESTAMP if moment.microsecond else DATE


def _number_type(number: Decimal) -> DataType:
    if not number.is_finite():
        raise OracleError(1426, "numeric overflow")
    sign_digits_exponent = number.normalize().as_tuple()
    decimals = max(0, -int(sign_digits_exponent.exponent))
    if decimals == 0 and abs(number) < 2**63:
        return WHOLE
    # Few storages, so that a statement is not compiled again for each value.
    scale = next((scale for scale in (0, 2, 5, 10, MAX_SCALE) if decimals <= scale), MAX_DIGITS + 1)
    if scale > MAX_SCALE or number.adjusted() + 1 + scale > MAX_DIGITS:
        raise unimplemented(f"number of {len(sign_digits_exponent.digits)} digits as a bind")
    return free_number(scale)


# Lengths of text and RAW are not told: a statement is compiled once for all of them.
_BIND_TYPES: tuple[tuple[Any, Callable[[Any], DataType]], ...] = (
    (str, lambda _: text()),
    (int | Decimal, lambda value: _number_type(Decimal(value))),
    (float, lambda _: DOUBLE),
    (bytes, lambda _: RAW),
    (datetime, _moment_type),
)


def bind_value(value: object) -> Any:
    """A Python value as DuckDB takes it as a parameter."""
    if isinstance(value, datetime) and value.tzinfo:
        offset = value.utcoffset()
        assert offset is not None  # noqa: S101 tzinfo is set
        return {
            "utc": (value - offset).replace(tzinfo=None),
            "offset_minutes": int(offset.total_seconds() // 60),
        }
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value == "" else value
