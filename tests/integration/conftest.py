"""One demonstration run, shared by all integration tests of a process."""

import pytest

from tests.integration.project import DemoRun, demo


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """``erp demo``, finished, on an instance of its own."""
    return demo(tmp_path_factory.mktemp("home"))
