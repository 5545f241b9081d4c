"""The Dagster UI as `make dev` opens it: without network or sign-up, with the lineage and each month's table."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from dagster_project.settings import PROJECT_FOLDER
from data_checks import ALL_SUITES
from tests.browser.conftest import ARTEFACTS
from tests.integration.command_line import command, history_settings, published_rows
from tests.scenarios.history import History, a_contract

LONGEST_START_SECONDS = 300
SECONDS_TO_STOP = 30
PATIENCE_MILLISECONDS = 60_000
# From the left to the right, as the data goes.
GROUPS = ["contract", "extracts", "raw", "staging", "intermediate", "marts", "published", "review"]
COMMITMENTS = [
    {"id": "mql-volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 1},
    {"id": "first-response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 0.9},
]


@dataclass(frozen=True)
class Ui:
    """A running UI, and the home whose runs it shows."""

    address: str
    home: Path


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """The UI of a small company, of which everything was run once."""
    folder = tmp_path_factory.mktemp("ui")
    history = History(a_contract(commitments=COMMITMENTS), through="2026-02-28")
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.mql("luis", "2026-02-10 10:00", "2026-02-10 11:00")
    history.write(folder / "history")
    settings = history_settings(folder / "history", folder / "home")
    ran = command("run", settings)
    assert ran.status == 0, ran.output

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "dev.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dagster_project", "dev", "--port", str(port)],
            cwd=PROJECT_FOLDER,
            env={**os.environ, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # with all that it starts
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, folder / "dev.log")
            yield Ui(address, folder / "home")
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the UI and all that it started to end; what doesn't is killed."""
    for asked in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, asked)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=SECONDS_TO_STOP)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the UI didn't start:\n{log.read_text()}")


@pytest.fixture
def window(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and every address beyond this machine that it asked for, none of which it gets."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    elsewhere: list[str] = []

    def is_elsewhere(url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1"

    context.on(
        "request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url) else None
    )
    context.route(is_elsewhere, lambda route: route.abort())
    page = context.new_page()
    page.on("websocket", lambda opened: elsewhere.append(opened.url) if is_elsewhere(opened.url) else None)
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield page, elsewhere
    context.close()


def keep(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"dagster-{name}.png")


def test_the_lineage_goes_from_the_contract_to_the_review_without_network_or_sign_up(
    ui: Ui, window: tuple[Page, list[str]]
) -> None:
    page, elsewhere = window
    page.goto(f"{ui.address}/asset-groups")
    # in the list at the side, and in the graph
    page.wait_for_function(
        "names => names.every(name => [...document.querySelectorAll('div')]"
        ".filter(found => found.innerText === name).length > 1)",
        arg=GROUPS,
    )
    keep(page, "lineage")

    places = []
    for name in GROUPS:
        found = [box for each in page.get_by_text(name, exact=True).all() if (box := each.bounding_box())]
        places.append(max(box["x"] for box in found))  # the list is at the left of the graph
    assert places == sorted(places)
    assert not re.search("newsletter|sign up|e-?mail", page.locator("body").inner_text(), re.IGNORECASE)
    assert elsewhere == []


def test_a_month_of_the_attainment_shows_its_table_with_each_status_and_a_chart(
    ui: Ui, window: tuple[Page, list[str]]
) -> None:
    page, elsewhere = window
    page.goto(f"{ui.address}/assets/sla_attainment?view=partitions&partition=2026-02")
    page.get_by_text("[Show Markdown]").first.click()
    table = page.locator(".dagster-markdown table")
    table.wait_for()
    keep(page, "attainment")

    shown = {
        cells[0]: re.sub(r"[^a-z ]", "", cells[-1].partition(",")[0]).strip().replace(" ", "_")
        for row in table.locator("tbody tr").all()
        if (cells := row.locator("td").all_inner_texts())
    }
    # Luis of February was never called; nothing is pending by the end of the month.
    assert shown == {"mql-volume": "met", "first-response": "missed"}
    assert shown == dict(
        published_rows(  # type: ignore[arg-type]
            ui.home,
            "select commitment_id, status from marts.sla_attainment where period = date '2026-02-01'",
        )
    )
    chart = page.locator(".dagster-markdown img")
    assert chart.evaluate("image => image.naturalWidth") > 100
    assert "First contact attempt on time" in (chart.get_attribute("alt") or "")
    assert elsewhere == []


def test_the_review_shows_its_link_its_verdict_and_its_main_chart(
    ui: Ui, window: tuple[Page, list[str]]
) -> None:
    page, elsewhere = window
    page.goto(f"{ui.address}/assets/review")
    page.get_by_text("One page every two months for the heads of marketing and sales").first.wait_for()
    latest = ui.home / "published" / "review" / "latest.html"
    page.get_by_text(latest.as_uri()).first.wait_for()
    text = page.locator("body").inner_text()
    assert "Sales kept 1 of its 2 monthly promises" in text
    keep(page, "review")

    page.get_by_text("[Show Markdown]").first.click()
    chart = page.locator(".dagster-markdown img[src^='data:image/svg+xml']")
    chart.wait_for()
    assert chart.evaluate("image => image.naturalWidth") > 100
    assert elsewhere == []


def test_the_results_of_all_checks_are_shown_where_everything_is_published(
    ui: Ui, window: tuple[Page, list[str]]
) -> None:
    page, elsewhere = window
    page.goto(f"{ui.address}/assets/published")
    page.get_by_text((ui.home / "published" / "checks.html").as_uri()).first.wait_for()
    page.get_by_text("[Show Markdown]").first.click()
    table = page.locator(".dagster-markdown table")
    table.wait_for()
    keep(page, "checks")
    assert "Deliveries are in the ledger" in table.inner_text()
    assert table.locator("tbody tr").count() == sum(len(suite.checks) for suite in ALL_SUITES)
    assert elsewhere == []
