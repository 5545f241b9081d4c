"""A change to a final figure is listed with the old figure, the new one, the cause and its records (domain, restatement).

Each test publishes the same January twice: as it was known on 31 March, and as it is known after one more delivery.
January is final by then: no promise of the base contract runs longer than 60 days.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.history import BASE_CONTRACT, RAUL, ROSA, History, a_contract
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
CONTRACT = a_contract(commitments=COMMITMENTS)
JANUARY = "2026-01"


def a_january(contract: dict[str, object] = CONTRACT) -> History:
    """Two MQLs handed off on 8 January, called within the hour; one confirmed a meeting and was won for 100."""
    history = History(contract, through="2026-03-31")
    ana = history.mql("ana", "2026-01-08 10:00", handed_off="2026-01-08 10:00").calls("2026-01-08 10:30")
    ana.meeting("2026-01-09 10:00", "confirmed", confirmed_at="2026-01-09 11:00", scheduled_at="2026-01-12 10:00")
    ana.opportunity("2026-01-12 12:00", won="2026-01-20 12:00", opportunity_id="deal-of-ana")
    history.mql("bea", "2026-01-08 10:00", handed_off="2026-01-08 10:00", rep=RAUL).calls(
        "2026-01-08 10:30", by=RAUL
    )
    history.spend("2026-01-10", 500)
    return history


def again(tell: Callable[[History], None], tmp_path: Path, redeliver: bool = False, **source: object) -> Published:
    """What the second publication restates, after one more thing was told."""
    company = Company(tmp_path)
    company.deliver(a_january())
    first = company.publish()
    assert first.explained.restatements.num_rows == 0
    later = a_january()
    later.source_settings |= source
    if not redeliver:
        later.through = "2026-04-01"
    tell(later)
    company.deliver(later, replace=redeliver)
    return company.publish()


def test_a_late_touch_that_moves_an_mql_into_a_closed_month_is_a_late_record(tmp_path: Path) -> None:
    def tell(history: History) -> None:
        # a form that Carla sent in January, when Rosa already had her lead
        carla = history.person("carla", on="2026-01-15", created="2026-01-02 10:00")
        carla.lead("2026-01-02 10:00", owner_id=ROSA)

    company = Company(tmp_path)
    first = a_january()
    tell(first)
    company.deliver(first)
    company.publish()
    second = a_january()
    tell(second)
    second.through = "2026-04-01"
    second.leads[-1].history.person("nobody-yet", created="2026-03-31 12:00")
    second.row("touches", touch_id="late-form", contact_id="carla", occurred_at="2026-01-09 10:00", touch_type="form_submission")
    company.deliver(second)
    restatements = company.publish().restatements()

    volume = restatements[JANUARY, "volume"]
    assert (volume["old_actual"], volume["new_actual"]) == (2, 3)
    assert (volume["old_status"], volume["new_status"]) == ("met", "met")
    assert (volume["cause"], volume["causes"]) == ("late record", "late record")
    assert (volume["records"], volume["record_count"]) == ("touches late-form", 1)
    # two of three were called in time; 500 spent on three
    response = restatements[JANUARY, "response"]
    assert (response["old_actual"], response["new_actual"]) == (1, 2 / 3)
    cost = restatements[JANUARY, "cost"]
    assert (cost["old_actual"], cost["new_actual"]) == (250, 500 / 3)
    assert {row["causes"] for row in restatements.values()} == {"late record"}
    assert set(restatements) == {(JANUARY, "volume"), (JANUARY, "response"), (JANUARY, "cost")}
