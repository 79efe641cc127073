"""NVL, DECODE and other functions of any type; ROWIDs; the session's context."""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import ROWID, WHOLE, DataType, Kind, text
from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.functions.table import MANY, Build, Function
from erp_resources.sandbox.oracle.sql.values import NULL, Value, derived, quote
from erp_resources.sandbox.oracle.types import OracleError


def _values(context: Context, arguments: Sequence[exp.Expr]) -> list[Value]:
    return [context.value(argument) for argument in arguments]


def _coalesce(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    values = _values(context, arguments)
    common = _like_first(context, values)
    fitted = ", ".join(context.to.fit(value, common).sql for value in values)
    return derived(f"coalesce({fitted})", common, *values)


def _like_first(context: Context, values: list[Value]) -> DataType:
    """The common type; where there is none, Oracle converts to the first argument's."""
    try:
        return context.to.common(values)
    except OracleError:
        converted = [context.to.to(value, values[0].kind) for value in values]
        return context.to.common(converted)


def _nvl2(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    tested, *results = _values(context, arguments)
    common = _like_first(context, results)
    yes, no = (context.to.fit(result, common).sql for result in results)
    sql = f"(CASE WHEN {tested.sql} IS NOT NULL THEN {yes} ELSE {no} END)"
    return derived(sql, common, tested, *results)


def _nullif(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    same = context.condition(exp.EQ(this=arguments[0].copy(), expression=arguments[1].copy()))
    return derived(f"(CASE WHEN {same} THEN NULL ELSE {value.sql} END)", value.type)


def _decode(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """DECODE compares NULL with NULL as equal and converts to its first result's type."""
    subject, rest = arguments[0], list(arguments[1:])
    default = context.value(rest.pop()) if len(rest) % 2 else NULL
    results = [context.value(result) for result in rest[1::2]]
    common = _like_first(context, [*results, default])
    whens = [
        f"WHEN {_same(context, subject, search)} THEN {context.to.fit(result, common).sql}"
        for search, result in zip(rest[0::2], results, strict=True)
    ]
    sql = f"(CASE {' '.join(whens)} ELSE {context.to.fit(default, common).sql} END)"
    return derived(sql, common, context.value(subject), *results, default)


def _same(context: Context, subject: exp.Expr, search: exp.Expr) -> str:
    left, right = context.value(subject), context.value(search)
    if right is NULL:
        return f"({left.sql} IS NULL)"
    equal = context.condition(exp.EQ(this=subject.copy(), expression=search.copy()))
    if isinstance(search, exp.Literal):
        return equal
    return f"({equal} OR ({left.sql} IS NULL AND {right.sql} IS NULL))"


def _extreme(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        values = _values(context, arguments)
        common = _like_first(context, values)
        if common.kind in {Kind.TIMESTAMP_TZ, Kind.CLOB, Kind.BLOB}:
            raise unimplemented(f"{name.upper()} of {common.kind.value}")
        fitted = [context.to.fit(value, common).sql for value in values]
        missing = " OR ".join(f"{sql} IS NULL" for sql in fitted)
        sql = f"(CASE WHEN {missing} THEN NULL ELSE {name}({', '.join(fitted)}) END)"
        return derived(sql, common, *values)

    return build


def _ora_hash(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """Stable buckets, but not the numbers that Oracle's secret function gives."""
    values = _values(context, arguments)
    value = values[0]
    if value.kind in {Kind.CLOB, Kind.BLOB}:
        raise unimplemented(f"ORA_HASH of {value.kind.value}")
    hashed = f"hash({value.sql})"
    if len(values) > 2:  # noqa: PLR2004 the third argument
        raise unimplemented("ORA_HASH with a seed")
    buckets = context.to.number(values[1]).sql if len(values) > 1 else "4294967295"
    sql = f"CAST({hashed} % (CAST({buckets} AS UBIGINT) + 1) AS BIGINT)"
    return derived(sql, WHOLE, *values)


def _rowid_create(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    kind, *place = (context.to.number(value) for value in _values(context, arguments))
    if kind.sql != "CAST(1 AS BIGINT)":
        raise unimplemented("DBMS_ROWID.ROWID_CREATE of a restricted ROWID")
    parts = ", ".join(f"CAST({part.sql} AS HUGEINT)" for part in place)
    return derived(f"ora.rowid_make({parts})", ROWID, *place)


def _rowid_part(below: int, modulus: int) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        rowid = context.to.to(context.value(arguments[0]), Kind.ROWID)
        return derived(f"CAST({rowid.sql} // {below} % {modulus} AS BIGINT)", WHOLE, rowid)

    return build


def _chartorowid(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    return context.to.rowid(context.to.text(context.value(arguments[0])))


def _rowidtochar(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    return context.to.text(context.to.to(context.value(arguments[0]), Kind.ROWID))


def _sys_context(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    names = [context.value(argument).literal for argument in arguments]
    if None in names:
        raise unimplemented("SYS_CONTEXT of expressions")
    namespace, name = (str(part).upper() for part in names)
    settings = context.compiler.settings
    known = {
        "CURRENT_SCHEMA": settings.schema,
        "SESSION_USER": settings.user,
        "CURRENT_USER": settings.user,
        **_USERENV,
    }
    if namespace != "USERENV" or name not in known:
        raise OracleError(2003, "invalid USERENV parameter")
    return Value(quote(known[name]), text(256), constant=True)


_USERENV = {
    "DB_NAME": "EBS",
    "DB_UNIQUE_NAME": "EBS",
    "SERVICE_NAME": "EBS",
    "INSTANCE_NAME": "EBS",
    "CON_NAME": "EBS",
    "INSTANCE": "1",
    "SERVER_HOST": "sandbox",
    "LANG": "US",
    "LANGUAGE": "AMERICAN_AMERICA.AL32UTF8",
    "NLS_CALENDAR": "GREGORIAN",
    "NLS_SORT": "BINARY",
    "NLS_TERRITORY": "AMERICA",
}


def _timestamp_to_scn(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """Only of the present: the store keeps no times of its commits."""
    if not isinstance(arguments[0], exp.Systimestamp):
        raise unimplemented("TIMESTAMP_TO_SCN of another time than SYSTIMESTAMP")
    return _current_scn(context, ())


def _current_scn(_: Context, __: Sequence[exp.Expr]) -> Value:
    return Value("CAST($current_scn AS BIGINT)", WHOLE, nullable=False, constant=True)


_FILES, _BLOCKS, _SLOTS = 1 << 10, 1 << 22, 1 << 16
FUNCTIONS = {
    "NVL": Function(_coalesce, 2, 2),
    "COALESCE": Function(_coalesce, 2, MANY),
    "NVL2": Function(_nvl2, 3, 3),
    "NULLIF": Function(_nullif, 2, 2),
    "DECODE": Function(_decode, 3, MANY),
    "GREATEST": Function(_extreme("greatest"), 1, MANY),
    "LEAST": Function(_extreme("least"), 1, MANY),
    "ORA_HASH": Function(_ora_hash, 1, 3),
    "CHARTOROWID": Function(_chartorowid, 1, 1),
    "ROWIDTOCHAR": Function(_rowidtochar, 1, 1),
    "DBMS_ROWID.ROWID_CREATE": Function(_rowid_create, 5, 5),
    "DBMS_ROWID.ROWID_OBJECT": Function(_rowid_part(_SLOTS * _BLOCKS * _FILES, 1 << 32), 1, 1),
    "DBMS_ROWID.ROWID_RELATIVE_FNO": Function(_rowid_part(_SLOTS * _BLOCKS, _FILES), 1, 1),
    "DBMS_ROWID.ROWID_BLOCK_NUMBER": Function(_rowid_part(_SLOTS, _BLOCKS), 1, 1),
    "DBMS_ROWID.ROWID_ROW_NUMBER": Function(_rowid_part(1, _SLOTS), 1, 1),
    "SYS_CONTEXT": Function(_sys_context, 2, 2),
    "TIMESTAMP_TO_SCN": Function(_timestamp_to_scn, 1, 1),
    "DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER": Function(_current_scn, 0, 0),
}
