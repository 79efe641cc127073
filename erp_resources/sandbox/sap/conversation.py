"""One logged-on client: what it may call, the calls themselves, and its open changes."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import duckdb
import pyarrow as pa

from erp_resources.sandbox.database import StoredTable, Transaction
from erp_resources.sandbox.running import reading
from erp_resources.sandbox.sap import where
from erp_resources.sandbox.sap.errors import (
    Message,
    abap_exception,
    dump,
    no_function,
    no_rfc_authority,
)
from erp_resources.sandbox.sap.interfaces import Function, Parameter
from erp_resources.sandbox.sap.records import Record, Scalar, decode, encode
from erp_resources.sandbox.sap.structures import Structure
from erp_resources.sandbox.sap.system import System
from erp_resources.sandbox.sap.users import User
from erp_resources.sandbox.sap.wire import Block, ProtocolError

Value: TypeAlias = Scalar | Record | list[Record] | Block
"""What a function module returns in a parameter; ``Block`` where it has made the rows itself."""

Returned: TypeAlias = list[tuple[Parameter, Block]]
"""The parameters that go back to the caller."""

_Rows: TypeAlias = list[dict[str, Scalar]]

_METADATA = "RFC_METADATA_GET"
"""The function module by which the SDK learns of interfaces."""


class Call:
    """A call as its function module sees it."""

    def __init__(self, conversation: "Conversation", name: str, given: Mapping[str, _Rows]):
        self.conversation = conversation
        self.function = name
        self._given = given

    def text(self, name: str) -> str:
        """An import parameter of characters; empty if it was not given."""
        return str(self._scalar(name) or "")

    def number(self, name: str) -> int:
        """A whole number; 0 if it was not given."""
        value = self._scalar(name)
        return value if isinstance(value, int) else 0

    def record(self, name: str) -> dict[str, Scalar]:
        """A structure; empty if it was not given."""
        rows = self.table(name)
        return rows[0] if rows else {}

    def table(self, name: str) -> _Rows:
        """The rows that the caller has put into a table."""
        return self._given.get(name, [])

    def texts(self, table: str, field: str) -> list[str]:
        """One field of all rows of a table."""
        return [str(row[field]) for row in self.table(table)]

    def _scalar(self, name: str) -> Scalar | None:
        return self.record(name).get("")


Handler: TypeAlias = Callable[[Call], Mapping[str, Value]]


class Module(NamedTuple):
    """A function module: what callers know of it, and what it does."""

    function: Function
    run: Handler


class Conversation:
    """What a client does between logon and close. For one thread at a time.

    Attributes:
        rows_read: rows of tables that its calls have returned so far.
        pause: waits so many seconds; replaced by a session that watches its client meanwhile.
    """

    def __init__(
        self,
        system: System,
        find: Callable[[System, str], Module | None],
        user: User,
        client: str,
        language: str,
    ) -> None:
        self.system = system
        self.user = user
        self.client = client
        self.language = language
        self.rows_read = 0
        self.pause: Callable[[float], None] = time.sleep
        self._find = find
        self._transaction: Transaction | None = None
        self._changes = 0

    def describe(self, name: str) -> Function:
        """The interface of a function module.

        Raises:
            RfcError: there is none, or the user may not know.
        """
        self._check_right(_METADATA)
        return self.module(name).function

    def describe_type(self, name: str) -> Structure:
        """A structure or the row of a table.

        Raises:
            RfcError: there is none, or the user may not know.
        """
        self._check_right(_METADATA)
        found = self.system.dictionary.find(name)
        if found is None:
            raise abap_exception("TABLE_NOT_ACTIVE", Message("DA", "E", "300", (name,)))
        return found.structure

    def module(self, name: str) -> Module:
        """A function module.

        Raises:
            RfcError: there is none of that name.
        """
        found = self._find(self.system, name)
        if found is None:
            raise no_function(name)
        return found

    def invoke(self, name: str, given: Mapping[str, Block]) -> Returned:
        """Call a function module.

        Raises:
            RfcError: as it ended.
            ProtocolError: it has no parameters like those given.
        """
        module = self.module(name)
        self._check_right(name)
        parameters = {parameter.name: parameter for parameter in module.function.parameters}
        if unknown := given.keys() - parameters.keys():
            raise ProtocolError(f"{name} has no parameters {sorted(unknown)}")
        inputs = {name: decode(parameters[name].structure, given[name]) for name in given}
        answer = module.run(Call(self, name, inputs))
        return [
            (parameter, _returned(parameter, answer, inputs))
            for parameter in module.function.parameters
            if parameter.is_output
        ]

    def _check_right(self, function: str) -> None:
        if function in self.user.denied_functions:
            raise no_rfc_authority(function)

    def read(self, sql: str, values: Mapping[str, where.Value]) -> pa.Table:
        """What a SELECT of DuckDB's finds.

        Raises:
            RfcError: a dump, if the database cannot do it.
        """
        with reading(self.system.database) as cursor:
            try:
                return cursor.sql(sql, params=dict(values) or None).to_arrow_table()
            except duckdb.Error as error:
                raise dump("DBSQL_SQL_ERROR", f"SQL error: {error}") from error

    def circumstances(self) -> tuple[Hashable, ...]:
        """What the rows that a read finds depend on, beside the read itself."""
        changes = self._transaction and (self._transaction.number, self._changes)
        scn = self.system.database.current_scn
        return self.user.name, self.client, self.language, scn, changes

    def rows(self, stored: StoredTable) -> str:
        """SQL of a table's rows as this conversation sees them: with its own open changes."""
        return self._transaction.rows(stored) if self._transaction else stored.current

    def change(self, stored: StoredTable, run: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        """Change rows until ``commit`` or ``rollback``; see ``Transaction.stage``."""
        if self._transaction is None:
            self._transaction = self.system.database.begin()
        self._transaction.stage(stored, run)
        self._changes += 1

    def commit(self) -> None:
        """Make all changes visible to others."""
        if self._transaction is not None:
            self._transaction.commit()
        self._transaction = None

    def rollback(self) -> None:
        """Undo all changes; what also happens when a conversation ends."""
        if self._transaction is not None:
            self._transaction.rollback()
        self._transaction = None


def _returned(
    parameter: Parameter, answer: Mapping[str, Value], inputs: Mapping[str, _Rows]
) -> Block:
    """A parameter's rows: what was answered, or else what came in."""
    value = answer.get(parameter.name)
    if isinstance(value, Block):
        return value
    rows: Sequence[Record]
    if value is None:
        rows = inputs.get(parameter.name, []) or ([] if parameter.is_table else [{}])
    elif isinstance(value, Mapping):
        rows = [value]
    else:
        rows = value if isinstance(value, list) else [{"": value}]
    return encode(parameter.structure, rows)
