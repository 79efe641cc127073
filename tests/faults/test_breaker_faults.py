"""A pool whose source is away: how long it is left alone, and how it comes back (R5, P3, P4).

Every test prints the figure it measured (``pytest -rP``) beside the one to beat; it fails only at
a generous multiple, since these machines are shared.
"""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from erp_resources.errors import (
    ErpError,
    LoginRefused,
    PoolTimeout,
    SourceUnavailable,
)
from erp_resources.pool import ConnectionPool
from tests.erp_resources.pool_source import (
    Connection,
    Source,
    ask,
    eventually,
    fill,
    in_threads,
    pool_of,
    refused,
    report,
    works,
)

SLACK = 1.0  # seconds that a shared machine may take to wake a thread
CLIENTS = 32
FAILURES = 3


def break_off(pool: ConnectionPool[Connection], source: Source) -> None:
    """Take the source away until the breaker is open."""
    source.dial_error = refused()
    for _ in range(FAILURES):
        assert isinstance(ask(pool, 5.0)[1], SourceUnavailable)
    assert pool.stats()["breaker_open"] == 1


# ---- R5: open ----


def test_a_source_that_is_away_is_left_alone() -> None:
    source = Source()
    with pool_of(source, breaker_failures=FAILURES) as pool:
        break_off(pool, source)
        errors = [ask(pool, 5.0)[1] for _ in range(100)]
        stats = pool.stats()
    assert source.attempts == FAILURES
    assert {type(error) for error in errors} == {SourceUnavailable}
    assert all("unreachable since" in str(error) for error in errors)
    assert all(str(error and error.__cause__) == "test: refused; start it" for error in errors)
    assert (stats["requests_refused"], stats["breaker_failures"]) == (100, FAILURES)


def test_an_open_breaker_answers_in_microseconds() -> None:
    source = Source()
    times = []
    with pool_of(source, breaker_failures=FAILURES) as pool:
        break_off(pool, source)
        for _ in range(2000):
            began = time.perf_counter()
            with suppress(SourceUnavailable):
                pool.connection().__enter__()
            times.append(time.perf_counter() - began)
    report(f"R5: refused in {1e6 * sorted(times)[1000]:.1f} us, median of 2,000 (aim 10)")
    assert sorted(times)[1000] < 0.001


def test_clients_that_wait_when_it_opens_fail_at_once() -> None:
    source = Source()
    found: list[tuple[float, ErpError | None]] = []
    with pool_of(source, max_size=2, breaker_failures=1) as pool, pool.connection():
        source.dial_error = refused()
        source.dial_seconds = 0.05
        in_threads(4, lambda: found.append(ask(pool, 10.0)))
    assert {type(error) for _, error in found} == {SourceUnavailable}
    assert max(seconds for seconds, _ in found) < 0.05 + SLACK


def test_a_session_that_works_is_lent_whatever_the_breaker_says() -> None:
    source = Source()
    with pool_of(source, max_size=2, breaker_failures=FAILURES) as pool:
        with pool.connection() as working:
            source.dial_error = refused()
            for _ in range(FAILURES):
                ask(pool, 0.05)
                time.sleep(0.01)
            with suppress(PoolTimeout):
                ask(pool, 0.05)
        with pool.connection() as again:
            assert again is working


def test_a_source_that_is_silent_is_left_alone_too() -> None:
    source = Source()
    source.hangs.add("open")
    with pool_of(source, breaker_failures=1, connect_timeout=0.5) as pool:
        assert "a dial was abandoned" in str(ask(pool, 5.0)[1])
        seconds, error = ask(pool, 5.0)
    assert "unreachable since" in str(error)
    assert seconds < SLACK


def test_dead_sessions_and_a_dead_source_open_it_together() -> None:
    source = Source()
    with pool_of(source, validate_after_idle=0.0, breaker_failures=2) as pool:
        fill(pool, 3)
        source.restart()
        source.dial_error = refused()
        assert isinstance(ask(pool, 5.0)[1], SourceUnavailable)
        assert pool.stats()["breaker_open"] == 1, "one lost at its ping, one refused"


def test_a_restart_that_kills_all_sessions_does_not_open_it() -> None:
    source = Source()
    together = threading.Barrier(8, timeout=10)
    with pool_of(source, validate_after_idle=0.0, max_size=8, breaker_failures=2) as pool:

        def client() -> None:
            with pool.connection() as connection:
                source.use(connection)
                together.wait()

        fill(pool, 8)
        source.restart()
        in_threads(8, client)
        assert pool.stats()["breaker_open"] == 0


@pytest.mark.parametrize("error", [LoginRefused("test: no"), TypeError("a bug")])
def test_what_the_source_does_not_cause_does_not_open_it(error: Exception) -> None:
    source = Source()
    source.dial_error = error
    with pool_of(source, breaker_failures=1) as pool:
        with pytest.raises(type(error)), pool.connection():
            pass
        assert pool.stats()["breaker_open"] == 0


# ---- R5: on trial ----


def test_one_of_32_clients_tries_and_the_others_fail_fast() -> None:
    source = Source()
    found: list[tuple[float, ErpError | None]] = []
    with pool_of(source, breaker_failures=FAILURES, breaker_seconds=0.1) as pool:
        break_off(pool, source)
        time.sleep(0.1)
        source.dial_seconds = 2.0
        together = threading.Barrier(CLIENTS)

        def client() -> None:
            together.wait()
            found.append(ask(pool, 5.0))

        in_threads(CLIENTS, client)
    seconds = sorted(each for each, _ in found)
    report(f"R5: {source.attempts - FAILURES} trial of {CLIENTS} clients (aim 1), the others")
    report(f"    refused within {1000 * seconds[-2]:.1f} ms while it took {seconds[-1]:.2f} s")
    assert source.attempts == FAILURES + 1
    assert seconds[-2] < 2.0 <= seconds[-1]
    assert {type(error) for _, error in found} == {SourceUnavailable}


def test_two_pools_of_one_system_share_the_trial() -> None:
    sources = [Source(), Source()]
    settings: dict[str, Any] = {"breaker_failures": FAILURES, "breaker_seconds": 0.5}
    with pool_of(sources[0], **settings) as one, pool_of(sources[1], **settings) as other:
        break_off(one, sources[0])
        assert "unreachable since" in str(ask(other, 5.0)[1])
        time.sleep(0.5)
        sources[0].dial_error = None
        sources[0].dial_seconds = 1.5
        trial = threading.Thread(target=ask, args=(one, 5.0))
        trial.start()
        assert eventually(lambda: sources[0].attempts == FAILURES + 1)
        assert "on trial" in str(ask(other, 5.0)[1])
        assert sources[1].attempts == 0
        trial.join()
        assert ask(other, 5.0)[1] is None


def test_an_idle_session_that_may_be_dead_is_not_the_trial() -> None:
    source = Source()
    with pool_of(source, max_size=2, breaker_failures=1, breaker_seconds=0.1) as pool:
        with pool.connection():
            source.dial_error = refused()
            ask(pool, 5.0)
            source.restart()  # the lent session dies unnoticed, and comes back
        source.dial_error = None
        assert pool.stats()["breaker_open"] == 1
        assert eventually(lambda: works(pool, source))


def test_a_pool_closed_in_mid_trial_does_not_keep_it_open_for_ever() -> None:
    source = Source()
    settings: dict[str, Any] = {
        "breaker_failures": 1,
        "breaker_seconds": 0.05,
        "connect_timeout": 1.5,
    }
    with pool_of(source, **settings) as pool:
        source.dial_error = refused()
        ask(pool, 5.0)
        time.sleep(0.05)
        source.dial_seconds = 0.2
        ask(pool, 0.01)
    back = Source()
    with pool_of(back, **settings) as pool:
        assert "on trial" in str(ask(pool, 5.0)[1])
        assert eventually(lambda: works(pool, back))


# ---- P4: back again ----


def test_it_closes_with_the_first_good_session_after_an_outage() -> None:
    source = Source()
    waits = []
    with pool_of(source, breaker_failures=FAILURES, breaker_seconds=0.1) as pool:
        for _ in range(20):
            fill(pool, 4)
            source.restart()
            source.dial_error = refused()
            while not pool.stats()["breaker_open"]:
                works(pool, source)
            time.sleep(0.1)
            source.dial_error = None
            began = time.monotonic()
            while not works(pool, source):
                assert time.monotonic() - began < 3.0, "no recovery"
            waits.append(time.monotonic() - began)
            assert pool.stats()["breaker_open"] == 0
    report(f"P4: first good checkout {1000 * max(waits):.1f} ms after the source (aim 200), 20/20")
    assert max(waits) <= 1.0


def test_a_pool_that_keeps_sessions_recovers_without_a_client() -> None:
    source = Source()
    source.dial_error = refused()
    with pool_of(source, min_size=1, breaker_failures=1, breaker_seconds=0.1) as pool:
        assert eventually(lambda: pool.stats()["breaker_open"] == 1)
        source.dial_error = None
        assert eventually(lambda: pool.stats()["pool_available"] == 1)
        assert pool.stats()["breaker_open"] == 0


def test_the_log_tells_of_each_change() -> None:
    source = Source()
    with (
        capture_logs() as lines,
        pool_of(source, breaker_failures=FAILURES, breaker_seconds=0.05) as pool,
    ):
        break_off(pool, source)
        source.dial_error = None
        assert eventually(lambda: works(pool, source))
        assert eventually(lambda: changes(lines)[-3:] == ["open", "half-open", "closed"])


def changes(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    return [line["state"] for line in lines if line["event"] == "breaker"]


# ---- fork ----


def test_a_forked_child_finds_out_for_itself() -> None:
    source = Source()
    with pool_of(source, breaker_failures=FAILURES) as pool:
        break_off(pool, source)
        source.dial_error = None
        child = os.fork()
        if child == 0:
            os._exit(0 if eventually(lambda: works(pool, source)) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert pool.stats()["breaker_open"] == 1
