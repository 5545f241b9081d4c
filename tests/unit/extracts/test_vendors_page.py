"""The page about vendors says what is declared, and its examples are read as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagster_project.column_names import loose_name
from dagster_project.extracts import Source, load_sources, objects_of
from dagster_project.extracts.vendor_words import DEFINED, MEANINGS, vendor_words

PAGE = (Path(__file__).parents[3] / "docs" / "vendors.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TABLES = {
    "hubspot": PAGE[PAGE.index("## HubSpot: marketing") : PAGE.index("## Salesforce: sales")],
    "salesforce": PAGE[PAGE.index("## Salesforce: sales") : PAGE.index("## A `sources.yml`")],
}


@pytest.mark.parametrize("example", EXAMPLES, ids=["hubspot-and-salesforce", "hubspot"])
def test_each_example_of_a_sources_yml_is_read(example: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(example, encoding="utf-8")
    sources = load_sources(path)
    assert {source.family for source in sources} <= {"hubspot", "salesforce"}
    crm = [source.name for source in sources if sources.is_crm(source)]
    assert crm == (["crm"] if "crm" in example else ["hubspot"])


@pytest.mark.parametrize("family", ["hubspot", "salesforce"])
def test_the_page_lists_every_object_with_its_required_columns(family: str) -> None:
    rows = re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", TABLES[family], re.MULTILINE)
    listed = {name: columns for names, columns in rows for name in re.findall(r"`(\w+)`", names)}
    assert set(listed) == set(objects_of(family))
    for name, columns in listed.items():
        starred = {loose_name(word) for word in re.findall(r"([\w/]+)\*", columns)}
        required = {loose_name(column) for column in objects_of(family)[name].required_columns}
        assert required <= starred, f"{name}: {required - starred}"


def test_the_page_names_every_setting_of_words() -> None:
    settings = set(MEANINGS) | {"sales_departments", "is_crm"}
    assert settings <= set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert settings <= set(Source.model_fields)


def test_the_page_says_what_hubspots_own_outcomes_of_calls_mean() -> None:
    told = dict(re.findall(r"^\| `([0-9a-f-]{36})` \| [^|]+ \| (\w+) \|$", PAGE, re.MULTILINE))
    assert told == DEFINED["hubspot"]["disposition"]
    assert len(told) == 6


def test_a_line_of_dispositions_overrides_what_hubspot_means_itself() -> None:
    busy = "9d9162e7-6cf3-4944-bf63-4dff82258764"
    words = vendor_words("hub", "hubspot", {"dispositions": {busy.upper(): "connected"}}, ())
    meant = [each.meaning for each in words if each.kind == "disposition" and each.word.lower() == busy]
    assert meant == ["connected"]
