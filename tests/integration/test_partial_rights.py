"""One forbidden table of twenty-nine: the others land, and the run says which one did not."""

import sys
from pathlib import Path

import dagster as dg
import pytest

from tests.integration.project import Finished, erp, new_home, run
from tests.integration.real_systems import FORBIDDEN, real_systems

TABLES = 29


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished, Finished]:
    """An instance after one run of all SQL Server tables; what the run and the doctor said."""
    home = new_home(tmp_path_factory.mktemp("rights") / "home")
    command = [sys.executable, "-m", "dagster", "asset", "materialize"]
    selection = ["--select", 'key:"raw/sqlserver/*"', "-m", "erp_assets.definitions"]
    with real_systems("right-1", "right-2", "right-3") as real:
        finished = run([*command, *selection], home, **real.environment)
        return home, finished, erp("doctor", home=home, **real.environment)


def test_the_run_fails_and_names_the_table_and_the_missing_right(
    refused: tuple[Path, Finished, Finished],
) -> None:
    _, finished, _ = refused
    said = finished.stdout + finished.stderr
    assert finished.returncode != 0
    for part in (FORBIDDEN, "SELECT permission was denied", "229"):
        assert part in said


def test_every_other_table_has_landed_with_its_check_passed(
    refused: tuple[Path, Finished, Finished],
) -> None:
    home, _, _ = refused
    with dg.DagsterInstance.from_config(str(home)) as instance:
        keys = {key for key in instance.all_asset_keys() if key.path[:2] == ["raw", "sqlserver"]}
        landed = {key for key in keys if instance.get_latest_materialization_event(key)}
    assert len(landed) == TABLES - 1
    assert dg.AssetKey(["raw", "sqlserver", "vendtrans"]) not in landed


def test_the_doctor_says_what_it_reads_through_and_finds_no_right_to_write(
    refused: tuple[Path, Finished, Finished],
) -> None:
    _, _, doctor = refused
    assert doctor.returncode == 0
    assert "Microsoft SQL Server" in doctor.stdout
    assert "read point snapshot" in doctor.stdout
    assert "can do more than read" not in doctor.stdout
