"""Users, their rights, and what each of them finds under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver import change_tracking
from erp_resources.sandbox.sqlserver.catalog_views import VIEWS
from erp_resources.sandbox.sqlserver.datatypes import SYSNAME
from erp_resources.sandbox.sqlserver.sql.errors import no_object, not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlType

_SYSTEM_SCHEMAS = frozenset({"sys", "information_schema"})
_STATE_VIEWS = frozenset({"dm_db_partition_stats"})


@dataclass(frozen=True)
class User:
    """A login with its user in the database, and what it may do.

    Attributes:
        name: of both.
        denied: tables (``dbo.CUSTTABLE``) that it may not read, nor see in the catalogue.
        may_write: whether it may INSERT, UPDATE and DELETE.
        may_view_changes: whether it has VIEW CHANGE TRACKING on every table.
        may_view_state: whether it has VIEW DATABASE STATE.
    """

    name: str
    denied: frozenset[str] = frozenset()
    may_write: bool = True
    may_view_changes: bool = True
    may_view_state: bool = True

    @property
    def permissions(self) -> list[str]:
        """What ``fn_my_permissions(NULL, 'DATABASE')`` lists."""
        writes = ["INSERT", "UPDATE", "DELETE"] if self.may_write else []
        changes = ["VIEW CHANGE TRACKING"] if self.may_view_changes else []
        state = ["VIEW DATABASE STATE"] if self.may_view_state else []
        return ["CONNECT", "SELECT", "VIEW DEFINITION", *writes, *changes, *state]


@dataclass(frozen=True)
class UserCatalog:
    """What one user sees from one current database; implements ``Catalog``.

    Attributes:
        user: the user.
        database: the current database.
        home: the database with the tables; the others are empty.
        relations: the loaded tables by schema and name in lower case.
    """

    user: User
    database: str
    home: str
    relations: Mapping[tuple[str, str], Relation]

    @property
    def hidden(self) -> str:
        """SQL of a list of the object ids that the user may not see, never empty."""
        denied = {name.lower() for name in self.user.denied}
        ids = [
            str(relation.stored.object_id)
            for (schema, name), relation in self.relations.items()
            if relation.stored is not None and f"{schema}.{name}" in denied
        ]
        return ", ".join(["-1", *ids])

    @property
    def _tables(self) -> list[StoredTable]:
        return [one.stored for one in self.relations.values() if one.stored is not None]

    def relation(self, database: str, schema: str, name: str) -> Relation:
        """The table or view of that name."""
        if schema.lower() in _SYSTEM_SCHEMAS:
            return self._view(schema, name)
        found = self._table(database, schema, name)
        self._check_right(found, "SELECT")
        return found

    def _view(self, schema: str, name: str) -> Relation:
        view = VIEWS.get((schema.lower(), name.lower()))
        if view is None:
            raise not_here(f"the view {schema}.{name}")
        if name.lower() in _STATE_VIEWS and not self.user.may_view_state:
            raise sql_error(
                262, f"VIEW DATABASE STATE permission denied in database '{self.home}'."
            )
        return view.relation(self.hidden, self._tables)

    def _table(self, database: str, schema: str, name: str) -> Relation:
        spelled = ".".join(filter(None, (database, schema, name)))
        if (database or self.database).lower() != self.home.lower():
            raise no_object(spelled)
        found = self.relations.get(((schema or "dbo").lower(), name.lower()))
        if found is None:
            raise no_object(spelled)
        return found

    def _check_right(self, relation: Relation, right: str) -> None:
        stored = relation.stored
        assert stored is not None  # noqa: S101 these are loaded tables
        table = stored.table
        denied = f"{table.schema}.{table.name}".lower() in {one.lower() for one in self.user.denied}
        if denied or (right != "SELECT" and right not in self.user.permissions):
            raise _denied(right, stored, self.home)

    def writable(self, database: str, schema: str, name: str, right: str) -> StoredTable:
        """The table to change."""
        if schema.lower() in _SYSTEM_SCHEMAS:
            raise sql_error(259, "Ad hoc updates to system catalogs are not allowed.")
        relation = self._table(database, schema, name)
        self._check_right(relation, right)
        assert relation.stored is not None  # noqa: S101 these are loaded tables
        return relation.stored

    def changes(self, database: str, schema: str, name: str, since: str) -> Relation:
        """``CHANGETABLE(CHANGES …)``."""
        relation = self.relation(database, schema, name)
        stored = relation.stored
        if stored is None or not stored.table.change_tracking:
            raise sql_error(22105, f"Change tracking is not enabled on table '{name}'.")
        if not self.user.may_view_changes:
            raise _denied("VIEW CHANGE TRACKING", stored, self.home)
        return change_tracking.changes(stored, since)

    def function(self, name: str, arguments: Sequence[str]) -> Relation:
        """``fn_my_permissions(NULL, 'DATABASE')``."""
        if name.lower() != "fn_my_permissions":
            raise not_here(f"the table function {name}")
        if [one.lower() for one in arguments] != ["", "database"]:
            raise not_here("fn_my_permissions of anything but the database")
        columns = tuple(
            OutColumn(column, column, kind)
            for column, kind in (
                ("entity_name", SYSNAME),
                ("subentity_name", SYSNAME),
                ("permission_name", SqlType("nvarchar", 60)),
            )
        )
        sql = (
            "(SELECT 'database' AS entity_name, '' AS subentity_name, "
            "unnest(CAST($permissions AS VARCHAR[])) AS permission_name)"
        )
        return Relation(sql, columns)


def _denied(right: str, stored: StoredTable, database: str) -> SqlServerError:
    table = stored.table
    return sql_error(
        229,
        f"The {right} permission was denied on the object '{table.name}', database '{database}', "
        f"schema '{table.schema}'.",
    )
