"""Sandbox systems to read from, and the resource that leads to each; both drivers can be asked for.

pyrfc keeps Python's lock while it logs on, pings and asks for descriptions, so that a server in the
same process could not answer: for it the server has a process of its own.
"""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import pytest

import erp_rfc
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.named_faults import SAP_FAULTS
from erp_resources.sandbox.sap.server import SapServer
from erp_resources.sandbox.sap.users import User
from erp_resources.sap import SapResource
from erp_resources.sap.drivers import DriverName
from tests.standin import build

USER, PASSWORD = "READER", "s3cret-r"
START_SECONDS = 60.0

Load = Callable[[Database], None]


@dataclass(frozen=True)
class SapSystem:
    """A running system, as its administrator has it in hand."""

    server: SapServer
    database: Database
    faults: Faults
    installation: Installation

    def resource(self, **settings: Any) -> SapResource:
        """The way into it for the reader, by the native driver unless told otherwise."""
        return resource(**({"system_number": self.server.system_number} | settings))

    def calls(self, function: str) -> int:
        """How often a function has been called so far."""
        return self.server.counters[f"calls of {function}"]

    def write(self, table: str, sql: str) -> None:
        """Change a table behind the readers' backs; ``{}`` in ``sql`` stands for it."""
        stored = self.database.tables["SAP", table]
        with self.database.writing() as writer:
            writer.execute(sql.format(stored.current))


def resource(system_number: str, driver: DriverName = "native", **settings: Any) -> SapResource:
    """The way into the system of that number on this machine."""
    given = {
        "mode": "sandbox",
        "driver": driver,
        "library": library(driver),
        "host": "127.0.0.1",
        "system_number": system_number,
        "client": "100",
        "user": USER,
        "password": PASSWORD,
        "call_timeout": 20.0,
    }
    return SapResource(**(given | settings))


def library(driver: DriverName) -> str:
    """Path of the stand-in SDK; a driver that is not built skips the test."""
    path = build.standin()
    if driver == "pyrfc":
        packages = str(build.pyrfc())
        if packages not in sys.path:
            sys.path.append(packages)
    elif (problem := erp_rfc.import_problem()) is not None:
        pytest.skip(f"the RFC reader is not built: {problem}")
    return str(path)


@contextmanager
def running(
    database: Database, installation: Installation | None = None, *users: User
) -> Iterator[SapSystem]:
    """A system on a database, in this process."""
    faults, installed = Faults(SAP_FAULTS), installation or Installation()
    known = {user.name: user for user in users or (User(USER),)}
    engine = SapEngine(database, known, installed)
    with SapServer(engine.log_on, dict.fromkeys(known, PASSWORD), faults=faults) as server:
        yield SapSystem(server, database, faults, installed)


@dataclass(frozen=True)
class RemoteSystem:
    """A running system in a process of its own."""

    system_number: str
    _pipe: Connection = field(repr=False)

    def arm(self, fault: str, **settings: object) -> None:
        """Arm a fault; see ``Faults.arm``."""
        self._pipe.send(("arm", fault, settings))
        self._pipe.recv()

    def write(self, table: str, sql: str) -> None:
        """Change a table; see ``SapSystem.write``."""
        self._pipe.send(("write", table, {"sql": sql}))
        self._pipe.recv()

    def sessions(self, user: str) -> int:
        """How many connections of a user there are."""
        self._pipe.send(("sessions", user, {}))
        found: int = self._pipe.recv()
        return found


@contextmanager
def running_apart(
    load: Load, installation: Installation | None = None, *users: User
) -> Iterator[RemoteSystem]:
    """A system in a process of its own, on the tables that ``load`` fills a database with."""
    spawn = multiprocessing.get_context("spawn")
    pipe, far = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(far, load, installation, users), daemon=True)
    process.start()
    try:
        if not pipe.poll(START_SECONDS):
            raise TimeoutError("the process with the server does not start")
        yield RemoteSystem(pipe.recv(), pipe)
    finally:
        process.kill()
        process.join()


def _serve(
    pipe: Connection, load: Load, installation: Installation | None, users: tuple[User, ...]
) -> None:
    database = Database()
    load(database)
    with running(database, installation, *users) as system:
        asked: Mapping[str, Callable[..., object]] = {
            "arm": system.faults.arm,
            "write": system.write,
            "sessions": lambda user: sum(each.user == user for each in system.server.sessions),
        }
        pipe.send(system.server.system_number)
        while True:
            question, subject, settings = pipe.recv()
            pipe.send(asked[question](subject, **settings))
