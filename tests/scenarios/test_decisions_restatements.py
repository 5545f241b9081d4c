"""A change to a final figure is listed with the old figure, the new one, the cause and its records.

A company is published as of 31 March, and again after one more delivery. In each month Ana and Bea are handed off to
that month's rep and called within the hour, and something else comes to be known of each month later.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.history import BASE_CONTRACT, History, a_contract, signed
from tests.scenarios.publishing import Company, Published

COMMITMENTS = [
    {"id": "leads", "owner": "marketing", "metric": "leads_created", "at_least": 1},
    {"id": "volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 2},
    {"id": "cost", "owner": "marketing", "metric": "cost_per_mql", "at_most": 1000},
    {"id": "response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 0.5},
    {"id": "load", "owner": "sales", "metric": "reps_within_capacity_rate", "at_least": 1},
    {"id": "meetings", "owner": "sales", "metric": "meetings_confirmed", "at_least": 1},
    {"id": "revenue", "owner": "sales", "metric": "revenue_won", "at_least": 100},
    {"id": "wins", "owner": "sales", "metric": "win_rate", "at_least": 0.5},
]
CONTRACT = a_contract(
    effective_from="2025-07-01",
    signed_by=signed("2025-06-15"),
    commitments=COMMITMENTS,
    capacity={"per_rep": {"min": 0, "max": 2}},
)

# Tuesdays, and what comes to be known of their months.
LATE, MERGED, DELETED, CORRECTED, CONFIRMED_LATER = (
    "2025-07-08",
    "2025-08-12",
    "2025-09-09",
    "2025-10-14",
    "2025-11-11",
)
CONFIRMED_EARLIER, NO_REP, REDELIVERED, SEVERAL = "2025-12-09", "2026-01-13", "2026-02-10", "2026-03-10"
DAYS = (
    LATE, MERGED, DELETED, CORRECTED, CONFIRMED_LATER, CONFIRMED_EARLIER, NO_REP, REDELIVERED, SEVERAL,
)  # fmt: skip


def a_company() -> History:
    """What was told until 31 March."""
    history = History(CONTRACT, through="2026-03-31")
    for day in DAYS:
        rep = history.user(f"rep-{day}")
        for name in ("ana", "bea"):
            person = history.mql(f"{name}-{day}", f"{day} 10:00", handed_off=f"{day} 10:00", rep=rep)
            history.row("activities", **a_call(f"call-{name}-{day}", f"{name}-{day}", rep, f"{day} 10:30"))
            if name == "ana":
                history.row("meetings", **a_meeting(day, confirmed_at=f"{day} 12:00"))
                person.opportunity(f"{day} 12:00", won=f"{day} 16:00", opportunity_id=f"deal-{day}")
        carla = history.person(f"carla-{day}", created="2025-06-02 10:00")
        carla.lead("2025-06-02 10:00", owner_id=rep)
        history.spend(day, 600)
    return history


def a_call(activity_id: str, contact_id: str, rep: str, at: str) -> dict[str, Any]:
    return {
        "activity_id": activity_id,
        "contact_id": contact_id,
        "user_id": rep,
        "activity_type": "call",
        "occurred_at": at,
        "outcome": "no_answer",
    }


def a_meeting(day: str, confirmed_at: str, updated_at: str | None = None) -> dict[str, Any]:
    return {
        "meeting_id": f"meeting-{day}",
        "contact_id": f"ana-{day}",
        "created_at": f"{day} 11:00",
        "updated_at": updated_at or confirmed_at,
        "status": "confirmed",
        "confirmed_at": confirmed_at,
        "scheduled_at": "2026-02-20 10:00",
    }


def a_form(touch_id: str, contact_id: str, at: str) -> dict[str, Any]:
    return {
        "touch_id": touch_id,
        "contact_id": contact_id,
        "occurred_at": at,
        "touch_type": "form_submission",
    }


def a_contact(contact_id: str, **values: Any) -> dict[str, Any]:
    """A version of a contact's record of 1 April."""
    return {
        "contact_id": contact_id,
        "created_at": "2025-12-01 10:00",
        "updated_at": "2026-04-01 10:00",
    } | values


def what_came_to_be_known(history: History) -> None:
    """One more delivery, on 1 April."""
    # a form that Carla had sent in July, when the rep already had her lead
    history.row("touches", **a_form("late-form", f"carla-{LATE}", f"{LATE} 15:00"))
    history.row("contacts", **a_contact(f"bea-{MERGED}", merged_into_contact_id=f"ana-{MERGED}"))
    history.row("contacts", **a_contact(f"bea-{DELETED}", is_deleted="true"))
    # Bea was called two days later than it was said, and Ana's deal was worth more
    history.row(
        "activities",
        **a_call(f"call-bea-{CORRECTED}", f"bea-{CORRECTED}", f"rep-{CORRECTED}", "2025-10-16 16:00"),
    )
    history.row(
        "opportunities",
        opportunity_id=f"deal-{CORRECTED}",
        created_at=f"{CORRECTED} 12:00",
        updated_at="2026-04-01 09:00",
        contact_id=f"ana-{CORRECTED}",
        amount=150,
        is_closed="true",
        is_won="true",
        closed_at=f"{CORRECTED} 16:00",
    )
    history.row(
        "meetings",
        **a_meeting(
            CONFIRMED_LATER, confirmed_at=f"{CONFIRMED_EARLIER} 11:00", updated_at="2026-04-01 09:00"
        ),
    )
    history.user(f"rep-{NO_REP}", department="marketing", updated_at="2026-04-01 09:00")
    # in March one MQL came late, and another one's call was made later than it was said
    history.row("touches", **a_form("another-late-form", f"carla-{SEVERAL}", f"{SEVERAL} 15:00"))
    history.row(
        "activities", **a_call(f"call-bea-{SEVERAL}", f"bea-{SEVERAL}", f"rep-{SEVERAL}", "2026-03-12 16:00")
    )
    # nothing comes of these: a title that gives no points, a call that was in time either way
    history.row(
        "contacts", **a_contact(f"carla-{LATE}", created_at="2025-06-02 10:00", job_title="Directora")
    )
    history.row("activities", **a_call(f"call-ana-{LATE}", f"ana-{LATE}", f"rep-{LATE}", f"{LATE} 10:45"))


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company after its first publication."""
    folder = tmp_path_factory.mktemp("company")
    company = Company(folder)
    company.deliver(a_company())
    published = company.publish()
    assert published.restated.num_rows == 0
    assert published.changes.num_rows == published.attainment.num_rows
    return folder


@pytest.fixture
def company(published_once: Path, tmp_path: Path) -> Company:
    """A copy of the company, of which more can be told."""
    shutil.copytree(published_once, tmp_path / "company")
    return Company(tmp_path / "company")


@pytest.fixture(scope="module")
def published_twice(
    published_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Company, Published]:
    """The company after everything came to be known, and what its second publication says."""
    folder = tmp_path_factory.mktemp("again") / "company"
    shutil.copytree(published_once, folder)
    company = Company(folder)
    # the touches of 31 March are delivered again, without the form that had made Bea an MQL in February
    again = a_company()
    again.rows["touches"] = [
        row for row in again.rows["touches"] if row["contact_id"] != f"bea-{REDELIVERED}"
    ]
    company.deliver(again, replace=True)
    deliver_on_1_april(company, what_came_to_be_known)
    return company, company.publish()


def deliver_on_1_april(company: Company, tell: Callable[[History], None]) -> None:
    history = a_company()
    history.through = "2026-04-01"
    tell(history)
    company.deliver(history)


@pytest.fixture(scope="module")
def restated(published_twice: tuple[Company, Published]) -> Callable[[str], Mapping[str, Mapping[str, Any]]]:
    """The restatements of a day's month by commitment; the reps' load apart, which a user changes in every month."""

    def of_month(day: str) -> Mapping[str, Mapping[str, Any]]:
        restatements = published_twice[1].restatements()
        return {
            commitment: row
            for (period, commitment), row in restatements.items()
            if period == day[:7] and commitment != "load"
        }

    return of_month


Restated = Callable[[str], Mapping[str, Mapping[str, Any]]]


def test_a_late_touch_that_moves_an_mql_into_a_closed_month_is_a_late_record(restated: Restated) -> None:
    month = restated(LATE)
    assert set(month) == {"volume", "response", "cost"}
    assert actuals(month["volume"]) == (2, 3)
    # two of three were called in time; 600 spent on three
    assert actuals(month["response"]) == (1, 2 / 3)
    assert actuals(month["cost"]) == (300, 200)
    assert month["volume"]["records"] == "touches late-form"
    assert month["volume"]["record_count"] == 1
    assert {(row["cause"], row["causes"]) for row in month.values()} == {("late record", "late record")}


def test_a_merge_that_removes_an_mql_is_a_merge(restated: Restated) -> None:
    volume = restated(MERGED)["volume"]
    assert actuals(volume) == (2, 1)
    assert (volume["old_status"], volume["new_status"]) == ("met", "missed")
    assert (volume["causes"], volume["records"]) == ("merge", f"contacts bea-{MERGED}")


def test_a_deleted_person_is_a_deletion(restated: Restated) -> None:
    volume = restated(DELETED)["volume"]
    assert actuals(volume) == (2, 1)
    assert (volume["causes"], volume["records"]) == ("deletion", f"contacts bea-{DELETED}")


def test_what_is_told_otherwise_is_a_correction(restated: Restated) -> None:
    month = restated(CORRECTED)
    assert set(month) == {"response", "revenue"}
    # one of two was called in time
    assert actuals(month["response"]) == (1, 1 / 2)
    assert (month["response"]["causes"], month["response"]["records"]) == (
        "correction",
        f"activities call-bea-{CORRECTED}",
    )
    assert actuals(month["revenue"]) == (100, 150)
    assert (month["revenue"]["causes"], month["revenue"]["records"]) == (
        "correction",
        f"opportunities deal-{CORRECTED}",
    )


def test_a_confirmation_moved_to_another_month_is_a_correction_in_both(restated: Restated) -> None:
    earlier, later = restated(CONFIRMED_LATER), restated(CONFIRMED_EARLIER)
    assert set(earlier) == set(later) == {"meetings"}
    assert (actuals(earlier["meetings"]), actuals(later["meetings"])) == ((1, 0), (1, 2))
    for row in (earlier["meetings"], later["meetings"]):
        assert (row["causes"], row["records"]) == ("correction", f"meetings meeting-{CONFIRMED_LATER}")


def test_a_user_who_is_no_rep_any_more_is_a_user(
    restated: Restated, published_twice: tuple[Company, Published]
) -> None:
    month = restated(NO_REP)
    # nobody was handed off to a rep, so nothing was owed and nothing cost
    assert actuals(month["volume"]) == (2, 0)
    assert actuals(month["cost"]) == (300, None)
    assert {row["causes"] for row in month.values()} == {"user"}
    assert {row["records"] for row in month.values()} == {f"users rep-{NO_REP}"}
    loads = [row for key, row in published_twice[1].restatements().items() if key[1] == "load"]
    assert {row["period"] for row in loads} == {date.fromisoformat(f"{day[:7]}-01") for day in DAYS}


def test_a_file_that_was_delivered_again_is_a_redelivery(restated: Restated) -> None:
    volume = restated(REDELIVERED)["volume"]
    assert actuals(volume) == (2, 1)
    touch = 2 * DAYS.index(REDELIVERED) + 2  # each month's second form was Bea's
    assert (volume["causes"], volume["records"]) == ("re-delivery", f"touches touch-{touch:04d}")


def test_several_causes_are_all_listed_the_more_deliberate_first(restated: Restated) -> None:
    response = restated(SEVERAL)["response"]
    # Ana was called in time, Bea was not after all, Carla was never
    assert actuals(response) == (1, 1 / 3)
    assert (response["cause"], response["causes"]) == ("correction", "correction, late record")
    assert response["records"] == f"activities call-bea-{SEVERAL}, touches another-late-form"
    assert response["record_count"] == 2
    assert restated(SEVERAL)["volume"]["causes"] == "late record"


def test_the_records_behind_each_restatement_are_listed(published_twice: tuple[Company, Published]) -> None:
    records = [
        (row["cause"], row["object"], row["record_id"], row["change"])
        for row in published_twice[1].records.to_pylist()
        if row["commitment_id"] == "volume" and row["period"].month in (7, 8, 9, 2)
    ]
    assert sorted(records) == [
        ("deletion", "contacts", f"bea-{DELETED}", "changed"),
        ("late record", "touches", "late-form", "new"),
        ("merge", "contacts", f"bea-{MERGED}", "changed"),
        ("re-delivery", "touches", "touch-0016", "gone"),
    ]


def test_an_as_of_run_compares_as_a_run_made_then_and_keeps_nothing(
    published_twice: tuple[Company, Published],
) -> None:
    company, _ = published_twice
    kept = files(company.history)
    published = company.publish(as_of=date(2026, 3, 31))
    # the touches of 31 March were delivered again since: as of then, only that is known otherwise
    assert {row["period"] for row in published.restated.to_pylist()} == {date(2026, 2, 1)}
    assert {(row["causes"], row["records"]) for row in published.restatements().values()} == {
        ("re-delivery", "touches touch-0016")
    }
    assert files(company.history) == kept


@pytest.mark.parametrize("is_archived", [True, False])
def test_what_was_replaced_is_read_again_from_the_archive_when_all_else_was_deleted(
    company: Company, is_archived: bool
) -> None:
    (touches,) = (company.folder / "extracts" / "company" / "touches").glob("*")
    replaced = hashlib.sha256(touches.read_bytes()).hexdigest()
    again = a_company()
    again.rows["touches"] = [
        row for row in again.rows["touches"] if row["contact_id"] != f"bea-{REDELIVERED}"
    ]
    company.deliver(again, replace=True)
    for place in company.home.iterdir():
        if place.name not in ("archive", "history"):
            shutil.rmtree(place)
    if not is_archived:
        (company.home / "archive" / replaced[:2] / replaced).unlink()
    # without the file that it was in nobody can say which record it was, but that a file was replaced is known
    assert {(row["causes"], row["records"]) for row in company.publish().restatements().values()} == {
        ("re-delivery", "touches touch-0016" if is_archived else "")
    }


def test_a_changed_contract_is_a_matter_of_the_settings(company: Company) -> None:
    def tell(history: History) -> None:
        history.contracts = [
            CONTRACT
            | {
                "commitments": [
                    dict(each, at_least=3) if each["id"] == "volume" else each
                    for each in COMMITMENTS
                    if each["id"] != "wins"
                ]
            }
        ]

    deliver_on_1_april(company, tell)
    published = company.publish()
    restatements = published.restatements()
    # every final month has another target, and one commitment is withdrawn
    months = [day[:7] for day in DAYS]
    assert set(restatements) == {(month, commitment) for month in months for commitment in ("volume", "wins")}
    volume, wins = restatements[months[0], "volume"], restatements[months[0], "wins"]
    assert (volume["old_target"], volume["new_target"]) == (2, 3)
    assert (volume["old_status"], volume["new_status"]) == ("met", "missed")
    assert (wins["old_status"], wins["new_status"]) == ("met", None)
    assert {(row["causes"], row["records"]) for row in restatements.values()} == {
        ("settings", "settings contracts/v1.yml")
    }
    withdrawn = [row for row in published.changes.to_pylist() if row["commitment_id"] == "wins"]
    assert {(row["status"], row["actual"]) for row in withdrawn} == {(None, None)}


def test_a_version_that_is_signed_for_the_past_is_a_matter_of_the_settings(company: Company) -> None:
    def tell(history: History) -> None:
        stricter = BASE_CONTRACT["mql"] | {"threshold": 11}
        history.contracts.append(
            CONTRACT
            | {
                "version": 2,
                "effective_from": "2026-02-01",
                "mql": stricter,
                "signed_by": signed("2026-04-01"),
            }
        )

    deliver_on_1_april(company, tell)
    volumes = {
        period: row for (period, id_), row in company.publish().restatements().items() if id_ == "volume"
    }
    # one form gives ten points, and eleven are asked for since February
    assert {period: actuals(row) for period, row in volumes.items()} == {"2026-02": (2, 0), "2026-03": (2, 0)}
    assert {row["causes"] for row in volumes.values()} == {"settings"}
    assert volumes["2026-02"]["records"] == "settings contract version 2, settings contracts/v2.yml"


def test_the_next_day_adds_only_what_is_new_and_the_same_day_nothing(company: Company) -> None:
    assert company.publish().changes.num_rows == 0
    deliver_on_1_april(company, lambda history: None)
    published = company.publish()
    # April has begun: its commitments are stated for the first time, and nothing else is
    assert {row["period"] for row in published.changes.to_pylist()} == {date(2026, 4, 1)}
    assert published.restatements() == {}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def actuals(row: Mapping[str, Any]) -> tuple[object, object]:
    return row["old_actual"], row["new_actual"]
