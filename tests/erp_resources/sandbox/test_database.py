"""The versioned storage under all protocols."""

import threading
import time

import duckdb
import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import (
    FIRST_SCN,
    Database,
    DuplicateKeyError,
    NoSuchScnError,
    RowLockedError,
    SnapshotTooOldError,
    StoredTable,
    TableTooYoungError,
    Transaction,
    rows_as_of,
)
from tests.erp_resources.sandbox.scott import DEPT, departments

T = Table("S", "T", (Column("ID", "NUMBER(9)"), Column("V", "VARCHAR2(9)")), primary_key=("ID",))


@pytest.fixture
def stored(database: Database) -> StoredTable:
    database.load(T, pa.table({"ID": pa.array([1, 2, 3]), "V": ["a", "b", "c"]}))
    return database.tables["S", "T"]


def change(transaction: Transaction, stored: StoredTable, select: str) -> int:
    """Stage the rows of ``select``: ID, V, row number, gone."""

    def run(writer: duckdb.DuckDBPyConnection) -> None:
        columns = 'CAST(a AS BIGINT) AS "ID", CAST(b AS VARCHAR) AS "V", CAST(c AS BIGINT) AS _row'
        writer.execute(
            f"CREATE TEMP TABLE staged AS SELECT {columns}, d AS _gone "
            f"FROM ({select}) s(a, b, c, d)"
        )

    return transaction.stage(stored, run)


def seen(database: Database, relation: str) -> dict[int, str]:
    cursor = database.cursor()
    try:
        return dict(cursor.execute(f'SELECT "ID", "V" FROM {relation}').fetchall())
    finally:
        cursor.close()


def test_a_load_takes_one_scn_and_gives_it_to_its_rows(
    database: Database, stored: StoredTable
) -> None:
    assert database.current_scn == stored.created_scn == FIRST_SCN + 3
    cursor = database.cursor()
    assert cursor.execute(f"SELECT DISTINCT _scn FROM {stored.current}").fetchall() == [
        (stored.created_scn,)
    ]
    cursor.close()


def test_a_table_is_loaded_once(database: Database) -> None:
    with pytest.raises(ValueError, match="already loaded"):
        database.load(DEPT, departments())


def test_rows_of_other_columns_than_declared_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="differ from its declaration"):
        database.load(T, pa.table({"ID": [1]}))


def test_a_change_is_seen_by_its_transaction_only_until_the_commit(
    database: Database, stored: StoredTable
) -> None:
    mine, yours = database.begin(), database.begin()
    assert change(mine, stored, "SELECT 1, 'x', 0, FALSE") == 1
    assert seen(database, mine.rows(stored))[1] == "x"
    assert seen(database, yours.rows(stored))[1] == "a"
    before = database.current_scn
    mine.commit()
    assert database.current_scn == before + 1
    assert seen(database, yours.rows(stored))[1] == "x"
    yours.rollback()


def test_a_rollback_leaves_nothing_behind(database: Database, stored: StoredTable) -> None:
    transaction, before = database.begin(), database.current_scn
    change(transaction, stored, "SELECT 4, 'new', NULL, FALSE")
    transaction.rollback()
    assert seen(database, stored.current) == {1: "a", 2: "b", 3: "c"}
    assert database.current_scn == before
    assert database.open_transactions() == []


def test_a_failing_statement_undoes_only_itself(database: Database, stored: StoredTable) -> None:
    transaction = database.begin()
    change(transaction, stored, "SELECT 4, 'new', NULL, FALSE")
    with pytest.raises(DuplicateKeyError):
        change(
            transaction, stored, "SELECT 9, 'nine', NULL, FALSE UNION ALL SELECT 1, '', NULL, FALSE"
        )
    transaction.commit()
    assert seen(database, stored.current) == {1: "a", 2: "b", 3: "c", 4: "new"}


def test_a_row_number_is_never_used_again(database: Database, stored: StoredTable) -> None:
    for _ in range(2):
        transaction = database.begin()
        change(transaction, stored, "SELECT 4, 'new', NULL, FALSE")
        transaction.rollback()
    transaction = database.begin()
    change(transaction, stored, "SELECT 4, 'new', NULL, FALSE")
    transaction.commit()
    cursor = database.cursor()
    assert cursor.execute(f'SELECT _row FROM {stored.current} WHERE "ID" = 4').fetchone() == (5,)
    cursor.close()


def test_two_transactions_cannot_change_one_row(database: Database, stored: StoredTable) -> None:
    first, second = database.begin(), database.begin()
    change(first, stored, "SELECT 1, 'first', 0, FALSE")
    with pytest.raises(RowLockedError):
        change(second, stored, "SELECT 1, 'second', 0, TRUE")
    first.commit()
    assert change(second, stored, "SELECT 1, 'second', 0, FALSE") == 1
    second.commit()
    assert seen(database, stored.current)[1] == "second"


def test_two_transactions_cannot_insert_one_key(database: Database, stored: StoredTable) -> None:
    first, second = database.begin(), database.begin()
    change(first, stored, "SELECT 4, 'first', NULL, FALSE")
    with pytest.raises(RowLockedError):
        change(second, stored, "SELECT 4, 'second', NULL, FALSE")
    first.rollback()
    second.rollback()


def test_rows_can_be_read_as_of_each_commit(database: Database, stored: StoredTable) -> None:
    scns = [database.current_scn]
    for select in ("SELECT 1, 'a2', 0, FALSE", "SELECT 1, 'a3', 0, FALSE", "SELECT 1, '', 0, TRUE"):
        transaction = database.begin()
        change(transaction, stored, select)
        transaction.commit()
        scns.append(database.current_scn)
    found = [seen(database, rows_as_of(stored, str(scn))).get(1) for scn in scns]
    assert found == ["a", "a2", "a3", None]


def test_forgotten_versions_are_gone_and_refused(database: Database, stored: StoredTable) -> None:
    start = database.current_scn
    transaction = database.begin()
    change(transaction, stored, "SELECT 1, 'a2', 0, FALSE")
    transaction.commit()
    database.check_scn(start, stored)
    database.forget_before(database.current_scn)
    with pytest.raises(SnapshotTooOldError):
        database.check_scn(start, stored)
    database.check_scn(database.current_scn, stored)
    cursor = database.cursor()
    assert cursor.execute(f"SELECT count(*) FROM {stored.history}").fetchone() == (0,)
    cursor.close()


def test_the_future_and_the_time_before_the_load_are_refused(
    database: Database, stored: StoredTable
) -> None:
    with pytest.raises(NoSuchScnError):
        database.check_scn(database.current_scn + 1, stored)
    with pytest.raises(TableTooYoungError):
        database.check_scn(stored.created_scn - 1, stored)


def test_open_transactions_know_where_they_started(database: Database, stored: StoredTable) -> None:
    first = database.begin()
    second = database.begin()
    change(second, stored, "SELECT 1, 'x', 0, FALSE")
    second.commit()
    third = database.begin()
    assert [one.start_scn for one in database.open_transactions()] == [
        first.start_scn,
        first.start_scn + 1,
    ]
    first.rollback()
    third.rollback()


def test_a_published_scn_is_visible_to_whoever_reads_it(
    database: Database, stored: StoredTable
) -> None:
    """While one thread commits, another reads the SCN and then the rows up to it."""
    finished = threading.Event()
    wrong: list[tuple[int, int]] = []

    def watch() -> None:
        cursor = database.cursor()
        while not finished.is_set():
            scn = database.current_scn
            newest = cursor.execute(f"SELECT max(_scn) FROM {stored.current}").fetchone()
            assert newest is not None
            if newest[0] < scn:
                wrong.append((scn, newest[0]))
        cursor.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(60):
        transaction = database.begin()
        change(transaction, stored, f"SELECT {number + 10}, 'x', NULL, FALSE")
        transaction.commit()
    finished.set()
    watcher.join()
    assert wrong == []


def test_rows_are_locked_before_another_transaction_can_stage_them(
    database: Database, stored: StoredTable
) -> None:
    """The second change begins while the first one is being noted."""
    first, second = database.begin(), database.begin()
    noting = threading.Event()

    class SlowNotes(dict[tuple[str, str], str]):
        def __setitem__(self, key: tuple[str, str], pending: str) -> None:
            noting.set()
            time.sleep(0.2)
            super().__setitem__(key, pending)

    first.pending = SlowNotes()
    changing = threading.Thread(target=change, args=(first, stored, "SELECT 1, 'x', 0, FALSE"))
    changing.start()
    assert noting.wait(10)
    with pytest.raises(RowLockedError):
        change(second, stored, "SELECT 1, 'y', 0, FALSE")
    changing.join()


def test_counters_of_many_threads_lose_no_update(database: Database, stored: StoredTable) -> None:
    """Each thread adds 1 to the same row until it has succeeded ten times."""
    select = (
        'SELECT "ID", CAST(CAST("V" AS INTEGER) + 1 AS VARCHAR), _row, FALSE FROM {} WHERE "ID" = 1'
    )
    transaction = database.begin()
    change(transaction, stored, "SELECT 1, '0', 0, FALSE")
    transaction.commit()

    def add() -> None:
        done = 0
        while done < 10:
            transaction = database.begin()
            try:
                change(transaction, stored, select.format(transaction.rows(stored)))
            except RowLockedError:
                transaction.rollback()
                continue
            transaction.commit()
            done += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen(database, stored.current)[1] == "40"
