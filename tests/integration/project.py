"""Runs the project's own commands the way a user does, in folders of the test's own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class DemoRun:
    """One finished ``erp demo`` and the Dagster instance that it filled."""

    home: Path
    output: str
    summary: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead a command to the same instance."""
        return {"DAGSTER_HOME": str(self.home)}


def erp(*arguments: str, home: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the ``erp`` command with a Dagster instance of its own; its output is text."""
    environment = os.environ | {"DAGSTER_HOME": str(home)} | variables
    return subprocess.run(
        [sys.executable, "-m", "erp_assets.cli", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def demo(home: Path) -> DemoRun:
    """Run the demonstration once; fails the test with its output if it fails."""
    finished = erp("demo", "--folder", str(home / "demo"), home=home)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    summary = json.loads((home / "demo" / "summary.json").read_text())
    return DemoRun(home, finished.stdout, summary)
