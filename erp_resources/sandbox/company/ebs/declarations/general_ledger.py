"""Oracle General Ledger (schema GL)."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import UPDATED, WHO

GL_LEDGERS = Table(
    "GL",
    "GL_LEDGERS",
    (
        Column("LEDGER_ID", "NUMBER(15)", False, "Ledger identifier."),
        Column("NAME", "VARCHAR2(30)", False, "Name of the ledger."),
        Column("SHORT_NAME", "VARCHAR2(20)", False, "Short name of the ledger."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the ledger."),
        Column("LEDGER_CATEGORY_CODE", "VARCHAR2(30)", False, "PRIMARY, SECONDARY or ALC."),
        Column("CHART_OF_ACCOUNTS_ID", "NUMBER(15)", False, "Accounting flexfield structure."),
        Column("CURRENCY_CODE", "VARCHAR2(15)", False, "Functional currency of the ledger."),
        Column("PERIOD_SET_NAME", "VARCHAR2(15)", False, "Accounting calendar."),
        Column("ACCOUNTED_PERIOD_TYPE", "VARCHAR2(15)", False, "Period type of the calendar."),
        Column("FIRST_LEDGER_PERIOD_NAME", "VARCHAR2(15)", False, "First period ever opened."),
        Column("RET_EARN_CODE_COMBINATION_ID", "NUMBER(15)", True, "Retained earnings account."),
        Column("SUSPENSE_ALLOWED_FLAG", "VARCHAR2(1)", False, "Whether suspense is allowed."),
        *WHO,
    ),
    ("LEDGER_ID",),
    "Ledgers: one row per set of books with its currency, calendar and chart of accounts.",
    (ForeignKey(("RET_EARN_CODE_COMBINATION_ID",), "GL", "GL_CODE_COMBINATIONS"),),
)

GL_PERIODS = Table(
    "GL",
    "GL_PERIODS",
    (
        Column("PERIOD_SET_NAME", "VARCHAR2(15)", False, "Accounting calendar."),
        Column("PERIOD_NAME", "VARCHAR2(15)", False, "Name of the period, e.g. Jan-24."),
        Column("START_DATE", "DATE", False, "First day of the period."),
        Column("END_DATE", "DATE", False, "Last day of the period."),
        Column("PERIOD_TYPE", "VARCHAR2(15)", False, "Period type of the calendar."),
        Column("PERIOD_YEAR", "NUMBER(15)", False, "Fiscal year."),
        Column("PERIOD_NUM", "NUMBER(15)", False, "Number of the period in its fiscal year."),
        Column("QUARTER_NUM", "NUMBER(15)", False, "Number of the quarter in its fiscal year."),
        Column("YEAR_START_DATE", "DATE", True, "First day of the fiscal year."),
        Column("QUARTER_START_DATE", "DATE", True, "First day of the quarter."),
        Column("ENTERED_PERIOD_NAME", "VARCHAR2(15)", False, "Prefix of the period name."),
        Column("ADJUSTMENT_PERIOD_FLAG", "VARCHAR2(1)", False, "Y for an adjusting period."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the period."),
        *WHO,
    ),
    ("PERIOD_SET_NAME", "PERIOD_NAME"),
    "Calendar periods: one row per period of an accounting calendar.",
)

GL_CODE_COMBINATIONS = Table(
    "GL",
    "GL_CODE_COMBINATIONS",
    (
        Column("CODE_COMBINATION_ID", "NUMBER(15)", False, "Account combination identifier."),
        Column("CHART_OF_ACCOUNTS_ID", "NUMBER(15)", False, "Accounting flexfield structure."),
        Column("ACCOUNT_TYPE", "VARCHAR2(1)", False, "A, L, O, R or E: the kind of account."),
        Column("ENABLED_FLAG", "VARCHAR2(1)", False, "Whether the combination may be used."),
        Column("SUMMARY_FLAG", "VARCHAR2(1)", False, "Y for a summary account."),
        Column("DETAIL_POSTING_ALLOWED_FLAG", "VARCHAR2(1)", False, "Whether it takes journals."),
        Column("SEGMENT1", "VARCHAR2(25)", True, "Company, two digits."),
        Column("SEGMENT2", "VARCHAR2(25)", True, "Cost centre, four digits."),
        Column("SEGMENT3", "VARCHAR2(25)", True, "Natural account, six digits."),
        Column("SEGMENT4", "VARCHAR2(25)", True, "Product line, three digits."),
        Column("SEGMENT5", "VARCHAR2(25)", True, "Intercompany, two digits."),
        Column("DESCRIPTION", "VARCHAR2(240)", True, "Description of the natural account."),
        Column("START_DATE_ACTIVE", "DATE", True, "First day on which it may be used."),
        Column("END_DATE_ACTIVE", "DATE", True, "Last day on which it may be used."),
        *UPDATED,
    ),
    ("CODE_COMBINATION_ID",),
    "Account combinations: one row per valid combination of the accounting flexfield.",
)

GL_DAILY_RATES = Table(
    "GL",
    "GL_DAILY_RATES",
    (
        Column("FROM_CURRENCY", "VARCHAR2(15)", False, "Currency to convert from."),
        Column("TO_CURRENCY", "VARCHAR2(15)", False, "Currency to convert to."),
        Column("CONVERSION_DATE", "DATE", False, "Day on which the rate applies."),
        Column("CONVERSION_TYPE", "VARCHAR2(30)", False, "Kind of rate, e.g. Corporate."),
        Column("CONVERSION_RATE", "NUMBER", False, "Units of TO_CURRENCY per FROM_CURRENCY."),
        Column("STATUS_CODE", "VARCHAR2(1)", False, "C when the averages are up to date."),
        Column("RATE_SOURCE_CODE", "VARCHAR2(15)", True, "Where the rate comes from."),
        *WHO,
        Column("LAST_UPDATE_LOGIN", "NUMBER(15)", True, "Login that last updated the row."),
    ),
    ("FROM_CURRENCY", "TO_CURRENCY", "CONVERSION_DATE", "CONVERSION_TYPE"),
    "Daily conversion rates: one row per pair of currencies, day and kind of rate.",
)

GL_BALANCES = Table(
    "GL",
    "GL_BALANCES",
    (
        Column("LEDGER_ID", "NUMBER(15)", False, "Ledger of the balance."),
        Column("CODE_COMBINATION_ID", "NUMBER(15)", False, "Account of the balance."),
        Column(
            "CURRENCY_CODE",
            "VARCHAR2(15)",
            False,
            "Currency: the functional one with everything accounted, or an entered foreign one.",
        ),
        Column("PERIOD_NAME", "VARCHAR2(15)", False, "Accounting period."),
        Column("ACTUAL_FLAG", "VARCHAR2(1)", False, "A actual, B budget, E encumbrance."),
        Column("TRANSLATED_FLAG", "VARCHAR2(1)", True, "R for an entered foreign currency."),
        Column("PERIOD_TYPE", "VARCHAR2(15)", True, "Period type of the calendar."),
        Column("PERIOD_YEAR", "NUMBER(15)", True, "Fiscal year."),
        Column("PERIOD_NUM", "NUMBER(15)", True, "Number of the period in its fiscal year."),
        Column("PERIOD_NET_DR", "NUMBER", True, "Debits of the period."),
        Column("PERIOD_NET_CR", "NUMBER", True, "Credits of the period."),
        Column(
            "BEGIN_BALANCE_DR",
            "NUMBER",
            True,
            "Debits before the period; income and expense start anew each fiscal year.",
        ),
        Column("BEGIN_BALANCE_CR", "NUMBER", True, "Credits before the period, likewise."),
        Column(
            "PERIOD_NET_DR_BEQ",
            "NUMBER",
            True,
            "Functional equivalent of what was entered in CURRENCY_CODE: debits of the period.",
        ),
        Column("PERIOD_NET_CR_BEQ", "NUMBER", True, "The same for credits of the period."),
        Column("BEGIN_BALANCE_DR_BEQ", "NUMBER", True, "The same for debits before the period."),
        Column("BEGIN_BALANCE_CR_BEQ", "NUMBER", True, "The same for credits before the period."),
        Column("BUDGET_VERSION_ID", "NUMBER(15)", True, "Budget version; empty for actuals."),
        *UPDATED,
    ),
    ("LEDGER_ID", "CODE_COMBINATION_ID", "CURRENCY_CODE", "PERIOD_NAME", "ACTUAL_FLAG"),
    "Account balances: one row per ledger, account, currency and period.",
    (
        ForeignKey(("LEDGER_ID",), "GL", "GL_LEDGERS"),
        ForeignKey(("CODE_COMBINATION_ID",), "GL", "GL_CODE_COMBINATIONS"),
    ),
)
