"""Users, their rights, and what each of them finds under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from erp_resources.sandbox.database import Database, StoredTable, quoted
from erp_resources.sandbox.markers import table_marker
from erp_resources.sandbox.oracle.datatypes import Kind, parse
from erp_resources.sandbox.oracle.dictionary import VIEWS, Visible
from erp_resources.sandbox.oracle.sql.errors import no_table
from erp_resources.sandbox.oracle.sql.scope import OutColumn, Relation
from erp_resources.sandbox.oracle.sql.settings import Settings
from erp_resources.sandbox.oracle.types import OracleError
from erp_resources.sandbox.running import reading


@dataclass(frozen=True)
class User:
    """A database user and what it may do.

    Attributes:
        name: the user, also the schema of its session.
        denied: tables (``OWNER.NAME``) and views (``V$DATABASE``) that do not exist for it.
        has_synonyms: whether unqualified names find the tables of all schemas, as for APPS.
        has_catalog_role: whether it sees ``DBA_…`` views.
        may_flashback: whether it may read AS OF an SCN.
        may_write: whether it may change rows.
    """

    name: str
    denied: frozenset[str] = frozenset()
    has_synonyms: bool = True
    has_catalog_role: bool = False
    may_flashback: bool = True
    may_write: bool = True


@dataclass(frozen=True)
class UserCatalog:
    """What one user sees."""

    user: User
    settings: Settings
    relations: Mapping[tuple[str, str], Relation]

    def relation(self, schema: str, name: str) -> Relation:
        """The table or view of that name."""
        found = self._table(schema, name)
        if found is not None:
            return found
        view = VIEWS.get(name.replace("V_$", "V$"))
        hidden = name in self.user.denied or schema not in {"", "SYS", "PUBLIC"}
        if view is None or hidden or (view.needs_catalog_role and not self.user.has_catalog_role):
            raise no_table()
        return view.relation()

    def _table(self, schema: str, name: str) -> Relation | None:
        own = self.relations.get((schema or self.settings.schema, name))
        candidates = [own] if own else []
        if not schema and not own and self.user.has_synonyms:
            candidates = [one for (_, table), one in self.relations.items() if table == name]
        allowed = [one for one in candidates if self._may_read(one)]
        if len(allowed) > 1:
            raise OracleError(980, "synonym translation is no longer valid")
        return allowed[0] if allowed else None

    def _may_read(self, relation: Relation) -> bool:
        assert relation.stored is not None  # noqa: S101 these are loaded tables
        table = relation.stored.table
        return f"{table.schema}.{table.name}" not in self.user.denied

    def check_flashback(self, stored: StoredTable) -> None:
        """Whether the user may read the past."""
        if not self.user.may_flashback and stored.table.schema != self.user.name:
            raise OracleError(1031, "insufficient privileges")

    def check_write(self, stored: StoredTable) -> None:
        """Whether the user may change rows."""
        if not self.user.may_write and stored.table.schema != self.user.name:
            raise OracleError(1031, "insufficient privileges")


def session_privileges(user: User) -> list[str]:
    """What ``SESSION_PRIVS`` lists."""
    catalog = ["SELECT ANY DICTIONARY"] if user.has_catalog_role else []
    return ["CREATE SESSION", *catalog]


def visible_tables(users: Sequence[User], tables: Sequence[StoredTable]) -> list[Visible]:
    """Which user may read which table."""
    return [
        Visible(
            user.name,
            stored.table.schema,
            stored.table.name,
            user.has_synonyms,
            _privileges(user),
        )
        for user in users
        for stored in tables
        if f"{stored.table.schema}.{stored.table.name}" not in user.denied
    ]


def _privileges(user: User) -> tuple[str, ...]:
    writes = ("INSERT", "UPDATE", "DELETE") if user.may_write else ()
    return ("SELECT", *writes, *(("FLASHBACK",) if user.may_flashback else ()))


def declared_relation(database: Database, stored: StoredTable) -> Relation:
    """A loaded table under its declared types.

    Raises:
        ValueError: its rows are not what Oracle could hold under the declaration.
    """
    columns = tuple(
        OutColumn(column.name, column.name, parse(column.type), column.nullable)
        for column in stored.table.columns
    )
    _check_rows(database, stored, columns)
    return Relation(table_marker(stored.object_id), columns, stored)


def _check_rows(database: Database, stored: StoredTable, columns: tuple[OutColumn, ...]) -> None:
    checks = []
    for column in columns:
        name, kind = column.name, column.type
        if stored.types[name] != kind.storage:
            raise ValueError(
                f"{stored.table.name}.{name} is stored as {stored.types[name]}, "
                f"its declaration needs {kind.storage}"
            )
        if kind.kind in {Kind.TEXT, Kind.CHAR, Kind.CLOB}:
            checks.append((name, "empty text (Oracle has NULL)", f"{quoted(name)} = ''"))
        if kind.kind in {Kind.TEXT, Kind.CHAR}:
            length = "length" if kind.in_chars else "strlen"
            operator = ">" if kind.kind is Kind.TEXT else "<>"
            test = f"{length}({quoted(name)}) {operator} {kind.size}"
            checks.append((name, f"text that is not of length {kind.size}", test))
    if not checks:
        return
    counts = ", ".join(f"count(*) FILTER ({test})" for _, _, test in checks)
    with reading(database) as cursor:
        sql = f"SELECT {counts} FROM {stored.current}"  # noqa: S608 names are quoted
        found = cursor.execute(sql).fetchone() or ()
    for (name, what, _), count in zip(checks, found, strict=True):
        if count:
            raise ValueError(f"{stored.table.name}.{name} holds {what} in {count} rows")
