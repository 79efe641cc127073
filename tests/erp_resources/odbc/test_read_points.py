"""Moments that a session of a real PostgreSQL holds open."""

import polars as pl
import pytest

from erp_resources.errors import InvalidQuery
from erp_resources.odbc.reader import OdbcConnector
from tests.erp_resources.odbc.conftest import Connect, query
from tests.erp_resources.postgresql import READER, Database


def test_a_point_whose_block_has_ended_is_refused(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    with connector.read_point() as point:
        frame = connector.scan(query(connector), point)
    with pytest.raises(InvalidQuery, match="the read point is over"):
        frame.collect()


def test_the_snapshot_ends_with_the_block(pg: Database, connector: OdbcConnector, t: str) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    orders = query(connector)
    with connector.read_point() as point:
        connector.control_totals(orders, point)
    connector.ping()
    open_ = "SELECT COUNT(*) FROM pg_stat_activity WHERE usename = ? AND xact_start IS NOT NULL"
    assert pg.ask(open_, READER) == [(0,)]


def test_a_read_that_is_broken_off_leaves_the_point_usable(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} AS SELECT i AS x FROM generate_series(1, 50000) i")
    with connector.read_point() as point:
        first = connector.scan(query(connector), point).filter(pl.col("x") > 0).head(5).collect()
        assert first.height == 5
        pg.write(f"DELETE FROM {t} WHERE x > 7")
        assert connector.control_totals(query(connector), point).rows == 50000


def test_a_point_of_another_connector_is_refused(
    pg: Database, connector: OdbcConnector, connector_on: Connect, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    other = connector_on(system="other")
    with other.read_point() as point:
        with pytest.raises(InvalidQuery, match=r"^pg: read point .* is not of this connector"):
            connector.scan(query(connector), point).collect()
        with pytest.raises(InvalidQuery, match=r"^pg: read point .* is not of this connector"):
            connector.control_totals(query(connector), point)
        assert other.control_totals(query(other), point).rows == 0
