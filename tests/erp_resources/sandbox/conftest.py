"""A database with the tables of ``scott`` and an Oracle engine in front of it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.sql_session import OracleSession
from tests.erp_resources.sandbox.scott import load

NOW = datetime(2024, 5, 6, 7, 8, 9, 500000)
USERS = {
    "APPS": User("APPS", has_catalog_role=True),
    "SCOTT": User("SCOTT", has_synonyms=False),
    "READER": User(
        "READER",
        denied=frozenset({"SCOTT.DEPT", "V$TRANSACTION"}),
        may_flashback=False,
        may_write=False,
    ),
}


@pytest.fixture(scope="session")
def unchanged() -> Iterator[OracleEngine]:
    """An engine that all tests share which change nothing."""
    database = Database()
    load(database)
    yield OracleEngine(database, USERS, clock=lambda: NOW)
    database.close()


@pytest.fixture
def reading(unchanged: OracleEngine) -> Iterator[OracleSession]:
    """A session that changes nothing."""
    session = unchanged.session("APPS")
    yield session
    session.close()


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    load(database)
    yield database
    database.close()


@pytest.fixture
def oracle(database: Database) -> OracleEngine:
    return OracleEngine(database, USERS, clock=lambda: NOW)


@pytest.fixture
def apps(oracle: OracleEngine) -> Iterator[OracleSession]:
    session = oracle.session("apps")
    yield session
    session.close()


@pytest.fixture
def other(oracle: OracleEngine) -> Iterator[OracleSession]:
    session = oracle.session("APPS")
    yield session
    session.close()
