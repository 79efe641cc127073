"""A loading process that is killed leaves the old rows readable; the next run just works."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.load_lake import Lake
from tests.faults.load_source import ROWS, lake_of, source

PROJECT = Path(__file__).parents[2]
SLOW_FETCH_SECONDS = 0.1
"""Per batch, so that most of a load is landing."""
LOAD_SECONDS = 0.9
TRIALS = 3
LOADER = "from tests.faults.load_source import land_for_ever; land_for_ever(int({}), {!r})"


def killed_while_loading(port: int, lake: Lake, delay: float) -> None:
    """Start a process that loads again and again; kill it ``delay`` s after its first load."""
    code = LOADER.format(port, str(lake.folder))
    command = [sys.executable, "-W", "ignore", "-c", code]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("landed" in line for line in process.stdout)
            time.sleep(delay)
        finally:
            process.kill()
    assert process.returncode == -9


@pytest.mark.parametrize("trial", range(TRIALS))
def test_a_process_killed_in_the_middle_of_a_landing_harms_nobody(
    tmp_path: Path, trial: int
) -> None:
    lake, everything = lake_of(tmp_path), list(range(1, ROWS + 1))
    delay = random.Random().uniform(trial, trial + 1) * LOAD_SECONDS / TRIALS  # noqa: S311 - no secret
    with source() as origin:
        origin.faults.arm("slow", seconds=SLOW_FETCH_SECONDS, times=None)
        killed_while_loading(origin.port, lake, delay)
        version, orphans = lake.version(), lake.staged() - lake.published()
        print(f"killed {delay:.3f} s into a load: {len(orphans)} orphans")  # noqa: T201 - figure
        assert version is not None
        assert lake.rows()["ID"].to_list() == everything

        origin.faults.clear()
        assert lake.load(origin.resource()).success
        assert lake.version() == version + 1
        assert lake.rows()["ID"].to_list() == everything
        assert lake.staged() - lake.published() == orphans
