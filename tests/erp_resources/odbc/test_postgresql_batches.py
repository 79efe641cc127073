"""Batches from a real PostgreSQL: their buffers and their order, and what they leave behind."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from erp_resources.errors import ErpError, InvalidQuery, ValueDoesNotFit
from erp_resources.odbc.batches import BATCH_BYTES, Limits, Request, batches
from erp_resources.odbc.dialect import Statement
from erp_resources.odbc.reader import OdbcConnector
from erp_resources.odbc.standard import LONGEST_BUFFERED
from tests.erp_resources.odbc.conftest import query, read
from tests.erp_resources.postgresql import READER, READER_PASSWORD, Database

ROOT = Path(__file__).parents[3]
MOST_CHARACTERS = 10_485_760
"""Of a ``varchar(n)`` in PostgreSQL."""


def limits(connector: OdbcConnector, *columns: str) -> Limits:
    """The buffers of a read of some columns of table ``t``."""
    wanted = query(connector, columns=columns)
    fetched = [part for column in wanted.selected for part in connector.dialect.fetched(column)]
    with connector.pool.connection() as session:
        return connector._limits(session, wanted, None, fetched)


def test_wide_declarations_do_not_swell_the_buffers(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    columns = ", ".join(f"x{number} varchar(4000)" for number in range(5))
    pg.write(f"CREATE TABLE {t} ({columns})")
    pg.write(f"INSERT INTO {t} SELECT 'a' FROM generate_series(1, 5000)")
    text = f"SELECT * FROM {t}"
    request = Request(Statement(text), lambda described: described, 10.0, limits=Limits(4000))
    with connector.pool.connection() as session:
        heights = [batch.num_rows for batch in batches(session, request)]
    assert sum(heights) == 5000
    assert max(heights) * 5 * 2 * 4000 <= BATCH_BYTES
    assert read(connector).height == 5000


def test_rows_keep_their_order_over_many_batches(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer, s text)")
    pg.write(f"INSERT INTO {t} SELECT i, repeat('z', i % 50) FROM generate_series(1, 45000) i")
    frame = read(connector)
    assert frame["x"].to_list() == list(range(1, 45001))
    assert frame["s"].str.len_chars().to_list() == [i % 50 for i in range(1, 45001)]


def test_an_error_that_somebody_keeps_holds_no_lock(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer)")
    pg.write(f"INSERT INTO {t} VALUES (1), (0)")
    kept = []
    for expression in ("1 / x", "CAST(x AS bigint)"):
        request = Request(Statement(f"SELECT {expression} AS x FROM {t}"), refuse_bigints, 10.0)
        with connector.pool.connection() as session, pytest.raises(ErpError) as raised:
            list(batches(session, request))
        kept.append(raised)
    pg.write("SET lock_timeout = 5000")
    pg.write(f"DROP TABLE {t}")
    assert [error.type for error in kept] == [InvalidQuery, ValueDoesNotFit]


def refuse_bigints(described: pa.Schema) -> pa.Schema:
    if described.field(0).type == pa.int64():
        raise ValueDoesNotFit("too big")
    return described


def test_arrow_odbc_itself_still_squeezes_what_we_refuse(
    connector: OdbcConnector,
) -> None:
    """Why ``expect_fit`` exists: should this change one day, it can go."""
    narrow = lambda described: pa.schema([("x", pa.int32())])  # noqa: E731, ARG005
    request = Request(Statement("SELECT CAST(123456789012 AS bigint) AS x"), narrow, 10.0)
    with connector.pool.connection() as session:
        (batch,) = batches(session, request)
    assert batch.to_pydict() == {"x": [-1097262572]}


def test_long_declarations_get_the_room_that_their_values_take(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x varchar({MOST_CHARACTERS}), y varchar({MOST_CHARACTERS}))")
    pg.write(f"INSERT INTO {t} VALUES (repeat('ä😀', 20000), 'a')")
    room = limits(connector)
    assert 60_000 <= room.text < MOST_CHARACTERS / 20
    assert room.bytes == BATCH_BYTES
    assert read(connector).rows() == [("ä😀" * 20000, "a")]


def test_the_longest_value_is_asked_for_only_beyond_a_declared_length(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x varchar({LONGEST_BUFFERED}), y varchar({LONGEST_BUFFERED + 1}))")
    pg.write(f"INSERT INTO {t} VALUES ('a', 'b')")
    assert limits(connector, "x").text > LONGEST_BUFFERED
    assert limits(connector, "y").text < LONGEST_BUFFERED


def test_columns_that_are_not_read_get_no_room(
    pg: Database, connector: OdbcConnector, t: str
) -> None:
    pg.write(f"CREATE TABLE {t} (x integer, y varchar(5000), z varchar(10))")
    assert limits(connector).text > 10_000
    assert limits(connector, "x", "z").text < 1000


@pytest.mark.parametrize("more", ["", ", s text", ", s text, b bytea"])
def test_the_widest_row_that_can_be_declared_fits_the_buffer(
    pg: Database, connector: OdbcConnector, t: str, more: str
) -> None:
    columns = ", ".join(f"x{number} varchar({LONGEST_BUFFERED})" for number in range(1000))
    pg.write(f"CREATE TABLE {t} ({columns}{more})")
    pg.write(f"INSERT INTO {t} (x0) VALUES (repeat('😀', {LONGEST_BUFFERED}))")
    assert read(connector)["x0"].to_list() == ["😀" * LONGEST_BUFFERED]


PANICKING = """
import sys
from erp_resources.odbc import OdbcResource
from erp_resources.odbc.batches import Request, as_text, only_row
from erp_resources.odbc.dialect import Statement
resource = OdbcResource(mode="real", connection_string=sys.argv[1], user=sys.argv[2],
                        password=sys.argv[3])
with resource.connector() as connector, connector.pool.connection() as session:
    print(only_row(session, Request(Statement(sys.argv[4]), as_text, 10.0)))
"""


def test_arrow_odbc_itself_still_ends_the_process_at_a_negative_scale(pg: Database) -> None:
    """Why ``roomy`` exists: should this change one day, a part of it can go."""

    def run(expression: str) -> "subprocess.CompletedProcess[str]":
        account = (pg.connection_string, READER, READER_PASSWORD)
        command = [sys.executable, "-c", PANICKING, *account, f"SELECT {expression} AS x"]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

    assert run("CAST(12345 AS numeric(7,0))").stdout == "('12345',)\n"
    assert run("CAST(12345 AS numeric(5,-2))").returncode < 0
