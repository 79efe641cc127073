"""Binds connectors and IO managers to their settings; names the environment variables.

A system is one line of ``SYSTEMS`` and its folder ``raw/<system>``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

import dagster as dg

from erp_resources import logs
from erp_resources.connector import Connector
from erp_resources.lake import DeltaIOManager
from erp_resources.oracle import OracleResource
from erp_resources.pool import PoolSettings
from erp_resources.sandbox.landscape import ORACLE
from erp_resources.settings import (
    LakeSettings,
    LogSettings,
    Mode,
    OracleSettings,
    SandboxSettings,
    from_environment,
)

SYSTEMS = {"oracle": "ERP_ORACLE_"}
"""Each Oracle database by its key: the prefix of its environment variables."""


@cache
def oracle_settings(system: str) -> OracleSettings:
    """Settings of one Oracle database, read and validated once."""
    return from_environment(OracleSettings, SYSTEMS[system])


def mode_of(system: str) -> Mode:
    """Whether a declared system is ``off``, ``sandbox`` or ``real``.

    Raises:
        KeyError: no resource of that name is bound here.
    """
    return oracle_settings(system).mode


def loaded_systems() -> list[str]:
    """Systems that are not off and have a folder of declarations."""
    raw = Path(__file__).parent / "raw"
    return [name for name in SYSTEMS if mode_of(name) != "off" and (raw / name).exists()]


def oracle(system: str) -> OracleResource:
    """The resource of one Oracle database: the real one, or the sandbox's."""
    settings = oracle_settings(system)
    pool = PoolSettings(max_size=settings.pool_size, timeout=settings.pool_timeout)
    if settings.mode == "real":
        return OracleResource(
            system=system,
            mode="real",
            host=settings.host or "",
            port=settings.port,
            service=settings.service or "",
            user=settings.user or "",
            password=dg.EnvVar(f"{SYSTEMS[system]}PASSWORD"),
            pool=pool,
            call_timeout=settings.call_timeout,
        )
    return OracleResource(
        system=system,
        mode="sandbox",
        host=ORACLE.host,
        port=from_environment(SandboxSettings, "ERP_SANDBOX_").oracle_port,
        service=ORACLE.service,
        user=ORACLE.user,
        password=ORACLE.password,
        pool=pool,
        call_timeout=settings.call_timeout,
    )


@contextmanager
def connector(system: str) -> Iterator[Connector]:
    """The connector of a system outside a run; references to the environment are looked up."""
    with oracle(system).process_config_and_initialize_cm() as found:
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
            **{system: oracle(system) for system in SYSTEMS},
        },
        executor=dg.in_process_executor,
    )
