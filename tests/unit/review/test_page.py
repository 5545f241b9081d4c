"""The page as a whole: self-contained, escaped, in its language, saying what it is."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dagster_project.review import ReviewError, Signatory, render_review, review_from, summary
from tests.unit.review.warehouse import FEBRUARY, JANUARY, REVIEW, Company

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 1234567 * 2 }}</svg></style>"


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, and its text outside of style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def a_company(**contract: object) -> Company:
    company = Company(**contract)  # type: ignore[arg-type]
    company.months()
    company.promise("mqls_delivered", target=90, actual=104.0, status="met", owner="marketing")
    company.rate("first_attempt_on_time_rate", met=5, breached=5, target="0.9", status="missed")
    company.add("dim_campaigns", campaign_id="c1", campaign_name="Expo", channel="event")
    company.add(
        "campaign_performance", campaign_id="c1", period=JANUARY, model="linear", mqls=12, sqls=3, spend=100
    )
    return company


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = Tags(render_review(a_company().connection, REVIEW))

    loading = {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert {tag for tag, _ in page.tags}.isdisjoint(loading)
    references = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("href", "src", "srcset", "data", "action", "poster", "xlink:href")
    ]
    assert references
    assert all(value is not None and value.startswith("#") for value in references)


def test_every_place_that_is_linked_to_is_on_the_page() -> None:
    page = Tags(render_review(a_company().connection, REVIEW))

    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"]).removeprefix("#") for attributes in page.named("a") + page.named("use")}
    described = {
        str(attributes["aria-labelledby"]) for _, attributes in page.tags if "aria-labelledby" in attributes
    }
    assert links | described <= set(ids)


def test_the_policy_allows_the_pages_own_style_sheet_and_nothing_else() -> None:
    page = render_review(a_company().connection, REVIEW)

    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = [
        str(attributes["content"])
        for attributes in Tags(page).named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "style=" not in page.replace(style[1], "")


def test_hostile_names_are_names() -> None:
    company = Company(contract=HOSTILE)
    company.months()
    company.promise(
        "mqls_delivered", target=90, actual=104.0, status="met", owner="marketing", commitment_id=HOSTILE
    )
    company.add("dim_campaigns", campaign_id="c1", campaign_name=HOSTILE, channel=HOSTILE)
    company.add("campaign_performance", campaign_id="c1", period=JANUARY, model="linear", mqls=12, spend=100)
    company.add("rep_performance", rep_id=HOSTILE, period=JANUARY, mqls=3, min=1, max=2)
    company.owe("rep_load", 1, "breached", rep_id=HOSTILE)
    who = Signatory(1, "marketing", HOSTILE, "CMO", date(2025, 12, 18))

    page = Tags(render_review(company.connection, REVIEW, signatories=[who]))

    names = {name for name, _ in page.tags}
    assert names.isdisjoint({"script", "img"})
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert page.text.count(HOSTILE) >= 5
    assert "2469134" not in page.text


@pytest.mark.parametrize(
    ("language", "title", "verdict"),
    [
        ("en", "Review of January and February 2026", "Marketing kept its only promise."),
        ("es", "Revisión de enero y febrero de 2026", "Marketing cumplió su única promesa."),
    ],
)
def test_a_page_is_in_the_contracts_language(language: str, title: str, verdict: str) -> None:
    page = Tags(render_review(a_company(language=language).connection, REVIEW))

    assert page.named("html") == [{"lang": language}]
    assert title in page.text
    assert verdict in page.text


def test_another_language_than_the_contracts_can_be_asked_for() -> None:
    assert '<html lang="es">' in render_review(a_company(language="en").connection, REVIEW, language="es")


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ReviewError, match="no review page in the language 'fr': choose en or es"):
        render_review(a_company(language="fr").connection, REVIEW)


def test_a_review_that_has_not_begun_is_refused() -> None:
    with pytest.raises(ReviewError, match="No month of the review 2027-01_2027-02 has begun"):
        render_review(a_company().connection, review_from(date(2027, 1, 1)))


def test_a_warehouse_that_lacks_a_column_is_refused_by_name() -> None:
    company = a_company()
    company.connection.execute("alter table marts.breaches drop column due_at")

    with pytest.raises(ReviewError, match=r"The warehouse lacks breaches\.due_at"):
        render_review(company.connection, REVIEW)


def test_a_published_file_gives_the_same_page_as_a_build(tmp_path: Path) -> None:
    company = a_company()

    from_file = render_review(company.write(tmp_path / "warehouse.duckdb"), REVIEW)

    assert from_file == render_review(company.connection, REVIEW)


def test_the_header_says_who_signed_which_version_and_through_when_data_is_complete() -> None:
    company = a_company()
    signatories = [Signatory(1, "sales", "Sergio Supuesto", "VP Sales", date(2025, 12, 18))]

    text = Tags(render_review(company.connection, REVIEW, signatories=signatories)).text

    assert "Version 1, in force since January 1, 2026" in text
    assert "Sergio Supuesto, VP Sales (Sales), on December 18, 2025" in text
    assert "CMO (Marketing), on December 18, 2025" in text  # no name is known of this one
    assert "the end of February 28, 2026" in text


def test_a_page_says_whether_it_is_final() -> None:
    company = a_company()
    assert "Final: both months are over" in Tags(render_review(company.connection, REVIEW)).text

    company.rate(
        "mql_to_sql_rate", met=5, breached=2, pending=3, target="0.5", status="on_track", period=FEBRUARY
    )
    text = Tags(render_review(company.connection, REVIEW)).text
    assert "Provisional: both months are over, but 3 obligations are still within their deadlines." in text


def test_a_running_review_is_provisional() -> None:
    company = Company(through=datetime(2026, 2, 10, 6, tzinfo=UTC))
    company.months()

    text = Tags(render_review(company.connection, REVIEW)).text

    assert "Provisional: the two months are not over yet." in text
    assert "January 2026: over" in text
    assert "February 2026: still running" in text


def test_an_empty_first_month_has_a_page() -> None:
    company = Company(through=datetime(2026, 1, 10, 6, tzinfo=UTC))
    company.month(JANUARY)
    company.promise(
        "mqls_delivered", target=90, actual=0.0, status="on_track", owner="marketing", final=False
    )

    text = Tags(render_review(company.connection, REVIEW)).text

    assert "February 2026: not begun" in text
    assert "Marketing has its only promise still to be decided; 1 is undecided and on track" in text


def test_a_contract_without_any_promise_has_a_page() -> None:
    company = Company(
        handoff_within_business_seconds=None,
        first_attempt_within_business_seconds=None,
        disposition_within_business_seconds=None,
        sql_within_days=None,
        basis="declared",
        threshold=None,
    )
    company.months()

    text = Tags(render_review(company.connection, REVIEW)).text

    assert "Sales promised nothing for these months." in text
    assert "A person whom marketing's own system declares ready for sales." in text


def test_a_demo_says_that_it_is_one() -> None:
    company = a_company()
    assert "Demo: an invented company" in Tags(render_review(company.connection, REVIEW, is_demo=True)).text
    assert "Demo" not in Tags(render_review(company.connection, REVIEW)).text


def test_every_table_is_under_a_heading_and_every_chart_has_a_description() -> None:
    page = Tags(render_review(a_company().connection, REVIEW))

    charts = [attributes for attributes in page.named("div") if attributes.get("class") == "chart"]
    assert charts
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in charts)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_figures_in_tables_can_be_read_back() -> None:
    page = render_review(a_company().connection, REVIEW)

    assert '<data value="0.5">50.0%</data>' in page
    assert '<data value="104.0">104</data>' in page


def test_a_page_in_short_has_its_verdicts_and_every_promise_in_one_chart() -> None:
    short = summary(a_company().connection, REVIEW)

    assert short.title == "Review of January and February 2026"
    assert short.state.startswith("Final: both months are over")
    assert [text.split()[0] for text in short.verdicts] == ["Marketing", "Sales"]
    assert "it missed 1: first contact attempt on time (50.0% in January; target 90%)" in short.verdicts[1]
    assert short.chart.description == (
        "How far each promise was kept: MQLs delivered to sales, Jan 2026: 104 (at least 90): Met and "
        "First contact attempt on time, Jan 2026: 50.0% (at least 90%): Missed."
    )
    assert short.chart.svg.startswith("<svg ")
    assert "104 (at least 90): Met" in short.chart.svg


def test_the_chart_shows_how_a_promise_can_end_of_which_nothing_has_come_due() -> None:
    company = Company()
    company.months()
    company.rate(
        "mql_to_sql_rate", met=30, breached=0, pending=70, target="0.25", status="met", actual=None, due=0
    )

    assert "30.0% to 100% (at least 25%): Met" in summary(company.connection, REVIEW).chart.svg


def test_the_same_tables_give_the_same_page() -> None:
    company = a_company()
    assert render_review(company.connection, REVIEW) == render_review(company.connection, REVIEW)
