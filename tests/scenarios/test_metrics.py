"""What is counted in which period, and what a commitment comes to (domain, metrics and attainment).

Complete through the end of Sunday 15 March: of March's 22 business days 10 have passed. Handed to
Rosa, unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.history import ROSA, History, Person, a_contract
from tests.scenarios.results import Results, run

METRICS = """
    leads_created mqls_qualified mqls_delivered sqls opportunities customers_won meetings_confirmed revenue_won
    handoff_on_time_rate first_attempt_on_time_rate cadence_completed_rate disposition_on_time_rate
    no_contact_procedure_rate reps_within_capacity_rate mql_to_sql_rate mql_to_opportunity_rate mql_to_customer_rate
    win_rate cost_per_mql
"""


def commitments(**changes: Any) -> list[dict[str, Any]]:
    """One commitment for each metric, named after it, at least 1 (cost: at most 1); a change replaces one's terms."""
    found = []
    for metric in METRICS.split():
        terms = {"at_most": 1} if metric == "cost_per_mql" else {"at_least": 1}
        found.append({"id": metric, "owner": "sales", "metric": metric} | changes.get(metric, terms))
    return found


def on_customers(name: str, **terms: Any) -> dict[str, Any]:
    return {"id": name, "owner": "sales", "metric": "mql_to_customer_rate"} | terms


CUSTOMER_PROMISES = [
    on_customers("customers-30", at_least=0.3),
    on_customers("customers-50", at_least=0.5),
    on_customers("customers-60", at_least=0.6),
    on_customers("customers-70", at_least=0.7),
    on_customers("customers-at-most-70", at_most=0.7),
    on_customers("customers-at-most-50", at_most=0.5),
    on_customers("customers-at-most-40", at_most=0.4),
    on_customers("customers-at-most-30", at_most=0.3),
    on_customers("only-in-february", at_least={"2026-02": 0.5}),
    on_customers("other-in-february", at_least={"default": 0.1, "2026-02": 0.2}),
]

HISTORY = History(
    a_contract(commitments=commitments() + CUSTOMER_PROMISES),
    a_contract(version=2, effective_from="2026-02-01", commitments=commitments() + CUSTOMER_PROMISES),
    a_contract(version=3, effective_from="2026-03-01", signed_by=[], commitments=commitments()),
    through="2026-03-15",
    rates={"USD": 17.2345},
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def actuals(results: Results, metric: str) -> list[float | None]:
    """A metric's actual in January, February, March."""
    return [results.attainment(period, metric).actual for period in ("2026-01", "2026-02", "2026-03")]


# Three MQLs of January: Abel becomes a customer, Berta does not, Ciro has time until 21 March.


def mql(name: str, qualified: str, handed_off: str | None = None, created: str = "2025-12-01") -> Person:
    person = HISTORY.person(name, created=created).touch(qualified)
    person.lead(qualified, owner_id="inbound-queue").owner(handed_off or qualified, ROSA)
    return person


abel = mql("abel", "2026-01-05 10:00")
abel.status("2026-01-06 10:00", "Working")
abel.meeting("2026-01-06 10:00", confirmed_at="2026-01-31 23:30")
abel.meeting("2026-01-06 10:00", confirmed_at="2026-02-02 10:00")
abel.opportunity("2026-01-31 23:30", won="2026-02-20 10:00", amount="1000.10")
abel.opportunity("2026-02-01 00:30", won="2026-03-10 10:00", amount="0.1", currency="USD")
berta = mql("berta", "2026-01-06 10:00")
berta.opportunity("2026-01-20 10:00", lost="2026-02-27 10:00", amount=5000)
ciro = mql("ciro", "2026-01-20 10:00", created="2026-01-19 10:00")
ciro.opportunity("2026-01-21 10:00", amount=700)

# Two of February, one of them qualified in January's last half hour; one of March.

mql("dora", "2026-01-31 23:30", handed_off="2026-02-02 09:30")
mql("elmo", "2026-02-10 10:00")
HISTORY.mql("fina", "2026-03-10 10:00", "2026-03-10 10:00")

# Others: never handed off; with a deal and a meeting before the hand-off; no MQL at all.

HISTORY.mql("gala", "2026-02-11 10:00")
early = mql("hugo", "2026-02-12 10:00", handed_off="2026-02-13 10:00")
early.opportunity("2026-02-12 11:00", won="2026-02-20 10:00", amount=9999)
early.meeting("2026-02-12 11:00", confirmed_at="2026-02-12 12:00")
nobody = HISTORY.person("ines")
nobody.opportunity("2026-02-12 11:00", won="2026-02-20 10:00", amount=9999)
nobody.meeting("2026-02-12 11:00", confirmed_at="2026-02-12 12:00")
HISTORY.person("iris-merged", created="2026-01-15", merged_into_contact_id="iris")
HISTORY.person("iris", created="2026-02-15")
HISTORY.person("jade", created="2026-02-15").lead("2026-01-31 23:59", owner_id=ROSA)
HISTORY.lead("2026-03-01 00:00", "of-nobody", owner_id=ROSA)
HISTORY.person("kira", created="2026-03-05", is_deleted="true")

HISTORY.campaign("expo")
HISTORY.spend("2025-12-31", 9000)
HISTORY.spend("2026-01-01", 30)
HISTORY.spend("2026-01-31", "60.6")
HISTORY.spend("2026-02-01", "0.1", currency="usd")
HISTORY.spend("2026-01-15", 400, updated_at="2026-01-16")
HISTORY.spend("2026-01-15", 9, updated_at="2026-01-17")


# volumes


def test_a_person_counts_when_first_seen_by_any_contact_or_lead(results: Results) -> None:
    # January: ciro, iris by the merged contact, jade by the lead; February: nobody; March: the sales-sourced
    # person; the deleted one not at all, the others since December
    assert actuals(results, "leads_created") == [3, 0, 1]


def test_qualification_and_hand_off_each_count_in_their_own_period(results: Results) -> None:
    # January: abel, berta, ciro, and dora half an hour before February; February: elmo, gala, hugo; March: fina
    assert actuals(results, "mqls_qualified") == [4, 3, 1]
    # January: abel, berta, ciro; February: dora, elmo, hugo; gala never
    assert actuals(results, "mqls_delivered") == [3, 3, 1]


def test_sqls_opportunities_and_customers_count_once_an_mql_when_it_happened(results: Results) -> None:
    # abel: accepted and met on 31 January 23:30
    assert actuals(results, "sqls") == [1, 0, 0]
    # abel's first at 31 January 23:30, berta's, ciro's; abel's second is not another
    assert actuals(results, "opportunities") == [3, 0, 0]
    assert actuals(results, "customers_won") == [0, 1, 0]


def test_every_meeting_of_an_mql_counts_and_no_other(results: Results) -> None:
    # abel's two; hugo's was confirmed before the hand-off, ines is no MQL
    assert actuals(results, "meetings_confirmed") == [1, 1, 0]


def test_revenue_is_exact_and_in_the_period_of_closing(results: Results) -> None:
    # February: 1,000.10; March: 0.1 × 17.2345
    assert actuals(results, "revenue_won") == [0, 1000.1, 1.72345]


# ratios


def test_the_win_rate_divides_what_was_won_by_what_was_closed(results: Results) -> None:
    # January: nothing closed; February: abel's won, berta's lost; March: abel's second
    assert actuals(results, "win_rate") == [None, 0.5, 1]
    assert results.attainment("2026-01", "win_rate").status == "no_data"


def test_cost_per_mql_divides_spend_by_the_mqls_handed_off(results: Results) -> None:
    # January: (30 + 60.6 + 9, the later amount of the 15th) ÷ 3 = 33.2; February: 0.1 × 17.2345 ÷ 3
    january, february, march = actuals(results, "cost_per_mql")
    assert january == pytest.approx(33.2, abs=1e-12)
    assert february == pytest.approx(1.72345 / 3, abs=1e-12)
    assert march == 0
    assert results.attainment("2026-01", "cost_per_mql").status == "missed"
    assert results.attainment("2026-02", "cost_per_mql").status == "met"
    assert results.attainment("2026-03", "cost_per_mql").status == "on_track"


# the running period


def test_a_running_volume_is_projected_by_business_time(results: Results) -> None:
    # 1 ÷ (10 ÷ 22 business days of 8 h)
    row = results.attainment("2026-03", "mqls_delivered")
    assert (row.projection, row.status, row.final) == (pytest.approx(2.2, abs=1e-12), "met", False)
    row = results.attainment("2026-03", "sqls")
    assert (row.projection, row.status) == (0, "at_risk")
    assert results.attainment("2026-02", "mqls_delivered").projection == 3


# rates: the three of January, customers within 60 days: 6, 7 and 21 March


def test_a_rate_counts_the_period_s_obligations_and_what_is_due(results: Results) -> None:
    row = results.attainment("2026-01", "mql_to_customer_rate")
    # abel met, berta breached, ciro pending; due are abel's and berta's
    assert (row.met, row.breached, row.pending, row.due) == (1, 1, 1, 2)
    assert (row.actual, row.worst, row.best, row.final) == (0.5, 1 / 3, 2 / 3, False)


@pytest.mark.parametrize(
    ("commitment", "status"),
    [
        ("customers-30", "met"),  # worst 1 ÷ 3
        ("customers-50", "on_track"),  # actual 1 ÷ 2
        ("customers-60", "at_risk"),  # actual 1 ÷ 2, best 2 ÷ 3
        ("customers-70", "missed"),  # best 2 ÷ 3
        ("customers-at-most-70", "met"),  # best 2 ÷ 3
        ("customers-at-most-50", "on_track"),  # actual 1 ÷ 2
        ("customers-at-most-40", "at_risk"),  # actual 1 ÷ 2, worst 1 ÷ 3
        ("customers-at-most-30", "missed"),  # worst 1 ÷ 3
    ],
)
def test_bounds_decide_a_closed_period_while_something_is_pending(
    results: Results, commitment: str, status: str
) -> None:
    row = results.attainment("2026-01", commitment)
    assert (row.status, row.final) == (status, False)


def test_an_early_conversion_does_not_flatter_a_cohort_that_is_not_due(results: Results) -> None:
    # February's three have 60 days
    row = results.attainment("2026-02", "mql_to_customer_rate")
    assert (row.met, row.breached, row.pending, row.due, row.actual) == (0, 0, 3, 0, None)
    assert (row.status, row.worst, row.best) == ("on_track", 0, 1)


def test_a_final_rate_is_its_worst_and_its_best(results: Results) -> None:
    # January: abel, berta, ciro at once, and dora, whose clock started on Saturday 31 January 23:30 and who was
    # due on Monday 11:00, at 9:30
    row = results.attainment("2026-01", "handoff_on_time_rate")
    assert (row.met, row.breached, row.pending) == (4, 0, 0)
    assert (row.worst, row.actual, row.best, row.final) == (1, 1, 1, True)
    # February: elmo at once, hugo a day later, gala never
    row = results.attainment("2026-02", "handoff_on_time_rate")
    assert (row.met, row.breached, row.actual, row.status) == (1, 2, 1 / 3, "missed")


def test_nothing_owed_in_a_closed_period_is_no_data(results: Results) -> None:
    row = results.attainment("2026-01", "no_contact_procedure_rate")
    assert (row.met, row.breached, row.pending, row.due, row.actual) == (0, 0, 0, 0, None)
    assert (row.status, row.final) == ("no_data", True)
    row = results.attainment("2026-03", "no_contact_procedure_rate")
    assert (row.status, row.final) == ("on_track", False)


# targets and periods


def test_a_period_without_a_target_has_no_row(results: Results) -> None:
    assert "only-in-february" not in results.commitments("2026-01")
    assert "only-in-february" in results.commitments("2026-02")
    assert "only-in-february" not in results.commitments("2026-03")


def test_a_period_s_own_target_replaces_the_default(results: Results) -> None:
    targets = [
        float(results.attainment(period, "other-in-february").target)
        for period in ("2026-01", "2026-02", "2026-03")
    ]
    assert targets == [0.1, 0.2, 0.1]


def test_the_version_in_force_at_the_period_s_start_rules_and_a_draft_never(results: Results) -> None:
    versions = [
        results.attainment(period, "sqls").contract_version for period in ("2026-01", "2026-02", "2026-03")
    ]
    assert versions == [1, 2, 2]


def test_there_are_rows_for_the_periods_that_have_begun(results: Results) -> None:
    periods = {row.period for row in results.rows("select period from marts.sla_attainment")}
    assert periods == {"2026-01", "2026-02", "2026-03"}
    assert len(results.commitments("2026-01")) == 19 + 9
    assert {row.complete_through for row in results.rows("select * from marts.sla_attainment")} == {
        "2026-03-16 00:00"
    }


# a cost and no MQL

SPENT = History(
    a_contract(commitments=[{"id": "cost", "owner": "marketing", "metric": "cost_per_mql", "at_most": 1000}]),
    through="2026-03-15",
)
SPENT.campaign("expo")
SPENT.spend("2026-01-10", 1)
SPENT.spend("2026-02-10", 0)
SPENT.spend("2026-03-10", 1)
SPENT.person("somebody")


def test_spend_without_an_mql_is_as_bad_as_can_be_and_none_is_no_data() -> None:
    with run(SPENT) as results:
        rows = [results.attainment(period, "cost") for period in ("2026-01", "2026-02", "2026-03")]
        assert [row.actual for row in rows] == [None, None, None]
        assert [row.status for row in rows] == ["missed", "no_data", "at_risk"]
