"""SELECT: query blocks, ROWNUM, set operators, WITH and paging."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import LARGE, Kind
from erp_resources.sandbox.oracle.sql.context import (
    Compiler,
    Context,
    Query,
    refuse_other_args,
)
from erp_resources.sandbox.oracle.sql.errors import (
    inconsistent,
    missing_expression,
    not_ended,
    unimplemented,
)
from erp_resources.sandbox.oracle.sql.rownum import RowLimit, reads_rownum, split_where
from erp_resources.sandbox.oracle.sql.scope import OutColumn, Relation, Scope, Source, name_of
from erp_resources.sandbox.oracle.sql.sources import from_clause
from erp_resources.sandbox.oracle.sql.values import Value
from erp_resources.sandbox.oracle.sql.windows import order_term
from erp_resources.sandbox.oracle.types import OracleError

_CLAUSES = {
    "connect": "CONNECT BY",
    "locks": "FOR UPDATE",
    "into": "SELECT INTO",
    "laterals": "LATERAL",
    "pivots": "PIVOT",
    "sample": "SAMPLE",
    "match": "MATCH_RECOGNIZE",
    "qualify": "QUALIFY",
    "windows": "WINDOW clause",
    "model": "MODEL",
    "options": "WITH READ ONLY",
}
_BLOCK = (
    "expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit",
    "offset", "with_", "hint",
)  # fmt: skip
_SET_OPERATORS: dict[type[exp.Expr], str] = {
    exp.Union: "UNION",
    exp.Except: "EXCEPT",
    exp.Intersect: "INTERSECT",
}


def query(compiler: Compiler, node: exp.Expr, scope: Scope) -> Query:
    """Compile a query; ``scope`` is the empty scope of its block.

    Raises:
        OracleError: it is no query, or has a clause that the sandbox does not know.
    """
    with_clause = node.args.get("with_")
    prefix = ""
    if with_clause is not None:
        prefix, ctes = _common_tables(compiler, with_clause, scope)
        scope = replace(scope, ctes=ctes, sources=[], merged={}, wrapped={})
    if isinstance(node, exp.Select):
        compiled = _Block(compiler, node, scope).compile()
    elif isinstance(node, exp.SetOperation):
        compiled = _set_operation(compiler, node, scope)
    elif isinstance(node, exp.Subquery):
        compiled = _parenthesised(compiler, node, scope)
    else:
        raise OracleError(928, "missing SELECT keyword")
    return replace(compiled, sql=prefix + compiled.sql)


def _common_tables(
    compiler: Compiler, clause: exp.Expr, scope: Scope
) -> tuple[str, dict[str, Relation]]:
    refuse_other_args(clause, ("expressions",), {"recursive": "RECURSIVE"})
    ctes, parts = dict(scope.ctes), []
    for cte in clause.expressions:
        refuse_other_args(cte, ("this", "alias"), {})
        name = name_of(cte.args["alias"].this)
        inner = Scope(parent=scope.parent, ctes=_without(ctes, name, cte.this))
        compiled = query(compiler, cte.this, inner)
        columns = _renamed(compiled.columns, cte.args["alias"].args.get("columns"))
        alias = compiler.fresh("w")
        parts.append(f"{alias} AS ({compiled.sql})")
        ctes[name] = Relation(alias, columns)
    return f"WITH {', '.join(parts)} ", ctes


def _without(ctes: dict[str, Relation], name: str, body: exp.Expr) -> dict[str, Relation]:
    if any(
        name_of(table.this) == name and not table.args.get("db")
        for table in body.find_all(exp.Table)
    ):
        raise unimplemented("recursive WITH, or one that hides a table of its name")
    return ctes


def _renamed(columns: tuple[OutColumn, ...], names: list[exp.Expr] | None) -> tuple[OutColumn, ...]:
    if not names:
        return columns
    if len(names) != len(columns):
        raise OracleError(32038, "number of WITH clause column names does not match")
    return tuple(
        replace(column, name=name_of(name)) for column, name in zip(columns, names, strict=True)
    )


def _parenthesised(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Query:
    refuse_other_args(node, ("this", "order", "limit", "offset", "with_", "alias"), _CLAUSES)
    inner = query(compiler, node.this, scope)
    tail = _set_tail(Context(compiler, Scope(ctes=scope.ctes)), node, inner.columns)
    return Query(f"SELECT * FROM ({inner.sql}){tail}" if tail else inner.sql, inner.columns)


def _set_operation(compiler: Compiler, node: exp.SetOperation, scope: Scope) -> Query:
    refuse_other_args(
        node, ("this", "expression", "distinct", "order", "limit", "offset", "with_"), _CLAUSES
    )
    sides = [
        query(compiler, side, Scope(parent=scope.parent, ctes=scope.ctes))
        for side in (node.this, node.args["expression"])
    ]
    if len(sides[0].columns) != len(sides[1].columns):
        raise OracleError(1789, "query block has incorrect number of result columns")
    distinct = node.args.get("distinct")
    operator = _SET_OPERATORS[type(node)] + ("" if distinct else " ALL")
    context = Context(compiler, Scope(ctes=scope.ctes))
    columns = tuple(
        _common_column(context, pair, distinct=bool(distinct))
        for pair in zip(sides[0].columns, sides[1].columns, strict=True)
    )
    left, right = (_cast_columns(context, side, columns) for side in sides)
    tail = _set_tail(context, node, columns)
    names = ", ".join(column.physical for column in columns)
    return Query(f"SELECT {names} FROM ({left} {operator} {right}){tail}", columns)


def _common_column(
    context: Context, pair: tuple[OutColumn, OutColumn], *, distinct: bool
) -> OutColumn:
    first, second = pair
    values = [Value(column.physical, column.type) for column in pair]
    try:
        common = context.to.common(values)
    except OracleError as error:
        message = "expression must have same datatype as corresponding expression"
        raise OracleError(1790, message) from error
    if distinct:
        _check_distinct(common.kind)
    return replace(first, type=common, nullable=first.nullable or second.nullable)


def _check_distinct(kind: Kind) -> None:
    """Refuse what DuckDB would compare otherwise than Oracle does."""
    if kind in LARGE:
        raise inconsistent("-", kind.value)
    if kind is Kind.TIMESTAMP_TZ:
        raise unimplemented("DISTINCT, GROUP BY or a set operator on TIMESTAMP WITH TIME ZONE")


def _cast_columns(context: Context, side: Query, columns: tuple[OutColumn, ...]) -> str:
    fitted = [
        context.to.fit(Value(own.physical, own.type), common.type).sql + f" AS {common.physical}"
        for own, common in zip(side.columns, columns, strict=True)
    ]
    return f"(SELECT {', '.join(fitted)} FROM ({side.sql}))"


def _set_tail(context: Context, node: exp.Expr, columns: tuple[OutColumn, ...]) -> str:
    """ORDER BY, OFFSET and FETCH behind a set operation: positions and names only."""
    tail = ""
    order = node.args.get("order")
    if order is not None:
        refuse_other_args(order, ("expressions",), {"siblings": "ORDER SIBLINGS BY"})
        terms = []
        for term in order.expressions:
            column = _named_column(term.this, columns)
            terms.append(order_term(context, term, Value(column.physical, column.type)))
        tail = " ORDER BY " + ", ".join(terms)
    return tail + paging(context, node)


def _named_column(node: exp.Expr, columns: tuple[OutColumn, ...]) -> OutColumn:
    position = _position(node)
    if position is not None:
        if not 1 <= position <= len(columns):
            raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")
        return columns[position - 1]
    if isinstance(node, exp.Column) and not node.args.get("table"):
        for column in columns:
            if column.name == name_of(node.this):
                return column
        raise OracleError(904, f'"{name_of(node.this)}": invalid identifier')
    raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")


def _position(node: exp.Expr) -> int | None:
    if isinstance(node, exp.Literal) and not node.args.get("is_string") and node.name.isdigit():
        return int(node.name)
    return None


def paging(context: Context, node: exp.Expr) -> str:
    """``OFFSET n ROWS FETCH FIRST m ROWS ONLY``."""
    sql = ""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is not None:
        if not isinstance(limit, exp.Fetch):
            raise not_ended()
        refuse_other_args(limit, ("count", "direction", "limit_options"), {})
        options = limit.args.get("limit_options")
        for option in ("percent", "with_ties"):
            if options is not None and options.args.get(option):
                raise unimplemented(f"FETCH … {option.replace('_', ' ').upper()}")
        count = limit.args.get("count")
        sql += f" LIMIT {_row_count(context, count, '0')}" if count else " LIMIT 1"
    if offset is not None:
        refuse_other_args(offset, ("expression",), {})
        sql += f" OFFSET {_row_count(context, offset.args['expression'], _ALL_ROWS)}"
    return sql


_ALL_ROWS = "9223372036854775807"


def _row_count(context: Context, node: exp.Expr, missing: str) -> str:
    """A number of rows: fractions are cut off, negatives are 0; ``missing`` if it is NULL."""
    number = context.to.number(context.value(node))
    if not number.constant:
        raise unimplemented("a number of rows that depends on a column")
    return f"CAST(coalesce(greatest(floor({number.sql}), 0), {missing}) AS BIGINT)"


class _Block:
    """One SELECT … FROM … WHERE … GROUP BY … under way."""

    def __init__(self, compiler: Compiler, node: exp.Select, scope: Scope) -> None:
        self.compiler, self.node, self.scope = compiler, node, scope
        self.context = Context(compiler, scope)

    def compile(self) -> Query:
        """Compile the block."""
        refuse_other_args(self.node, _BLOCK, _CLAUSES)
        if not self.node.expressions:
            raise missing_expression()
        body, limits = self._from_and_where()
        counted = bool(limits) or reads_rownum(self.node)
        if counted:
            self.scope.wrap(self.compiler.fresh("q"))
        limit = self._row_limits(limits)
        items = list(self._items())
        columns = tuple(
            OutColumn(name, f"c{index}", value.type, value.nullable)
            for index, (name, value) in enumerate(items, start=1)
        )
        selected = ", ".join(
            f"{value.sql} AS {column.physical}"
            for (_, value), column in zip(items, columns, strict=True)
        )
        distinct = self._distinct(columns)
        tail = self._group() + self._having() + self._order(items)
        tail += paging(self.context, self.node)
        if counted:
            body = self._counted(body, limit)
        return Query(f"SELECT {distinct}{selected}{body}{tail}", columns)

    def _from_and_where(self) -> tuple[str, list[RowLimit]]:
        where = self.node.args.get("where")
        limits, others = split_where(where.this) if where is not None else ([], [])
        source = from_clause(self.context, self.node, others)
        tests = " AND ".join(self.context.condition(one) for one in others)
        return f" FROM {source}" + (f" WHERE {tests}" if tests else ""), limits

    def _counted(self, body: str, limit: str) -> str:
        """FROM and WHERE in a subquery that counts its rows and hands out what the rest reads."""
        handed = [f"{sql} AS {name}" for name, sql in self.scope.wrapped.items()]
        listed = ", ".join([*handed, 'row_number() OVER () AS "ROWNUM"'])
        return f" FROM (SELECT {listed}{body}{limit}) AS {self.scope.wrapper}"

    def _row_limits(self, limits: list[RowLimit]) -> str:
        counts = []
        for limit in limits:
            bound = self.context.to.number(self.context.value(limit.bound))
            if not bound.constant:
                raise unimplemented("ROWNUM compared with a column")
            count = f"ceil({bound.sql}) - 1" if limit.strict else f"floor({bound.sql})"
            counts.append(f"coalesce(greatest({count}, 0), 0)")
        return f" LIMIT CAST(least({', '.join(counts)}) AS BIGINT)" if counts else ""

    def _items(self) -> Iterator[tuple[str, Value]]:
        for node in self.node.expressions:
            if isinstance(node, exp.Star):
                refuse_other_args(node, (), {})
                yield from self._star(self.scope.sources, merged=True)
            elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
                yield from self._qualified_star(node)
            elif isinstance(node, exp.Alias):
                yield name_of(node.args["alias"]), self.context.value(node.this)
            else:
                yield _heading(node), self.context.value(node)

    def _qualified_star(self, node: exp.Column) -> Iterator[tuple[str, Value]]:
        sources = self.scope.matching(name_of(node.args["table"]), name_of(node.args.get("db")))
        if not sources:
            raise OracleError(904, f'"{name_of(node.args["table"])}": invalid identifier')
        return self._star(sources, merged=False)

    def _star(self, sources: list[Source], *, merged: bool) -> Iterator[tuple[str, Value]]:
        if merged:
            yield from self.scope.merged.items()
        for source in sources:
            for column in source.relation.columns:
                if not (merged and column.name in self.scope.merged):
                    yield column.name, self.scope.value(source, column)

    def _distinct(self, columns: tuple[OutColumn, ...]) -> str:
        distinct = self.node.args.get("distinct")
        if distinct is None:
            return ""
        refuse_other_args(distinct, (), {"on": "DISTINCT ON"})
        for column in columns:
            _check_distinct(column.type.kind)
        return "DISTINCT "

    def _group(self) -> str:
        group = self.node.args.get("group")
        if group is None:
            return ""
        refuse_other_args(group, ("expressions",), {})
        keys = [key for node in group.expressions for key in self._group_keys(node)]
        return f" GROUP BY {', '.join(keys)}"

    def _group_keys(self, node: exp.Expr) -> Iterator[str]:
        if isinstance(node, exp.Rollup | exp.Cube | exp.GroupingSets):
            raise unimplemented(type(node).__name__.upper())
        if isinstance(node, exp.Tuple):
            for part in node.expressions:
                yield from self._group_keys(part)
            return
        value = self.context.value(node)
        _check_distinct(value.kind)
        if value.constant:
            # DuckDB would take a number for a position.
            raise unimplemented("GROUP BY a constant")
        yield value.sql

    def _having(self) -> str:
        having = self.node.args.get("having")
        return f" HAVING {self.context.condition(having.this)}" if having is not None else ""

    def _order(self, items: list[tuple[str, Value]]) -> str:
        order = self.node.args.get("order")
        if order is None:
            return ""
        refuse_other_args(order, ("expressions",), {"siblings": "ORDER SIBLINGS BY"})
        self.scope.aliases = {
            name_of(node.args["alias"]): self.context.value(node.this)
            for node in self.node.expressions
            if isinstance(node, exp.Alias)
        }
        terms = [self._order_term(term, items) for term in order.expressions]
        self.scope.aliases = {}
        return " ORDER BY " + ", ".join(terms)

    def _order_term(self, term: exp.Expr, items: list[tuple[str, Value]]) -> str:
        position = _position(term.this)
        if position is None:
            return order_term(self.context, term, self.context.value(term.this))
        if not 1 <= position <= len(items):
            raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")
        return order_term(self.context, term, items[position - 1][1])


def _heading(node: exp.Expr) -> str:
    """The name of a column without alias: the column's, or the expression's text."""
    if isinstance(node, exp.Column):
        return name_of(node.this)
    return "".join(node.sql(dialect="oracle", comments=False).split()).upper()
