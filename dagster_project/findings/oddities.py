"""What is odd in a finished build although nothing is wrong with it: cases that the definitions leave out, counted.

What belongs here: what each oddity means. The cases themselves are one query each in `sql/`: every row is a case that
was looked at (`case_id`, an id without personal data), with whether it is one (`is_found`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from .tables import EVERYWHERE, Found

QUERIES = Path(__file__).parent / "sql"
SHOWN_CASES = 5
# By query: the object that its cases are of, and what they mean.
MEANINGS = {
    "deleted_people_handed_off": (
        "contacts",
        (
            "deleted people had been in a rep's hands; they are in no figure any more, and final figures that counted "
            "them are restated"
        ),
    ),
    "opportunities_before_handoff": (
        "opportunities",
        (
            "opportunities were created before their person was handed off, so they count for no MQL: sales was there "
            "before marketing, or the hand-off was entered late"
        ),
    ),
}


def oddities(connection: duckdb.DuckDBPyConnection) -> list[Found]:
    """The oddities of a build that has staging, intermediate and marts; those without a case are left out."""
    found = []
    for name, (object_name, meaning) in MEANINGS.items():
        query = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
        ((count, looked_at, cases),) = connection.execute(
            f"""
            select
                count(*) filter (where is_found),
                count(*),
                (list(case_id order by case_id) filter (where is_found))[:{SHOWN_CASES}]
            from ({query})
            """
        ).fetchall()
        if count:
            told = f"{count:,} {meaning}. For example: {', '.join(cases)}."
            found.append(Found(name, EVERYWHERE, object_name, count, looked_at, "note", told))
    return found
