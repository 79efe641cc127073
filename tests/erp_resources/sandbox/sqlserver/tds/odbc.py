"""The real ODBC drivers, and the connection strings that they want."""

from dataclasses import dataclass

import pytest

from erp_resources.errors import SettingsError
from erp_resources.odbc.drivers import find
from tests.erp_resources.sandbox.sqlserver.tds.scripted import DATABASE, PASSWORD, USER

PLAIN = {"UID": "plain", "PWD": "secret"}
"""A login without letters that arrow-odbc's narrow calls garble under FreeTDS."""

DRIVERS = {"microsoft": "ODBC Driver 18 for SQL Server", "freetds": "FreeTDS"}


@dataclass(frozen=True)
class OdbcDriver:
    """One of the drivers."""

    name: str
    attribute: str

    @property
    def is_microsoft(self) -> bool:
        return self.name == "microsoft"

    def connection_string(self, port: int, **settings: str) -> str:
        """A connection string; ``settings`` replace or add attributes."""
        attributes = {
            "Driver": f"{{{self.attribute}}}",
            "UID": USER,
            "PWD": f"{{{PASSWORD}}}",
            "Database": DATABASE,
        }
        if self.is_microsoft:
            attributes |= {"Server": f"127.0.0.1,{port}", "Encrypt": "no"}
        else:
            attributes |= {"Server": "127.0.0.1", "Port": str(port), "TDS_Version": "7.4"}
            attributes |= {"ClientCharset": "UTF-8"}
        attributes |= settings
        return ";".join(f"{name}={value}" for name, value in attributes.items())


def driver(name: str) -> OdbcDriver:
    """The driver of that short name; skips the test where it is not installed."""
    try:
        return OdbcDriver(name, find(DRIVERS[name]).attribute)
    except SettingsError as error:
        pytest.skip(str(error))
