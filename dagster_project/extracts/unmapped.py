"""Words of vendors' that nothing gives a meaning to, as findings: how often each occurs, and the line that maps it.

What belongs here: what to say of such a word. What doesn't: finding them, which the models do (`raw.unmapped_words`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from .findings import Finding, Severity
from .vendor_words import MEANINGS, SALES_DEPARTMENTS

MOST_WORDS = 20
# What becomes of rows with such a word.
EFFECTS = {
    "content_types": "these touches are about nothing that a contract can ask for",
    "touch_types": "these responses are touches of the type other",
    "activity_types": "these tasks are no attempts",
    "dispositions": "these calls connected with nobody",
    "meeting_statuses": "these meetings are neither confirmed nor held",
    "deal_stages": "these deals are open",
    SALES_DEPARTMENTS: "who is of it is no rep, and the leads that they own are not handed off",
}


class UnmappedWord(NamedTuple):
    """A row of `raw.unmapped_words`: `occurrences` of the `asked` rows say the word; `label` is its name, if any."""

    source: str
    object: str
    setting: str
    word: str
    label: str | None
    occurrences: int
    asked: int


def unmapped_findings(words: Iterable[UnmappedWord]) -> list[Finding]:
    """One finding per object and setting: its words, the most frequent first, each with the line that would map it."""
    by_setting: dict[tuple[str, str, str], list[UnmappedWord]] = {}
    for word in sorted(
        words, key=lambda word: (word.source, word.object, word.setting, -word.occurrences, word.word)
    ):
        by_setting.setdefault((word.source, word.object, word.setting), []).append(word)
    return [_finding(of_setting) for of_setting in by_setting.values()]


def setting_line(word: UnmappedWord) -> str:
    """The line of sources.yml that gives a word its meaning, in angle brackets what only its owner can know."""
    quoted = json.dumps(word.word, ensure_ascii=False)
    if word.setting == SALES_DEPARTMENTS:
        return f"- {quoted}"
    _, meanings = MEANINGS[word.setting]
    return f"{quoted}: <{'what it is about' if meanings is None else ', '.join(meanings)}>"


def _finding(words: list[UnmappedWord]) -> Finding:
    first = words[0]
    count = sum(word.occurrences for word in words)
    lines = [f"{setting_line(word)} ({_named(word)}{word.occurrences:,} rows)" for word in words[:MOST_WORDS]]
    if rest := words[MOST_WORDS:]:
        lines.append(f"and {len(rest):,} more, rarer ones")
    return Finding(
        kind=f"unmapped_{first.setting}",
        source=first.source,
        object=first.object,
        count=count,
        # That somebody who owns leads is no rep may well be so.
        severity=Severity.NOTE if first.setting == SALES_DEPARTMENTS else Severity.WARNING,
        message=(
            f"{count:,} of {first.asked:,} rows of {first.source}/{first.object} say a word that nothing gives a "
            f"meaning to: {EFFECTS[first.setting]}. The lines that would, in sources.yml under "
            f"sources.{first.source}.{first.setting}: {'; '.join(lines)}."
        ),
        looked_at=first.asked,
    )


def _named(word: UnmappedWord) -> str:
    return f"{word.label}, " if word.label else ""
