"""What the sandbox's headquarters promises of its books, each promise computed from the rows.

It promises the same before and after business days.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest

from tests.erp_resources.sandbox.s4_frames import DAYS, ZERO, after, frame, lines, signed, sums

DOCUMENT = ["BUKRS", "BELNR", "GJAHR"]
RECEIVABLES, PAYABLES, CLEARING = "0000140000", "0000160000", "0000191100"
RETAINED = "0000900000"
STOCKS = {"3000": "0000300000", "3100": "0000310000", "7900": "0000790000", "7920": "0000792000"}
PERIODS = [f"{period:02}" for period in range(1, 17)]
DECIMALS = {"JPY": 0, "KWD": 3}


@pytest.fixture(autouse=True, params=DAYS, ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the books were generated."""
    with after(request.param):
        yield request.param


def balances(account: str) -> dict[tuple[object, ...], Decimal]:
    """The balance of an account by company code, in local currency."""
    return sums(lines().filter(HKONT=account), ["BUKRS"], pl.col("local"))


def test_every_document_balances_in_its_own_and_in_local_currency() -> None:
    assert sums(lines(), DOCUMENT, pl.col("amount")) == {}
    assert sums(lines(), DOCUMENT, pl.col("local")) == {}
    assert frame("BKPF").join(lines(), on=DOCUMENT, how="anti").is_empty()
    assert lines().join(frame("BKPF"), on=DOCUMENT, how="anti").is_empty()


def test_lines_of_a_document_are_numbered_without_gaps() -> None:
    numbers = lines().group_by(DOCUMENT).agg(pl.col("BUZEI").cast(pl.Int64).max(), pl.len())
    assert (numbers["BUZEI"] == numbers["len"]).all()


def test_three_company_codes_post_in_five_currencies_in_all_periods(days: int) -> None:
    months = 24 + (days > 0)
    documents = frame("BKPF")
    assert set(documents["BUKRS"]) == {"1000", "2000", "3000"}
    assert set(documents["WAERS"]) == {"EUR", "USD", "GBP", "JPY", "KWD"}
    assert documents.select("BUKRS", "GJAHR", "MONAT").unique().height == 3 * months
    assert (documents["BUDAT"].str.slice(0, 4) == documents["GJAHR"]).all()
    assert (documents["BUDAT"].str.slice(4, 2) == documents["MONAT"]).all()


@pytest.mark.parametrize(
    ("side", "open_items", "cleared_items", "partner"),
    [("D", "BSID", "BSAD", "KUNNR"), ("K", "BSIK", "BSAK", "LIFNR")],
)
def test_items_of_partners_are_either_open_or_cleared(
    side: str, open_items: str, cleared_items: str, partner: str
) -> None:
    both = pl.concat([frame(open_items), frame(cleared_items)])
    key = [*DOCUMENT, "BUZEI", partner, "AUGBL", "AUGDT", "DMBTR", "WRBTR", "SHKZG", "BSCHL"]
    expected = lines().filter(KOART=side).select(key)
    assert both.select(key).sort(key).equals(expected.sort(key))
    assert set(frame(open_items)["AUGBL"]) == {""}
    assert "" not in set(frame(cleared_items)["AUGBL"])
    assert frame(open_items).height > 300
    assert frame(cleared_items).height > 3000


@pytest.mark.parametrize(("table", "partner"), [("BSAD", "KUNNR"), ("BSAK", "LIFNR")])
def test_what_one_document_clears_comes_to_zero(table: str, partner: str) -> None:
    cleared = frame(table)
    key = ["BUKRS", partner, "AUGBL", "AUGDT", "WAERS"]
    assert sums(cleared, key, signed("WRBTR")) == {}
    assert sums(cleared, key, signed("DMBTR")) == {}


@pytest.mark.parametrize("table", ["BSAD", "BSAK"])
def test_clearing_documents_exist_and_are_of_the_clearing_day(table: str) -> None:
    documents = frame("BKPF").select("BUKRS", AUGBL="BELNR", AUGDT="BUDAT")
    assert frame(table).join(documents, on=["BUKRS", "AUGBL", "AUGDT"], how="anti").is_empty()


@pytest.mark.parametrize(
    ("table", "account"), [("BSID", RECEIVABLES), ("BSIK", PAYABLES), ("BSIS", CLEARING)]
)
def test_open_items_are_the_balance_of_their_account(table: str, account: str) -> None:
    rows = frame(table).filter(HKONT=account)
    assert sums(rows, ["BUKRS"], signed("DMBTR")) == balances(account)
    assert balances(account)


def test_shown_accounts_list_their_open_lines() -> None:
    shown = lines().filter(XKRES="X", AUGBL="")
    key = [*DOCUMENT, "BUZEI", "HKONT", "DMBTR"]
    assert frame("BSIS").select(key).sort(key).equals(shown.select(key).sort(key))


def test_cleared_lines_of_the_clearing_account_come_to_zero_by_order_item() -> None:
    cleared = lines().filter((pl.col("HKONT") == CLEARING) & (pl.col("AUGBL") != ""))
    assert cleared.height > 5000
    assert sums(cleared, ["BUKRS", "EBELN", "EBELP"], pl.col("local")) == {}


def test_the_clearing_account_holds_what_was_received_and_not_invoiced() -> None:
    history = frame("EKBE")
    invoiced = history.filter(VGABE="2").select("EBELN", "EBELP")
    waiting = history.filter(VGABE="1").join(invoiced, on=["EBELN", "EBELP"], how="anti")
    companies = frame("EKKO").select("EBELN", "BUKRS")
    owed = sums(waiting.join(companies, on="EBELN"), ["BUKRS"], -signed("DMBTR"))
    assert balances(CLEARING) == owed


def test_the_history_of_an_order_is_what_the_clearing_account_was_posted() -> None:
    is_receipt = pl.col("VGABE") == "1"
    net = pl.when(is_receipt).then(-signed("DMBTR")).otherwise(signed("AREWR"))
    posted = lines().filter(HKONT=CLEARING).rename({"H_BUDAT": "BUDAT"})
    key = ["EBELN", "EBELP", "BUDAT"]
    assert sums(frame("EKBE"), key, net) == sums(posted, key, pl.col("local"))


def test_totals_equal_the_lines_by_account_year_period_currency_and_side() -> None:
    place = ["RBUKRS", "RACCT", "RYEAR", "RTCUR", "RCNTR", "DRCRK"]
    posted = lines().select(
        pl.col("BUKRS").alias("RBUKRS"),
        pl.col("HKONT").alias("RACCT"),
        pl.col("GJAHR").alias("RYEAR"),
        pl.col("H_WAERS").alias("RTCUR"),
        pl.col("KOSTL").alias("RCNTR"),
        pl.col("SHKZG").alias("DRCRK"),
        pl.col("H_BUDAT").str.slice(4, 2).alias("period"),
        "amount",
        "local",
    )
    for prefix, amount in (("TSL", "amount"), ("HSL", "local")):
        totals = (
            frame("FAGLFLEXT")
            .unpivot([f"{prefix}{p}" for p in PERIODS], index=place)
            .with_columns(pl.col("variable").str.slice(3).alias("period"))
        )
        key = [*place, "period"]
        assert sums(totals, key, pl.col("value")) == sums(posted, key, pl.col(amount))


def test_balances_are_carried_forward_and_income_goes_into_retained_earnings() -> None:
    totals, income = frame("FAGLFLEXT"), frame("SKA1").filter(GVTYP="X")["SAKNR"]
    year = pl.sum_horizontal(f"HSL{p}" for p in PERIODS) + pl.col("HSLVT")
    is_income = pl.col("RACCT").is_in(income.implode())
    closing = totals.select(
        RBUKRS="RBUKRS",
        RYEAR=(pl.col("RYEAR").cast(pl.Int64) + 1).cast(pl.String),
        RACCT=pl.when(is_income).then(pl.lit(RETAINED)).otherwise("RACCT"),
        closed=year,
    )
    key = ["RBUKRS", "RYEAR", "RACCT"]
    later = closing.filter(pl.col("RYEAR") <= pl.lit(totals["RYEAR"].max()))
    assert sums(later, key, pl.col("closed")) == sums(totals, key, pl.col("HSLVT"))
    assert sums(totals, ["RBUKRS", "RYEAR"], year) == {}


def test_stock_and_its_value_are_the_sum_of_the_movements() -> None:
    key = ["MATNR", "BWKEY"]
    moved = frame("MSEG").rename({"WERKS": "BWKEY"})
    valued = frame("MBEW")
    assert sums(moved, key, signed("MENGE")) == sums(valued, key, pl.col("LBKUM"))
    assert sums(moved, key, signed("DMBTR")) == sums(valued, key, pl.col("SALK3"))


def test_stock_accounts_equal_the_value_of_the_stock() -> None:
    areas = frame("T001K").select("BWKEY", "BUKRS")
    valued = (
        frame("MBEW")
        .join(areas, on="BWKEY")
        .select(
            "BUKRS",
            pl.col("BKLAS").replace_strict(STOCKS).alias("HKONT"),
            "SALK3",
        )
    )
    key = ["BUKRS", "HKONT"]
    posted = lines().filter(pl.col("HKONT").is_in(list(STOCKS.values())))
    assert sums(posted, key, pl.col("local")) == sums(valued, key, pl.col("SALK3"))


def test_prices_in_yen_are_stored_as_if_yen_had_two_decimals() -> None:
    currencies = frame("T001K").join(frame("T001"), on="BUKRS").select("BWKEY", "WAERS")
    prices = frame("MBEW").join(currencies, on="BWKEY").select("MATNR", "WAERS", "STPRS")
    euro, yen = (prices.filter(WAERS=currency) for currency in ("EUR", "JPY"))
    both = euro.join(yen, on="MATNR").cast({"STPRS": float, "STPRS_right": float})
    assert both.height > 100
    assert 1.5 < both.select((pl.col("STPRS_right") / pl.col("STPRS")).median()).item() < 1.7


def test_movements_are_valued_at_the_standard_price_and_rounded_half_away_from_zero() -> None:
    prices = frame("MBEW").select("MATNR", "STPRS", "PEINH", WERKS="BWKEY")
    moved = frame("MSEG").join(prices, on=["MATNR", "WERKS"])
    assert moved.height == frame("MSEG").height
    cent = Decimal("0.01")
    for quantity, price, unit, value in moved.select("MENGE", "STPRS", "PEINH", "DMBTR").rows():
        assert (quantity * price / unit).quantize(cent, ROUND_HALF_UP) == value


def test_each_material_document_has_one_accounting_document() -> None:
    posted = frame("BKPF").filter(AWTYP="MKPF")
    slips = frame("MKPF").select(AWKEY=pl.col("MBLNR") + pl.col("MJAHR"))
    assert posted["AWKEY"].is_unique().all()
    assert set(posted["AWKEY"]) == set(slips["AWKEY"])


def test_billing_documents_are_posted_to_the_cent() -> None:
    billed = frame("VBRK").select(
        "BUKRS",
        "BELNR",
        "GJAHR",
        "VBELN",
        "KUNRG",
        "WAERK",
        "FKART",
        total=pl.col("NETWR") + pl.col("MWSBK"),
    )
    due = lines().filter(HKONT=RECEIVABLES, H_BLART="RV")
    both = billed.join(due, on=DOCUMENT)
    assert both.height == billed.height == due.height
    sign = pl.when(pl.col("FKART") == "G2").then(-1).otherwise(1)
    assert both.filter(pl.col("amount") != pl.col("total") * sign).is_empty()
    assert both.filter(pl.col("KUNRG") != pl.col("KUNNR")).is_empty()
    assert (both["VBELN"] == both["VBELN_right"]).all()


def test_headers_of_sales_documents_are_the_sums_of_their_items() -> None:
    items = frame("VBAP").filter(ABGRU="")
    assert sums(frame("VBAK"), ["VBELN"], pl.col("NETWR")) == sums(
        items, ["VBELN"], pl.col("NETWR")
    )
    for header, item in (("NETWR", "NETWR"), ("MWSBK", "MWSBP")):
        total = sums(frame("VBRP"), ["VBELN"], pl.col(item))
        assert sums(frame("VBRK"), ["VBELN"], pl.col(header)) == total


def test_the_document_flow_leads_from_order_to_billing() -> None:
    flow = frame("VBFA")
    after = {
        "J": ("LIPS", "POSNR"),
        "M": ("VBRP", "POSNR"),
        "K": ("VBAP", "POSNR"),
        "O": ("VBRP", "POSNR"),
    }
    for category, (table, number) in after.items():
        part = flow.filter(VBTYP_N=category)
        assert part.height > 50
        items = frame(table).select(VBELN="VBELN", POSNN=number)
        assert part.join(items, on=["VBELN", "POSNN"], how="anti").is_empty(), category
    delivered = frame("LIPS").select(VBELN="VBELN", POSNN="POSNR")
    assert delivered.join(flow.filter(VBTYP_N="J"), on=["VBELN", "POSNN"], how="anti").is_empty()


def test_deliveries_left_the_stock_in_the_quantity_that_was_billed() -> None:
    key = ["VBELN_IM", "VBELP_IM"]
    delivered = frame("LIPS").rename({"VBELN": "VBELN_IM", "POSNR": "VBELP_IM"})
    moved = frame("MSEG").filter(BWART="601")
    assert sums(moved, key, -signed("MENGE")) == sums(delivered, key, pl.col("LFIMG"))
    gone = (
        frame("VBFA")
        .filter(VBTYP_N="R")
        .select(MBLNR="VBELN", MJAHR="MJAHR", ZEILE=pl.col("POSNN").str.slice(2), VBELN_IM="VBELV")
    )
    assert gone.join(moved, on=["MBLNR", "MJAHR", "ZEILE", "VBELN_IM"]).height == moved.height
    billed = (
        frame("VBRP")
        .filter(VGTYP="J")
        .join(
            frame("LIPS").select(VGBEL="VBELN", VGPOS="POSNR", delivered="LFIMG"),
            on=["VGBEL", "VGPOS"],
        )
    )
    assert (billed["FKIMG"] == billed["delivered"]).all()
    assert billed.height > 5000


def test_some_orders_are_open_rejected_or_delivered_in_part() -> None:
    assert {"A", "B", "C"} == set(frame("VBAK")["LFSTK"]) - {""}
    assert frame("VBAP").filter(pl.col("ABGRU") != "").height > 20
    ordered = frame("VBAP").select(VGBEL="VBELN", VGPOS="POSNR", ordered="KWMENG")
    short = frame("LIPS").join(ordered, on=["VGBEL", "VGPOS"])
    assert 20 < short.filter(pl.col("LFIMG") < pl.col("ordered")).height < 500


def test_receipts_of_purchases_are_the_movements_in_their_history() -> None:
    history = frame("EKBE").filter(VGABE="1")
    moved = frame("MSEG").filter(pl.col("EBELN") != "")
    key = ["EBELN", "EBELP", "BELNR", "GJAHR", "BUZEI", "BWART", "SHKZG", "MENGE", "MATNR"]
    as_history = moved.with_columns(BELNR="MBLNR", GJAHR="MJAHR", BUZEI="ZEILE").select(key)
    assert as_history.sort(key).equals(history.select(key).sort(key))
    kept = sums(history, ["EBELN", "EBELP"], signed("MENGE"))
    received = frame("EKPO").filter(ELIKZ="X")
    assert kept == sums(received, ["EBELN", "EBELP"], pl.col("MENGE"))


def test_invoices_of_purchases_are_posted_for_what_their_history_says() -> None:
    history = frame("EKBE").filter(VGABE="2").with_columns(AWKEY=pl.col("BELNR") + pl.col("GJAHR"))
    documents = frame("BKPF").filter(BLART="RE").select("AWKEY", *DOCUMENT)
    due = lines().filter(KOART="K").join(documents, on=DOCUMENT)
    tax = lines().filter(HKONT="0000154000").join(documents, on=DOCUMENT)
    net = pl.concat([due, tax])
    assert sums(net, ["AWKEY"], -pl.col("amount")) == sums(history, ["AWKEY"], pl.col("WRBTR"))


def test_documents_are_converted_at_the_rate_of_the_last_working_day() -> None:
    rates = (
        frame("TCURR")
        .filter(KURST="M")
        .select(
            pl.col("FCURR").alias("WAERS"),
            pl.col("TCURR").alias("HWAER"),
            (99_999_999 - pl.col("GDATU").cast(pl.Int64)).alias("day"),
            "UKURS",
            "FFACT",
        )
    )
    documents = (
        frame("BKPF")
        .filter(pl.col("WAERS") != pl.col("HWAER"))
        .with_columns(pl.col("WWERT").cast(pl.Int64).alias("day"))
    )
    rated = documents.sort("day").join_asof(
        rates.sort("day"), on="day", by=["WAERS", "HWAER"], check_sortedness=False
    )
    assert rated.height > 2000
    assert (rated["KURSF"] == rated["UKURS"]).all()
    due = lines().filter(pl.col("HKONT") == RECEIVABLES, pl.col("H_BLART") == "RV")
    for row in due.join(rated.select(*DOCUMENT, "KURSF", "FFACT"), on=DOCUMENT).to_dicts():
        real = row["WRBTR"] * Decimal(10) ** (2 - DECIMALS.get(row["H_WAERS"], 2))
        local = real * row["KURSF"] / row["FFACT"]
        stored = local * Decimal(10) ** (DECIMALS.get(row["H_HWAER"], 2) - 2)
        assert stored.quantize(Decimal("0.01"), ROUND_HALF_UP) == row["DMBTR"]


def test_amounts_are_stored_as_if_every_currency_had_two_decimals() -> None:
    prices = (
        frame("VBAP")
        .filter(KPEIN=1)
        .group_by("WAERK")
        .agg(pl.col("NETPR").cast(pl.Float64).median())
    )
    median = dict(prices.rows())
    # A yen is a hundredth of a stored unit, a dinar ten of them.
    assert 0.8 < median["JPY"] / (median["EUR"] * 160 / 100) < 1.25
    assert 0.8 < median["KWD"] / (median["EUR"] * 0.33 * 10) < 1.25


def test_change_documents_say_what_the_changed_row_has_now() -> None:
    positions = frame("CDPOS")
    key = ["TABNAME", "TABKEY", "FNAME"]
    latest = positions.sort("CHANGENR").unique(key, keep="last")
    phones = latest.filter(TABNAME="KNA1").join(
        frame("KNA1").rename({"KUNNR": "OBJECTID"}), on="OBJECTID"
    )
    assert phones.height > 100
    assert (phones["VALUE_NEW"] == phones["TELF1"]).all()
    items = frame("VBAP").with_columns(TABKEY=pl.col("MANDT") + pl.col("VBELN") + pl.col("POSNR"))
    quantities = latest.filter(TABNAME="VBAP", FNAME="KWMENG").join(items, on="TABKEY")
    assert quantities.height > 200
    new = quantities["VALUE_NEW"].str.strip_chars()
    assert (new == quantities["KWMENG"].cast(pl.String)).all()
    assert (quantities["VALUE_NEW"] != quantities["VALUE_OLD"]).all()
    headers = frame("CDHDR").select("OBJECTCLAS", "OBJECTID", "CHANGENR", "UDATE")
    assert (
        positions.join(headers, on=["OBJECTCLAS", "OBJECTID", "CHANGENR"]).height == headers.height
    )
    last = headers.sort("CHANGENR").unique(["OBJECTCLAS", "OBJECTID"], keep="last")
    changed = last.filter(OBJECTCLAS="VERKBELEG").join(
        frame("VBAK").rename({"VBELN": "OBJECTID"}), on="OBJECTID"
    )
    assert (changed["UDATE"] == changed["AEDAT"]).all()


def test_nothing_is_valued_at_zero() -> None:
    assert frame("MBEW").filter(pl.col("STPRS") <= ZERO).is_empty()
    assert frame("VBAP").filter(pl.col("NETPR") <= ZERO).is_empty()
