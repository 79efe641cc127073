"""What one system was asked once and is remembered: functions that read, interfaces, fields.

Remembered for as long as the connector lives. Two threads may ask the same thing at once; both get
the same answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from erp_resources.connector import TableSchema
from erp_resources.errors import AccessDenied, InvalidQuery, TableNotFound
from erp_resources.sap import currencies, fields, links
from erp_resources.sap.calls import LineReader
from erp_resources.sap.connection import SapSession
from erp_resources.sap.error_codes import NOT_FOUND
from erp_resources.sap.fields import Described
from erp_resources.sap.interfaces import ReadFunction, probed
from erp_resources.sap.links import Link
from erp_resources.sap.plan import Plan, planned
from erp_resources.sap.typed import INTERFACE, MOST
from erp_resources.sap.types import ASSUMED_DECIMALS, DdicType, Fetched, most_decimals
from erp_resources.sap.where import Tokens

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

COUNT = "EM_GET_NUMBER_OF_ENTRIES"


@dataclass(frozen=True)
class Repository:
    """Answers about one system, each asked over the session that is at hand.

    Attributes:
        system: key of the system, which begins messages.
        read_functions: functions like RFC_READ_TABLE to prefer to SAP's.
        typed_prefix: with a table's name behind it, the function that returns it typed; empty for
            a system without such.
        shifts_amounts: whether amounts are read with the decimals of their currency.
    """

    system: str
    read_functions: tuple[str, ...] = ()
    typed_prefix: str = ""
    shifts_amounts: bool = True
    _answers: dict[tuple[str, ...], object] = field(default_factory=dict, repr=False, compare=False)

    def functions(self, session: SapSession) -> tuple[ReadFunction, ...]:
        """The functions that read tables, in the order of preference."""
        ask = lambda: probed(session.describe, self.read_functions, self.system)  # noqa: E731
        return self._once(session, ("functions",), ask)

    def plan(
        self, session: SapSession, columns: Sequence[Fetched], shared: Sequence[Fetched]
    ) -> Plan:
        """How columns are read in lines; ``shared`` are carried by every group."""
        return planned(self.functions(session), columns, shared)

    def typed_function(self, session: SapSession, table: str) -> str | None:
        """The function that returns a table typed, if the system has one."""
        if not self.typed_prefix:
            return None
        return self._once(session, ("typed", table), lambda: self._typed(session, table))

    def decimals(self, session: SapSession) -> Mapping[str, int]:
        """Decimals of the currencies that do not have two."""
        return self._once(session, ("decimals",), lambda: self._decimals(session))

    def link(self, session: SapSession, source: TableSchema, reference: str) -> Link | None:
        """How rows of ``source`` find the currency that ``reference`` means, if they can."""
        return links.link(source, reference, partial(self.dictionary, session))

    def dictionary(self, session: SapSession, table: str) -> TableSchema | None:
        """Types and keys of a table's fields; None if there is no such table."""

        def ask() -> TableSchema:
            return fields.schema_of(fields.described(session, table), {}, "", None)

        return self._once(
            session, ("dictionary", table), lambda: self._if_allowed(session, ask, None)
        )

    def schema(self, session: SapSession, table: str) -> TableSchema:
        """The dictionary's facts about one table, with its texts and the number of its rows.

        Asked anew: a transport may have changed the table.

        Raises:
            TableNotFound: there is no such table.
            AccessDenied: this user may not read it.
        """
        own = fields.described(session, table)
        self._refuse_unreadable(session, own)
        texts = {each: fields.described(session, table, each) for each in self.languages(session)}
        comment = self._comment(session, table, own.language)
        found = fields.schema_of(own, texts, comment, self.count(session, table))
        return found.with_scales(self._scales(session, found))

    def languages(self, session: SapSession) -> list[str]:
        """The installed languages; none where this user may not read them."""

        def ask() -> list[str]:
            return fields.installed_languages(lambda *what: self.texts(session, *what))

        return self._once(session, ("languages",), lambda: self._if_allowed(session, ask, []))

    def count(self, session: SapSession, table: str) -> int | None:
        """Rows of a table in the logon's client, or None where this user may not count them."""

        def ask() -> int | None:
            outputs = session.call(COUNT, {"IT_TABLES": [{"TABNAME": table}]}, ("IT_TABLES",))
            (row,) = cast("list[Mapping[str, int]]", outputs["IT_TABLES"])
            return row["TABROWS"]

        if ("counts",) in self._answers:  # refused once: each further time would be a dump again
            return None
        found = self._if_allowed(session, ask, None)
        if found is None:
            self._answers["counts",] = False
        return found

    def key_at(
        self,
        session: SapSession,
        table: str,
        key: Sequence[Fetched],
        condition: Tokens,
        place: int,
    ) -> "pa.Table | None":
        """The key of the row at a place (from 0) among those that meet a condition.

        Returns:
            One row, or none if there are not so many; None where no function can tell it, or this
            user may not call that.
        """
        functions = [each for each in self.functions(session) if each.skips]
        if not functions or ("skips", table) in self._answers:
            return None
        plan = planned(functions, key, ())
        if len(plan.groups) > 1:
            return None
        reader = LineReader(session, plan.function, table, key, as_strings=plan.as_strings)
        found = self._if_allowed(session, lambda: reader.read(condition, limit=1, skip=place), None)
        if found is None:
            self._answers["skips", table] = False
        return found

    def texts(
        self, session: SapSession, table: str, columns: Sequence[Fetched], condition: Tokens
    ) -> list[dict[str, str]]:
        """Character fields of a small table's rows."""
        plan = self.plan(session, columns, ())
        reader = LineReader(session, plan.function, table, columns, as_strings=plan.as_strings)
        rows: list[dict[str, str]] = reader.read(condition).to_pylist()
        return rows

    def _refuse_unreadable(self, session: SapSession, found: Described) -> None:
        """Ask for no rows of the table: the dictionary's functions do not look at rights."""
        typed, about = self.typed_function(session, found.table), f"table {found.table!r}"
        if typed is not None:
            session.call(typed, {MOST: 1}, (), about)
            return
        first = {"FIELDNAME": found.rows[0]["FIELDNAME"]}
        parameters = {"QUERY_TABLE": found.table, "NO_DATA": "X", "FIELDS": [first]}
        session.call(self.functions(session)[0].name, parameters, (), about)

    def _typed(self, session: SapSession, table: str) -> str | None:
        name = f"{self.typed_prefix}{table}"
        try:
            function = session.describe(name)
        except InvalidQuery as error:
            if error.code != NOT_FOUND:
                raise
            return None
        found = {parameter.name for parameter in function.parameters}
        if not found >= INTERFACE:
            raise InvalidQuery(
                f"{self.system}: function {name!r} lacks {', '.join(sorted(INTERFACE - found))}; "
                "give it the interface of docs/sap.md, or change the setting `typed_prefix`"
            )
        return name

    def _decimals(self, session: SapSession) -> dict[str, int]:
        rows = self.texts(session, currencies.DECIMALS_TABLE, currencies.DECIMALS_FIELDS, [])
        return {row["CURRKEY"]: int(row["CURRDEC"]) for row in rows}

    def _comment(self, session: SapSession, table: str, language: str) -> str:
        def ask() -> str:
            return fields.table_text(lambda *what: self.texts(session, *what), table, language)

        return self._if_allowed(session, ask, "")

    def _scales(self, session: SapSession, found: TableSchema) -> dict[str, int]:
        """Decimals of the columns with amounts whose currencies can be found."""
        amounts = [c for c in found.columns if c.type.startswith("CURR") and c.reference]
        if not amounts or not self.shifts_amounts:
            return {}
        most = max([ASSUMED_DECIMALS, *self.decimals(session).values()])
        scales = {}
        for column in amounts:
            reference = column.reference or ""
            own = links.is_own(reference, found.table)
            if own or self.link(session, found, reference) is not None:
                scales[column.name] = most_decimals(DdicType.of(column), most)
        return scales

    def _if_allowed(self, session: SapSession, ask: Callable[[], T], otherwise: T) -> T:
        """What ``ask`` finds; ``otherwise`` where this system or user has no way to ask it."""
        try:
            return ask()
        except (AccessDenied, TableNotFound):
            session.mend()
        except InvalidQuery as error:
            if error.code != NOT_FOUND:
                raise
        return otherwise

    def _once(self, session: SapSession, about: tuple[str, ...], ask: Callable[[], T]) -> T:
        """What was found before, or is now; tried again if it fails, as pages are."""
        if about not in self._answers:
            self._answers[about] = session.patiently(ask, " ".join(about))
        return cast("T", self._answers[about])
