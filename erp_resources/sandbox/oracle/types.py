"""What the wire protocol and the SQL engine of the sandbox's Oracle say to each other.

The protocol (``server``, ``session``, ``rows``) knows no SQL; the engine (``engine``, ``dialect``,
``dictionary``) knows no sockets. Both know this module and nothing else of one another.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa


class OracleType(enum.IntEnum):
    """Type numbers of the TTC protocol (the driver's ``ORA_TYPE_NUM_*``)."""

    VARCHAR = 1
    NUMBER = 2
    BINARY_INTEGER = 3
    LONG = 8
    ROWID = 11
    DATE = 12
    RAW = 23
    LONG_RAW = 24
    CHAR = 96
    BINARY_FLOAT = 100
    BINARY_DOUBLE = 101
    CURSOR = 102
    CLOB = 112
    BLOB = 113
    TIMESTAMP = 180
    TIMESTAMP_TZ = 181
    INTERVAL_DS = 183
    UROWID = 208
    TIMESTAMP_LTZ = 231


FLOATING_SCALE = -127
"""Scale that the protocol sends for a NUMBER declared without precision (or FLOAT)."""


class CharsetForm(enum.IntEnum):
    """Which of the database's two character sets a text column uses."""

    NONE = 0
    DATABASE = 1
    NATIONAL = 2


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a result as the driver's ``cursor.description`` must see it.

    ``size`` is in characters for text and in bytes for RAW. ``scale`` is ``FLOATING_SCALE`` with
    precision 0 for a plain NUMBER. Of TIMESTAMP types it is the fractional seconds' precision.
    """

    name: str
    type: OracleType
    precision: int = 0
    scale: int = 0
    size: int = 0
    charset_form: CharsetForm = CharsetForm.NONE
    nullable: bool = True


class OracleError(Exception):
    """An error as Oracle numbers it; ``offset`` is the position in the SQL text in characters."""

    def __init__(self, code: int, text: str, offset: int = 0) -> None:
        super().__init__(f"ORA-{code:05d}: {text}")
        self.code = code
        self.offset = offset


@dataclass
class ResultSet:
    """A query's columns and its rows as Arrow batches, produced while they are read.

    Arrow types by Oracle type: NUMBER(p<=18,0) int64 or decimal128(p,0); NUMBER(p,s) and NUMBER
    without precision decimal128; text string; RAW, BLOB binary; CLOB, LONG string; DATE
    timestamp[s|us]; TIMESTAMP timestamp[us]; TIMESTAMP_TZ struct<utc: timestamp[us],
    offset_minutes: int16>; TIMESTAMP_LTZ timestamp[us, UTC]; BINARY_FLOAT/DOUBLE float32/64; ROWID
    string of 18 characters.
    """

    columns: list[ColumnInfo]
    batches: Iterator[pa.RecordBatch]


class SqlSession(Protocol):
    """One client's session with the engine. One thread at a time, but for ``interrupt``."""

    def describe(self, sql: str) -> list[ColumnInfo] | None:
        """Check a statement without running it; a query's columns, ``None`` for others."""
        ...

    def execute(self, sql: str, binds: Sequence[Any]) -> ResultSet | int:
        """Run one statement with bind values in textual order; rows of a query, else rows affected.

        Bind values are ``None``, ``str``, ``int``, ``Decimal``, ``float``, ``bytes``, ``datetime``.

        Raises:
            OracleError: for everything that goes wrong, SQL it cannot answer included (ORA-03001,
                "unimplemented feature: …").
        """
        ...

    def commit(self) -> None:
        """Make this session's changes visible under a new SCN."""
        ...

    def rollback(self) -> None:
        """Undo this session's changes."""
        ...

    @property
    def in_transaction(self) -> bool:
        """Whether this session holds uncommitted changes."""
        ...

    def set_schema(self, schema: str) -> None:
        """Resolve unqualified names in ``schema`` from now on."""
        ...

    def interrupt(self) -> None:
        """Stop the running statement from another thread: it raises ORA-01013."""
        ...

    def close(self) -> None:
        """Roll back and free what the session holds."""
        ...
