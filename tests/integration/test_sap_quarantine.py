"""A table with cells that SAP could not send: published with a warning, from SAP into Delta."""

import json
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from erp_assets.components.partitions import MonthlyLoad
from erp_assets.components.raw_asset import CHECK, RawTable, raw_asset
from erp_assets.defs import resources
from erp_resources.connector import REFUSED_COLUMN
from erp_resources.lake import DeltaIOManager
from erp_resources.sandbox.database import Database
from erp_resources.sap import SapResource
from tests.erp_resources.sandbox.sap import tables
from tests.erp_resources.sap.conftest import OLD
from tests.erp_resources.sap.systems import SapSystem, running
from tests.faults.load_lake import Lake, materialization

KEY = ("MANDT", "ID")
COLUMNS = ("MANDT", "ID", "DAY", "AMOUNT", "SMALL")


@pytest.fixture
def system() -> Iterator[SapSystem]:
    """SAP with a table of three rows; the amount of the third has no place in a line."""
    with closing(Database()) as database:
        tables.load(database)
        with running(database, OLD) as running_system:
            yield running_system


@pytest.fixture
def quarantining(system: SapSystem) -> SapResource:
    return system.resource(refused="quarantine", amounts="stored")


def declared(resource: SapResource, **facts: object) -> RawTable:
    with resource.connector() as connector:
        source = connector.describe("SAP", "ZTYPES")
    given = {"primary_key": KEY, "columns": COLUMNS, "totals": ("AMOUNT", "SMALL")} | facts
    return RawTable("sap", source, "Types; one row per test.", **given)  # type: ignore[arg-type]


def check_of(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    (check,) = result.get_asset_check_evaluations()
    assert check.check_name == CHECK
    return check


def test_rows_with_refused_cells_are_published_with_a_warning(
    quarantining: SapResource, tmp_path: Path
) -> None:
    lake = Lake(tmp_path, declared(quarantining))
    result = lake.load(quarantining)
    assert result.success

    check = check_of(result)
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.metadata["quarantined_rows"].value == 1
    assert check.metadata["sum_AMOUNT"].value == "12.25"
    assert str(check.description).startswith("1 rows hold cells that are no value of their type")
    assert REFUSED_COLUMN in str(check.description)

    rows = lake.rows()
    assert rows["AMOUNT"].to_list() == [Decimal("12.30"), Decimal("-0.05"), None]
    assert [text and json.loads(text) for text in rows[REFUSED_COLUMN]] == [
        None, None, {"AMOUNT": "*99.99-"},
    ]  # fmt: skip
    columns = materialization(result)["dagster/column_schema"].value.columns
    (described,) = [column.description for column in columns if column.name == REFUSED_COLUMN]
    assert "as the source sent them" in described


def test_what_follows_a_table_with_refused_cells_is_made_in_the_same_run(
    quarantining: SapResource, tmp_path: Path
) -> None:
    table = declared(quarantining)

    @dg.asset(ins={"types": dg.AssetIn(table.key)})
    def sound_rows(types: pl.LazyFrame) -> pl.LazyFrame:
        return types.filter(pl.col(REFUSED_COLUMN).is_null())

    bound = {"sap": quarantining, "io_manager": DeltaIOManager(base_dir=str(tmp_path))}
    result = dg.materialize([raw_asset(table), sound_rows], resources=bound)
    assert result.success
    assert pl.scan_delta(str(tmp_path / "sound_rows")).collect()["ID"].to_list() == ["0001", "0002"]


def test_a_table_that_was_mended_passes_and_an_earlier_one_takes_the_column(
    system: SapSystem, quarantining: SapResource, tmp_path: Path
) -> None:
    lake = Lake(tmp_path, declared(quarantining))
    assert not lake.load(system.resource(amounts="stored")).success
    assert lake.version() is None

    system.write("ZTYPES", "UPDATE {} SET AMOUNT = 1 WHERE ID = '0003'")
    plain = lake.load(system.resource(amounts="stored"))
    assert "quarantined_rows" not in check_of(plain).metadata
    assert REFUSED_COLUMN not in lake.rows().columns

    mended = lake.load(quarantining)
    assert check_of(mended).passed
    assert check_of(mended).metadata["quarantined_rows"].value == 0
    assert lake.rows()[REFUSED_COLUMN].null_count() == 3


def test_a_real_finding_publishes_nothing_whatever_is_in_quarantine(
    quarantining: SapResource, tmp_path: Path
) -> None:
    lake = Lake(tmp_path, declared(quarantining, primary_key=("MANDT",)))
    result = lake.load(quarantining)
    assert not result.success
    check = check_of(result)
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert str(check.description).startswith("2 rows repeat a primary key; 1 rows hold cells")
    assert lake.version() is None


def test_a_refused_date_that_says_in_which_month_a_row_is_loaded_publishes_nothing(
    system: SapSystem, quarantining: SapResource, tmp_path: Path
) -> None:
    system.write("ZTYPES", "UPDATE {} SET DAY = '20230231' WHERE ID = '0001'")
    months = MonthlyLoad(column="DAY", start="2023-02", end="2023-03")
    lake = Lake(tmp_path, declared(quarantining, months=months))
    result = dg.materialize(
        [raw_asset(lake.asset)],
        partition_key="2023-02-01",
        resources={"sap": quarantining, "io_manager": DeltaIOManager(base_dir=str(tmp_path))},
        raise_on_error=False,
    )
    assert not result.success
    assert str(check_of(result).description).startswith("1 rows belong to no partition")
    assert lake.version() is None


@pytest.mark.parametrize("mode", ["sandbox", "real"])
def test_the_environment_chooses_the_quarantine(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"HOST": "sap.example.com", "SYSTEM_NUMBER": "00", "CLIENT": "100", "USER": "READER"}
    real = given | {"PASSWORD": "s3cret"} if mode == "real" else {}
    for name, value in (real | {"MODE": mode, "REFUSED": "quarantine"}).items():
        monkeypatch.setenv(f"ERP_SAP_{name}", value)
    resources.read_settings_again()
    try:
        found = resources.resource("sap")
        assert isinstance(found, SapResource)
        assert found.refused == "quarantine"
    finally:
        resources.read_settings_again()
