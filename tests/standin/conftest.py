"""The stand-in SDK, and a server and a connection to try it with."""

from collections.abc import Iterator

import pytest

from tests.standin import build
from tests.standin.echo_server import EchoServer, echo_server
from tests.standin.sdk import Sdk


@pytest.fixture
def sdk() -> Iterator[Sdk]:
    """The library, whose connections are closed after the test."""
    sdk = Sdk(build.standin())
    yield sdk
    sdk.close_connections()


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with echo_server() as running:
        yield running


@pytest.fixture
def parameters(server: EchoServer) -> dict[str, str]:
    """Connection parameters that lead to the server."""
    return {"ashost": "127.0.0.1", "sysnr": server.system_number, "user": "ANNA", "passwd": "pw"}


@pytest.fixture
def connection(sdk: Sdk, parameters: dict[str, str]) -> int:
    return sdk.connect(parameters)


@pytest.fixture
def call(sdk: Sdk, connection: int) -> Iterator[int]:
    """The container of a call of Z_ECHO, which the server answers with what it is sent."""
    container = sdk.create(connection, "Z_ECHO")
    yield container
    sdk("RfcDestroyFunction", container)
