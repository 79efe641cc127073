"""What a person sees in the Dagster UI, through a real browser.

Pictures go to ``build/ui``; ``lineage.png`` and ``asset.png`` in ``docs`` are copies of them.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.integration.project import HAS_SAP, PROJECT, DemoRun

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
PICTURES = PROJECT / "build" / "ui"
MADE_FROM = '+group:"mart_ledger" or +group:"mart_inventory"'
ASSETS, IN_MARTS = 53 + 41 * HAS_SAP, 8
START_SECONDS = 90.0
PAGE_SECONDS = 60.0
TOOLBARS = 140
"""Height of what is above a graph, in pixels."""

NODES = "[...document.querySelectorAll('svg foreignObject')]"
CUT_OFF = f"""{NODES}.map(node => node.getBoundingClientRect()).filter(box =>
    box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth).length"""
GRAPH_HEIGHT = "Number(document.querySelector('svg:has(foreignObject)').getAttribute('height'))"

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
def browser() -> Iterator["Browser"]:
    """A headless browser that asks nobody but the webserver."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser", webserver: str) -> Iterator["Page"]:
    """A page whose graph shows of each asset only its checks, state and kinds."""
    page = browser.new_page(base_url=webserver, bypass_csp=True)
    page.set_default_timeout(1000 * PAGE_SECONDS)
    facets = json.dumps(json.dumps(["checks", "status", "kind-tag"]))
    page.add_init_script(f"localStorage.setItem('asset-node-facets', {facets})")
    yield page
    page.close()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the webserver did not answer at {address}")


def opened(page: "Page", path: str, ready: str, height: int = 1000) -> str:
    """Open a page and return its text, once ``ready`` holds and nothing is loading."""
    page.set_viewport_size({"width": 1600, "height": height})
    page.goto(path)
    page.wait_for_function(f"!document.body.innerText.includes('Loading') && ({ready})")
    page.wait_for_timeout(1000)  # the graph glides to its place
    assert page.locator("[role=dialog]").count() == 0
    return str(page.evaluate("document.body.innerText"))


@cache
def expanded() -> str:
    """The part of an address that shows every group with the assets in it."""
    from erp_assets.definitions import defs

    groups = sorted({spec.group_name or "" for spec in defs().resolve_all_asset_specs()})
    return "?expanded=" + ",".join(quote(f"global@global:{group}") for group in groups)


def graph(page: "Page", path: str, assets: int, picture: str) -> str:
    """The text of a graph, pictured in a window that is as large as the graph."""
    path += expanded()
    opened(page, path, f"{NODES}.length > 0")
    height = TOOLBARS + int(page.evaluate(GRAPH_HEIGHT))
    text = opened(page, path, f"{NODES}.length >= {assets}", height)
    page.screenshot(path=PICTURES / picture)
    assert page.evaluate(CUT_OFF) == 0
    return text


def test_the_lineage_of_the_marts_shows_the_tables_that_they_are_made_from(page: "Page") -> None:
    text = graph(page, f"/asset-groups~{quote(MADE_FROM)}", IN_MARTS, "lineage.png")
    for name in ("gl_je_lines", "mtl_material_transactions", "trial_balance", "stock_valuation"):
        assert name in text
    assert text.count(" Passed") == IN_MARTS


def test_the_graph_of_all_assets_has_each_of_them_with_its_checks_passed(page: "Page") -> None:
    text = graph(page, "/asset-groups", ASSETS, "all.png")
    assert text.count(" Passed") == ASSETS


def test_an_asset_page_shows_schema_comments_preview_and_read_point(page: "Page") -> None:
    text = opened(
        page,
        "/assets/raw/oracle/gl_periods?view=overview",
        "document.body.innerText.includes('read_point')",
        height=2100,
    )
    page.screenshot(path=PICTURES / "asset.png")
    for part in ("Accounting calendar; one row per", "Name of the period", "finance-systems"):
        assert part in text
    for part in ("scn ", "sandbox", "ENTERED_PERIOD_NAME\tADJUSTMENT_PERIOD_FLAG", "Jan-24\t"):
        assert part in text


def test_the_check_of_a_table_is_shown_as_passed_with_its_figures(page: "Page") -> None:
    text = opened(
        page,
        "/assets/raw/oracle/gl_periods?view=checks",
        "document.body.innerText.includes('source_rows')",
    )
    page.screenshot(path=PICTURES / "checks.png")
    assert "Passed" in text
    assert "blocking asset check" in text
    assert "source_rows\n24" in text
