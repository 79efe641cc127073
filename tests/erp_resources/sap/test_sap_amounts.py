"""Amounts with the decimals of their currency, shifted once; as stored where that is declared."""

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.connector import Column, TableQuery
from erp_resources.errors import UnsupportedType, ValueDoesNotFit
from erp_resources.sandbox.catalog import Column as DeclaredColumn
from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap.connection import SapSession
from erp_resources.sap.currencies import shifted
from erp_resources.sap.drivers import Package
from erp_resources.sap.types import Policies, fetched
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD, TYPED
from tests.erp_resources.sap.systems import SapSystem, running

DECIMALS = {"JPY": 0, "KWD": 3, "CLF": 4}
AMOUNT = Column("NETWR", "CURR(13,2)", scale=4, reference="VBAK-WAERK")


def shift(amounts: list[Decimal | None], currencies: list[str | None]) -> list[Decimal | None]:
    column = fetched(AMOUNT, Policies())
    rows = pa.table({"NETWR": pa.array(amounts, pa.decimal128(13, 2))})
    found = shifted(rows, column, pa.array(currencies, pa.string()), DECIMALS)
    assert found.type == column.landed == pa.decimal128(17, 4)
    return list(found.to_pylist())


@pytest.mark.parametrize(
    ("stored", "currency", "real"),
    [
        ("1.00", "JPY", "100"),
        ("-0.05", "JPY", "-5"),
        ("12.34", "EUR", "12.34"),
        ("12.34", "", "12.34"),
        ("12.34", "KWD", "1.234"),
        ("12.34", "CLF", "0.1234"),
        ("99999999999.99", "JPY", "9999999999999"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(stored: str, currency: str, real: str) -> None:
    assert shift([Decimal(stored)], [currency]) == [Decimal(real)]


@given(
    st.lists(
        st.tuples(
            st.none() | st.decimals(-99_999_999_999, 99_999_999_999, places=2),
            st.sampled_from(["JPY", "KWD", "CLF", "EUR", ""]),
        )
    )
)
def test_no_digit_is_lost(rows: list[tuple[Decimal | None, str]]) -> None:
    found = shift([amount for amount, _ in rows], [currency for _, currency in rows])
    for (stored, currency), real in zip(rows, found, strict=True):
        places = 2 - DECIMALS.get(currency, 2)
        assert real == (None if stored is None else stored.scaleb(places))


def test_a_currency_with_more_decimals_than_known_stops_the_read() -> None:
    column = fetched(Column("NETWR", "CURR(13,2)", scale=2, reference="VBAK-WAERK"), Policies())
    rows = pa.table({"NETWR": pa.array([Decimal("1.00")], pa.decimal128(13, 2))})
    with pytest.raises(ValueDoesNotFit, match="'KWD' has more decimals than column 'NETWR'"):
        shifted(rows, column, pa.array(["KWD"]), DECIMALS)


def test_a_row_without_a_currency_stops_the_read() -> None:
    with pytest.raises(ValueDoesNotFit, match="no row in VBAK-WAERK"):
        shift([Decimal("1.00")], [None])


def test_more_than_38_digits_are_refused() -> None:
    wide = Column("NETWR", "CURR(31,2)", scale=10, reference="VBAK-WAERK")
    with pytest.raises(UnsupportedType, match="more than 38 digits"):
        fetched(wide, Policies())


def test_an_amount_whose_currency_is_unknown_is_landed_as_stored() -> None:
    unknown = Column("NETWR", "CURR(13,2)", reference="T001-WAERS")
    for column, policies in ((unknown, Policies()), (AMOUNT, Policies(amounts="stored"))):
        found = fetched(column, policies)
        assert found.currency is None
        assert found.landed == pa.decimal128(13, 2)


def test_the_catalogue_records_the_decimals_of_shifted_amounts(sap: SapSystem) -> None:
    with sap.resource().connector() as connector:
        column = connector.describe("SAP", "T001").column("SALDO")
    assert (column.scale, column.reference) == (3, "T001-WAERS")
    with sap.resource(amounts="stored").connector() as connector:
        assert connector.describe("SAP", "T001").column("SALDO").scale is None


def test_two_decimals_are_the_least_since_most_currencies_are_not_in_tcurx(sap: SapSystem) -> None:
    for currencies in ("'KWD'", "'KWD', 'JPY'"):
        sap.write("TCURX", f"DELETE FROM {{}} WHERE CURRKEY IN ({currencies})")
        with sap.resource().connector() as connector:
            assert connector.describe("SAP", "T001").column("SALDO").scale == 2


def test_amounts_are_read_shifted_or_as_stored(sap: SapSystem) -> None:
    sap.write("T001", "UPDATE {} SET SALDO = 1.00 WHERE BUKRS = '3000'")
    found = {}
    for amounts in ("shifted", "stored"):
        with sap.resource(amounts=amounts).connector() as connector:
            query = TableQuery(connector.describe("SAP", "T001"), ("SALDO",))
            found[amounts] = connector.scan(query).collect()["SALDO"]
            totals = connector.control_totals(query, sums=["SALDO"])
            assert totals.sums["SALDO"] == found[amounts].sum()
    assert found["shifted"].dtype == pl.Decimal(16, 3)
    assert found["shifted"].cast(str).to_list() == ["1234.500", "-99.050", "100000.000", "1.000"]
    assert found["stored"].cast(str).to_list() == ["1234.50", "-99.05", "1000.00", "1.00"]


def amounts(*digits: str) -> pa.Array:
    return pa.array([Decimal(each) for each in digits], pa.decimal128(13, 2))


def declared(name: str, keys: int, *columns: DeclaredColumn) -> Table:
    """A table of a client, the first columns of which are its key."""
    columns = (DeclaredColumn("MANDT", "CLNT(3)"), *columns)
    return Table("SAP", name, columns, tuple(each.name for each in columns[: keys + 1]))


BALANCE = DeclaredColumn("DMBTR", "CURR(13,2)", reference="T001-WAERS")
COMPANY_CODE = DeclaredColumn("BUKRS", "CHAR(4)", check_table="T001")
AREA = DeclaredColumn("BWKEY", "CHAR(4)", check_table="T001K")
STOCK = declared("ZSTOCK", 2, DeclaredColumn("MATNR", "CHAR(4)"), AREA, BALANCE)


def load_stock(database: Database) -> None:
    """Stock in areas of company codes in euros, yen and dollars; in client 200 all are in euros."""
    areas = declared("T001K", 1, replace(AREA, check_table=""), COMPANY_CODE)
    codes = {"DE01": "1000", "JP01": "2000", "US01": "3000"}
    rows = {
        "MANDT": ["100"] * 3 + ["200"] * 3,
        "BWKEY": [*codes, *codes],
        "BUKRS": [*codes.values(), *["0001"] * 3],
    }
    database.load(areas, pa.table(rows))
    rows = {
        "MANDT": ["100"] * 4,
        "MATNR": ["A", "A", "A", "B"],
        "BWKEY": ["DE01", "JP01", "US01", "JP01"],
        "DMBTR": amounts("1.00", "2.00", "-3.55", "0.07"),
    }
    database.load(STOCK, pa.table(rows))


@pytest.mark.parametrize(
    "installation",
    [OLD, ANY_ORDER, Installation(), replace(TYPED, typed_tables=frozenset({"ZSTOCK", "T001K"}))],
    ids=["lines", "lines in any order", "strings", "typed"],
)
@pytest.mark.parametrize("page_rows", [2, 1000])
def test_amounts_land_in_the_currency_of_the_company_code_of_their_area(
    small: Database, installation: Installation, page_rows: int
) -> None:
    load_stock(small)
    with (
        running(small, installation) as system,
        system.resource(page_rows=page_rows).connector() as connector,
    ):
        schema = connector.describe("SAP", "ZSTOCK")
        rows = connector.scan(TableQuery(schema)).collect().sort("MATNR", "BWKEY")
    assert schema.column("DMBTR").scale == 3
    landed = [Decimal("1.000"), Decimal("200.000"), Decimal("-3.550"), Decimal("7.000")]
    assert rows["DMBTR"].to_list() == landed


def test_only_the_amounts_are_needed_to_shift_them(sap: SapSystem) -> None:
    load_stock(sap.database)
    with sap.resource().connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZSTOCK"), ("DMBTR",))
        found = connector.scan(query).collect()
        totals = connector.control_totals(query, sums=["DMBTR"])
    assert found.columns == ["DMBTR"]
    assert found["DMBTR"].sum() == totals.sums["DMBTR"] == Decimal("204.450")


@pytest.mark.parametrize("rows", ["BUKRS = '2000'", "MANDT = '100'"])
@pytest.mark.parametrize("lost", ["T001K", "T001"])
def test_an_amount_whose_way_to_its_currency_lacks_a_row_stops_the_load(
    sap: SapSystem, lost: str, rows: str
) -> None:
    load_stock(sap.database)
    with sap.resource().connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZSTOCK"))
        sap.write(lost, f"DELETE FROM {{}} WHERE {rows}")
        with pytest.raises(ValueDoesNotFit, match=r"sap: SAP\.ZSTOCK: .* no row in T001-WAERS"):
            connector.scan(query).collect()


def test_what_is_no_table_is_asked_for_once(sap: SapSystem) -> None:
    sap.database.load(
        declared("ZLOST", 1, DeclaredColumn("BWKEY", "CHAR(4)", check_table="ZNONE"), BALANCE),
        pa.table({"MANDT": ["100"], "BWKEY": ["DE01"], "DMBTR": amounts("1.00")}),
    )
    with sap.resource().connector() as connector:
        assert connector.describe("SAP", "ZLOST").column("DMBTR").scale is None
        before = sap.calls("DDIF_FIELDINFO_GET")
        languages = 2
        connector.describe("SAP", "ZLOST")
        assert sap.calls("DDIF_FIELDINFO_GET") == before + 1 + languages


def test_another_table_is_read_in_pages_of_the_keys_between(
    sap: SapSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = declared("T001K", 1, replace(AREA, check_table=""), COMPANY_CODE)
    keys = [f"{number:04d}" for number in range(100)]
    rows = {"MANDT": ["100"] * 100, "BWKEY": keys, "BUKRS": ["2000"] * 100}
    sap.database.load(areas, pa.table(rows))
    rows = {
        "MANDT": ["100"] * 2,
        "MATNR": ["A", "B"],
        "BWKEY": ["0010", "0039"],
        "DMBTR": amounts("1.00", "2.00"),
    }
    sap.database.load(STOCK, pa.table(rows))
    original, pages = SapSession.read_lines, []

    def read_lines(self: SapSession, *arguments: object, **named: object) -> Package:
        package = original(self, *arguments, **named)  # type: ignore[arg-type]
        if "T001K" in str(named["about"]):
            pages.append(pa.table(package).num_rows)
        return package

    monkeypatch.setattr(SapSession, "read_lines", read_lines)
    with sap.resource(page_rows=7).connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZSTOCK"))
        pages.clear()
        assert connector.scan(query).collect()["DMBTR"].to_list() == [100, 200]
    assert sum(pages) == 30, "no area outside of those between, and each once"
    assert max(pages) == 7


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("RAW(3)", pa.array([b"\x80\x00\xff", b"\xff\xfe\x01"], pa.binary())),
        ("DATS", pa.array(["00000000", "00000000"])),
        ("TIMS", pa.array(["235959", "000000"])),
        ("NUMC(4)", pa.array(["0001", "0010"])),
        ("INT4", pa.array([7, -7], pa.int32())),
    ],
)
def test_rows_are_matched_by_keys_of_any_type(sap: SapSystem, kind: str, keys: pa.Array) -> None:
    key = DeclaredColumn("ID", kind)
    currency = DeclaredColumn("WAERS", "CUKY(5)")
    rows = pa.table({"MANDT": ["100"] * 2, "PART": ["X", "Y"], "ID": keys, "WAERS": ["JPY", "KWD"]})
    part = DeclaredColumn("PART", "CHAR(4)")
    sap.database.load(declared("ZHEAD", 2, part, key, currency), rows)
    balance = replace(BALANCE, reference="ZHEAD-WAERS")
    rows = rows.drop_columns("WAERS").append_column("DMBTR", amounts("1.00", "1.00"))
    sap.database.load(declared("ZLINE", 2, part, key, balance), rows)
    with sap.resource().connector() as connector:
        found = connector.scan(TableQuery(connector.describe("SAP", "ZLINE"))).collect()
    assert set(found["DMBTR"]) == {Decimal(100), Decimal("0.1")}


def test_the_headquarters_stock_is_worth_what_its_movements_come_to(company: Database) -> None:
    with running(company) as system, system.resource().connector() as connector:
        stock = TableQuery(connector.describe("SAP", "MBEW"), ("BWKEY", "SALK3"))
        moves = TableQuery(connector.describe("SAP", "MSEG"), ("WERKS", "SHKZG", "WAERS", "DMBTR"))
        worth, moved = connector.scan(stock).collect(), connector.scan(moves).collect()
    signed = pl.col("DMBTR") * pl.when(pl.col("SHKZG") == "S").then(1).otherwise(-1)
    expected = moved.group_by(BWKEY="WERKS").agg(signed.sum(), pl.col("WAERS").unique().first())
    found = worth.group_by("BWKEY").agg(pl.col("SALK3").sum())
    both = expected.join(found, on="BWKEY")
    assert set(both["WAERS"]) == {"EUR", "USD", "JPY"}
    assert (both["DMBTR"] == both["SALK3"]).all()


def test_amounts_of_another_tables_currency_need_its_row(sap: SapSystem) -> None:
    rows = {"MANDT": ["100"] * 2, "BUKRS": ["1000", "2000"], "DMBTR": amounts("1.00", "2.00")}
    sap.database.load(declared("ZITEM", 1, COMPANY_CODE, BALANCE), pa.table(rows))
    with sap.resource().connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZITEM"))
        found = connector.scan(query).collect().sort("BUKRS")
        assert found["DMBTR"].to_list() == [Decimal("1.000"), Decimal("200.000")]
        sap.write("ZITEM", "UPDATE {} SET BUKRS = '9999' WHERE BUKRS = '2000'")
        with pytest.raises(ValueDoesNotFit, match=r"sap: SAP\.ZITEM: .* no row in T001-WAERS"):
            connector.scan(query).collect()
