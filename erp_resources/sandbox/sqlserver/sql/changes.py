"""INSERT, UPDATE and DELETE: to a query for the changed rows, in the form that they are staged."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.catalog import Column
from erp_resources.sandbox.database import ROW, StoredTable, quoted
from erp_resources.sandbox.sqlserver.datatypes import Family, family, parse_type, storage
from erp_resources.sandbox.sqlserver.sql.context import Compiler, Context, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.conversions import convert
from erp_resources.sandbox.sqlserver.sql.errors import (
    fail,
    no_column,
    not_here,
    sql_error,
    syntax_error,
)
from erp_resources.sandbox.sqlserver.sql.moments import with_unit
from erp_resources.sandbox.sqlserver.sql.scope import Scope, Source, same
from erp_resources.sandbox.sqlserver.sql.sources import add_source, from_clause
from erp_resources.sandbox.sqlserver.sql.values import NULL, Value
from erp_resources.sandbox.sqlserver.types import MAX

_CLAUSES = {"returning": "OUTPUT", "with_": "WITH before a change", "limit": "TOP in a change"}
_TRUNCATED = (
    "String or binary data would be truncated in table '{}', column '{}'. Truncated value: '"
)


@dataclass(frozen=True)
class Changed:
    """The table to change, and a query for its changed rows: columns, ``_row`` and ``_gone``."""

    stored: StoredTable
    select: str


def change(compiler: Compiler, node: exp.Expr) -> Changed:
    """Compile a change."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise syntax_error(node.sql("tsql")[:60])
    return handler(compiler, node)


def _target(compiler: Compiler, table: exp.Expr, right: str) -> StoredTable:
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        raise not_here("a change of anything but a table")
    if table.name.startswith("#"):
        raise not_here("temporary tables")
    return compiler.catalog.writable(table.catalog, table.db, table.name, right)


def _insert(compiler: Compiler, node: exp.Expr) -> Changed:
    refuse_other_args(node, ("this", "expression", "default"), _CLAUSES)
    target = node.this
    table = target.this if isinstance(target, exp.Schema) else target
    stored = _target(compiler, table, "INSERT")
    columns = _inserted_columns(stored, target)
    source = node.args.get("expression")
    if source is None:
        raise not_here("INSERT … DEFAULT VALUES")
    if isinstance(source, exp.Values):
        selects = [_values_row(compiler, stored, columns, row) for row in source.expressions]
        return Changed(stored, " UNION ALL ".join(selects))
    query = compiler.handlers.query(compiler, source, Scope())
    _check_count(len(columns), len(query.columns), "select list")
    values = [
        Value(f"q.{column.physical}", column.type, column.nullable, unit=column.unit)
        for column in query.columns
    ]
    context = Context(compiler, Scope())
    row = _new_row(context, stored, dict(zip(map(_key, columns), values, strict=True)))
    return Changed(stored, f"{row} FROM ({query.sql}) q")


def _key(column: Column) -> str:
    return column.name


def _inserted_columns(stored: StoredTable, target: exp.Expr) -> list[Column]:
    if isinstance(target, exp.Schema):
        columns = [_column(stored, one.name) for one in target.expressions]
        if len({column.name for column in columns}) != len(columns):
            raise sql_error(264, "The column name is specified more than once in the SET clause or "
                            "column list of an INSERT.")  # fmt: skip
    else:
        columns = [one for one in stored.table.columns if not _is_rowversion(one)]
    if any(_is_rowversion(column) for column in columns):
        raise sql_error(
            273,
            "Cannot insert an explicit value into a timestamp column. Use INSERT with a column "
            "list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.",
        )
    return columns


def _is_rowversion(column: Column) -> bool:
    return family(parse_type(column.type)) is Family.ROWVERSION


def _values_row(
    compiler: Compiler, stored: StoredTable, columns: Sequence[Column], row: exp.Expr
) -> str:
    context = Context(compiler, Scope())
    items = row.expressions if isinstance(row, exp.Tuple) else [row]
    _check_count(len(columns), len(items), "VALUES")
    values = {column.name: context.value(item) for column, item in zip(columns, items, strict=True)}
    return _new_row(context, stored, values)


def _check_count(wanted: int, given: int, where: str) -> None:
    if wanted == given:
        return
    more = "more" if wanted > given else "fewer"
    if where == "VALUES":
        text = f"There are {more} columns in the INSERT statement than values specified in the VALUES clause."  # noqa: E501
        raise sql_error(109 if more == "more" else 110, text)
    list_text = f"The select list for the INSERT statement contains {'fewer' if more == 'more' else 'more'} items than the insert list."  # noqa: E501
    raise sql_error(120 if more == "more" else 121, list_text)


def _new_row(context: Context, stored: StoredTable, values: dict[str, Value]) -> str:
    listed = [
        _stored(context, stored, column, values.get(column.name, NULL), "INSERT")
        for column in stored.table.columns
    ]
    return f"SELECT {', '.join(listed)}, CAST(NULL AS BIGINT) AS {ROW}, FALSE AS _gone"


def _column(stored: StoredTable, name: str) -> Column:
    for column in stored.table.columns:
        if same(column.name, name):
            return column
    raise no_column(name)


def _update(compiler: Compiler, node: exp.Expr) -> Changed:
    refuse_other_args(node, ("this", "expressions", "from_", "where"), _CLAUSES)
    stored, source, context, body = _changed_rows(compiler, node, node.this, "UPDATE")
    assigned: dict[str, Value] = {}
    for one in node.expressions:
        if not isinstance(one, exp.EQ) or not isinstance(one.this, exp.Column):
            raise syntax_error(one.sql("tsql")[:60])
        column = _column(stored, one.this.name)
        if _is_rowversion(column):
            raise sql_error(272, "Cannot update a timestamp column.")
        if column.name in assigned:
            raise sql_error(264, f"The column name '{column.name}' is specified more than once in "
                            "the SET clause or column list of an INSERT.")  # fmt: skip
        assigned[column.name] = context.value(one.args["expression"])
    listed = [
        _stored(context, stored, column, assigned[column.name], "UPDATE")
        if column.name in assigned
        else f"{source.alias}.{quoted(column.name)}"
        for column in stored.table.columns
    ]
    return Changed(stored, f"SELECT {', '.join(listed)}, {source.alias}.{ROW}, FALSE{body}")


def _delete(compiler: Compiler, node: exp.Expr) -> Changed:
    refuse_other_args(node, ("this", "tables", "from_", "where"), _CLAUSES)
    tables = node.args.get("tables") or []
    target = tables[0] if tables else node.this
    if tables and isinstance(node.this, exp.Table) and not node.args.get("from_"):
        node.set("from_", exp.From(this=node.this))
    stored, source, _, body = _changed_rows(compiler, node, target, "DELETE")
    listed = ", ".join(f"{source.alias}.{quoted(one.name)}" for one in stored.table.columns)
    return Changed(stored, f"SELECT {listed}, {source.alias}.{ROW}, TRUE{body}")


def _changed_rows(
    compiler: Compiler, node: exp.Expr, target: exp.Expr, right: str
) -> tuple[StoredTable, Source, Context, str]:
    """The target's place among the sources, and the FROM and WHERE that find its rows."""
    context = Context(compiler, Scope())
    if node.args.get("from_") is None:
        _target(compiler, target, right)
        source = add_source(compiler, target, context.scope)
        body = f" FROM {source.sql}"
    else:
        body = from_clause(context, node)
        source = _target_source(context, target)
    stored = source.relation.stored
    if stored is None:
        raise not_here("a change of anything but a table")
    compiler.catalog.writable("", stored.table.schema, stored.table.name, right)
    where = node.args.get("where")
    if where is not None:
        body += f" WHERE {context.condition(where.this)}"
    return stored, source, context, body


def _target_source(context: Context, target: exp.Expr) -> Source:
    """``UPDATE t … FROM dbo.Orders AS t``: the target is named by its alias or by itself."""
    found = context.scope.matching(target.name)
    if not found:
        found = [
            source
            for source in context.scope.sources
            if source.relation.stored and same(source.relation.stored.table.name, target.name)
        ]
    if len(found) != 1:
        raise sql_error(208, f"Invalid object name '{target.name}'.")
    return found[0]


def _stored(context: Context, stored: StoredTable, column: Column, value: Value, verb: str) -> str:
    """SQL of a value as its column stores it; what does not fit is an error at run time."""
    kind, table = parse_type(column.type), stored.table
    name = f"{table.schema}.{table.name}"
    physical = stored.types[column.name]
    if family(kind) is Family.ROWVERSION:
        return f"CAST(NULL AS {physical}) AS {quoted(column.name)}"
    context.compiler.suits(value, kind)
    fits_freely = family(kind) in {Family.TEXT, Family.BINARY} and kind.size != MAX
    converted = convert(value, kind)
    if fits_freely and not value.is_null and value.family is family(kind):
        converted = _fitted(value, converted, column, name)
    if physical.endswith("_NS") or "TIMESTAMP_NS" in physical:
        converted = with_unit(converted, "ns")
    elif converted.unit != "us":
        converted = with_unit(converted, "us")
    sql = converted.sql
    if not column.nullable:
        refuse = fail(
            515,
            f"Cannot insert the value NULL into column '{column.name}', table '{name}'; column "
            f"does not allow nulls. {verb} fails.",
        )
        target = storage(kind, nanos=converted.unit == "ns")
        sql = f"CASE WHEN {sql} IS NULL THEN CAST({refuse} AS {target}) ELSE {sql} END"
    return f"CAST({sql} AS {physical}) AS {quoted(column.name)}"


def _fitted(value: Value, converted: Value, column: Column, table: str) -> Value:
    """Texts and bytes that are too long are refused; blanks and zeros at the end do not count."""
    kind = converted.type
    text = value.family is Family.TEXT
    measured = f"ms.utf16_length(rtrim({value.sql}, ' '))" if text else f"octet_length({value.sql})"
    shown = f"left({value.sql}, {kind.size})" if text else "''"
    refuse = fail(2628, _TRUNCATED.format(table, column.name), value=shown, rest="'.")
    sql = (
        f"CASE WHEN {measured} > {kind.size} THEN CAST({refuse} AS {storage(kind)}) "
        f"ELSE {converted.sql} END"
    )
    return Value(sql, kind, converted.nullable)


_HANDLERS: dict[type[exp.Expr], Callable[[Compiler, exp.Expr], Changed]] = {
    exp.Insert: _insert,
    exp.Update: _update,
    exp.Delete: _delete,
}
