"""Ledger marts: what the journals say, and whether the ledger agrees."""

import dagster as dg
import polars as pl

PERIOD = ["ledger_id", "period_name"]


@dg.asset(
    key=["mart", "ledger", "trial_balance"],
    group_name="mart_ledger",
    owners=["team:finance-systems"],
    kinds={"polars", "deltalake"},
    automation_condition=dg.AutomationCondition.eager(),
    ins={
        "lines": dg.AssetIn(["raw", "oracle", "gl_je_lines"]),
        "headers": dg.AssetIn(["raw", "oracle", "gl_je_headers"]),
        "accounts": dg.AssetIn(["raw", "oracle", "gl_code_combinations"]),
        "ledgers": dg.AssetIn(["raw", "oracle", "gl_ledgers"]),
    },
)
def trial_balance(
    lines: pl.LazyFrame, headers: pl.LazyFrame, accounts: pl.LazyFrame, ledgers: pl.LazyFrame
) -> pl.LazyFrame:
    """Debits and credits posted, in the ledger's currency; one row per ledger, period, account."""
    return (
        posted_by_account(lines, headers)
        .join(described_accounts(accounts), on="account_id", how="left")
        .join(
            ledgers.select(ledger_id="LEDGER_ID", currency_code="CURRENCY_CODE"),
            on="ledger_id",
            how="left",
        )
    )


def posted_by_account(lines: pl.LazyFrame, headers: pl.LazyFrame) -> pl.LazyFrame:
    """Sums of the posted actual journals' lines, by ledger, period and account."""
    posted = headers.filter(pl.col("STATUS") == "P", pl.col("ACTUAL_FLAG") == "A")
    return (
        lines.join(posted.select("JE_HEADER_ID"), on="JE_HEADER_ID", how="semi")
        .group_by(
            ledger_id="LEDGER_ID", period_name="PERIOD_NAME", account_id="CODE_COMBINATION_ID"
        )
        .agg(debit_amount=pl.col("ACCOUNTED_DR").sum(), credit_amount=pl.col("ACCOUNTED_CR").sum())
        .with_columns(net_amount=pl.col("debit_amount") - pl.col("credit_amount"))
    )


def described_accounts(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """The chart of accounts: identifier, number (its segments), kind and text."""
    segments = [pl.col(f"SEGMENT{number}").fill_null("") for number in range(1, 6)]
    return accounts.select(
        account_id="CODE_COMBINATION_ID",
        account_code=pl.concat_str(segments, separator="-"),
        account_type="ACCOUNT_TYPE",
        account_name="DESCRIPTION",
    )


@dg.asset_check(
    asset=dg.AssetKey(["mart", "ledger", "trial_balance"]),
    blocking=True,
    description="In every ledger and period, debits equal credits to the cent.",
)
def balances_to_zero(trial_balance: pl.LazyFrame) -> dg.AssetCheckResult:
    """Debits equal credits in every ledger and period."""
    found = unbalanced_periods(trial_balance).collect()
    return dg.AssetCheckResult(
        passed=found.is_empty(),
        description=f"{found.height} periods are out of balance" if found.height else None,
        metadata={"unbalanced_periods": found.height, "examples": str(found.head(5).to_dicts())},
    )


def unbalanced_periods(balance: pl.LazyFrame) -> pl.LazyFrame:
    """Ledgers and periods whose debits and credits differ, with the difference."""
    return (
        balance.group_by(PERIOD).agg(pl.col("net_amount").sum()).filter(pl.col("net_amount") != 0)
    )


@dg.asset_check(
    asset=dg.AssetKey(["mart", "ledger", "trial_balance"]),
    additional_ins={
        "balances": dg.AssetIn(["raw", "oracle", "gl_balances"]),
        "ledgers": dg.AssetIn(["raw", "oracle", "gl_ledgers"]),
    },
    blocking=True,
    description="Debits and credits of every account and period equal those in GL_BALANCES.",
)
def equals_the_ledger(
    trial_balance: pl.LazyFrame, balances: pl.LazyFrame, ledgers: pl.LazyFrame
) -> dg.AssetCheckResult:
    """The journals, summed, are what the ledger itself says it holds."""
    found = differing_accounts(trial_balance, balances, ledgers).collect()
    return dg.AssetCheckResult(
        passed=found.is_empty(),
        description=f"{found.height} accounts differ from GL_BALANCES" if found.height else None,
        metadata={"differing_accounts": found.height, "examples": str(found.head(5).to_dicts())},
    )


def differing_accounts(
    balance: pl.LazyFrame, balances: pl.LazyFrame, ledgers: pl.LazyFrame
) -> pl.LazyFrame:
    """Accounts and periods in which journals and GL_BALANCES differ; absent counts as zero."""
    key = [*PERIOD, "account_id"]
    functional = balances.join(
        ledgers.select("LEDGER_ID", "CURRENCY_CODE"), on=["LEDGER_ID", "CURRENCY_CODE"]
    )
    own = functional.filter(
        pl.col("ACTUAL_FLAG") == "A", pl.col("TRANSLATED_FLAG").is_null()
    ).select(
        ledger_id="LEDGER_ID",
        period_name="PERIOD_NAME",
        account_id="CODE_COMBINATION_ID",
        ledger_debit=pl.col("PERIOD_NET_DR").fill_null(0),
        ledger_credit=pl.col("PERIOD_NET_CR").fill_null(0),
    )
    both = balance.join(own, on=key, how="full", coalesce=True).with_columns(
        pl.col("debit_amount", "credit_amount", "ledger_debit", "ledger_credit").fill_null(0)
    )
    return both.filter(
        (pl.col("debit_amount") != pl.col("ledger_debit"))
        | (pl.col("credit_amount") != pl.col("ledger_credit"))
    )
