"""All ERP systems as if they were a user's own, with accounts of the test's (mode ``real``).

The servers are the sandbox's, in this process; the project's commands see only addresses.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from erp_resources.sandbox.company import ax, ebs, s4
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.oracle.engine import OracleEngine
from erp_resources.sandbox.oracle.engine import User as OracleUser
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.sap.engine import SapEngine
from erp_resources.sandbox.sap.server import SapServer
from erp_resources.sandbox.sap.users import User as SapUser
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine
from erp_resources.sandbox.sqlserver.engine import User as SqlServerUser
from erp_resources.sandbox.sqlserver.server import SqlServer
from tests.integration.project import HAS_SAP
from tests.standin.build import standin

USER = "LOADER"
FORBIDDEN = "dbo.VENDTRANS"


@dataclass(frozen=True)
class RealSystems:
    """Where they are, as the environment says it.

    Attributes:
        environment: variables that bind all systems with their right passwords.
    """

    environment: dict[str, str]


@contextlib.contextmanager
def real_systems(
    oracle_password: str, sqlserver_password: str, sap_password: str
) -> Iterator[RealSystems]:
    """All companies at scale 1; on SQL Server the account may not read ``FORBIDDEN``."""
    with contextlib.ExitStack() as stack:
        oracle = stack.enter_context(_oracle(oracle_password))
        sqlserver = stack.enter_context(_sqlserver(sqlserver_password))
        sap = {"ERP_SAP_MODE": "off"}
        if HAS_SAP:
            sap = _environment_of(stack.enter_context(_sap(sap_password)), sap_password)
        yield RealSystems(
            sap
            | {
                "ERP_ORACLE_MODE": "real",
                "ERP_ORACLE_HOST": "127.0.0.1",
                "ERP_ORACLE_PORT": str(oracle.port),
                "ERP_ORACLE_SERVICE": "EBSPROD",
                "ERP_ORACLE_USER": USER,
                "ERP_ORACLE_PASSWORD": oracle_password,
                "ERP_SQLSERVER_MODE": "real",
                "ERP_SQLSERVER_HOST": "127.0.0.1",
                "ERP_SQLSERVER_PORT": str(sqlserver.port),
                "ERP_SQLSERVER_DATABASE": "AX",
                "ERP_SQLSERVER_USER": USER,
                "ERP_SQLSERVER_PASSWORD": sqlserver_password,
                "ERP_SQLSERVER_ENCRYPT": "no",
            }
        )


def _environment_of(server: SapServer, password: str) -> dict[str, str]:
    return {
        "ERP_SAP_MODE": "real",
        "ERP_SAP_LIBRARY": str(standin()),
        "ERP_SAP_HOST": "127.0.0.1",
        "ERP_SAP_SYSTEM_NUMBER": server.system_number,
        "ERP_SAP_CLIENT": "100",
        "ERP_SAP_USER": USER,
        "ERP_SAP_PASSWORD": password,
    }


def _oracle(password: str) -> OracleServer:
    database = Database()
    for table, rows in ebs.generate():
        database.load(table, rows)
    engine = OracleEngine(database, {USER: OracleUser(USER, may_write=False)})
    return OracleServer(engine.session, {USER: password}, service="EBSPROD")


def _sap(password: str) -> SapServer:
    database = Database()
    for table, rows in s4.generate():
        database.load(table, rows)
    engine = SapEngine(database, {USER: SapUser(USER)})
    return SapServer(engine.log_on, {USER: password})


def _sqlserver(password: str) -> SqlServer:
    database = Database()
    for table, rows in ax.generate():
        database.load(table, rows)
    user = SqlServerUser(USER, denied=frozenset({FORBIDDEN}), may_write=False)
    engine = SqlServerEngine(database, {USER: user}, name="AX")
    return SqlServer(engine.session, {USER: password})
