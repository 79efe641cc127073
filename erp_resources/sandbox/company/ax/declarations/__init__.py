"""What the data dictionary says about the tables: one module per area of AX.

Names and types are Dynamics AX 2012's; of its columns the ones that carry meaning here. Primary
keys are AX's without PARTITION, which is the same in every row.
"""

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.ax.declarations import (
    inventory,
    ledger,
    orders,
    organization,
    parties,
    products,
    subledgers,
)

TABLES: tuple[Table, ...] = (
    organization.DATAAREA,
    organization.LEDGER,
    organization.MAINACCOUNT,
    organization.EXCHANGERATECURRENCYPAIR,
    organization.EXCHANGERATE,
    parties.DIRPARTYTABLE,
    parties.LOGISTICSPOSTALADDRESS,
    parties.CUSTTABLE,
    parties.VENDTABLE,
    products.ECORESPRODUCT,
    products.ECORESPRODUCTTRANSLATION,
    products.INVENTTABLE,
    products.BOMTABLE,
    products.BOMVERSION,
    products.BOM,
    inventory.INVENTDIM,
    orders.SALESTABLE,
    orders.SALESLINE,
    orders.PURCHTABLE,
    orders.PURCHLINE,
    inventory.INVENTTRANSORIGIN,
    inventory.INVENTTRANS,
    inventory.INVENTSUM,
    subledgers.CUSTTRANS,
    subledgers.CUSTSETTLEMENT,
    subledgers.VENDTRANS,
    subledgers.VENDSETTLEMENT,
    ledger.GENERALJOURNALENTRY,
    ledger.GENERALJOURNALACCOUNTENTRY,
)
"""All tables, in the order in which their rows are generated."""
