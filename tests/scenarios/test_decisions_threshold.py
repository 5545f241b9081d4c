"""The MQLs, their SQL rate and the reps' load at other thresholds, from one pass over the scores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dagster_project.decisions.threshold import (
    Candidate,
    ThresholdError,
    ThresholdSearch,
    default_candidates,
    search_threshold,
    threshold_page,
    threshold_text,
)
from dagster_project.decisions.wording import Wording
from tests.pipeline import Result, build
from tests.scenarios.history import BASE_CONTRACT, ROSA, History, a_contract

MQL: dict[str, Any] = {
    "basis": "scored",
    "threshold": 20,
    "required": [{"attribute": "country", "one_of": ["MX"]}],
    "engagement": [
        {"id": "form", "touch_type": ["form_submission"], "points": 10},
        {"id": "view", "touch_type": ["page_view"], "points": 10, "window_days": 2},
    ],
    "requalify_after_days": 10,
}


def a_history() -> History:
    """Rosa and Raúl may take two MQLs a month each. An SQL takes an accepted lead, within thirty days."""
    history = History(
        a_contract(
            mql=MQL,
            sql={"all_of": ["accepted"], "within_days": 30},
            capacity={"per_rep": {"min": 0, "max": 1}},
        ),
        through="2026-03-31",
    )

    def someone(name: str, *forms: str, country: str = "MX") -> Any:
        person = history.person(name, country=country)
        for at in forms:
            person.touch(at)
        person.lead("2026-01-02 10:00", owner_id=ROSA)
        return person

    # three forms in January: 10, 20, 30 points; an SQL
    someone("thirty", "2026-01-13 10:00", "2026-01-14 10:00", "2026-01-15 10:00").status(
        "2026-01-16 10:00", "Working"
    )
    # two forms; never accepted
    someone("twenty", "2026-01-13 10:00", "2026-01-14 10:00")
    # two forms in March: 10 in February, 20 in March; its thirty days aren't over
    someone("twenty-in-march", "2026-02-10 10:00", "2026-03-10 10:00")
    # one form, and one page view that had expired before the second: never more than 20, first reached in February
    someone("ten", "2026-01-13 10:00")
    someone("views").touch("2026-02-10 10:00", "page_view").touch("2026-02-11 10:00", "page_view").touch(
        "2026-02-20 10:00", "page_view"
    )
    # what is required is missing
    someone("abroad", "2026-01-13 10:00", "2026-01-14 10:00", country="US")
    # recycled with 20 points; in the next cycle one form too early, and one after the ten days
    recycled = someone("recycled", "2026-01-13 10:00", "2026-01-14 10:00")
    recycled.status("2026-02-02 10:00", "Nurture")
    recycled.touch("2026-02-03 10:00").touch("2026-03-03 10:00")
    return history


@pytest.fixture(scope="module")
def result() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        a_history().write(Path(folder))
        result = build(Path(folder), Path(folder) / "home")
        yield result
        result.connection.close()


@pytest.fixture(scope="module")
def search(result: Result) -> ThresholdSearch:
    return search_threshold(result.connection, candidates=[Decimal(10), Decimal(30), Decimal("30.5")])


@pytest.fixture(scope="module")
def candidates(search: ThresholdSearch) -> Mapping[Decimal, Candidate]:
    return {candidate.threshold: candidate for candidate in search.candidates}


def test_the_signed_threshold_is_always_among_the_candidates(search: ThresholdSearch) -> None:
    assert [candidate.threshold for candidate in search.candidates] == [10, 20, 30, Decimal("30.5")]
    assert (search.version, search.signed, search.periods) == (1, Decimal(20), 3)


def test_a_candidate_s_mqls_are_the_cycles_that_would_have_reached_it(
    candidates: Mapping[Decimal, Candidate],
) -> None:
    # at 20: thirty, twenty, twenty-in-march, views, recycled, and recycled again in its second cycle
    assert candidates[Decimal(20)].mqls == 6
    # at 10 the same, and ten; nobody twice
    assert candidates[Decimal(10)].mqls == 7
    assert candidates[Decimal(30)].mqls == 1
    assert candidates[Decimal("30.5")].mqls == 0


def test_at_the_signed_threshold_it_is_what_qualified(
    result: Result, candidates: Mapping[Decimal, Candidate]
) -> None:
    ((qualified,),) = result.rows("select count(*) from intermediate.int_qualifications")
    assert candidates[Decimal(20)].mqls == qualified


def test_the_sql_rate_is_over_those_whose_deadline_has_passed(
    candidates: Mapping[Decimal, Candidate],
) -> None:
    # thirty, twenty, views and recycled (its first cycle) have had their thirty days by 31 March; one was accepted
    signed = candidates[Decimal(20)]
    assert (signed.decided, signed.sqls, signed.sql_rate) == (4, 1, Fraction(1, 4))
    assert candidates[Decimal(30)].sql_rate == 1
    assert candidates[Decimal("30.5")].sql_rate is None


def test_below_the_signed_threshold_nobody_was_worked_and_no_rate_is_told(
    search: ThresholdSearch, candidates: Mapping[Decimal, Candidate]
) -> None:
    below = candidates[Decimal(10)]
    assert (below.never_worked, below.sql_rate) == (1, None)
    assert candidates[Decimal(20)].never_worked == 0
    text = threshold_text(search, Wording("en", "MXN"), colour=False, width=120)
    assert "Below 20 more people would have qualified, but nobody had reason to work them" in text


def test_the_load_is_mqls_per_rep_and_month_and_of_the_capacity(
    candidates: Mapping[Decimal, Candidate],
) -> None:
    # two reps in three months, one MQL each: six
    signed = candidates[Decimal(20)]
    assert (signed.load, signed.share_of_capacity) == (Fraction(1), Fraction(1))
    # three qualify in January where two may be taken; one in February, two in March
    assert signed.periods_above_capacity == 1
    # at 10, four do in January; two in February and one in March
    assert candidates[Decimal(10)].periods_above_capacity == 1


def test_the_table_is_shown_in_both_languages(search: ThresholdSearch) -> None:
    text = threshold_text(search, Wording("es", "MXN"), colour=False, width=120)
    assert "20 (firmado)" in text
    assert "25%" in text
    assert "<td>25%</td>" in threshold_page(search, Wording("en", "MXN"))


def test_default_candidates_are_steps_around_the_signed_threshold() -> None:
    assert default_candidates(Decimal(60)) == [Decimal(30 + 3 * number) for number in range(21)]
    assert default_candidates(Decimal(5)) == [Decimal(number) for number in range(16)]
    assert default_candidates(Decimal("40.5"))[9:12] == [
        Decimal("38.475"),
        Decimal("40.5"),
        Decimal("42.525"),
    ]


def test_a_version_that_trusts_declared_mqls_has_no_threshold(tmp_path: Path) -> None:
    declared = BASE_CONTRACT["mql"] | {"basis": "declared"}
    declared.pop("threshold")
    declared.pop("engagement")
    History(a_contract(mql=declared)).write(tmp_path)
    result = build(tmp_path, tmp_path / "home")
    with pytest.raises(ThresholdError, match="trusts the MQLs that the marketing system declares"):
        search_threshold(result.connection)
    with pytest.raises(ThresholdError, match="Contract version 7 isn't in force"):
        search_threshold(result.connection, version=7)
