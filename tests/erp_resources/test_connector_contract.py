"""What every connector promises, whatever system it reads. A new system only joins ``SUBJECTS``."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import (
    AccessDenied,
    ErpError,
    InvalidQuery,
    TableNotFound,
    TransientError,
    ValueDoesNotFit,
)
from tests.erp_resources.subjects import (
    COMMENT,
    EXPECTED,
    FORBIDDEN,
    KEYS,
    NOTE_COMMENT,
    SUBJECTS,
    TABLE,
    Subject,
)


@pytest.fixture(scope="module", params=SUBJECTS)
def shared(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """One source for the tests that only read."""
    with SUBJECTS[request.param]() as subject:
        yield subject


@pytest.fixture(params=SUBJECTS)
def own(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A source of its own, for a test that changes it or breaks it."""
    with SUBJECTS[request.param]() as subject:
        yield subject


def query(subject: Subject, *columns: str, filters: tuple[Filter, ...] = ()) -> TableQuery:
    return TableQuery(subject.connector.describe(subject.schema, TABLE), columns, filters)


def scan(subject: Subject, *columns: str, filters: tuple[Filter, ...] = ()) -> pl.DataFrame:
    return (
        subject.connector.scan(query(subject, *columns, filters=filters)).collect().sort("ORDER_ID")
    )


def test_values_and_types_arrive_exactly(shared: Subject) -> None:
    assert_frame_equal(scan(shared), shared.expected)


def test_the_schema_is_known_before_anything_is_read(shared: Subject) -> None:
    assert shared.connector.scan(query(shared)).collect_schema() == shared.expected.schema


def test_only_the_columns_asked_for_are_read_in_their_order(shared: Subject) -> None:
    assert_frame_equal(scan(shared, "NOTE", "ORDER_ID"), shared.expected.select("NOTE", "ORDER_ID"))


def test_polars_projection_filter_and_limit_give_what_polars_would_give(shared: Subject) -> None:
    frame = shared.connector.scan(query(shared))
    lazily = frame.filter(pl.col("AMOUNT") < 0).select("NOTE", "ORDER_ID").collect()
    expected = shared.expected.filter(pl.col("AMOUNT") < 0).select("NOTE", "ORDER_ID")
    assert_frame_equal(lazily, expected)
    assert frame.head(2).collect().height == 2
    assert frame.filter(pl.col("ORDER_ID") > 1).head(1).collect()["ORDER_ID"].item() > 1
    assert frame.select(pl.len()).collect().item() == EXPECTED.height


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (Filter("ORDER_ID", "=", 2), [2]),
        (Filter("ORDER_ID", "<>", 2), [1, 3]),
        (Filter("ORDER_ID", "in", [1, 3, 99]), [1, 3]),
        (Filter("AMOUNT", ">=", Decimal("-0.05")), [1, 2]),
        (Filter("AMOUNT", "is null"), [3]),
        (Filter("NOTE", "is not null"), [1, 3]),
        (Filter("ORDERED_ON", "is null"), [3]),
        (Filter("ORDERED_ON", "is not null"), [1, 2]),
        (Filter("NOTE", "=", "x' OR '1'='1"), []),
        (Filter("ORDERED_ON", "<", datetime(2024, 2, 29)), [2]),
    ],
)
def test_a_filter_reads_the_rows_that_meet_it(
    shared: Subject, condition: Filter, ids: list[int]
) -> None:
    if not shared.has_nulls and "null" in condition.operator and condition.field != "ORDERED_ON":
        with pytest.raises(InvalidQuery, match="initial value"):
            scan(shared, filters=(condition,))
        return
    assert scan(shared, "ORDER_ID", filters=(condition,))["ORDER_ID"].to_list() == ids
    totals = shared.connector.control_totals(query(shared, filters=(condition,)))
    assert totals.rows == len(ids)


def test_the_dictionary_tells_keys_comments_and_sizes(shared: Subject) -> None:
    table = shared.connector.describe(shared.schema, TABLE)
    assert table.primary_key == tuple(KEYS)
    assert table.comment == (COMMENT if shared.has_comments else "")
    assert table.column("NOTE").comment == (NOTE_COMMENT if shared.has_comments else "")
    assert not table.column("ORDER_ID").nullable
    assert table.rows == EXPECTED.height


def test_tables_are_listed_without_those_that_may_not_be_read(shared: Subject) -> None:
    tables = shared.connector.list_tables(shared.schema)
    assert TABLE in tables
    assert (FORBIDDEN in tables) == shared.lists_forbidden


@pytest.mark.parametrize("table", ["NO_SUCH_TABLE", FORBIDDEN, 'a"; DROP TABLE ORDERS; --'])
def test_a_table_that_is_not_there_or_forbidden_is_a_permanent_error_that_names_it(
    shared: Subject, table: str
) -> None:
    with pytest.raises((TableNotFound, AccessDenied)) as raised:
        shared.connector.describe(shared.schema, table)
    assert table in str(raised.value)
    assert shared.connector.system in str(raised.value)


@pytest.mark.parametrize("bad", [("NOPE",), ("ORDER_ID", 'x" FROM dual --')])
def test_a_column_that_is_not_there_is_refused(shared: Subject, bad: tuple[str, ...]) -> None:
    with pytest.raises(InvalidQuery, match="has no column"):
        shared.connector.scan(query(shared, *bad))


def test_a_column_that_is_chosen_twice_is_refused(shared: Subject) -> None:
    with pytest.raises(InvalidQuery, match=r"ORDERS: 2 columns would land as 'NOTE'") as raised:
        shared.connector.scan(query(shared, "NOTE", "ORDER_ID", "NOTE"))
    assert str(raised.value).startswith(f"{shared.connector.system}: ")


def test_a_filter_on_a_column_that_is_not_there_is_refused(shared: Subject) -> None:
    with pytest.raises(InvalidQuery, match="has no column"):
        scan(shared, filters=(Filter("1=1 OR ORDER_ID", "=", 1),))


def test_control_totals_are_the_sources_own(shared: Subject) -> None:
    totals = shared.connector.control_totals(query(shared), sums=["AMOUNT", "RATE"])
    assert totals.rows == EXPECTED.height
    expected = shared.expected
    assert totals.sums == {"AMOUNT": expected["AMOUNT"].sum(), "RATE": expected["RATE"].sum()}


def test_ping_and_execute_answer(shared: Subject) -> None:
    shared.connector.connect()
    assert 0 < shared.connector.ping() < 20


def test_reads_at_one_point_do_not_see_later_changes(own: Subject) -> None:
    orders = query(own)
    with own.connector.read_point() as point:
        assert point.is_moment == own.has_moments
        if not own.has_moments:
            pytest.skip("this product holds no moment for several reads")
        assert own.connector.control_totals(orders, point).rows == 3
        own.write(f"""DELETE FROM {own.table} WHERE "ORDER_ID" = 1""")
        own.write(f"""UPDATE {own.table} SET "NOTE" = 'changed' WHERE "ORDER_ID" = 2""")
        before = own.connector.scan(orders, point).collect().sort("ORDER_ID")
        assert_frame_equal(before, own.expected)
        assert own.connector.control_totals(orders, point).rows == 3
    assert scan(own)["NOTE"].to_list() == ["changed", "tab\there"]


def test_a_value_with_more_decimals_than_known_stops_the_read_and_is_named(own: Subject) -> None:
    if own.decimals == "refused":
        pytest.skip("this product holds no value with more decimals than declared")
    orders = query(own)
    own.write(f"""UPDATE {own.table} SET "RATE" = 0.123456789 WHERE "ORDER_ID" = 2""")
    with pytest.raises(ValueDoesNotFit) as raised:
        own.connector.scan(orders).collect()
    for part in (f"{own.schema}.{TABLE}.RATE", "0.123456789", "ORDER_ID", "2"):
        assert part in str(raised.value)
    if own.decimals == "found":
        assert scan(own)["RATE"].to_list()[1] == Decimal("0.123456789")


@pytest.mark.parametrize(
    "change",
    [
        'DELETE FROM {} WHERE "ORDER_ID" = 1',
        """UPDATE {} SET "NOTE" = 'x' WHERE "ORDER_ID" = 1""",
        'INSERT INTO {} ("ORDER_ID") VALUES (4)',
    ],
)
def test_the_change_mark_moves_with_the_table_and_only_then(own: Subject, change: str) -> None:
    if not own.has_marks:
        with pytest.raises(InvalidQuery, match="by schedule"):
            own.connector.change_mark(query(own))
        return
    before = own.connector.change_mark(query(own))
    assert own.connector.change_mark(query(own)) == before
    own.write(change.format(own.table))
    assert own.connector.change_mark(query(own)) != before


def test_a_connection_that_dies_in_mid_fetch_is_a_transient_error_and_the_next_read_works(
    own: Subject,
) -> None:
    if own.drop is None:
        pytest.skip("there is no connection that could die")
    frame = own.connector.scan(query(own))
    own.drop()
    with pytest.raises(TransientError) as raised:
        frame.collect()
    assert raised.value.__cause__ is not None
    assert not isinstance(raised.value.__cause__, ErpError), "the driver's own error is kept"
    assert frame.collect().height == EXPECTED.height


def test_a_reading_account_gives_no_cause_for_warnings(shared: Subject) -> None:
    assert not [text for text in shared.connector.examine() if text.startswith("warning")]


def test_secrets_show_in_no_repr(shared: Subject) -> None:
    assert "s3cret" not in repr(shared.connector)
