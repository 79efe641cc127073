"""Where the sandbox's systems listen, and as whom to log in. Its passwords are no secrets.

Imports nothing, so that whoever only connects need not have what the servers need.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OracleAddress:
    """How to reach the sandbox's Oracle database."""

    service: str = "EBS"
    user: str = "ERP_READER"
    password: str = "sandbox"  # noqa: S105 - known to everyone
    host: str = "127.0.0.1"
    port: int = 15210


ORACLE = OracleAddress()


@dataclass(frozen=True)
class SqlServerAddress:
    """How to reach the sandbox's SQL Server."""

    database: str = "AX"
    user: str = "erp_reader"
    password: str = "Sandbox-1"  # noqa: S105 - known to everyone
    host: str = "127.0.0.1"
    port: int = 14330


SQLSERVER = SqlServerAddress()


@dataclass(frozen=True)
class SapAddress:
    """How to reach the sandbox's SAP system; its port is 3300 and the system number.

    The SDK keeps interfaces by ``sid``, so no other system in a process may have this one.
    """

    sid: str = "HQP"
    client: str = "100"
    user: str = "ERP_READER"
    password: str = "sandbox"  # noqa: S105 - known to everyone
    host: str = "127.0.0.1"
    port: int = 3342


SAP = SapAddress()
STANDIN = Path(__file__).parents[2] / "build" / "standin" / "lib" / "libsapnwrfc.so"
"""What stands in for SAP's SDK; `make standin` builds it, where there is a C++ compiler."""
