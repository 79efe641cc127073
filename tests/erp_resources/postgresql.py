"""A temporary PostgreSQL of our own, for tests against a real database.

One cluster lives as long as the process; each user gets a database in it. Where PostgreSQL or its
ODBC driver is not installed, the tests that ask for it skip and say what installs it.
"""

import atexit
import contextlib
import functools
import getpass
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from erp_resources.errors import SettingsError
from erp_resources.odbc.drivers import find, load_libraries

ADMIN, ADMIN_PASSWORD = "erp_admin", "s3cret-admin"
READER, READER_PASSWORD = "reader", "s3cret-r {;}+%41"
START_SECONDS = 30.0
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """One database of a running cluster."""

    port: int
    name: str

    @property
    def connection_string(self) -> str:
        """Without an account."""
        driver = "Driver={PostgreSQL Unicode}"
        return f"{driver};Server=127.0.0.1;Port={self.port};Database={self.name}"

    def write(self, statement: str, *values: Any) -> None:
        """Run a statement as the owner, who commits at once."""
        self.ask(statement, *values)

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement of the owner."""
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.execute(statement, *values)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def connect(self) -> pyodbc.Connection:
        """A session of the owner."""
        account = f"UID={ADMIN};PWD={ADMIN_PASSWORD}"
        return pyodbc.connect(f"{self.connection_string};{account}", autocommit=True)

    def end_sessions(self, user: str = READER) -> None:
        """Terminate all sessions of an account, as an administrator would."""
        self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?", user)

    def sessions(self, user: str = READER) -> list[int]:
        """Process ids of an account's sessions."""
        activity = "SELECT pid FROM pg_stat_activity WHERE usename = ?"
        return [pid for (pid,) in self.ask(activity, user)]


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """A new database, in which ``READER`` may log in and nothing else."""
    cluster = _cluster()
    made = Database(cluster.port, f"erp_{next(_numbers)}")
    cluster.write(f"CREATE DATABASE {made.name} LC_COLLATE 'C' TEMPLATE template0")
    try:
        yield made
    finally:
        cluster.write(f"DROP DATABASE {made.name} WITH (FORCE)")


@functools.cache
def _cluster() -> Database:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    try:
        load_libraries()
        find("PostgreSQL")
    except SettingsError as error:
        pytest.skip(str(error))
    return _start(binaries[-1].parent)


def _start(binaries: Path) -> Database:
    folder = Path(tempfile.mkdtemp(prefix="erp-postgresql-"))
    data, password = folder / "data", folder / "password"
    password.write_text(ADMIN_PASSWORD)
    _give_away(folder, password)
    initdb = [binaries / "initdb", "-D", data, "-U", ADMIN, f"--pwfile={password}", "-N"]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    subprocess.run(
        _as_user(*initdb, *options), check=True, timeout=60, stdout=subprocess.DEVNULL, cwd=folder
    )
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "max_connections": 40,
    }
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            _as_user(binaries / "postgres", "-D", data, *arguments),
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    atexit.register(_stop, server, folder)
    cluster = Database(port, "postgres")
    _wait_for(cluster, server, folder)
    cluster.write(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'")
    return cluster


def _stop(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _wait_for(cluster: Database, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.connect().close()
        except pyodbc.Error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return


def _as_user(*command: object) -> list[str]:
    """The command so that it ends with us; PostgreSQL refuses to run as root."""
    prefix = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        account = pwd.getpwnam(_account())
        prefix += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*prefix, *map(str, command)]


def _give_away(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            shutil.chown(path, _account())


def _account() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
