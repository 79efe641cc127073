"""A running server over canned answers, and connections of the real driver to it."""

from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.server import OracleServer
from tests.erp_resources.sandbox.oracle.canned import PASSWORD, USER, Library


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(params=["19c", "23ai"])
def server(
    request: pytest.FixtureRequest, library: Library, faults: Faults
) -> Iterator[OracleServer]:
    users = {USER: PASSWORD, "GL": "gl"}
    with OracleServer(library.open_session, users, faults=faults, profile=request.param) as running:
        yield running


@pytest.fixture
def connect(server: OracleServer) -> Iterator[Callable[..., oracledb.Connection]]:
    """Opens connections as APPS that the test need not close."""
    opened: list[oracledb.Connection] = []

    def connect(**settings: Any) -> oracledb.Connection:
        dsn = f"127.0.0.1:{server.port}/EBS"
        connection = oracledb.connect(
            **({"user": USER, "password": PASSWORD, "dsn": dsn} | settings)
        )
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        if connection.is_healthy():
            connection.close()


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()
