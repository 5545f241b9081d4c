"""A real Chromium, and the pages that it opens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dagster_project.review import Review, Signatory, render_review, reviews_of
from tests.browser.companies import COMPANIES, HOSTILE, PROJECT

ARTEFACTS = PROJECT / "var" / "test-artefacts" / "browser"
"""Screenshots and prints, to be looked at; overwritten by the next run."""

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE_MILLISECONDS = 180_000
LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class ReviewPage:
    """A review page on the disk, and the build that it was made from."""

    company: str
    language: str
    review: Review
    path: Path
    connection: duckdb.DuckDBPyConnection


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("The browser tests need Debian's Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page as wide as a desktop's, which any test may resize."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(
        PATIENCE_MILLISECONDS
    )  # a picture of a long page takes its time on a busy machine
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def review_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], ReviewPage]:
    """The latest review's page of a company in a language; each company is built once."""

    @cache
    def connection(company: str) -> duckdb.DuckDBPyConnection:
        return COMPANIES[company](tmp_path_factory.mktemp(company))

    @cache
    def rendered(company: str, language: str) -> ReviewPage:
        build = connection(company)
        periods = build.execute("select period from marts.dim_periods order by period").fetchall()
        review = reviews_of(period for (period,) in periods)[-1]
        versions = build.execute(
            "select contract_version, department, role, signed_date from marts.dim_contract_signatures"
        ).fetchall()
        name = HOSTILE if company == "hostile" else "Nadia Inventada"
        signatories = [
            Signatory(version, department, name, role, day) for version, department, role, day in versions
        ]
        html = render_review(
            build, review, language=language, signatories=signatories, is_demo=company in ("demo", "big")
        )
        folder = ARTEFACTS / "pages"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{company}-{language}.html"
        path.write_text(html, encoding="utf-8")
        return ReviewPage(company, language, review, path, build)

    return rendered


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a screenshot of a whole page."""

    def take(page: Page, name: str) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)

    return take


def first_day(text: str) -> date:
    """The month `2026-01` by its first day."""
    return date.fromisoformat(f"{text}-01")
