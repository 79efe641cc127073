"""FROM clauses: tables, views, subqueries, reads in the past, and joins of both spellings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from erp_resources.sandbox.database import rows_as_of
from erp_resources.sandbox.oracle.sql.conditions import compare
from erp_resources.sandbox.oracle.sql.context import (
    Compiler,
    Context,
    PastRead,
    refuse_other_args,
)
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.scope import Relation, Scope, Source, name_of
from erp_resources.sandbox.oracle.sql.values import Value
from erp_resources.sandbox.oracle.types import OracleError

_TABLE_CLAUSES = {
    "sample": "SAMPLE",
    "pivots": "PIVOT",
    "partition": "PARTITION in FROM",
    "joins": "parentheses around a join",
    "laterals": "LATERAL",
    "match_recognize": "MATCH_RECOGNIZE",
    "changes": "VERSIONS BETWEEN",
    "when": "VERSIONS BETWEEN",
}


def add_source(compiler: Compiler, node: exp.Expr, scope: Scope) -> Source:
    """Compile one item of a FROM clause and make its names visible in ``scope``."""
    if isinstance(node, exp.Table):
        source = _table(compiler, node, scope)
    elif isinstance(node, exp.Subquery):
        source = _inline_view(compiler, node, scope)
    elif isinstance(node, exp.Lateral):
        raise unimplemented("LATERAL")
    else:
        raise unimplemented(f"{type(node).__name__.upper()} in FROM")
    scope.sources.append(source)
    return source


def _table(compiler: Compiler, node: exp.Table, scope: Scope) -> Source:
    refuse_other_args(node, ("this", "db", "alias", "version"), _TABLE_CLAUSES)
    if not isinstance(node.this, exp.Identifier):
        raise unimplemented("table functions")
    name, schema = name_of(node.this), name_of(node.args.get("db"))
    if "@" in name:
        raise OracleError(2019, "connection description for remote database not found")
    relation = None if schema else scope.ctes.get(name)
    if relation is None:
        relation = compiler.catalog.relation(schema, name)
    version = node.args.get("version")
    if version is not None:
        relation = _past(compiler, relation, version, scope)
    if relation.stored is not None:
        schema = relation.stored.table.schema
    alias = node.args.get("alias")
    if alias is not None:
        refuse_other_args(alias, ("this",), {"columns": "column aliases of a table"})
        name, schema = name_of(alias.this), ""
    return Source(name, schema, compiler.fresh("t"), relation)


def _past(compiler: Compiler, relation: Relation, version: exp.Expr, scope: Scope) -> Relation:
    if version.args.get("this") != "SCN" or version.args.get("kind") != "AS OF":
        raise unimplemented(f"{version.args.get('kind')} {version.args.get('this')}")
    stored = relation.stored
    if stored is None:
        raise unimplemented("AS OF SCN of a view")
    compiler.catalog.check_flashback(stored)
    nothing = Context(compiler, Scope(ctes=scope.ctes))
    scn = nothing.to.number(nothing.value(version.args["expression"]))
    parameter = compiler.fresh("scn")
    compiler.past_reads.append(PastRead(parameter, scn.sql, stored))
    sql = rows_as_of(stored, f"CAST(${parameter} AS BIGINT)")
    return replace(relation, sql=sql)


def _inline_view(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Source:
    refuse_other_args(node, ("this", "alias"), _TABLE_CLAUSES)
    if isinstance(node.this, exp.Table):
        raise unimplemented("parentheses around a join")
    query = compiler.handlers.query(compiler, node.this, Scope(ctes=scope.ctes))
    alias = node.args.get("alias")
    name = name_of(alias.this) if alias is not None else ""
    if alias is not None:
        refuse_other_args(alias, ("this",), {"columns": "column aliases of a subquery"})
    relation = Relation(f"({query.sql})", query.columns)
    return Source(name, "", compiler.fresh("t"), relation)


def from_clause(context: Context, select: exp.Select, conjuncts: list[exp.Expr]) -> str:
    """Compile FROM with its joins; takes the ``(+)`` conditions out of ``conjuncts``."""
    scope, compiler = context.scope, context.compiler
    clause = select.args.get("from_")
    if clause is None:
        raise OracleError(923, "FROM keyword not found where expected")
    joins = select.args.get("joins") or []
    first = add_source(compiler, clause.this, scope)
    marked = any(_is_marked(conjunct) for conjunct in conjuncts)
    if marked:
        return _marked_joins(context, joins, conjuncts)
    return " ".join([first.sql, *(_join(context, join) for join in joins)])


def _join(context: Context, join: exp.Expr) -> str:
    refuse_other_args(
        join, ("this", "side", "kind", "on", "using"), {"method": f"{join.args.get('method')} JOIN"}
    )
    earlier = list(context.scope.sources)
    source = add_source(context.compiler, join.this, context.scope)
    side, kind = (str(join.args.get(key) or "").upper() for key in ("side", "kind"))
    if kind not in {"", "INNER", "OUTER", "CROSS"} or side not in {"", "LEFT", "RIGHT", "FULL"}:
        raise unimplemented(f"{side} {kind} JOIN".strip())
    if not side and not kind and not join.args.get("on") and not join.args.get("using"):
        return f", {source.sql}"
    if side in {"LEFT", "FULL"}:
        source.optional = True
    if side in {"RIGHT", "FULL"}:
        for other in earlier:
            other.optional = True
    if kind == "CROSS":
        return f"CROSS JOIN {source.sql}"
    return f"{side} JOIN {source.sql} ON {_join_condition(context, join, earlier, source, side)}"


def _join_condition(
    context: Context, join: exp.Expr, earlier: list[Source], source: Source, side: str
) -> str:
    if join.args.get("using"):
        names = [name_of(identifier) for identifier in join.args["using"]]
        return " AND ".join(_using(context, name, earlier, source, side) for name in names)
    if not join.args.get("on"):
        raise OracleError(905, "missing keyword")
    if any(node.args.get("join_mark") for node in join.args["on"].find_all(exp.Column)):
        raise OracleError(25156, "old style outer join (+) cannot be used with ANSI joins")
    return context.condition(join.args["on"])


def _using(context: Context, name: str, earlier: list[Source], source: Source, side: str) -> str:
    scope = context.scope
    left = scope.merged.get(name) or Scope(sources=earlier).own_column(name, "", "")
    right = Scope(sources=[source]).own_column(name, "", "")
    if left is None or right is None:
        raise OracleError(904, f'"{name}": invalid identifier')
    merged = right if side == "RIGHT" else left
    if side == "FULL":
        common = context.to.common([left, right])
        pair = ", ".join(context.to.fit(value, common).sql for value in (left, right))
        merged = Value(f"coalesce({pair})", common)
    scope.merged[name] = merged
    return compare(context, left, "=", right)


def _is_marked(node: exp.Expr) -> bool:
    return any(column.args.get("join_mark") for column in node.find_all(exp.Column))


@dataclass
class _Marked:
    """The conditions with ``(+)`` on one table, and the tables that they compare it with."""

    source: Source
    conditions: list[exp.Expr]
    needs: set[str]


def _marked_joins(context: Context, joins: Sequence[exp.Expr], conjuncts: list[exp.Expr]) -> str:
    """``a, b WHERE a.x = b.y(+)`` becomes ``a LEFT JOIN b ON a.x = b.y``."""
    for join in joins:
        if any(join.args.get(key) for key in ("side", "kind", "on", "using", "method")):
            raise OracleError(25156, "old style outer join (+) cannot be used with ANSI joins")
        add_source(context.compiler, join.this, context.scope)
    marked: dict[str, _Marked] = {}
    for conjunct in [one for one in conjuncts if _is_marked(one)]:
        conjuncts.remove(conjunct)
        _collect(context.scope, conjunct, marked)
    plain = [source for source in context.scope.sources if source.alias not in marked]
    if not plain:
        raise OracleError(1416, "two tables cannot be outer-joined to each other")
    clause = " CROSS JOIN ".join(source.sql for source in plain)
    for one in _in_order(marked, {source.alias for source in plain}):
        test = " AND ".join(context.condition(condition) for condition in one.conditions)
        clause += f" LEFT JOIN {one.source.sql} ON {test}"
    for one in marked.values():
        one.source.optional = True
    return clause


def _collect(scope: Scope, conjunct: exp.Expr, marked: dict[str, _Marked]) -> None:
    if isinstance(conjunct, exp.Or | exp.In | exp.Paren) and conjunct.find(exp.Or):
        raise OracleError(1719, "outer join operator (+) not allowed in operand of OR or IN")
    optional: dict[str, Source] = {}
    needs: set[str] = set()
    for column in conjunct.find_all(exp.Column):
        source = scope.source_of(column)
        if source is not None and column.args.get("join_mark"):
            optional[source.alias] = source
            column.set("join_mark", None)
        elif source is not None:
            needs.add(source.alias)
    if len(optional) != 1:
        raise OracleError(1468, "a predicate may reference only one outer-joined table")
    (alias, source), *_ = optional.items()
    entry = marked.setdefault(alias, _Marked(source, [], set()))
    entry.conditions.append(conjunct)
    entry.needs |= needs - {alias}


def _in_order(marked: dict[str, _Marked], known: set[str]) -> list[_Marked]:
    """Each table after the tables that it is joined to."""
    waiting, ordered = dict(marked), []
    while waiting:
        ready = [alias for alias, one in waiting.items() if one.needs <= known]
        if not ready:
            raise OracleError(1416, "two tables cannot be outer-joined to each other")
        for alias in ready:
            ordered.append(waiting.pop(alias))
            known.add(alias)
    return ordered
