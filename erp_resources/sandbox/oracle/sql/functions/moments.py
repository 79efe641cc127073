"""Functions of dates, timestamps and intervals, and TO_DATE and its like."""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import (
    DATE,
    MOMENTS,
    TIMESTAMP,
    Kind,
    free_number,
)
from erp_resources.sandbox.oracle.sql import arithmetic
from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.functions.table import Build, Function
from erp_resources.sandbox.oracle.sql.values import MAX_SCALE, Value, derived
from erp_resources.sandbox.oracle.types import OracleError


def literal(context: Context, node: exp.Expr, what: str) -> str:
    """The text of an argument that must be a literal."""
    value = context.value(node)
    if value.literal is None:
        raise unimplemented(f"{what} that is no literal")
    return value.literal


def _parser(kind: Kind) -> Build:
    defaults = {
        Kind.DATE: "date_format",
        Kind.TIMESTAMP: "timestamp_format",
        Kind.TIMESTAMP_TZ: "timestamp_tz_format",
    }

    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        source = context.value(arguments[0])
        model = getattr(context.compiler.settings, defaults[kind])
        if len(arguments) > 1:
            model = literal(context, arguments[1], "format model")
        if source.kind in MOMENTS:
            # Oracle converts to text under the session's format first.
            source = context.to.text(source)
        return context.to.parsed(context.to.text(source), model, kind)

    return build


def _add_months(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    moment = context.to.date(context.value(arguments[0]))
    months = context.to.number(context.value(arguments[1]))
    sql = f"ora.add_months({moment.sql}, trunc({months.sql}))"
    return derived(sql, DATE, moment, months)


def _last_day(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    moment = context.to.date(context.value(arguments[0]))
    return derived(f"ora.last_day({moment.sql})", DATE, moment)


def _months_between(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    first, second = (context.to.date(context.value(argument)) for argument in arguments)
    sql = f"ora.months_between({first.sql}, {second.sql})"
    return derived(sql, free_number(MAX_SCALE), first, second)


_UNITS = {
    **dict.fromkeys(("DD", "DDD", "J"), "day"),
    **dict.fromkeys(("MM", "MON", "MONTH"), "month"),
    **dict.fromkeys(("YYYY", "YEAR", "SYYYY", "YYY", "YY", "Y"), "year"),
    **dict.fromkeys(("HH", "HH24", "HH12"), "hour"),
    "Q": "quarter",
    "IW": "week",
    "MI": "minute",
}
_DAYS_BACK = {
    **dict.fromkeys(("DAY", "DY", "D"), "dayofweek({0})"),
    "W": "(day({0}) - 1) % 7",
    "WW": "(dayofyear({0}) - 1) % 7",
}


def truncate_moment(context: Context, moment: Value, model: str) -> Value:
    """``TRUNC(date, model)``."""
    date = context.to.date(moment)
    unit = model.upper()
    if unit in _UNITS:
        return derived(f"CAST(date_trunc('{_UNITS[unit]}', {date.sql}) AS TIMESTAMP_S)", DATE, date)
    if unit in _DAYS_BACK:
        back = _DAYS_BACK[unit].format(date.sql)
        sql = (
            f"CAST(date_trunc('day', {date.sql}) - to_days(CAST({back} AS INTEGER)) AS TIMESTAMP_S)"
        )
        return derived(sql, DATE, date)
    raise OracleError(1898, "too many precision specifiers")


_HALF_UP = {
    "day": "{0} + INTERVAL 12 HOUR",
    "hour": "{0} + INTERVAL 30 MINUTE",
    "minute": "{0} + INTERVAL 30 SECOND",
}


def round_moment(context: Context, moment: Value, model: str) -> Value:
    """``ROUND(date, model)``: noon, the 16th and 1 July round up."""
    date = context.to.date(moment)
    unit = _UNITS.get(model.upper())
    if unit == "month":
        sql = (
            f"(date_trunc('month', {date.sql}) + to_months(CASE WHEN day({date.sql}) >= 16 "
            "THEN 1 ELSE 0 END))"
        )
    elif unit == "year":
        sql = (
            f"(date_trunc('year', {date.sql}) + to_years(CASE WHEN month({date.sql}) >= 7 "
            "THEN 1 ELSE 0 END))"
        )
    elif unit in _HALF_UP:
        sql = f"date_trunc('{unit}', {_HALF_UP[unit].format(date.sql)})"
    else:
        raise unimplemented(f"ROUND(date, {model!r})")
    return derived(f"CAST({sql} AS TIMESTAMP_S)", DATE, date)


def _numtodsinterval(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    number = context.to.number(context.value(arguments[0]))
    return arithmetic.interval(number, literal(context, arguments[1], "interval unit"))


def _sys_extract_utc(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    zoned = context.to.zoned(context.value(arguments[0]))
    return derived(context.to.instant(zoned), TIMESTAMP, zoned)


FUNCTIONS = {
    "TO_DATE": Function(_parser(Kind.DATE), 1, 2),
    "TO_TIMESTAMP": Function(_parser(Kind.TIMESTAMP), 1, 2),
    "TO_TIMESTAMP_TZ": Function(_parser(Kind.TIMESTAMP_TZ), 1, 2),
    "ADD_MONTHS": Function(_add_months, 2, 2),
    "LAST_DAY": Function(_last_day, 1, 1),
    "MONTHS_BETWEEN": Function(_months_between, 2, 2),
    "NUMTODSINTERVAL": Function(_numtodsinterval, 2, 2),
    "NUMTOYMINTERVAL": Function(_numtodsinterval, 2, 2),
    "SYS_EXTRACT_UTC": Function(_sys_extract_utc, 1, 1),
}
