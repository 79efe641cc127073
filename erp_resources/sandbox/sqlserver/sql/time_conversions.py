"""Conversions to dates and times."""

from dataclasses import replace

from erp_resources.sandbox.sqlserver.datatypes import TIMES, Family
from erp_resources.sandbox.sqlserver.sql import moments
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion, unknown
from erp_resources.sandbox.sqlserver.sql.errors import fail
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import Unit, Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType


def _time_failure(value: Value, kind: SqlType, how: Conversion) -> str:
    """What a text says that is no time; one in a shape of its own may be one for a real server."""
    text = "Conversion failed when converting date and/or time from character string."
    wrong = how.fail(241, text)
    shapes = how.fail(
        40000, "not in the sandbox: a date in the form of '", value=value.sql, rest="'"
    )
    if kind.name in {"datetime", "smalldatetime"}:
        start = f"The conversion of a {value.type.name} data type to a {kind.name} data type "
        wrong_day = how.fail(242, start + "resulted in an out-of-range value.")
    else:
        wrong_day = wrong
    return (
        f"CASE WHEN ms.is_moment({value.sql}) THEN {wrong_day} "
        f"WHEN regexp_matches({value.sql}, '[0-9]') THEN {shapes} ELSE {wrong} END"
    )


def _ticks_of_text(value: Value, kind: SqlType, how: Conversion) -> str:
    def checked(text: str) -> str:
        failure = _time_failure(replace(value, sql=text), kind, how)
        return (
            f"coalesce(ms.text_ticks({text}), "
            f"CASE WHEN {text} IS NOT NULL THEN CAST({failure} AS BIGINT) END)"
        )

    return once(value.sql, checked)


def to_date(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As date."""
    if value.family is Family.MOMENT and value.unit == "us":
        return derived(f"CAST({value.sql} AS DATE)", kind, value)
    if value.family is Family.TEXT:
        local = _ticks_of_text(value, kind, how)
    elif value.family in {Family.MOMENT, Family.ZONED}:
        local = moments.local_ticks(value)
    else:
        raise unknown(value, kind)
    return derived(f"CAST(make_timestamp(ms.floor_div({local}, 10)) AS DATE)", kind, value)


def to_time(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As time."""
    if value.family is Family.TEXT:
        local = _ticks_of_text(value, kind, how)
    elif value.family in {Family.MOMENT, Family.ZONED, Family.TIME}:
        local = moments.local_ticks(value)
    else:
        raise unknown(value, kind)
    day = f"ms.floor_mod({local}, {moments.TICKS_PER_DAY})"
    unit: Unit = "ns" if kind.scale == moments.TICK_DIGITS else "us"
    return moments.from_ticks(moments.rounded(day, kind), kind, unit, value)


def to_moment(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As datetime, smalldatetime or datetime2."""
    if value.family is Family.MOMENT and _keeps(value, kind):
        return replace(value, type=kind, literal=None, variable=None)
    needs_ticks = kind.name == "datetime2" and kind.scale == moments.TICK_DIGITS
    if value.family is Family.TEXT:
        local = _ticks_of_text(value, kind, how)
        unit = "ticks" if value.literal is None else moments.literal_unit(value.literal)
    elif value.family is Family.TIME:
        day_zero = -moments.DAYS_TO_1900 * moments.TICKS_PER_DAY
        local, unit = f"({moments.ticks(value)} + {day_zero})", value.unit
    elif value.family in TIMES:
        local, unit = moments.local_ticks(value), value.unit
    elif value.family is Family.WHOLE and kind.name == "datetime":
        days = f"(CAST({value.sql} AS BIGINT) - {moments.DAYS_TO_1900})"
        local, unit = f"({days} * {moments.TICKS_PER_DAY})", "us"
    else:
        raise unknown(value, kind)
    held = moments.rounded(local, kind)
    checked = _in_range(held, value, kind, how)
    return moments.from_ticks(checked, kind, unit if needs_ticks else "us", value)


# From 1753-01-01; from 1900-01-01 to 2079-06-06 23:59.
_FIRST = {"datetime": -68_478_048_000_000_000, "smalldatetime": -22_089_888_000_000_000}
_LAST = {"smalldatetime": 34_533_215_400_000_000}


def _in_range(sql: str, value: Value, kind: SqlType, how: Conversion) -> str:
    first, last = _FIRST.get(kind.name), _LAST.get(kind.name)
    if first is None:
        return sql
    start = f"The conversion of a {value.type.name} data type to a {kind.name} data type "
    failure = how.fail(242, start + "resulted in an out-of-range value.")
    outside = "{0} < " + str(first) + (f" OR {{0}} > {last}" if last else "")
    return once(
        sql,
        lambda one: (
            f"CASE WHEN {outside.format(one)} THEN CAST({failure} AS BIGINT) ELSE {one} END"
        ),
    )


def _keeps(value: Value, kind: SqlType) -> bool:
    """Whether every value of a type is one of another as it is."""
    if kind.name != "datetime2":
        return False
    digits = {"datetime": 7, "smalldatetime": 0}.get(value.type.name, value.type.scale)
    return digits <= kind.scale


def _without_seventh(ticks: str) -> str:
    more = fail(40000, "not in the sandbox: a seventh digit in text of datetimeoffset")
    return f"CASE WHEN {ticks} % 10 <> 0 THEN CAST({more} AS BIGINT) ELSE {ticks} END"


def to_zoned(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As datetimeoffset, at UTC where the value has no offset."""
    if value.family is Family.ZONED and value.type.scale <= kind.scale:
        return replace(value, type=kind, literal=None, variable=None)
    minutes = "CAST(0 AS BIGINT)"
    unit = "ns" if kind.scale == moments.TICK_DIGITS and value.unit != "us" else "us"
    if value.family is Family.TEXT:
        minutes = f"CAST(ms.offset_of({value.sql}) AS BIGINT)"
        utc = f"({_ticks_of_text(value, kind, how)} - {minutes} * 600000000)"
        if value.literal is None:
            utc = once(utc, _without_seventh)
        elif moments.literal_unit(value.literal) == "ticks":
            unit = "ns"
    elif value.family is Family.ZONED:
        utc, minutes = moments.ticks(value), moments.offset(value)
    elif value.family in TIMES:
        utc = moments.ticks(to_moment(value, SqlType("datetime2", scale=7), how))
    else:
        raise unknown(value, kind)
    maker = "ms.zoned_ns" if unit == "ns" else "ms.zoned"
    sql = f"{maker}({moments.rounded(utc, kind)}, {minutes})"
    return derived(sql, kind, value, unit="ns" if unit == "ns" else "us")
