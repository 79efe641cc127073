"""The statements of a batch, as the session runs them."""

from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.sqlserver.types import SqlType


@dataclass(frozen=True)
class Select:
    """A query; ``assigns`` names the variables that it fills instead of giving rows."""

    tree: exp.Expr
    assigns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """INSERT, UPDATE or DELETE."""

    tree: exp.Expr


@dataclass(frozen=True)
class Declare:
    """One declared variable, with the query of its first value."""

    name: str
    type: SqlType
    value: Select | None


@dataclass(frozen=True)
class SetOption:
    """``SET NOCOUNT ON`` and its kin; ``words`` in upper case, without SET."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Print:
    """PRINT; the query gives what to print."""

    value: Select


@dataclass(frozen=True)
class Use:
    """USE database."""

    database: str


@dataclass(frozen=True)
class Transaction:
    """BEGIN, COMMIT or ROLLBACK of a transaction."""

    verb: str


@dataclass(frozen=True)
class WaitFor:
    """WAITFOR DELAY."""

    seconds: float


@dataclass(frozen=True)
class If:
    """IF … ELSE …; the query gives 1 or 0."""

    test: Select
    then: "tuple[Statement, ...]"
    otherwise: "tuple[Statement, ...]"


@dataclass(frozen=True)
class Argument:
    """One argument of a procedure: its name, if given, and the query of its value."""

    name: str
    value: Select


@dataclass(frozen=True)
class Execute:
    """EXEC procedure."""

    procedure: str
    arguments: tuple[Argument, ...]


Statement = (
    Select | Change | Declare | SetOption | Print | Use | Transaction | WaitFor | If | Execute
)
