"""Small tables in SAP's types, two clients, and every kind of cell."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database

COMPANY_CODES = Table(
    "SAP",
    "T001",
    (
        Column("MANDT", "CLNT(3)", texts={"E": "Client", "D": "Mandant"}, check_table="T000"),
        Column("BUKRS", "CHAR(4)", texts={"E": "Company code", "D": "Buchungskreis"}),
        Column("BUTXT", "CHAR(25)", texts={"E": "Name", "D": "Name der Firma"}),
        Column("WAERS", "CUKY(5)", comment="Currency"),
        Column("SALDO", "CURR(13,2)", comment="Balance", reference="T001-WAERS"),
        Column("KUNNR", "CHAR(10)", comment="Customer", conversion="ALPHA", data_element="KUNNR"),
    ),
    ("MANDT", "BUKRS"),
    "Company codes",
    texts={"E": "Company codes", "D": "Buchungskreise"},
)
_COMPANY_CODES = [
    ("100", "0001", "SAP A.G.", "EUR", "1234.50", "0000000001"),
    ("100", "1000", "Böhm & Söhne", "EUR", "-99.05", "0000000002"),
    ("100", "2000", "東京 😀", "JPY", "1000.00", "0000000003"),
    ("100", "3000", "O'Brien | Sons", "USD", "99999999999.99", ""),
    ("200", "0001", "Another client's", "EUR", "1.00", ""),
]

EVERY_TYPE = Table(
    "SAP",
    "ZTYPES",
    (
        Column("MANDT", "CLNT(3)"),
        Column("ID", "NUMC(4)"),
        Column("TEXT", "CHAR(8)"),
        Column("DAY", "DATS"),
        Column("AT", "TIMS"),
        Column("PERIOD", "ACCP(6)"),
        Column("AMOUNT", "CURR(7,2)"),
        Column("HUGE", "DEC(31,3)"),
        Column("WHOLE", "DEC(5,0)"),
        Column("SMALL", "INT1"),
        Column("MIDDLE", "INT2"),
        Column("NUMBER", "INT4"),
        Column("LARGE", "INT8"),
        Column("BYTES", "RAW(3)"),
        Column("MOMENT", "UTCLONG"),
    ),
    ("MANDT", "ID"),
    "One column of every type",
)
_EVERY_TYPE: dict[str, list[Any]] = {
    "MANDT": ["100"] * 3,
    "ID": ["0001", "0002", "0003"],
    "TEXT": ["a b", "", "12345678"],
    "DAY": ["20240229", "00000000", "99991231"],
    "AT": ["235959", "000000", "240000"],
    "PERIOD": ["202401", "000000", "202412"],
    "AMOUNT": ["12.30", "-0.05", "-99999.99"],
    "HUGE": ["1234567890123456789012345678.901", "0.000", "-0.001"],
    "WHOLE": ["0", "-7", "99999"],
    "SMALL": [0, 7, 255],
    "MIDDLE": [0, -7, 32767],
    "NUMBER": [0, -7, -2147483648],
    "LARGE": [0, -7, 9223372036854775807],
    "BYTES": [b"\0\0\0", b"\x01\xab\xff", b"\xff\xff\xff"],
    "MOMENT": [None, datetime(2024, 1, 31, 12, 30, 59, 123456), datetime(9999, 12, 31)],
}

FLOATS = Table(
    "SAP",
    "ZFLOAT",
    (Column("MANDT", "CLNT(3)"), Column("ID", "NUMC(2)"), Column("VALUE", "FLTP")),
    ("MANDT", "ID"),
)
NOTES = Table(
    "SAP",
    "ZNOTE",
    (
        Column("ID", "NUMC(2)"),
        Column("NOTE", "STRING"),
        Column("BLOB", "RAWSTRING"),
        Column("LINE", "CHAR(600)"),
    ),
    ("ID",),
)
USERS = Table(
    "SAP",
    "USR02",
    tuple(
        Column(name, spelling)
        for name, spelling in (
            ("MANDT", "CLNT(3)"), ("BNAME", "CHAR(12)"), ("BCODE", "RAW(8)"), ("GLTGV", "DATS"),
            ("GLTGB", "DATS"), ("USTYP", "CHAR(1)"), ("CLASS", "CHAR(12)"), ("UFLAG", "INT1"),
            ("ACCNT", "CHAR(12)"), ("LTIME", "TIMS"), ("CODVN", "CHAR(1)"), ("TZONE", "CHAR(6)"),
            ("PASSCODE", "RAW(20)"),
        )
    ),
    ("MANDT", "BNAME"),
)  # fmt: skip


def load(database: Database) -> None:
    """Fill a database with all of them."""
    database.load(COMPANY_CODES, _company_codes())
    database.load(EVERY_TYPE, _every_type())
    database.load(
        FLOATS,
        pa.table(
            {"MANDT": ["100"] * 3, "ID": ["01", "02", "03"], "VALUE": [0.1, -1e300, float(2**53)]}
        ),
    )
    database.load(
        NOTES,
        pa.table(
            {
                "ID": ["01", "02"],
                "NOTE": ["so to speak ", "ünï😀"],
                "BLOB": pa.array([b"\x01\x02", b""], pa.binary()),
                "LINE": ["x" * 600, ""],
            }
        ),
    )
    database.load(USERS, _users())


def _company_codes() -> pa.Table:
    columns = [list(column) for column in zip(*_COMPANY_CODES, strict=True)]
    arrays = [pa.array(column) for column in columns]
    arrays[4] = pa.array([Decimal(text) for text in columns[4]], pa.decimal128(13, 2))
    return pa.Table.from_arrays(arrays, [column.name for column in COMPANY_CODES.columns])


def _every_type() -> pa.Table:
    types = {
        "AMOUNT": pa.decimal128(7, 2),
        "HUGE": pa.decimal128(31, 3),
        "WHOLE": pa.decimal128(5, 0),
        "SMALL": pa.int32(),
        "MIDDLE": pa.int32(),
        "NUMBER": pa.int32(),
        "LARGE": pa.int64(),
        "BYTES": pa.binary(),
        "MOMENT": pa.timestamp("us"),
    }
    arrays = {
        name: pa.array([Decimal(v) for v in values], types[name])
        if pa.types.is_decimal(types.get(name, pa.string()))
        else pa.array(values, types.get(name, pa.string()))
        for name, values in _EVERY_TYPE.items()
    }
    return pa.table(arrays)


def _users() -> pa.Table:
    names = ["READER", "WRITER", "LOCKED"]
    texts = {
        "GLTGV": "20200101", "GLTGB": "99991231", "USTYP": "A", "CLASS": "SALES", "ACCNT": "",
        "LTIME": "101112", "CODVN": "H", "TZONE": "CET",
    }  # fmt: skip
    columns = {
        "MANDT": pa.array(["100"] * len(names)),
        "BNAME": pa.array(names),
        "BCODE": pa.array([bytes(8)] * len(names), pa.binary()),
        "UFLAG": pa.array([0, 0, 64], pa.int32()),
        "PASSCODE": pa.array([bytes(20)] * len(names), pa.binary()),
        **{name: pa.array([value] * len(names)) for name, value in texts.items()},
    }
    return pa.table({column.name: columns[column.name] for column in USERS.columns})
