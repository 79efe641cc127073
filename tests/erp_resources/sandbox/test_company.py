"""The rows of the sandbox's subsidiary: as declared, and as odd as real ones."""

import datetime as dt
from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from erp_resources.sandbox.company import ebs, masters
from erp_resources.sandbox.company.arrays import ZONED, arrow_type
from tests.erp_resources.sandbox.company_frames import after, declarations, frames

NAMES = sorted(table.name for table in ebs.tables())
CALENDARS = {"GL_LEDGERS", "GL_PERIODS", "GL_CODE_COMBINATIONS", "GL_DAILY_RATES", "GL_BALANCES"}


@pytest.fixture(params=[0, 5], ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the rows were generated."""
    with after(request.param):
        yield request.param


def generated(scale: int = 1, seed: int = 20260101) -> dict[str, pa.Table]:
    return {table.name: rows for table, rows in ebs.generate(scale, seed)}


def test_rows_grow_in_proportion_to_the_scale() -> None:
    twice = generated(scale=2)
    for name in set(NAMES) - CALENDARS:
        ratio = twice[name].num_rows / frames()[name].height
        assert 1.9 < ratio < 2.1, f"{name}: {ratio:.3f}"
    assert 230_000 < sum(frame.height for frame in frames().values()) < 270_000


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_as_declared(name: str) -> None:
    table, rows = declarations()[name], generated_once()[name]
    rows.validate(full=True)
    assert rows.schema.names == [column.name for column in table.columns]
    assert 10 <= len(table.columns) <= 32
    for column in table.columns:
        values = rows[column.name]
        assert values.type == arrow_type(column.type), column.name
        assert column.comment.endswith("."), column.name
        assert column.nullable or values.null_count == 0, column.name
        if column.type.startswith("VARCHAR2"):
            assert (pc.max(pc.binary_length(values)).as_py() or 0) <= int(column.type[9:-1])
        if values.type == pa.string():
            assert not pc.any(pc.equal(values, "")).as_py(), f"{column.name}: '' is NULL in Oracle"


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("name", NAMES)
def test_primary_keys_are_unique(name: str) -> None:
    table = declarations()[name]
    key = frames()[name].select(table.primary_key)
    assert not key.is_duplicated().any()
    assert sum(key.null_count().row(0)) == 0
    assert not any(column.nullable for column in table.columns if column.name in table.primary_key)


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("name", NAMES)
def test_foreign_keys_lead_somewhere(name: str) -> None:
    for reference in declarations()[name].foreign_keys:
        target = declarations()[reference.table]
        assert target.schema == reference.schema
        rows = frames()[name].select(reference.columns).drop_nulls().unique()
        assert not rows.is_empty(), reference
        targets = frames()[reference.table].select(target.primary_key)
        lost = rows.join(
            targets, left_on=reference.columns, right_on=target.primary_key, how="anti"
        )
        assert lost.is_empty(), reference


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"GL_BALANCES", "GL_CODE_COMBINATIONS"}))
def test_rows_change_after_they_are_created(name: str) -> None:
    changed = frames()[name].select(pl.col("LAST_UPDATE_DATE") - pl.col("CREATION_DATE"))
    assert changed.to_series().min() >= dt.timedelta(0)  # type: ignore[operator]


def test_unbounded_numbers_are_exact_decimals_of_both_signs() -> None:
    lengths = {"TRANSACTION_COST": 5, "TRANSACTION_QUANTITY": 3}
    moves = frames()["MTL_MATERIAL_TRANSACTIONS"]
    for name, decimals in lengths.items():
        texts = moves[name].drop_nulls().cast(pl.String).str.strip_chars_end("0")
        longest = texts.str.split(".").list.get(1).str.len_chars().max()
        assert longest == decimals, name
    assert set(moves["TRANSACTION_QUANTITY"].cast(pl.Float64).sign()) == {1.0, -1.0}


@pytest.mark.usefixtures("days")
def test_movements_have_the_sign_of_their_type_and_a_time_of_day() -> None:
    moves = frames()["MTL_MATERIAL_TRANSACTIONS"].sort("TRANSACTION_ID")
    kinds = {15: 1, 18: 1, 32: -1, 33: -1, 35: -1, 36: -1, 42: 1, 44: 1}
    signs = moves["TRANSACTION_TYPE_ID"].cast(pl.Int64).replace_strict(kinds)
    assert set(moves["TRANSACTION_TYPE_ID"].cast(pl.Int64)) == set(kinds)
    assert (signs == moves["TRANSACTION_QUANTITY"].cast(pl.Float64).sign()).all()
    assert moves["TRANSACTION_DATE"].is_sorted()
    assert moves.filter(pl.col("TRANSACTION_DATE").dt.time() != dt.time(0)).height > 30_000


def test_some_stock_is_negative_for_a_while_and_some_at_the_end() -> None:
    place = ["INVENTORY_ITEM_ID", "ORGANIZATION_ID", "SUBINVENTORY_CODE"]
    stock = (
        frames()["MTL_MATERIAL_TRANSACTIONS"]
        .sort("TRANSACTION_ID")
        .with_columns(pl.col("PRIMARY_QUANTITY").cum_sum().over(place).alias("stock"))
        .group_by(place)
        .agg(lowest=pl.col("stock").min(), last=pl.col("stock").last())
    )
    below_at_the_end = stock.filter(pl.col("last") < 0).height
    below_for_a_while = stock.filter((pl.col("lowest") < 0) & (pl.col("last") >= 0)).height
    assert 3 <= below_at_the_end < stock.height // 20
    assert 3 <= below_for_a_while < stock.height // 20


def test_some_items_never_move() -> None:
    items = frames()["MTL_SYSTEM_ITEMS_B"].filter(pl.col("ORGANIZATION_ID") == 120)
    idle = items.join(frames()["MTL_MATERIAL_TRANSACTIONS"], on="INVENTORY_ITEM_ID", how="anti")
    assert 5 < idle.height < items.height // 4


def test_bills_have_four_levels_and_no_cycle() -> None:
    bills = frames()["BOM_STRUCTURES_B"].select("BILL_SEQUENCE_ID", "ASSEMBLY_ITEM_ID")
    uses = frames()["BOM_COMPONENTS_B"].join(bills, on="BILL_SEQUENCE_ID")
    edges = uses.select("ASSEMBLY_ITEM_ID", "COMPONENT_ITEM_ID").unique()
    reached, levels = edges.select(pl.col("ASSEMBLY_ITEM_ID").alias("item")).unique(), 0
    while not reached.is_empty():
        assert levels <= 4, "a cycle"
        below = edges.join(reached, left_on="ASSEMBLY_ITEM_ID", right_on="item")
        reached = below.select(pl.col("COMPONENT_ITEM_ID").alias("item")).unique()
        levels += not reached.is_empty()
    assert levels == 4


def test_components_are_used_once_at_a_time_and_some_are_replaced() -> None:
    components = frames()["BOM_COMPONENTS_B"]
    until = pl.col("DISABLE_DATE").fill_null(dt.datetime(2099, 1, 1))
    spans = components.sort("BILL_SEQUENCE_ID", "ITEM_NUM", "EFFECTIVITY_DATE").with_columns(
        after=pl.col("EFFECTIVITY_DATE").shift(-1).over("BILL_SEQUENCE_ID", "ITEM_NUM")
    )
    assert components.filter(pl.col("EFFECTIVITY_DATE") >= until).is_empty()
    assert spans.filter(pl.col("after") < until).is_empty()
    assert components["DISABLE_DATE"].count() > 100
    assert components.filter(pl.col("COMPONENT_YIELD_FACTOR") < 1).height > 100


@pytest.mark.usefixtures("days")
def test_jobs_used_what_the_bill_of_their_day_says() -> None:
    moves = frames()["MTL_MATERIAL_TRANSACTIONS"]
    job = pl.col("TRANSACTION_SOURCE_ID")
    made = moves.filter(pl.col("TRANSACTION_TYPE_ID") == 44)
    used = moves.filter(pl.col("TRANSACTION_TYPE_ID") == 35)
    bills = frames()["BOM_STRUCTURES_B"].select("BILL_SEQUENCE_ID", "ASSEMBLY_ITEM_ID")
    wanted = (
        made.join(bills, left_on="INVENTORY_ITEM_ID", right_on="ASSEMBLY_ITEM_ID")
        .join(frames()["BOM_COMPONENTS_B"], on="BILL_SEQUENCE_ID")
        .filter(
            pl.col("TRANSACTION_DATE") >= pl.col("EFFECTIVITY_DATE"),
            pl.col("DISABLE_DATE").is_null()
            | (pl.col("TRANSACTION_DATE") < pl.col("DISABLE_DATE")),
        )
        .select(job, pl.col("COMPONENT_ITEM_ID").alias("INVENTORY_ITEM_ID"))
    )
    got = used.select(job, "INVENTORY_ITEM_ID")
    assert got.height > 5_000
    assert got.sort(pl.all()).equals(wanted.sort(pl.all()))


def test_names_come_in_many_scripts_and_with_awkward_characters() -> None:
    names = frames()["HZ_PARTIES"]["PARTY_NAME"]
    for sign in ("ß", "é", "ł", "株", "Π", "'", '"', "\t", "&"):
        assert names.str.contains(sign, literal=True).any(), repr(sign)
    assert names.str.ends_with(" ").any()
    assert "NULL Industries Inc." in names.to_list()


def test_segments_keep_their_leading_zeros() -> None:
    combinations = frames()["GL_CODE_COMBINATIONS"]
    for segment, digits in (("SEGMENT1", 2), ("SEGMENT2", 4), ("SEGMENT4", 3)):
        assert combinations[segment].str.starts_with("0").any()
        assert set(combinations[segment].str.len_chars()) == {digits}


def test_time_zones_differ_and_are_sometimes_missing() -> None:
    stamps = frames()["HZ_PARTIES"]["ORIG_SYSTEM_TIMESTAMP"]
    assert generated_once()["HZ_PARTIES"]["ORIG_SYSTEM_TIMESTAMP"].type == ZONED
    offsets = set(stamps.drop_nulls().struct.field("offset_minutes"))
    assert {-360, -210, 0, 60, 120, 330, 345, 540} <= offsets
    assert 0 < stamps.null_count() < len(stamps)
    microseconds = stamps.drop_nulls().struct.field("utc").dt.microsecond()
    assert microseconds.n_unique() > 1000


def test_some_notes_fill_four_thousand_bytes() -> None:
    lengths = frames()["AP_INVOICES_ALL"]["NOTES"].str.len_bytes()
    assert lengths.max() == 4000
    assert (lengths == 4000).sum() > 100
    assert lengths.null_count() > 0


def test_many_columns_have_both_values_and_nulls() -> None:
    mixed = [
        f"{name}.{column}"
        for name, frame in frames().items()
        for column in frame.columns
        if 0 < frame[column].null_count() < frame.height
    ]
    assert len(mixed) > 60


def test_masters_of_a_larger_company_begin_with_those_of_a_smaller_one() -> None:
    few, many = masters.customers(50, 1), masters.customers(500, 1)
    assert few.name.equals(many.name[:50])
    assert few.tax_id.equals(many.tax_id[:50])
    assert len(many.tax_id.unique()) == 500
    assert masters.items(90, 1).code.equals(masters.items(900, 1).code[:90])
    own, theirs = masters.customers(500, 1).tax_id, masters.suppliers(500, 1).tax_id
    assert not pc.any(pc.is_in(own, value_set=theirs)).as_py()


_ROWS: dict[str, pa.Table] = {}


def generated_once() -> dict[str, pa.Table]:
    if not _ROWS:
        _ROWS.update(generated())
    return _ROWS
