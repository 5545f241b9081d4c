"""Patterns that a promise invites, as findings: what to ask about, never who is to blame.

What belongs here: counting each detector's cases and wording what they may mean. What doesn't: the detectors, which are
one query each in `sql/gaming`: every row is a case looked at (`case_id`, an id without personal data), with whether the
pattern is found in it and, where there is one, the share to be expected if nothing were the matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import duckdb

from dagster_project.decisions.columns import records_of
from dagster_project.decisions.queries import frame, read_queries
from dagster_project.decisions.wording import Wording

DETECTORS = read_queries("gaming")
MOST_CASES = 20
# A crowd is worth a question when it is twice what chance gives, and no handful.
NOTABLE_RATIO = 2
FEWEST_NOTABLE = 10

# Which object the cases are of, as extracts name it.
OBJECTS = {
    "dispositions_before_deadline": "lead_history",
    "rejections_without_attempt": "leads",
    "owner_changes_before_breach": "lead_history",
    "calls_at_one_instant": "activities",
    "bulk_status_edits": "lead_history",
    "mqls_at_period_end": "leads",
}

COUNTED = """
with cases as ({detector})

select
    count(*) as looked_at,
    count(*) filter (where is_found) as found,
    avg(usual_share) as usual_share,
    (list(case_id order by case_id) filter (where is_found))[1:{most}] as cases
from cases
"""


@dataclass(frozen=True)
class GamingFinding:
    """One pattern that was found: `count` of `looked_at` cases, the first of them by id.

    `usual_share` is what an even spread would give, None where none is usual; `meaning` says in words what was found
    and how it may be harmless.
    """

    finding: str
    object: str
    count: int
    looked_at: int
    share: Fraction
    usual_share: float | None
    cases: tuple[str, ...]
    meaning: str


def gaming_findings(connection: duckdb.DuckDBPyConnection, wording: Wording) -> list[GamingFinding]:
    """The patterns found in a build (schemas raw, staging and intermediate).

    A pattern that isn't found is left out; so is a crowd that is no more than twice what an even spread gives.
    """
    found = (_finding(connection, name, query, wording) for name, query in DETECTORS.items())
    return [finding for finding in found if finding is not None]


def _finding(
    connection: duckdb.DuckDBPyConnection, name: str, detector: str, wording: Wording
) -> GamingFinding | None:
    (counted,) = records_of(frame(connection, COUNTED.format(detector=detector, most=MOST_CASES)))
    count, looked_at = int(counted["found"]), int(counted["looked_at"])
    if not count:
        return None
    share, usual = Fraction(count, looked_at), counted["usual_share"]
    if usual is not None and (count < FEWEST_NOTABLE or share < NOTABLE_RATIO * Fraction(usual)):
        return None
    return GamingFinding(
        finding=name,
        object=OBJECTS[name],
        count=count,
        looked_at=looked_at,
        share=share,
        usual_share=usual,
        cases=tuple(counted["cases"]),
        meaning=wording.say(
            f"gaming.{name}",
            count=count,
            found=wording.number(count),
            looked_at=wording.number(looked_at),
            share=wording.share(share, digits=1),
            usual=wording.share(usual or 0, digits=1),
        ),
    )
