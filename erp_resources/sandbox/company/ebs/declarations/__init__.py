"""What the data dictionary says about the tables: one module per EBS product.

Owners, names and types are E-Business Suite 12.2's; of its hundreds of columns the ones that carry
meaning here.
"""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ebs.declarations import (
    general_ledger,
    inventory,
    journals,
    parties,
    payables,
    receipts,
    receivables,
    structures,
)

TABLES: tuple[Table, ...] = (
    general_ledger.GL_LEDGERS,
    general_ledger.GL_PERIODS,
    general_ledger.GL_CODE_COMBINATIONS,
    general_ledger.GL_DAILY_RATES,
    parties.HZ_PARTIES,
    parties.HZ_CUST_ACCOUNTS,
    payables.AP_SUPPLIERS,
    inventory.MTL_SYSTEM_ITEMS_B,
    structures.BOM_STRUCTURES_B,
    structures.BOM_COMPONENTS_B,
    receivables.RA_CUSTOMER_TRX_ALL,
    receivables.RA_CUSTOMER_TRX_LINES_ALL,
    receipts.AR_CASH_RECEIPTS_ALL,
    receipts.AR_PAYMENT_SCHEDULES_ALL,
    receipts.AR_RECEIVABLE_APPLICATIONS_ALL,
    inventory.MTL_MATERIAL_TRANSACTIONS,
    inventory.MTL_ONHAND_QUANTITIES_DETAIL,
    payables.AP_INVOICES_ALL,
    payables.AP_INVOICE_PAYMENTS_ALL,
    journals.GL_JE_HEADERS,
    journals.GL_JE_LINES,
    general_ledger.GL_BALANCES,
)
"""All tables, in the order in which their rows are generated."""
