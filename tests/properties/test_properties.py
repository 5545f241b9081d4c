"""What must hold of any history, whatever happened in it."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.pipeline import Result, build, run_pipeline
from tests.properties.random_history import random_history
from tests.scenarios.history import COLUMNS, SOURCE, History

SEEDS = (1, 2)
COMPARED_TABLES = (
    "dim_people", "fct_mqls", "fct_mql_score", "fct_obligations", "fct_opportunities", "fct_campaign_credit",
    "campaign_performance", "rep_performance", "funnel_by_cohort", "funnel_by_period", "sla_attainment",
)  # fmt: skip

# Each of these finds what must not be there.
RECONCILIATIONS = {
    "every credit sums to one in each model": """
        select model, person_id, cycle from marts.fct_campaign_credit
        group by all having abs(sum(credit) - 1) > 1e-9
    """,
    "every MQL has credit in four models": """
        select person_id, cycle from marts.fct_mqls anti join (
            select person_id, cycle from marts.fct_campaign_credit group by all having count(distinct model) = 4
        ) using (person_id, cycle)
    """,
    "the points of an MQL sum to its score": """
        select person_id, cycle from marts.fct_mqls
        left join (select person_id, cycle, sum(points) as points from marts.fct_mql_score group by all)
            using (person_id, cycle)
        where basis = 'scored' and score != coalesce(points, 0)
    """,
    "every handed-off MQL owes a first attempt, a cadence, a disposition and its conversions, once each": """
        select mqls.person_id, mqls.cycle, kinds.obligation
        from marts.fct_mqls as mqls
        cross join (values ('first_attempt'), ('cadence'), ('disposition'), ('sql'), ('opportunity'), ('customer'))
            as kinds (obligation)
        left join marts.fct_obligations as obligations using (person_id, cycle, obligation)
        where mqls.handed_off_at is not null
        group by all having count(obligations.started_at) != 1
    """,
    "nothing is owed because of a person who is no MQL": """
        select obligation, person_id, cycle from marts.fct_obligations
        anti join marts.fct_mqls using (person_id, cycle)
        where obligation != 'rep_load'
    """,
    "a month's deliveries are the hand-offs in it": """
        select period from marts.funnel_by_period
        left join (
            select date_trunc('month', handed_off_date) as period, count(*) as handed_off
            from marts.fct_mqls where handed_off_at is not null group by all
        ) using (period)
        where mqls_delivered != coalesce(handed_off, 0)
    """,
    "the reps' loads add up to the deliveries": """
        select funnel.period, mqls_delivered, sum(reps.mqls)
        from marts.funnel_by_period as funnel left join marts.rep_performance as reps using (period)
        group by all having mqls_delivered != coalesce(sum(reps.mqls), 0)
    """,
    "a first attempt is met exactly when no more business time has passed than was promised": """
        select obligations.person_id, obligations.cycle
        from marts.fct_obligations as obligations
        inner join marts.fct_mqls as mqls using (person_id, cycle)
        inner join raw.contract_versions as versions on versions.version = obligations.contract_version
        where obligation = 'first_attempt' and done_at = first_attempt_at
            and (outcome = 'met')
                != (first_response_business_seconds * 1000000 <= first_attempt_within_microseconds)
    """,
    "the figures of a final rate are one figure": """
        select period, commitment_id from marts.sla_attainment
        where metric like '%_rate' and metric != 'win_rate' and final and actual is not null
            and (worst != actual or best != actual)
    """,
    "a rate lies between its bounds, and they between 0 and 1": """
        select period, commitment_id from marts.sla_attainment
        where worst > best or worst < 0 or best > 1 or actual < 0
    """,
}


@pytest.fixture(scope="module", params=SEEDS)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[History, Path, Result]:
    history = random_history(request.param)
    folder = tmp_path_factory.mktemp(f"seed-{request.param}")
    history.write(folder)
    return history, folder, run_pipeline(folder, folder / "home")


def contents(result: Result) -> dict[str, list[str]]:
    """Every published row as text, in an order of its own."""
    return {
        table: sorted(str(row) for row in result.rows(f"select * from marts.{table}"))
        for table in COMPARED_TABLES
    }


def test_the_histories_say_something(told: tuple[History, Path, Result]) -> None:
    _, _, result = told
    ((mqls, handed_off, sqls, won),) = result.rows(
        "select count(*), count(handed_off_at), count(sql_at), count(won_at) from marts.fct_mqls"
    )
    assert min(int(str(count)) for count in (mqls, handed_off, sqls, won)) >= 1
    ((outcomes,),) = result.rows("select count(distinct (obligation, outcome)) from marts.fct_obligations")
    assert int(str(outcomes)) >= 15


@pytest.mark.parametrize("rule", RECONCILIATIONS)
def test_the_tables_reconcile(rule: str, told: tuple[History, Path, Result]) -> None:
    _, _, result = told
    assert result.rows(RECONCILIATIONS[rule]) == []


def test_an_outcome_once_met_or_breached_stays_so_as_time_goes_on(told: tuple[History, Path, Result]) -> None:
    _, folder, _ = told
    decided: dict[tuple[object, ...], object] = {}
    changed = []
    seen_pending = False
    for day in range(20, 95, 15):
        until = datetime(2026, 1, 1, 6) + timedelta(days=day, hours=day % 7)
        result = build(folder, folder / "home", until=until)
        for *key, outcome in result.rows(
            "select obligation, person_id, cycle, rep_id, period, outcome from marts.fct_obligations"
        ):
            before = decided.get(tuple(key))
            if before is not None and before != outcome:
                changed.append((until, *key, before, outcome))
            if outcome != "pending":
                decided[tuple(key)] = outcome
            else:
                seen_pending = True
        result.connection.close()
    assert changed == []
    assert seen_pending


def test_files_rows_parts_and_the_order_of_delivery_change_nothing(
    told: tuple[History, Path, Result], tmp_path: Path
) -> None:
    history, folder, result = told
    rng = Random(7)
    deliveries = _deal(history, rng)
    landing = tmp_path / "extracts"
    for name in ("contracts", "sources.yml"):
        (tmp_path / name).symlink_to(folder / name)
    for some in (deliveries[::2], deliveries[1::2]):
        for object_name, stem, rows in some:
            _write(landing / SOURCE / object_name / f"{stem}.csv", COLUMNS[object_name].split(), rows)
        partly = build(tmp_path, tmp_path / "home", until=datetime(2026, 2, 1))
        partly.connection.close()
    assert contents(run_pipeline(tmp_path, tmp_path / "home")) == contents(result)


def _deal(history: History, rng: Random) -> list[tuple[str, str, list[dict[str, object]]]]:
    """All rows, shuffled and dealt into parts of several dates; the last date is the history's."""
    dealt: list[tuple[str, str, list[dict[str, object]]]] = []
    for object_name, told_rows in history.rows.items():
        rows = [{name: value for name, value in row.items() if name != "on"} for row in told_rows]
        rng.shuffle(rows)
        stems = [history.through, f"{history.through}.b", "2026-03-30", "2026-02-10.x", "2026-02-10.y"]
        dealt += [(object_name, stem, rows[place :: len(stems)]) for place, stem in enumerate(stems)]
    rng.shuffle(dealt)
    return dealt


def _write(path: Path, columns: list[str], rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerows(rows)


def test_deltas_and_a_dump_of_the_same_history_give_the_same_current_records(tmp_path: Path) -> None:
    deltas, dump = History(), History()
    versions = {
        "ana": [("2026-01-05 10:00", "old@corp.example"), ("2026-01-09 10:00", "ana@corp.example")],
        "ben": [("2026-01-06 10:00", "ben@corp.example")],
    }
    for contact_id, seen in versions.items():
        for updated_at, email in seen:
            deltas.row(
                "contacts", on=updated_at[:10], contact_id=contact_id, created_at="2026-01-01 09:00",
                updated_at=updated_at, email=email,
            )  # fmt: skip
        updated_at, email = seen[-1]
        # a dump repeats what it held before: every record, as it is by now
        for day in ("2026-01-31", dump.through):
            dump.row(
                "contacts", on=day, contact_id=contact_id, created_at="2026-01-01 09:00",
                updated_at=updated_at, email=email,
            )  # fmt: skip
    records = []
    for name, history in (("deltas", deltas), ("dump", dump)):
        history.write(tmp_path / name)
        result = run_pipeline(tmp_path / name, tmp_path / name / "home")
        records.append(sorted(result.rows("select contact_id, email, updated_at from staging.stg_contacts")))
    assert records[0] == records[1]
    assert [row[:2] for row in records[0]] == [("ana", "ana@corp.example"), ("ben", "ben@corp.example")]
