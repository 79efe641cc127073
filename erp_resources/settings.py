"""Settings from the environment, validated when the code location loads.

A class says which fields a kind of system has and their ranges; ``erp_assets.defs.resources`` says
which environment variables they come from.
"""

from typing import ClassVar, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings

from erp_resources.errors import SettingsError

Mode = Literal["off", "sandbox", "real"]
S = TypeVar("S", bound=BaseSettings)


class SystemSettings(BaseSettings):
    """One ERP system: ``off`` loads no assets.

    ``real`` needs what ``NEEDED`` names; only it reads that and what ``REAL_ONLY`` names.
    """

    NEEDED: ClassVar[frozenset[str]]
    REAL_ONLY: ClassVar[frozenset[str]] = frozenset()

    mode: Mode
    pool_size: int = Field(default=4, ge=1, le=64)
    pool_timeout: float = Field(default=30.0, gt=0, le=3600)
    call_timeout: float = Field(default=300.0, ge=1, le=86400)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        given = {n for n in self.NEEDED | self.REAL_ONLY if getattr(self, n) is not None}
        if self.mode == "real" and not given >= self.NEEDED:
            missing = ", ".join(sorted(self._variable(name) for name in self.NEEDED - given))
            raise ValueError(f"{self._variable('mode')}=real also needs {missing}")
        if self.mode == "sandbox" and given:
            named = ", ".join(sorted(self._variable(name) for name in given))
            raise ValueError(
                f"{named} would be ignored: {self._variable('mode')} is sandbox; set it to real"
            )
        return self

    def _variable(self, name: str) -> str:
        return f"{self.__class__.model_config.get('env_prefix', '')}{name}".upper()


class OracleSettings(SystemSettings):
    """One Oracle database."""

    NEEDED = frozenset({"host", "service", "user", "password"})

    mode: Mode = "sandbox"
    host: str | None = None
    port: int = Field(default=1521, ge=1, le=65535)
    service: str | None = None
    user: str | None = None
    password: SecretStr | None = None


class SqlServerSettings(SystemSettings):
    """One SQL Server database; see ``SqlServerResource`` for what the fields do."""

    NEEDED = frozenset({"host", "database", "user", "password"})

    mode: Mode = "sandbox"
    host: str | None = None
    port: int = Field(default=1433, ge=1, le=65535)
    database: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    driver: str = "auto"
    encrypt: Literal["yes", "no", "strict"] = "yes"
    trust_server_certificate: bool = False
    allow_unencrypted: bool = False


class SapSettings(SystemSettings):
    """One client of an SAP system; see ``SapResource`` for what the fields do."""

    NEEDED = frozenset()
    REAL_ONLY = frozenset({"library", "host", "message_server", "websocket_host", "destination"})
    SECRETS: ClassVar[frozenset[str]] = frozenset({"password", "ticket", "certificate", "router"})

    mode: Mode = "sandbox"
    driver: Literal["native", "pyrfc"] = "native"
    library: str | None = None
    host: str | None = None
    system_number: str | None = None
    message_server: str | None = None
    message_service: str | None = None
    system_id: str | None = None
    group: str | None = None
    router: SecretStr | None = None
    websocket_host: str | None = None
    websocket_port: str | None = None
    destination: str | None = None
    ini_path: str | None = None
    client: str | None = None
    language: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    ticket: SecretStr | None = None
    certificate: SecretStr | None = None
    snc_partner: str | None = None
    snc_name: str | None = None
    snc_library: str | None = None
    snc_protection: str | None = None
    page_rows: int | None = Field(default=None, ge=2)
    connections: int = Field(default=2, ge=1, le=64)
    read_functions: list[str] = []
    typed_prefix: str | None = None
    functions: list[str] = []
    dates: Literal["fail", "null", "text"] = "fail"
    times: Literal["fail", "null", "text"] = "fail"
    amounts: Literal["shifted", "stored"] = "shifted"
    refused: Literal["fail", "quarantine"] = "fail"


class OdbcSettings(SystemSettings):
    """Any database behind an ODBC driver; the sandbox has none, so it is real or off."""

    NEEDED = frozenset({"connection_string"})

    mode: Literal["off", "real"] = "off"
    connection_string: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    dialect: str = "auto"


class LogSettings(BaseSettings):
    """How this process logs."""

    format: Literal["console", "json"] = "console"
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class LakeSettings(BaseSettings):
    """Where tables land: a folder, by default the storage folder of the Dagster instance."""

    path: str | None = None


class SandboxSettings(BaseSettings):
    """Ports of the sandbox on loopback, its size and seed."""

    oracle_port: int = Field(default=15210, ge=0, le=65535, description="0 takes a free one.")
    sqlserver_port: int = Field(default=14330, ge=0, le=65535, description="0 takes a free one.")
    sap_port: int = Field(default=3342, ge=0, le=65535, description="3300 to 3399, or 0.")
    scale: int = Field(default=1, ge=1, le=100)
    seed: int = 20260101


def from_environment(kind: type[S], prefix: str) -> S:
    """Settings of ``kind`` from the variables that begin with ``prefix``.

    Raises:
        SettingsError: naming each wrong variable, its value's fault and the allowed range.
    """
    bound = type(
        kind.__name__, (kind,), {"model_config": {**kind.model_config, "env_prefix": prefix}}
    )
    try:
        settings: S = bound()
    except ValidationError as error:
        faults = [
            f"{(prefix + '_'.join(map(str, fault['loc']))).upper()}: {fault['msg']}"
            if fault["loc"]
            else str(fault["msg"]).removeprefix("Value error, ")
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("; ".join(faults)) from None
    return settings
