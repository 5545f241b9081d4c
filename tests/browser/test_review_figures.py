"""The figures on the page equal the published tables: read back from the page's own tables, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import parse_decimal
from playwright.sync_api import Page

from dagster_project.sentences import locale_of
from tests.browser.conftest import LANGUAGES, ReviewPage

Render = Callable[[str, str], ReviewPage]


@pytest.fixture(params=LANGUAGES)
def shown(page: Page, review_page: Render, request: pytest.FixtureRequest) -> ReviewPage:
    found = review_page("demo", request.param)
    page.goto(found.path.as_uri())
    return found


def table(page: Page, name: str) -> list[list[tuple[str, str | None]]]:
    """The rows of a table on the page: each cell's text, and the value that it carries."""
    rows: list[list[tuple[str, str | None]]] = page.locator(f"#table-{name} tbody tr").evaluate_all(
        """rows => rows.map(row => [...row.cells].map(cell => [
            cell.textContent.trim(),
            cell.dataset.status ?? cell.querySelector("data")?.getAttribute("value") ?? null,
        ]))"""
    )
    return rows


def published(shown: ReviewPage, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query over the published tables, with `$first` and `$second` for the review's months."""
    months = {"first": shown.review.first, "second": shown.review.second}
    return shown.connection.execute(
        query, {name: day for name, day in months.items() if f"${name}" in query}
    ).fetchall()


def values(rows: list[list[tuple[str, str | None]]], *columns: int) -> list[tuple[str | None, ...]]:
    return [tuple(row[column][1] for column in columns) for row in rows]


def number(value: Any) -> str | None:
    """A published number as a cell carries it."""
    return None if value is None else repr(float(value)) if isinstance(value, float | Decimal) else str(value)


def test_commitments(page: Page, shown: ReviewPage) -> None:
    for owner in ("marketing", "sales"):
        expected = published(
            shown,
            f"""
            select commitment_id, strftime(period, '%Y-%m'), target, actual, worst, best, met, breached, pending, status
            from marts.sla_attainment where owner = '{owner}' and period in ($first, $second)
            """,
        )
        found = values(table(page, f"commitments-{owner}"), *range(10))
        assert len(found) >= 6
        assert sorted(found) == sorted(
            (row[0], row[1], *(number(value) for value in row[2:9]), row[9]) for row in expected
        )


def test_what_is_read_is_what_is_published(page: Page, shown: ReviewPage) -> None:
    """Every number as it is written, read by the language's own rules, is its value to the digits shown."""
    locale = locale_of(shown.language, "MXN")
    names = (
        "funnel",
        "closings",
        "campaigns",
        "progress",
        "duties",
        "commitments-marketing",
        "commitments-sales",
    )
    cells = [cell for name in names for row in table(page, name) for cell in row[1:]]
    read = 0
    for text, value in cells:
        cleaned = text.replace("MX$", "").replace("$", "").replace("%", "")
        if value is None or not re.fullmatch(r"[0-9.,]+", cleaned):
            continue
        written = parse_decimal(cleaned, locale=locale)
        exact = Decimal(value) * (100 if "%" in text else 1)
        half_a_digit = Decimal(1).scaleb(written.as_tuple().exponent) / 2  # type: ignore[arg-type]
        assert abs(written - exact) <= half_a_digit, (text, value)
        read += 1
    assert read > 200


def test_progress(page: Page, shown: ReviewPage) -> None:
    (expected,) = published(
        shown,
        """
        select
            count(*) filter (where date_trunc('month', handed_off_date) = $first),
            count(*) filter (where date_trunc('month', handed_off_date) = $second)
        from marts.fct_mqls
        """,
    )
    rows = table(page, "progress")
    reached = [max(int(row[column][1] or 0) for row in rows) for column in (1, 3)]
    assert tuple(reached) == expected


def test_funnel(page: Page, shown: ReviewPage) -> None:
    found = {row[0][1]: [cell[1] for cell in row[1:4]] for row in table(page, "funnel")}
    for stage in (
        "leads",
        "mqls_qualified",
        "mqls_delivered",
        "sqls",
        "opportunities",
        "customers_won",
        "meetings_confirmed",
    ):
        months = [
            row[0]
            for row in published(
                shown,
                f"select {stage} from marts.funnel_by_period where period in ($first, $second) order by period",
            )
        ]
        assert found[stage] == [str(months[0]), str(months[1]), str(sum(months))]


def test_closings(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select
            strftime(closed_date, '%Y-%m') as month, count(*), count(*) filter (where is_won),
            sum(amount) filter (where is_won)
        from marts.fct_opportunities
        where is_closed and date_trunc('month', closed_date) in ($first, $second)
        group by month order by month
        """,
    )
    found = values(table(page, "closings"), 0, 1, 2, 5)[-2:]
    assert found == [
        (month, str(closed), str(won), number(amount)) for month, closed, won, amount in expected
    ]


def test_cohorts(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select
            strftime(period, '%Y-%m'), mqls, sqls, sqls / mqls, sqls_decided_share, opportunities, opportunities / mqls,
            opportunities_decided_share, customers, customers / mqls, customers_decided_share
        from marts.funnel_by_cohort where period <= $second order by period
        """,
    )
    found = values(table(page, "cohorts"), *range(11))
    assert found == [(row[0], *(number(value) for value in row[1:])) for row in expected][-12:]
    # what is not decided yet is marked where it is read
    marks = {"es": "por ahora", "en": "so far"}
    for row in table(page, "cohorts"):
        for share, decided in ((3, 4), (6, 7), (9, 10)):
            assert (marks[shown.language] in row[share][0]) == (row[decided][1] != "1.0")


def test_speed(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select
            strftime(handed_off_date, '%Y-%m') as month, count(*), count(first_attempt_at),
            quantile_cont(first_response_business_seconds::double, 0.5) filter (where first_attempt_at is not null),
            quantile_cont(first_response_business_seconds::double, 0.9) filter (where first_attempt_at is not null)
        from marts.fct_mqls
        where date_trunc('month', handed_off_date) in ($first, $second)
        group by month order by month
        """,
    )
    found = values(table(page, "speed"), 0, 1, 2, 3, 4)[-2:]
    assert found == [(row[0], *(number(value) for value in row[1:])) for row in expected]


def test_reps(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select strftime(period, '%Y-%m'), rep_id, mqls, min, max, first_response_p50_business_seconds, sqls
        from marts.rep_performance where period in ($first, $second)
        """,
    )
    found = values(table(page, "reps"), 0, 1, 2, 3, 4, 6, 9)
    assert sorted(found) == sorted(
        (row[0], row[1], *(number(value) for value in row[2:])) for row in expected
    )


def test_campaigns(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select campaign_id, sum(mqls), sum(spend)::double, sum(sqls), sum(customers), sum(amount_won)
        from marts.campaign_performance
        where model = 'linear' and period in ($first, $second)
        group by campaign_id having sum(mqls) > 0 or sum(spend) > 0
        """,
    )
    found = {
        row[0]: [float(value or 0) for value in row[1:]]
        for row in values(table(page, "campaigns"), 0, 2, 8, 4, 6, 7)
    }
    assert found == {
        row[0]: [pytest.approx(float(value), rel=1e-12) for value in row[1:]] for row in expected
    }


def test_duties(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select
            obligation, strftime(period, '%Y-%m') as month, count(*), count(*) filter (where outcome = 'met'),
            count(*) filter (where outcome = 'breached'), count(*) filter (where outcome = 'pending')
        from marts.fct_obligations where period in ($first, $second) group by obligation, month
        """,
    )
    found = [
        (
            row[0][1],
            row[2][1],
            row[3][1],
            row[4][1],
            str(int(row[5][1] or 0) + int(row[6][1] or 0)),
            row[7][1],
        )
        for row in table(page, "duties")
    ]
    assert sorted(found) == sorted((row[0], row[1], *(str(value) for value in row[2:])) for row in expected)


def test_due_next(page: Page, shown: ReviewPage) -> None:
    expected = published(
        shown,
        """
        select obligation, person_id from marts.breaches
        where outcome = 'pending' and obligation not in ('sql', 'opportunity', 'customer') and period <= $second
        order by due_at, obligation, person_id limit 12
        """,
    )
    assert [(row[1][1], row[3][0]) for row in table(page, "due-next")] == [
        (row[0], row[1]) for row in expected
    ]


def test_the_tally_of_statuses(page: Page, shown: ReviewPage) -> None:
    for place, owner in enumerate(("marketing", "sales")):
        expected = dict(
            published(
                shown,
                f"""
                select status, count(*) from marts.sla_attainment
                where owner = '{owner}' and period in ($first, $second) group by status
                """,
            )
        )
        found = page.locator(".verdict").nth(place).locator(".tally li")
        texts = {
            (found.nth(number).get_attribute("class") or "").removeprefix("chip "): int(
                (found.nth(number).text_content() or "").split()[0]
            )
            for number in range(found.count())
        }
        assert texts == expected
