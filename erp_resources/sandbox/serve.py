"""The landscape: every system of the sandbox with its company, in one process."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, Self

import pyarrow as pa

from erp_resources.sandbox.books import Changes
from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import ax, ebs, s4
from erp_resources.sandbox.company.ax.tick import AxBusiness
from erp_resources.sandbox.company.business import Business
from erp_resources.sandbox.company.ebs.tick import EbsBusiness
from erp_resources.sandbox.company.s4.tick import S4Business
from erp_resources.sandbox.control import Answer, Arm, Clear, Status, Tick
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.landscape import ORACLE, SAP, SQLSERVER
from erp_resources.sandbox.oracle.engine import OracleEngine
from erp_resources.sandbox.oracle.engine import User as OracleUser
from erp_resources.sandbox.oracle.named_faults import ORACLE_FAULTS
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.named_faults import SAP_FAULTS
from erp_resources.sandbox.sap.server import SapServer
from erp_resources.sandbox.sap.users import User as SapUser
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine
from erp_resources.sandbox.sqlserver.engine import User as SqlServerUser
from erp_resources.sandbox.sqlserver.named_faults import SQLSERVER_FAULTS
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.settings import SandboxSettings

TYPED = frozenset({"BSEG", "MSEG", "T006"})
"""Tables with functions of the headquarters' own that return typed rows: the largest, and one with
numbers that have no place in the lines of RFC_READ_TABLE."""


class Server(Protocol):
    """What the landscape needs of a protocol's server."""

    @property
    def port(self) -> int:
        """The port that it listens on, once it is started."""
        ...

    @property
    def sessions(self) -> Sequence[object]:
        """The sessions that are connected now."""
        ...

    def start(self) -> object:
        """Let clients in."""
        ...

    def stop(self) -> None:
        """Cut all sessions."""
        ...


@dataclass(frozen=True)
class System:
    """One system: its company's data and business, its server, and its faults.

    ``account`` says as whom and to what one connects.
    """

    database: Database
    business: Business
    server: Server
    faults: Faults
    account: str


class Landscape:
    """All systems of the sandbox; use it as a context manager.

    Attributes:
        systems: each by its key.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self.systems = {name: make(settings) for name, make in SYSTEMS.items()}
        self._ticking = threading.Lock()
        self._share_today()

    @property
    def ports(self) -> dict[str, int]:
        """The port of each system."""
        return {name: system.server.port for name, system in self.systems.items()}

    def __enter__(self) -> Self:
        for system in self.systems.values():
            system.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        for system in self.systems.values():
            system.server.stop()

    def execute(self, request: Tick | Arm | Clear | Status) -> Answer:
        """Do what the control channel asks for.

        Raises:
            ValueError: there is no such system.
        """
        match request:
            case Tick(days=days):
                return self.tick(days)
            case Arm():
                for system in self._chosen(request.system):
                    system.faults.arm_named(
                        request.name,
                        after_rows=request.after_rows,
                        times=request.times,
                        seconds=request.seconds,
                    )
            case Clear():
                for system in self._chosen(request.system):
                    system.faults.clear()
        return self.status()

    def tick(self, days: int = 1) -> dict[str, Answer]:
        """Post business days in every company; inserted, updated and deleted rows by table."""
        with self._ticking:
            return {name: _posted(system.business, days) for name, system in self.systems.items()}

    def status(self) -> dict[str, Answer]:
        """What each system is doing."""
        return {
            name: {
                "port": system.server.port,
                "account": system.account,
                "sessions": len(system.server.sessions),
                "days": system.business.days,
                "armed": list(system.faults.armed()),
            }
            for name, system in self.systems.items()
        }

    def _share_today(self) -> None:
        """Let all companies go on from the same day."""
        latest = max(system.business.today for system in self.systems.values())
        for system in self.systems.values():
            system.business.today = latest

    def _chosen(self, name: str | None) -> list[System]:
        if name is None:
            return list(self.systems.values())
        if name not in self.systems:
            raise ValueError(f"no system is called {name!r}; there are {', '.join(self.systems)}")
        return [self.systems[name]]


def _posted(business: Business, days: int) -> dict[str, Answer]:
    totals: dict[str, Changes] = {}
    for _ in range(days):
        for table, changes in business.post_day().items():
            total = totals.setdefault(table, Changes())
            total.inserted += changes.inserted
            total.updated += changes.updated
            total.deleted += changes.deleted
    return {table: asdict(changes) for table, changes in sorted(totals.items())}


def oracle(settings: SandboxSettings) -> System:
    """The subsidiary on E-Business Suite, and its Oracle database."""
    database, faults = _loaded(ebs.generate(settings.scale, settings.seed)), Faults(ORACLE_FAULTS)
    reader = OracleUser(ORACLE.user, may_write=False)
    engine = OracleEngine(database, {reader.name: reader})
    server = OracleServer(
        engine.session,
        {ORACLE.user: ORACLE.password},
        service=ORACLE.service,
        host=ORACLE.host,
        port=settings.oracle_port,
        faults=faults,
    )
    business = EbsBusiness(database, settings.scale, settings.seed)
    return System(database, business, server, faults, f"{ORACLE.user} at {ORACLE.service}")


def sqlserver(settings: SandboxSettings) -> System:
    """The plant and the trading company on Dynamics AX, and their SQL Server."""
    database, faults = _loaded(ax.generate(settings.scale, settings.seed)), Faults(SQLSERVER_FAULTS)
    reader = SqlServerUser(SQLSERVER.user, may_write=False)
    engine = SqlServerEngine(database, {reader.name: reader}, name=SQLSERVER.database)
    server = SqlServer(
        engine.session,
        {SQLSERVER.user: SQLSERVER.password},
        host=SQLSERVER.host,
        port=settings.sqlserver_port,
        faults=faults,
    )
    business = AxBusiness(database, settings.scale, settings.seed)
    return System(database, business, server, faults, f"{SQLSERVER.user} at {SQLSERVER.database}")


def sap(settings: SandboxSettings) -> System:
    """The headquarters on S/4HANA, and their SAP system."""
    database, faults = _loaded(s4.generate(settings.scale, settings.seed)), Faults(SAP_FAULTS)
    reader = SapUser(SAP.user, clients=frozenset({SAP.client}))
    engine = SapEngine(database, {reader.name: reader}, Installation(SAP.sid, typed_tables=TYPED))
    server = SapServer(
        engine.log_on,
        {SAP.user: SAP.password},
        host=SAP.host,
        port=settings.sap_port,
        faults=faults,
    )
    business = S4Business(database, settings.scale, settings.seed)
    return System(database, business, server, faults, f"{SAP.user} in client {SAP.client}")


SYSTEMS: Mapping[str, Callable[[SandboxSettings], System]] = {
    "oracle": oracle,
    "sqlserver": sqlserver,
    "sap": sap,
}
"""Each system of the landscape by its key."""


def _loaded(tables: Iterable[tuple[Table, pa.Table]]) -> Database:
    database = Database()
    for table, rows in tables:
        database.load(table, rows)
    return database
