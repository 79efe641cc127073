"""An ``SqlSession`` over a dictionary from SQL text to result: the wire is under test, not SQL."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.oracle.types import ColumnInfo, OracleError, ResultSet

USER = "APPS"
PASSWORD = "Secret#1 ümläut"
CANCELLED = 1013


@dataclass
class Answer:
    """What a statement is answered with, in batches of ``batch_rows``."""

    columns: list[ColumnInfo]
    table: pa.Table
    batch_rows: int = 1000


@dataclass
class Library:
    """The statements that all sessions of a test's server know, and what they were asked."""

    answers: dict[str, Answer | int | OracleError | Callable[["CannedSession"], Any]] = field(
        default_factory=dict
    )
    executed: list[tuple[str, list[Any]]] = field(default_factory=list)
    sessions: list["CannedSession"] = field(default_factory=list)

    def add(self, sql: str, columns: list[ColumnInfo], table: pa.Table, rows: int = 1000) -> str:
        """Let ``sql`` return ``table``."""
        self.answers[sql] = Answer(columns, table, rows)
        return sql

    def open_session(self, user: str) -> "CannedSession":
        """A session for ``user``."""
        session = CannedSession(self, user)
        self.sessions.append(session)
        return session


class CannedSession:
    """An ``SqlSession`` that looks its answers up."""

    def __init__(self, library: Library, user: str) -> None:
        self.library = library
        self.user = user
        self.schema = user
        self.interrupted = threading.Event()
        self.commits = 0
        self.rollbacks = 0
        self.is_closed = False
        self.threads: set[int] = set()
        self._in_transaction = False

    def _answer(self, sql: str) -> Any:
        self.threads.add(threading.get_ident())
        if sql not in self.library.answers:
            raise OracleError(942, "table or view does not exist", offset=14)
        return self.library.answers[sql]

    def describe(self, sql: str) -> list[ColumnInfo] | None:
        answer = self._answer(sql)
        if isinstance(answer, OracleError):
            raise answer
        return answer.columns if isinstance(answer, Answer) else None

    def execute(self, sql: str, binds: Sequence[Any]) -> ResultSet | int:
        self.library.executed.append((sql, list(binds)))
        self.interrupted.clear()
        answer = self._answer(sql)
        if callable(answer):
            answer = answer(self)
        if isinstance(answer, OracleError):
            raise answer
        if isinstance(answer, int):
            self._in_transaction = True
            return answer
        if isinstance(answer, ResultSet):
            return answer
        batches = answer.table.to_batches(max_chunksize=answer.batch_rows)
        return ResultSet(answer.columns, iter(batches))

    def wait(self, seconds: float) -> int:
        """Be busy for a while, as a statement that can be interrupted."""
        if self.interrupted.wait(seconds):
            raise OracleError(CANCELLED, "user requested cancel of current operation")
        return 0

    def commit(self) -> None:
        self.commits += 1
        self._in_transaction = False

    def rollback(self) -> None:
        self.rollbacks += 1
        self._in_transaction = False

    @property
    def in_transaction(self) -> bool:
        return self._in_transaction

    def set_schema(self, schema: str) -> None:
        if schema == "NOBODY":
            raise OracleError(1435, "user does not exist")
        self.schema = schema

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.is_closed = True


@contextlib.contextmanager
def takes_about(seconds: float) -> Iterator[None]:
    """Fail if the block takes far longer than ``seconds``, with room for a busy machine."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    sys.stdout.write(f"took {took:.3f} s, about {seconds} s expected\n")
    assert took < 5 * seconds + 1.0
