"""What the marts compute, on rows that a person can add up, and what their checks find."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import dagster as dg
import polars as pl
import pytest

from erp_assets.defs.mart.inventory import (
    differing_items,
    equals_stock_on_hand,
    stock_valuation,
    value_stock,
)
from erp_assets.defs.mart.ledger import (
    balances_to_zero,
    described_accounts,
    differing_accounts,
    equals_the_ledger,
    posted_by_account,
    trial_balance,
    unbalanced_periods,
)

MONEY = pl.Decimal(38, 2)
Frames = dict[str, pl.DataFrame]


def frame(rows: Sequence[tuple[Any, ...]], **columns: Any) -> pl.DataFrame:
    """Rows under typed columns; amounts are written as text."""
    texts = {name: pl.String if kind == MONEY else kind for name, kind in columns.items()}
    plain = pl.DataFrame(rows, schema=texts, orient="row")
    return plain.with_columns(pl.col(name).cast(kind) for name, kind in columns.items())


def ledger_frames() -> Frames:
    """Two journals of one ledger in January: 100.00 + 20.10 from cash (account 1) to rent (2).

    A third journal is not posted, a fourth is a budget; neither counts.
    """
    lines = [
        (11, 1, 1, "Jan-24", "100.00", None),
        (11, 1, 2, "Jan-24", None, "100.00"),
        (12, 1, 1, "Jan-24", "20.10", None),
        (12, 1, 2, "Jan-24", None, "20.10"),
        (13, 1, 1, "Jan-24", "999.99", None),
        (14, 1, 2, "Jan-24", "500.00", None),
    ]
    balances = [
        (1, "Jan-24", 1, "USD", "A", None, "120.10", None),
        (1, "Jan-24", 2, "USD", "A", None, None, "120.10"),
        (1, "Jan-24", 1, "USD", "B", None, "500.00", None),
        (1, "Jan-24", 1, "EUR", "A", None, "110.00", None),
        (1, "Jan-24", 1, "USD", "A", "R", "777.00", None),
        (1, "Jan-24", 9, "USD", "A", None, "0.00", "0.00"),
    ]
    accounts = [
        (1, "01", "100", "1110", "000", None, "A", "Cash"),
        (2, "01", "200", "6110", "000", "00", "E", "Rent"),
    ]
    segments = {f"SEGMENT{number}": pl.String for number in range(1, 6)}
    return {
        "gl_je_lines": frame(
            lines,
            JE_HEADER_ID=pl.Int64,
            LEDGER_ID=pl.Int64,
            CODE_COMBINATION_ID=pl.Int64,
            PERIOD_NAME=pl.String,
            ACCOUNTED_DR=MONEY,
            ACCOUNTED_CR=MONEY,
        ),
        "gl_je_headers": frame(
            [(11, "P", "A"), (12, "P", "A"), (13, "U", "A"), (14, "P", "B")],
            JE_HEADER_ID=pl.Int64,
            STATUS=pl.String,
            ACTUAL_FLAG=pl.String,
        ),
        "gl_code_combinations": frame(
            accounts,
            CODE_COMBINATION_ID=pl.Int64,
            **segments,
            ACCOUNT_TYPE=pl.String,
            DESCRIPTION=pl.String,
        ),
        "gl_ledgers": frame([(1, "USD")], LEDGER_ID=pl.Int64, CURRENCY_CODE=pl.String),
        "gl_balances": frame(
            balances,
            LEDGER_ID=pl.Int64,
            PERIOD_NAME=pl.String,
            CODE_COMBINATION_ID=pl.Int64,
            CURRENCY_CODE=pl.String,
            ACTUAL_FLAG=pl.String,
            TRANSLATED_FLAG=pl.String,
            PERIOD_NET_DR=MONEY,
            PERIOD_NET_CR=MONEY,
        ),
    }


def stock_frames() -> Frames:
    """Item 7 in organization 204: 10 at 2.00, 10 at 3.00, 12 issued, 2 returned: 10 worth 30.00.

    The issue takes 10 at 2.00 and 2 at 3.00; the customer's return comes back at 3.00. Item 8
    has two pieces at 1.25, whose cost only ACTUAL_COST tells.
    """
    movements = [
        (1, 204, 7, datetime(2024, 1, 1), "10.00", "2.00", None, 18),
        (2, 204, 7, datetime(2024, 1, 2), "10.00", "3.00", "9.99", 18),
        (3, 204, 7, datetime(2024, 1, 3), "-12.00", None, "2.20", 33),
        (4, 204, 7, datetime(2024, 1, 4), "2.00", None, "8.88", 15),
        (5, 204, 8, datetime(2024, 1, 1), "2.00", None, "1.25", 18),
    ]
    return {
        "mtl_material_transactions": frame(
            movements,
            TRANSACTION_ID=pl.Int64,
            ORGANIZATION_ID=pl.Int64,
            INVENTORY_ITEM_ID=pl.Int64,
            TRANSACTION_DATE=pl.Datetime("us"),
            PRIMARY_QUANTITY=MONEY,
            TRANSACTION_COST=MONEY,
            ACTUAL_COST=MONEY,
            TRANSACTION_TYPE_ID=pl.Int64,
        ),
        "mtl_system_items_b": frame(
            [(204, 7, "B-007", "Bolt", "Ea"), (999, 7, "X", "Other", "Ea")],
            ORGANIZATION_ID=pl.Int64,
            INVENTORY_ITEM_ID=pl.Int64,
            SEGMENT1=pl.String,
            DESCRIPTION=pl.String,
            PRIMARY_UOM_CODE=pl.String,
        ),
        "mtl_onhand_quantities_detail": frame(
            [(204, 7, "4.00"), (204, 7, "6.00"), (204, 8, "2.00"), (204, 9, "0.00")],
            ORGANIZATION_ID=pl.Int64,
            INVENTORY_ITEM_ID=pl.Int64,
            PRIMARY_TRANSACTION_QUANTITY=MONEY,
        ),
    }


def raw(name: str, rows: pl.DataFrame) -> dg.AssetsDefinition:
    """An asset in the place of a raw table."""

    @dg.asset(key=["raw", "oracle", name])
    def table() -> pl.LazyFrame:
        return rows.lazy()

    return table


def evaluated(
    frames: Frames, *definitions: dg.AssetsDefinition
) -> dict[str, dg.AssetCheckEvaluation]:
    """The checks of a mart, run by Dagster on raw tables that hold ``frames``."""
    result = dg.materialize(
        [*(raw(name, rows) for name, rows in frames.items()), *definitions],
        resources={"io_manager": dg.mem_io_manager},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert result.success == all(check.passed for check in checks.values())
    return checks


def ledger_checks(frames: Frames) -> dict[str, dg.AssetCheckEvaluation]:
    return evaluated(frames, trial_balance, balances_to_zero, equals_the_ledger)


def stock_checks(frames: Frames) -> dict[str, dg.AssetCheckEvaluation]:
    return evaluated(frames, stock_valuation, equals_stock_on_hand)


def changed(frames: Frames, name: str, where: pl.Expr, **values: str) -> Frames:
    """The frames with other values in the rows of one that meet ``where``."""
    others = [
        pl.when(where).then(pl.lit(value).cast(MONEY)).otherwise(pl.col(column)).alias(column)
        for column, value in values.items()
    ]
    return frames | {name: frames[name].with_columns(others)}


# ---- trial balance ----


def test_only_posted_actual_journals_count_in_the_trial_balance() -> None:
    frames = ledger_frames()
    found = posted_by_account(frames["gl_je_lines"].lazy(), frames["gl_je_headers"].lazy())
    assert found.sort("account_id").collect().rows() == [
        (1, "Jan-24", 1, Decimal("120.10"), Decimal("0.00"), Decimal("120.10")),
        (1, "Jan-24", 2, Decimal("0.00"), Decimal("120.10"), Decimal("-120.10")),
    ]


def test_an_account_number_is_its_segments_joined() -> None:
    found = described_accounts(ledger_frames()["gl_code_combinations"].lazy()).collect()
    assert found.rows() == [
        (1, "01-100-1110-000-", "A", "Cash"),
        (2, "01-200-6110-000-00", "E", "Rent"),
    ]


def test_the_ledgers_own_balances_in_its_own_currency_agree() -> None:
    checks = ledger_checks(ledger_frames())
    assert {name: check.passed for name, check in checks.items()} == {
        "balances_to_zero": True,
        "equals_the_ledger": True,
    }


def test_a_cent_out_of_balance_fails_the_check_with_the_period_and_the_difference() -> None:
    cent = (pl.col("JE_HEADER_ID") == 12) & (pl.col("CODE_COMBINATION_ID") == 2)
    frames = changed(ledger_frames(), "gl_je_lines", cent, ACCOUNTED_CR="20.09")
    check = ledger_checks(frames)["balances_to_zero"]
    assert not check.passed
    assert check.description == "1 periods are out of balance"
    assert check.metadata["unbalanced_periods"].value == 1
    assert "Jan-24" in str(check.metadata["examples"].value)
    assert "0.01" in str(check.metadata["examples"].value)


def test_periods_that_cancel_each_other_out_are_both_found() -> None:
    rows = [(1, "Jan-24", "0.01"), (1, "Feb-24", "-0.01"), (2, "Jan-24", "0.00")]
    balance = frame(rows, ledger_id=pl.Int64, period_name=pl.String, net_amount=MONEY)
    assert sorted(unbalanced_periods(balance.lazy()).collect()["period_name"]) == [
        "Feb-24",
        "Jan-24",
    ]


@pytest.mark.parametrize(
    ("account", "amount"), [(1, "120.11"), (9, "5.00")], ids=["other_amount", "no_journal"]
)
def test_a_balance_that_the_journals_do_not_explain_fails_the_check(
    account: int, amount: str
) -> None:
    own = (
        (pl.col("CODE_COMBINATION_ID") == account)
        & (pl.col("ACTUAL_FLAG") == "A")
        & (pl.col("CURRENCY_CODE") == "USD")
        & pl.col("TRANSLATED_FLAG").is_null()
    )
    checks = ledger_checks(changed(ledger_frames(), "gl_balances", own, PERIOD_NET_DR=amount))
    assert checks["balances_to_zero"].passed
    check = checks["equals_the_ledger"]
    assert not check.passed
    assert check.description == "1 accounts differ from GL_BALANCES"
    assert check.metadata["differing_accounts"].value == 1
    assert amount in str(check.metadata["examples"].value)


def test_a_posted_account_without_a_balance_is_found() -> None:
    frames = ledger_frames()
    balance = posted_by_account(frames["gl_je_lines"].lazy(), frames["gl_je_headers"].lazy())
    none = frames["gl_balances"].clear().lazy()
    found = differing_accounts(balance, none, frames["gl_ledgers"].lazy()).collect()
    assert sorted(found["account_id"]) == [1, 2]


# ---- stock valuation ----


def test_stock_is_valued_first_in_first_out_and_a_return_at_the_cost_of_the_issue() -> None:
    found = value_stock(stock_frames()["mtl_material_transactions"].lazy()).collect()
    shown = found.select("organization_id", "item_id", "on_hand_qty", "stock_amount")
    assert shown.rows() == [
        (204, 7, Decimal("10.00"), Decimal("30.00")),
        (204, 8, Decimal("2.00"), Decimal("2.50")),
    ]
    assert found["issued_amount"].to_list() == [Decimal("26.00"), Decimal("0.00")]


def test_items_are_named_in_their_own_organization() -> None:
    frames = stock_frames()
    rows = stock_valuation(
        frames["mtl_material_transactions"].lazy(), frames["mtl_system_items_b"].lazy()
    )
    assert isinstance(rows, pl.LazyFrame)
    named = rows.select("item_id", "item_code", "item_name", "unit_code").sort("item_id").collect()
    assert named.rows() == [(7, "B-007", "Bolt", "Ea"), (8, None, None, None)]


def test_stock_in_several_places_is_one_quantity_and_nothing_is_zero() -> None:
    assert stock_checks(stock_frames())["equals_stock_on_hand"].passed


@pytest.mark.parametrize(
    ("item", "quantity"), [(8, "3.00"), (9, "0.01")], ids=["other_quantity", "never_moved"]
)
def test_stock_that_the_movements_do_not_explain_fails_the_check(item: int, quantity: str) -> None:
    where = pl.col("INVENTORY_ITEM_ID") == item
    frames = changed(
        stock_frames(),
        "mtl_onhand_quantities_detail",
        where,
        PRIMARY_TRANSACTION_QUANTITY=quantity,
    )
    check = stock_checks(frames)["equals_stock_on_hand"]
    assert not check.passed
    assert check.description == "1 items differ from the stock on hand"
    assert check.metadata["differing_items"].value == 1
    assert quantity in str(check.metadata["examples"].value)


def test_valued_stock_that_lies_nowhere_is_found() -> None:
    frames = stock_frames()
    valued = value_stock(frames["mtl_material_transactions"].lazy())
    nowhere = frames["mtl_onhand_quantities_detail"].clear().lazy()
    assert sorted(differing_items(valued, nowhere).collect()["item_id"]) == [7, 8]
