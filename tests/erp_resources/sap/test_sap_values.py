"""Cells of every type, exact; what is no value of its type by the declared policy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import InvalidQuery, UnsupportedType, ValueDoesNotFit
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap import calls
from erp_resources.sap.calls import Places
from erp_resources.sap.drivers import DriverName
from erp_resources.sap.types import Fetched
from tests.erp_resources.sandbox.sap import tables
from tests.erp_resources.sap.conftest import OLD
from tests.erp_resources.sap.systems import SapSystem, resource, running, running_apart

TYPED = Installation("TYS", typed_tables=frozenset({"T001", "ZTYPES", "ZFLOAT", "ZNOTE"}))
EXPECTED = pl.DataFrame(
    {
        "ID": ["0001", "0002", "0003"],
        "TEXT": ["a b", "", "12345678"],
        "DAY": [date(2024, 2, 29), None, date(9999, 12, 31)],
        "PERIOD": ["202401", "000000", "202412"],
        "AMOUNT": [Decimal("12.30"), Decimal("-0.05"), Decimal("-99999.99")],
        "HUGE": [
            Decimal("1234567890123456789012345678.901"), Decimal("0.000"), Decimal("-0.001"),
        ],
        "WHOLE": [Decimal(0), Decimal(-7), Decimal(99999)],
        "SMALL": [0, 7, 255],
        "MIDDLE": [0, -7, 32767],
        "NUMBER": [0, -7, -2147483648],
        "LARGE": [0, -7, 9223372036854775807],
        "BYTES": [b"\0\0\0", b"\x01\xab\xff", b"\xff\xff\xff"],
    },
    schema_overrides={
        "AMOUNT": pl.Decimal(7, 2), "HUGE": pl.Decimal(31, 3), "WHOLE": pl.Decimal(5, 0),
    },
)  # fmt: skip
"""ZTYPES without AT, in which a day has a 24th hour, and what has no place in a line."""

IN_LINES = ("ID", "TEXT", "DAY", "PERIOD", "WHOLE", "SMALL", "MIDDLE", "LARGE", "BYTES")


@contextmanager
def scanned(
    system: SapSystem, table: str, *columns: str, **settings: Any
) -> Iterator[pl.LazyFrame]:
    with system.resource(**settings).connector() as connector:
        yield connector.scan(TableQuery(connector.describe("SAP", table), columns))


@pytest.mark.parametrize("installation", [OLD, Installation()], ids=["lines", "strings"])
def test_cells_of_every_type_arrive_from_lines(small: Database, installation: Installation) -> None:
    with running(small, installation) as system, scanned(system, "ZTYPES", *IN_LINES) as frame:
        assert_frame_equal(frame.collect(), EXPECTED.select(IN_LINES))


def test_fields_are_cut_where_the_call_says_that_they_stand(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def narrow(fields: Sequence[Fetched]) -> Places:
        return tuple((place, 1) for place in range(len(fields)))

    monkeypatch.setattr(calls, "_predicted", narrow)
    with running(small, OLD) as system, scanned(system, "ZTYPES", *IN_LINES) as frame:
        assert_frame_equal(frame.collect(), EXPECTED.select(IN_LINES))


def test_cells_of_every_type_arrive_typed(small: Database) -> None:
    with running(small, TYPED) as system, scanned(system, "ZTYPES", *EXPECTED.columns) as frame:
        assert_frame_equal(frame.collect(), EXPECTED)


@pytest.mark.parametrize("installation", [OLD, Installation()], ids=["lines", "strings"])
@pytest.mark.parametrize("column", ["AMOUNT", "HUGE", "NUMBER"])
def test_a_number_without_a_place_for_its_digits_stops_the_read_and_is_named(
    small: Database, installation: Installation, column: str
) -> None:
    with (
        running(small, installation) as system,
        scanned(system, "ZTYPES", column) as frame,
        pytest.raises(ValueDoesNotFit) as raised,
    ):
        frame.collect()
    for part in (f"ZTYPES.{column} holds '*", "'MANDT': '100', 'ID': '000", "returns it typed"):
        assert part in str(raised.value)


@pytest.mark.parametrize("typed", [False, True])
def test_a_time_that_is_none_is_refused_null_or_text_as_declared(
    small: Database, typed: bool
) -> None:
    with running(small, TYPED if typed else OLD) as system:
        with (
            scanned(system, "ZTYPES", "AT") as frame,
            pytest.raises(ValueDoesNotFit, match=r"ZTYPES\.AT holds '240000' where .*'0003'"),
        ):
            frame.collect()
        with scanned(system, "ZTYPES", "AT", times="null") as frame:
            assert frame.collect()["AT"].to_list() == ["23:59:59", "00:00:00", None]
        with scanned(system, "ZTYPES", "AT", times="text") as frame:
            assert frame.collect()["AT"].to_list() == ["235959", "000000", "240000"]


def test_a_date_that_is_none_is_refused_null_or_text_as_declared(sap: SapSystem) -> None:
    sap.write("ZTYPES", "UPDATE {} SET DAY = '20230231' WHERE ID = '0001'")
    with (
        scanned(sap, "ZTYPES", "DAY") as frame,
        pytest.raises(ValueDoesNotFit, match=r"ZTYPES\.DAY holds '20230231' where .*'0001'"),
    ):
        frame.collect()
    with scanned(sap, "ZTYPES", "DAY", dates="null") as frame:
        assert frame.collect()["DAY"].to_list() == [None, None, date(9999, 12, 31)]
    with scanned(sap, "ZTYPES", "DAY", dates="text") as frame:
        assert frame.collect()["DAY"].to_list() == ["20230231", "00000000", "99991231"]


def test_a_time_stamp_is_the_same_text_by_every_way(small: Database) -> None:
    found = []
    for installation in (OLD, TYPED):
        with running(small, installation) as system, scanned(system, "ZTYPES", "MOMENT") as frame:
            found.append(frame.collect()["MOMENT"].to_list())
    moments = ["", "2024-01-31T12:30:59,1234560", "9999-12-31T00:00:00,0000000"]
    assert found == [moments, moments]


def test_strings_bytes_and_long_lines_arrive_where_a_way_can_carry_them(small: Database) -> None:
    with running(small, TYPED) as system, scanned(system, "ZNOTE") as frame:
        rows = frame.collect()
    assert rows["NOTE"].to_list() == ["so to speak ", "ünï😀"]
    assert rows["BLOB"].to_list() == [b"\x01\x02", b""]
    assert rows["LINE"].to_list() == ["x" * 600, ""]
    with running(small) as system, scanned(system, "ZNOTE", "ID", "LINE") as frame:
        assert frame.collect()["LINE"].to_list() == ["x" * 600, ""]


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        ("ZNOTE", ("NOTE",), "'NOTE' is a STRING, which RFC_READ_TABLE cannot return"),
        ("ZNOTE", ("LINE",), "'LINE' of 600 characters and the key do not fit"),
        ("ZFLOAT", ("VALUE",), "'VALUE' is a FLTP, at which RFC_READ_TABLE dumps"),
    ],
)
def test_what_would_dump_is_refused_before_the_call(
    small: Database, table: str, columns: tuple[str, ...], said: str
) -> None:
    with running(small, OLD) as system, scanned(system, table, *columns) as frame:
        before = system.calls("RFC_READ_TABLE")
        with pytest.raises(UnsupportedType, match=said):
            frame.collect()
        assert system.calls("RFC_READ_TABLE") == before


def test_floats_arrive_exactly_where_a_function_can_carry_them(small: Database) -> None:
    bbp = Installation("BBP", returns_strings=False, add_ons=frozenset({"BBP_RFC_READ_TABLE"}))
    for installation in (TYPED, bbp):
        with running(small, installation) as system, scanned(system, "ZFLOAT") as frame:
            assert frame.collect()["VALUE"].to_list() == [0.1, -1e300, float(2**53)]


@pytest.mark.parametrize("text", ["a¦b", "a¦b¬c", "US|Pipe", "x~y"])
def test_a_delimiter_in_a_text_does_not_shift_columns(sap: SapSystem, text: str) -> None:
    sap.write("T001", f"UPDATE {{}} SET BUTXT = '{text}' WHERE BUKRS = '1000'")
    with scanned(sap, "T001", "BUKRS", "BUTXT", "WAERS") as frame:
        row = frame.filter(pl.col("BUKRS") == "1000").collect()
    assert row.row(0) == ("1000", text, "EUR")


def test_another_clients_rows_are_never_read(sap: SapSystem) -> None:
    with scanned(sap, "T001", "MANDT", "BUKRS") as frame:
        assert set(frame.collect()["MANDT"]) == {"100"}
    with sap.resource().connector() as connector:
        schema = connector.describe("SAP", "T001")
        for condition in (Filter("MANDT", "=", "200"), Filter("MANDT", "<>", "100")):
            query = TableQuery(schema, ("BUKRS",), (condition,))
            assert connector.scan(query).collect().is_empty()


def test_both_drivers_read_the_same_from_every_type() -> None:
    with running_apart(tables.load, TYPED) as system:
        found = [_everything(system.system_number, driver) for driver in ("native", "pyrfc")]
    for native, pyrfc in zip(*found, strict=True):
        assert_frame_equal(native, pyrfc)


IN_WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "Z_ERP_READ_": {"T001": (), "ZTYPES": (), "ZNOTE": (), "ZFLOAT": ()},
    "": {
        "T001": ("BUKRS", "BUTXT"),
        "USR02": (),
        "ZTYPES": (*IN_LINES, "AT", "MOMENT"),
        "ZNOTE": ("ID", "LINE"),
    },
}
"""Columns that typed functions and lines can carry, by prefix and table."""


def _everything(system_number: str, driver: DriverName) -> list[pl.DataFrame]:
    frames = []
    for prefix, wanted in IN_WAYS.items():
        settings = {"typed_prefix": prefix, "times": "text", "amounts": "stored"}
        with resource(system_number, driver, **settings).connector() as connector:
            for table, columns in wanted.items():
                query = TableQuery(connector.describe("SAP", table), columns)
                frames.append(connector.scan(query).collect())
    return frames


def test_an_injected_option_stays_a_text(sap: SapSystem) -> None:
    with sap.resource().connector() as connector:
        evil = Filter("BUTXT", "=", "' OR MANDT = '200")
        query = TableQuery(connector.describe("SAP", "T001"), filters=(evil,))
        assert connector.scan(query).collect().is_empty()


def test_a_literal_longer_than_a_line_is_refused_before_the_call(sap: SapSystem) -> None:
    with sap.resource().connector() as connector:
        long = Filter("LINE", "=", "x" * 80)
        query = TableQuery(connector.describe("SAP", "ZNOTE"), ("ID",), (long,))
        with pytest.raises(InvalidQuery, match=r"sap: the literal .* more than 72 characters"):
            connector.scan(query)


def test_a_typed_function_carries_what_no_line_can() -> None:
    """The system has neither ET_DATA nor a line for a STRING or a FLTP among others."""
    installation = Installation(
        "TNL", returns_strings=False, typed_tables=frozenset({"ZNOTE", "ZFLOAT"})
    )
    database = Database()
    tables.load(database)
    with running(database, installation) as system:
        with scanned(system, "ZNOTE") as notes:
            assert notes.collect()["NOTE"].to_list() == ["so to speak ", "ünï😀"]
        with scanned(system, "ZFLOAT") as floats:
            assert floats.collect()["VALUE"].to_list() == [0.1, -1e300, float(2**53)]
    database.close()


def test_a_page_of_strings_may_have_no_rows(sap: SapSystem) -> None:
    with sap.resource().connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZNOTE"), (), (Filter("ID", "=", "99"),))
        assert connector.scan(query).collect().height == 0
