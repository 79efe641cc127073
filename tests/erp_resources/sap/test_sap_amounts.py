"""Amounts with the decimals of their currency, shifted once; as stored where that is declared."""

from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.connector import Column, ForeignKey, TableQuery, TableSchema
from erp_resources.errors import UnsupportedType, ValueDoesNotFit
from erp_resources.sandbox.catalog import Column as DeclaredColumn
from erp_resources.sandbox.catalog import Table
from erp_resources.sap.currencies import link, shifted
from erp_resources.sap.fields import Described
from erp_resources.sap.types import Policies, fetched
from tests.erp_resources.sap.systems import SapSystem

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


def described(table: str, *key: str) -> Described:
    rows = ({"FIELDNAME": name, "KEYFLAG": "X", "DATATYPE": _kind(name)} for name in key)
    return Described(table, tuple(rows))


def _kind(name: str) -> str:
    return "CLNT" if name == "MANDT" else "CHAR"


def source(*columns: str, keys: tuple[ForeignKey, ...] = ()) -> TableSchema:
    return TableSchema("SAP", "X", tuple(Column(c, "CHAR(4)") for c in columns), foreign_keys=keys)


def test_a_currency_of_another_table_is_found_by_its_whole_key() -> None:
    header = described("BKPF", "MANDT", "BUKRS", "BELNR", "GJAHR")
    found = link(source("MANDT", "BUKRS", "BELNR", "GJAHR", "BUZEI"), "BKPF-WAERS", header)
    assert found is not None
    assert found.columns == found.key == ("BUKRS", "BELNR", "GJAHR")
    assert link(source("MANDT", "BUKRS", "BELNR"), "BKPF-WAERS", header) is None


def test_a_currency_of_another_table_is_found_by_the_one_column_that_it_checks() -> None:
    company = described("T001", "MANDT", "BUKRS")
    one = ForeignKey(("MANDT", "RBUKRS"), "SAP", "T001")
    found = link(source("RBUKRS", keys=(one,)), "T001-WAERS", company)
    assert found is not None
    assert (found.columns, found.key) == (("RBUKRS",), ("BUKRS",))
    two = ForeignKey(("MANDT", "SBUKRS"), "SAP", "T001")
    assert link(source("RBUKRS", "SBUKRS", keys=(one, two)), "T001-WAERS", company) is None


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


def test_amounts_of_another_tables_currency_need_its_row(sap: SapSystem) -> None:
    items = Table(
        "SAP",
        "ZITEM",
        (
            DeclaredColumn("MANDT", "CLNT(3)"),
            DeclaredColumn("BUKRS", "CHAR(4)", check_table="T001"),
            DeclaredColumn("DMBTR", "CURR(13,2)", reference="T001-WAERS"),
        ),
        ("MANDT", "BUKRS"),
    )
    amounts = pa.array([Decimal("1.00"), Decimal("2.00")], pa.decimal128(13, 2))
    companies = ["1000", "2000"]
    sap.database.load(items, pa.table({"MANDT": ["100"] * 2, "BUKRS": companies, "DMBTR": amounts}))
    with sap.resource().connector() as connector:
        query = TableQuery(connector.describe("SAP", "ZITEM"))
        rows = connector.scan(query).collect().sort("BUKRS")
        assert rows["DMBTR"].to_list() == [Decimal("1.000"), Decimal("200.000")]
        sap.write("ZITEM", "UPDATE {} SET BUKRS = '9999' WHERE BUKRS = '2000'")
        with pytest.raises(ValueDoesNotFit, match=r"sap: SAP\.ZITEM: .* no row in T001-WAERS"):
            connector.scan(query).collect()
