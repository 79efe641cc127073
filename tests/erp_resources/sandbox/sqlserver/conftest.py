"""A database with the tables of ``shop`` and a T-SQL engine in front of it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from tests.erp_resources.sandbox.sqlserver.shop import load

NOW = datetime(2024, 5, 6, 7, 8, 9, 123456)
USERS = {
    "sa": User("sa"),
    "reader": User(
        "reader",
        denied=frozenset({"dbo.CustGroup"}),
        may_write=False,
        may_view_changes=False,
        may_view_state=False,
    ),
}


@pytest.fixture(scope="session")
def unchanged() -> Iterator[SqlServerEngine]:
    """An engine that all tests share which change nothing."""
    database = Database()
    load(database)
    yield SqlServerEngine(database, USERS, clock=lambda: NOW)
    database.close()


@pytest.fixture
def reading(unchanged: SqlServerEngine) -> Iterator[SqlServerSession]:
    """A session that changes nothing."""
    session = unchanged.session("sa")
    yield session
    session.close()


@pytest.fixture
def reader(unchanged: SqlServerEngine) -> Iterator[SqlServerSession]:
    """A session of the user with few rights."""
    session = unchanged.session("READER")
    yield session
    session.close()


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    load(database)
    yield database
    database.close()


@pytest.fixture
def engine(database: Database) -> SqlServerEngine:
    return SqlServerEngine(database, USERS, clock=lambda: NOW)


@pytest.fixture
def session(engine: SqlServerEngine) -> Iterator[SqlServerSession]:
    session = engine.session("sa")
    yield session
    session.close()


@pytest.fixture
def other(engine: SqlServerEngine) -> Iterator[SqlServerSession]:
    session = engine.session("sa", "AX")
    yield session
    session.close()
