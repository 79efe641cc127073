"""Pages by key: every row once, however rows come, in as few and as small calls as may be."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp_resources.connector import Column as SourceColumn
from erp_resources.connector import TableQuery
from erp_resources.errors import InvalidQuery, ValueDoesNotFit
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sap.fields import character_field
from erp_resources.sap.paging import KeyRange, Page, Pager
from erp_resources.sap.types import Policies, fetched
from tests.erp_resources.sap.systems import running

KEY = [character_field("A", 2), character_field("B", 2)]
Row = tuple[str, str]


def test_a_range_of_the_key_is_a_condition() -> None:
    found = KeyRange(("1", "2"), ("3", "4")).tokens(["A", "B"])
    assert " ".join(found) == (
        "( ( A > '1' ) OR ( ( A = '1' ) AND ( B > '2' ) ) ) AND "
        "( ( A < '3' ) OR ( ( A = '3' ) AND ( B <= '4' ) ) )"
    )
    assert KeyRange().tokens(["A", "B"]) == []
    assert KeyRange(("1",), None, is_closed=True).tokens(["A"]) == ["A", ">=", "'1'"]


class Source:
    """Rows of a table, and how a system hands them out."""

    def __init__(self, rows: set[Row], order: Callable[[list[Row]], list[Row]]) -> None:
        self.rows = rows
        self.order = order
        self.calls: list[int] = []

    def fetch(self, size: int, keys: KeyRange) -> Page:
        within = [row for row in self.rows if self._is_within(row, keys)]
        found = self.order(within)[:size]
        self.calls.append(len(found))
        columns = [pa.array([row[place] for row in found], pa.string()) for place in range(2)]
        return Page(pa.table(columns, ["A", "B"]), KEY, size)

    @staticmethod
    def _is_within(row: Row, keys: KeyRange) -> bool:
        after = keys.after is None or row > keys.after
        return after and (keys.upto is None or row <= keys.upto)


def read(source: Source, size: int, *, is_sorted: bool, trusts: bool = False) -> list[Row]:
    fetch = partial(source.fetch, size)
    pager = Pager(fetch, size, is_sorted, trusts, expected=len(source.rows))
    return [row for page in pager.pages() for row in zip(*page.to_pydict().values(), strict=True)]


def shuffled(rows: list[Row]) -> list[Row]:
    return random.sample(sorted(rows), len(rows))


KEYS = st.sets(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("0123456789")))


@settings(deadline=None)
@given(KEYS, st.integers(2, 30))
def test_sorted_pages_have_each_row_once_and_no_call_is_wasted(rows: set[Row], size: int) -> None:
    source = Source(rows, sorted)
    assert read(source, size, is_sorted=True) == sorted(rows)
    assert len(source.calls) == len(rows) // size + 1


@settings(deadline=None)
@given(KEYS, st.integers(2, 30), st.booleans())
def test_pages_in_any_order_have_each_row_once(rows: set[Row], size: int, trusts: bool) -> None:
    source = Source(rows, shuffled)
    found = read(source, size, is_sorted=False, trusts=trusts and len(rows) < size)
    assert sorted(found) == sorted(rows)
    assert max(source.calls) <= size


def test_ascending_pages_are_trusted_only_where_the_count_is_compared() -> None:
    rows = {(a, b) for a in "abcdefghij" for b in "0123456789"}
    trusted, other = Source(rows, sorted), Source(rows, sorted)
    read(trusted, 10, is_sorted=False, trusts=True)
    assert sorted(read(other, 10, is_sorted=False)) == sorted(rows)
    assert len(trusted.calls) == 11 < len(other.calls)


def test_a_key_that_does_not_tell_rows_apart_is_refused() -> None:
    page = Page(pa.table({"A": ["1"] * 5, "B": ["1"] * 5}), KEY, 5)
    pager = Pager(lambda _: page, size=5, is_sorted=False, trusts_order=False)
    with pytest.raises(InvalidQuery, match="does not tell the rows apart"):
        list(pager.pages())


def test_a_function_that_does_not_go_on_behind_the_last_key_is_not_read_for_ever() -> None:
    page = Page(pa.table({"A": ["1", "2"], "B": ["1", "1"]}), KEY, 2)
    pages = Pager(lambda _: page, size=2, is_sorted=True, trusts_order=False).pages()
    assert next(pages) is page.rows
    with pytest.raises(InvalidQuery, match="does not go on behind it"):
        next(pages)


DAYS = ["00000000", "20230228", "20230231", "99991231"]


@pytest.fixture
def dated() -> Iterator[Database]:
    """A table with dates in its key, some of which are none."""
    database = days(*DAYS)
    yield database
    database.close()


def test_dates_of_a_key_that_land_as_text_are_paged_as_they_are_stored(dated: Database) -> None:
    with running(dated) as system:
        with system.resource(page_rows=3, dates="text").connector() as connector:
            rows = connector.scan(TableQuery(connector.describe("SAP", "ZDAYS"))).collect()
        assert sorted(rows.rows()) == [(day, f"{n:02d}") for day in DAYS for n in range(7)]


def test_a_date_of_a_key_that_is_none_stops_the_read_otherwise(dated: Database) -> None:
    with running(dated) as system, system.resource(dates="null").connector() as connector:
        rows = connector.scan(TableQuery(connector.describe("SAP", "ZDAYS")))
        with pytest.raises(ValueDoesNotFit, match="20230231"):
            rows.collect()


TYPED_ROWS = Installation("TPG", typed_tables=frozenset({"ZDAYS", "ZITEMS"}))


def days(*dates: str) -> Database:
    """A table with those dates in its key, seven rows each."""
    table = Table("SAP", "ZDAYS", (Column("DAY", "DATS"), Column("ID", "NUMC(2)")), ("DAY", "ID"))
    rows = [(day, f"{number:02d}") for day in dates for number in range(7)]
    database = Database()
    database.load(table, pa.table(dict(zip(("DAY", "ID"), zip(*rows, strict=True), strict=True))))
    return database


@pytest.mark.parametrize("installation", [Installation(), TYPED_ROWS], ids=["sorted", "typed"])
@pytest.mark.parametrize("page_rows", [3, 100])
def test_a_key_with_blank_dates_is_refused_before_a_page_could_begin_at_one(
    installation: Installation, page_rows: int
) -> None:
    with (
        running(days(" " * 8, "00000000", "20240101"), installation) as system,
        system.resource(page_rows=page_rows).connector() as connector,
    ):
        rows = connector.scan(TableQuery(connector.describe("SAP", "ZDAYS")))
        if page_rows == 100:
            assert rows.collect().height == 21
            assert rows.head(8).collect().height == 8, "no page follows these"
        else:
            with pytest.raises(ValueDoesNotFit, match=r"ZDAYS\.DAY .* blank .* read dates as text"):
                rows.collect()


@pytest.mark.parametrize("installation", [Installation(), TYPED_ROWS], ids=["sorted", "typed"])
def test_pages_go_on_behind_dates_of_zeros(installation: Installation) -> None:
    with (
        running(days("00000000", "20240101"), installation) as system,
        system.resource(page_rows=3).connector() as connector,
    ):
        rows = connector.scan(TableQuery(connector.describe("SAP", "ZDAYS"))).collect()
    assert rows.unique().height == rows.height == 14


@pytest.fixture(params=["the client in the middle", "no client"])
def items(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Rows whose key has the client behind another field, or none and initial values."""
    columns = [Column("NUMBER", "INT4")]
    rows: dict[str, object] = {"NUMBER": pa.array(range(-7, 11), pa.int32())}
    if request.param == "the client in the middle":
        columns.append(Column("CLIENT", "CLNT(3)"))
        rows = {
            "NUMBER": pa.array([n for n in range(-7, 11) for _ in range(3)], pa.int32()),
            "CLIENT": ["000", "100", "200"] * 18,
        }
    database = Database()
    key = tuple(column.name for column in columns)
    database.load(Table("SAP", "ZITEMS", tuple(columns), key), pa.table(rows))
    yield database
    database.close()


@pytest.mark.parametrize("installation", [Installation(), TYPED_ROWS], ids=["sorted", "typed"])
def test_keys_with_initial_values_or_foreign_clients_are_paged(
    items: Database, installation: Installation
) -> None:
    with (
        running(items, installation) as system,
        system.resource(page_rows=2).connector() as connector,
    ):
        schema = connector.describe("SAP", "ZITEMS")
        rows = connector.scan(TableQuery(schema)).collect()
    assert rows.unique().height == rows.height == schema.rows


def test_texts_are_in_the_order_of_their_utf_16_units() -> None:
    page = Page(pa.table({"A": ["a", "\U0001f600", "\uff10"], "B": ["1"] * 3}, SCHEMA), KEY)
    assert page.is_ascending()
    assert page.span() == KeyRange(("a", "1"), ("\uff10", "1"), is_closed=True)


SCHEMA = pa.schema({"A": pa.string_view(), "B": pa.string_view()})


def test_a_small_number_is_written_without_an_exponent() -> None:
    number = fetched(SourceColumn("K", "DEC(21,7)"), Policies())
    page = Page(pa.table({"K": pa.array([Decimal("0E-7")], pa.decimal128(21, 7))}), [number])
    assert page.bound(0) == ("0.0000000",)


def test_a_table_of_many_pages_in_any_order_is_read() -> None:
    rows = {(f"{number // 100:02d}", f"{number % 100:02d}") for number in range(3000)}
    assert sorted(read(Source(rows, sorted), 2, is_sorted=False)) == sorted(rows)


def test_a_system_that_compares_keys_in_another_order_is_not_read_for_ever() -> None:
    pages = [pa.table({"A": list(keys), "B": ["1", "1"]}) for keys in ("ab", "cd", "ef")]
    calls = iter(range(10_000))
    pager = Pager(
        lambda _: Page(pages[next(calls) % 3], KEY, 2), size=2, is_sorted=False, trusts_order=False
    )
    with pytest.raises(InvalidQuery, match="another order"):
        list(pager.pages())
