"""ROWNUM in WHERE: which conditions limit the number of rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.oracle.sql.scope import name_of


@dataclass
class RowLimit:
    """``ROWNUM <= bound``; ``strict`` for ``<``."""

    bound: exp.Expr
    strict: bool = False


def split_where(node: exp.Expr) -> tuple[list[RowLimit], list[exp.Expr]]:
    """The row limits of a WHERE and its other conditions, all joined by AND.

    A first row has ROWNUM 1 and only a row that passes is counted. So ``ROWNUM > n`` holds for
    all rows or for none, as ``1 > n`` does, and ``ROWNUM = n`` for the first row if n is 1.
    """
    limits: list[RowLimit] = []
    others: list[exp.Expr] = []
    for one in _conjuncts(node):
        comparison = _comparison(one)
        if comparison is None:
            others.append(one)
            continue
        operator, bound = comparison
        if operator in {exp.LTE, exp.LT}:
            limits.append(RowLimit(bound, strict=operator is exp.LT))
            continue
        if operator is exp.EQ:
            limits.append(RowLimit(exp.Literal.number(1)))
        others.append(operator(this=exp.Literal.number(1), expression=bound.copy()))
    return limits, others


def reads_rownum(node: exp.Expr) -> bool:
    """Whether a query block names ROWNUM outside of WHERE and of its subqueries."""
    waiting = [
        part
        for key in ("expressions", "group", "having", "order")
        for part in _as_list(node.args.get(key))
    ]
    while waiting:
        part = waiting.pop()
        if _is_rownum(part):
            return True
        if not isinstance(part, exp.Query):
            waiting.extend(part.iter_expressions())
    return False


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        for part in node.flatten():
            yield from _conjuncts(part)
    elif isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    elif isinstance(node, exp.Between) and _is_rownum(node.this):
        yield exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        yield exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
    else:
        yield node


_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LTE: exp.GTE,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.GT: exp.LT,
    exp.EQ: exp.EQ,
}


def _comparison(node: exp.Expr) -> tuple[type[exp.Expr], exp.Expr] | None:
    """Operator and bound of a comparison of ROWNUM, seen with ROWNUM on the left."""
    operator = type(node)
    if operator not in _MIRRORED:
        return None
    left, right = node.this, node.args["expression"]
    if _is_rownum(left):
        return operator, right
    return (_MIRRORED[operator], left) if _is_rownum(right) else None


def _is_rownum(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Column)
        and not node.args.get("table")
        and name_of(node.this) == "ROWNUM"
    )


def _as_list(argument: object) -> list[exp.Expr]:
    if isinstance(argument, list):
        return argument
    return [argument] if isinstance(argument, exp.Expr) else []
