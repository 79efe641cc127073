"""Inventory: dimensions, lots, transactions and what is on hand."""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations.system import (
    PER_COMPANY,
    REAL,
    SCHEMA,
    column,
    reference,
)

_TO_ITEM = reference("INVENTTABLE", "DATAAREAID", "ITEMID")

INVENTDIM = Table(
    SCHEMA,
    "INVENTDIM",
    (
        column("INVENTDIMID", "nvarchar(20)", "Set of inventory dimensions."),
        column("INVENTSITEID", "nvarchar(10)", "Site."),
        column("INVENTLOCATIONID", "nvarchar(10)", "Warehouse."),
        column("INVENTBATCHID", "nvarchar(20)", "Batch; empty without batch control."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "INVENTDIMID"),
    "Inventory dimensions: one row per combination that is in use.",
    change_tracking=True,
)

INVENTTRANSORIGIN = Table(
    SCHEMA,
    "INVENTTRANSORIGIN",
    (
        column("INVENTTRANSID", "nvarchar(20)", "Lot."),
        column(
            "REFERENCECATEGORY",
            "int",
            "0 sales order, 2 production, 3 purchase order, 4 transaction, 8 production line, "
            "13 counting.",
        ),
        column("REFERENCEID", "nvarchar(20)", "Order or journal that caused the transactions."),
        column("ITEMID", "nvarchar(20)", "Item."),
        *PER_COMPANY,
    ),
    ("RECID",),
    "Lots: one row per order line or journal line that moves an item.",
    (_TO_ITEM,),
    change_tracking=True,
)

INVENTTRANS = Table(
    SCHEMA,
    "INVENTTRANS",
    (
        column("INVENTTRANSORIGIN", "bigint", "Lot that the transaction belongs to."),
        column("ITEMID", "nvarchar(20)", "Item that moves."),
        column("INVENTDIMID", "nvarchar(20)", "Inventory dimensions: site and warehouse."),
        column("QTY", REAL, "Quantity; issues are negative."),
        column(
            "STATUSISSUE",
            "int",
            "0 no issue, 1 sold, 2 deducted, 4 reserved physically, 6 on order.",
        ),
        column("STATUSRECEIPT", "int", "0 no receipt, 1 purchased, 2 received, 5 ordered."),
        column("DATEEXPECTED", "datetime", "Day on which the movement is expected."),
        column("DATEPHYSICAL", "datetime", "Day of the physical movement, or 1900-01-01."),
        column("DATEFINANCIAL", "datetime", "Day of the financial update, or 1900-01-01."),
        column("COSTAMOUNTPHYSICAL", REAL, "Value at the physical update."),
        column("COSTAMOUNTPOSTED", REAL, "Value at the financial update."),
        column("VOUCHERPHYSICAL", "nvarchar(20)", "Voucher of the physical update, or empty."),
        column("VOUCHER", "nvarchar(20)", "Voucher of the financial update, or empty."),
        column("INVOICEID", "nvarchar(20)", "Invoice, if an order was invoiced, else empty."),
        column("CURRENCYCODE", "nvarchar(3)", "Currency of the order or of the ledger."),
        column("VALUEOPEN", "int", "1 if the transaction is still open, 0 if closed."),
        *PER_COMPANY,
    ),
    ("RECID",),
    "Inventory transactions: one row per quantity of a lot in one state.",
    (
        reference("INVENTTRANSORIGIN", "INVENTTRANSORIGIN"),
        _TO_ITEM,
        reference("INVENTDIM", "DATAAREAID", "INVENTDIMID"),
    ),
    change_tracking=True,
)

INVENTSUM = Table(
    SCHEMA,
    "INVENTSUM",
    (
        column("ITEMID", "nvarchar(20)", "Item."),
        column("INVENTDIMID", "nvarchar(20)", "Inventory dimensions: site and warehouse."),
        column("POSTEDQTY", REAL, "Quantity updated financially."),
        column("POSTEDVALUE", REAL, "Value updated financially."),
        column("RECEIVED", REAL, "Quantity received but not yet invoiced."),
        column("DEDUCTED", REAL, "Quantity delivered but not yet invoiced."),
        column("PHYSICALVALUE", REAL, "Value received less delivered but not yet invoiced."),
        column("RESERVPHYSICAL", REAL, "Quantity reserved of what is in stock."),
        column("ORDERED", REAL, "Quantity ordered from vendors."),
        column("ONORDER", REAL, "Quantity ordered by customers and not reserved."),
        column("PHYSICALINVENT", REAL, "Quantity in stock: posted, received less deducted."),
        column("AVAILPHYSICAL", REAL, "Quantity in stock that is not reserved."),
        column("CLOSED", "int", "1 if all quantities and values are zero."),
        column("LASTUPDDATEPHYSICAL", "datetime", "Day of the last physical movement."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "ITEMID", "INVENTDIMID"),
    "On-hand inventory: one row per item and set of inventory dimensions.",
    (_TO_ITEM, reference("INVENTDIM", "DATAAREAID", "INVENTDIMID")),
    change_tracking=True,
)
