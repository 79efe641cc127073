"""Wide tables in groups of columns, joined again by the key; groups that do not agree are torn."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.connector import REFUSED_COLUMN
from erp_resources.errors import UnsupportedType
from erp_resources.sap.fields import character_field
from erp_resources.sap.groups import Torn, grouped, rejoined

KEY = [character_field("MANDT", 3), character_field("VBELN", 10)]


def test_what_fits_a_line_is_one_group_with_the_key_in_front() -> None:
    columns = [character_field("A", 100), KEY[1], character_field("B", 399)]
    (group,) = grouped(columns, KEY, 512)
    assert [each.name for each in group] == ["MANDT", "VBELN", "A", "B"]


def test_each_of_several_groups_carries_the_key() -> None:
    columns = [*KEY, *(character_field(f"C{place}", 200) for place in range(5))]
    groups = grouped(columns, KEY, 512)
    assert [[each.name for each in group] for group in groups] == [
        ["MANDT", "VBELN", "C0", "C1"],
        ["MANDT", "VBELN", "C2", "C3"],
        ["MANDT", "VBELN", "C4"],
    ]


@given(st.lists(st.integers(1, 499), min_size=1, max_size=60))
def test_no_group_is_wider_than_a_line_and_no_column_is_lost(widths: list[int]) -> None:
    columns = [character_field(f"C{place}", width) for place, width in enumerate(widths)]
    groups = grouped(columns, KEY, 512)
    assert all(sum(each.type.width for each in group) <= 512 for group in groups)
    assert [each for group in groups for each in group if each not in KEY] == columns


def test_a_column_that_does_not_fit_beside_the_key_is_named() -> None:
    with pytest.raises(UnsupportedType, match=r"'LONG' of 500 characters.*line of 512"):
        grouped([*KEY, character_field("LONG", 500)], KEY, 512)


def table(**columns: list[str]) -> pa.Table:
    return pa.table({name: pa.array(each, pa.string()) for name, each in columns.items()})


def test_groups_are_joined_by_key_whatever_their_order() -> None:
    one = table(K=["1", "2", "3"], A=["a", "b", "c"])
    other = table(K=["3", "1", "2"], B=["z", "x", "y"])
    joined = rejoined([one, other], ["K"])
    assert joined.to_pydict() == {"K": ["1", "2", "3"], "A": ["a", "b", "c"], "B": ["x", "y", "z"]}


@pytest.mark.parametrize(
    "other",
    [
        table(K=["1"], W=["20240101"], B=["x"]),
        table(K=["1", "3"], W=["20240101", "20240101"], B=["x", "y"]),
        table(K=["1", "2"], W=["20240101", "20240102"], B=["x", "y"]),
    ],
    ids=["a row is gone", "a row is another", "a row was changed"],
)
def test_groups_that_do_not_agree_are_torn(other: pa.Table) -> None:
    one = table(K=["1", "2"], W=["20240101", "20240101"], A=["a", "b"])
    with pytest.raises(Torn):
        rejoined([one, other], ["K", "W"])


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ([None, '{"A": "*"}'], [None, '{"B": "-"}'], [None, '{"A": "*", "B": "-"}']),
        ([None, '{"A": "*"}'], [None, None], [None, '{"A": "*"}']),
        ([None, None], ['{"B": "-"}', None], ['{"B": "-"}', None]),
        ([None, None], [None, None], [None, None]),
    ],
)
def test_refused_cells_of_groups_are_joined_with_their_rows(
    first: list[str | None], second: list[str | None], joined: list[str | None]
) -> None:
    def noted(texts: list[str | None]) -> pa.Array:
        return pa.array(texts, pa.string())

    one = table(K=["1", "2"], A=["a", "b"]).append_column(REFUSED_COLUMN, noted(first))
    other = table(K=["2", "1"], B=["y", "x"]).append_column(REFUSED_COLUMN, noted(second[::-1]))
    assert rejoined([one, other], ["K"])[REFUSED_COLUMN].to_pylist() == joined


@pytest.mark.parametrize("text", [None, '{"W": "20240230"}'])
def test_groups_that_do_not_agree_on_a_refused_cell_are_torn(text: str | None) -> None:
    one = table(K=["1"], W=[""], A=["a"]).append_column(
        REFUSED_COLUMN, pa.array(['{"W": "20240231"}'])
    )
    other = table(K=["1"], W=[""], B=["b"])
    other = other.append_column(REFUSED_COLUMN, pa.array([text], pa.string()))
    with pytest.raises(Torn):
        rejoined([one, other], ["K", "W"])
