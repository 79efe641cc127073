"""The T-SQL engine behind the sandbox's SQL Server: opens sessions, keeps translations.

Its rowversions rise with every commit. A real server hands them out when a row is changed, so that
a transaction may commit smaller ones than others have committed before; MIN_ACTIVE_ROWVERSION is
below all of those, here as there.
"""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.catalog_facts import COLLATION, Facts
from erp_resources.sandbox.sqlserver.catalog_rows import write_catalog
from erp_resources.sandbox.sqlserver.codes import SERVER_NAME, SERVER_VERSION
from erp_resources.sandbox.sqlserver.dialect import Translation, install, translate
from erp_resources.sandbox.sqlserver.relations import declared_relation
from erp_resources.sandbox.sqlserver.sql.batch import parse_batch
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.scope import Relation
from erp_resources.sandbox.sqlserver.sql.statements import Statement
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import SqlType
from erp_resources.sandbox.sqlserver.users import User, UserCatalog

__all__ = ["SqlServerEngine", "User"]

_MOST_TRANSLATIONS = 1000
_FIRST_SESSION = 51
_VERSION = ".".join(map(str, SERVER_VERSION))
_BANNER = f"Microsoft SQL Server 2022 (erp-assets sandbox) - {_VERSION} (X64)"
_CONSTANTS: Mapping[str, Any] = {
    "version": _BANNER,
    "server": SERVER_NAME,
    "service": "MSSQLSERVER",
    "language": "us_english",
    "max_precision": 38,
    "datefirst": 7,
    "nestlevel": 0,
    "textsize": 2_147_483_647,
    "microsoft_version": (SERVER_VERSION[0] << 24) + SERVER_VERSION[2],
    "error": 0,
    "host": "client",
    "application": "client",
    "identity": None,
    "pi": 3.141592653589793,
}
_SYSTEM_DATABASES = ("master", "tempdb")


class SqlServerEngine:
    """Answers T-SQL from a ``Database``; opens sessions for its users.

    One engine for each database: it keeps its catalogue there.
    """

    def __init__(
        self,
        database: Database,
        users: Mapping[str, User],
        *,
        name: str = "AX",
        allow_snapshot_isolation: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(tzinfo=None),
    ) -> None:
        """Prepare the database.

        Args:
            database: the tables; more may be loaded later.
            users: the logins by name.
            name: of the database with the tables.
            allow_snapshot_isolation: the database's option.
            clock: GETDATE() in UTC, without time zone.

        Raises:
            ValueError: a loaded table holds what SQL Server could not under its declaration.
        """
        self.database = database
        self.users = {key.lower(): user for key, user in users.items()}
        self.name = name
        self.allows_snapshot = allow_snapshot_isolation
        self.clock = clock
        self.base_scn = database.current_scn
        self.constants = _CONSTANTS
        self._lock = threading.Lock()
        self._numbers = itertools.count(_FIRST_SESSION)
        self._known = -1
        self._relations: dict[tuple[str, str], Relation] = {}
        self._parsed: dict[str, tuple[Statement, ...]] = {}
        # The tree is kept beside its translation, so that its id stays its own.
        self._translations: dict[Any, tuple[exp.Expr, Translation]] = {}
        with database.writing() as writer:
            install(writer)
        self.relations()

    def session(self, user: str, database: str = "") -> SqlServerSession:
        """Open a session in a database, by default the one with the tables.

        Raises:
            SqlServerError: 4060 for a database that there is not, 18456 for such a user.
        """
        known = self.users.get(user.lower())
        if known is None:
            raise sql_error(18456, f"Login failed for user '{user}'.")
        found = self.known_database(database or self.name)
        if not found:
            raise sql_error(
                4060, f'Cannot open database "{database}" requested by the login. The login failed.'
            )
        return SqlServerSession(self, known, found, next(self._numbers))

    def known_database(self, name: str) -> str:
        """A database's name as it is spelled, '' for one that does not exist."""
        spelled = {one.lower(): one for one in (*_SYSTEM_DATABASES, self.name)}
        return spelled.get(name.lower(), "")

    def relations(self) -> Mapping[tuple[str, str], Relation]:
        """The loaded tables as SQL Server declares them; the catalogue is brought up to date."""
        with self._lock:
            tables = list(self.database.tables.values())
            if len(tables) != self._known:
                for one in tables[len(self._relations) :]:
                    key = (one.table.schema.lower(), one.table.name.lower())
                    self._relations[key] = declared_relation(self.database, one)
                with self.database.writing() as writer:
                    write_catalog(writer, self._facts(), tables)
                self._translations.clear()
                self._known = len(tables)
            return self._relations

    def _facts(self) -> Facts:
        properties = {
            "productversion": _VERSION,
            "productlevel": "RTM",
            "edition": "Developer Edition (64-bit)",
            "engineedition": "3",
            "servername": SERVER_NAME,
            "machinename": SERVER_NAME,
            "collation": COLLATION,
            "isclustered": "0",
            "ishadrenabled": "0",
            "isintegratedsecurityonly": "0",
        }
        return Facts(self.name, self.allows_snapshot, self.base_scn, properties)

    def statements(self, batch: str) -> tuple[Statement, ...]:
        """Parse a batch, or find it parsed."""
        found = self._parsed.get(batch)
        if found is None:
            try:
                found = parse_batch(batch)
            except RecursionError:
                raise not_here("expressions nested so deeply") from None
            if len(self._parsed) >= _MOST_TRANSLATIONS:
                self._parsed.clear()
            self._parsed[batch] = found
        return found

    def translation(
        self,
        tree: exp.Expr,
        user: User,
        database: str,
        variables: Mapping[str, SqlType],
        *,
        undeclared: dict[str, SqlType | None] | None = None,
        assigned: Sequence[SqlType] = (),
    ) -> Translation:
        """Translate a statement, or find it translated.

        Args:
            tree: the statement.
            user: whose it is.
            database: the current one.
            variables: types of the declared variables.
            undeclared: see ``translate``; such a translation is not kept.
            assigned: types of the variables that the columns fill.
        """
        relations = self.relations()
        key = (id(tree), user, database, tuple(variables.items()), tuple(assigned))
        kept = self._translations.get(key) if undeclared is None else None
        if kept is not None:
            return kept[1]
        catalog = UserCatalog(user, database, self.name, relations)
        try:
            found = translate(tree, catalog, variables, undeclared=undeclared, assigned=assigned)
        except RecursionError:
            raise not_here("expressions nested so deeply") from None
        if undeclared is None:
            if len(self._translations) >= _MOST_TRANSLATIONS:
                self._translations.clear()
            self._translations[key] = (tree, found)
        return found
