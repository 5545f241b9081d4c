"""Both languages say the same things."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from dagster_project import review
from dagster_project.attainment import METRICS
from dagster_project.review.metrics import CONVERSIONS, DUTIES, OBLIGATIONS, ORDER
from dagster_project.review.wording import Wording
from dagster_project.sentences import LANGUAGES, read_sentences

FORMS = {"one", "other"}
strings = partial(read_sentences, Wording.FOLDER)


def forms(text: str | Mapping[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def places(text: str | Mapping[str, str]) -> set[str]:
    """The values that a sentence needs, in any of its forms."""
    return {name for form in forms(text) for _, name, _, _ in string.Formatter().parse(form) if name}


def test_every_sentence_is_in_every_language() -> None:
    english, *others = (set(strings(language)) for language in LANGUAGES)
    assert all(other == english for other in others)


def test_a_sentence_has_the_same_places_in_every_language() -> None:
    for name, text in strings("en").items():
        assert places(strings("es")[name]) == places(text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_plurals_are_complete(language: str) -> None:
    for name, text in strings(language).items():
        assert all(form.strip() for form in forms(text)), name
        assert isinstance(text, str) or set(text) == FORMS, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_of_the_contract_has_a_name_and_a_meaning(language: str) -> None:
    for metric in METRICS:
        assert f"metric.{metric}" in strings(language)
        assert f"meaning.{metric}" in strings(language)


def test_every_metric_of_the_contract_has_its_place_and_its_obligation() -> None:
    assert set(ORDER) == set(METRICS)
    assert {name: metric.obligation for name, metric in METRICS.items() if metric.obligation} == OBLIGATIONS
    assert set(OBLIGATIONS.values()) == {*DUTIES, *CONVERSIONS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_obligation_has_a_name(language: str) -> None:
    assert all(f"duty.{name}" in strings(language) for name in (*DUTIES, *CONVERSIONS))


def test_every_sentence_is_said_somewhere() -> None:
    """A name that is put together when it is said (`f"status.{status}"`) stands for all that fit it."""
    folder = Path(review.__file__).parent
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (*folder.rglob("*.py"), *folder.glob("*.html"))
    )
    said = re.findall(r"""["']([a-z]+\.[a-z0-9_]*(?:\{[^"]*?\}[a-z0-9_]*)*)["']""", source)
    fitting = [
        re.sub(r"\\\{.*?\\\}", ".+", re.escape(name)) + (".+" if name.endswith(".") else "") for name in said
    ]
    patterns = [re.compile(pattern) for pattern in fitting]
    headings = set(re.findall(r'"([a-z0-9_]+)"', source))
    unsaid = [
        name
        for name in strings("en")
        if not any(pattern.fullmatch(name) for pattern in patterns)
        and name.removeprefix("heading.") not in headings
    ]
    assert unsaid == []
