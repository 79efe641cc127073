"""Business days of the subsidiary; that its books hold after them is in ``test_company_books``."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import duckdb
import polars as pl
import pytest

from erp_resources.sandbox.company.ebs.tick import EbsBusiness
from erp_resources.sandbox.database import Database, RowLockedError, rows_as_of
from tests.erp_resources.sandbox.company_frames import (
    current_frames,
    frames_after,
    generated,
)

SEED = 20260101
TICKED = {
    "GL_DAILY_RATES", "HZ_PARTIES", "MTL_SYSTEM_ITEMS_B", "RA_CUSTOMER_TRX_ALL",
    "RA_CUSTOMER_TRX_LINES_ALL", "AR_CASH_RECEIPTS_ALL", "AR_PAYMENT_SCHEDULES_ALL",
    "AR_RECEIVABLE_APPLICATIONS_ALL", "MTL_MATERIAL_TRANSACTIONS", "MTL_ONHAND_QUANTITIES_DETAIL",
    "AP_INVOICES_ALL", "AP_INVOICE_PAYMENTS_ALL", "GL_JE_HEADERS", "GL_JE_LINES", "GL_BALANCES",
}  # fmt: skip
"""Tables that every business day changes."""


@pytest.fixture(scope="module")
def week() -> tuple[Database, EbsBusiness, Counter[str]]:
    """Five business days, and the rows deleted in them by table."""
    database = generated()
    business = EbsBusiness(database, 1, SEED)
    deleted: Counter[str] = Counter()
    for _ in range(5):
        deleted.update({table: c.deleted for table, c in business.post_day().items()})
    return database, business, deleted


def test_the_same_days_give_the_same_rows(week: tuple[Database, EbsBusiness, Counter[str]]) -> None:
    database, _, _ = week
    for name, frame in current_frames(database).items():
        assert frame.sort(pl.all()).equals(frames_after(5)[name].sort(pl.all())), name


def test_another_seed_gives_another_day() -> None:
    database = generated()
    EbsBusiness(database, 1, 7).post_day()
    other, usual = current_frames(database), frames_after(1)
    for name in ("AR_CASH_RECEIPTS_ALL", "GL_JE_LINES"):
        assert not other[name].equals(usual[name])


def test_business_goes_on_after_the_last_change_and_rests_at_weekends() -> None:
    database = generated()
    business = EbsBusiness(database, 1, SEED)
    last = max(
        frame["LAST_UPDATE_DATE"].max()
        for frame in frames_after(0).values()  # type: ignore[type-var]
    )
    assert business.today == last.date()  # type: ignore[union-attr]
    days = [business.today]
    for _ in range(4):
        business.post_day()
        days.append(business.today)
    assert business.days == 4
    assert all(day.weekday() < 5 for day in days[1:])
    assert all(timedelta(1) <= b - a <= timedelta(3) for a, b in pairwise(days))


def test_every_changed_row_says_when_it_was_changed() -> None:
    before, after = frames_after(0), frames_after(1)
    for name in TICKED:
        changed = after[name].join(
            before[name], on=before[name].columns, how="anti", nulls_equal=True
        )
        assert changed.height > 0, name
        assert set(changed["LAST_UPDATE_DATE"].dt.date()) == {date(2026, 1, 7)}, name


def test_the_tables_that_no_business_touches_stay_as_they_are() -> None:
    for name in set(frames_after(0)) - TICKED - {"GL_PERIODS"}:
        assert frames_after(5)[name].equals(frames_after(0)[name]), name


def test_a_new_month_opens_a_period_with_its_balances() -> None:
    period = frames_after(1)["GL_PERIODS"].sort("START_DATE").tail(1)
    assert period["PERIOD_NAME"].item() == "Jan-26"
    assert period["END_DATE"].item().date() == date(2026, 1, 31)
    assert frames_after(1)["GL_BALANCES"].filter(PERIOD_NAME="Jan-26").height > 400


def test_documents_arrive_late_and_are_posted_into_the_month_before() -> None:
    new = frames_after(1)["AP_INVOICES_ALL"].join(
        frames_after(0)["AP_INVOICES_ALL"], on="INVOICE_ID", how="anti"
    )
    assert new.filter(pl.col("GL_DATE") < pl.datetime(2026, 1, 1)).height == 1
    old = frames_after(0)["GL_JE_HEADERS"].filter(PERIOD_NAME="Dec-25").height
    assert frames_after(1)["GL_JE_HEADERS"].filter(PERIOD_NAME="Dec-25").height > old


def test_documents_of_earlier_periods_are_changed() -> None:
    cancelled = frames_after(5)["AP_INVOICES_ALL"].filter(
        pl.col("CANCELLED_DATE") > pl.datetime(2026, 1, 7),
        pl.col("GL_DATE") < pl.datetime(2026, 1, 1),
    )
    assert cancelled.height > 0
    assert set(cancelled["INVOICE_AMOUNT"]) == {0}
    assert cancelled["CANCELLED_AMOUNT"].min() > 0  # type: ignore[operator]


def test_drafts_are_amended_and_deleted(week: tuple[Database, EbsBusiness, Counter[str]]) -> None:
    _, _, deleted = week
    for table in (
        "RA_CUSTOMER_TRX_ALL",
        "RA_CUSTOMER_TRX_LINES_ALL",
        "GL_JE_HEADERS",
        "GL_JE_LINES",
    ):
        assert deleted[table] > 0, table
    assert deleted["MTL_ONHAND_QUANTITIES_DETAIL"] > 0
    assert not any(deleted[table] for table in ("AR_CASH_RECEIPTS_ALL", "GL_BALANCES"))


def test_no_line_outlives_its_draft() -> None:
    frames = frames_after(5)
    lost = frames["RA_CUSTOMER_TRX_LINES_ALL"].join(
        frames["RA_CUSTOMER_TRX_ALL"], on="CUSTOMER_TRX_ID", how="anti"
    )
    assert lost.is_empty()


def test_a_day_has_many_commits_and_each_leaves_the_ledger_in_balance(
    week: tuple[Database, EbsBusiness, Counter[str]],
) -> None:
    database, business, _ = week
    before = database.current_scn
    business.post_day()
    assert database.current_scn - before >= 8
    lines, cursor = database.tables["GL", "GL_JE_LINES"], database.cursor()
    balances = database.tables["GL", "GL_BALANCES"]
    for scn in range(before, database.current_scn + 1):
        ((journals,),) = cursor.execute(
            "SELECT sum(COALESCE(ACCOUNTED_DR, 0) - COALESCE(ACCOUNTED_CR, 0)) "
            f"FROM {rows_as_of(lines, str(scn))}"
        ).fetchall()
        ((ledger,),) = cursor.execute(
            f"SELECT sum(PERIOD_NET_DR) - sum(PERIOD_NET_CR) FROM {rows_as_of(balances, str(scn))}"
        ).fetchall()
        assert (journals, ledger) == (0, 0), scn


def test_a_row_that_a_client_holds_stops_the_day_and_leaves_whole_transactions() -> None:
    database = generated()
    business = EbsBusiness(database, 1, SEED)
    parties = database.tables["AR", "HZ_PARTIES"]
    client = database.begin()

    def hold(writer: duckdb.DuckDBPyConnection) -> None:
        writer.execute(
            f"CREATE TEMP TABLE staged AS SELECT {parties.columns}, _row, FALSE AS _gone "
            f"FROM {parties.current}"
        )

    client.stage(parties, hold)
    with pytest.raises(RowLockedError, match="HZ_PARTIES"):
        business.post_day()
    assert database.open_transactions() == [client]
    client.rollback()
    business.post_day()
    assert (
        current_frames(database)["GL_DAILY_RATES"]["CONVERSION_DATE"].max()
        == pl.Series([business.today]).cast(pl.Datetime("ms")).item()
    )
