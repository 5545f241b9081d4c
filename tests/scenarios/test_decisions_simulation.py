"""A draft contract replayed over the same history, beside the signed one (domain, draft contracts)."""

from __future__ import annotations

from datetime import date

import pytest

from dagster_project.decisions.simulation import SideBySide
from tests.scenarios.history import BASE_CONTRACT, History, a_contract
from tests.scenarios.publishing import Company

COMMITMENTS = [
    {"id": "volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 2},
    {"id": "response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 1},
]
SIGNED = a_contract(commitments=COMMITMENTS)
# A day for the first call, and one page view makes an MQL.
DRAFT = a_contract(
    version=2,
    signed_by=[],
    effective_from="2026-04-01",
    mql=BASE_CONTRACT["mql"]
    | {
        "engagement": [
            {"id": "any", "points": 10},
            {"id": "form", "touch_type": ["form_submission"], "points": 10},
        ]
    },
    follow_up=BASE_CONTRACT["follow_up"] | {"first_attempt_within_business_hours": 8},
    commitments=COMMITMENTS,
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """In January and in February an MQL is called after five business hours, where four are promised; and somebody
    only looks at a page."""
    history = History(SIGNED, DRAFT, through="2026-03-31")
    for day, next_day in (("2026-01-13", "2026-01-14"), ("2026-02-10", "2026-02-11")):
        history.mql(f"ana-{day}", f"{day} 12:00", handed_off=f"{day} 12:00").calls(f"{day} 17:00")
        history.person(f"bea-{day}").touch(f"{next_day} 10:00", "page_view").lead(
            f"{day} 12:00", owner_id="rosa"
        )
    company = Company(tmp_path_factory.mktemp("company"))
    company.deliver(history)
    company.publish()
    return company


def cells(side_by_side: SideBySide, commitment: str) -> dict[str, tuple[object, ...]]:
    """Each month's signed and draft actual and status."""
    return {
        f"{row['period']:%Y-%m}": tuple(
            row[f"{side}_{name}"] for side in ("signed", "draft") for name in ("actual", "status")
        )
        for row in side_by_side.statuses.to_dict(orient="records")
        if row["commitment_id"] == commitment
    }


def test_simulating_the_signed_contract_gives_the_published_figures_exactly(company: Company) -> None:
    file = company.home / "published" / "warehouse.duckdb"
    published = file.read_bytes()
    assert company.simulate(1, date(2026, 1, 1)).is_same
    assert file.read_bytes() == published


def test_a_draft_from_the_beginning_is_judged_over_the_whole_history(company: Company) -> None:
    side_by_side = company.simulate(2, date(2026, 1, 1))
    assert not side_by_side.is_same
    # Ana's call is in time by the draft; Bea is an MQL too, and nobody called her
    response = cells(side_by_side, "response")
    assert response["2026-01"] == response["2026-02"] == (0, "missed", 0.5, "missed")
    volume = cells(side_by_side, "volume")
    assert volume["2026-01"] == volume["2026-02"] == (1, "missed", 2, "met")
    assert side_by_side.mqls["only_draft"].tolist() == [1, 1, 0]


def test_a_draft_from_a_later_month_leaves_the_months_before_as_they_are(company: Company) -> None:
    side_by_side = company.simulate(2, date(2026, 2, 1))
    assert cells(side_by_side, "volume")["2026-01"] == (1, "missed", 1, "missed")
    assert cells(side_by_side, "volume")["2026-02"] == (1, "missed", 2, "met")
    january, february = (
        row
        for row in side_by_side.obligations.to_dict(orient="records")
        if row["obligation"] == "first_attempt"
    )
    assert (january["signed_breached"], january["draft_breached"]) == (1, 1)
    assert [february[name] for name in ("signed_met", "signed_breached", "draft_met", "draft_breached")] == [
        0,
        1,
        1,
        1,
    ]
