"""Which review files are written, and which stay as they are."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dagster_project.review import ReviewError, WrittenReview, write_reviews
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
    """The reviews whose page was made now."""
    return [each.path.name for each in written if each.is_made_now]


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


def test_a_review_that_becomes_final_months_later_shows_what_was_proposed_and_why(tmp_path: Path) -> None:
    company = Company(through=datetime(2026, 7, 10, 6, tzinfo=UTC))
    company.months()
    for month in range(3, 8):
        company.month(date(2026, month, 1))
    company.promise("mql_to_customer_rate", FEBRUARY, target=0.1, actual=0.2, status="met", final=True)
    company.publish("mql_plan")
    company.add("mql_plan", period=date(2026, 8, 1), required=70, proposal=70, verdict="hold")
    company.publish("mql_plan_history")
    company.add(
        "mql_plan_history",
        period=MARCH,
        required=112,
        proposal=112,
        verdict="raise",
        reason="It takes 112 to reach the goal.",
        complete_through=datetime(2026, 3, 1, 6, tzinfo=UTC),
        published_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )

    written = write_reviews(company.connection, tmp_path)

    assert [each.is_final for each in written][:1] == [True]
    page = (tmp_path / "2026-01_2026-02.html").read_text()
    assert "For March 2026: 112 MQLs. The number should be raised." in page
    assert "It takes 112 to reach the goal." in page
    assert "on what was known through the end of February 28, 2026" in page


def test_a_page_that_was_lost_or_spoilt_is_made_now_again(company: Company, tmp_path: Path) -> None:
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


# ---------------------------------------------------------------- final pages are kept


FINAL = "2026-01_2026-02.html"


def know_more(company: Company) -> None:
    """A later run: who bought since is known, and more deadlines of what was decided already have passed."""
    company.connection.execute("update marts.funnel_by_period set customers_won = 9, leads = 77")
    company.connection.execute("update marts.sla_attainment set due = coalesce(due, 0) + 5")


def restate(company: Company, old: float, new: float, published_at: str) -> None:
    """Change February's final figure, and say so."""
    company.connection.execute(
        f"update marts.sla_attainment set actual = {new} where period = date '2026-02-01'"
    )
    company.add(
        "sla_restatements",
        period=FEBRUARY,
        commitment_id="mqls_delivered",
        metric="mqls_delivered",
        published_at=datetime.fromisoformat(published_at).replace(tzinfo=UTC),
        old_actual=old,
        new_actual=new,
        old_status="met",
        new_status="met",
        causes="late record",
    )


def test_a_final_page_whose_folder_was_deleted_is_the_same_again(company: Company, tmp_path: Path) -> None:
    published, kept = tmp_path / "published", tmp_path / "kept"
    write_reviews(company.connection, published, kept=kept)
    before = (published / FINAL).read_bytes()
    shutil.rmtree(published)
    know_more(company)

    written = write_reviews(company.connection, published, kept=kept)

    assert names(written) == ["2026-03_2026-04.html"]
    assert (published / FINAL).read_bytes() == before


def test_without_what_was_kept_a_later_run_would_say_something_else(company: Company, tmp_path: Path) -> None:
    # or else the test above would prove nothing
    write_reviews(company.connection, tmp_path / "published")
    before = (tmp_path / "published" / FINAL).read_bytes()
    shutil.rmtree(tmp_path / "published")
    know_more(company)

    write_reviews(company.connection, tmp_path / "published")

    assert (tmp_path / "published" / FINAL).read_bytes() != before


def test_only_final_pages_are_kept_and_each_state_once(company: Company, tmp_path: Path) -> None:
    for _ in range(2):
        write_reviews(company.connection, tmp_path / "published", kept=tmp_path / "kept")
        know_more(company)

    (page,) = (path for path in (tmp_path / "kept").rglob("*") if path.is_file())
    assert page.parent.name == "2026-01_2026-02"
    assert page.read_bytes() == (tmp_path / "published" / FINAL).read_bytes()


def test_a_restated_page_is_kept_beside_the_one_before_even_when_the_figure_comes_back(
    company: Company, tmp_path: Path
) -> None:
    published, kept = tmp_path / "published", tmp_path / "kept"
    company.publish("sla_restatements")
    pages = []
    write_reviews(company.connection, published, kept=kept)
    pages.append((published / FINAL).read_bytes())
    for old, new, day in ((91, 92, "2026-03-11"), (92, 91, "2026-03-12")):
        restate(company, old, new, day)
        assert FINAL in names(write_reviews(company.connection, published, kept=kept))
        pages.append((published / FINAL).read_bytes())

    assert len(set(pages)) == 3
    assert {path.read_bytes() for path in (kept / "2026-01_2026-02").iterdir()} == set(pages)


def test_a_page_that_was_final_before_pages_were_kept_is_kept_as_it_is(
    company: Company, tmp_path: Path
) -> None:
    write_reviews(company.connection, tmp_path / "published")
    before = (tmp_path / "published" / FINAL).read_bytes()
    know_more(company)

    write_reviews(company.connection, tmp_path / "published", kept=tmp_path / "kept")

    (page,) = (tmp_path / "kept" / "2026-01_2026-02").iterdir()
    assert page.read_bytes() == before


def test_a_published_page_that_was_edited_is_put_right(company: Company, tmp_path: Path) -> None:
    published, kept = tmp_path / "published", tmp_path / "kept"
    write_reviews(company.connection, published, kept=kept)
    before = (published / FINAL).read_bytes()
    (published / FINAL).write_bytes(before.replace(b"104", b"904"))

    write_reviews(company.connection, published, kept=kept)

    assert (published / FINAL).read_bytes() == before


def test_a_kept_page_that_is_cut_off_is_named_and_never_published(company: Company, tmp_path: Path) -> None:
    published, kept = tmp_path / "published", tmp_path / "kept"
    write_reviews(company.connection, published, kept=kept)
    (page,) = (kept / "2026-01_2026-02").iterdir()
    page.write_bytes(page.read_bytes()[:9000])

    with pytest.raises(ReviewError, match=r"is damaged.*Restore it from a backup of history/") as raised:
        write_reviews(company.connection, published, kept=kept)

    assert str(page) in str(raised.value)
