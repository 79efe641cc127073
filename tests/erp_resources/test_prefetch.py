"""Reading ahead in a thread changes nothing but the time it takes."""

import threading
import time
from collections.abc import Iterator

import pytest

from erp_resources.prefetch import is_wanted, merged, prefetched
from tests.erp_resources.pool_source import eventually


def numbers(count: int, seen: list[int]) -> Iterator[int]:
    for number in range(count):
        seen.append(number)
        yield number


def test_all_items_arrive_in_order() -> None:
    assert list(prefetched(numbers(100, []), ahead=3, name="t")) == list(range(100))


def test_no_more_than_the_allowed_items_are_read_ahead() -> None:
    seen: list[int] = []
    items = prefetched(numbers(100, seen), ahead=3, name="t")
    assert next(items) == 0
    assert eventually(lambda: len(seen) >= 2)
    time.sleep(0.2)
    assert len(seen) <= 5
    items.close()  # type: ignore[attr-defined]


def test_an_error_arrives_itself_after_the_items_before_it() -> None:
    error = ValueError("broken")

    def failing() -> Iterator[int]:
        yield 1
        raise error

    items = prefetched(failing(), ahead=2, name="t")
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken") as raised:
        next(items)
    assert raised.value is error


def test_closing_early_closes_the_source_and_ends_the_thread() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1_000_000)
        finally:
            closed.set()

    items = prefetched(source(), ahead=2, name="prefetch-to-close")
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert closed.is_set()
    assert "prefetch-to-close" not in {thread.name for thread in threading.enumerate()}


def test_the_source_works_while_the_consumer_does() -> None:
    read = [threading.Event() for _ in range(5)]

    def source() -> Iterator[int]:
        for number, event in enumerate(read):
            event.set()
            yield number

    for number in prefetched(source(), ahead=2, name="t"):
        following = read[min(number + 1, 4)]
        assert following.wait(10), "the next item is read while the consumer is at this one"


def test_several_sources_are_read_at_the_same_time_each_item_once() -> None:
    both = threading.Barrier(2, timeout=5)

    def source(first: int) -> Iterator[int]:
        both.wait()  # neither goes on without the other
        yield from range(first, first + 50)

    found = merged([source(0), source(50)], ahead=2, name="t")
    assert sorted(found) == list(range(100))


def test_the_error_of_one_source_ends_the_others() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    def failing() -> Iterator[int]:
        yield 2
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        for _ in merged([endless(), failing()], ahead=2, name="merged-to-end"):
            pass
    assert closed.is_set()
    assert "merged-to-end" not in {thread.name for thread in threading.enumerate()}


def test_threads_that_were_started_end_where_another_cannot_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def start_once(thread: threading.Thread) -> None:
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_once)
    with pytest.raises(RuntimeError, match="start new thread"):
        next(iter(merged([numbers(100, []), numbers(100, [])], ahead=1, name="t")))
    assert not started[0].is_alive()


def test_a_source_sees_that_nobody_wants_its_items_any_more_however_deep_it_is() -> None:
    seen = []

    def source() -> Iterator[int]:
        yield 0
        assert is_wanted()
        seen.append(eventually(lambda: not is_wanted()))
        yield 1

    items = prefetched(prefetched(source(), ahead=1, name="inner"), ahead=1, name="outer")
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert seen == [True]
    assert is_wanted(), "what nobody reads ahead is wanted"
