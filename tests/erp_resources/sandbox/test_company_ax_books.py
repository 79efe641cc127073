"""What the sandbox's AX companies promise of their books, each promise computed from the rows.

They promise the same before and after business days.
"""

from collections.abc import Iterator

import polars as pl
import pytest

from tests.erp_resources.sandbox.company_ax_frames import (
    ACCRUED,
    AMOUNTS,
    INVENTORY,
    PAYABLES,
    PENNIES,
    PURCHASES,
    RECEIVABLES,
    RECEIVED,
    WORK_IN_PROCESS,
    after,
    balances,
    by_entity,
    cents,
    divided,
    frames,
    journal_lines,
    units,
)

SIDES = {"CUST": RECEIVABLES, "VEND": PAYABLES}


@pytest.fixture(autouse=True, params=[0, 5], ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the books were generated."""
    with after(request.param):
        yield request.param


def rated(transactions: pl.DataFrame, to: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows of foreign currency with the rate (in 10**-8) that EXCHANGERATE has for their day."""
    pairs = frames()["EXCHANGERATECURRENCYPAIR"].select(
        pl.col("RECID").alias("EXCHANGERATECURRENCYPAIR"), "FROMCURRENCYCODE", "TOCURRENCYCODE"
    )
    rates = frames()["EXCHANGERATE"].join(pairs, on="EXCHANGERATECURRENCYPAIR")
    known = rates.select(
        "FROMCURRENCYCODE", "TOCURRENCYCODE", "VALIDFROM", "VALIDTO", units("EXCHANGERATE", 6)
    )
    return (
        transactions.join(to, on="DATAAREAID")
        .join(known, on=["FROMCURRENCYCODE", "TOCURRENCYCODE"])
        .filter(pl.col(day).is_between("VALIDFROM", "VALIDTO"))
    )


def ledgers(currency: str) -> pl.DataFrame:
    return frames()["LEDGER"].select(
        pl.col("NAME").alias("DATAAREAID"), pl.col(currency).alias("TOCURRENCYCODE")
    )


def test_every_voucher_balances_in_all_three_currencies() -> None:
    transacted = journal_lines().group_by("VOUCHER", "DATAAREAID", "TRANSACTIONCURRENCYCODE")
    assert (transacted.agg(pl.col("amount").sum())["amount"] == 0).all()
    sums = journal_lines().group_by("VOUCHER", "DATAAREAID").agg(pl.col(*AMOUNTS).sum())
    assert sums.height == frames()["GENERALJOURNALENTRY"].height
    assert sums.filter((pl.col("accounting") != 0) | (pl.col("reporting") != 0)).is_empty()


def test_credits_are_negative_and_lines_of_a_voucher_differ() -> None:
    lines = journal_lines()
    deciding = pl.when(pl.col("accounting") != 0).then("accounting").otherwise("reporting")
    assert lines.filter((deciding < 0) & (pl.col("ISCREDIT") == 0)).is_empty()
    assert lines.filter((deciding > 0) & (pl.col("ISCREDIT") == 1)).is_empty()
    key = ["GENERALJOURNALENTRY", "LEDGERACCOUNT", "POSTINGTYPE", "TRANSACTIONCURRENCYCODE"]
    assert not lines.select(*key, "ISCREDIT").is_duplicated().any()


def test_entries_are_posted_in_the_ledger_of_their_company_in_all_months(days: int) -> None:
    names = frames()["LEDGER"].select(pl.col("RECID").alias("LEDGER"), "NAME")
    lines = journal_lines().join(names, on="LEDGER")
    assert (lines["NAME"] == lines["DATAAREAID"]).all()
    months = lines.group_by(pl.col("ACCOUNTINGDATE").dt.truncate("1mo")).len()
    assert months.height == 24 + (days > 0)
    assert months.filter(pl.col("len") > 500).height >= 24


def test_penny_differences_are_pennies() -> None:
    lines = journal_lines().filter(pl.col("MAINACCOUNTID").is_in(PENNIES))
    assert lines.height > 100
    largest = lines.select(pl.col(*AMOUNTS).abs().max()).row(0)
    assert max(largest) < 15
    assert (lines["amount"] == 0).all()


@pytest.mark.parametrize("side", SIDES)
def test_control_accounts_equal_their_subledger(side: str) -> None:
    transactions = frames()[f"{side}TRANS"]
    booked = {
        "accounting": cents(pl.col("AMOUNTMST") + pl.col("EXCHADJUSTMENT")),
        "reporting": cents(pl.col("REPORTINGCURRENCYAMOUNT") + pl.col("EXCHADJUSTMENTREPORTING")),
    }
    for amount, expression in booked.items():
        expected = by_entity(transactions, expression)
        assert set(expected) == {"plt1", "plt2"}
        assert balances(SIDES[side], amount) == expected, amount


@pytest.mark.parametrize("side", SIDES)
def test_what_is_open_equals_the_control_account(side: str) -> None:
    open_ = pl.col("AMOUNTMST") + pl.col("EXCHADJUSTMENT") - pl.col("SETTLEAMOUNTMST")
    assert balances(SIDES[side]) == by_entity(frames()[f"{side}TRANS"], cents(open_))


@pytest.mark.parametrize("side", SIDES)
def test_subledger_vouchers_are_posted_to_the_control_account(side: str) -> None:
    lines = journal_lines().filter(pl.col("MAINACCOUNTID") == SIDES[side], pl.col("amount") != 0)
    key = ["VOUCHER", "DATAAREAID"]
    both = (
        frames()[f"{side}TRANS"]
        .with_columns(cents("AMOUNTCUR").alias("expected"))
        .join(lines, on=key, how="full", suffix="_GL")
    )
    assert both["VOUCHER"].null_count() == both["VOUCHER_GL"].null_count() == 0
    assert (both["expected"] == both["amount"]).all()
    assert (both["TRANSDATE"] == both["ACCOUNTINGDATE"]).all()
    assert (both["CURRENCYCODE"] == both["TRANSACTIONCURRENCYCODE"]).all()


@pytest.mark.parametrize("side", SIDES)
def test_settled_amounts_are_the_sums_of_the_settlements(side: str) -> None:
    names = ["SETTLEAMOUNTCUR", "SETTLEAMOUNTMST", "EXCHADJUSTMENT", "EXCHADJUSTMENTREPORTING"]
    sums = frames()[f"{side}SETTLEMENT"].group_by(pl.col("TRANSRECID").alias("RECID"))
    both = frames()[f"{side}TRANS"].join(
        sums.agg(pl.col(names).sum(), pl.col("TRANSDATE").max().alias("LAST")),
        on="RECID",
        how="left",
        suffix="_SUM",
    )
    for name in names:
        assert (both[name] == both[f"{name}_SUM"].fill_null(0)).all(), name
    settled = both.filter(pl.col("LAST").is_not_null())
    assert (settled["LAST"] == settled["LASTSETTLEDATE"]).all()


@pytest.mark.parametrize("side", SIDES)
def test_both_halves_of_a_settlement_cancel_out(side: str) -> None:
    halves = frames()[f"{side}SETTLEMENT"]
    pair = pl.struct(
        pl.min_horizontal("TRANSRECID", "OFFSETRECID"),
        pl.max_horizontal("TRANSRECID", "OFFSETRECID").alias("other"),
        "TRANSDATE",
    )
    names = ["SETTLEAMOUNTCUR", "SETTLEAMOUNTMST", "SETTLEAMOUNTREPORTING"]
    sums = halves.group_by(pair.alias("pair")).agg(pl.col(names).sum(), pl.len())
    assert sums.filter(pl.col("len") % 2 != 0).is_empty()
    for name in names:
        assert (sums[name] == 0).all(), name


@pytest.mark.parametrize("side", SIDES)
def test_settlements_never_exceed_and_close_what_they_settle_in_full(side: str) -> None:
    transactions = frames()[f"{side}TRANS"].with_columns(
        left=pl.col("AMOUNTCUR") - pl.col("SETTLEAMOUNTCUR"),
        left_mst=pl.col("AMOUNTMST") + pl.col("EXCHADJUSTMENT") - pl.col("SETTLEAMOUNTMST"),
    )
    over = (pl.col("left") != 0) & (pl.col("left") * pl.col("AMOUNTCUR") < 0)
    assert transactions.filter(over).is_empty()
    is_closed = pl.col("CLOSED").dt.year() > 1900
    assert transactions.filter(is_closed != (pl.col("left") == 0)).is_empty()
    assert transactions.filter(is_closed & (pl.col("left_mst") != 0)).is_empty()
    in_part = (pl.col("left") != 0) & (pl.col("SETTLEAMOUNTCUR") != 0)
    assert transactions.filter(in_part).height > 50


@pytest.mark.parametrize("side", SIDES)
def test_settlements_stay_within_a_dealer_and_currency_and_come_after_both(side: str) -> None:
    own = frames()[f"{side}TRANS"].select("RECID", "ACCOUNTNUM", "CURRENCYCODE", "TRANSDATE")
    both = (
        frames()[f"{side}SETTLEMENT"]
        .join(own, left_on="TRANSRECID", right_on="RECID", suffix="_OWN")
        .join(own, left_on="OFFSETRECID", right_on="RECID", suffix="_OTHER")
    )
    assert both.height == frames()[f"{side}SETTLEMENT"].height
    for column in ("ACCOUNTNUM_OWN", "ACCOUNTNUM_OTHER"):
        assert (both["ACCOUNTNUM"] == both[column]).all()
    assert (both["CURRENCYCODE"] == both["CURRENCYCODE_OTHER"]).all()
    assert (both["TRANSDATE"] >= both["TRANSDATE_OWN"]).all()
    assert (both["TRANSDATE"] >= both["TRANSDATE_OTHER"]).all()


@pytest.mark.parametrize("side", SIDES)
def test_foreign_amounts_are_converted_at_the_rate_of_their_day(side: str) -> None:
    transactions = frames()[f"{side}TRANS"].rename({"CURRENCYCODE": "FROMCURRENCYCODE"})
    found = rated(transactions, ledgers("ACCOUNTINGCURRENCY"), "TRANSDATE")
    own = transactions.join(ledgers("ACCOUNTINGCURRENCY"), on="DATAAREAID").filter(
        pl.col("FROMCURRENCYCODE") == pl.col("TOCURRENCYCODE")
    )
    assert found.height + own.height == transactions.height
    assert found["FROMCURRENCYCODE"].n_unique() == 4
    assert (found.select(units("EXCHRATE", 6)).to_series() == found["EXCHANGERATE"]).all()
    converted = divided(cents("AMOUNTCUR") * pl.col("EXCHANGERATE"), 10**8)
    assert found.filter(converted != cents("AMOUNTMST")).is_empty()
    assert (own["AMOUNTCUR"] == own["AMOUNTMST"]).all()
    assert (own["EXCHRATE"] == 100).all()


@pytest.mark.parametrize("side", SIDES)
def test_reporting_amounts_follow_from_the_accounting_currency(side: str) -> None:
    accounting = ledgers("ACCOUNTINGCURRENCY").rename({"TOCURRENCYCODE": "FROMCURRENCYCODE"})
    transactions = frames()[f"{side}TRANS"].join(accounting, on="DATAAREAID")
    found = rated(transactions, ledgers("REPORTINGCURRENCY"), "TRANSDATE")
    assert found.height == transactions.height
    converted = divided(cents("AMOUNTMST") * pl.col("EXCHANGERATE"), 10**8)
    assert found.filter(converted != cents("REPORTINGCURRENCYAMOUNT")).is_empty()


def test_yen_have_no_decimals() -> None:
    columns = {
        "CUSTTRANS": ["AMOUNTCUR", "SETTLEAMOUNTCUR"],
        "VENDTRANS": ["AMOUNTCUR", "SETTLEAMOUNTCUR"],
        "SALESLINE": ["LINEAMOUNT", "SALESPRICE"],
        "PURCHLINE": ["LINEAMOUNT"],
    }
    for table, names in columns.items():
        yen = frames()[table].filter(CURRENCYCODE="JPY")
        assert yen.height > 20, table
        for name in names:
            assert (yen[name] % 1 == 0).all(), name


def test_exchange_gains_and_losses_occur_in_both_companies() -> None:
    for side in SIDES:
        adjusted = frames()[f"{side}TRANS"].filter(pl.col("EXCHADJUSTMENT") != 0)
        signs = adjusted.select("DATAAREAID", pl.col("EXCHADJUSTMENT").cast(pl.Float64).sign())
        assert signs.n_unique() == 4, side


def test_the_inventory_account_equals_all_financial_transactions() -> None:
    posted = by_entity(frames()["INVENTTRANS"], cents("COSTAMOUNTPOSTED"))
    assert set(posted) == {"plt1", "plt2"}
    assert balances(INVENTORY) == posted
    assert balances(INVENTORY) == by_entity(frames()["INVENTSUM"], cents("POSTEDVALUE"))


def test_what_is_received_but_not_invoiced_is_accrued() -> None:
    waiting = frames()["INVENTTRANS"].filter(STATUSRECEIPT=2)
    assert not waiting.is_empty()
    expected = by_entity(waiting, cents("COSTAMOUNTPHYSICAL"))
    assert balances(RECEIVED) == expected
    assert balances(ACCRUED) == {entity: -amount for entity, amount in expected.items()}


@pytest.mark.parametrize("account", [WORK_IN_PROCESS, PURCHASES])
def test_accounts_of_passage_are_empty(account: str) -> None:
    assert journal_lines().filter(MAINACCOUNTID=account).height > 1000
    assert balances(account) == {}


def test_on_hand_inventory_is_the_sum_of_the_transactions() -> None:
    issue, receipt = pl.col("STATUSISSUE"), pl.col("STATUSRECEIPT")
    quantity = pl.col("QTY")
    key = ["DATAAREAID", "ITEMID", "INVENTDIMID"]
    financial = (issue == 1) | (receipt == 1)
    physical = (issue == 2) | (receipt == 2)
    in_stock = quantity.filter(financial | physical).sum()
    reserved = -quantity.filter(issue == 4).sum()
    expected = {
        "POSTEDQTY": quantity.filter(financial).sum(),
        "POSTEDVALUE": pl.col("COSTAMOUNTPOSTED").filter(financial).sum(),
        "RECEIVED": quantity.filter(receipt == 2).sum(),
        "DEDUCTED": -quantity.filter(issue == 2).sum(),
        "PHYSICALVALUE": pl.col("COSTAMOUNTPHYSICAL").filter(physical).sum(),
        "RESERVPHYSICAL": reserved,
        "ORDERED": quantity.filter(receipt == 5).sum(),
        "ONORDER": -quantity.filter(issue == 6).sum(),
        "PHYSICALINVENT": in_stock,
        "AVAILPHYSICAL": in_stock - reserved,
    }
    sums = frames()["INVENTTRANS"].group_by(key).agg(**expected)
    both = frames()["INVENTSUM"].join(sums, on=key, how="full", suffix="_SUM")
    assert both["ITEMID"].null_count() == both["ITEMID_SUM"].null_count() == 0
    for name in expected:
        assert (both[name] == both[f"{name}_SUM"]).all(), name
        assert (both[name] != 0).any(), name


def test_transactions_have_one_status_that_suits_their_sign_and_dates() -> None:
    moved = frames()["INVENTTRANS"]
    is_receipt = pl.col("QTY") > 0
    status = pl.when(is_receipt).then("STATUSRECEIPT").otherwise("STATUSISSUE")
    other = pl.when(is_receipt).then("STATUSISSUE").otherwise("STATUSRECEIPT")
    assert moved.filter((status == 0) | (other != 0) | (pl.col("QTY") == 0)).is_empty()
    assert moved.filter((status <= 2) != (pl.col("DATEPHYSICAL").dt.year() > 1900)).is_empty()
    assert moved.filter((status == 1) != (pl.col("DATEFINANCIAL").dt.year() > 1900)).is_empty()
    financial = moved.filter(status == 1)
    assert (financial["DATEFINANCIAL"] >= financial["DATEPHYSICAL"]).all()
    assert (financial["VALUEOPEN"] == 0).all()
    assert set(moved["STATUSISSUE"]) == {0, 1, 2, 4, 6}
    assert set(moved["STATUSRECEIPT"]) == {0, 1, 2, 5}


def test_items_are_valued_at_one_standard_cost() -> None:
    moved = frames()["INVENTTRANS"].filter(pl.col("COSTAMOUNTPOSTED") != 0)
    rate = pl.col("COSTAMOUNTPOSTED").cast(pl.Float64) / pl.col("QTY").cast(pl.Float64)
    slack = 0.005 / pl.col("QTY").cast(pl.Float64).abs() + 1e-9
    costs = moved.group_by("DATAAREAID", "ITEMID").agg(
        lowest=(rate + slack).min(), highest=(rate - slack).max()
    )
    assert costs.filter(pl.col("highest") > pl.col("lowest")).is_empty()
