"""SELECT: query blocks, UNION, WITH, TOP and paging."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIGINT, Family
from erp_resources.sandbox.sqlserver.sql.aggregates import AGGREGATES, order_term
from erp_resources.sandbox.sqlserver.sql.branches import unified
from erp_resources.sandbox.sqlserver.sql.comparisons import sort_key
from erp_resources.sandbox.sqlserver.sql.context import Compiler, Context, Query, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.errors import (
    aggregate_in_where,
    fail,
    not_here,
    sql_error,
    syntax_error,
)
from erp_resources.sandbox.sqlserver.sql.globals import is_bare_word
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation, Scope, Source, name_of
from erp_resources.sandbox.sqlserver.sql.sources import check_columns, from_clause, renamed
from erp_resources.sandbox.sqlserver.sql.values import Value

_CLAUSES = {
    "locks": "FOR UPDATE",
    "into": "SELECT INTO",
    "for_": "FOR XML",
    "laterals": "APPLY",
    "pivots": "PIVOT",
    "windows": "WINDOW",
    "qualify": "QUALIFY",
    "sample": "TABLESAMPLE",
}
_BLOCK = (
    "expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit",
    "offset", "with_", "options", "hint",
)  # fmt: skip
_OPTIONS = frozenset({"RECOMPILE", "MAXDOP", "FORCE ORDER", "KEEP PLAN", "FAST", "MAXRECURSION"})


def query(compiler: Compiler, node: exp.Expr, scope: Scope, *, outermost: bool = False) -> Query:
    """Compile a query.

    Args:
        compiler: the statement under way.
        node: the query.
        scope: the empty scope of its block.
        outermost: whether it is the statement itself, which may be sorted without TOP.
    """
    prefix = ""
    if node.args.get("with_") is not None:
        prefix, ctes = _common_tables(compiler, node.args["with_"], scope)
        scope = Scope(parent=scope.parent, ctes=ctes)
    if not outermost:
        _refuse_idle_order(node)
    if isinstance(node, exp.Select):
        compiled = _Block(compiler, node, scope).compile()
    elif isinstance(node, exp.Union):
        compiled = _union(compiler, node, scope)
    elif isinstance(node, exp.SetOperation):
        raise not_here(type(node).__name__.upper())
    elif isinstance(node, exp.Subquery):
        refuse_other_args(node, ("this", "with_"), _CLAUSES)
        compiled = query(compiler, node.this, scope, outermost=outermost)
    else:
        raise syntax_error(node.sql("tsql")[:60])
    return replace(compiled, sql=prefix + compiled.sql)


def _refuse_idle_order(node: exp.Expr) -> None:
    if node.args.get("order") and not node.args.get("limit") and not node.args.get("offset"):
        raise sql_error(
            1033,
            "The ORDER BY clause is invalid in views, inline functions, derived tables, "
            "subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also "
            "specified.",
        )


def _common_tables(
    compiler: Compiler, clause: exp.Expr, scope: Scope
) -> tuple[str, dict[str, Relation]]:
    refuse_other_args(clause, ("expressions",))
    ctes, parts = dict(scope.ctes), []
    for cte in clause.expressions:
        name = name_of(cte.args["alias"].this)
        if any(table.name.lower() == name.lower() for table in cte.this.find_all(exp.Table)):
            raise not_here("a WITH that reads itself")
        compiled = query(compiler, cte.this, Scope(parent=scope.parent, ctes=ctes))
        columns = renamed(compiled.columns, cte.args["alias"].args.get("columns"))
        check_columns(columns, name)
        alias = compiler.fresh("w")
        parts.append(f"{alias} AS ({compiled.sql})")
        ctes[name] = Relation(alias, columns)
    return f"WITH {', '.join(parts)} ", ctes


def _union(compiler: Compiler, node: exp.Union, scope: Scope) -> Query:
    refuse_other_args(
        node, ("this", "expression", "distinct", "order", "with_", "options"), _CLAUSES
    )
    _check_options(node)
    sides = [
        query(compiler, side, Scope(parent=scope.parent, ctes=scope.ctes))
        for side in (node.this, node.args["expression"])
    ]
    if len(sides[0].columns) != len(sides[1].columns):
        raise sql_error(
            205,
            "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal "
            "number of expressions in their target lists.",
        )
    context = Context(compiler, Scope(ctes=scope.ctes))
    pairs = [
        unified(context, [_own(column, place) for place, column in enumerate(pair)])
        for pair in zip(sides[0].columns, sides[1].columns, strict=True)
    ]
    columns = tuple(
        replace(column, type=pair[0].type, unit=pair[0].unit, nullable=True)
        for column, pair in zip(sides[0].columns, pairs, strict=True)
    )
    parts = [
        f"SELECT {_listed([pair[place] for pair in pairs])} FROM ({side.sql}) s{place}"
        for place, side in enumerate(sides)
    ]
    body = f"({' UNION ALL '.join(parts)}) u"
    distinct = _distinct(columns) if node.args.get("distinct") else ""
    return Query(f"SELECT {distinct}* FROM {body}{_union_order(node, columns)}", columns)


def _own(column: OutColumn, place: int) -> Value:
    return Value(f"s{place}.{column.physical}", column.type, column.nullable, unit=column.unit)


def _listed(values: Sequence[Value]) -> str:
    return ", ".join(f"{value.sql} AS c{place}" for place, value in enumerate(values, start=1))


def _distinct(columns: Sequence[OutColumn]) -> str:
    """DISTINCT by the keys under which texts are one."""
    keys = [sort_key(Value(column.physical, column.type, unit=column.unit)) for column in columns]
    if all(key == column.physical for key, column in zip(keys, columns, strict=True)):
        return "DISTINCT "
    return f"DISTINCT ON ({', '.join(keys)}) "


def _union_order(node: exp.Expr, columns: Sequence[OutColumn]) -> str:
    order = node.args.get("order")
    if order is None:
        return ""
    terms = []
    for term in order.expressions:
        column = _listed_column(term.this, columns)
        if column is None:
            raise sql_error(
                104, "ORDER BY items must appear in the select list if the statement contains a "
                "UNION, INTERSECT or EXCEPT operator.",
            )  # fmt: skip
        key = sort_key(Value(column.physical, column.type, unit=column.unit))
        terms.append(order_term(key, term))
    return " ORDER BY " + ", ".join(terms)


def _listed_column(node: exp.Expr, columns: Sequence[OutColumn]) -> OutColumn | None:
    position = _position(node)
    if position is not None:
        _check_position(position, len(columns))
        return columns[position - 1]
    for column in columns:
        if isinstance(node, exp.Column) and column.name.lower() == node.name.lower():
            return column
    return None


def _position(node: exp.Expr) -> int | None:
    if isinstance(node, exp.Literal) and not node.args.get("is_string") and node.name.isdigit():
        return int(node.name)
    return None


def _check_position(position: int, count: int) -> None:
    if not 1 <= position <= count:
        raise sql_error(
            108, f"The ORDER BY position number {position} is out of range of the number of items "
            "in the select list.",
        )  # fmt: skip


def _check_options(node: exp.Expr) -> None:
    for option in node.args.get("options") or []:
        if option.name.upper() not in _OPTIONS:
            raise not_here(f"OPTION ({option.sql('tsql')})")


class _Block:
    """One SELECT … FROM … WHERE … GROUP BY … under way."""

    def __init__(self, compiler: Compiler, node: exp.Select, scope: Scope) -> None:
        self.compiler, self.node, self.scope = compiler, node, scope
        self.context = Context(compiler, scope)

    def compile(self) -> Query:
        """Compile the block."""
        refuse_other_args(self.node, _BLOCK, _CLAUSES)
        _check_options(self.node)
        body = from_clause(self.context, self.node) + self._where()
        group = self._group()
        items = list(self._items())
        if not items:
            raise syntax_error("SELECT")
        columns = tuple(
            OutColumn(name, f"c{place}", value.type, value.nullable, value.unit)
            for place, (name, value) in enumerate(items, start=1)
        )
        having = self._having()
        listed = _listed([value for _, value in items])
        order, paging = self._order(items), self._paging()
        if self.node.args.get("distinct") is not None:
            return self._distinct_block(columns, f"SELECT {listed}{body}{group}{having}", paging)
        return Query(f"SELECT {listed}{body}{group}{having}{order}{paging}", columns)

    def _distinct_block(self, columns: tuple[OutColumn, ...], inner: str, paging: str) -> Query:
        order = self.node.args.get("order")
        terms = []
        for term in order.expressions if order is not None else []:
            column = _listed_column(term.this, columns)
            if column is None:
                text = "ORDER BY items must appear in the select list if SELECT DISTINCT is "
                raise sql_error(145, text + "specified.")
            key = sort_key(Value(column.physical, column.type, unit=column.unit))
            terms.append(order_term(key, term))
        tail = f" ORDER BY {', '.join(terms)}" if terms else ""
        # First one row of each, then their order: DISTINCT ON would sort by its own keys.
        rows = f"SELECT {_distinct(columns)}* FROM ({inner}) d"
        return Query(f"SELECT * FROM ({rows}) d{tail}{paging}", columns)

    def _where(self) -> str:
        where = self.node.args.get("where")
        if where is None:
            return ""
        if _aggregates_below(where):
            raise aggregate_in_where()
        return f" WHERE {self.context.condition(where.this)}"

    def _group(self) -> str:
        group = self.node.args.get("group")
        if group is None:
            return ""
        refuse_other_args(group, ("expressions",))
        keys = {}
        for node in group.expressions:
            if isinstance(node, exp.Rollup | exp.Cube | exp.GroupingSets):
                raise not_here(type(node).__name__.upper())
            value = self.context.value(node)
            if value.constant:
                raise sql_error(
                    164, "Each GROUP BY expression must contain at least one column that is not "
                    "an outer reference.",
                )  # fmt: skip
            keys[value.sql] = sort_key(value)
        self.scope.grouped = {
            sql: sql if key == sql else f"any_value({sql})" for sql, key in keys.items()
        }
        return f" GROUP BY {', '.join(keys.values())}"

    def _having(self) -> str:
        having = self.node.args.get("having")
        return f" HAVING {self.context.condition(having.this)}" if having is not None else ""

    def _items(self) -> Iterator[tuple[str, Value]]:
        for node in self.node.expressions:
            if isinstance(node, exp.Star):
                refuse_other_args(node, ())
                yield from self._star(self.scope.sources)
            elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
                yield from self._qualified_star(node)
            elif isinstance(node, exp.Alias):
                yield name_of(node.args["alias"]), self.context.value(node.this)
            else:
                yield _heading(node), self.context.value(node)

    def _qualified_star(self, node: exp.Column) -> Iterator[tuple[str, Value]]:
        sources = self.scope.matching(node.table, node.db)
        if not sources:
            text = f"The column prefix '{node.table}' does not match with a table name or alias name used in the query."  # noqa: E501
            raise sql_error(107, text)
        return self._star(sources)

    def _star(self, sources: Sequence[Source]) -> Iterator[tuple[str, Value]]:
        if not sources:
            raise sql_error(263, "Must specify table to select from.")
        for source in sources:
            for column in source.relation.columns:
                yield column.name, source.value(column)

    def _order(self, items: Sequence[tuple[str, Value]]) -> str:
        order = self.node.args.get("order")
        if order is None:
            return ""
        aliases = {name.lower(): value for name, value in items if name}
        context = Context(self.compiler, replace(self.scope, aliases=aliases))
        return " ORDER BY " + ", ".join(
            self._order_term(context, term, items) for term in order.expressions
        )

    def _order_term(
        self, context: Context, term: exp.Expr, items: Sequence[tuple[str, Value]]
    ) -> str:
        position = _position(term.this)
        if position is not None:
            _check_position(position, len(items))
            value = items[position - 1][1]
        else:
            value = context.value(term.this)
        if value.constant and position is None and value.family is not Family.TEXT:
            # DuckDB would take a number for a position; a constant sorts nothing.
            return "NULL"
        return order_term(sort_key(value), term)

    def _paging(self) -> str:
        limit, offset = self.node.args.get("limit"), self.node.args.get("offset")
        sql = ""
        if isinstance(limit, exp.Limit):
            _refuse_limit_options(limit)
            if offset is not None:
                raise sql_error(10741, "A TOP can not be used in the same query or sub-query as a "
                                "OFFSET.")  # fmt: skip
            sql = f" LIMIT {self._row_count(limit.args['expression'])}"
        elif isinstance(limit, exp.Fetch):
            _refuse_limit_options(limit)
            sql = f" LIMIT {self._row_count(limit.args['count'])}"
        if offset is not None:
            if self.node.args.get("order") is None:
                raise syntax_error("OFFSET")
            sql += f" OFFSET {self._row_count(offset.args['expression'])}"
        return sql

    def _row_count(self, node: exp.Expr) -> str:
        number = self.context.to(self.context.value(node), BIGINT)
        if not number.constant:
            raise not_here("a number of rows that depends on a column")
        negative = fail(
            1060, "The number of rows provided for a TOP or FETCH clauses row count parameter "
            "must be an integer.",
        )  # fmt: skip
        return f"(CASE WHEN {number.sql} >= 0 THEN {number.sql} ELSE {negative} END)"


def _heading(node: exp.Expr) -> str:
    """The name of a column that nothing else names: only a plain column has one."""
    return node.name if isinstance(node, exp.Column) and not is_bare_word(node) else ""


def _refuse_limit_options(limit: exp.Expr) -> None:
    options = limit.args.get("limit_options")
    for option, words in (("percent", "TOP … PERCENT"), ("with_ties", "TOP … WITH TIES")):
        if options is not None and options.args.get(option):
            raise not_here(words)


def _aggregates_below(node: exp.Expr) -> bool:
    """Whether an aggregate of this block stands below a node."""
    if isinstance(node, exp.Query | exp.Subquery | exp.Window):
        return False
    if isinstance(node, exp.Anonymous) and node.name.upper() in AGGREGATES:
        return True
    return any(_aggregates_below(child) for child in node.iter_expressions())
