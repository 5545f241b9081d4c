"""What is in the demo company's history, and how it holds together."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dagster_project.demo import History, simulate
from dagster_project.demo.history import CRM_OBJECTS, MARKETING_OBJECTS

OBJECTS = MARKETING_OBJECTS + CRM_OBJECTS
KEYS = {
    "contacts": "contact_id",
    "touches": "touch_id",
    "campaigns": "campaign_id",
    "users": "user_id",
    "leads": "lead_id",
    "lead_history": "history_id",
    "activities": "activity_id",
    "meetings": "meeting_id",
    "opportunities": "opportunity_id",
}


def _number(demo: History, query: str) -> int:
    """The single number that a query over the history's tables gives."""
    with duckdb.connect() as connection:
        for name in OBJECTS:
            connection.register(name, demo.table(name))
        ((number,),) = connection.sql(query).fetchall()
    assert isinstance(number, int)
    return number


def test_the_demo_is_as_big_as_it_says(demo: History) -> None:
    people = _number(
        demo, "select count(distinct contact_id) from contacts where merged_into_contact_id is null"
    )
    assert 5000 <= people <= 5400  # 5000 people, and their second contacts
    assert 57_000 <= _number(demo, "select count(distinct touch_id) from touches") <= 66_000
    assert _number(demo, "select count(distinct user_id) from users where department = 'sales'") == 12
    assert _number(demo, "select count(distinct campaign_id) from campaigns") == 15
    assert (demo.first_day, demo.last_day) == (date(2025, 11, 1), date(2026, 10, 31))


def test_one_rep_leaves_and_one_joins_within_the_year(demo: History) -> None:
    left = "select count(distinct user_id) from users where not is_active and ended_on > '2025-11-01'"
    joined = (
        "select count(distinct user_id) from users where department = 'sales' and started_on > '2025-11-01'"
    )
    assert _number(demo, left) == 1
    assert _number(demo, joined) == 1
    assert _number(demo, "select count(distinct department) from users") == 4


@pytest.mark.parametrize("name", [name for name in KEYS if name not in ("campaigns", "users")])
def test_an_id_stands_for_one_record_whose_versions_differ_in_time(demo: History, name: str) -> None:
    key = KEYS[name]
    created = {"touches": "occurred_at", "activities": "occurred_at", "lead_history": "changed_at"}.get(
        name, "created_at"
    )
    changed_its_birth = f"""
        select count(*)::int from (select {key} from {name} group by {key} having count(distinct {created}) > 1)
    """
    assert _number(demo, changed_its_birth) == 0
    if "updated_at" in demo.table(name).column_names:
        rewritten = f"""
            select count(*)::int
            from (select {key} from (select distinct * exclude delivered_on from {name})
                group by {key}, updated_at having count(*) > 1)
        """
        assert _number(demo, rewritten) == 0


@pytest.mark.parametrize(
    ("name", "column", "target"),
    [
        ("contacts", "merged_into_contact_id", "contacts"),
        ("touches", "contact_id", "contacts"),
        ("touches", "campaign_id", "campaigns"),
        ("campaign_spend", "campaign_id", "campaigns"),
        ("leads", "contact_id", "contacts"),
        ("leads", "owner_id", "users"),
        ("lead_history", "lead_id", "leads"),
        ("lead_history", "changed_by_id", "users"),
        ("activities", "lead_id", "leads"),
        ("activities", "contact_id", "contacts"),
        ("activities", "user_id", "users"),
        ("activities", "opportunity_id", "opportunities"),
        ("meetings", "lead_id", "leads"),
        ("meetings", "contact_id", "contacts"),
        ("meetings", "user_id", "users"),
        ("opportunities", "lead_id", "leads"),
        ("opportunities", "contact_id", "contacts"),
        ("opportunities", "owner_id", "users"),
    ],
)
def test_every_reference_resolves_in_the_end(demo: History, name: str, column: str, target: str) -> None:
    referred = pc.drop_null(demo.table(name)[column])
    assert len(referred) > 0
    assert pc.all(pc.is_in(referred, demo.table(target)[KEYS[target]].unique())).as_py()


def test_a_reference_now_and_then_comes_before_its_record(demo: History) -> None:
    early = """
        select count(*) from touches
        where delivered_on < (select min(delivered_on) from contacts where contacts.contact_id = touches.contact_id)
    """
    assert _number(demo, early) > 0


def test_records_come_late_and_come_twice(demo: History) -> None:
    # What happened on a local day comes with that day's extract; touches and activities now and then later.
    for name in ("touches", "activities"):
        late = f"select count(*) from {name} where delivered_on > (occurred_at - interval 6 hour)::date + 1"
        twice = f"select (count(*) - count(distinct {KEYS[name]}))::int from {name}"
        assert _number(demo, late) > 20
        assert _number(demo, twice) > 10


def test_nothing_is_delivered_before_it_happened(demo: History) -> None:
    for name in OBJECTS:
        times = {"touches": "occurred_at", "activities": "occurred_at", "lead_history": "changed_at"}
        at = times.get(name, "updated_at")
        if at in demo.table(name).column_names:
            assert (
                _number(
                    demo, f"select count(*) from {name} where delivered_on < ({at} - interval 6 hour)::date"
                )
                == 0
            )


def test_lost_calls_of_the_slow_months_come_in_one_batch(demo: History) -> None:
    batch = """
        select count(*) from activities
        where delivered_on = '2026-04-21' and occurred_at between '2026-01-01' and '2026-04-01'
    """
    assert _number(demo, batch) > 50


def test_merges_form_chains_and_their_survivors_exist(demo: History) -> None:
    chained = """
        select count(distinct first.contact_id)
        from contacts as first inner join contacts as second on second.contact_id = first.merged_into_contact_id
        where second.merged_into_contact_id is not null
    """
    assert _number(demo, chained) > 5
    assert _number(demo, "select count(*) from contacts where merged_into_contact_id = contact_id") == 0


def test_shared_mailboxes_deletions_and_unreadable_attributes_occur(demo: History) -> None:
    assert (
        _number(demo, "select count(*) from contacts where email like 'info@%' or email like 'compras@%'")
        > 10
    )
    assert _number(demo, "select count(*) from contacts where is_deleted") > 2
    assert _number(demo, "select count(*) from leads where is_deleted") > 0
    assert _number(demo, "select count(*) from contacts where annual_budget = 'por definir'") > 10


def test_leads_are_given_back_and_taken_up_again(demo: History) -> None:
    again = """
        select count(distinct lead_id) from lead_history
        where field = 'status' and old_value = 'Nurture' and new_value = 'New'
    """
    assert _number(demo, again) > 50


def test_the_history_of_a_lead_leads_from_each_value_to_the_next(demo: History) -> None:
    broken = """
        select count(*)::int from (
            select
                old_value,
                lag(new_value) over (partition by lead_id, field order by changed_at, history_id) as before
            from (select distinct * exclude delivered_on from lead_history)
        ) where before is not null and before <> old_value
    """
    assert _number(demo, broken) == 0


def test_the_last_version_of_a_lead_is_where_its_history_ends(demo: History) -> None:
    disagreeing = """
        with
        latest as (select lead_id, arg_max(status, updated_at) as status from leads group by lead_id),
        ends as (
            select lead_id, arg_max(new_value, (changed_at, history_id)) as status
            from lead_history where field = 'status' group by lead_id
        )
        select count(*) from latest inner join ends using (lead_id) where latest.status <> ends.status
    """
    assert _number(demo, disagreeing) == 0


def test_nobody_looks_like_a_real_person(demo: History) -> None:
    for name in ("contacts", "leads"):
        addresses = demo.table(name)["email"]
        assert addresses.null_count == 0
        assert pc.all(pc.match_substring_regex(addresses, r"^[A-Za-z]+[0-9]*@[a-z0-9-]+\.example$")).as_py()
    invented = r" (Ejemplo|Muestra|Prueba|Ficticio)$"
    people = pc.not_equal(demo.users["department"], "queue")
    people = pc.and_(people, pc.not_equal(demo.users["department"], "integration"))
    assert pc.all(pc.match_substring_regex(demo.users["user_name"].filter(people), invented)).as_py()


def test_the_cheap_raffle_brings_many_people_and_few_who_could_buy(demo: History) -> None:
    by_campaign = """
        with first_touches as (
            select contact_id, arg_min(campaign_id, (occurred_at, touch_id)) as campaign_id
            from touches group by contact_id
        ),
        decision_makers as (
            select distinct contact_id from contacts
            where job_title similar to '(?i)(director|directora|gerente general|cto)( .*)?'
        )
        select {what} from first_touches left join decision_makers using (contact_id)
        where campaign_id {which} 'CAMP-001'
    """
    brought = _number(demo, by_campaign.format(what="count(*)", which="="))
    assert brought > 1000
    # Of a hundred people fewer than three decide; of all others' people more than ten do.
    share = "(100 * count(decision_makers.contact_id) / count(*))::int"
    assert _number(demo, by_campaign.format(what=share, which="=")) < 3
    assert _number(demo, by_campaign.format(what=share, which="<>")) > 10


def test_another_size_has_as_many_of_everything_as_asked_for() -> None:
    small = simulate(3, 400, months=2, campaigns=20, reps=24, touches_per_person=5.0, sales_sourced_share=0.5)
    assert small.last_day == date(2025, 12, 31)
    assert pc.count_distinct(small.campaigns["campaign_id"]).as_py() == 15  # five begin later
    reps = small.users.filter(pc.equal(small.users["department"], "sales"))
    assert pc.count_distinct(reps["user_id"]).as_py() == 22  # two join in a later month
    assert pc.count_distinct(small.leads["lead_id"]).as_py() > 180
    assert isinstance(small.touches, pa.Table)


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"first_day": date(2025, 11, 2)}, "first day of a month"), ({"months": 0}, "at least 1")],
)
def test_an_impossible_simulation_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(1, 10, **changed)  # type: ignore[arg-type]
