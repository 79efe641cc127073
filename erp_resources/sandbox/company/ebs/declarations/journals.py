"""Oracle General Ledger (schema GL): journals."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import WHO

GL_JE_HEADERS = Table(
    "GL",
    "GL_JE_HEADERS",
    (
        Column("JE_HEADER_ID", "NUMBER(15)", False, "Journal identifier."),
        Column("LEDGER_ID", "NUMBER(15)", False, "Ledger of the journal."),
        Column("JE_BATCH_ID", "NUMBER(15)", True, "Batch that the journal was posted with."),
        Column("JE_SOURCE", "VARCHAR2(25)", False, "Where the journal comes from."),
        Column("JE_CATEGORY", "VARCHAR2(25)", False, "Kind of journal."),
        Column("PERIOD_NAME", "VARCHAR2(15)", False, "Accounting period."),
        Column("NAME", "VARCHAR2(100)", False, "Name of the journal, unique in its batch."),
        Column("CURRENCY_CODE", "VARCHAR2(15)", False, "Entered currency."),
        Column("STATUS", "VARCHAR2(1)", False, "P when posted, U when not."),
        Column("ACTUAL_FLAG", "VARCHAR2(1)", False, "A actual, B budget, E encumbrance."),
        Column("DEFAULT_EFFECTIVE_DATE", "DATE", False, "Accounting date."),
        Column("DATE_CREATED", "DATE", False, "Date on which the journal was created."),
        Column("POSTED_DATE", "DATE", True, "Date and time of posting."),
        Column("CURRENCY_CONVERSION_DATE", "DATE", False, "Date of the conversion rate."),
        Column("CURRENCY_CONVERSION_TYPE", "VARCHAR2(30)", False, "Kind of conversion rate."),
        Column("CURRENCY_CONVERSION_RATE", "NUMBER", True, "Rate to the functional currency."),
        Column("RUNNING_TOTAL_DR", "NUMBER", True, "Entered debits of the journal."),
        Column("RUNNING_TOTAL_CR", "NUMBER", True, "Entered credits of the journal."),
        Column("RUNNING_TOTAL_ACCOUNTED_DR", "NUMBER", True, "Accounted debits of the journal."),
        Column("RUNNING_TOTAL_ACCOUNTED_CR", "NUMBER", True, "Accounted credits of the journal."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the journal."),
        *WHO,
    ),
    ("JE_HEADER_ID",),
    "Journal entry headers: one row per journal; summaries per day, source and currency.",
    (ForeignKey(("LEDGER_ID",), "GL", "GL_LEDGERS"),),
)

GL_JE_LINES = Table(
    "GL",
    "GL_JE_LINES",
    (
        Column("JE_HEADER_ID", "NUMBER(15)", False, "Journal of the line."),
        Column("JE_LINE_NUM", "NUMBER(15)", False, "Number of the line in its journal."),
        Column("LEDGER_ID", "NUMBER(15)", False, "Ledger of the line."),
        Column("CODE_COMBINATION_ID", "NUMBER(15)", False, "Account of the line."),
        Column("PERIOD_NAME", "VARCHAR2(15)", False, "Accounting period."),
        Column("EFFECTIVE_DATE", "DATE", False, "Accounting date."),
        Column("STATUS", "VARCHAR2(1)", False, "P when posted, U when not."),
        Column("ENTERED_DR", "NUMBER", True, "Debit in the journal's currency."),
        Column("ENTERED_CR", "NUMBER", True, "Credit in the journal's currency."),
        Column("ACCOUNTED_DR", "NUMBER", True, "Debit in the ledger's currency."),
        Column("ACCOUNTED_CR", "NUMBER", True, "Credit in the ledger's currency."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the line."),
        Column("REFERENCE_1", "VARCHAR2(240)", True, "Number of entries that it sums up."),
        Column("GL_SL_LINK_ID", "NUMBER", True, "Link to the subledger accounting lines."),
        Column("GL_SL_LINK_TABLE", "VARCHAR2(30)", True, "Table that the link points into."),
        Column("STAT_AMOUNT", "NUMBER", True, "Statistical quantity."),
        *WHO,
    ),
    ("JE_HEADER_ID", "JE_LINE_NUM"),
    "Journal entry lines: one row per account and side of a journal.",
    (
        ForeignKey(("JE_HEADER_ID",), "GL", "GL_JE_HEADERS"),
        ForeignKey(("LEDGER_ID",), "GL", "GL_LEDGERS"),
        ForeignKey(("CODE_COMBINATION_ID",), "GL", "GL_CODE_COMBINATIONS"),
    ),
)
