"""Filters as the OPTIONS lines of RFC_READ_TABLE: what they say, how they are packed, what not."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.connector import Column, Filter, Operator, Scalar, TableQuery, TableSchema
from erp_resources.errors import InvalidQuery
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.where import compiled
from erp_resources.sap.types import Policies
from erp_resources.sap.where import LINE, condition, literal, packed

ORDERS = TableSchema(
    "SAP",
    "VBAK",
    (
        Column("MANDT", "CLNT(3)"),
        Column("VBELN", "CHAR(10)"),
        Column("POSNR", "NUMC(6)"),
        Column("ERDAT", "DATS"),
        Column("ERZET", "TIMS"),
        Column("NETWR", "CURR(15,2)", scale=3, reference="VBAK-WAERK"),
        Column("KWMENG", "QUAN(15,3)"),
        Column("COUNT", "INT4"),
        Column("GUID", "RAW(4)"),
        Column("NOTE", "STRING"),
    ),
    ("MANDT", "VBELN"),
)


def where(
    field: str,
    operator: Operator,
    value: Scalar | list[Scalar] | None = None,
    policies: Policies = Policies(),  # noqa: B008 - frozen
) -> str:
    filters = (Filter(field, operator, value),)
    return " ".join(condition(TableQuery(ORDERS, filters=filters), policies))


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("VBELN", "=", "0000000001", "VBELN = '0000000001'"),
        ("VBELN", "<>", "O'Brien", "VBELN <> 'O''Brien'"),
        ("VBELN", "=", "' OR 1 = 1", "VBELN = ''' OR 1 = 1'"),
        ("VBELN", "=", "", "VBELN = ' '"),
        ("VBELN", "in", ["1", "2"], "( VBELN = '1' ) OR ( VBELN = '2' )"),
        ("VBELN", "in", ["1"], "VBELN = '1'"),
        ("POSNR", ">=", 10, "POSNR >= '000010'"),
        ("POSNR", ">=", "10", "POSNR >= '000010'"),
        ("ERDAT", ">", date(2024, 2, 29), "ERDAT > '20240229'"),
        ("ERDAT", ">=", datetime(2024, 2, 29), "ERDAT >= '20240229'"),
        ("ERDAT", "=", "2024-02-29", "ERDAT = '20240229'"),
        ("ERDAT", "=", "20240229", "ERDAT = '20240229'"),
        ("ERDAT", "<", date(2024, 1, 1), "( ERDAT < '20240101' ) AND ( ERDAT > '00000000' )"),
        ("ERDAT", "is null", None, "( ERDAT = '00000000' ) OR ( ERDAT = ' ' )"),
        ("ERDAT", "is not null", None, "ERDAT > '00000000'"),
        ("ERZET", "<", "12:30:00", "ERZET < '123000'"),
        ("KWMENG", "<", Decimal("-1.5"), "KWMENG < '-1.500'"),
        ("KWMENG", "<", 10**9, "KWMENG < '1000000000.000'"),
        ("NETWR", "<", 0, "NETWR < '0.00'"),
        ("COUNT", "=", 7, "COUNT = '7'"),
        ("GUID", "=", "00ab00cd", "GUID = '00AB00CD'"),
    ],
)
def test_a_filter_becomes_a_condition(
    field: str, operator: Operator, value: Scalar, expected: str
) -> None:
    assert where(field, operator, value) == expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "said"),
    [
        ("VBELN", "=", "12345678901", "longer than the field"),
        ("VBELN", "=", "a\nb", "control character"),
        ("VBELN", "=", "\ud800", "control character"),
        ("VBELN", "is null", None, "no null but in dates"),
        ("ERDAT", "=", "yesterday", "no value of a DATS"),
        ("ERDAT", "=", datetime(2024, 1, 1, 12), "no value of a DATS"),
        ("ERZET", "=", "noon", "no value of a TIMS"),
        ("KWMENG", "=", Decimal("0.0001"), "no value of a QUAN"),
        ("KWMENG", "=", "NaN", "no value of a QUAN"),
        ("KWMENG", "=", "Infinity", "no value of a QUAN"),
        ("COUNT", "=", Decimal("1.5"), "no value of a INT4"),
        ("COUNT", "=", "x", "no value of a INT4"),
        ("GUID", "=", "xyz", "no value of a RAW"),
        ("NETWR", ">", 100, "only comparisons with 0"),
        ("NOTE", "=", "x", "cannot be compared"),
        ("NOPE", "=", "x", "has no column"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    field: str, operator: Operator, value: Scalar, said: str
) -> None:
    with pytest.raises(InvalidQuery, match=said):
        where(field, operator, value)


def test_amounts_as_stored_can_be_compared() -> None:
    assert where("NETWR", ">", 100, Policies(amounts="stored")) == "NETWR > '100.00'"


def test_dates_as_text_are_compared_as_text() -> None:
    assert where("ERDAT", "<", "20240101", Policies(dates="text")) == "ERDAT < '20240101'"


def test_several_filters_are_joined_by_and() -> None:
    filters = (Filter("VBELN", "=", "1"), Filter("COUNT", "in", [1, 2]))
    tokens = condition(TableQuery(ORDERS, filters=filters), Policies())
    assert " ".join(tokens) == ("( VBELN = '1' ) AND ( ( COUNT = '1' ) OR ( COUNT = '2' ) )")


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30), max_size=20))
def test_lines_are_short_and_no_token_is_cut(texts: list[str]) -> None:
    tokens = [literal(text) for text in texts]
    lines = packed(tokens)
    assert all(len(line) <= LINE for line in lines)
    assert " ".join(lines) == " ".join(tokens)


def test_a_literal_that_fills_a_line_is_the_longest() -> None:
    assert packed([literal("x" * 70)]) == ["'" + "x" * 70 + "'"]
    with pytest.raises(InvalidQuery, match="more than 72 characters"):
        packed([literal("x" * 71)])
    with pytest.raises(InvalidQuery, match="more than 72 characters"):
        packed([literal("'" * 36)])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5))
def test_no_text_breaks_out_of_its_literal(text: str) -> None:
    lines = packed(condition(TableQuery(ORDERS, filters=(Filter("VBELN", "=", text),)), Policies()))
    found = compiled(lines, {"VBELN": DataType.of("CHAR(10)")})
    assert found.values == {"v0": text.rstrip(" ")}


def test_characters_beyond_the_basic_plane_take_two_places_of_a_line() -> None:
    assert len(packed(["A", "=", literal("\U0001f600" * 33)])) == 1
    assert len(packed(["A", "=", literal("\U0001f600" * 34)])) == 2
    with pytest.raises(InvalidQuery, match="72 characters"):
        packed([literal("\U0001f600" * 36)])
