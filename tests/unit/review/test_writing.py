"""Which review files are written, and which stay as they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dagster_project.review import WrittenReview, write_reviews
from tests.unit.review.warehouse import FEBRUARY, MARCH, Company


@pytest.fixture
def company() -> Company:
    """January and February are over and final; March runs."""
    company = Company(through=datetime(2026, 3, 10, 6, tzinfo=UTC))
    company.months()
    company.month(MARCH)
    company.promise("mqls_delivered", target=90, actual=104.0, status="met", owner="marketing")
    company.promise("mqls_delivered", FEBRUARY, target=90, actual=91.0, status="met", owner="marketing")
    company.promise(
        "mqls_delivered", MARCH, target=90, actual=20.0, status="on_track", owner="marketing", final=False
    )
    return company


def names(written: tuple[WrittenReview, ...]) -> list[str]:
    """The reviews that were written now."""
    return [each.path.name for each in written if each.is_written]


def test_every_review_has_a_file_and_the_last_is_also_the_latest(company: Company, tmp_path: Path) -> None:
    written = write_reviews(company.connection, tmp_path)

    assert names(written) == ["2026-01_2026-02.html", "2026-03_2026-04.html"]
    assert [each.is_final for each in written] == [True, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2026-01_2026-02.html",
        "2026-03_2026-04.html",
        "latest.html",
    ]
    assert (tmp_path / "latest.html").read_bytes() == (tmp_path / "2026-03_2026-04.html").read_bytes()


def test_a_final_review_stays_as_it_was_and_one_that_isnt_is_rewritten(
    company: Company, tmp_path: Path
) -> None:
    write_reviews(company.connection, tmp_path)
    before = (tmp_path / "2026-01_2026-02.html").read_bytes()
    # a later run knows more, of things that are no promise's figure
    company.connection.execute("update marts.funnel_by_period set customers_won = 9, leads = 77")

    assert names(write_reviews(company.connection, tmp_path)) == ["2026-03_2026-04.html"]
    assert (tmp_path / "2026-01_2026-02.html").read_bytes() == before


def test_a_restated_figure_rewrites_a_final_review(company: Company, tmp_path: Path) -> None:
    write_reviews(company.connection, tmp_path)
    company.connection.execute(
        "update marts.sla_attainment set actual = 88, status = 'missed' where period = date '2026-02-01'"
    )

    assert "2026-01_2026-02.html" in names(write_reviews(company.connection, tmp_path))
    assert "it missed 1: MQLs delivered to sales" in (tmp_path / "2026-01_2026-02.html").read_text()


def test_a_review_that_becomes_final_is_rewritten_to_say_so(company: Company, tmp_path: Path) -> None:
    company.connection.execute(
        "update marts.sla_attainment set final = false where period = date '2026-02-01'"
    )
    write_reviews(company.connection, tmp_path)
    company.connection.execute(
        "update marts.sla_attainment set final = true where period = date '2026-02-01'"
    )

    assert "2026-01_2026-02.html" in names(write_reviews(company.connection, tmp_path))
    assert "Final: both months are over" in (tmp_path / "2026-01_2026-02.html").read_text()


def test_a_page_that_was_lost_or_spoilt_is_written_again(company: Company, tmp_path: Path) -> None:
    write_reviews(company.connection, tmp_path)
    whole = (tmp_path / "2026-01_2026-02.html").read_bytes()
    (tmp_path / "2026-01_2026-02.html").write_bytes(b"")

    write_reviews(company.connection, tmp_path)

    assert (tmp_path / "2026-01_2026-02.html").read_bytes() == whole


def test_reviews_of_another_first_month_and_leftovers_go_and_other_files_stay(
    company: Company, tmp_path: Path
) -> None:
    for name in ("2025-12_2026-01.html", ".writing.latest.html", "notes.html"):
        (tmp_path / name).write_text("x")

    write_reviews(company.connection, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2026-01_2026-02.html",
        "2026-03_2026-04.html",
        "latest.html",
        "notes.html",
    ]


def test_writing_from_a_published_file_leaves_it_as_it_is(company: Company, tmp_path: Path) -> None:
    published = company.write(tmp_path / "warehouse.duckdb")
    before = published.read_bytes()

    write_reviews(published, tmp_path / "review")

    assert published.read_bytes() == before


def test_the_latest_review_is_the_one_whose_first_month_has_begun(tmp_path: Path) -> None:
    company = Company(through=datetime(2026, 1, 2, 6, tzinfo=UTC))
    company.month(date(2026, 1, 1))

    (written,) = write_reviews(company.connection, tmp_path)

    assert written.path.name == "2026-01_2026-02.html"
    assert not written.is_final
