"""Function modules that are not about tables: echoes, errors, rights, BAPIs and units of work."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.server import SapServer
from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError
from tests.erp_resources.sandbox.sap.conftest import INSTALLATION, PASSWORD, USERS
from tests.erp_resources.sandbox.sap.tables import load

Connect = Callable[..., Client]


def failure(client: Client, name: str, **given: Any) -> RfcFailureError:
    with pytest.raises(RfcFailureError) as caught:
        client.call(name, **given)
    return caught.value


def test_an_echo_tells_who_is_logged_on(connect: Connect) -> None:
    answer = connect(client="200").call("STFC_CONNECTION", REQUTEXT="Grüße 😀")
    assert answer["ECHOTEXT"] == "Grüße 😀"
    assert answer["RESPTEXT"].endswith("Logon_Data: 200/READER/E")


def test_a_structure_comes_back_and_changed_once_more(client: Client) -> None:
    given = {"RFCFLOAT": 1.5, "RFCINT4": 41, "RFCCHAR4": "ABCD", "RFCDATA1": "kept", "RFCINT1": 255}
    answer = client.call("STFC_STRUCTURE", IMPORTSTRUCT=given, RFCTABLE=[given])
    assert {name: answer["ECHOSTRUCT"][name] for name in given} == given
    assert len(answer["RFCTABLE"]) == 2
    changed = answer["RFCTABLE"][1]
    assert (changed["RFCFLOAT"], changed["RFCINT4"], changed["RFCINT1"]) == (2.5, 42, 0)
    assert (changed["RFCHEX3"], changed["RFCDATA1"]) == (b"\xf1\xf2\xf3", "kept")


def test_the_system_tells_its_id_and_releases(client: Client) -> None:
    information = client.call("RFC_SYSTEM_INFO")["RFCSI_EXPORT"]
    assert [information[name] for name in ("RFCSYSID", "RFCSAPRL", "RFCKERNRL")] == [
        "HQ1", "757", "793",
    ]  # fmt: skip


def test_what_there_is_not_is_not_found(client: Client) -> None:
    error = failure(client, "Z_NIX")
    assert (error.code, error.key, error.message_class) == (5, "FU_NOT_FOUND", "FL")
    assert failure(client, "Z_ERP_READ_USR02").key == "FU_NOT_FOUND"


def test_a_right_that_is_missing_is_a_dump(connect: Connect) -> None:
    error = failure(connect(user="WEAK"), "STFC_CONNECTION", REQUTEXT="x")
    assert (error.code, error.group, error.key) == (3, 2, "RFC_NO_AUTHORITY")
    assert error.text == "No RFC authorization for function module STFC_CONNECTION."
    assert error.ends_conversation


def test_interfaces_are_a_right_of_their_own(connect: Connect) -> None:
    with pytest.raises(RfcFailureError, match="RFC_METADATA_GET"):
        connect(user="BLIND").describe("RFC_PING")


@pytest.mark.parametrize(
    ("given", "code", "key", "ends"),
    [
        ({"METHOD": "1"}, 5, "RAISE_EXCEPTION", False),
        ({"METHOD": "3"}, 3, "COMPUTE_INT_ZERODIVIDE", True),
        ({"METHOD": "51"}, 3, "BLOCKED_COMMIT", True),
        ({"MESSAGETYPE": "A"}, 4, "Function not supported", True),
        ({"MESSAGETYPE": "X"}, 4, "MESSAGE_TYPE_X", True),
    ],
)
def test_errors_come_as_asked_for(
    client: Client, given: dict[str, str], code: int, key: str, *, ends: bool
) -> None:
    error = failure(client, "RFC_RAISE_ERROR", **given)
    assert (error.code, error.key, error.ends_conversation) == (code, key, ends)


def test_half_a_character_is_a_dump(client: Client) -> None:
    lonely = {"TEXT": "x" * 71 + "😀"}  # cut in the middle of the pair
    error = failure(client, "RFC_READ_TABLE", QUERY_TABLE="T001", OPTIONS=[lonely])
    assert error.key == "CONVT_CODEPAGE"


class TestOfUsers:
    @pytest.fixture
    def tables(self) -> Iterator[Database]:
        database = Database()
        load(database)
        yield database
        database.close()

    @pytest.fixture
    def server(self, tables: Database) -> Iterator[SapServer]:
        engine = SapEngine(tables, USERS, INSTALLATION)
        with SapServer(engine.log_on, dict.fromkeys(USERS, PASSWORD)) as running:
            yield running

    def lock(self, client: Client, user: str = "READER") -> str:
        (message,) = client.call("BAPI_USER_LOCK", USERNAME=user)["RETURN"]
        kind: str = message["TYPE"]
        return kind

    def is_locked(self, client: Client, user: str = "READER") -> bool:
        detail = client.call("BAPI_USER_GET_DETAIL", USERNAME=user)
        return bool(detail["ISLOCKED"]["LOCAL_LOCK"] == "L")

    def test_a_user_is_told_in_detail(self, client: Client) -> None:
        detail = client.call("BAPI_USER_GET_DETAIL", USERNAME="reader")
        assert (detail["RETURN"], detail["LOGONDATA"]["GLTGB"]) == ([], "99991231")
        assert detail["PROFILES"][0]["BAPIPROF"] == "Z_SALES"

    def test_an_unknown_user_is_an_error_message_and_no_exception(self, client: Client) -> None:
        (message,) = client.call("BAPI_USER_GET_DETAIL", USERNAME="NIX")["RETURN"]
        assert (message["TYPE"], message["ID"], message["NUMBER"]) == ("E", "01", "124")
        assert message["MESSAGE"] == "User NIX does not exist"

    def test_a_change_waits_for_the_commit(self, connect: Connect) -> None:
        one, other = connect(), connect()
        assert self.lock(one) == "S"
        assert self.is_locked(one)
        assert not self.is_locked(other)
        one.call("BAPI_TRANSACTION_COMMIT", WAIT="X")
        assert self.is_locked(other)

    def test_a_rollback_undoes_it(self, client: Client) -> None:
        self.lock(client)
        client.call("BAPI_TRANSACTION_ROLLBACK")
        assert not self.is_locked(client)

    def test_the_end_of_the_conversation_undoes_it_too(
        self, connect: Connect, server: SapServer
    ) -> None:
        other = connect()
        with connect() as client:
            self.lock(client)
        while len(server.sessions) > 1:
            other.ping()
        assert self.lock(other) == "S"

    def test_messages_tell_how_it_went(self, connect: Connect) -> None:
        one, other = connect(), connect()
        assert self.lock(one, "NIX") == "E"
        assert self.lock(one, "LOCKED") == "W"
        assert self.lock(one) == "S"
        assert self.lock(other) == "A"

    def test_what_was_locked_can_be_unlocked(self, client: Client) -> None:
        (message,) = client.call("BAPI_USER_UNLOCK", USERNAME="LOCKED")["RETURN"]
        assert (message["TYPE"], message["MESSAGE"]) == ("S", "User LOCKED unlocked")
        assert not self.is_locked(client, "LOCKED")
