"""Procedures that run or prepare statements: ``sp_executesql``, ``sp_prepare`` and their kin."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from erp_resources.sandbox.sqlserver.codes import NOT_IN_THE_SANDBOX
from erp_resources.sandbox.sqlserver.declarations import read_declarations
from erp_resources.sandbox.sqlserver.describing import described_columns, described_parameters
from erp_resources.sandbox.sqlserver.rpc import bare_name
from erp_resources.sandbox.sqlserver.types import (
    Answer,
    ColumnInfo,
    Parameter,
    ResultSet,
    SqlServerError,
    SqlSession,
)

_NO_SUCH_HANDLE = 8179
_NOT_SUPPLIED = 8178
_TOO_MANY_ARGUMENTS = 8144
_MISSING_ARGUMENT = 201


class Execution(NamedTuple):
    """What a call does once its answers are asked for."""

    answers: Iterator[Answer]
    handle: int | None = None
    """Of the statement that was prepared."""

    executes: bool = True
    """Whether a statement of the user's runs, rather than being described or forgotten."""


@dataclass(frozen=True)
class _Prepared:
    """What a handle stands for: a batch with its parameters, or a procedure."""

    text: str
    declared: list[Parameter]
    is_procedure: bool = False


class Statements:
    """The prepared statements of one session, and the procedures that work with them."""

    def __init__(self, sql_session: SqlSession) -> None:
        self._sql_session = sql_session
        self._prepared: dict[int, _Prepared] = {}
        self._last_handle = 0
        self._procedures: dict[str, Callable[[list[Parameter]], Execution]] = {
            "sp_executesql": self._execute_sql,
            "sp_prepare": self._prepare,
            "sp_execute": self._execute,
            "sp_prepexec": self._prepare_and_execute,
            "sp_prepexecrpc": self._prepare_and_call,
            "sp_unprepare": self._unprepare,
            "sp_describe_first_result_set": self._describe_columns,
            "sp_describe_undeclared_parameters": self._describe_parameters,
        }

    def call(self, called: str, arguments: Sequence[Parameter]) -> Execution:
        """Begin a call, of whichever procedure.

        Raises:
            SqlServerError: the arguments do not fit the procedure.
        """
        name = called.lower()
        if name.startswith("sp_cursor"):
            text = f"not in the sandbox: server cursors ({name})"
            raise SqlServerError(NOT_IN_THE_SANDBOX, text)
        procedure = self._procedures.get(name)
        if procedure is not None:
            return procedure(list(arguments))
        _refuse_outputs(arguments)
        return Execution(self._sql_session.call(called, arguments))

    def forget_all(self) -> None:
        """Drop all prepared statements."""
        self._prepared.clear()

    # Procedures

    def _execute_sql(self, arguments: list[Parameter]) -> Execution:
        statement = _Prepared(_text(arguments, 0), read_declarations(_text(arguments, 1, "")))
        return Execution(self._run(statement, arguments[2:]))

    def _prepare(self, arguments: list[Parameter]) -> Execution:
        statement = _Prepared(_text(arguments, 2), read_declarations(_text(arguments, 1, "")))
        handle = self._remember(statement)
        return Execution(self._columns_of(statement), handle, executes=False)

    def _prepare_and_execute(self, arguments: list[Parameter]) -> Execution:
        statement = _Prepared(_text(arguments, 2), read_declarations(_text(arguments, 1, "")))
        handle = self._remember(statement)
        return Execution(self._run(statement, arguments[3:]), handle)

    def _prepare_and_call(self, arguments: list[Parameter]) -> Execution:
        statement = _Prepared(bare_name(_text(arguments, 1)), [], is_procedure=True)
        handle = self._remember(statement)
        return Execution(self._run(statement, arguments[2:]), handle)

    def _execute(self, arguments: list[Parameter]) -> Execution:
        handle = _handle(arguments)
        statement = self._prepared.get(handle)
        if statement is None:
            text = f"Could not find prepared statement with handle {handle}."
            raise SqlServerError(_NO_SUCH_HANDLE, text, state=2)
        return Execution(self._run(statement, arguments[1:]))

    def _unprepare(self, arguments: list[Parameter]) -> Execution:
        self._prepared.pop(_handle(arguments), None)
        return Execution(iter(()), executes=False)

    def _describe_columns(self, arguments: list[Parameter]) -> Execution:
        statement = _Prepared(_text(arguments, 0), read_declarations(_text(arguments, 1, "")))

        def answers() -> Iterator[Answer]:
            yield described_columns(self._describe(statement) or [])

        return Execution(answers(), executes=False)

    def _describe_parameters(self, arguments: list[Parameter]) -> Execution:
        batch = _text(arguments, 0)

        def answers() -> Iterator[Answer]:
            yield described_parameters(self._sql_session.undeclared_parameters(batch))

        return Execution(answers(), executes=False)

    # Parts of them

    def _remember(self, statement: _Prepared) -> int:
        self._last_handle += 1
        self._prepared[self._last_handle] = statement
        return self._last_handle

    def _run(self, statement: _Prepared, given: Sequence[Parameter]) -> Iterator[Answer]:
        if statement.is_procedure:
            return self.call(statement.text, given).answers
        _refuse_outputs(given)
        return self._sql_session.execute(statement.text, _bound(statement.declared, given))

    def _describe(self, statement: _Prepared) -> list[ColumnInfo] | None:
        kinds = [parameter.type for parameter in statement.declared]
        return self._sql_session.describe(statement.text, kinds)

    def _columns_of(self, statement: _Prepared) -> Iterator[Answer]:
        columns = self._describe(statement)
        if columns is not None:
            yield ResultSet(columns, iter(()))


def _bound(declared: list[Parameter], given: Sequence[Parameter]) -> list[Parameter]:
    """The declared parameters with the values given by name or by position.

    Raises:
        SqlServerError: 8178 for a value too few, 8144 for one too many.
    """
    values = {
        (parameter.name or name).lower(): parameter.value
        for parameter, name in zip(given, _names(declared, given), strict=True)
    }
    bound = []
    for parameter in declared:
        if parameter.name.lower() not in values:
            expects = f"The parameterized query expects the parameter '{parameter.name}'"
            raise SqlServerError(_NOT_SUPPLIED, f"{expects}, which was not supplied.")
        bound.append(replace(parameter, value=values[parameter.name.lower()]))
    return bound


def _names(declared: list[Parameter], given: Sequence[Parameter]) -> list[str]:
    if len(given) > len(declared):
        text = "Procedure or function has too many arguments specified."
        raise SqlServerError(_TOO_MANY_ARGUMENTS, text, state=2)
    return [parameter.name for parameter in declared[: len(given)]]


def _refuse_outputs(parameters: Sequence[Parameter]) -> None:
    for parameter in parameters:
        if parameter.output:
            text = f"not in the sandbox: output parameters ({parameter.name})"
            raise SqlServerError(NOT_IN_THE_SANDBOX, text)


def _text(arguments: list[Parameter], position: int, default: str | None = None) -> str:
    """The text argument at ``position``; ``default`` if it is missing or NULL."""
    value = arguments[position].value if position < len(arguments) else None
    value = default if value is None else value
    if not isinstance(value, str):
        text = f"The procedure expects parameter {position + 1}, which was not supplied."
        raise SqlServerError(_MISSING_ARGUMENT, text, state=10)
    return value


def _handle(arguments: list[Parameter]) -> int:
    value = arguments[0].value if arguments else None
    if not isinstance(value, int):
        text = "The procedure expects a handle, which was not supplied."
        raise SqlServerError(_MISSING_ARGUMENT, text, state=10)
    return value
