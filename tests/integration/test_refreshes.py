"""What the clock and the changes of the source start, on the code location as it is deployed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from erp_assets.defs.resources import connector as connector_of
from erp_assets.refresh import range_tags
from erp_resources.connector import Connector
from erp_resources.sandbox.company import ebs
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.landscape import ORACLE
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.settings import SandboxSettings

NIGHT = datetime(2026, 3, 1, 2, tzinfo=UTC)
LINES = dg.AssetKey(["raw", "oracle", "gl_je_lines"])
LEDGERS = dg.AssetKey(["raw", "oracle", "gl_ledgers"])
NEWEST = ["2026-01-01", "2026-02-01"]


@dataclass(frozen=True)
class Source:
    """The sandbox's company in this process, and another account's hand on it."""

    port: int
    engine: OracleEngine

    def write(self, sql: str) -> None:
        """Change something and commit."""
        session = self.engine.session("WRITER")
        session.execute(sql, [])
        session.commit()
        session.close()


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    """One source for all tests: each changes a table of its own."""
    database = Database()
    for table, rows in ebs.generate(SandboxSettings().scale, SandboxSettings().seed):
        database.load(table, rows)
    users = {name: User(name) for name in (ORACLE.user, "WRITER")}
    engine = OracleEngine(database, users)
    accounts = {ORACLE.user: ORACLE.password}
    with OracleServer(engine.session, accounts, service=ORACLE.service) as server:
        yield Source(server.port, engine)
    database.close()


@pytest.fixture
def definitions(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    """The code location, bound to the sandbox and to a lake of the test's own."""
    from erp_assets.definitions import defs

    monkeypatch.setenv("ERP_SANDBOX_ORACLE_PORT", str(source.port))
    monkeypatch.setenv("ERP_LAKE_PATH", str(tmp_path / "lake"))
    return defs()


@pytest.fixture
def connector(definitions: dg.Definitions) -> Iterator[Connector]:
    """What the sensor gets as its resource."""
    assert definitions.resources
    with connector_of("oracle") as connector:
        yield connector


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A Dagster instance of the test's own."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


def nightly(definitions: dg.Definitions, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    """What the schedule asks for in one night."""
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=NIGHT,
        repository_def=definitions.get_repository_def(),
    )
    schedule = definitions.resolve_schedule_def("nightly_oracle")
    return list(schedule.evaluate_tick(context).run_requests or ())


def look(
    definitions: dg.Definitions,
    connector: Connector,
    instance: dg.DagsterInstance,
    cursor: str | None,
) -> tuple[list[dg.RunRequest], str]:
    """One look of the sensor: what it asks for, and the cursor for the next one."""
    sensor = definitions.resolve_sensor_def("oracle_changes")
    with dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        repository_def=definitions.get_repository_def(),
        resources={"oracle": connector},
    ) as context:
        tick = sensor.evaluate_tick(context)
    assert tick.cursor is not None
    return list(tick.run_requests or ()), tick.cursor


def started(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    request: dg.RunRequest,
    name: str | None,
) -> dg.ExecuteInProcessResult:
    """The run that a request asks for, as the daemon would start it."""
    assert name is not None
    return definitions.resolve_job_def(name).execute_in_process(
        instance=instance,
        asset_selection=request.asset_selection,
        tags=dict(request.tags),
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def test_a_night_asks_for_every_whole_table_in_one_run_and_for_the_newest_months(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    whole, months = nightly(definitions, instance)
    keys = definitions.resolve_all_asset_keys()
    raw = {key for key in keys if key.path[:2] == ["raw", "oracle"]}
    assert set(whole.asset_selection or ()) == raw - {LINES}
    assert months.asset_selection == [LINES]
    assert range_tags(*NEWEST).items() <= months.tags.items()
    assert whole.run_key != months.run_key


def test_a_night_that_is_evaluated_twice_asks_for_the_same_runs(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    first, second = nightly(definitions, instance), nightly(definitions, instance)
    assert [request.run_key for request in first] == [request.run_key for request in second]


def test_the_run_that_a_night_asks_for_loads_the_newest_months(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    connector: Connector,
    source: Source,
    tmp_path: Path,
) -> None:
    for late, day in (("2026-01-15", "2025-12-30"), ("2026-02-02", "2025-12-31")):
        source.write(
            f"UPDATE GL.GL_JE_LINES SET EFFECTIVE_DATE = DATE '{late}' "
            f"WHERE EFFECTIVE_DATE = DATE '{day}'"
        )
    _, months = nightly(definitions, instance)
    job = definitions.resolve_schedule_def("nightly_oracle").job_name
    assert started(definitions, instance, months, job).success
    landed = pl.scan_delta(str(tmp_path.joinpath("lake", *LINES.path)))
    counted = landed.group_by("_partition").len().sort("_partition").collect()
    assert counted["_partition"].to_list() == NEWEST
    ((rows,),) = connector.execute(
        "SELECT COUNT(*) FROM GL.GL_JE_LINES WHERE EFFECTIVE_DATE >= DATE '2026-01-01' "
        "AND EFFECTIVE_DATE < DATE '2026-03-01'"
    )
    assert counted["len"].sum() == rows > 0


def test_the_first_look_asks_for_everything_and_the_next_for_nothing(
    definitions: dg.Definitions, connector: Connector, instance: dg.DagsterInstance
) -> None:
    first, cursor = look(definitions, connector, instance, None)
    assert sum(len(request.asset_selection or ()) for request in first) == len(json.loads(cursor))
    assert look(definitions, connector, instance, cursor) == ([], cursor)


def test_a_look_asks_for_exactly_the_table_that_changed_and_its_run_succeeds(
    definitions: dg.Definitions,
    connector: Connector,
    instance: dg.DagsterInstance,
    source: Source,
) -> None:
    _, cursor = look(definitions, connector, instance, None)
    source.write("UPDATE GL.GL_LEDGERS SET DESCRIPTION = 'renamed' WHERE LEDGER_ID = 2021")
    (request,), _ = look(definitions, connector, instance, cursor)
    assert request.asset_selection == [LEDGERS]
    job = definitions.resolve_sensor_def("oracle_changes").job_name
    assert started(definitions, instance, request, job).success
    landed = definitions.load_asset_value(LEDGERS, python_type=pl.LazyFrame, instance=instance)
    assert isinstance(landed, pl.LazyFrame)
    renamed = landed.filter(pl.col("DESCRIPTION") == "renamed").collect()
    assert renamed["LEDGER_ID"].to_list() == [2021]


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("DELETE FROM GL.GL_DAILY_RATES WHERE FROM_CURRENCY = 'EUR'", "gl_daily_rates"),
        ("UPDATE GL.GL_JE_LINES SET DESCRIPTION = 'x' WHERE JE_LINE_NUM = 2", "gl_je_lines"),
    ],
    ids=["deleted_rows", "a_partitioned_table"],
)
def test_a_look_that_is_repeated_with_the_old_cursor_asks_for_the_same_run(
    definitions: dg.Definitions,
    connector: Connector,
    instance: dg.DagsterInstance,
    source: Source,
    change: str,
    table: str,
) -> None:
    _, cursor = look(definitions, connector, instance, None)
    source.write(change)
    first, moved = look(definitions, connector, instance, cursor)
    again, _ = look(definitions, connector, instance, cursor)
    (request,) = first
    assert request.asset_selection == [dg.AssetKey(["raw", "oracle", table])]
    assert [request.run_key] == [repeated.run_key for repeated in again]
    assert look(definitions, connector, instance, moved) == ([], moved)
