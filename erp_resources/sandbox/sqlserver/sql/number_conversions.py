"""Conversions to numbers, with T-SQL's roundings."""

from erp_resources.sandbox.sqlserver.datatypes import NUMBERS, Family, storage
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion, unknown
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType

WHOLE_BYTES = {"bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8}
_WHOLE_TEXT = r"[ ]*[+-]?[0-9]*[ ]*"
_DECIMAL_TEXT = r"[ ]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[ ]*"
_FLOAT_TEXT = r"[ ]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ ]*"


def _overflow(kind: SqlType) -> str:
    return f"Arithmetic overflow error converting expression to data type {kind.name}."


def to_whole(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As tinyint, smallint, int or bigint; decimals are cut off, of money rounded."""
    if value.family is Family.TEXT:
        return derived(_whole_of_text(value, kind, how), kind, value)
    if value.family is Family.BINARY:
        return derived(_whole_of_bytes(value, kind), kind, value)
    if value.family not in _ROUNDINGS:
        raise unknown(value, kind)
    if value.family in {Family.BIT, Family.WHOLE} and _is_wider(kind, value):
        return derived(f"CAST({value.sql} AS {storage(kind)})", kind, value)
    rounded = _ROUNDINGS[value.family].format(value.sql)
    return derived(_narrowed(rounded, kind, how), kind, value)


_ROUNDINGS = {
    Family.BIT: "{}",
    Family.WHOLE: "{}",
    Family.ROWVERSION: "{}",
    Family.EXACT: "trunc({})",
    Family.FLOAT: "trunc({})",
    Family.MONEY: "round({}, 0)",
}


def _is_wider(kind: SqlType, value: Value) -> bool:
    return WHOLE_BYTES[value.type.name] < WHOLE_BYTES[kind.name]


def _narrowed(sql: str, kind: SqlType, how: Conversion) -> str:
    if kind.name in {"tinyint", "smallint"}:
        text = f"Arithmetic overflow error for data type {kind.name}, value = "
        failure = how.fail(220, text, value=f"CAST({sql} AS VARCHAR)", rest=".")
    else:
        failure = how.fail(8115, _overflow(kind))
    return how.checked(sql, storage(kind), failure)


def _whole_of_text(value: Value, kind: SqlType, how: Conversion) -> str:
    return once(value.sql, lambda text: _whole_of(text, value, kind, how))


def _whole_of(text: str, value: Value, kind: SqlType, how: Conversion) -> str:
    target = storage(kind)
    if kind.name == "bigint":
        wrong = how.fail(8114, f"Error converting data type {value.type.name} to bigint.")
        large = how.fail(8115, _overflow(kind))
    else:
        start = f"Conversion failed when converting the {value.type.name} value '"
        wrong = how.fail(245, start, value=text, rest=f"' to data type {kind.name}.")
        number = 248 if kind.name == "int" else 244
        start = f"The conversion of the {value.type.name} value '"
        large = how.fail(number, start, value=text, rest=f"' overflowed an {kind.name} column.")
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN trim({text}) = '' THEN CAST(0 AS {target}) "
        f"WHEN NOT regexp_full_match({text}, '{_WHOLE_TEXT}') THEN CAST({wrong} AS {target}) "
        f"ELSE {how.checked(f'trim({text})', target, large)} END"
    )


def _whole_of_bytes(value: Value, kind: SqlType) -> str:
    width = WHOLE_BYTES[kind.name]
    digits = f"right(hex({value.sql}), {width * 2})"
    if kind.name == "bigint":
        return f"ms.bytes_number({value.sql})"
    number = f"CAST('0x0' || {digits} AS BIGINT)"
    if kind.name == "tinyint":
        return f"CAST({number} AS UTINYINT)"
    half = 2 ** (width * 8 - 1)
    return f"CAST(CASE WHEN {number} >= {half} THEN {number} - {half * 2} ELSE {number} END AS {storage(kind)})"  # noqa: E501


def to_exact(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As decimal or numeric, rounded."""
    target = storage(kind)
    name = "numeric" if value.family is Family.EXACT else value.type.name
    failure = how.fail(8115, f"Arithmetic overflow error converting {name} to data type numeric.")
    if value.family is Family.TEXT:
        wrong = how.fail(8114, f"Error converting data type {value.type.name} to numeric.")
        sql = (
            f"CASE WHEN NOT regexp_full_match({value.sql}, '{_DECIMAL_TEXT}') "
            f"THEN CAST({wrong} AS {target}) "
            f"ELSE {how.checked(f'trim({value.sql})', target, failure)} END"
        )
        return derived(sql, kind, value)
    if value.family is Family.FLOAT:
        # Through 17 digits: what a double holds, without DuckDB's rounding of its multiple.
        text = f"format('{{:.17g}}', CAST({value.sql} AS DOUBLE))"
        return derived(how.checked(text, target, failure), kind, value)
    if value.family is Family.BIT:
        return derived(f"CAST(CAST({value.sql} AS TINYINT) AS {target})", kind, value)
    if value.family not in NUMBERS:
        raise unknown(value, kind)
    if _fits_decimal(value, kind):
        return derived(f"CAST({value.sql} AS {target})", kind, value)
    return derived(how.checked(value.sql, target, failure), kind, value)


def _fits_decimal(value: Value, kind: SqlType) -> bool:
    return (
        value.family is Family.EXACT
        and value.type.precision - value.type.scale <= kind.precision - kind.scale
        and value.type.scale <= kind.scale
    )


def to_money(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As money or smallmoney."""
    target = storage(kind)
    failure = how.fail(8115, _overflow(kind))
    if value.family is Family.TEXT:
        text = "Cannot convert a char value to money. The char value has incorrect syntax."
        wrong = how.fail(235, text)
        sql = (
            f"CASE WHEN trim({value.sql}) = '' THEN CAST(0 AS {target}) "
            f"WHEN NOT regexp_full_match({value.sql}, '{_DECIMAL_TEXT}') "
            f"THEN CAST({wrong} AS {target}) "
            f"ELSE {how.checked(f'trim({value.sql})', target, failure)} END"
        )
        return derived(sql, kind, value)
    if value.family is Family.BIT:
        return derived(f"CAST(CAST({value.sql} AS TINYINT) AS {target})", kind, value)
    if value.family not in NUMBERS:
        raise unknown(value, kind)
    return derived(how.checked(value.sql, target, failure), kind, value)


def to_float(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As float or real."""
    target = storage(kind)
    failure = how.fail(8115, _overflow(kind))
    if value.family is Family.TEXT:
        text = f"Error converting data type {value.type.name} to {kind.name}."
        sql = (
            f"CASE WHEN trim({value.sql}) = '' THEN CAST(0 AS {target}) "
            f"WHEN NOT regexp_full_match({value.sql}, '{_FLOAT_TEXT}') "
            f"THEN CAST({how.fail(8114, text)} AS {target}) "
            f"ELSE {how.checked(f'trim({value.sql})', target, failure)} END"
        )
        return derived(sql, kind, value)
    if value.family is Family.BIT:
        return derived(f"CAST(CAST({value.sql} AS TINYINT) AS {target})", kind, value)
    if value.family not in NUMBERS:
        raise unknown(value, kind)
    return derived(how.checked(value.sql, target, failure), kind, value)


def to_bit(value: Value, kind: SqlType, how: Conversion) -> Value:
    """As bit: anything but 0 is 1."""
    if value.family in NUMBERS:
        return derived(f"({value.sql} <> 0)", kind, value)
    if value.family is not Family.TEXT:
        raise unknown(value, kind)
    text = f"lower(trim({value.sql}))"
    start = f"Conversion failed when converting the {value.type.name} value '"
    wrong = how.fail(245, start, value=value.sql, rest="' to data type bit.")
    sql = (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {text} = 'true' THEN TRUE "
        f"WHEN {text} IN ('false', '') THEN FALSE "
        f"WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN regexp_matches({text}, '[1-9]') "
        f"ELSE CAST({wrong} AS BOOLEAN) END"
    )
    return derived(sql, kind, value)
