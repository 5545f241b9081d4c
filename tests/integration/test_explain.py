"""`make explain`: every published figure is made of what is listed, and each record stands where it says."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.attainment.metrics import METRICS, Kind
from dagster_project.commands.explain import Explanation, archive_of, explain
from dagster_project.explain import DeliveredRow, ExplainError
from dagster_project.settings import Settings
from tests.integration.command_line import command, history_settings
from tests.published_home import publish_history
from tests.scenarios.history import History, a_contract

EXAMPLE = Path(__file__).parents[1] / "examples" / "history-12"
COMMITTED_BESIDES = """
- {id: more-revenue, owner: sales, metric: revenue_won, at_least: 1}
- {id: more-meetings, owner: sales, metric: meetings_confirmed, at_least: 1}
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An example history whose every metric is committed."""
    folder = tmp_path_factory.mktemp("explain")
    history = shutil.copytree(EXAMPLE, folder / "history")
    for name in ("v1.yml", "v2.yml"):
        with (history / "contracts" / name).open("a", encoding="utf-8") as contract:
            contract.write(COMMITTED_BESIDES)
    return publish_history(history, folder / "home")


@pytest.fixture(scope="module")
def explanations(settings: Settings) -> list[Explanation]:
    with duckdb.connect(settings.published / "warehouse.duckdb", read_only=True) as connection:
        stated = connection.execute(
            "select period, commitment_id from marts.sla_attainment order by all"
        ).fetchall()
    return [explain(settings, period, commitment) for period, commitment in stated]


def delivered_record(path: Path, row: DeliveredRow) -> Mapping[str, str]:
    """The record that stands at a line of a delivered file, read without the project's readers."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if row.file.endswith(".gz") else content).decode("utf-8-sig")
    lines = text.split("\n")
    if ".jsonl" in row.file:
        record: Mapping[str, str] = json.loads(lines[row.line - 1])
        return record
    header = next(csv.reader(io.StringIO(text, newline="")))
    values = next(csv.reader(io.StringIO("\n".join(lines[row.line - 1 :]), newline="")))
    return dict(zip(header, values, strict=True))


# ---------------------------------------------------------------- the figure


def test_the_history_has_every_metric(explanations: list[Explanation]) -> None:
    assert {each.figure.metric for each in explanations} == set(METRICS)


def test_the_listed_obligations_are_the_published_counts_and_rate(explanations: list[Explanation]) -> None:
    rates = [each for each in explanations if METRICS[each.figure.metric].kind is Kind.RATE]
    assert rates
    for each in rates:
        outcomes = [thing.outcome for thing in each.things]
        published = (each.figure.met, each.figure.breached, each.figure.pending)
        assert tuple(outcomes.count(name) for name in ("met", "breached", "pending")) == published
        assert sum(bool(thing.has_passed) for thing in each.things) == each.figure.due
        if outcomes:
            assert each.figure.worst == outcomes.count("met") / len(outcomes)


def test_the_listed_events_are_the_published_volume(explanations: list[Explanation]) -> None:
    volumes = [each for each in explanations if METRICS[each.figure.metric].kind is Kind.VOLUME]
    assert volumes
    for each in volumes:
        assert float(sum(thing.amount or 0 for thing in each.things)) == each.figure.actual


def test_the_listed_events_are_the_published_ratio(explanations: list[Explanation]) -> None:
    ratios = [each for each in explanations if METRICS[each.figure.metric].kind is Kind.RATIO]
    assert any(each.figure.actual is not None for each in ratios)
    for each in ratios:
        metric = METRICS[each.figure.metric]
        above, below = (
            float(sum(thing.amount or 0 for thing in each.things if thing.measure == name))
            for name in (metric.numerator, metric.denominator)
        )
        assert each.figure.actual == (above / below if below else None)


# ---------------------------------------------------------------- the records


def test_every_file_and_line_that_is_named_holds_the_record(
    explanations: list[Explanation], settings: Settings
) -> None:
    looked_at: set[str] = set()
    for each in explanations:
        for row in each.rows:
            for path in (settings.extracts / row.file, archive_of(settings, row)):
                assert row.record.record_id.split(" ")[0] in delivered_record(path, row).values()
            looked_at.add(row.record.object)
    assert looked_at >= {
        "contacts",
        "touches",
        "leads",
        "lead_history",
        "activities",
        "users",
        "campaign_spend",
    }


def test_what_a_figure_counts_rests_on_records_that_were_delivered(explanations: list[Explanation]) -> None:
    for each in explanations:
        assert (each.chosen is None) == (not each.things)
        if each.chosen is not None:
            assert each.rows, each.figure.values


@pytest.fixture(scope="module")
def two_mqls(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Ana, called two hours after her hand-off on Monday 12 January; Luis, never called."""
    folder = tmp_path_factory.mktemp("two")
    history = History(
        a_contract(
            commitments=[
                {
                    "id": "first-response",
                    "owner": "sales",
                    "metric": "first_attempt_on_time_rate",
                    "at_least": 0.9,
                }
            ]
        )
    )
    ana = history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00")
    ana.activity("2026-01-12 13:00")
    history.mql("luis", "2026-01-13 10:00", "2026-01-13 11:00")
    history.write(folder / "history")
    return publish_history(folder / "history", folder / "home")


JANUARY = date(2026, 1, 1)


def test_an_obligation_rests_on_its_hand_off_and_on_what_was_done(two_mqls: Settings) -> None:
    explanation = explain(two_mqls, JANUARY, "first-response", person="ana")
    assert [(record.role, record.object) for record in explanation.records] == [
        ("the person", "contacts"),
        ("lead", "leads"),
        ("touch", "touches"),
        ("handed off", "lead_history"),
        ("rep", "users"),
        ("attempt", "activities"),
    ]
    by_object = {row.record.object: row for row in explanation.rows}
    assert by_object["activities"].file == "company/activities/2026-03-31.csv"
    assert by_object["activities"].line == 2
    assert by_object["touches"].line == 2
    # two leads, each with one change of owner; Ana's came first
    assert by_object["lead_history"].line == 2


def test_the_broken_promise_is_listed_first_and_explained_first(two_mqls: Settings) -> None:
    explanation = explain(two_mqls, JANUARY, "first-response")
    assert [(each.person_id, each.outcome) for each in explanation.things] == [
        ("luis", "breached"),
        ("ana", "met"),
    ]
    assert explanation.chosen == explanation.things[0]
    assert explain(two_mqls, JANUARY, "first-response", obligation="2").chosen == explanation.things[1]


def test_the_text_says_the_figure_the_list_and_the_places(two_mqls: Settings) -> None:
    settings = history_settings(two_mqls.extracts.parent, two_mqls.home)
    ran = command(
        "explain", settings, "--period", "2026-01", "--commitment", "first-response", "--person", "ana"
    )
    assert ran.status == 0
    assert "first-response in 2026-01: 0.5, promised at least 0.9: missed" in ran.output
    assert "It counts 2 obligations: 1 met, 1 breached, 0 pending" in ran.output
    attempt = next(line for line in ran.output.splitlines() if "attempt (ends it)" in line)
    assert attempt.split()[-2:] == ["company/activities/2026-03-31.csv", "2"]


# ---------------------------------------------------------------- what can't be explained


@pytest.mark.parametrize(
    ("period", "commitment", "person", "said"),
    [
        ("2026-01", "no-such", None, "The commitments of that month are: first-response."),
        ("2031-01", "first-response", None, "Published are 2026-01 to 2026-03."),
        ("January", "first-response", None, "a month such as 2026-09 is expected"),
        ("2026-01", "first-response", "nobody", "counts nothing with PERSON=nobody"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(
    two_mqls: Settings, period: str, commitment: str, person: str | None, said: str
) -> None:
    settings = history_settings(two_mqls.extracts.parent, two_mqls.home)
    arguments = ["--period", period, "--commitment", commitment]
    ran = command("explain", settings, *arguments, *(["--person", person] if person else []))
    assert ran.status == 1
    assert said in ran.last_lines


def test_a_build_that_is_not_the_published_one_is_not_taken_for_it(tmp_path: Path) -> None:
    history = History(a_contract())
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00")
    history.write(tmp_path / "history")
    settings = publish_history(tmp_path / "history", tmp_path / "home")
    with duckdb.connect(settings.build_warehouse) as connection:
        connection.execute("delete from intermediate.int_events where event = 'mqls_delivered'")
    with pytest.raises(ExplainError, match="not the one that was published"):
        explain(settings, JANUARY, "mql-volume")
