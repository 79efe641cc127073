"""Business days of the AX companies; that their books hold after them is in their own tests."""

from collections import Counter
from dataclasses import dataclass

import polars as pl
import pytest

from erp_resources.sandbox.company import ax
from erp_resources.sandbox.company.ax.tick import AxBusiness
from tests.erp_resources.sandbox.company_ax_frames import (
    INVENTORY,
    WORK_IN_PROCESS,
    cents,
    declarations,
    frames_after,
    generated,
    units,
)
from tests.erp_resources.sandbox.company_frames import current_frames

NEVER = pl.datetime(1900, 1, 1)
MADE, USED, ABSORPTION = 2, 8, "510400"
TICKED = {
    "EXCHANGERATE", "LOGISTICSPOSTALADDRESS", "CUSTTABLE", "SALESTABLE", "SALESLINE", "PURCHTABLE",
    "PURCHLINE", "INVENTTRANSORIGIN", "INVENTTRANS", "INVENTSUM", "CUSTTRANS", "CUSTSETTLEMENT",
    "VENDTRANS", "VENDSETTLEMENT", "GENERALJOURNALENTRY", "GENERALJOURNALACCOUNTENTRY",
}  # fmt: skip


@dataclass
class Fortnight:
    """Ten business days: frames after some of them, and what the first five deleted by table."""

    business: AxBusiness
    frames: dict[int, dict[str, pl.DataFrame]]
    deleted: Counter[str]
    commits: int

    def new(self, table: str) -> pl.DataFrame:
        """Rows of a table that the ten days added, and that are still there."""
        return self.frames[10][table].join(frames_after(0)[table], on="RECID", how="anti")


@pytest.fixture(scope="module")
def fortnight() -> Fortnight:
    database = generated()
    business = AxBusiness(database, 1, ax.SEED)
    ran = Fortnight(business, {}, Counter(), 0)
    for day in range(1, 11):
        before = database.current_scn
        changes = business.post_day()
        ran.commits = database.current_scn - before
        if day <= 5:
            ran.deleted.update({table: c.deleted for table, c in changes.items()})
        if day in (1, 5, 10):
            ran.frames[day] = current_frames(database)
    return ran


@pytest.fixture(scope="module")
def produced(fortnight: Fortnight) -> pl.DataFrame:
    """What production orders of the ten days moved: transactions with their lot."""
    lots = fortnight.new("INVENTTRANSORIGIN").select(
        "INVENTTRANSID", "REFERENCECATEGORY", "REFERENCEID", INVENTTRANSORIGIN="RECID"
    )
    moved = fortnight.frames[10]["INVENTTRANS"].join(lots, on="INVENTTRANSORIGIN")
    return moved.filter(pl.col("REFERENCECATEGORY").is_in([MADE, USED]))


def test_the_same_days_give_the_same_rows(fortnight: Fortnight) -> None:
    assert fortnight.business.days == 10
    for name, frame in fortnight.frames[5].items():
        assert frame.sort(pl.all()).equals(frames_after(5)[name].sort(pl.all())), name


def test_business_touches_its_tables_and_no_others() -> None:
    before, after = frames_after(0), frames_after(5)
    moved = {name for name in after if not after[name].equals(before[name])}
    assert moved == TICKED


@pytest.mark.parametrize("name", sorted(TICKED))
def test_keys_stay_unique_and_lead_somewhere(name: str) -> None:
    table, frame = declarations()[name], frames_after(5)[name]
    assert not frame.select(table.primary_key).is_duplicated().any()
    assert frame["RECID"].n_unique() == frame.height
    assert sum(frame.null_count().row(0)) == 0
    for reference in table.foreign_keys:
        targets = frames_after(5)[reference.table].select(
            declarations()[reference.table].primary_key
        )
        lost = frame.select(reference.columns).join(
            targets, left_on=reference.columns, right_on=targets.columns, how="anti"
        )
        assert lost.is_empty(), reference


@pytest.mark.parametrize("name", sorted(TICKED))
def test_only_changed_rows_have_another_version(name: str) -> None:
    frame = frames_after(5)[name]
    changed = pl.col("MODIFIEDDATETIME") > pl.col("CREATEDDATETIME")
    assert frame.filter(pl.col("MODIFIEDDATETIME") < pl.col("CREATEDDATETIME")).is_empty()
    assert frame.filter(changed != (pl.col("RECVERSION") != 1)).is_empty()


def test_lines_are_struck_out_with_their_lots(fortnight: Fortnight) -> None:
    deleted = fortnight.deleted
    assert deleted["SALESLINE"] == deleted["INVENTTRANSORIGIN"] > 0
    assert deleted["INVENTTRANS"] > deleted["SALESLINE"], "cancelled orders move nothing either"
    assert not deleted["SALESTABLE"]


def test_orders_go_from_open_to_delivered_to_invoiced() -> None:
    old = frames_after(0)["SALESTABLE"]["SALESID"]
    new = frames_after(5)["SALESTABLE"].filter(~pl.col("SALESID").is_in(old.implode()))
    assert {1, 2, 3} <= set(new["SALESSTATUS"])


def test_addresses_end_where_others_begin() -> None:
    addresses = frames_after(5)["LOGISTICSPOSTALADDRESS"].sort("LOCATION", "VALIDFROM")
    ended = addresses.filter(pl.col("VALIDTO") < pl.datetime(2154, 1, 1))
    begins = addresses.with_columns(next=pl.col("VALIDFROM").shift(-1).over("LOCATION"))
    assert ended.height > 10
    spans = begins.filter(pl.col("next").is_not_null())
    assert (spans["next"] - spans["VALIDTO"]).dt.total_seconds().unique().to_list() == [1]


def test_invoices_arrive_late_and_are_posted_into_the_month_before(fortnight: Fortnight) -> None:
    known = frames_after(0)["VENDTRANS"]["RECID"]
    first = fortnight.frames[1]
    new = first["VENDTRANS"].filter(~pl.col("RECID").is_in(known.implode()))
    late = new.filter(pl.col("TRANSDATE") < pl.datetime(2026, 1, 1))
    assert late.height == 1
    posted = first["GENERALJOURNALENTRY"].filter(SUBLEDGERVOUCHER=late["VOUCHER"].item())
    assert (posted["ACCOUNTINGDATE"] == late["TRANSDATE"]).all()


def test_a_day_has_many_commits(fortnight: Fortnight) -> None:
    assert fortnight.commits >= 8


def test_production_orders_receive_one_item_each_on_the_day(produced: pl.DataFrame) -> None:
    made = produced.filter(REFERENCECATEGORY=MADE)
    assert made["REFERENCEID"].n_unique() == made.height > 50
    levels = set(made["ITEMID"].str.slice(0, 2).str.to_uppercase())
    assert {"AG", "PT"} <= levels <= {"FG", "AM", "AG", "PT"}
    assert set(produced["REFERENCEID"]) == set(made["REFERENCEID"])
    assert (made["QTY"] >= 1).all()
    assert (made["QTY"] % 1 == 0).all()
    for done in ("DATEPHYSICAL", "DATEFINANCIAL"):
        assert (produced[done] == produced["CREATEDDATETIME"].dt.truncate("1d")).all(), done


def test_every_picking_list_and_receipt_has_a_lot_of_its_own(produced: pl.DataFrame) -> None:
    assert produced["INVENTTRANSID"].n_unique() == produced.height
    serials = produced["INVENTTRANSID"].str.slice(2).cast(pl.Int64)
    assert serials.min() > frames_after(0)["INVENTTRANSORIGIN"].height  # type: ignore[operator]


def test_components_are_used_as_the_bill_says_with_scrap(produced: pl.DataFrame) -> None:
    made = produced.filter(REFERENCECATEGORY=MADE).select(
        "REFERENCEID", "DATEPHYSICAL", MADE="ITEMID", many=units("QTY", 3)
    )
    versions = frames_after(0)["BOMVERSION"].select("BOMID", MADE="ITEMID")
    valid = (pl.col("TODATE") == NEVER) | (pl.col("DATEPHYSICAL") <= pl.col("TODATE"))
    usable = 1000 * (100 - pl.col("SCRAPVAR")).cast(pl.Int64)
    # Half of what is usable is added before dividing, which rounds halves up.
    needed = (pl.col("many") * units("BOMQTY", 3) * 100 + usable // 2) // usable
    wanted = (
        made.join(versions, on="MADE")
        .join(frames_after(0)["BOM"], on="BOMID")
        .filter(pl.col("DATEPHYSICAL") >= pl.col("FROMDATE"), valid)
        .with_columns(needed=needed)
    )
    whole = pl.when(UNITID="ea").then((pl.col("needed") + 999) // 1000 * 1000).otherwise("needed")
    expected = wanted.select("REFERENCEID", "ITEMID", used=whole)
    used = produced.filter(REFERENCECATEGORY=USED).select(
        "REFERENCEID", "ITEMID", used=-units("QTY", 3)
    )
    assert wanted.filter(pl.col("SCRAPVAR") > 0).height > 10
    assert used.sort(pl.all()).equals(expected.sort(pl.all()))


def test_what_is_made_is_worth_its_material_and_what_is_absorbed(
    fortnight: Fortnight, produced: pl.DataFrame
) -> None:
    worth = cents("COSTAMOUNTPOSTED")
    orders = produced.group_by("REFERENCEID").agg(
        worth.filter(REFERENCECATEGORY=MADE).sum().alias("received"),
        worth.filter(REFERENCECATEGORY=USED).sum().neg().alias("consumed"),
        PRF=pl.col("VOUCHER").filter(REFERENCECATEGORY=MADE).max(),
        PPL=pl.col("VOUCHER").filter(REFERENCECATEGORY=USED).max(),
    )
    assert orders.filter(pl.col("received") <= 0).is_empty()
    posted = _posted(fortnight)
    picked = orders.join(posted, left_on="PPL", right_on="VOUCHER")
    finished = orders.join(posted, left_on="PRF", right_on="VOUCHER")
    assert picked.height == finished.height == orders.height
    assert (picked[WORK_IN_PROCESS] == picked["consumed"]).all()
    assert (picked[INVENTORY] == -picked["consumed"]).all()
    assert (finished[WORK_IN_PROCESS] == -finished["consumed"]).all()
    assert (finished[INVENTORY] == finished["received"]).all()
    assert (finished[ABSORPTION] == finished["consumed"] - finished["received"]).all()


def _posted(fortnight: Fortnight) -> pl.DataFrame:
    """What each voucher of production posted to which account, in cents."""
    accounts = frames_after(0)["MAINACCOUNT"].select("MAINACCOUNTID", MAINACCOUNT="RECID")
    entries = fortnight.new("GENERALJOURNALENTRY").select(
        VOUCHER="SUBLEDGERVOUCHER", GENERALJOURNALENTRY="RECID"
    )
    lines = fortnight.frames[10]["GENERALJOURNALACCOUNTENTRY"].join(accounts, on="MAINACCOUNT")
    return (
        lines.join(entries, on="GENERALJOURNALENTRY")
        .with_columns(cents("ACCOUNTINGCURRENCYAMOUNT").alias("amount"))
        .pivot("MAINACCOUNTID", index="VOUCHER", values="amount", aggregate_function="sum")
        .fill_null(0)
    )


def test_journals_have_the_category_that_their_vouchers_always_had(fortnight: Fortnight) -> None:
    series = [pl.col("SUBLEDGERVOUCHER").str.slice(0, 4).alias("series"), "JOURNALCATEGORY"]
    known = frames_after(0)["GENERALJOURNALENTRY"].select(series).unique()
    new = fortnight.new("GENERALJOURNALENTRY").select(series).unique()
    assert {("PPL-", 5), ("PRF-", 5)} <= set(new.rows()) <= set(known.rows())


def test_material_is_only_used_where_it_is(fortnight: Fortnight, produced: pl.DataFrame) -> None:
    used = produced.filter(REFERENCECATEGORY=USED).select("DATAAREAID", "ITEMID").unique()
    stock = fortnight.frames[10]["INVENTSUM"].join(used, on=["DATAAREAID", "ITEMID"])
    assert stock.height >= used.height > 100
    assert stock.filter(pl.col("PHYSICALINVENT") < 0).is_empty()


def test_components_are_bought_of_their_vendor_before_they_are_used(
    fortnight: Fortnight, produced: pl.DataFrame
) -> None:
    vendors = frames_after(0)["INVENTTABLE"].select("DATAAREAID", "ITEMID", "PRIMARYVENDORID")
    bought = fortnight.new("PURCHLINE").join(vendors, on=["DATAAREAID", "ITEMID"])
    assert bought.height == fortnight.new("PURCHLINE").height
    assert (bought["VENDACCOUNT"] == bought["PRIMARYVENDORID"]).all()
    raw = bought.filter(pl.col("ITEMID").str.to_uppercase().str.starts_with("RM"))
    received = raw.filter(pl.col("PURCHSTATUS") > 1)["ITEMID"]
    used = produced.filter(REFERENCECATEGORY=USED)["ITEMID"]
    assert received.n_unique() > 50
    assert len(set(received) & set(used)) > 20


def test_supply_keeps_up_so_that_little_stock_is_negative(fortnight: Fortnight) -> None:
    stock = fortnight.frames[10]["INVENTSUM"]
    negative = stock.filter(pl.col("PHYSICALINVENT") < 0)
    assert 0 < negative.height < stock.height // 16
