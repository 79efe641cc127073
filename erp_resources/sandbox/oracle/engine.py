"""The SQL engine behind the sandbox's Oracle: opens sessions, keeps translations."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.datatypes import DataType
from erp_resources.sandbox.oracle.dialect import Translation, translate
from erp_resources.sandbox.oracle.dictionary import write_base_tables
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.macros import install
from erp_resources.sandbox.oracle.sql.scope import Relation
from erp_resources.sandbox.oracle.sql.settings import Settings
from erp_resources.sandbox.oracle.sql_session import OracleSession
from erp_resources.sandbox.oracle.types import OracleError
from erp_resources.sandbox.oracle.users import (
    User,
    UserCatalog,
    declared_relation,
    visible_tables,
)

__all__ = ["OracleEngine", "User"]

_MOST_TRANSLATIONS = 1000


class OracleEngine:
    """Answers Oracle SQL from a ``Database``; opens sessions for its users.

    One engine for each database: it keeps its dictionary there.
    """

    def __init__(
        self,
        database: Database,
        users: Mapping[str, User],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(tzinfo=None),
    ) -> None:
        """Prepare the database.

        Args:
            database: the tables; more may be loaded later.
            users: the users by name.
            clock: SYSDATE in UTC, without time zone.

        Raises:
            ValueError: a loaded table holds what Oracle could not under its declaration.
        """
        self.database = database
        self.users = {name.upper(): user for name, user in users.items()}
        self.clock = clock
        self._lock = threading.Lock()
        self._known = -1
        self._relations: dict[tuple[str, str], Relation] = {}
        self._translations: dict[Any, Translation] = {}
        with database.writing() as writer:
            install(writer)
        self.relations()

    def session(self, user: str) -> OracleSession:
        """Open a session.

        Raises:
            OracleError: ORA-01045, there is no such user.
        """
        known = self.users.get(user.upper())
        if known is None:
            raise OracleError(
                1045, f"user {user.upper()} lacks CREATE SESSION privilege; logon denied"
            )
        return OracleSession(self, known)

    def relations(self) -> Mapping[tuple[str, str], Relation]:
        """The loaded tables as Oracle declares them; the dictionary is brought up to date."""
        with self._lock:
            tables = list(self.database.tables.values())
            if len(tables) != self._known:
                for one in tables[len(self._relations) :]:
                    name = (one.table.schema, one.table.name)
                    self._relations[name] = declared_relation(self.database, one)
                with self.database.writing() as writer:
                    write_base_tables(
                        writer, tables, visible_tables(list(self.users.values()), tables)
                    )
                self._translations.clear()
                self._known = len(tables)
            return self._relations

    def translation(
        self, sql: str, user: User, settings: Settings, types: tuple[DataType, ...] | None
    ) -> Translation:
        """Translate a statement, or find it translated."""
        relations = self.relations()
        key = (sql, user, settings, types)
        found = self._translations.get(key)
        if found is None:
            try:
                found = translate(sql, settings, UserCatalog(user, settings, relations), types)
            except RecursionError:
                raise unimplemented("expressions nested so deeply") from None
            if len(self._translations) >= _MOST_TRANSLATIONS:
                self._translations.clear()
            self._translations[key] = found
        return found
