"""Functions on dates and times: DATEPART, DATEADD, DATEDIFF, time zones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIGINT, INT, SYSNAME, TIMES, Family, storage
from erp_resources.sandbox.sqlserver.sql import moments
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.conversions import IMPLICIT
from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.globals import global_value
from erp_resources.sandbox.sqlserver.sql.moments import TICKS_PER_DAY, local_ticks, ticks
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import Unit, Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType

Handler = Callable[[Context, Sequence[exp.Expr]], Value]
_DATE = SqlType("date")
_DATETIME2 = SqlType("datetime2", scale=7)
_MINUTE, _SECOND = 600_000_000, 10_000_000
_FIRST_TICK, _LAST_TICK = -621_355_968_000_000_000, 2_534_023_007_999_999_999
_MOST_OFFSET = 840


@dataclass(frozen=True)
class _Part:
    """A date part.

    ``read`` is SQL of its value, with ``{d}`` for the day, ``{l}`` for local ticks, ``{t}`` for
    ticks of the day. ``unit`` is its length in ticks, or ``months`` in months.
    """

    name: str
    read: str
    unit: int = 0
    months: int = 0
    of_clock: bool = False


_PARTS = (
    (("year", "yy", "yyyy"), _Part("year", "year({d})", months=12)),
    (("quarter", "qq", "q"), _Part("quarter", "quarter({d})", months=3)),
    (("month", "mm", "m"), _Part("month", "month({d})", months=1)),
    (("dayofyear", "dy", "y"), _Part("dayofyear", "dayofyear({d})", TICKS_PER_DAY)),
    (("day", "dd", "d"), _Part("day", "day({d})", TICKS_PER_DAY)),
    (
        ("week", "wk", "ww"),
        _Part("week", "((dayofyear({d}) - 1 + dayofweek(date_trunc('year', {d}))) // 7 + 1)",
              7 * TICKS_PER_DAY),
    ),
    (("weekday", "dw", "w"), _Part("weekday", "(dayofweek({d}) + 1)", TICKS_PER_DAY)),
    (("hour", "hh"), _Part("hour", "({t} // 36000000000)", 36_000_000_000, of_clock=True)),
    (("minute", "mi", "n"), _Part("minute", "({t} // 600000000 % 60)", _MINUTE, of_clock=True)),
    (("second", "ss", "s"), _Part("second", "({t} // 10000000 % 60)", _SECOND, of_clock=True)),
    (("millisecond", "ms"), _Part("millisecond", "({t} // 10000 % 1000)", 10_000, of_clock=True)),
    (("microsecond", "mcs"), _Part("microsecond", "({t} // 10 % 1000000)", 10, of_clock=True)),
    (("nanosecond", "ns"), _Part("nanosecond", "({t} % 10000000 * 100)", 0, of_clock=True)),
    (("tzoffset", "tz"), _Part("tzoffset", "")),
    (("iso_week", "isowk", "isoww"), _Part("iso_week", "week({d})")),
)  # fmt: skip
_BY_NAME = {name: part for names, part in _PARTS for name in names}


def _part(node: exp.Expr, function: str) -> _Part:
    name = node.name.lower() if isinstance(node, exp.Column | exp.Var) else ""
    part = _BY_NAME.get(name)
    if part is None:
        text = f"'{node.name or node.sql('tsql')}' is not a recognized {function} option."
        raise sql_error(155, text)
    return part


def _time(context: Context, node: exp.Expr, function: str) -> Value:
    """An argument as a time; a text is read as datetime2."""
    value = context.value(node)
    if value.family is Family.TEXT or value.is_null:
        return context.to(value, _DATETIME2)
    if value.family not in TIMES:
        text = f"Argument data type {value.type.name} is invalid for argument 2 of {function} "
        raise sql_error(8116, text + "function.")
    return value


def _check(part: _Part, value: Value, function: str) -> None:
    wrong = part.of_clock if value.family is Family.DATE else not part.of_clock
    if value.family in {Family.DATE, Family.TIME} and wrong:
        raise sql_error(
            9810,
            f"The datepart {part.name} is not supported by date function {function} for data type "
            f"{value.type.name}.",
        )


def _date_part(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    part = _part(arguments[0], "datepart")
    value = _time(context, arguments[1], "datepart")
    return derived(f"CAST({_read(part, value, 'datepart')} AS INTEGER)", INT, value)


def _read(part: _Part, value: Value, function: str) -> str:
    if part.name == "tzoffset":
        return _read_offset(part, value, function)
    _check(part, value, function)
    if value.type.name == "datetime" and part.name in {"microsecond", "nanosecond"}:
        raise not_here(f"DATEPART({part.name}, …) of datetime")
    local = local_ticks(value)
    if value.type.name == "datetime":
        local = f"ms.round_to({local}, 10000)"
    return once(local, lambda one: _part_of(part, one))


def _part_of(part: _Part, local: str) -> str:
    day = f"make_timestamp(ms.floor_div({local}, 10))"
    clock = f"ms.floor_mod({local}, {TICKS_PER_DAY})"
    return part.read.format(d=day, t=clock)


def _read_offset(part: _Part, value: Value, function: str) -> str:
    if value.family is Family.ZONED:
        return moments.offset(value)
    if value.type.name == "datetime2":
        return f"CASE WHEN {value.sql} IS NOT NULL THEN 0 END"
    raise sql_error(
        9810,
        f"The datepart {part.name} is not supported by date function {function} for data type "
        f"{value.type.name}.",
    )


def _simple_part(name: str) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        value = _time(context, arguments[0], name)
        return derived(f"CAST({_read(_BY_NAME[name], value, name)} AS INTEGER)", INT, value)

    return compiled


def _date_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    part = _part(arguments[0], "datename")
    value = _time(context, arguments[1], "datename")
    kind = replace(SYSNAME, size=30)
    models = {"month": "%B", "weekday": "%A"}
    if part.name in models:
        _check(part, value, "datename")
        return derived(f"ms.shown({local_ticks(value)}, '{models[part.name]}')", kind, value)
    if part.name == "tzoffset":
        raise not_here("DATENAME(tzoffset, …)")
    return derived(f"CAST({_read(part, value, 'datename')} AS VARCHAR)", kind, value)


def _date_add(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    part = _part(arguments[0], "dateadd")
    number = context.to(context.value(arguments[1]), INT)
    value = context.value(arguments[2])
    if value.family is Family.TEXT or value.is_null:
        value = context.to(value, SqlType("datetime"))
    if value.family not in TIMES:
        value = _time(context, arguments[2], "dateadd")
    _check(part, value, "dateadd")
    if part.months:
        moved = _moved_by_months(value, f"({number.sql} * {part.months})")
    elif part.name in {"tzoffset", "iso_week"}:
        raise sql_error(9810, f"The datepart {part.name} is not supported by date function dateadd "
                        f"for data type {value.type.name}.")  # fmt: skip
    else:
        step = f"(CAST({number.sql} AS BIGINT) * {part.unit})"
        if part.name == "nanosecond":
            # A hundred nanoseconds are the least that a time holds.
            step = f"ms.round_to(CAST({number.sql} AS BIGINT), 100) // 100"
        moved = f"({ticks(value)} + {step})"
    return _rebuilt(value, moved, number, is_fine=part.name in {"nanosecond", "microsecond"})


def _moved_by_months(value: Value, months: str) -> str:
    """Ticks after so many months; a day that the month lacks becomes its last."""
    zone = f" - {moments.offset(value)} * {_MINUTE}" if value.family is Family.ZONED else ""
    moved = once(
        local_ticks(value),
        lambda local: (
            f"(epoch_us(make_timestamp(ms.floor_div({local}, 10)) + to_months({months})) * 10 "
            f"+ ms.floor_mod({local}, 10))"
        ),
    )
    return f"({moved}{zone})"


def _rebuilt(value: Value, moved: str, number: Value, *, is_fine: bool) -> Value:
    kind = value.type
    if value.family is Family.TIME:
        wrapped = f"ms.floor_mod({moved}, {TICKS_PER_DAY})"
        unit: Unit = "ns" if kind.scale == moments.TICK_DIGITS else "us"
        return moments.from_ticks(moments.rounded(wrapped, kind), kind, unit, value, number)
    text = f"Adding a value to a '{kind.name}' column caused an overflow."
    held = once(
        moved,
        lambda one: (
            f"CASE WHEN {one} NOT BETWEEN {_FIRST_TICK} AND {_LAST_TICK} "
            f"THEN CAST({fail(517, text)} AS BIGINT) ELSE {one} END"
        ),
    )
    if value.family is Family.DATE:
        sql = f"CAST(make_timestamp(ms.floor_div({held}, 10)) AS DATE)"
        return derived(sql, kind, value, number)
    held = moments.rounded(held, kind)
    needs_ticks = is_fine and kind.scale == moments.TICK_DIGITS
    if value.family is Family.ZONED:
        name = "ms.zoned_ns" if needs_ticks or value.unit == "ns" else "ms.zoned"
        unit = "ns" if name == "ms.zoned_ns" else "us"
        sql = f"{name}({held}, {moments.offset(value)})"
        return derived(sql, kind, value, number, unit=unit)
    return moments.from_ticks(held, kind, "ticks" if needs_ticks else value.unit, value, number)


def _date_difference(kind: SqlType) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        part = _part(arguments[0], "datediff")
        first, second = (_time(context, one, "datediff") for one in arguments[1:])
        one, two = (_boundary(part, value) for value in (first, second))
        text = (
            "The datediff function resulted in an overflow. The number of dateparts separating two "
            "date/time instances is too large. Try to use datediff with a less precise datepart."
        )
        difference = f"(CAST({two} AS BIGINT) - CAST({one} AS BIGINT))"
        sql = IMPLICIT.checked(difference, storage(kind), fail(535, text))
        return derived(sql, kind, first, second)

    return compiled


def _boundary(part: _Part, value: Value) -> str:
    """SQL of the number of a part's boundaries before a time."""
    own = ticks(value)
    if value.family is Family.TIME:
        own = f"({own} - {moments.DAYS_TO_1900 * TICKS_PER_DAY})"
    moment = f"make_timestamp(ms.floor_div({own}, 10))"
    if part.months:
        return once(moment, lambda one: f"((year({one}) * 12 + month({one}) - 1) // {part.months})")
    if part.name == "week":
        # Weeks begin on Sunday; 1970-01-01 was a Thursday.
        return f"ms.floor_div({own} + {4 * TICKS_PER_DAY}, {7 * TICKS_PER_DAY})"
    if part.name == "nanosecond":
        return f"({own} * 100)"
    if not part.unit:
        raise sql_error(
            9806, f"The datepart {part.name} is not supported by date function datediff."
        )
    return f"ms.floor_div({own}, {part.unit})"


def _end_of_month(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.to(context.value(arguments[0]), _DATE)
    months = "0"
    if len(arguments) > 1:
        months = context.to(context.value(arguments[1]), INT).sql
    return derived(f"last_day(CAST({value.sql} AS TIMESTAMP) + to_months({months}))", _DATE, value)


def _date_from_parts(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    parts = [context.to(context.value(one), INT) for one in arguments]
    shown = [
        f"lpad(CAST({part.sql} AS VARCHAR), {width}, '0')"
        for part, width in zip(parts, (4, 2, 2), strict=True)
    ]
    text = " || '-' || ".join(shown)
    failure = fail(
        289, "Cannot construct data type date, some of the arguments have values which are not "
        "valid.",
    )  # fmt: skip
    return derived(
        f"CASE WHEN ({text}) IS NULL THEN NULL "
        f"ELSE coalesce(TRY_CAST({text} AS DATE), CAST({failure} AS DATE)) END",
        _DATE,
        *parts,
    )


def _system_offset_time(_: Context, __: Sequence[exp.Expr]) -> Value:
    now = global_value("SYSUTCDATETIME")
    return derived(f"ms.zoned({ticks(now)}, 0)", SqlType("datetimeoffset", scale=7), now)


def _minutes(context: Context, node: exp.Expr) -> Value:
    """An offset, spelled ``+02:00`` or in minutes, as minutes."""
    value = context.value(node)
    if value.family is Family.TEXT:
        failure = fail(9812, "The timezone provided to builtin function is invalid.")
        sql = (
            f"CASE WHEN regexp_full_match({value.sql}, '[+-][0-9]{{2}}:[0-9]{{2}}') "
            f"THEN ms.offset_of('0:0' || {value.sql}) ELSE {failure} END"
        )
        return derived(f"CAST({sql} AS BIGINT)", BIGINT, value)
    whole = context.to(value, INT)
    failure = fail(9812, "The timezone provided to builtin function is invalid.")
    sql = f"CASE WHEN abs({whole.sql}) > {_MOST_OFFSET} THEN {failure} ELSE {whole.sql} END"
    return derived(f"CAST({sql} AS BIGINT)", BIGINT, whole)


def _switch_offset(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    if value.family is not Family.ZONED:
        value = context.to(value, SqlType("datetimeoffset", scale=7))
    return _zoned(value, ticks(value), _minutes(context, arguments[1]))


def _to_offset(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    if value.family is Family.TEXT:
        value = context.to(value, _DATETIME2)
    minutes = _minutes(context, arguments[1])
    return _zoned(value, f"({local_ticks(value)} - {minutes.sql} * {_MINUTE})", minutes)


def _zoned(value: Value, utc: str, minutes: Value) -> Value:
    scale = {"datetime": 3, "smalldatetime": 0}.get(value.type.name, value.type.scale)
    kind = SqlType("datetimeoffset", scale=scale)
    unit: Unit = "us" if value.unit == "us" else "ns"
    name = "ms.zoned" if unit == "us" else "ms.zoned_ns"
    return derived(f"{name}({utc}, {minutes.sql})", kind, value, minutes, unit=unit)


def at_time_zone(context: Context, node: exp.Expr, zone: exp.Expr) -> Value:
    """``x AT TIME ZONE 'UTC'``."""
    if not isinstance(zone, exp.Literal | exp.National) or zone.name.upper() != "UTC":
        raise not_here("AT TIME ZONE other than 'UTC'")
    value = _time(context, node, "at time zone")
    if value.family in {Family.DATE, Family.TIME}:
        text = f"Argument data type {value.type.name} is invalid for argument 1 of AT TIME ZONE "
        raise sql_error(8116, text + "function.")
    zero = Value("CAST(0 AS BIGINT)", BIGINT, nullable=False, constant=True)
    return _zoned(value, ticks(value), zero)


FUNCTIONS: dict[str, tuple[int, int, Handler]] = {
    "DATEPART": (2, 2, _date_part),
    "DATENAME": (2, 2, _date_name),
    "YEAR": (1, 1, _simple_part("year")),
    "MONTH": (1, 1, _simple_part("month")),
    "DAY": (1, 1, _simple_part("day")),
    "DATEADD": (3, 3, _date_add),
    "DATEDIFF": (3, 3, _date_difference(INT)),
    "DATEDIFF_BIG": (3, 3, _date_difference(BIGINT)),
    "EOMONTH": (1, 2, _end_of_month),
    "DATEFROMPARTS": (3, 3, _date_from_parts),
    "SYSDATETIMEOFFSET": (0, 0, _system_offset_time),
    "SWITCHOFFSET": (2, 2, _switch_offset),
    "TODATETIMEOFFSET": (2, 2, _to_offset),
}
