"""What is the case after a run, told apart from what is new."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dagster_project.alerts import (
    DATA,
    MARKETING,
    SALES,
    Fact,
    FailedCheck,
    LateExtract,
    check_facts,
    late_facts,
    news_for,
    published_facts,
    run_fact,
    told_in,
)
from dagster_project.alerts.told import FILE_NAME, ToldError
from tests.unit.alerts.warehouse import write_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    write_warehouse(path)
    return path


def by_subject(facts: list[Fact]) -> dict[str, Fact]:
    return {fact.subject: fact for fact in facts}


def test_every_commitment_is_a_fact_for_who_owes_it(warehouse: Path) -> None:
    facts = by_subject(published_facts(warehouse))
    assert facts["status/2026-10/answer"].state == "at_risk"
    assert facts["status/2026-10/answer"].audiences == (SALES,)
    assert facts["status/2026-10/volume"].audiences == (MARKETING,)


def test_a_promise_by_the_hour_is_told_when_two_business_hours_are_left_one_by_the_day_when_two_days_are(
    warehouse: Path,
) -> None:
    due = [fact.values["person_id"] for fact in published_facts(warehouse) if fact.kind == "due"]
    assert due == ["C1", "C3"]


def test_who_is_new_hears_of_the_latest_two_months_only(warehouse: Path) -> None:
    news = {fact.subject for fact in news_for(published_facts(warehouse), {}) if fact.kind == "status"}
    assert news == {"status/2026-09/answer", "status/2026-10/answer"}


def test_an_old_month_is_told_when_its_status_has_changed_since(warehouse: Path) -> None:
    facts = published_facts(warehouse)
    told = {fact.subject: fact.state for fact in facts} | {"status/2026-08/answer": "met"}
    assert [fact.subject for fact in news_for(facts, told)] == ["status/2026-08/answer"]


def test_a_fact_is_told_once_and_again_when_it_has_gone_and_come_back(tmp_path: Path) -> None:
    at_risk, on_track = (Fact("status", "status/m/c", state, (SALES,)) for state in ("at_risk", "on_track"))
    heard = []
    with told_in(tmp_path) as told:
        for fact in (at_risk, at_risk, on_track, at_risk):
            heard.append(len(news_for([fact], told.of("somebody"))))
            told.remember("somebody", [fact], {"status"})
    assert heard == [1, 0, 0, 1]


def test_what_was_told_is_remembered_by_recipient_across_runs(tmp_path: Path) -> None:
    fact = Fact("due", "due/x", "2026-10-05", (SALES,))
    with told_in(tmp_path) as told:
        told.remember("one", [fact], {"due"})
    with told_in(tmp_path) as told:
        assert (news_for([fact], told.of("one")), news_for([fact], told.of("other"))) == ([], [fact])


def test_a_failed_run_forgets_nothing_of_what_it_could_not_look_at(tmp_path: Path) -> None:
    with told_in(tmp_path) as told:
        told.remember("one", [Fact("status", "status/m/c", "missed", (SALES,))], {"status", "run"})
        told.remember("one", [run_fact(["no room"])], {"run"})
        assert set(told.of("one")) == {"status/m/c", "run"}


def test_what_is_no_longer_due_is_forgotten(tmp_path: Path) -> None:
    with told_in(tmp_path) as told:
        told.remember("one", [Fact("due", "due/x", "2026-10-05", (SALES,))], {"due"})
        told.remember("one", [], {"due"})
        assert dict(told.of("one")) == {}


def test_a_failed_check_concerns_everybody_a_failed_run_only_who_runs_it() -> None:
    (check, passed) = check_facts([FailedCheck("raw.rows", "No rows.")], ["raw.other"])
    assert (check.audiences, passed.is_quiet) == ((MARKETING, SALES, DATA), True)
    assert run_fact(["no room"]).audiences == (DATA,)
    assert run_fact([]).is_quiet


def test_the_same_failure_is_no_news_another_one_is() -> None:
    assert run_fact(["no room"]).state == run_fact(["no room"]).state != run_fact(["no rights"]).state


def test_a_late_extract_is_news_once_for_each_day_that_is_waited_for() -> None:
    through = datetime(2026, 10, 5, tzinfo=UTC)
    (first,) = late_facts([LateExtract("crm", "leads", date(2026, 10, 5))], through)
    (second,) = late_facts([LateExtract("crm", "leads", date(2026, 10, 7))], through)
    (there,) = late_facts([LateExtract("crm", "leads", None)], through)
    assert news_for([first], {first.subject: first.state}) == []
    assert news_for([second], {first.subject: first.state}) == [second]
    assert there.is_quiet


@pytest.mark.parametrize("content", ["", "[]", '{"format": 2, "told": {}}', '{"format": 1}'])
def test_a_memory_of_another_kind_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(ToldError, match="delete"), told_in(tmp_path):
        pass
