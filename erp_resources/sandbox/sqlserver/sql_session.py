"""One client's session with the T-SQL engine: batches of statements and their variables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from erp_resources.sandbox.sqlserver import procedures
from erp_resources.sandbox.sqlserver.binding import Variable, variable
from erp_resources.sandbox.sqlserver.datatypes import INT, NVARCHAR_MAX
from erp_resources.sandbox.sqlserver.dialect import Translation
from erp_resources.sandbox.sqlserver.options import Options, with_option
from erp_resources.sandbox.sqlserver.results import as_sql_server
from erp_resources.sandbox.sqlserver.runner import Engine, Runner
from erp_resources.sandbox.sqlserver.sql import statements
from erp_resources.sandbox.sqlserver.sql.errors import sql_error
from erp_resources.sandbox.sqlserver.types import (
    Affected,
    Answer,
    ColumnInfo,
    Notice,
    Parameter,
    ResultSet,
    SqlType,
)
from erp_resources.sandbox.sqlserver.users import User

_Variables = dict[str, Variable]
_UNKNOWN = SqlType("nvarchar", 4000)


class SqlServerSession:
    """One client's session; implements ``SqlSession``."""

    def __init__(self, engine: Engine, user: User, database: str, number: int) -> None:
        self._engine = engine
        self._user = user
        self._home = database
        self._runner = Runner(engine, user, database, number)

    @property
    def database(self) -> str:
        """See ``SqlSession``."""
        return self._runner.database

    @property
    def transaction(self) -> int:
        """See ``SqlSession``."""
        return self._runner.transaction.number

    # Batches

    def execute(self, batch: str, parameters: Sequence[Parameter] = ()) -> Iterator[Answer]:
        """See ``SqlSession``."""
        self._runner.start()
        found = self._engine.statements(batch)
        variables = {one.name.lower(): variable(one) for one in parameters}
        yield from self._run(found, variables)

    def _run(
        self, found: Sequence[statements.Statement], variables: _Variables
    ) -> Iterator[Answer]:
        for statement in found:
            self._runner.check_stop()
            yield from self._answers(statement, variables)

    def _answers(self, statement: statements.Statement, variables: _Variables) -> Iterator[Answer]:
        match statement:
            case statements.Select(tree=tree, assigns=()):
                yield self._select(tree, variables)
            case statements.Select():
                yield self._assign(statement, variables)
            case statements.Change(tree=tree):
                yield self._change(tree, variables)
            case statements.If(test=test, then=then, otherwise=otherwise):
                is_true = self._scalar(test, variables, INT) == 1
                yield from self._run(then if is_true else otherwise, variables)
            case statements.Execute(procedure=procedure, arguments=arguments):
                yield from self._call(procedure, self._evaluated(arguments, variables))
            case _:
                yield self._control(statement, variables)

    def _control(self, statement: statements.Statement, variables: _Variables) -> Affected | Notice:
        """A statement that reads and changes no tables."""
        match statement:
            case statements.Declare():
                self._declare(statement, variables)
            case statements.SetOption(words=words):
                self._runner.options = with_option(self._runner.options, words)
            case statements.Print(value=value):
                return Notice(0, self._scalar(value, variables, NVARCHAR_MAX) or " ")
            case statements.Use(database=database):
                self._use(database)
            case statements.Transaction(verb=verb):
                {"BEGIN": self.begin, "COMMIT": self.commit, "ROLLBACK": self.rollback}[verb]()
            case statements.WaitFor(seconds=seconds):
                self._runner.wait(seconds)
        return Affected(None)

    def _declare(self, statement: statements.Declare, variables: _Variables) -> None:
        name, value = statement.name.lower(), statement.value
        if name in variables:
            text = f"The variable name '{statement.name}' has already been declared."
            raise sql_error(134, text)
        first = self._scalar(value, variables, statement.type) if value is not None else None
        variables[name] = Variable(statement.type, first)

    def _use(self, database: str) -> None:
        known = self._engine.known_database(database)
        if not known:
            raise sql_error(
                911,
                f"Database '{database}' does not exist. Make sure that the name is entered "
                "correctly.",
            )
        self._runner.database = known

    def _translate(
        self, tree: exp.Expr, variables: Mapping[str, Variable], assigned: Sequence[SqlType] = ()
    ) -> Translation:
        kinds = {name: one.type for name, one in variables.items()}
        return self._engine.translation(tree, self._user, self.database, kinds, assigned=assigned)

    def _select(self, tree: exp.Expr, variables: _Variables) -> ResultSet:
        translation = self._translate(tree, variables)
        batches = self._runner.batches(translation, variables)
        return ResultSet(list(translation.columns or ()), batches)

    def _scalar(self, query: statements.Select, variables: _Variables, kind: SqlType) -> Any:
        rows = self._runner.rows(self._translate(query.tree, variables, [kind]), variables)
        return rows[0][0] if rows else None

    def _assign(self, statement: statements.Select, variables: _Variables) -> Affected:
        """The last row's values; without a row the variables stay as they are."""
        for name in statement.assigns:
            if name not in variables:
                raise sql_error(137, f'Must declare the scalar variable "{name}".')
        kinds = [variables[name].type for name in statement.assigns]
        rows = self._runner.rows(self._translate(statement.tree, variables, kinds), variables)
        for row in rows[-1:]:
            for name, value in zip(statement.assigns, row, strict=True):
                variables[name] = replace(variables[name], value=value)
        return Affected(None)

    def _change(self, tree: exp.Expr, variables: _Variables) -> Affected:
        count = self._runner.change(self._translate(tree, variables), variables)
        return Affected(None if self._runner.options.nocount else count)

    # Procedures

    def call(self, procedure: str, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        """See ``SqlSession``."""
        self._runner.start()
        yield from self._call(procedure, parameters)

    def _call(self, procedure: str, parameters: Sequence[Parameter]) -> Iterator[Answer]:
        denied = {name.lower() for name in self._user.denied}
        tables = [
            stored
            for stored in self._engine.database.tables.values()
            if f"{stored.table.schema}.{stored.table.name}".lower() not in denied
        ]
        return procedures.call(procedure, parameters, self._engine.name, tables)

    def _evaluated(
        self, arguments: Sequence[statements.Argument], variables: _Variables
    ) -> list[Parameter]:
        return [
            Parameter(one.name, NVARCHAR_MAX, self._scalar(one.value, variables, NVARCHAR_MAX))
            for one in arguments
        ]

    # Descriptions

    def describe(self, batch: str, parameters: Sequence[SqlType] = ()) -> list[ColumnInfo] | None:
        """See ``SqlSession``; as drivers do, the batch calls its parameters ``@P1`` and so on."""
        declared = {f"@p{place}": one for place, one in enumerate(parameters, start=1)}
        for translation in self._translations(batch, declared, {}):
            if translation.columns is not None:
                return list(translation.columns)
        return None

    def undeclared_parameters(self, batch: str) -> list[Parameter]:
        """See ``SqlSession``."""
        undeclared: dict[str, SqlType | None] = {}
        for _ in self._translations(batch, {}, undeclared):
            pass
        return [Parameter(name, kind or _UNKNOWN, None) for name, kind in undeclared.items()]

    def _translations(
        self, batch: str, declared: dict[str, SqlType], undeclared: dict[str, SqlType | None]
    ) -> Iterator[Translation]:
        """The queries and changes of a batch, without running them."""
        for statement in _flat(self._engine.statements(batch)):
            match statement:
                case statements.Declare(name=name, type=kind):
                    declared[name.lower()] = kind
                case statements.Select(tree=tree, assigns=()) | statements.Change(tree=tree):
                    yield self._engine.translation(
                        tree, self._user, self.database, declared, undeclared=undeclared
                    )

    # Transactions and the session's end

    def begin(self, isolation: str | None = None) -> None:
        """See ``SqlSession``."""
        if isolation is not None:
            words = ("TRANSACTION", "ISOLATION", "LEVEL", *isolation.upper().split())
            self._runner.options = with_option(self._runner.options, words)
        self._runner.transaction.begin(self._runner.options.isolation)

    def commit(self) -> None:
        """See ``SqlSession``."""
        with as_sql_server():
            self._runner.transaction.commit()

    def rollback(self) -> None:
        """See ``SqlSession``."""
        with as_sql_server():
            self._runner.transaction.rollback()

    def reset(self) -> None:
        """See ``SqlSession``."""
        if self._runner.transaction.depth:
            self.rollback()
        self._runner.options, self._runner.database = Options(), self._home
        self._runner.row_count = 0

    def interrupt(self) -> None:
        """See ``SqlSession``."""
        self._runner.interrupt()

    def close(self) -> None:
        """See ``SqlSession``."""
        if self._runner.transaction.depth:
            self.rollback()
        self._runner.close()


def _flat(found: Sequence[statements.Statement]) -> Iterator[statements.Statement]:
    """Statements with those behind an IF."""
    for one in found:
        yield one
        if isinstance(one, statements.If):
            yield from _flat(one.then)
            yield from _flat(one.otherwise)
