"""A running SAP server over the small tables, and clients of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.installation import ADD_ONS, Installation
from erp_resources.sandbox.sap.named_faults import SAP_FAULTS
from erp_resources.sandbox.sap.server import SapServer
from erp_resources.sandbox.sap.users import User
from tests.erp_resources.sandbox.sap.client import Client
from tests.erp_resources.sandbox.sap.tables import load

PASSWORD = "Secret-1"
_BOTH = frozenset({"100", "200"})
USERS = {
    user.name: user
    for user in (
        User("READER", clients=_BOTH),
        User("WRITER", clients=_BOTH),
        User("GERMAN", language="D"),
        User("LOCKED", is_locked=True),
        User("NARROW", tables=frozenset({"T001", "ZTYPES"}), denied_tables=frozenset({"ZTYPES"})),
        User("WEAK", denied_functions=frozenset({"STFC_CONNECTION"})),
        User("BLIND", denied_functions=frozenset({"RFC_METADATA_GET"})),
    )
}
INSTALLATION = Installation(
    add_ons=ADD_ONS,
    typed_tables=frozenset({"T001", "ZTYPES", "ZNOTE", "ZFLOAT"}),
    clusters=frozenset({"ZFLOAT"}),
)


@pytest.fixture(scope="session")
def tables() -> Iterator[Database]:
    """The tables, which tests leave as they are."""
    database = Database()
    load(database)
    yield database
    database.close()


@pytest.fixture
def faults() -> Faults:
    return Faults(SAP_FAULTS)


@pytest.fixture
def installation() -> Installation:
    return INSTALLATION


@pytest.fixture
def server(tables: Database, installation: Installation, faults: Faults) -> Iterator[SapServer]:
    engine = SapEngine(tables, USERS, installation)
    with SapServer(engine.log_on, dict.fromkeys(USERS, PASSWORD), faults=faults) as running:
        yield running


@pytest.fixture
def connect(server: SapServer) -> Iterator[Callable[..., Client]]:
    """Opens conversations that the test need not close; as READER unless told otherwise."""
    opened: list[Client] = []

    def connect(user: str = "READER", password: str = PASSWORD, **settings: Any) -> Client:
        opened.append(Client(server.port, user, password, **settings))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()
