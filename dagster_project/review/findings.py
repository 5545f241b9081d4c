"""What a finding means, in the language of a page or a message.

What belongs here: which sentence a kind of finding has. What doesn't: the sentences (`strings/<language>.yml`, topic
`finding`), and which file, day or word it was found in: that says `data_quality`.
"""

from __future__ import annotations

import re

from dagster_project.review.wording import Wording

# Checks that are made of many objects alike.
FAMILIES = (
    (re.compile(r"nothing_in_\w+_is_far_in_the_future"), "far_in_the_future"),
    (re.compile(r"raw_\w+_has_what_the_ledger_accepted"), "raw_is_what_was_accepted"),
)
OF_A_TABLE = "table"
"""Whatever has no sentence of its own: a check by which this project's tables are held against each other."""


def finding_sentence(wording: Wording, finding: str) -> str:
    """A kind of finding, or a data check that failed, as a sentence."""
    name = sentence_name(wording, finding)
    return wording.say(f"finding.{name}", name=finding)


def sentence_name(wording: Wording, finding: str) -> str:
    """The name of a finding's sentence: its own, its family's, or that of all checks of tables."""
    if wording.knows(f"finding.{finding}"):
        return finding
    return next((name for family, name in FAMILIES if family.fullmatch(finding)), OF_A_TABLE)
