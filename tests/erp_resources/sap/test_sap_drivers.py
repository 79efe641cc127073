"""A missing SDK or driver is an error with its remedy; one driver never stands in for another."""

import sys
import tomllib
from pathlib import Path

import pytest

import erp_rfc
from erp_resources.errors import SettingsError
from erp_resources.sap import drivers
from tests.erp_resources.sap.systems import library, resource
from tests.standin.build import ROOT


def test_a_missing_sdk_is_named_with_the_remedy() -> None:
    library("native")
    with pytest.raises(SettingsError) as raised:
        drivers.load("native", "/nowhere/libsapnwrfc.so", "sap")
    assert "sap: /nowhere/libsapnwrfc.so" in str(raised.value)
    assert "download the NW RFC SDK" in str(raised.value)


def test_the_sandbox_without_its_stand_in_is_told_what_builds_it() -> None:
    library("native")
    missing = resource("00", library="/nowhere/libsapnwrfc.so")
    said = r"g\+\+ and what `make standin` builds"
    with pytest.raises(SettingsError, match=said), missing.connector():
        pytest.fail("connected to nothing")


def test_a_library_that_is_no_sdk_is_refused(tmp_path: Path) -> None:
    library("native")
    other = tmp_path / "libsapnwrfc.so"
    other.write_bytes(b"no library")
    with pytest.raises(SettingsError, match="download the NW RFC SDK"):
        drivers.load("native", str(other), "sap")


def test_without_the_native_reader_its_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp_rfc, "import_problem", lambda: "No module named 'erp_rfc._core'")
    with pytest.raises(SettingsError, match=r"No module named .* install a C\+\+ compiler"):
        drivers.load("native", "libsapnwrfc.so of nobody", "sap")


def test_without_pyrfc_its_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    path = library("native")
    monkeypatch.setitem(sys.modules, "pyrfc", None)
    with pytest.raises(SettingsError, match=r"pyrfc is not usable.*Cython below 3\.1"):
        drivers.load("pyrfc", path, "sap without pyrfc")


def test_pyrfc_without_an_sdk_is_told_so_though_its_import_succeeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = library("native")
    monkeypatch.setitem(sys.modules, "pyrfc", sys)  # any module without Connection
    with pytest.raises(SettingsError, match="cannot load the NW RFC SDK"):
        drivers.load("pyrfc", path, "sap with half a pyrfc")


def test_a_driver_is_loaded_once_and_knows_its_sdk() -> None:
    path = library("native")
    found = drivers.load("native", path, "sap")
    assert found is drivers.load("native", path, "sap")
    assert found.version[0] == 7500


def test_a_driver_is_told_with_the_release_of_its_sdk() -> None:
    found = drivers.load("native", library("native"), "sap")
    said = drivers.described("native", found)
    assert said == f"driver native, NW RFC SDK 7.50 patch level {found.version[2]}"


def test_pyrfc_is_an_extra_of_one_release_and_in_no_default_environment() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (pin,) = project["optional-dependencies"]["sap"]
    assert pin.startswith("pyrfc==")
    assert pin in (ROOT / "cpp" / "standin" / "pyrfc" / "requirements.in").read_text().split()
    assert pin.replace("pyrfc", "pip install pyrfc") in (ROOT / "docs" / "sap.md").read_text()
    others = [*project["dependencies"], *(ROOT / "requirements.lock").read_text().splitlines()]
    assert not any(line.startswith("pyrfc") for line in others)
