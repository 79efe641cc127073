"""Scalar functions: which there are, how many arguments they take, what each becomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import (
    BIGINT,
    FLOAT,
    INT,
    NUMBERS,
    Family,
    parse_type,
    storage,
    width,
)
from erp_resources.sandbox.sqlserver.sql import (
    date_functions,
    metadata_functions,
    text_functions,
)
from erp_resources.sandbox.sqlserver.sql.branches import branches, coalesced
from erp_resources.sandbox.sqlserver.sql.comparisons import compare, sort_key
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion
from erp_resources.sandbox.sqlserver.sql.errors import no_function, not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.globals import GLOBALS, global_value
from erp_resources.sandbox.sqlserver.sql.values import NULL, Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType

at_time_zone = date_functions.at_time_zone

MACROS = (
    *text_functions.MACROS,
    # Not SQL Server's number; it changes when a value does, as SQL Server's.
    "CREATE MACRO ms.checksum(h) AS (CAST(CAST(h >> 32 AS BIGINT) - 2147483648 AS INTEGER))",
)
_MANY = 10_000
_CAST_SIZE = 30

Handler = Callable[[Context, Sequence[exp.Expr]], Value]


@dataclass(frozen=True)
class Function:
    """A function and the number of its arguments, from ``least`` to ``most``."""

    least: int
    most: int
    handler: Handler


def call(context: Context, name: str, arguments: Sequence[exp.Expr]) -> Value:
    """Compile a call; ``name`` in upper case.

    Raises:
        SqlServerError: 195 for a function that there is not, 174 and 189 for a wrong number of
            arguments, 40000 for functions that the sandbox does not know.
    """
    if name in GLOBALS and not name.startswith("@@") and not arguments:
        return global_value(name)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise not_here(f"the function {name}") if name in _OTHERS else no_function(name)
    if not function.least <= len(arguments) <= function.most:
        raise _wrong_count(name, function)
    return function.handler(context, arguments)


def _wrong_count(name: str, function: Function) -> Exception:
    if function.least == function.most:
        text = f"The {name.lower()} function requires {function.least} argument(s)."
        return sql_error(174, text)
    text = f"The {name.lower()} function requires {function.least} to {function.most} arguments."
    return sql_error(189, text)


def _cast(context: Context, arguments: Sequence[exp.Expr], *, safe: bool = False) -> Value:
    kind = parse_type(arguments[0].name, _CAST_SIZE)
    style = _style(arguments[2]) if len(arguments) > 2 else 0  # noqa: PLR2004 type, value, style
    how = Conversion(style, safe=safe, explicit=True)
    found = context.to(context.value(arguments[1]), kind, how)
    return replace(found, literal=None, variable=None, is_null=False)


def _style(node: exp.Expr) -> int:
    if not isinstance(node, exp.Literal) or not node.name.isdigit():
        raise not_here("CONVERT under a style that is no literal")
    return int(node.name)


def _try_cast(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    return _cast(context, arguments, safe=True)


def _isnull(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    first, second = (context.value(one) for one in arguments)
    kind = second.type if first.is_null else first.type
    return coalesced(context, [first, second], kind)


def _coalesce(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    values = [context.value(one) for one in arguments]
    if all(value.is_null for value in values):
        text = "At least one of the arguments to COALESCE must be an expression that is not the "
        raise sql_error(4127, text + "NULL constant.")
    return coalesced(context, values)


def _nullif(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    first, second = (context.value(one) for one in arguments)
    test = compare(context, "=", first, second)
    null = f"CAST(NULL AS {first.storage})"
    return Value(f"CASE WHEN {test} THEN {null} ELSE {first.sql} END", first.type, unit=first.unit)


def _iif(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    test = context.condition(arguments[0])
    return branches(context, [test], [context.value(one) for one in arguments[1:]])


def _choose(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    index = context.to(context.value(arguments[0]), INT).sql
    values = [context.value(one) for one in arguments[1:]]
    tests = [f"{index} = {place}" for place in range(1, len(arguments))]
    return branches(context, tests, [*values, NULL])


def _number(context: Context, node: exp.Expr, name: str) -> Value:
    value = context.value(node)
    if value.family is Family.TEXT:
        return context.to(value, FLOAT)
    if value.family not in NUMBERS:
        text = f"Argument data type {value.type.name} is invalid for argument 1 of {name} function."
        raise sql_error(8116, text)
    if value.family is Family.BIT:
        return context.to(value, FLOAT)
    return value


def _abs(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = _number(context, arguments[0], "abs")
    kind = INT if value.type.name in {"tinyint", "smallint"} else value.type
    return derived(f"abs(CAST({value.sql} AS {storage(kind)}))", kind, value)


def _sign(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = _number(context, arguments[0], "sign")
    kind = INT if value.type.name in {"tinyint", "smallint"} else value.type
    return derived(f"CAST(sign({value.sql}) AS {storage(kind)})", kind, value)


def _whole_part(name: str) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        value = _number(context, arguments[0], name)
        if value.family is Family.WHOLE:
            kind = value.type if value.type.name == "bigint" else INT
            return derived(f"CAST({value.sql} AS {storage(kind)})", kind, value)
        kind = value.type
        if value.family is Family.EXACT:
            kind = replace(kind, scale=0)
        return derived(f"CAST({name}({value.sql}) AS {storage(kind)})", kind, value)

    return compiled


def _round(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = _number(context, arguments[0], "round")
    digits = _constant_int(arguments[1])
    if len(arguments) > 2:  # noqa: PLR2004 the function says how
        raise not_here("ROUND that cuts off")
    kind = INT if value.type.name in {"tinyint", "smallint"} else value.type
    if value.family is Family.WHOLE and digits >= 0:
        return derived(f"CAST({value.sql} AS {storage(kind)})", kind, value)
    return derived(f"CAST(round({value.sql}, {digits}) AS {storage(kind)})", kind, value)


def _constant_int(node: exp.Expr) -> int:
    sign = -1 if isinstance(node, exp.Neg) else 1
    literal = node.this if isinstance(node, exp.Neg) else node
    if not isinstance(literal, exp.Literal) or not literal.name.isdigit():
        raise not_here("ROUND to a number of digits that is no literal")
    return sign * int(literal.name)


def _square_root(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.to(context.value(arguments[0]), FLOAT)
    return derived(f"sqrt({value.sql})", FLOAT, value)


def _new_id(_: Context, __: Sequence[exp.Expr]) -> Value:
    return Value("upper(CAST(uuid() AS VARCHAR))", SqlType("uniqueidentifier"), nullable=False)


def _data_length(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    kind = BIGINT if value.type.size == -1 else INT
    if value.family is Family.TEXT:
        count = f"ms.utf16_length({value.sql})"
        sql = f"({count} * 2)" if value.type.name.startswith("n") else f"length({value.sql})"
    elif value.family is Family.BINARY:
        sql = f"octet_length({value.sql})"
    elif value.family in {Family.XML, Family.HIERARCHY, Family.VARIANT}:
        raise not_here(f"DATALENGTH of {value.type.name}")
    else:
        sql = f"CASE WHEN {value.sql} IS NOT NULL THEN {width(value.type)} END"
    return derived(f"CAST({sql} AS {storage(kind)})", kind, value)


def _checksum(key: Callable[[Value], str]) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], exp.Star):
            values = [
                source.value(column)
                for source in context.scope.sources
                for column in source.relation.columns
            ]
        else:
            values = [context.value(one) for one in arguments]
        hashed = ", ".join(key(value) for value in values)
        return Value(f"ms.checksum(hash({hashed}))", INT, nullable=False)

    return compiled


def _key_or_value(value: Value) -> str:
    return sort_key(value) if value.family is Family.TEXT else value.sql


_FUNCTIONS: dict[str, Function] = {
    "CAST": Function(2, 2, _cast),
    "CONVERT": Function(2, 3, _cast),
    "TRY_CAST": Function(2, 2, _try_cast),
    "TRY_CONVERT": Function(2, 3, _try_cast),
    "ISNULL": Function(2, 2, _isnull),
    "COALESCE": Function(2, _MANY, _coalesce),
    "NULLIF": Function(2, 2, _nullif),
    "IIF": Function(3, 3, _iif),
    "CHOOSE": Function(2, _MANY, _choose),
    "ABS": Function(1, 1, _abs),
    "SIGN": Function(1, 1, _sign),
    "FLOOR": Function(1, 1, _whole_part("floor")),
    "CEILING": Function(1, 1, _whole_part("ceil")),
    "ROUND": Function(2, 3, _round),
    "SQRT": Function(1, 1, _square_root),
    "NEWID": Function(0, 0, _new_id),
    "DATALENGTH": Function(1, 1, _data_length),
    "CHECKSUM": Function(1, _MANY, _checksum(_key_or_value)),
    "BINARY_CHECKSUM": Function(1, _MANY, _checksum(lambda value: value.sql)),
    **{name: Function(*entry) for name, entry in text_functions.FUNCTIONS.items()},
    **{name: Function(*entry) for name, entry in date_functions.FUNCTIONS.items()},
    **{name: Function(*entry) for name, entry in metadata_functions.FUNCTIONS.items()},
}
_OTHERS = frozenset(
    """ACOS ASIN ATAN ATN2 COS COT DEGREES EXP LOG LOG10 POWER RADIANS RAND SIN SQUARE TAN
    DIFFERENCE FORMAT PATINDEX PARSENAME SOUNDEX STR STRING_AGG STRING_ESCAPE STRING_SPLIT STUFF
    TRANSLATE DATETIMEFROMPARTS DATETIME2FROMPARTS DATETIMEOFFSETFROMPARTS SMALLDATETIMEFROMPARTS
    TIMEFROMPARTS ISDATE DATETRUNC DATE_BUCKET ISNUMERIC PARSE TRY_PARSE FIRST_VALUE LAST_VALUE
    PERCENT_RANK CUME_DIST PERCENTILE_CONT PERCENTILE_DISC GROUPING GROUPING_ID HASHBYTES
    COMPRESS DECOMPRESS JSON_VALUE JSON_QUERY JSON_MODIFY ISJSON OPENJSON FORMATMESSAGE
    IDENT_SEED IDENT_INCR NEWSEQUENTIALID GREATEST LEAST APPROX_COUNT_DISTINCT
    CONTEXT_INFO SESSION_CONTEXT CONNECTIONPROPERTY SESSIONPROPERTY COLUMNPROPERTY INDEXPROPERTY
    INDEX_COL STATS_DATE IS_MEMBER IS_ROLEMEMBER IS_SRVROLEMEMBER PERMISSIONS FILE_NAME
    OBJECT_DEFINITION OBJECTPROPERTYEX TYPE_ID TYPEPROPERTY COL_LENGTH ERROR_NUMBER ERROR_MESSAGE
    ERROR_SEVERITY ERROR_STATE ERROR_LINE CHANGE_TRACKING_IS_COLUMN_IN_MASK USER_ID
    DATABASE_PRINCIPAL_ID SUSER_ID SUSER_SID GETANSINULL CURRENT_REQUEST_ID
    CURRENT_TRANSACTION_ID
    """.split()  # noqa: SIM905 a list of a hundred names reads better as words
)
"""Built-in functions that the sandbox does not have."""
