"""Score and scored qualification (domain, MQL).

A form is worth 10 points, a visit 5 within five days, at most 2 visits of whatever age count as
reading, an attachment a fraction. January asks for 20 points, February for 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios.history import History, a_contract
from tests.scenarios.results import Results, run

MQL: dict[str, Any] = {
    "basis": "scored",
    "threshold": 20,
    "required": [{"attribute": "country", "one_of": ["MX", "CO"]}],
    "fit": [
        {"id": "director", "attribute": "job_title", "has_phrase": ["director"], "points": 10},
        {"id": "student", "attribute": "job_title", "has_phrase": ["student"], "points": -50},
    ],
    "engagement": [
        {"id": "form", "touch_type": ["form_submission"], "points": 10},
        {"id": "visit", "touch_type": ["page_view"], "points": 5, "window_days": 5},
        {"id": "click", "touch_type": ["email_click"], "points": 9, "max_count": 2},
        {"id": "download", "touch_type": ["content_download"], "points": 2.5, "max_count": 8},
    ],
}
HISTORY = History(
    a_contract(mql=MQL),
    a_contract(version=2, effective_from="2026-02-01", mql=MQL | {"threshold": 12}),
)
MX = {"country": "MX"}


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def told(name: str, *touches: tuple[str, str], **attributes: Any) -> None:
    """A Mexican with these touches: (time in 2026, type)."""
    person = HISTORY.person(name, **(MX | attributes))
    for at, touch_type in touches:
        person.touch(f"2026-{at}", touch_type)


# threshold

told("exactly", ("01-05 10:00", "form_submission"), ("01-06 10:00", "form_submission"))
told("one-short", ("01-05 10:00", "form_submission"), ("01-06 10:00", "email_click"))
told("goes-on", ("01-05 10:00", "form_submission"), ("01-06 10:00", "form_submission"),
     ("01-07 10:00", "form_submission"))  # fmt: skip
told("fractions", *((f"01-0{day} 10:00", "content_download") for day in range(1, 9)))


def test_the_threshold_itself_is_enough(results: Results) -> None:
    # 10 + 10 = 20
    mql = results.mql("exactly")
    assert (mql.qualified_at, mql.score, mql.basis, mql.contract_version) == (
        "2026-01-06 10:00",
        20,
        "scored",
        1,
    )


def test_a_point_short_is_not_enough(results: Results) -> None:
    # 10 + 9 = 19
    assert not results.is_mql("one-short")


def test_a_person_is_an_mql_once_in_a_cycle_and_keeps_that_score(results: Results) -> None:
    assert results.cycles("goes-on") == [1]
    assert (results.mql("goes-on").qualified_at, results.mql("goes-on").score) == ("2026-01-06 10:00", 20)
    rows = results.rows("select * from marts.fct_mql_score where person_id = 'goes-on'")
    assert [(row.rule_id, row.points, row.matched) for row in rows] == [("form", 20, 2)]


def test_points_may_be_fractions(results: Results) -> None:
    # 8 × 2.5 = 20 at the eighth download
    mql = results.mql("fractions")
    assert (mql.qualified_at, mql.score) == ("2026-01-08 10:00", Decimal("20.0"))


# windows

told("at-the-window", ("01-05 10:00", "page_view"), ("01-06 10:00", "form_submission"),
     ("01-10 10:00", "page_view"))  # fmt: skip
told("inside-the-window", ("01-05 10:00:00.000001", "page_view"), ("01-06 10:00", "form_submission"),
     ("01-10 10:00", "page_view"))  # fmt: skip
told(
    "forgotten",
    ("01-05 10:00", "page_view"),
    ("01-05 11:00", "page_view"),
    ("01-12 10:00", "form_submission"),
)
told("never-forgotten", ("01-05 10:00", "form_submission"), ("03-30 10:00", "form_submission"))


def test_a_touch_exactly_window_days_old_no_longer_counts(results: Results) -> None:
    # 10 January 10:00 − 5 × 24 h = 5 January 10:00, which is out: 5 + 10 = 15
    assert not results.is_mql("at-the-window")


def test_a_touch_a_microsecond_younger_counts(results: Results) -> None:
    # 5 + 5 + 10
    assert results.mql("inside-the-window").qualified_at == "2026-01-10 10:00"
    assert results.points("inside-the-window") == {"form": 10, "visit": 10}


def test_what_left_the_window_is_not_added(results: Results) -> None:
    # never 20 at one time: 10, then 10
    assert not results.is_mql("forgotten")


def test_without_a_window_the_whole_cycle_counts(results: Results) -> None:
    assert results.mql("never-forgotten").qualified_at == "2026-03-30 10:00"


# caps

told("capped", *((f"01-0{day} 10:00", "email_click") for day in range(5, 10)))
told(
    "capped-and-a-visit",
    *((f"01-0{day} 10:00", "email_click") for day in range(5, 10)),
    ("01-10 10:00", "page_view"),
)


def test_a_rule_counts_at_most_max_count_touches(results: Results) -> None:
    # 5 clicks give 2 × 9 = 18
    assert not results.is_mql("capped")


def test_a_capped_rule_still_gives_its_points(results: Results) -> None:
    # 18 + 5 = 23
    mql = results.mql("capped-and-a-visit")
    assert (mql.qualified_at, mql.score) == ("2026-01-10 10:00", 23)
    rows = results.rows(
        "select * from marts.fct_mql_score where person_id = 'capped-and-a-visit' order by rule_id"
    )
    assert [(row.rule_id, row.points) for row in rows] == [("click", 18), ("visit", 5)]


# one instant

told(
    "all-at-once",
    ("01-05 10:00", "form_submission"),
    ("01-05 10:00", "email_click"),
    ("01-05 10:00", "page_view"),
)
HISTORY.person("record-and-touch", country="MX").has("2026-01-05 10:00", job_title="director", **MX).touch(
    "2026-01-05 10:00"
)
HISTORY.person("worse-at-once", job_title="director", **MX).has("2026-01-05 10:00", **MX).touch(
    "2026-01-05 10:00"
)


def test_a_state_includes_all_events_of_its_instant(results: Results) -> None:
    # 10 + 9 + 5: all of them count when the first does
    mql = results.mql("all-at-once")
    assert (mql.qualified_at, mql.score) == ("2026-01-05 10:00", 24)
    # 10 for the form and 10 for the director that the record names from that very instant
    assert results.mql("record-and-touch").qualified_at == "2026-01-05 10:00"
    # no director any more
    assert not results.is_mql("worse-at-once")


# the person's record

HISTORY.person("promoted", **MX).touch("2026-01-05 10:00").has("2026-01-07 10:00", job_title="director", **MX)
HISTORY.person("record-came-later", created="2026-01-04 10:00", updated_at="2026-01-09 10:00", job_title="director",
               **MX).touch("2026-01-05 10:00")  # fmt: skip
HISTORY.person("demoted", job_title="director", **MX).has("2026-01-05 09:59:59.999999", **MX).touch(
    "2026-01-05 10:00"
)
HISTORY.person("demoted-later", job_title="director", **MX).touch("2026-01-05 10:00").has(
    "2026-01-05 10:00:00.000001", **MX
)
HISTORY.person("student", job_title="student", **MX).touch("2026-01-05 10:00").touch(
    "2026-01-06 10:00"
).touch("2026-01-07 10:00")
HISTORY.person("graduated", job_title="student director", **MX).touch("2026-01-05 10:00").touch(
    "2026-01-06 10:00"
).has("2026-01-20 10:00", **MX)


def test_a_new_version_of_the_record_is_an_event(results: Results) -> None:
    mql = results.mql("promoted")
    assert (mql.qualified_at, mql.score) == ("2026-01-07 10:00", 20)
    assert results.points("promoted") == {"form": 10, "director": 10}


def test_before_the_first_version_the_first_is_in_force(results: Results) -> None:
    assert results.mql("record-came-later").qualified_at == "2026-01-05 10:00"


def test_the_record_in_force_is_the_latest_until_then(results: Results) -> None:
    assert not results.is_mql("demoted")
    assert results.mql("demoted-later").qualified_at == "2026-01-05 10:00"


def test_points_can_be_taken_away(results: Results) -> None:
    # 3 × 10 − 50
    assert not results.is_mql("student")
    # 20 + 10 − 50, then 20
    mql = results.mql("graduated")
    assert (mql.qualified_at, mql.score) == ("2026-01-20 10:00", 20)
    assert results.points("graduated") == {"form": 20}


# required

told("from-elsewhere", ("01-05 10:00", "form_submission"), ("01-06 10:00", "form_submission"), country="US")
told("from-nowhere", ("01-05 10:00", "form_submission"), ("01-06 10:00", "form_submission"), country=None)
HISTORY.person("moved", country="US").touch("2026-01-05 10:00").touch("2026-01-06 10:00").has(
    "2026-01-08 10:00", country="co"
)


def test_what_is_required_must_hold(results: Results) -> None:
    assert not results.is_mql("from-elsewhere")
    assert not results.is_mql("from-nowhere")


def test_what_is_required_is_asked_at_the_moment_of_qualification(results: Results) -> None:
    assert results.mql("moved").qualified_at == "2026-01-08 10:00"


# the contract in force

told("fifteen-in-january", ("01-30 10:00", "form_submission"), ("01-31 10:00", "page_view"))
told(
    "fifteen-and-a-touch",
    ("01-30 10:00", "form_submission"),
    ("01-31 10:00", "page_view"),
    ("02-02 10:00", "other"),
)
HISTORY.person("fifteen-and-a-record", **MX).touch("2026-01-30 10:00").touch(
    "2026-01-31 10:00", "page_view"
).has("2026-02-03 10:00", **MX)
told(
    "nineteen-for-long",
    ("01-05 10:00", "form_submission"),
    ("01-06 10:00", "email_click"),
    ("03-01 00:00", "other"),
)
told("at-the-change", ("01-30 10:00", "form_submission"), ("02-01 00:00", "page_view"))
told("just-before-the-change", ("01-30 10:00", "form_submission"), ("01-31 23:59:59.999999", "page_view"))


def test_nobody_qualifies_because_a_contract_changed(results: Results) -> None:
    # 10 + 5 = 15 from 31 January, and 12 would do from 1 February
    assert not results.is_mql("fifteen-in-january")


def test_the_next_event_after_a_change_qualifies(results: Results) -> None:
    # a touch that gives no points: 2 February 10:00 is within 5 days of the visit
    mql = results.mql("fifteen-and-a-touch")
    assert (mql.qualified_at, mql.score, mql.contract_version) == ("2026-02-02 10:00", 15, 2)
    # a version of the record in which nothing changed
    assert results.mql("fifteen-and-a-record").qualified_at == "2026-02-03 10:00"
    assert results.mql("nineteen-for-long").qualified_at == "2026-03-01 00:00"


def test_the_version_in_force_at_the_event_decides(results: Results) -> None:
    assert results.mql("at-the-change").qualified_at == "2026-02-01 00:00"
    assert not results.is_mql("just-before-the-change")


# before the first version

HISTORY.person("keen-in-december", **MX).touch("2025-12-10 10:00").touch("2025-12-11 10:00")
HISTORY.person("keen-and-back", **MX).touch("2025-12-10 10:00").touch("2025-12-11 10:00").touch(
    "2026-01-15 10:00", "other"
)
HISTORY.person("at-the-first-instant", **MX).touch("2025-12-10 10:00").touch("2026-01-01 00:00")


def test_nobody_qualifies_before_the_first_version(results: Results) -> None:
    assert not results.is_mql("keen-in-december")


def test_touches_before_the_first_version_count(results: Results) -> None:
    mql = results.mql("keen-and-back")
    assert (mql.qualified_at, mql.score) == ("2026-01-15 10:00", 20)
    assert results.mql("at-the-first-instant").qualified_at == "2026-01-01 00:00"


# a person's other contacts

HISTORY.person("two-contacts", created="2025-11-01", email="ana@acme.example", **MX).touch("2026-01-05 10:00")
HISTORY.person("second-contact", email="ana@acme.example", country="US").touch("2026-01-06 10:00")


def test_touches_of_all_of_a_person_s_contacts_count(results: Results) -> None:
    assert results.mql("two-contacts").qualified_at == "2026-01-06 10:00"


# touches are counted once a rule, whatever they are worth to others

told("one-touch-two-rules", ("02-03 10:00", "form_submission"), ("02-03 11:00", "email_click"))


def test_a_score_lists_only_rules_that_gave_points(results: Results) -> None:
    # February: 10 + 9 = 19 >= 12, no visit and no download
    assert results.points("one-touch-two-rules") == {"form": 10, "click": 9}
