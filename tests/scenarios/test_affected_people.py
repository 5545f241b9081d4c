"""Whose rows a build makes anew that begins with a former one: those it knows otherwise, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.pipeline import build
from tests.scenarios.history import BASE_CONTRACT, QUEUE, ROSA, History, a_contract

BOSS = {"id": "boss", "attribute": "job_title", "has_phrase": ["boss"], "points": 5}
MQL = BASE_CONTRACT["mql"] | {"fit": [BOSS]}
FIRST, SECOND = a_contract(mql=MQL), a_contract(version=2, effective_from="2026-02-01", mql=MQL)
JANUARY, MARCH, LATER = "2026-01-12 10:00", "2026-03-02 10:00", "2026-03-11 12:00"


def told(*contracts: dict[str, Any], through: str = "2026-03-10") -> History:
    """Everybody is named by what will become of them on the next day."""
    history = History(*(contracts or (FIRST, SECOND)), through=through)
    for name in ("same", "worked", "late", "ahead", "corrected-from", "corrected-to", "merged", "survivor"):
        history.mql(name, JANUARY, "2026-01-12 11:00")
    for name in ("deleted", "recycled", "declared", "boss"):
        history.mql(name, JANUARY)
    history.mql("recycled-before", JANUARY).status("2026-01-20 10:00", "Nurture")
    history.mql("of-march", MARCH)
    for name in ("mailbox-a", "mailbox-b"):
        history.person(name, email="team@acme.example")
    history.people["ahead"].touch(LATER)
    history.people["declared"].has(MARCH, declared_mql_at=LATER)
    return history


def next_day() -> History:
    history = told(through="2026-03-11")
    people = history.people
    people["worked"].calls("2026-03-11 10:00").opportunity("2026-03-11 11:00")
    people["worked"].lead("2026-03-11 11:00", owner_id=QUEUE).owner(LATER, ROSA)
    people["late"].touch("2026-01-02 10:00")
    people["corrected-to"].touch("2026-02-02 10:00", touch_id="corrected")
    people["merged"].has("2026-03-11 10:00", merged_into_contact_id="survivor")
    people["deleted"].has("2026-03-11 10:00", is_deleted="true")
    people["recycled"].status("2026-03-11 10:00", "Nurture")
    people["boss"].has("2025-12-01 10:00", job_title="boss")  # the same version, delivered again
    return history


Affected = Callable[[History], set[str]]


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Affected:
    """Who is affected by what another day's deliveries say otherwise."""
    folder = tmp_path_factory.mktemp("days")
    before = told()
    before.people["corrected-from"].touch("2026-02-02 10:00", touch_id="corrected")
    before.source_settings["shared_emails"] = ["team@acme.example"]
    before.write(folder / "before")
    former = folder / "former.duckdb"
    first = build(folder / "before", folder / "home", file=former)
    everybody = {str(row[0]) for row in first.rows("select person_id from intermediate.int_affected_people")}
    first.connection.close()
    assert everybody == set(before.people)

    def affected(history: History) -> set[str]:
        today = tmp_path_factory.mktemp("day")
        history.write(today / "history")
        made = build(today / "history", today / "home", file=today / "build.duckdb", former=former)
        rows = made.rows("select person_id from intermediate.int_affected_people")
        made.connection.close()
        return {str(row[0]) for row in rows}

    return affected


@pytest.fixture(scope="module")
def affected(after: Affected) -> set[str]:
    return after(next_day())


def test_a_late_touch_affects_the_person_whose_it_is(affected: set[str]) -> None:
    assert "late" in affected


def test_a_touch_that_was_known_before_it_happened_affects_the_person_when_it_has(affected: set[str]) -> None:
    assert "ahead" in affected


def test_a_declared_date_affects_the_person_once_it_is_past(affected: set[str]) -> None:
    assert "declared" in affected


def test_a_corrected_touch_affects_the_person_whose_it_was_and_whose_it_is(affected: set[str]) -> None:
    assert {"corrected-from", "corrected-to"} <= affected


def test_a_merge_affects_the_survivor_and_who_is_no_more(affected: set[str]) -> None:
    assert {"merged", "survivor"} <= affected


def test_a_deletion_affects_who_is_deleted(affected: set[str]) -> None:
    assert "deleted" in affected


def test_a_correction_of_what_the_contract_asks_about_affects_the_person(affected: set[str]) -> None:
    assert "boss" in affected


def test_a_recycled_lead_affects_its_person(affected: set[str]) -> None:
    assert "recycled" in affected


def test_a_mailbox_that_is_shared_no_longer_affects_who_had_it(affected: set[str]) -> None:
    assert {"mailbox-a", "mailbox-b"} <= affected


def test_nobody_else_is_affected_and_what_sales_does_affects_no_qualification(affected: set[str]) -> None:
    assert affected & {"same", "worked", "recycled-before", "of-march"} == set()


def unchanged(*contracts: dict[str, Any]) -> History:
    """The first day over again, under another contract."""
    history = told(*contracts)
    history.people["corrected-from"].touch("2026-02-02 10:00", touch_id="corrected")
    history.source_settings["shared_emails"] = ["team@acme.example"]
    return history


# To whom something happened since February: a form, a new version of the record.
SINCE_FEBRUARY = {"of-march", "corrected-from", "declared"}


@pytest.mark.parametrize(
    ("change", "people"),
    [
        pytest.param({"mql": MQL | {"threshold": 20}}, SINCE_FEBRUARY, id="threshold"),
        pytest.param(
            {"handoff": {"triggers": [{"id": "two", "at_least": 2}], "within_business_hours": 2}},
            SINCE_FEBRUARY,
            id="trigger",
        ),
        # what is owed is derived over all
        pytest.param({"customer": {"within_days": 90}}, set(), id="deadline"),
    ],
)
def test_another_contract_affects_those_to_whom_something_happened_under_it(
    change: dict[str, Any], people: set[str], after: Affected
) -> None:
    assert after(unchanged(FIRST, SECOND | change)) == people


def test_a_version_that_is_not_in_force_yet_affects_nobody(after: Affected) -> None:
    third = a_contract(version=3, effective_from="2026-04-01", mql=MQL | {"threshold": 99})
    assert after(unchanged(FIRST, SECOND, third)) == set()


def test_another_meaning_of_a_status_affects_those_whose_cycles_it_makes(after: Affected) -> None:
    statuses = BASE_CONTRACT["lead_statuses"] | {"recycled": ["Recycled"]}
    assert after(unchanged(FIRST | {"lead_statuses": statuses}, SECOND)) == {"recycled-before"}
