"""One demonstration run, shared by all integration tests, also by those of other workers."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.integration.project import DemoRun, demo


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """``erp demo``, finished, on an instance that tests read but do not change."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the folder that the workers of one pytest run share
    with Path(folder, "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return DemoRun.read(folder / "home") or demo(folder / "home")
