"""Sessions of both real drivers with the sandbox's listener: opened, refused, encrypted, lost."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from erp_resources.errors import (
    ErpError,
    LoginRefused,
    PermanentError,
    SettingsError,
    SourceUnavailable,
    TransientError,
)
from erp_resources.pool import PoolSettings
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.tls import Tls, make_certificate
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlSession
from erp_resources.sqlserver import SqlServerResource
from erp_resources.sqlserver.reader import SqlServerConnector
from tests.erp_resources.pool_source import eventually, report
from tests.erp_resources.sqlserver.canned import CannedSession

PASSWORD = "s3cret; {'=pwd"
ROOT = Path(__file__).parents[3]


def open_session(_: str, database: str) -> SqlSession:
    if database != "AX":
        raise SqlServerError(
            4060,
            f'Cannot open database "{database}" requested by the login. The login failed.',
            severity=11,
        )
    return CannedSession()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(tls: Tls) -> Iterator[SqlServer]:
    with SqlServer(open_session, {"reader": PASSWORD}, tls=tls, faults=Faults()) as running:
        yield running


def reach(port: int, **settings: Any) -> AbstractContextManager[SqlServerConnector]:
    fixed = {
        "mode": "sandbox",
        "host": "127.0.0.1",
        "database": "AX",
        "user": "reader",
        "password": PASSWORD,
        "encrypt": "no",
        "pool": PoolSettings(timeout=5.0),
        "call_timeout": 5.0,
    }
    return SqlServerResource(**{**fixed, "port": port, **settings}).connector()


def error_of(port: int, **settings: Any) -> ErpError:
    with reach(port, **settings) as connector, pytest.raises(ErpError) as raised:
        connector.connect()
    shown = f"{raised.value!r} {raised.value.__cause__!r} {connector!r}"
    assert "s3cret" not in shown
    return raised.value


def test_a_password_of_any_characters_opens_a_session(server: SqlServer, driver: str) -> None:
    with reach(server.port, driver=driver) as connector:
        assert 0 < connector.ping() < 5


@pytest.mark.parametrize("password", ["s3cret}", "s3cret};x", "s3crét東京"])
def test_microsofts_driver_takes_a_password_of_any_letters(microsoft: str, password: str) -> None:
    with (
        SqlServer(open_session, {"reader": password}) as running,
        reach(running.port, driver=microsoft, password=password) as connector,
    ):
        connector.ping()


@pytest.mark.parametrize("password", ["s3cret}", "s3cret};x", "s3crét東京"])
def test_a_password_that_freetds_would_misread_is_not_tried(freetds: str, password: str) -> None:
    with (
        pytest.raises(SettingsError, match="the password holds") as raised,
        reach(closed_port(), driver=freetds, password=password),
    ):
        pass
    assert "s3cr" not in str(raised.value)


def test_a_password_that_unixodbc_would_garble_is_not_tried(driver: str) -> None:
    with (
        pytest.raises(SettingsError, match="the password holds"),
        reach(closed_port(), driver=driver, password="s3cret😀"),
    ):
        pass


def test_a_session_can_be_encrypted(server: SqlServer, driver: str) -> None:
    settings = {"encrypt": "yes", "trust_server_certificate": True}
    with reach(server.port, driver=driver, **settings) as connector:
        connector.ping()
        assert [session.is_encrypted for session in server.sessions] == [True]


def test_dagster_looks_the_password_up_and_closes_the_sessions(
    server: SqlServer, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AX_PASSWORD", PASSWORD)
    resource = SqlServerResource(
        mode="sandbox",
        host="127.0.0.1",
        port=server.port,
        database="AX",
        user="reader",
        password=dg.EnvVar("AX_PASSWORD"),
        encrypt="no",
        driver=driver,
    )
    with resource.process_config_and_initialize_cm() as connector:
        assert connector.ping() > 0
        assert [session.program for session in server.sessions] == ["erp-assets"]
    assert eventually(lambda: not server.sessions)


def test_a_wrong_password_is_refused_and_tried_once(
    server: SqlServer, driver: str, capfd: pytest.CaptureFixture[str]
) -> None:
    error = error_of(server.port, driver=driver, password="s3cret-wrong")
    assert isinstance(error, LoginRefused)
    assert "18456" in str(error.code)
    assert "not tried again" in str(error)
    assert server.counters["connections"] <= 2, "one probe of the port, one login"
    assert "s3cret" not in "".join(capfd.readouterr())


def test_a_wrong_database_is_a_permanent_error_that_names_the_setting(
    server: SqlServer, driver: str
) -> None:
    error = error_of(server.port, driver=driver, database="NOPE")
    assert isinstance(error, PermanentError)
    assert "`database`" in str(error)


def test_a_closed_port_is_refused_at_once(driver: str) -> None:
    began = time.monotonic()
    error = error_of(closed_port(), driver=driver)
    assert isinstance(error, SourceUnavailable)
    seconds = time.monotonic() - began
    report(f"refused after {seconds:.2f} s")
    assert seconds < 4.0, "before the deadlines of 5 s"


def test_an_untrusted_certificate_is_a_setting_to_correct(
    server: SqlServer, microsoft: str
) -> None:
    error = error_of(server.port, driver=microsoft, encrypt="yes")
    assert isinstance(error, SettingsError)
    assert "SSL_CERT_FILE" in str(error)


def test_a_server_without_tls_is_a_setting_to_correct(microsoft: str) -> None:
    with SqlServer(open_session, {"reader": PASSWORD}) as plain:
        error = error_of(plain.port, driver=microsoft, encrypt="yes")
    assert isinstance(error, SettingsError)


def test_an_authority_named_in_the_environment_is_trusted(
    server: SqlServer, tls: Tls, microsoft: str
) -> None:
    script = """
import os, sys
from erp_resources.sqlserver import SqlServerResource
resource = SqlServerResource(
    mode="sandbox", host="localhost", port=int(sys.argv[1]), database="AX", user="reader",
    password=os.environ["SECRET"], driver=sys.argv[2],
)
with resource.connector() as connector:
    connector.connect()
    print("verified")
"""
    environment = {**os.environ, "SSL_CERT_FILE": str(tls.certificate), "SECRET": PASSWORD}
    done = subprocess.run(
        [sys.executable, "-c", script, str(server.port), microsoft],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "verified\n", done.stderr[-2000:]


def test_strict_encryption_takes_the_one_certificate_that_is_named(
    server: SqlServer, tls: Tls, tmp_path: Path, microsoft: str
) -> None:
    strict = {"driver": microsoft, "encrypt": "strict"}
    with reach(server.port, server_certificate=str(tls.certificate), **strict) as connector:
        connector.ping()
    other = make_certificate(tmp_path)
    error = error_of(server.port, server_certificate=str(other.certificate), **strict)
    assert isinstance(error, SettingsError)


@pytest.mark.parametrize("at", ["accept", "login"])
def test_a_server_that_drops_the_connection_is_unavailable(
    server: SqlServer, driver: str, at: Any
) -> None:
    with reach(server.port, driver=driver, pool=PoolSettings(timeout=2.0)) as connector:
        server.faults.arm("drop", at=at, times=50)
        with pytest.raises(TransientError):
            connector.connect()
        server.faults.clear()
        connector.connect()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port
