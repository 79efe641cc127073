"""Promises that every asset keeps, checked on the whole code location."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

import erp_assets.defs
from erp_assets.definitions import defs
from erp_assets.defs.resources import SYSTEMS

SPECS = {
    spec.key.to_user_string(): spec
    for spec in sorted(defs().resolve_all_asset_specs(), key=lambda spec: spec.key)
}
RAW = Path(next(iter(erp_assets.defs.__path__))) / "raw"
LOADING_SECONDS = 1.5


def in_a_new_process(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with nothing but the given variables and the path of programs."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("key", SPECS)
def test_an_asset_is_described_owned_and_grouped(key: str) -> None:
    spec = SPECS[key]
    assert spec.description, f"{key} has no description"
    assert spec.owners, f"{key} has no owner"
    assert spec.group_name != "default", f"{key} is in no group"


@pytest.mark.parametrize("key", [key for key in SPECS if key.startswith("raw/")])
def test_a_raw_asset_names_its_grain_key_and_source(key: str) -> None:
    assert "one row per" in str(SPECS[key].description)
    assert SPECS[key].metadata["primary_key"]
    assert SPECS[key].metadata["source_table"]


@pytest.mark.parametrize("key", [key for key in SPECS if key.startswith("raw/")])
def test_a_raw_asset_shows_its_columns_with_the_texts_of_the_dictionary(key: str) -> None:
    columns = SPECS[key].metadata["dagster/column_schema"].columns
    assert columns
    assert all(column.description for column in columns)


@pytest.mark.parametrize(
    "path", sorted(RAW.glob("*/*/defs.yaml")), ids=lambda path: str(path.relative_to(RAW))
)
def test_a_table_lives_in_the_folder_of_its_system(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text()):
        assert document["attributes"]["system"] == path.relative_to(RAW).parts[0]


def test_the_code_location_is_valid() -> None:
    dg.Definitions.validate_loadable(defs())


def test_definitions_load_without_network_and_environment_soon_after_the_imports() -> None:
    code = (
        "import time, dagster, dagster_polars, deltalake, polars, pydantic_settings, structlog\n"
        "import tenacity, erp_assets.definitions as location\n"
        "began = time.process_time(); location.defs(); print(time.process_time() - began)"
    )
    finished = in_a_new_process(code)
    assert finished.returncode == 0, finished.stderr
    seconds = float(finished.stdout)
    print(f"loading took {seconds:.2f} s of a core, aim {LOADING_SECONDS}")  # noqa: T201 - measured
    assert seconds < 5 * LOADING_SECONDS


NAMES = (
    "import erp_assets.definitions as l; "
    "print([key.to_user_string() for key in l.defs().resolve_all_asset_keys()])"
)


def test_a_system_that_is_off_loads_no_assets_nor_what_is_made_from_them() -> None:
    finished = in_a_new_process(NAMES, ERP_ORACLE_MODE="off")
    assert finished.returncode == 0, finished.stderr
    names = ast.literal_eval(finished.stdout)
    assert names
    assert not any(name.startswith(("raw/oracle/", "mart/")) for name in names)
    all_off = {f"ERP_{system.upper()}_MODE": "off" for system in SYSTEMS}
    finished = in_a_new_process(NAMES, **all_off)
    assert finished.stdout.strip() == "[]", finished.stderr


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ERP_ORACLE_MODE": "real"}, ["ERP_ORACLE_HOST", "ERP_ORACLE_PASSWORD"]),
        ({"ERP_ORACLE_HOST": "db1"}, ["ERP_ORACLE_HOST", "ERP_ORACLE_MODE"]),
        ({"ERP_ORACLE_MODE": "reel"}, ["ERP_ORACLE_MODE", "'off', 'sandbox' or 'real'"]),
        ({"ERP_ORACLE_POOL_SIZE": "0"}, ["ERP_ORACLE_POOL_SIZE", "greater than or equal to 1"]),
        ({"ERP_ORACLE_PORT": "x"}, ["ERP_ORACLE_PORT", "integer"]),
        ({"ERP_SQLSERVER_MODE": "real"}, ["ERP_SQLSERVER_HOST", "ERP_SQLSERVER_DATABASE"]),
        ({"ERP_SQLSERVER_ENCRYPT": "maybe"}, ["ERP_SQLSERVER_ENCRYPT", "'yes', 'no' or 'strict'"]),
        ({"ERP_SAP_HOST": "sap1"}, ["ERP_SAP_HOST", "ERP_SAP_MODE"]),
        ({"ERP_SAP_PAGE_ROWS": "1"}, ["ERP_SAP_PAGE_ROWS", "greater than or equal to 2"]),
        ({"ERP_LOG_FORMAT": "xml"}, ["ERP_LOG_FORMAT", "'console' or 'json'"]),
    ],
    ids=str,
)
def test_a_wrong_setting_names_its_variable_and_what_is_allowed(
    variables: dict[str, str], words: list[str]
) -> None:
    finished = in_a_new_process(NAMES, **variables)
    assert finished.returncode != 0
    for word in words:
        assert word in finished.stderr


def test_how_sap_is_read_can_be_set_for_the_sandbox_too() -> None:
    code = "import erp_assets.definitions as l; print(l.defs().resources['sap'])"
    settings = {"PAGE_ROWS": "500", "CONNECTIONS": "3", "TYPED_PREFIX": "ZR_", "DATES": "null"}
    finished = in_a_new_process(code, **{f"ERP_SAP_{k}": v for k, v in settings.items()})
    assert finished.returncode == 0, finished.stderr
    for word in ("page_rows=500", "connections=3", "typed_prefix='ZR_'", "dates='null'"):
        assert word in finished.stdout


def test_a_complete_real_system_loads_and_its_password_is_a_reference() -> None:
    secret = "hunter2-canary"  # the value must show nowhere
    code = NAMES + "; print(l.defs().resources['oracle'])"
    account = {"HOST": "db1", "SERVICE": "S", "USER": "u", "PASSWORD": secret, "MODE": "real"}
    finished = in_a_new_process(code, **{f"ERP_ORACLE_{k}": v for k, v in account.items()})
    assert finished.returncode == 0, finished.stderr
    assert "raw/oracle/gl_periods" in finished.stdout
    assert secret not in finished.stdout + finished.stderr
