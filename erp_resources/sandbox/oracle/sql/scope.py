"""Names: which column of which table an identifier means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from erp_resources.sandbox.database import ROW, SCN, StoredTable, quoted
from erp_resources.sandbox.oracle.datatypes import ROWID, WHOLE, DataType
from erp_resources.sandbox.oracle.sql import rowids
from erp_resources.sandbox.oracle.sql.errors import invalid_identifier
from erp_resources.sandbox.oracle.sql.values import Value
from erp_resources.sandbox.oracle.types import OracleError


@dataclass(frozen=True)
class OutColumn:
    """A column of a table or of a query: Oracle's name, the name in DuckDB, the type."""

    name: str
    physical: str
    type: DataType
    nullable: bool = True


@dataclass(frozen=True)
class Relation:
    """Something to select from: SQL that may stand in FROM, and its columns."""

    sql: str
    columns: tuple[OutColumn, ...]
    stored: StoredTable | None = None


@dataclass
class Source:
    """A relation in a FROM clause under its name there."""

    name: str
    schema: str
    alias: str
    """Its unique name in the DuckDB statement."""
    relation: Relation
    optional: bool = False
    """Whether an outer join may leave it empty."""

    @property
    def sql(self) -> str:
        """The item of the FROM clause."""
        return f"{self.relation.sql} AS {self.alias}"


def name_of(node: exp.Expr | str | None) -> str:
    """An identifier as Oracle stores it: upper case unless quoted."""
    if isinstance(node, exp.Identifier):
        return node.name if node.args.get("quoted") else node.name.upper()
    return str(node).upper() if node else ""


@dataclass
class Scope:
    """The tables of one query block, and the blocks around it."""

    parent: "Scope | None" = None
    ctes: Mapping[str, Relation] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, Value] = field(default_factory=dict)
    """Columns joined by USING."""
    aliases: Mapping[str, Value] = field(default_factory=dict)
    """Select aliases, visible in ORDER BY only."""
    rownum: str | None = None
    wrapper: str | None = None
    """Alias of the subquery in which the FROM clause has been put to count its rows."""
    wrapped: dict[str, str] = field(default_factory=dict)
    """What that subquery must hand out: name to SQL inside of it."""

    def wrap(self, alias: str) -> None:
        """From now on columns are read through the subquery ``alias``."""
        self.wrapper = alias
        self.rownum = f'{alias}."ROWNUM"'
        self.merged = {name: self._outside(name, value) for name, value in self.merged.items()}

    def _outside(self, name: str, value: Value) -> Value:
        key = quoted(f"using.{name}")
        self.wrapped[key] = value.sql
        return Value(f"{self.wrapper}.{key}", value.type, value.nullable)

    def reference(self, source: Source, physical: str) -> str:
        """SQL of a column of a source."""
        plain = f"{source.alias}.{quoted(physical)}"
        if self.wrapper is None:
            return plain
        key = quoted(f"{source.alias}.{physical}")
        self.wrapped[key] = plain
        return f"{self.wrapper}.{key}"

    def column(self, node: exp.Column) -> Value:
        """What a column reference means here or in a block around.

        Raises:
            OracleError: ORA-00904 or ORA-00918.
        """
        name, table = name_of(node.this), name_of(node.args.get("table"))
        schema = name_of(node.args.get("db"))
        scope: Scope | None = self
        while scope is not None:
            found = scope.own_column(name, table, schema)
            if found is not None:
                return found
            scope = scope.parent
        raise invalid_identifier(".".join(quoted(part) for part in (schema, table, name) if part))

    def own_column(self, name: str, table: str, schema: str) -> Value | None:
        """The column in this block, if it has one of that name."""
        if not table and name in self.aliases:
            return self.aliases[name]
        if not table and name in self.merged:
            return self.merged[name]
        candidates = self.matching(table, schema)
        if table and name in self.merged and candidates:
            raise OracleError(25154, "column part of USING clause cannot have qualifier")
        found = [value for source in candidates if (value := self._find(source, name))]
        if len(found) > 1:
            raise OracleError(918, "column ambiguously defined")
        return found[0] if found else None

    def matching(self, table: str, schema: str = "") -> list[Source]:
        """The sources of that name; all of them if no name is given."""
        return [
            source
            for source in self.sources
            if (not table or source.name == table) and (not schema or source.schema == schema)
        ]

    def source_of(self, node: exp.Column) -> Source | None:
        """The source of this block that a column reference reads."""
        name = name_of(node.this)
        for source in self.matching(name_of(node.args.get("table"))):
            if self._find(source, name):
                return source
        return None

    def _find(self, source: Source, name: str) -> Value | None:
        columns = [column for column in source.relation.columns if column.name == name]
        if len(columns) > 1:
            raise OracleError(918, "column ambiguously defined")
        if columns:
            return self.value(source, columns[0])
        return self._pseudo_column(source, name)

    def value(self, source: Source, column: OutColumn) -> Value:
        """A column of a source as a value."""
        sql = self.reference(source, column.physical)
        return Value(sql, column.type, column.nullable or source.optional)

    def _pseudo_column(self, source: Source, name: str) -> Value | None:
        stored = source.relation.stored
        if stored is None:
            return None
        if name == "ROWID":
            row = self.reference(source, ROW)
            sql = rowids.value_sql(stored.object_id, row)
            return Value(sql, ROWID, nullable=source.optional, row_of=(row, stored.object_id))
        if name == "ORA_ROWSCN":
            return Value(self.reference(source, SCN), WHOLE)
        return None
