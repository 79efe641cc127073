"""The words of the connector protocol, before any source is asked."""

from typing import Any

import pytest

from erp_resources.connector import OPERATORS, Filter
from erp_resources.errors import InvalidQuery


@pytest.mark.parametrize("operator", ["like", "==", "IN", "", "= 1 OR 1 =", None])
def test_an_operator_that_there_is_not_never_reaches_a_statement(operator: Any) -> None:
    with pytest.raises(InvalidQuery, match=r"filter on 'x': there is no operator .*is not null"):
        Filter("x", operator, 1)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_that_there_is_makes_a_filter_with_its_values(operator: Any) -> None:
    value: Any = {"in": [1, 2], "is null": None, "is not null": None}.get(operator, 1)
    values = {"in": (1, 2), "is null": (), "is not null": ()}.get(operator, (1,))
    assert Filter("x", operator, value).values == values


@pytest.mark.parametrize(
    ("operator", "value", "fault"),
    [
        ("in", "AB", "`in` takes a list of values"),
        ("in", b"AB", "`in` takes a list of values"),
        ("in", 1, "`in` takes a list of values"),
        ("in", None, "`in` takes a list of values"),
        ("in", [], "a value is missing"),
        ("in", [1, None], "a value is missing; use `is null`"),
        ("=", None, "a value is missing; use `is null`"),
        ("<", [1], "`<` takes one value"),
        ("is null", 1, "`is null` takes no value"),
        ("is not null", [], "`is not null` takes no value"),
    ],
)
def test_a_value_that_the_operator_cannot_be_right_with_is_refused(
    operator: Any, value: Any, fault: str
) -> None:
    with pytest.raises(InvalidQuery, match=f"filter on 'x': {fault}"):
        Filter("x", operator, value)
