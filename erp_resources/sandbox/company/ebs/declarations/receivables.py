"""Oracle Receivables (schema AR): transactions."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import WHO

RA_CUSTOMER_TRX_ALL = Table(
    "AR",
    "RA_CUSTOMER_TRX_ALL",
    (
        Column("CUSTOMER_TRX_ID", "NUMBER(15)", False, "Transaction identifier."),
        Column("TRX_NUMBER", "VARCHAR2(20)", False, "Transaction number."),
        Column("TRX_DATE", "DATE", False, "Transaction date."),
        Column("CUST_TRX_TYPE_ID", "NUMBER(15)", False, "Transaction type: 1 invoice, 2 credit."),
        Column("BILL_TO_CUSTOMER_ID", "NUMBER(15)", True, "Customer account that is billed."),
        Column("PREVIOUS_CUSTOMER_TRX_ID", "NUMBER(15)", True, "Invoice that is credited."),
        Column("INVOICE_CURRENCY_CODE", "VARCHAR2(15)", False, "Currency of the transaction."),
        Column("EXCHANGE_RATE", "NUMBER", True, "Rate; empty in the functional currency."),
        Column("EXCHANGE_RATE_TYPE", "VARCHAR2(30)", True, "Kind of rate; likewise."),
        Column("EXCHANGE_DATE", "DATE", True, "Date of the rate; likewise."),
        Column("TERM_ID", "NUMBER(15)", True, "Payment terms."),
        Column("TERM_DUE_DATE", "DATE", True, "Date on which payment is due."),
        Column("COMPLETE_FLAG", "VARCHAR2(1)", False, "Whether the transaction is complete."),
        Column("STATUS_TRX", "VARCHAR2(30)", True, "OP open, CL closed."),
        Column("PURCHASE_ORDER", "VARCHAR2(50)", True, "The customer's purchase order."),
        Column("COMMENTS", "VARCHAR2(1760)", True, "Comments printed on the transaction."),
        Column("SET_OF_BOOKS_ID", "NUMBER(15)", False, "Ledger."),
        Column("ORG_ID", "NUMBER(15)", True, "Operating unit."),
        *WHO,
    ),
    ("CUSTOMER_TRX_ID",),
    "Receivables transactions: one row per invoice or credit memo.",
    (
        ForeignKey(("BILL_TO_CUSTOMER_ID",), "AR", "HZ_CUST_ACCOUNTS"),
        ForeignKey(("PREVIOUS_CUSTOMER_TRX_ID",), "AR", "RA_CUSTOMER_TRX_ALL"),
        ForeignKey(("SET_OF_BOOKS_ID",), "GL", "GL_LEDGERS"),
    ),
)

RA_CUSTOMER_TRX_LINES_ALL = Table(
    "AR",
    "RA_CUSTOMER_TRX_LINES_ALL",
    (
        Column("CUSTOMER_TRX_LINE_ID", "NUMBER(15)", False, "Line identifier."),
        Column("CUSTOMER_TRX_ID", "NUMBER(15)", False, "Transaction of the line."),
        Column("LINE_NUMBER", "NUMBER", False, "Number of the line in its transaction."),
        Column("LINE_TYPE", "VARCHAR2(20)", False, "LINE, TAX or FREIGHT."),
        Column("LINK_TO_CUST_TRX_LINE_ID", "NUMBER(15)", True, "Line that a tax line belongs to."),
        Column("INVENTORY_ITEM_ID", "NUMBER(15)", True, "Item that was sold."),
        Column("WAREHOUSE_ID", "NUMBER(15)", True, "Inventory organization that shipped it."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the line."),
        Column("QUANTITY_INVOICED", "NUMBER", True, "Quantity invoiced."),
        Column("QUANTITY_CREDITED", "NUMBER", True, "Quantity credited, negative."),
        Column("UOM_CODE", "VARCHAR2(3)", True, "Unit of measure."),
        Column("UNIT_SELLING_PRICE", "NUMBER", True, "Price per unit."),
        Column("EXTENDED_AMOUNT", "NUMBER", False, "Amount in the transaction's currency."),
        Column("REVENUE_AMOUNT", "NUMBER", True, "Revenue of the line; empty for tax."),
        Column("TAX_RATE", "NUMBER", True, "Tax rate in percent; only for tax."),
        Column("SALES_ORDER", "VARCHAR2(50)", True, "Sales order number."),
        Column("INTERFACE_LINE_ATTRIBUTE6", "VARCHAR2(150)", True, "Sales order line."),
        Column("SET_OF_BOOKS_ID", "NUMBER(15)", False, "Ledger."),
        Column("ORG_ID", "NUMBER(15)", True, "Operating unit."),
        *WHO,
    ),
    ("CUSTOMER_TRX_LINE_ID",),
    "Receivables transaction lines: one row per line, tax or freight of a transaction.",
    (
        ForeignKey(("CUSTOMER_TRX_ID",), "AR", "RA_CUSTOMER_TRX_ALL"),
        ForeignKey(("LINK_TO_CUST_TRX_LINE_ID",), "AR", "RA_CUSTOMER_TRX_LINES_ALL"),
        ForeignKey(("INVENTORY_ITEM_ID", "WAREHOUSE_ID"), "INV", "MTL_SYSTEM_ITEMS_B"),
        ForeignKey(("SET_OF_BOOKS_ID",), "GL", "GL_LEDGERS"),
    ),
)
