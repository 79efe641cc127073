"""The "who" columns that E-Business Suite puts on nearly every table."""

from erp_resources.sandbox.catalog import Column

CREATED = (
    Column("CREATION_DATE", "DATE", False, "Date and time when the row was created."),
    Column("CREATED_BY", "NUMBER(15)", False, "User who created the row (FND_USER.USER_ID)."),
)
UPDATED = (
    Column("LAST_UPDATE_DATE", "DATE", False, "Date and time when the row was last updated."),
    Column("LAST_UPDATED_BY", "NUMBER(15)", False, "User who last updated the row."),
)
WHO = (*CREATED, *UPDATED)
