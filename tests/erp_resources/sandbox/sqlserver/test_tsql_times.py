"""Dates and times: casts, texts, parts, arithmetic and zones, by SQL Server's documented rules."""

from datetime import date, datetime, time
from typing import Any

import pytest

from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from tests.erp_resources.sandbox.sqlserver.conftest import NOW
from tests.erp_resources.sandbox.sqlserver.shop import typed

TIMES = [
    ("CAST('2024-02-29' AS date)", "date", date(2024, 2, 29)),
    ("CAST('20240229' AS date)", "date", date(2024, 2, 29)),
    ("CAST('0001-01-01' AS date)", "date", date(1, 1, 1)),
    ("CAST('9999-12-31T23:59:59.9999999' AS date)", "date", date(9999, 12, 31)),
    (
        "CAST('2024-01-02T03:04:05.997' AS datetime)",
        "datetime",
        datetime(2024, 1, 2, 3, 4, 5, 996667),
    ),
    (
        "CAST('2024-01-02 03:04:05.004' AS datetime)",
        "datetime",
        datetime(2024, 1, 2, 3, 4, 5, 3333),
    ),
    ("CAST('2024-01-02 03:04:30' AS smalldatetime)", "smalldatetime", datetime(2024, 1, 2, 3, 5)),
    (
        "CAST('2024-01-02 03:04:05.5555555' AS datetime2(3))",
        "datetime2(3)",
        datetime(2024, 1, 2, 3, 4, 5, 556000),
    ),
    ("CAST('2024-01-02' AS datetime2(7))", "datetime2(7)", datetime(2024, 1, 2)),
    ("CAST('9999-12-31' AS datetime2(7))", "datetime2(7)", datetime(9999, 12, 31)),
    ("CAST('10:11' AS datetime2(0))", "datetime2(0)", datetime(1900, 1, 1, 10, 11)),
    ("CAST('10:11:12.567' AS time(1))", "time(1)", time(10, 11, 12, 600000)),
    ("CAST('2024-01-02 10:11:12' AS time(0))", "time(0)", time(10, 11, 12)),
    (
        "CAST('2024-01-02 03:00:00 +02:00' AS datetimeoffset(0))",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 1, 2, 1), "offset_minutes": 120},
    ),
    (
        "CAST(CAST('2024-01-02 03:00:00 -05:30' AS datetimeoffset(0)) AS datetime2(0))",
        "datetime2(0)",
        datetime(2024, 1, 2, 3),
    ),
    (
        "CAST(CAST('2024-01-02' AS date) AS datetimeoffset(0))",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 1, 2), "offset_minutes": 0},
    ),
    (
        "CONVERT(varchar(30), CAST('2024-01-02 15:04:05.007' AS datetime))",
        "varchar(30)",
        "Jan  2 2024  3:04PM",
    ),
    (
        "CONVERT(varchar(30), CAST('2024-01-02 03:04:05.007' AS datetime), 121)",
        "varchar(30)",
        "2024-01-02 03:04:05.007",
    ),
    (
        "CONVERT(varchar(30), CAST('2024-01-02 03:04:05.003' AS datetime), 126)",
        "varchar(30)",
        "2024-01-02T03:04:05.003",
    ),
    (
        "CONVERT(varchar(30), CAST('2024-01-02 03:04:05' AS datetime), 126)",
        "varchar(30)",
        "2024-01-02T03:04:05",
    ),
    (
        "CONVERT(varchar(30), CAST('2024-01-02 03:04:05' AS datetime), 120)",
        "varchar(30)",
        "2024-01-02 03:04:05",
    ),
    ("CONVERT(char(8), CAST('2024-01-02' AS date), 112)", "char(8)", "20240102"),
    ("CONVERT(varchar(10), CAST('2024-01-02' AS datetime), 104)", "varchar(10)", "02.01.2024"),
    ("CAST(CAST('2024-01-02' AS date) AS nvarchar(10))", "nvarchar(10)", "2024-01-02"),
    (
        "CAST(CAST('2024-01-02 03:04:05.1234567' AS datetime2(7)) AS varchar(30))",
        "varchar(30)",
        "2024-01-02 03:04:05.1234567",
    ),
    (
        "CAST(CAST('2024-01-02 03:00 -05:30' AS datetimeoffset(1)) AS varchar(40))",
        "varchar(40)",
        "2024-01-02 03:00:00.0 -05:30",
    ),
    (
        "CONVERT(varchar(16), CAST('03:04:05.1200000' AS time(7)), 121)",
        "varchar(16)",
        "03:04:05.1200000",
    ),
    ("DATEPART(year, '2024-02-29')", "int", 2024),
    ("DATEPART(quarter, '2024-05-29')", "int", 2),
    ("DATEPART(dayofyear, '2024-02-29')", "int", 60),
    ("DATEPART(week, '2024-01-07')", "int", 2),
    ("DATEPART(iso_week, '2024-01-07')", "int", 1),
    ("DATEPART(dw, '2024-01-07')", "int", 1),
    ("DATEPART(hh, CAST('10:11:12' AS time))", "int", 10),
    ("DATEPART(ms, CAST('2024-01-01 00:00:00.997' AS datetime))", "int", 997),
    ("DATEPART(mcs, CAST('00:00:00.1234567' AS time(7)))", "int", 123456),
    ("DATEPART(nanosecond, CAST('2024-01-01 00:00:00.1234567' AS datetime2(7)))", "int", 123456700),
    ("DATEPART(tzoffset, CAST('2024-01-01 00:00 -05:30' AS datetimeoffset))", "int", -330),
    ("YEAR('2024-02-29')", "int", 2024),
    ("MONTH('1969-12-31')", "int", 12),
    ("DAY(CAST('0001-01-31' AS date))", "int", 31),
    ("DATENAME(month, '2024-02-29')", "nvarchar(30)", "February"),
    ("DATEADD(month, 1, CAST('2024-01-31' AS date))", "date", date(2024, 2, 29)),
    (
        "DATEADD(year, -1, CAST('2024-02-29 10:00' AS datetime2(0)))",
        "datetime2(0)",
        datetime(2023, 2, 28, 10),
    ),
    ("DATEADD(day, 1, '2024-02-28')", "datetime", datetime(2024, 2, 29)),
    ("DATEADD(hour, 2, CAST('23:00' AS time(0)))", "time(0)", time(1)),
    (
        "DATEADD(ms, 5, CAST('2024-01-01' AS datetime))",
        "datetime",
        datetime(2024, 1, 1, 0, 0, 0, 6667),
    ),
    (
        "CAST(DATEADD(ns, 149, CAST('2024-01-01' AS datetime2(7))) AS varchar(30))",
        "varchar(30)",
        "2024-01-01 00:00:00.0000001",
    ),
    (
        "CAST(DATEADD(ns, 150, CAST('2024-01-01' AS datetime2(7))) AS varchar(30))",
        "varchar(30)",
        "2024-01-01 00:00:00.0000002",
    ),
    (
        "DATEADD(month, 1, CAST('2024-01-31 23:00 +02:00' AS datetimeoffset(0)))",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 2, 29, 21), "offset_minutes": 120},
    ),
    ("DATEDIFF(day, '2024-01-01 23:59', '2024-01-02')", "int", 1),
    ("DATEDIFF(year, '2023-12-31', '2024-01-01')", "int", 1),
    ("DATEDIFF(month, '2024-03-01', '2024-02-29')", "int", -1),
    ("DATEDIFF(week, '2024-01-06', '2024-01-07')", "int", 1),
    ("DATEDIFF(week, '2024-01-07', '2024-01-13')", "int", 0),
    (
        "DATEDIFF(ns, CAST('00:00:00.0000001' AS time), CAST('00:00:00.0000003' AS time))",
        "int",
        200,
    ),
    ("DATEDIFF_BIG(ms, '1900-01-01', '2024-01-01')", "bigint", 3913056000000),
    ("EOMONTH('2024-02-01')", "date", date(2024, 2, 29)),
    ("EOMONTH('2024-01-31', 1)", "date", date(2024, 2, 29)),
    ("DATEFROMPARTS(2024, 2, 29)", "date", date(2024, 2, 29)),
    (
        "SWITCHOFFSET(CAST('2024-01-01 12:00 +02:00' AS datetimeoffset(0)), '-05:30')",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 1, 1, 10), "offset_minutes": -330},
    ),
    (
        "CAST(SWITCHOFFSET(CAST('2024-01-01 12:00 +02:00' AS datetimeoffset), 0) AS datetime2(0))",
        "datetime2(0)",
        datetime(2024, 1, 1, 10),
    ),
    (
        "TODATETIMEOFFSET(CAST('2024-01-01 12:00' AS datetime2(0)), '+02:00')",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 1, 1, 10), "offset_minutes": 120},
    ),
    (
        "CAST('2024-01-01 12:00' AS datetime2(0)) AT TIME ZONE 'UTC'",
        "datetimeoffset(0)",
        {"utc": datetime(2024, 1, 1, 12), "offset_minutes": 0},
    ),
    ("{d '2024-01-02'}", "datetime", datetime(2024, 1, 2)),
    ("GETDATE()", "datetime", datetime(2024, 5, 6, 7, 8, 9, 123333)),
    ("SYSUTCDATETIME()", "datetime2(7)", NOW),
    ("SYSDATETIMEOFFSET()", "datetimeoffset(7)", {"utc": NOW, "offset_minutes": 0}),
]


@pytest.mark.parametrize(("expression", "kind", "value"), TIMES)
def test_a_time_has_its_type_and_value(
    reading: SqlServerSession, expression: str, kind: str, value: Any
) -> None:
    assert typed(reading, expression) == (kind, value)
