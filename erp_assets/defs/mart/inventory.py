"""Inventory marts: what the stock is worth."""

import dagster as dg
import polars as pl

import erp_kernels

CUSTOMER_RETURN = 15
"""TRANSACTION_TYPE_ID of an RMA receipt: it comes back at the cost of what was issued."""
ITEM = ["organization_id", "item_id"]


@dg.asset(
    key=["mart", "inventory", "stock_valuation"],
    group_name="mart_inventory",
    owners=["team:finance-systems"],
    kinds={"polars", "cplusplus", "deltalake"},
    automation_condition=dg.AutomationCondition.eager(),
    ins={
        "movements": dg.AssetIn(["raw", "oracle", "mtl_material_transactions"]),
        "items": dg.AssetIn(["raw", "oracle", "mtl_system_items_b"]),
    },
)
def stock_valuation(movements: pl.LazyFrame, items: pl.LazyFrame) -> pl.LazyFrame:
    """Stock valued first-in first-out, in the ledger's currency; one row per item moved."""
    names = items.select(
        organization_id="ORGANIZATION_ID",
        item_id="INVENTORY_ITEM_ID",
        item_code="SEGMENT1",
        item_name="DESCRIPTION",
        unit_code="PRIMARY_UOM_CODE",
    )
    return value_stock(movements).join(names, on=ITEM, how="left")


def value_stock(movements: pl.LazyFrame) -> pl.LazyFrame:
    """The FIFO kernel over the material transactions, per organization and item."""
    returned = pl.col("TRANSACTION_TYPE_ID") == CUSTOMER_RETURN
    cost = pl.coalesce("TRANSACTION_COST", "ACTUAL_COST")
    keyed = movements.select(
        item_id=pl.concat_str("ORGANIZATION_ID", "INVENTORY_ITEM_ID", separator="/"),
        moved_at="TRANSACTION_DATE",
        sequence_id="TRANSACTION_ID",
        moved_qty="PRIMARY_QUANTITY",
        unit_cost_amount=pl.when(~returned).then(cost),
    )
    valued = erp_kernels.fifo_valuation(keyed).items
    key = pl.col("item_id").str.split_exact("/", 1).struct
    return valued.lazy().select(
        key.field("field_0").cast(pl.Int64).alias("organization_id"),
        key.field("field_1").cast(pl.Int64).alias("item_id"),
        pl.exclude("item_id"),
    )


@dg.asset_check(
    asset=dg.AssetKey(["mart", "inventory", "stock_valuation"]),
    additional_ins={"onhand": dg.AssetIn(["raw", "oracle", "mtl_onhand_quantities_detail"])},
    blocking=True,
    description="The quantity valued of every item is the quantity on hand.",
)
def equals_stock_on_hand(
    stock_valuation: pl.LazyFrame, onhand: pl.LazyFrame
) -> dg.AssetCheckResult:
    """What was valued is what lies in the warehouse."""
    found = differing_items(stock_valuation, onhand).collect()
    return dg.AssetCheckResult(
        passed=found.is_empty(),
        description=f"{found.height} items differ from the stock on hand" if found.height else None,
        metadata={"differing_items": found.height, "examples": str(found.head(5).to_dicts())},
    )


def differing_items(valuation: pl.LazyFrame, onhand: pl.LazyFrame) -> pl.LazyFrame:
    """Items whose valued quantity differs from the stock on hand; absent counts as zero."""
    stock = onhand.group_by(organization_id="ORGANIZATION_ID", item_id="INVENTORY_ITEM_ID").agg(
        stock_qty=pl.col("PRIMARY_TRANSACTION_QUANTITY").sum()
    )
    both = valuation.select(*ITEM, "on_hand_qty").join(stock, on=ITEM, how="full", coalesce=True)
    filled = both.with_columns(pl.col("on_hand_qty", "stock_qty").fill_null(0))
    return filled.filter(pl.col("on_hand_qty") != pl.col("stock_qty"))
