"""What a session knows without a table: ``@@SPID``, ``DB_NAME()``, ``GETDATE()`` and their kin.

Each is a DuckDB parameter, which the session fills in when the statement runs.
"""

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIGINT, FLOAT, INT, SYSNAME, storage
from erp_resources.sandbox.sqlserver.sql.errors import sql_error
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlType

_SMALLINT = SqlType("smallint")
_EIGHT_BYTES = SqlType("binary", 8)
_NOW = "now"

# Name in T-SQL: name of the parameter, type.
GLOBALS: dict[str, tuple[str, SqlType]] = {
    "@@SPID": ("spid", _SMALLINT),
    "@@TRANCOUNT": ("trancount", INT),
    "@@ROWCOUNT": ("rowcount", INT),
    "ROWCOUNT_BIG": ("rowcount", BIGINT),
    "@@ERROR": ("error", INT),
    "@@VERSION": ("version", SqlType("nvarchar", 300)),
    "@@SERVERNAME": ("server", SYSNAME),
    "@@SERVICENAME": ("service", SYSNAME),
    "@@LANGUAGE": ("language", SYSNAME),
    "@@MAX_PRECISION": ("max_precision", SqlType("tinyint")),
    "@@DATEFIRST": ("datefirst", SqlType("tinyint")),
    "@@LOCK_TIMEOUT": ("lock_timeout", INT),
    "@@TEXTSIZE": ("textsize", INT),
    "@@NESTLEVEL": ("nestlevel", INT),
    "@@MICROSOFTVERSION": ("microsoft_version", INT),
    "@@DBTS": ("dbts", _EIGHT_BYTES),
    "DB_NAME": ("database", SYSNAME),
    "ORIGINAL_DB_NAME": ("database", SYSNAME),
    "DB_ID": ("database_id", _SMALLINT),
    "SUSER_SNAME": ("login", SYSNAME),
    "SUSER_NAME": ("login", SYSNAME),
    "ORIGINAL_LOGIN": ("login", SYSNAME),
    "SYSTEM_USER": ("login", SYSNAME),
    "USER_NAME": ("user", SYSNAME),
    "USER": ("user", SYSNAME),
    "CURRENT_USER": ("user", SYSNAME),
    "SESSION_USER": ("user", SYSNAME),
    "HOST_NAME": ("host", SYSNAME),
    "APP_NAME": ("application", SYSNAME),
    "XACT_STATE": ("xact_state", _SMALLINT),
    "SCOPE_IDENTITY": ("identity", SqlType("numeric", precision=38)),
    "@@IDENTITY": ("identity", SqlType("numeric", precision=38)),
    "GETDATE": (_NOW, SqlType("datetime")),
    "GETUTCDATE": (_NOW, SqlType("datetime")),
    "CURRENT_TIMESTAMP": (_NOW, SqlType("datetime")),
    "SYSDATETIME": (_NOW, SqlType("datetime2", scale=7)),
    "SYSUTCDATETIME": (_NOW, SqlType("datetime2", scale=7)),
    "MIN_ACTIVE_ROWVERSION": ("active_rowversion", _EIGHT_BYTES),
    "CHANGE_TRACKING_CURRENT_VERSION": ("current_version", BIGINT),
    "PI": ("pi", FLOAT),
}
_BARE_WORDS = frozenset(
    {"CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"}
)


def is_bare_word(column: exp.Column) -> bool:
    """Whether what looks like a column is a function that is spelled without parentheses."""
    is_plain = not column.this.args.get("quoted") and not column.args.get("table")
    return is_plain and column.name.upper() in _BARE_WORDS


def global_value(name: str) -> Value:
    """The value of that name, in upper case.

    Raises:
        SqlServerError: 137, there is no such global variable.
    """
    found = GLOBALS.get(name)
    if found is None:
        raise sql_error(137, f'Must declare the scalar variable "{name}".')
    parameter, kind = found
    sql = f"CAST(${parameter} AS {storage(kind)})"
    if kind.name == "datetime":
        sql = f"make_timestamp(ms.round_datetime(epoch_us({sql}) * 10) // 10)"
    return Value(sql, kind, constant=True)
