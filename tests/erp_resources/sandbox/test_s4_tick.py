"""Business days of the headquarters; that its books hold after them is in their own tests."""

from collections import Counter

import polars as pl
import pytest

from erp_resources.sandbox.company.s4.tick import S4Business
from erp_resources.sandbox.database import Database, rows_as_of
from tests.erp_resources.sandbox.company_frames import current_frames
from tests.erp_resources.sandbox.s4_frames import (
    CLIENTS,
    SEED,
    declarations,
    frame_after,
    loaded,
    sums,
    tables_after,
)

TICKED = {
    "USR02", "TCURR", "KNA1", "MARA", "MBEW", "VBAK", "VBAP", "LIKP", "LIPS", "VBRK", "VBRP",
    "VBFA", "CDHDR", "CDPOS", "EKKO", "EKPO", "EKBE", "MKPF", "MSEG", "BKPF", "BSEG", "BSID",
    "BSAD", "BSIK", "BSAK", "BSIS", "FAGLFLEXT",
}  # fmt: skip
LINE = ["BUKRS", "BELNR", "GJAHR", "BUZEI"]


@pytest.fixture(scope="module")
def week() -> tuple[Database, S4Business, Counter[str]]:
    """Five business days, and the rows deleted in them by table."""
    database = loaded()
    business = S4Business(database, 1, SEED)
    deleted: Counter[str] = Counter()
    for _ in range(5):
        deleted.update({table: c.deleted for table, c in business.post_day().items()})
    return database, business, deleted


def in_order(name: str, days: int) -> pl.DataFrame:
    """A table in both clients, in order of its key."""
    return pl.DataFrame(tables_after(days)[name]).sort(declarations()[name].primary_key)


def new(name: str, days: int = 5) -> pl.DataFrame:
    """The rows of client 100 that came up within so many business days."""
    key = declarations()[name].primary_key
    return frame_after(days, name).join(frame_after(0, name), on=key, how="anti")


def test_the_same_days_give_the_same_rows(week: tuple[Database, S4Business, Counter[str]]) -> None:
    database, business, _ = week
    assert business.days == 5
    for name, frame in current_frames(database).items():
        assert frame.sort(declarations()[name].primary_key).equals(in_order(name, 5)), name


def test_another_seed_gives_another_day() -> None:
    database = loaded()
    S4Business(database, 1, 7).post_day()
    other = current_frames(database)
    for name in ("VBAP", "TCURR", "KNA1"):
        assert not other[name].sort(declarations()[name].primary_key).equals(in_order(name, 1))


def test_business_goes_on_after_the_last_document_and_rests_at_weekends() -> None:
    assert frame_after(0, "BKPF")["CPUDT"].max() == "20251231"
    assert sorted(new("BKPF")["CPUDT"].unique()) == [
        "20260101", "20260102", "20260105", "20260106", "20260107",
    ]  # fmt: skip


def test_business_touches_its_tables_and_no_others() -> None:
    moved = {name for name in declarations() if not in_order(name, 0).equals(in_order(name, 5))}
    assert moved == TICKED


@pytest.mark.parametrize("name", sorted(TICKED))
def test_business_is_done_in_one_client_only(name: str) -> None:
    client = [column for column in in_order(name, 0).columns[:1] if column in CLIENTS]
    other = pl.col(client[0]) == "200"
    assert in_order(name, 5).filter(other).equals(in_order(name, 0).filter(other))


def test_orders_go_from_open_to_delivered_to_billed() -> None:
    assert {"A", "C"} <= set(new("VBAK", 10)["LFSTK"])
    assert set(new("LIKP", 10)["FKSTK"]) == {"A", "C"}
    assert new("VBRK", 10).filter(FKART="F2").height > 30


def test_lines_are_struck_out_of_orders_and_said_to_be_gone(
    week: tuple[Database, S4Business, Counter[str]],
) -> None:
    _, _, deleted = week
    gone = new("CDPOS").filter(TABNAME="VBAP", CHNGIND="D")
    assert gone.height == deleted["VBAP"] > 0
    left = frame_after(5, "VBAP").select(TABKEY=pl.col("MANDT") + pl.col("VBELN") + pl.col("POSNR"))
    assert gone.join(left, on="TABKEY", how="semi").is_empty()
    rejected = new("CDPOS", 10).filter(FNAME="ABGRU")
    assert rejected.height > 0
    assert not {"VBAK", "BSEG", "BKPF", "MSEG", "VBFA"} & set(+deleted)


@pytest.mark.parametrize(("open_items", "cleared_items"), [("BSID", "BSAD"), ("BSIK", "BSAK")])
def test_open_items_are_deleted_and_inserted_as_cleared_ones(
    open_items: str, cleared_items: str
) -> None:
    before, after = frame_after(0, open_items), frame_after(5, open_items)
    moved = before.join(after, on=LINE, how="anti")
    assert moved.height > 20
    cleared = moved.join(new(cleared_items), on=LINE)
    assert cleared.height == moved.height
    assert (cleared["AUGDT_right"] > "20251231").all()


def test_some_invoices_are_paid_in_part_and_stay_open() -> None:
    assert new("BSID").filter(BLART="DZ").height > 0
    assert (new("BSID").filter(BLART="DZ")["REBZG"] != "").all()


def test_purchases_are_open_then_received_then_invoiced() -> None:
    states = set(new("EKPO", 10).select("ELIKZ", "EREKZ").rows())
    assert states == {("", ""), ("X", ""), ("X", "X")}


def test_credit_memos_follow_requests_at_the_rate_of_their_invoice() -> None:
    memos = new("VBRK", 10).filter(FKART="G2")
    assert memos.height > 3
    requests = frame_after(10, "VBAK").select(VBELV="VBELN", invoice="VGBEL")
    flow = frame_after(10, "VBFA").filter(VBTYP_N="O").join(requests, on="VBELV")
    invoices = frame_after(10, "VBRK").select(invoice="VBELN", rated="FKDAT", rate="KURRF")
    both = memos.join(flow, on="VBELN").join(invoices, on="invoice")
    assert both.height == memos.height
    assert (both["KURRF"] == both["rate"]).all()


def test_jobs_use_what_the_bills_say_and_make_something() -> None:
    moved = new("MSEG", 10).filter(pl.col("AUFNR") != "")
    made, used = moved.filter(BWART="101"), moved.filter(BWART="261")
    assert made.height > 10
    assert set(made["AUFNR"]) == set(used["AUFNR"])
    bills = frame_after(10, "MAST").join(frame_after(10, "STPO"), on="STLNR")
    of = made.select("AUFNR", made="MATNR").join(used, on="AUFNR")
    known = bills.select(made="MATNR", MATNR="IDNRK")
    assert of.join(known, on=["made", "MATNR"], how="anti").is_empty()


def test_nothing_leaves_that_is_not_there() -> None:
    negative = [
        set(frame_after(days, "MBEW").filter(pl.col("LBKUM") < 0).select("MATNR", "BWKEY").rows())
        for days in (0, 10)
    ]
    assert negative[1] < negative[0], "what was short is replenished, and nothing else gets short"


def test_documents_are_posted_in_all_currencies() -> None:
    assert set(new("BKPF", 10)["WAERS"]) == {"EUR", "USD", "GBP", "JPY", "KWD"}


def test_invoices_arrive_late_and_are_posted_into_the_month_before() -> None:
    late = new("BKPF", 5).filter(pl.col("GJAHR") == "2025")
    assert late.height == 5
    assert set(late["MONAT"]) == {"12"}
    assert set(late["BLART"]) == {"KR"}
    place = pl.col("RYEAR") == "2025"
    old, now = (frame_after(days, "FAGLFLEXT").filter(place) for days in (0, 5))
    key = ["RBUKRS", "RACCT"]
    assert sums(old, key, pl.col("HSL12")) != sums(now, key, pl.col("HSL12"))
    assert sums(old, key, pl.col("HSL11")) == sums(now, key, pl.col("HSL11"))


def test_changed_masters_say_so() -> None:
    changed = new("CDPOS").group_by("TABNAME").len()
    assert {"KNA1", "MARA", "VBAP"} == set(changed["TABNAME"])
    assert set(new("CDHDR")["UDATE"]) == set(new("BKPF")["CPUDT"])
    assert frame_after(5, "KNA1").filter(pl.col("UPDAT") > "20260100").height > 10
    assert frame_after(5, "USR02")["TRDAT"].max() == "20260107"


def test_every_commit_of_a_day_leaves_the_books_in_balance(
    week: tuple[Database, S4Business, Counter[str]],
) -> None:
    database, business, _ = week
    before = database.current_scn
    business.post_day()
    assert database.current_scn - before >= 8
    cursor = database.cursor()

    def total(name: str, amount: str, scn: int) -> object:
        rows = rows_as_of(database.tables["SAP", name], str(scn))
        ((found,),) = cursor.execute(f"SELECT sum({amount}) FROM {rows}").fetchall()
        return found

    side = "CASE SHKZG WHEN 'S' THEN 1 ELSE -1 END"
    for scn in range(before, database.current_scn + 1):
        assert total("BSEG", f"{side} * DMBTR", scn) == 0, scn
        assert total("MSEG", f"{side} * DMBTR", scn) == total("MBEW", "SALK3", scn), scn
