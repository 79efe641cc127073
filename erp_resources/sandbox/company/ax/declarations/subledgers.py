"""What customers and vendors owe and are owed, and how it was settled."""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations.system import (
    PER_COMPANY,
    REAL,
    SCHEMA,
    column,
    reference,
)


def _transactions(name: str, party: str, invoice_type: str, master: str) -> Table:
    return Table(
        SCHEMA,
        name,
        (
            column("ACCOUNTNUM", "nvarchar(20)", f"{party} account."),
            column("TRANSDATE", "datetime", "Day of posting."),
            column("DUEDATE", "datetime", "Day on which payment is due."),
            column("VOUCHER", "nvarchar(20)", "Voucher in the ledger."),
            column("INVOICE", "nvarchar(20)", "Invoice or credit note; empty for a payment."),
            column("TXT", "nvarchar(60)", "Text; may be empty."),
            column("TRANSTYPE", "int", f"{invoice_type}, 15 payment."),
            column("CURRENCYCODE", "nvarchar(3)", "Currency of the transaction."),
            column("AMOUNTCUR", REAL, "Amount as transacted; debits are positive."),
            column("AMOUNTMST", REAL, "Amount in the accounting currency."),
            column("REPORTINGCURRENCYAMOUNT", REAL, "Amount in the reporting currency."),
            column("EXCHRATE", REAL, "Rate for 100 units of the currency."),
            column("SETTLEAMOUNTCUR", REAL, "Part of AMOUNTCUR that is settled."),
            column("SETTLEAMOUNTMST", REAL, "Worth of that part when it was settled."),
            column("EXCHADJUSTMENT", REAL, "Realized exchange adjustment: open in the accounting "
                   "currency is AMOUNTMST + EXCHADJUSTMENT - SETTLEAMOUNTMST."),
            column("EXCHADJUSTMENTREPORTING", REAL, "The same in the reporting currency."),
            column("LASTSETTLEDATE", "datetime", "Day of the last settlement, or 1900-01-01."),
            column("CLOSED", "datetime", "Day on which all was settled, or 1900-01-01."),
            column("PAYMMODE", "nvarchar(10)", "Method of payment; empty for an invoice."),
            *PER_COMPANY,
        ),
        ("RECID",),
        f"{party} transactions: one row per invoice, credit note or payment.",
        (reference(master, "DATAAREAID", "ACCOUNTNUM"),),
        change_tracking=True,
    )  # fmt: skip


def _settlements(name: str, party: str, transactions: str, master: str) -> Table:
    return Table(
        SCHEMA,
        name,
        (
            column("ACCOUNTNUM", "nvarchar(20)", f"{party} account."),
            column("TRANSDATE", "datetime", "Day of the settlement."),
            column("TRANSRECID", "bigint", "Transaction that is settled."),
            column("OFFSETRECID", "bigint", "Transaction that it is settled with."),
            column("SETTLEMENTVOUCHER", "nvarchar(20)", "Voucher of the settlement."),
            column("SETTLEAMOUNTCUR", REAL, "Amount settled, with the transaction's sign."),
            column("SETTLEAMOUNTMST", REAL, "Its worth in the accounting currency."),
            column("SETTLEAMOUNTREPORTING", REAL, "Its worth in the reporting currency."),
            column("EXCHADJUSTMENT", REAL, "Realized exchange adjustment of the transaction."),
            column("EXCHADJUSTMENTREPORTING", REAL, "The same in the reporting currency."),
            column("CANBEREVERSED", "int", "1 if the settlement may be undone."),
            *PER_COMPANY,
        ),
        ("RECID",),
        f"{party} settlements: two rows per settlement, one for each of its transactions.",
        (
            reference(transactions, "TRANSRECID"),
            reference(transactions, "OFFSETRECID"),
            reference(master, "DATAAREAID", "ACCOUNTNUM"),
        ),
        change_tracking=True,
    )


CUSTTRANS = _transactions("CUSTTRANS", "Customer", "2 sales order", "CUSTTABLE")
CUSTSETTLEMENT = _settlements("CUSTSETTLEMENT", "Customer", "CUSTTRANS", "CUSTTABLE")
VENDTRANS = _transactions("VENDTRANS", "Vendor", "3 purchase order, 14 vendor", "VENDTABLE")
VENDSETTLEMENT = _settlements("VENDSETTLEMENT", "Vendor", "VENDTRANS", "VENDTABLE")
