"""Who gets in, by which encryption, and what a client learns when it does not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyodbc
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.login import Passwords
from erp_resources.sandbox.sqlserver.prelogin import Encrypt
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.tls import Tls, make_certificate
from erp_resources.sandbox.sqlserver.types import SqlServerError
from tests.erp_resources.sandbox.sqlserver.tds.odbc import PLAIN, OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import (
    NUMBER,
    PASSWORD,
    USER,
    Library,
    ScriptedSession,
    numbers,
)

Connect = Callable[..., pyodbc.Connection]

PACKET_SIZE_ATTRIBUTE = 112
"""SQL_ATTR_PACKET_SIZE, for which pyodbc has no name."""


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def refused(number: int) -> str:
    """How both drivers report a refusal."""
    return rf"\({number}\)"


def test_the_right_password_opens_a_session(
    connect: Connect, library: Library, server: SqlServer
) -> None:
    connect()
    (info,) = server.sessions
    assert (info.user, info.database, info.is_encrypted) == (USER, "AX", False)
    assert info.host
    assert [session.user for session in library.sessions] == [USER]
    assert server.counters["logins"] == 1


def test_a_user_name_in_capitals_is_the_same_user(connect: Connect, server: SqlServer) -> None:
    connect(UID=USER.upper())
    assert server.counters["logins"] == 1


@pytest.mark.parametrize("password", ["secret#1 ümläut", "x", "y" * 100])
def test_a_wrong_password_is_refused(
    connect: Connect, server: SqlServer, library: Library, password: str
) -> None:
    with pytest.raises(pyodbc.Error, match=refused(18456)):
        connect(PWD=password)
    assert server.counters["logins_refused"] >= 1
    assert library.sessions == []


def test_an_unknown_user_looks_like_a_wrong_password(connect: Connect) -> None:
    with pytest.raises(pyodbc.Error, match=r"Login failed for user 'nobody'\. \(18456\)"):
        connect(UID="nobody", PWD="x")


def test_an_unknown_database_is_refused(connect: Connect, library: Library) -> None:
    # FreeTDS keeps the last of the two errors, Microsoft's driver all.
    with pytest.raises(pyodbc.Error, match=r"4060|18456"):
        connect(Database="nowhere")
    assert library.sessions == []


def test_a_login_can_be_refused_by_a_fault(connect: Connect, faults: Faults) -> None:
    faults.arm("refuse_login", times=None)
    with pytest.raises(pyodbc.Error, match=refused(18456)):
        connect()
    faults.clear()
    connect()


def test_a_login_can_fail_with_any_error(connect: Connect, faults: Faults) -> None:
    faults.arm("error", at="login", code=18487, text="the password has expired", times=None)
    with pytest.raises(pyodbc.Error, match="the password has expired"):
        connect()


def test_the_engine_may_refuse_a_user(driver: OdbcDriver) -> None:
    def locked(_: str, __: str) -> ScriptedSession:
        raise SqlServerError(18470, "The account is disabled.", severity=14)

    with SqlServer(locked, {USER: PASSWORD}) as server:
        for _ in range(2):
            with pytest.raises(pyodbc.Error, match="The account is disabled"):
                pyodbc.connect(driver.connection_string(server.port), timeout=5)


def test_a_mistake_in_opening_a_session_is_told_and_costs_only_that_login(
    driver: OdbcDriver, library: Library
) -> None:
    def open_session(user: str, database: str) -> ScriptedSession:
        if user == "plain":
            raise ZeroDivisionError("oops")
        return library.open_session(user, database)

    passwords = {USER: PASSWORD, PLAIN["UID"]: PLAIN["PWD"]}
    with SqlServer(open_session, passwords) as server:
        with pytest.raises(pyodbc.Error, match="sandbox: ZeroDivisionError: oops"):
            pyodbc.connect(driver.connection_string(server.port, **PLAIN), timeout=5)
        pyodbc.connect(driver.connection_string(server.port), timeout=5).close()


def test_no_password_is_kept_or_shown(server: SqlServer) -> None:
    passwords = Passwords({USER: PASSWORD})
    assert PASSWORD not in repr(vars(server)) + repr(vars(passwords))


@pytest.mark.parametrize("size", [512, 4096, 16384, 32767])
def test_any_packet_size_is_agreed_on(
    server: SqlServer, microsoft: OdbcDriver, library: Library, size: int
) -> None:
    library.table("q", NUMBER, numbers(10_000))
    text = microsoft.connection_string(server.port)
    attributes = {PACKET_SIZE_ATTRIBUTE: size}
    connection = pyodbc.connect(text, attrs_before=attributes, autocommit=True)
    assert [row.n for row in connection.execute("q").fetchall()] == list(range(10_000))
    connection.close()


# Encryption

NO, YES = {"Encrypt": "no"}, {"Encrypt": "yes", "TrustServerCertificate": "yes"}
OFF, REQUEST, REQUIRE = ({"Encryption": word} for word in ("off", "request", "require"))


def settings_of(driver: OdbcDriver, wish: str) -> dict[str, str]:
    """How a driver is told to do without TLS, to take it if it can, or to require it."""
    if driver.is_microsoft:
        return {"off": NO, "request": NO, "require": YES}[wish]
    return {"off": OFF, "request": REQUEST, "require": REQUIRE}[wish]


@pytest.mark.parametrize(
    ("encrypt", "wish", "is_encrypted"),
    [
        ("off", "request", False),
        ("optional", "request", False),
        ("optional", "require", True),
        ("required", "request", True),
        ("required", "require", True),
    ],
)
def test_encryption_is_agreed_on(
    library: Library,
    driver: OdbcDriver,
    tls: Tls,
    encrypt: Encrypt,
    wish: str,
    is_encrypted: bool,
) -> None:
    library.table("q", NUMBER, numbers(20_000))
    passwords = {USER: PASSWORD}
    extra = settings_of(driver, wish)
    if encrypt == "required" and driver.is_microsoft:
        extra = extra | {"TrustServerCertificate": "yes"}
    with SqlServer(library.open_session, passwords, tls=tls, encrypt=encrypt) as server:
        text = driver.connection_string(server.port, **extra)
        connection = pyodbc.connect(text, timeout=10, autocommit=True)
        assert server.sessions[0].is_encrypted == is_encrypted
        rows = connection.execute("q").fetchall()
        assert [row.n for row in rows] == list(range(20_000))
        connection.close()


def test_a_client_that_must_encrypt_does_not_talk_to_a_server_that_cannot(
    connect: Connect, driver: OdbcDriver, server: SqlServer
) -> None:
    with pytest.raises(pyodbc.Error):
        connect(**settings_of(driver, "require"))
    assert server.counters["logins"] == 0


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    library: Library, microsoft: OdbcDriver, tls: Tls
) -> None:
    with SqlServer(library.open_session, {USER: PASSWORD}, tls=tls) as server:
        with pytest.raises(pyodbc.Error, match="certificate verify failed"):
            pyodbc.connect(microsoft.connection_string(server.port, Encrypt="yes"), timeout=5)
        assert server.counters["logins"] == 0


CLIENT = "import pyodbc, sys; pyodbc.connect(sys.argv[1], timeout=5).close(); print('in')"


def test_a_certificate_that_is_trusted_needs_no_exception(
    library: Library, microsoft: OdbcDriver, tls: Tls
) -> None:
    # OpenSSL reads the variable when it is loaded, hence the process of its own.
    environment = os.environ | {"SSL_CERT_FILE": str(tls.certificate)}
    with SqlServer(library.open_session, {USER: PASSWORD}, tls=tls) as server:
        text = microsoft.connection_string(server.port, Encrypt="yes")
        command = [sys.executable, "-c", CLIENT, text]
        client = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert client.stdout == "in\n", client.stderr


def test_tds_8_begins_with_tls(library: Library, microsoft: OdbcDriver, tls: Tls) -> None:
    library.table("q", NUMBER, numbers(20_000))
    with SqlServer(library.open_session, {USER: PASSWORD}, tls=tls) as server:
        strict = {"Encrypt": "strict", "ServerCertificate": str(tls.certificate)}
        text = microsoft.connection_string(server.port, **strict)
        connection = pyodbc.connect(text, timeout=10, autocommit=True)
        assert server.sessions[0].is_encrypted
        assert len(connection.execute("q").fetchall()) == 20_000
        connection.close()


def test_encryption_cannot_be_required_without_a_certificate(library: Library) -> None:
    with pytest.raises(ValueError, match="without a certificate"):
        SqlServer(library.open_session, {}, encrypt="required")


def test_a_certificate_is_made_once_and_its_key_is_not_for_others(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    before = made.certificate.read_bytes()
    assert make_certificate(tmp_path) == made
    assert made.certificate.read_bytes() == before
    assert made.key.stat().st_mode & 0o077 == 0
