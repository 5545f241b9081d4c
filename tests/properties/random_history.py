"""Random histories in which every record is known from the moment that it speaks of, and never changes.

What is in them is chosen for the properties: no two rows stand for the same record, so that their order can't matter,
and each lead's row has its first owner and status, so that the same files serve at every instant.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tests.scenarios.history import QUEUE, REPS, History, a_contract

FIRST_DAY = datetime(2026, 1, 1)
DAYS = 85
PEOPLE = 25
STATUSES = ("New", "Working", "Accepted", "Qualified", "Rejected", "Nurture")
TOUCH_TYPES = ("form_submission", "email_open", "content_download", "info_request")


def random_history(seed: int) -> History:
    """A quarter of a small company, under two contract versions of which the second lowers the threshold."""
    rng = Random(seed)
    history = History(
        a_contract(
            mql={
                "basis": "scored",
                "threshold": 15,
                "fit": [{"id": "boss", "attribute": "job_title", "has_phrase": ["boss"], "points": 5}],
                "engagement": [
                    {"id": "form", "touch_type": ["form_submission"], "points": 10, "max_count": 2},
                    {"id": "any", "points": 3, "window_days": 20},
                ],
            },
            handoff={"triggers": [{"id": "three", "at_least": 3}], "within_business_hours": 6},
            capacity={"per_rep": {"min": 2, "max": 8}},
        ),
        a_contract(
            version=2,
            effective_from="2026-02-01",
            sql={"any_of": ["connected", "accepted"], "within_days": 10},
        ),
        through="2026-03-31",
    )
    for name in ("spring", "summer", "fair"):
        history.campaign(name)
    for number in range(PEOPLE):
        _person(history, rng, f"person-{number:03d}")
    for day in range(0, DAYS, 3):
        history.spend(
            f"{FIRST_DAY + timedelta(days=day):%Y-%m-%d}", rng.randint(0, 500), rng.choice(["spring", "fair"])
        )
    return history


def _moment(rng: Random, after: datetime = FIRST_DAY, within_days: float = DAYS) -> datetime:
    """A time on a coarse grid, so that several things happen at one instant now and then."""
    return after + timedelta(minutes=30 * rng.randrange(int(within_days * 48)))


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _person(history: History, rng: Random, name: str) -> None:
    person = history.person(name, "2025-12-01 10:00", job_title=rng.choice(["boss", "clerk", ""]))
    for _ in range(rng.randint(1, 7)):
        campaign = rng.choice(["spring", "summer", "fair", None])
        person.touch(_text(_moment(rng)), rng.choice(TOUCH_TYPES), campaign_id=campaign)
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        lead_id = history.new_id("lead")
        created = _moment(rng)
        _lead(history, rng, name, lead_id, created)
        for _ in range(rng.randint(0, 7)):
            person.activity(
                _text(_moment(rng, created, 30)),
                rng.choice(["call", "email"]),
                by=rng.choice(REPS),
                outcome=rng.choice(["no_answer", "no_answer", "voicemail", "connected"]),
            )
        if rng.random() < 0.4:
            planned = _moment(rng, created, 20)
            person.meeting(
                _text(planned),
                status="scheduled",
                confirmed_at=_text(planned + timedelta(hours=rng.randint(0, 90))),
            )
        if rng.random() < 0.4:
            opened = _moment(rng, created, 25)
            closed = opened + timedelta(days=rng.randint(0, 30))
            result = {"won": _text(closed)} if rng.random() < 0.5 else {"lost": _text(closed)}
            person.opportunity(
                _text(opened), amount=rng.randint(1, 9) * 100, updated_at=_text(opened), **result
            )


def _lead(history: History, rng: Random, contact_id: str, lead_id: str, created: datetime) -> None:
    values = {"owner_id": rng.choice([QUEUE, *REPS]), "status": "New"}
    history.row(
        "leads",
        lead_id=lead_id,
        created_at=_text(created),
        updated_at=_text(created),
        contact_id=contact_id,
        **values,
    )
    at = created
    for _ in range(rng.randint(0, 6)):
        field = rng.choice(list(values))
        at += timedelta(hours=rng.randint(0, 120))
        new_value = rng.choice([QUEUE, *REPS] if field == "owner_id" else STATUSES)
        history.row(
            "lead_history",
            history_id=history.new_id("history"),
            lead_id=lead_id,
            field=field,
            old_value=values[field],
            new_value=new_value,
            changed_at=_text(at),
        )
        values[field] = new_value
