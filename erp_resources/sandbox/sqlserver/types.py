"""What the TDS protocol and the T-SQL engine of the sandbox say to each other.

The protocol (``server``, ``session``, ``rows``) knows no SQL; the engine (``engine``, ``dialect``,
``views``) knows no sockets. Both know this module and nothing else of one another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

MAX = -1
"""``SqlType.size`` of ``nvarchar(max)``, ``varchar(max)`` and ``varbinary(max)``."""


@dataclass(frozen=True)
class SqlType:
    """A SQL Server type with its lengths, e.g. ``SqlType("decimal", precision=28, scale=12)``.

    Attributes:
        name: as ``sys.types`` spells it, in lower case; ``timestamp`` for a rowversion.
        size: of text and binary types: characters of nchar and nvarchar, bytes of the others;
            ``MAX`` for (max).
        precision: of decimal and numeric.
        scale: of decimal and numeric; fractional digits of time, datetime2, datetimeoffset.
    """

    name: str
    size: int = 0
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a result, as COLMETADATA describes it."""

    name: str
    type: SqlType
    nullable: bool = True


@dataclass(frozen=True)
class Parameter:
    """One parameter of an RPC. ``value`` is None, bool, int, Decimal, float, str, bytes, date,
    time, datetime (aware for datetimeoffset) or UUID.
    """  # noqa: D205 - the sentence does not fit one line

    name: str
    type: SqlType
    value: Any
    output: bool = False


class SqlServerError(Exception):
    """An error as SQL Server numbers it.

    Args:
        number: e.g. 208.
        text: as in ``sys.messages``.
        severity: "class" of the ERROR token; from 20 on the connection ends.
    """

    def __init__(
        self, number: int, text: str, *, severity: int = 16, state: int = 1, line: int = 1
    ) -> None:
        super().__init__(f"Msg {number}, Level {severity}, State {state}: {text}")
        self.number, self.text = number, text
        self.severity, self.state, self.line = severity, state, line


@dataclass
class ResultSet:
    """A query's columns and its rows as Arrow batches, produced while they are read.

    Arrow types by SQL Server type: bit bool; tinyint uint8; smallint, int, bigint int16, 32, 64;
    decimal and numeric decimal128(p, s); money decimal128(19, 4); smallmoney decimal128(10, 4);
    float, real float64, float32; text types, xml, hierarchyid's and sql_variant's text string;
    binary types, timestamp binary; date date32; time(n) time64[us|ns]; datetime, smalldatetime,
    datetime2(n) timestamp[us|ns] (ns only where a seventh digit is wanted, since it ends in 2262);
    datetimeoffset(n) struct<utc: timestamp[us|ns], offset_minutes: int16>; uniqueidentifier string
    of 36 characters in upper case.
    """

    columns: list[ColumnInfo]
    batches: Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class Affected:
    """Rows that a statement changed; ``None`` where SQL Server counts nothing (SET, DECLARE, …)."""

    rows: int | None


@dataclass(frozen=True)
class Notice:
    """An informational message (INFO token), e.g. what PRINT says (number 0)."""

    number: int
    text: str


@dataclass(frozen=True)
class ReturnStatus:
    """What a procedure returned (RETURNSTATUS token), after its results."""

    value: int


Answer = ResultSet | Affected | Notice | ReturnStatus


class SqlSession(Protocol):
    """One client's session with the engine. One thread at a time, but for ``interrupt``."""

    @property
    def database(self) -> str:
        """The current database; ``USE`` changes it, and the protocol then says so (ENVCHANGE 1)."""
        ...

    @property
    def transaction(self) -> int:
        """Number of the open transaction, 0 when there is none.

        The protocol compares it before and after each statement and says so (ENVCHANGE 8 to 10).
        """
        ...

    def execute(self, batch: str, parameters: Sequence[Parameter] = ()) -> Iterator[Answer]:
        """Run a batch; each answer comes as its statement ends, a result set as it begins.

        The batches of a result set are read before the next answer is asked for.

        Raises:
            SqlServerError: while it is iterated, for everything that goes wrong; T-SQL that the
                sandbox cannot answer included (number 40000, "not in the sandbox: …").
        """
        ...

    def call(self, procedure: str, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        """Run a stored procedure by name (``sp_tables``, ``sp_columns_100``, …).

        ``sp_executesql``, ``sp_prepare`` and their kin are the protocol's and never come here.

        Raises:
            SqlServerError: 2812 for one that there is not.
        """
        ...

    def describe(self, batch: str, parameters: Sequence[SqlType] = ()) -> list[ColumnInfo] | None:
        """Columns of the first result of a batch without running it; ``None`` if it has none."""
        ...

    def undeclared_parameters(self, batch: str) -> list[Parameter]:
        """Names and types that suit the parameters a batch does not declare, values NULL."""
        ...

    def begin(self, isolation: str | None = None) -> None:
        """Open a transaction (or nest one), as the transaction manager request asks."""
        ...

    def commit(self) -> None:
        """End the innermost transaction; the outermost makes its changes visible."""
        ...

    def rollback(self) -> None:
        """Undo all open transactions."""
        ...

    def reset(self) -> None:
        """What RESETCONNECTION asks: roll back, drop temporary tables, defaults for all SETs."""
        ...

    def interrupt(self) -> None:
        """Stop the running statement from another thread; its iterator ends at once.

        It raises ``SqlServerError`` with number 0, which the protocol answers as an attention.
        """
        ...

    def close(self) -> None:
        """Roll back and free what the session holds."""
        ...
