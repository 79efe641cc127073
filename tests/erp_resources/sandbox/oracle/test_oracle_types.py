"""Every type there and back: what the engine holds is what the driver hands out, exactly."""

import datetime as dt
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import oracledb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp_resources.sandbox.oracle.number_cells import number_cells
from erp_resources.sandbox.oracle.rowid_cells import rowid_cells
from erp_resources.sandbox.oracle.scalars import decode_number
from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import (
    FLOATING_SCALE,
    CharsetForm,
    ColumnInfo,
    OracleError,
    OracleType,
)
from tests.erp_resources.sandbox.oracle.canned import PASSWORD, USER, Library

ZONED = pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())])
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
EPOCH = dt.datetime(1970, 1, 1)

# Oracle has no empty strings: an empty text or RAW is NULL.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["x" * n for n in (251, 252, 253, 254, 255, 256, 4000)]),
    st.integers(1, 1300).map(lambda n: "é✓😀" * n),
)
long_texts = st.one_of(texts, st.integers(65_530, 65_540).map(lambda n: "y" * n))
raws = st.one_of(st.binary(max_size=20), st.sampled_from([b"\xfe" * n for n in (252, 253, 2000)]))
moments = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))
seconds = moments.map(lambda moment: moment.replace(microsecond=0))
floats = st.floats(allow_nan=False, allow_infinity=False)
singles = st.floats(width=32, allow_nan=False, allow_infinity=False)
durations = st.timedeltas(dt.timedelta(-100_000_000), dt.timedelta(100_000_000))
rowids = st.tuples(
    st.integers(1, 2**32 - 1),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**16 - 1),
).map(lambda parts: "".join(map(base64, parts, (6, 3, 6, 3))))


def base64(number: int, width: int) -> str:
    return "".join(BASE64[number >> 6 * place & 63] for place in reversed(range(width)))


def decimals(precision: int, scale: int) -> st.SearchStrategy[Decimal]:
    """Decimals of all lengths up to the precision, short ones as often as long ones."""
    digits = st.integers(0, precision).flatmap(lambda n: st.integers(-(10**n) + 1, 10**n - 1))
    return digits.map(lambda n: Decimal(f"{n}E-{scale}"))


def utf8(form: CharsetForm = CharsetForm.DATABASE) -> dict[str, Any]:
    return {"size": 4000, "charset_form": form}


CASES: dict[str, tuple[ColumnInfo, pa.DataType, st.SearchStrategy[Any]]] = {
    "NUMBER(18,0) as int64": (
        ColumnInfo("C", OracleType.NUMBER, 18, 0),
        pa.int64(),
        decimals(18, 0).map(int),
    ),
    "NUMBER(38,0)": (
        ColumnInfo("C", OracleType.NUMBER, 38, 0),
        pa.decimal128(38, 0),
        decimals(38, 0),
    ),
    "NUMBER(12,2)": (
        ColumnInfo("C", OracleType.NUMBER, 12, 2),
        pa.decimal128(12, 2),
        decimals(12, 2),
    ),
    "NUMBER(15,3)": (
        ColumnInfo("C", OracleType.NUMBER, 15, 3),
        pa.decimal128(15, 3),
        decimals(15, 3),
    ),
    "NUMBER(38,37)": (
        ColumnInfo("C", OracleType.NUMBER, 38, 37),
        pa.decimal128(38, 37),
        decimals(38, 37),
    ),
    "NUMBER": (
        ColumnInfo("C", OracleType.NUMBER, 0, FLOATING_SCALE),
        pa.decimal128(38, 10),
        decimals(38, 10),
    ),
    "VARCHAR2": (ColumnInfo("C", OracleType.VARCHAR, **utf8()), pa.string(), texts),
    "NVARCHAR2": (
        ColumnInfo("C", OracleType.VARCHAR, **utf8(CharsetForm.NATIONAL)),
        pa.string(),
        texts,
    ),
    "CHAR": (
        ColumnInfo("C", OracleType.CHAR, size=3, charset_form=CharsetForm.DATABASE),
        pa.string(),
        st.sampled_from(["a  ", "   ", "äöü"]),
    ),
    "LONG": (ColumnInfo("C", OracleType.LONG, **utf8()), pa.large_string(), long_texts),
    "RAW": (ColumnInfo("C", OracleType.RAW, size=2000), pa.binary(), raws),
    "DATE": (ColumnInfo("C", OracleType.DATE), pa.timestamp("s"), seconds),
    "DATE in microseconds": (ColumnInfo("C", OracleType.DATE), pa.timestamp("us"), seconds),
    "TIMESTAMP": (ColumnInfo("C", OracleType.TIMESTAMP, scale=6), pa.timestamp("us"), moments),
    "BINARY_DOUBLE": (ColumnInfo("C", OracleType.BINARY_DOUBLE), pa.float64(), floats),
    "BINARY_FLOAT": (ColumnInfo("C", OracleType.BINARY_FLOAT), pa.float32(), singles),
}
ROWS_ONLY: dict[str, tuple[ColumnInfo, pa.DataType, st.SearchStrategy[Any]]] = {
    "INTERVAL DAY TO SECOND": (
        ColumnInfo("C", OracleType.INTERVAL_DS),
        pa.duration("us"),
        durations,
    ),
    "ROWID": (ColumnInfo("C", OracleType.ROWID), pa.string(), rowids),
}

LIBRARY = Library()
SQL = "select c from t"


@pytest.fixture(scope="module", params=["19c", "23ai"])
def own_connection(request: pytest.FixtureRequest) -> Iterator[oracledb.Connection]:
    with (
        OracleServer(LIBRARY.open_session, {USER: PASSWORD}, profile=request.param) as server,
        oracledb.connect(
            user=USER, password=PASSWORD, dsn=f"127.0.0.1:{server.port}/EBS"
        ) as connection,
    ):
        yield connection


@pytest.fixture(scope="module", autouse=True)
def decimals_stay_exact() -> Iterator[None]:
    oracledb.defaults.fetch_decimals = True
    yield
    oracledb.defaults.fetch_decimals = False


def null_if_empty(values: list[Any]) -> list[Any]:
    return [None if value in ("", b"") else value for value in values]


def load(column: ColumnInfo, values: list[Any], arrow_type: pa.DataType, batch_rows: int) -> str:
    # One text per type: a driver keeps the types of a statement that it knows.
    sql = f"select c from {column.type.name}_{arrow_type}_{column.charset_form}"
    return LIBRARY.add(sql, [column], pa.table({"C": pa.array(values, arrow_type)}), batch_rows)


@pytest.mark.parametrize("name", [*CASES, *ROWS_ONLY])
def test_rows_come_back_as_they_are(own_connection: oracledb.Connection, name: str) -> None:
    column, arrow_type, strategy = (CASES | ROWS_ONLY)[name]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.none() | strategy, max_size=40), st.integers(1, 50))
    def check(values: list[Any], batch_rows: int) -> None:
        sql = load(column, values, arrow_type, batch_rows)
        with own_connection.cursor() as cursor:
            got = [value for (value,) in cursor.execute(sql)]
        assert got == null_if_empty(values)

    check()


@pytest.mark.parametrize("name", CASES)
def test_data_frames_come_back_as_they_are(own_connection: oracledb.Connection, name: str) -> None:
    column, arrow_type, strategy = CASES[name]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.none() | strategy, max_size=40), st.integers(1, 50))
    def check(values: list[Any], batch_rows: int) -> None:
        sql = load(column, values, arrow_type, batch_rows)
        wanted = pa.schema([("C", _frame_type(column, arrow_type))])
        frame = own_connection.fetch_df_all(sql, arraysize=13, requested_schema=wanted)
        assert pa.table(frame)["C"].to_pylist() == null_if_empty(values)

    check()


def _frame_type(column: ColumnInfo, arrow_type: pa.DataType) -> pa.DataType:
    return pa.timestamp("s") if column.type == OracleType.DATE else arrow_type


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.none() | st.tuples(moments, st.integers(-12 * 60 - 59, 14 * 60 + 59))),
    st.integers(0, 5),
)
def test_zoned_timestamps_keep_their_offset_on_the_wire(
    values: list[tuple[dt.datetime, int] | None], skipped: int
) -> None:
    from erp_resources.sandbox.oracle.scalars import decode_datetime
    from erp_resources.sandbox.oracle.time_cells import zoned_timestamp_cells

    rows = [value and {"utc": value[0], "offset_minutes": value[1]} for value in values]
    cells = zoned_timestamp_cells(pa.array(rows, ZONED).slice(skipped)).to_pylist()
    for cell, value in zip(cells, values[skipped:], strict=True):
        if value is None:
            assert cell is None
            continue
        utc, offset = value
        assert (cell[0], decode_datetime(cell[1:])) == (13, utc)
        assert (cell[12] - 20) * 60 + cell[13] - 60 == offset


@pytest.mark.parametrize("offset", [-570, 0, 1, 330])
def test_zoned_timestamps_reach_the_driver_in_their_own_time(
    own_connection: oracledb.Connection, offset: int
) -> None:
    utc = dt.datetime(2024, 2, 29, 12, 0, 0, 123456)
    rows = [{"utc": utc, "offset_minutes": offset}, None]
    column = ColumnInfo("C", OracleType.TIMESTAMP_TZ)
    LIBRARY.add(SQL, [column], pa.table({"C": pa.array(rows, ZONED)}))
    with own_connection.cursor() as cursor:
        got = cursor.execute(SQL).fetchall()
    # The driver hands out the local time of the value and drops the offset.
    assert got == [(utc + dt.timedelta(minutes=offset),), (None,)]


def test_local_timestamps_are_sent_in_the_time_zone_of_the_session(
    own_connection: oracledb.Connection,
) -> None:
    utc = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    table = pa.table({"C": pa.array([utc, None], pa.timestamp("us", "UTC"))})
    LIBRARY.add(SQL, [ColumnInfo("C", OracleType.TIMESTAMP_LTZ)], table)
    LIBRARY.answers["alter session set time_zone = '-03:30'"] = 0
    LIBRARY.answers["alter session set time_zone = '+00:00'"] = 0
    LIBRARY.answers["alter session set time_zone = 'Europe/Berlin'"] = 0
    with own_connection.cursor() as cursor:
        cursor.execute("alter session set time_zone = '-03:30'")
        assert cursor.execute(SQL).fetchall() == [(dt.datetime(2023, 12, 31, 20, 30),), (None,)]
        cursor.execute("alter session set time_zone = '+00:00'")
        assert cursor.execute(SQL).fetchall() == [(dt.datetime(2024, 1, 1),), (None,)]
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*time zone"):
            cursor.execute("alter session set time_zone = 'Europe/Berlin'")


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), -0.0])
@pytest.mark.parametrize("kind", [OracleType.BINARY_DOUBLE, OracleType.BINARY_FLOAT])
def test_special_floats_come_back_bit_by_bit(
    own_connection: oracledb.Connection, kind: OracleType, value: float
) -> None:
    arrow_type = pa.float64() if kind == OracleType.BINARY_DOUBLE else pa.float32()
    sql = load(ColumnInfo("C", kind), [value], arrow_type, 1)
    with own_connection.cursor() as cursor:
        (got,) = cursor.execute(sql).fetchone()
    assert struct.pack(">d", got) == struct.pack(">d", value)


def test_columns_of_all_types_stand_beside_each_other(own_connection: oracledb.Connection) -> None:
    columns = [column for column, _, _ in CASES.values()]
    cells = st.fixed_dictionaries({name: st.none() | case[2] for name, case in CASES.items()})

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(cells, max_size=9))
    def check(rows: list[dict[str, Any]]) -> None:
        arrays = [
            pa.array([row[name] for row in rows], arrow_type)
            for name, (_, arrow_type, _) in CASES.items()
        ]
        LIBRARY.add(SQL, columns, pa.table(arrays, names=list(CASES)), 4)
        with own_connection.cursor() as cursor:
            got = cursor.execute(SQL).fetchall()
        assert got == [tuple(null_if_empty([row[name] for name in CASES])) for row in rows]

    check()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1), st.integers(0, 3))
def test_number_cells_are_exact_and_normal_for_every_int64(
    values: list[int | None], skipped: int
) -> None:
    check_numbers(values, pa.array(values, pa.int64()).slice(skipped), skipped)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 38).flatmap(
        lambda scale: st.tuples(st.just(scale), st.lists(st.none() | decimals(38, scale)))
    )
)
def test_number_cells_are_exact_and_normal_for_every_decimal(
    scale_and_values: tuple[int, list[Decimal | None]],
) -> None:
    scale, values = scale_and_values
    check_numbers(values, pa.array(values, pa.decimal128(38, scale)), 0)


@pytest.mark.parametrize(
    "maximum", [0, 99, 100, 9999, 10_000, 10**8 - 1, 10**8, 10**8 + 1234, 10**16]
)
def test_number_cells_are_exact_around_the_words_they_are_cut_into(maximum: int) -> None:
    values = sorted({max(maximum - n, 0) for n in range(3)} | {0, maximum // 100 * 100})
    check_numbers(values, pa.array(values, pa.int64()), 0)
    check_numbers(values[-1:], pa.array(values[-1:], pa.int64()), 0)


def check_numbers(values: list[Any], array: pa.Array, skipped: int) -> None:
    for value, cell in zip(values[skipped:], number_cells(array).to_pylist(), strict=True):
        if value is None:
            assert cell is None
            continue
        assert cell[0] == len(cell) - 1 <= 21
        assert decode_number(cell[1:]) == value
        assert value == 0 or is_normal(cell[2:], is_negative=value < 0)


def is_normal(digits: bytes, *, is_negative: bool) -> bool:
    """No zero pair at either end, and the mark behind negative values."""
    if not is_negative:
        return digits[0] != 1 and digits[-1] != 1
    has_mark = digits[-1] == 102
    pairs = digits[:-1] if has_mark else digits
    return pairs[0] != 101 and pairs[-1] != 101 and has_mark == (len(pairs) < 20)


@pytest.mark.parametrize(
    "rowid", ["AAAR", "AAAR3sAAEAAAACXAA-", "A" * 19, "EAAAAAAAAAAAAAAAAA", "AAAAAAQAAAAAAAAAAA"]
)
def test_what_is_no_rowid_is_refused(rowid: str) -> None:
    with pytest.raises(OracleError, match="ORA-01410"):
        rowid_cells(pa.array([rowid]))


def test_a_type_without_encoding_is_refused(own_connection: oracledb.Connection) -> None:
    sql = load(ColumnInfo("C", OracleType.UROWID), ["*BAEAB"], pa.string(), 1)
    with (
        own_connection.cursor() as cursor,
        pytest.raises(oracledb.DatabaseError, match="ORA-03001"),
    ):
        cursor.execute(sql)


def test_output_type_handlers_work(own_connection: oracledb.Connection) -> None:
    sql = load(
        ColumnInfo("C", OracleType.NUMBER, 12, 2), [Decimal("1.50")], pa.decimal128(12, 2), 1
    )

    def as_text(cursor: oracledb.Cursor, _: Any) -> oracledb.Var:
        return cursor.var(str, arraysize=cursor.arraysize)

    with own_connection.cursor() as cursor:
        handler: Callable[..., Any] = as_text
        cursor.outputtypehandler = handler
        assert cursor.execute(sql).fetchall() == [("1.5",)]
