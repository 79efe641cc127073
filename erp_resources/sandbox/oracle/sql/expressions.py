"""Values: literals, columns, operators, CASE, subqueries, function calls."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlglot import exp

from erp_resources.sandbox.oracle import datatypes
from erp_resources.sandbox.oracle.datatypes import (
    DATE,
    MOMENTS,
    TIMESTAMP,
    TIMESTAMP_TZ,
    WHOLE,
    Kind,
    text,
)
from erp_resources.sandbox.oracle.sql import arithmetic
from erp_resources.sandbox.oracle.sql.context import Context, refuse_other_args
from erp_resources.sandbox.oracle.sql.errors import (
    invalid_identifier,
    unimplemented,
)
from erp_resources.sandbox.oracle.sql.functions import call
from erp_resources.sandbox.oracle.sql.scope import name_of
from erp_resources.sandbox.oracle.sql.settings import offset_minutes
from erp_resources.sandbox.oracle.sql.values import (
    NULL,
    Value,
    cast,
    derived,
    number_literal,
    quote,
    text_literal,
)
from erp_resources.sandbox.oracle.sql.windows import listagg, window
from erp_resources.sandbox.oracle.types import OracleError


def value(context: Context, node: exp.Expr) -> Value:
    """Compile a value.

    Raises:
        OracleError: the node is no value, or one that the sandbox does not know.
    """
    handler = _HANDLERS.get(type(node))
    if handler is None:
        if isinstance(node, exp.Predicate | exp.Connector | exp.Not):
            raise unimplemented("a condition as a value")
        raise unimplemented(type(node).__name__.upper())
    return handler(context, node)


def _literal(_: Context, node: exp.Expr) -> Value:
    return text_literal(node.name) if node.args.get("is_string") else number_literal(node.name)


def _quoted_text(_: Context, node: exp.Expr) -> Value:
    return text_literal(node.name)


def _column(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Column)  # noqa: S101 the handler table says so
    if node.args.get("join_mark"):
        raise OracleError(30563, "outer join operator (+) is not allowed here")
    refuse_other_args(node, ("this", "table", "db"), {})
    if isinstance(node.this, exp.Star):
        raise OracleError(936, "missing expression")
    if not node.args.get("table") and not node.this.args.get("quoted"):
        pseudo = _PSEUDO.get(name_of(node.this))
        if pseudo is not None:
            return pseudo(context)
    try:
        return context.scope.column(node)
    except OracleError:
        # A function of a package needs no parentheses.
        package = name_of(node.args.get("table"))
        if package.startswith("DBMS_"):
            return call(context, f"{package}.{name_of(node.this)}", [])
        raise


def _rownum(context: Context) -> Value:
    if context.scope.rownum is None:
        raise unimplemented("ROWNUM in this place")
    return Value(context.scope.rownum, WHOLE)


def _refused(what: str) -> Callable[[Context], Value]:
    def refuse(_: Context) -> Value:
        raise unimplemented(what)

    return refuse


def _current_timestamp(context: Context) -> Value:
    utc = Value("CAST($now AS TIMESTAMP)", TIMESTAMP, constant=True)
    minutes = context.compiler.settings.offset_minutes
    return derived(f"ora.zoned({utc.sql} + to_minutes({minutes}), {minutes})", TIMESTAMP_TZ, utc)


def _user(context: Context) -> Value:
    return Value(quote(context.compiler.settings.user), text(128), constant=True)


_PSEUDO: dict[str, Callable[[Context], Value]] = {
    "ROWNUM": _rownum,
    "LEVEL": _refused("LEVEL"),
    "SYSDATE": lambda _: Value(
        "CAST(date_trunc('second', CAST($now AS TIMESTAMP)) AS TIMESTAMP_S)", DATE, constant=True
    ),
    "CURRENT_DATE": lambda context: context.to.date(_current_timestamp(context)),
    "CURRENT_TIMESTAMP": _current_timestamp,
    "LOCALTIMESTAMP": lambda context: context.to.timestamp(_current_timestamp(context)),
    "USER": _user,
}


def _systimestamp(_: Context, __: exp.Expr) -> Value:
    return Value("ora.zoned(CAST($now AS TIMESTAMP), 0)", TIMESTAMP_TZ, constant=True)


def _operator(sign: str) -> Callable[[Context, exp.Expr], Value]:
    def combine(context: Context, node: exp.Expr) -> Value:
        left = context.value(node.this)
        right = context.value(node.args["expression"])
        return arithmetic.combine(context.to, left, sign, right)

    return combine


def _concatenate(context: Context, node: exp.Expr) -> Value:
    values = [context.value(part) for part in node.flatten()]
    parts = [context.to.text(one) for one in values]
    if all(part.literal is not None for part in parts):
        return text_literal("".join(part.literal or "" for part in parts))
    joined = ", ".join(part.sql for part in parts)
    size = sum(part.type.size for part in parts)
    return derived(f"nullif(concat({joined}), '')", text(size), *parts)


def _case(context: Context, node: exp.Expr) -> Value:
    refuse_other_args(node, ("this", "ifs", "default"), {})
    subject = context.value(node.this) if node.this else None
    tests, results = [], []
    for branch in node.args["ifs"]:
        if subject is None:
            tests.append(context.condition(branch.this))
        else:
            compare = exp.EQ(this=node.this.copy(), expression=branch.this.copy())
            tests.append(context.condition(compare))
        results.append(context.value(branch.args["true"]))
    default = node.args.get("default")
    results.append(context.value(default) if default else NULL)
    common = context.to.common(results)
    fitted = [context.to.fit(result, common) for result in results]
    whens = " ".join(
        f"WHEN {test} THEN {result.sql}" for test, result in zip(tests, fitted, strict=False)
    )
    # Never a constant: the conditions may read columns.
    return Value(f"(CASE {whens} ELSE {fitted[-1].sql} END)", common)


def _subquery(context: Context, node: exp.Expr) -> Value:
    refuse_other_args(node, ("this",), {"alias": "alias of a scalar subquery"})
    query = context.query(node)
    if len(query.columns) != 1:
        raise OracleError(913, "too many values")
    return Value(f"({query.sql})", query.columns[0].type)


def _trim(context: Context, node: exp.Expr) -> Value:
    refuse_other_args(node, ("this", "expression", "position"), {})
    source = context.to.text(context.value(node.this))
    chars = node.args.get("expression")
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.args.get("position") or "", "trim")
    char = context.to.text(context.value(chars)) if chars else text_literal(" ")
    if char.literal is not None and len(char.literal) != 1:
        raise OracleError(30001, "trim set should have only one character")
    sql = f"nullif({name}({source.sql}, {char.sql}), '')"
    return derived(sql, text(source.type.size), source, char)


_PARTS = {"YEAR": "year", "MONTH": "month", "DAY": "day", "HOUR": "hour", "MINUTE": "minute"}
_ZONE_PARTS = {"TIMEZONE_HOUR": "//", "TIMEZONE_MINUTE": "%"}


def _extract(context: Context, node: exp.Expr) -> Value:
    part = name_of(node.this.name)
    source = context.value(node.args["expression"])
    if source.kind not in MOMENTS:
        raise unimplemented(f"EXTRACT from {source.kind.value}")
    if part in {"HOUR", "MINUTE", "SECOND"} and source.kind is Kind.DATE:
        raise OracleError(30076, "invalid extract field for extract source")
    if part in _PARTS:
        # Oracle takes the parts of a zoned timestamp in UTC.
        local = context.to.instant(source) if part in {"HOUR", "MINUTE"} else None
        moment = local or context.to.timestamp(source).sql
        return derived(f"CAST({_PARTS[part]}({moment}) AS BIGINT)", WHOLE, source)
    if part == "SECOND":
        micros = f"(epoch_us({context.to.timestamp(source).sql}) % 60000000)"
        seconds = f"CAST(CAST({micros} AS DECIMAL(38,0)) * CAST('0.000001' AS DECIMAL(7,6))"
        return derived(f"{seconds} AS DECIMAL(38,6))", datatypes.free_number(6), source)
    if part in _ZONE_PARTS and source.kind is Kind.TIMESTAMP_TZ:
        # Both parts carry the sign of the offset: -03:30 is -3 and -30.
        offset = f"CAST(struct_extract({source.sql}, 'offset_minutes') AS BIGINT)"
        return derived(f"(sign({offset}) * (abs({offset}) {_ZONE_PARTS[part]} 60))", WHOLE, source)
    raise unimplemented(f"EXTRACT({part})")


_YEARS = re.compile(r"([+-]?)(\d+)-(\d+)")


def _interval(_: Context, node: exp.Expr) -> Value:
    unit, amount = node.args.get("unit"), node.this
    if not isinstance(amount, exp.Literal) or unit is None:
        raise unimplemented("interval of an expression")
    if isinstance(unit, exp.IntervalSpan):
        return _spanned(amount.name, name_of(unit.this.name), name_of(unit.expression.name))
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", amount.name.strip()):
        raise OracleError(1867, "the interval is invalid")
    return arithmetic.interval(number_literal(amount.name.strip()), unit.name)


def _spanned(spelled: str, first: str, last: str) -> Value:
    """``INTERVAL '1 02:03:04.5' DAY TO SECOND`` and the like."""
    years = _YEARS.fullmatch(spelled.strip())
    if (first, last) == ("YEAR", "MONTH") and years:
        months = (int(years[2]) * 12 + int(years[3])) * (-1 if years[1] == "-" else 1)
        return arithmetic.interval(number_literal(str(months)), "MONTH")
    units = ["DAY", "HOUR", "MINUTE", "SECOND"]
    if first not in units or last not in units:
        raise OracleError(1867, "the interval is invalid")
    wanted = units[units.index(first) : units.index(last) + 1]
    numbers = re.findall(r"\d+(?:\.\d+)?", spelled)
    plain = re.fullmatch(r"[+-]?\d+(?:[ :]\d+(?:\.\d{1,6})?)*", spelled.strip())
    if not plain or len(numbers) != len(wanted):
        raise OracleError(1867, "the interval is invalid")
    seconds = {"DAY": "86400", "HOUR": "3600", "MINUTE": "60", "SECOND": "1"}
    total = " + ".join(f"{n} * {seconds[u]}" for n, u in zip(numbers, wanted, strict=True))
    sign = "-" if spelled.strip().startswith("-") else ""
    return Value(f"CAST({sign}({total}) * 1000000 AS BIGINT)", datatypes.DAYS, constant=True)


def _at_time_zone(context: Context, node: exp.Expr) -> Value:
    zone = node.args["zone"]
    minutes = offset_minutes(zone.name) if isinstance(zone, exp.Literal) else None
    if minutes is None:
        raise unimplemented("a time zone that is no offset")
    utc = context.to.instant(context.to.zoned(context.value(node.this)))
    return derived(f"ora.zoned({utc} + to_minutes({minutes}), {minutes})", TIMESTAMP_TZ)


def _call(context: Context, node: exp.Expr) -> Value:
    name = name_of(node.this)
    if name == "CAST":
        return _cast(context, node)
    return call(context, name, node.expressions)


def _package_call(context: Context, node: exp.Expr) -> Value:
    """``DBMS_ROWID.ROWID_CREATE(…)`` and, with owner, ``SYS.DBMS_LOB.SUBSTR(…)``."""
    called = node.args["expression"]
    if not isinstance(called, exp.Anonymous):
        raise invalid_identifier(node.sql())
    owner = [name_of(part) for part in node.this.find_all(exp.Identifier)]
    path = [part for part in owner if part != "SYS"]
    return call(context, ".".join([*path, name_of(called.this)]), called.expressions)


def _typed_literal(context: Context, node: exp.Expr) -> Value:
    """``DATE '2024-01-31'`` and ``TIMESTAMP '2024-01-31 10:00:00.5 +02:00'``."""
    spelled, kind = node.this, node.args["to"]
    refuse_other_args(node, ("this", "to"), {})
    if not isinstance(spelled, exp.Literal) or kind.expressions:
        raise unimplemented("cast by ::")
    name = kind.this.value
    formats = {
        "DATE": (Kind.DATE, "YYYY-MM-DD", r"\d{4}-\d{1,2}-\d{1,2}"),
        "TIMESTAMP": (Kind.TIMESTAMP, "YYYY-MM-DD HH24:MI:SS.FF", r"[-\d]+ [\d:.]+"),
    }
    if name not in formats:
        raise unimplemented(f"literal of type {name}")
    target, model, pattern = formats[name]
    content = spelled.name.strip()
    if target is Kind.TIMESTAMP and not re.fullmatch(pattern, content):
        target, model = Kind.TIMESTAMP_TZ, model + " TZR"
    elif not re.fullmatch(pattern, content):
        raise OracleError(1861, "literal does not match format string")
    return _plain_moment(content, target) or context.to.parsed(text_literal(content), model, target)


def _plain_moment(content: str, kind: Kind) -> Value | None:
    """The usual literal, short, so that statements stay readable."""
    try:
        moment = datetime.fromisoformat(content.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    if kind is Kind.DATE:
        return Value(f"TIMESTAMP_S '{moment:%Y-%m-%d}'", DATE, constant=True)
    offset = moment.utcoffset()
    local = f"TIMESTAMP '{moment.replace(tzinfo=None).isoformat(' ')}'"
    if kind is Kind.TIMESTAMP and offset is None:
        return Value(local, TIMESTAMP, constant=True)
    if kind is Kind.TIMESTAMP_TZ and offset is not None:
        minutes = int(offset.total_seconds() // 60)
        return Value(f"ora.zoned({local}, {minutes})", TIMESTAMP_TZ, constant=True)
    return None


def _cast(context: Context, node: exp.Expr) -> Value:
    source, spelled = context.value(node.expressions[0]), node.expressions[1].name
    try:
        kind = datatypes.parse(spelled)
    except ValueError as error:
        raise unimplemented(f"CAST AS {spelled}") from error
    converted = context.to.to(source, kind.kind)
    if kind.kind is Kind.NUMBER and not kind.is_free:
        return _rounded(converted, kind)
    if kind.kind in {Kind.TEXT, Kind.CHAR}:
        sql = f"substr({converted.sql}, 1, {kind.size})"
        sql = f"rpad({sql}, {kind.size}, ' ')" if kind.kind is Kind.CHAR else sql
        return derived(sql, kind, converted)
    if kind.kind is Kind.NUMBER:
        return (
            derived(converted.sql, datatypes.free_number(converted.type.decimals), converted)
            if (converted.type.storage.startswith("DECIMAL(38"))
            else cast(converted, datatypes.free_number(converted.type.decimals))
        )
    return cast(converted, kind)


def _rounded(number: Value, kind: datatypes.DataType) -> Value:
    """Rounded to the declared scale; ORA-01438 beyond the declared precision."""
    sql = f"round({arithmetic.exact(number)}, {kind.scale})"
    limit = f"CAST('1e{kind.precision - kind.scale}' AS DOUBLE)"
    refuse = "error('ORA-01438: value larger than specified precision allowed for this column')"
    checked = f"(CASE WHEN abs({sql}) >= {limit} THEN {refuse} ELSE {sql} END)"
    return derived(f"CAST({checked} AS {kind.storage})", kind, number)


_HANDLERS: dict[type[exp.Expr], Callable[[Context, exp.Expr], Value]] = {
    exp.Literal: _literal,
    exp.RawString: _quoted_text,
    exp.National: _quoted_text,
    exp.Null: lambda _, __: NULL,
    exp.Column: _column,
    exp.Placeholder: lambda context, node: context.bind(node),  # type: ignore[arg-type]  # the key says so
    exp.Paren: lambda context, node: context.value(node.this),
    exp.Neg: lambda context, node: arithmetic.negate(context.to, context.value(node.this)),
    exp.Add: _operator("+"),
    exp.Sub: _operator("-"),
    exp.Mul: _operator("*"),
    exp.Div: _operator("/"),
    exp.DPipe: _concatenate,
    exp.Case: _case,
    exp.Subquery: _subquery,
    exp.Trim: _trim,
    exp.Extract: _extract,
    exp.Interval: _interval,
    exp.AtTimeZone: _at_time_zone,
    exp.Systimestamp: _systimestamp,
    exp.Anonymous: _call,
    exp.Dot: _package_call,
    exp.Cast: _typed_literal,
    exp.Window: window,
    exp.GroupConcat: listagg,
}
