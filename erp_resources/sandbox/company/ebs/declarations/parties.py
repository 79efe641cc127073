"""Oracle Trading Community Architecture (schema AR): parties and customer accounts."""

from erp_resources.sandbox.catalog import Column, ForeignKey, Table
from erp_resources.sandbox.company.ebs.declarations.who import WHO

HZ_PARTIES = Table(
    "AR",
    "HZ_PARTIES",
    (
        Column("PARTY_ID", "NUMBER(15)", False, "Party identifier."),
        Column("PARTY_NUMBER", "VARCHAR2(30)", False, "Unique number of the party."),
        Column("PARTY_NAME", "VARCHAR2(360)", False, "Name of the party."),
        Column("PARTY_TYPE", "VARCHAR2(30)", False, "ORGANIZATION, PERSON or GROUP."),
        Column("KNOWN_AS", "VARCHAR2(240)", True, "Alias by which the party is known."),
        Column("ADDRESS1", "VARCHAR2(240)", True, "First line of the identifying address."),
        Column("POSTAL_CODE", "VARCHAR2(60)", True, "Postal code of the identifying address."),
        Column("CITY", "VARCHAR2(60)", True, "City of the identifying address."),
        Column("COUNTRY", "VARCHAR2(60)", True, "Country of the identifying address."),
        Column("JGZZ_FISCAL_CODE", "VARCHAR2(20)", True, "Taxpayer identification number."),
        Column("EMAIL_ADDRESS", "VARCHAR2(2000)", True, "Primary e-mail address."),
        Column("STATUS", "VARCHAR2(1)", False, "A active, I inactive, M merged."),
        Column("ORIG_SYSTEM_REFERENCE", "VARCHAR2(240)", False, "Key in the original system."),
        Column(
            "ORIG_SYSTEM_TIMESTAMP",
            "TIMESTAMP(6) WITH TIME ZONE",
            True,
            "When the original system sent the party, in the sender's time zone.",
        ),
        *WHO,
    ),
    ("PARTY_ID",),
    "Parties: one row per customer or supplier as a legal entity.",
)

HZ_CUST_ACCOUNTS = Table(
    "AR",
    "HZ_CUST_ACCOUNTS",
    (
        Column("CUST_ACCOUNT_ID", "NUMBER(15)", False, "Customer account identifier."),
        Column("PARTY_ID", "NUMBER(15)", False, "Party that holds the account."),
        Column("ACCOUNT_NUMBER", "VARCHAR2(30)", False, "Account number."),
        Column("ACCOUNT_NAME", "VARCHAR2(240)", True, "Description of the account."),
        Column("STATUS", "VARCHAR2(1)", False, "A active, I inactive."),
        Column("CUSTOMER_TYPE", "VARCHAR2(30)", True, "R external, I internal."),
        Column("CUSTOMER_CLASS_CODE", "VARCHAR2(30)", True, "Customer class."),
        Column("SALES_CHANNEL_CODE", "VARCHAR2(30)", True, "Sales channel."),
        Column("ACCOUNT_ESTABLISHED_DATE", "DATE", True, "Date since which the account exists."),
        Column("ACCOUNT_TERMINATION_DATE", "DATE", True, "Date on which the account ended."),
        Column("CREDIT_CLASSIFICATION_CODE", "VARCHAR2(30)", True, "Credit classification."),
        *WHO,
    ),
    ("CUST_ACCOUNT_ID",),
    "Customer accounts: one row per selling relationship with a party.",
    (ForeignKey(("PARTY_ID",), "AR", "HZ_PARTIES"),),
)
