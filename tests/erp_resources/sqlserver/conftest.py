"""The drivers that the tests run with; one that is not installed skips its tests and says why."""

import pytest

from erp_resources.errors import SettingsError
from erp_resources.odbc import drivers
from erp_resources.sqlserver.connection import is_freetds


def driver_named(name: str) -> str:
    """What the resource takes as ``driver``."""
    try:
        found = drivers.find({"microsoft": "SQL Server", "freetds": "FreeTDS"}[name])
    except SettingsError as error:
        pytest.skip(str(error))
    if is_freetds(found) != (name == "freetds"):
        pytest.skip(f"Microsoft's driver is missing; {drivers.INSTALL_HINTS['SQL Server']}")
    return found.attribute


@pytest.fixture(params=["microsoft", "freetds"])
def driver(request: pytest.FixtureRequest) -> str:
    """Each driver in its turn."""
    return driver_named(request.param)


@pytest.fixture
def microsoft() -> str:
    """Microsoft's driver, for what FreeTDS cannot do."""
    return driver_named("microsoft")


@pytest.fixture
def freetds() -> str:
    """FreeTDS, for what it alone does."""
    return driver_named("freetds")
