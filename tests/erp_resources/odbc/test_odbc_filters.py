"""What no driver can send in a filter is refused alike, whatever database is behind ODBC."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.reader import OdbcConnector
from erp_resources.odbc.standard import StandardDialect
from tests.erp_resources.subjects import SUBJECTS, TABLE, Subject, postgresql


@contextmanager
def standard() -> Iterator[Subject]:
    """PostgreSQL, read as a product without a dialect."""
    with postgresql() as subject:
        assert isinstance(subject.connector, OdbcConnector)
        yield replace(subject, connector=replace(subject.connector, dialect=StandardDialect()))


FREETDS = "sqlserver by FreeTDS"
BEHIND_ODBC: dict[str, Callable[[], AbstractContextManager[Subject]]] = {
    **{name: SUBJECTS[name] for name in ("postgresql", "sqlite", "sqlserver", FREETDS)},
    "standard": standard,
}


@pytest.fixture(scope="module", params=BEHIND_ODBC)
def shared(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each database in its turn."""
    with BEHIND_ODBC[request.param]() as subject:
        yield subject


def connector_of(subject: Subject) -> OdbcConnector:
    assert isinstance(subject.connector, OdbcConnector)
    return subject.connector


def query(subject: Subject, *filters: Filter) -> TableQuery:
    source = subject.connector.describe(subject.schema, TABLE)
    return TableQuery(source, ("ORDER_ID",), filters)


@pytest.mark.parametrize("value", ["a\0b", "\0", "half \ud83d", "\ude00"])
@pytest.mark.parametrize("operator", ["=", "in"])
def test_a_text_that_odbc_cannot_send_is_refused(
    shared: Subject, operator: Any, value: str
) -> None:
    wanted = Filter("NOTE", operator, [value] if operator == "in" else value)
    with pytest.raises(InvalidQuery, match=r"filter on 'NOTE': .* holds a NUL or half a character"):
        shared.connector.scan(query(shared, wanted))


def test_as_many_values_are_taken_as_server_and_driver_take(shared: Subject) -> None:
    most = connector_of(shared).dialect.most_parameters
    first, second = range(1, most), [most]
    wanted = query(shared, Filter("ORDER_ID", "in", list(first)), Filter("ORDER_ID", "<", *second))
    frame = shared.connector.scan(wanted).collect()
    assert sorted(frame["ORDER_ID"]) == [1, 2, 3]
    assert shared.connector.control_totals(wanted).rows == 3


def test_one_value_more_is_refused_with_the_limit(shared: Subject) -> None:
    dialect = connector_of(shared).dialect
    most = dialect.most_parameters
    too_many = Filter("ORDER_ID", "in", list(range(most))), Filter("ORDER_ID", "<", most)
    said = rf"ORDERS: the filters hold {most + 1} values and {dialect.name} takes {most} at most"
    with pytest.raises(InvalidQuery, match=said) as raised:
        shared.connector.scan(query(shared, *too_many))
    assert str(raised.value).startswith(f"{shared.connector.system}: ")
    with pytest.raises(InvalidQuery, match=said):
        shared.connector.control_totals(query(shared, *too_many))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("half \ud83d", "holds a character that ODBC cannot send"),
        ("a\0b", "is not a name that .* allows"),
        ("東京\0", "is not a name that .* allows"),
    ],
)
def test_a_name_that_no_database_has_is_refused(shared: Subject, name: str, said: str) -> None:
    source = replace(shared.connector.describe(shared.schema, TABLE), table=name)
    with pytest.raises(InvalidQuery, match=said):
        shared.connector.scan(TableQuery(source))
