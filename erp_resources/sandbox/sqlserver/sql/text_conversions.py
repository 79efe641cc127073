"""Conversions to texts, bytes and what is held as either."""

from erp_resources.sandbox.sqlserver.datatypes import TIMES, Family, is_fixed, is_unicode
from erp_resources.sandbox.sqlserver.sql import moments
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion, unknown
from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here
from erp_resources.sandbox.sqlserver.sql.number_conversions import WHOLE_BYTES
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import Value, derived
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

_GUID_TEXT = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

MACROS = (
    """CREATE MACRO ms.hex_number(digits) AS (CAST(CASE
      WHEN CAST('0x' || digits AS UBIGINT) >= 9223372036854775808
      THEN CAST(CAST('0x' || digits AS UBIGINT) AS HUGEINT) - 18446744073709551616
      ELSE CAST('0x' || digits AS UBIGINT) END AS BIGINT))""",
    # The last eight bytes as a big-endian number.
    """CREATE MACRO ms.bytes_number(b) AS (
      CASE WHEN b IS NULL THEN NULL ELSE ms.hex_number(right('0' || hex(b), 16)) END)""",
    """CREATE MACRO ms.number_bytes(n, width) AS (
      unhex(right(lpad(hex(CAST(n AS BIGINT)), 16, '0'), width * 2)))""",
    """CREATE MACRO ms.guid_bytes(g) AS (unhex(g[7:8] || g[5:6] || g[3:4] || g[1:2] || g[12:13]
      || g[10:11] || g[17:18] || g[15:16] || g[20:23] || g[25:36]))""",
    # The order of uniqueidentifier: last group first, the first three from their last byte.
    """CREATE MACRO ms.guid_key(g) AS (g[25:36] || g[20:23] || g[17:18] || g[15:16] || g[12:13]
      || g[10:11] || g[7:8] || g[5:6] || g[3:4] || g[1:2])""",
    """CREATE MACRO ms.bytes_guid(b) AS (CASE WHEN b IS NULL THEN NULL ELSE
      hex(b)[7:8] || hex(b)[5:6] || hex(b)[3:4] || hex(b)[1:2] || '-' || hex(b)[11:12]
      || hex(b)[9:10] || '-' || hex(b)[15:16] || hex(b)[13:14] || '-' || hex(b)[17:20] || '-'
      || hex(b)[21:32] END)""",
    # How an nvarchar and a varchar compare: without case and trailing blanks.
    "CREATE MACRO ms.text_key(t) AS (lower(rtrim(t, ' ')))",
    r"""CREATE MACRO ms.float_text(f, model) AS (regexp_replace(replace(replace(
      format(model, f), 'inf', 'INF'), 'nan', 'NAN'), 'e([+-])([0-9]{2})$', 'e\10\2'))""",
)


def to_text(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As char, varchar, nchar or nvarchar; what is too long is cut off or refused, by its type."""
    if value.family in {Family.TEXT, Family.XML, Family.HIERARCHY, Family.VARIANT}:
        return derived(_sized_text(value.sql, kind), kind, value)
    shown = _shown(value, how)
    if kind.size == MAX or value.family in TIMES | {Family.BINARY, Family.ROWVERSION}:
        return derived(_sized_text(shown, kind), kind, value)
    failure = how.fail(*_too_short(value, kind))
    sql = once(
        shown, lambda one: f"CASE WHEN length({one}) > {kind.size} THEN {failure} ELSE {one} END"
    )
    return derived(_padded(sql, kind), kind, value)


def _too_short(value: Value, kind: SqlType) -> tuple[int, str]:
    if value.family is Family.GUID:
        return 8170, "Insufficient result space to convert uniqueidentifier value to char."
    if value.family is Family.MONEY:
        return 234, f"There is insufficient result space to convert a money value to {kind.name}."
    name = "numeric" if value.family is Family.EXACT else value.type.name
    if value.family is Family.WHOLE:
        name = "expression"
    return 8115, f"Arithmetic overflow error converting {name} to data type {kind.name}."


def _sized_text(sql: str, kind: SqlType) -> str:
    if kind.size == MAX:
        return sql
    return _padded(f"left({sql}, {kind.size})", kind)


def _padded(sql: str, kind: SqlType) -> str:
    return f"rpad({sql}, {kind.size}, ' ')" if is_fixed(kind) else sql


def _shown(value: Value, how: Conversion) -> str:
    if value.family in TIMES:
        return moments.to_text(value, how.style)
    if value.family is Family.BIT:
        return f"CAST(CAST({value.sql} AS TINYINT) AS VARCHAR)"
    if value.family is Family.MONEY:
        return _money_text(value, how.style)
    if value.family is Family.FLOAT:
        return _float_text(value, how.style)
    if value.family in {Family.BINARY, Family.ROWVERSION}:
        return _bytes_text(value, how.style)
    return f"CAST({value.sql} AS VARCHAR)"


def _money_text(value: Value, style: int) -> str:
    if style == 0:
        return f"CAST(CAST({value.sql} AS DECIMAL(38,2)) AS VARCHAR)"
    if style in {2, 126}:
        return f"CAST({value.sql} AS VARCHAR)"
    raise not_here(f"CONVERT of money under style {style}")


def _float_text(value: Value, style: int) -> str:
    models = {0: "{:.6g}", 1: "{:.7e}", 2: "{:.15e}", 3: "{:.16e}"}
    if style not in models:
        raise not_here(f"CONVERT of float under style {style}")
    return f"ms.float_text({value.sql}, '{models[style]}')"


def _bytes_text(value: Value, style: int) -> str:
    data = f"ms.number_bytes({value.sql}, 8)" if value.family is Family.ROWVERSION else value.sql
    if style not in {1, 2}:
        raise not_here("CONVERT of binary to text without style 1 or 2")
    return f"'0x' || hex({data})" if style == 1 else f"hex({data})"


def to_binary(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As binary or varbinary."""
    sql = _bytes_of(value, how)
    if kind.size == MAX:
        return derived(sql, kind, value)
    if value.family in {Family.BIT, Family.WHOLE, Family.ROWVERSION}:
        return derived(_right_bytes(sql, kind), kind, value)
    sql = f"({sql})[1:{kind.size}]"
    if is_fixed(kind):
        sql = f"unhex(rpad(hex({sql}), {kind.size * 2}, '0'))"
    return derived(sql, kind, value)


def _right_bytes(sql: str, kind: SqlType) -> str:
    """Numbers lose and gain bytes on their left."""
    digits = f"right(hex({sql}), {kind.size * 2})"
    return f"unhex(lpad({digits}, {kind.size * 2}, '0'))" if is_fixed(kind) else f"unhex({digits})"


def _bytes_of(value: Value, how: Conversion) -> str:
    if value.family is Family.BINARY:
        return value.sql
    if value.family is Family.ROWVERSION:
        return f"ms.number_bytes({value.sql}, 8)"
    if value.family in {Family.BIT, Family.WHOLE}:
        return f"ms.number_bytes({value.sql}, {WHOLE_BYTES[value.type.name]})"
    if value.family is Family.GUID:
        return f"ms.guid_bytes({value.sql})"
    if value.family is Family.TEXT and how.style in {1, 2}:
        failure = how.fail(8114, f"Error converting data type {value.type.name} to varbinary.")
        prefix = "0[xX]" if how.style == 1 else ""
        digits = f"{value.sql}[3:]" if how.style == 1 else value.sql
        return (
            f"CASE WHEN NOT regexp_full_match({value.sql}, '{prefix}([0-9a-fA-F]{{2}})*') "
            f"THEN CAST({failure} AS BLOB) ELSE unhex({digits}) END"
        )
    if value.family is Family.TEXT and not is_unicode(value.type):
        other = fail(40000, "not in the sandbox: bytes of text other than ASCII")
        return (
            f"CASE WHEN strlen({value.sql}) <> length({value.sql}) THEN CAST({other} AS BLOB) "
            f"ELSE encode({value.sql}) END"
        )
    raise unknown(value, SqlType("varbinary"))


def to_rowversion(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As rowversion, for a comparison with one."""
    if value.family is Family.WHOLE:
        return derived(f"CAST({value.sql} AS BIGINT)", kind, value)
    if value.family is not Family.BINARY:
        raise unknown(value, kind)
    eight = to_binary(value, SqlType("binary", 8), how)
    return derived(f"ms.bytes_number({eight.sql})", kind, value)


def to_guid(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As uniqueidentifier."""
    if value.family is Family.BINARY:
        sixteen = to_binary(value, SqlType("binary", 16), how)
        return derived(f"ms.bytes_guid({sixteen.sql})", kind, value)
    if value.family is not Family.TEXT:
        raise unknown(value, kind)
    text = f"rtrim(ltrim({value.sql}, '{{'), ' }}')"
    failure = how.fail(
        8169, "Conversion failed when converting from a character string to uniqueidentifier."
    )
    sql = (
        f"CASE WHEN NOT regexp_full_match({text}, '{_GUID_TEXT}') THEN {failure} "
        f"ELSE upper({text}) END"
    )
    return derived(sql, kind, value)
