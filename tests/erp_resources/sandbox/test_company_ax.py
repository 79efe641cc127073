"""The rows of the sandbox's AX companies: as declared, with AX's conventions."""

import datetime as dt

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from erp_resources.sandbox.company import ax, masters
from erp_resources.sandbox.company.arrays import arrow_type
from erp_resources.sandbox.company.ax import enterprise, keys
from tests.erp_resources.sandbox.company_ax_frames import declarations, frames, rows

NAMES = sorted(table.name for table in ax.tables())
PER_COMPANY = sorted(
    table.name for table in ax.tables() if any(c.name == "DATAAREAID" for c in table.columns)
)
OF_FIXED_SIZE = {
    "DATAAREA",
    "LEDGER",
    "MAINACCOUNT",
    "EXCHANGERATECURRENCYPAIR",
    "EXCHANGERATE",
    "INVENTDIM",
}
NEVER = dt.datetime(1900, 1, 1)


def generated(scale: int = 1, seed: int = ax.SEED) -> dict[str, pa.Table]:
    return {table.name: made for table, made in ax.generate(scale, seed)}


def test_rows_grow_in_proportion_to_the_scale() -> None:
    twice = generated(scale=2)
    for name in set(NAMES) - OF_FIXED_SIZE:
        ratio = twice[name].num_rows / rows()[name].num_rows
        assert 1.9 < ratio < 2.1, f"{name}: {ratio:.3f}"
    for name in OF_FIXED_SIZE:
        assert twice[name].equals(rows()[name]), name
    assert 200_000 < sum(table.num_rows for table in rows().values()) < 270_000


@pytest.mark.parametrize("name", ["CUSTTABLE", "DIRPARTYTABLE", "ECORESPRODUCT"])
def test_a_larger_company_begins_with_the_masters_of_a_smaller_one(name: str) -> None:
    small, large = rows()[name], generated(scale=2)[name]
    known = enterprise.found(1, ax.SEED).customers.known
    count = len(known) if name == "DIRPARTYTABLE" else small.num_rows
    assert large.slice(0, count).equals(small.slice(0, count))


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_as_declared_and_never_null(name: str) -> None:
    table, made = declarations()[name], rows()[name]
    made.validate(full=True)
    assert made.schema.names == [column.name for column in table.columns]
    assert table.schema == "dbo"
    assert table.comment.endswith(".")
    for column in table.columns:
        values = made[column.name]
        assert values.type == arrow_type(column.type), column.name
        assert column.comment.endswith("."), column.name
        assert not column.nullable, column.name
        expected = made.num_rows if column.type == "timestamp" else 0
        assert values.null_count == expected, column.name


@pytest.mark.parametrize("name", NAMES)
def test_texts_fit_and_have_no_blank_at_their_end(name: str) -> None:
    for column in declarations()[name].columns:
        if column.type.startswith("nvarchar("):
            values = rows()[name][column.name]
            texts = pc.unique(values).to_pylist()
            length = max(len(text.encode("utf-16-le")) // 2 for text in texts)
            assert length <= int(column.type[9:-1]), column.name
            assert not pc.any(pc.ends_with(values, " ")).as_py(), column.name


@pytest.mark.parametrize("name", NAMES)
def test_primary_keys_and_record_numbers_are_unique(name: str) -> None:
    made = frames()[name]
    assert not made.select(declarations()[name].primary_key).is_duplicated().any()
    assert made["RECID"].n_unique() == made.height
    assert made["RECID"].min() >= 5_637_144_576  # type: ignore[operator]
    assert made["PARTITION"].unique().to_list() == [5_637_144_576]


@pytest.mark.parametrize("name", NAMES)
def test_foreign_keys_lead_somewhere(name: str) -> None:
    for reference in declarations()[name].foreign_keys:
        target = declarations()[reference.table]
        columns = list(reference.columns)
        wanted = frames()[name].select(columns).unique()
        assert not wanted.is_empty(), reference
        targets = frames()[reference.table].select(target.primary_key)
        lost = wanted.join(targets, left_on=columns, right_on=target.primary_key, how="anti")
        assert lost.is_empty(), reference


@pytest.mark.parametrize("name", PER_COMPANY)
def test_rows_belong_to_a_legal_entity_other_than_dat(name: str) -> None:
    only_plant = name in {"BOM", "BOMTABLE", "BOMVERSION"}
    entities = {"plt1"} if only_plant else {"plt1", "plt2"}
    assert set(frames()[name]["DATAAREAID"]) == entities
    assert set(frames()["DATAAREA"]["ID"]) == {"dat", "plt1", "plt2"}


@pytest.mark.parametrize("name", NAMES)
def test_rows_change_after_they_are_created_and_only_then_have_another_version(name: str) -> None:
    changed = pl.col("MODIFIEDDATETIME") > pl.col("CREATEDDATETIME")
    made = frames()[name]
    assert made.filter(pl.col("MODIFIEDDATETIME") < pl.col("CREATEDDATETIME")).is_empty()
    assert made.filter(changed & (pl.col("RECVERSION") == 1)).is_empty()
    assert made.filter(~changed & (pl.col("RECVERSION") != 1)).is_empty()


def test_dates_have_no_time_and_what_has_not_happened_is_1900() -> None:
    moved = frames()["INVENTTRANS"]
    for name in ("DATEPHYSICAL", "DATEFINANCIAL", "DATEEXPECTED"):
        assert (moved[name].dt.time() == dt.time(0)).all(), name
    not_invoiced = moved.filter(pl.col("DATEFINANCIAL") == NEVER)
    assert 0 < not_invoiced.height < moved.height // 10
    assert set(not_invoiced["VOUCHER"]) == {""}
    assert frames()["CUSTTRANS"].filter(CLOSED=NEVER).height > 100


def test_masters_and_documents_are_change_tracked() -> None:
    assert all(table.change_tracking for table in ax.tables())


def test_identities_look_like_guids_and_are_unique() -> None:
    both = pl.concat([frames()[name]["SYNCENTITYID"] for name in ("CUSTTABLE", "VENDTABLE")])
    pattern = r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$"
    assert both.str.contains(pattern).all()
    assert both.n_unique() == len(both)


@pytest.mark.parametrize(
    ("table", "companies"),
    [
        ("CUSTTABLE", masters.customers(900, ax.SEED)),
        ("VENDTABLE", masters.suppliers(300, ax.SEED)),
    ],
)
def test_an_account_leads_to_its_canonical_company(
    table: str, companies: masters.Companies
) -> None:
    accounts = rows()[table]
    positions = keys.account_positions(accounts["ACCOUNTNUM"].combine_chunks())
    assert 0 <= positions.min() <= positions.max() < len(companies.name)
    digits = pc.replace_substring_regex(companies.tax_id, r"\D", "").take(pa.array(positions))
    written = pc.replace_substring_regex(accounts["VATNUM"], r"\D", "").combine_chunks()
    known = pc.not_equal(written, "")
    assert pc.all(pc.equal(written.filter(known), digits.filter(known))).as_py()
    assert pc.min(pc.cast(known, pa.int8())).as_py() == 0, "some tax numbers are missing"


def test_names_differ_from_the_canonical_ones_but_not_all_of_them() -> None:
    accounts = frames()["CUSTTABLE"].select("ACCOUNTNUM", "PARTY").unique()
    named = accounts.join(frames()["DIRPARTYTABLE"], left_on="PARTY", right_on="RECID")
    positions = keys.account_positions(pa.array(named["ACCOUNTNUM"].to_list()))
    canonical = masters.customers(900, ax.SEED).name.take(pa.array(positions)).to_pylist()
    same = sum(mine == theirs for mine, theirs in zip(named["NAME"], canonical, strict=True))
    assert 0 < same < named.height // 5
    assert named["NAME"].str.contains("GMBH & CO KG").any()
    assert named["NAME"].str.contains(", ", literal=True).any()
    polish = [name for name in canonical if "Ł" in name]
    assert 0 < named["NAME"].str.contains("Ł").sum() < len(polish) // 4


def test_account_numbers_do_not_follow_the_canonical_order() -> None:
    positions = np.arange(500)
    for numbers in (keys.customer_numbers(positions), keys.vendor_numbers(positions)):
        assert numbers.to_pylist() != sorted(numbers.to_pylist())
        assert (keys.account_positions(numbers) == positions).all()


def test_an_item_number_leads_to_its_canonical_item_in_three_spellings() -> None:
    items, numbers = masters.items(1350, ax.SEED), rows()["INVENTTABLE"]["ITEMID"].combine_chunks()
    codes = items.code.take(pa.array(keys.item_positions(numbers)))
    letters = pc.utf8_upper(pc.replace_substring_regex(numbers, r"[.-]", ""))
    assert letters.equals(pc.replace_substring(codes, "-", ""))
    for pattern in (r"^[A-Z]{2}\.\d+$", r"^[A-Z]{2}\d+$", r"^[a-z]{2}-\d+$"):
        assert pc.any(pc.match_substring_regex(numbers, pattern)).as_py(), pattern


def test_some_customers_are_unknown_and_some_known_to_both_companies() -> None:
    customers = frames()["CUSTTABLE"]
    assert customers["ACCOUNTNUM"].n_unique() == 900 - 900 // 29
    both = customers.group_by("ACCOUNTNUM").agg(pl.col("PARTY").n_unique(), pl.len())
    assert both.filter(pl.col("len") == 2).height > 50
    assert both["PARTY"].unique().to_list() == [1]
