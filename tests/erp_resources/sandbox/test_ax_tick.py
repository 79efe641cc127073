"""Business days of the AX companies; that their books hold after them is in their own tests."""

from collections import Counter

import polars as pl
import pytest

from erp_resources.sandbox.company import ax
from erp_resources.sandbox.company.ax.tick import AxBusiness
from erp_resources.sandbox.database import Database
from tests.erp_resources.sandbox.company_ax_frames import declarations, frames_after, generated
from tests.erp_resources.sandbox.company_frames import current_frames

NEVER = pl.datetime(1900, 1, 1)
TICKED = {
    "EXCHANGERATE", "LOGISTICSPOSTALADDRESS", "CUSTTABLE", "SALESTABLE", "SALESLINE", "PURCHTABLE",
    "PURCHLINE", "INVENTTRANSORIGIN", "INVENTTRANS", "INVENTSUM", "CUSTTRANS", "CUSTSETTLEMENT",
    "VENDTRANS", "VENDSETTLEMENT", "GENERALJOURNALENTRY", "GENERALJOURNALACCOUNTENTRY",
}  # fmt: skip


@pytest.fixture(scope="module")
def week() -> tuple[Database, AxBusiness, Counter[str]]:
    """Five business days, and the rows deleted in them by table."""
    database = generated()
    business = AxBusiness(database, 1, ax.SEED)
    deleted: Counter[str] = Counter()
    for _ in range(5):
        deleted.update({table: c.deleted for table, c in business.post_day().items()})
    return database, business, deleted


def test_the_same_days_give_the_same_rows(week: tuple[Database, AxBusiness, Counter[str]]) -> None:
    database, business, _ = week
    assert business.days == 5
    for name, frame in current_frames(database).items():
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


def test_lines_are_struck_out_with_their_lots(
    week: tuple[Database, AxBusiness, Counter[str]],
) -> None:
    _, _, deleted = week
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


def test_invoices_arrive_late_and_are_posted_into_the_month_before() -> None:
    known = frames_after(0)["VENDTRANS"]["RECID"]
    new = frames_after(1)["VENDTRANS"].filter(~pl.col("RECID").is_in(known.implode()))
    late = new.filter(pl.col("TRANSDATE") < pl.datetime(2026, 1, 1))
    assert late.height == 1
    posted = frames_after(1)["GENERALJOURNALENTRY"].filter(SUBLEDGERVOUCHER=late["VOUCHER"].item())
    assert (posted["ACCOUNTINGDATE"] == late["TRANSDATE"]).all()


def test_a_day_has_many_commits(week: tuple[Database, AxBusiness, Counter[str]]) -> None:
    database, business, _ = week
    before = database.current_scn
    business.post_day()
    assert database.current_scn - before >= 8
