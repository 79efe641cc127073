"""What a person sees in the Dagster UI, through a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.integration.project import PROJECT, DemoRun

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
PICTURES = PROJECT / "build" / "ui"
GROUPS = ("raw_oracle", "mart_ledger", "mart_inventory")
START_SECONDS = 90.0

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def webserver(demo_run: DemoRun) -> Iterator[str]:
    """The address of a webserver on the instance that the demonstration filled."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | demo_run.environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/server_info", process)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="module")
def page(webserver: str) -> Iterator["Page"]:
    """A page of a headless browser, large enough for a graph."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(
            base_url=webserver, bypass_csp=True, viewport={"width": 1600, "height": 1000}
        )
        yield page
        browser.close()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the webserver did not answer at {address}")


def settled(page: "Page", ready: str) -> str:
    """The text of the page once ``ready`` holds and nothing is loading; a picture is kept."""
    condition = f"!document.body.innerText.includes('Loading') && ({ready})"
    page.wait_for_function(condition, timeout=60_000)
    page.wait_for_timeout(500)
    return str(page.evaluate("document.body.innerText"))


def test_the_lineage_graph_shows_the_tables_and_the_marts_made_from_them(page: "Page") -> None:
    expanded = ",".join(f"global%40global%3A{group}" for group in GROUPS)
    page.goto(f"/asset-groups?expanded={expanded}")
    text = settled(page, "document.querySelectorAll('svg foreignObject').length >= 20")
    page.screenshot(path=PICTURES / "lineage.png")
    for name in ("gl_je_lines", "trial_balance", "stock_valuation"):
        assert name in text


def test_an_asset_page_shows_schema_comments_preview_and_read_point(page: "Page") -> None:
    page.goto("/assets/raw/oracle/gl_periods?view=overview")
    text = settled(page, "document.body.innerText.includes('read_point')")
    page.screenshot(path=PICTURES / "asset.png", full_page=True)
    assert "Name of the period" in text
    assert "scn " in text
    assert "sandbox" in text


def test_the_checks_of_a_table_are_shown_as_passed(page: "Page") -> None:
    page.goto("/assets/raw/oracle/gl_periods?view=checks")
    text = settled(page, "document.body.innerText.includes('reconciled')")
    page.screenshot(path=PICTURES / "checks.png")
    assert "Passed" in text
