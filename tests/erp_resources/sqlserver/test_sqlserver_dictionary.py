"""What the catalogue views say, read by both real drivers: types, keys, comments, sizes, rights."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from erp_resources.connector import ForeignKey
from erp_resources.errors import TableNotFound
from erp_resources.sandbox.sqlserver.types import SqlType
from erp_resources.sqlserver import dictionary
from tests.erp_resources.sqlserver.canned import CannedSession, Values, connected

NAME, NUMBER, FLAG = SqlType("nvarchar", 128), SqlType("int"), SqlType("bit")
ARROW = {"nvarchar": pa.string(), "int": pa.int32(), "bit": pa.bool_(), "bigint": pa.int64()}
Rows = Sequence[tuple[Any, ...]]

# What each query answers: a mark that tells it, the types of its columns, its rows.
OBJECT = ("o.type IN ('U', 'V')", [NUMBER, NAME, NAME])
COMMENTS = ("MS_Description", [NUMBER, NAME])
COLUMNS = (
    "c.is_nullable\nFROM sys.columns",
    [NUMBER, NAME, NAME, NAME, FLAG, NUMBER, NUMBER, NUMBER, FLAG],
)
KEYS = ("i.is_unique = 1", [NUMBER, FLAG, NAME, FLAG, NUMBER])
FOREIGN_KEYS = ("sys.foreign_keys", [NUMBER, NAME, NAME, NAME, NAME])
ROWS = ("SUM(p.rows)", [SqlType("bigint")])
PAGES = ("a.used_pages", [SqlType("bigint")])
QUERIES = (OBJECT, COMMENTS, COLUMNS, KEYS, FOREIGN_KEYS, ROWS, PAGES)
CUSTOMERS: dict[str, Rows] = {
    OBJECT[0]: [(42, "dbo", "CustTable")],
    COMMENTS[0]: [(0, "Customers; one row per customer."), (2, 'The "name", Ä 東京')],
    COLUMNS[0]: [
        (1, "ACCOUNTNUM", "nvarchar", "nvarchar", False, 40, 0, 0, False),
        (2, "NAME", "nvarchar", "NAME_T", True, 120, 0, 0, True),
    ],
    KEYS[0]: [(1, True, "ACCOUNTNUM", False, 40)],
    ROWS[0]: [(1200,)],
    PAGES[0]: [(30,)],
}


def catalogue(answers: Mapping[str, Rows]) -> Callable[..., CannedSession]:
    """Sessions of a server whose catalogue views say so."""

    def answer(batch: str) -> Values:
        mark, types = next(query for query in QUERIES if query[0] in batch)
        rows = answers.get(mark, ())
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        return [
            (kind, pa.array(list(values), ARROW[kind.name]))
            for kind, values in zip(types, columns, strict=True)
        ]

    return lambda *_: CannedSession(answer)


def test_a_table_is_described_under_the_names_that_the_catalogue_spells(driver: str) -> None:
    with connected(driver, catalogue(CUSTOMERS)) as connector:
        table = connector.describe("DBO", "custtable")
    assert table.name == "dbo.CustTable"
    assert [column.type for column in table.columns] == ["nvarchar(20)", "nvarchar(60)"]
    assert [column.nullable for column in table.columns] == [False, True]
    assert table.comment == "Customers; one row per customer."
    assert table.column("NAME").comment == 'The "name", Ä 東京'
    assert table.primary_key == ("ACCOUNTNUM",)
    assert (table.rows, table.bytes) == (1200, 30 * 8192)


def test_a_view_has_columns_and_neither_key_nor_size(driver: str) -> None:
    view = {mark: CUSTOMERS[mark] for mark in (OBJECT[0], COLUMNS[0])}
    nothing: dict[str, Rows] = {ROWS[0]: [(None,)], PAGES[0]: [(None,)]}
    with connected(driver, catalogue(view | nothing)) as connector:
        table = connector.describe("dbo", "CustTable")
    assert len(table.columns) == 2
    assert (table.primary_key, table.rows, table.bytes, table.comment) == ((), None, None, "")


@pytest.mark.parametrize("name", ["NOPE", "a'; DROP TABLE x --", 'a"b', "a]b", "東京", "😀"])
def test_a_table_that_is_not_there_is_named_with_the_right_to_ask_for(
    driver: str, name: str
) -> None:
    with connected(driver, catalogue({})) as connector, pytest.raises(TableNotFound) as raised:
        connector.describe("dbo", name)
    assert str(raised.value).startswith(f"sqlserver: table dbo.{name} does not exist")
    assert f"GRANT SELECT ON dbo.{name}" in str(raised.value)


KEY_CASES: list[tuple[str, Rows, tuple[str, ...]]] = [
    (
        "the primary key comes first, however wide",
        [(1, False, "a", False, 4), (2, True, "b", False, 8), (2, True, "c", False, 8)],
        ("b", "c"),
    ),
    (
        "else the unique index of fewest columns",
        [(1, False, "a", False, 2), (1, False, "b", False, 2), (3, False, "c", False, 900)],
        ("c",),
    ),
    ("of as many, the narrowest", [(1, False, "a", False, 40), (2, False, "b", False, 8)], ("b",)),
    ("never one with nulls", [(1, False, "a", True, 4), (2, False, "b", False, 40)], ("b",)),
    ("or none", [(1, False, "a", True, 4)], ()),
]


@pytest.mark.parametrize(("rule", "rows", "key"), KEY_CASES, ids=[case[0] for case in KEY_CASES])
def test_the_key_is(rule: str, rows: Rows, key: tuple[str, ...]) -> None:
    assert dictionary._key(rows) == key, rule


def test_foreign_keys_keep_the_order_of_their_columns(driver: str) -> None:
    keys: dict[str, Rows] = {
        FOREIGN_KEYS[0]: [
            (7, "AREA", "dbo", "Lines", "DATAAREAID"),
            (7, "ORDER", "dbo", "Lines", "SALESID"),
            (9, "ITEM", "ref", "Items", "ITEMID"),
        ]
    }
    with connected(driver, catalogue(CUSTOMERS | keys)) as connector:
        table = connector.describe("dbo", "CustTable")
    assert table.foreign_keys == (
        ForeignKey(("AREA", "ORDER"), "dbo", "Lines", ("DATAAREAID", "SALESID")),
        ForeignKey(("ITEM",), "ref", "Items", ("ITEMID",)),
    )


@pytest.mark.parametrize(
    ("facts", "spelled"),
    [
        (("nvarchar", "sysname", False, 256, 0, 0), "nvarchar(128)"),
        (("nvarchar", "nvarchar", False, -1, 0, 0), "nvarchar(max)"),
        (("nchar", "nchar", False, 10, 0, 0), "nchar(5)"),
        (("varchar", "varchar", False, 8000, 0, 0), "varchar(8000)"),
        (("varbinary", "varbinary", False, -1, 0, 0), "varbinary(max)"),
        (("binary", "binary", False, 16, 0, 0), "binary(16)"),
        (("decimal", "AMOUNT", True, 13, 28, 12), "decimal(28,12)"),
        (("numeric", "numeric", False, 5, 5, 0), "numeric(5,0)"),
        (("datetime2", "datetime2", False, 8, 27, 7), "datetime2(7)"),
        (("datetimeoffset", "datetimeoffset", False, 8, 26, 0), "datetimeoffset(0)"),
        (("time", "time", False, 5, 16, 7), "time(7)"),
        (("datetime", "datetime", False, 8, 23, 3), "datetime"),
        (("bigint", "RECID", True, 8, 19, 0), "bigint"),
        (("money", "money", False, 8, 19, 4), "money"),
        (("float", "float", False, 8, 53, 0), "float"),
        (("real", "real", False, 4, 24, 0), "real"),
        (("timestamp", "timestamp", False, 8, 0, 0), "timestamp"),
        (("xml", "xml", False, -1, 0, 0), "xml"),
        ((None, "hierarchyid", False, 892, 0, 0), "hierarchyid"),
        ((None, "geography", False, -1, 0, 0), "geography"),
        ((None, "hierarchyid", True, 892, 0, 0), "CLR type hierarchyid"),
    ],
)
def test_a_type_is_spelled_as_its_declaration(facts: tuple[Any, ...], spelled: str) -> None:
    assert dictionary.spelling(*facts) == spelled
