"""Parties, customer accounts and suppliers: the masters as this ERP keeps them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.arrays import (
    Cells,
    Ints,
    Value,
    build,
    joined,
    numbered,
    only,
    pick,
    zoned,
)
from erp_resources.sandbox.company.currencies import CURRENCIES
from erp_resources.sandbox.company.ebs.auditing import who
from erp_resources.sandbox.company.ebs.declarations import parties as hz
from erp_resources.sandbox.company.ebs.declarations import payables as ap
from erp_resources.sandbox.company.ebs.subsidiary import Subsidiary, dealt_in
from erp_resources.sandbox.company.masters import COUNTRY_CODES, Companies
from erp_resources.sandbox.company.periods import HOUR, at

FIRST_ACCOUNT_ID = 3_001
FIRST_VENDOR_ID = 5_001
_FIRST_PARTY_ID = 40_001
_ACCOUNTS_AGE, _FOUNDED = 400, -2000  # days
_OFFSETS = np.array([60, 60, 60, 0, -360, 540, 120, -210, 330, 345])
"""Time zones of the senders, in minutes east of Greenwich."""
_TERMS = (30, 45, 60)


def terms_id(serial: Ints) -> Ints:
    """Payment terms of each company: 1001 to 1003."""
    return 1001 + serial % len(_TERMS)


def terms_days(serial: Ints) -> Ints:
    """The days until an amount is due under each company's terms."""
    return np.array(_TERMS)[serial % len(_TERMS)]


def rows(company: Subsidiary) -> Iterator[tuple[Table, pa.Table]]:
    """HZ_PARTIES (customers, then suppliers), HZ_CUST_ACCOUNTS and AP_SUPPLIERS."""
    yield hz.HZ_PARTIES, _parties(company)
    yield hz.HZ_CUST_ACCOUNTS, _accounts(company)
    yield ap.AP_SUPPLIERS, _suppliers(company)


def _created(serial: Ints) -> Ints:
    return at(_FOUNDED + serial * 389 % 1900, 8 * HOUR + serial * 97 % (9 * HOUR))


def _parties(company: Subsidiary) -> pa.Table:
    both = (company.customers, company.suppliers)
    serial = np.arange(sum(len(companies.country) for companies in both))
    created = _created(serial)
    number = numbered("", serial + 10_001, 8)
    sent = (created - 3_600) * 1_000_000 + serial * 15_485_863 % 1_000_000
    columns: dict[str, Value] = {
        "PARTY_ID": _FIRST_PARTY_ID + serial,
        "PARTY_NUMBER": number,
        "PARTY_NAME": _of(both, "name"),
        "PARTY_TYPE": "ORGANIZATION",
        "KNOWN_AS": only(pc.utf8_slice_codeunits(_of(both, "name"), 0, 8), serial % 5 < 1),
        "ADDRESS1": _of(both, "street"),
        "POSTAL_CODE": _of(both, "postal_code"),
        "CITY": _of(both, "city"),
        "COUNTRY": pick(COUNTRY_CODES, np.concatenate([c.country for c in both])),
        "JGZZ_FISCAL_CODE": only(_of(both, "tax_id"), serial % 17 > 0),
        "EMAIL_ADDRESS": only(joined("ap", number, "@example.com"), serial % 3 > 0),
        "STATUS": pick(["I", "A"], np.minimum(serial % 50, 1)),
        "ORIG_SYSTEM_REFERENCE": joined("LEGACY:", number),
        "ORIG_SYSTEM_TIMESTAMP": zoned(sent, _OFFSETS[serial % len(_OFFSETS)], serial % 6 > 0),
        **who(created),
    }
    return build(hz.HZ_PARTIES, len(serial), columns)


def _of(both: tuple[Companies, Companies], field: str) -> pa.Array:
    return pa.concat_arrays([getattr(companies, field) for companies in both])


def _accounts(company: Subsidiary) -> pa.Table:
    serial = np.arange(len(company.customers.country))
    created = _created(serial) + 2 * HOUR
    columns: dict[str, Value] = {
        "CUST_ACCOUNT_ID": FIRST_ACCOUNT_ID + serial,
        "PARTY_ID": _FIRST_PARTY_ID + serial,
        "ACCOUNT_NUMBER": numbered("C", serial + 1, 7),
        "ACCOUNT_NAME": only(company.customers.name, serial % 4 > 0),
        "STATUS": pick(["I", "A"], np.minimum(serial % 50, 1)),
        "CUSTOMER_TYPE": "R",
        "CUSTOMER_CLASS_CODE": pick([None, "OEM", "DEALER", "END USER"], serial % 4),
        "SALES_CHANNEL_CODE": pick(["DIRECT", "INDIRECT", None], serial % 3),
        "ACCOUNT_ESTABLISHED_DATE": Cells(created // 86_400 * 86_400, 0, serial % 9 > 0),
        "ACCOUNT_TERMINATION_DATE": Cells(at(_ACCOUNTS_AGE + serial % 200), 0, serial % 50 < 1),
        "CREDIT_CLASSIFICATION_CODE": pick(["LOW", "MODERATE", "HIGH", None], serial % 7 // 2),
        **who(created),
    }
    return build(hz.HZ_CUST_ACCOUNTS, len(serial), columns)


def _suppliers(company: Subsidiary) -> pa.Table:
    companies = company.suppliers
    serial = np.arange(len(companies.country))
    _, currency = dealt_in(companies)
    created = _created(serial + len(company.customers.country)) + HOUR
    columns: dict[str, Value] = {
        "VENDOR_ID": FIRST_VENDOR_ID + serial,
        "PARTY_ID": _FIRST_PARTY_ID + len(company.customers.country) + serial,
        "SEGMENT1": numbered("", serial + 1, 6),
        "VENDOR_NAME": companies.name,
        "VENDOR_NAME_ALT": only(pc.ascii_upper(companies.name), serial % 6 < 1),
        "VENDOR_TYPE_LOOKUP_CODE": pick(["VENDOR", "CONTRACTOR", None], serial % 3),
        "VAT_REGISTRATION_NUM": only(companies.tax_id, serial % 11 > 0),
        "INVOICE_CURRENCY_CODE": pick(CURRENCIES, currency),
        "PAYMENT_CURRENCY_CODE": pick(CURRENCIES, currency),
        "TERMS_ID": terms_id(serial),
        "PAY_GROUP_LOOKUP_CODE": pick(["STANDARD", "WIRE", None], serial % 3),
        "HOLD_FLAG": pick(["Y", "N", None], np.minimum(serial % 40, 2)),
        "ENABLED_FLAG": "Y",
        "START_DATE_ACTIVE": Cells(created // 86_400 * 86_400, 0, serial % 4 > 0),
        "END_DATE_ACTIVE": None,
        **who(created),
    }
    return build(ap.AP_SUPPLIERS, len(serial), columns)
