"""Legal entities, ledgers, main accounts and exchange rates."""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations.system import (
    GLOBAL,
    REAL,
    SCHEMA,
    column,
    reference,
)

DATAAREA = Table(
    SCHEMA,
    "DATAAREA",
    (
        column("ID", "nvarchar(4)", "Legal entity."),
        column("NAME", "nvarchar(40)", "Name of the legal entity."),
        column("ISVIRTUAL", "int", "1 for a virtual company that others share."),
        *GLOBAL,
    ),
    ("ID",),
    "Legal entities: one row per company; dat is the one that AX itself comes with.",
    change_tracking=True,
)

LEDGER = Table(
    SCHEMA,
    "LEDGER",
    (
        column("NAME", "nvarchar(4)", "Legal entity whose primary ledger this is."),
        column("DESCRIPTION", "nvarchar(60)", "Description of the ledger."),
        column("ACCOUNTINGCURRENCY", "nvarchar(3)", "Currency that the books are kept in."),
        column("REPORTINGCURRENCY", "nvarchar(3)", "Currency that the group reports in."),
        column("CHARTOFACCOUNTS", "bigint", "Chart of accounts."),
        column("DEFAULTEXCHANGERATETYPE", "bigint", "Kind of exchange rate."),
        *GLOBAL,
    ),
    ("RECID",),
    "Ledgers: one row per legal entity that keeps books.",
    (reference("DATAAREA", "NAME"),),
    change_tracking=True,
)

MAINACCOUNT = Table(
    SCHEMA,
    "MAINACCOUNT",
    (
        column("MAINACCOUNTID", "nvarchar(20)", "Number of the account."),
        column("NAME", "nvarchar(60)", "Name of the account."),
        column("TYPE", "int", "1 revenue, 2 expense, 4 asset, 5 liability, 6 equity."),
        column("LEDGERCHARTOFACCOUNTS", "bigint", "Chart of accounts."),
        column("CLOSED", "int", "1 if nothing may be posted any more."),
        *GLOBAL,
    ),
    ("RECID",),
    "Main accounts: one row per account of the chart that all ledgers share.",
    change_tracking=True,
)

EXCHANGERATECURRENCYPAIR = Table(
    SCHEMA,
    "EXCHANGERATECURRENCYPAIR",
    (
        column("FROMCURRENCYCODE", "nvarchar(3)", "Currency that is converted."),
        column("TOCURRENCYCODE", "nvarchar(3)", "Currency that it is converted to."),
        column("EXCHANGERATETYPE", "bigint", "Kind of exchange rate."),
        *GLOBAL,
    ),
    ("RECID",),
    "Currency pairs: one row per pair that rates are kept for.",
    change_tracking=True,
)

EXCHANGERATE = Table(
    SCHEMA,
    "EXCHANGERATE",
    (
        column("EXCHANGERATECURRENCYPAIR", "bigint", "Currency pair."),
        column("EXCHANGERATE", REAL, "What 100 units of the first currency are worth."),
        column("VALIDFROM", "datetime", "First day of the rate."),
        column("VALIDTO", "datetime", "Last day of the rate."),
        *GLOBAL,
    ),
    ("RECID",),
    "Exchange rates: one row per currency pair and business day, valid until the next.",
    (reference("EXCHANGERATECURRENCYPAIR", "EXCHANGERATECURRENCYPAIR"),),
    change_tracking=True,
)
