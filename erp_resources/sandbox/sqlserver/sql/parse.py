"""Text to syntax tree: sqlglot's T-SQL parser without the functions it would translate itself.

Functions stay plain calls (``exp.Anonymous``) under T-SQL's own names and types keep their
spelling, so that the compiler alone decides what they mean.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parsers.tsql import TSQLParser
from sqlglot.tokenizer_core import Token, TokenType

from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error, syntax_error


class _Parser(TSQLParser):
    """sqlglot's parser with calls left as they are spelled."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        "CAST": lambda self: self.parse_cast("CAST"),
        "TRY_CAST": lambda self: self.parse_cast("TRY_CAST"),
        "CONVERT": lambda self: self.parse_convert("CONVERT"),
        "TRY_CONVERT": lambda self: self.parse_convert("TRY_CONVERT"),
        "CHANGETABLE": lambda self: self.parse_changetable(),
    }

    def parse_cast(self, name: str) -> exp.Anonymous:
        """``CAST(x AS type)`` as a call with the type's spelling as first argument."""
        value = self._parse_assignment()
        if not self._match(TokenType.ALIAS):
            self.raise_error("Expected AS")
        return exp.Anonymous(this=name, expressions=[self._spelled_type(), value])

    def parse_convert(self, name: str) -> exp.Anonymous:
        """``CONVERT(type, x, style)``, likewise."""
        kind = self._spelled_type()
        if not self._match(TokenType.COMMA):
            self.raise_error("Expected ,")
        arguments = self._parse_csv(self._parse_assignment)
        return exp.Anonymous(this=name, expressions=[kind, *arguments])

    def parse_changetable(self) -> exp.Anonymous:
        """``CHANGETABLE(CHANGES table, version)``."""
        if not self._match_text_seq("CHANGES"):
            raise not_here("CHANGETABLE(VERSION …)")
        table = self._parse_table_parts()
        if not self._match(TokenType.COMMA):
            self.raise_error("Expected ,")
        return exp.Anonymous(
            this="CHANGETABLE", expressions=[table, *self._parse_csv(self._parse_assignment)]
        )

    def _spelled_type(self) -> exp.Literal:
        words: list[str] = []
        depth = 0
        while self._curr and (depth or self._curr.text not in {")", ","}):
            depth += {"(": 1, ")": -1}.get(self._curr.text, 0)
            words.append(self._curr.text)
            self._advance()
        return exp.Literal.string(" ".join(words))


class _Tokenizer(TSQL.Tokenizer):
    """sqlglot's tokenizer, which would take what follows PRINT for one text."""

    COMMANDS: ClassVar[set[TokenType]] = set()


class _Dialect(TSQL):
    """T-SQL as the sandbox reads it."""

    Tokenizer = _Tokenizer
    Parser = _Parser


_NOT_TSQL = frozenset(
    {TokenType.LIMIT, TokenType.DCOLON, TokenType.ILIKE, TokenType.QUALIFY, TokenType.DPIPE,
     TokenType.RLIKE, TokenType.USING}
)  # fmt: skip
_NO_EXPRESSION = frozenset(
    {TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.ORDER_BY, TokenType.HAVING,
     TokenType.UNION, TokenType.R_PAREN, TokenType.COMMA}
)  # fmt: skip
_BEFORE_EXPRESSION = frozenset(
    {TokenType.COMMA, TokenType.GROUP_BY, TokenType.ORDER_BY, TokenType.WHERE, TokenType.HAVING}
)
_COLOURED = re.compile("\x1b\\[4m(.*?)\x1b\\[0m", re.DOTALL)


def tokenize(sql: str) -> list[Token]:
    """The tokens of a batch.

    Raises:
        SqlServerError: 105, a string or bracket that does not end; 102 for a character of no token.
    """
    if "\x01" in sql or "\x00" in sql:
        raise syntax_error("\ufffd")
    try:
        tokens = list(_Dialect().tokenize(sql))
    except TokenError as error:
        raise sql_error(105, "Unclosed quotation mark after the character string.") from error
    for token in tokens:
        if token.token_type is TokenType.VAR and re.fullmatch(r"\$\d*", token.text):
            raise not_here("money literals")
        if token.token_type is TokenType.IDENTIFIER and token.end - token.start == 1:
            # An identifier of two characters without quotes: it can only be 0x, no bytes.
            token.token_type, token.text = TokenType.HEX_STRING, ""
    return tokens


def parse(tokens: Sequence[Token], sql: str) -> exp.Expr:
    """Parse one query or change.

    Args:
        tokens: of the statement.
        sql: the whole batch.

    Raises:
        SqlServerError: 102, the text is no statement.
    """
    _refuse_what_the_parser_forgives(tokens)
    try:
        trees = _Dialect().parser().parse(list(tokens), sql)
    except ParseError as error:
        raise _syntax_error(error, tokens) from error
    except SqlglotError as error:
        raise syntax_error(tokens[0].text) from error
    if len(trees) != 1 or trees[0] is None:
        raise syntax_error(tokens[-1].text, tokens[-1].line)
    return trees[0]


def _refuse_what_the_parser_forgives(tokens: Sequence[Token]) -> None:
    """Trailing commas, empty lists, and other dialects' words pass the parser unnoticed."""
    for token in tokens:
        if token.token_type in _NOT_TSQL:
            raise syntax_error(token.text, token.line)
    for token, following in pairwise(tokens):
        if token.token_type in _BEFORE_EXPRESSION and following.token_type in _NO_EXPRESSION:
            raise syntax_error(following.text, following.line)
    if tokens[-1].token_type in _BEFORE_EXPRESSION:
        raise syntax_error(tokens[-1].text, tokens[-1].line)


def _syntax_error(error: ParseError, tokens: Sequence[Token]) -> Exception:
    details = error.errors[0] if error.errors else {}
    near = details.get("highlight") or _near(str(error)) or tokens[-1].text
    return syntax_error(near, details.get("line") or 1)


def _near(message: str) -> str:
    found = _COLOURED.search(message)
    return found[1] if found else ""
