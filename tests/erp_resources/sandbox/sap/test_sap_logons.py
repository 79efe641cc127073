"""Who may log on, and what a refused client is told."""

from collections.abc import Callable

import pytest

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.server import SapServer
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError

Connect = Callable[..., Client]


def refusal(connect: Connect, **settings: str) -> RfcFailureError:
    with pytest.raises(RfcFailureError) as caught:
        connect(**settings)
    assert (caught.value.code, caught.value.group) == (2, 3)
    assert caught.value.key == "RFC_LOGON_FAILURE"
    assert caught.value.ends_conversation
    return caught.value


def test_a_client_learns_where_it_is(client: Client, server: SapServer) -> None:
    assert client.attributes["sysId"] == "HQ1"
    assert client.attributes["sysNumber"] == server.system_number
    assert client.attributes["client"] == "100"
    assert client.attributes["user"] == "READER"
    assert client.attributes["isoLanguage"] == "EN"
    client.ping()


def test_a_wrong_password_and_an_unknown_user_are_told_the_same(connect: Connect) -> None:
    wrong = refusal(connect, password="x")
    unknown = refusal(connect, user="NOBODY")
    assert wrong.text == unknown.text == "Name or password is incorrect (repeat logon)"


def test_a_password_is_case_sensitive_and_a_user_is_not(connect: Connect) -> None:
    assert connect(user="reader").attributes["user"] == "READER"
    refusal(connect, password="secret-1")


def test_five_wrong_passwords_lock_a_user(connect: Connect) -> None:
    for _ in range(5):
        refusal(connect, user="WRITER", password="x")
    assert "too many failed attempts" in refusal(connect, user="WRITER").text


def test_a_right_password_starts_the_count_again(connect: Connect) -> None:
    for _ in range(2):
        for _ in range(4):
            refusal(connect, user="WRITER", password="x")
        connect(user="WRITER")


def test_a_locked_user_stays_outside(connect: Connect) -> None:
    assert refusal(connect, user="LOCKED").text.startswith("User is locked")


def test_a_client_that_there_is_not_is_named(connect: Connect) -> None:
    assert "999" in refusal(connect, client="999").text


def test_a_user_of_another_client_is_unknown_in_this_one(connect: Connect) -> None:
    assert "incorrect" in refusal(connect, user="GERMAN", client="200").text


def test_a_language_that_is_not_installed_is_refused(connect: Connect) -> None:
    assert "languages" in refusal(connect, language="JA").text


@pytest.mark.parametrize("language", ["DE", "D", "de"])
def test_a_language_is_known_by_both_its_names(connect: Connect, language: str) -> None:
    assert connect(language=language).attributes["language"] == "D"


def test_a_user_has_a_language_of_its_own(connect: Connect) -> None:
    assert connect(user="GERMAN", language="").attributes["language"] == "D"


def test_a_refused_login_is_counted_and_can_be_armed(
    connect: Connect, server: SapServer, faults: Faults
) -> None:
    faults.arm_named("login-refused")
    refusal(connect)
    connect()
    assert (server.counters["logins_refused"], server.counters["logins"]) == (1, 1)


def test_sessions_show_who_is_connected(connect: Connect, server: SapServer) -> None:
    connect(user="GERMAN").call("RFC_PING")
    (info,) = server.sessions
    assert (info.user, info.client, info.function) == ("GERMAN", "100", "RFC_PING")


def test_servers_take_system_numbers_of_their_own(server: SapServer) -> None:
    with SapServer(server._service.log_on, {}) as other:
        assert other.port != server.port
        assert 3300 <= other.port < 3400


def test_a_port_of_no_system_number_is_refused(server: SapServer) -> None:
    with pytest.raises(ValueError, match="3299"):
        SapServer(server._service.log_on, {}, port=3299)
