"""An ``SqlSession`` that answers batches from a script: the wire is under test, not T-SQL."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from erp_resources.sandbox.sqlserver.types import (
    Answer,
    ColumnInfo,
    Parameter,
    ResultSet,
    SqlServerError,
    SqlType,
)

USER = "reader"
PASSWORD = "Secret#1 ümläut"
DATABASE = "AX"
LONG_SECONDS = 30.0

Script = Callable[["ScriptedSession", Sequence[Parameter]], Iterator[Answer]]


@dataclass
class Library:
    """What all sessions of a test's server can answer, and what they were asked."""

    scripts: dict[str, Script] = field(default_factory=dict)
    described: dict[str, list[ColumnInfo]] = field(default_factory=dict)
    undeclared: list[Parameter] = field(default_factory=list)
    executed: list[tuple[str, list[Parameter]]] = field(default_factory=list)
    sessions: list["ScriptedSession"] = field(default_factory=list)

    def answer(self, batch: str, *answers: Answer | SqlServerError) -> str:
        """Let ``batch`` be answered like this, once or again and again if it has no rows."""

        def script(_: "ScriptedSession", __: Sequence[Parameter]) -> Iterator[Answer]:
            for answer in answers:
                if isinstance(answer, SqlServerError):
                    raise answer
                yield answer

        self.scripts[batch] = script
        return batch

    def table(self, batch: str, columns: dict[str, SqlType], *batches: pa.RecordBatch) -> str:
        """Let ``batch`` return these rows, as often as it is asked."""

        def script(_: "ScriptedSession", __: Sequence[Parameter]) -> Iterator[Answer]:
            yield result(columns, *batches)

        self.scripts[batch] = script
        return batch

    def open_session(self, user: str, database: str) -> "ScriptedSession":
        if database not in ("", DATABASE, "master"):
            text = f'Cannot open database "{database}" requested by the login. The login failed.'
            raise SqlServerError(4060, text, severity=11)
        session = ScriptedSession(self, user, database or DATABASE)
        self.sessions.append(session)
        return session


def result(columns: dict[str, SqlType], *batches: pa.RecordBatch) -> ResultSet:
    """A result of these columns and rows."""
    infos = [ColumnInfo(name, kind) for name, kind in columns.items()]
    return ResultSet(infos, iter(batches))


def numbers(count: int) -> pa.RecordBatch:
    """Rows whose only column counts from 0."""
    return pa.record_batch({"n": pa.array(range(count), pa.int32())})


def type_info(odbc_type: int) -> ResultSet:
    """What ``sp_datatype_info_100`` says of a type, as far as pyodbc reads it: its size."""
    sizes = {12: ("varchar", 8000), -9: ("nvarchar", 4000), -3: ("varbinary", 8000)}
    name, size = sizes.get(odbc_type, ("datetime2", 27))
    columns = {
        "TYPE_NAME": (SqlType("nvarchar", 128), name),
        "DATA_TYPE": (SqlType("smallint"), odbc_type),
        "PRECISION": (SqlType("int"), size),
        **{f"c{place}": (SqlType("smallint"), None) for place in range(4, 21)},
    }
    arrays = [
        pa.array([value], pa.string() if kind.name == "nvarchar" else pa.int32())
        for kind, value in columns.values()
    ]
    batch = pa.record_batch(arrays, names=list(columns))
    return result({name: kind for name, (kind, _) in columns.items()}, batch)


NUMBER = {"n": SqlType("int")}


class ScriptedSession:
    """A session that looks its answers up."""

    def __init__(self, library: Library, user: str, database: str) -> None:
        self.library = library
        self.user = user
        self.database = database
        self.transaction = 0
        self.calls: list[str] = []
        self.interrupted = threading.Event()
        self.is_closed = False
        self._begun = 0

    def execute(self, batch: str, parameters: Sequence[Parameter] = ()) -> Iterator[Answer]:
        self.interrupted.clear()
        if batch.startswith("sp_datatype_info_100 "):  # as FreeTDS asks
            number = batch.split()[1].partition(",")[0]
            yield type_info(int(number))
            return
        self.library.executed.append((batch, list(parameters)))
        script = self.library.scripts.get(batch)
        if script is None:
            raise SqlServerError(102, f"Incorrect syntax near '{batch}'.", severity=15)
        yield from script(self, parameters)

    def call(self, procedure: str, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        if procedure == "sp_datatype_info_100":
            yield type_info(parameters[0].value)
            return
        self.library.executed.append((procedure, list(parameters)))
        script = self.library.scripts.get(procedure)
        if script is None:
            raise SqlServerError(2812, f"Could not find stored procedure '{procedure}'.", state=62)
        yield from script(self, parameters)

    def describe(self, batch: str, parameters: Sequence[SqlType] = ()) -> list[ColumnInfo] | None:
        self.calls.append(f"describe {len(parameters)}")
        return self.library.described.get(batch)

    def undeclared_parameters(self, batch: str) -> list[Parameter]:
        self.calls.append(f"undeclared {batch}")
        return self.library.undeclared

    def wait(self, seconds: float) -> None:
        """Be busy for a while, as a statement that can be interrupted."""
        if self.interrupted.wait(seconds):
            raise SqlServerError(0, "interrupted")

    def begin(self, isolation: str | None = None) -> None:
        self.calls.append(f"begin {isolation}")
        self._begun += 1
        self.transaction = self._begun

    def commit(self) -> None:
        self.calls.append("commit")
        self.transaction = 0

    def rollback(self) -> None:
        self.calls.append("rollback")
        self.transaction = 0

    def reset(self) -> None:
        self.calls.append("reset")
        self.transaction = 0

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.is_closed = True
