"""People, as they are published."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import as_many_as, must_not, one_row_per_key

DIM_PEOPLE = Suite(
    name="dim_people",
    table="marts.dim_people",
    title="People",
    checks=(
        RowCount(
            id="there_are_people",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "Nobody is left: every contact and lead is deleted, or lies after the last complete day. Look at "
                "is_deleted and updated_at in the extracts of contacts."
            ),
        ),
        as_many_as(
            "people_are_as_many_as_were_formed",
            "people",
            "select count(*) from marts.dim_people",
            "select count(*) from intermediate.int_people",
        ),
        one_row_per_key("dim_people", "person_id"),
        must_not(
            "emails_are_published_as_hashes_only",
            "not regexp_full_match(email_hash, '[0-9a-f]{64}')",
            ("person_id",),
            "These people's email_hash is no hash.",
            out_of="email_hash is not null",
        ),
    ),
)
