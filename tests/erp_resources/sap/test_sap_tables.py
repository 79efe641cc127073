"""The headquarters' tables, read over the wire, are the rows that the sandbox holds."""

from collections.abc import Iterator

import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import TableQuery
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD, TYPED, WIDE
from tests.erp_resources.sap.headquarters import TABLES, comparable, expected
from tests.erp_resources.sap.systems import SapSystem, running

INSTALLATIONS = {
    "lines": OLD,
    "lines in any order": ANY_ORDER,
    "strings": Installation(),
    "wide lines": WIDE,
    "typed": TYPED,
}
ALSO = ("BKPF", "BSEG", "CDPOS", "FAGLFLEXT", "MSEG", "T001", "T006", "VBFA")
"""Tables that are read in all of them: large, wide, with long keys, with floats."""
READS = [
    (way, name)
    for way in INSTALLATIONS
    for name in (ALSO if way in ("lines in any order", "wide lines") else TABLES)
]
NOT_IN_LINES = {"T006": {"ADDKO", "TEMP_VALUE"}, "VBFA": {"RFMNG_FLO"}}
"""Columns with a number that is longer than its place in a line, and with floats."""


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, company: Database) -> Iterator[SapSystem]:
    with running(company, INSTALLATIONS[request.param]) as running_system:
        yield running_system


@pytest.fixture(scope="module")
def connector(system: SapSystem) -> Iterator[SapConnector]:
    with system.resource(page_rows=20_000).connector() as connector:
        yield connector


@pytest.mark.parametrize(("system", "name"), READS, indirect=["system"])
def test_a_table_is_read_exactly(connector: SapConnector, system: SapSystem, name: str) -> None:
    schema = connector.describe("SAP", name)
    is_typed = bool(system.installation.typed_tables)
    left_out = set() if is_typed else NOT_IN_LINES.get(name, set())
    columns = tuple(each.name for each in schema.columns if each.name not in left_out)
    rows = connector.scan(TableQuery(schema, columns)).collect()
    assert rows.schema == connector.scan(TableQuery(schema, columns)).collect_schema()
    assert_frame_equal(
        comparable(rows, schema).sort(schema.primary_key),
        expected(name, schema).select(columns).sort(schema.primary_key),
    )
    assert bool(system.calls(f"Z_ERP_READ_{name}")) == is_typed


def test_pages_are_no_longer_than_they_may_be(company: Database) -> None:
    for installation in INSTALLATIONS.values():
        with running(company, installation) as system:
            with system.resource(page_rows=999).connector() as connector:
                schema = connector.describe("SAP", "VBAP")
                query = TableQuery(schema, ("VBELN", "POSNR", "NETWR"))
                rows = connector.scan(query).collect()
            assert rows.unique(["VBELN", "POSNR"]).height == rows.height == schema.rows == 7246
            reads = system.calls("RFC_READ_TABLE") + system.calls("Z_ERP_READ_VBAP")
            assert reads >= 8, "rows come in several calls"
