"""A batch to its statements: T-SQL separates them by semicolons or by nothing at all."""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from erp_resources.sandbox.sqlserver.datatypes import parse_type
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error, syntax_error
from erp_resources.sandbox.sqlserver.sql.parse import parse, tokenize
from erp_resources.sandbox.sqlserver.sql.statements import (
    Argument,
    Change,
    Declare,
    Execute,
    If,
    Print,
    Select,
    SetOption,
    Statement,
    Transaction,
    Use,
    WaitFor,
)

_QUERIES = frozenset({"SELECT", "WITH"})
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE"})
_REFUSED = frozenset(
    {"CREATE", "ALTER", "DROP", "TRUNCATE", "MERGE", "GRANT", "REVOKE", "DENY", "BACKUP", "RESTORE",
     "WHILE", "RAISERROR", "THROW", "RETURN", "GOTO", "SAVE", "BULK", "DBCC", "KILL", "OPEN",
     "FETCH", "CLOSE", "DEALLOCATE", "CHECKPOINT", "SHUTDOWN", "RECONFIGURE", "TRY", "UPDATETEXT"}
)  # fmt: skip
_STARTS = (
    _QUERIES - {"WITH"} | _CHANGES | _REFUSED - {"TRY", "FETCH", "OPEN", "CLOSE"}
    | {"DECLARE", "SET", "PRINT", "USE", "BEGIN", "COMMIT", "ROLLBACK", "IF", "ELSE", "END",
       "EXEC", "EXECUTE", "WAITFOR"}
)  # fmt: skip
_BEFORE_SELECT = frozenset({"UNION", "ALL", "EXCEPT", "INTERSECT"})
_NAMES = frozenset({TokenType.IDENTIFIER, TokenType.STRING, TokenType.NATIONAL_STRING})


def parse_batch(sql: str) -> tuple[Statement, ...]:
    """The statements of a batch.

    Raises:
        SqlServerError: 102 and its kin for text that is no T-SQL, 40000 for statements that the
            sandbox does not serve.
    """
    return _Reader(sql, tokenize(sql)).statements()


_QUOTED = "''"


def _word(token: Token) -> str:
    """A token in upper case; what stands in quotes or brackets is no word."""
    return _QUOTED if token.token_type in _NAMES else token.text.upper()


class _Reader:
    """The tokens of a batch and the place reached."""

    def __init__(self, sql: str, tokens: Sequence[Token]) -> None:
        self._sql, self._tokens, self._at = sql, tokens, 0

    def statements(self, *ends: str) -> tuple[Statement, ...]:
        """Statements up to the end, or to one of the words."""
        found: list[Statement] = []
        while self._at < len(self._tokens) and self._peek() not in ends:
            if self._peek() == ";":
                self._at += 1
            else:
                found.extend(self._statement())
        return tuple(found)

    def _peek(self, ahead: int = 0) -> str:
        """The word here or further on; empty behind the end."""
        place = self._at + ahead
        return _word(self._tokens[place]) if place < len(self._tokens) else ""

    def _take(self) -> Token:
        if self._at >= len(self._tokens):
            raise syntax_error(self._tokens[-1].text, self._tokens[-1].line)
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, word: str) -> None:
        token = self._take()
        if _word(token) != word:
            raise syntax_error(token.text, token.line)

    def _statement(self) -> Sequence[Statement]:
        word = self._peek()
        if word in _QUERIES or word == "(":
            return [_select(parse(self._rest(), self._sql))]
        if word in _CHANGES:
            if self._peek(1) == "TOP":
                raise not_here(f"{word} TOP")
            return [Change(parse(self._rest(), self._sql))]
        if word in _REFUSED:
            raise not_here(word)
        reader = {
            "DECLARE": self._declare,
            "SET": self._set,
            "PRINT": self._print,
            "USE": self._use,
            "BEGIN": self._begin,
            "COMMIT": self._end_transaction,
            "ROLLBACK": self._end_transaction,
            "IF": self._if,
            "EXEC": self._execute,
            "EXECUTE": self._execute,
            "WAITFOR": self._wait,
            "{": self._escaped_call,
        }.get(word)
        if reader is not None:
            return reader()
        if self._at == 0 and self._tokens[0].token_type in {TokenType.VAR, TokenType.IDENTIFIER}:
            return self._call()
        raise syntax_error(self._tokens[self._at].text, self._tokens[self._at].line)

    def _rest(self) -> list[Token]:
        """The tokens of the statement that begins here."""
        first, start, depth, cases = self._peek(), self._at, 0, 0
        belongs = {"INSERT": {"SELECT"}, "UPDATE": {"SET"}, "WITH": {"SELECT"}}.get(first, set())
        while self._at < len(self._tokens):
            word = self._peek()
            if word == ";" and depth == 0:
                break
            if self._at > start and depth == 0 and self._begins(word, cases):
                if word not in belongs and self._previous() not in _BEFORE_SELECT:
                    break
                belongs = belongs - {word}
            depth += {"(": 1, ")": -1}.get(word, 0)
            cases += {"CASE": 1, "END": -1 if cases else 0}.get(word, 0)
            self._at += 1
        return list(self._tokens[start : self._at])

    def _previous(self) -> str:
        return _word(self._tokens[self._at - 1])

    def _begins(self, word: str, cases: int) -> bool:
        return word in _STARTS and not (cases and word in {"ELSE", "END"})

    def _expression(self, *ends: str) -> Select:
        """The query of an expression that lasts up to one of the words or the next statement."""
        start, depth, cases = self._at, 0, 0
        while self._at < len(self._tokens):
            word = self._peek()
            if depth == 0 and (word == ";" or word in ends or self._begins(word, cases)):
                break
            depth += {"(": 1, ")": -1}.get(word, 0)
            if depth < 0:
                break
            cases += {"CASE": 1, "END": -1}.get(word, 0)
            self._at += 1
        return self._query_of(self._tokens[start : self._at])

    def _query_of(self, tokens: Sequence[Token]) -> Select:
        if not tokens:
            last = self._tokens[min(self._at, len(self._tokens) - 1)]
            raise syntax_error(last.text, last.line)
        select = tokenize("SELECT")
        return Select(parse([*select, *tokens], self._sql))

    def _declare(self) -> list[Statement]:
        self._expect("DECLARE")
        found: list[Statement] = [self._declared()]
        while self._peek() == ",":
            self._at += 1
            found.append(self._declared())
        return found

    def _declared(self) -> Declare:
        name = self._variable()
        if self._peek() in {"AS", "TABLE", "CURSOR"}:
            self._at += self._peek() == "AS"
        if self._peek() in {"TABLE", "CURSOR"}:
            raise not_here(f"variables of type {self._peek().lower()}")
        kind = parse_type(self._type())
        if self._peek() != "=":
            return Declare(name, kind, None)
        self._at += 1
        return Declare(name, kind, self._expression(","))

    def _variable(self) -> str:
        """``@name``; the tokenizer gives the ``@`` on its own."""
        self._expect("@")
        return "@" + self._take().text

    def _type(self) -> str:
        words, depth = [], 0
        while self._at < len(self._tokens):
            word = self._peek()
            if depth == 0 and (word in {"=", ",", ";"} or word in _STARTS):
                break
            depth += {"(": 1, ")": -1}.get(word, 0)
            words.append(self._take().text)
        return " ".join(words)

    def _set(self) -> list[Statement]:
        self._expect("SET")
        if self._peek() == "@":
            name = self._variable()
            self._expect("=")
            value = self._expression()
            return [Select(value.tree, (name.lower(),))]
        words: list[str] = []
        while self._at < len(self._tokens) and self._peek() != ";":
            if words and self._begins(self._peek(), 0):
                break
            words.append(self._take().text.upper())
        return [SetOption(tuple(words))]

    def _print(self) -> list[Statement]:
        self._expect("PRINT")
        return [Print(self._expression())]

    def _use(self) -> list[Statement]:
        self._expect("USE")
        return [Use(self._take().text)]

    def _begin(self) -> Sequence[Statement]:
        self._expect("BEGIN")
        if self._peek() in {"TRAN", "TRANSACTION"}:
            self._at += 1
            self._transaction_name()
            return [Transaction("BEGIN")]
        if self._peek() in {"TRY", "CATCH", "DISTRIBUTED"}:
            raise not_here(f"BEGIN {self._peek()}")
        found = self.statements("END")
        self._expect("END")
        return found

    def _end_transaction(self) -> list[Statement]:
        verb = _word(self._take())
        if self._peek() in {"TRAN", "TRANSACTION", "WORK"}:
            self._at += 1
            self._transaction_name()
        return [Transaction(verb)]

    def _transaction_name(self) -> None:
        if self._peek() not in {"", ";"} and not self._begins(self._peek(), 0):
            self._at += 1

    def _if(self) -> list[Statement]:
        self._expect("IF")
        test = self._condition()
        then = tuple(self._statement())
        while self._peek() == ";":
            self._at += 1
        if self._peek() != "ELSE":
            return [If(test, then, ())]
        self._at += 1
        return [If(test, then, tuple(self._statement()))]

    def _condition(self) -> Select:
        start, depth = self._at, 0
        while self._at < len(self._tokens):
            word = self._peek()
            if depth == 0 and self._at > start and self._begins(word, 0):
                break
            depth += {"(": 1, ")": -1}.get(word, 0)
            self._at += 1
        before, after = tokenize("SELECT CASE WHEN"), tokenize("THEN 1 ELSE 0 END")
        tokens = self._tokens[start : self._at]
        return Select(parse([*before, *tokens, *after], self._sql))

    def _wait(self) -> list[Statement]:
        self._expect("WAITFOR")
        if self._peek() != "DELAY":
            raise not_here("WAITFOR other than DELAY")
        self._at += 1
        spelled = self._take().text
        try:
            hours, minutes, seconds = (float(part) for part in spelled.split(":"))
        except ValueError:
            raise sql_error(148, f"Incorrect time syntax in time string '{spelled}' used with "
                            "WAITFOR.") from None  # fmt: skip
        return [WaitFor(hours * 3600 + minutes * 60 + seconds)]

    def _execute(self) -> list[Statement]:
        self._take()
        if self._peek() == "(":
            raise not_here("EXEC of a text")
        if self._peek() == "@":
            self._variable()
            self._expect("=")
        return self._call()

    def _call(self) -> list[Statement]:
        return [Execute(self._procedure(), self._arguments(""))]

    def _procedure(self) -> str:
        """A procedure's own name, without database and schema."""
        name = self._take().text
        while self._peek() == ".":
            self._at += 1
            name = "" if self._peek() == "." else self._take().text
        return name.lower()

    def _arguments(self, end: str) -> tuple[Argument, ...]:
        found: list[Argument] = []
        while self._peek() not in {";", "", end} and not self._begins(self._peek(), 0):
            if found:
                self._expect(",")
            found.append(self._argument(end))
        return tuple(found)

    def _argument(self, end: str) -> Argument:
        name = ""
        if self._peek() == "@" and self._peek(2) == "=":
            name = self._variable()
            self._expect("=")
        return Argument(name, self._argument_value(end))

    def _argument_value(self, end: str) -> Select:
        place = self._at
        bare = self._tokens[place].token_type in {TokenType.VAR, TokenType.IDENTIFIER}
        if bare and self._peek(1) in {",", ";", "", end}:
            # EXEC takes a word for a text.
            self._at += 1
            literal = exp.Literal.string(self._tokens[place].text)
            return Select(exp.select(literal))
        return self._expression(",", "OUTPUT", "OUT", end)

    def _escaped_call(self) -> list[Statement]:
        """ODBC's ``{CALL name(…)}`` and ``{? = CALL name(…)}``."""
        self._expect("{")
        if self._peek() == "?" or self._peek() == "@":
            self._at += 1 if self._peek() == "?" else 2
            self._expect("=")
        self._expect("CALL")
        procedure = self._procedure()
        arguments: tuple[Argument, ...] = ()
        if self._peek() == "(":
            self._at += 1
            arguments = self._arguments(")")
            self._expect(")")
        self._expect("}")
        return [Execute(procedure, arguments)]


def _select(tree: exp.Expr) -> Select:
    """A query, or ``SELECT @a = …`` with the variables taken out."""
    items = tree.expressions if isinstance(tree, exp.Select) else []
    assigned = [item for item in items if _is_assignment(item)]
    if not assigned:
        return Select(tree)
    if len(assigned) != len(items):
        raise sql_error(
            141,
            "A SELECT statement that assigns a value to a variable must not be combined with "
            "data-retrieval operations.",
        )
    tree.set("expressions", [item.args["expression"] for item in items])
    return Select(tree, tuple(f"@{item.this.name.lower()}" for item in items))


def _is_assignment(item: exp.Expr) -> bool:
    return isinstance(item, exp.EQ) and isinstance(item.this, exp.Parameter)
