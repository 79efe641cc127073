"""pyrfc in a process of its own, driven line by line in JSON; run as a script, that process.

pyrfc keeps Python's lock while it pings or asks for descriptions, so that a server in the same
process could not answer.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


@dataclass(eq=False)
class PyrfcError(Exception):
    """An exception of pyrfc's, as it reached the client."""

    kind: str
    code: int
    key: str
    message: str
    message_class: str
    message_number: str


class PyrfcClient:
    """One connection of pyrfc's."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers

    def __call__(self, method: str, *arguments: object, **parameters: object) -> Any:
        """Call a method of ``pyrfc.Connection``, or ``open`` one.

        Raises:
            PyrfcError: pyrfc raised an RFCError.
        """
        _send(self._requests, [method, arguments, parameters])
        line = self._answers.readline()
        assert line, "pyrfc's process has ended"
        answer = json.loads(line)
        if "raised" in answer:
            raise PyrfcError(**answer["raised"])
        return answer["value"]


@contextmanager
def pyrfc_client(packages: Path, library: Path) -> Iterator[PyrfcClient]:
    """A process with pyrfc, which lies in ``packages`` and is to load that library."""
    own = {"PYTHONPATH": str(packages), "LD_LIBRARY_PATH": str(library.parent)}
    with subprocess.Popen(
        [sys.executable, __file__],
        env={**os.environ, **own},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield PyrfcClient(process.stdin, process.stdout)
        finally:
            process.kill()


def _send(stream: IO[str], value: object) -> None:
    stream.write(json.dumps(value, default=str) + "\n")
    stream.flush()


def _serve() -> None:
    import pyrfc  # type: ignore[import-not-found, unused-ignore]

    from erp_resources.sap.pyrfc_driver import cancelable

    connection: Any = None
    for line in sys.stdin:
        method, arguments, parameters = json.loads(line)
        try:
            if method == "open":
                connection, value = cancelable(pyrfc.Connection)(**parameters), None
            else:
                value = getattr(connection, method)(*arguments, **parameters)
        except pyrfc.RFCError as error:
            _send(sys.stdout, {"raised": _described(error)})
        else:
            _send(sys.stdout, {"value": value})


def _described(error: Any) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "key": error.key,
        "message": str(error.message),
        "message_class": error.msg_class,
        "message_number": error.msg_number,
    }


if __name__ == "__main__":
    _serve()
