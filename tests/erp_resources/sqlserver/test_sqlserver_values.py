"""Values at the limits of each type, from the wire through both real drivers into Polars."""

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from erp_resources.connector import Column, TableQuery, TableSchema
from erp_resources.errors import ValueDoesNotFit
from erp_resources.sandbox.sqlserver.types import MAX, SqlType
from tests.erp_resources.sqlserver.canned import CannedSession, Values, connected

US = pa.timestamp("us")
D, T = Decimal, datetime
MANY_NINES = "9" * 38
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
LONG = "ä東😀" * 50_000
MOSTLY_BLANK = "a" + " " * 7999
EPOCHS = [T(1, 1, 1), T(1600, 2, 29, 23, 59, 59, 999_999), T(1969, 12, 31, 23, 59, 59, 1), None]
LAST = T(9999, 12, 31, 23, 59, 59, 999_999)
TICKS = [
    T(1753, 1, 1),
    T(1899, 12, 31, 23, 59, 59, 997_000),
    T(2024, 2, 29, 12, 0, 0, 3000),
    T(2024, 2, 29, 12, 0, 0, 7000),
    T(2024, 2, 29, 12, 0, 0, 10_000),
    T(9999, 12, 31, 23, 59, 59, 997_000),
    None,
]


def single(value: float) -> float:
    """``value`` as four bytes keep it."""
    kept: float = struct.unpack("f", struct.pack("f", value))[0]
    return kept


# The declared type, the type on the wire, its Arrow type there, and the values.
CASES: list[tuple[str, SqlType, pa.DataType, list[Any]]] = [
    ("bit", SqlType("bit"), pa.bool_(), [True, False, None]),
    ("tinyint", SqlType("tinyint"), pa.uint8(), [0, 127, 128, 255, None]),
    ("smallint", SqlType("smallint"), pa.int16(), [-(2**15), 0, 2**15 - 1, None]),
    ("int", SqlType("int"), pa.int32(), [-(2**31), 0, 2**31 - 1, None]),
    ("bigint", SqlType("bigint"), pa.int64(), [-(2**63), 0, 2**63 - 1, None]),
    (
        "decimal(38,0)",
        SqlType("decimal", precision=38),
        pa.decimal128(38, 0),
        [D(MANY_NINES), D("-" + MANY_NINES), D(0), None],
    ),
    (
        "decimal(28,12)",
        SqlType("decimal", precision=28, scale=12),
        pa.decimal128(28, 12),
        [D("9999999999999999.999999999999"), D("-0.000000000001"), None],
    ),
    (
        "money",
        SqlType("money"),
        pa.decimal128(19, 4),
        [D("922337203685477.5807"), D("-922337203685477.5808"), D("-0.0001"), D("0.05"), None],
    ),
    (
        "smallmoney",
        SqlType("smallmoney"),
        pa.decimal128(10, 4),
        [D("214748.3647"), D("-214748.3648"), D("-0.0001"), None],
    ),
    (
        "float",
        SqlType("float"),
        pa.float64(),
        [1.7976931348623157e308, -2.2250738585072014e-308, 0.1, -0.0, None],
    ),
    ("real", SqlType("real"), pa.float32(), [single(3.4028234e38), single(-0.1), 0.5, None]),
    ("char(8)", SqlType("char", 8), pa.string(), ["a       ", "        ", "äöüß    ", None]),
    ("varchar(8000)", SqlType("varchar", 8000), pa.string(), ["", " ", MOSTLY_BLANK, "€ÿ", None]),
    ("nchar(4)", SqlType("nchar", 4), pa.string(), ["a   ", "東京  ", "😀  ", None]),
    ("nvarchar(4000)", SqlType("nvarchar", 4000), pa.string(), ["", "O'Brien\0\t", "😀" * 2000]),
    ("varchar(max)", SqlType("varchar", MAX), pa.string(), ["", "x" * 100_000, None]),
    ("nvarchar(max)", SqlType("nvarchar", MAX), pa.string(), ["", LONG, None]),
    ("binary(4)", SqlType("binary", 4), pa.binary(), [b"\0\0\0\0", b"\xff\0\x01 ", None]),
    ("varbinary(16)", SqlType("varbinary", 16), pa.binary(), [b"", b"\0", bytes(range(16)), None]),
    ("varbinary(max)", SqlType("varbinary", MAX), pa.binary(), [b"", bytes(200_000), None]),
    ("timestamp", SqlType("timestamp"), pa.binary(), [b"\0\0\0\0\0\0\x07\xd1", b"\xff" * 8]),
    ("date", SqlType("date"), pa.date32(), [date(1, 1, 1), date(9999, 12, 31), None]),
    ("smalldatetime", SqlType("smalldatetime"), US, [T(1900, 1, 1), T(2079, 6, 6, 23, 59), None]),
    ("datetime", SqlType("datetime"), US, TICKS),
    ("datetime2(0)", SqlType("datetime2", scale=0), US, [T(1, 1, 1), T(9999, 12, 31, 23, 59, 59)]),
    ("datetime2(6)", SqlType("datetime2", scale=6), US, [*EPOCHS, LAST]),
    ("time(0)", SqlType("varchar", 16), pa.string(), ["00:00:00", "23:59:59", None]),
    ("time(7)", SqlType("varchar", 16), pa.string(), ["23:59:59.9999999", None]),
    ("uniqueidentifier", SqlType("char", 36), pa.string(), [GUID, None]),
    ("hierarchyid", SqlType("nvarchar", 4000), pa.string(), ["/", "/1/3.1/-2/", "/" + "1/" * 999]),
    ("xml", SqlType("nvarchar", MAX), pa.string(), ["<a>ä</a>", LONG, None]),
    ("image", SqlType("varbinary", MAX), pa.binary(), [b"", b"\x89PNG", None]),
]  # fmt: skip


def read(driver: str, spelling: str, columns: Values, longest: int = 0) -> pl.DataFrame:
    """What a scan of a table with one column ``c`` gives where the server has these columns."""

    def answer(batch: str) -> Values:
        if "MAX(DATALENGTH" in batch:
            return [(SqlType("bigint"), pa.array([longest], pa.int64()))]
        return columns

    table = TableSchema("dbo", "t", (Column("c", spelling),))
    with connected(driver, lambda *_: CannedSession(answer)) as connector:
        return connector.scan(TableQuery(table)).collect()


def size_of(values: Sequence[Any]) -> int:
    """The longest value, in UTF-16 units or in bytes."""
    texts = [value.encode("utf-16-le") for value in values if isinstance(value, str)]
    sizes = [len(value) for value in values if isinstance(value, bytes)]
    return max([len(text) // 2 for text in texts] + sizes, default=0)


@pytest.mark.parametrize(
    ("spelling", "kind", "arrow", "values"), CASES, ids=[case[0] for case in CASES]
)
def test_each_value_arrives_as_it_was(
    driver: str, spelling: str, kind: SqlType, arrow: pa.DataType, values: list[Any]
) -> None:
    frame = read(driver, spelling, [(kind, pa.array(values, arrow))], size_of(values))
    assert frame["c"].to_list() == values


@pytest.mark.parametrize("value", ["x" * 301, "ä東" * 151, "😀" * 151])
def test_a_text_that_outgrew_the_room_for_it_is_refused_and_not_cut(
    driver: str, value: str
) -> None:
    """FreeTDS cuts it without a word."""
    columns = [(SqlType("nvarchar", MAX), pa.array([value, "y"]))]
    with pytest.raises(ValueDoesNotFit, match="erp catalog refresh"):
        read(driver, "nvarchar(max)", columns, longest=150)


def test_a_decimal_without_digits_before_its_point_arrives_whole(driver: str) -> None:
    """FreeTDS writes ``-0.5`` where arrow-odbc has room for ``-.5``: it is fetched as text."""
    texts = ["0." + MANY_NINES, "-0." + MANY_NINES, f"{D('1E-38'):f}", None]
    columns = [(SqlType("varchar", 42), pa.array(texts, pa.string()))]
    frame = read(driver, "numeric(38,38)", columns)
    assert frame["c"].to_list() == [D("0." + MANY_NINES), D("-0." + MANY_NINES), D("1E-38"), None]
    assert frame.schema["c"] == pl.Decimal(38, 38)


@pytest.mark.parametrize(
    "value", [T(1678, 1, 1), T(1969, 12, 31, 23, 59, 59, 123_456), T(2262, 1, 1)]
)
def test_the_seventh_digit_is_cut_and_kept_beside(driver: str, value: datetime) -> None:
    hundreds = 10 * (value - T(1970, 1, 1)) // timedelta(microseconds=1) + 9
    moment, seventh = SqlType("datetime2", scale=7), SqlType("smallint")
    wire = pa.array([100 * hundreds], pa.int64()).cast(pa.timestamp("ns"))
    columns = [(moment, wire), (seventh, pa.array([9], pa.int16()))]
    frame = read(driver, "datetime2(7)", columns)
    assert frame.rows() == [(value, 9)]
    assert frame.schema == {"c": pl.Datetime("us"), "c__100NS": pl.Int8}


def test_an_instant_keeps_its_offset_and_its_seventh_digit(driver: str) -> None:
    smallint = SqlType("smallint")
    columns = [
        (SqlType("datetime2", scale=7), pa.array([T(2024, 6, 1, 10, 0, 0, 1), None], US)),
        (smallint, pa.array([-840, None], pa.int16())),
        (smallint, pa.array([0, None], pa.int16())),
    ]
    frame = read(driver, "datetimeoffset(7)", columns)
    assert frame.row(0) == (T(2024, 6, 1, 10, 0, 0, 1, tzinfo=UTC), -840, 0)
    assert frame.row(1) == (None, None, None)
    assert frame.columns == ["c", "c__OFFSET", "c__100NS"]
