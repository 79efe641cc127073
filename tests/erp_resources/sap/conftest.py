"""The headquarters' system, read by the native driver."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import ADD_ONS, Installation
from erp_resources.sap.drivers import DriverName
from tests.erp_resources.sandbox.sap import tables
from tests.erp_resources.sap import headquarters
from tests.erp_resources.sap.systems import SapSystem, running

# The SDK keeps interfaces by system ID: systems that run at the same time have different ones.
OLD = Installation("OLD", returns_strings=False)
"""A release whose RFC_READ_TABLE knows neither ET_DATA nor GET_SORTED."""
ANY_ORDER = replace(OLD, is_unsorted=True)
WIDE = Installation("WID", returns_strings=False, add_ons=ADD_ONS)
"""With all functions that read tables."""
TYPED = Installation("TYP", typed_tables=frozenset(headquarters.TABLES))
"""With a typed function for each table of the headquarters."""

CURRENCIES = Table(
    "SAP", "TCURX", (Column("CURRKEY", "CUKY(5)"), Column("CURRDEC", "INT1")), ("CURRKEY",)
)


@pytest.fixture(params=["native", "pyrfc"])
def driver(request: pytest.FixtureRequest) -> DriverName:
    """Each of the two, for tests that hold of both."""
    found: DriverName = request.param
    return found


@pytest.fixture(scope="session")
def company() -> Iterator[Database]:
    """All tables of the headquarters, which tests leave as they are."""
    database = headquarters.load(Database())
    yield database
    database.close()


@pytest.fixture
def small() -> Iterator[Database]:
    """Small tables with every kind of cell, a test's own."""
    database = Database()
    tables.load(database)
    decimals = pa.array([0, 3], pa.int32())
    database.load(CURRENCIES, pa.table({"CURRKEY": ["JPY", "KWD"], "CURRDEC": decimals}))
    yield database
    database.close()


@pytest.fixture
def sap(small: Database) -> Iterator[SapSystem]:
    """A system on the small tables."""
    with running(small) as system:
        yield system
