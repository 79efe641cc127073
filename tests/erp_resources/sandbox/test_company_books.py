"""What the sandbox's subsidiary promises of its books, each promise computed from the rows.

It promises the same before and after business days. Drafts, which are in no books, are left out.
"""

from collections.abc import Iterator

import polars as pl
import pytest

from tests.erp_resources.sandbox.company_frames import (
    ZERO,
    accounts,
    after,
    by_ledger,
    closing_balances,
    frames,
    worth_of_movements,
)

RECEIVABLES, UNAPPLIED, INVENTORY = "120100", "120900", "130100"
PAYABLES, ACCRUAL, RETAINED = "210100", "210500", "320100"
PO_RECEIPT, VENDOR_RETURN = 18, 36
KEY = ["LEDGER_ID", "CODE_COMBINATION_ID", "CURRENCY_CODE"]
NETS = ["PERIOD_NET_DR", "PERIOD_NET_CR", "PERIOD_NET_DR_BEQ", "PERIOD_NET_CR_BEQ"]
OPENINGS = [name.replace("PERIOD_NET", "BEGIN_BALANCE") for name in NETS]


@pytest.fixture(autouse=True, params=[0, 1, 5], ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the books were generated."""
    with after(request.param):
        yield request.param


def journal_lines(status: str = "P") -> pl.DataFrame:
    """Journal lines with their header's currency, source and category; NULL amounts as zero."""
    headers = frames()["GL_JE_HEADERS"].select(
        "JE_HEADER_ID", "CURRENCY_CODE", "JE_SOURCE", "JE_CATEGORY"
    )
    sides = pl.col("ENTERED_DR", "ENTERED_CR", "ACCOUNTED_DR", "ACCOUNTED_CR")
    lines = frames()["GL_JE_LINES"].filter(STATUS=status)
    return lines.join(headers, on="JE_HEADER_ID").with_columns(sides.fill_null(0))


def all_journal_lines() -> pl.DataFrame:
    """Those of posted journals and of the others."""
    return pl.concat([journal_lines("P"), journal_lines("U")])


def completed() -> pl.DataFrame:
    """Invoices and credit memos that are no drafts."""
    return frames()["RA_CUSTOMER_TRX_ALL"].filter(COMPLETE_FLAG="Y")


def with_functional_currency(rows: pl.DataFrame) -> pl.DataFrame:
    ledgers = frames()["GL_LEDGERS"].select("LEDGER_ID", pl.col("CURRENCY_CODE").alias("own"))
    return rows.join(ledgers, on="LEDGER_ID")


def nets_of_journals() -> pl.DataFrame:
    """What GL_BALANCES should show as the net of each period, from the journal lines."""
    lines = with_functional_currency(journal_lines())
    foreign = lines.filter(pl.col("CURRENCY_CODE") != pl.col("own")).select(
        *KEY, "PERIOD_NAME", "ENTERED_DR", "ENTERED_CR", "ACCOUNTED_DR", "ACCOUNTED_CR"
    )
    is_own = pl.col("CURRENCY_CODE") == pl.col("own")
    own = lines.select(
        *KEY[:2],
        pl.col("own").alias("CURRENCY_CODE"),
        "PERIOD_NAME",
        pl.col("ACCOUNTED_DR").alias("ENTERED_DR"),
        pl.col("ACCOUNTED_CR").alias("ENTERED_CR"),
        pl.when(is_own).then("ACCOUNTED_DR").otherwise(0).alias("ACCOUNTED_DR"),
        pl.when(is_own).then("ACCOUNTED_CR").otherwise(0).alias("ACCOUNTED_CR"),
    )
    sums = [
        pl.col(amount).sum().alias(net)
        for amount, net in zip(
            ["ENTERED_DR", "ENTERED_CR", "ACCOUNTED_DR", "ACCOUNTED_CR"], NETS, strict=True
        )
    ]
    return pl.concat([foreign, own]).group_by(*KEY, "PERIOD_NAME").agg(sums)


def test_every_journal_balances_accounted_and_entered() -> None:
    sums = (
        all_journal_lines()
        .group_by("JE_HEADER_ID")
        .agg(
            accounted=(pl.col("ACCOUNTED_DR") - pl.col("ACCOUNTED_CR")).sum(),
            entered=(pl.col("ENTERED_DR") - pl.col("ENTERED_CR")).sum(),
        )
    )
    assert sums.height == frames()["GL_JE_HEADERS"].height
    assert sums.filter((pl.col("accounted") != 0) | (pl.col("entered") != 0)).is_empty()


def test_headers_carry_the_totals_of_their_lines() -> None:
    sums = (
        all_journal_lines()
        .group_by("JE_HEADER_ID")
        .agg(pl.col("ENTERED_DR", "ENTERED_CR", "ACCOUNTED_DR", "ACCOUNTED_CR").sum())
    )
    both = frames()["GL_JE_HEADERS"].join(sums, on="JE_HEADER_ID")
    for column in ("DR", "CR", "ACCOUNTED_DR", "ACCOUNTED_CR"):
        line = column if column.startswith("ACC") else f"ENTERED_{column}"
        assert (both[f"RUNNING_TOTAL_{column}"] == both[line]).all(), column


def test_period_nets_agree_with_the_journals() -> None:
    expected = nets_of_journals()
    balances = frames()["GL_BALANCES"]
    both = balances.join(expected, on=[*KEY, "PERIOD_NAME"], how="full", suffix="_JE")
    assert both["LEDGER_ID"].null_count() == 0, "journals without a balance"
    for net in NETS:
        assert (both[net] == both[f"{net}_JE"].fill_null(0)).all(), net


def test_opening_balances_carry_forward_and_close_the_year() -> None:
    kinds = frames()["GL_CODE_COMBINATIONS"].select("CODE_COMBINATION_ID", "ACCOUNT_TYPE")
    months = frames()["GL_PERIODS"].sort("START_DATE").with_row_index("month")
    rows = (
        frames()["GL_BALANCES"]
        .join(kinds, on="CODE_COMBINATION_ID")
        .join(months.select("PERIOD_NAME", "month"), on="PERIOD_NAME")
        .join(accounts(RETAINED), on="CODE_COMBINATION_ID", how="anti")
        .sort(*KEY, "month")
    )
    is_income = pl.col("ACCOUNT_TYPE").is_in(["R", "E"])
    year = pl.when(is_income).then("PERIOD_YEAR").otherwise(0)
    for net, opening in zip(NETS, OPENINGS, strict=True):
        before = (pl.col(net).cum_sum() - pl.col(net)).over(*KEY, year)
        assert rows.filter(pl.col(opening) != before).is_empty(), opening


@pytest.mark.parametrize("suffix", ["", "_BEQ"])
def test_the_trial_balance_of_every_ledger_and_period_is_zero(suffix: str) -> None:
    total = (
        pl.col(f"BEGIN_BALANCE_DR{suffix}")
        + pl.col(f"PERIOD_NET_DR{suffix}")
        - pl.col(f"BEGIN_BALANCE_CR{suffix}")
        - pl.col(f"PERIOD_NET_CR{suffix}")
    )
    sums = frames()["GL_BALANCES"].group_by("LEDGER_ID", "CURRENCY_CODE", "PERIOD_NAME")
    totals = sums.agg(total.sum().alias("total"))
    assert totals.height >= 48
    assert totals.filter(pl.col("total") != 0).is_empty()


def test_the_receivables_accounts_equal_what_is_due() -> None:
    schedules = frames()["AR_PAYMENT_SCHEDULES_ALL"].select(
        pl.col("ORG_ID").replace_strict({101: 2021, 204: 2041}).alias("LEDGER_ID"),
        pl.col("ACCTD_AMOUNT_DUE_REMAINING").alias("amount"),
        "CLASS",
    )
    due, paid = schedules.filter(pl.col("CLASS") != "PMT"), schedules.filter(CLASS="PMT")
    assert closing_balances(RECEIVABLES) == by_ledger(due)
    assert closing_balances(UNAPPLIED) == by_ledger(paid)


def test_the_payables_account_equals_what_is_unpaid() -> None:
    invoices = frames()["AP_INVOICES_ALL"].select(
        pl.col("SET_OF_BOOKS_ID").alias("LEDGER_ID"),
        -pl.coalesce("BASE_AMOUNT", "INVOICE_AMOUNT").alias("amount"),
    )
    payments = frames()["AP_INVOICE_PAYMENTS_ALL"].select(
        pl.col("SET_OF_BOOKS_ID").alias("LEDGER_ID"),
        pl.coalesce("INVOICE_BASE_AMOUNT", "AMOUNT").alias("amount"),
    )
    assert closing_balances(PAYABLES) == by_ledger(pl.concat([invoices, payments]))


def test_the_inventory_account_equals_all_movements_at_standard_cost() -> None:
    moves = worth_of_movements(frames()["MTL_MATERIAL_TRANSACTIONS"], "ACTUAL_COST")
    assert closing_balances(INVENTORY) == by_ledger(moves)


def test_the_accrual_account_equals_deliveries_without_an_invoice() -> None:
    moves = frames()["MTL_MATERIAL_TRANSACTIONS"].filter(
        pl.col("TRANSACTION_TYPE_ID").is_in([PO_RECEIPT, VENDOR_RETURN])
    )
    delivered = worth_of_movements(moves, "TRANSACTION_COST")
    invoiced = frames()["AP_INVOICES_ALL"].select(
        pl.col("PO_HEADER_ID").alias("TRANSACTION_SOURCE_ID")
    )
    waiting = delivered.join(invoiced, on="TRANSACTION_SOURCE_ID", how="anti")
    assert 0 < waiting.height < delivered.height
    owed = waiting.with_columns(-pl.col("amount"))
    assert closing_balances(ACCRUAL) == by_ledger(owed)


def posted(category: str, account: str, amount: str) -> pl.DataFrame:
    """Debits less credits of one account by ledger, day and currency."""
    lines = journal_lines().filter(JE_CATEGORY=category)
    own = lines.join(accounts(account), on="CODE_COMBINATION_ID", how="semi")
    net = (pl.col(f"{amount}_DR") - pl.col(f"{amount}_CR")).sum().alias("amount")
    sums = own.group_by("LEDGER_ID", "CURRENCY_CODE", "EFFECTIVE_DATE").agg(net)
    return sums.filter(pl.col("amount") != 0)


def of_documents(table: str, columns: dict[str, str], sign: int = 1) -> pl.DataFrame:
    rows = frames()[table].rename({source: name for name, source in columns.items()})
    sums = rows.group_by("LEDGER_ID", "CURRENCY_CODE", "EFFECTIVE_DATE").agg(
        (pl.col("amount") * sign).sum()
    )
    return sums.filter(pl.col("amount") != 0)


def test_supplier_invoices_are_posted_on_their_day_in_their_currency() -> None:
    columns = {
        "LEDGER_ID": "SET_OF_BOOKS_ID",
        "CURRENCY_CODE": "INVOICE_CURRENCY_CODE",
        "EFFECTIVE_DATE": "GL_DATE",
        "amount": "INVOICE_AMOUNT",
    }
    expected = of_documents("AP_INVOICES_ALL", columns, -1)
    assert_same(posted("Purchase Invoices", PAYABLES, "ENTERED"), expected)


def test_receipts_are_posted_on_their_day_in_their_currency() -> None:
    columns = {
        "LEDGER_ID": "SET_OF_BOOKS_ID",
        "EFFECTIVE_DATE": "RECEIPT_DATE",
        "amount": "AMOUNT",
    }
    assert_same(
        posted("Receipts", "110100", "ENTERED"), of_documents("AR_CASH_RECEIPTS_ALL", columns)
    )


def test_payments_are_posted_on_their_day_in_their_currency() -> None:
    invoices = frames()["AP_INVOICES_ALL"].select("INVOICE_ID", "INVOICE_CURRENCY_CODE")
    payments = frames()["AP_INVOICE_PAYMENTS_ALL"].join(invoices, on="INVOICE_ID")
    sums = payments.group_by(
        pl.col("SET_OF_BOOKS_ID").alias("LEDGER_ID"),
        pl.col("INVOICE_CURRENCY_CODE").alias("CURRENCY_CODE"),
        pl.col("ACCOUNTING_DATE").alias("EFFECTIVE_DATE"),
    ).agg((-pl.col("AMOUNT")).sum().alias("amount"))
    expected = sums.filter(pl.col("amount") != 0)
    assert_same(posted("Payments", "110100", "ENTERED"), expected)


@pytest.mark.parametrize(("kind", "category"), [(1, "Sales Invoices"), (2, "Credit Memos")])
def test_sales_are_posted_on_their_day_in_their_currency(kind: int, category: str) -> None:
    lines = frames()["RA_CUSTOMER_TRX_LINES_ALL"].select("CUSTOMER_TRX_ID", "EXTENDED_AMOUNT")
    documents = completed().filter(CUST_TRX_TYPE_ID=kind)
    sums = (
        documents.join(lines, on="CUSTOMER_TRX_ID")
        .group_by(
            pl.col("SET_OF_BOOKS_ID").alias("LEDGER_ID"),
            pl.col("INVOICE_CURRENCY_CODE").alias("CURRENCY_CODE"),
            pl.col("TRX_DATE").alias("EFFECTIVE_DATE"),
        )
        .agg(pl.col("EXTENDED_AMOUNT").sum().alias("amount"))
    )
    assert_same(posted(category, RECEIVABLES, "ENTERED"), sums)


def assert_same(got: pl.DataFrame, expected: pl.DataFrame) -> None:
    key = ["LEDGER_ID", "CURRENCY_CODE", "EFFECTIVE_DATE"]
    assert got.height > 100
    both = got.join(expected, on=key, how="full", suffix="_EXPECTED")
    assert both.filter(pl.col("amount").ne_missing(pl.col("amount_EXPECTED"))).is_empty()


def test_stock_on_hand_is_the_sum_of_the_movements() -> None:
    place = ["INVENTORY_ITEM_ID", "ORGANIZATION_ID", "SUBINVENTORY_CODE"]
    moved = (
        frames()["MTL_MATERIAL_TRANSACTIONS"]
        .group_by(place)
        .agg(pl.col("PRIMARY_QUANTITY").sum())
        .filter(pl.col("PRIMARY_QUANTITY") != 0)
    )
    onhand = frames()["MTL_ONHAND_QUANTITIES_DETAIL"]
    assert onhand.select(place).is_unique().all()
    both = onhand.join(moved, on=place, how="full")
    unlike = pl.col("PRIMARY_TRANSACTION_QUANTITY").ne_missing(pl.col("PRIMARY_QUANTITY"))
    assert both.filter(unlike).is_empty()


def test_what_remains_due_is_the_original_less_the_applications() -> None:
    applications = frames()["AR_RECEIVABLE_APPLICATIONS_ALL"]
    amount = pl.col("AMOUNT_APPLIED")
    into = applications.select(
        pl.col("APPLIED_PAYMENT_SCHEDULE_ID").alias("PAYMENT_SCHEDULE_ID"), amount=-amount
    )
    out = applications.select("PAYMENT_SCHEDULE_ID", amount=amount)
    changes = pl.concat([into, out]).group_by("PAYMENT_SCHEDULE_ID").agg(pl.col("amount").sum())
    rows = frames()["AR_PAYMENT_SCHEDULES_ALL"].join(changes, on="PAYMENT_SCHEDULE_ID", how="left")
    expected = pl.col("AMOUNT_DUE_ORIGINAL") + pl.col("amount").fill_null(0)
    assert rows.filter(pl.col("AMOUNT_DUE_REMAINING") != expected).is_empty()
    closed = pl.col("STATUS") == "CL"
    assert rows.filter(closed != (pl.col("AMOUNT_DUE_REMAINING") == 0)).is_empty()
    assert set(rows["STATUS"]) == {"OP", "CL"}
    assert rows.filter(closed & (pl.col("ACCTD_AMOUNT_DUE_REMAINING") != 0)).is_empty()


def test_payment_schedules_begin_with_the_amounts_of_their_documents() -> None:
    lines = frames()["RA_CUSTOMER_TRX_LINES_ALL"]
    totals = lines.group_by("CUSTOMER_TRX_ID").agg(pl.col("EXTENDED_AMOUNT").sum())
    schedules = frames()["AR_PAYMENT_SCHEDULES_ALL"]
    billed = schedules.join(totals, on="CUSTOMER_TRX_ID")
    assert billed.height == completed().height
    assert (billed["AMOUNT_DUE_ORIGINAL"] == billed["EXTENDED_AMOUNT"]).all()
    received = schedules.join(frames()["AR_CASH_RECEIPTS_ALL"], on="CASH_RECEIPT_ID")
    assert received.height == frames()["AR_CASH_RECEIPTS_ALL"].height
    assert (received["AMOUNT_DUE_ORIGINAL"] == -received["AMOUNT"]).all()


def test_what_was_paid_on_a_supplier_invoice_is_the_sum_of_its_payments() -> None:
    payments = (
        frames()["AP_INVOICE_PAYMENTS_ALL"].group_by("INVOICE_ID").agg(pl.col("AMOUNT").sum())
    )
    rows = frames()["AP_INVOICES_ALL"].join(payments, on="INVOICE_ID", how="left")
    paid = pl.col("AMOUNT_PAID").fill_null(0)
    assert rows.filter(paid != pl.col("AMOUNT").fill_null(0)).is_empty()
    status = (
        pl.when(paid == 0)
        .then(pl.lit("N"))
        .when(paid == pl.col("INVOICE_AMOUNT"))
        .then(pl.lit("Y"))
        .otherwise(pl.lit("P"))
    )
    assert rows.filter(pl.col("PAYMENT_STATUS_FLAG") != status).is_empty()
    assert set(rows["PAYMENT_STATUS_FLAG"]) == {"N", "P", "Y"}


def test_foreign_invoices_are_converted_at_the_daily_rate_and_rounded_to_the_cent() -> None:
    rates = frames()["GL_DAILY_RATES"].select(
        pl.col("FROM_CURRENCY").alias("INVOICE_CURRENCY_CODE"),
        pl.col("TO_CURRENCY").alias("own"),
        pl.col("CONVERSION_DATE").alias("EXCHANGE_DATE"),
        "CONVERSION_RATE",
    )
    invoices = with_functional_currency(
        frames()["AP_INVOICES_ALL"].rename({"SET_OF_BOOKS_ID": "LEDGER_ID"})
    )
    foreign = invoices.filter(pl.col("INVOICE_CURRENCY_CODE") != pl.col("own"))
    assert set(foreign["INVOICE_CURRENCY_CODE"]) == {"EUR", "USD", "GBP", "JPY"}
    assert foreign["EXCHANGE_RATE"].null_count() == 0
    rated = foreign.join(rates, on=["INVOICE_CURRENCY_CODE", "own", "EXCHANGE_DATE"])
    assert rated.height == foreign.height
    assert (rated["EXCHANGE_RATE"] == rated["CONVERSION_RATE"]).all()
    scaled = (pl.col("EXCHANGE_RATE") * 10**8).cast(pl.Int64)
    product = (pl.col("INVOICE_AMOUNT") * 100).cast(pl.Int64) * scaled
    cents = product.sign() * ((product.abs() + 50_000_000) // 100_000_000)
    assert rated.filter((pl.col("BASE_AMOUNT") * 100).cast(pl.Int64) != cents).is_empty()
    own = invoices.filter(pl.col("INVOICE_CURRENCY_CODE") == pl.col("own"))
    assert own["BASE_AMOUNT"].null_count() == own.height


def test_yen_have_no_decimals() -> None:
    invoices = frames()["AP_INVOICES_ALL"].filter(INVOICE_CURRENCY_CODE="JPY")
    schedules = frames()["AR_PAYMENT_SCHEDULES_ALL"].filter(INVOICE_CURRENCY_CODE="JPY")
    for amounts in (invoices["INVOICE_AMOUNT"], schedules["AMOUNT_DUE_REMAINING"]):
        assert len(amounts) > 20
        assert (amounts % 1 == ZERO).all()


def test_journals_are_posted_in_all_months_under_their_dates_period(days: int) -> None:
    periods = frames()["GL_PERIODS"].select("PERIOD_NAME", "START_DATE", "END_DATE")
    lines = journal_lines().join(periods, on="PERIOD_NAME")
    inside = pl.col("EFFECTIVE_DATE").is_between("START_DATE", "END_DATE")
    assert lines.filter(~inside).is_empty()
    counts = lines.group_by("PERIOD_NAME").len()
    assert counts.height == 24 + (days > 0)
    assert counts.filter(pl.col("len") > 1000).height == 24
