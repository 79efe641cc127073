"""One translation under way: what it may look up and what it has used so far."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver.datatypes import storage
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion
from erp_resources.sandbox.sqlserver.sql.conversions import IMPLICIT, convert
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation, Scope
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlType

VARIABLE_PREFIX = "v_"


class Catalog(Protocol):
    """Where a translation looks up tables, for one user in one database."""

    def relation(self, database: str, schema: str, name: str) -> Relation:
        """The table or view of that name; database and schema may be empty.

        Raises:
            SqlServerError: 208, 229.
        """
        ...

    def writable(self, database: str, schema: str, name: str, right: str) -> StoredTable:
        """The table to change, if the user may.

        Raises:
            SqlServerError: 208, 229.
        """
        ...

    def function(self, name: str, arguments: Sequence[str]) -> Relation:
        """A function that gives a table, e.g. ``fn_my_permissions``.

        Raises:
            SqlServerError: 208.
        """
        ...

    def changes(self, database: str, schema: str, name: str, since: str) -> Relation:
        """``CHANGETABLE(CHANGES …)`` since a version, given as SQL.

        Raises:
            SqlServerError: 208, 229, 22105.
        """
        ...

    @property
    def hidden(self) -> str:
        """SQL of a list of the object ids that the user may not see, never empty."""
        ...


@dataclass(frozen=True)
class Query:
    """A compiled query; its columns are called ``c1``, ``c2`` … in DuckDB."""

    sql: str
    columns: tuple[OutColumn, ...]


@dataclass(frozen=True)
class Handlers:
    """The compilers of the three sorts of syntax, which call one another."""

    value: "Callable[[Context, exp.Expr], Value]"
    condition: "Callable[[Context, exp.Expr], str]"
    query: "Callable[[Compiler, exp.Expr, Scope], Query]"


@dataclass
class Compiler:
    """What all parts of one statement share.

    ``variables`` are the declared types in lower case, with their ``@``. ``undeclared`` is None,
    or collects the types that suit variables that nobody declared.
    """

    catalog: Catalog
    variables: Mapping[str, SqlType]
    handlers: Handlers
    undeclared: dict[str, SqlType | None] | None = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def fresh(self, prefix: str) -> str:
        """A name that this statement has not used."""
        return f"{prefix}{next(self._numbers)}"

    def suits(self, value: Value, kind: SqlType) -> None:
        """Remember that an undeclared variable stands where a value of ``kind`` belongs."""
        if self.undeclared is None or value.variable not in self.undeclared:
            return
        if self.undeclared[value.variable] is None:
            self.undeclared[value.variable] = kind


@dataclass(frozen=True)
class Context:
    """A place in the statement: the shared state and the names visible there."""

    compiler: Compiler
    scope: Scope

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

    def to(self, value: Value, kind: SqlType, how: Conversion = IMPLICIT) -> Value:
        """Convert a value."""
        if self.is_undeclared(value):
            self.compiler.suits(value, kind)
            return Value(f"CAST(NULL AS {storage(kind)})", kind, constant=True)
        return convert(value, kind, how)

    def is_undeclared(self, value: Value) -> bool:
        """Whether a value is a variable whose type is only being found."""
        undeclared = self.compiler.undeclared
        return undeclared is not None and value.variable in undeclared

    def variable(self, name: str) -> Value:
        """A variable, ``name`` with its ``@``.

        Raises:
            SqlServerError: 137, nobody declared it.
        """
        key = name.lower()
        kind = self.compiler.variables.get(key)
        if kind is None:
            if self.compiler.undeclared is None:
                raise sql_error(137, f'Must declare the scalar variable "{name}".')
            self.compiler.undeclared.setdefault(key, None)
            kind = self.compiler.undeclared[key] or SqlType("nvarchar", 4000)
        sql = f"CAST(${variable_parameter(key)} AS {storage(kind)})"
        return Value(sql, kind, constant=True, variable=key)


def variable_parameter(name: str) -> str:
    """The DuckDB parameter of a variable; a name may hold what DuckDB's may not."""
    return VARIABLE_PREFIX + name.encode("utf-8").hex()


def refuse_other_args(
    node: exp.Expr, allowed: Sequence[str], names: Mapping[str, str] | None = None
) -> None:
    """Refuse a node with an argument that its compiler does not read.

    Args:
        node: a node of the syntax tree.
        allowed: the arguments that the compiler reads.
        names: what to call the others in the error; else their own name.

    Raises:
        SqlServerError: 40000.
    """
    for key, argument in node.args.items():
        if argument and key not in allowed:
            raise not_here((names or {}).get(key, key.rstrip("_").upper()))
