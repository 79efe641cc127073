"""Cells that are no value of their type, kept beside their rows instead of stopping the read."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import REFUSED_COLUMN, Filter, TableQuery
from erp_resources.errors import InvalidQuery, ValueDoesNotFit
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap import calls
from erp_resources.sap.drivers import DriverName
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.sandbox.sap import tables
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD
from tests.erp_resources.sap.systems import SapSystem, resource, running, running_apart

TYPED = Installation("TYQ", typed_tables=frozenset({"ZTYPES"}))
COLUMNS = ("ID", "AT", "AMOUNT", "NUMBER")
IN_LINES = {"AMOUNT": "*99.99-", "NUMBER": "*47483648-"}
"""What is left of -99999.99 in 7 places, and of -2147483648 in 10."""
WIDE = Table(
    "SAP",
    "ZWIDE",
    (
        Column("MANDT", "CLNT(3)"),
        Column("ID", "NUMC(4)"),
        Column("AEDAT", "DATS"),
        Column("LEFT", "DEC(5,2)"),
        *(Column(f"TEXT{place}", "CHAR(200)") for place in range(3)),
        Column("RIGHT", "DEC(5,2)"),
    ),
    ("MANDT", "ID"),
)
"""Two groups of columns, with a number in each."""
ROWS = 40


@contextmanager
def quarantined(system: SapSystem, **settings: Any) -> Iterator[SapConnector]:
    with system.resource(**({"refused": "quarantine"} | settings)).connector() as connector:
        yield connector


def scan(connector: SapConnector, table: str, *columns: str) -> pl.LazyFrame:
    return connector.scan(TableQuery(connector.describe("SAP", table), columns))


def refused(rows: pl.DataFrame) -> list[Mapping[str, str] | None]:
    return [text and json.loads(text) for text in rows[REFUSED_COLUMN]]


@pytest.mark.parametrize("page_rows", [2, 50_000])
@pytest.mark.parametrize("installation", [OLD, ANY_ORDER, Installation()])
def test_a_refused_cell_is_null_and_its_row_has_the_text_that_sap_sent(
    small: Database, installation: Installation, page_rows: int
) -> None:
    with (
        running(small, installation) as system,
        quarantined(system, page_rows=page_rows) as connector,
    ):
        rows = scan(connector, "ZTYPES", *COLUMNS).collect().sort("ID")
    assert rows["AMOUNT"].to_list() == [Decimal("12.30"), Decimal("-0.05"), None]
    assert rows["NUMBER"].to_list() == [0, -7, None]
    assert rows["AT"].to_list() == ["23:59:59", "00:00:00", None]
    assert refused(rows) == [None, None, {"AT": "240000", **IN_LINES}]


@pytest.mark.parametrize("driver", ["native", "pyrfc"])
@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "lines"])
def test_each_driver_keeps_the_same_cells(driver: DriverName, is_typed: bool) -> None:
    settings = {"refused": "quarantine", "typed_prefix": "Z_ERP_READ_" if is_typed else ""}
    with running_apart(tables.load, TYPED) as system:
        system.write("ZTYPES", "UPDATE {} SET DAY = '2023 231' WHERE ID = '0001'")
        with resource(system.system_number, driver, **settings).connector() as connector:
            rows = scan(connector, "ZTYPES", "DAY", *COLUMNS).collect()
    lines = {} if is_typed else IN_LINES
    assert refused(rows) == [{"DAY": "2023 231"}, None, {"AT": "240000", **lines}]
    assert rows["DAY"].to_list() == [None, None, date(9999, 12, 31)]
    assert rows["NUMBER"].to_list() == [0, -7, -2147483648 if is_typed else None]


def test_an_amount_that_is_shifted_can_be_refused(small: Database) -> None:
    with running(small, OLD) as system, quarantined(system) as connector:
        rows = scan(connector, "T001", "BUKRS", "SALDO").collect()
    assert rows["SALDO"].to_list() == [*map(Decimal, ("1234.500", "-99.050", "100000.000")), None]
    assert refused(rows) == [None, None, None, {"SALDO": "*999999999.99"}]


def test_what_a_policy_says_of_days_and_times_goes_first(sap: SapSystem) -> None:
    sap.write("ZTYPES", "UPDATE {} SET DAY = '20230231' WHERE ID = '0003'")
    with quarantined(sap, times="null", dates="text") as connector:
        rows = scan(connector, "ZTYPES", "DAY", "AT", "SMALL").collect()
    assert rows.row(2) == ("20230231", None, 255, None)


def test_what_cannot_be_refused_has_no_column_for_it(sap: SapSystem) -> None:
    with quarantined(sap, times="text") as connector:
        texts = scan(connector, "ZTYPES", "ID", "TEXT", "AT", "PERIOD", "MOMENT")
        assert REFUSED_COLUMN not in texts.collect_schema()
    with quarantined(sap) as connector:
        assert REFUSED_COLUMN not in scan(connector, "ZNOTE", "ID", "NOTE").collect_schema()
    with sap.resource(times="null").connector() as connector:
        assert REFUSED_COLUMN not in scan(connector, "ZTYPES", "AT").collect_schema()


def test_a_refused_cell_of_the_key_stops_the_read() -> None:
    columns = (Column("DAY", "DATS"), Column("NUMBER", "INT4"))
    with closing(Database()) as database:
        table = Table("SAP", "ZDAYS", columns, ("DAY",))
        numbers = pa.array([1, 2], pa.int32())
        database.load(table, pa.table({"DAY": ["20230228", "20230229"], "NUMBER": numbers}))
        with running(database) as system, quarantined(system) as connector:
            with pytest.raises(ValueDoesNotFit, match=r"ZDAYS\.DAY .* where {'DAY': '20230229'}"):
                scan(connector, "ZDAYS").collect()
            assert REFUSED_COLUMN not in scan(connector, "ZDAYS", "DAY").collect_schema()


def test_the_column_tells_of_all_columns_of_the_query_whichever_are_read(sap: SapSystem) -> None:
    with quarantined(sap) as connector:
        frame = scan(connector, "ZTYPES", *COLUMNS)
        whole = frame.collect()
        assert_frame_equal(frame.select(REFUSED_COLUMN).collect(), whole.select(REFUSED_COLUMN))
        assert_frame_equal(
            frame.select("AT", REFUSED_COLUMN).collect(), whole.select("AT", REFUSED_COLUMN)
        )
        assert_frame_equal(frame.head(3).collect(), whole)
        found = frame.filter(pl.col(REFUSED_COLUMN).is_not_null()).select("ID").collect()
        assert found["ID"].to_list() == ["0003"]


def test_the_column_is_not_made_where_nobody_wants_it(
    sap: SapSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "beside", None)
    with quarantined(sap) as connector:
        rows = scan(connector, "ZTYPES", *COLUMNS).select("ID", "AMOUNT").collect()
    assert rows["AMOUNT"].to_list() == [Decimal("12.30"), Decimal("-0.05"), None]


def test_filters_and_the_column_go_together(sap: SapSystem) -> None:
    with quarantined(sap) as connector:
        schema = connector.describe("SAP", "ZTYPES")
        query = TableQuery(schema, COLUMNS, (Filter("ID", ">", "0002"),))
        assert refused(connector.scan(query).collect()) == [{"AT": "240000", **IN_LINES}]


def test_a_query_does_not_name_the_column(sap: SapSystem) -> None:
    with quarantined(sap) as connector, pytest.raises(InvalidQuery, match="no column '_refused'"):
        scan(connector, "ZTYPES", "ID", REFUSED_COLUMN)


def test_sums_leave_out_the_same_cells(sap: SapSystem) -> None:
    with quarantined(sap) as connector:
        query = TableQuery(connector.describe("SAP", "ZTYPES"), COLUMNS)
        totals = connector.control_totals(query, sums=["AMOUNT", "NUMBER"])
        assert totals.rows == 3
        assert totals.sums == {"AMOUNT": Decimal("12.25"), "NUMBER": Decimal(-7)}
        assert connector.scan(query).select(pl.col("AMOUNT").sum()).collect().item() == Decimal(
            "12.25"
        )


def test_more_refused_cells_than_one_page_keeps_stop_the_read(small: Database) -> None:
    many = 1_001
    table = Table("SAP", "ZTIMES", (Column("ID", "NUMC(4)"), Column("AT", "TIMS")), ("ID",))
    keys = [f"{number:04d}" for number in range(many)]
    small.load(table, pa.table({"ID": keys, "AT": ["240000"] * many}))
    with running(small, OLD) as system:
        with (
            quarantined(system) as connector,
            pytest.raises(ValueDoesNotFit, match=r"ZTIMES: 1001 cells of one page, of AT, .* 1000"),
        ):
            scan(connector, "ZTIMES").collect()
        with quarantined(system, page_rows=1_000) as connector:
            rows = scan(connector, "ZTIMES").collect()
    assert refused(rows) == [{"AT": "240000"}] * many


@pytest.fixture
def wide() -> Iterator[Database]:
    """The wide table, with cells that are refused in either group, and in what both carry."""
    small, huge = Decimal("1.50"), Decimal("-999.99")
    rows = {
        "MANDT": ["100"] * ROWS,
        "ID": [f"{number:04d}" for number in range(ROWS)],
        "AEDAT": ["2023023" + str(number % 2) for number in range(ROWS)],
        "LEFT": pa.array([huge if n % 3 == 0 else small for n in range(ROWS)], pa.decimal128(5, 2)),
        **{f"TEXT{place}": [f"{place} of {n}" for n in range(ROWS)] for place in range(3)},
        "RIGHT": pa.array(
            [huge if n % 5 == 0 else small for n in range(ROWS)], pa.decimal128(5, 2)
        ),
    }
    with closing(Database()) as database:
        database.load(WIDE, pa.table(rows))
        yield database


@pytest.mark.parametrize("page_rows", [2, 7, 1000])  # of the least, two connections read
@pytest.mark.parametrize("installation", [OLD, ANY_ORDER])
def test_refused_cells_of_all_groups_of_columns_stand_together(
    wide: Database, installation: Installation, page_rows: int
) -> None:
    wide_dates = {n: f"2023023{n % 2}" for n in range(ROWS)}
    with (
        running(wide, installation) as system,
        quarantined(system, page_rows=page_rows) as connector,
    ):
        rows = scan(connector, "ZWIDE").collect().sort("ID")
    for number, cells in enumerate(refused(rows)):
        expected = {"AEDAT": wide_dates[number]}
        expected |= {"LEFT": "*.99-"} if number % 3 == 0 else {}
        expected |= {"RIGHT": "*.99-"} if number % 5 == 0 else {}
        assert cells == expected
    assert rows["RIGHT"].null_count() == ROWS / 5
    assert rows["TEXT2"].to_list() == [f"2 of {number}" for number in range(ROWS)]


@pytest.mark.parametrize(("dates", "landed"), [("null", None), ("text", "20230231")])
def test_what_each_group_carries_is_read_by_the_policy_as_well(
    wide: Database, dates: str, landed: str | None
) -> None:
    with running(wide, OLD) as system, quarantined(system, dates=dates) as connector:
        rows = scan(connector, "ZWIDE").collect().sort("ID")
    assert rows["AEDAT"][1] == landed


def test_what_groups_carry_and_nobody_wants_stops_no_read(wide: Database) -> None:
    columns = ("ID", "TEXT0", "TEXT1", "TEXT2")
    with running(wide, OLD) as system, system.resource().connector() as connector:
        assert scan(connector, "ZWIDE", *columns).collect().height == ROWS
