"""Which implementation runs, and that the package works without the C++ extension."""

import os
from pathlib import Path

import pytest

import erp_kernels
from tests.without_cpp import copy_without_extension, python


@pytest.fixture
def without_core(tmp_path: Path) -> Path:
    """A folder to import erp_kernels from, in which the extension was never built."""
    return copy_without_extension(erp_kernels, tmp_path)


VALUE_TWICE = """
import sys
import erp_kernels, polars as pl
movements = pl.DataFrame({
    "item_id": [1], "moved_at": [1], "sequence_id": [1], "moved_qty": [2], "unit_cost_amount": [3],
})
for _ in range(2):
    print(erp_kernels.fifo_valuation(movements, amount_decimals=0).items["stock_amount"][0])
print(erp_kernels.implementation())
"""


def test_the_package_works_without_the_extension_and_says_so_once(without_core: Path) -> None:
    result = python(VALUE_TWICE, without_core, USE_CPP_ACCELERATION="")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("kernels_run_without_cpp") == 1
    values = [line for line in result.stdout.splitlines() if "kernels_run" not in line]
    assert values == ["6", "6", "reference"]


def test_insisting_on_an_extension_that_is_not_there_is_refused(without_core: Path) -> None:
    code = "import erp_kernels; erp_kernels.implementation('cpp')"
    assert "the C++ kernels cannot be imported" in python(code, without_core).stderr


def test_the_environment_switches_the_extension_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USE_CPP_ACCELERATION", "False")
    assert erp_kernels.implementation() == "reference"


@pytest.mark.usefixtures("cpp")
def test_the_extension_runs_where_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("USE_CPP_ACCELERATION", raising=False)
    assert erp_kernels.implementation() == "cpp"
    assert erp_kernels.implementation("reference") == "reference"


@pytest.mark.skipif(
    os.environ.get("ERP_REQUIRE_CPP") != "1", reason="ERP_REQUIRE_CPP=1 demands the extension"
)
def test_the_extension_is_there_where_it_is_required() -> None:
    assert erp_kernels.implementation("cpp") == "cpp"


def test_importing_the_package_does_not_import_polars(without_core: Path) -> None:
    code = "import sys, erp_kernels; sys.exit('polars' in sys.modules or 'pyarrow' in sys.modules)"
    result = python(code, without_core)
    assert result.returncode == 0, result.stderr
