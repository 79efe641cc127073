"""What is sent to SQL Server by both real drivers: names, values, moments."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from erp_resources.connector import Column, Filter, ReadPoint, TableQuery, TableSchema
from erp_resources.errors import InvalidQuery, SnapshotTooOld, SourceBusy
from erp_resources.sandbox.sqlserver.types import Answer, Parameter, SqlServerError, SqlType
from erp_resources.sqlserver.dialect import OUTCOME
from erp_resources.sqlserver.dictionary import SNAPSHOT_STATE
from tests.erp_resources.sqlserver.canned import CannedSession, Values, connected

HOSTILE = [
    "plain",
    "two words",
    "SELECT",
    'dou"ble',
    "sin'gle",
    "a]b",
    "a]]; DROP TABLE t; --",
    "[a",
    "semi;colon",
    "ques?tion",
    "per%cent {brace}",
    "/* comment */",
    "Größe_Ω_東京",
    "tab\tnew\nline",
]
VALUES = ["x' OR '1'='1", "東京 Ünï", "😀", "", " ", "a;b?c", "NULL", "\\", "line\nbreak"]
ORDERS = TableSchema(
    "dbo",
    "orders",
    (Column("id", "int"), Column("note", "nvarchar(60)"), Column("sum", "decimal(12,2)")),
)


class Recorder:
    """A SQL Server whose every SELECT has one integer, and what it was asked."""

    def __init__(self, *, allows_snapshots: bool = True) -> None:
        self.batches: list[str] = []
        self.parameters: list[tuple[str, object]] = []
        self.state = int(allows_snapshots)
        self.failure: SqlServerError | None = None

    def session(self, *_: str) -> "RecordingSession":
        return RecordingSession(self)

    def answer(self, batch: str) -> Values:
        if batch == SNAPSHOT_STATE:
            return [(SqlType("tinyint"), pa.array([self.state], pa.uint8()))]
        if self.failure is not None and " FROM " in batch:
            raise self.failure
        if "COUNT_BIG" in batch and "SUM" in batch:
            total = (SqlType("varchar", 50), pa.array(["12.50"]))
            return [(SqlType("bigint"), pa.array([7], pa.int64())), total]
        return [(SqlType("int"), pa.array([2001], pa.int32()))]


class RecordingSession(CannedSession):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder.answer)
        self.recorder = recorder

    def execute(self, batch: str, parameters: Sequence[Parameter] = ()) -> Iterator[Answer]:
        self.recorder.batches.append(batch.removesuffix(f"; {OUTCOME}"))
        self.recorder.parameters += [(each.type.name, each.value) for each in parameters]
        yield from super().execute(batch, parameters)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_reaches_the_server_as_one_quoted_name(driver: str, name: str) -> None:
    recorder, quoted = Recorder(), f"[{name.replace(']', ']]')}]"
    table = TableSchema(name, name, (Column(name, "int"),))
    with connected(driver, recorder.session) as connector:
        assert connector.scan(TableQuery(table)).collect().rows() == [(2001,)]
    assert recorder.batches[-1] == f"SELECT {quoted} AS [c1] FROM {quoted}.{quoted}"


def test_a_name_that_odbc_would_garble_is_refused(driver: str) -> None:
    table = TableSchema("dbo", "😀", (Column("id", "int"),))
    with (
        connected(driver, Recorder().session) as connector,
        pytest.raises(InvalidQuery, match="😀"),
    ):
        connector.scan(TableQuery(table)).collect()


@pytest.mark.parametrize("value", VALUES)
def test_a_value_travels_as_a_parameter_whatever_it_holds(driver: str, value: str) -> None:
    recorder = Recorder()
    query = TableQuery(ORDERS, ("id",), (Filter("note", "=", value),))
    with connected(driver, recorder.session) as connector:
        connector.scan(query).collect()
    assert [text for _, text in recorder.parameters] == [value]
    assert value.strip() == "" or value not in recorder.batches[-1]


def test_long_bytes_travel_as_a_parameter_and_are_not_cut(driver: str) -> None:
    recorder, value = Recorder(), f"0x{'0f' * 8001}"
    table = TableSchema("dbo", "files", (Column("id", "int"), Column("body", "varbinary(max)")))
    with connected(driver, recorder.session) as connector:
        connector.scan(TableQuery(table, ("id",), (Filter("body", "=", value),))).collect()
    assert [text for _, text in recorder.parameters] == [value]
    assert "[body] = CONVERT(varbinary(max), " in recorder.batches[-1]


def test_a_column_named_like_anothers_companion_is_refused(driver: str) -> None:
    zoned = (Column("at", "datetimeoffset(3)"), Column("at__OFFSET", "int"))
    with (
        connected(driver, Recorder().session) as connector,
        pytest.raises(InvalidQuery, match="2 columns would land as 'at__OFFSET'"),
    ):
        connector.scan(TableQuery(TableSchema("dbo", "visits", zoned)))


def test_several_values_keep_their_order(driver: str) -> None:
    recorder = Recorder()
    filters = (Filter("id", "in", [1, 2]), Filter("sum", ">=", Decimal("-0.05")))
    with connected(driver, recorder.session) as connector:
        connector.scan(TableQuery(ORDERS, ("id",), filters)).collect()
    assert [text for _, text in recorder.parameters] == ["1", "2", "-0.05"]


def test_a_limit_reaches_the_server(driver: str) -> None:
    recorder = Recorder()
    with connected(driver, recorder.session) as connector:
        connector.scan(TableQuery(ORDERS, ("id",))).head(5).collect()
    assert recorder.batches[-1] == "SELECT TOP (5) [id] AS [c1] FROM [dbo].[orders]"


def test_control_totals_are_counted_and_summed_by_the_server(driver: str) -> None:
    recorder = Recorder()
    with connected(driver, recorder.session) as connector:
        totals = connector.control_totals(TableQuery(ORDERS), sums=["sum"])
    assert (totals.rows, totals.sums) == (7, {"sum": Decimal("12.50")})
    assert "COUNT_BIG(*)" in recorder.batches[-1]


def test_a_session_gives_way_in_deadlocks_cuts_no_text_and_counts_rows(driver: str) -> None:
    recorder = Recorder()
    with connected(driver, recorder.session) as connector:
        connector.connect()
    assert "SET DEADLOCK_PRIORITY LOW" in recorder.batches
    assert "SET TEXTSIZE 2147483647" in recorder.batches
    assert "SET NOCOUNT OFF" in recorder.batches


def test_a_snapshot_is_begun_named_and_ended(driver: str) -> None:
    recorder = Recorder()
    with connected(driver, recorder.session) as connector:
        with connector.read_point() as point:
            assert point == ReadPoint("snapshot", 2001)
            connector.scan(TableQuery(ORDERS, ("id",)), point).collect()
        connector.ping()
    asked = [batch for batch in recorder.batches if "SNAPSHOT" in batch or "TRAN" in batch]
    assert asked == [
        "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
        "BEGIN TRANSACTION",
        "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    ]
    begun = recorder.batches.index("BEGIN TRANSACTION")
    assert "MIN_ACTIVE_ROWVERSION()" in recorder.batches[begun + 1], "before any table is read"


def test_a_database_without_snapshots_is_read_by_statements_and_that_is_said(
    driver: str,
) -> None:
    recorder = Recorder(allows_snapshots=False)
    with (
        capture_logs() as lines,
        connected(driver, recorder.session) as connector,
        connector.read_point() as point,
    ):
        connector.scan(TableQuery(ORDERS, ("id",)), point).collect()
    assert str(point) == "statement"
    assert not point.is_moment
    said = [line["event"] for line in lines if line["log_level"] == "warning"]
    assert len(said) == 1
    assert "ALLOW_SNAPSHOT_ISOLATION ON" in said[0]
    assert "BEGIN TRANSACTION" not in recorder.batches


@pytest.mark.parametrize(
    ("number", "kind"), [(1205, SourceBusy), (3961, SnapshotTooOld), (3958, SnapshotTooOld)]
)
def test_an_error_of_the_server_is_told_by_its_number(
    driver: str, number: int, kind: type[Exception]
) -> None:
    recorder = Recorder()
    recorder.failure = SqlServerError(number, "Some text.", severity=13)
    with connected(driver, recorder.session) as connector, connector.read_point() as point:
        with pytest.raises(kind) as raised:
            connector.scan(TableQuery(ORDERS, ("id",)), point).collect()
        assert str(number) in str(getattr(raised.value, "code", ""))
        recorder.failure = None


def test_tables_without_a_rowversion_have_no_mark(driver: str) -> None:
    with (
        connected(driver, Recorder().session) as connector,
        pytest.raises(InvalidQuery, match="no rowversion column"),
    ):
        connector.change_mark(TableQuery(ORDERS))
