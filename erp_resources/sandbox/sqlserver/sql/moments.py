"""Dates and times: their ticks of 100 ns, rounding, text in both directions."""

import re

from erp_resources.sandbox.sqlserver.datatypes import Family
from erp_resources.sandbox.sqlserver.sql.errors import not_here, quote
from erp_resources.sandbox.sqlserver.sql.values import Unit, Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType

TICKS_PER_DAY = 864_000_000_000
TICK_DIGITS = 7
DAYS_TO_1900 = 25_567
"""Days from 1900-01-01 to 1970-01-01."""
_SHIFT = 7_000_000 * TICKS_PER_DAY

MACROS = (
    # Seven million days are a multiple of every b here and bring every a above 0.
    f"CREATE MACRO ms.floor_div(a, b) AS ((a + {_SHIFT}) // b - {_SHIFT} // b)",
    f"CREATE MACRO ms.floor_mod(a, b) AS ((a + {_SHIFT}) % b)",
    "CREATE MACRO ms.round_to(t, unit) AS (ms.floor_div(t + unit // 2, unit) * unit)",
    # datetime counts 300ths of a second; shown in microseconds they end in 0, 3333 or 6667.
    """CREATE MACRO ms.round_datetime(t) AS (
      ms.floor_div(ms.floor_div(t * 3 + 50000, 100000) * 10000 + 1, 3) * 10)""",
    """CREATE MACRO ms.round_minute(t) AS (
      ms.floor_div(t + 300010000, 600000000) * 600000000)""",
    """CREATE MACRO ms.zoned(t, minutes) AS (CASE WHEN t IS NULL OR minutes IS NULL THEN NULL
      ELSE struct_pack(utc := make_timestamp(ms.floor_div(t, 10)),
        offset_minutes := CAST(minutes AS SMALLINT)) END)""",
    """CREATE MACRO ms.zoned_ns(t, minutes) AS (CASE WHEN t IS NULL OR minutes IS NULL THEN NULL
      ELSE struct_pack(utc := make_timestamp_ns(t * 100),
        offset_minutes := CAST(minutes AS SMALLINT)) END)""",
    """CREATE MACRO ms.date_part(t) AS (regexp_extract(trim(t),
      '^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{8})', 1))""",
    """CREATE MACRO ms.date_of(t) AS (TRY_CAST(regexp_replace(ms.date_part(t),
      '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3') AS DATE))""",
    """CREATE MACRO ms.clock_part(t) AS (regexp_extract(trim(t),
      '([0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,7})?)?) ?(Z|[+-][0-9]{2}:[0-9]{2})?$', 1))""",
    # Ticks since midnight; NULL for an hour that does not exist.
    """CREATE MACRO ms.clock_ticks(clock) AS (CASE WHEN clock = '' THEN 0
      WHEN TRY_CAST(string_split(clock, ':')[1] AS INTEGER) > 23 THEN NULL
      ELSE epoch_us(TRY_CAST(
          lpad(string_split(clock, ':')[1], 2, '0') || ':' || string_split(clock, ':')[2] || ':'
          || coalesce(string_split(string_split(clock, ':')[3], '.')[1], '00') AS TIME)) * 10
        + CAST(rpad(coalesce(string_split(clock, '.')[2], ''), 7, '0') AS BIGINT) END)""",
    """CREATE MACRO ms.offset_of(t) AS (CASE
      WHEN regexp_matches(trim(t), ':[0-9.]+ ?[+-][0-9]{2}:[0-9]{2}$')
      THEN CAST(right(trim(t), 6)[1:1] || '1' AS INTEGER) *
        (CAST(right(trim(t), 5)[1:2] AS INTEGER) * 60 + CAST(right(trim(t), 2) AS INTEGER))
      ELSE 0 END)""",
    """CREATE MACRO ms.is_moment(t) AS (regexp_full_match(trim(t),
      '(([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{8})([ T]+|$))?'
      || '([0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,7})?)?( ?(Z|[+-][0-9]{2}:[0-9]{2}))?)?'))""",
    # Local ticks since 1970 of a text; a text without a date lies on 1900-01-01.
    f"""CREATE MACRO ms.text_ticks(t) AS (CASE WHEN NOT ms.is_moment(t) THEN NULL
      ELSE ms.clock_ticks(ms.clock_part(t)) + CASE WHEN ms.date_part(t) = ''
        THEN {-DAYS_TO_1900 * TICKS_PER_DAY}
        ELSE epoch_us(CAST(ms.date_of(t) AS TIMESTAMP)) * 10 END END)""",
    """CREATE MACRO ms.shown(ticks, model) AS (
      strftime(make_timestamp(ms.floor_div(ticks, 10)), model))""",
    """CREATE MACRO ms.fraction(ticks, digits) AS (left(lpad(CAST(
      ms.floor_mod(ticks, 10000000) AS VARCHAR), 7, '0'), digits))""",
    """CREATE MACRO ms.offset_text(minutes) AS (CASE WHEN minutes < 0 THEN '-' ELSE '+' END
      || lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0') || ':'
      || lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0'))""",
)


def ticks(value: Value) -> str:
    """SQL of a time's ticks: since midnight, since 1970, or since 1970 in UTC of a zoned one."""
    if value.unit == "ticks":
        return value.sql
    if value.family is Family.DATE:
        return f"(epoch_us(CAST({value.sql} AS TIMESTAMP)) * 10)"
    sql = f"struct_extract({value.sql}, 'utc')" if value.family is Family.ZONED else value.sql
    return f"(epoch_ns({sql}) // 100)" if value.unit == "ns" else f"(epoch_us({sql}) * 10)"


def local_ticks(value: Value) -> str:
    """SQL of the ticks that a clock on the wall shows."""
    if value.family is not Family.ZONED:
        return ticks(value)
    return f"({ticks(value)} + {offset(value)} * 600000000)"


def offset(value: Value) -> str:
    """SQL of a zoned time's minutes east of UTC, as a BIGINT."""
    return f"CAST(struct_extract({value.sql}, 'offset_minutes') AS BIGINT)"


def rounded(sql: str, kind: SqlType) -> str:
    """SQL of ticks rounded as the type keeps them."""
    if kind.name == "datetime":
        return f"ms.round_datetime({sql})"
    if kind.name == "smalldatetime":
        return f"ms.round_minute({sql})"
    if kind.scale == TICK_DIGITS:
        return sql
    return f"ms.round_to({sql}, {10 ** (TICK_DIGITS - kind.scale)})"


def from_ticks(sql: str, kind: SqlType, unit: Unit, *inputs: Value) -> Value:
    """A time of day or a moment from ticks that are rounded already."""
    if unit == "ticks":
        return derived(sql, kind, *inputs, unit="ticks")
    made = (
        f"make_timestamp_ns(({sql}) * 100)"
        if unit == "ns"
        else f"make_timestamp(ms.floor_div({sql}, 10))"
    )
    if kind.name == "time":
        made = f"CAST({made} AS {'TIME_NS' if unit == 'ns' else 'TIME'})"
    return derived(made, kind, *inputs, unit=unit)


def with_unit(value: Value, unit: Unit) -> Value:
    """The same time held otherwise."""
    if value.unit == unit:
        return value
    if value.family is Family.ZONED:
        name = "ms.zoned_ns" if unit == "ns" else "ms.zoned"
        sql = f"{name}({ticks(value)}, {offset(value)})"
        return derived(sql, value.type, value, unit=unit)
    return from_ticks(ticks(value), value.type, unit, value)


def literal_unit(content: str) -> Unit:
    """The unit that a literal needs."""
    return "ticks" if re.search(r"\.\d{6}[1-9]", content) else "us"


_DATE_MODELS = {
    1: "%m/%d/%y", 3: "%d/%m/%y", 4: "%d.%m.%y", 10: "%m-%d-%y", 11: "%y/%m/%d", 12: "%y%m%d",
    101: "%m/%d/%Y", 102: "%Y.%m.%d", 103: "%d/%m/%Y", 104: "%d.%m.%Y", 105: "%d-%m-%Y",
    110: "%m-%d-%Y", 111: "%Y/%m/%d", 112: "%Y%m%d", 23: "%Y-%m-%d",
}  # fmt: skip
_CLOCK_STYLES = frozenset({8, 24, 108})
_CANONICAL_STYLES = frozenset({20, 120})
_PRECISE_STYLES = frozenset({21, 25, 121})
_ISO_STYLES = frozenset({126, 127})


def to_text(value: Value, style: int) -> str:
    """SQL of a time as text under a style of CONVERT.

    Raises:
        SqlServerError: 40000 for a style that the sandbox does not know.
    """
    local = local_ticks(value)
    if value.family is Family.DATE:
        return _shown(local, _date_model(style))
    if value.family is Family.TIME:
        return _shown(local, "%H:%M:%S") + _fraction(value, local, style)
    if style in _DATE_MODELS:
        return _shown(local, _DATE_MODELS[style])
    if style in _CLOCK_STYLES:
        return _shown(local, "%H:%M:%S")
    return _full_text(value, local, style)


def _full_text(value: Value, local: str, style: int) -> str:
    old = value.type.name in {"datetime", "smalldatetime"}
    if style == 0 and old:
        return (
            f"(ms.shown({local}, '%b ') || lpad(ms.shown({local}, '%-d'), 2, ' ') || "
            f"ms.shown({local}, ' %Y ') || lpad(ms.shown({local}, '%-I'), 2, ' ') || "
            f"ms.shown({local}, ':%M%p'))"
        )
    if style not in {0} | _CANONICAL_STYLES | _PRECISE_STYLES | _ISO_STYLES:
        raise not_here(f"CONVERT of {value.type.name} under style {style}")
    separator = "T" if style in _ISO_STYLES else " "
    text = _shown(local, f"%Y-%m-%d{separator}%H:%M:%S")
    if style not in _CANONICAL_STYLES:
        text += _fraction(value, local, style)
    if value.family is Family.ZONED:
        blank = "" if style in _ISO_STYLES else " || ' '"
        text += f"{blank} || ms.offset_text({offset(value)})"
    return f"({text})"


def _date_model(style: int) -> str:
    if style in {0} | _CANONICAL_STYLES | _PRECISE_STYLES | _ISO_STYLES:
        return "%Y-%m-%d"
    if style not in _DATE_MODELS:
        raise not_here(f"CONVERT of date under style {style}")
    return _DATE_MODELS[style]


def _shown(local: str, model: str) -> str:
    return f"ms.shown({local}, {quote(model)})"


def _fraction(value: Value, local: str, style: int) -> str:
    if style in _CANONICAL_STYLES | _CLOCK_STYLES:
        return ""
    digits = 3 if value.type.name in {"datetime", "smalldatetime"} else value.type.scale
    if value.type.name == "smalldatetime" and style in _ISO_STYLES:
        return ""
    if value.type.name == "datetime":
        # 3333 and 6667 microseconds are .003 and .007.
        local = f"ms.round_to({local}, 10000)"
        if style in _ISO_STYLES:
            shown = f"ms.fraction({local}, 3)"
            return f" || CASE WHEN {shown} = '000' THEN '' ELSE '.' || {shown} END"
    return f" || '.' || ms.fraction({local}, {digits})" if digits else ""
