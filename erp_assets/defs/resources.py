"""Binds connectors and IO managers to their settings; names the environment variables.

A system is one line of ``SYSTEMS`` and its folder ``raw/<system>``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import dagster as dg
from pydantic import SecretStr

from erp_resources import logs
from erp_resources.connector import Connector
from erp_resources.lake import DeltaIOManager
from erp_resources.odbc.resource import OdbcResource
from erp_resources.oracle import OracleResource
from erp_resources.pool import PoolSettings
from erp_resources.sandbox.landscape import ORACLE, SAP, SQLSERVER, STANDIN
from erp_resources.sap import SapResource
from erp_resources.sap.parameters import PARAMETERS, checked, named
from erp_resources.settings import (
    LakeSettings,
    LogSettings,
    Mode,
    OdbcSettings,
    OracleSettings,
    SandboxSettings,
    SapSettings,
    SqlServerSettings,
    SystemSettings,
    from_environment,
)
from erp_resources.sqlserver.resource import SqlServerResource

S = TypeVar("S", bound=SystemSettings)
Resource = dg.ConfigurableResource[Any]


@dataclass(frozen=True)
class System(Generic[S]):
    """A declared ERP system.

    Attributes:
        kind: its settings.
        prefix: what the names of its environment variables begin with.
        bind: makes its resource of its key and this.
    """

    kind: type[S]
    prefix: str
    bind: "Callable[[str, System[S]], Resource]"

    @property
    def settings(self) -> S:
        """Read from the environment and validated, once."""
        return cast("S", _settings(self.kind, self.prefix))

    @property
    def password(self) -> dg.EnvVar:
        """The reference to it."""
        return self.secret("password")

    def secret(self, name: str) -> dg.EnvVar:
        """A reference, so that the secret itself is in no definition."""
        return dg.EnvVar(f"{self.prefix}{name.upper()}")

    def common(self, system: str) -> dict[str, Any]:
        """Fields that the resources of all kinds have."""
        settings = self.settings
        pool = PoolSettings(max_size=settings.pool_size, timeout=settings.pool_timeout)
        return {
            "system": system,
            "mode": "real" if settings.mode == "real" else "sandbox",
            "pool": pool,
            "call_timeout": settings.call_timeout,
        }


@cache
def _settings(kind: type[SystemSettings], prefix: str) -> SystemSettings:
    return from_environment(kind, prefix)


def read_settings_again() -> None:
    """Forget what the environment said, for whoever changes it."""
    _settings.cache_clear()


def _sandbox() -> SandboxSettings:
    return from_environment(SandboxSettings, "ERP_SANDBOX_")


def oracle(system: str, declared: System[OracleSettings]) -> OracleResource:
    """One Oracle database: the real one, or the sandbox's."""
    settings = declared.settings
    if settings.mode == "real":
        return OracleResource(
            **declared.common(system),
            host=settings.host or "",
            port=settings.port,
            service=settings.service or "",
            user=settings.user or "",
            password=declared.password,
        )
    return OracleResource(
        **declared.common(system),
        host=ORACLE.host,
        port=_sandbox().oracle_port,
        service=ORACLE.service,
        user=ORACLE.user,
        password=ORACLE.password,
    )


def sqlserver(system: str, declared: System[SqlServerSettings]) -> SqlServerResource:
    """One SQL Server database: the real one, or the sandbox's."""
    settings = declared.settings
    if settings.mode == "real":
        return SqlServerResource(
            **declared.common(system),
            host=settings.host or "",
            port=settings.port,
            database=settings.database or "",
            user=settings.user or "",
            password=declared.password,
            driver=settings.driver,
            encrypt=settings.encrypt,
            trust_server_certificate=settings.trust_server_certificate,
            allow_unencrypted=settings.allow_unencrypted,
        )
    return SqlServerResource(
        **declared.common(system),
        host=SQLSERVER.host,
        port=_sandbox().sqlserver_port,
        database=SQLSERVER.database,
        user=SQLSERVER.user,
        password=SQLSERVER.password,
        driver=settings.driver,
        encrypt="no",  # loopback, and a certificate would only be one more thing to make
    )


def odbc(system: str, declared: System[OdbcSettings]) -> OdbcResource:
    """One database behind an ODBC driver."""
    settings = declared.settings
    return OdbcResource(
        **declared.common(system),
        connection_string=settings.connection_string or "",
        user=settings.user or "",
        password=declared.password if settings.password is not None else "",
        dialect=settings.dialect,
    )


def sap(system: str, declared: System[SapSettings]) -> SapResource:
    """One client of an SAP system: the real one, or the sandbox's by the stand-in for SAP's SDK."""
    settings = declared.settings
    given = settings.model_dump(exclude_none=True, exclude=set(SystemSettings.model_fields))
    if settings.mode == "real":
        checked(system, named({name: _plain(value) for name, value in given.items()}))
        secrets = {name: declared.secret(name) for name in settings.SECRETS & set(given)}
        return SapResource(**declared.common(system), **(given | secrets))
    logon = {"library", "ini_path", *PARAMETERS}
    return SapResource(
        **declared.common(system),
        **{name: value for name, value in given.items() if name not in logon},
        library=str(STANDIN),
        host=SAP.host,
        system_number=f"{_sandbox().sap_port % 100:02d}",
        client=SAP.client,
        user=SAP.user,
        password=SAP.password,
    )


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


SYSTEMS: dict[str, System[Any]] = {
    "oracle": System(OracleSettings, "ERP_ORACLE_", oracle),
    "sqlserver": System(SqlServerSettings, "ERP_SQLSERVER_", sqlserver),
    "sap": System(SapSettings, "ERP_SAP_", sap),
}
"""Each system by its key. Another database of a kind is another line: a key and a prefix."""


def mode_of(system: str) -> Mode:
    """Whether a declared system is ``off``, ``sandbox`` or ``real``.

    Raises:
        KeyError: no resource of that name is bound here.
    """
    mode: Mode = SYSTEMS[system].settings.mode
    return mode


def loaded_systems() -> list[str]:
    """Systems that are not off and have a folder of declarations."""
    raw = Path(__file__).parent / "raw"
    return [name for name in SYSTEMS if mode_of(name) != "off" and (raw / name).exists()]


def resource(system: str) -> Resource:
    """The resource of a declared system."""
    declared = SYSTEMS[system]
    return declared.bind(system, declared)


@contextmanager
def connector(system: str) -> Iterator[Connector]:
    """The connector of a system outside a run; references to the environment are looked up."""
    with resource(system).process_config_and_initialize_cm() as found:
        yield cast("Connector", found)


@dg.definitions
def resources() -> dg.Definitions:
    """Connectors by system, and the lake."""
    log = from_environment(LogSettings, "ERP_LOG_")
    logs.configure(log.format, log.level)
    lake = from_environment(LakeSettings, "ERP_LAKE_")
    return dg.Definitions(
        resources={
            "io_manager": DeltaIOManager(base_dir=lake.path),
            **{system: resource(system) for system in SYSTEMS},
        },
        executor=dg.in_process_executor,
    )
