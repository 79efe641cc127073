"""Products, items and bills of materials."""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations.system import (
    GLOBAL,
    PER_COMPANY,
    REAL,
    SCHEMA,
    column,
    reference,
)

ECORESPRODUCT = Table(
    SCHEMA,
    "ECORESPRODUCT",
    (
        column("DISPLAYPRODUCTNUMBER", "nvarchar(70)", "Product number."),
        column("SEARCHNAME", "nvarchar(60)", "Search name."),
        column("PRODUCTTYPE", "int", "1 item, 2 service."),
        *GLOBAL,
    ),
    ("RECID",),
    "Products: one row per product that legal entities may release as an item.",
    change_tracking=True,
)

ECORESPRODUCTTRANSLATION = Table(
    SCHEMA,
    "ECORESPRODUCTTRANSLATION",
    (
        column("PRODUCT", "bigint", "Product."),
        column("LANGUAGEID", "nvarchar(7)", "Language."),
        column("NAME", "nvarchar(60)", "Name of the product in that language."),
        column("DESCRIPTION", "nvarchar(1000)", "Description; may be empty."),
        *GLOBAL,
    ),
    ("RECID",),
    "Product names: one row per product and language.",
    (reference("ECORESPRODUCT", "PRODUCT"),),
    change_tracking=True,
)

INVENTTABLE = Table(
    SCHEMA,
    "INVENTTABLE",
    (
        column("ITEMID", "nvarchar(20)", "Item number."),
        column("PRODUCT", "bigint", "Product that the item releases."),
        column("NAMEALIAS", "nvarchar(20)", "Search name."),
        column("ITEMTYPE", "int", "0 item, 2 service."),
        column("BOMUNITID", "nvarchar(10)", "Unit in stock and on bills of materials."),
        column("COSTGROUPID", "nvarchar(10)", "Cost group: MAKE or BUY."),
        column("ABCVALUE", "int", "0 none, 1 A, 2 B, 3 C, by value."),
        column("NETWEIGHT", REAL, "Net weight in kilograms; 0 if unknown."),
        column("PRIMARYVENDORID", "nvarchar(20)", "Vendor it is mostly bought from; or empty."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "ITEMID"),
    "Items: one row per item and legal entity that keeps it.",
    (reference("ECORESPRODUCT", "PRODUCT"), reference("DATAAREA", "DATAAREAID")),
    change_tracking=True,
)

BOMTABLE = Table(
    SCHEMA,
    "BOMTABLE",
    (
        column("BOMID", "nvarchar(20)", "Bill of materials."),
        column("NAME", "nvarchar(60)", "Name of the bill."),
        column("SITEID", "nvarchar(10)", "Site that the bill is for."),
        column("APPROVED", "int", "1 if approved."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "BOMID"),
    "Bills of materials: one row per bill.",
    change_tracking=True,
)

BOMVERSION = Table(
    SCHEMA,
    "BOMVERSION",
    (
        column("ITEMID", "nvarchar(20)", "Item that is made."),
        column("BOMID", "nvarchar(20)", "Bill of materials by which it is made."),
        column("NAME", "nvarchar(60)", "Name of the version."),
        column("FROMDATE", "datetime", "First day of the version; 1900-01-01 for always."),
        column("TODATE", "datetime", "Last day of the version; 1900-01-01 for ever."),
        column("FROMQTY", REAL, "Smallest quantity of the version."),
        column("ACTIVE", "int", "1 if this is the version to use."),
        column("APPROVED", "int", "1 if approved."),
        *PER_COMPANY,
    ),
    ("RECID",),
    "Versions: one row per item and bill of materials that it may be made by.",
    (
        reference("INVENTTABLE", "DATAAREAID", "ITEMID"),
        reference("BOMTABLE", "DATAAREAID", "BOMID"),
    ),
    change_tracking=True,
)

BOM = Table(
    SCHEMA,
    "BOM",
    (
        column("BOMID", "nvarchar(20)", "Bill of materials."),
        column("LINENUM", REAL, "Number of the line."),
        column("ITEMID", "nvarchar(20)", "Item that is used."),
        column("BOMQTY", REAL, "Quantity used for one series."),
        column("BOMQTYSERIE", REAL, "Size of the series."),
        column("UNITID", "nvarchar(10)", "Unit of the quantity."),
        column("SCRAPVAR", REAL, "Scrap in percent of what is put in."),
        column("FROMDATE", "datetime", "First day of the line; 1900-01-01 for always."),
        column("TODATE", "datetime", "Last day of the line; 1900-01-01 for ever."),
        column("POSITION", "nvarchar(10)", "Position on the drawing; may be empty."),
        *PER_COMPANY,
    ),
    ("RECID",),
    "Lines of bills of materials: one row per component and validity.",
    (
        reference("BOMTABLE", "DATAAREAID", "BOMID"),
        reference("INVENTTABLE", "DATAAREAID", "ITEMID"),
    ),
    change_tracking=True,
)
