"""The review page in a real browser: at every size, in both languages, for quiet, big and hostile companies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.browser.companies import COMPANIES, HOSTILE
from tests.browser.conftest import ARTEFACTS, LANGUAGES, ReviewPage

Render = Callable[[str, str], ReviewPage]
Picture = Callable[[Page, str], None]

ONE_MEGABYTE = 1_000_000
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
OVERFLOWING_CELLS = """() => [...document.querySelectorAll("th, td")]
    .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.innerText)"""
PAPERS = {"A4": (794, 1123), "Letter": (816, 1056)}  # CSS pixels
MARGINS = 91  # two sides of 12 mm

every_page = pytest.mark.parametrize("language", LANGUAGES)
every_company = pytest.mark.parametrize("company", list(COMPANIES))
every_width = pytest.mark.parametrize("width", list(WIDTHS))


def open_page(page: Page, shown: ReviewPage, width: str = "desktop") -> None:
    columns, rows = WIDTHS[width]
    page.set_viewport_size({"width": columns, "height": rows})
    page.goto(shown.path.as_uri())


def serious_findings(page: Page) -> list[str]:
    """What axe-core finds to be serious or critical, each with where."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {[node['target'] for node in violation['nodes'][:5]]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]


@every_company
@every_page
@every_width
def test_a_page_fits_its_width_and_axe_finds_nothing_serious(
    page: Page, review_page: Render, picture: Picture, company: str, language: str, width: str
) -> None:
    shown = review_page(company, language)
    open_page(page, shown, width)
    picture(page, f"{company}-{language}-{width}")

    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]
    assert serious_findings(page) == []


@every_company
@every_page
def test_no_request_leaves_the_file_and_nothing_is_complained_about(
    page: Page, review_page: Render, company: str, language: str
) -> None:
    shown = review_page(company, language)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    open_page(page, shown)
    page.locator("summary").first.click()
    page.wait_for_load_state("networkidle")

    assert requests == [shown.path.as_uri()]
    assert complaints == []


@every_company
@every_page
def test_a_page_is_small_enough_to_mail(review_page: Render, company: str, language: str) -> None:
    assert review_page(company, language).path.stat().st_size < ONE_MEGABYTE


@every_company
@pytest.mark.parametrize("paper", list(PAPERS))
def test_a_print_has_everything_within_the_paper(
    page: Page, review_page: Render, company: str, paper: str
) -> None:
    shown = review_page(company, "es")
    width, height = PAPERS[paper]
    page.set_viewport_size({"width": width - MARGINS, "height": height})
    page.goto(shown.path.as_uri())
    page.emulate_media(media="print")

    # what a screen folds is open on paper, and nothing is cut off at the side
    tables = page.locator("table").all()
    assert tables
    for table in tables:
        box = table.bounding_box()
        assert box is not None
        assert box["height"] > 0
        assert box["x"] + box["width"] <= width - MARGINS + 1, table.get_attribute("id")
    assert page.evaluate(OVERFLOWING_CELLS) == []
    assert serious_findings(page) == []
    (ARTEFACTS / f"{company}-{paper}.pdf").write_bytes(page.pdf(format=paper, print_background=False))


@every_page
def test_hostile_names_stay_names(page: Page, review_page: Render, language: str) -> None:
    shown = review_page("hostile", language)
    open_page(page, shown)

    assert page.title() != "taken"
    assert page.locator("script, img, b").count() == 0
    text = page.locator("body").inner_text()
    assert HOSTILE in text
    # as a campaign's name in the table, and in the chart, where it may be shortened
    assert page.locator("#table-campaigns th data", has_text=HOSTILE).count() == 1
    assert page.locator("#campaigns svg text", has_text="<script>").count() >= 1


@every_page
def test_every_folded_table_opens_without_a_script(page: Page, review_page: Render, language: str) -> None:
    open_page(page, review_page("demo", language))
    folded = page.locator("details.folded")
    assert folded.count() >= 3

    for number in range(folded.count()):
        details = folded.nth(number)
        assert not details.locator("table").is_visible()
        details.locator("summary").click()
        assert details.locator("table").is_visible()


@every_page
def test_the_page_can_be_walked_by_keyboard(page: Page, review_page: Render, language: str) -> None:
    open_page(page, review_page("demo", language))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#verdict"
    page.keyboard.press("Enter")
    assert page.url.endswith("#verdict")


@every_page
def test_a_status_is_a_word_and_a_shape_as_well_as_a_colour(
    page: Page, review_page: Render, language: str
) -> None:
    open_page(page, review_page("demo", language))

    chips = page.locator(".chip")
    assert chips.count() >= 40
    for number in range(chips.count()):
        chip = chips.nth(number)
        assert (chip.text_content() or "").strip()
        assert chip.locator("svg use").count() == 1


@every_page
def test_the_order_of_the_page_is_that_of_the_meeting(page: Page, review_page: Render, language: str) -> None:
    open_page(page, review_page("demo", language))

    sections = page.locator("section[id]").evaluate_all("found => found.map(section => section.id)")

    assert sections == [
        "verdict",
        "promises",
        "questions",
        "progress",
        "funnel",
        "cohorts",
        "speed",
        "reps",
        "campaigns",
        "duties",
        "plan",
        "restatements",
        "quality",
    ]
    assert page.locator("article.answer").count() == 8


def test_many_campaigns_and_reps_are_summed_up(page: Page, review_page: Render) -> None:
    open_page(page, review_page("big", "es"))

    assert 10 <= page.locator("#table-campaigns tbody tr").count() <= 16
    assert 10 <= page.locator("#table-reps tbody tr").count() <= 2 * 26
