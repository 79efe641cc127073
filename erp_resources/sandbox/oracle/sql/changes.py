"""INSERT, UPDATE, DELETE and MERGE: SELECTs that yield the changed rows."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.catalog import Column
from erp_resources.sandbox.database import GONE, ROW, StoredTable, quoted
from erp_resources.sandbox.oracle import datatypes
from erp_resources.sandbox.oracle.datatypes import Kind
from erp_resources.sandbox.oracle.sql.arithmetic import exact
from erp_resources.sandbox.oracle.sql.context import Compiler, Context, refuse_other_args
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.scope import Scope, Source, name_of
from erp_resources.sandbox.oracle.sql.sources import add_source
from erp_resources.sandbox.oracle.sql.values import NULL, Value, quote
from erp_resources.sandbox.oracle.types import OracleError

_CLAUSES = {
    "returning": "RETURNING",
    "where": "WHERE in INSERT",
    "limit": "FETCH",
    "order": "ORDER BY",
    "joins": "a join",
    "from_": "FROM in UPDATE",
    "with_": "WITH",
    "using": "USING",
    "cluster": "CLUSTER",
}


@dataclass(frozen=True)
class Change:
    """A change: the table, and the SELECT of its changed rows.

    The SELECT yields the table's columns, the row number (NULL for a new row) and whether the row
    is deleted.
    """

    stored: StoredTable
    select: str


def change(compiler: Compiler, node: exp.Expr) -> Change:
    """Compile a statement that changes rows.

    Raises:
        OracleError: it is none, or has a clause that the sandbox does not know.
    """
    return _HANDLERS[type(node)](compiler, node)


def is_change(node: exp.Expr) -> bool:
    """Whether ``change`` compiles this statement."""
    return type(node) in _HANDLERS


def _target(context: Context, node: exp.Expr) -> tuple[Source, StoredTable]:
    if not isinstance(node, exp.Table) or node.args.get("version"):
        raise unimplemented("changes of anything but a table")
    source = add_source(context.compiler, node, context.scope)
    if source.relation.stored is None:
        raise OracleError(1732, "data manipulation operation not legal on this view")
    context.compiler.catalog.check_write(source.relation.stored)
    return source, source.relation.stored


def _column(stored: StoredTable, node: exp.Expr) -> Column:
    name = name_of(node.this if isinstance(node, exp.Column) else node)
    for column in stored.table.columns:
        if column.name == name:
            return column
    raise OracleError(904, f"{quoted(name)}: invalid identifier")


def _insert(compiler: Compiler, node: exp.Expr) -> Change:
    refuse_other_args(node, ("this", "expression", "hint"), _CLAUSES)
    into = node.this
    named = into.expressions if isinstance(into, exp.Schema) else None
    table = into.this if isinstance(into, exp.Schema) else into
    _, stored = _target(Context(compiler, Scope()), table)
    columns = [_column(stored, one) for one in named] if named else list(stored.table.columns)
    source = node.args.get("expression")
    if isinstance(source, exp.Values):
        return _insert_values(compiler, stored, columns, source)
    if source is None:
        raise OracleError(926, "missing VALUES keyword")
    query = compiler.handlers.query(compiler, source, Scope())
    alias = compiler.fresh("i")
    values = [Value(f"{alias}.{one.physical}", one.type) for one in query.columns]
    select = _new_row(Context(compiler, Scope()), stored, columns, values)
    return Change(stored, f"{select} FROM ({query.sql}) AS {alias}")


def _insert_values(
    compiler: Compiler, stored: StoredTable, columns: list[Column], source: exp.Values
) -> Change:
    refuse_other_args(source, ("expressions",), {})
    if len(source.expressions) != 1:
        raise OracleError(933, "SQL command not properly ended")
    row = source.expressions[0]
    items = row.expressions if isinstance(row, exp.Tuple) else [row.this]
    context = Context(compiler, Scope())
    values = [_assigned(context, item) for item in items]
    return Change(stored, _new_row(context, stored, columns, values))


def _assigned(context: Context, node: exp.Expr) -> Value:
    """A value in VALUES or SET; no column has a default but NULL."""
    if isinstance(node, exp.Var) and node.name.upper() == "DEFAULT":
        return NULL
    if isinstance(node, exp.Column) and name_of(node.this) == "DEFAULT":
        return NULL
    return context.value(node)


def _new_row(
    context: Context, stored: StoredTable, columns: Sequence[Column], values: Sequence[Value]
) -> str:
    if len(columns) > len(values):
        raise OracleError(947, "not enough values")
    if len(columns) < len(values):
        raise OracleError(913, "too many values")
    given = {column.name: value for column, value in zip(columns, values, strict=True)}
    parts = [
        stored_value(context, stored, column, given.get(column.name, NULL), code=1400)
        for column in stored.table.columns
    ]
    return f"SELECT {', '.join(parts)}, CAST(NULL AS BIGINT) AS {ROW}, FALSE AS {GONE}"


def _update(compiler: Compiler, node: exp.Expr) -> Change:
    refuse_other_args(node, ("this", "expressions", "where", "hint"), _CLAUSES)
    context = Context(compiler, Scope())
    source, stored = _target(context, node.this)
    assigned = _assignments(context, stored, node.expressions)
    where = node.args.get("where")
    test = f" WHERE {context.condition(where.this)}" if where is not None else ""
    select = _changed_row(context, source, stored, assigned)
    return Change(stored, f"{select} FROM {source.sql}{test}")


def _assignments(
    context: Context, stored: StoredTable, nodes: Sequence[exp.Expr]
) -> dict[str, Value]:
    assigned: dict[str, Value] = {}
    for node in nodes:
        if not isinstance(node, exp.EQ):
            raise OracleError(927, "missing equal sign")
        if isinstance(node.this, exp.Tuple):
            raise unimplemented("SET of several columns by one subquery")
        column = _column(stored, node.this)
        if column.name in assigned:
            raise OracleError(957, "duplicate column name")
        assigned[column.name] = _assigned(context, node.args["expression"])
    return assigned


def _changed_row(
    context: Context, source: Source, stored: StoredTable, assigned: Mapping[str, Value]
) -> str:
    parts = []
    for column in stored.table.columns:
        if column.name in assigned:
            value = assigned[column.name]
            parts.append(stored_value(context, stored, column, value, code=1407))
        else:
            parts.append(f"{source.alias}.{quoted(column.name)}")
    return f"SELECT {', '.join(parts)}, {source.alias}.{ROW}, FALSE AS {GONE}"


def _delete(compiler: Compiler, node: exp.Expr) -> Change:
    refuse_other_args(node, ("this", "tables", "where", "hint"), _CLAUSES)
    tables = node.args.get("tables") or []
    if len(tables) > 1:
        raise OracleError(933, "SQL command not properly ended")
    context = Context(compiler, Scope())
    source, stored = _target(context, node.this or tables[0])
    where = node.args.get("where")
    test = f" WHERE {context.condition(where.this)}" if where is not None else ""
    columns = ", ".join(f"{source.alias}.{quoted(one.name)}" for one in stored.table.columns)
    select = f"SELECT {columns}, {source.alias}.{ROW}, TRUE AS {GONE} FROM {source.sql}{test}"
    return Change(stored, select)


def _merge(compiler: Compiler, node: exp.Expr) -> Change:
    refuse_other_args(node, ("this", "using", "on", "whens"), _CLAUSES)
    context = Context(compiler, Scope())
    target, stored = _target(context, node.this)
    other = add_source(compiler, node.args["using"], context.scope)
    on = context.condition(node.args["on"])
    parts = []
    for when in node.args["whens"].expressions:
        refuse_other_args(
            when, ("matched", "then"), {"condition": "WHEN … AND", "source": "SOURCE"}
        )
        if when.args.get("matched"):
            parts.append(_merge_update(context, stored, target, other, on, when.args["then"]))
        else:
            parts.append(_merge_insert(context, stored, target, other, on, when.args["then"]))
    return Change(stored, " UNION ALL ".join(parts))


def _merge_update(
    context: Context, stored: StoredTable, target: Source, other: Source, on: str, then: exp.Expr
) -> str:
    if not isinstance(then, exp.Update):
        raise unimplemented("MERGE … DELETE")
    refuse_other_args(then, ("expressions", "where"), _CLAUSES)
    assigned = _assignments(context, stored, then.expressions)
    select = _changed_row(context, target, stored, assigned)
    where = then.args.get("where")
    test = f" WHERE {context.condition(where.this)}" if where is not None else ""
    return f"{select} FROM {target.sql} JOIN {other.sql} ON {on}{test}"


def _merge_insert(
    context: Context, stored: StoredTable, target: Source, other: Source, on: str, then: exp.Expr
) -> str:
    if not isinstance(then, exp.Insert):
        raise unimplemented("MERGE of this form")
    refuse_other_args(then, ("this", "expression", "where"), {})
    named = then.this.expressions if then.this is not None else []
    columns = [_column(stored, one) for one in named] or list(stored.table.columns)
    source_only = Context(context.compiler, Scope(sources=[other]))
    values = [_assigned(source_only, item) for item in then.args["expression"].expressions]
    select = _new_row(context, stored, columns, values)
    where = then.args.get("where")
    test = f" AND {source_only.condition(where.this)}" if where is not None else ""
    missing = f"NOT EXISTS (SELECT 1 FROM {target.sql} WHERE {on})"
    return f"{select} FROM {other.sql} WHERE {missing}{test}"


def stored_value(
    context: Context, stored: StoredTable, column: Column, value: Value, *, code: int
) -> str:
    """SQL of a value as its column stores it; what does not fit is an ORA- error at run time.

    Args:
        context: the place of the value.
        stored: the table.
        column: the column.
        value: the new value.
        code: the error for a NULL: ORA-01400 in an INSERT, ORA-01407 in an UPDATE.
    """
    kind = datatypes.parse(column.type)
    converted = context.to.to(value, kind.kind)
    sql = _FITS.get(kind.kind, _as_is)(converted, kind, _full_name(stored, column))
    if not column.nullable:
        verb = "insert NULL into" if code == 1400 else "update"  # noqa: PLR2004 ORA-01400
        tail = "" if code == 1400 else " to NULL"  # noqa: PLR2004 ORA-01400
        refuse = quote(f"ORA-{code:05d}: cannot {verb} ({_full_name(stored, column)}){tail}")
        sql = f"CASE WHEN {value.sql} IS NULL THEN error({refuse}) ELSE {sql} END"
    return f"CAST({sql} AS {kind.storage}) AS {quoted(column.name)}"


def _full_name(stored: StoredTable, column: Column) -> str:
    return ".".join(quoted(part) for part in (stored.table.schema, stored.table.name, column.name))


def _as_is(value: Value, _: datatypes.DataType, __: str) -> str:
    return value.sql


def _fit_number(value: Value, kind: datatypes.DataType, _: str) -> str:
    if kind.is_free:
        # Oracle keeps up to 38 digits; what the sandbox cannot keep is refused, not rounded.
        return f"ora.narrow({exact(value)})"
    rounded = f"round({exact(value)}, {kind.scale})"
    limit = f"CAST('1e{kind.precision - kind.scale}' AS DOUBLE)"
    refuse = quote("ORA-01438: value larger than specified precision allowed for this column")
    return f"CASE WHEN abs({rounded}) >= {limit} THEN error({refuse}) ELSE {rounded} END"


def _fit_text(value: Value, kind: datatypes.DataType, name: str) -> str:
    length = f"length({value.sql})" if kind.in_chars else f"strlen({value.sql})"
    message = quote(f"ORA-12899: value too large for column {name} (actual: ")
    refuse = f"error({message} || {length} || ', maximum: {kind.size})')"
    shown = f"rpad({value.sql}, {kind.size}, ' ')" if kind.kind is Kind.CHAR else value.sql
    return f"CASE WHEN {length} > {kind.size} THEN {refuse} ELSE {shown} END"


_FITS = {Kind.NUMBER: _fit_number, Kind.TEXT: _fit_text, Kind.CHAR: _fit_text}
_HANDLERS: dict[type[exp.Expr], Callable[[Compiler, exp.Expr], Change]] = {
    exp.Insert: _insert,
    exp.Update: _update,
    exp.Delete: _delete,
    exp.Merge: _merge,
}
