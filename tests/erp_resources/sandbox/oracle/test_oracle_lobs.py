"""CLOB and BLOB columns: as locators, inline as text and bytes, and in data frames."""

from typing import Any

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.types import CharsetForm, ColumnInfo, OracleType
from tests.erp_resources.sandbox.oracle.canned import Library

TEXTS = ["small", None, "ünï✓😀" * 2000, "x" * 3_000_000, ""]
BLOBS = [b"\x00\x01", None, bytes(range(256)) * 1000, b"y" * 2_000_000, b""]
COLUMNS = [
    ColumnInfo("N", OracleType.NUMBER, 10, 0),
    ColumnInfo("T", OracleType.CLOB, charset_form=CharsetForm.DATABASE),
    ColumnInfo("M", OracleType.CLOB, charset_form=CharsetForm.NATIONAL),
    ColumnInfo("B", OracleType.BLOB),
]
TABLE = pa.table(
    {"N": range(5), "T": TEXTS, "M": pa.array(TEXTS), "B": pa.array(BLOBS, pa.binary())}
)


@pytest.fixture(params=[1, 100])
def sql(library: Library, request: pytest.FixtureRequest) -> str:
    return library.add("select * from documents", COLUMNS, TABLE, rows=request.param)


def test_locators_read_what_the_column_holds(connection: oracledb.Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        rows = cursor.execute(sql).fetchall()
        got = [(n, *(lob and lob.read() for lob in lobs)) for n, *lobs in rows]
    assert got == [
        (n, text, text, blob) for n, (text, blob) in enumerate(zip(TEXTS, BLOBS, strict=True))
    ]


def test_locators_know_their_size_and_read_pieces(
    connection: oracledb.Connection, sql: str
) -> None:
    with connection.cursor() as cursor:
        _, _, (_, text, _, blob), *_ = cursor.execute(sql).fetchall()
        # Oracle counts characters beyond the basic plane twice.
        assert (text.size(), blob.size()) == (2000 * 6, 256_000)
        assert text.read(7, 6) == "ünï✓😀"
        assert blob.read(256, 3) == b"\xff\x00\x01"
        assert text.read(2000 * 6 + 1, 10) in ("", None)
        assert text.getchunksize() == 8060
        assert not text.isopen()


def test_inline_lobs_are_text_and_bytes(connection: oracledb.Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, fetch_lobs=False)
        got = cursor.fetchall()
    texts = [text or None for text in TEXTS]
    blobs = [blob or None for blob in BLOBS]
    assert got == list(zip(range(5), texts, texts, blobs, strict=True))


@pytest.mark.parametrize("rounds", [1, 3])
def test_data_frames_hold_lobs_inline(
    connection: oracledb.Connection, sql: str, rounds: int
) -> None:
    for _ in range(rounds):
        frame = pa.table(connection.fetch_df_all(sql, arraysize=2))
        assert frame["T"].to_pylist() == [text or None for text in TEXTS]
        assert frame["M"].to_pylist() == [text or None for text in TEXTS]
        assert frame["B"].to_pylist() == [blob or None for blob in BLOBS]


@pytest.mark.parametrize("fetch_lobs", [True, False])
def test_a_statement_with_lobs_is_executed_again(
    connection: oracledb.Connection, sql: str, library: Library, fetch_lobs: bool
) -> None:
    with connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute(sql, fetch_lobs=fetch_lobs)
            first = next(row[1] for row in cursor)
            assert (first.read() if fetch_lobs else first) == "small"
    assert len(library.executed) == 3


def test_a_lob_may_be_bound(connection: oracledb.Connection, sql: str, library: Library) -> None:
    library.add("select n from t where t = :1", COLUMNS[:1], TABLE.select(["N"]))
    with connection.cursor() as cursor, connection.cursor() as other:
        row: Any = cursor.execute(sql).fetchone()
        other.execute("select n from t where t = :1", [row[1]])
    assert library.executed[-1][1] == ["small"]


def test_a_locator_dies_with_its_result(connection: oracledb.Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        old = cursor.execute(sql).fetchone()[1]
        cursor.execute(sql)
        with pytest.raises(oracledb.DatabaseError, match="ORA-22275"):
            old.read()


def test_writing_a_lob_is_refused(connection: oracledb.Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        lob = cursor.execute(sql).fetchone()[1]
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*LOB"):
            lob.write("x" * 100_000)
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*LOB"):
            lob.trim(1)
        assert lob.read() == "small"
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*LOB"):
        connection.createlob(oracledb.DB_TYPE_CLOB)
    connection.ping()
