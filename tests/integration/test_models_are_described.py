"""What dbt documents: every model and column has a meaning, each is written once, and who may build on what is said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_project.attainment import ATTAINMENT_COLUMNS
from dagster_project.defs.attainment import READS
from dagster_project.review.marts import REQUIRED
from dagster_project.warehouse.compiling import compiled_manifest
from tests.pipeline import DBT_FOLDER

MODELS_FOLDER = DBT_FOLDER / "models"
GLOSSARY = MODELS_FOLDER / "glossary.md"
USED = re.compile(r"doc\('(\w+)'\)")
DEFINED = re.compile(r"{% docs (\w+) %}\n(.+?)\n{% enddocs %}")
# Made outside dbt: the exposure itself and what the decisions write.
NOT_OF_DBT = {"sla_attainment"}


@pytest.fixture(scope="module")
def manifest() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(compiled_manifest(DBT_FOLDER).read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 60
    return found


def property_files() -> list[Path]:
    return sorted(MODELS_FOLDER.rglob("*.yml"))


def glossary() -> dict[str, str]:
    return dict(DEFINED.findall(GLOSSARY.read_text(encoding="utf-8")))


def test_every_model_and_column_has_a_description(models: list[Mapping[str, Any]]) -> None:
    assert [model["name"] for model in models if not model["description"].strip()] == []
    assert [
        f"{model['name']}.{column['name']}"
        for model in models
        for column in model["columns"].values()
        if not column["description"].strip()
    ] == []


def test_every_model_says_what_one_row_of_it_is(models: list[Mapping[str, Any]]) -> None:
    assert [model["name"] for model in models if not model["description"].startswith("One row")] == []


def test_every_source_says_so_too(manifest: Mapping[str, Any]) -> None:
    sources = manifest["sources"].values()
    assert len(sources) > 60
    assert [each["name"] for each in sources if not each["description"].startswith("One row")] == []


def test_every_word_that_is_used_is_defined_once_and_every_word_defined_is_used() -> None:
    defined = Counter(name for name, _ in DEFINED.findall(GLOSSARY.read_text(encoding="utf-8")))
    used = {name for file in property_files() for name in USED.findall(file.read_text(encoding="utf-8"))}
    assert set(defined) == used
    assert [name for name, times in defined.items() if times > 1] == []
    # and nowhere but in the glossary
    assert [file for file in MODELS_FOLDER.rglob("*.md") if file != GLOSSARY] == []


def test_from_the_standard_form_on_no_meaning_is_written_twice() -> None:
    written = Counter(glossary().values())
    for file in property_files():
        if file.relative_to(MODELS_FOLDER).parts[0] == "staging" and file.parent.name != "standard":
            continue  # what a vendor calls its columns is said where they stand
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            for described in (model, *model.get("columns", [])):
                if "{{" not in described["description"]:
                    written[described["description"].strip()] += 1
    assert [text for text, times in written.items() if times > 1] == []


def test_what_the_attainment_shares_with_the_models_has_the_same_meaning() -> None:
    words = glossary()
    for column in ("period", "owner"):
        assert ATTAINMENT_COLUMNS[column].description == words[column]


def test_marts_are_public_under_contract_and_what_lies_before_them_is_private(
    models: list[Mapping[str, Any]],
) -> None:
    access = {(model["schema"], model["name"]): model["access"] for model in models}
    assert {kind for (schema, _), kind in access.items() if schema == "marts"} == {"public"}
    assert {kind for (schema, _), kind in access.items() if schema == "staging"} == {"protected"}
    # the attainment is computed outside dbt's groups, which may read nothing private
    assert {
        name for (schema, name), kind in access.items() if schema == "intermediate" and kind != "private"
    } == set(READS)
    assert [
        model["name"]
        for model in models
        if model["schema"] == "marts" and not model["config"]["contract"]["enforced"]
    ] == []
    assert {model["group"] for model in models if model["schema"] in ("marts", "intermediate")} == {
        "agreement"
    }


def test_the_exposures_name_all_that_is_read_outside_dbt(manifest: Mapping[str, Any]) -> None:
    exposures = {
        exposure["name"]: {node.removeprefix("model.sla.") for node in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    assert exposures == {"sla_attainment": set(READS), "review": set(REQUIRED) - NOT_OF_DBT}
