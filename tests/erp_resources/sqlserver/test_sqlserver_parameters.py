"""Values of filters, as T-SQL gets them: exact, or refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from erp_resources.connector import Column, Scalar
from erp_resources.errors import InvalidQuery
from erp_resources.sqlserver.parameters import parameter

EAST = timezone(timedelta(hours=5, minutes=30))
LONGEST = Decimal("12345678901234567890123456.123456789012")
LAST_TICK = datetime(9999, 12, 31, 23, 59, 59, 999_999)
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
NEW_YEAR = "2024-01-01T00:00:00+00:00"
CASES: list[tuple[str, Scalar, str, str]] = [
    ("bit", True, "bit", "1"),
    ("bit", 0, "bit", "0"),
    ("int", 5, "int", "5"),
    ("int", "5", "int", "5"),
    ("int", Decimal("5.00"), "int", "5"),
    ("int", 2**31, "decimal(10,0)", "2147483648"),
    ("int", 1.5, "decimal(2,1)", "1.5"),
    ("tinyint", 255, "tinyint", "255"),
    ("tinyint", -1, "decimal(1,0)", "-1"),
    ("bigint", -(2**63), "bigint", "-9223372036854775808"),
    ("bigint", 2**63, "decimal(19,0)", "9223372036854775808"),
    ("decimal(12,2)", Decimal("-0.05"), "decimal(12,2)", "-0.05"),
    ("decimal(12,2)", Decimal("1E+5"), "decimal(12,2)", "100000"),
    ("decimal(12,2)", Decimal("0.005"), "decimal(3,3)", "0.005"),
    ("decimal(12,2)", 0.1, "decimal(12,2)", "0.1"),
    ("decimal(38,12)", LONGEST, "decimal(38,12)", str(LONGEST)),
    ("numeric(5,0)", 0, "numeric(5,0)", "0"),
    ("money", Decimal("922337203685477.5807"), "money", "922337203685477.5807"),
    ("money", Decimal("922337203685477.5808"), "decimal(19,4)", "922337203685477.5808"),
    ("smallmoney", Decimal("214748.3648"), "decimal(10,4)", "214748.3648"),
    ("float", 1e300, "float", "1e+300"),
    ("real", Decimal("0.1"), "float", "0.1"),
    ("varchar(3)", "longer than three", "varchar(8000)", "longer than three"),
    ("nvarchar(60)", "x' OR '1'='1", "varchar(8000)", "x' OR '1'='1"),
    ("varchar(3)", "東京", "nvarchar(4000)", "東京"),
    ("nchar(3)", "😀" * 2001, "nvarchar(max)", "😀" * 2001),
    ("nvarchar(max)", "", "varchar(8000)", ""),
    ("date", date(2024, 2, 29), "date", "2024-02-29"),
    ("date", "2024-02-29", "date", "2024-02-29"),
    ("date", datetime(2024, 2, 29, 12), "datetime2(6)", "2024-02-29T12:00:00"),
    ("datetime", datetime(2024, 2, 29, 23, 59, 59, 997_000), "datetime", "2024-02-29T23:59:59.997"),
    ("datetime", "2024-02-29", "datetime", "2024-02-29T00:00:00.000"),
    ("datetime", datetime(2024, 1, 1, 0, 0, 0, 1000), "datetime2(6)", "2024-01-01T00:00:00.001000"),
    ("datetime", date(1601, 1, 1), "datetime2(6)", "1601-01-01T00:00:00"),
    ("smalldatetime", date(2024, 1, 1), "datetime", "2024-01-01T00:00:00.000"),
    ("datetime2(7)", datetime(1, 1, 1), "datetime2(7)", "0001-01-01T00:00:00"),
    ("datetime2(0)", LAST_TICK, "datetime2(6)", "9999-12-31T23:59:59.999999"),
    ("datetimeoffset(3)", datetime(2024, 1, 1, 5, 30, tzinfo=EAST), "datetimeoffset(6)", NEW_YEAR),
    ("datetimeoffset(7)", "2024-01-01T00:00:00Z", "datetimeoffset(7)", NEW_YEAR),
    ("time(7)", "12:34:56.1234567", "time(7)", "12:34:56.1234567"),
    ("uniqueidentifier", GUID.lower(), "uniqueidentifier", GUID),
]


@pytest.mark.parametrize(("spelling", "value", "cast", "text"), CASES)
def test_a_value_is_cast_to_a_type_that_holds_it(
    spelling: str, value: Scalar, cast: str, text: str
) -> None:
    assert parameter(Column("C", spelling), value) == (f"CAST(? AS {cast})", text)


def test_bytes_are_written_in_hexadecimal() -> None:
    column = Column("C", "varbinary(16)")
    assert parameter(column, "0x0aFF") == ("CONVERT(varbinary(8000), ?, 1)", "0x0aFF")


@pytest.mark.parametrize(("size", "kind"), [(8000, "varbinary(8000)"), (8001, "varbinary(max)")])
def test_bytes_beyond_a_varbinarys_longest_are_not_cut(size: int, kind: str) -> None:
    value = f"0x{'0f' * size}"
    column = Column("C", "varbinary(max)")
    assert parameter(column, value) == (f"CONVERT({kind}, ?, 1)", value)


def test_a_rowversion_is_a_number_or_its_bytes() -> None:
    column = Column("C", "timestamp")
    assert parameter(column, 2001) == ("CAST(CAST(? AS bigint) AS binary(8))", "2001")
    assert parameter(column, "0x00000000000007D1")[1] == "0x00000000000007D1"


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("bit", 2),
        ("bit", "yes"),
        ("int", "five"),
        ("int", date(2024, 1, 1)),
        ("int", float("nan")),
        ("int", 10**39),
        ("decimal(12,2)", Decimal("1E+999999")),
        ("decimal(38,38)", Decimal("1." + "1" * 38)),
        ("float", float("inf")),
        ("float", "1,5"),
        ("varchar(5)", 5),
        ("date", "31.12.2024"),
        ("date", 20241231),
        ("datetime", datetime(2024, 1, 1, tzinfo=UTC)),
        ("datetime2(7)", "2024-01-01T00:00:00.1234567"),
        ("datetime2(7)", "2024-01-01T00:00:00,1234567"),
        ("datetimeoffset(7)", datetime(2024, 1, 1)),
        ("datetimeoffset(7)", "2024-01-01"),
        ("time(0)", "25:00:00"),
        ("time(0)", "noon"),
        ("uniqueidentifier", "6F9619FF"),
        ("varbinary(4)", "0x123"),
        ("varbinary(4)", "abc"),
        ("timestamp", -1),
        ("timestamp", 1.5),
        ("text", "x"),
        ("ntext", "x"),
        ("xml", "<a/>"),
        ("image", "0x00"),
        ("hierarchyid", "/1/"),
        ("sql_variant", 1),
    ],
)
def test_a_value_that_cannot_be_compared_exactly_is_refused(spelling: str, value: Scalar) -> None:
    with pytest.raises(InvalidQuery, match=r"filter on 'C'.*cannot be compared"):
        parameter(Column("C", spelling), value)
