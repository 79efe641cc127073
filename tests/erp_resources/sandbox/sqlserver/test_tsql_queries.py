"""SELECT as the connector and people send it: names, conditions, joins, groups, order, paging."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import ResultSet
from tests.erp_resources.sandbox.sqlserver.shop import ask, ask_one, parameter

D = Decimal
QUERIES = [
    # Names
    ("SELECT [AccountNum] FROM [AX].[dbo].[CustTable] WHERE dataareaid = 'plt2'", [("C-1",)]),
    (
        'SELECT "c"."ACCOUNTNUM" FROM ax..custtable AS "c" WHERE c.DataAreaId = N\'PLT2\'',
        [("C-1",)],
    ),
    ('SELECT [a]]b \'c], ["; SELECT] FROM dbo.[Größe]]; DROP TABLE "x" --]', [(1, "x")]),
    ("SELECT Amount FROM fin.Ledger WHERE RecId = 1", [(D("1.500000000000"),)]),
    # Conditions
    ("SELECT AccountNum FROM CustTable WHERE Name = 'ALPHA gmbh  '", [("C-1",)]),
    ("SELECT AccountNum FROM CustTable WHERE Name = 'Arger AG'", []),
    ("SELECT AccountNum FROM CustTable WHERE Name LIKE 'a%'", [("C-1",)]),
    ("SELECT AccountNum FROM CustTable WHERE Name LIKE '%[&x]%'", [("C-2",)]),
    ("SELECT AccountNum FROM CustTable WHERE Name LIKE '[^ab]%'", [("C-3",)]),
    (
        "SELECT AccountNum FROM CustTable WHERE AccountNum LIKE 'C!-_' ESCAPE '!' AND Blocked = 1",
        [("C-2",)],
    ),
    (
        "SELECT AccountNum FROM CustTable WHERE Visits IN (3, 7.0) ORDER BY Visits",
        [("C-1",), ("C-3",)],
    ),
    ("SELECT AccountNum FROM CustTable WHERE Visits NOT IN (3, 7)", [("C-1",)]),
    ("SELECT COUNT(*) FROM CustTable WHERE Visits BETWEEN '1' AND 3", [(2,)]),
    ("SELECT COUNT(*) FROM CustTable WHERE NOT (Visits > 1 OR Visits IS NULL)", [(1,)]),
    ("SELECT COUNT(*) FROM CustTable WHERE Credit <> 7", [(2,)]),
    ("SELECT COUNT(*) FROM CustTable WHERE ChangedAt >= '2024-02-29 23:59:59.997'", [(1,)]),
    ("SELECT COUNT(*) FROM CustTable WHERE ChangedAt < CAST('2024-01-31' AS date)", [(1,)]),
    (
        (
            "SELECT COUNT(*) FROM EveryType WHERE uniqueidentifier_ = "
            "'6f9619ff-8b86-d011-b42d-00c04fc964ff'"
        ),
        [(1,)],
    ),
    ("SELECT COUNT(*) FROM EveryType WHERE varbinary_ = 0x AND binary_ > 0x00", [(1,)]),
    (
        (
            "SELECT COUNT(*) FROM EveryType WHERE datetimeoffset_ = "
            "CAST('2024-01-01 01:00 +01:00' AS datetimeoffset)"
        ),
        [(1,)],
    ),
    ("SELECT COUNT(*) FROM EveryType WHERE bit_ = 1 AND bit_ = 'true'", [(1,)]),
    # Joins and subqueries
    (
        (
            "SELECT c.AccountNum, g.Name FROM CustTable c LEFT JOIN CustGroup g ON g.GroupId = "
            "c.GroupId ORDER BY c.DataAreaId, c.AccountNum"
        ),
        [("C-1", "Domestic"), ("C-2", "Export"), ("C-3", "Domestic"), ("C-1", None)],
    ),
    ("SELECT COUNT(*) FROM CustTable, CustGroup", [(8,)]),
    (
        (
            "SELECT g.GroupId FROM CustTable c RIGHT JOIN CustGroup g ON c.GroupId = g.GroupId AND "
            "c.Visits > 5 WHERE c.AccountNum IS NULL"
        ),
        [("EXP",)],
    ),
    (
        (
            "SELECT GroupId FROM CustGroup g WHERE EXISTS (SELECT 1 FROM CustTable c WHERE "
            "c.GroupId = g.GroupId AND c.Blocked = 1)"
        ),
        [("EXP",)],
    ),
    (
        (
            "SELECT GroupId FROM CustGroup WHERE GroupId IN (SELECT GroupId FROM CustTable WHERE "
            "Visits = 7)"
        ),
        [("DOM",)],
    ),
    ("SELECT d.n FROM (SELECT COUNT(*) AS n FROM CustTable) AS d", [(4,)]),
    ("SELECT d.n FROM (SELECT COUNT(*) FROM CustTable) AS d (n)", [(4,)]),
    (
        (
            "WITH big AS (SELECT Visits v FROM CustTable WHERE Visits > 1), two (w) AS (SELECT "
            "v FROM big) SELECT SUM(w) FROM two"
        ),
        [(10,)],
    ),
    ("SELECT (SELECT MAX(Visits) FROM CustTable), 1", [(7, 1)]),
    (
        "SELECT x.a, x.b FROM (VALUES (1, 'a'), (2, N'bc')) AS x (a, b) ORDER BY x.a DESC",
        [(2, "bc"), (1, "a")],
    ),
    # Groups
    (
        "SELECT GroupId, COUNT(*) FROM CustTable WHERE GroupId = 'DOM' GROUP BY GroupId",
        [("DOM", 2)],
    ),
    ("SELECT COUNT(DISTINCT GroupId), COUNT(GroupId), COUNT_BIG(*) FROM CustTable", [(2, 3, 4)]),
    (
        (
            "SELECT UPPER(GroupId), SUM(Visits) FROM CustTable GROUP BY UPPER(GroupId) "
            "HAVING SUM(Visits) > 1 ORDER BY 2"
        ),
        [("DOM", 10)],
    ),
    (
        "SELECT SUM(Visits), AVG(Visits), MIN(Name), MAX(Name), MIN(ChangedAt) FROM CustTable",
        [(11, 3, "Alpha GmbH", "Ärger AG ", datetime(1900, 1, 1))],
    ),
    (
        "SELECT SUM(Amount), AVG(Amount), MAX(Amount) FROM fin.Ledger",
        [(D("3.750000000000"), D("1.875000000000"), D("2.250000000000"))],
    ),
    ("SELECT SUM(Credit) FROM CustTable", [(D("107.4999999999999999"),)]),
    ("SELECT SUM(Visits), COUNT(*), MAX(Visits) FROM CustTable WHERE 1 = 0", [(None, 0, None)]),
    (
        (
            "SELECT YEAR(ChangedAt), COUNT(*) FROM CustTable WHERE ChangedAt IS NOT NULL "
            "GROUP BY YEAR(ChangedAt) ORDER BY YEAR(ChangedAt)"
        ),
        [(1900, 1), (2024, 2)],
    ),
    (
        "SELECT DISTINCT UPPER(GroupId) AS g FROM CustTable ORDER BY g",
        [(None,), ("DOM",), ("EXP",)],
    ),
    ("SELECT COUNT(*) FROM (SELECT DISTINCT GroupId FROM CustTable) d", [(3,)]),
    ("SELECT COUNT(*) FROM (SELECT 'a' AS x UNION SELECT 'A ' UNION ALL SELECT N'b') u", [(2,)]),
    ("SELECT 1 AS n UNION ALL SELECT 2.5 ORDER BY n DESC", [(D("2.5"),), (D("1.0"),)]),
    # Order and paging
    ("SELECT Visits FROM CustTable ORDER BY Visits", [(None,), (1,), (3,), (7,)]),
    ("SELECT Visits FROM CustTable ORDER BY Visits DESC", [(7,), (3,), (1,), (None,)]),
    (
        "SELECT Name AS n FROM CustTable ORDER BY n",
        [(None,), ("Alpha GmbH",), ("beta & CO",), ("Ärger AG ",)],
    ),
    ("SELECT TOP (2) Visits FROM CustTable ORDER BY Visits DESC", [(7,), (3,)]),
    ("SELECT TOP 1 Visits FROM CustTable ORDER BY 1 DESC", [(7,)]),
    ("SELECT TOP 0 * FROM CustTable", []),
    (
        "SELECT Visits FROM CustTable ORDER BY Visits OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
        [(1,), (3,)],
    ),
    (
        (
            "SELECT x FROM (VALUES (CAST('01000000-0000-0000-0000-000000000000' AS "
            "uniqueidentifier)), ('00000000-0000-0000-0000-000000000001')) v (x) ORDER BY x"
        ),
        [("01000000-0000-0000-0000-000000000000",), ("00000000-0000-0000-0000-000000000001",)],
    ),
    # Windows
    (
        "SELECT Visits, ROW_NUMBER() OVER (ORDER BY Visits DESC) FROM CustTable ORDER BY 2",
        [(7, 1), (3, 2), (1, 3), (None, 4)],
    ),
    (
        (
            "SELECT Visits, RANK() OVER (PARTITION BY DataAreaId ORDER BY Visits), SUM(Visits) "
            "OVER (PARTITION BY DataAreaId) FROM CustTable WHERE Visits > 0 ORDER BY Visits"
        ),
        [(1, 1, 1), (3, 1, 10), (7, 2, 10)],
    ),
    (
        "SELECT LAG(Visits) OVER (ORDER BY Visits) FROM CustTable ORDER BY Visits",
        [(None,), (None,), (1,), (3,)],
    ),
    # Odds and ends
    (
        (
            "SELECT xml_, hierarchyid_.ToString(), CAST(sql_variant_ AS int) FROM EveryType "
            "WHERE tinyint_ = 255"
        ),
        [("<a/>", "/1/2/", 5)],
    ),
    ("SELECT e.[hierarchyid_].ToString() FROM EveryType e WHERE e.tinyint_ = 255", [("/1/2/",)]),
    (
        "SELECT AccountNum FROM CustTable WITH (NOLOCK) WHERE Visits = 7 OPTION (RECOMPILE)",
        [("C-3",)],
    ),
    ("SELECT n = 1 + 1", [(2,)]),
    ("SELECT 1 -- the end", [(1,)]),
]


@pytest.mark.parametrize(("query", "rows"), QUERIES)
def test_a_query_has_its_rows(
    reading: SqlServerSession, query: str, rows: list[tuple[Any, ...]]
) -> None:
    found = ask(reading, query)
    assert sorted(found, key=repr) == sorted(rows, key=repr)
    if "ORDER BY" in query:
        assert found == rows


HEADINGS = [
    (
        "SELECT accountnum, Name AS [a name], 1 + 1, n = 2 FROM CustTable",
        ["accountnum", "a name", "", "n"],
    ),
    ("SELECT * FROM CustGroup", ["GroupId", "Name"]),
    ("SELECT g.*, 1 one FROM CustGroup g", ["GroupId", "Name", "one"]),
    ("SELECT CURRENT_TIMESTAMP, COUNT(*) FROM CustGroup", ["", ""]),
]


@pytest.mark.parametrize(("query", "names"), HEADINGS)
def test_columns_are_called_as_the_query_says(
    reading: SqlServerSession, query: str, names: list[str]
) -> None:
    (result,) = reading.execute(query)
    assert isinstance(result, ResultSet)
    assert [column.name for column in result.columns] == names


def test_a_column_knows_whether_it_may_be_null(reading: SqlServerSession) -> None:
    (result,) = reading.execute(
        "SELECT c.AccountNum, c.Name, g.GroupId, COUNT(*) OVER (), 1 FROM CustTable c "
        "LEFT JOIN CustGroup g ON g.GroupId = c.GroupId"
    )
    assert isinstance(result, ResultSet)
    assert [one.nullable for one in result.columns] == [False, True, True, False, False]


COMPARED = [
    ("AccountNum = @p AND DataAreaId = 'plt2'", "nvarchar(4000)", "c-1", 1),
    ("Credit = CAST(@p AS numeric(32,16))", "nvarchar(40)", "-0.0000000000000001", 1),
    ("Visits > @p", "bigint", 3, 1),
    ("Visits > @p", "nvarchar(10)", "3", 1),
    ("Visits = @p", "int", None, 0),
    ("ChangedAt > @p", "datetime2(7)", datetime(2024, 2, 29, 23, 59, 59, 996000), 1),
    ("ChangedAt = CAST(@p AS datetime)", "nvarchar(40)", "2024-02-29T23:59:59.997", 1),
    ("SysRowVersion > @p", "varbinary(8)", b"\0" * 8, 4),
    ("SysRowVersion > CAST(CAST(@p AS bigint) AS binary(8))", "nvarchar(20)", "1", 4),
    ("CAST(SysRowVersion AS bigint) > @p", "bigint", 2**62, 0),
    ("Name LIKE @p", "nvarchar(20)", "%GMBH", 1),
]


@pytest.mark.parametrize(("condition", "kind", "value", "count"), COMPARED)
def test_a_parameter_compares_as_its_type(
    reading: SqlServerSession, condition: str, kind: str, value: object, count: int
) -> None:
    query = f"SELECT COUNT(*) FROM CustTable WHERE {condition}"
    assert ask_one(reading, query, parameter("@P", kind, value)) == count


def test_top_takes_a_parameter(reading: SqlServerSession) -> None:
    query = "SELECT TOP (@n) Visits FROM CustTable ORDER BY Visits DESC"
    assert ask(reading, query, parameter("@n", "bigint", 2)) == [(7,), (3,)]


def test_a_checksum_changes_with_a_value_only(reading: SqlServerSession) -> None:
    checksum = "SELECT CHECKSUM_AGG(BINARY_CHECKSUM(*)), CHECKSUM_AGG(CHECKSUM(Name)) FROM {}"
    whole = checksum.format("(SELECT Name, Visits FROM CustTable) d")
    assert ask(reading, whole) == ask(reading, whole)
    cased = checksum.format("(SELECT UPPER(Name) AS Name, Visits FROM CustTable) d")
    ((binary, folded),), ((other_binary, other_folded),) = ask(reading, whole), ask(reading, cased)
    assert (binary == other_binary, folded == other_folded) == (False, True)
