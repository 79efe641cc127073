"""``erp demo``: every asset with its checks, in one run on the sandbox, and its figures."""

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import dagster as dg
import typer

from erp_assets.cli.background import Background
from erp_assets.cli.home import BUILD
from erp_resources.errors import SettingsError

FOLDER = BUILD / "demo"


@dataclass(frozen=True)
class Summary:
    """What one demonstration run did; the amounts are in the ledgers' currencies."""

    assets: int
    rows: int
    checks_passed: int
    checks_failed: int
    seconds: float
    trial_balance_difference: str
    stock_value: str


def demo(folder: Path = FOLDER) -> None:
    """Materialize every asset with its checks in one run on the sandbox; print the figures."""
    logging.getLogger("dagster").setLevel(logging.WARNING)
    _require_sandbox()
    with _sandbox(folder / "sandbox"):
        from erp_assets.definitions import defs

        definitions = defs()
        with dg.DagsterInstance.get() as instance:
            began = time.perf_counter()
            result = _materialize_all(definitions, instance)
            seconds = time.perf_counter() - began
            summary = _summary(definitions, instance, result, seconds)
    _report(result, summary)
    (folder / "summary.json").write_text(json.dumps(asdict(summary), indent=2) + "\n")
    raise typer.Exit(0 if result.success and not summary.checks_failed else 1)


def _require_sandbox() -> None:
    """Refuse, before anything starts, to run where the settings want something else.

    Raises:
        SettingsError: a setting is wrong, a system is real, or all are off.
    """
    from erp_assets.defs.resources import SYSTEMS, mode_of

    modes = {system: mode_of(system) for system in SYSTEMS}
    if "sandbox" not in modes.values() or "real" in modes.values():
        named = ", ".join(f"{system} is {mode}" for system, mode in modes.items())
        raise SettingsError(f"the demonstration reads the sandbox and nothing else, but {named}")


@contextmanager
def _sandbox(folder: Path) -> Iterator[None]:
    """A sandbox of this run's own, on a free port, so that nothing else can be in its way."""
    os.environ["ERP_SANDBOX_ORACLE_PORT"] = "0"
    background = Background(folder)
    background.down()
    typer.echo(background.up())
    os.environ["ERP_SANDBOX_ORACLE_PORT"] = str(background.port)
    try:
        yield
    finally:
        background.down()


def _materialize_all(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance,
        tags=_all_partitions(definitions),
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )


def _all_partitions(definitions: dg.Definitions) -> dict[str, str]:
    """Tags that make the one run load every partition of the partitioned tables."""
    from erp_assets.refresh import range_tags

    graph = definitions.resolve_asset_graph()
    ranges = {
        (keys[0], keys[-1])
        for partitions in graph.all_partitions_defs
        if (keys := partitions.get_partition_keys())
    }
    return range_tags(*ranges.pop()) if ranges else {}


def _summary(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    result: dg.ExecuteInProcessResult,
    seconds: float,
) -> Summary:
    landed = _landed(result)
    checks = result.get_asset_check_evaluations()
    return Summary(
        assets=len(landed),
        rows=sum(facts["dagster/row_count"].value for facts in landed.values()),
        checks_passed=sum(check.passed for check in checks),
        checks_failed=sum(not check.passed for check in checks),
        seconds=round(seconds, 2),
        trial_balance_difference=_total(
            definitions, instance, "ledger", "trial_balance", "net_amount"
        ),
        stock_value=_total(definitions, instance, "inventory", "stock_valuation", "stock_amount"),
    )


def _total(
    definitions: dg.Definitions, instance: dg.DagsterInstance, area: str, mart: str, column: str
) -> str:
    """The sum of a mart's column; ``none`` if the mart was never made."""
    import polars as pl

    key = dg.AssetKey(["mart", area, mart])
    if instance.get_latest_materialization_event(key) is None:
        return "none"
    loaded = definitions.load_asset_value(key, python_type=pl.LazyFrame, instance=instance)
    frame = cast("pl.LazyFrame", loaded)
    total: Decimal | None = frame.select(pl.col(column).sum()).collect().item()
    return f"{total or Decimal(0):.2f}"


def _report(result: dg.ExecuteInProcessResult, summary: Summary) -> None:
    for name, facts in sorted(_landed(result).items()):
        rows, seconds = facts["dagster/row_count"].value, facts["seconds"].value
        typer.echo(f"{name:<50} {rows:>9,} rows {seconds:>7.2f} s")
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            name = f"{check.asset_key.to_user_string()}: {check.check_name}"
            typer.secho(f"{name} FAILED: {check.description}", fg="red")
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        cause = error.cause or error if error else None
        typer.secho(f"{event.step_key} FAILED: {cause.message if cause else ''}".strip(), fg="red")
    typer.echo("")
    for name, value in asdict(summary).items():
        typer.echo(f"{name.replace('_', ' '):<28} {value}")
    typer.echo("\nmake dev    opens the Dagster UI on http://127.0.0.1:3000 with this run in it")


def _landed(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """What each materialized asset said of itself; a load of many partitions says it once."""
    return {
        event.asset_key.to_user_string(): dict(
            event.step_materialization_data.materialization.metadata
        )
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
