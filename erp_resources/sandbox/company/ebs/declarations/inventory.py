"""Oracle Inventory (schema INV)."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import WHO

MTL_SYSTEM_ITEMS_B = Table(
    "INV",
    "MTL_SYSTEM_ITEMS_B",
    (
        Column("INVENTORY_ITEM_ID", "NUMBER(15)", False, "Item identifier."),
        Column("ORGANIZATION_ID", "NUMBER(15)", False, "Inventory organization."),
        Column("SEGMENT1", "VARCHAR2(40)", True, "Item number."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the item."),
        Column("ITEM_TYPE", "VARCHAR2(30)", True, "FG, SA, P, RM or TRADE: user item type."),
        Column("PRIMARY_UOM_CODE", "VARCHAR2(3)", True, "Primary unit of measure."),
        Column("INVENTORY_ITEM_STATUS_CODE", "VARCHAR2(10)", False, "Active or Inactive."),
        Column("PLANNING_MAKE_BUY_CODE", "NUMBER", True, "1 make, 2 buy."),
        Column("BOM_ENABLED_FLAG", "VARCHAR2(1)", False, "Whether it may be on a bill."),
        Column("PURCHASING_ENABLED_FLAG", "VARCHAR2(1)", False, "Whether it may be bought."),
        Column("CUSTOMER_ORDER_ENABLED_FLAG", "VARCHAR2(1)", False, "Whether it may be sold."),
        Column("LIST_PRICE_PER_UNIT", "NUMBER", True, "Purchase list price; empty if made."),
        Column("FIXED_LEAD_TIME", "NUMBER", True, "Days of lead time however many are made."),
        Column("SAFETY_STOCK_BUCKET_DAYS", "NUMBER", True, "Days that safety stock covers."),
        Column("UNIT_WEIGHT", "NUMBER", True, "Weight of a unit."),
        Column("WEIGHT_UOM_CODE", "VARCHAR2(3)", True, "Unit of the weight."),
        Column("COST_OF_SALES_ACCOUNT", "NUMBER(15)", True, "Cost of sales account."),
        Column("SALES_ACCOUNT", "NUMBER(15)", True, "Revenue account."),
        *WHO,
    ),
    ("INVENTORY_ITEM_ID", "ORGANIZATION_ID"),
    "Items: one row per item and inventory organization; organization 120 is the master.",
    (
        ForeignKey(("COST_OF_SALES_ACCOUNT",), "GL", "GL_CODE_COMBINATIONS"),
        ForeignKey(("SALES_ACCOUNT",), "GL", "GL_CODE_COMBINATIONS"),
    ),
)

MTL_MATERIAL_TRANSACTIONS = Table(
    "INV",
    "MTL_MATERIAL_TRANSACTIONS",
    (
        Column("TRANSACTION_ID", "NUMBER(15)", False, "Transaction identifier, in time order."),
        Column("INVENTORY_ITEM_ID", "NUMBER(15)", False, "Item that moved."),
        Column("ORGANIZATION_ID", "NUMBER(15)", False, "Inventory organization."),
        Column("SUBINVENTORY_CODE", "VARCHAR2(10)", True, "Subinventory."),
        Column(
            "TRANSACTION_TYPE_ID",
            "NUMBER",
            False,
            "15 RMA receipt, 18 PO receipt, 32 and 42 miscellaneous issue and receipt, 33 sales "
            "order issue, 35 WIP component issue, 36 return to vendor, 44 WIP completion.",
        ),
        Column("TRANSACTION_ACTION_ID", "NUMBER", False, "1 issue, 27 receipt, 31 completion."),
        Column(
            "TRANSACTION_SOURCE_TYPE_ID",
            "NUMBER",
            False,
            "1 purchase order, 2 sales order, 5 job, 12 RMA, 13 inventory.",
        ),
        Column("TRANSACTION_SOURCE_ID", "NUMBER", True, "Order or job; empty for inventory."),
        Column("TRX_SOURCE_LINE_ID", "NUMBER", True, "Sales order line."),
        Column("TRANSACTION_QUANTITY", "NUMBER", False, "Quantity; issues are negative."),
        Column("TRANSACTION_UOM", "VARCHAR2(3)", False, "Unit of the quantity."),
        Column("PRIMARY_QUANTITY", "NUMBER", False, "Quantity in the primary unit."),
        Column("TRANSACTION_DATE", "DATE", False, "Date and time of the movement."),
        Column("ACCT_PERIOD_ID", "NUMBER", True, "Inventory accounting period."),
        Column("TRANSACTION_COST", "NUMBER", True, "Price per unit paid; purchases only."),
        Column("ACTUAL_COST", "NUMBER", True, "Standard cost per unit, in the ledger's currency."),
        Column("COSTED_FLAG", "VARCHAR2(1)", True, "N not yet costed, E error; empty if costed."),
        Column("CURRENCY_CODE", "VARCHAR2(10)", True, "Currency of the purchase."),
        Column("REASON_ID", "NUMBER", True, "Reason of a miscellaneous transaction."),
        Column("TRANSACTION_REFERENCE", "VARCHAR2(240)", True, "Free text."),
        Column("DISTRIBUTION_ACCOUNT_ID", "NUMBER(15)", True, "Offset account."),
        *WHO,
    ),
    ("TRANSACTION_ID",),
    "Material transactions: one row per movement of an item into or out of a subinventory.",
    (
        ForeignKey(("INVENTORY_ITEM_ID", "ORGANIZATION_ID"), "INV", "MTL_SYSTEM_ITEMS_B"),
        ForeignKey(("DISTRIBUTION_ACCOUNT_ID",), "GL", "GL_CODE_COMBINATIONS"),
    ),
)

MTL_ONHAND_QUANTITIES_DETAIL = Table(
    "INV",
    "MTL_ONHAND_QUANTITIES_DETAIL",
    (
        Column("ONHAND_QUANTITIES_ID", "NUMBER(15)", False, "On-hand row identifier."),
        Column("INVENTORY_ITEM_ID", "NUMBER(15)", False, "Item."),
        Column("ORGANIZATION_ID", "NUMBER(15)", False, "Inventory organization."),
        Column("SUBINVENTORY_CODE", "VARCHAR2(10)", False, "Subinventory."),
        Column("PRIMARY_TRANSACTION_QUANTITY", "NUMBER", False, "Stock in the primary unit."),
        Column("TRANSACTION_QUANTITY", "NUMBER", False, "Stock in the transaction unit."),
        Column("TRANSACTION_UOM_CODE", "VARCHAR2(3)", False, "Transaction unit."),
        Column("DATE_RECEIVED", "DATE", False, "Date of the first movement."),
        Column("LOT_NUMBER", "VARCHAR2(80)", True, "Lot; empty without lot control."),
        Column("IS_CONSIGNED", "NUMBER", False, "1 consigned stock, 2 own stock."),
        *WHO,
    ),
    ("ONHAND_QUANTITIES_ID",),
    "On-hand stock: one row per item, organization and subinventory with stock other than zero.",
    (ForeignKey(("INVENTORY_ITEM_ID", "ORGANIZATION_ID"), "INV", "MTL_SYSTEM_ITEMS_B"),),
)
