"""Who gets in, and what a client learns when it does not."""

from collections.abc import Callable

import oracledb
import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.logon import Verifier
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import OracleError
from tests.erp_resources.sandbox.oracle.canned import PASSWORD, USER, Library

Connect = Callable[..., oracledb.Connection]


def test_the_right_password_opens_a_session(connect: Connect, library: Library) -> None:
    connection = connect()
    assert connection.username == USER
    assert connection.service_name == "EBS"
    assert [session.user for session in library.sessions] == [USER]


def test_the_release_follows_the_profile(connect: Connect, server: OracleServer) -> None:
    major = int(connect().version.split(".")[0])
    assert major in (19, 23)
    assert server.sessions[0].driver.startswith("python-oracledb")


def test_a_user_name_in_small_letters_is_the_same_user(connect: Connect, library: Library) -> None:
    connect(user="apps")
    assert library.sessions[0].user == USER


@pytest.mark.parametrize("password", ["secret#1 ümläut", PASSWORD + " ", "x" * 300])
def test_a_wrong_password_is_refused(
    connect: Connect, server: OracleServer, library: Library, password: str
) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(password=password)
    assert server.counters["logins_refused"] == 1
    assert server.counters["logins"] == 0
    assert library.sessions == []


def test_an_unknown_user_looks_like_a_wrong_password(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(user="SCOTT", password="tiger")


def test_the_password_of_an_unknown_user_cannot_be_guessed_as_empty(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(user="SCOTT", password=" ")


def test_an_unknown_service_is_refused_by_the_listener(
    connect: Connect, server: OracleServer
) -> None:
    with pytest.raises(oracledb.OperationalError, match="DPY-6001"):
        connect(dsn=f"127.0.0.1:{server.port}/HR")
    assert server.counters["round_trips"] == 0


def test_a_sid_works_as_well_as_a_service_name(connect: Connect, server: OracleServer) -> None:
    address = f"(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT={server.port}))"
    connect(dsn=f"(DESCRIPTION={address}(CONNECT_DATA=(SID=EBS)))").ping()


def test_a_descriptor_longer_than_the_first_packet_is_read(
    connect: Connect, server: OracleServer
) -> None:
    dead = "(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=1))" * 4
    alive = f"(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT={server.port}))"
    dsn = f"(DESCRIPTION=(FAILOVER=on){dead}{alive}(CONNECT_DATA=(SERVICE_NAME=EBS)))"
    connect(dsn=dsn).ping()


@pytest.mark.parametrize("sdu", [512, 8192, 65535])
def test_any_packet_size_is_agreed_on(connect: Connect, server: OracleServer, sdu: int) -> None:
    connect(dsn=f"127.0.0.1:{server.port}/EBS?sdu={sdu}").ping()


def test_a_pooled_server_is_refused(connect: Connect, server: OracleServer) -> None:
    with pytest.raises(oracledb.DatabaseError, match="12520"):
        connect(dsn=f"127.0.0.1:{server.port}/EBS:pooled")


def test_an_administrator_login_is_refused(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        connect(mode=oracledb.AUTH_MODE_SYSDBA)


def test_a_proxy_user_is_refused_rather_than_ignored(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*proxy user"):
        connect(user=f"{USER}[GL]")


def test_a_change_of_password_is_refused_rather_than_ignored(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*change of password"):
        connect(newpassword="other")


def test_the_engine_may_refuse_a_user(
    connect: Connect, library: Library, server: OracleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(user: str) -> None:
        raise OracleError(28000, f"The account is locked: {user}")

    monkeypatch.setattr(library, "open_session", locked)
    with OracleServer(locked, {"GL": "gl"}) as other:  # type: ignore[arg-type] # never returns
        dsn = f"127.0.0.1:{other.port}/EBS"
        with pytest.raises(oracledb.DatabaseError, match="ORA-28000"):
            connect(user="GL", password="gl", dsn=dsn)
    assert server.counters["logins"] == 0


def test_a_login_can_be_refused_by_a_fault(
    connect: Connect, faults: Faults, server: OracleServer
) -> None:
    faults.arm("refuse_login")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect()
    connect().ping()
    assert server.counters["logins_refused"] == 1


def test_a_login_can_fail_with_any_error(connect: Connect, faults: Faults) -> None:
    faults.arm("error", at="login", code=28001, text="the account has expired")
    with pytest.raises(oracledb.DatabaseError, match="ORA-28001: the account has expired"):
        connect()


def test_no_password_is_kept_or_shown(server: OracleServer) -> None:
    verifier = Verifier.of(PASSWORD)
    assert PASSWORD not in repr(vars(server)) + repr(verifier)
    assert PASSWORD.encode() not in verifier.key + verifier.hash
    assert verifier.accepts(PASSWORD.encode())
    assert not verifier.accepts(PASSWORD.encode() + b"x")
