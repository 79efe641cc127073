"""All servers of the sandbox on one database, in one process."""

from typing import Self

from erp_resources.sandbox.company import ebs
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.landscape import ORACLE
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.settings import SandboxSettings


class Landscape:
    """The companies' data, and a server for each protocol; use it as a context manager.

    Attributes:
        database: the one store behind all protocols.
        faults: what tests arm to make the servers misbehave.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self.database = Database()
        self.faults = Faults()
        for table, rows in ebs.generate(settings.scale, settings.seed):
            self.database.load(table, rows)
        reader = User(ORACLE.user, may_write=False)
        engine = OracleEngine(self.database, {reader.name: reader})
        self._oracle = OracleServer(
            engine.session,
            {ORACLE.user: ORACLE.password},
            service=ORACLE.service,
            host=ORACLE.host,
            port=settings.oracle_port,
            faults=self.faults,
        )

    @property
    def oracle_port(self) -> int:
        """The port on which Oracle's protocol is spoken."""
        return self._oracle.port

    def __enter__(self) -> Self:
        self._oracle.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._oracle.stop()
