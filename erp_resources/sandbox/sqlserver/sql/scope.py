"""Names: which column of which table an identifier means. Names do not mind their case."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from erp_resources.sandbox.database import ROW, SCN, StoredTable, quoted
from erp_resources.sandbox.sqlserver.datatypes import Family, family
from erp_resources.sandbox.sqlserver.sql.errors import no_column, sql_error
from erp_resources.sandbox.sqlserver.sql.values import Unit, Value
from erp_resources.sandbox.sqlserver.types import SqlType

NEXT_SCN = "next_scn"
"""Parameter with the SCN that an open transaction's changes would get."""


@dataclass(frozen=True)
class OutColumn:
    """A column of a table or of a query: its name, its name in DuckDB, how it is held."""

    name: str
    physical: str
    type: SqlType
    nullable: bool = True
    unit: Unit = "us"


@dataclass(frozen=True)
class Relation:
    """Something to select from: SQL that may stand in FROM, and its columns."""

    sql: str
    columns: tuple[OutColumn, ...]
    stored: StoredTable | None = None


@dataclass(frozen=True)
class Source:
    """A relation in a FROM clause under its name there and its alias in DuckDB."""

    name: str
    schema: str
    alias: str
    relation: Relation
    optional: bool = False
    """Whether an outer join may leave it empty."""

    @property
    def sql(self) -> str:
        """The item of the FROM clause."""
        return f"{self.relation.sql} AS {self.alias}"

    def value(self, column: OutColumn) -> Value:
        """A column as a value."""
        sql = f"{self.alias}.{quoted(column.physical)}"
        if self.relation.stored is not None and family(column.type) is Family.ROWVERSION:
            # Rises with every commit: its SCN, then the row's number.
            scn = f"coalesce({self.alias}.{SCN}, ${NEXT_SCN})"
            sql = f"(CAST({scn} AS BIGINT) << 32 | {self.alias}.{ROW})"
        nullable = column.nullable or self.optional
        return Value(sql, column.type, nullable, unit=column.unit)


def name_of(node: exp.Expr | str | None) -> str:
    """The text of an identifier."""
    return node.name if isinstance(node, exp.Expr) else str(node or "")


def same(first: str, second: str) -> bool:
    """Whether two names are one."""
    return first.lower() == second.lower()


@dataclass
class Scope:
    """The tables of one query block, and the blocks around it."""

    parent: "Scope | None" = None
    ctes: Mapping[str, Relation] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    aliases: Mapping[str, Value] = field(default_factory=dict)
    """Select aliases in lower case, visible in ORDER BY only."""
    grouped: Mapping[str, str] | None = None
    """Behind a GROUP BY: SQL of each key, and the SQL that shows it."""

    def column(self, node: exp.Column) -> Value:
        """What a column reference means here or in a block around.

        Raises:
            SqlServerError: 207, 209 or 4104.
        """
        name, table = name_of(node.this), name_of(node.args.get("table"))
        schema = name_of(node.args.get("db"))
        scope: Scope | None = self
        qualified = False
        while scope is not None:
            found = scope.own_column(name, table, schema)
            if found is not None:
                return found
            qualified = qualified or bool(scope.matching(table, schema))
            scope = scope.parent
        if table and not qualified:
            text = f'The multi-part identifier "{".".join(filter(None, (schema, table, name)))}" could not be bound.'  # noqa: E501
            raise sql_error(4104, text)
        raise no_column(name)

    def own_column(self, name: str, table: str, schema: str) -> Value | None:
        """The column in this block, if it has one of that name."""
        if not table and name.lower() in self.aliases:
            return self.aliases[name.lower()]
        found = [
            source.value(column)
            for source in self.matching(table, schema)
            for column in source.relation.columns
            if same(column.name, name)
        ]
        if len(found) > 1:
            raise sql_error(209, f"Ambiguous column name '{name}'.")
        return found[0] if found else None

    def matching(self, table: str, schema: str = "") -> list[Source]:
        """The sources of that name; all of them if no name is given."""
        return [
            source
            for source in self.sources
            if (not table or same(source.name, table))
            and (not schema or same(source.schema, schema))
        ]
