"""Expressions: what each gives and of which type, by SQL Server's documented rules."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from tests.erp_resources.sandbox.sqlserver.shop import ask, ask_one, parameter, typed

D = Decimal
ARITHMETIC = [
    ("7 / 2", "int", 3),
    ("-7 / 2", "int", -3),
    ("7 % -3", "int", 1),
    ("7.0 / 2", "numeric(7,6)", D("3.500000")),
    ("10.0 / 3", "numeric(8,6)", D("3.333333")),
    ("-10.0 / 3", "numeric(8,6)", D("-3.333333")),
    ("1.5 * 2.25", "numeric(6,3)", D("3.375")),
    ("5.5 % 2", "numeric(2,1)", D("1.5")),
    ("1.5 + 10", "numeric(4,1)", D("11.5")),
    ("1e0 / 4", "float", 0.25),
    ("CAST(1 AS real) + 1.5", "real", 2.5),
    ("CAST(1 AS bigint) + CAST(1 AS tinyint)", "bigint", 2),
    ("CAST(200 AS tinyint) * 2", "int", 400),
    ("CAST(1.10 AS money) * 3", "money", D("3.3000")),
    ("CAST(10 AS money) / 3", "money", D("3.3333")),
    ("CAST(1 AS bit) + 1", "int", 2),
    ("2147483648", "numeric(10,0)", D(2147483648)),
    ("0x1F", "varbinary(1)", b"\x1f"),
    ("'1' + 2", "int", 3),
    ("N'a' + 'bc'", "nvarchar(3)", "abc"),
    ("'a' + NULL", "varchar(2)", None),
    ("NULL + 1", "int", None),
    ("NULL", "int", None),
    ("5 & 4", "int", 4),
    ("5 | 2", "int", 7),
    ("6 ^ 3", "int", 5),
    ("~5", "int", -6),
    ("-(2.5)", "numeric(2,1)", D("-2.5")),
    ("CAST(1 AS numeric(32,16)) * 2.5", "numeric(35,17)", D("2.5")),
]
CASTS = [
    ("CAST(2.9 AS int)", "int", 2),
    ("CAST(-2.9 AS int)", "int", -2),
    ("CAST(CAST(2.5 AS money) AS int)", "int", 3),
    ("CAST(2.9e0 AS int)", "int", 2),
    ("CAST(' 5 ' AS int)", "int", 5),
    ("CAST('' AS int)", "int", 0),
    ("CAST(2.567 AS decimal(5,1))", "decimal(5,1)", D("2.6")),
    ("CAST(-2.55 AS decimal(5,1))", "decimal(5,1)", D("-2.6")),
    ("CAST('12.5' AS numeric(10,4))", "numeric(10,4)", D("12.5000")),
    ("CAST(CAST(0.1 AS float) AS decimal(38,20))", "decimal(38,20)", D("0.10000000000000001")),
    ("CAST('1e3' AS float)", "float", 1000.0),
    ("CAST(2 AS bit)", "bit", True),
    ("CAST('true' AS bit)", "bit", True),
    ("CAST('0' AS bit)", "bit", False),
    ("CAST(1.50 AS varchar(10))", "varchar(10)", "1.50"),
    ("CAST(5 AS nchar(3))", "nchar(3)", "5  "),
    ("CAST('abcdef' AS varchar(3))", "varchar(3)", "abc"),
    ("CAST('abc' AS varchar)", "varchar(30)", "abc"),
    ("CAST(1e7 AS varchar(30))", "varchar(30)", "1e+007"),
    ("CAST(CAST(1.5 AS float) AS varchar(30))", "varchar(30)", "1.5"),
    ("CONVERT(varchar(30), 1.5e0, 3)", "varchar(30)", "1.5000000000000000e+000"),
    ("CONVERT(varchar(20), CAST(1.005 AS money))", "varchar(20)", "1.01"),
    ("CONVERT(varchar(20), CAST(1.005 AS money), 2)", "varchar(20)", "1.0050"),
    ("CAST(CAST(1 AS bit) AS varchar(5))", "varchar(5)", "1"),
    ("CONVERT(varchar(10), 0xAB, 1)", "varchar(10)", "0xAB"),
    ("CONVERT(varchar(10), 0xAB, 2)", "varchar(10)", "AB"),
    ("CONVERT(varbinary(5), '0x0102', 1)", "varbinary(5)", b"\x01\x02"),
    ("CAST(258 AS binary(4))", "binary(4)", b"\0\0\1\2"),
    ("CAST(-1 AS varbinary(2))", "varbinary(2)", b"\xff\xff"),
    ("CAST(0x0102 AS int)", "int", 258),
    ("CAST(0xFFFF AS smallint)", "smallint", -1),
    ("CAST(0xFFFFFFFFFFFFFFFF AS bigint)", "bigint", -1),
    ("CAST(0x01 AS binary(3))", "binary(3)", b"\1\0\0"),
    ("CAST('ab' AS binary(3))", "binary(3)", b"ab\0"),
    (
        "CAST('6f9619ff-8b86-d011-b42d-00c04fc964ff' AS uniqueidentifier)",
        "uniqueidentifier",
        "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    ),
    (
        "CAST(0xFF19966F868B11D0B42D00C04FC964FF AS uniqueidentifier)",
        "uniqueidentifier",
        "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    ),
    (
        "CONVERT(char(36), CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier))",
        "char(36)",
        "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    ),
    ("TRY_CAST('x' AS int)", "int", None),
    ("TRY_CAST(300 AS tinyint)", "tinyint", None),
    ("TRY_CAST('5.5' AS decimal(3,1))", "decimal(3,1)", D("5.5")),
    ("TRY_CONVERT(date, '2024-02-30')", "date", None),
    ("TRY_CAST('x' AS uniqueidentifier)", "uniqueidentifier", None),
    ("CAST(SERVERPROPERTY('EngineEdition') AS int)", "int", 3),
]
FUNCTIONS = [
    ("LEN('ab  ')", "int", 2),
    ("LEN(N'😀')", "int", 2),
    ("DATALENGTH('ab  ')", "int", 4),
    ("DATALENGTH(N'a😀')", "int", 6),
    ("DATALENGTH(CAST(N'ab' AS nvarchar(max)))", "bigint", 4),
    ("DATALENGTH(CAST(1 AS decimal(28,12)))", "int", 13),
    ("DATALENGTH(0x0102)", "int", 2),
    ("DATALENGTH(NULL)", "int", None),
    ("UPPER('ä')", "varchar(1)", "Ä"),
    ("LOWER(N'AB')", "nvarchar(2)", "ab"),
    ("LTRIM('  a ')", "varchar(4)", "a "),
    ("RTRIM('  a ')", "varchar(4)", "  a"),
    ("TRIM('  a ')", "varchar(4)", "a"),
    ("SUBSTRING('hello', 2, 3)", "varchar(5)", "ell"),
    ("SUBSTRING('hello', 0, 3)", "varchar(5)", "he"),
    ("SUBSTRING(0x010203, 2, 1)", "varbinary(3)", b"\x02"),
    ("LEFT('hello', 2)", "varchar(5)", "he"),
    ("RIGHT(N'hello', 2)", "nvarchar(5)", "lo"),
    ("REPLACE('aBcb', 'b', 'x\\1')", "varchar(8000)", "ax\\1cx\\1"),
    ("CHARINDEX('L', 'hello')", "int", 3),
    ("CHARINDEX('l', 'hello', 4)", "int", 4),
    ("CHARINDEX('x', 'hello')", "int", 0),
    ("CONCAT(1, NULL, N'x')", "nvarchar(4000)", "1x"),
    ("CONCAT_WS('-', 'a', NULL, 'b')", "varchar(3)", "a-b"),
    ("REVERSE('abc')", "varchar(3)", "cba"),
    ("REPLICATE('ab', 2)", "varchar(8000)", "abab"),
    ("QUOTENAME('a]b')", "nvarchar(258)", "[a]]b]"),
    ("UNICODE(N'ä')", "int", 228),
    ("NCHAR(228)", "nchar(1)", "ä"),
    ("ABS(-5)", "int", 5),
    ("ABS(-2.5)", "numeric(2,1)", D("2.5")),
    ("ROUND(2.567, 1)", "numeric(4,3)", D("2.600")),
    ("ROUND(1250, -2)", "int", 1300),
    ("FLOOR(-2.5)", "numeric(2,0)", D(-3)),
    ("CEILING(2.1)", "numeric(2,0)", D(3)),
    ("FLOOR(CAST(2.5 AS float))", "float", 2.0),
    ("SIGN(-3)", "int", -1),
    ("SQRT(4)", "float", 2.0),
    ("ISNULL(NULL, 'x')", "varchar(1)", "x"),
    ("ISNULL(CAST(NULL AS varchar(2)), 'xyz')", "varchar(2)", "xy"),
    ("COALESCE(NULL, CAST(5 AS int), 6.5)", "numeric(11,1)", D("5.0")),
    ("NULLIF(1, 1)", "int", None),
    ("NULLIF('a', 'b')", "varchar(1)", "a"),
    ("IIF(1 = 2, 'a', N'bcd')", "nvarchar(3)", "bcd"),
    ("CHOOSE(2, 'a', 'b')", "varchar(1)", "b"),
    ("CHOOSE(3, 'a', 'b')", "varchar(1)", None),
    (
        "CASE WHEN 1 = 0 THEN CAST(1 AS int) WHEN 1 = 1 THEN 2.5 ELSE 3 END",
        "numeric(11,1)",
        D("2.5"),
    ),
    ("CASE 'A' WHEN 'a ' THEN 'same' ELSE 'other' END", "varchar(5)", "same"),
    ("CASE WHEN 1 = 0 THEN CAST('2024-01-01' AS date) END", "date", None),
    ("(SELECT MAX(v.x) FROM (VALUES (1), (3), (2)) AS v (x))", "int", 3),
]
SESSION = [
    ("@@SPID", "smallint", 51),
    ("@@TRANCOUNT", "int", 0),
    ("@@SERVERNAME", "nvarchar(128)", "ERP-SANDBOX"),
    ("@@LANGUAGE", "nvarchar(128)", "us_english"),
    ("DB_NAME()", "nvarchar(128)", "AX"),
    ("DB_ID()", "smallint", 5),
    ("DB_ID('master')", "smallint", 1),
    ("DB_NAME(1)", "nvarchar(128)", "master"),
    ("SUSER_SNAME()", "nvarchar(128)", "sa"),
    ("ORIGINAL_LOGIN()", "nvarchar(128)", "sa"),
    ("SYSTEM_USER", "nvarchar(128)", "sa"),
    ("USER_NAME(1)", "nvarchar(128)", "dbo"),
    ("SCHEMA_NAME()", "nvarchar(128)", "dbo"),
    ("SCHEMA_ID('dbo')", "int", 1),
    ("SCHEMA_NAME(SCHEMA_ID('FIN'))", "nvarchar(128)", "fin"),
    ("XACT_STATE()", "smallint", 0),
    ("HAS_DBACCESS('AX')", "int", 1),
    ("SERVERPROPERTY('Edition')", "sql_variant", "Developer Edition (64-bit)"),
    ("SERVERPROPERTY('nope')", "sql_variant", None),
    ("DATABASEPROPERTYEX('AX', 'Status')", "sql_variant", "ONLINE"),
]


@pytest.mark.parametrize(("expression", "kind", "value"), [*ARITHMETIC, *CASTS, *FUNCTIONS])
def test_an_expression_has_its_type_and_value(
    reading: SqlServerSession, expression: str, kind: str, value: Any
) -> None:
    assert typed(reading, expression) == (kind, value)


@pytest.mark.parametrize(("expression", "kind", "value"), SESSION)
def test_the_session_knows_about_itself(
    reading: SqlServerSession, expression: str, kind: str, value: Any
) -> None:
    expected = ask_one(reading, "SELECT @@SPID") if expression == "@@SPID" else value
    assert typed(reading, expression) == (kind, expected)


def test_the_version_is_that_of_a_sandbox(reading: SqlServerSession) -> None:
    assert ask_one(reading, "SELECT @@VERSION").startswith("Microsoft SQL Server 2022 (erp-assets")


def test_a_new_id_is_new_each_time(reading: SqlServerSession) -> None:
    ((first, second),) = ask(reading, "SELECT NEWID(), NEWID()")
    assert first != second
    assert first == first.upper()


PARAMETERS = [
    ("int", 5, 5),
    ("bigint", -(2**63), -(2**63)),
    ("decimal(38,10)", D("1234567890123456789012345678.0123456789"), None),
    ("money", D("1.5"), D("1.5000")),
    ("float", 0.1, 0.1),
    ("bit", True, True),
    ("nvarchar(4000)", "Ünï 😀 '", "Ünï 😀 '"),
    ("nvarchar(max)", "x" * 10_000, "x" * 10_000),
    ("varbinary(8000)", b"\x00\xff", b"\x00\xff"),
    ("date", date(2024, 1, 2), date(2024, 1, 2)),
    ("time(7)", time(1, 2, 3, 4), time(1, 2, 3, 4)),
    ("datetime2(7)", datetime(9999, 12, 31, 1, 2, 3, 4), datetime(9999, 12, 31, 1, 2, 3, 4)),
    (
        "datetimeoffset(7)",
        datetime(2024, 1, 2, 3, tzinfo=UTC),
        {"utc": datetime(2024, 1, 2, 3), "offset_minutes": 0},
    ),
    ("int", None, None),
    ("nvarchar(10)", None, None),
    ("datetimeoffset(7)", None, None),
    ("timestamp", b"\0\0\0\0\0\0\1\0", b"\0\0\0\0\0\0\1\0"),
]


@pytest.mark.parametrize(("kind", "given", "value"), PARAMETERS)
def test_a_parameter_keeps_its_type_and_value(
    reading: SqlServerSession, kind: str, given: Any, value: Any
) -> None:
    expected = given if value is None else value
    assert typed(reading, "@P1", parameter("@P1", kind, given)) == (kind, expected)


CASTED_TEXTS = [
    ("CAST(@P1 AS decimal(28,12))", "12.5", D("12.5")),
    ("CAST(@P1 AS bigint)", "-5", -5),
    ("CAST(@P1 AS bit)", "1", True),
    ("CAST(@P1 AS float)", "1e-05", 1e-05),
    ("CAST(@P1 AS date)", "2024-01-02", date(2024, 1, 2)),
    ("CAST(@P1 AS datetime)", "2024-01-02T03:04:05.007", datetime(2024, 1, 2, 3, 4, 5, 6667)),
    (
        "CAST(CAST(@P1 AS datetime2(7)) AS varchar(27))",
        "2024-01-02T03:04:05.1234567",
        "2024-01-02 03:04:05.1234567",
    ),
    (
        "CAST(@P1 AS datetimeoffset(6))",
        "2024-01-02T03:04:05.123456+00:00",
        {"utc": datetime(2024, 1, 2, 3, 4, 5, 123456), "offset_minutes": 0},
    ),
    ("CAST(CAST(@P1 AS bigint) AS binary(8))", "256", b"\0\0\0\0\0\0\1\0"),
    ("CONVERT(varbinary(8000), @P1, 1)", "0x01AB", b"\x01\xab"),
]


@pytest.mark.parametrize(("expression", "text", "value"), CASTED_TEXTS)
def test_a_text_parameter_is_cast_on_the_server(
    reading: SqlServerSession, expression: str, text: str, value: Any
) -> None:
    given = parameter("@P1", "nvarchar(4000)", text)
    assert ask_one(reading, f"SELECT {expression}", given) == value
