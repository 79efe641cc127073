"""The commands of Dagster that users run on the project are clean."""

import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["check yaml", "check defs", "list defs"])
def test_dg_finds_nothing_to_complain_about(command: str, tmp_path: Path) -> None:
    finished = subprocess.run(
        ["dg", *command.split()],
        cwd=PROJECT,
        env=os.environ | {"DAGSTER_HOME": str(tmp_path), "PATH": _path()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Error" not in finished.stdout


def _path() -> str:
    import sys

    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
