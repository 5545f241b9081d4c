"""Which reviews there are."""

from __future__ import annotations

from datetime import date

from dagster_project.review import Review, review_from, reviews_of


def month(year: int, number: int) -> date:
    return date(year, number, 1)


def test_reviews_are_pairs_from_the_contracts_first_month_on() -> None:
    months = [month(2025, 11), month(2025, 12), month(2026, 1), month(2026, 2)]

    assert reviews_of(months) == (
        Review(month(2025, 11), month(2025, 12)),
        Review(month(2026, 1), month(2026, 2)),
    )


def test_a_review_exists_as_soon_as_its_first_month_has_begun() -> None:
    assert reviews_of([month(2026, 1), month(2026, 2), month(2026, 3)])[-1] == Review(
        month(2026, 3), month(2026, 4)
    )


def test_without_a_month_there_is_no_review() -> None:
    assert reviews_of([]) == ()


def test_a_review_is_named_by_its_months_across_a_year() -> None:
    assert review_from(month(2025, 12)).name == "2025-12_2026-01"
