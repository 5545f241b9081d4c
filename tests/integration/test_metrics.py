"""The semantic layer: its figures are those of the attainment, however they are sliced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from dagster_project.attainment import METRICS, Kind, compute_attainment
from dagster_project.review.questions import QUESTIONS
from tests.integration.command_line import command
from tests.pipeline import AGGREGATES, Result, run_pipeline
from tests.published_home import publish_history
from tests.semantic_layer import MONTH, ask, ask_saved, engine

EXAMPLES = Path(__file__).parents[1] / "examples"
# Several contract versions and currencies; pending and early breached obligations; months without anything.
HISTORIES = ("history-12", "history-17")
TOLERANCE = 1e-12
KIND = "obligation__kind"

VOLUMES = [metric.name for metric in METRICS.values() if metric.kind is Kind.VOLUME]
RATES = [metric.name for metric in METRICS.values() if metric.kind is Kind.RATE]
RATIOS = [metric.name for metric in METRICS.values() if metric.kind is Kind.RATIO]
# What each metric can be sliced by, beside the period. Nobody has a rep or a campaign before the hand-off, money has
# neither rep nor person, and a rep's load is nobody's MQL.
OF_MQLS = {
    "rep",
    "campaign",
    "campaign__channel",
    "person__industry",
    "person__country",
    "person__company_size",
}
OF_LEADS = {"person__industry", "person__country", "person__company_size"}
OF_MONEY = {"campaign", "campaign__channel"}
DIMENSIONS = {
    **dict.fromkeys([*VOLUMES, *RATES, "win_rate"], OF_MQLS),
    "leads_created": OF_LEADS,
    "campaign_spend": OF_MONEY,
    "cost_per_mql": OF_MONEY,
}


@pytest.fixture(scope="module", params=HISTORIES)
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    result = run_pipeline(EXAMPLES / request.param, tmp_path_factory.mktemp("home"))
    yield result
    result.connection.close()


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", frame.to_dict(orient="records"))


def attainment_of_every_metric(result: Result) -> list[dict[str, Any]]:
    """`sla_attainment` as it would be if the contract promised every metric in every period."""
    periods, _, obligation_counts, event_counts = (
        result.connection.sql(f"select * from intermediate.{name}").to_arrow_table().to_pandas()
        for name in AGGREGATES
    )
    targets = pd.DataFrame(
        {
            "period": period["period"],
            "commitment_id": metric,
            "position": 0,
            "owner": "sales",
            "metric": metric,
            "contract_version": period["contract_version"],
            "comparison": "at_least",
            "target": 1,
        }
        for period in records(periods)
        for metric in METRICS
    )
    frame = compute_attainment(periods, targets, obligation_counts, event_counts, result.complete_through)
    return records(frame)


def month_of(row: dict[str, Any]) -> date:
    """A month by its first day; MetricFlow gives some as instants."""
    month: date = row[MONTH]
    return month.date() if isinstance(month, datetime) else month


def by_month(rows: list[dict[str, Any]]) -> dict[date, dict[str, Any]]:
    return {month_of(row): row for row in rows}


def assert_same_figure(found: Any, expected: float | None, what: object) -> None:
    """Null where null is expected, and the same number to 1e-12 otherwise."""
    if expected is None or pd.isna(expected):
        assert found is None, what
    else:
        assert float(found) == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE), what


def test_every_metric_of_the_agreement_is_in_the_semantic_layer() -> None:
    names = {metric.name for metric in engine().list_metrics(include_dimensions=False)}
    assert set(METRICS) <= names
    assert {"cohort_sql_rate", "cohort_opportunity_rate", "cohort_customer_rate", "lead_to_mql_rate"} <= names


def test_every_metric_says_what_it_is() -> None:
    assert [
        metric.name for metric in engine().list_metrics(include_dimensions=False) if not metric.description
    ] == []


def test_the_metrics_of_every_month_are_those_of_the_attainment(result: Result) -> None:
    expected = attainment_of_every_metric(result)
    found = by_month(ask(result, [*VOLUMES, *RATES, *RATIOS], [MONTH]))
    assert set(found) == {row["period"] for row in expected}
    for row in expected:
        figure = found[row["period"]][row["metric"]]
        assert_same_figure(figure, row["actual"], (row["period"], row["metric"]))
        if METRICS[row["metric"]].kind is Kind.VOLUME and row["metric"] != "revenue_won":
            assert figure == int(row["actual"])


def test_what_the_published_table_says_is_among_them(result: Result) -> None:
    published = result.frame("select period, metric, actual, target from marts.sla_attainment")
    assert len(published) > 0
    found = by_month(ask(result, [*VOLUMES, *RATES, *RATIOS], [MONTH]))
    for row in records(published):
        assert_same_figure(found[row["period"]][row["metric"]], row["actual"], (row["period"], row["metric"]))


def test_money_is_exact(result: Result) -> None:
    found = by_month(ask(result, ["revenue_won", "campaign_spend"], [MONTH]))
    expected = result.rows("select period, revenue_won, spend from marts.funnel_by_period")
    assert {month: (row["revenue_won"], row["campaign_spend"]) for month, row in found.items()} == {
        period: (revenue, spend) for period, revenue, spend in expected
    }
    assert all(isinstance(row["campaign_spend"], Decimal) for row in found.values())


def test_the_counts_behind_every_rate_are_those_of_the_attainment(result: Result) -> None:
    counts = ("met", "breached", "pending", "due")
    found = {
        (month_of(row), row[KIND]): row
        for row in ask(
            result, [*(f"obligations_{name}" for name in counts), "worst_rate", "best_rate"], [MONTH, KIND]
        )
        if row[KIND] is not None
    }
    for row in attainment_of_every_metric(result):
        if row["metric"] not in RATES:
            continue
        owed = found.pop((row["period"], METRICS[row["metric"]].obligation), None)
        expected = tuple(int(row[name]) for name in counts)
        if owed is None:
            assert expected == (0, 0, 0, 0), (row["period"], row["metric"])
            continue
        assert tuple(owed[f"obligations_{name}"] for name in counts) == expected, (
            row["period"],
            row["metric"],
        )
        assert_same_figure(owed["worst_rate"], row["worst"], (row["period"], row["metric"]))
        assert_same_figure(owed["best_rate"], row["best"], (row["period"], row["metric"]))
    assert found == {}


def test_the_cohorts_are_those_of_the_funnel(result: Result) -> None:
    found = by_month(
        ask(result, ["mqls_delivered", "cohort_sqls", "cohort_opportunities", "cohort_customers"], [MONTH])
    )
    expected = result.rows("select period, mqls, sqls, opportunities, customers from marts.funnel_by_cohort")
    assert {
        month: (
            row["mqls_delivered"],
            row["cohort_sqls"],
            row["cohort_opportunities"],
            row["cohort_customers"],
        )
        for month, row in found.items()
    } == {period: tuple(counts) for period, *counts in expected}


def test_campaigns_are_credited_as_in_their_performance(result: Result) -> None:
    rows = ask(result, ["mqls_credited"], [MONTH, "campaign", "credit__model"])
    found = {(row["campaign"], month_of(row), row["credit__model"]): row["mqls_credited"] for row in rows}
    expected = result.rows("select campaign_id, period, model, mqls from marts.campaign_performance")
    assert found == {(campaign, period, model): mqls for campaign, period, model, mqls in expected}


@pytest.mark.parametrize(
    "metric", ["leads_created", "mqls_qualified", "mqls_delivered", "obligations", "revenue_won"]
)
def test_slices_add_up_to_the_whole(result: Result, metric: str) -> None:
    ((whole,),) = ([row[metric] for row in ask(result, [metric], [])],)
    for dimension in sorted(DIMENSIONS.get(metric, OF_MQLS) | {"contract_version", MONTH}):
        assert sum(row[metric] or 0 for row in ask(result, [metric], [dimension])) == whole, dimension


@pytest.mark.parametrize("metric", sorted(DIMENSIONS))
def test_a_metric_can_be_sliced_by_all_that_it_has(metric: str) -> None:
    (found,) = [each for each in engine().list_metrics() if each.name == metric]
    names = {dimension.granularity_free_dunder_name for dimension in found.dimensions}
    entities = {entity.name for entity in engine().entities_for_metrics([metric])}
    assert DIMENSIONS[metric] | {"metric_time", "contract_version"} <= names | entities


def test_a_rate_of_one_rep_is_that_rep_s(result: Result) -> None:
    found = {
        row["rep"]: row["mql_to_sql_rate"] for row in ask(result, ["mql_to_sql_rate"], ["rep"]) if row["rep"]
    }
    owed: list[tuple[Any, ...]] = result.rows("""
        select
            rep_id,
            case
                when count(*) filter (where outcome = 'pending' or not is_over) = 0
                    then count(*) filter (where outcome = 'met') / count(*)
                else count(*) filter (where outcome = 'met' and is_due) / nullif(count(*) filter (where is_due), 0)
            end
        from marts.fct_obligations inner join marts.dim_periods using (period)
        where obligation = 'sql'
        group by rep_id
    """)
    assert owed
    for rep, rate in owed:
        assert_same_figure(found[rep], rate, rep)


def test_each_question_of_the_review_is_a_saved_query_with_an_answer(result: Result) -> None:
    names = [query.name for query in engine().list_saved_queries()]
    assert sorted(names) == sorted(f"review_{name}" for part in QUESTIONS.values() for name in part)
    for name in names:
        assert ask_saved(result, name), name


# ---------------------------------------------------------------- as one types it


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("published")
    publish_history(EXAMPLES / "history-12", home)
    return home


def test_mf_answers_from_what_is_published(home: Path) -> None:
    before = (home / "published" / "warehouse.duckdb").read_bytes()
    query = "--metrics mqls_delivered,mql_to_sql_rate --group-by metric_time__month"
    asked = subprocess.run(
        [sys.executable, "-m", "dagster_project", "metrics", f"--query={query}"],
        env={"SLA_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    january, february, march, _april = [line.split() for line in asked.stdout.splitlines() if "T00" in line]
    # as the history's own answers have it; March's contract promises no SQL rate
    assert january == ["2026-01-01T00:00:00", "2", "0.5"]
    assert february == ["2026-02-01T00:00:00", "9", "0"]
    assert march[:2] == ["2026-03-01T00:00:00", "18"]
    assert (home / "published" / "warehouse.duckdb").read_bytes() == before


def test_before_anything_is_published_there_is_nothing_to_ask(tmp_path: Path) -> None:
    ran = command("metrics", {"SLA_HOME": str(tmp_path)})
    assert ran.status == 1
    assert "make run" in ran.last_lines
