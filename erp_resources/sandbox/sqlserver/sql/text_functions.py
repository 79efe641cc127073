"""Functions on texts; like comparisons, those that search do not mind the case."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import (
    BIGINT,
    INT,
    Family,
    is_unicode,
    storage,
)
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.errors import fail
from erp_resources.sandbox.sqlserver.sql.values import Value, derived
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

Handler = Callable[[Context, Sequence[exp.Expr]], Value]
_INVALID_LENGTH = fail(537, "Invalid length parameter passed to the LEFT or SUBSTRING function.")

MACROS = (
    # ASCII, the most frequent text, is told by its bytes.
    r"""CREATE MACRO ms.utf16_length(t) AS (CASE WHEN strlen(t) = length(t) THEN length(t)
      ELSE length(t) + length(regexp_replace(t, '[^\x{10000}-\x{10FFFF}]', '', 'g')) END)""",
    f"""CREATE MACRO ms.substring(t, start, n) AS (CASE
      WHEN t IS NULL OR start IS NULL OR n IS NULL THEN NULL
      WHEN n < 0 THEN {_INVALID_LENGTH}
      ELSE substr(t, greatest(start, 1), greatest(0, least(start, 1) + n - 1)) END)""",
    r"""CREATE MACRO ms.replace(t, part, other) AS (CASE WHEN part = '' THEN t ELSE
      regexp_replace(t, regexp_escape(part), replace(other, '\', '\\'), 'gi') END)""",
    """CREATE MACRO ms.position(part, t, start) AS (CASE
      WHEN part IS NULL OR t IS NULL THEN NULL
      WHEN part = '' OR instr(lower(substr(t, greatest(start, 1))), lower(part)) = 0 THEN 0
      ELSE instr(lower(substr(t, greatest(start, 1))), lower(part)) + greatest(start, 1) - 1
      END)""",
)


def text_argument(context: Context, node: exp.Expr) -> Value:
    """An argument as text."""
    value = context.value(node)
    if value.family is Family.TEXT:
        return value
    if value.is_null:
        return context.to(value, SqlType("varchar", 1))
    sizes = {Family.XML: MAX, Family.HIERARCHY: 4000}
    return context.to(value, SqlType("nvarchar", sizes.get(value.family, 4000)))


def _whole(context: Context, node: exp.Expr) -> Value:
    return context.to(context.value(node), BIGINT)


def _same_type(template: str) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        value = text_argument(context, arguments[0])
        kind = replace(value.type, name="nvarchar" if is_unicode(value.type) else "varchar")
        return derived(template.format(value.sql), kind, value)

    return compiled


def _length(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = text_argument(context, arguments[0])
    kind = BIGINT if value.type.size == MAX else INT
    return derived(
        f"CAST(ms.utf16_length(rtrim({value.sql}, ' ')) AS {storage(kind)})", kind, value
    )


def _substring(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    start, count = _whole(context, arguments[1]), _whole(context, arguments[2])
    if value.family is Family.BINARY:
        end = f"({start.sql} + {count.sql} - 1)"
        sql = f"({value.sql})[{start.sql}:{end}]"
        return derived(sql, replace(value.type, name="varbinary"), value, start, count)
    text = text_argument(context, arguments[0])
    kind = SqlType("nvarchar" if is_unicode(text.type) else "varchar", text.type.size)
    return derived(f"ms.substring({text.sql}, {start.sql}, {count.sql})", kind, text, start, count)


def _side(name: str) -> Handler:
    def compiled(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        text, count = text_argument(context, arguments[0]), _whole(context, arguments[1])
        kind = SqlType("nvarchar" if is_unicode(text.type) else "varchar", text.type.size)
        sql = f"CASE WHEN {count.sql} < 0 THEN {_INVALID_LENGTH} ELSE {name}({text.sql}, {count.sql}) END"  # noqa: E501
        return derived(sql, kind, text, count)

    return compiled


def _replace(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    values = [text_argument(context, one) for one in arguments]
    unicode = any(is_unicode(value.type) for value in values)
    kind = SqlType("nvarchar", 4000) if unicode else SqlType("varchar", 8000)
    if values[0].type.size == MAX:
        kind = replace(kind, size=MAX)
    sql = f"ms.replace({', '.join(value.sql for value in values)})"
    return derived(sql, kind, *values)


def _position(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    part, text = (text_argument(context, one) for one in arguments[:2])
    start = _whole(context, arguments[2]).sql if len(arguments) > 2 else "1"  # noqa: PLR2004
    kind = BIGINT if text.type.size == MAX else INT
    sql = f"CAST(ms.position({part.sql}, {text.sql}, {start}) AS {storage(kind)})"
    return derived(sql, kind, part, text)


def _concat(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """NULL counts as an empty text."""
    values = [text_argument(context, one) for one in arguments]
    return _joined(values, "concat", "")


def _concat_ws(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    separator, *values = (text_argument(context, one) for one in arguments)
    return _joined(values, "concat_ws", f"{separator.sql}, ")


def _joined(values: Sequence[Value], function: str, first: str) -> Value:
    unicode = any(is_unicode(value.type) for value in values)
    most = 4000 if unicode else 8000
    sizes = [value.type.size for value in values]
    size = MAX if MAX in sizes else min(most, max(1, sum(sizes)))
    inside = ", ".join(value.sql for value in values)
    kind = SqlType("nvarchar" if unicode else "varchar", size)
    return Value(f"{function}({first}{inside})", kind, nullable=False)


def _replicate(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    text, count = text_argument(context, arguments[0]), _whole(context, arguments[1])
    most = 4000 if is_unicode(text.type) else 8000
    kind = SqlType("nvarchar" if is_unicode(text.type) else "varchar", most)
    sql = f"CASE WHEN {count.sql} >= 0 THEN left(repeat({text.sql}, {count.sql}), {most}) END"
    return derived(sql, kind, text, count)


def _space(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    count = _whole(context, arguments[0])
    sql = f"CASE WHEN {count.sql} >= 0 THEN repeat(' ', {count.sql}) END"
    return derived(sql, SqlType("varchar", 8000), count)


def _quote_name(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    text = text_argument(context, arguments[0])
    sql = f"('[' || replace({text.sql}, ']', ']]') || ']')"
    return derived(f"CASE WHEN length({text.sql}) <= 128 THEN {sql} END",
                   SqlType("nvarchar", 258), text)  # fmt: skip


def _code(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    text = text_argument(context, arguments[0])
    return derived(f"CASE WHEN {text.sql} <> '' THEN unicode({text.sql}) END", INT, text)


def _character(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    code = context.to(context.value(arguments[0]), INT)
    return derived(f"chr({code.sql})", SqlType("nchar", 1), code)


def _ascii_character(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    code = context.to(context.value(arguments[0]), INT)
    other = fail(40000, "not in the sandbox: CHAR of a code over 127")
    sql = f"CASE WHEN {code.sql} BETWEEN 1 AND 127 THEN chr({code.sql}) WHEN {code.sql} IS NOT NULL THEN {other} END"  # noqa: E501
    return derived(sql, SqlType("char", 1), code)


FUNCTIONS: dict[str, tuple[int, int, Handler]] = {
    "LEN": (1, 1, _length),
    "UPPER": (1, 1, _same_type("upper({0})")),
    "LOWER": (1, 1, _same_type("lower({0})")),
    "LTRIM": (1, 1, _same_type("ltrim({0}, ' ')")),
    "RTRIM": (1, 1, _same_type("rtrim({0}, ' ')")),
    "TRIM": (1, 1, _same_type("trim({0}, ' ')")),
    "REVERSE": (1, 1, _same_type("reverse({0})")),
    "SUBSTRING": (3, 3, _substring),
    "LEFT": (2, 2, _side("left")),
    "RIGHT": (2, 2, _side("right")),
    "REPLACE": (3, 3, _replace),
    "CHARINDEX": (2, 3, _position),
    "CONCAT": (2, 254, _concat),
    "CONCAT_WS": (3, 254, _concat_ws),
    "REPLICATE": (2, 2, _replicate),
    "SPACE": (1, 1, _space),
    "QUOTENAME": (1, 1, _quote_name),
    "UNICODE": (1, 1, _code),
    "NCHAR": (1, 1, _character),
    "CHAR": (1, 1, _ascii_character),
}
