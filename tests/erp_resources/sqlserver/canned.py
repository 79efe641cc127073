"""A SQL Server that knows a few answers by heart, for tests of sessions and of single values."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Answer,
    ColumnInfo,
    Parameter,
    ResultSet,
    SqlServerError,
    SqlSession,
    SqlType,
)
from erp_resources.sqlserver import SqlServerResource
from erp_resources.sqlserver.dialect import OUTCOME
from erp_resources.sqlserver.reader import SqlServerConnector

Values = Sequence[tuple[SqlType, pa.Array]]
"""The columns of a result."""
Outcome = Callable[[int], tuple[int, int] | None]
"""Error number and row count that follow so many rows; ``None`` if nothing does."""


def knows_nothing(batch: str) -> Values:
    raise SqlServerError(102, f"Incorrect syntax near '{batch}'.")


def result(columns: Values) -> ResultSet:
    names = [f"c{number}" for number in range(len(columns))]
    rows = pa.RecordBatch.from_arrays([values for _, values in columns], names)
    info = [ColumnInfo(name, kind) for name, (kind, _) in zip(names, columns, strict=True)]
    return ResultSet(info, iter([rows]))


class CannedSession:
    """Answers ``SELECT 1`` and what ``answer`` knows; SET and transactions succeed.

    ``outcome`` is what ``OUTCOME`` behind a statement yields.
    """

    database = "AX"

    def __init__(
        self,
        answer: Callable[[str], Values] = knows_nothing,
        outcome: Outcome = lambda rows: (0, rows),
    ) -> None:
        self.answer, self.outcome = answer, outcome
        self.transaction = 0

    def execute(self, batch: str, _: Sequence[Parameter] = ()) -> Iterator[Answer]:
        if batch.startswith(("SET ", "BEGIN ", "IF @@TRANCOUNT ")):
            yield Affected(None)
            return
        statement, follows, __ = batch.partition(f"; {OUTCOME}")
        one = [(SqlType("int"), pa.array([1], pa.int32()))]
        columns = one if statement == "SELECT 1" else self.answer(statement)
        yield result(columns)
        if follows and (outcome := self.outcome(len(columns[0][1]))):
            yield result([(SqlType("bigint"), pa.array([fact], pa.int64())) for fact in outcome])

    def call(self, _: str, __: Sequence[Parameter]) -> Iterator[Answer]:
        yield ResultSet([ColumnInfo("c", SqlType("int"))], iter([]))

    def describe(self, _: str, __: Sequence[SqlType] = ()) -> list[ColumnInfo] | None:
        return None

    def undeclared_parameters(self, _: str) -> list[Parameter]:
        return []

    def begin(self, _: str | None = None) -> None:
        self.transaction = 1

    def commit(self) -> None:
        self.transaction = 0

    def rollback(self) -> None:
        self.transaction = 0

    def reset(self) -> None:
        self.transaction = 0

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def connected(
    driver: str, open_session: Callable[[str, str], SqlSession]
) -> Iterator[SqlServerConnector]:
    """A connector, by a driver, on a server with such sessions."""
    with SqlServer(open_session, {"reader": "s3cret"}) as server:
        resource = SqlServerResource(
            mode="sandbox",
            host="127.0.0.1",
            port=server.port,
            database="AX",
            user="reader",
            password="s3cret",
            encrypt="no",
            driver=driver,
            call_timeout=20.0,
        )
        with resource.connector() as connector:
            yield connector
