"""Runs the project's own commands the way a user does, in folders of the test's own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

import erp_rfc
from erp_assets.cli.background import Background, port_variable
from erp_assets.defs.resources import SYSTEMS
from tests.standin.build import standin

PROJECT = Path(__file__).parents[2]
COMMAND_SECONDS = 900
OUTPUT = "demo.txt"
"""What a demonstration that succeeded printed, in its home."""
HAS_SAP = erp_rfc.import_problem() is None
"""Whether SAP can be read here, which needs a C++ compiler; if not, the others are."""
Finished = subprocess.CompletedProcess[str]


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

    @classmethod
    def read(cls, home: Path) -> "Self | None":
        """What ``demo`` left in ``home``; ``None`` before it has succeeded there."""
        output = home / OUTPUT
        return cls(home, output.read_text(), summary_of(home)) if output.exists() else None

    def copied(self, to: Path) -> Path:
        """A home of the test's own that has seen the same run."""
        return Path(shutil.copytree(self.home, to, symlinks=True))


def run(command: list[str], home: Path, **variables: str) -> Finished:
    """Run a command from the project's folder with its environment active; output is text."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "DAGSTER_HOME": str(home)} | variables
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def erp(*arguments: str, home: Path, **variables: str) -> Finished:
    """Run the ``erp`` command with a Dagster instance of its own."""
    return run([sys.executable, "-m", "erp_assets.cli", *arguments], home, **variables)


@contextmanager
def sandbox(folder: Path) -> Iterator[dict[str, int]]:
    """A sandbox process of a test's own, on free ports; the port of each system."""
    if HAS_SAP:
        standin()
    background = Background(folder)
    with pytest.MonkeyPatch.context() as patch:
        for system in SYSTEMS:
            patch.setenv(port_variable(system), "0")
        background.up()
    try:
        yield background.ports
    finally:
        background.down()


def new_home(folder: Path) -> Path:
    """An empty Dagster instance with the project's settings."""
    folder.mkdir()
    (folder / "dagster.yaml").symlink_to(PROJECT / "dagster.yaml")
    return folder


def summary_of(home: Path) -> dict[str, Any]:
    """The figures that the demonstration wrote."""
    summary: dict[str, Any] = json.loads((home / "demo" / "summary.json").read_text())
    return summary


def demo(home: Path) -> DemoRun:
    """Run the demonstration once; fails the test with its output if it fails."""
    if HAS_SAP:
        standin()
    finished = erp("demo", "--folder", str(home / "demo"), home=home)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    (home / OUTPUT).write_text(finished.stdout)
    return DemoRun(home, finished.stdout, summary_of(home))
