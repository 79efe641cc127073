"""Functions of text. A result of no characters is NULL."""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import CLOB, WHOLE, DataType, Kind, text
from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.functions.table import Build, Function
from erp_resources.sandbox.oracle.sql.values import Value, derived, text_literal


def _text(context: Context, node: exp.Expr) -> Value:
    return context.to.text(context.value(node))


def _integer(context: Context, node: exp.Expr) -> str:
    return f"CAST(trunc({context.to.number(context.value(node)).sql}) AS BIGINT)"


def _kind(context: Context, node: exp.Expr, size: int | None = None) -> DataType:
    """Text of the source's size, or CLOB if the source is one."""
    kind = context.value(node).type
    if kind.kind is Kind.CLOB:
        return CLOB
    return text(kind.size if size is None else size)


def _case(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        source = _text(context, arguments[0])
        return derived(f"{name}({source.sql})", _kind(context, arguments[0]), source)

    return build


def _trim(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        source = _text(context, arguments[0])
        chars = _text(context, arguments[1]) if len(arguments) > 1 else text_literal(" ")
        sql = f"nullif({name}({source.sql}, {chars.sql}), '')"
        return derived(sql, _kind(context, arguments[0]), source, chars)

    return build


def _pad(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        source, length = _text(context, arguments[0]), _integer(context, arguments[1])
        fill = _text(context, arguments[2]) if len(arguments) > 2 else text_literal(" ")  # noqa: PLR2004
        sql = f"ora.{name}({source.sql}, {length}, {fill.sql})"
        return derived(sql, text(4000), source, context.value(arguments[1]), fill)

    return build


def _substr(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    source, start = _text(context, arguments[0]), _integer(context, arguments[1])
    inputs = [source, context.value(arguments[1])]
    if len(arguments) == 2:  # noqa: PLR2004 no length is given
        sql = f"ora.substr_from({source.sql}, {start})"
    else:
        inputs.append(context.value(arguments[2]))
        sql = f"ora.substr({source.sql}, {start}, {_integer(context, arguments[2])})"
    return derived(sql, _kind(context, arguments[0]), *inputs)


def _lob_substr(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    """``DBMS_LOB.SUBSTR(lob, amount, offset)``."""
    source = _text(context, arguments[0])
    amount = _integer(context, arguments[1]) if len(arguments) > 1 else "32767"
    offset = _integer(context, arguments[2]) if len(arguments) > 2 else "1"  # noqa: PLR2004
    return derived(
        f"ora.substr({source.sql}, {offset}, {amount})",
        text(4000),
        source,
        *(context.value(argument) for argument in arguments[1:]),
    )


def _instr(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    source, part = (_text(context, argument) for argument in arguments[:2])
    start = _integer(context, arguments[2]) if len(arguments) > 2 else "1"  # noqa: PLR2004
    sql = f"CAST(ora.instr_from({source.sql}, {part.sql}, {start}) AS BIGINT)"
    return derived(sql, WHOLE, *(context.value(argument) for argument in arguments))


def _length(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        source = context.value(arguments[0])
        if source.kind not in {Kind.RAW, Kind.BLOB}:
            source = context.to.text(source)
            sql = f"CAST({name}({source.sql}) AS BIGINT)"
        else:
            sql = f"CAST(octet_length({source.sql}) AS BIGINT)"
        return derived(sql, WHOLE, source)

    return build


def _replace(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    source, old = (_text(context, argument) for argument in arguments[:2])
    new = _text(context, arguments[2]) if len(arguments) > 2 else text_literal("")  # noqa: PLR2004
    sql = (
        f"(CASE WHEN {old.sql} IS NULL THEN {source.sql} "
        f"ELSE nullif(replace({source.sql}, {old.sql}, coalesce({new.sql}, '')), '') END)"
    )
    kind = CLOB if context.value(arguments[0]).kind is Kind.CLOB else text(4000)
    return derived(sql, kind, source, old, new)


def _translate(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    source, old, new = (_text(context, argument) for argument in arguments)
    sql = f"nullif(translate({source.sql}, {old.sql}, {new.sql}), '')"
    return derived(sql, _kind(context, arguments[0]), source, old, new)


def _concat(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    return context.value(exp.DPipe(this=arguments[0].copy(), expression=arguments[1].copy()))


def _ascii(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    source = _text(context, arguments[0])
    return derived(f"CAST(ascii({source.sql}) AS BIGINT)", WHOLE, source)


def _chr(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    code = context.value(arguments[0])
    return derived(f"chr(CAST({_integer(context, arguments[0])} AS INTEGER))", text(1), code)


FUNCTIONS = {
    "UPPER": Function(_case("upper"), 1, 1),
    "LOWER": Function(_case("lower"), 1, 1),
    "LTRIM": Function(_trim("ltrim"), 1, 2),
    "RTRIM": Function(_trim("rtrim"), 1, 2),
    "LPAD": Function(_pad("lpad"), 2, 3),
    "RPAD": Function(_pad("rpad"), 2, 3),
    "SUBSTR": Function(_substr, 2, 3),
    "INSTR": Function(_instr, 2, 3),
    "LENGTH": Function(_length("length"), 1, 1),
    "LENGTHB": Function(_length("strlen"), 1, 1),
    "DBMS_LOB.GETLENGTH": Function(_length("length"), 1, 1),
    "DBMS_LOB.SUBSTR": Function(_lob_substr, 1, 3),
    "REPLACE": Function(_replace, 2, 3),
    "TRANSLATE": Function(_translate, 3, 3),
    "CONCAT": Function(_concat, 2, 2),
    "ASCII": Function(_ascii, 1, 1),
    "CHR": Function(_chr, 1, 1),
}
