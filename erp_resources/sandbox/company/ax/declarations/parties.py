"""The address book, customers and vendors."""

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.company.ax.declarations.system import (
    GLOBAL,
    PER_COMPANY,
    REAL,
    SCHEMA,
    column,
    reference,
)

DIRPARTYTABLE = Table(
    SCHEMA,
    "DIRPARTYTABLE",
    (
        column("PARTYNUMBER", "nvarchar(40)", "Number in the address book."),
        column("NAME", "nvarchar(100)", "Name."),
        column("NAMEALIAS", "nvarchar(20)", "Search name."),
        column("LANGUAGEID", "nvarchar(7)", "Language of correspondence."),
        column("PRIMARYADDRESSLOCATION", "bigint", "Location of the main address."),
        *GLOBAL,
    ),
    ("RECID",),
    "Parties: one row per organization in the address book that all legal entities share.",
    change_tracking=True,
)

LOGISTICSPOSTALADDRESS = Table(
    SCHEMA,
    "LOGISTICSPOSTALADDRESS",
    (
        column("LOCATION", "bigint", "Location that a party's main address refers to."),
        column("STREET", "nvarchar(250)", "Street and number."),
        column("ZIPCODE", "nvarchar(10)", "Postal code."),
        column("CITY", "nvarchar(60)", "City."),
        column("COUNTRYREGIONID", "nvarchar(10)", "Country, ISO 3166 in three letters."),
        column("ADDRESS", "nvarchar(250)", "The address as it is printed, over several lines."),
        column("VALIDFROM", "datetime", "First moment of the address."),
        column("VALIDTO", "datetime", "Last moment of the address."),
        *GLOBAL,
    ),
    ("RECID",),
    "Postal addresses: one row per location and validity.",
    change_tracking=True,
)


def _account(kind: str) -> tuple[Column, ...]:
    """Columns that customers and vendors have alike."""
    return (
        column("ACCOUNTNUM", "nvarchar(20)", f"{kind} account."),
        column("PARTY", "bigint", "Party in the address book."),
        column("CURRENCY", "nvarchar(3)", "Currency of orders and invoices."),
        column("PAYMTERMID", "nvarchar(10)", "Terms of payment: N030 is 30 days net."),
        column("TAXGROUP", "nvarchar(10)", "Sales tax group: DOM domestic, EXP other."),
        column("VATNUM", "nvarchar(20)", "Tax exempt number (VAT id); may be empty."),
        column("BLOCKED", "int", "0 open, 1 no invoices, 2 nothing at all."),
        column("SYNCENTITYID", "uniqueidentifier", "Identity in other systems."),
    )


CUSTTABLE = Table(
    SCHEMA,
    "CUSTTABLE",
    (
        *_account("Customer"),
        column("CUSTGROUP", "nvarchar(10)", "Customer group."),
        column("CREDITMAX", REAL, "Credit limit in the accounting currency, 0 for none."),
        column("INVOICEACCOUNT", "nvarchar(20)", "Customer that is invoiced; empty for itself."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "ACCOUNTNUM"),
    "Customers: one row per customer account and legal entity.",
    (reference("DIRPARTYTABLE", "PARTY"), reference("DATAAREA", "DATAAREAID")),
    change_tracking=True,
)

VENDTABLE = Table(
    SCHEMA,
    "VENDTABLE",
    (
        *_account("Vendor"),
        column("VENDGROUP", "nvarchar(10)", "Vendor group."),
        column("ITEMBUYERGROUPID", "nvarchar(10)", "Buyer group; may be empty."),
        *PER_COMPANY,
    ),
    ("DATAAREAID", "ACCOUNTNUM"),
    "Vendors: one row per vendor account and legal entity.",
    (reference("DIRPARTYTABLE", "PARTY"), reference("DATAAREA", "DATAAREAID")),
    change_tracking=True,
)
