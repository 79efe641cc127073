"""``erp demo``: every asset with its checks, in one run of a Dagster instance that keeps it."""

import re
import socket
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from deltalake import DeltaTable

from erp_assets.definitions import defs
from erp_assets.defs.resources import SYSTEMS
from tests.integration.project import HAS_SAP, DemoRun, demo, erp, new_home, run, summary_of

FIELDS = {
    "assets",
    "rows",
    "checks_passed",
    "checks_failed",
    "seconds",
    "trial_balance_difference",
    "stock_value",
}
KEYS = sorted(
    key for key in defs().resolve_all_asset_keys() if HAS_SAP or key.path[:2] != ["raw", "sap"]
)
RAW = [key for key in KEYS if key.path[0] == "raw"]
READ_POINT = {"oracle": r"scn \d+", "sqlserver": r"snapshot \d+", "sap": "statement"}
MARTS = [key for key in KEYS if key.path[0] == "mart"]

ONE_ROW_MORE = """
import dataclasses
from erp_assets.cli import main
from erp_resources.oracle.reader import OracleConnector

counted = OracleConnector.control_totals

def one_row_more(self, query, *arguments):
    totals = counted(self, query, *arguments)
    return dataclasses.replace(totals, rows=totals.rows + (query.source.table == "GL_LEDGERS"))

OracleConnector.control_totals = one_row_more
main()
"""


@pytest.fixture(scope="module")
def instance(demo_run: DemoRun) -> Iterator[dg.DagsterInstance]:
    """The instance that the demonstration filled, opened again."""
    with dg.DagsterInstance.from_config(str(demo_run.home)) as instance:
        yield instance


def table(home: Path, key: dg.AssetKey) -> DeltaTable:
    return DeltaTable(home.joinpath("storage", *key.path))


def materialized(instance: dg.DagsterInstance, key: dg.AssetKey) -> tuple[str, dict[str, Any]]:
    """The run that made an asset, and what it recorded."""
    event = instance.get_latest_materialization_event(key)
    assert event is not None, f"{key.to_user_string()} was never materialized"
    assert event.asset_materialization is not None
    return event.run_id, dict(event.asset_materialization.metadata)


def test_the_summary_has_its_seven_figures_and_no_check_failed(demo_run: DemoRun) -> None:
    summary = demo_run.summary
    assert set(summary) == FIELDS
    assert summary["assets"] == len(KEYS)
    assert summary["checks_passed"] == len(RAW) + 3
    assert summary["checks_failed"] == 0
    assert summary["trial_balance_difference"] == 0
    assert summary["stock_value"] > 0
    assert summary["rows"] > (780_000 if HAS_SAP else 490_000)


def test_the_figures_are_those_of_the_lake(demo_run: DemoRun) -> None:
    tables = [pl.scan_delta(str(table(demo_run.home, key).table_uri)) for key in KEYS]
    rows = sum(int(frame.select(pl.len()).collect().item()) for frame in tables)
    assert demo_run.summary["rows"] == rows
    valuation = pl.read_delta(table(demo_run.home, MARTS[0]).table_uri)
    assert Decimal(str(demo_run.summary["stock_value"])) == valuation["stock_amount"].sum()


def test_the_printed_table_names_every_asset_and_figure(demo_run: DemoRun) -> None:
    for key in KEYS:
        assert key.to_user_string() in demo_run.output
    for name, value in demo_run.summary.items():
        assert re.search(rf"{name.replace('_', ' ')} +{re.escape(str(value))}", demo_run.output)
    assert "make dev" in demo_run.output


def test_everything_is_one_run_that_the_instance_keeps(instance: dg.DagsterInstance) -> None:
    (kept,) = instance.get_runs()
    assert kept.status == dg.DagsterRunStatus.SUCCESS
    assert {materialized(instance, key)[0] for key in KEYS} == {kept.run_id}


@pytest.mark.parametrize("key", RAW, ids=lambda key: "_".join(key.path[1:]))
def test_a_raw_table_records_where_when_and_what_it_read(
    instance: dg.DagsterInstance, demo_run: DemoRun, key: dg.AssetKey
) -> None:
    _, facts = materialized(instance, key)
    assert re.fullmatch(READ_POINT[key.path[1]], facts["read_point"].value)
    assert facts["source"].value == "sandbox"
    rows = facts["dagster/row_count"].value
    assert rows == table(demo_run.home, key).to_pyarrow_dataset().count_rows()
    assert rows > 0
    assert facts["bytes"].value > 0
    assert facts["seconds"].value > 0
    columns = facts["dagster/column_schema"].schema.columns
    assert all(column.description for column in columns)
    assert 0 < len(facts["preview"].records) <= 10
    assert set(facts["preview"].records[0].data) == {column.name for column in columns}


def test_no_process_of_the_sandbox_is_left_behind(demo_run: DemoRun) -> None:
    found = re.search(r"sandbox is up \(pid (\d+), (.*)\)", demo_run.output)
    assert found is not None
    command = Path("/proc", found[1], "cmdline")
    assert not command.exists() or "erp_resources.sandbox" not in command.read_text()
    ports = re.findall(r"on port (\d+)", found[2])
    assert len(ports) == len(SYSTEMS)
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(port))) != 0


def test_a_failed_check_is_a_failed_command_that_publishes_nothing_and_harms_no_later_run(
    demo_run: DemoRun, tmp_path: Path
) -> None:
    home = demo_run.copied(tmp_path / "home")
    command = [sys.executable, "-c", ONE_ROW_MORE, "demo", "--folder", str(home / "demo")]
    finished = run(command, home)
    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert "gl_ledgers: reconciled FAILED: 2 rows read, the source counts 3" in finished.stdout
    assert summary_of(home)["checks_failed"] == 1
    ledgers, balance = dg.AssetKey(["raw", "oracle", "gl_ledgers"]), MARTS[1]
    assert table(home, ledgers).version() == table(home, balance).version() == 0

    again = demo(home)
    assert again.summary | {"seconds": 0} == demo_run.summary | {"seconds": 0}
    assert table(home, ledgers).version() == table(home, balance).version() == 1
    assert table(home, MARTS[0]).version() == 2


def test_a_system_without_a_driver_is_left_out_and_the_others_run(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    finished = erp(
        "demo",
        "--folder",
        str(home / "demo"),
        home=home,
        ERP_SQLSERVER_DRIVER="ODBC Driver 99 for SQL Server",
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "sqlserver is left out: " in finished.stdout
    assert "tdsodbc" in finished.stdout
    oracle = [key for key in KEYS if key.path[:2] != ["raw", "sqlserver"]]
    assert summary_of(home)["assets"] == len(oracle)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"ORACLE_MODE": "real"},
            ["ERP_ORACLE_HOST", "ERP_ORACLE_PASSWORD", "ERP_ORACLE_MODE=real"],
        ),
        (
            {f"ORACLE_{name}": "x" for name in ("HOST", "SERVICE", "USER", "PASSWORD")}
            | {"ORACLE_MODE": "real"},
            ["reads the sandbox", "oracle is real"],
        ),
        (
            {f"{system.upper()}_MODE": "off" for system in SYSTEMS},
            ["reads the sandbox", *(f"{system} is off" for system in SYSTEMS)],
        ),
    ],
    ids=["real_without_settings", "real", "off"],
)
def test_a_system_that_is_not_the_sandbox_is_refused_in_one_sentence_and_never_replaced_by_it(
    tmp_path: Path, variables: dict[str, str], words: list[str]
) -> None:
    settings = {f"ERP_{name}": value for name, value in variables.items()}
    finished = erp("demo", "--folder", str(tmp_path / "demo"), home=tmp_path, **settings)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    for word in words:
        assert word in finished.stderr
    assert "sandbox is up" not in finished.stdout
    assert not (tmp_path / "demo").exists()
    assert not (tmp_path / "storage").exists()
