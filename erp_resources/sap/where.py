"""Conditions in Open SQL for the OPTIONS lines of RFC_READ_TABLE and its kin.

A condition is a list of tokens; a line holds whole tokens, since ABAP joins lines by a blank.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from erp_resources.connector import Column, Filter, Scalar, TableQuery
from erp_resources.errors import InvalidQuery
from erp_resources.sap.types import DdicType, Policies, is_shifted

LINE = 72
"""Characters of a line of OPTIONS."""
INITIAL_DATE = "'00000000'"
AND, OR, OPEN, CLOSE = "AND", "OR", "(", ")"

Tokens = list[str]


def condition(query: TableQuery, policies: Policies) -> Tokens:
    """The tokens of a query's filters, joined by AND; none if there are no filters.

    Raises:
        InvalidQuery: a field does not exist, or a value cannot be compared with it.
    """
    parts = [_comparison(query.source.column(f.field), f, policies) for f in query.filters]
    return joined(parts, AND)


def packed(tokens: Sequence[str], width: int = LINE) -> list[str]:
    """The tokens in lines of at most ``width`` characters, none of them cut.

    Raises:
        InvalidQuery: a token, which is to say a literal, is longer than a line.
    """
    lines: list[str] = []
    for token in tokens:
        if _units(token) > width:
            raise InvalidQuery(
                f"the literal {token} has more than {width} characters, the most that a line of "
                "OPTIONS holds; filter by another field, or in Polars after the read"
            )
        if lines and _units(lines[-1]) + 1 + _units(token) <= width:
            lines[-1] += f" {token}"
        else:
            lines.append(token)
    return lines


def _units(text: str) -> int:
    """Characters as SAP counts them: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def joined(parts: Sequence[Tokens], word: str) -> Tokens:
    """Conditions joined by AND or OR, in parentheses of their own where there are several."""
    filled = [part for part in parts if part]
    if len(filled) == 1:
        return filled[0]
    tokens: Tokens = []
    for part in filled:
        tokens += [word] * bool(tokens) + [OPEN, *part, CLOSE]
    return tokens


def literal(text: str) -> str:
    """A text as a literal; quotes inside are doubled, and an empty one is a blank.

    Raises:
        InvalidQuery: it holds a control character, which no line of ABAP may.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise InvalidQuery(f"the value {text!r} holds a control character and cannot be compared")
    return "'{}'".format(text.replace("'", "''") or " ")


def _comparison(column: Column, wanted: Filter, policies: Policies) -> Tokens:
    ddic = _comparable(column)
    if wanted.operator in ("is null", "is not null"):
        return _null(column, ddic, policies, is_null=wanted.operator == "is null")
    for value in wanted.values:
        if is_shifted(column, policies) and value not in (0, "0"):
            raise InvalidQuery(
                f"filter on {column.name!r}: amounts are stored as if every currency had two "
                "decimals, so only comparisons with 0 mean the same; filter after the read"
            )
    literals = [_literal(column, ddic, value) for value in wanted.values]
    if wanted.operator == "in":
        return joined([[column.name, "=", each] for each in literals], OR)
    compared = [column.name, wanted.operator, *literals]
    if ddic.name == "DATS" and policies.dates != "text" and wanted.operator in ("<", "<=", "<>"):
        return joined([compared, [column.name, ">", INITIAL_DATE]], AND)  # zeros are read as null
    return compared


def _comparable(column: Column) -> DdicType:
    ddic = DdicType.of(column)
    if ddic.is_unbounded or ddic.name in ("LCHR", "LRAW", "UTCLONG"):
        raise InvalidQuery(
            f"filter on {column.name!r}: fields of type {column.type} cannot be compared in SAP; "
            "filter in Polars after the read"
        )
    return ddic


def _null(column: Column, ddic: DdicType, policies: Policies, *, is_null: bool) -> Tokens:
    """Whether a date is initial, which is the only null that is read."""
    if ddic.name != "DATS" or policies.dates == "text":
        raise InvalidQuery(
            f"filter on {column.name!r}: SAP has no null but in dates (zeros); compare with the "
            "initial value: '' or 0"
        )
    if is_null:
        return joined([[column.name, "=", INITIAL_DATE], [column.name, "=", literal("")]], OR)
    return [column.name, ">", INITIAL_DATE]  # a blank comes before zeros


def _literal(column: Column, ddic: DdicType, value: Scalar) -> str:
    text = _text(column, ddic, value)
    if _units(text) > ddic.width and not (ddic.is_packed or ddic.is_integer or ddic.name == "FLTP"):
        raise InvalidQuery(
            f"filter on {column.name!r}: {text!r} is longer than the field, a {column.type}"
        )
    return literal(text)


def _text(column: Column, ddic: DdicType, value: Scalar) -> str:
    """A value as ABAP writes it into a field of its type."""
    try:
        if ddic.name == "DATS":
            return _day(value)
        if ddic.name == "TIMS":
            return _time_of_day(value)
        if ddic.is_packed or ddic.is_integer:
            return _number(ddic, value)
        if ddic.is_bytes:
            return bytes.fromhex(str(value)).hex().upper()
    except (ValueError, InvalidOperation) as error:
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!r} is no value of a {column.type}"
        ) from error
    if ddic.is_digits and str(value).isdecimal():
        return str(value).zfill(ddic.length)
    return str(value)


def _day(value: Scalar) -> str:
    if isinstance(value, str) and len(value) == 8 and value.isdecimal():  # noqa: PLR2004 - YYYYMMDD
        return value
    day = value if isinstance(value, date) else datetime.fromisoformat(str(value))
    if isinstance(day, datetime) and day.time() != time():
        raise ValueError(value)
    return f"{day:%Y%m%d}".zfill(8)


def _time_of_day(value: Scalar) -> str:
    text = str(value).replace(":", "")
    if len(text) != 6 or not text.isdecimal():  # noqa: PLR2004 - HHMMSS
        raise ValueError(value)
    return text


def _number(ddic: DdicType, value: Scalar) -> str:
    number = Decimal(str(value))
    if not number.is_finite() or number != round(number, ddic.decimals):
        raise ValueError(value)  # ABAP would round it and compare another number
    return f"{round(number, ddic.decimals):f}"
