"""``SapResource``: one SAP system as a Dagster resource, with its pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from pydantic import Field

from erp_resources.pool import ConnectionPool
from erp_resources.resource import ErpResource
from erp_resources.sap import drivers
from erp_resources.sap.connection import Interfaces, close, connect, ping, reset
from erp_resources.sap.dialing import Dialer
from erp_resources.sap.drivers import Driver, DriverName
from erp_resources.sap.parameters import PARAMETERS, LogonParams, checked, named
from erp_resources.sap.reader import SapConnector
from erp_resources.sap.repository import Repository
from erp_resources.sap.rows import PAGE_ROWS, ReadSettings
from erp_resources.sap.types import Policies, Refused, Strange


class SapResource(ErpResource[SapConnector]):
    """One client of an SAP system, and one user on it."""

    system: str = Field(default="sap", description="Key of the system in declarations.")
    driver: DriverName = Field(default="native", description="Ours, or pyrfc.")
    library: str = Field(
        default=drivers.LIBRARY, description="Path of the NW RFC SDK's libsapnwrfc.so."
    )
    host: str = Field(default="", description="Application server (ASHOST).")
    system_number: str = Field(default="", description="Its two digits (SYSNR).")
    message_server: str = Field(default="", description="Message server (MSHOST), for a group.")
    message_service: str = Field(default="", description="Its port or service (MSSERV).")
    system_id: str = Field(default="", description="System ID behind the message server (R3NAME).")
    group: str = Field(default="", description="Logon group, e.g. PUBLIC.")
    router: str = Field(
        default="", repr=False, description="SAProuter string: /H/router/S/3299/H/."
    )
    websocket_host: str = Field(default="", description="Host of WebSocket RFC (WSHOST).")
    websocket_port: str = Field(default="", description="Its TLS port (WSPORT).")
    destination: str = Field(default="", description="Destination in sapnwrfc.ini (DEST).")
    ini_path: str = Field(default="", description="Folder of sapnwrfc.ini.")
    client: str = Field(default="", description="Client, three digits.")
    language: str = Field(default="EN", description="Language of texts and messages.")
    user: str = Field(default="", description="A user of type system or service.")
    password: str = Field(default="", repr=False, description="Password of the SAP user.")
    ticket: str = Field(default="", repr=False, description="SSO logon ticket (MYSAPSSO2).")
    certificate: str = Field(default="", repr=False, description="X.509 certificate (X509CERT).")
    snc_partner: str = Field(default="", description="SNC name of the server: p:CN=PRD.")
    snc_name: str = Field(default="", description="SNC name of ours (SNC_MYNAME).")
    snc_library: str = Field(default="", description="Path of the SNC library (SNC_LIB).")
    snc_protection: str = Field(default="", description="SNC_QOP: 1, 2, 3, 8 or 9.")
    page_rows: int = Field(default=PAGE_ROWS, ge=2, description="Most rows that a call returns.")
    connections: int = Field(
        default=2, ge=1, description="Most connections that read one large table together."
    )
    read_functions: list[str] = Field(
        default=[], description="Functions like RFC_READ_TABLE, preferred to SAP's."
    )
    typed_prefix: str = Field(
        default="Z_ERP_READ_", description="Before a table's name: the function that reads it."
    )
    functions: list[str] = Field(default=[], description="Functions that may be called.")
    dates: Strange = Field(default="fail", description="DATS that are no day: fail, null, text.")
    times: Strange = Field(default="fail", description="TIMS that are no time: fail, null, text.")
    amounts: Literal["shifted", "stored"] = Field(
        default="shifted", description="Amounts with the decimals of their currency, or as stored."
    )
    refused: Refused = Field(
        default="fail",
        description="Other cells that are no value: fail, or quarantine in _refused.",
    )

    @contextmanager
    def connector(self) -> Iterator[SapConnector]:
        """The connector, whose connections close at the end of the block.

        Raises:
            SettingsError: the SDK or the driver is missing, or the settings cannot be right.
        """
        params = self._params()
        driver = self.load_driver()
        if params.ini_path:
            driver.set_ini_path(params.ini_path)
        dialer = Dialer(driver, params, self.pool.connect_timeout)
        with ConnectionPool(
            self.system,
            open=partial(connect, dialer, self.call_timeout, Interfaces()),
            ping=ping,
            close=close,
            reset=reset,
            settings=self.pool,
        ) as pool:
            yield SapConnector(
                self.system,
                self.mode,
                pool,
                Repository(
                    self.system,
                    tuple(self.read_functions),
                    self.typed_prefix,
                    shifts_amounts=self.amounts == "shifted",
                ),
                ReadSettings(
                    Policies(self.dates, self.times, self.amounts, self.refused),
                    self.page_rows,
                    self.connections,
                ),
                frozenset(self.functions),
                call_timeout=self.call_timeout,
            )

    def load_driver(self) -> Driver:
        """The driver on the SDK that the settings name; for the sandbox, on the stand-in.

        Raises:
            SettingsError: the SDK or the driver is missing.
        """
        remedy = drivers.SANDBOX_REMEDY if self.mode == "sandbox" else drivers.REMEDY
        return drivers.load(self.driver, self.library, self.system, remedy)

    def _params(self) -> LogonParams:
        given = named({name: getattr(self, name) for name in PARAMETERS})
        return LogonParams(self.system, checked(self.system, given), self.ini_path or None)
