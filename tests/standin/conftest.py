"""The stand-in SDK, built once, and a server and a connection to try it with."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin.echo_server import EchoServer, echo_server
from tests.standin.sdk import Sdk

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "standin"


@pytest.fixture(scope="session")
def sdk() -> Sdk:
    """The library as built now, or the one that STANDIN_LIBRARY names."""
    if named := os.environ.get("STANDIN_LIBRARY"):
        return Sdk(Path(named))
    if shutil.which("c++") is None and os.environ.get("ERP_REQUIRE_CPP") != "1":
        pytest.skip("the stand-in SDK needs a C++ compiler")
    subprocess.run([ROOT / "cpp/standin/build.sh", FOLDER], check=True, timeout=500)
    return Sdk(FOLDER / "lib" / "libsapnwrfc.so")


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
