"""What AX adds to its tables by itself, and how a declaration is written: nothing is ever NULL."""

from erp_resources.sandbox.catalog import Column, ForeignKey

SCHEMA = "dbo"
REAL = "numeric(32,16)"
"""What AX makes of every ``real`` of X++."""


def column(name: str, type_: str, comment: str) -> Column:
    """A column that is never NULL: AX writes '', 0 or 1900-01-01 instead."""
    return Column(name, type_, False, comment)


def reference(table: str, *columns: str) -> ForeignKey:
    """A relation that AX's application model knows (its database declares none)."""
    return ForeignKey(columns, SCHEMA, table)


COMPANY = column("DATAAREAID", "nvarchar(4)", "Legal entity.")
RECORD = (
    column("RECVERSION", "int", "Version of the row: 1 until it is first changed."),
    column("PARTITION", "bigint", "Partition of the database."),
    column("RECID", "bigint", "Number of the row, unique within its table."),
    column("SYSROWVERSION", "timestamp", "Row version that the database sets at every change."),
)
AUDIT = (
    column("MODIFIEDDATETIME", "datetime", "When the row was last changed, in UTC."),
    column("MODIFIEDBY", "nvarchar(8)", "User who last changed the row."),
    column("CREATEDDATETIME", "datetime", "When the row was created, in UTC."),
    column("CREATEDBY", "nvarchar(8)", "User who created the row."),
)
GLOBAL = (*AUDIT, *RECORD)
"""System columns of tables that all legal entities share."""
PER_COMPANY = (*AUDIT, COMPANY, *RECORD)
"""System columns of tables that each legal entity keeps for itself."""
