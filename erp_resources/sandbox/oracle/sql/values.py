"""Typed SQL values: what an Oracle expression has become, and Oracle's implicit conversions."""

from dataclasses import dataclass, replace
from decimal import Decimal

from erp_resources.sandbox.oracle.datatypes import (
    DATE,
    DOUBLE,
    LARGE,
    MAX_DIGITS,
    MOMENTS,
    NUMBERS,
    RAW,
    ROWID,
    TEXTS,
    TIMESTAMP,
    TIMESTAMP_LTZ,
    TIMESTAMP_TZ,
    UNKNOWN,
    WHOLE,
    DataType,
    Kind,
    free_number,
    text,
)
from erp_resources.sandbox.oracle.sql import formats, rowids
from erp_resources.sandbox.oracle.sql.errors import inconsistent, unimplemented
from erp_resources.sandbox.oracle.sql.settings import Settings
from erp_resources.sandbox.oracle.types import OracleError

MAX_SCALE = 20
"""Decimals that exact arithmetic keeps; a product or quotient with more is refused."""


ROWID_BIND = "_rowid"
"""Suffix of the parameter that holds a bound text as a ROWID."""


@dataclass(frozen=True)
class Value:
    """DuckDB SQL for one value, and its Oracle type.

    ``ratio`` is dividend and divisor of a quotient, so that what follows can stay exact.
    ``literal`` is the text of a string literal. ``constant`` says that no column is read.
    ``bind`` is the name of the parameter that it is.
    ``row_of`` is the SQL of the row number and the object id behind a plain ROWID.
    """

    sql: str
    type: DataType
    nullable: bool = True
    literal: str | None = None
    constant: bool = False
    row_of: tuple[str, int] | None = None
    ratio: "tuple[Value, Value] | None" = None
    bind: str | None = None

    @property
    def kind(self) -> Kind:
        """The family of the type."""
        return self.type.kind


NULL = Value("NULL", UNKNOWN, constant=True)


def quote(content: str) -> str:
    """A DuckDB string literal."""
    return "'" + content.replace("'", "''") + "'"


def rowid_of(text: str) -> int:
    """The ROWID that a text spells.

    Raises:
        OracleError: ORA-01410, it spells none.
    """
    try:
        return rowids.value_of(text)
    except ValueError:
        raise OracleError(1410, "invalid ROWID") from None


def text_literal(content: str) -> Value:
    """A string literal; the empty one is NULL."""
    if not content:
        return NULL
    kind = DataType(Kind.CHAR, size=len(content))
    return Value(quote(content), kind, literal=content, constant=True)


def number_literal(spelling: str) -> Value:
    """A number literal, exact."""
    number = Decimal(spelling)
    digits, decimals = len(number.as_tuple().digits), -int(number.as_tuple().exponent)
    plain = format(number, "f")
    if max(digits, decimals) > MAX_DIGITS or decimals > MAX_SCALE:
        raise unimplemented(f"number literal {spelling} with so many digits")
    if decimals <= 0 and abs(number) < 2**63:
        return Value(f"CAST({plain} AS BIGINT)", WHOLE, nullable=False, constant=True)
    kind = free_number(max(decimals, 0))
    return Value(f"CAST({quote(plain)} AS {kind.storage})", kind, nullable=False, constant=True)


def cast(value: Value, kind: DataType) -> Value:
    """The same value in another storage of the same kind."""
    if value.type.storage == kind.storage and value.kind is not Kind.UNKNOWN:
        return replace(value, type=kind)
    sql = f"CAST({value.sql} AS {kind.storage})"
    return Value(sql, kind, nullable=value.nullable, constant=value.constant)


def derived(sql: str, kind: DataType, *inputs: Value) -> Value:
    """A value computed from others; constant if they all are."""
    return Value(sql, kind, constant=all(value.constant for value in inputs))


@dataclass(frozen=True)
class Converter:
    """Oracle's conversions between types under one session's settings."""

    settings: Settings

    def to(self, value: Value, kind: Kind) -> Value:
        """Convert to a kind, as Oracle does implicitly.

        Raises:
            OracleError: ORA-00932, there is no such conversion.
        """
        if value.kind is Kind.UNKNOWN:
            return cast(value, _DEFAULTS[kind])
        if value.kind is kind or {value.kind, kind} <= TEXTS:
            return value
        by_kind = {
            Kind.NUMBER: self.number,
            Kind.DOUBLE: self.double,
            Kind.FLOAT: self.double,
            Kind.TEXT: self.text,
            Kind.CHAR: self.text,
            Kind.CLOB: self.clob,
            Kind.DATE: self.date,
            Kind.TIMESTAMP: self.timestamp,
            Kind.TIMESTAMP_TZ: self.zoned,
            Kind.TIMESTAMP_LTZ: self.local_zoned,
            Kind.ROWID: self.rowid,
            Kind.RAW: self.raw,
        }
        if kind not in by_kind:
            raise inconsistent(kind.value, value.kind.value)
        return by_kind[kind](value)

    def number(self, value: Value) -> Value:
        """As NUMBER; text must spell one (ORA-01722)."""
        if value.kind is Kind.NUMBER:
            return value
        if value.kind is Kind.UNKNOWN:
            return cast(value, free_number())
        if value.kind in TEXTS:
            return self._parsed_number(value)
        if value.kind in NUMBERS:
            return derived(f"CAST({value.sql} AS DECIMAL(38,10))", free_number(), value)
        raise inconsistent("NUMBER", value.kind.value)

    def _parsed_number(self, value: Value) -> Value:
        if value.literal is None:
            return derived(f"ora.to_number({value.sql})", free_number(), value)
        try:
            return number_literal(value.literal.strip())
        except ArithmeticError:
            raise OracleError(1722, "invalid number") from None

    def double(self, value: Value) -> Value:
        """As BINARY_DOUBLE."""
        number = value if value.kind in NUMBERS else self.number(value)
        return derived(f"CAST({number.sql} AS DOUBLE)", DOUBLE, value)

    def text(self, value: Value) -> Value:
        """As VARCHAR2, under the session's formats."""
        if value.kind in TEXTS:
            return value
        if value.kind is Kind.UNKNOWN:
            return cast(value, text(1))
        if value.kind in {Kind.CLOB, Kind.LONG}:
            return replace(value, type=text(4000))
        if value.kind in MOMENTS:
            return self._moment_text(value)
        if value.kind not in _SHOWN:
            raise unimplemented(f"conversion of {value.kind.value} to text")
        function, size = _SHOWN[value.kind]
        return derived(f"{function}({value.sql})", text(size or value.type.size * 2), value)

    def _moment_text(self, value: Value) -> Value:
        model = {
            Kind.DATE: self.settings.date_format,
            Kind.TIMESTAMP_TZ: self.settings.timestamp_tz_format,
        }.get(value.kind, self.settings.timestamp_format)
        return self.formatted(value, model)

    def formatted(self, value: Value, model: str) -> Value:
        """A date or timestamp as text under a format model."""
        offset = "CAST(0 AS SMALLINT)"
        if value.kind is Kind.TIMESTAMP_TZ:
            offset = f"struct_extract({value.sql}, 'offset_minutes')"
        elif value.kind is Kind.TIMESTAMP_LTZ:
            offset = str(self.settings.offset_minutes)
        moment = formats.Moment(self.timestamp(value).sql, offset, value.kind)
        return derived(formats.to_text(moment, model), text(len(model) + 12), value)

    def parsed(self, value: Value, model: str, kind: Kind) -> Value:
        """Text as a date or timestamp under a format model."""
        sql, zoned = formats.from_text(self.text(value).sql, model, self.settings.offset_minutes)
        if zoned and kind is Kind.DATE:
            raise OracleError(1821, "date format not recognized")
        read = derived(sql, TIMESTAMP_TZ if zoned else TIMESTAMP, value)
        return self.to(read, kind)

    def clob(self, value: Value) -> Value:
        """As CLOB."""
        return replace(self.text(value), type=_DEFAULTS[Kind.CLOB])

    def date(self, value: Value) -> Value:
        """As DATE; fractions of a second are cut off."""
        if value.kind is Kind.DATE:
            return value
        if value.kind in TEXTS:
            return self.parsed(value, self.settings.date_format, Kind.DATE)
        local = self.timestamp(value)
        sql = f"CAST(date_trunc('second', {local.sql}) AS TIMESTAMP_S)"
        return derived(sql, DATE, value)

    def timestamp(self, value: Value) -> Value:
        """As TIMESTAMP: local time of a value with a time zone."""
        if value.kind is Kind.TIMESTAMP:
            return value
        if value.kind is Kind.DATE:
            return derived(f"CAST({value.sql} AS TIMESTAMP)", TIMESTAMP, value)
        if value.kind is Kind.TIMESTAMP_TZ:
            return derived(f"ora.local_time({value.sql})", TIMESTAMP, value)
        if value.kind is Kind.TIMESTAMP_LTZ:
            utc = f"timezone('UTC', {value.sql})"
            sql = f"({utc} + to_minutes({self.settings.offset_minutes}))"
            return derived(sql, TIMESTAMP, value)
        if value.kind in TEXTS:
            return self.parsed(value, self.settings.timestamp_format, Kind.TIMESTAMP)
        raise inconsistent("TIMESTAMP", value.kind.value)

    def zoned(self, value: Value) -> Value:
        """As TIMESTAMP WITH TIME ZONE, in the session's zone where the value has none."""
        if value.kind is Kind.TIMESTAMP_TZ:
            return value
        if value.kind in TEXTS:
            return self.parsed(value, self.settings.timestamp_tz_format, Kind.TIMESTAMP_TZ)
        local = self.timestamp(value)
        sql = f"ora.zoned({local.sql}, {self.settings.offset_minutes})"
        return derived(sql, TIMESTAMP_TZ, value)

    def local_zoned(self, value: Value) -> Value:
        """As TIMESTAMP WITH LOCAL TIME ZONE."""
        if value.kind is Kind.TIMESTAMP_LTZ:
            return value
        utc = f"struct_extract({self.zoned(value).sql}, 'utc')"
        return derived(f"timezone('UTC', {utc})", TIMESTAMP_LTZ, value)

    def rowid(self, value: Value) -> Value:
        """As ROWID; text must spell one (ORA-01410)."""
        if value.kind not in TEXTS:
            raise inconsistent("ROWID", value.kind.value)
        if value.literal is not None:
            return Value(f"CAST({rowid_of(value.literal)} AS HUGEINT)", ROWID, constant=True)
        if value.bind is not None:
            # Decoded before the statement runs, see ``rowid_of``.
            return Value(f"CAST(${value.bind}{ROWID_BIND} AS HUGEINT)", ROWID, constant=True)
        return derived(f"ora.rowid_value({value.sql})", ROWID, value)

    def raw(self, value: Value) -> Value:
        """As RAW, from hexadecimal digits."""
        return derived(f"unhex({self.text(value).sql})", RAW, value)

    def instant(self, value: Value) -> str:
        """SQL by which a value compares and sorts."""
        if value.kind in LARGE:
            raise inconsistent("-", value.kind.value)
        if value.kind is Kind.TIMESTAMP_TZ:
            return f"struct_extract({value.sql}, 'utc')"
        return value.sql

    def common(self, values: list[Value]) -> DataType:
        """The type that the branches of a CASE, DECODE, NVL or UNION share."""
        known = [value.type for value in values if value.kind is not Kind.UNKNOWN]
        if not known:
            return UNKNOWN
        first = known[0].kind
        kinds = {kind.kind for kind in known}
        if kinds <= TEXTS:
            return _common_text(known)
        if kinds == {Kind.NUMBER}:
            return _common_number(known)
        if len(kinds) == 1:
            return known[0]
        if first in TEXTS | {Kind.CLOB} and kinds <= TEXTS | {Kind.CLOB}:
            return _DEFAULTS[Kind.CLOB]
        raise inconsistent(first.value, next(k.value for k in kinds if k is not first))

    def fit(self, value: Value, kind: DataType) -> Value:
        """``value`` in the storage of a common type."""
        return cast(self.to(value, kind.kind), kind)


_SHOWN = {
    Kind.NUMBER: ("ora.number_text", 40),
    Kind.ROWID: ("ora.rowid_text", 18),
    Kind.RAW: ("hex", 0),
}


def _common_text(kinds: list[DataType]) -> DataType:
    if all(kind == kinds[0] for kind in kinds):
        return kinds[0]
    national = any(kind.national for kind in kinds)
    return replace(text(max(kind.size for kind in kinds)), national=national)


def _common_number(kinds: list[DataType]) -> DataType:
    if all(kind == kinds[0] for kind in kinds):
        return kinds[0]
    if all(kind.storage == "BIGINT" for kind in kinds):
        return WHOLE
    return free_number(max(kind.decimals for kind in kinds))


_DEFAULTS = {
    Kind.NUMBER: free_number(),
    Kind.FLOAT: DataType(Kind.FLOAT),
    Kind.DOUBLE: DOUBLE,
    Kind.TEXT: text(1),
    Kind.CHAR: text(1),
    Kind.CLOB: DataType(Kind.CLOB),
    Kind.LONG: DataType(Kind.LONG),
    Kind.RAW: RAW,
    Kind.BLOB: DataType(Kind.BLOB),
    Kind.DATE: DATE,
    Kind.TIMESTAMP: TIMESTAMP,
    Kind.TIMESTAMP_TZ: TIMESTAMP_TZ,
    Kind.TIMESTAMP_LTZ: TIMESTAMP_LTZ,
    Kind.DAYS: DataType(Kind.DAYS),
    Kind.MONTHS: DataType(Kind.MONTHS),
    Kind.ROWID: ROWID,
    Kind.UNKNOWN: UNKNOWN,
}
