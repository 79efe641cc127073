"""The connection pool in fair weather: lending, checking, renewing, refusing."""

import threading
import time
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from erp_resources.errors import (
    ConnectionLost,
    InvalidQuery,
    LoginRefused,
    PoolFull,
    PoolTimeout,
)
from erp_resources.pool import ConnectionPool
from tests.erp_resources.pool_source import Connection, Source, eventually, pool_of, report


def test_a_session_is_lent_and_lent_again() -> None:
    source = Source()
    with pool_of(source) as pool:
        with pool.connection() as first:
            pass
        with pool.connection() as second:
            assert second is first
    assert source.opened[0].closed


def test_two_clients_never_hold_the_same_session() -> None:
    source = Source()
    with pool_of(source) as pool, pool.connection() as first, pool.connection() as second:
        assert first is not second


def test_driver_calls_never_run_in_a_clients_thread() -> None:
    source = Source()
    with pool_of(source, with_reset=True, validate_after_idle=0.0) as pool:
        for _ in range(3):
            with pool.connection():
                pass
    assert source.opened[0].pings >= 2
    assert source.opened[0].resets == 3
    assert {name.rsplit("-", 1)[0] for name in source.threads} == {"erp-pool-test"}


def test_nothing_is_dialed_before_somebody_asks() -> None:
    source = Source()
    with pool_of(source):
        time.sleep(0.02)
        assert not source.opened


def test_min_size_sessions_are_opened_at_once() -> None:
    source = Source()
    with pool_of(source, min_size=3) as pool:
        assert eventually(lambda: pool.stats()["pool_available"] == 3)


def test_the_freshest_session_is_lent_first() -> None:
    source = Source()
    with pool_of(source) as pool:
        with pool.connection(), pool.connection():
            pass
        with pool.connection() as one:
            pass
        with pool.connection() as other:
            assert other is one


def test_a_session_unused_for_long_is_pinged_before_it_is_lent() -> None:
    source = Source()
    with pool_of(source, validate_after_idle=0.3) as pool:
        with pool.connection() as session:
            pass
        with pool.connection():
            assert session.pings == 0
        time.sleep(0.35)
        with pool.connection() as again:
            assert again is session
            assert session.pings == 1


def test_a_session_whose_client_failed_is_pinged_before_it_is_lent() -> None:
    source = Source()
    with pool_of(source) as pool:
        with pytest.raises(InvalidQuery), pool.connection() as session:
            raise InvalidQuery("test: no such column")
        with pool.connection() as again:
            assert again is session
            assert session.pings == 1


def test_a_lost_session_takes_the_older_idle_ones_with_it() -> None:
    source = Source()
    with pool_of(source) as pool:
        with pool.connection(), pool.connection(), pool.connection():
            pass
        with pytest.raises(ConnectionLost), pool.connection():
            raise ConnectionLost("test: end of file")
        assert eventually(lambda: source.live == [])
        with pool.connection() as fresh:
            assert fresh.number == 4
        assert pool.stats()["connections_lost"] == 3
        assert pool.stats()["returns_bad"] == 1


def test_a_connector_may_say_which_errors_are_fatal() -> None:
    source = Source()
    with ConnectionPool(
        "test",
        open=source.open,
        ping=source.ping,
        close=source.close,
        is_fatal=lambda error: isinstance(error, KeyError),
    ) as pool:
        with pytest.raises(KeyError), pool.connection():
            raise KeyError
        assert eventually(lambda: source.opened[0].closed)


def test_a_session_that_cannot_be_reset_is_replaced() -> None:
    source = Source()
    source.reset_error = ConnectionLost("test: gone")
    with pool_of(source, with_reset=True, max_size=1) as pool:
        with pool.connection() as first:
            pass
        with pool.connection() as second:
            assert second is not first
        assert eventually(lambda: first.closed)


def test_an_old_session_is_replaced_but_never_taken_from_its_client() -> None:
    source = Source()
    with pool_of(source, max_lifetime=0.05, max_size=1) as pool:
        with pool.connection() as first:
            time.sleep(0.4)
            assert not first.closed
        with pool.connection() as second:
            assert second is not first
        assert eventually(lambda: first.closed)


def test_sessions_nobody_needs_are_closed_down_to_min_size() -> None:
    source = Source()
    with pool_of(source, min_size=1, max_idle=0.05) as pool:
        with pool.connection(), pool.connection(), pool.connection():
            pass
        assert eventually(lambda: len(source.live) == 1)
        time.sleep(0.3)  # until the housekeeper has looked again
        assert len(source.live) == 1
        assert len(source.opened) == 3, "the last one stays, rather than being replaced"


def test_an_idle_session_is_kept_alive_and_still_ages() -> None:
    source = Source()
    with pool_of(source, keepalive=0.05, max_idle=2.5) as pool:
        with pool.connection() as session:
            pass
        assert eventually(lambda: session.pings >= 2)
        assert eventually(lambda: session.closed)


def test_the_client_after_the_last_allowed_one_is_refused_at_once() -> None:
    source = Source()
    with pool_of(source, max_size=1, max_waiting=2) as pool:
        waiting = [threading.Thread(target=take_once, args=(pool,)) for _ in range(2)]
        with pool.connection():
            for thread in waiting:
                thread.start()
            assert eventually(lambda: pool.stats()["requests_waiting"] == 2)
            began = time.monotonic()
            with pytest.raises(PoolFull, match=r"pool 'test': 1 of 1 in use, 2 waiting"):
                take_once(pool)
            seconds = time.monotonic() - began
        for thread in waiting:
            thread.join()
    report(f"refused in {1000 * seconds:.1f} ms, where others wait for 30 s")
    assert seconds < 1.0


def take_once(pool: ConnectionPool[Connection]) -> None:
    with pool.connection(30.0):
        pass


def test_an_exhausted_pool_says_so_with_numbers() -> None:
    source = Source()
    with (
        pool_of(source, max_size=1) as pool,
        pool.connection(),
        pytest.raises(
            PoolTimeout, match=r"pool 'test': no session within 0.05 s \(1 of 1 in use, 0 waiting\)"
        ),
        pool.connection(timeout=0.05),
    ):
        pass


def test_an_exhausted_pool_that_cannot_grow_says_why() -> None:
    source = Source()
    with pool_of(source, max_size=2) as pool, pool.connection():
        source.dial_error = InvalidQuery("test: too many sessions")
        with pytest.raises(PoolTimeout) as caught, pool.connection(timeout=0.5):
            pass
    assert caught.value.__cause__ is source.dial_error


def test_a_refused_login_is_tried_once_however_many_ask() -> None:
    source = Source()
    source.dial_error = LoginRefused("test: wrong password", code="ORA-01017")
    with pool_of(source) as pool:
        refused: list[LoginRefused] = []

        def ask() -> None:
            for _ in range(3):
                try:
                    with pool.connection():
                        pass
                except LoginRefused as error:
                    refused.append(error)

        clients = [threading.Thread(target=ask) for _ in range(8)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert source.attempts == 1
    assert len(refused) == 24
    assert {error.code for error in refused} == {"ORA-01017"}


def test_a_bug_in_a_connector_is_raised_as_it_is() -> None:
    source = Source()
    source.dial_error = TypeError("a bug")
    with pool_of(source) as pool, pytest.raises(TypeError, match="a bug"), pool.connection():
        pass


def test_a_generator_that_is_given_up_returns_its_session() -> None:
    source = Source()

    def rows() -> Iterator[int]:
        with pool.connection() as session:
            yield session.number

    with pool_of(source, max_size=1) as pool:
        assert next(rows()) == 1
        with pool.connection() as session:
            assert (session.number, session.pings) == (1, 1)


def test_a_borrower_who_keeps_a_session_too_long_is_named() -> None:
    source = Source()
    with pool_of(source, leak_warning=0.05) as pool, capture_logs() as lines, pool.connection():
        assert eventually(lambda: bool(lines))
        time.sleep(0.3)
    assert [line["event"] for line in lines] == ["session not returned"]
    assert lines[0]["borrower"] == threading.current_thread().name
    assert "test_a_borrower_who_keeps_a_session_too_long_is_named" in lines[0]["stack"]
