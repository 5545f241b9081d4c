"""Everything is stated as of one instant, and a record that comes several times counts once (domain, as of).

Complete through W, the end of 31 March: 1 April 0:00.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from dagster_project.warehouse.inputs import BuildInputsError
from tests.scenarios.history import BASE_CONTRACT, QUEUE, RAUL, ROSA, History, a_contract, signed
from tests.scenarios.results import Results, run

AT_W = "2026-04-01 00:00"
BEFORE_W = "2026-03-31 23:59:59.999999"

HISTORY = History(
    a_contract(
        mql=BASE_CONTRACT["mql"]
        | {"fit": [{"id": "director", "attribute": "job_title", "has_phrase": ["director"], "points": 10}]},
        commitments=[
            {"id": "cost", "owner": "marketing", "metric": "cost_per_mql", "at_most": 1000},
            {"id": "leads", "owner": "marketing", "metric": "leads_created", "at_least": 1},
        ],
    )
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def test_everything_is_complete_through_the_end_of_the_last_day(results: Results) -> None:
    assert results.complete_through == AT_W


# events at or after W

HISTORY.person("touched-at-w").touch(AT_W)
HISTORY.person("touched-before-w").touch(BEFORE_W)
HISTORY.mql("called-at-w", "2026-03-30 10:00", handed_off="2026-03-30 10:00").calls(AT_W)
HISTORY.mql("owned-at-w", "2026-03-31 16:00", handed_off=AT_W)
HISTORY.mql("accepted-at-w", "2026-03-30 10:00", handed_off="2026-03-30 10:00").status(AT_W, "Working")
HISTORY.mql("accepted-before-w", "2026-03-30 10:00", handed_off="2026-03-30 10:00").status(
    BEFORE_W, "Working"
)


def test_an_event_at_w_has_not_happened(results: Results) -> None:
    assert not results.is_mql("touched-at-w")
    assert results.mql("called-at-w").first_attempt_at is None
    # the queue is the owner until W, although the lead's record of that time isn't known yet either
    assert results.mql("owned-at-w").handed_off_at is None
    assert results.mql("accepted-at-w").accepted_at is None


def test_an_event_a_microsecond_before_w_has(results: Results) -> None:
    assert results.mql("touched-before-w").qualified_at == BEFORE_W
    assert results.mql("accepted-before-w").accepted_at == BEFORE_W


# record versions at or after W

HISTORY.person("promoted-at-w", job_title="clerk").has(AT_W, job_title="director").touch(
    "2026-03-01 10:00", "other"
)
HISTORY.person("promoted-before-w", job_title="clerk").has(BEFORE_W, job_title="director")
HISTORY.person("known-from-w", created="2026-03-01 10:00", updated_at=AT_W).touch("2026-03-02 10:00")
late_lead = HISTORY.person("lead-known-from-w").touch("2026-03-02 10:00")
late_lead.lead("2026-03-02 10:00", owner_id=ROSA, updated_at=AT_W)
HISTORY.user("joined-at-w", updated_at=AT_W)
HISTORY.mql("handed-to-nobody-known", "2026-03-02 10:00", "2026-03-02 11:00", rep="joined-at-w")


def test_a_record_version_at_w_is_ignored(results: Results) -> None:
    assert not results.is_mql("promoted-at-w")
    assert results.mql("promoted-before-w").qualified_at == BEFORE_W


def test_a_record_known_only_from_w_on_is_not_known(results: Results) -> None:
    assert not results.is_mql("known-from-w")
    assert "known-from-w" not in results.people()
    assert results.mql("lead-known-from-w").handed_off_at is None
    assert results.mql("handed-to-nobody-known").handed_off_at is None


# times inside records

deal = HISTORY.mql("deal-closing-at-w", "2026-03-02 10:00", "2026-03-02 10:00")
deal.opportunity("2026-03-03 10:00", won=AT_W, updated_at="2026-03-31 10:00")
deal = HISTORY.mql("deal-closed-before-w", "2026-03-02 10:00", "2026-03-02 10:00")
deal.opportunity("2026-03-03 10:00", won=BEFORE_W, updated_at="2026-03-31 10:00")
HISTORY.mql("confirmed-at-w", "2026-03-02 10:00", "2026-03-02 10:00").meeting(
    "2026-03-03 10:00", status="scheduled", confirmed_at=AT_W
)
HISTORY.mql("status-confirmed-from-w", "2026-03-02 10:00", "2026-03-02 10:00").meeting(
    "2026-03-03 10:00", status="confirmed", confirmed_at=AT_W, updated_at="2026-03-31 10:00"
)
HISTORY.mql("held-at-w", "2026-03-02 10:00", "2026-03-02 10:00").meeting(
    "2026-03-03 10:00", status="held", scheduled_at=AT_W
)
HISTORY.mql("held-before-w", "2026-03-02 10:00", "2026-03-02 10:00").meeting(
    "2026-03-03 10:00", status="held", scheduled_at=BEFORE_W
)


def test_a_deal_that_closes_at_w_is_not_closed_yet(results: Results) -> None:
    assert results.mql("deal-closing-at-w").won_at is None
    assert results.mql("deal-closing-at-w").opportunity_at == "2026-03-03 10:00"
    assert results.mql("deal-closed-before-w").won_at == BEFORE_W


def test_a_meeting_confirmed_at_w_is_not_confirmed_yet(results: Results) -> None:
    assert results.mql("confirmed-at-w").meeting_confirmed_at is None
    # it has a confirmed_at, so its status doesn't stand in for it
    assert results.mql("status-confirmed-from-w").meeting_confirmed_at is None


def test_a_meeting_held_at_w_has_not_been_held_yet(results: Results) -> None:
    assert results.mql("held-at-w").connected_at is None
    assert results.mql("held-before-w").connected_at == BEFORE_W


# spend by its local day

HISTORY.campaign("expo")
HISTORY.spend("2026-03-31", 700)
HISTORY.spend("2026-04-01", 5000)
HISTORY.spend("2026-02-28", 40)


def test_spend_counts_when_its_day_has_ended(results: Results) -> None:
    # March: 700 on the 31st, which ended at W
    delivered = results.rows(
        "select * from marts.fct_mqls where strftime(handed_off_date, '%Y-%m') = '2026-03'"
    )
    assert results.attainment("2026-03", "cost").actual == 700 / len(delivered)
    # February: 40 and no MQL
    assert results.attainment("2026-02", "cost").actual is None
    assert results.attainment("2026-02", "cost").status == "missed"


def test_the_last_period_is_over_when_w_is_its_end(results: Results) -> None:
    assert results.attainment("2026-03", "cost").final
    assert results.commitments("2026-04") == []


# a record several times

lead = HISTORY.person("greatest-updated").touch("2026-03-02 10:00").lead("2026-03-02 10:00", owner_id=RAUL)
HISTORY.row(
    "leads", on="2026-03-10", lead_id=lead.lead_id, contact_id="greatest-updated", created_at="2026-03-02 10:00",
    updated_at="2026-03-02 10:00:00.000001", owner_id=ROSA,
)  # fmt: skip
for on, owner in [
    ("2026-03-10", QUEUE),
    ("2026-03-31", ROSA),
    ("2026-03-31.a", QUEUE),
    ("2026-03-31.b", RAUL),
]:
    HISTORY.row(
        "leads", on=on, lead_id="lead-in-parts", contact_id="last-part", created_at="2026-03-02 10:00",
        updated_at="2026-03-02 10:00", owner_id=owner,
    )  # fmt: skip
HISTORY.person("last-part").touch("2026-03-02 10:00")
for owner in (QUEUE, RAUL, ROSA):
    HISTORY.row(
        "leads", lead_id="lead-in-rows", contact_id="last-row", created_at="2026-03-02 10:00",
        updated_at="2026-03-02 10:00", owner_id=owner,
    )  # fmt: skip
HISTORY.person("last-row").touch("2026-03-02 10:00")
HISTORY.row("users", on="2026-03-10", user_id="renata", department="sales", updated_at="2026-01-05")
HISTORY.row("users", on="2026-03-31", user_id="renata", department="marketing")
HISTORY.mql("null-is-smallest", "2026-03-02 10:00", "2026-03-02 11:00", rep="renata")


def test_the_greatest_updated_at_wins_even_from_an_earlier_extract(results: Results) -> None:
    assert results.mql("greatest-updated").rep_id == ROSA


def test_of_the_same_updated_at_the_latest_extract_and_its_last_part_win(results: Results) -> None:
    # no part comes before part a, which comes before part b
    assert results.mql("last-part").rep_id == RAUL


def test_of_the_same_updated_at_the_last_row_of_a_file_wins(results: Results) -> None:
    assert results.mql("last-row").rep_id == ROSA


def test_no_updated_at_is_smaller_than_any(results: Results) -> None:
    assert results.mql("null-is-smallest").rep_id == "renata"


twice = HISTORY.person("touched-twice").touch("2026-03-02 10:00", touch_id="twice", on="2026-03-10")
twice.touch("2026-03-02 12:00", touch_id="twice")
called = HISTORY.mql("called-once", "2026-03-02 10:00", "2026-03-02 10:00")
for on in ("2026-03-10", "2026-03-31"):
    HISTORY.row(
        "activities", on=on, activity_id="call-delivered-twice", contact_id="called-once", user_id=ROSA,
        activity_type="call", occurred_at="2026-03-02 11:00",
    )  # fmt: skip
HISTORY.person("in-an-old-dump-only", on="2026-03-10").touch("2026-03-02 10:00", on="2026-03-10")
versions = HISTORY.person("version-twice", job_title="clerk")
versions.has("2026-03-05 10:00", on="2026-03-10", job_title="director")
versions.has("2026-03-05 10:00", job_title="clerk again")


def test_an_event_delivered_twice_counts_once_as_it_came_last(results: Results) -> None:
    assert results.mql("touched-twice").qualified_at == "2026-03-02 12:00"
    assert results.mql("touched-twice").score == 10
    assert results.mql("called-once").attempts == 1


def test_absence_from_a_dump_is_not_deletion(results: Results) -> None:
    assert results.is_mql("in-an-old-dump-only")


def test_of_two_contact_versions_of_one_instant_the_last_one_delivered_counts(results: Results) -> None:
    assert not results.is_mql("version-twice")


# a source in another time zone than the contract's

IN_UTC = History(
    a_contract(commitments=[{"id": "cost", "owner": "marketing", "metric": "cost_per_mql", "at_most": 1000}]),
    timezone="UTC",
    through="2026-03-31",
)
IN_UTC.mql("naive-is-utc", "2026-03-02 10:00", "2026-03-02 10:00")
IN_UTC.campaign("expo")
IN_UTC.spend("2026-03-30", 70)
IN_UTC.spend("2026-03-31", 500)


def test_a_source_s_own_zone_tells_its_days_and_its_times() -> None:
    with run(IN_UTC) as results:
        # 31 March 24:00 UTC and 2 March 10:00 UTC, six hours earlier in Mexico City
        assert results.complete_through == "2026-03-31 18:00"
        assert results.mql("naive-is-utc").qualified_at == "2026-03-02 04:00"
        # the 31st has not ended in Mexico City
        assert results.attainment("2026-03", "cost").actual == 70


# runs as of a past date

PAST = History(
    a_contract(mql=BASE_CONTRACT["mql"] | {"threshold": 20}, signed_by=signed("2026-01-15")),
    a_contract(version=2, effective_from="2026-02-01", signed_by=signed("2026-02-10")),
    required=["touches"],
)
early = PAST.person("early", on="2026-01-14")
early.touch("2026-01-12 10:00", "other", on="2026-01-14")
early.touch("2026-02-05 10:00", on="2026-02-09")
early.touch("2026-02-08 10:00", "other", on="2026-02-10")
PAST.person("delivered-later", on="2026-02-10").touch("2026-02-05 10:00")


def test_a_run_as_of_a_past_date_knows_only_what_had_been_delivered_and_signed() -> None:
    with run(PAST, as_of=date(2026, 2, 9)) as results:
        assert results.complete_through == "2026-02-10 00:00"
        # 10 points of 20: the version that asks for 10 was signed on the 10th
        assert not results.is_mql("early")


def test_a_version_is_in_force_from_its_date_once_it_is_signed() -> None:
    with run(PAST, as_of=date(2026, 2, 10)) as results:
        assert results.complete_through == "2026-02-11 00:00"
        # signed on the local date of the last instant before W: in force since 1 February
        assert (results.mql("early").qualified_at, results.mql("early").contract_version) == (
            "2026-02-05 10:00",
            2,
        )
        assert not results.is_mql("delivered-later")


def test_a_run_of_today_knows_everything() -> None:
    with run(PAST) as results:
        assert results.is_mql("early")
        assert results.is_mql("delivered-later")


def test_without_a_version_signed_by_then_there_is_no_run() -> None:
    with pytest.raises(BuildInputsError, match="signed"), run(PAST, as_of=date(2026, 1, 14)):
        pass
