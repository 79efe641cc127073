"""The control channel by itself: what it lets in, what it answers, and who may open it."""

import json
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp_resources.errors import InvalidQuery, SourceUnavailable
from erp_resources.sandbox.control import Answer, Arm, Clear, ControlServer, Status, Tick, ask


def execute(request: Tick | Arm | Clear | Status) -> Answer:
    """What was understood; a fault in the system ``bad`` is refused."""
    if isinstance(request, Arm) and request.system == "bad":
        raise ValueError("no system is called 'bad'")
    return request.model_dump()


@pytest.fixture
def control() -> Iterator[ControlServer]:
    with ControlServer(execute) as server:
        yield server


def said(address: str, line: bytes) -> dict[str, object]:
    """What is answered to a line that no client of ours would send."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(address)
        connection.sendall(line + b"\n")
        with connection.makefile("rb") as lines:
            answer: dict[str, object] = json.loads(lines.readline())
    return answer


@pytest.mark.parametrize(
    "request_",
    [Tick(days=3), Arm(name="drop", after_rows=5, times=None), Clear(system="oracle"), Status()],
    ids=lambda request: request.command,
)
def test_a_request_arrives_as_it_was_sent(
    control: ControlServer, request_: Tick | Arm | Clear | Status
) -> None:
    assert ask(control.address, request_) == request_.model_dump()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"command": "shutdown"}', "tick"),
        (b'{"command": "tick", "days": 0}', "greater than or equal to 1"),
        (b'{"command": "tick", "days": 1, "force": true}', "force"),
        (b'{"command": "fault", "name": "explode"}', "snapshot-too-old"),
        (b"not json", "JSON"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_refused_in_words(
    control: ControlServer, line: bytes, reason: str
) -> None:
    assert reason in str(said(control.address, line)["error"])


def test_a_refusal_is_an_error_with_its_reason(control: ControlServer) -> None:
    with pytest.raises(InvalidQuery, match="no system is called 'bad'"):
        ask(control.address, Arm(name="drop", system="bad"))
    assert ask(control.address, Status()) == {"command": "status"}


def test_one_connection_may_ask_again_and_again(control: ControlServer) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(control.address)
        with connection.makefile("rwb") as lines:
            for _ in range(3):
                lines.write(b'{"command": "status"}\n')
                lines.flush()
                assert json.loads(lines.readline()) == {"ok": {"command": "status"}}


def test_only_its_owner_may_open_it(control: ControlServer) -> None:
    address = Path(control.address)
    assert stat.S_IMODE(address.stat().st_mode) == 0o600
    assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700


def test_a_deep_folder_for_temporary_files_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with ControlServer(execute) as server:
        assert ask(server.address, Status()) == {"command": "status"}


def test_nothing_is_left_of_a_server_that_ended() -> None:
    with ControlServer(execute) as server:
        address = server.address
    assert not Path(address).parent.exists()
    with pytest.raises(SourceUnavailable, match="does not answer"):
        ask(address, Status())
