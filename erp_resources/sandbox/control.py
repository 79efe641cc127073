"""The control channel of a running sandbox: one JSON line a request, one the answer.

A Unix-domain socket that only its owner may open. What can be asked is the closed list of
``Request``; what comes back is the command's own facts, or why not as a sentence.
"""

import contextlib
import json
import os
import shutil
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from erp_resources.errors import ErpError, InvalidQuery, SourceUnavailable
from erp_resources.sandbox.faults import FaultName

Answer: TypeAlias = Mapping[str, "Answer"] | list["Answer"] | str | int | float | None
"""What JSON can say."""

_LONGEST_LINE = 1 << 16
_LONGEST_ADDRESS = 107
_ROOM = 40  # bytes that the socket's own folder and name take
_IDLE_SECONDS = 10.0


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Tick(_Request):
    """Post so many business days in every company."""

    command: Literal["tick"] = "tick"
    days: int = Field(default=1, ge=1, le=366)


class Arm(_Request):
    """Arm a fault by name, in one system or in all; ``times`` ``None`` is until it is cleared."""

    command: Literal["fault"] = "fault"
    name: FaultName
    system: str | None = None
    after_rows: int = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)


class Clear(_Request):
    """Disarm all faults, of one system or of all."""

    command: Literal["clear"] = "clear"
    system: str | None = None


class Status(_Request):
    """How each system is."""

    command: Literal["status"] = "status"


Request: TypeAlias = Annotated[Tick | Arm | Clear | Status, Field(discriminator="command")]
_REQUEST: TypeAdapter[Tick | Arm | Clear | Status] = TypeAdapter(Request)


class ControlServer:
    """Answers requests in threads of its own; use it as a context manager.

    >>> with ControlServer(landscape.execute) as control:
    ...     ask(control.address, Status())
    """

    def __init__(self, execute: Callable[[Tick | Arm | Clear | Status], Answer]) -> None:
        """Listen at once; ``execute`` does what is asked.

        Errors of ours and ``ValueError`` become the answer's sentence.
        """
        self._folder = _new_folder()
        self.address = str(self._folder / "control")
        self._server = _Server(self.address, execute)
        Path(self.address).chmod(0o600)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-control", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        shutil.rmtree(self._folder)


def ask(address: str, request: Tick | Arm | Clear | Status, timeout: float = 600.0) -> Answer:
    """Put a request to the sandbox that listens at ``address``.

    Raises:
        SourceUnavailable: nobody answers there.
        InvalidQuery: it was refused; the message says why.
    """
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(address)
            connection.sendall(request.model_dump_json().encode() + b"\n")
            with connection.makefile("rb") as lines:
                line = lines.readline()
    except OSError as error:
        raise SourceUnavailable(f"the sandbox does not answer at {address}: {error}") from error
    if not line:
        raise SourceUnavailable(f"the sandbox at {address} hung up without an answer")
    answer = json.loads(line)
    if "error" in answer:
        raise InvalidQuery(f"sandbox: {answer['error']}")
    ok: Answer = answer["ok"]
    return ok


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(
        self, address: str, execute: Callable[[Tick | Arm | Clear | Status], Answer]
    ) -> None:
        super().__init__(address, _Handler)
        self.execute = execute


class _Handler(socketserver.StreamRequestHandler):
    timeout = _IDLE_SECONDS
    server: _Server

    def handle(self) -> None:
        """Answer requests until the client hangs up or falls silent."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while line := self.rfile.readline(_LONGEST_LINE):
                answer = json.dumps(self._answer(line), default=str)
                self.wfile.write(answer.encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, Answer]:
        try:
            return {"ok": self.server.execute(_REQUEST.validate_json(line))}
        except ValidationError as error:
            return {"error": _sentence(error)}
        except (ErpError, ValueError) as error:
            return {"error": str(error)}


def _sentence(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        ": ".join(part for part in (".".join(map(str, fault["loc"])), fault["msg"]) if part)
        for fault in faults
    )


def _new_folder() -> Path:
    """A folder that only its owner may enter, where the address of a socket is short enough.

    The sandbox's own folder may lie too deep: an address has 107 bytes at most.
    """
    usual = tempfile.gettempdir()
    is_short = len(os.fsencode(usual)) + _ROOM <= _LONGEST_ADDRESS
    return Path(tempfile.mkdtemp(prefix="erp-sandbox-", dir=usual if is_short else "/tmp"))  # noqa: S108 - mkdtemp is private
