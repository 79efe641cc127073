"""Functions of numbers, TO_NUMBER, and TO_CHAR of anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import MOMENTS, NUMBERS, TEXTS, WHOLE, free_number, text
from erp_resources.sandbox.oracle.sql.arithmetic import exact
from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.functions.moments import (
    literal,
    round_moment,
    truncate_moment,
)
from erp_resources.sandbox.oracle.sql.functions.table import Build, Function
from erp_resources.sandbox.oracle.sql.values import Value, cast, derived
from erp_resources.sandbox.oracle.types import OracleError


def _number(context: Context, node: exp.Expr) -> Value:
    return context.to.number(context.value(node))


def _whole(name: str) -> Build:
    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        number = _number(context, arguments[0])
        return derived(f"{name}({exact(number)})", free_number(0), number)

    return build


def _abs(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    number = _number(context, arguments[0])
    return derived(f"abs({exact(number)})", free_number(number.type.decimals), number)


def _sign(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    number = _number(context, arguments[0])
    return derived(f"CAST(sign({exact(number)}) AS BIGINT)", WHOLE, number)


def _mod(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    left, right = (_number(context, argument) for argument in arguments)
    decimals = max(left.type.decimals, right.type.decimals)
    sql = f"ora.modulo({exact(left, decimals)}, {exact(right, decimals)})"
    return derived(sql, free_number(decimals), left, right)


def _digits(node: exp.Expr, name: str) -> int:
    sign, inner = (-1, node.this) if isinstance(node, exp.Neg) else (1, node)
    if not isinstance(inner, exp.Literal) or inner.args.get("is_string"):
        raise unimplemented(f"{name} to a number of digits that is no literal")
    return sign * int(float(inner.name))


def _rounding(name: str) -> Build:
    moments = {"round": round_moment, "trunc": truncate_moment}

    def build(context: Context, arguments: Sequence[exp.Expr]) -> Value:
        value = context.value(arguments[0])
        if value.kind in MOMENTS:
            given = len(arguments) > 1
            model = literal(context, arguments[1], "format model") if given else "DD"
            return moments[name](context, value, model)
        number = context.to.number(value)
        digits = _digits(arguments[1], name.upper()) if len(arguments) > 1 else 0
        if digits >= number.type.decimals:
            return cast(number, free_number(number.type.decimals))
        kind = free_number(max(digits, 0))
        return derived(f"CAST({name}({exact(number)}, {digits}) AS {kind.storage})", kind, number)

    return build


_MODEL = re.compile(
    r"(?P<fm>FM)?(?P<sign>S)?(?P<whole>[90,G]+)?(?:(?P<point>[.D])(?P<part>[90]*))?(?P<minus>MI|S)?"
)


@dataclass(frozen=True)
class NumberModel:
    """A number format model, taken apart."""

    fill: bool
    sign: str
    whole: str
    point: bool
    decimals: str

    @property
    def digits(self) -> int:
        """Places before the point."""
        return sum(char in "90" for char in self.whole)


def _number_model(model: str) -> NumberModel:
    found = _MODEL.fullmatch(model.upper())
    if found is None or not (found["whole"] or found["part"]):
        raise unimplemented(f"number format model {model!r}")
    sign = "S" if found["sign"] else (found["minus"] or "")
    if sign and found["sign"] and found["minus"]:
        raise OracleError(1481, "invalid number format model")
    whole = (found["whole"] or "").replace("G", ",")
    return NumberModel(not found["fm"], sign, whole, bool(found["point"]), found["part"] or "")


def _to_char(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    if len(arguments) == 1:
        return context.to.text(value)
    if value.kind in TEXTS:
        value = context.to.number(value)
    model = literal(context, arguments[1], "format model")
    if value.kind in MOMENTS:
        return context.to.formatted(value, model)
    if value.kind not in NUMBERS:
        raise unimplemented(f"TO_CHAR of {value.kind.value} with a format")
    return _formatted(context.to.number(value), _number_model(model))


def _formatted(number: Value, model: NumberModel) -> Value:
    places = len(model.decimals)
    rounded = (
        f"CAST(round({exact(number)}, {min(places, number.type.decimals)}) AS DECIMAL(38,{places}))"
    )
    shown = f"CAST(abs({rounded}) AS VARCHAR)"
    whole = f"split_part({shown}, '.', 1)"
    first_zero = next(
        (i for i, char in enumerate(model.whole.replace(",", "")) if char == "0"), None
    )
    least = 0 if first_zero is None else model.digits - first_zero
    if least == 0:
        # Oracle shows no zero before the point, but shows a zero that stands alone.
        whole = f"(CASE WHEN {whole} = '0' AND {places} > 0 THEN '' ELSE {whole} END)"
    shortest = f"CAST(greatest(length({whole}), {least}) AS INTEGER)"
    padded = f"lpad(lpad({whole}, {shortest}, '0'), {model.digits}, ' ')"
    body = _grouped(padded, model.whole)
    if model.point:
        body = f"{body} || '.' || {_decimals(shown, model)}"
    width = len(model.whole) + int(model.point) + places + 1
    signed = _signed(rounded, body, model, width)
    hashes = "'" + "#" * width + "'"
    too_long = f"length(split_part({shown}, '.', 1)) > {model.digits} AND abs({rounded}) >= 1"
    sql = f"(CASE WHEN {too_long} THEN {hashes} ELSE {signed} END)"
    return derived(sql, text(width), number)


def _decimals(shown: str, model: NumberModel) -> str:
    decimals = f"split_part({shown}, '.', 2)"
    if model.fill:
        return decimals
    kept = model.decimals.rfind("0") + 1
    longest = f"greatest(length(rtrim({decimals}, '0')), {kept})"
    return f"rpad(rtrim({decimals}, '0'), CAST({longest} AS INTEGER), '0')"


def _grouped(padded: str, whole: str) -> str:
    """Commas between the digits, where there are digits before them."""
    parts, place = [], 0
    for char in whole:
        if char == ",":
            empty = f"trim(substr({padded}, 1, {place})) = ''"
            parts.append(f"(CASE WHEN {empty} THEN ' ' ELSE ',' END)")
        else:
            place += 1
            parts.append(f"substr({padded}, {place}, 1)")
    return " || ".join(parts) or "''"


def _signed(rounded: str, body: str, model: NumberModel, width: int) -> str:
    minus = f"{rounded} < 0"
    bare = f"ltrim({body})"
    if model.sign == "MI":
        sql = f"{bare} || (CASE WHEN {minus} THEN '-' ELSE ' ' END)"
    elif model.sign == "S":
        sql = f"(CASE WHEN {minus} THEN '-' ELSE '+' END) || {bare}"
    else:
        sql = f"(CASE WHEN {minus} THEN '-' ELSE '' END) || {bare}"
    return f"lpad({sql}, {width}, ' ')" if model.fill else f"trim({sql})"


def _to_number(context: Context, arguments: Sequence[exp.Expr]) -> Value:
    value = context.value(arguments[0])
    if len(arguments) == 1 or value.kind in NUMBERS:
        return context.to.number(value)
    model = _number_model(literal(context, arguments[1], "format model"))
    source = context.to.text(value)
    pattern = rf"[+-]?[0-9,]{{0,{len(model.whole)}}}(\.[0-9]{{0,{len(model.decimals)}}})?"
    sql = (
        f"(CASE WHEN NOT regexp_full_match(trim({source.sql}), '{pattern}') "
        f"THEN error('ORA-01722: invalid number') "
        f"ELSE ora.to_number(replace({source.sql}, ',', '')) END)"
    )
    return derived(sql, free_number(), source)


FUNCTIONS = {
    "ABS": Function(_abs, 1, 1),
    "SIGN": Function(_sign, 1, 1),
    "FLOOR": Function(_whole("floor"), 1, 1),
    "CEIL": Function(_whole("ceil"), 1, 1),
    "MOD": Function(_mod, 2, 2),
    "ROUND": Function(_rounding("round"), 1, 2),
    "TRUNC": Function(_rounding("trunc"), 1, 2),
    "TO_CHAR": Function(_to_char, 1, 2),
    "TO_NUMBER": Function(_to_number, 1, 2),
}
