"""The package can be imported without the C++ extension, and then names the remedy."""

import os
from pathlib import Path

import pytest

import erp_rfc
from tests.without_cpp import copy_without_extension, python


@pytest.fixture
def without_core(tmp_path: Path) -> Path:
    """A folder to import erp_rfc from, in which the extension was never built."""
    return copy_without_extension(erp_rfc, tmp_path)


def test_what_needs_no_extension_remains(without_core: Path) -> None:
    code = (
        "from erp_rfc import Cut, Function, RfcError, import_problem, reference\n"
        "lines = reference.pl.Series(['0042'])\n"
        "print(reference.decode_lines(lines, [Cut('ID', 0, 4, 'int')]).frame['ID'][0])\n"
        "print(import_problem())"
    )
    result = python(code, without_core)
    assert result.stdout.splitlines() == ["42", "No module named 'erp_rfc._core'"], result.stderr


@pytest.mark.parametrize(
    "code", ["from erp_rfc import Library", "import erp_rfc; erp_rfc.decode_lines([], [])"]
)
def test_what_is_missing_says_what_to_install(without_core: Path, code: str) -> None:
    error = python(code, without_core).stderr.splitlines()[-1]
    assert error.startswith("ImportError: ")
    assert "No module named 'erp_rfc._core'; install a C++ compiler and erp-assets again" in error


def test_an_unknown_name_is_an_attribute_error(without_core: Path) -> None:
    error = python("import erp_rfc; erp_rfc.nothing", without_core).stderr
    assert "AttributeError: module 'erp_rfc' has no attribute 'nothing'" in error


def test_importing_the_package_does_not_import_polars(without_core: Path) -> None:
    code = "import sys, erp_rfc; sys.exit('polars' in sys.modules or 'pyarrow' in sys.modules)"
    result = python(code, without_core)
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(
    os.environ.get("ERP_REQUIRE_CPP") != "1", reason="ERP_REQUIRE_CPP=1 demands the extension"
)
def test_the_extension_is_there_where_it_is_required() -> None:
    assert erp_rfc.import_problem() is None
