"""Orders, deliveries, invoices and production of the sandbox's AX companies hang together.

They do so before and after business days.
"""

from collections.abc import Iterator

import polars as pl
import pytest

from tests.erp_resources.sandbox.company_ax_frames import after, cents, divided, frames, lots, units

SALES, PRODUCTION, PURCHASE, PRODUCTION_LINE = 0, 2, 3, 8
ORDERS = {"SALES": ("SALESTABLE", "SALESLINE"), "PURCH": ("PURCHTABLE", "PURCHLINE")}


@pytest.fixture(autouse=True, params=[0, 5], ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the books were generated."""
    with after(request.param):
        yield request.param


def moved_by_lot() -> pl.DataFrame:
    """What was moved (status 1 or 2) and invoiced (1) of each lot; issues positive."""
    status = pl.max_horizontal("STATUSISSUE", "STATUSRECEIPT")
    return (
        lots()
        .group_by("INVENTTRANSID", "DATAAREAID")
        .agg(
            moved=pl.col("QTY").filter(status <= 2).sum(),
            invoiced=pl.col("QTY").filter(status == 1).sum(),
            waiting=pl.col("QTY").filter(status > 2).sum(),
            VOUCHER=pl.col("VOUCHER").max(),
            vouchers=pl.col("VOUCHER").filter(pl.col("VOUCHER") != "").n_unique(),
        )
    )


def with_lots(table: str) -> pl.DataFrame:
    return frames()[table].join(moved_by_lot(), on=["INVENTTRANSID", "DATAAREAID"], how="left")


def test_sales_lines_agree_with_their_inventory_transactions() -> None:
    lines = with_lots("SALESLINE").filter(pl.col("SALESSTATUS") != 4)
    assert lines["moved"].null_count() == 0
    assert (lines["QTYORDERED"] == -(lines["moved"] + lines["waiting"])).all()
    assert (lines["REMAINSALESPHYSICAL"] == -lines["waiting"]).all()
    assert (lines["REMAINSALESFINANCIAL"] == lines["invoiced"] - lines["moved"]).all()
    assert (lines["vouchers"] <= 1).all()
    in_part = lines.filter(pl.col("waiting") != 0, pl.col("moved") != 0)
    assert in_part.height > 50


def test_cancelled_orders_move_nothing() -> None:
    cancelled = with_lots("SALESLINE").filter(SALESSTATUS=4)
    assert cancelled.height > 50
    assert cancelled["moved"].null_count() == cancelled.height
    assert (cancelled["REMAINSALESPHYSICAL"] == 0).all()


def test_purchase_lines_agree_with_their_inventory_transactions() -> None:
    lines = with_lots("PURCHLINE")
    assert (lines["QTYORDERED"] == lines["moved"] + lines["waiting"]).all()
    assert (lines["REMAINPURCHPHYSICAL"] == lines["waiting"]).all()
    assert (lines["REMAINPURCHFINANCIAL"] == lines["moved"] - lines["invoiced"]).all()
    assert set(lines["PURCHSTATUS"]) == {1, 2, 3}


@pytest.mark.parametrize("kind", ORDERS)
def test_the_status_of_an_order_is_that_of_its_least_advanced_line(kind: str) -> None:
    head, line = ORDERS[kind]
    least = frames()[line].group_by("DATAAREAID", f"{kind}ID").agg(pl.col(f"{kind}STATUS").min())
    both = frames()[head].join(least, on=["DATAAREAID", f"{kind}ID"], suffix="_LINES")
    assert both.height == frames()[head].height, "an order without lines"
    assert (both[f"{kind}STATUS"] == both[f"{kind}STATUS_LINES"]).all()


def invoiced_lines(table: str) -> pl.DataFrame:
    """Sums of complete, invoiced lines by voucher, for vouchers that have no other lines."""
    status = "SALESSTATUS" if table == "SALESLINE" else "PURCHSTATUS"
    vouchers = with_lots(table).filter(pl.col("vouchers") == 1)
    sums = vouchers.group_by("VOUCHER", "DATAAREAID").agg(
        cents("LINEAMOUNT").sum().alias("net"), pl.col(status).min().alias("least")
    )
    return sums.filter(least=3)


@pytest.mark.parametrize(
    ("table", "transactions", "master", "sign"),
    [("SALESLINE", "CUSTTRANS", "CUSTTABLE", 1), ("PURCHLINE", "VENDTRANS", "VENDTABLE", -1)],
)
def test_invoices_are_the_sum_of_their_lines_and_the_tax(
    table: str, transactions: str, master: str, sign: int
) -> None:
    invoices = frames()[transactions].filter(pl.col("TRANSTYPE") <= 3)
    accounts = frames()[master].select("DATAAREAID", "ACCOUNTNUM", "TAXGROUP")
    both = (
        invoices.join(accounts, on=["DATAAREAID", "ACCOUNTNUM"])
        .join(invoiced_lines(table), on=["VOUCHER", "DATAAREAID"], how="left")
        .with_columns(percent=pl.col("DATAAREAID").replace_strict({"plt1": 19, "plt2": 20}))
    )
    whole = both.filter(pl.col("net").is_not_null())
    assert whole.height > both.height * 0.85
    percent = pl.when(TAXGROUP="DOM").then("percent").otherwise(0)
    total = pl.col("net") + divided(pl.col("net") * percent, 100)
    assert whole.filter(total * sign != cents("AMOUNTCUR")).is_empty()
    assert whole["TAXGROUP"].n_unique() == 2


@pytest.mark.parametrize(
    ("table", "transactions", "account"),
    [("SALESLINE", "CUSTTRANS", "CUSTACCOUNT"), ("PURCHLINE", "VENDTRANS", "VENDACCOUNT")],
)
def test_every_invoiced_line_is_on_an_invoice_of_its_dealer(
    table: str, transactions: str, account: str
) -> None:
    lines = with_lots(table).filter(pl.col("vouchers") == 1)
    both = lines.join(
        frames()[transactions].select("VOUCHER", "DATAAREAID", "ACCOUNTNUM", "CURRENCYCODE"),
        on=["VOUCHER", "DATAAREAID"],
        suffix="_INVOICE",
    )
    assert both.height == lines.height
    assert (both[account] == both["ACCOUNTNUM"]).all()
    assert (both["CURRENCYCODE"] == both["CURRENCYCODE_INVOICE"]).all()


def test_invoice_numbers_of_transactions_and_of_inventory_agree() -> None:
    invoices = frames()["INVENTTRANS"].filter(pl.col("INVOICEID") != "")
    for transactions, pattern in (("CUSTTRANS", "^(INV|CRN)"), ("VENDTRANS", "^RE-")):
        numbers = frames()[transactions].select("VOUCHER", "DATAAREAID", "INVOICE")
        own = invoices.filter(pl.col("INVOICEID").str.contains(pattern))
        both = own.join(numbers, on=["VOUCHER", "DATAAREAID"])
        assert both.height == own.height > 1000
        assert (both["INVOICEID"] == both["INVOICE"]).all()


def test_returns_bring_back_no_more_than_was_delivered_and_are_credited() -> None:
    returned = frames()["SALESLINE"].filter(SALESTYPE=4)
    assert returned.height > 100
    assert (returned["SALESQTY"] < 0).all()
    notes = frames()["CUSTTRANS"].filter(pl.col("INVOICE").str.starts_with("CRN"))
    assert notes.height == returned["SALESID"].n_unique()
    assert (notes["AMOUNTCUR"] < 0).all()
    assert notes.filter(pl.col("AMOUNTCUR") != pl.col("SETTLEAMOUNTCUR")).is_empty()


def test_production_consumed_what_the_bill_of_its_day_says() -> None:
    moved = lots()
    made = moved.filter(REFERENCECATEGORY=PRODUCTION).select(
        "REFERENCEID", "ITEMID", "DATEPHYSICAL"
    )
    used = moved.filter(REFERENCECATEGORY=PRODUCTION_LINE).select("REFERENCEID", "ITEMID")
    lines = frames()["BOM"].select(
        "BOMID", pl.col("ITEMID").alias("COMPONENT"), "FROMDATE", "TODATE"
    )
    wanted = (
        made.join(frames()["BOMVERSION"].select("ITEMID", "BOMID"), on="ITEMID")
        .join(lines, on="BOMID")
        .filter(
            pl.col("DATEPHYSICAL") >= pl.col("FROMDATE"),
            (pl.col("TODATE").dt.year() == 1900) | (pl.col("DATEPHYSICAL") <= pl.col("TODATE")),
        )
        .select("REFERENCEID", pl.col("COMPONENT").alias("ITEMID"))
    )
    assert used.height > 5_000
    assert used.sort(pl.all()).equals(wanted.sort(pl.all()))


def test_bills_are_of_made_items_and_their_components_lie_deeper() -> None:
    items = frames()["INVENTTABLE"].filter(DATAAREAID="plt1")
    kind = pl.col("ITEMID").str.slice(0, 2).str.to_uppercase()
    levels = {"FG": 0, "AM": 1, "AG": 2, "PT": 3, "RM": 4, "TR": 5}
    level = items.select("ITEMID", kind.replace_strict(levels).alias("level"), "COSTGROUPID")
    versions = frames()["BOMVERSION"].select("BOMID", pl.col("ITEMID").alias("MADE"))
    lines = (
        frames()["BOM"]
        .join(versions, on="BOMID")
        .join(level, left_on="MADE", right_on="ITEMID")
        .join(level, on="ITEMID", suffix="_COMPONENT")
    )
    assert lines.height == frames()["BOM"].height
    assert set(lines["COSTGROUPID"]) == {"MAKE"}
    assert (lines["level"] < lines["level_COMPONENT"]).all()


def test_some_stock_is_negative_at_the_end_and_most_is_not() -> None:
    stock = frames()["INVENTSUM"]
    negative = stock.filter(pl.col("PHYSICALINVENT") < 0).height
    assert 0 < negative < stock.height // 10


def test_purchases_come_from_vendors_of_their_company_in_several_lines() -> None:
    lines = frames()["PURCHLINE"].group_by("PURCHID").len()
    assert lines["len"].max() >= 3  # type: ignore[operator]
    assert frames()["PURCHTABLE"]["CURRENCYCODE"].n_unique() == 4


@pytest.mark.parametrize(
    ("table", "price", "decimals"), [("SALESLINE", "SALESPRICE", 2), ("PURCHLINE", "PURCHPRICE", 5)]
)
def test_line_amounts_are_quantity_by_price_less_discount(
    table: str, price: str, decimals: int
) -> None:
    lines = frames()[table]
    percent = 100 - pl.col("LINEPERCENT") if table == "SALESLINE" else pl.lit(100)
    product = units("QTYORDERED", 3) * units(price, decimals) * percent.cast(pl.Int64)
    amount = divided(product, 10 ** (3 + decimals))
    rounded = pl.when(CURRENCYCODE="JPY").then(divided(amount, 100) * 100).otherwise(amount)
    assert lines.filter(rounded != cents("LINEAMOUNT")).is_empty()
    assert lines["CURRENCYCODE"].n_unique() == 4
