"""The end of a pool, its settings and its figures."""

import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from pydantic import ValidationError

from erp_resources.errors import PoolClosed
from erp_resources.pool import ConnectionPool, PoolSettings
from tests.erp_resources.pool_source import Source, eventually, pool_of, report


def test_a_generator_given_up_after_the_pool_was_closed_closes_its_session() -> None:
    source = Source()
    with pool_of(source) as pool:
        loan = pool.connection()
        session = loan.__enter__()
    assert not session.closed
    loan.__exit__(GeneratorExit, GeneratorExit(), None)
    assert eventually(lambda: session.closed)


def test_the_figures_add_up() -> None:
    source = Source()
    with pool_of(source, max_size=2) as pool:
        with pool.connection(), pool.connection():
            busy = pool.stats()
        idle = pool.stats()
    closed = pool.stats()
    assert (busy["pool_size"], busy["pool_in_use"], busy["pool_available"]) == (2, 2, 0)
    assert (idle["pool_size"], idle["pool_in_use"], idle["pool_available"]) == (2, 0, 2)
    assert (closed["pool_size"], closed["connections_closed"]) == (0, 2)
    assert (closed["requests_num"], closed["requests_queued"], closed["connections_num"]) == (
        2,
        2,
        2,
    )
    assert all(f"``{key}``" in (ConnectionPool.stats.__doc__ or "") for key in closed)


def test_a_closed_pool_lends_nothing_and_may_be_closed_again() -> None:
    source = Source()
    with pool_of(source) as pool:
        pass
    pool.close()
    pool.close()
    with pytest.raises(PoolClosed), pool.connection():
        pass


def test_closing_wakes_those_who_wait() -> None:
    source = Source()
    with pool_of(source, max_size=1) as pool, pool.connection():
        closing = threading.Timer(0.05, pool.close)
        closing.start()
        with pytest.raises(PoolClosed), pool.connection():
            pass
        closing.join()


def test_a_session_returned_to_a_closed_pool_is_closed() -> None:
    source = Source()
    with pool_of(source) as pool:
        with pool.connection() as session:
            pool.close()
            assert not session.closed
        assert eventually(lambda: session.closed)


def test_draining_waits_for_the_sessions_in_use() -> None:
    source = Source()
    with pool_of(source) as pool:
        loan = pool.connection()
        loan.__enter__()
        returning = threading.Timer(0.1, loan.__exit__, (None, None, None))
        returning.start()
        assert pool.drain(timeout=5.0)
        assert source.live == []


def test_draining_gives_up_at_its_timeout() -> None:
    source = Source()
    with pool_of(source) as pool, pool.connection():
        began = time.monotonic()
        assert not pool.drain(timeout=0.1)
        seconds = time.monotonic() - began
    report(f"gave up after {seconds:.2f} s (aim 0.1)")
    assert seconds < 5 * (0.1 + 1.0)


@pytest.mark.parametrize(
    "settings",
    [{"max_size": 0}, {"timeout": 0}, {"min_size": 5, "max_size": 4}, {"max_sise": 4}],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PoolSettings(**settings)


def test_every_setting_is_described_with_its_unit() -> None:
    for name, field in PoolSettings.model_fields.items():
        assert field.description, name
        assert field.description.split()[0] in {"Seconds", "Sessions", "Most", "Clients"}, name


def test_a_pool_that_nobody_closed_does_not_keep_the_process_from_ending() -> None:
    code = (
        "from erp_resources.pool import ConnectionPool\n"
        "pool = ConnectionPool('left', open=lambda d: object(), ping=lambda c, d: None,\n"
        "                      close=lambda c: print('closed'))\n"
        "block = pool.__enter__()\n"
        "with pool.connection():\n"
        "    pass\n"
        "import contextlib\n"
        "left_open = contextlib.ExitStack()\n"
        "left_open.callback(pool.close)\n"
    )
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    report(f"the process ended after {time.monotonic() - began:.2f} s")
    assert ended.stdout == "closed\n"
