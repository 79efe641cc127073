"""Text to syntax tree: sqlglot's Oracle parser, made strict, with binds in textual order.

Functions stay plain calls (``exp.Anonymous``) with Oracle's own names and format models, so that
the compiler alone decides what they mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parsers.oracle import OracleParser
from sqlglot.tokenizer_core import Token, TokenType

from erp_resources.sandbox.oracle.sql.errors import (
    missing_expression,
    not_ended,
    unimplemented,
)
from erp_resources.sandbox.oracle.types import OracleError

BIND_PREFIX = "b"


class _Parser(OracleParser):
    """sqlglot's parser without the functions that it would translate while it reads."""

    TYPE_LITERAL_PARSERS: ClassVar[dict[Any, Any]] = {}
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        **{name: OracleParser.FUNCTION_PARSERS[name] for name in ("EXTRACT", "TRIM", "LISTAGG")},
        "CAST": lambda self: self.parse_cast_type(),
    }
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {TokenType.SYSTIMESTAMP: exp.Systimestamp}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: OracleParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("CASE", "PRIOR", "ANY")
    }

    def parse_cast_type(self) -> exp.Anonymous:
        """``CAST(x AS type)`` as a call with the type's spelling as second argument."""
        value = self._parse_assignment()
        if not self._match(TokenType.ALIAS):
            self.raise_error("Expected AS after CAST")
        words: list[str] = []
        depth = 0
        while self._curr and (depth or self._curr.token_type is not TokenType.R_PAREN):
            depth += {"(": 1, ")": -1}.get(self._curr.text, 0)
            words.append(self._curr.text)
            self._advance()
        spelling = " ".join(words).replace("( ", "(").replace(" )", ")").replace(" (", "(")
        return exp.Anonymous(this="CAST", expressions=[value, exp.Literal.string(spelling)])


class _Dialect(Oracle):
    """Oracle as the sandbox reads it."""

    Parser = _Parser


@dataclass(frozen=True)
class Parsed:
    """A syntax tree and the names of its binds, one for each occurrence in the text."""

    tree: exp.Expr
    binds: tuple[str, ...]


def parse(sql: str) -> Parsed:
    """Parse one statement; bind number n (from 0) becomes the placeholder ``b<n>``.

    Raises:
        OracleError: the text is no statement, or not one that the sandbox reads.
    """
    tokens = _tokenize(sql)
    if tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        raise OracleError(911, "invalid character", tokens[-1].start)
    _refuse_what_the_parser_forgives(tokens)
    binds = _number_binds(tokens)
    try:
        trees = _Dialect().parser().parse(tokens, sql)
    except ParseError as error:
        raise _syntax_error(error, sql) from error
    except SqlglotError as error:
        raise OracleError(900, "invalid SQL statement") from error
    if len(trees) != 1 or trees[0] is None:
        raise OracleError(900, "invalid SQL statement")
    return Parsed(trees[0], binds)


def _tokenize(sql: str) -> list[Token]:
    if "\x01" in sql or "\x00" in sql:
        raise OracleError(911, "invalid character")
    try:
        return list(_Dialect().tokenize(sql))
    except TokenError as error:
        raise OracleError(1756, "quoted string not properly terminated") from error


_NO_EXPRESSION = frozenset(
    {
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.HAVING,
        TokenType.UNION,
        TokenType.R_PAREN,
        TokenType.COMMA,
    }
)
_BEFORE_EXPRESSION = frozenset({TokenType.COMMA, TokenType.GROUP_BY, TokenType.ORDER_BY})

_UNREAD = frozenset({("VERSIONS", "BETWEEN"), ("MATCH_RECOGNIZE", "("), ("MODEL", "DIMENSION")})


def _refuse_what_the_parser_forgives(tokens: Sequence[Token]) -> None:
    """Trailing commas, empty lists and literals like ``1d`` pass the parser unnoticed.

    So do clauses whose first word it takes for an alias.
    """
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        ends = following is None or following.token_type in _NO_EXPRESSION
        if token.token_type in _BEFORE_EXPRESSION and ends:
            raise OracleError(936, "missing expression", token.end)
        if following is not None and (token.text.upper(), following.text.upper()) in _UNREAD:
            raise unimplemented(f"{token.text} {following.text}".upper())
        if following is None or token.token_type is not TokenType.NUMBER:
            continue
        if following.start == token.end + 1 and following.token_type is TokenType.VAR:
            raise unimplemented(f"number literal {token.text}{following.text}")


def _number_binds(tokens: Sequence[Token]) -> tuple[str, ...]:
    names: list[str] = []
    for colon, name in pairwise(tokens):
        if colon.token_type is TokenType.COLON and name.start == colon.end + 1:
            names.append(name.text)
            name.token_type = TokenType.VAR
            name.text = f"{BIND_PREFIX}{len(names) - 1}"
    return tuple(names)


def _syntax_error(error: ParseError, sql: str) -> OracleError:
    details = error.errors[0] if error.errors else {}
    lines = sql.split("\n")[: max((details.get("line") or 1) - 1, 0)]
    highlight = details.get("highlight") or ""
    offset = sum(len(line) + 1 for line in lines) + (details.get("col") or 0) - len(highlight)
    first = sql.split(None, 1)[0].upper() if sql.strip() else ""
    if first not in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "("}:
        return OracleError(900, "invalid SQL statement")
    if "Required keyword" in str(error):
        problem = missing_expression()
    elif "Expecting )" in str(error):
        problem = OracleError(907, "missing right parenthesis")
    else:
        problem = not_ended()
    problem.offset = max(offset, 0)
    return problem
