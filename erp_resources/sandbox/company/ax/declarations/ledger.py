"""The general ledger's journals."""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations.system import (
    GLOBAL,
    REAL,
    SCHEMA,
    column,
    reference,
)

GENERALJOURNALENTRY = Table(
    SCHEMA,
    "GENERALJOURNALENTRY",
    (
        column("JOURNALNUMBER", "nvarchar(20)", "Number of the entry."),
        column("SUBLEDGERVOUCHER", "nvarchar(20)", "Voucher."),
        column("SUBLEDGERVOUCHERDATAAREAID", "nvarchar(4)", "Legal entity of the voucher."),
        column("ACCOUNTINGDATE", "datetime", "Day of posting."),
        column("DOCUMENTDATE", "datetime", "Day of the document."),
        column("LEDGER", "bigint", "Ledger."),
        column(
            "JOURNALCATEGORY",
            "int",
            "1 transfer, 2 sales order, 3 purchase order, 4 inventory, 5 production, 11 payroll, "
            "14 vendor, 15 payment.",
        ),
        column("POSTINGLAYER", "int", "0 current."),
        *GLOBAL,
    ),
    ("RECID",),
    "Journal entries: one row per voucher posted in a ledger.",
    (
        reference("LEDGER", "LEDGER"),
        reference("DATAAREA", "SUBLEDGERVOUCHERDATAAREAID"),
    ),
    change_tracking=True,
)

GENERALJOURNALACCOUNTENTRY = Table(
    SCHEMA,
    "GENERALJOURNALACCOUNTENTRY",
    (
        column("GENERALJOURNALENTRY", "bigint", "Journal entry."),
        column("MAINACCOUNT", "bigint", "Main account."),
        column("LEDGERACCOUNT", "nvarchar(20)", "Main account and dimension: number-segment."),
        column("TRANSACTIONCURRENCYCODE", "nvarchar(3)", "Currency of the transaction."),
        column("TRANSACTIONCURRENCYAMOUNT", REAL, "Amount as transacted; credits are negative."),
        column("ACCOUNTINGCURRENCYAMOUNT", REAL, "Amount in the ledger's accounting currency."),
        column("REPORTINGCURRENCYAMOUNT", REAL, "Amount in the ledger's reporting currency."),
        column("ISCREDIT", "int", "1 for a credit, 0 for a debit."),
        column("POSTINGTYPE", "int", "LedgerPostingType, e.g. 31 customer, 41 vendor balance."),
        column("TEXT", "nvarchar(60)", "Text of the posting; may be empty."),
        *GLOBAL,
    ),
    ("RECID",),
    "Lines of journal entries: one row per account, currency and side of a voucher.",
    (
        reference("GENERALJOURNALENTRY", "GENERALJOURNALENTRY"),
        reference("MAINACCOUNT", "MAINACCOUNT"),
    ),
    change_tracking=True,
)
