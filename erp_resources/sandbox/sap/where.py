"""The WHERE lines of RFC_READ_TABLE: parsed as Open SQL, and compiled to a condition of DuckDB's.

What the parser does not know is refused with OPTION_NOT_VALID; nothing is ever passed on as text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from erp_resources.sandbox.database import quoted
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.errors import Message, RfcError, abap_exception

Value: TypeAlias = str | bytes | float | Decimal
"""What a cell is compared with."""

# Quotes are doubled inside literals. ABAP asks for blanks around operators, which thus are words.
_TOKEN = re.compile(r"\s*(?:(?<![^\s(,])'((?:[^']|'')*)'(?![^\s),])|([(),])|([^\s(),']+))\s*")
_NUMBER = re.compile(r"([+-]?)(\d+(?:\.\d+)?)(-?)")
_OPERATORS = {
    "=": "=", "EQ": "=", "<>": "<>", "NE": "<>", "<": "<", "LT": "<", ">": ">", "GT": ">",
    "<=": "<=", "LE": "<=", ">=": ">=", "GE": ">=",
}  # fmt: skip
_DEEPEST = 50


class Token(NamedTuple):
    """A word or sign in capitals, or the text of a literal."""

    text: str
    is_literal: bool


@dataclass
class Condition:
    """A condition in DuckDB's SQL with named parameters."""

    sql: str = "TRUE"
    values: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value) -> str:
        """The placeholder of one more value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def option_not_valid() -> RfcError:
    """The WHERE lines are no condition on this table."""
    return abap_exception("OPTION_NOT_VALID", Message("SAIS", "E", "000"))


def compiled(lines: Sequence[str], columns: Mapping[str, DataType]) -> Condition:
    """The condition that the lines together make; no line at all lets every row through.

    Args:
        lines: as in OPTIONS; no word and no literal goes on in the next one.
        columns: the types of the table's columns by name.

    Raises:
        RfcError: OPTION_NOT_VALID.
    """
    tokens = [token for line in lines for token in _tokens(line)]
    condition = Condition()
    if tokens:
        condition.sql = _Parser(tokens, columns, condition).parse()
    return condition


def initial_value(kind: DataType) -> Value:
    """What a cell holds that was never set; SAP has no NULL."""
    if kind.int_type in ("N", "D", "T"):
        return "0" * kind.length
    if kind.int_type in ("C", "g"):
        return ""
    return Decimal(0) if kind.is_number else bytes(kind.uc_length)


def _tokens(line: str) -> list[Token]:
    found, at = [], 0
    line = line.strip()
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            raise option_not_valid()
        literal, sign, word = match.groups()
        if literal is None:
            found.append(Token((sign or word).upper(), is_literal=False))
        else:
            found.append(Token(literal.replace("''", "'"), is_literal=True))
        at = match.end()
    return found


class _Parser:
    """Recursive descent; each method returns SQL."""

    def __init__(
        self, tokens: Sequence[Token], columns: Mapping[str, DataType], condition: Condition
    ) -> None:
        self._tokens = tokens
        self._columns = columns
        self._condition = condition
        self._at = 0
        self._depth = 0

    def parse(self) -> str:
        sql = self._alternatives()
        if self._at != len(self._tokens):
            raise option_not_valid()
        return sql

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            raise option_not_valid()
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, *words: str) -> bool:
        """Whether these words come next; if so they are taken."""
        wanted = [Token(word, is_literal=False) for word in words]
        if list(self._tokens[self._at : self._at + len(words)]) != wanted:
            return False
        self._at += len(words)
        return True

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            raise option_not_valid()

    def _joined(self, word: str, part: Callable[[], str]) -> str:
        parts = [part()]
        while self._takes(word):
            parts.append(part())
        return f" {word} ".join(f"({one})" for one in parts)

    def _alternatives(self) -> str:
        return self._joined("OR", lambda: self._joined("AND", self._negated))

    def _negated(self) -> str:
        inverts = False
        while self._takes("NOT"):
            inverts = not inverts
        sql = self._nested() if self._takes("(") else self._comparison()
        return f"NOT ({sql})" if inverts else sql

    def _nested(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise option_not_valid()
        sql = self._alternatives()
        self._expect(")")
        self._depth -= 1
        return sql

    def _comparison(self) -> str:
        name, is_literal = self._next()
        kind = self._columns.get(name)
        if is_literal or kind is None or kind.is_reference or kind.int_type == "p":
            raise option_not_valid()
        column = quoted(name)
        if self._takes("IS"):
            return self._state(column, kind)
        negation = "NOT " if self._takes("NOT") else ""
        if self._takes("LIKE"):
            return f"{column} {negation}LIKE {self._pattern(kind)}"
        if self._takes("BETWEEN"):
            low = self._value(kind)
            self._expect("AND")
            return f"{column} {negation}BETWEEN {low} AND {self._value(kind)}"
        if self._takes("IN"):
            return f"{column} {negation}IN ({self._list(kind)})"
        return self._compared(column, kind, is_negated=bool(negation))

    def _state(self, column: str, kind: DataType) -> str:
        negation = "NOT " if self._takes("NOT") else ""
        if self._takes("NULL"):
            return f"{column} IS {negation}NULL"
        self._expect("INITIAL")
        initial = self._condition.bind(initial_value(kind))
        return f"{negation}(coalesce({column}, {initial}) = {initial})"

    def _pattern(self, kind: DataType) -> str:
        pattern, is_literal = self._next()
        if not is_literal or not kind.is_character:
            raise option_not_valid()
        sql = self._condition.bind(pattern.rstrip(" "))
        if not self._takes("ESCAPE"):
            return sql
        escape, is_literal = self._next()
        if not is_literal or len(escape) != 1:
            raise option_not_valid()
        return f"{sql} ESCAPE {self._condition.bind(escape)}"

    def _list(self, kind: DataType) -> str:
        self._expect("(")
        values = [self._value(kind)]
        while self._takes(","):
            values.append(self._value(kind))
        self._expect(")")
        return ", ".join(values)

    def _compared(self, column: str, kind: DataType, *, is_negated: bool) -> str:
        word, is_literal = self._next()
        if is_negated or is_literal or word not in _OPERATORS:
            raise option_not_valid()
        return f"{column} {_OPERATORS[word]} {self._value(kind)}"

    def _value(self, kind: DataType) -> str:
        token = self._next()
        if not token.is_literal and not kind.is_number:
            raise option_not_valid()
        return self._condition.bind(_converted(token.text, kind))


def _converted(text: str, kind: DataType) -> Value:
    """A literal as a value of a column's type."""
    if kind.is_number:
        match = _NUMBER.fullmatch(text.strip())
        if match is None or (match[1] and match[3]):
            raise option_not_valid()
        number = Decimal(match[2])
        return number.copy_negate() if "-" in (match[1], match[3]) else number
    text = text.rstrip(" ")
    if kind.is_character:
        if len(text) > kind.length or (kind.int_type == "N" and not text.isdecimal()):
            raise option_not_valid()
        if kind.int_type == "D":  # stored with its blanks, if it has any
            return text.ljust(kind.length)
        return text.rjust(kind.length, "0") if kind.int_type == "N" else text
    try:
        return bytes.fromhex(text).ljust(kind.uc_length, b"\0")
    except ValueError as error:
        raise option_not_valid() from error
