"""Functions that look into the catalogue: OBJECT_ID, SERVERPROPERTY, HAS_PERMS_BY_NAME."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Callable, Sequence

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIGINT, INT, SYSNAME
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.globals import global_value
from erp_resources.sandbox.sqlserver.sql.text_functions import text_argument
from erp_resources.sandbox.sqlserver.sql.values import NULL, Value
from erp_resources.sandbox.sqlserver.types import SqlType

Handler = Callable[[Context, Sequence[exp.Expr]], Value]
_VARIANT = SqlType("sql_variant")


def _id(context: Context, node: exp.Expr) -> str:
    return context.to(context.value(node), INT).sql


def _looked_up(sql: str, kind: SqlType) -> Value:
    return Value(f"({sql})", kind)


def _visible(context: Context, alias: str) -> str:
    return f"{alias}.object_id NOT IN ({context.compiler.catalog.hidden})"


def _object_id(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    name = text_argument(context, arguments[0]).sql
    wanted = ""
    if len(arguments) > 1:
        wanted = f" AND s.type = upper(rtrim({text_argument(context, arguments[1]).sql}))"
    return _looked_up(
        f"SELECT s.object_id FROM catalog.spellings s WHERE s.spelling = lower({name}) "
        f"AND {_visible(context, 's')}{wanted}",
        INT,
    )


def _object_name(column: str) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        return _looked_up(
            f"SELECT o.{column} FROM catalog.object_names o "
            f"WHERE o.object_id = {_id(context, arguments[0])} AND {_visible(context, 'o')}",
            SYSNAME,
        )

    return compiled


def _column_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    return _looked_up(
        f"SELECT c.name FROM catalog.columns c WHERE c.object_id = {_id(context, arguments[0])} "
        f"AND c.column_id = {_id(context, arguments[1])} AND {_visible(context, 'c')}",
        SYSNAME,
    )


def _schema_id(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    if not arguments:
        return Value("CAST(1 AS INTEGER)", INT)
    name = text_argument(context, arguments[0]).sql
    sql = f"SELECT s.schema_id FROM catalog.schemas s WHERE lower(s.name) = lower({name})"
    return _looked_up(sql, INT)


def _schema_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    if not arguments:
        return Value("'dbo'", SYSNAME)
    sql = f"SELECT s.name FROM catalog.schemas s WHERE s.schema_id = {_id(context, arguments[0])}"
    return _looked_up(sql, SYSNAME)


def _type_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    number = _id(context, arguments[0])
    sql = f"SELECT t.name FROM catalog.types t WHERE t.user_type_id = {number}"
    return _looked_up(sql, SYSNAME)


def _object_property(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """Of a table: it is a user's, it is no view, it has a key or not."""
    name = f"lower({text_argument(context, arguments[1]).sql})"
    return _looked_up(
        f"SELECT CASE WHEN {name} IN ('istable', 'isusertable') THEN 1 "
        f"WHEN {name} IN ('tablehasprimarykey', 'tablehasclustindex') THEN o.has_key "
        f"WHEN {name} IN ('isview', 'ismsshipped', 'issystemtable', 'isprocedure') THEN 0 END "
        f"FROM catalog.object_names o WHERE o.object_id = {_id(context, arguments[0])} "
        f"AND {_visible(context, 'o')}",
        INT,
    )


def _database_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    sql = (
        f"SELECT d.name FROM catalog.databases d WHERE d.database_id = {_id(context, arguments[0])}"
    )
    return _looked_up(sql, SYSNAME)


def _database_id(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    name = text_argument(context, arguments[0]).sql
    sql = f"SELECT d.database_id FROM catalog.databases d WHERE lower(d.name) = lower({name})"
    return _looked_up(f"SELECT CAST(({sql}) AS SMALLINT)", SqlType("smallint"))


def _property(table: str) -> Handler:
    """SERVERPROPERTY and DATABASEPROPERTYEX; an unknown name is NULL."""

    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        name = text_argument(context, arguments[-1]).sql
        sql = f"SELECT p.value FROM catalog.{table} p WHERE p.name = lower({name})"
        return _looked_up(sql, _VARIANT)

    return compiled


def _has_permission(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """1 or 0 for a right on an object or on the database, NULL for an object that there is not."""
    securable = text_argument(context, arguments[0]).sql
    right = f"upper({text_argument(context, arguments[2]).sql})"
    return _looked_up(
        f"SELECT CASE WHEN {securable} IS NULL THEN CAST(list_contains("
        f"CAST($permissions AS VARCHAR[]), {right}) AS INTEGER) "
        f"ELSE (SELECT CASE WHEN {right} IN ('SELECT', 'VIEW DEFINITION', 'ANY') THEN 1 "
        f"ELSE CAST(list_contains(CAST($permissions AS VARCHAR[]), {right}) AS INTEGER) END "
        f"FROM catalog.spellings s WHERE s.spelling = lower({securable}) "
        f"AND {_visible(context, 's')}) END",
        INT,
    )


def _has_access(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    name = text_argument(context, arguments[0]).sql
    sql = f"SELECT CAST(1 AS INTEGER) FROM catalog.databases d WHERE lower(d.name) = lower({name})"
    return _looked_up(sql, INT)


def _least_version(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """NULL for a table that is not tracked."""
    return _looked_up(
        "SELECT greatest(t.begin_version, CAST($oldest_version AS BIGINT)) "
        f"FROM catalog.tracked t WHERE t.object_id = {_id(context, arguments[0])} "
        f"AND {_visible(context, 't')}",
        BIGINT,
    )


def _no_identity(_: Context, __: Sequence[exp.Expr]) -> Value:
    return NULL


def _user_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    number = _id(context, arguments[0])
    names = {1: "dbo", 3: "INFORMATION_SCHEMA", 4: "sys"}
    whens = " ".join(f"WHEN {key} THEN '{name}'" for key, name in names.items())
    own = global_value("USER_NAME").sql
    return Value(f"CASE {number} {whens} WHEN 5 THEN {own} END", SYSNAME)


FUNCTIONS: dict[str, tuple[int, int, Handler]] = {
    "OBJECT_ID": (1, 2, _object_id),
    "OBJECT_NAME": (1, 2, _object_name("name")),
    "OBJECT_SCHEMA_NAME": (1, 2, _object_name("schema_name")),
    "OBJECTPROPERTY": (2, 2, _object_property),
    "COL_NAME": (2, 2, _column_name),
    "SCHEMA_ID": (0, 1, _schema_id),
    "SCHEMA_NAME": (0, 1, _schema_name),
    "TYPE_NAME": (1, 1, _type_name),
    "DB_NAME": (1, 1, _database_name),
    "DB_ID": (1, 1, _database_id),
    "USER_NAME": (1, 1, _user_name),
    "SERVERPROPERTY": (1, 1, _property("server_properties")),
    "DATABASEPROPERTYEX": (2, 2, _property("database_properties")),
    "HAS_PERMS_BY_NAME": (3, 3, _has_permission),
    "HAS_DBACCESS": (1, 1, _has_access),
    "CHANGE_TRACKING_MIN_VALID_VERSION": (1, 1, _least_version),
    "IDENT_CURRENT": (1, 1, _no_identity),
}
