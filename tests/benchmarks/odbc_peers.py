"""The peers of the ODBC scans, each at its best documented settings.

Runs in the peers' environment too, so it imports nothing of the product.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.harness import PEERS, Answer, Argument, Case, Work
from tests.benchmarks.ours import landed

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy

Arguments = Mapping[str, Argument]

READ, LANDED = "read", "read to Delta"
"""The cases; in the second, too, whoever writes no Delta table only reads."""
REPEATS = 3
ARROW_ROWS = 10_000
FETCHED_ROWS = 20_000
CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class Table:
    """The table to read, in each peer's words.

    Attributes:
        connection_string: for ODBC.
        url: for connectorx, also inside dlt.
        sqlalchemy_url: for the rest of dlt.
        schema: where ``name`` is.
        name: of the table.
        reflects: whether SQLAlchemy can ask for its columns; the sandbox lacks some views.
    """

    connection_string: str
    url: str
    sqlalchemy_url: str
    schema: str
    name: str
    reflects: bool = True

    @property
    def statement(self) -> str:
        """What those who want SQL are given."""
        return f"SELECT * FROM {self.schema}.{self.name}"


def cases(
    benchmark: str, ours: str, given: Arguments, table: Table, megabytes: float
) -> list[Case]:
    """Every peer that is installed here, and us.

    Args:
        benchmark: its name.
        ours: the module whose ``scan`` and ``landed`` are us.
        given: their arguments.
        table: what all read.
        megabytes: its size.
    """
    measured = partial(Case, benchmark, repeats=REPEATS, megabytes=megabytes)
    apart = partial(measured, python=str(PEERS))
    rows = {"connection_string": table.connection_string, "statement": table.statement}
    stream = {"url": table.url, "statement": table.statement}
    source: Arguments = {
        "url": table.url,
        "sqlalchemy_url": table.sqlalchemy_url,
        "schema": table.schema,
        "table": table.name,
        "reflects": table.reflects,
    }
    reads = [
        measured(READ, "arrow_odbc", f"{__name__}:arrow_odbc", rows),
        measured(READ, "pyodbc", f"{__name__}:pyodbc", rows),
        measured(READ, "polars", f"{__name__}:polars", rows),
        measured(READ, "us", f"{ours}:scan", given),
    ]
    loads = [
        measured(LANDED, "arrow_odbc", f"{__name__}:arrow_odbc", rows),
        measured(LANDED, "pyodbc", f"{__name__}:pyodbc", rows),
        measured(LANDED, "us", f"{ours}:landed", given),
    ]
    if PEERS.exists():  # else `make bench-env` was not run
        reads.append(apart(READ, "connectorx", f"{__name__}:connectorx", stream))
        for backend in ("connectorx", "pyarrow"):
            chosen = {**source, "backend": backend}
            loads.append(apart(LANDED, f"dlt-{backend}", f"{__name__}:dlt", chosen))
    return reads + loads


def arrow_odbc(connection_string: str, statement: str) -> Work:
    """arrow-odbc's batches, thrown away; the most that anything on the driver can reach."""
    from arrow_odbc import TextEncoding, read_arrow_batches_from_odbc

    def work() -> Answer:
        reader = read_arrow_batches_from_odbc(
            statement,
            connection_string=connection_string,
            batch_size=ARROW_ROWS,
            payload_text_encoding=TextEncoding.UTF16,
        )
        return _drained(reader)

    return work


def pyodbc(connection_string: str, statement: str) -> Work:
    """Rows of pyodbc, each fetch made into a Polars frame and thrown away."""
    import polars as pl
    import pyodbc as driver

    def work() -> Answer:
        rows = total = 0
        connection = driver.connect(connection_string)
        cursor = connection.cursor().execute(statement)
        while fetched := cursor.fetchmany(FETCHED_ROWS):
            frame = pl.DataFrame([tuple(row) for row in fetched], orient="row")
            rows += frame.height
            total += int(frame.to_series(0).sum())
        connection.close()
        return Answer(rows, f"first column sums to {total}")

    return work


def polars(connection_string: str, statement: str) -> Work:
    """``polars.read_database``, which holds the whole table."""
    import polars as pl

    def work() -> Answer:
        frame = pl.read_database(statement, connection_string)
        return Answer(frame.height, f"first column sums to {int(frame.to_series(0).sum())}")

    return work


def connectorx(url: str, statement: str) -> Work:
    """Arrow batches of connectorx, thrown away; it does not use ODBC."""
    import connectorx as cx  # type: ignore[import-not-found]  # of the peers' environment

    def work() -> Answer:
        reader = cx.read_sql(url, statement, return_type="arrow_stream", batch_size=ARROW_ROWS)
        return _drained(reader)

    return work


def dlt(
    url: str, sqlalchemy_url: str, schema: str, table: str, reflects: bool, backend: str
) -> Work:
    """``sql_table`` of dlt into a Delta table on local disk."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt as loader  # type: ignore[import-not-found]  # of the peers' environment
    from dlt.destinations import filesystem  # type: ignore[import-not-found]
    from dlt.sources.sql_database import sql_table  # type: ignore[import-not-found]

    def work() -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            pipeline = loader.pipeline(
                "bench",
                destination=filesystem(f"file://{folder}/lake"),
                dataset_name="raw",
                pipelines_dir=f"{folder}/state",
            )
            source = sql_table(
                sqlalchemy_url,
                table,
                schema=schema,
                metadata=None if reflects else _columns(schema, table),
                backend=backend,
                chunk_size=CHUNK_ROWS,
                backend_kwargs={"conn": url} if backend == "connectorx" else None,
            )
            pipeline.run(source, table_format="delta", loader_file_format="parquet")
            return landed(Path(folder) / "lake" / "raw" / table.lower())

    return work


def _columns(schema: str, table: str) -> "sqlalchemy.MetaData":
    """What SQLAlchemy would find out about the order table."""
    import sqlalchemy as sa

    types: dict[str, sa.types.TypeEngine[Any]] = {
        "ID": sa.BigInteger(),
        "CUSTOMER_ID": sa.Integer(),
        "AMOUNT": sa.Numeric(12, 2),
        "NAME": sa.Unicode(40),
        "STATUS": sa.Unicode(10),
        "HASH": sa.Unicode(32),
        "ORDERED_ON": sa.Date(),
        "CHANGED_AT": sa.DateTime(),
        "SCORE": sa.Float(53),
        "OPTION_ID": sa.Integer(),
    }
    metadata = sa.MetaData(schema=schema)
    sa.Table(table, metadata, *(sa.Column(name, kind) for name, kind in types.items()))
    return metadata


def _drained(batches: "Iterable[pa.RecordBatch]") -> Answer:
    import pyarrow.compute as pc

    rows = total = 0
    for batch in batches:
        rows += batch.num_rows
        total += int(pc.sum(batch.column(0)).as_py() or 0)  # the last one may be empty
    return Answer(rows, f"first column sums to {total}")
