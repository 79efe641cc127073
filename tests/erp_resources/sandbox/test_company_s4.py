"""The rows of the sandbox's headquarters: as declared, stored as SAP stores them."""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from erp_resources.sandbox.company import masters, s4
from erp_resources.sandbox.company.s4.values import arrow_type, parsed
from tests.erp_resources.sandbox.s4_frames import (
    DAYS,
    after,
    declarations,
    everything,
    frame,
    generated,
    tables,
)

NAMES = [table.name for table in s4.tables()]
CUSTOMIZING = {"T001", "T001K", "USR02", "SKA1", "SKAT", "TCURR", "TCURX", "T006", "T003", "T023T"}


each_day = pytest.mark.usefixtures("days")
"""What holds of the generated rows and after business days, too."""


@pytest.fixture(params=DAYS, ids=lambda days: f"after_{days}_days")
def days(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many business days were posted since the rows were generated."""
    with after(request.param):
        yield request.param


@pytest.fixture(scope="module")
def twice() -> dict[str, pa.Table]:
    return {table.name: rows for table, rows in s4.generate(scale=2)}


def column_cases(*types: str) -> list[tuple[str, str]]:
    """Table and column of every column of some types."""
    return [
        (table.name, column.name)
        for table in s4.tables()
        for column in table.columns
        if parsed(column.type)[0] in types
    ]


def test_rows_grow_in_proportion_to_the_scale(twice: dict[str, pa.Table]) -> None:
    for name in set(NAMES) - CUSTOMIZING - {"FAGLFLEXT"}:
        ratio = twice[name].num_rows / generated()[name].num_rows
        assert 1.85 < ratio < 2.15, f"{name}: {ratio:.3f}"
    assert 200_000 < sum(rows.num_rows for rows in generated().values()) < 300_000


def test_a_larger_company_begins_with_the_masters_of_a_smaller_one(
    twice: dict[str, pa.Table],
) -> None:
    shared = {
        "KNA1": ["KUNNR", "NAME1", "NAME2", "LAND1", "STCEG"],
        "LFA1": ["LIFNR", "NAME1", "NAME2", "LAND1", "STCEG"],
        "MARA": ["MATNR", "BISMT", "MTART", "MATKL", "MEINS"],
    }
    for name, fields in shared.items():
        few, many = frame(name).select(fields), pl.DataFrame(twice[name]).select(fields)
        assert many.head(few.height).equals(few), name


@each_day
@pytest.mark.parametrize("name", NAMES)
def test_columns_are_as_declared(name: str) -> None:
    table, rows = declarations()[name], tables()[name]
    rows.validate(full=True)
    assert rows.schema.names == [column.name for column in table.columns]
    assert set(table.texts) == {"E", "D"}
    for column in table.columns:
        values = rows[column.name]
        assert values.type == arrow_type(column.type), column.name
        assert values.null_count == 0, f"{column.name}: SAP knows no NULL"
        assert set(column.texts) == {"E", "D"}, column.name
        assert column.comment == column.texts["E"], column.name
        assert not column.nullable, column.name


@each_day
@pytest.mark.parametrize("name", NAMES)
def test_texts_fit_their_fields_and_keep_no_blanks_at_the_end(name: str) -> None:
    for column in declarations()[name].columns:
        values, (kind, length, _) = tables()[name][column.name], parsed(column.type)
        if values.type != pa.string():
            continue
        if kind in ("NUMC", "CLNT"):
            assert pc.all(pc.match_substring_regex(values, f"^[0-9]{{{length}}}$")).as_py()
        elif kind not in ("DATS", "TIMS"):
            assert (pc.max(pc.utf8_length(values)).as_py() or 0) <= length, column.name
            assert not pc.any(pc.ends_with(values, " ")).as_py(), column.name


@each_day
@pytest.mark.parametrize(("table", "name"), column_cases("DATS"))
def test_dates_are_days_of_the_calendar_or_initial(table: str, name: str) -> None:
    dates = everything(table)[name].unique()
    dates = dates.filter(dates != "00000000")
    assert dates.str.to_date("%Y%m%d", strict=True).null_count() == 0


@pytest.mark.parametrize(("table", "name"), column_cases("CURR", "QUAN"))
def test_amounts_and_quantities_name_the_field_with_their_unit(table: str, name: str) -> None:
    column = next(c for c in declarations()[table].columns if c.name == name)
    owner, _, field = column.reference.partition("-")
    unit = next(c for c in declarations()[owner].columns if c.name == field)
    expected = "CUKY" if column.type.startswith("CURR") else "UNIT"
    assert parsed(unit.type)[0] == expected


@each_day
@pytest.mark.parametrize(("table", "name"), column_cases("CUKY", "UNIT"))
def test_currencies_and_units_are_known_ones(table: str, name: str) -> None:
    known = {*frame("T006")["MSEHI"], "EUR", "USD", "GBP", "JPY", "KWD", ""}
    if table != "TCURX":
        assert set(everything(table)[name]) <= known


@each_day
@pytest.mark.parametrize("name", NAMES)
def test_primary_keys_are_unique(name: str) -> None:
    table = declarations()[name]
    assert not everything(name).select(table.primary_key).is_duplicated().any()
    assert table.primary_key == tuple(c.name for c in table.columns[: len(table.primary_key)])


@each_day
@pytest.mark.parametrize("name", NAMES)
def test_foreign_keys_lead_somewhere_or_are_initial(name: str) -> None:
    for reference in declarations()[name].foreign_keys:
        target = declarations()[reference.table]
        last = reference.columns[-1]
        rows = frame(name).filter(~pl.col(last).str.contains("^0*$"))
        targets = frame(reference.table).select(target.primary_key)
        keys = rows.select(reference.columns).unique()
        lost = keys.join(
            targets, left_on=reference.columns, right_on=target.primary_key, how="anti"
        )
        # In a key of several fields any may be initial.
        assert lost.filter(pl.all_horizontal(pl.all() != "")).is_empty(), reference


@each_day
def test_another_client_repeats_keys_under_its_own_number() -> None:
    orders = everything("VBAK")
    test_orders = orders.filter(MANDT="200")
    assert 0 < test_orders.height < 20
    assert test_orders.join(frame("VBAK"), on="VBELN", how="anti").is_empty()
    items = everything("VBAP").filter(MANDT="200")
    assert items.join(test_orders, on=["MANDT", "VBELN"], how="anti").is_empty()
    assert set(everything("KNA1")["MANDT"]) == {"100", "200"}


def test_customers_vendors_and_materials_trace_back_to_the_shared_masters() -> None:
    customers, vendors = masters.customers(1200, 20260101), masters.suppliers(400, 20260101)
    assert frame("KNA1")["STCEG"].to_list() == customers.tax_id.to_pylist()
    assert frame("LFA1")["STCEG"].to_list() == vendors.tax_id.to_pylist()
    assert frame("MARA")["BISMT"].to_list() == masters.items(1800, 20260101).code.to_pylist()
    assert frame("KNA1")["KUNNR"][41] == f"{100_001 + 41:010}"
    assert frame("LFA1")["LIFNR"][41] == f"{300_001 + 41:010}"


@each_day
def test_numeric_keys_have_leading_zeros_and_others_do_not() -> None:
    numbers = frame("MARA")["MATNR"]
    numeric = numbers.filter(numbers.str.contains("^[0-9]+$"))
    assert set(numeric.str.len_chars()) == {18}
    assert set(numbers.filter(~numbers.is_in(numeric.to_list())).str.slice(0, 3)) == {"TR-"}


def test_long_names_are_split_at_35_characters() -> None:
    names = frame("KNA1").select("NAME1", "NAME2", "SORTL", "MCOD1")
    whole = masters.customers(1200, 20260101).name.to_pylist()
    split = names.filter(pl.col("NAME2") != "")
    assert split.height > 5
    joined = (pl.Series(whole).str.slice(0, 35).str.strip_chars_end(" ")).to_list()
    assert names["NAME1"].to_list() == joined
    assert "STRASSMANN" not in "".join(names["SORTL"]), "ABAP keeps the sharp s"


@each_day
def test_exchange_rates_carry_inverted_dates_and_ratios() -> None:
    rates = frame("TCURR").with_columns(
        day=(99_999_999 - pl.col("GDATU").cast(pl.Int64)).cast(pl.String).str.to_date("%Y%m%d")
    )
    assert str(rates["day"].min()) == "2024-01-01"
    yen = rates.filter(FCURR="JPY", TCURR="EUR", KURST="M")
    assert set(yen["FFACT"].cast(pl.Int64)) == {100}
    assert (rates.filter(KURST="EURX")["UKURS"] < 0).all()
    assert dict(frame("TCURX").rows())["KWD"] == 3


@each_day
def test_identifiers_of_the_document_flow_are_sixteen_bytes() -> None:
    assert set(frame("VBFA")["RUUID"].bin.size()) == {16}
    flow = frame("VBFA").select(pl.col("RFMNG").cast(pl.Float64), "RFMNG_FLO")
    assert (flow["RFMNG"] == flow["RFMNG_FLO"]).all()


@each_day
def test_no_user_has_a_password() -> None:
    assert set(frame("USR02")["BCODE"]) == {bytes(8)}
    assert set(frame("USR02")["PASSCODE"]) == {bytes(20)}


def test_texts_hold_delimiters_quotes_and_many_scripts() -> None:
    texts = pl.concat([frame("BSEG")["SGTXT"], frame("KNA1")["NAME1"], frame("MAKT")["MAKTX"]])
    for sign in ("|", '"', "'", "ß", "é", "ł", "株", "Π", "\t"):
        assert texts.str.contains(sign, literal=True).any(), repr(sign)
