"""Every type from the engine's Arrow to both drivers, value by value."""

import datetime as dt
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import arrow_odbc
import pyarrow as pa
import pyodbc
import pytest
from arrow_odbc import TextEncoding

from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sandbox.sqlserver.types import MAX, SqlType
from tests.erp_resources.sandbox.sqlserver.tds.odbc import PLAIN, OdbcDriver
from tests.erp_resources.sandbox.sqlserver.tds.scripted import Library

US, NS = pa.timestamp("us"), pa.timestamp("ns")
OFFSET = pa.struct([("utc", US), ("offset_minutes", pa.int16())])
OFFSET_NS = pa.struct([("utc", NS), ("offset_minutes", pa.int16())])
LONG_TEXT = "tämä on pitkä 𝄞 " * 2000
TIMESTAMPOFFSET = -155
"""SQL_SS_TIMESTAMPOFFSET, for which pyodbc has no name."""

GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
FIRST, LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999)


@dataclass(frozen=True)
class Case:
    """Values of one type, and what a client gets of them if that is not the same."""

    kind: SqlType
    arrow_type: pa.DataType
    values: Sequence[Any]
    expected: Sequence[Any] | None = None

    @property
    def wanted(self) -> list[Any]:
        return list(self.values if self.expected is None else self.expected)


def decimals(precision: int, scale: int, *values: str) -> Case:
    kind = SqlType("decimal", precision=precision, scale=scale)
    return Case(kind, pa.decimal128(precision, scale), [Decimal(value) for value in values])


CASES = [
    Case(SqlType("bit"), pa.bool_(), [True, False]),
    Case(SqlType("tinyint"), pa.uint8(), [0, 255]),
    Case(SqlType("smallint"), pa.int16(), [-(2**15), 2**15 - 1]),
    Case(SqlType("int"), pa.int32(), [-(2**31), 2**31 - 1]),
    Case(SqlType("bigint"), pa.int64(), [-(2**63), 2**63 - 1]),
    Case(SqlType("float"), pa.float64(), [-1.7976931348623157e308, 5e-324, 0.1]),
    Case(SqlType("real"), pa.float32(), [0.5, -3.4028234663852886e38]),
    decimals(1, 0, "-9", "0", "9"),
    decimals(9, 2, "-9999999.99", "0.01"),
    decimals(18, 4, "-99999999999999.9999", "12345678901234.5678"),
    decimals(19, 0, "-9999999999999999999", "18446744073709551616".removesuffix("6")),
    decimals(28, 12, "-9999999999999999.999999999999", "0.000000000001"),
    decimals(38, 0, "-" + "9" * 38, str(2**64), str(-(2**64)), "9" * 38),
    decimals(38, 38, "-0." + "9" * 38, "0." + "0" * 37 + "1"),
    Case(
        SqlType("numeric", precision=38, scale=10),
        pa.decimal128(38, 10),
        [Decimal("1234567890123456789012345678.0123456789")],
    ),
    Case(
        SqlType("money"),
        pa.decimal128(19, 4),
        [Decimal("-922337203685477.5808"), Decimal("922337203685477.5807"), Decimal("-0.0001")],
    ),
    Case(
        SqlType("smallmoney"),
        pa.decimal128(10, 4),
        [Decimal("-214748.3648"), Decimal("214748.3647")],
    ),
    Case(SqlType("nvarchar", 60), pa.string(), ["", "plain", "Ünïcödé", "𝄞 clef", "x" * 60]),
    Case(SqlType("nchar", 3), pa.string(), ["abc", "ü  "]),
    Case(SqlType("nvarchar", MAX), pa.string(), ["", "short", LONG_TEXT]),
    Case(SqlType("varchar", 20), pa.string(), ["", "plain", "café €"]),
    Case(SqlType("varchar", MAX), pa.string(), ["", "é" * 10_000]),
    Case(SqlType("char", 5), pa.string(), ["ab   "]),
    Case(SqlType("varchar", 5), pa.large_string(), ["large"]),
    Case(SqlType("text"), pa.string(), ["", "é" * 9000]),
    Case(SqlType("ntext"), pa.string(), ["", LONG_TEXT]),
    Case(SqlType("xml"), pa.string(), ["<a>ü</a>", ""]),
    Case(SqlType("varbinary", 100), pa.binary(), [b"", b"\x00\x01\xff", b"\xab" * 100]),
    Case(SqlType("varbinary", MAX), pa.binary(), [b"", b"\x00" * 20_000]),
    Case(SqlType("binary", 4), pa.binary(), [b"\x00\x01\x02\x03"]),
    Case(SqlType("image"), pa.binary(), [b"", b"\xcd" * 9000]),
    Case(SqlType("timestamp"), pa.binary(), [bytes(7) + b"\x01", b"\xff" * 8]),
    Case(SqlType("uniqueidentifier"), pa.string(), [GUID]),
    Case(
        SqlType("date"),
        pa.date32(),
        [dt.date(1, 1, 1), dt.date(1970, 1, 1), dt.date(9999, 12, 31)],
    ),
    Case(
        SqlType("datetime2", scale=6), US, [FIRST, dt.datetime(1969, 12, 31, 23, 59, 59, 1), LAST]
    ),
    Case(SqlType("datetime2", scale=7), US, [FIRST, LAST]),
    Case(SqlType("datetime2", scale=3), US, [dt.datetime(2024, 2, 29, 12, 0, 0, 123000)]),
    Case(
        SqlType("datetime2", scale=0),
        US,
        [dt.datetime(2024, 12, 31, 23, 59, 59, 500000), dt.datetime(2024, 1, 1, 0, 0, 0, 499999)],
        [dt.datetime(2025, 1, 1), dt.datetime(2024, 1, 1)],
    ),
    Case(
        SqlType("datetime"),
        US,
        [
            dt.datetime(1753, 1, 1),
            dt.datetime(2024, 1, 1, 0, 0, 0, 1000),
            dt.datetime(2024, 1, 1, 0, 0, 0, 5000),
            dt.datetime(2024, 1, 1, 23, 59, 59, 999000),
            dt.datetime(9999, 12, 31, 23, 59, 59, 997000),
        ],
        [
            dt.datetime(1753, 1, 1),
            dt.datetime(2024, 1, 1),
            dt.datetime(2024, 1, 1, 0, 0, 0, 7000),
            dt.datetime(2024, 1, 2),
            dt.datetime(9999, 12, 31, 23, 59, 59, 997000),
        ],
    ),
    Case(
        SqlType("smalldatetime"),
        US,
        [dt.datetime(1900, 1, 1), dt.datetime(2024, 1, 1, 12, 0, 30), dt.datetime(2079, 6, 6)],
        [dt.datetime(1900, 1, 1), dt.datetime(2024, 1, 1, 12, 1), dt.datetime(2079, 6, 6)],
    ),
]


def name_of(case: Case) -> str:
    kind = case.kind
    return f"{kind.name}-{kind.size}-{kind.precision}-{kind.scale}-{case.arrow_type}"


def rows_of(case: Case, nulls: int) -> pa.RecordBatch:
    """A batch whose second column is all the values and then NULLs."""
    values = pa.array([*case.values, *[None] * nulls], case.arrow_type)
    row = pa.array(range(len(values)), pa.int32())
    return pa.record_batch({"row": row, "value": values})


@pytest.mark.parametrize("case", CASES, ids=name_of)
@pytest.mark.parametrize("nulls", [0, 2])
@pytest.mark.parametrize("token", ["row", "nbcrow"])
def test_a_value_arrives_as_it_was(
    connection: pyodbc.Connection, library: Library, case: Case, nulls: int, token: str
) -> None:
    columns = {"row": SqlType("int"), "value": case.kind}
    batch = rows_of(case, nulls)
    if token == "nbcrow":  # which pays off where much is NULL
        for name in ("empty", "void"):
            columns[name] = SqlType("nvarchar", 9)
            batch = batch.append_column(name, pa.nulls(len(batch), pa.string()))
    rows = connection.execute(library.table("q", columns, batch)).fetchall()
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert [row[1] for row in rows] == case.wanted + [None] * nulls
    assert all(row[2:] == (None,) * (len(columns) - 2) for row in map(tuple, rows))


def test_all_types_travel_in_one_row(connection: pyodbc.Connection, library: Library) -> None:
    # Values of (max) types must be read in order by ODBC, which pyodbc does.
    kinds = {f"c{place}": case.kind for place, case in enumerate(CASES)}
    arrays = [pa.array([case.values[0], None], case.arrow_type) for case in CASES]
    batch = pa.record_batch(arrays, names=list(kinds))
    first, second = connection.execute(library.table("q", kinds, batch)).fetchall()
    assert list(first) == [case.wanted[0] for case in CASES]
    assert list(second) == [None] * len(CASES)


def test_a_slice_of_a_batch_is_encoded_from_its_beginning(
    connection: pyodbc.Connection, library: Library
) -> None:
    for case in CASES:
        batch = rows_of(case, nulls=9)
        columns = {"row": SqlType("int"), "value": case.kind}
        sql = library.table("q", columns, batch.slice(1, len(case.values) + 2))
        rows = connection.execute(sql).fetchall()
        expected = [*case.wanted, None, None, None][1 : len(case.values) + 3]
        assert [row[1] for row in rows] == expected, name_of(case)


def test_a_time_keeps_its_fraction(connection: pyodbc.Connection, library: Library) -> None:
    values = [dt.time(0), dt.time(12, 30, 15, 123456), dt.time(23, 59, 59, 999999), None]
    batch = pa.record_batch({"t": pa.array(values, pa.time64("us"))})
    sql = library.table("q", {"t": SqlType("time", scale=7)}, batch)
    assert fields(connection, sql, pyodbc.SQL_SS_TIME2, "<HHHxxI") == [
        (0, 0, 0, 0),
        (12, 30, 15, 123_456_000),
        (23, 59, 59, 999_999_000),
        None,
    ]


def test_a_time_that_rounds_up_to_midnight_begins_anew(
    connection: pyodbc.Connection, library: Library
) -> None:
    batch = pa.record_batch({"t": pa.array([dt.time(23, 59, 59, 500000)], pa.time64("us"))})
    sql = library.table("q", {"t": SqlType("time", scale=0)}, batch)
    assert fields(connection, sql, pyodbc.SQL_SS_TIME2, "<HHHxxI") == [(0, 0, 0, 0)]


def test_a_seventh_digit_survives(connection: pyodbc.Connection, library: Library) -> None:
    moments = pa.array([1_700_000_000_123_456_700, -100], NS)
    sql = library.table("q", {"t": SqlType("datetime2", scale=7)}, pa.record_batch({"t": moments}))
    assert fields(connection, sql, pyodbc.SQL_TYPE_TIMESTAMP, "<hHHHHHI") == [
        (2023, 11, 14, 22, 13, 20, 123_456_700),
        (1969, 12, 31, 23, 59, 59, 999_999_900),
    ]


def test_an_offset_is_kept(connection: pyodbc.Connection, library: Library) -> None:
    values = [
        {"utc": dt.datetime(2024, 1, 1, 12, 0, 0, 123456), "offset_minutes": 330},
        {"utc": dt.datetime(2024, 1, 1, 2), "offset_minutes": -840},
        {"utc": dt.datetime(9999, 12, 31, 23, 59, 59), "offset_minutes": 0},
        None,
    ]
    batch = pa.record_batch({"t": pa.array(values, OFFSET)})
    sql = library.table("q", {"t": SqlType("datetimeoffset", scale=7)}, batch)
    assert fields(connection, sql, TIMESTAMPOFFSET, "<hHHHHHIhh") == [
        (2024, 1, 1, 17, 30, 0, 123_456_000, 5, 30),
        (2023, 12, 31, 12, 0, 0, 0, -14, 0),
        (9999, 12, 31, 23, 59, 59, 0, 0, 0),
        None,
    ]


def test_an_offset_with_a_seventh_digit_is_kept(
    connection: pyodbc.Connection, library: Library
) -> None:
    value = {"utc": 1_700_000_000_123_456_700, "offset_minutes": 60}
    batch = pa.record_batch({"t": pa.array([value], OFFSET_NS)})
    sql = library.table("q", {"t": SqlType("datetimeoffset", scale=7)}, batch)
    assert fields(connection, sql, TIMESTAMPOFFSET, "<hHHHHHIhh") == [
        (2023, 11, 14, 23, 13, 20, 123_456_700, 1, 0)
    ]


def fields(
    connection: pyodbc.Connection, sql: str, odbc_type: int, layout: str
) -> list[tuple[int, ...] | None]:
    """The only column's values as the driver's own structs of ``layout``, fractions in ns."""
    connection.add_output_converter(odbc_type, lambda data: struct.unpack(layout, data))
    return [value for (value,) in connection.execute(sql).fetchall()]


def test_arrow_odbc_reads_what_pyodbc_reads(
    server: SqlServer, driver: OdbcDriver, library: Library
) -> None:
    names = {"int", "bigint", "decimal", "nvarchar", "varchar", "date", "datetime2", "varbinary"}
    cases = [case for case in CASES if case.kind.name in names and case.expected is None]
    # FreeTDS says that the text of a decimal(38,38) has 40 characters, one too few.
    cases = [case for case in cases if case.kind.scale != 38]
    for case in cases:
        columns = {"row": SqlType("int"), "value": case.kind}
        sql = library.table("q", columns, rows_of(case, nulls=2))
        reader = arrow_odbc.read_arrow_batches_from_odbc(
            sql,
            connection_string=driver.connection_string(server.port, **PLAIN),
            max_text_size=60_000,
            max_binary_size=60_000,
            payload_text_encoding=TextEncoding.UTF16,
            map_schema=in_microseconds,
        )
        values = pa.Table.from_batches(reader)["value"].to_pylist()
        assert values == [*case.wanted, None, None], name_of(case)


def test_a_variant_is_sent_as_the_text_in_it(
    server: SqlServer, microsoft: OdbcDriver, library: Library
) -> None:
    # FreeTDS does not know the type, and pyodbc takes a NULL of it for an empty text.
    batch = pa.record_batch({"v": ["ü", "", None, "1.50"]})
    reader = arrow_odbc.read_arrow_batches_from_odbc(
        library.table("q", {"v": SqlType("sql_variant")}, batch),
        connection_string=microsoft.connection_string(server.port, **PLAIN),
        max_text_size=100,
    )
    assert pa.Table.from_batches(reader)["v"].to_pylist() == ["ü", "", None, "1.50"]


def in_microseconds(schema: pa.Schema) -> pa.Schema:
    fields = [
        pa.field(field.name, US) if pa.types.is_timestamp(field.type) else field for field in schema
    ]
    return pa.schema(fields)


@pytest.mark.parametrize(
    ("kind", "arrow_type", "value"),
    [
        (SqlType("hierarchyid"), pa.string(), "/1/"),
        (SqlType("geography"), pa.string(), "POINT (1 2)"),
    ],
)
def test_a_type_that_cannot_be_sent_is_refused_by_name(
    connection: pyodbc.Connection,
    library: Library,
    kind: SqlType,
    arrow_type: pa.DataType,
    value: str,
) -> None:
    batch = pa.record_batch({"c": pa.array([value], arrow_type)})
    with pytest.raises(pyodbc.Error, match=f"not in the sandbox: values of type {kind.name}"):
        connection.execute(library.table("q", {"c": kind}, batch))


@pytest.mark.parametrize(
    ("kind", "array", "message"),
    [
        (SqlType("nvarchar", 3), pa.array(["four"]), "truncated"),
        (SqlType("varbinary", 3), pa.array([b"four"]), "truncated"),
        (SqlType("uniqueidentifier"), pa.array(["no identifier"]), "uniqueidentifier"),
        (SqlType("int"), pa.array(["x"]), "not in the sandbox"),
        (SqlType("decimal", precision=3), pa.array([1000]), "not in the sandbox"),
    ],
)
def test_a_value_that_its_type_cannot_hold_is_an_error_and_the_session_goes_on(
    connection: pyodbc.Connection, library: Library, kind: SqlType, array: pa.Array, message: str
) -> None:
    sql = library.table("q", {"c": kind}, pa.record_batch({"c": array}))
    with pytest.raises(pyodbc.Error, match=message):
        connection.execute(sql).fetchall()
    good = pa.record_batch({"c": pa.array([1], pa.int32())})
    assert connection.execute(library.table("q", {"c": SqlType("int")}, good)).fetchval() == 1
