"""A running server over scripted answers, and connections of both real drivers to it."""

from collections.abc import Callable, Iterator

import pyodbc
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.server import SqlServer
from tests.erp_resources.sandbox.sqlserver.tds import odbc
from tests.erp_resources.sandbox.sqlserver.tds.odbc import DRIVERS, PLAIN, OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import PASSWORD, USER, Library

Connect = Callable[..., pyodbc.Connection]


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def server(library: Library, faults: Faults) -> Iterator[SqlServer]:
    passwords = {USER: PASSWORD, PLAIN["UID"]: PLAIN["PWD"]}
    with SqlServer(library.open_session, passwords, faults=faults) as running:
        yield running


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> OdbcDriver:
    return odbc.driver(request.param)


@pytest.fixture
def microsoft() -> OdbcDriver:
    return odbc.driver("microsoft")


@pytest.fixture
def connect(server: SqlServer, driver: OdbcDriver) -> Iterator[Connect]:
    """Opens connections that the test need not close, in autocommit mode unless told otherwise."""
    opened: list[pyodbc.Connection] = []

    def connect(*, autocommit: bool = True, port: int = 0, **settings: str) -> pyodbc.Connection:
        text = driver.connection_string(port or server.port, **settings)
        connection = pyodbc.connect(text, autocommit=autocommit, timeout=10)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(connect: Connect) -> pyodbc.Connection:
    return connect()
