"""T-SQL that is wrong or that the sandbox does not serve: an error with its number, never a row."""

import pytest

from erp_resources.sandbox.sqlserver.engine import SqlServerEngine
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import SqlServerError
from tests.erp_resources.sandbox.sqlserver.shop import ask_one, error_of, number_of, parameter

REFUSED = [
    # Syntax
    (102, "SELECT 1 FROM CustTable LIMIT 5"),
    (102, "SELECT AccountNum,, Name FROM CustTable"),
    (102, "SELECT AccountNum, FROM CustTable"),
    (102, "SELECT (1"),
    (102, "SELECT 1::int"),
    (102, "SELECT 'a' || 'b'"),
    (102, "SELECT 1 = 1 OR 2 = 2"),
    (102, "SELECT ?"),
    (102, "SELECT * FROM CustTable WHERE"),
    (102, "SELECT * FROM (SELECT 1 AS a)"),
    (102, "SELECT Visits FROM CustTable ORDER BY"),
    (102, "SELECT Visits FROM CustTable OFFSET 1 ROWS"),
    (102, ") SELECT 1"),
    (102, "SET TRANSACTION ISOLATION LEVEL NICE"),
    (105, "SELECT 'abc"),
    (4145, "SELECT 1 FROM CustTable WHERE 1"),
    # Names
    (207, "SELECT foo FROM CustTable"),
    (207, "SELECT TRUE"),
    (207, "INSERT INTO CustGroup (Foo) VALUES (1)"),
    (208, "SELECT * FROM nope"),
    (208, "SELECT * FROM hr.CustTable"),
    (208, "SELECT * FROM other.dbo.CustTable"),
    (208, "DELETE FROM nope"),
    (209, "SELECT GroupId FROM CustTable, CustGroup"),
    (4104, "SELECT x.GroupId FROM CustTable c"),
    (107, "SELECT x.* FROM CustTable c"),
    (1011, "SELECT 1 FROM CustTable c, CustGroup c"),
    (263, "SELECT *"),
    (195, "SELECT FOO(1)"),
    (195, "SET FOO ON"),
    (174, "SELECT LEN()"),
    (174, "SELECT SUM(1, 2)"),
    (189, "SELECT ROUND(1)"),
    (155, "SELECT DATEPART(fortnight, GETDATE())"),
    (137, "SELECT @x"),
    (137, "SELECT @@NOPE"),
    (137, "SET @x = 1"),
    (134, "DECLARE @a int DECLARE @A int"),
    (911, "USE nope"),
    (2812, "EXEC sp_nope"),
    (2812, "nonsense"),
    (8144, "EXEC sp_pkeys 'a', 'b', 'c', 'd'"),
    (8145, "EXEC sp_pkeys @nope = 1"),
    # Types
    (243, "SELECT CAST(1 AS nope)"),
    (2716, "SELECT CAST(1 AS int(4))"),
    (206, "SELECT 1 FROM EveryType WHERE date_ = 5"),
    (206, "SELECT COALESCE(date_, 1) FROM EveryType"),
    (529, "SELECT CAST(date_ AS int) FROM EveryType"),
    (529, "SELECT CAST(1 AS uniqueidentifier)"),
    (40000, "SELECT 1 FROM EveryType WHERE varbinary_ = 'a'"),
    (40000, "SELECT 1 FROM EveryType WHERE sql_variant_ = sql_variant_"),
    (305, "SELECT xml_ FROM EveryType ORDER BY xml_"),
    (305, "SELECT COUNT(*) FROM EveryType WHERE xml_ = xml_"),
    (402, "SELECT date_ + date_ FROM EveryType"),
    (402, "SELECT CAST(1 AS bit) + CAST(1 AS bit)"),
    (258, "SELECT int_.ToString() FROM EveryType"),
    (8117, "SELECT SUM(Name) FROM CustTable"),
    (8117, "SELECT AVG(Blocked) FROM CustTable"),
    (8117, "SELECT MAX(Blocked) FROM CustTable"),
    (8117, "SELECT -Name FROM CustTable"),
    (8116, "SELECT ABS(date_) FROM EveryType"),
    (9810, "SELECT DATEPART(hour, date_) FROM EveryType"),
    (9810, "SELECT DATEADD(day, 1, time_) FROM EveryType"),
    (4127, "SELECT COALESCE(NULL, NULL)"),
    (1007, "SELECT 123456789012345678901234567890123456789"),
    # Queries
    (8120, "SELECT Name, COUNT(*) FROM CustTable GROUP BY GroupId"),
    (8120, "SELECT Name, COUNT(*) FROM CustTable"),
    (147, "SELECT 1 FROM CustTable WHERE SUM(Visits) > 1"),
    (130, "SELECT SUM(COUNT(*)) FROM CustTable"),
    (164, "SELECT COUNT(*) FROM CustTable GROUP BY 1"),
    (104, "SELECT 1 AS a UNION SELECT 2 ORDER BY b"),
    (108, "SELECT Visits FROM CustTable ORDER BY 2"),
    (145, "SELECT DISTINCT Visits FROM CustTable ORDER BY Name"),
    (116, "SELECT 1 WHERE 1 IN (SELECT 1, 2)"),
    (205, "SELECT 1 UNION SELECT 1, 2"),
    (512, "SELECT (SELECT Visits FROM CustTable)"),
    (1033, "SELECT * FROM (SELECT Visits FROM CustTable ORDER BY Visits) d"),
    (8155, "SELECT * FROM (SELECT 1) d"),
    (8156, "SELECT * FROM (SELECT 1 AS a, 2 AS A) d"),
    (8158, "SELECT * FROM (SELECT 1, 2) d (a)"),
    (8159, "SELECT * FROM (SELECT 1) d (a, b)"),
    (10709, "SELECT * FROM (VALUES (1), (2, 3)) d (a)"),
    (4112, "SELECT ROW_NUMBER() OVER (PARTITION BY Name) FROM CustTable"),
    (10741, "SELECT TOP 1 Visits FROM CustTable ORDER BY 1 OFFSET 1 ROWS"),
    (1060, "SELECT TOP (-1) 1"),
    (141, "DECLARE @a int SELECT @a = 1, 2"),
    (3902, "COMMIT"),
    (3903, "ROLLBACK"),
    (22105, "SELECT * FROM CHANGETABLE(CHANGES dbo.CustGroup, 0) AS c"),
    # Values
    (220, "SELECT CAST(300 AS tinyint)"),
    (220, "SELECT CAST(-32769 AS smallint)"),
    (235, "SELECT CAST('x' AS money)"),
    (241, "SELECT CAST('2024-02-30' AS date)"),
    (241, "SELECT CAST('x' AS datetime2)"),
    (242, "SELECT CAST('2024-13-01' AS datetime)"),
    (242, "SELECT CAST(CAST('1752-12-31' AS date) AS datetime)"),
    (244, "SELECT CAST('70000' AS smallint)"),
    (245, "SELECT CAST('x' AS int)"),
    (245, "SELECT 1 FROM CustTable WHERE Name = 5"),
    (245, "SELECT CAST('maybe' AS bit)"),
    (248, "SELECT CAST('99999999999' AS int)"),
    (289, "SELECT DATEFROMPARTS(2023, 2, 29)"),
    (517, "SELECT DATEADD(year, 1, CAST('9999-12-31' AS date))"),
    (535, "SELECT DATEDIFF(ms, '1900-01-01', '2024-01-01')"),
    (537, "SELECT LEFT('a', -1)"),
    (8114, "SELECT CAST('x' AS decimal(5,2))"),
    (8114, "SELECT CAST('1e3' AS decimal(5,2))"),
    (8114, "SELECT CAST('x' AS bigint)"),
    (8114, "SELECT CAST('x' AS float)"),
    (8114, "SELECT CONVERT(varbinary(5), 'zz', 1)"),
    (8115, "SELECT CAST(1000 AS decimal(5,2))"),
    (8115, "SELECT CAST(3000000000 AS int)"),
    (8115, "SELECT CAST(2147483647 AS int) + 1"),
    (8115, "SELECT CAST(9223372036854775807 AS bigint) * 2"),
    (8115, "SELECT SUM(x) FROM (VALUES (2147483647), (1)) v (x)"),
    (8115, "SELECT 1e308 * 10"),
    (8115, "SELECT CAST(12345 AS varchar(3))"),
    (8134, "SELECT 1 / 0"),
    (8134, "SELECT 1.5 % 0"),
    (8134, "SELECT 1e0 / 0"),
    (8169, "SELECT CAST('x' AS uniqueidentifier)"),
    (8170, "SELECT CAST(uniqueidentifier_ AS varchar(10)) FROM EveryType"),
    (9812, "SELECT SWITCHOFFSET(SYSDATETIMEOFFSET(), 'x')"),
    # What the sandbox does not serve
    (40000, "CREATE TABLE x (a int)"),
    (40000, "DROP TABLE CustTable"),
    (40000, "TRUNCATE TABLE CustTable"),
    (40000, "SELECT * INTO x FROM CustTable"),
    (40000, "SELECT * FROM #temp"),
    (40000, "DECLARE @t TABLE (a int)"),
    (40000, "WHILE 1 = 1 SELECT 1"),
    (40000, "EXEC ('SELECT 1')"),
    (40000, "EXEC sp_who"),
    (40000, "SELECT * FROM sys.dm_exec_requests"),
    (40000, "SELECT * FROM OPENJSON('{}')"),
    (40000, "SELECT * FROM CustTable FOR XML PATH"),
    (40000, "SELECT 1 INTERSECT SELECT 1"),
    (40000, "SELECT TOP 5 PERCENT * FROM CustTable"),
    (40000, "SELECT TOP 1 WITH TIES Visits FROM CustTable ORDER BY 1"),
    (40000, "SELECT Name FROM CustTable WITH (XLOCK)"),
    (40000, "SELECT Name COLLATE Latin1_General_BIN FROM CustTable"),
    (40000, "SELECT FORMAT(1, 'N')"),
    (40000, "SELECT $1.5"),
    (40000, "SELECT GETDATE() + 1"),
    (40000, "SELECT CAST('31.01.2024' AS date)"),
    (40000, "SELECT GETDATE() AT TIME ZONE 'Central European Standard Time'"),
    (40000, "SELECT GroupId, COUNT(*) FROM CustTable GROUP BY ROLLUP (GroupId)"),
    (40000, "SELECT SUM(Visits) OVER (ORDER BY Visits ROWS UNBOUNDED PRECEDING) FROM CustTable"),
    (40000, "SELECT 1 FROM EveryType WHERE hierarchyid_ = hierarchyid_"),
    (40000, "SELECT * FROM CustTable CROSS APPLY (SELECT 1 AS a) x"),
    (40000, "SET ANSI_NULLS OFF"),
    (40000, "SET LANGUAGE German"),
    (40000, "SET TEXTSIZE 100"),
]


@pytest.mark.parametrize(("number", "batch"), REFUSED)
def test_wrong_sql_ends_with_its_number_and_the_session_lives_on(
    reading: SqlServerSession, number: int, batch: str
) -> None:
    assert number_of(reading, batch) == number
    assert ask_one(reading, "SELECT 1") == 1


MESSAGES = [
    ("SELECT * FROM hr.nope", "Invalid object name 'hr.nope'."),
    ("SELECT foo FROM CustTable", "Invalid column name 'foo'."),
    (
        "SELECT CAST('x' AS int)",
        "Conversion failed when converting the varchar value 'x' to data type int.",
    ),
    (
        "SELECT CAST(300 AS tinyint)",
        "Arithmetic overflow error for data type tinyint, value = 300.",
    ),
    ("SELECT 1 FROM CustTable LIMIT 5", "Incorrect syntax near 'LIMIT'."),
    (
        "SELECT CAST(2147483647 AS int) + 1",
        "Arithmetic overflow error converting expression to data type int.",
    ),
    ("CREATE TABLE x (a int)", "not in the sandbox: CREATE"),
]


@pytest.mark.parametrize(("batch", "text"), MESSAGES)
def test_an_error_says_what_sql_server_says(
    reading: SqlServerSession, batch: str, text: str
) -> None:
    error = error_of(reading, batch)
    assert error is not None
    assert error.text == text


SEVERITIES = [("SELECT (1", 15), ("SELECT foo FROM CustTable", 16), ("SELECT @x", 15)]


@pytest.mark.parametrize(("batch", "severity"), SEVERITIES)
def test_an_error_has_its_severity(reading: SqlServerSession, batch: str, severity: int) -> None:
    error = error_of(reading, batch)
    assert error is not None
    assert error.severity == severity


def test_a_syntax_error_names_its_line(reading: SqlServerSession) -> None:
    error = error_of(reading, "SELECT 1\nFROM CustTable\nLIMIT 5")
    assert error is not None
    assert error.line == 3


RIGHTS = [
    (229, "SELECT * FROM CustGroup"),
    (229, "SELECT 1 FROM CustTable WHERE GroupId IN (SELECT GroupId FROM dbo.custgroup)"),
    (229, "INSERT INTO CustTable (AccountNum, DataAreaId, Blocked) VALUES ('x', 'y', 0)"),
    (229, "UPDATE CustTable SET Name = 'x'"),
    (229, "DELETE FROM CustTable"),
    (229, "SELECT * FROM CHANGETABLE(CHANGES dbo.CustTable, 0) AS c"),
    (262, "SELECT * FROM sys.dm_db_partition_stats"),
]


@pytest.mark.parametrize(("number", "batch"), RIGHTS)
def test_a_reader_may_not_do_what_it_has_no_right_to(
    reader: SqlServerSession, number: int, batch: str
) -> None:
    assert number_of(reader, batch) == number
    assert ask_one(reader, "SELECT COUNT(*) FROM CustTable") == 4


def test_a_refused_right_names_object_database_and_schema(reader: SqlServerSession) -> None:
    error = error_of(reader, "SELECT * FROM CustGroup")
    assert error is not None
    assert error.severity == 14
    assert error.text == (
        "The SELECT permission was denied on the object 'CustGroup', database 'AX', schema 'dbo'."
    )


@pytest.mark.parametrize(("user", "database", "number"), [("sa", "nope", 4060), ("x", "AX", 18456)])
def test_a_session_needs_a_user_and_a_database(
    unchanged: SqlServerEngine, user: str, database: str, number: int
) -> None:
    with pytest.raises(SqlServerError) as refused:
        unchanged.session(user, database)
    assert refused.value.number == number


def test_a_hostile_value_stays_a_value(reading: SqlServerSession) -> None:
    text = "'; DROP TABLE CustTable; -- \x01 $v1 {0}"
    given = parameter("@P1", "nvarchar(100)", text)
    assert ask_one(reading, "SELECT @P1", given) == text
    query = "SELECT COUNT(*) FROM CustTable WHERE Name = @P1"
    assert ask_one(reading, query, given) == 0
