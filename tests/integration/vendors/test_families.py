"""One history in every family and every spelling comes to the same figures.

The proof that nothing downstream of staging knows a vendor: a few hundred people's two months, restricted to what every
system can express, written as each of them delivers it and run through the whole way of the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from dagster_project.demo import DEFAULT_SHAPE, LOADERS, History, Shape
from dagster_project.demo.files import write_files
from dagster_project.demo.vendors import sources_of
from dagster_project.demo.vendors.hubspot import FIRST_CONTACT
from tests.integration.vendors.common_history import common_history
from tests.pipeline import Result, build

PROJECT = Path(__file__).parents[3]
PART_TIME_REP = "U0014"
STANDARD = Shape("standard")
FAMILIES = (Shape("hubspot"), Shape("hubspot+salesforce"))
OTHER_SPELLINGS = [
    Shape(family.family, loader)
    for family in FAMILIES
    for loader in LOADERS
    # Airbyte and the prefix change nothing of Salesforce's names; HubSpot's are all tried with HubSpot alone.
    if loader != "api" and (family.family == "hubspot" or loader in ("fivetran", "stitch"))
]
NOT_COMPARED = ("extract_ledger",)
Written = Callable[[Shape], Result]


@pytest.fixture(scope="module")
def history() -> History:
    return common_history(seed=20251101, people=300, months=2)


@pytest.fixture(scope="module")
def built(history: History, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The history as a shape delivers it, run; each shape once."""
    results: dict[Shape, Result] = {}

    def run(shape: Shape) -> Result:
        if shape not in results:
            folder = tmp_path_factory.mktemp("family")
            _write(history, folder, shape)
            results[shape] = build(folder, folder / "home")
            assert [report.refused for report in results[shape].reports if report.refused] == []
            assert sum(report.rows_quarantined for report in results[shape].reports) == 0
        return results[shape]

    return run


def _write(history: History, folder: Path, shape: Shape) -> None:
    """Extracts, contracts and sources; all in few files, since what a day's file brings is tested elsewhere."""
    for source in sources_of(history, shape):
        for extract in source.extracts():
            once = replace(extract, every_day=False)
            target = folder / "extracts" / source.name / extract.name
            write_files(once, target, history.first_day, history.last_day, source.instant)
    settings = yaml.safe_load(shape.sources_file.read_text(encoding="utf-8"))
    for source_settings in settings["sources"].values():
        source_settings["delivery"] = "dump"
    (folder / "sources.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    (folder / "contracts").mkdir()
    text = (PROJECT / "contracts/2025-11.yml").read_text(encoding="utf-8")
    named, meant = (each.user_id(PART_TIME_REP) for each in (DEFAULT_SHAPE, shape))
    (folder / "contracts/2025-11.yml").write_text(text.replace(named, meant), encoding="utf-8")


def _marts(result: Result) -> list[str]:
    names = result.rows(
        "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
    )
    return [str(name) for (name,) in names if name not in NOT_COMPARED]


def _frame(result: Result, query: str) -> pd.DataFrame:
    return result.frame(f"select * from ({query}) order by all")


@pytest.mark.parametrize("shape", OTHER_SPELLINGS, ids=str)
def test_every_spelling_of_a_family_gives_identical_marts(built: Written, shape: Shape) -> None:
    as_in_the_api, spelled = built(Shape(shape.family)), built(shape)
    assert _marts(spelled) == _marts(as_in_the_api) != []
    for name in _marts(spelled):
        pd.testing.assert_frame_equal(
            _frame(spelled, f"from marts.{name}"), _frame(as_in_the_api, f"from marts.{name}"), obj=name
        )


@pytest.mark.parametrize("table", ["sla_attainment", "funnel_by_period", "funnel_by_cohort"])
@pytest.mark.parametrize("shape", FAMILIES, ids=str)
def test_every_family_gives_the_same_attainment_and_funnels(built: Written, shape: Shape, table: str) -> None:
    expected = _frame(built(STANDARD), f"from marts.{table}")
    assert len(expected) > 1
    pd.testing.assert_frame_equal(_frame(built(shape), f"from marts.{table}"), expected, obj=table)


@pytest.mark.parametrize("shape", FAMILIES, ids=str)
def test_every_family_gives_the_same_obligations_up_to_the_ids(built: Written, shape: Shape) -> None:
    def owed(result: Result) -> pd.DataFrame:
        # Salesforce's last instant of a day is its last microsecond.
        return _frame(
            result,
            "select * exclude (first_campaign_id) replace (date_trunc('second', done_at) as done_at) "
            "from marts.fct_obligations",
        )

    users = {f"U{n:04}": shape.user_id(f"U{n:04}")[:15] for n in range(1, 40)}
    expected = owed(built(STANDARD))
    assert expected["outcome"].nunique() > 1
    people = "C" + expected["person_id"].str[1:]
    numbers = pd.to_numeric(people.str[1:])
    expected = expected.assign(
        person_id=(numbers + FIRST_CONTACT).astype("Int64").astype("string"),
        rep_id=expected["rep_id"].map(users),
    )
    columns = list(expected.columns)
    pd.testing.assert_frame_equal(
        owed(built(shape)).sort_values(columns, ignore_index=True),
        expected.sort_values(columns, ignore_index=True),
        check_dtype=False,
    )


@pytest.mark.parametrize("shape", FAMILIES, ids=str)
def test_the_history_shows_something_of_every_kind(built: Written, shape: Shape) -> None:
    counts = built(shape).rows(
        "select count(handed_off_at), count(first_attempt_at), count(connected_at), count(meeting_confirmed_at), "
        "count(opportunity_at), count(recycled_at) from marts.fct_mqls"
    )
    assert min(int(str(count)) for count in counts[0]) > 3
