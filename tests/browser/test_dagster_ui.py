"""The Dagster UI as `make dev` opens it: without network or sign-up, with the lineage and each month's table."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from dagster_project.extracts import read_ledger
from dagster_project.settings import PROJECT_FOLDER
from data_checks import ALL_SUITES
from tests.browser.conftest import ARTEFACTS
from tests.integration.command_line import command, history_settings, published_rows
from tests.published import published_content
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
    """A running UI, the home whose runs it shows, and the landing folder that they read."""

    address: str
    home: Path
    extracts: Path

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """What the UI itself asks for: the one field of a GraphQL query or mutation."""
        request = urllib.request.Request(
            f"{self.address}/graphql",
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            read = json.load(answer)
        assert "errors" not in read, read
        (field,) = read["data"].values()
        return dict(field)


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
            # What is delivered here, a test launches the reading of itself.
            env={**os.environ, **settings, "SLA_LOOK_SECONDS": "86400"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # with all that it starts
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, folder / "dev.log")
            yield Ui(address, folder / "home", folder / "history" / "extracts")
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


LOCATION = {"repositoryLocationName": "marketing_sales_sla", "repositoryName": "__repository__"}
LAUNCH = """
mutation ($job: JobOrPipelineSelector!) {
  launchPipelineExecution(executionParams: {selector: $job, mode: "default", runConfigData: "{}"}) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}
"""
RUN = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
BACKFILL = """
mutation ($asked: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $asked) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
BACKFILLED = """
query ($id: String!) { partitionBackfillOrError(backfillId: $id) {
  ... on PartitionBackfill { status runs(limit: 10) { runId status } }
} }
"""
DOWNSTREAM = """
query ($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode { dependedByKeys { path } } } }
"""
FRESHNESS = """
query ($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
  internalFreshnessPolicy { ... on TimeWindowFreshnessPolicy { failWindowSeconds warnWindowSeconds } }
  freshnessStatusInfo { freshnessStatus }
} } }
"""


def until(what: str, found: Callable[[], str], expected: str, given_up_on: tuple[str, ...]) -> None:
    """Wait until something is as expected; fail at once when it can no longer become so."""
    give_up_at = time.monotonic() + LONGEST_START_SECONDS
    while (now := found()) != expected:
        if now in given_up_on or time.monotonic() > give_up_at:
            pytest.fail(f"{what} is {now}")
        time.sleep(0.5)


def materialise(ui: Ui, keys: Sequence[tuple[str, ...]]) -> None:
    """Launch what the button "Materialize selected" launches, in one run, and wait for it."""
    selected = [{"path": list(key)} for key in keys]
    launched = ui.ask(LAUNCH, job={**LOCATION, "pipelineName": "__ASSET_JOB", "assetSelection": selected})
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run_id = launched["run"]["runId"]
    until(f"the run of {keys}", lambda: ui.ask(RUN, id=run_id)["status"], "SUCCESS", ("FAILURE", "CANCELED"))


def downstream_of(ui: Ui, key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All that is made from an asset, without it."""
    found: list[tuple[str, ...]] = [key]
    for each in found:
        node = ui.ask(DOWNSTREAM, key={"path": list(each)})
        next_keys = [tuple(after["path"]) for after in node["dependedByKeys"]]
        found += [after for after in next_keys if after not in found]
    return found[1:]


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


@pytest.mark.parametrize("key", [("extracts", "company", "leads"), ("sla_attainment",), ("published",)])
def test_what_is_made_each_day_says_that_it_is_fresh(
    ui: Ui, window: tuple[Page, list[str]], key: tuple[str, ...]
) -> None:
    def judged() -> str:
        info = ui.ask(FRESHNESS, key={"path": list(key)})["freshnessStatusInfo"]
        return str(info and info["freshnessStatus"])

    until(f"the freshness of {key}", judged, "HEALTHY", ("DEGRADED", "WARNING"))
    policy = ui.ask(FRESHNESS, key={"path": list(key)})["internalFreshnessPolicy"]
    assert policy == {"failWindowSeconds": 50 * 3600, "warnWindowSeconds": 26 * 3600}
    page, elsewhere = window
    page.goto(f"{ui.address}/assets/{'/'.join(key)}?view=overview")
    page.get_by_text("Freshness policy").first.wait_for()
    keep(page, f"freshness-{key[-1]}")
    assert elsewhere == []


def test_months_of_the_attainment_are_made_again_by_a_backfill_of_one_run_and_published(ui: Ui) -> None:
    before = published_content(ui.home)
    asked = {"assetSelection": [{"path": ["sla_attainment"]}], "partitionNames": ["2026-01", "2026-02"]}
    launched = ui.ask(BACKFILL, asked=asked)
    assert launched["__typename"] == "LaunchBackfillSuccess", launched

    def state() -> dict[str, Any]:
        return ui.ask(BACKFILLED, id=launched["backfillId"])

    until("the backfill", lambda: state()["status"], "COMPLETED_SUCCESS", ("FAILED", "COMPLETED_FAILED"))
    assert [run["status"] for run in state()["runs"]] == ["SUCCESS"]
    # The step that makes data_quality, which is downstream, makes both of its tables.
    materialise(ui, [*downstream_of(ui, ("sla_attainment",)), ("quarantine_summary",)])
    assert published_content(ui.home) == before


def test_one_object_is_read_again_and_nothing_else(ui: Ui) -> None:
    def deliveries() -> Counter[tuple[str, str, str]]:
        return Counter(
            (row["source"], row["object"], row["file_name"]) for row in read_ledger(ui.home).to_pylist()
        )

    before = deliveries()
    for name in ("leads", "activities"):  # both are corrected; one is read
        path = max((ui.extracts / "company" / name).iterdir())
        path.write_bytes(path.read_bytes() + b"\n")
    materialise(ui, [("extracts", "company", "leads")])
    corrected = max((ui.extracts / "company" / "leads").iterdir()).name
    assert deliveries() - before == Counter({("company", "leads", corrected): 1})
