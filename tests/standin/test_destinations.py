"""Where connections lead: hosts, routers, message servers, destinations of the ini file."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from erp_resources.sandbox.sap.protocol import Message
from tests.standin import sdk as rc
from tests.standin.echo_server import EchoServer, failed
from tests.standin.sdk import Sdk, SdkError, refused, utf16

GROUP_COMMUNICATION = 4


def test_the_server_learns_the_parameters_by_their_upper_case_names(
    sdk: Sdk, server: EchoServer, parameters: dict[str, str]
) -> None:
    sdk.connect({**parameters, "Client": "100"})
    assert server.parameters["CLIENT"] == "100"
    assert server.parameters["PASSWD"] == "pw"


def test_a_host_behind_a_router_is_reached_directly(sdk: Sdk, parameters: dict[str, str]) -> None:
    route = "/H/router.example/S/3299/W/secret/H/"
    assert sdk.is_valid(sdk.connect({**parameters, "ashost": route + "127.0.0.1"}))
    assert sdk.is_valid(sdk.connect({**parameters, "saprouter": route}))


def test_a_message_server_stands_for_the_server_at_its_port(sdk: Sdk, server: EchoServer) -> None:
    logical = {"mshost": "127.0.0.1", "msserv": str(server.port), "r3name": "S4H", "group": "ALL"}
    assert sdk.is_valid(sdk.connect(logical))
    assert server.parameters["GROUP"] == "ALL"


def test_a_destination_is_looked_up_in_the_ini_file(
    sdk: Sdk, server: EchoServer, tmp_path: Path
) -> None:
    lines = (
        "# systems",
        "DEST=OTHER",
        "USER=BEN",
        "",
        "DEST = S4H",
        "ASHOST=127.0.0.1",
        f"SYSNR={server.system_number}",
        "USER=CARL",
        "LANG=EN",
    )
    (tmp_path / "sapnwrfc.ini").write_bytes("\r\n".join(lines).encode())
    sdk("RfcSetIniPath", utf16(str(tmp_path)))
    sdk.connect({"dest": "S4H", "user": "ANNA"})
    assert (server.parameters["USER"], server.parameters["LANG"]) == ("ANNA", "EN")


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({}, rc.INVALID_PARAMETER),
        ({"dest": "NOWHERE"}, rc.INVALID_PARAMETER),
        ({"ashost": "127.0.0.1", "sysnr": "100"}, rc.INVALID_PARAMETER),
        ({"ashost": "127.0.0.1", "sysnr": "x"}, rc.INVALID_PARAMETER),
        ({"wshost": "cloud.example"}, rc.NOT_SUPPORTED),
    ],
)
def test_parameters_that_lead_nowhere_are_refused(
    sdk: Sdk, missing: dict[str, str], code: int
) -> None:
    with refused(code):
        sdk.connect(missing)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_server_that_is_not_there_is_a_communication_failure(sdk: Sdk, host: str) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = str(taken.getsockname()[1])
        with pytest.raises(SdkError, match="not reached") as refusal:
            sdk.connect({"mshost": host, "msserv": port})
    assert refusal.value.key == "RFC_COMMUNICATION_FAILURE"
    assert refusal.value.group == GROUP_COMMUNICATION


def test_a_refused_logon_speaks_the_servers_words(
    sdk: Sdk, server: EchoServer, parameters: dict[str, str]
) -> None:
    words = "Name or password is incorrect (repeat logon)"
    server.answers[Message.LOGON] = lambda _: failed(2, 3, "RFC_LOGON_FAILURE", words, is_over=True)
    with pytest.raises(SdkError) as refusal:
        sdk.connect(parameters)
    assert (refusal.value.code, refusal.value.key) == (rc.LOGON_FAILURE, "RFC_LOGON_FAILURE")
    assert refusal.value.text == words
