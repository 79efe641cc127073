"""``erp demo``: every asset with its checks, in one run on the sandbox, and its figures."""

import json
import logging
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
import typer

import erp_kernels
from erp_assets.cli.background import Background, port_variable
from erp_assets.cli.home import BUILD
from erp_resources.errors import SettingsError

if TYPE_CHECKING:
    import polars as pl

FOLDER = BUILD / "demo"
TRIAL_BALANCE = "mart/ledger/trial_balance"
STOCK_VALUATION = "mart/inventory/stock_valuation"


@dataclass(frozen=True)
class Summary:
    """What one demonstration run did; the amounts are in the ledgers' currencies."""

    assets: int
    rows: int
    checks_passed: int
    checks_failed: int
    seconds: float
    trial_balance_difference: float | None
    stock_value: float | None


def demo(folder: Path = FOLDER) -> None:
    """Materialize every asset with its checks in one run on the sandbox; print the figures."""
    _require_sandbox()
    _leave_out_undriven()
    with _sandbox(folder / "sandbox"):
        from erp_assets.definitions import defs

        definitions = defs()
        with dg.DagsterInstance.get() as instance:
            began = time.perf_counter()
            result = _materialize_all(definitions, instance)
            seconds = time.perf_counter() - began
            logging.disable(logging.DEBUG)  # not earlier: events of the run are debug lines, too
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


def _leave_out_undriven() -> None:
    """Turn systems off whose driver this machine lacks, and say what installs it."""
    from erp_assets.defs.resources import SYSTEMS, connector, mode_of, read_settings_again

    for system, declared in SYSTEMS.items():
        if mode_of(system) == "off":
            continue
        try:
            with connector(system):
                pass  # no session yet: only the driver is looked for
        except SettingsError as error:
            typer.echo(f"{system} is left out: {error}")
            os.environ[f"{declared.prefix}MODE"] = "off"
    read_settings_again()


@contextmanager
def _sandbox(folder: Path) -> Iterator[None]:
    """A sandbox of this run's own, on a free port, so that nothing else can be in its way."""
    from erp_assets.defs.resources import SYSTEMS

    os.environ |= {port_variable(system): "0" for system in SYSTEMS}
    background = Background(folder)
    background.down()
    typer.echo(background.up())
    background.lead_here()
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
        checks_failed=sum(_is_failed(check) for check in checks),
        seconds=round(seconds, 2),
        trial_balance_difference=_figure(landed, definitions, instance, TRIAL_BALANCE, _difference),
        stock_value=_figure(landed, definitions, instance, STOCK_VALUATION, _stock_value),
    )


def _figure(
    landed: Collection[str],
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    mart: str,
    total: "Callable[[pl.LazyFrame], pl.LazyFrame]",
) -> float | None:
    """The headline of a mart, to the cent; ``None`` if this run did not make it."""
    if mart not in landed:
        return None
    import polars as pl

    key = dg.AssetKey(mart.split("/"))
    loaded = definitions.load_asset_value(key, python_type=pl.LazyFrame, instance=instance)
    return round(float(total(cast("pl.LazyFrame", loaded)).collect().item() or 0), 2)


def _difference(balance: "pl.LazyFrame") -> "pl.LazyFrame":
    """What debits and credits differ by, over all ledgers and periods; none offsets another."""
    import polars as pl

    from erp_assets.defs.mart.ledger import unbalanced_periods

    return unbalanced_periods(balance).select(pl.col("net_amount").abs().sum())


def _stock_value(valuation: "pl.LazyFrame") -> "pl.LazyFrame":
    import polars as pl

    return valuation.select(pl.col("stock_amount").sum())


def _report(result: dg.ExecuteInProcessResult, summary: Summary) -> None:
    for name, facts in sorted(_landed(result).items()):
        rows, seconds = facts["dagster/row_count"].value, facts["seconds"].value
        typer.echo(f"{name:<50} {rows:>9,} rows {seconds:>7.2f} s")
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            name = f"{check.asset_key.to_user_string()}: {check.check_name}"
            verdict, color = ("FAILED", "red") if _is_failed(check) else ("WARNS", "yellow")
            typer.secho(f"{name} {verdict}: {check.description}", fg=color)
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        cause = error.cause or error if error else None
        typer.secho(f"{event.step_key} FAILED: {cause.message if cause else ''}".strip(), fg="red")
    typer.echo(f"\n{'kernels':<28} {erp_kernels.implementation()}")
    for name, value in asdict(summary).items():
        typer.echo(f"{name.replace('_', ' '):<28} {value}")
    typer.echo("\nmake dev    opens the Dagster UI on http://127.0.0.1:3000 with this run in it")


def _is_failed(check: dg.AssetCheckEvaluation) -> bool:
    return not check.passed and check.severity is dg.AssetCheckSeverity.ERROR


def _landed(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """What each materialized asset said of itself; a load of many partitions says it once."""
    return {
        event.asset_key.to_user_string(): dict(
            event.step_materialization_data.materialization.metadata
        )
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
