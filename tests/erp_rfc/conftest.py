"""The RFC reader on the stand-in SDK, and servers of the sandbox to read from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import erp_rfc
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.named_faults import SAP_FAULTS
from erp_resources.sandbox.sap.server import SapServer
from tests.erp_resources.sandbox.sap.conftest import INSTALLATION, PASSWORD, USERS
from tests.erp_resources.sandbox.sap.tables import load
from tests.standin import build
from tests.standin.echo_server import EchoServer, echo_server

Connect = Callable[..., "erp_rfc.Connection"]


needs_cpp = pytest.mark.skipif(
    erp_rfc.import_problem() is not None and os.environ.get("ERP_REQUIRE_CPP") != "1",
    reason=f"the RFC reader is not built: {erp_rfc.import_problem()}",
)


@pytest.fixture(scope="session")
def sdk_path() -> Path:
    """The stand-in for SAP's SDK."""
    return build.standin()


@pytest.fixture
def library(sdk_path: Path) -> erp_rfc.Library:
    return erp_rfc.Library(str(sdk_path))


@pytest.fixture(scope="session")
def tables() -> Iterator[Database]:
    database = Database()
    load(database)
    yield database
    database.close()


@pytest.fixture
def faults() -> Faults:
    return Faults(SAP_FAULTS)


@pytest.fixture
def server(tables: Database, faults: Faults) -> Iterator[SapServer]:
    engine = SapEngine(tables, USERS, INSTALLATION)
    with SapServer(engine.log_on, dict.fromkeys(USERS, PASSWORD), faults=faults) as running:
        yield running


@pytest.fixture
def connect(library: erp_rfc.Library, server: SapServer) -> Iterator[Connect]:
    """Opens connections that the test need not close; as READER unless told otherwise."""
    opened: list[erp_rfc.Connection] = []

    def connect(**parameters: str) -> erp_rfc.Connection:
        logon = {
            "ASHOST": "127.0.0.1",
            "SYSNR": server.system_number,
            "CLIENT": "100",
            "USER": "READER",
            "PASSWD": PASSWORD,
        }
        opened.append(library.connect(logon | parameters))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(connect: Connect) -> erp_rfc.Connection:
    return connect()


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    """A server that returns what it is sent, in parameters of every type."""
    with echo_server() as running:
        yield running


@pytest.fixture
def echoing(library: erp_rfc.Library, echo: EchoServer) -> Iterator[erp_rfc.Connection]:
    connection = library.connect(
        {"ASHOST": "127.0.0.1", "SYSNR": echo.system_number, "USER": "ANNA", "PASSWD": "pw"}
    )
    yield connection
    connection.close()
