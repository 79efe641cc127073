"""What the Oracle connector does beyond the contract of all connectors."""

import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import TableQuery
from erp_resources.errors import InvalidQuery
from tests.erp_resources.subjects import EXPECTED, SCHEMA, TABLE, oracle


def test_without_a_right_on_v_database_the_read_point_comes_from_the_clock() -> None:
    with oracle(denied="V$DATABASE") as source:
        orders = TableQuery(source.connector.describe(SCHEMA, TABLE))
        with source.connector.read_point() as point:
            source.write(f"DELETE FROM {SCHEMA}.{TABLE}")
            rows = source.connector.scan(orders, point).collect().sort("ORDER_ID")
    assert point.kind == "scn"
    assert_frame_equal(rows, EXPECTED)


def test_the_sandbox_refuses_the_scn_of_a_past_time_that_it_cannot_know() -> None:
    with oracle() as source, pytest.raises(InvalidQuery, match="ORA-03001"):
        source.connector.execute("SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP - 1) FROM dual")
